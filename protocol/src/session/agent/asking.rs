//! From the technician's request to the person's answer: the only way to a grant.

use std::sync::Arc;
use std::time::Instant;

use super::{Output, Session, State, seen};
use crate::consent::{Asked, Granted};
use crate::firm::{Member, Signed};
use crate::id::UnixSeconds;
use crate::journal::Event;
use crate::prompt::{Answer, Ask, TTL};
use crate::session::narrows;
use crate::wire::codes::EndReason;
use crate::wire::link::Step;
use crate::wire::session::{FromAgent, Receipt, SessionRequest};

impl Session {
    /// The technician says under seal what they want.
    pub(super) fn requested(
        &mut self,
        now: Instant,
        wall: UnixSeconds,
        request: &Signed<SessionRequest>,
        nonce: &[u8; 32],
    ) -> Result<(), EndReason> {
        let State::Met { who, .. } = &self.state else { return Err(EndReason::ProtocolViolation) };
        let who = Arc::clone(who);
        let wanted = request.open_by_key(&who.spki).map_err(|_| EndReason::TechnicianUntrusted)?;
        if !narrows(&wanted, &self.ticket.request) {
            return Err(EndReason::ProtocolViolation);
        }
        let match_code = self.channel.match_code(&self.nonce, nonce).map_err(seen)?;
        let minutes = self.closing.minutes_left(now, wanted.minutes.min(self.ticket.request.minutes));
        let ask = Ask {
            firm: self.profile.name.clone(),
            phone: self.profile.phone.clone(),
            technician: who.member.display_name.clone(),
            contract: Some(self.ticket.contract.clone()),
            category: wanted.category,
            reference: wanted.reference,
            capabilities: wanted.capabilities.and(self.ticket.request.capabilities).and(self.most),
            minutes: minutes.ok_or(EndReason::SupportClosed)?,
            match_code,
            ttl_s: u16::try_from(TTL.as_secs()).unwrap_or(u16::MAX),
            lang: None,
            extending: None,
            widening: None,
            returning: false,
            beside: self.company.clone(),
        };
        if self.returns(now, wall, &ask, &who.member)? {
            return Ok(());
        }
        let asked = Asked::new(now, ask).map_err(|_| EndReason::ProtocolViolation)?;
        self.say(&FromAgent::Reveal(self.nonce));
        self.say(&FromAgent::Asking { for_s: asked.ask().ttl_s });
        let (session, technician) = (self.ticket.session, self.ticket.technician.clone());
        self.outputs.push_back(Output::Journal(Event::Asked { session, technician }));
        self.outputs.push_back(Output::Report(Step::Asked));
        self.outputs.push_back(Output::Ask(Box::new(asked.ask().clone())));
        self.state = State::Asking { who, asked };
        Ok(())
    }

    pub(super) fn answered(&mut self, now: Instant, wall: UnixSeconds, answer: Answer) {
        let (who, asked) = match std::mem::replace(&mut self.state, State::Over) {
            State::Asking { who, asked } => (who, asked),
            state => {
                self.state = state;
                return;
            }
        };
        // What is asked in this session from here on is about this session alone.
        let ask = Ask { beside: None, ..asked.ask().clone() };
        let granted = asked.answer(now, self.epoch, answer, self.closing.hard_end()).and_then(|granted| {
            let receipt = self.receipt(wall, &granted)?;
            Ok((granted, receipt))
        });
        match granted {
            Ok((granted, receipt)) => {
                self.closing.granted(now, &ask);
                self.start(granted, receipt, &who.member);
            }
            Err(reason) => self.refused(reason),
        }
    }

    /// The only way to [`Output::Start`]: it takes the person's yes.
    fn start(&mut self, granted: Granted, receipt: Signed<Receipt>, who: &Member) {
        let (session, epoch, capabilities) = (self.ticket.session, granted.epoch(), granted.capabilities());
        let shown_ms = granted.shown_ms();
        self.outputs.push_back(Output::Journal(Event::Granted { session, capabilities, epoch, shown_ms }));
        self.outputs.push_back(Output::Report(Step::Granted(Box::new(receipt.clone()))));
        self.outputs.push_back(Output::Start {
            epoch,
            capabilities,
            for_s: granted.for_s(),
            technician: who.display_name.clone(),
        });
        self.state = State::Living { granted, beats: None };
        self.say(&FromAgent::Granted(Box::new(receipt)));
    }
}
