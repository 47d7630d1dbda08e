//! One direction's key: sealing and opening under a counter that never repeats.

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::SealError;

/// Bytes of the tag behind what is sealed.
pub(super) const TAG: usize = 16;
/// Bytes of a key and the start of its nonces.
pub(super) const RAW: usize = 32 + NONCE_LEN;

/// A key and the secret start of its nonces. The library wipes the key when it is dropped.
pub(super) struct Aead {
    key: LessSafeKey,
    start: Zeroizing<[u8; NONCE_LEN]>,
}

impl Aead {
    /// Out of what the exporter gave.
    pub(super) fn new(raw: &Zeroizing<[u8; RAW]>) -> Result<Self, SealError> {
        let (key, rest) = raw.split_at(32);
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| SealError::NoKeys)?;
        let mut start = Zeroizing::new([0; NONCE_LEN]);
        start.copy_from_slice(rest);
        Ok(Self { key: LessSafeKey::new(key), start })
    }

    /// Seals in place and appends the tag.
    pub(super) fn seal(&self, counter: u64, clear: &[u8], in_out: &mut [u8]) -> Result<[u8; TAG], SealError> {
        let tag = self
            .key
            .seal_in_place_separate_tag(self.nonce(counter), Aad::from(clear), in_out)
            .map_err(|_| SealError::Broken)?;
        tag.as_ref().try_into().map_err(|_| SealError::Broken)
    }

    /// Opens in place; the length of what was sealed.
    pub(super) fn open(&self, counter: u64, clear: &[u8], in_out: &mut [u8]) -> Result<usize, SealError> {
        let plain = self
            .key
            .open_in_place(self.nonce(counter), Aad::from(clear), in_out)
            .map_err(|_| SealError::Broken)?;
        Ok(plain.len())
    }

    /// The counter over the start, as in RFC 8446 §5.3.
    fn nonce(&self, counter: u64) -> Nonce {
        let mut nonce = *self.start;
        for (byte, count) in nonce[NONCE_LEN - 8..].iter_mut().zip(counter.to_be_bytes()) {
            *byte ^= count;
        }
        Nonce::assume_unique_for_key(nonce)
    }
}
