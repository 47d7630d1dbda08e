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
use crate::wire::turn::Hold;

/// A banner that is not on the screen so long after the yes will not come.
pub const RAISING: Duration = Duration::from_secs(10);
/// How much longer it may take where it counts down first.
pub const COUNTING: Duration = Duration::from_secs(11);

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
    /// Void from then on, unless the banner is on the screen before.
    raising: Option<Instant>,
    open_since: Option<Instant>,
    /// Its line was lost, and came back.
    resumed: bool,
    /// Closing time cuts it, not the time asked for.
    cut: bool,
    /// Nothing may be seen or moved; and until when it may go on.
    held: Option<(Hold, Instant)>,
    /// The technician did nothing for long.
    rests: bool,
}

/// A person's yes to more, in a session that goes on.
#[derive(PartialEq, Eq, Debug)]
pub struct Wider {
    capabilities: Capabilities,
    shown_ms: u32,
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

    /// The grant, if the answer is a lawful and timely yes: to what was ticked of what was asked, for the time asked, and not beyond the
    /// hard end.
    ///
    /// # Errors
    /// Why it is a no.
    pub fn answer(
        self,
        now: Instant,
        epoch: Epoch,
        answer: Answer,
        hard_end: Instant,
    ) -> Result<Granted, EndReason> {
        let (capabilities, shown_ms) = self.judge(now, answer)?;
        let (wanted, left) =
            (Duration::from_secs(60 * u64::from(self.ask.minutes)), hard_end.saturating_duration_since(now));
        // A second is the least that a receipt can say.
        if left < Duration::from_secs(1) {
            return Err(EndReason::SupportClosed);
        }
        let (length, cut) = (wanted.min(left), left < wanted);
        let raising = Some(now + RAISING.min(length));
        Ok(Granted {
            epoch,
            capabilities,
            shown_ms,
            at: now,
            length,
            raising,
            open_since: None,
            resumed: false,
            cut,
            held: None,
            rests: false,
        })
    }

    /// The person's yes to more, if the answer is a lawful and timely one.
    ///
    /// # Errors
    /// Why it is a no.
    pub fn wider(self, now: Instant, answer: Answer) -> Result<Wider, EndReason> {
        let (capabilities, shown_ms) = self.judge(now, answer)?;
        Ok(Wider { capabilities, shown_ms })
    }

    /// What was ticked, if the answer is a lawful and timely yes to going on.
    ///
    /// # Errors
    /// Why it is a no.
    pub fn agreed(self, now: Instant, answer: Answer) -> Result<Capabilities, EndReason> {
        self.judge(now, answer).map(|(capabilities, _)| capabilities)
    }

    fn judge(&self, now: Instant, answer: Answer) -> Result<(Capabilities, u32), EndReason> {
        if now >= self.until() {
            return Err(EndReason::PromptTimedOut);
        }
        match self.ask.judge(answer) {
            // Whatever it says, it cannot have been on the screen for longer than it has been a question.
            Answer::Yes { .. } if now.saturating_duration_since(self.at) < ARMING => {
                Err(EndReason::PromptLost)
            }
            Answer::Yes { capabilities, shown_ms } => Ok((capabilities.and(self.ask.capabilities), shown_ms)),
            Answer::No(reason) => Err(reason.into()),
        }
    }
}

// === impl Granted

impl Granted {
    /// A grant that the person has allowed in advance, once: its banner counts down before it is up.
    pub(crate) fn promised(
        now: Instant,
        epoch: Epoch,
        capabilities: Capabilities,
        minutes: u16,
        hard_end: Instant,
    ) -> Result<Self, EndReason> {
        let (wanted, left) =
            (Duration::from_secs(60 * u64::from(minutes)), hard_end.saturating_duration_since(now));
        if left < Duration::from_secs(1) {
            return Err(EndReason::SupportClosed);
        }
        let (length, cut) = (wanted.min(left), left < wanted);
        let raising = Some(now + (RAISING + COUNTING).min(length));
        Ok(Self {
            epoch,
            capabilities,
            shown_ms: 0,
            at: now,
            length,
            raising,
            open_since: None,
            resumed: false,
            cut,
            held: None,
            rests: false,
        })
    }

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

    /// Rights only ever narrow.
    pub fn narrow(&mut self, to: Capabilities) {
        self.capabilities = self.capabilities.and(to);
    }

    /// Over by then, if not before: closing time.
    pub fn shorten(&mut self, until: Instant) {
        let left = until.saturating_duration_since(self.at);
        if left < self.length {
            (self.length, self.cut) = (left, true);
        }
    }

    /// The line is back: the same rights for what is left of the same time, under a later epoch, once the banner is seen to be up again.
    /// `false`, and nothing changed, if it may not.
    pub fn resume(&mut self, now: Instant, epoch: Epoch) -> bool {
        let may = epoch > self.epoch && self.open_since.is_some() && self.overdue(now).is_none();
        if may {
            (self.epoch, self.raising, self.resumed) = (epoch, Some(now + RAISING), true);
        }
        may
    }

    /// It goes on under a later epoch in the same channel, once the banner is seen to be up under it: the same time, and no right more
    /// unless the person said so. `false`, and nothing changed, if it may not.
    pub fn turn(&mut self, now: Instant, epoch: Epoch, wider: Option<Wider>) -> bool {
        let may = self.resume(now, epoch);
        if let (true, Some(wider)) = (may, wider) {
            self.capabilities = self.capabilities.with(wider.capabilities);
        }
        may
    }

    /// Nothing may be seen or moved from now on: the machine is locked, or sleeps. Said twice, it waits no longer.
    pub fn hold(&mut self, why: Hold, until: Instant) {
        let until = self.held.map_or(until, |(_, before)| before.min(until));
        self.held = Some((why, until));
    }

    /// The person is back. Whether it was held.
    pub fn release(&mut self) -> bool {
        self.held.take().is_some()
    }

    /// Whether nothing may be seen or moved for now.
    pub const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Nothing may be seen or moved from now on: the technician did nothing for long.
    pub const fn rest(&mut self) {
        self.rests = true;
    }

    /// They want to go on. Whether it rested.
    pub fn wake(&mut self) -> bool {
        std::mem::take(&mut self.rests)
    }

    /// Whether it rests.
    pub const fn rests(&self) -> bool {
        self.rests
    }

    /// Whether nothing may be seen or moved for now, for whichever reason.
    pub const fn stands_still(&self) -> bool {
        self.held.is_some() || self.rests
    }

    /// The banner is on the screen. `true` the first time, for this grant's epoch, in time.
    pub fn banner_up(&mut self, now: Instant, epoch: Epoch) -> bool {
        let first = epoch == self.epoch && self.raising.is_some() && self.overdue(now).is_none();
        if first {
            self.raising = None;
            self.open_since.get_or_insert(now);
        }
        first
    }

    /// Whether it still has its first epoch.
    pub const fn is_first(&self) -> bool {
        !self.resumed
    }

    /// The sign of life that the grant allows now: none without banner, none after its time.
    pub fn lease(&self, now: Instant) -> Option<Pulse> {
        if self.raising.is_some() || self.overdue(now).is_some() {
            return None;
        }
        if let Some((why, until)) = self.held {
            let left = until.saturating_duration_since(now).as_secs();
            let left_s = u16::try_from(left).unwrap_or(u16::MAX);
            return Some(Pulse::Held { epoch: self.epoch, why, left_s });
        }
        if self.rests {
            let left_s = u16::try_from(self.left_s(now)).unwrap_or(u16::MAX);
            return Some(Pulse::Held { epoch: self.epoch, why: Hold::Idle, left_s });
        }
        Some(Pulse::Lease { epoch: self.epoch, remaining_s: self.left_s(now) })
    }

    /// What is left of it, in seconds.
    pub fn left_s(&self, now: Instant) -> u32 {
        let left = (self.at + self.length).saturating_duration_since(now);
        u32::try_from(left.as_secs()).unwrap_or(u32::MAX)
    }

    /// When it ends by itself.
    pub fn due(&self) -> Instant {
        let end = self.at + self.length;
        let end = self.held.map_or(end, |(_, until)| until.min(end));
        self.raising.map_or(end, |raised_by| raised_by.min(end))
    }

    /// Why it must end now, if it must.
    pub fn overdue(&self, now: Instant) -> Option<EndReason> {
        if now < self.due() {
            return None;
        }
        if self.held.is_some_and(|(_, until)| now >= until) {
            return Some(EndReason::LeftLocked);
        }
        Some(match (self.raising, self.cut) {
            (Some(_), _) => EndReason::BannerLost,
            (None, true) => EndReason::SupportClosed,
            (None, false) => EndReason::GrantExpired,
        })
    }

    /// The end of it.
    pub fn revoke(self, now: Instant, reason: EndReason) -> Revoked {
        let open_for = self.open_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        Revoked { epoch: self.epoch, reason, open_for }
    }
}

// === impl Wider

impl Wider {
    /// To what the person said yes, all in all.
    pub const fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// How long the question was on the screen before, in ms.
    pub const fn shown_ms(&self) -> u32 {
        self.shown_ms
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
