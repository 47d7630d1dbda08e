//! Judging certificates: does a chain lead to this firm's root, at a given moment, and whom does it name?

use rustls_pki_types::CertificateDer;

use super::{Member, TrustError};
use crate::id::UnixSeconds;

/// A firm as its agents, relays and consoles know it: the root they pin, nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Firm {
    root: CertificateDer<'static>,
}

impl Firm {
    /// Verifies a chain (DER, the key's own certificate first) up to the root and reads whom it names; also the key's
    /// `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// Any [`TrustError`].
    pub fn verify_chain(
        &self,
        _chain: &[Vec<u8>],
        _now: UnixSeconds,
    ) -> Result<(Member, Vec<u8>), TrustError> {
        let _ = &self.root;
        Err(TrustError::Foreign)
    }
}
