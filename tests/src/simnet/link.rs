//! One direction of an access line: rate, queue, loss, delay, computed at the moment a packet is handed to it.

use std::time::{Duration, Instant};

use super::rng::Rng;

/// What IPv4 and UDP add to each packet (RFC 791 §3.1, RFC 768): a line's rate carries them too.
pub const HEADERS: usize = 28;

/// Silence after which a burst of losses is over.
pub const BURST_OVER: Duration = Duration::from_millis(250);

/// One direction of a line.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Bytes per second on the line, IP and UDP headers included; `None`: no limit.
    pub rate: Option<u64>,
    /// One way, without queueing.
    pub delay: Duration,
    /// Each packet's delay varies by up to this much either way; order is kept, as radio links do.
    pub jitter: Duration,
    /// What the line loses, after the queue: a lost packet has used the line's time.
    pub loss: Loss,
    /// Bytes that may wait in front of the line; what comes on top is dropped.
    pub queue: usize,
}

/// How packets get lost.
#[derive(Clone, Copy, Debug)]
pub enum Loss {
    /// Not at all.
    None,
    /// Each with this probability, independently.
    Random(f64),
    /// In bursts (Gilbert 1960, Elliott 1963): per packet, `enter` and `leave` are the probabilities of changing state; in the bad
    /// state a packet is lost with probability `bad`. A pause of [`BURST_OVER`] ends a burst: retransmissions seconds apart meet
    /// different weather.
    Bursts {
        /// Good to bad.
        enter: f64,
        /// Bad to good.
        leave: f64,
        /// Loss in the bad state.
        bad: f64,
    },
}

/// What went through one direction.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counters {
    /// Packets offered.
    pub packets: u64,
    /// Their bytes, IP and UDP headers included.
    pub bytes: u64,
    /// Dropped because the queue was full.
    pub overflowed: u64,
    /// Lost on the line.
    pub lost: u64,
    /// Dropped because the host was cut off or had no such socket.
    pub unreachable: u64,
}

/// A link at work.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) link: Link,
    pub(super) counters: Counters,
    busy_until: Option<Instant>,
    last_arrival: Option<Instant>,
    last_offer: Option<Instant>,
    bad: bool,
}

// === impl Link

impl Link {
    /// Neither slow nor lossy: a server's side.
    pub fn perfect() -> Self {
        Self {
            rate: None,
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            loss: Loss::None,
            queue: usize::MAX,
        }
    }

    /// A link of this many kbit/s and one-way delay, with a queue of 100 ms but at least 16 KiB.
    pub fn kbit(kbit: u64, delay_ms: u64) -> Self {
        let rate = kbit * 125;
        Self { rate: Some(rate), delay: Duration::from_millis(delay_ms), ..Self::perfect() }.queue_ms(100)
    }

    /// With a queue of that many milliseconds of the line's rate, at least 16 KiB.
    pub fn queue_ms(mut self, ms: u64) -> Self {
        if let Some(rate) = self.rate {
            self.queue = usize::try_from(rate * ms / 1000).unwrap_or(usize::MAX).max(16 * 1024);
        }
        self
    }

    /// With a queue of that many bytes.
    pub fn queue(mut self, bytes: usize) -> Self {
        self.queue = bytes;
        self
    }

    /// With this loss.
    pub fn loss(mut self, loss: Loss) -> Self {
        self.loss = loss;
        self
    }

    /// With this jitter.
    pub fn jitter(mut self, ms: u64) -> Self {
        self.jitter = Duration::from_millis(ms);
        self
    }
}

impl Loss {
    /// Bursts of `length` packets on average that lose everything, so that `share` of all packets is lost.
    pub fn bursts(share: f64, length: f64) -> Self {
        let leave = 1.0 / length;
        Self::Bursts { enter: leave * share / (1.0 - share), leave, bad: 1.0 }
    }

    /// The share of packets lost in the long run.
    pub fn share(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Random(p) => p,
            Self::Bursts { enter, leave, bad } => bad * enter / (enter + leave),
        }
    }
}

// === impl Running

impl Running {
    pub(super) fn new(link: Link) -> Self {
        Self {
            link,
            counters: Counters::default(),
            busy_until: None,
            last_arrival: None,
            last_offer: None,
            bad: false,
        }
    }

    /// When a packet of `payload` bytes offered at `now` comes out at the far end, if it does.
    pub(super) fn carry(&mut self, payload: usize, now: Instant, rng: &mut Rng) -> Option<Instant> {
        let bytes = payload + HEADERS;
        self.counters.packets += 1;
        self.counters.bytes += bytes as u64;
        self.bad &= self.last_offer.is_some_and(|last| now.saturating_duration_since(last) < BURST_OVER);
        self.last_offer = Some(now);
        let mut done = now;
        if let Some(rate) = self.link.rate {
            let start = self.busy_until.filter(|&t| t > now).unwrap_or(now);
            let waiting = (start - now).as_nanos() * u128::from(rate) / 1_000_000_000;
            if waiting + bytes as u128 > self.link.queue as u128 {
                self.counters.overflowed += 1;
                return None;
            }
            done = start + Duration::from_nanos(bytes as u64 * 1_000_000_000 / rate.max(1));
            self.busy_until = Some(done);
        }
        if self.loses(rng) {
            self.counters.lost += 1;
            return None;
        }
        let swing = self.link.jitter.mul_f64(2.0 * rng.unit());
        let delay = (self.link.delay + swing).saturating_sub(self.link.jitter);
        let arrival = self.last_arrival.map_or(done + delay, |last| last.max(done + delay));
        self.last_arrival = Some(arrival);
        Some(arrival)
    }

    fn loses(&mut self, rng: &mut Rng) -> bool {
        match self.link.loss {
            Loss::None => false,
            Loss::Random(p) => rng.chance(p),
            Loss::Bursts { enter, leave, bad } => {
                self.bad = if self.bad { !rng.chance(leave) } else { rng.chance(enter) };
                self.bad && rng.chance(bad)
            }
        }
    }
}
