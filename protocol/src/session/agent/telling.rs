//! What the agent says: signs of life, receipts, and the burst that tells of an end.

use std::time::Instant;

use super::{Output, Session, State, seen};
use crate::consent::Granted;
use crate::firm::Signed;
use crate::id::UnixSeconds;
use crate::session::{BEAT, BURST_GAP, WORD};
use crate::wire::codes::EndReason;
use crate::wire::session::{FromAgent, Pulse, Receipt};

impl Session {
    pub(super) fn receipt(&self, wall: UnixSeconds, granted: &Granted) -> Result<Signed<Receipt>, EndReason> {
        let receipt = Receipt {
            session: self.ticket.session,
            agent_key: self.ticket.agent_key,
            technician: self.ticket.technician.clone(),
            technician_key: self.ticket.technician_key,
            contract: self.ticket.contract.clone(),
            capabilities: granted.capabilities(),
            epoch: granted.epoch(),
            granted_at: wall,
            for_s: granted.for_s(),
            shown_ms: granted.shown_ms(),
            channel: self.channel.receipt_binding().map_err(seen)?,
        };
        self.signer.sign(&receipt).map_err(|_| EndReason::AgentStopping)
    }

    /// Signs of life, as far as they are due.
    pub(super) fn beat(&mut self, now: Instant) {
        let State::Living { granted, beats: Some(beats) } = &mut self.state else { return };
        let Some(lease) = granted.lease(now) else { return };
        let (datagram, word) = (now >= beats.datagram, now >= beats.word);
        if datagram {
            beats.datagram = now + BEAT;
        }
        if word {
            beats.word = now + WORD;
        }
        if datagram {
            self.pulse(lease);
        }
        if word {
            self.say(&FromAgent::Pulse(lease));
        }
    }

    /// One more datagram that says it is over; after the last, nothing.
    pub(super) fn tell(&mut self, now: Instant) {
        let State::Telling { revoked, left, next } = &mut self.state else { return };
        let (pulse, reason) = (revoked.pulse(), revoked.reason());
        if *left > 0 {
            *left -= 1;
            *next = now + BURST_GAP;
            self.pulse(pulse);
        } else {
            self.state = State::Over;
            self.outputs.push_back(Output::Over(reason));
        }
    }

    fn pulse(&mut self, pulse: Pulse) {
        // A lease that can't be sealed is not sent, and the console goes blank: as it should.
        if let Some(Ok(datagram)) = self.pulses.as_mut().map(|pulses| pulses.seal(&pulse)) {
            self.outputs.push_back(Output::Datagram(datagram));
        }
    }

    /// A word on the control lane, if it is open and there is a line.
    pub(super) fn say(&mut self, word: &FromAgent) {
        // A word that can't be sealed any more has nobody who could hear it; the time-outs end the session.
        if !matches!(self.state, State::Away(_)) && self.channel.send(word).is_ok() {
            self.flush();
        }
    }

    pub(super) fn flush(&mut self) {
        if let Some(bytes) = self.channel.outgoing() {
            self.outputs.push_back(Output::Send(bytes));
        }
    }
}
