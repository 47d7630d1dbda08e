//! The measurement of a line: unreliable QUIC datagrams (RFC 9221) both ways, and the result on the probe's stream.

use serde::{Deserialize, Serialize};

use super::record::LineFacts;
use super::{Wire, WireError};

/// Largest datagram of a measurement, bytes: with QUIC's share it stays below 1200, which every path carries (RFC 9000 §14).
pub const PACKET: usize = 1100;

/// One datagram; zeros pad it to the size it should load the line with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ProbePacket {
    /// What it is for.
    pub kind: PacketKind,
    /// Its number among its kind, from 0, without gaps.
    pub seq: u32,
    /// When it was sent, µs since its sender began.
    pub sent_us: u32,
    /// The newest packet of the other side: gives the round trip without the time it was held (RFC 7323 §3 does so for TCP).
    pub echo: Option<Echo>,
    /// What has come from the other side so far.
    pub seen: Seen,
}

/// What a packet is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum PacketKind {
    /// Full size, to fill the line.
    Load {
        /// The rate at which the sender sends at this moment, kbit/s of IP.
        pace_kbit: u32,
    },
    /// Small and rare, to see what an unloaded line loses.
    Quiet,
}

/// A packet that came, and how long ago.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Echo {
    /// Its `sent_us`.
    pub sent_us: u32,
    /// Time since it came, µs.
    pub held_us: u32,
}

/// What one side knows of the other's packets. Each packet carries it, so that no single loss loses the result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    /// The rate that came through, kbit/s of IP; 0: not known yet.
    pub rate_kbit: u32,
    /// How much longer than the fastest packet the newest was under way, ms: a queue.
    pub queue_ms: u16,
    /// Quiet packets that came while the line was calm…
    pub got: u16,
    /// …out of this many.
    pub of: u16,
    /// The load is over, and all of it that will come has come.
    pub settled: bool,
}

/// From the relay on the probe's stream: the measurement is over.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProbeDone {
    /// What it found, if anything.
    pub facts: Option<LineFacts>,
}

impl ProbePacket {
    /// As a datagram of at least `size` bytes.
    ///
    /// # Errors
    /// [`WireError::Malformed`]: never for this type.
    pub fn encode(&self, size: usize) -> Result<Vec<u8>, WireError> {
        let mut bytes = postcard::to_stdvec(self).map_err(|_| WireError::Malformed)?;
        bytes.resize(bytes.len().max(size.min(PACKET)), 0);
        Ok(bytes)
    }

    /// From a datagram, padded or not.
    ///
    /// # Errors
    /// [`WireError::TooLong`] or [`WireError::Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        if bytes.len() > PACKET {
            return Err(WireError::TooLong { announced: bytes.len(), limit: PACKET });
        }
        postcard::take_from_bytes(bytes).map(|(packet, _)| packet).map_err(|_| WireError::Malformed)
    }
}

impl Wire for ProbeDone {
    const LIMIT: usize = 64;
}
