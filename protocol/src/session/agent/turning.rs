//! A grant that stands still while the person is away from a locked machine, becomes narrower when they take their hands back, and wider
//! only by their answer to a new question. Each begins a later epoch; none adds a second.
//!
//! The desktop stops first and tells afterwards: by the time this machine hears of it nothing is seen or moved there.

use std::time::{Duration, Instant};

use super::away::Away;
use super::{Output, Session, State, seen};
use crate::consent::{Asked, Granted};
use crate::firm::Signed;
use crate::id::Epoch;
use crate::journal::Event;
use crate::prompt::{Answer, Ask, TTL};
use crate::session::{AtDesk, HANDSHAKE, HOLD};
use crate::wire::codes::EndReason;
use crate::wire::link::Step;
use crate::wire::session::{Capabilities, FromAgent, Notice};
use crate::wire::turn::{Hold, More, Turn, Turning, Widening};

impl Session {
    /// The machine was locked, or goes to sleep.
    pub(super) fn held(&mut self, now: Instant, why: Hold, left: Duration) {
        self.drop_more(EndReason::PromptLost);
        let (State::Living { granted, .. } | State::Away(Away { granted, .. })) = &mut self.state else {
            return;
        };
        let (first, epoch) = (!granted.is_held(), granted.epoch());
        granted.hold(why, now + left.min(HOLD));
        if first {
            self.outputs.push_back(Output::Hold { epoch });
            self.outputs.push_back(Output::Journal(Event::Held { session: self.ticket.session, why }));
            self.outputs.push_back(Output::Report(Step::Held(why)));
        }
        if let State::Living { beats: Some(beats), .. } = &mut self.state {
            (beats.datagram, beats.word) = (now, now);
            self.beat(now);
        }
    }

    /// The person is back in time, and sees the banner.
    pub(super) fn person_back(&mut self, now: Instant, epoch: Epoch) {
        let (State::Living { granted, .. } | State::Away(Away { granted, .. })) = &mut self.state else {
            return;
        };
        if granted.overdue(now).is_some() || !granted.release() {
            return;
        }
        match &self.state {
            State::Living { .. } => {
                self.turn(now, epoch, Turning::PersonBack, |granted| granted.turn(now, epoch, None));
            }
            // The line's coming back begins a later epoch.
            State::Away(Away { granted, .. }) => {
                let (session, epoch) = (self.ticket.session, granted.epoch());
                let (capabilities, why) = (granted.capabilities(), Turning::PersonBack);
                self.outputs.push_back(Output::Journal(Event::Turned { session, epoch, capabilities, why }));
            }
            _ => {}
        }
    }

    /// The person took mouse and keyboard back. Only a new question gives them again.
    pub(super) fn taken_back(&mut self, now: Instant, epoch: Epoch) {
        self.drop_more(EndReason::RefusedByPerson);
        match &mut self.state {
            State::Living { granted, .. } => {
                granted.narrow(Capabilities::VIEW);
                self.turn(now, epoch, Turning::TakenBack, |granted| granted.turn(now, epoch, None));
            }
            State::Away(Away { granted, .. }) => {
                granted.narrow(Capabilities::VIEW);
                let (session, epoch) = (self.ticket.session, granted.epoch());
                let (capabilities, why) = (granted.capabilities(), Turning::TakenBack);
                self.outputs.push_back(Output::Journal(Event::Turned { session, epoch, capabilities, why }));
            }
            _ => {}
        }
    }

    /// The technician wants more than was granted.
    pub(super) fn asked_for_more(&mut self, now: Instant, wish: &Signed<Widening>) -> Result<(), EndReason> {
        let (State::Living { granted, .. }, Some(who)) = (&self.state, &self.who) else {
            return Err(EndReason::ProtocolViolation);
        };
        let word = wish.open_by_key(&who.spki).map_err(|_| EndReason::TechnicianUntrusted)?;
        if word.session != self.ticket.session || !word.is_sound() {
            return Err(EndReason::ProtocolViolation);
        }
        let (epoch, has) = (granted.epoch(), granted.capabilities());
        let reason = match granted {
            // Said before it could know that the epoch is another one.
            _ if word.epoch != epoch => Some(EndReason::PromptLost),
            granted
                if granted.stands_still()
                    || self.colleague_asks
                    || self.asks_to_go_on()
                    || self.asks_return()
                    || self.widening.is_some() =>
            {
                Some(EndReason::Busy)
            }
            _ if !self.ticket.request.capabilities.and(self.most).holds(word.capabilities) => {
                Some(EndReason::BeyondTicket)
            }
            _ if has.holds(word.capabilities) => Some(EndReason::PromptLost),
            _ if !self.may_ask => Some(EndReason::PromptLimit),
            _ => None,
        };
        let Some(ask) = reason.is_none().then(|| self.question(now, has, word)).flatten() else {
            self.not_asked(reason.unwrap_or(EndReason::PromptLost));
            return Ok(());
        };
        let Ok(asked) = Asked::new(now, ask) else {
            self.not_asked(EndReason::PromptLost);
            return Ok(());
        };
        let (ask, session) = (asked.ask().clone(), self.ticket.session);
        let (capabilities, for_s) = (ask.capabilities, ask.ttl_s);
        self.widening = Some(asked);
        self.outputs.push_back(Output::AtDesk { epoch, word: AtDesk::Widen { ask: Box::new(ask) } });
        self.outputs.push_back(Output::Journal(Event::Widening { session, capabilities }));
        self.outputs.push_back(Output::Report(Step::Widening(capabilities)));
        self.say(&FromAgent::Notice(Notice::More(More::Asked { for_s })));
        Ok(())
    }

    /// The person answered whether more may, or nobody will. Whatever was typed while they were asked is void with the old epoch.
    pub(super) fn widened(&mut self, now: Instant, epoch: Epoch, answer: Answer) {
        let Some(asked) = self.widening.take() else { return };
        let State::Living { granted, .. } = &self.state else { return };
        let has = granted.capabilities();
        match asked.wider(now, answer) {
            Ok(wider) if !has.holds(wider.capabilities()) => {
                let why = Turning::Widened { shown_ms: wider.shown_ms() };
                self.turn(now, epoch, why, |granted| granted.turn(now, epoch, Some(wider)));
            }
            no => {
                let reason = no.err().unwrap_or(EndReason::RefusedByPerson);
                let why = Turning::NotWidened { reason };
                self.turn(now, epoch, why, |granted| granted.turn(now, epoch, None));
            }
        }
    }

    /// Silence for so long is a no, whatever the desktop does.
    pub(super) fn unanswered_more(&mut self, now: Instant) {
        if self.more_due().is_some_and(|due| now >= due) {
            self.finish(now, EndReason::PromptLost);
        }
    }

    /// When the desktop must have said what became of the question. Its own word of silence, which brings a later epoch, comes first.
    pub(super) fn more_due(&self) -> Option<Instant> {
        self.widening.as_ref().map(|asked| asked.until() + HANDSHAKE)
    }

    /// The question for more is of no use any more.
    pub(super) fn drop_more(&mut self, reason: EndReason) {
        if self.widening.take().is_some() {
            self.not_asked(reason);
            let why = Turning::NotWidened { reason };
            if let State::Living { granted, .. } = &self.state {
                let (session, epoch, capabilities) =
                    (self.ticket.session, granted.epoch(), granted.capabilities());
                self.outputs.push_back(Output::Journal(Event::Turned { session, epoch, capabilities, why }));
            }
        }
    }

    fn not_asked(&mut self, reason: EndReason) {
        self.say(&FromAgent::Notice(Notice::More(More::NotAsked { reason })));
    }

    /// What the person is asked: the first question again, with what holds already, and the technician's reason.
    fn question(&self, now: Instant, has: Capabilities, word: Widening) -> Option<Ask> {
        let State::Living { granted, .. } = &self.state else { return None };
        let first = self.first_ask()?;
        Some(Ask {
            reference: word.reason,
            capabilities: has.with(word.capabilities),
            // The end stays where it is.
            minutes: u16::try_from(granted.left_s(now).div_ceil(60)).ok()?.max(1),
            ttl_s: u16::try_from(TTL.as_secs()).ok()?,
            extending: None,
            widening: Some(has),
            ..first.clone()
        })
    }

    /// The only way to [`Output::Turn`].
    pub(super) fn turn(
        &mut self,
        now: Instant,
        epoch: Epoch,
        why: Turning,
        turns: impl FnOnce(&mut Granted) -> bool,
    ) {
        let State::Living { granted, beats } = &mut self.state else { return };
        let before = granted.epoch();
        // While it is held, the turn that counts is the person's coming back.
        let held = granted.stands_still();
        if !turns(granted) {
            return self.finish(now, EndReason::ProtocolViolation);
        }
        *beats = None;
        let (session, capabilities) = (self.ticket.session, granted.capabilities());
        let word = Turn {
            session,
            agent_key: self.ticket.agent_key,
            technician_key: self.ticket.technician_key,
            before,
            epoch,
            capabilities,
            for_s: granted.left_s(now),
            why,
            channel: match self.channel.receipt_binding().map_err(seen) {
                Ok(channel) => channel,
                Err(reason) => return self.finish(now, reason),
            },
        };
        let Ok(word) = self.signer.sign(&word) else { return self.finish(now, EndReason::AgentStopping) };
        self.outputs.push_back(Output::Turn { before, epoch, capabilities });
        if held {
            self.outputs.push_back(Output::Hold { epoch });
        }
        self.outputs.push_back(Output::Journal(Event::Turned { session, epoch, capabilities, why }));
        self.outputs.push_back(Output::Report(Step::Turned(Box::new(word.clone()))));
        self.say(&FromAgent::Turned(Box::new(word)));
    }
}
