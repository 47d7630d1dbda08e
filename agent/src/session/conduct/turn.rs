//! What may be done changes in a living grant: the person takes their hands back, or is asked for more. This process gives no right that
//! the person did not just agree to here, whatever the service says.

use std::time::Instant;

use aval_protocol::wire::handover::Mask;
use aval_protocol::wire::session::Capabilities;

use super::{
    Act, Answer, Ask, BannerNotice, Closing, Conductor, EndReason, Epoch, Held, Live, NoReason, RAISING,
    State,
};
use crate::ipc::FromSession;

/// Where a question for more stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum More {
    /// Nobody asks.
    No,
    /// It is on the screen: for that much at most.
    Asking(Capabilities),
    /// It was answered, to that much; the service's word of the later epoch is due. Remote hands stand still until then.
    Answered(Capabilities),
}

impl Conductor {
    /// The technician wants more: remote input stands still from now on.
    pub(super) fn widen(&mut self, now: Instant, ask: Box<Ask>) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        let may = !live.stands_still()
            && !live.asks()
            && !live.masked.window
            && !self.second.holds()
            && ask.check().is_ok()
            && ask.widening.is_some()
            && ask.extending.is_none()
            && now < live.ends_at;
        if !may {
            let answer = Answer::No(NoReason::PromptLost);
            return vec![Act::Tell(FromSession::Widen { epoch: live.epoch, answer })];
        }
        self.guard.freeze(true);
        live.more = More::Asking(ask.capabilities);
        vec![Act::Ask(ask)]
    }

    /// The person answered whether more may, or nobody will.
    pub(super) fn widened(&mut self, answer: Answer) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        let More::Asking(most) = live.more else { return Vec::new() };
        live.more = More::Answered(match answer {
            Answer::Yes { capabilities, .. } => capabilities.and(most),
            Answer::No(_) => Capabilities::none(),
        });
        vec![Act::CloseAsk, Act::Tell(FromSession::Widen { epoch: live.epoch, answer })]
    }

    /// The person takes mouse and keyboard back: as quick as the end, and nothing of before counts any more.
    pub(super) fn take_back(&mut self, now: Instant, at_ms: u64) -> Vec<Act> {
        // Before it has begun, there is nothing to be taken back but all of it.
        if matches!(self.state, State::Counting(_)) {
            return self.end(EndReason::EndedByPerson, Some(at_ms));
        }
        let State::Live(live) = &mut self.state else { return Vec::new() };
        if !live.capabilities.holds(Capabilities::CONTROL) && matches!(live.more, More::No) {
            return Vec::new();
        }
        self.guard.stop();
        live.capabilities = self.guard.narrow(Capabilities::VIEW).and(live.capabilities);
        live.yielding = None;
        let asking = live.drop_more();
        if !live.stands_still() {
            live.turning = Some(now + RAISING);
        }
        let mut acts = vec![Act::Halt];
        acts.extend(asking.then_some(Act::CloseAsk));
        acts.push(live.banner(now, Some(BannerNotice::TakenBack)));
        acts.push(Act::Tell(FromSession::TakenBack { epoch: live.epoch, at_ms }));
        acts.extend(self.close_return());
        acts
    }

    /// The service says that it goes on under a later epoch.
    pub(super) fn turn(&mut self, now: Instant, epoch: Epoch, capabilities: Capabilities) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        let agreed = match std::mem::replace(&mut live.more, More::No) {
            More::Answered(agreed) => agreed,
            // A question that nobody answered gives nothing.
            More::Asking(_) | More::No => Capabilities::none(),
        };
        let capabilities = capabilities.and(live.capabilities.with(agreed));
        if epoch <= live.epoch || !capabilities.holds(Capabilities::VIEW) || now >= live.ends_at {
            live.epoch = live.epoch.max(epoch);
            return self.end(EndReason::ProtocolViolation, None);
        }
        self.guard.stop();
        (live.epoch, live.capabilities, live.turning, live.yielding) = (epoch, capabilities, None, None);
        let up = Act::Tell(FromSession::BannerUp { epoch });
        if live.away.is_some() {
            return Vec::new();
        }
        if live.held.stands_still() {
            return vec![up];
        }
        let back = matches!(std::mem::replace(&mut live.held, Held::No), Held::Asked);
        if live.idle {
            let mut acts = vec![live.banner(now, None), up];
            acts.extend(live.going_on(now).filter(|_| back).map(Act::Ask));
            return acts;
        }
        if !self.guard.turn(now, epoch, capabilities, live.ends_at) {
            return self.end(EndReason::ProtocolViolation, None);
        }
        let mut acts = vec![live.banner(now, None), up];
        if live.masked.now() == Mask::Off {
            acts.insert(0, Act::Start { epoch, capabilities });
        }
        acts.extend(live.going_on(now).filter(|_| back).map(Act::Ask));
        acts.extend(self.yields(now));
        acts
    }
}

impl Live {
    /// Whether a question is open, or its answer not yet acted on: remote hands stand still.
    pub(super) const fn asks(&self) -> bool {
        self.returning || matches!(self.closing, Closing::Asking { .. }) || !matches!(self.more, More::No)
    }

    /// The question for more is of no use any more. Whether it was on the screen.
    pub(super) fn drop_more(&mut self) -> bool {
        matches!(std::mem::replace(&mut self.more, More::No), More::Asking(_))
    }

    /// The question whether to go on after closing, for the time it still has.
    fn going_on(&self, now: Instant) -> Option<Box<Ask>> {
        let Closing::Asking { ask, view_only_at, .. } = &self.closing else { return None };
        let ttl_s = u16::try_from(view_only_at.saturating_duration_since(now).as_secs()).ok()?;
        (ttl_s > 0).then(|| Box::new(Ask { ttl_s, ..(**ask).clone() }))
    }
}
