//! One password from the window it was typed in to the program that asked for it, readable nowhere in between.
//!
//! The key agreement is X25519 (RFC 7748) with a fresh key at each end, the key comes by HKDF (RFC 5869) over both public keys, the session
//! and the kind; each is used once. It travels inside the end-to-end channel, whose key exchange is a hybrid one: who stores what passes
//! the relay gains nothing by breaking this alone.

use std::fmt;

use aws_lc_rs::agreement::{
    EphemeralPrivateKey, PrivateKey, UnparsedPublicKey, X25519, agree, agree_ephemeral,
};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::rand::SystemRandom;
use zeroize::Zeroizing;

use super::SealError;
use super::aead::{Aead, RAW, TAG};
use crate::id::SessionId;
use crate::wire::handover::{BLOCK, HandoverKind, SealedSecret, Secret};

const LABEL: &[u8] = b"aval/1 secret";

/// The asking program's half. Good for one value; the library wipes it when it is dropped.
pub struct SecretKey {
    private: PrivateKey,
    public: [u8; 32],
    context: Context,
}

/// What a value is for: it can be opened for nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Context {
    /// In which session.
    pub session: SessionId,
    /// Which kind was asked for.
    pub kind: HandoverKind,
}

/// As many bytes as [`Aead`] needs.
struct Raw;

impl KeyType for Raw {
    fn len(&self) -> usize {
        RAW
    }
}

// === impl SecretKey

impl SecretKey {
    /// Made of fresh randomness, for one question.
    ///
    /// # Errors
    /// [`SealError::NoKeys`].
    pub fn new(random: &Zeroizing<[u8; 32]>, context: Context) -> Result<Self, SealError> {
        let private = PrivateKey::from_private_key(&X25519, &random[..]).map_err(|_| SealError::NoKeys)?;
        let public = private.compute_public_key().map_err(|_| SealError::NoKeys)?;
        let public = public.as_ref().try_into().map_err(|_| SealError::NoKeys)?;
        Ok(Self { private, public, context })
    }

    /// What to ask with.
    pub const fn public(&self) -> [u8; 32] {
        self.public
    }

    /// What was asked for.
    pub const fn context(&self) -> Context {
        self.context
    }

    /// The value. The key is used up.
    ///
    /// # Errors
    /// [`SealError::Broken`] when it was sealed for something else, changed, or is no value.
    pub fn open(self, sealed: &SealedSecret) -> Result<Secret, SealError> {
        sealed.check().map_err(|_| SealError::Broken)?;
        let theirs = UnparsedPublicKey::new(&X25519, &sealed.key[..]);
        let key = agree(&self.private, theirs, SealError::Broken, |shared| {
            derive(shared, &sealed.key, &self.public, self.context)
        })?;
        let mut block = Zeroizing::new(sealed.bytes.clone());
        let length = key.open(0, LABEL, &mut block)?;
        Secret::from_block(&block[..length]).ok_or(SealError::Broken)
    }
}

/// Seals a value to whoever asked for it.
///
/// # Errors
/// [`SealError::NoKeys`] when the value is none, the key is no key, or there is no randomness.
pub fn seal_secret(secret: &Secret, to: &[u8; 32], context: Context) -> Result<SealedSecret, SealError> {
    let mut bytes = secret.block().ok_or(SealError::NoKeys)?;
    let own = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new()).map_err(|_| SealError::NoKeys)?;
    let public = own.compute_public_key().map_err(|_| SealError::NoKeys)?;
    let public: [u8; 32] = public.as_ref().try_into().map_err(|_| SealError::NoKeys)?;
    let theirs = UnparsedPublicKey::new(&X25519, &to[..]);
    let key = agree_ephemeral(own, theirs, SealError::NoKeys, |shared| derive(shared, &public, to, context))?;
    let tag = key.seal(0, LABEL, &mut bytes)?;
    let mut sealed = Vec::with_capacity(BLOCK + TAG);
    sealed.extend_from_slice(&bytes);
    sealed.extend_from_slice(&tag);
    Ok(SealedSecret { key: public, bytes: sealed })
}

fn derive(shared: &[u8], from: &[u8; 32], to: &[u8; 32], context: Context) -> Result<Aead, SealError> {
    let kind = context.kind.number().to_le_bytes();
    let info = [&from[..], &to[..], &context.session.0[..], &kind[..]];
    let mut raw = Zeroizing::new([0; RAW]);
    let secret = Salt::new(HKDF_SHA256, LABEL).extract(shared);
    let out = secret.expand(&info, Raw).map_err(|_| SealError::NoKeys)?;
    out.fill(&mut raw[..]).map_err(|_| SealError::NoKeys)?;
    Aead::new(&raw)
}

// A secret may not reach a log.
impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: Context = Context { session: SessionId([7; 16]), kind: HandoverKind::Windows };

    fn key(byte: u8, context: Context) -> SecretKey {
        SecretKey::new(&Zeroizing::new([byte; 32]), context).unwrap()
    }

    fn secret() -> Secret {
        Secret {
            identifier: Zeroizing::new("leroy".to_owned()),
            password: Zeroizing::new("sésame, ouvre-toi".to_owned()),
        }
    }

    #[test]
    fn only_the_one_who_asked_reads_it_and_only_for_what_was_asked() {
        let asked = key(1, CONTEXT);
        let sealed = seal_secret(&secret(), &asked.public(), CONTEXT).unwrap();
        assert_eq!(key(1, CONTEXT).open(&sealed), Ok(secret()));
        let other = [
            key(2, CONTEXT),
            key(1, Context { session: SessionId([8; 16]), ..CONTEXT }),
            key(1, Context { kind: HandoverKind::Wifi, ..CONTEXT }),
        ];
        for other in other {
            assert_eq!(other.open(&sealed), Err(SealError::Broken));
        }
        for at in [0, 700, sealed.bytes.len() - 1] {
            let mut changed = sealed.clone();
            changed.bytes[at] ^= 1;
            assert_eq!(key(1, CONTEXT).open(&changed), Err(SealError::Broken));
        }
    }

    #[test]
    fn the_same_value_never_looks_the_same_and_shows_none_of_itself() {
        let asked = key(1, CONTEXT);
        let [first, second] = [(); 2].map(|()| seal_secret(&secret(), &asked.public(), CONTEXT).unwrap());
        assert_ne!(first, second);
        assert_eq!(first.bytes.len(), second.bytes.len());
        let shown = |bytes: &[u8]| bytes.windows(6).any(|part| part == b"same, ");
        assert!(!shown(&first.bytes) && !shown(&second.bytes));
    }

    #[test]
    fn a_key_of_no_order_is_no_key() {
        assert_eq!(seal_secret(&secret(), &[0; 32], CONTEXT), Err(SealError::NoKeys));
    }
}
