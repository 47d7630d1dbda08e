//! A second technician asks while a grant stands: the person is asked when nothing else is asked of them, and remote hands stand still.
//!
//! The grant is what it was until the service ends it; a yes to the second covers no more than it would if nobody were there. When the first
//! goes by itself the question stays, as one like any other; when the person ends it, that is a no to whoever asks beside it.

use std::time::{Duration, Instant};

use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::prompt::{Answer, Ask, Banner, NoReason};
use aval_protocol::wire::beside::Way;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::handover::Mask;
use aval_protocol::wire::session::Capabilities;

use super::{Act, Asking, Conductor, RAISING, State, YES_KEEPS, stopped};
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
        way: Way,
        capabilities: Capabilities,
        length: Duration,
        until: Instant,
    },
    /// They join as soon as the banner has been seen to name them: after so many more signs of life.
    Naming {
        joined: Joined,
        beats: u8,
        until: Instant,
    },
    /// They see what the first sees.
    Live(Joined),
}

/// Whoever joined.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    session: SessionId,
    epoch: Epoch,
    ends_at: Instant,
    banner: Box<Banner>,
}

/// Signs of life after which a banner has shown what it was told before them: one may have been on its way.
const SEEN: u8 = 2;

impl Second {
    /// When something happens by itself.
    pub(super) const fn due(&self) -> Option<Instant> {
        match self {
            Self::Asking { shown: true, .. } | Self::No => None,
            Self::Asking { asking: Asking { until, .. }, .. }
            | Self::Agreed { until, .. }
            | Self::Naming { until, .. } => Some(*until),
            Self::Live(Joined { ends_at, .. }) => Some(*ends_at),
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
            Self::Naming { joined, .. } | Self::Live(joined) => Some(joined.session),
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
        match std::mem::replace(&mut self.second, Second::No) {
            Second::Asking { shown: true, .. } => vec![Act::CloseAsk],
            Second::Naming { .. } | Second::Live(_) => self.unjoined(),
            Second::Asking { .. } | Second::Agreed { .. } | Second::No => Vec::new(),
        }
    }

    /// The banner names the first alone, and nobody else sees anything.
    fn unjoined(&mut self) -> Vec<Act> {
        self.guard.part();
        let named = matches!(self.state, State::Live(_)).then(|| self.first.clone()).flatten();
        [Act::HaltSecond].into_iter().chain(named.map(|first| Act::Name(vec![first]))).collect()
    }

    /// Begins the session of whoever was agreed to beside the first. `None`: it is no such one.
    pub(super) fn begin_second(
        &mut self,
        now: Instant,
        of: SessionId,
        epoch: Epoch,
        rights: Capabilities,
        length: Duration,
        banner: &Banner,
    ) -> Option<Vec<Act>> {
        let Second::Agreed { session, way: Way::Joins, length: longest, until, .. } = self.second else {
            return None;
        };
        let State::Live(live) = &self.state else { return None };
        // Whoever joins only looks, whatever was ticked.
        let covered = session == of
            && rights == Capabilities::VIEW
            && length <= longest
            && now < until
            && epoch > live.epoch
            && banner.technicians.len() == 2
            && banner.technicians.first() == self.first.as_ref();
        if !covered {
            self.second = Second::No;
            return Some(vec![stopped(epoch, EndReason::ProtocolViolation, None)]);
        }
        let names = banner.technicians.clone();
        let own = names.last().cloned().into_iter().collect();
        let banner = Box::new(Banner { technicians: own, capabilities: rights, ..banner.clone() });
        let joined = Joined { session, epoch, ends_at: now + length, banner };
        self.second = Second::Naming { joined, beats: SEEN, until: now + RAISING };
        Some(vec![Act::Name(names)])
    }

    /// The banner was just seen on the screen.
    pub(super) fn named(&mut self, now: Instant) -> Vec<Act> {
        let Second::Naming { joined, beats, .. } = &mut self.second else { return Vec::new() };
        *beats = beats.saturating_sub(1);
        if *beats > 0 {
            return Vec::new();
        }
        let joined = joined.clone();
        let epoch = joined.epoch;
        if !self.guard.join(now, epoch, joined.ends_at.saturating_duration_since(now)) {
            // The first stands still: it begins with them.
            return Vec::new();
        }
        let mask = match &self.state {
            State::Live(live) => live.masked.now(),
            _ => Mask::Off,
        };
        let masked = (mask != Mask::Off).then_some(Act::Tell(FromSession::Masked { epoch, mask }));
        let start = (mask == Mask::Off).then(|| joined.start());
        self.second = Second::Live(joined);
        start.into_iter().chain([Act::Tell(FromSession::BannerUp { epoch })]).chain(masked).collect()
    }

    /// The person answered it, or will not. `None`: it is not on the screen.
    pub(super) fn answered_second(&mut self, now: Instant, answer: Answer) -> Option<Vec<Act>> {
        let Second::Asking { asking: Asking { session, ask, .. }, shown: true } = &self.second else {
            return None;
        };
        let session = *session;
        let way = ask.beside.as_ref().map_or(Way::Follows, |company| company.way);
        self.second = match answer {
            Answer::Yes { capabilities, .. } => Second::Agreed {
                session,
                way,
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
            Second::Naming { joined, .. } => self.over_second(&joined, EndReason::BannerLost),
            Second::Live(joined) => self.over_second(&joined, EndReason::GrantExpired),
            Second::Agreed { .. } | Second::No => Vec::new(),
        }
    }

    fn over_second(&mut self, joined: &Joined, reason: EndReason) -> Vec<Act> {
        let mut acts = self.unjoined();
        acts.push(stopped(joined.epoch, reason, None));
        acts
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
            Second::Naming { joined, .. } | Second::Live(joined) => self.over_second(&joined, reason),
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
            Second::Naming { joined, .. } | Second::Live(joined) => {
                acts.extend(self.over_second(&joined, EndReason::FirstLeft));
            }
            // They agreed to both, not to the second alone.
            Second::Agreed { way: Way::Joins, .. } => {}
            Second::Agreed { session, capabilities, length, until, .. } => {
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
        self.along(&mut acts);
        self.guard.freeze(match &self.state {
            State::Asking(_) => true,
            State::Live(live) => live.asks() || self.second.holds(),
            _ => false,
        });
        acts
    }
}

impl Conductor {
    /// Whoever joined sees what the first sees, and as long: what begins again for one begins again for the other, and what stands still
    /// for long is over.
    fn along(&mut self, acts: &mut Vec<Act>) {
        let (Second::Naming { joined, .. } | Second::Live(joined)) = &self.second else { return };
        let still = match &self.state {
            State::Live(live) => live.idle || live.away.is_some() || live.held.stands_still(),
            _ => true,
        };
        if still {
            let joined = joined.clone();
            self.second = Second::No;
            let at = usize::from(acts.first() == Some(&Act::Halt));
            let over = self.over_second(&joined, EndReason::FirstLeft);
            acts.splice(at..at, over);
            return;
        }
        if matches!(self.second, Second::Naming { .. }) {
            return;
        }
        let (again, epoch) = (joined.start(), joined.epoch);
        let told = acts.iter().find_map(|act| match act {
            Act::Tell(FromSession::Masked { mask, .. }) => Some(*mask),
            _ => None,
        });
        if let Some(mask) = told {
            acts.push(Act::Tell(FromSession::Masked { epoch, mask }));
        }
        if acts.iter().any(|act| matches!(act, Act::Start { .. } | Act::Again { .. })) {
            acts.push(again);
        }
    }
}

impl Joined {
    fn start(&self) -> Act {
        Act::StartSecond { session: self.session, epoch: self.epoch, banner: self.banner.clone() }
    }
}

/// The question, for the time it has left.
fn again(ask: &Ask, now: Instant, until: Instant) -> Option<Box<Ask>> {
    let ttl_s = u16::try_from(until.saturating_duration_since(now).as_secs()).ok()?;
    (ttl_s > 0).then(|| Box::new(Ask { ttl_s, ..ask.clone() }))
}
