//! Consent as values that can be passed on but not made up: [`Asked`] becomes [`Granted`] only by the person's yes, and
//! [`Granted`] becomes [`Revoked`] for good.
//!
//! Whatever opens a screen asks for a [`Granted`]; there is no other way to one than [`Asked::answer`]. All time here is
//! monotonic: nobody's wall clock prolongs a consent.

use std::time::{Duration, Instant};

use crate::id::Epoch;
use crate::prompt::{ARMING, Answer, Ask, BadAsk};
use crate::wire::codes::EndReason;
use crate::wire::session::{Capabilities, Pulse};

/// A banner that is not on the screen so long after the yes will not come.
pub const RAISING: Duration = Duration::from_secs(10);

/// A question on a person's screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    ask: Box<Ask>,
    at: Instant,
}

/// A person's yes.
#[derive(PartialEq, Eq, Debug)]
pub struct Granted {
    epoch: Epoch,
    capabilities: Capabilities,
    shown_ms: u32,
    at: Instant,
    length: Duration,
    open_since: Option<Instant>,
}

/// A grant that is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Revoked {
    epoch: Epoch,
    reason: EndReason,
    open_for: Duration,
}

// === impl Asked

impl Asked {
    /// A question that may be put to a person, from now on.
    ///
    /// # Errors
    /// [`BadAsk`] says why it may not.
    pub fn new(now: Instant, ask: Ask) -> Result<Self, BadAsk> {
        ask.check()?;
        Ok(Self { ask: Box::new(ask), at: now })
    }

    /// What is asked.
    pub const fn ask(&self) -> &Ask {
        &self.ask
    }

    /// From then on silence has been a no.
    pub fn until(&self) -> Instant {
        self.at + self.ask.ttl()
    }

    /// The grant, if the answer is a lawful and timely yes: to what was ticked of what was asked, for the time asked.
    ///
    /// # Errors
    /// Why it is a no.
    pub fn answer(self, now: Instant, epoch: Epoch, answer: Answer) -> Result<Granted, EndReason> {
        if now >= self.until() {
            return Err(EndReason::PromptTimedOut);
        }
        match self.ask.judge(answer) {
            // Whatever it says, it cannot have been on the screen for longer than it has been a question.
            Answer::Yes { .. } if now.saturating_duration_since(self.at) < ARMING => {
                Err(EndReason::PromptLost)
            }
            Answer::Yes { capabilities, shown_ms } => Ok(Granted {
                epoch,
                capabilities: capabilities.and(self.ask.capabilities),
                shown_ms,
                at: now,
                length: Duration::from_secs(60 * u64::from(self.ask.minutes)),
                open_since: None,
            }),
            Answer::No(reason) => Err(reason.into()),
        }
    }
}

// === impl Granted

impl Granted {
    /// The grant's epoch.
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// What was granted.
    pub const fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// How long the question was on the screen before, in ms.
    pub const fn shown_ms(&self) -> u32 {
        self.shown_ms
    }

    /// For how long it was granted, in seconds.
    pub fn for_s(&self) -> u32 {
        u32::try_from(self.length.as_secs()).unwrap_or(u32::MAX)
    }

    /// The banner is on the screen. `true` the first time, for this grant's epoch, in time.
    pub fn banner_up(&mut self, now: Instant, epoch: Epoch) -> bool {
        let first = epoch == self.epoch && self.open_since.is_none() && self.overdue(now).is_none();
        if first {
            self.open_since = Some(now);
        }
        first
    }

    /// The sign of life that the grant allows now: none without banner, none after its time.
    pub fn lease(&self, now: Instant) -> Option<Pulse> {
        if self.open_since.is_none() || self.overdue(now).is_some() {
            return None;
        }
        let left = (self.at + self.length).saturating_duration_since(now);
        let remaining_s = u32::try_from(left.as_secs()).unwrap_or(u32::MAX);
        Some(Pulse::Lease { epoch: self.epoch, remaining_s })
    }

    /// When it ends by itself.
    pub fn due(&self) -> Instant {
        match self.open_since {
            Some(_) => self.at + self.length,
            None => self.at + RAISING.min(self.length),
        }
    }

    /// Why it must end now, if it must.
    pub fn overdue(&self, now: Instant) -> Option<EndReason> {
        if now < self.due() {
            return None;
        }
        Some(if self.open_since.is_some() { EndReason::GrantExpired } else { EndReason::BannerLost })
    }

    /// The end of it.
    pub fn revoke(self, now: Instant, reason: EndReason) -> Revoked {
        let open_for = self.open_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        Revoked { epoch: self.epoch, reason, open_for }
    }
}

// === impl Revoked

impl Revoked {
    /// The last void epoch.
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Why.
    pub const fn reason(&self) -> EndReason {
        self.reason
    }

    /// How long the screen was open, in seconds.
    pub fn duration_s(&self) -> u32 {
        u32::try_from(self.open_for.as_secs()).unwrap_or(u32::MAX)
    }

    /// What the other side is told.
    pub const fn pulse(&self) -> Pulse {
        Pulse::Revoked { epoch: self.epoch, reason: self.reason }
    }
}
