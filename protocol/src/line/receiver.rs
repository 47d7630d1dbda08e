//! What came: arrivals of the load, and which of the quiet packets.

use std::time::{Duration, Instant};

use super::estimate::{self, Arrival};
use super::{LEAD, LOAD_BUDGET, QUIET_MOST, WIRE};
use crate::wire::probe::{Echo, PacketKind, ProbePacket, Seen};

/// A quiet packet that is later than the fastest by no more than this met no queue worth the name.
const CALM: Duration = Duration::from_millis(60);
/// How long an estimate stands before it is worked out again.
const FRESH: Duration = Duration::from_millis(10);

/// The receiving half of one end.
#[derive(Debug)]
pub(super) struct Receiver {
    began: Instant,
    arrivals: Vec<Arrival>,
    quiet: Vec<bool>,
    /// The first quiet packet after the load that came, and the first that met no queue.
    rest_from: Option<usize>,
    calm_from: Option<usize>,
    newest: Option<(Instant, u32)>,
    first: Option<(Instant, u64)>,
    last: Option<(Instant, u64)>,
    /// µs under way, up to the unknown difference of the two clocks.
    fastest_us: i64,
    queue: Duration,
    rate: Option<(Instant, f64)>,
}

impl Receiver {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            began: now,
            arrivals: Vec::new(),
            quiet: Vec::new(),
            rest_from: None,
            calm_from: None,
            newest: None,
            first: None,
            last: None,
            fastest_us: i64::MAX,
            queue: Duration::ZERO,
            rate: None,
        }
    }

    pub(super) fn handle(&mut self, now: Instant, packet: &ProbePacket, volume: u64) {
        let at = now.saturating_duration_since(self.began);
        let under_way = i64::try_from(at.as_micros()).unwrap_or(i64::MAX) - i64::from(packet.sent_us);
        self.fastest_us = self.fastest_us.min(under_way);
        self.queue = Duration::from_micros((under_way - self.fastest_us).unsigned_abs());
        if self.newest.is_none_or(|(_, sent)| packet.sent_us >= sent) {
            self.newest = Some((now, packet.sent_us));
        }
        self.first.get_or_insert((now, volume));
        self.last = Some((now, volume));
        match packet.kind {
            PacketKind::Load { pace_kbit } => {
                // More than the other side may send: not ours to keep.
                if self.arrivals.len() <= (LOAD_BUDGET / WIRE) as usize {
                    self.arrivals.push(Arrival { seq: packet.seq, at, volume, pace_kbit });
                }
            }
            PacketKind::Quiet => self.handle_quiet(packet.seq),
        }
    }

    fn handle_quiet(&mut self, seq: u32) {
        if seq >= QUIET_MOST {
            return;
        }
        let index = seq as usize;
        if self.quiet.len() <= index {
            self.quiet.resize(index + 1, false);
        }
        self.quiet[index] = true;
        if seq >= LEAD {
            self.rest_from.get_or_insert(index);
            if self.queue <= CALM {
                self.calm_from.get_or_insert(index);
            }
        }
    }

    /// Whether anything came.
    pub(super) fn heard(&self) -> bool {
        self.first.is_some()
    }

    pub(super) fn echo(&self, now: Instant) -> Option<Echo> {
        self.newest.map(|(at, sent_us)| Echo { sent_us, held_us: micros(now.saturating_duration_since(at)) })
    }

    pub(super) fn seen(&mut self, now: Instant) -> Seen {
        let (got, of) = self.counted();
        if self.rate.is_none_or(|(at, _)| now.saturating_duration_since(at) >= FRESH) {
            let lost = if of == 0 { 0.0 } else { 1.0 - f64::from(got) / f64::from(of) };
            let rate = estimate::rate(&self.arrivals, lost).or_else(|| self.trickle());
            self.rate = rate.map(|rate| (now, rate));
        }
        Seen {
            rate_kbit: self.rate.map_or(0, |(_, rate)| whole(rate)),
            queue_ms: u16::try_from(self.queue.as_millis()).unwrap_or(u16::MAX),
            got,
            of,
            settled: self.rest_from.is_some(),
        }
    }

    /// Quiet packets that came, out of those sent, while the load had built no queue: before it, and once its queue is gone.
    fn counted(&self) -> (u16, u16) {
        let lead = self.quiet.len().min(LEAD as usize);
        let rest = match self.calm_from.or(self.rest_from) {
            // The packet that opens the count came by definition: it would flatter the line.
            Some(from) => &self.quiet[from + 1..],
            None => &[],
        };
        let got = self.quiet[..lead].iter().chain(rest).filter(|&&came| came).count();
        (u16::try_from(got).unwrap_or(u16::MAX), u16::try_from(lead + rest.len()).unwrap_or(u16::MAX))
    }

    /// All that came over all the time, kbit/s: for lines on which not even a handful of the load arrives.
    fn trickle(&self) -> Option<f64> {
        let ((from, before), (to, after)) = (self.first?, self.last?);
        let time = to.saturating_duration_since(from);
        let bytes = u32::try_from(after.saturating_sub(before)).ok()?;
        let enough = self.rest_from.is_some() && time >= Duration::from_millis(200);
        enough.then(|| f64::from(bytes) * 0.008 / time.as_secs_f64())
    }
}

pub(super) fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and never negative")]
fn whole(kbit: f64) -> u32 {
    kbit as u32
}
