//! A grant that changes while it lives: the technician may wish for more, the machine says under its key what holds from then on.
//!
//! More than before is believed only while a wish is open, and never more than was wished for; the end stays where it was.

use std::time::Instant;

use super::{Living, Output, Session, State, seen};
use crate::firm::Signed;
use crate::wire::codes::EndReason;
use crate::wire::session::{Capabilities, FromConsole, Notice};
use crate::wire::turn::{More, Turn, Turning, Widening};

impl Session {
    /// The technician wants more. What cannot be asked for in this session is said at once, without asking anybody.
    pub(super) fn widen(&mut self, capabilities: Capabilities, reason: String) {
        let State::Living(living) = &mut self.state else { return };
        let word = Widening { session: self.ticket.session, epoch: living.epoch, capabilities, reason };
        let refused = if !self.ticket.request.capabilities.holds(capabilities) {
            Some(EndReason::BeyondTicket)
        } else if !word.is_sound() || living.capabilities.holds(capabilities) {
            Some(EndReason::ProtocolViolation)
        } else if living.held.is_some() || living.blank || living.more.is_some() {
            Some(EndReason::Busy)
        } else {
            None
        };
        if let Some(reason) = refused {
            let notice = Notice::More(More::NotAsked { reason });
            return self.outputs.push_back(Output::Notice(notice));
        }
        let Ok(signed) = self.signer.sign(&word) else { return };
        living.more = Some(capabilities);
        if self.channel.send(&FromConsole::Widen(Box::new(signed))).is_ok() {
            self.flush();
        }
    }

    /// What a notice means for an open wish.
    pub(super) fn heed(&mut self, notice: Notice) {
        if let (Notice::More(More::NotAsked { .. }), State::Living(living)) = (notice, &mut self.state) {
            living.more = None;
        }
    }

    /// The machine says that it goes on under a later epoch.
    pub(super) fn turned(&mut self, now: Instant, signed: Box<Signed<Turn>>) -> Result<(), EndReason> {
        let State::Living(living) = &mut self.state else { return Err(EndReason::ProtocolViolation) };
        let word = signed.open_by_key(&self.agent_spki).map_err(|_| EndReason::AgentUntrusted)?;
        let wished = living.more.take().filter(|_| matches!(word.why, Turning::Widened { .. }));
        let most = living.capabilities.with(wished.unwrap_or(Capabilities::none()));
        let ticket = &self.ticket;
        let holds = word.session == ticket.session
            && (word.agent_key, word.technician_key) == (ticket.agent_key, ticket.technician_key)
            && word.before == living.epoch
            && word.epoch > living.epoch
            && most.holds(word.capabilities)
            && word.capabilities.holds(Capabilities::VIEW)
            && word.channel == self.channel.receipt_binding().map_err(seen)?;
        if !holds {
            return Err(EndReason::ProtocolViolation);
        }
        let Turn { epoch, capabilities, for_s, why, .. } = word;
        if !living.blank {
            self.outputs.push_back(Output::Blank(true));
        }
        let ends_at = living.ends_at;
        self.state = State::Living(Living::new(epoch, capabilities, ends_at, now));
        self.outputs.push_back(Output::Turned { epoch, capabilities, for_s, why, word: signed });
        Ok(())
    }
}
