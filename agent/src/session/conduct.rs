//! What the session process does next, as a machine without a window, a thread or a socket.
//!
//! It believes no order to begin that the person's own yes does not cover, begins nothing before the banner is on the screen,
//! and on every end stops here first and tells the others afterwards.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::prompt::secret::{AskSecret, SecretAnswer};
use aval_protocol::prompt::{Answer, Ask, Banner, BannerNotice, BannerUpdate, NoReason};
use aval_protocol::session::AtDesk;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::session::Capabilities;

use super::guard::Guard;
use crate::ipc::{FromSession, ToSession};
use crate::platform::OsEvent;
use crate::prompt::BannerEvent;
use mask::Masked;
use promise::Counting;

/// A yes that is not made use of for that long is forgotten.
const YES_KEEPS: Duration = Duration::from_secs(15);
/// A banner that is not on the screen by then will not come.
const RAISING: Duration = Duration::from_secs(5);

/// Owns consent on the person's desktop.
#[derive(Debug)]
pub(super) struct Conductor {
    guard: Arc<Guard>,
    state: State,
    /// Whose grant it is, from the banner on.
    session: Option<SessionId>,
    /// Who they are, as the banner names them.
    first: Option<String>,
    /// Somebody who asks while a grant stands, or has joined it.
    second: Second,
    /// Whether the person has locked the machine, whether it sleeps, and whether the system asks them something.
    away: Absence,
}

/// What happened.
#[derive(Debug)]
pub(super) enum Event {
    /// The service says so. Input and paint marks do not come this way.
    Order(ToSession),
    /// The person answered, or will not.
    Answered(Answer),
    /// Something of the banner.
    Banner(BannerEvent),
    /// Something of the person's session on this machine.
    Os(OsEvent),
    /// The person's own hands moved.
    PersonActs,
    /// Capture or injection lost the display.
    DisplayLost,
    /// The person handed over a password, or will not.
    Secret(SecretAnswer),
    /// The service is gone.
    LineLost,
    /// Time passed.
    Tick,
}

/// What is to be done, in this order.
#[derive(PartialEq, Debug)]
pub(super) enum Act {
    /// Put the question.
    Ask(Box<Ask>),
    /// Close the question's window.
    CloseAsk,
    /// Put up the banner.
    ShowBanner(Box<Banner>),
    /// Change what the banner says.
    UpdateBanner(BannerUpdate),
    /// Take the banner down.
    CloseBanner,
    /// Begin to capture, and to inject if the grant says so.
    Start {
        /// The grant's epoch.
        epoch: Epoch,
        /// What was granted.
        capabilities: Capabilities,
    },
    /// Begin again, under the same grant: what was seen before is not told on.
    Again {
        /// The grant's epoch.
        epoch: Epoch,
        /// What still holds.
        capabilities: Capabilities,
    },
    /// Ask for a password.
    AskSecret(Box<AskSecret>),
    /// Close the window for it.
    CloseSecret,
    /// Name everybody who is in the session.
    Name(Vec<String>),
    /// Begin to capture for whoever joined, or begin again.
    StartSecond {
        /// The session.
        session: SessionId,
        /// The grant's epoch.
        epoch: Epoch,
        /// What the receipt says of it.
        banner: Box<Banner>,
    },
    /// They see nothing any more.
    HaltSecond,
    /// Drop what is queued, release keys and buttons, close the screen.
    Halt,
    /// Tell the service.
    Tell(FromSession),
}

#[derive(Debug)]
enum State {
    Idle,
    Asking(Asking),
    Agreed {
        session: SessionId,
        capabilities: Capabilities,
        length: Duration,
        until: Instant,
    },
    /// `returning`: it counts down once it is up.
    Raising {
        epoch: Epoch,
        capabilities: Capabilities,
        length: Duration,
        until: Instant,
        returning: bool,
    },
    Counting(Counting),
    Live(Live),
}

/// A grant whose banner is up.
#[derive(Debug)]
struct Live {
    epoch: Epoch,
    capabilities: Capabilities,
    ends_at: Instant,
    closing: Closing,
    /// The line is lost: it may come back until then.
    away: Option<Instant>,
    masked: Masked,
    /// Locked or asleep.
    held: Held,
    /// A later epoch is due from the service by then; nothing lives meanwhile.
    turning: Option<Instant>,
    /// The technician did nothing for long: nothing lives until they want to go on.
    idle: bool,
    /// The technician was told that the person's hands come first, until then at least.
    yielding: Option<Instant>,
    more: More,
    /// The person is asked whether the technician may come back once.
    returning: bool,
}

/// Where it stands at closing time.
#[derive(Debug)]
enum Closing {
    /// Support is open, or the person agreed to go on.
    Not,
    /// The person is asked. Without an answer hands are off at the first moment, and it is over at the second.
    Asking { ask: Box<Ask>, view_only_at: Instant, end_at: Instant },
    /// Nobody agreed.
    ViewOnly,
}

mod away;
mod beside;
mod closing;
mod hold;
mod idle;
mod local;
mod mask;
mod promise;
mod turn;

use self::beside::Second;
use self::hold::{Absence, Asking, Held};
use self::turn::More;

// === impl Conductor

impl Conductor {
    /// Nothing asked, nothing granted.
    pub(super) fn new(guard: Arc<Guard>) -> Self {
        let (session, first, second) = (None, None, Second::No);
        Self { guard, state: State::Idle, session, first, second, away: Absence::default() }
    }

    /// Takes one event. Whatever must stop has stopped when it returns.
    pub(super) fn handle(&mut self, now: Instant, event: Event) -> Vec<Act> {
        let acts = self.take(now, event);
        self.settle(now, acts)
    }

    fn take(&mut self, now: Instant, event: Event) -> Vec<Act> {
        match event {
            Event::Order(ToSession::Ask { session, ask }) => self.ask(now, session, ask),
            Event::Order(ToSession::Withdraw { session }) => self.withdraw(session),
            Event::Order(ToSession::Begin { session, epoch, capabilities, for_s, banner }) => {
                let length = Duration::from_secs(u64::from(for_s));
                self.begin(now, session, epoch, capabilities, length, banner)
            }
            Event::Order(ToSession::Return { session, epoch, capabilities, for_s, banner }) => {
                let length = Duration::from_secs(u64::from(for_s));
                if matches!(self.state, State::Idle) {
                    self.session = Some(session);
                }
                self.returning(now, epoch, capabilities, length, banner)
            }
            Event::Order(ToSession::AtDesk { epoch, word }) => self.at_desk(now, epoch, word),
            Event::Order(ToSession::End { session, reason }) => self.end_of(now, session, reason),
            Event::Order(_) => Vec::new(),
            Event::Answered(answer) => self.answered(now, answer),
            Event::Banner(BannerEvent::Up) => self.up(now),
            Event::Banner(BannerEvent::Alive) => {
                self.guard.beat(now);
                self.still_there(now);
                let mut acts = self.named(now);
                acts.extend(self.seen(now));
                acts
            }
            Event::Banner(BannerEvent::TakeBack { at_ms }) => self.take_back(now, at_ms),
            Event::Banner(BannerEvent::End { at_ms }) => self.end(EndReason::EndedByPerson, Some(at_ms)),
            Event::Banner(BannerEvent::Mask { on }) => self.pressed_mask(now, on),
            Event::Secret(answer) => self.handed(now, answer),
            Event::Banner(BannerEvent::Lost) => self.end(EndReason::BannerLost, None),
            Event::Os(event) => self.os(now, event),
            Event::PersonActs => self.person_acts(now),
            Event::DisplayLost => self.end(EndReason::DisplayLost, None),
            Event::LineLost => self.end(EndReason::AgentStopping, None),
            Event::Tick => self.tick(now),
        }
    }

    /// When to call [`handle`](Self::handle) with [`Event::Tick`].
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.own_timeout().into_iter().chain(self.second.due()).min()
    }

    fn own_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Idle => None,
            State::Asking(Asking { until, .. }) => self.away.any().then_some(until),
            State::Agreed { until, .. } | State::Raising { until, .. } => Some(until),
            State::Counting(counting) => Some(counting.due()),
            State::Live(Live { away: Some(until), ends_at, .. }) => Some(until.min(ends_at)),
            State::Live(ref live) => live.due(self.guard.deadline()),
        }
    }

    /// Whether nothing is asked, agreed or shown.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    fn ask(&mut self, now: Instant, session: SessionId, mut ask: Box<Ask>) -> Vec<Act> {
        if self.is_second(&ask) {
            return self.ask_second(now, session, ask);
        }
        // Whoever was there has gone.
        ask.beside = None;
        if !matches!(self.state, State::Idle | State::Agreed { .. }) || ask.check().is_err() {
            let answer = Answer::No(NoReason::PromptLost);
            return vec![Act::Tell(FromSession::Answer { session, answer })];
        }
        self.guard.freeze(true);
        let until = now + ask.ttl();
        self.state = State::Asking(Asking { session, ask: ask.clone(), until });
        // On a locked screen nobody is asked: it waits for the person, as long as it would have anyway.
        if self.away.any() { Vec::new() } else { vec![Act::Ask(ask)] }
    }

    fn withdraw(&mut self, session: SessionId) -> Vec<Act> {
        match self.state {
            State::Asking(Asking { session: asked, .. }) if asked == session => {
                self.state = State::Idle;
                vec![Act::CloseAsk]
            }
            State::Agreed { session: agreed, .. } if agreed == session => {
                self.state = State::Idle;
                Vec::new()
            }
            _ => self.withdraw_second(session),
        }
    }

    fn answered(&mut self, now: Instant, answer: Answer) -> Vec<Act> {
        // A question that is not on the screen has no answer but silence.
        if self.away.any() && matches!(answer, Answer::Yes { .. }) {
            return Vec::new();
        }
        if let Some(acts) = self.answered_second(now, answer) {
            return acts;
        }
        if let Some(acts) = self.answered_return(answer) {
            return acts;
        }
        match &self.state {
            State::Live(Live { closing: Closing::Asking { .. }, .. }) => return self.extended(now, answer),
            State::Live(_) => return self.widened(answer),
            _ => {}
        }
        let State::Asking(Asking { session, ref ask, .. }) = self.state else { return Vec::new() };
        let minutes = ask.minutes;
        self.state = match answer {
            Answer::Yes { capabilities, .. } => State::Agreed {
                session,
                capabilities,
                length: Duration::from_secs(60 * u64::from(minutes)),
                until: now + YES_KEEPS,
            },
            Answer::No(_) => State::Idle,
        };
        vec![Act::CloseAsk, Act::Tell(FromSession::Answer { session, answer })]
    }

    fn begin(
        &mut self,
        now: Instant,
        session: SessionId,
        epoch: Epoch,
        capabilities: Capabilities,
        length: Duration,
        mut banner: Box<Banner>,
    ) -> Vec<Act> {
        let covered = match &self.state {
            State::Agreed { session: agreed, capabilities: most, length: longest, until } => {
                *agreed == session
                    && most.holds(capabilities)
                    && capabilities.holds(Capabilities::VIEW)
                    && length <= *longest
                    && now < *until
            }
            _ => false,
        };
        if let Some(acts) = self.begin_second(now, session, epoch, capabilities, length, &banner) {
            return acts;
        }
        if !covered {
            // A living session is not disturbed by a begin that nobody agreed to; one that waits is over.
            if matches!(self.state, State::Agreed { .. }) {
                self.state = State::Idle;
            }
            return vec![stopped(epoch, EndReason::ProtocolViolation, None)];
        }
        banner.capabilities = capabilities;
        self.session = Some(session);
        self.first = banner.technicians.first().cloned();
        self.state = State::Raising { epoch, capabilities, length, until: now + RAISING, returning: false };
        vec![Act::ShowBanner(banner)]
    }

    fn up(&mut self, now: Instant) -> Vec<Act> {
        let State::Raising { epoch, capabilities, length, returning, .. } = self.state else {
            return Vec::new();
        };
        if returning {
            return self.count(now, epoch, capabilities, length);
        }
        if !self.guard.begin(now, epoch, capabilities, length) {
            return self.end(EndReason::ProtocolViolation, None);
        }
        self.state = State::Live(Live {
            epoch,
            capabilities,
            ends_at: now + length,
            closing: Closing::Not,
            away: None,
            held: Held::No,
            idle: false,
            yielding: None,
            turning: None,
            more: More::No,
            masked: Masked::default(),
            returning: false,
        });
        let mut acts = vec![Act::Start { epoch, capabilities }, Act::Tell(FromSession::BannerUp { epoch })];
        if self.away.any() {
            acts.remove(0);
            acts.extend(self.hold(now));
        }
        acts.extend(self.yields(now));
        acts
    }

    /// It is over here, and with it whoever asked beside it.
    fn end(&mut self, reason: EndReason, at_ms: Option<u64>) -> Vec<Act> {
        let mut acts = self.end_first(reason, at_ms);
        acts.extend(self.refuse_second(reason));
        acts
    }

    fn end_first(&mut self, reason: EndReason, at_ms: Option<u64>) -> Vec<Act> {
        self.guard.stop();
        self.guard.mask(false);
        self.session = None;
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle | State::Agreed { .. } => Vec::new(),
            State::Asking(_) => vec![Act::CloseAsk],
            State::Raising { epoch, .. } | State::Counting(Counting { epoch, .. }) => {
                vec![Act::CloseBanner, stopped(epoch, reason, at_ms)]
            }
            State::Live(Live { epoch, closing, masked, more, returning, .. }) => {
                let asking =
                    returning || matches!(closing, Closing::Asking { .. }) || matches!(more, More::Asking(_));
                let mut acts = vec![Act::Halt];
                acts.extend(asking.then_some(Act::CloseAsk));
                acts.extend(masked.window.then_some(Act::CloseSecret));
                acts.extend([stopped(epoch, reason, at_ms), Act::CloseBanner]);
                acts
            }
        }
    }

    fn tick(&mut self, now: Instant) -> Vec<Act> {
        let mut acts = self.second_late(now);
        acts.extend(self.own_tick(now));
        acts
    }

    fn own_tick(&mut self, now: Instant) -> Vec<Act> {
        match self.state {
            State::Asking(Asking { until, .. }) if self.away.any() && now >= until => {
                self.answered(now, Answer::No(NoReason::TimedOut))
            }
            State::Agreed { until, .. } if now >= until => {
                self.state = State::Idle;
                Vec::new()
            }
            State::Raising { until, .. } if now >= until => self.end(EndReason::BannerLost, None),
            State::Counting(counting) => self.counted(now, counting),
            State::Live(Live { ends_at, closing: Closing::Not, .. }) if now >= ends_at => {
                self.ends_alone(now, EndReason::GrantExpired)
            }
            State::Live(Live { ends_at, .. }) if now >= ends_at => self.end(EndReason::SupportClosed, None),
            State::Live(Live { closing: Closing::Asking { view_only_at, .. }, .. })
                if now >= view_only_at =>
            {
                self.extended(now, Answer::No(NoReason::TimedOut))
            }
            State::Live(Live { away: Some(until), .. }) if now >= until => {
                self.ends_alone(now, EndReason::LinkLost)
            }
            State::Live(Live { held: Held::Yes(until) | Held::Returning(until), .. }) if now >= until => {
                self.end(EndReason::LeftLocked, None)
            }
            State::Live(Live { turning: Some(until), .. }) if now >= until => {
                self.end(EndReason::AgentStopping, None)
            }
            State::Live(ref live) if live.stands_still() => Vec::new(),
            State::Live(Live { yielding: Some(until), .. }) if now >= until => self.yielded(now),
            State::Live(_) if self.guard.deadline().is_none_or(|dies| now >= dies) => {
                self.end(EndReason::BannerLost, None)
            }
            _ => Vec::new(),
        }
    }
}

fn stopped(epoch: Epoch, reason: EndReason, at_ms: Option<u64>) -> Act {
    Act::Tell(FromSession::Stopped { epoch, reason, at_ms })
}

#[cfg(test)]
#[path = "conduct_tests.rs"]
mod tests;
