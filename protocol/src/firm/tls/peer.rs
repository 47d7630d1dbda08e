//! Who is at the other end of a connection: a member of the firm, or an agent known by its key alone.

use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{CertificateParams, DnType};
use rustls_pki_types::CertificateDer;

use crate::firm::authority::OwnKey;
use crate::firm::read::Cert;
use crate::firm::{Firm, Member, Role, Signer, TrustError};
use crate::id::{KeyId, UnixSeconds};

/// The common name in every agent's certificate: the key says which agent it is.
const AGENT: &str = "aval-agent";

/// Who showed a certificate, and proved its key in the handshake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Peer {
    /// A member of the firm, with the chain (DER) that says so.
    Member(Member, Vec<Vec<u8>>),
    /// Somebody with an agent's certificate: known by the key alone, which may be enrolled or not.
    Agent {
        /// The key's `SubjectPublicKeyInfo` (DER).
        spki: Vec<u8>,
        /// The key's name.
        key_id: KeyId,
    },
}

/// Whom a client takes for a relay, and the chain that was shown last. Clones share what was shown: make one for each connection
/// that is to be judged on its own, or use [`judge_certs`](Self::judge_certs).
///
/// A PC whose clock is wrong by a year would refuse every relay and could never be told so. So a relay whose chain is wrong in
/// nothing but time may finish the handshake, tell its own time, and is judged again by it. What that gives away: whoever holds
/// the key of a relay's *expired* certificate can keep such a PC busy. It still can't start a session, which takes a technician's
/// key and the person's yes.
#[derive(Clone, Debug)]
pub struct RelayTrust {
    firm: Firm,
    shown: Arc<Mutex<Shown>>,
}

#[derive(Debug, Default)]
struct Shown {
    chain: Vec<Vec<u8>>,
    doubt: bool,
}

/// The certificate that an agent shows: made of its key alone (the same key gives the same bytes), signed by itself, valid from
/// 1975 to 4096 because an agent's clock is no authority. Who is enrolled, the relay's record says, not this.
///
/// # Errors
/// [`TrustError::CannotSign`].
pub fn agent_certificate(signer: &Signer) -> Result<Vec<u8>, TrustError> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, AGENT);
    let cert = params.self_signed(&OwnKey(signer)).map_err(|_| TrustError::CannotSign)?;
    Ok(cert.der().to_vec())
}

/// The key in an agent's certificate, if it is one: alone, self-signed, claiming nothing else.
pub(super) fn agent_key(certs: &[CertificateDer<'_>]) -> Option<Vec<u8>> {
    let [only] = certs else { return None };
    let cert = Cert::read(only).ok()?;
    let plain =
        cert.extensions == 0 && cert.issuer == cert.subject && cert.common_name.as_deref() == Some(AGENT);
    (plain && cert.check_signed_by(&cert.spki).is_ok()).then_some(cert.spki)
}

// === impl Peer

impl Peer {
    /// Who showed these certificates. The handshake has proved the key of the first.
    ///
    /// # Errors
    /// Any [`TrustError`] when it is neither a member of the firm nor an agent.
    pub fn from_certs(
        certs: &[CertificateDer<'_>],
        firm: &Firm,
        now: UnixSeconds,
    ) -> Result<Self, TrustError> {
        if let Some(spki) = agent_key(certs) {
            let key_id = KeyId::of_spki(&spki);
            return Ok(Self::Agent { spki, key_id });
        }
        let chain = owned(certs);
        let (member, _) = firm.verify_chain(&chain, now)?;
        Ok(Self::Member(member, chain))
    }

    /// The key that was proved.
    pub const fn key(&self) -> KeyId {
        match self {
            Self::Member(member, _) => member.key,
            Self::Agent { key_id, .. } => *key_id,
        }
    }
}

// === impl RelayTrust

impl RelayTrust {
    /// Relays of this firm; none was seen yet.
    pub fn new(firm: Firm) -> Self {
        Self { firm, shown: Arc::default() }
    }

    /// Who the relay of the last handshake is, judged at `now`: this machine's clock, or the relay's where that is wrong.
    ///
    /// # Errors
    /// Any [`TrustError`]; [`TrustError::Foreign`] when no relay was seen yet.
    pub fn judge(&self, now: UnixSeconds) -> Result<Member, TrustError> {
        let chain = self.shown().chain.clone();
        self.relay(&chain, now)
    }

    /// Who showed these certificates (what a QUIC connection calls its peer's identity), judged at `now`.
    ///
    /// # Errors
    /// Any [`TrustError`].
    pub fn judge_certs(&self, certs: &[CertificateDer<'_>], now: UnixSeconds) -> Result<Member, TrustError> {
        self.relay(&owned(certs), now)
    }

    /// Whether the last handshake passed although this machine's clock and the relay's certificate disagree.
    pub fn clock_doubt(&self) -> bool {
        self.shown().doubt
    }

    /// The firm whose relays these are.
    pub const fn firm(&self) -> &Firm {
        &self.firm
    }

    /// In the handshake: all must hold, time may be in doubt.
    pub(super) fn admit(&self, certs: &[CertificateDer<'_>], now: UnixSeconds) -> Result<(), TrustError> {
        let chain = owned(certs);
        let doubt = match self.relay(&chain, now) {
            Ok(_) => false,
            Err(TrustError::Expired | TrustError::NotYetValid) => true,
            Err(error) => return Err(error),
        };
        *self.shown() = Shown { chain, doubt };
        Ok(())
    }

    fn relay(&self, chain: &[Vec<u8>], now: UnixSeconds) -> Result<Member, TrustError> {
        let (member, _) = self.firm.verify_chain_as(chain, &[Role::Relay], now)?;
        Ok(member)
    }

    fn shown(&self) -> std::sync::MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn owned(certs: &[CertificateDer<'_>]) -> Vec<Vec<u8>> {
    // One more than may be, so that a chain too long is still seen to be so.
    certs.iter().take(crate::firm::chain::MAX_CHAIN + 1).map(|cert| cert.to_vec()).collect()
}
