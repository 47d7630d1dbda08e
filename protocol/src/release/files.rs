//! Keys and manifests of releases as text: PEM blocks (RFC 7468).

use super::{Manifest, Refused};
use crate::firm::TrustError;
use crate::firm::files::{only_block, pem_text};
use crate::id::KeyId;
use crate::wire::Wire as _;

const KEY: &str = "AVAL RELEASE KEY";
const MANIFEST: &str = "AVAL RELEASE";
/// Length of the `SubjectPublicKeyInfo` of an Ed25519 key, in bytes (RFC 8410).
const SPKI: usize = 44;

/// A public release key as text: `release.pub`.
pub fn key_to_pem(spki: &[u8]) -> String {
    pem_text(KEY, spki)
}

/// A public release key (`SubjectPublicKeyInfo`, DER) from its text.
///
/// # Errors
/// [`TrustError::Unreadable`].
pub fn key_from_pem(text: &str) -> Result<Vec<u8>, TrustError> {
    let spki = only_block(text, KEY).ok_or(TrustError::Unreadable("release key: one PEM block expected"))?;
    if spki.len() == SPKI { Ok(spki) } else { Err(TrustError::Unreadable("release key")) }
}

/// A manifest as text.
///
/// # Errors
/// Never in practice.
pub fn manifest_to_pem(manifest: &Manifest) -> Result<String, TrustError> {
    let bytes = postcard::to_stdvec(manifest).map_err(|_| TrustError::Unreadable("manifest"))?;
    Ok(pem_text(MANIFEST, &bytes))
}

/// A manifest from its text, unjudged.
///
/// # Errors
/// [`Refused::Unreadable`].
pub fn manifest_from_pem(text: &str) -> Result<Manifest, Refused> {
    let bytes = only_block(text, MANIFEST).filter(|bytes| bytes.len() <= Manifest::LIMIT);
    match postcard::take_from_bytes(&bytes.ok_or(Refused::Unreadable)?) {
        Ok((manifest, [])) => Ok(manifest),
        _ => Err(Refused::Unreadable),
    }
}

impl Manifest {
    /// The name of the key that it says it is signed by.
    pub fn key_id(&self) -> KeyId {
        KeyId::of_spki(&self.key)
    }
}
