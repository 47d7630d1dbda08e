//! How many updates may be on their way unseen: a few, never a queue; and what the line carries, learnt from what was painted.
//!
//! A change that cannot leave yet is not stored: the encoder reads the screen again when there is room, so what leaves is always
//! the newest. Three in flight keep a line of 30 ms busy at 60 updates a second; a single one would tie the rate to the round trip.
//! How many bytes may be on their way follows from the rate and the shortest round trip, as in BBR (RFC draft
//! `draft-ietf-ccwg-bbr`): a quarter more than what fills the line.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Most updates that may be sent and not yet painted.
pub const MAX_IN_FLIGHT: usize = 3;
/// Most compressed bytes that may be sent and not yet painted before another update leaves: at 4 Mbit/s about half a second. One
/// update may always leave when none is on its way.
pub const MAX_BYTES_IN_FLIGHT: usize = 256 * 1024;
/// The same on the slowest line.
pub const MIN_BYTES_IN_FLIGHT: usize = 32 * 1024;
/// Bytes below which an update says nothing of the line's rate: it was the screen that had no more.
const TELLING: usize = 16 * 1024;
/// How many measured rates and round trips are remembered: the best of them counts.
const REMEMBERED: usize = 8;

/// The updates between an agent's encoder and the console's framebuffer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InFlight {
    sent: u32,
    painted: u32,
    updates: VecDeque<Update>,
    bytes: usize,
    /// All bytes painted so far.
    delivered: u64,
    /// The newest measured rates, in bytes per second.
    rates: VecDeque<u64>,
    trips: VecDeque<Duration>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Update {
    bytes: usize,
    sent: Instant,
    /// What had been painted by then.
    delivered: u64,
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

    /// Everything up to this number is done with.
    pub fn after(seq: u32) -> Self {
        Self { sent: seq, painted: seq, ..Self::default() }
    }

    /// How many updates may leave now: the encoder's budget. 0 to [`MAX_IN_FLIGHT`].
    pub fn room(&self) -> usize {
        if self.bytes >= self.window() { 0 } else { MAX_IN_FLIGHT.saturating_sub(self.updates.len()) }
    }

    /// Call for each update handed to the network: its number (from 1, without gaps) and its compressed size in bytes.
    pub fn sent(&mut self, now: Instant, seq: u32, bytes: usize) {
        debug_assert_eq!(seq, self.sent.wrapping_add(1), "updates leave in order");
        self.sent = seq;
        self.updates.push_back(Update { bytes, sent: now, delivered: self.delivered });
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Call when the console says that everything up to `seq` is painted. Saying the same twice is no fault.
    ///
    /// # Errors
    /// [`BadPainted`]; nothing changes then.
    pub fn painted(&mut self, now: Instant, seq: u32) -> Result<(), BadPainted> {
        if seq > self.sent {
            return Err(BadPainted::NeverSent { painted: seq, sent: self.sent });
        }
        let Some(newly) = seq.checked_sub(self.painted) else {
            return Err(BadPainted::Backwards { painted: seq, before: self.painted });
        };
        for _ in 0..newly {
            if let Some(update) = self.updates.pop_front() {
                self.learn(now, &update);
            }
        }
        self.painted = seq;
        Ok(())
    }

    /// Updates sent and not yet painted.
    pub fn unpainted(&self) -> usize {
        self.updates.len()
    }

    /// What the line carries, in bytes per second, once an update was large enough to tell.
    pub fn rate(&self) -> Option<u64> {
        self.rates.iter().copied().max()
    }

    /// Bytes that may be on their way.
    fn window(&self) -> usize {
        let (Some(rate), Some(trip)) = (self.rate(), self.trips.iter().min()) else {
            return MAX_BYTES_IN_FLIGHT;
        };
        let fills = u128::from(rate) * trip.as_micros() / 1_000_000;
        usize::try_from(fills * 5 / 4).unwrap_or(usize::MAX).clamp(MIN_BYTES_IN_FLIGHT, MAX_BYTES_IN_FLIGHT)
    }

    fn learn(&mut self, now: Instant, update: &Update) {
        self.bytes -= update.bytes;
        self.delivered += update.bytes as u64;
        let took = now.saturating_duration_since(update.sent).max(Duration::from_micros(1));
        remember(&mut self.trips, took);
        let painted = self.delivered - update.delivered;
        if painted >= TELLING as u64 {
            let rate = u128::from(painted) * 1_000_000 / took.as_micros();
            remember(&mut self.rates, u64::try_from(rate).unwrap_or(u64::MAX));
        }
    }
}

fn remember<T>(values: &mut VecDeque<T>, value: T) {
    if values.len() == REMEMBERED {
        values.pop_front();
    }
    values.push_back(value);
}

#[cfg(test)]
mod tests;
