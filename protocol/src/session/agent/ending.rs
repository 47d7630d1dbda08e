//! How a session ends, whatever stood: here first, then the others are told.

use std::time::Instant;

use super::away::Away;
use super::{Output, Session, State};
use crate::consent::Revoked;
use crate::journal::Event;
use crate::session::BURST;
use crate::wire::codes::EndReason;
use crate::wire::link::Step;
use crate::wire::session::{FromAgent, Pulse};

impl Session {
    /// Ends whatever stands: here first.
    pub(super) fn finish(&mut self, now: Instant, reason: EndReason) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Shaking { .. } | State::Met { .. } => self.refused(reason),
            State::Asking { .. } => {
                self.outputs.push_back(Output::Withdraw);
                self.refused(reason);
            }
            State::Away(Away { granted, .. }) => {
                let revoked = granted.revoke(now, reason);
                self.outputs.push_back(Output::Stop { epoch: revoked.epoch(), reason });
                // Nobody hears it now: the relay tells the console.
                self.ended(&revoked, reason);
                self.outputs.push_back(Output::Over(reason));
            }
            State::Living { granted, .. } => {
                let revoked = granted.revoke(now, reason);
                self.outputs.push_back(Output::Stop { epoch: revoked.epoch(), reason });
                self.state = State::Telling { revoked, left: BURST, next: now };
                self.tell(now);
                self.say(&FromAgent::Pulse(revoked.pulse()));
                self.ended(&revoked, reason);
            }
            state @ (State::Telling { .. } | State::Over) => self.state = state,
        }
    }

    /// It is over here, and the others are being told: the word that is sure to arrive is on its way, and the burst is not waited for.
    pub fn hurry(&mut self) {
        if let State::Telling { revoked, .. } = &self.state {
            let reason = revoked.reason();
            self.state = State::Over;
            self.outputs.push_back(Output::Over(reason));
        }
    }

    pub(super) fn ended(&mut self, revoked: &Revoked, reason: EndReason) {
        let (session, duration_s) = (self.ticket.session, revoked.duration_s());
        self.outputs.push_back(Output::Journal(Event::Ended { session, reason, duration_s }));
        self.outputs.push_back(Output::Report(Step::Ended { reason }));
    }

    /// It ends before anything was granted.
    pub(super) fn refused(&mut self, reason: EndReason) {
        self.say(&FromAgent::Pulse(Pulse::Revoked { epoch: self.epoch, reason }));
        let session = self.ticket.session;
        self.outputs.push_back(Output::Journal(Event::Refused { session, reason }));
        self.outputs.push_back(Output::Report(Step::Ended { reason }));
        self.outputs.push_back(Output::Over(reason));
        self.state = State::Over;
    }
}
