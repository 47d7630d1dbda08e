//! When to send what: a few quiet packets, a load that grows until the line is full, quiet packets to the end.

use std::time::{Duration, Instant};

use super::{LEAD, LOAD_BUDGET, QUIET_MOST, WIRE};
use crate::wire::probe::{PacketKind, Seen};

/// Where the load starts and ends, kbit/s of IP. The end is above the top of the scale by what the estimator needs to tell.
const SLOWEST: f64 = 400.0;
const FASTEST: f64 = 28_000.0;
/// The load's rate doubles in this time.
const DOUBLING: Duration = Duration::from_millis(30);
/// A queue that the load has built, from which on it grows no more but keeps the line just full…
const QUEUE_BUILT: u16 = 80;
const JUST_FULL: f64 = 1.1;
/// …until the queue is below this again: then it was a hiccup of the line.
const QUEUE_GONE: u16 = 40;
/// While the other end's newest word of this end's packets is older than the round trip by this much, a queue is building somewhere: no growth.
const LATE_WORD: Duration = Duration::from_millis(100);
/// The load lasts no longer than this, however slow it is.
const LOAD_TIME: Duration = Duration::from_millis(500);
/// Time between quiet packets: 90 kbit/s, a third of the slowest line that is of use…
const QUIET_GAP: Duration = Duration::from_millis(8);
/// …and on lines known to carry ten times as much.
const QUIET_GAP_FAST: Duration = Duration::from_millis(4);
const FAST_KBIT: u32 = 1_500;
/// A timer that is late makes up for at most this much.
const CATCH_UP: Duration = Duration::from_millis(10);

/// The sending half of one end.
#[derive(Debug)]
pub(super) struct Sender {
    phase: Phase,
    next: Instant,
    quiet: u32,
    load: u32,
    pace: f64,
    fastest: f64,
    seen: Seen,
    /// When the newest packet that the other end is known to have got was sent, and the least round trip.
    known: Option<(Instant, Duration)>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Phase {
    Lead,
    Load { since: Instant, last: Instant },
    Rest,
}

impl Sender {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            phase: Phase::Lead,
            next: now,
            quiet: 0,
            load: 0,
            pace: SLOWEST,
            fastest: 0.0,
            seen: Seen::default(),
            known: None,
        }
    }

    /// What the other end saw of the load.
    pub(super) fn handle_seen(&mut self, seen: Seen) {
        self.seen = seen;
    }

    /// A packet sent at that moment is known to have come; the least round trip so far.
    pub(super) fn handle_echo(&mut self, sent: Instant, rtt: Duration) {
        self.known = Some((self.known.map_or(sent, |(known, _)| known.max(sent)), rtt));
    }

    /// The highest rate at which anything was sent, kbit/s: nobody can have received more.
    pub(super) fn fastest_kbit(&self) -> u32 {
        whole(self.fastest)
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        (self.quiet < QUIET_MOST).then_some(self.next)
    }

    /// The kind and number of the packet that is due, if one is.
    pub(super) fn poll_transmit(&mut self, now: Instant) -> Option<(PacketKind, u32)> {
        if now < self.next || self.quiet >= QUIET_MOST {
            return None;
        }
        self.next = self.next.max(now.checked_sub(CATCH_UP).unwrap_or(now));
        match self.phase {
            Phase::Lead if self.quiet < LEAD => Some(self.quiet_packet()),
            Phase::Lead => {
                self.phase = Phase::Load { since: now, last: now };
                Some(self.load_packet())
            }
            Phase::Load { since, .. } if self.load * WIRE >= LOAD_BUDGET || now - since >= LOAD_TIME => {
                self.phase = Phase::Rest;
                self.next = now + QUIET_GAP;
                None
            }
            Phase::Load { since, last } => {
                self.change_pace(now, now.saturating_duration_since(last));
                self.phase = Phase::Load { since, last: now };
                Some(self.load_packet())
            }
            Phase::Rest => Some(self.quiet_packet()),
        }
    }

    fn quiet_packet(&mut self) -> (PacketKind, u32) {
        let fast = self.seen.settled && self.seen.rate_kbit >= FAST_KBIT;
        self.next += if fast { QUIET_GAP_FAST } else { QUIET_GAP };
        self.quiet += 1;
        (PacketKind::Quiet, self.quiet - 1)
    }

    fn load_packet(&mut self) -> (PacketKind, u32) {
        self.next += Duration::from_secs_f64(f64::from(WIRE) * 0.008 / self.pace);
        self.fastest = self.fastest.max(self.pace);
        self.load += 1;
        (PacketKind::Load { pace_kbit: whole(self.pace) }, self.load - 1)
    }

    fn change_pace(&mut self, now: Instant, passed: Duration) {
        let late =
            self.known.is_some_and(|(sent, rtt)| now.saturating_duration_since(sent) > rtt + LATE_WORD);
        if self.seen.queue_ms >= QUEUE_BUILT && self.seen.rate_kbit > 0 {
            self.pace = (f64::from(self.seen.rate_kbit) * JUST_FULL).clamp(SLOWEST, self.pace.max(SLOWEST));
        } else if self.seen.queue_ms < QUEUE_GONE && !late {
            self.pace = (self.pace * (passed.as_secs_f64() / DOUBLING.as_secs_f64()).exp2()).min(FASTEST);
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 28 000")]
fn whole(kbit: f64) -> u32 {
    kbit as u32
}
