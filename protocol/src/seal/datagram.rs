//! Sealed datagrams: an agent's signs of life. They may be lost; they may not be made up, changed, replayed or brought out of order.
//!
//! The session is named in clear because one connection's datagrams have several readers. Only a count above all before is taken:
//! of two signs of life the older has nothing to say, so there is no window in which an old one could pass.

use std::fmt;

use super::aead::{Aead, TAG};
use super::lane::unpad;
use super::{PAD, SealError, padded};
use crate::id::SessionId;
use crate::wire::session::Pulse;
use crate::wire::{HEADER, Wire as _, decode_content, encode};

/// Bytes in clear: session and counter.
const CLEAR: usize = 16 + 8;
/// All datagrams have this size, so that a lease and a revocation look alike.
pub const DATAGRAM: usize = CLEAR + PAD + TAG;

/// Seals the agent's signs of life.
pub struct DatagramSealer {
    aead: Aead,
    session: SessionId,
    counter: u64,
}

/// Opens them at the console.
pub struct DatagramOpener {
    aead: Aead,
    session: SessionId,
    /// The lowest count that is still taken.
    next: u64,
}

/// The session that a datagram names; unproved.
pub fn session_of(datagram: &[u8]) -> Option<SessionId> {
    datagram.first_chunk::<16>().map(|id| SessionId(*id))
}

// === impl DatagramSealer

impl DatagramSealer {
    pub(super) fn new(aead: Aead, session: SessionId) -> Self {
        Self { aead, session, counter: 0 }
    }

    /// One sign of life as a datagram.
    ///
    /// # Errors
    /// [`SealError`]; not in a session of any length that can be.
    pub fn seal(&mut self, pulse: &Pulse) -> Result<Vec<u8>, SealError> {
        let next = self.counter.checked_add(1).ok_or(SealError::NoKeys)?;
        let mut out = Vec::with_capacity(DATAGRAM);
        out.extend_from_slice(&self.session.0);
        out.extend_from_slice(&self.counter.to_le_bytes());
        let frame = encode(pulse)?;
        out.extend_from_slice(&frame);
        out.resize(CLEAR + padded(frame.len()), 0);
        let (clear, body) = out.split_at_mut(CLEAR);
        let tag = self.aead.seal(self.counter, clear, body)?;
        out.extend_from_slice(&tag);
        self.counter = next;
        Ok(out)
    }
}

// === impl DatagramOpener

impl DatagramOpener {
    pub(super) fn new(aead: Aead, session: SessionId) -> Self {
        Self { aead, session, next: 0 }
    }

    /// What a datagram says; `None` for another session's, one that was seen or is older than one seen, and for a forged one.
    /// Anybody on the way can send such, so they end nothing.
    pub fn open(&mut self, datagram: &[u8]) -> Option<Pulse> {
        if datagram.len() != DATAGRAM || session_of(datagram) != Some(self.session) {
            return None;
        }
        let (clear, sealed) = datagram.split_at(CLEAR);
        let counter = u64::from_le_bytes(*clear.last_chunk::<8>()?);
        if counter < self.next {
            return None;
        }
        let mut plain = sealed.to_vec();
        let opened = self.aead.open(counter, clear, &mut plain).ok()?;
        self.next = counter.checked_add(1)?;
        plain.truncate(opened);
        unpad(&mut plain, Pulse::LIMIT).ok()?;
        decode_content(&plain).ok()
    }
}

impl fmt::Debug for DatagramSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatagramSealer").field("counter", &self.counter).finish_non_exhaustive()
    }
}

impl fmt::Debug for DatagramOpener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatagramOpener").field("next", &self.next).finish_non_exhaustive()
    }
}

const _: () = assert!(HEADER + 2 * 10 + 5 < PAD, "a sign of life fits one step of padding");
