//! A second technician asks while a grant stands: the person is asked when nothing else is asked of them, and remote hands stand still.
//!
//! The grant is what it was until the service ends it; a yes to the second covers no more than it would if nobody were there. When the first
//! goes by itself the question stays, as one like any other; when the person ends it, that is a no to whoever asks beside it.

use std::time::{Duration, Instant};

use aval_protocol::id::SessionId;
use aval_protocol::prompt::{Answer, Ask, NoReason};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::session::Capabilities;

use super::{Act, Asking, Conductor, State, YES_KEEPS};
use crate::ipc::FromSession;

/// Somebody who asks while a grant stands.
#[derive(Debug)]
pub(super) enum Second {
    No,
    /// `shown`: the question is on the screen.
    Asking {
        asking: Asking,
        shown: bool,
    },
    Agreed {
        session: SessionId,
        capabilities: Capabilities,
        length: Duration,
        until: Instant,
    },
}

impl Second {
    /// When something happens by itself.
    pub(super) const fn due(&self) -> Option<Instant> {
        match self {
            Self::Asking { shown: true, .. } | Self::No => None,
            Self::Asking { asking: Asking { until, .. }, .. } | Self::Agreed { until, .. } => Some(*until),
        }
    }

    /// Whether remote hands stand still for it.
    pub(super) const fn holds(&self) -> bool {
        matches!(self, Self::Asking { shown: true, .. } | Self::Agreed { .. })
    }

    fn session(&self) -> Option<SessionId> {
        match self {
            Self::No => None,
            Self::Asking { asking, .. } => Some(asking.session),
            Self::Agreed { session, .. } => Some(*session),
        }
    }
}

impl Conductor {
    /// Whether it is a question beside a grant.
    pub(super) fn is_second(&self, ask: &Ask) -> bool {
        let stands = matches!(self.state, State::Raising { .. } | State::Counting(_) | State::Live(_));
        stands && matches!(self.second, Second::No) && ask.beside.is_some() && ask.check().is_ok()
    }

    pub(super) fn ask_second(&mut self, now: Instant, session: SessionId, ask: Box<Ask>) -> Vec<Act> {
        let until = now + ask.ttl();
        self.second = Second::Asking { asking: Asking { session, ask, until }, shown: false };
        Vec::new()
    }

    /// Nobody needs the answer any more.
    pub(super) fn withdraw_second(&mut self, session: SessionId) -> Vec<Act> {
        if self.second.session() != Some(session) {
            return Vec::new();
        }
        let second = std::mem::replace(&mut self.second, Second::No);
        Vec::from_iter(matches!(second, Second::Asking { shown: true, .. }).then_some(Act::CloseAsk))
    }

    /// The person answered it, or will not. `None`: it is not on the screen.
    pub(super) fn answered_second(&mut self, now: Instant, answer: Answer) -> Option<Vec<Act>> {
        let Second::Asking { asking: Asking { session, ask, .. }, shown: true } = &self.second else {
            return None;
        };
        let session = *session;
        self.second = match answer {
            Answer::Yes { capabilities, .. } => Second::Agreed {
                session,
                capabilities,
                length: Duration::from_secs(60 * u64::from(ask.minutes)),
                until: now + YES_KEEPS,
            },
            Answer::No(_) => Second::No,
        };
        Some(vec![Act::CloseAsk, Act::Tell(FromSession::Answer { session, answer })])
    }

    /// It waited for long enough.
    pub(super) fn second_late(&mut self, now: Instant) -> Vec<Act> {
        let late = self.second.due().is_some_and(|until| now >= until);
        let second = if late { std::mem::replace(&mut self.second, Second::No) } else { Second::No };
        match second {
            Second::Asking { asking: Asking { session, .. }, .. } => {
                let answer = Answer::No(NoReason::TimedOut);
                vec![Act::Tell(FromSession::Answer { session, answer })]
            }
            Second::Agreed { .. } | Second::No => Vec::new(),
        }
    }

    /// The first is over by somebody at this machine, or as the whole of it is: so is the question.
    pub(super) fn refuse_second(&mut self, reason: EndReason) -> Vec<Act> {
        let answer = Answer::No(match reason {
            EndReason::EndedByPerson => NoReason::Refused,
            _ => NoReason::PromptLost,
        });
        match std::mem::replace(&mut self.second, Second::No) {
            Second::Asking { asking: Asking { session, .. }, shown } => {
                let told = Act::Tell(FromSession::Answer { session, answer });
                shown.then_some(Act::CloseAsk).into_iter().chain([told]).collect()
            }
            Second::Agreed { .. } | Second::No => Vec::new(),
        }
    }

    /// The service says that one of the sessions is over.
    pub(super) fn end_of(&mut self, now: Instant, session: SessionId, reason: EndReason) -> Vec<Act> {
        if self.second.session() == Some(session) {
            return self.withdraw_second(session);
        }
        let own = match &self.state {
            State::Idle => None,
            State::Asking(Asking { session, .. }) | State::Agreed { session, .. } => Some(*session),
            State::Raising { .. } | State::Counting(_) | State::Live(_) => self.session,
        };
        if own == Some(session) { self.ends_alone(now, reason) } else { Vec::new() }
    }

    /// The first is over by itself: whoever asks beside it is one who asks.
    pub(super) fn ends_alone(&mut self, now: Instant, reason: EndReason) -> Vec<Act> {
        let mut acts = self.end_first(reason, None);
        match std::mem::replace(&mut self.second, Second::No) {
            Second::No => {}
            Second::Agreed { session, capabilities, length, until } => {
                self.state = State::Agreed { session, capabilities, length, until };
            }
            Second::Asking { asking: Asking { session, mut ask, until }, shown } => {
                acts.extend(shown.then_some(Act::CloseAsk));
                // What it says of the first is not true any more.
                ask.beside = None;
                let again = again(&ask, now, until);
                self.state = State::Asking(Asking { session, ask, until });
                match again {
                    Some(ask) if !self.away.any() => acts.push(Act::Ask(ask)),
                    Some(_) => {}
                    None => acts.extend(self.answered(now, Answer::No(NoReason::TimedOut))),
                }
            }
        }
        acts
    }

    /// Puts the second one's question, or takes it off the screen while something else is asked; and says whether remote hands stand still.
    pub(super) fn settle(&mut self, now: Instant, mut acts: Vec<Act>) -> Vec<Act> {
        let free = match &self.state {
            State::Live(live) => !self.away.any() && !live.asks() && !live.masked.window,
            _ => false,
        };
        if let Second::Asking { asking: Asking { ask, until, .. }, shown } = &mut self.second {
            if *shown && !free {
                // Before whatever takes its place, and after what must stop.
                acts.insert(usize::from(acts.first() == Some(&Act::Halt)), Act::CloseAsk);
                *shown = false;
            } else if !*shown
                && free
                && let Some(ask) = again(ask, now, *until)
            {
                acts.push(Act::Ask(ask));
                *shown = true;
            }
        }
        self.guard.freeze(match &self.state {
            State::Asking(_) => true,
            State::Live(live) => live.asks() || self.second.holds(),
            _ => false,
        });
        acts
    }
}

/// The question, for the time it has left.
fn again(ask: &Ask, now: Instant, until: Instant) -> Option<Box<Ask>> {
    let ttl_s = u16::try_from(until.saturating_duration_since(now).as_secs()).ok()?;
    (ttl_s > 0).then(|| Box::new(Ask { ttl_s, ..ask.clone() }))
}
