//! When updates leave and how good they are: the encoder, what is on its way, and the line between.
//!
//! A change that comes after a pause leaves at once; what follows is coalesced to 60 updates a second, and to what the console has
//! painted. Photographs are as good as the line allows, and become exact in small pieces when nothing else waits.

use std::time::{Duration, Instant};

use aval_protocol::id::Epoch;
use aval_protocol::pace::{BadPainted, InFlight};
use aval_protocol::wire::screen::ScreenDown;

use super::{Allowance, EncodeError, Encoder, SOFT_LIMIT};
use crate::platform::{Change, ScreenSource};

/// The time between updates that follow each other for long.
const BEAT: Duration = Duration::from_micros(16_667);
/// Updates that may leave at once after a pause: a key's echo and what the program draws after it are not held up.
const BURST: u32 = 3;
/// How long one update may keep the line busy, and one that only refines.
const LONG: Duration = Duration::from_millis(100);
const SHORT: Duration = Duration::from_millis(50);
/// Least and most bytes of such an update.
const LEAST: usize = 8 * 1024;
const REFINED: usize = 64 * 1024;
/// Quality of photographs on the slowest and the fastest line, and while the line is not known.
const POOR: u8 = 35;
const FINE: u8 = 85;
const UNKNOWN: u8 = 50;
/// Bytes per second from which on photographs become better: 1 Mbit/s.
const SLOW: f64 = 125_000.0;

/// One screen's updates on their way to one console.
#[derive(Debug)]
pub struct Flow {
    encoder: Encoder,
    flight: InFlight,
    /// When the next update would leave if they came in regular beats (GCRA, ITU-T I.371).
    regular: Option<Instant>,
}

// === impl Flow

impl Flow {
    /// For a screen of that size.
    ///
    /// # Errors
    /// As [`Encoder::new`].
    pub fn new(width: u16, height: u16) -> Result<Self, EncodeError> {
        Ok(Self { encoder: Encoder::new(width, height)?, flight: InFlight::new(), regular: None })
    }

    /// Its updates are numbered from the one after this.
    #[must_use]
    pub fn after(mut self, seq: u32) -> Self {
        self.encoder.number_after(seq);
        self.flight = InFlight::after(seq);
        self
    }

    /// The number of the last update made.
    pub fn seq(&self) -> u32 {
        self.encoder.seq()
    }

    /// The console said at that moment that it had painted everything up to this update.
    ///
    /// # Errors
    /// [`BadPainted`]: it cannot have.
    pub fn painted(&mut self, at: Instant, seq: u32) -> Result<(), BadPainted> {
        self.flight.painted(at, seq)
    }

    /// Whether nothing leaves before something was painted.
    pub fn is_full(&self) -> bool {
        self.flight.room() == 0
    }

    /// Whether known changes wait, so that nothing more need be waited for but [`due`](Self::due).
    pub fn is_pending(&self) -> bool {
        self.encoder.is_pending()
    }

    /// When [`take`](Self::take) has something to do by itself: to send what waits, or to refine. `None`: not before something
    /// changes or is painted.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        if self.is_full() {
            return None;
        }
        if self.encoder.is_pending() {
            let free = self.regular.and_then(|regular| regular.checked_sub(BEAT * (BURST - 1)));
            return Some(free.map_or(now, |free| free.max(now)));
        }
        let refinable = self.encoder.refinable_at()?;
        (self.flight.unpainted() == 0).then_some(refinable)
    }

    /// Whether photographs wait for being refined.
    pub fn is_lossy(&self) -> bool {
        self.encoder.refinable_at().is_some()
    }

    /// Takes what changed and gives what is to be sent now, in order. Each update is counted as on its way.
    ///
    /// # Errors
    /// As [`Encoder::encode`].
    pub fn take(
        &mut self,
        now: Instant,
        change: Change,
        source: &mut dyn ScreenSource,
        epoch: Epoch,
    ) -> Result<Vec<ScreenDown>, EncodeError> {
        if let Some((width, height)) = change.resized {
            self.encoder.resize(width, height)?;
        }
        let updates = if self.is_free(now) { self.flight.room() } else { 0 };
        let allowance = Allowance { updates, bytes: self.bytes(LONG, SOFT_LIMIT), quality: self.quality() };
        let mut messages = self.encoder.encode(now, &change.damage, source, epoch, allowance)?;
        if messages.is_empty() && !self.encoder.is_pending() && self.flight.unpainted() == 0 {
            messages.extend(self.encoder.refine(now, epoch, self.bytes(SHORT, REFINED))?);
        } else if !messages.is_empty() {
            self.regular = Some(self.regular.map_or(now, |regular| regular.max(now)) + BEAT);
        }
        for message in &messages {
            if let ScreenDown::Update { seq, pixels, photos, .. } = message {
                let bytes = pixels.len() + photos.iter().map(|photo| photo.jpeg.len()).sum::<usize>();
                self.flight.sent(now, *seq, bytes);
            }
        }
        let pointer = change.cursor.map(|shape| ScreenDown::Cursor { epoch, shape });
        messages.extend(pointer);
        Ok(messages)
    }

    fn is_free(&self, now: Instant) -> bool {
        self.regular.is_none_or(|regular| regular <= now + BEAT * (BURST - 1))
    }

    /// What the line carries in that time.
    fn bytes(&self, time: Duration, most: usize) -> usize {
        let carried = self.flight.rate().map(|rate| u128::from(rate) * time.as_millis() / 1000);
        carried.map_or(most, |bytes| usize::try_from(bytes).unwrap_or(most).clamp(LEAST, most))
    }

    /// Ten more for each doubling of the line.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
    fn quality(&self) -> u8 {
        self.flight.rate().map_or(UNKNOWN, |rate| {
            let better = 10.0 * (rate as f64 / SLOW).log2();
            (f64::from(POOR) + better).clamp(f64::from(POOR), f64::from(FINE)) as u8
        })
    }
}

#[cfg(test)]
mod tests;
