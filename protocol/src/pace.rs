//! How many updates may be on their way unseen: a few, never a queue.
//!
//! A change that cannot leave yet is not stored: the encoder reads the screen again when there is room, so what leaves is always
//! the newest. Three in flight keep a line of 30 ms busy at 60 updates a second; a single one would tie the rate to the round trip.

use std::collections::VecDeque;

/// Most updates that may be sent and not yet painted.
pub const MAX_IN_FLIGHT: usize = 3;
/// Most compressed bytes that may be sent and not yet painted before another update leaves: at 4 Mbit/s about half a second. One
/// update may always leave when none is on its way.
pub const MAX_BYTES_IN_FLIGHT: usize = 256 * 1024;

/// The updates between an agent's encoder and the console's framebuffer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InFlight {
    sent: u32,
    painted: u32,
    sizes: VecDeque<usize>,
    bytes: usize,
}

/// The console claims to have painted what it cannot have: it is at fault, the lane ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadPainted {
    /// An update that was never sent.
    #[error("update {painted} is said to be painted, only {sent} were sent")]
    NeverSent {
        /// What the console says.
        painted: u32,
        /// What was sent.
        sent: u32,
    },
    /// Fewer than it said before.
    #[error("update {painted} is said to be painted after {before} were")]
    Backwards {
        /// What the console says.
        painted: u32,
        /// What it said before.
        before: u32,
    },
}

// === impl InFlight

impl InFlight {
    /// Nothing sent yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many updates may leave now: the encoder's budget. 0 to [`MAX_IN_FLIGHT`].
    pub fn room(&self) -> usize {
        if self.bytes >= MAX_BYTES_IN_FLIGHT { 0 } else { MAX_IN_FLIGHT.saturating_sub(self.sizes.len()) }
    }

    /// Call for each update handed to the network: its number (from 1, without gaps) and its compressed size in bytes.
    pub fn sent(&mut self, seq: u32, bytes: usize) {
        debug_assert_eq!(seq, self.sent.wrapping_add(1), "updates leave in order");
        self.sent = seq;
        self.sizes.push_back(bytes);
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Call when the console says that everything up to `seq` is painted. Saying the same twice is no fault.
    ///
    /// # Errors
    /// [`BadPainted`]; nothing changes then.
    pub fn painted(&mut self, seq: u32) -> Result<(), BadPainted> {
        if seq > self.sent {
            return Err(BadPainted::NeverSent { painted: seq, sent: self.sent });
        }
        let Some(newly) = seq.checked_sub(self.painted) else {
            return Err(BadPainted::Backwards { painted: seq, before: self.painted });
        };
        for _ in 0..newly {
            self.bytes -= self.sizes.pop_front().unwrap_or(0);
        }
        self.painted = seq;
        Ok(())
    }

    /// Updates sent and not yet painted.
    pub fn unpainted(&self) -> usize {
        self.sizes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_three_are_on_their_way() {
        let mut flight = InFlight::new();
        for seq in 1..=3 {
            assert_eq!(flight.room(), MAX_IN_FLIGHT - (seq as usize - 1));
            flight.sent(seq, 100);
        }
        assert_eq!(flight.room(), 0);
        flight.painted(2).unwrap();
        assert_eq!((flight.room(), flight.unpainted()), (2, 1));
        flight.painted(2).unwrap();
        flight.painted(3).unwrap();
        assert_eq!((flight.room(), flight.unpainted()), (3, 0));
    }

    #[test]
    fn a_large_update_fills_the_line_alone() {
        let mut flight = InFlight::new();
        flight.sent(1, MAX_BYTES_IN_FLIGHT);
        assert_eq!(flight.room(), 0);
        flight.painted(1).unwrap();
        assert_eq!(flight.room(), MAX_IN_FLIGHT);
    }

    #[test]
    fn a_console_cannot_have_painted_the_future_nor_unpaint() {
        let mut flight = InFlight::new();
        assert_eq!(flight.painted(1), Err(BadPainted::NeverSent { painted: 1, sent: 0 }));
        flight.sent(1, 10);
        flight.sent(2, 10);
        flight.painted(2).unwrap();
        assert_eq!(flight.painted(1), Err(BadPainted::Backwards { painted: 1, before: 2 }));
        assert_eq!(flight.room(), MAX_IN_FLIGHT);
    }
}
