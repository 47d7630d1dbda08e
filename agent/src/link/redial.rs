//! Where to connect next, and after how long: a pure decision, so that a fleet's behaviour after an outage can be tested at a desk.

use std::time::{Duration, Instant};

use aval_protocol::wire::codes::CloseCode;
use aval_protocol::wire::link::Farewell;

/// The first pause is drawn between 0 and this ("full jitter": thousands of agents must not return at the same moment)…
pub const FIRST: Duration = Duration::from_millis(500);
/// …and the bound doubles up to this.
pub const LONGEST: Duration = Duration::from_secs(60);
/// A link that held that long was a good one: counting starts anew.
const GOOD: Duration = Duration::from_secs(10);
/// A program that is too old asks again after that long: the relay may be rolled back.
const HOURLY: Duration = Duration::from_secs(3600);
/// A relay may send its clients away for that long at most.
const MAX_WAIT: Duration = Duration::from_secs(600);
/// Addresses believed of one redirect.
const MAX_REDIRECT: usize = 8;
/// Redirects followed in a row before one's own list counts again.
const MAX_HOPS: u32 = 4;

/// How the last attempt went.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// No connection, or no welcome.
    Unreachable,
    /// The link was lost after it had held that long.
    Lost(Duration),
    /// The relay hung up with a word, after the link had held that long.
    Sent(Farewell, Duration),
}

/// Remembers what was tried.
#[derive(Clone, Debug)]
pub struct Redial {
    own: Vec<String>,
    elsewhere: Vec<String>,
    next: usize,
    failures: u32,
    hops: u32,
    stay_until: Option<Instant>,
}

// === impl Redial

impl Redial {
    /// For a list of relays, the preferred one first.
    pub fn new(own: Vec<String>) -> Self {
        Self { own, elsewhere: Vec::new(), next: 0, failures: 0, hops: 0, stay_until: None }
    }

    /// The firm's bulletin lists these relays: they come first, what this PC was set to comes after them.
    pub fn list(&mut self, set: &[String], listed: Vec<String>) {
        let rest: Vec<_> = set.iter().filter(|relay| !listed.contains(relay)).cloned().collect();
        let own = [listed, rest].concat();
        if own != self.own {
            (self.own, self.next) = (own, 0);
        }
    }

    /// The relay to try now.
    pub fn target(&self) -> &str {
        let listed = self.elsewhere.iter().chain(&self.own);
        listed.cycle().nth(self.next).map_or("", String::as_str)
    }

    /// Takes note of how it went and says how long to wait; afterwards [`target`](Self::target) is whom to try. `random` is
    /// any number.
    pub fn after(&mut self, now: Instant, outcome: Outcome, random: u64) -> Duration {
        match outcome {
            Outcome::Unreachable => {
                self.failures = self.failures.saturating_add(1);
                if self.stay_until.is_none_or(|until| now >= until) {
                    self.stay_until = None;
                    self.advance();
                }
                jitter(self.bound(), random)
            }
            Outcome::Lost(held) => {
                self.held(held);
                jitter(self.bound(), random)
            }
            Outcome::Sent(Farewell::Redirect { to, after_s }, held) => {
                self.held(held);
                self.hops += 1;
                let usable = |to: &String| to.len() <= 262 && to.contains(':');
                let to: Vec<_> = to.into_iter().filter(usable).take(MAX_REDIRECT).collect();
                self.elsewhere = if self.hops > MAX_HOPS { Vec::new() } else { to };
                (self.next, self.stay_until) = (0, None);
                seconds(after_s).min(MAX_WAIT) + jitter(self.bound(), random)
            }
            Outcome::Sent(Farewell::Restarting { reconnect_in_s, try_for_s }, held) => {
                self.held(held);
                let wait = seconds(reconnect_in_s).min(MAX_WAIT);
                self.stay_until = Some(now + wait + seconds(try_for_s).min(MAX_WAIT));
                wait + jitter(2 * FIRST, random)
            }
            Outcome::Sent(Farewell::TooOld { .. }, _) => HOURLY + jitter(HOURLY / 12, random),
            Outcome::Sent(Farewell::Closed(CloseCode::Stopping | CloseCode::Done), held) => {
                self.held(held);
                self.advance();
                jitter(self.bound(), random)
            }
            // The relay does not want this program for now: no hurry.
            Outcome::Sent(Farewell::Closed(_), _) => {
                self.failures = self.failures.saturating_add(1).max(6);
                self.advance();
                jitter(self.bound(), random)
            }
        }
    }

    fn held(&mut self, held: Duration) {
        if held >= GOOD {
            (self.failures, self.hops) = (0, 0);
        } else {
            self.failures = self.failures.saturating_add(1);
        }
    }

    fn advance(&mut self) {
        self.next += 1;
        if self.next >= self.elsewhere.len() + self.own.len() {
            self.next = 0;
            self.elsewhere.clear();
        }
    }

    fn bound(&self) -> Duration {
        LONGEST.min(FIRST * 2_u32.saturating_pow(self.failures.saturating_sub(1).min(16)))
    }
}

fn seconds(s: u32) -> Duration {
    Duration::from_secs(u64::from(s))
}

/// Between nothing and `bound`, evenly.
fn jitter(bound: Duration, random: u64) -> Duration {
    let ms = u64::try_from(bound.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(random % (ms + 1))
}

#[cfg(test)]
mod tests;
