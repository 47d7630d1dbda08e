//! Closing time under a grant (clause 4.2): both sides are told, the person is asked whether to go on, and without their yes hands and
//! then the screen are taken away.
//!
//! All moments are the ticket's, on this machine's monotonic clock. Nothing here lengthens a grant: it was cut to the hard end when the
//! person said yes, and what is decided here only narrows it further.

use std::time::{Duration, Instant};

use super::away::Away;
use super::{Output, Session, State};
use crate::consent::Asked;
use crate::journal::Event;
use crate::prompt::{Answer, Ask, Extending};
use crate::session::AtDesk;
use crate::wire::closing::{Closing, Extension};
use crate::wire::codes::EndReason;
use crate::wire::link::Step;
use crate::wire::session::{Capabilities, ClosingState, FromAgent, Notice};

/// Where a session stands before its closing time.
pub(super) struct ClosingTime {
    closing: Closing,
    issued: Instant,
    stage: Stage,
    /// What the person said yes to.
    ask: Option<Box<Ask>>,
}

enum Stage {
    Calm,
    TechnicianWarned,
    BothWarned,
    Asking(Asked),
    Extended,
    ViewOnly,
}

/// What is due.
enum Turn {
    WarnTechnician,
    WarnBoth,
    Ask,
    Unanswered,
}

// === impl ClosingTime

impl ClosingTime {
    /// By a ticket that was issued at this moment of the machine's clock.
    pub(super) fn new(closing: Closing, issued: Instant) -> Self {
        Self { closing, issued, stage: Stage::Calm, ask: None }
    }

    /// Over by then, whatever anybody says.
    pub(super) fn hard_end(&self) -> Instant {
        self.issued + self.closing.hard_end()
    }

    /// No more minutes than are left; `None` when none are.
    pub(super) fn minutes_left(&self, now: Instant, wanted: u16) -> Option<u16> {
        let left = self.hard_end().saturating_duration_since(now);
        let minutes = u16::try_from(left.as_millis().div_ceil(60_000)).unwrap_or(u16::MAX);
        (minutes > 0).then(|| wanted.min(minutes))
    }

    /// The person said yes to this question. A yes after closing is the yes to going on.
    pub(super) fn granted(&mut self, now: Instant, ask: &Ask) {
        self.ask = Some(Box::new(ask.clone()));
        if now >= self.issued + self.closing.closes() {
            self.stage = Stage::Extended;
        }
    }

    /// Who was let in, by the certificate.
    pub(super) fn asked_by(&self) -> Option<String> {
        self.ask.as_ref().map(|ask| ask.technician.clone())
    }

    /// When something is due next.
    pub(super) fn due(&self) -> Option<Instant> {
        let c = &self.closing;
        let after_s = match self.stage {
            Stage::Calm => c.warn_technician_s,
            Stage::TechnicianWarned => c.warn_both_s,
            // Where no overrun is, the grant itself ends then.
            Stage::BothWarned => c.ask_s,
            Stage::Asking(_) => c.view_only_s,
            Stage::Extended | Stage::ViewOnly => return None,
        };
        Some(self.at(after_s))
    }

    fn at(&self, after_s: u32) -> Instant {
        self.issued + Duration::from_secs(u64::from(after_s))
    }

    fn turn(&mut self, now: Instant) -> Option<Turn> {
        let c = self.closing;
        let is = |after_s| now >= self.at(after_s);
        let (stage, turn) = match self.stage {
            Stage::Calm | Stage::TechnicianWarned if is(c.warn_both_s) => (Stage::BothWarned, Turn::WarnBoth),
            Stage::Calm if is(c.warn_technician_s) => (Stage::TechnicianWarned, Turn::WarnTechnician),
            // A machine that slept through it asks nobody any more.
            Stage::BothWarned | Stage::Asking(_) if is(c.view_only_s) => (Stage::ViewOnly, Turn::Unanswered),
            Stage::BothWarned if is(c.ask_s) => return Some(Turn::Ask),
            _ => return None,
        };
        self.stage = stage;
        Some(turn)
    }
}

// === impl Session

impl Session {
    /// Does what closing time asks for now, once the banner is up: before, nobody could be told.
    pub(super) fn close_in_time(&mut self, now: Instant) {
        while let State::Living { beats: Some(_), .. } = self.state
            && let Some(turn) = self.closing.turn(now)
        {
            match turn {
                Turn::WarnTechnician => self.tell_closing(ClosingState::Soon),
                Turn::WarnBoth => {
                    self.tell_closing(ClosingState::Soon);
                    let at = self.closing.closing.closes_at;
                    self.at_desk(AtDesk::Soon { at });
                }
                Turn::Ask => {
                    // One question at a time: this one does not wait.
                    self.drop_more(EndReason::SupportClosed);
                    self.ask_to_go_on(now);
                }
                Turn::Unanswered => self.unanswered(),
            }
        }
    }

    /// The person answered the question whether to go on, or nobody will.
    pub(super) fn extended(&mut self, now: Instant, answer: Answer) {
        let (State::Living { granted, .. } | State::Away(Away { granted, .. })) = &mut self.state else {
            return;
        };
        let asked = match std::mem::replace(&mut self.closing.stage, Stage::ViewOnly) {
            Stage::Asking(asked) => asked,
            stage => {
                self.closing.stage = stage;
                return;
            }
        };
        match asked.agreed(now, answer) {
            Ok(capabilities) => {
                granted.narrow(capabilities);
                let capabilities = granted.capabilities();
                self.closing.stage = Stage::Extended;
                self.note_extension(Extension::Granted);
                self.tell_closing(ClosingState::Extended);
                let at = self.closing.closing.ends_at;
                self.at_desk(AtDesk::Extended { at, capabilities });
            }
            Err(EndReason::RefusedByPerson) => {
                self.note_extension(Extension::Refused);
                self.finish(now, EndReason::EndedByPerson);
            }
            Err(_) => self.unanswered(),
        }
    }

    /// Whether hands may be moved now: granted, not while the person is asked, and after closing only with their yes.
    pub fn may_move(&self) -> bool {
        match &self.state {
            State::Living { granted, .. } => {
                granted.capabilities().holds(Capabilities::CONTROL)
                    && !granted.stands_still()
                    && self.widening.is_none()
                    && !self.asks_return()
                    && !matches!(self.closing.stage, Stage::Asking(_))
                    && !self.is_masked()
            }
            _ => false,
        }
    }

    /// Whether the person is being asked whether to go on.
    pub(super) fn asks_to_go_on(&self) -> bool {
        matches!(self.closing.stage, Stage::Asking(_))
    }

    /// What the person said yes to first.
    pub(super) fn first_ask(&self) -> Option<&Ask> {
        self.closing.ask.as_deref()
    }

    fn ask_to_go_on(&mut self, now: Instant) {
        let State::Living { granted, .. } = &self.state else { return };
        let (c, epoch) = (self.closing.closing, granted.epoch());
        let left = |after_s| self.closing.at(after_s).saturating_duration_since(now);
        let (answer_within, end_within) = (left(c.view_only_s), left(c.end_s));
        let asked = self.closing.ask.as_ref().and_then(|first| {
            let ask = Ask {
                capabilities: granted.capabilities(),
                minutes: self.closing.minutes_left(now, first.minutes)?,
                ttl_s: u16::try_from(answer_within.as_secs()).ok()?,
                extending: Some(Extending {
                    closed_at: c.closes_at,
                    until: c.ends_at,
                    unanswered_until: c.ends_unanswered_at(),
                }),
                ..(**first).clone()
            };
            Asked::new(now, ask).ok()
        });
        let Some(asked) = asked else { return self.unanswered() };
        let ask = Box::new(asked.ask().clone());
        self.closing.stage = Stage::Asking(asked);
        self.note_extension(Extension::Asked);
        self.outputs
            .push_back(Output::AtDesk { epoch, word: AtDesk::Ask { ask, answer_within, end_within } });
        self.tell_closing(ClosingState::Asked);
    }

    /// Nobody said yes in time: the screen may only be seen, and not for long.
    fn unanswered(&mut self) {
        self.closing.stage = Stage::ViewOnly;
        let end = self.closing.issued + self.closing.closing.end_without_yes();
        if let State::Living { granted, .. } | State::Away(Away { granted, .. }) = &mut self.state {
            granted.narrow(Capabilities::VIEW);
            granted.shorten(end);
        }
        self.note_extension(Extension::Unanswered);
        let at = self.closing.closing.ends_unanswered_at();
        self.at_desk(AtDesk::ViewOnly { at });
        self.tell_closing(ClosingState::ViewOnly);
    }

    fn at_desk(&mut self, word: AtDesk) {
        if let State::Living { granted, .. } | State::Away(Away { granted, .. }) = &self.state {
            self.outputs.push_back(Output::AtDesk { epoch: granted.epoch(), word });
        }
    }

    fn note_extension(&mut self, what: Extension) {
        self.outputs.push_back(Output::Journal(Event::Extension { session: self.ticket.session, what }));
        self.outputs.push_back(Output::Report(Step::Extension(what)));
    }

    fn tell_closing(&mut self, state: ClosingState) {
        let closing = &self.closing.closing;
        let at = match state {
            ClosingState::Soon => closing.closes_at,
            ClosingState::Asked | ClosingState::Extended => closing.ends_at,
            ClosingState::ViewOnly => closing.ends_unanswered_at(),
        };
        self.say(&FromAgent::Notice(Notice::Closing { state, at }));
    }
}
