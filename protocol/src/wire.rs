//! Framing: how a message becomes bytes and back, and every limit that is checked before a byte is allocated.
//!
//! A frame is `length: u32 LE ‖ version: u8 ‖ postcard(message)`; the length counts what follows it. The version is the first
//! byte a reader interprets, so that an agent forgotten in a cupboard for years is told [`link::Farewell::TooOld`] and not "garbage".

pub mod assent;
pub mod beside;
pub mod closing;
pub mod codes;
pub mod contract;
pub mod enrol;
pub mod equipment;
pub mod fleet;
pub mod handover;
pub mod input;
pub mod inventory;
pub mod link;
pub mod machine;
pub mod papers;
pub mod probe;
pub mod program;
pub mod promise;
pub mod record;
pub mod screen;
pub mod session;
pub mod turn;

use serde::{Serialize, de::DeserializeOwned};

/// The version of every frame this program writes.
pub const VERSION: u8 = 1;
/// The name of the protocol in the QUIC handshake (RFC 7301).
pub const ALPN: &[u8] = b"aval/1";
/// Bytes before a frame's content: length and version.
pub const HEADER: usize = 5;

/// A message that may travel, and how large its frame's content may be at most (bytes).
pub trait Wire: Serialize + DeserializeOwned {
    /// The upper bound on the postcard bytes. Checked before anything is allocated, on both ends.
    const LIMIT: usize;
}

/// Why bytes are no message. The peer is at fault in each case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WireError {
    /// The frame announces more than its kind of message may have.
    #[error("a frame announces {announced} bytes where at most {limit} may come")]
    TooLong {
        /// What the frame's length says.
        announced: usize,
        /// What this kind of message may have.
        limit: usize,
    },
    /// The frame is of a version this program does not speak.
    #[error("a frame of version {0}, this program speaks {VERSION}")]
    Version(u8),
    /// The content is not the expected message, or bytes follow it.
    #[error("a frame that is not the message expected here")]
    Malformed,
}

/// Collects bytes of a stream and cuts frames from them. Holds at most one frame of the largest kind asked for plus one read.
#[derive(Debug, Default)]
pub struct Inbox {
    bytes: Vec<u8>,
    start: usize,
}

/// One message as a frame.
///
/// # Errors
/// [`WireError::TooLong`] when the message exceeds its own limit: the writer is at fault and nothing is sent.
pub fn encode<M: Wire>(message: &M) -> Result<Vec<u8>, WireError> {
    let mut frame = vec![0; HEADER];
    frame[4] = VERSION;
    let mut frame = postcard::to_extend(message, frame).map_err(|_| WireError::Malformed)?;
    let length = frame.len() - 4;
    if frame.len() - HEADER > M::LIMIT {
        return Err(WireError::TooLong { announced: frame.len() - HEADER, limit: M::LIMIT });
    }
    let length = u32::try_from(length).map_err(|_| WireError::Malformed)?;
    frame[..4].copy_from_slice(&length.to_le_bytes());
    Ok(frame)
}

/// A message from the content of one frame (without its header); refuses left-over bytes.
///
/// # Errors
/// [`WireError::TooLong`] or [`WireError::Malformed`].
pub fn decode_content<M: Wire>(content: &[u8]) -> Result<M, WireError> {
    if content.len() > M::LIMIT {
        return Err(WireError::TooLong { announced: content.len(), limit: M::LIMIT });
    }
    match postcard::take_from_bytes(content) {
        Ok((message, [])) => Ok(message),
        _ => Err(WireError::Malformed),
    }
}

/// The content length that a frame's header announces, checked against a limit.
///
/// # Errors
/// [`WireError::TooLong`] or [`WireError::Version`].
pub fn content_length(header: [u8; HEADER], limit: usize) -> Result<usize, WireError> {
    let [a, b, c, d, version] = header;
    let announced = u32::from_le_bytes([a, b, c, d]) as usize;
    if version != VERSION {
        return Err(WireError::Version(version));
    }
    let announced = announced.checked_sub(1).ok_or(WireError::Malformed)?;
    if announced > limit {
        return Err(WireError::TooLong { announced, limit });
    }
    Ok(announced)
}

// === impl Inbox

impl Inbox {
    /// Adds what a read returned.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next message, if its frame is complete.
    ///
    /// # Errors
    /// As [`content_length`] and [`decode_content`]; the stream is of no use afterwards.
    #[expect(clippy::should_implement_trait, reason = "it can fail, and there may be more later")]
    pub fn next<M: Wire>(&mut self) -> Result<Option<M>, WireError> {
        let waiting = &self.bytes[self.start..];
        let Some((header, rest)) = waiting.split_first_chunk::<HEADER>() else { return Ok(None) };
        let length = content_length(*header, M::LIMIT)?;
        let Some(content) = rest.get(..length) else { return Ok(None) };
        let message = decode_content(content)?;
        self.start += HEADER + length;
        Ok(Some(message))
    }

    /// Whether a frame is cut short at the end of what came.
    pub fn is_empty(&self) -> bool {
        self.bytes.len() == self.start
    }
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod samples;
