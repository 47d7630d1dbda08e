//! The one return on the person's desktop (clause 4.3): asked for by a question of its own, and begun behind a banner that counts down and
//! that the person can stop.

use std::time::{Duration, Instant};

use aval_protocol::id::Epoch;
use aval_protocol::prompt::{Answer, Ask, Banner, BannerNotice, BannerUpdate, NoReason};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::handover::Mask;
use aval_protocol::wire::session::Capabilities;

use super::super::guard::{GRACE, LEASE};
use super::{Act, Closing, Conductor, Live, RAISING, State, stopped};
use crate::ipc::FromSession;

/// For so long the person sees who is about to come back, and can stop it.
pub(super) const COUNTDOWN: Duration = Duration::from_secs(10);

/// A return whose banner is on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counting {
    pub(super) epoch: Epoch,
    capabilities: Capabilities,
    length: Duration,
    pub(super) until: Instant,
    beat: Instant,
}

impl Counting {
    /// When something happens by itself.
    pub(super) fn due(&self) -> Instant {
        self.until.min(self.beat + LEASE + GRACE)
    }
}

impl Conductor {
    /// The service says that the person has allowed it. Nothing begins before the banner has been seen for the whole countdown.
    pub(super) fn returning(
        &mut self,
        now: Instant,
        epoch: Epoch,
        capabilities: Capabilities,
        length: Duration,
        mut banner: Box<Banner>,
    ) -> Vec<Act> {
        if !matches!(self.state, State::Idle) || !capabilities.holds(Capabilities::VIEW) {
            return vec![stopped(epoch, EndReason::ProtocolViolation, None)];
        }
        if self.away.any() {
            return vec![stopped(epoch, EndReason::LeftLocked, None)];
        }
        banner.capabilities = capabilities;
        let returning = true;
        self.state = State::Raising { epoch, capabilities, length, until: now + RAISING, returning };
        vec![Act::ShowBanner(banner)]
    }

    /// The banner is up: it counts down.
    pub(super) fn count(
        &mut self,
        now: Instant,
        epoch: Epoch,
        capabilities: Capabilities,
        length: Duration,
    ) -> Vec<Act> {
        let until = now + COUNTDOWN;
        self.state = State::Counting(Counting { epoch, capabilities, length, until, beat: now });
        let remaining_s = u32::try_from(length.as_secs()).unwrap_or(u32::MAX);
        let notice = Some(BannerNotice::ReturnsIn(u16::try_from(COUNTDOWN.as_secs()).unwrap_or(u16::MAX)));
        vec![Act::UpdateBanner(BannerUpdate { remaining_s, capabilities, notice, mask: Mask::Off })]
    }

    /// The banner is still on the screen.
    pub(super) fn still_there(&mut self, now: Instant) {
        if let State::Counting(counting) = &mut self.state {
            counting.beat = now;
        }
    }

    /// Time passed: the banner is gone, or nobody stopped it.
    pub(super) fn counted(&mut self, now: Instant, counting: Counting) -> Vec<Act> {
        let Counting { epoch, capabilities, length, until, beat } = counting;
        if now >= beat + LEASE + GRACE || (now >= until && now >= beat + LEASE) {
            return self.end(EndReason::BannerLost, None);
        }
        if now < until {
            return Vec::new();
        }
        self.state = State::Raising { epoch, capabilities, length, until: now + RAISING, returning: false };
        let mut acts = self.up(now);
        if let State::Live(live) = &self.state {
            acts.push(live.banner(now, None));
        }
        acts
    }

    /// Whether the technician may come back once after a restart. Remote input stands still meanwhile.
    pub(super) fn ask_return(&mut self, ask: Box<Ask>) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        let free = matches!(live.closing, Closing::Not)
            && !live.stands_still()
            && !live.asks()
            && !live.masked.window
            && !self.second.holds();
        if !free || !ask.returning || ask.check().is_err() {
            let answer = Answer::No(NoReason::PromptLost);
            return vec![Act::Tell(FromSession::Return { epoch: live.epoch, answer })];
        }
        live.returning = true;
        self.guard.freeze(true);
        vec![Act::Ask(ask)]
    }

    /// The person answered that, or will not. `None`: nobody asked.
    pub(super) fn answered_return(&mut self, answer: Answer) -> Option<Vec<Act>> {
        let State::Live(live @ Live { returning: true, .. }) = &mut self.state else { return None };
        live.returning = false;
        let epoch = live.epoch;
        Some(vec![Act::CloseAsk, Act::Tell(FromSession::Return { epoch, answer })])
    }

    /// Something else is more urgent than that question, if it is on the screen.
    pub(super) fn close_return(&mut self) -> Vec<Act> {
        self.answered_return(Answer::No(NoReason::Withdrawn)).unwrap_or_default()
    }
}
