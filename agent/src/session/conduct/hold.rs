//! The person locks the machine, it goes to sleep, or the system asks them something where nobody else may look: this process stops here
//! and keeps their yes for two minutes. When they switch to another user or log off, it is over at once.
//!
//! It goes on only when nothing is locked any more and the banner has been seen since: the person must be able to tell that it does.

use std::time::{Duration, Instant};

use aval_protocol::id::SessionId;
use aval_protocol::session::HOLD;
use aval_protocol::wire::turn::Hold;

use super::{Act, Answer, Ask, Closing, Conductor, EndReason, Live, NoReason, State};
use crate::ipc::FromSession;
use crate::platform::OsEvent;

/// Whether the person is away.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Absence {
    locked: bool,
    asleep: bool,
    /// Their desktop is not the one on the screen, and neither is the banner.
    secure: bool,
}

/// A first question, on the screen unless the person is away.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) session: SessionId,
    pub(super) ask: Box<Ask>,
    /// Silence is a no from then on.
    pub(super) until: Instant,
}

/// Whether a grant stands still because the person is away.
#[derive(Clone, Copy, Debug)]
pub(super) enum Held {
    /// It does not.
    No,
    /// The person is away; over at that moment.
    Yes(Instant),
    /// They are back, and the banner has not been seen yet.
    Returning(Instant),
    /// The service was told that the person is back.
    Asked,
}

// === impl Absence

impl Absence {
    /// Whether the person can see nothing.
    pub(super) const fn any(self) -> bool {
        self.locked || self.asleep || self.secure
    }

    const fn why(self) -> Hold {
        match self {
            Self { asleep: true, .. } => Hold::Asleep,
            // The lock is a protected screen too.
            Self { locked: true, .. } => Hold::Locked,
            Self { .. } => Hold::Secure,
        }
    }
}

// === impl Held

impl Held {
    /// Whether nothing may be seen or moved.
    pub(super) const fn stands_still(self) -> bool {
        matches!(self, Self::Yes(_) | Self::Returning(_))
    }

    /// For how long it may go on still, in seconds.
    pub(super) fn left_s(self, now: Instant) -> Option<u16> {
        let (Self::Yes(until) | Self::Returning(until)) = self else { return None };
        u16::try_from(until.saturating_duration_since(now).as_secs()).ok()
    }

    /// A moment that a monotonic clock without sleep does not know of: as long as the machine slept, it comes sooner.
    fn sooner(self, by: Duration, now: Instant) -> Self {
        let sooner = |until: Instant| until.checked_sub(by).unwrap_or(now);
        match self {
            Self::Yes(until) => Self::Yes(sooner(until)),
            Self::Returning(until) => Self::Returning(sooner(until)),
            other => other,
        }
    }
}

// === impl Conductor

impl Conductor {
    /// Something of the person's session on this machine.
    pub(super) fn os(&mut self, now: Instant, event: OsEvent) -> Vec<Act> {
        let before = self.away;
        match event {
            OsEvent::Locked(locked) => self.away.locked = locked,
            OsEvent::Secure(secure) => self.away.secure = secure,
            OsEvent::Sleeps => self.away.asleep = true,
            OsEvent::Woke { slept } => {
                self.away.asleep = false;
                if let State::Live(live) = &mut self.state {
                    live.held = live.held.sooner(slept, now);
                }
                if let State::Asking(asking) = &mut self.state {
                    asking.until = asking.until.checked_sub(slept).unwrap_or(now);
                }
            }
            OsEvent::Left => return self.end(EndReason::PersonLeft, None),
        }
        match (before.any(), self.away.any()) {
            (false, true) => self.hold(now),
            (true, false) => self.release(now),
            // Awake behind a locked screen, or locked behind a question: the others hear what is left, and why.
            (true, true) if matches!(event, OsEvent::Woke { .. }) || before.why() != self.away.why() => {
                self.still_held(now)
            }
            _ => Vec::new(),
        }
    }

    /// Stops here, and keeps what the person said.
    pub(super) fn hold(&mut self, now: Instant) -> Vec<Act> {
        match &mut self.state {
            State::Asking(_) => vec![Act::CloseAsk],
            // Nobody sees it count down: it is used up, and the next time is a question.
            State::Raising { returning: true, .. } | State::Counting(_) => {
                self.end(EndReason::LeftLocked, None)
            }
            State::Live(live) => {
                self.guard.stop();
                (live.turning, live.yielding) = (None, None);
                // Locked again before it went on, it waits no longer.
                let until = match live.held {
                    Held::Returning(until) => until,
                    _ => now + HOLD,
                };
                live.held = Held::Yes(until);
                let asking = live.drop_more() || matches!(live.closing, Closing::Asking { .. });
                let (epoch, why) = (live.epoch, self.away.why());
                let left = until.saturating_duration_since(now);
                let mut acts = vec![Act::Halt];
                acts.extend(asking.then_some(Act::CloseAsk));
                let banner = live.banner(now, None);
                acts.extend(self.close_window(now, NoReason::Withdrawn));
                acts.extend(self.close_return());
                acts.extend([banner, Act::Tell(FromSession::Held { epoch, why, left })]);
                acts
            }
            _ => Vec::new(),
        }
    }

    fn still_held(&mut self, now: Instant) -> Vec<Act> {
        let State::Live(live) = &self.state else { return Vec::new() };
        let Held::Yes(until) = live.held else { return Vec::new() };
        let (epoch, why, left) = (live.epoch, self.away.why(), until.saturating_duration_since(now));
        vec![live.banner(now, None), Act::Tell(FromSession::Held { epoch, why, left })]
    }

    /// Nothing is locked any more.
    fn release(&mut self, now: Instant) -> Vec<Act> {
        match &mut self.state {
            // What is left of its time, and read anew from the first second.
            State::Asking(asking) => {
                let left = asking.until.saturating_duration_since(now).as_secs();
                let ttl_s = u16::try_from(left).unwrap_or(u16::MAX);
                if ttl_s == 0 {
                    return self.answered(now, Answer::No(NoReason::TimedOut));
                }
                vec![Act::Ask(Box::new(Ask { ttl_s, ..(*asking.ask).clone() }))]
            }
            State::Live(live) => {
                if let Held::Yes(until) = live.held {
                    live.held = Held::Returning(until);
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The banner was just seen on the screen.
    pub(super) fn seen(&mut self, now: Instant) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        let Held::Returning(until) = live.held else { return Vec::new() };
        if now >= until {
            return self.end(EndReason::LeftLocked, None);
        }
        live.held = if live.away.is_some() { Held::No } else { Held::Asked };
        live.turning = live.away.is_none().then_some(now + super::RAISING);
        vec![Act::Tell(FromSession::PersonBack { epoch: live.epoch }), live.banner(now, None)]
    }
}

// === impl Live

impl Live {
    /// Whether nothing lives, and why is known.
    pub(super) const fn stands_still(&self) -> bool {
        self.idle || self.away.is_some() || self.turning.is_some() || self.held.stands_still()
    }

    /// When something happens by itself; `dies` is when the living grant does.
    pub(super) fn due(&self, dies: Option<Instant>) -> Option<Instant> {
        let closing = match self.closing {
            Closing::Asking { view_only_at, .. } => Some(view_only_at),
            _ => None,
        };
        let held = match self.held {
            Held::Yes(until) | Held::Returning(until) => Some(until),
            _ => None,
        };
        let still = self.stands_still().then_some(self.ends_at);
        [dies, closing, held, self.away, self.turning, still, self.yielding].into_iter().flatten().min()
    }
}
