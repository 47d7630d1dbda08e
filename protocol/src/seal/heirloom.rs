//! What one channel leaves to the next: a secret that only its two ends know, so that after a lost line they recognise each other.
//!
//! The next channel proves who is there by certificate and key, as the first did. This proves that it is the same console process and
//! the same agent process, still holding the same yes: an HMAC (RFC 2104) over the next channel's own exporter, which a relay can
//! neither make, move to another channel, nor use twice.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};

use super::SealError;
use super::channel::Channel;
use crate::id::{Epoch, SessionId};

/// Binds a proof to its purpose.
const LABEL: &[u8] = b"aval/1 resume";

/// A secret of a channel that is gone. The library wipes the key when it is dropped.
pub(crate) struct Heirloom(Key);

impl Heirloom {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        Self(Key::new(HMAC_SHA256, secret))
    }

    /// For the console: that it held the grant of this epoch in the channel that is gone.
    pub(crate) fn proof(
        &self,
        next: &Channel,
        session: SessionId,
        lost: Epoch,
    ) -> Result<[u8; 32], SealError> {
        let tag = sign(&self.0, &said(next, session, lost)?);
        tag.as_ref().try_into().map_err(|_| SealError::NoKeys)
    }

    /// For the agent: whether the one in the next channel held it. In constant time.
    pub(crate) fn proves(
        &self,
        next: &Channel,
        session: SessionId,
        lost: Epoch,
        proof: &[u8; 32],
    ) -> Result<bool, SealError> {
        Ok(verify(&self.0, &said(next, session, lost)?, proof).is_ok())
    }
}

fn said(next: &Channel, session: SessionId, lost: Epoch) -> Result<Vec<u8>, SealError> {
    let channel = next.successor_binding()?;
    Ok([LABEL, &session.0, &lost.0.to_le_bytes(), &channel].concat())
}

// A secret may not reach a log.
impl std::fmt::Debug for Heirloom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Heirloom(..)")
    }
}
