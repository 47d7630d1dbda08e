//! The end-to-end channel: what agent and console say to each other through a relay that can neither read nor change it.
//!
//! The control lane is one TLS 1.3 connection (RFC 8446) carried inside the relayed stream: the agent answers and admits only
//! technicians of its firm, the console accepts exactly the one approved key. Everything else hangs on its exporter (§7.5): the
//! keys of the screen and input lanes and of the datagrams, the match code, and what binds a receipt to its channel. Nobody who
//! was not in the handshake has any of these, so a lane needs no handshake of its own.
//!
//! | what | form |
//! |---|---|
//! | control lane | TLS records; inside them frames of [`crate::wire`] |
//! | screen and input lanes | `length: u32 LE ‖ sealed(frame ‖ zeros)`, the length in clear and authenticated, counter implied |
//! | datagram | `session: 16 bytes ‖ counter: u64 LE ‖ sealed(frame ‖ zeros)`, the first two in clear and authenticated |
//!
//! `sealed` is ChaCha20-Poly1305 (RFC 8439), whose key has no limit of use that a session could reach (RFC 8446 §5.5), with the
//! nonce of TLS 1.3: the counter over a secret start (§5.3). Frames below [`PADDED_BELOW`] bytes are filled up to a multiple of
//! [`PAD`], so that the size of a key stroke does not tell which key it was.

mod aead;
mod channel;
mod datagram;
mod heirloom;
mod lane;
pub mod secret;

use crate::wire::WireError;

pub use channel::{Channel, commitment};
pub use datagram::{DATAGRAM, DatagramOpener, DatagramSealer, session_of};
pub(crate) use heirloom::Heirloom;
pub use lane::{Opener, Sealer};

/// Small frames are filled up to a multiple of that many bytes.
pub const PAD: usize = 64;
/// What counts as small, in bytes.
pub const PADDED_BELOW: usize = 1024;

/// Which of the two ends somebody is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The client's PC.
    Agent,
    /// The technician's.
    Console,
}

/// Why the seal is of no use any more. There is no way back from any of these.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SealError {
    /// The other side's certificate or key is not one this side accepts.
    #[error("the other side is not who it must be")]
    PeerUntrusted,
    /// The other side does not accept this side's certificate or key.
    #[error("the other side does not accept this side's certificate")]
    Rejected,
    /// Bytes were changed, dropped, moved or repeated on the way, or never sealed by the other side.
    #[error("what came is not what the other side sealed")]
    Broken,
    /// What the other side sealed makes no sense.
    #[error("the other side sealed {0}")]
    Nonsense(#[from] WireError),
    /// The channel is not open yet, or this lane's keys were handed out before.
    #[error("there are no keys for that")]
    NoKeys,
}

// === impl Side

impl Side {
    /// Who sits opposite.
    pub const fn other(self) -> Self {
        match self {
            Self::Agent => Self::Console,
            Self::Console => Self::Agent,
        }
    }
}

/// A frame's length with the zeros behind it.
const fn padded(length: usize) -> usize {
    if length < PADDED_BELOW { length.next_multiple_of(PAD) } else { length }
}

#[cfg(test)]
mod tests;
