//! The firm: one offline root that everything trusted chains to, and the words its members sign.
//!
//! A certificate says who holds a key and in which role; a [`Signed`] statement says what that key's holder declared. Both are
//! judged here, at a moment that the caller names: this crate has no clock.

pub mod authority;
pub mod bulletin;
pub mod chain;
pub mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fixture;
#[cfg(test)]
mod golden;
pub mod locked;
pub mod profile;
mod read;
pub mod renewal;
pub mod succession;
pub mod tls;

use std::marker::PhantomData;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::id::{KeyId, PersonId, UnixSeconds};
use crate::wire::{Wire, WireError, decode_content};

pub use authority::{AuthorityError, FoundedFirm, Grant};
pub use bulletin::{Adopted, Bulletin, Revoked, RevokedFor, SignedBulletin};
pub use chain::Firm;
pub use files::FirmFile;
pub use profile::{Profile, SignedProfile};
pub use read::{MAX_DISPLAY, display_name};
pub use renewal::{Renewal, SignedRenewal};
pub use succession::{SignedSuccession, Succeeded, Succession};

/// What a certified key may act as. One role to a certificate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Role {
    /// Takes screens in hand, with consent.
    Technician,
    /// Approves machines, issues codes, grants exceptions, locks technicians.
    Manager,
    /// Sees money.
    Billing,
    /// Runs the relay.
    Relay,
    /// Signs releases.
    Release,
}

/// A certified key's holder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The name in the firm: unique.
    pub person: PersonId,
    /// The name for people, from the certificate; never typed by the holder.
    pub display_name: String,
    /// The role.
    pub role: Role,
    /// The key.
    pub key: KeyId,
    /// Until when the certificate is valid.
    pub not_after: UnixSeconds,
}

/// A message that somebody may sign. The label keeps a signature of one kind from passing for another.
pub trait Statement: Wire {
    /// Signed in front of the bytes.
    const LABEL: &'static str;
}

/// A statement with its signature (Ed25519, RFC 8032) and, for members of the firm, the certificates of the key.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Signed<S> {
    body: Vec<u8>,
    signature: Vec<u8>,
    chain: Vec<Vec<u8>>,
    #[serde(skip)]
    kind: PhantomData<fn() -> S>,
}

/// A private key and what is known of it. Never leaves the machine it was made on.
pub struct Signer {
    pair: Ed25519KeyPair,
    pkcs8: zeroize::Zeroizing<Vec<u8>>,
    spki: Vec<u8>,
    chain: Vec<Vec<u8>>,
}

/// Why a certificate, a key or a statement is not accepted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TrustError {
    /// Not made by a certificate of this firm.
    #[error("not certified by this firm")]
    Foreign,
    /// The certificate's time is over.
    #[error("the certificate expired")]
    Expired,
    /// The firm's bulletin says that the key counts no more.
    #[error("revoked by the firm")]
    Revoked,
    /// Certified by a root of the firm after another one had taken its place.
    #[error("certified by a root of the firm that another one has succeeded")]
    Succeeded,
    /// The certificate's time has not come.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// Certified, in another role.
    #[error("certified as {0:?}, which may not do this")]
    WrongRole(Role),
    /// The signature does not match.
    #[error("the signature does not match")]
    BadSignature,
    /// Not a certificate, key or statement at all.
    #[error("unreadable: {0}")]
    Unreadable(&'static str),
    /// The passphrase is not the key's, or the key's file was changed.
    #[error("the passphrase does not open this key")]
    WrongPassphrase,
    /// The key made no signature or certificate.
    #[error("the key could not sign")]
    CannotSign,
}

// === impl Role

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Technician, Self::Manager, Self::Billing, Self::Relay, Self::Release];

    /// The role's name in certificates and on the command line.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Technician => "technician",
            Self::Manager => "manager",
            Self::Billing => "billing",
            Self::Relay => "relay",
            Self::Release => "release",
        }
    }

    /// The role of that name.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.label() == label)
    }
}

// === impl Signed

impl<S: Statement> Signed<S> {
    /// What is said, if the key with this `SubjectPublicKeyInfo` signed it.
    ///
    /// # Errors
    /// [`TrustError::BadSignature`] or [`TrustError::Unreadable`].
    pub fn open_by_key(&self, spki: &[u8]) -> Result<S, TrustError> {
        let key = raw_ed25519(spki)?;
        UnparsedPublicKey::new(&ED25519, key)
            .verify(&to_be_signed::<S>(&self.body), &self.signature)
            .map_err(|_| TrustError::BadSignature)?;
        decode_content(&self.body).map_err(|_: WireError| TrustError::Unreadable("statement"))
    }

    /// What is said and by whom, if a member of the firm in this role signed it and its certificate holds at `now`.
    ///
    /// # Errors
    /// Any [`TrustError`].
    pub fn open_by_firm(&self, firm: &Firm, role: Role, now: UnixSeconds) -> Result<(S, Member), TrustError> {
        self.open_by_member(role, firm.verify_chain(&self.chain, now)?)
    }

    fn open_by_member(
        &self,
        role: Role,
        (member, spki): (Member, Vec<u8>),
    ) -> Result<(S, Member), TrustError> {
        if member.role != role {
            return Err(TrustError::WrongRole(member.role));
        }
        Ok((self.open_by_key(&spki)?, member))
    }

    /// As [`open_by_firm`](Self::open_by_firm), at the moment the statement gives itself: for words that outlive the certificate
    /// of whoever signed them. Whoever takes such a word in for the first time must judge it at the present moment.
    ///
    /// # Errors
    /// Any [`TrustError`].
    pub fn open_by_firm_when_said(
        &self,
        firm: &Firm,
        role: Role,
        said: impl FnOnce(&S) -> UnixSeconds,
    ) -> Result<(S, Member), TrustError> {
        let unproved: S =
            decode_content(&self.body).map_err(|_: WireError| TrustError::Unreadable("statement"))?;
        self.open_by_member(role, firm.verify_chain_when_said(&self.chain, said(&unproved))?)
    }

    /// The certificates that came with it, unjudged.
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// The signed bytes, for hashing.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl<S> Clone for Signed<S> {
    fn clone(&self) -> Self {
        Self {
            body: self.body.clone(),
            signature: self.signature.clone(),
            chain: self.chain.clone(),
            kind: PhantomData,
        }
    }
}

impl<S> PartialEq for Signed<S> {
    fn eq(&self, other: &Self) -> bool {
        (&self.body, &self.signature, &self.chain) == (&other.body, &other.signature, &other.chain)
    }
}

impl<S> Eq for Signed<S> {}

impl<S> std::fmt::Debug for Signed<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signed").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

// === impl Signer

impl Signer {
    /// A new key of one's own.
    ///
    /// # Errors
    /// [`TrustError::CannotSign`] when the system gives no randomness.
    pub fn generate() -> Result<Self, TrustError> {
        let document = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new())
            .map_err(|_| TrustError::CannotSign)?;
        Self::from_pkcs8(document.as_ref().to_vec(), Vec::new())
    }

    /// A stored key (PKCS#8, DER) with its certificates, the key's own first; none for an agent.
    ///
    /// # Errors
    /// [`TrustError::Unreadable`] when it is no Ed25519 key.
    pub fn from_pkcs8(pkcs8: Vec<u8>, chain: Vec<Vec<u8>>) -> Result<Self, TrustError> {
        let pkcs8 = zeroize::Zeroizing::new(pkcs8);
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| TrustError::Unreadable("private key"))?;
        let spki = spki_of(pair.public_key().as_ref());
        Ok(Self { pair, pkcs8, spki, chain })
    }

    /// Signs a statement.
    ///
    /// # Errors
    /// [`TrustError::Unreadable`] when the statement exceeds its limit.
    pub fn sign<S: Statement>(&self, statement: &S) -> Result<Signed<S>, TrustError> {
        let body = postcard::to_stdvec(statement).map_err(|_| TrustError::Unreadable("statement"))?;
        if body.len() > S::LIMIT {
            return Err(TrustError::Unreadable("statement"));
        }
        let signature = self.pair.sign(&to_be_signed::<S>(&body)).as_ref().to_vec();
        Ok(Signed { body, signature, chain: self.chain.clone(), kind: PhantomData })
    }

    /// Signs raw bytes under a label of their own (the journal's entries).
    pub fn sign_bytes(&self, label: &str, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(&labelled(label, bytes)).as_ref().to_vec()
    }

    /// Signs bytes as they are: certificates and requests, whose form keeps them apart from statements.
    fn sign_raw(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }

    /// The key's `SubjectPublicKeyInfo` (DER).
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The key's name.
    pub fn key_id(&self) -> KeyId {
        KeyId::of_spki(&self.spki)
    }

    /// The key's certificates, its own first.
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// The private key (PKCS#8, DER), to store it.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("key", &self.key_id()).finish_non_exhaustive()
    }
}

/// Whether the key with this `SubjectPublicKeyInfo` signed these bytes under this label.
///
/// # Errors
/// [`TrustError::BadSignature`] or [`TrustError::Unreadable`].
pub fn verify_bytes(spki: &[u8], label: &str, bytes: &[u8], signature: &[u8]) -> Result<(), TrustError> {
    UnparsedPublicKey::new(&ED25519, raw_ed25519(spki)?)
        .verify(&labelled(label, bytes), signature)
        .map_err(|_| TrustError::BadSignature)
}

fn to_be_signed<S: Statement>(body: &[u8]) -> Vec<u8> {
    labelled(S::LABEL, body)
}

fn labelled(label: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(label.len() + 1 + bytes.len());
    out.extend_from_slice(label.as_bytes());
    out.push(0);
    out.extend_from_slice(bytes);
    out
}

/// `SubjectPublicKeyInfo` of an Ed25519 key is a fixed prefix and the 32 bytes (RFC 8410 §4).
const ED25519_SPKI_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

fn spki_of(raw: &[u8]) -> Vec<u8> {
    [&ED25519_SPKI_PREFIX, raw].concat()
}

fn raw_ed25519(spki: &[u8]) -> Result<&[u8], TrustError> {
    match spki.strip_prefix(&ED25519_SPKI_PREFIX) {
        Some(raw) if raw.len() == 32 => Ok(raw),
        _ => Err(TrustError::Unreadable("public key")),
    }
}
