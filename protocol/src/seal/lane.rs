//! A sealed lane: frames in order, each under the next count. One flipped, dropped, repeated or moved byte ends it.

use std::fmt;

use zeroize::Zeroizing;

use super::aead::{Aead, TAG};
use super::{SealError, padded};
use crate::wire::{HEADER, WireError, content_length};

/// Bytes of the length in clear.
const LENGTH: usize = 4;

/// Seals what goes out on one lane.
pub struct Sealer {
    aead: Aead,
    counter: u64,
    limit: usize,
}

/// Collects bytes of one lane and opens what they seal. Holds at most one frame plus one read.
pub struct Opener {
    aead: Aead,
    counter: u64,
    limit: usize,
    bytes: Vec<u8>,
    start: usize,
    broken: bool,
}

// === impl Sealer

impl Sealer {
    /// For frames whose content has at most `limit` bytes.
    pub(super) fn new(aead: Aead, limit: usize) -> Self {
        Self { aead, counter: 0, limit }
    }

    /// One frame, as [`crate::wire::encode`] makes it, sealed for the line.
    ///
    /// # Errors
    /// [`SealError::Nonsense`] when the frame is larger than this lane allows; nothing is counted then.
    pub fn seal(&mut self, frame: &[u8]) -> Result<Vec<u8>, SealError> {
        let content = frame.len().saturating_sub(HEADER);
        if content > self.limit {
            return Err(WireError::TooLong { announced: content, limit: self.limit }.into());
        }
        let next = self.counter.checked_add(1).ok_or(SealError::NoKeys)?;
        let length = padded(frame.len());
        let announced = u32::try_from(length + TAG).map_err(|_| WireError::Malformed)?;
        let mut out = Vec::with_capacity(LENGTH + length + TAG);
        out.extend_from_slice(&announced.to_le_bytes());
        out.extend_from_slice(frame);
        out.resize(LENGTH + length, 0);
        let (clear, body) = out.split_at_mut(LENGTH);
        let tag = self.aead.seal(self.counter, clear, body)?;
        out.extend_from_slice(&tag);
        self.counter = next;
        Ok(out)
    }
}

// === impl Opener

impl Opener {
    /// For frames whose content has at most `limit` bytes.
    pub(super) fn new(aead: Aead, limit: usize) -> Self {
        Self { aead, counter: 0, limit, bytes: Vec::new(), start: 0, broken: false }
    }

    /// Adds what a read returned.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next frame's content, for [`crate::wire::decode_content`], if it is complete. It is wiped when dropped.
    ///
    /// # Errors
    /// [`SealError`]; the lane is of no use afterwards and says so each time.
    #[expect(clippy::should_implement_trait, reason = "it can fail, and there may be more later")]
    pub fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, SealError> {
        if self.broken {
            return Err(SealError::Broken);
        }
        let opened = self.open();
        self.broken = opened.is_err();
        opened
    }

    fn open(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, SealError> {
        let waiting = &self.bytes[self.start..];
        let Some((clear, rest)) = waiting.split_first_chunk::<LENGTH>() else { return Ok(None) };
        let length = u32::from_le_bytes(*clear) as usize;
        let most = padded(HEADER + self.limit) + TAG;
        if length > most {
            return Err(WireError::TooLong { announced: length, limit: most }.into());
        }
        let Some(sealed) = rest.get(..length) else { return Ok(None) };
        let mut plain = Zeroizing::new(sealed.to_vec());
        let opened = self.aead.open(self.counter, clear, &mut plain)?;
        self.counter = self.counter.checked_add(1).ok_or(SealError::NoKeys)?;
        self.start += LENGTH + length;
        plain.truncate(opened);
        unpad(&mut plain, self.limit)?;
        Ok(Some(plain))
    }
}

/// Takes header and filling away.
pub(super) fn unpad(plain: &mut Vec<u8>, limit: usize) -> Result<(), WireError> {
    let header = plain.first_chunk::<HEADER>().ok_or(WireError::Malformed)?;
    let content = content_length(*header, limit)?;
    if plain.len() != padded(HEADER + content) {
        return Err(WireError::Malformed);
    }
    plain.truncate(HEADER + content);
    plain.drain(..HEADER);
    Ok(())
}

// Neither keys nor what they seal may reach a log.
impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("counter", &self.counter).finish_non_exhaustive()
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").field("counter", &self.counter).finish_non_exhaustive()
    }
}
