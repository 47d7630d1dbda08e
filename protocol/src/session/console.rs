//! The console's end of a session: calls the one approved machine, shows the match code, and shows the screen only while leases come.

mod away;
mod turning;
mod words;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{GOOD_BYE, HANDSHAKE, LEASE, PATIENCE, SILENCE, narrows, reason};
use crate::firm::{Firm, Role, Signed, Signer};
use crate::id::{AgentId, Epoch, KeyId, UnixSeconds};
use crate::seal::{Channel, DatagramOpener, SealError, commitment};
use crate::wire::codes::EndReason;
use crate::wire::handover::Wish;
use crate::wire::session::{
    Approval, Capabilities, FromAgent, FromConsole, Permitted, Pulse, Receipt, SessionRequest, Ticket,
};
use away::Away;

pub use self::words::{Local, Output};
pub use crate::seal::{Opener, Sealer};

/// What is left of a pause is told again when it is so much less than was known.
const NOTEWORTHY: Duration = Duration::from_secs(3);

/// The machine.
pub struct Session {
    ticket: Ticket,
    agent_spki: Vec<u8>,
    request: SessionRequest,
    signer: Arc<Signer>,
    nonce: [u8; 32],
    channel: Channel,
    pulses: Option<DatagramOpener>,
    state: State,
    outputs: VecDeque<Output>,
}

#[expect(clippy::large_enum_variant, reason = "a session has one state, and keeps it for long")]
enum State {
    /// Handshake, then the machine's commitment.
    Calling {
        until: Instant,
    },
    /// The request is out; the nonce must fit the commitment.
    Requested {
        commitment: [u8; 32],
        until: Instant,
    },
    /// The digits are shown; the person is asked, or about to be.
    Matched {
        asking: bool,
        until: Instant,
    },
    Living(Living),
    /// There is a grant, and no line.
    Away(Away),
    /// The technician has ended it; nothing is shown or sent any more. The machine's last word is awaited, so that it hears
    /// who ended it before the lanes are gone.
    Leaving {
        until: Instant,
    },
    Over,
}

/// A grant as the console knows it.
struct Living {
    epoch: Epoch,
    capabilities: Capabilities,
    ends_at: Instant,
    /// The last sign of life.
    seen: Instant,
    blank: bool,
    /// The machine is locked or sleeps, until then at most: no lease of this epoch counts any more.
    held: Option<Instant>,
    /// What was asked for beyond that, if an answer is due.
    more: Option<Capabilities>,
}

// === impl Session

impl Session {
    /// Begins what the gate permitted, with no more than both the ticket and the request hold.
    ///
    /// # Errors
    /// [`EndReason::TicketInvalid`] when the ticket is no relay's of the firm or not for this request,
    /// [`EndReason::AgentUntrusted`] when no manager approved the machine's key, [`EndReason::TechnicianUntrusted`] when the own
    /// key has no certificate.
    pub fn new(
        permitted: &Permitted,
        request: SessionRequest,
        signer: Arc<Signer>,
        firm: &Firm,
        now: Instant,
        wall: UnixSeconds,
        nonce: [u8; 32],
    ) -> Result<Self, EndReason> {
        let (ticket, _) =
            permitted.ticket.open_by_firm(firm, Role::Relay, wall).map_err(|_| EndReason::TicketInvalid)?;
        let key = KeyId::of_spki(&permitted.agent_spki);
        let request = SessionRequest {
            capabilities: request.capabilities.and(ticket.request.capabilities),
            minutes: request.minutes.min(ticket.request.minutes),
            ..request
        };
        if ticket.technician_key != signer.key_id() || !narrows(&request, &ticket.request) {
            return Err(EndReason::TicketInvalid);
        }
        let approval = approved(permitted, firm)?;
        if approval.agent_key != key
            || ticket.agent_key != key
            || request.agent != AgentId::from(key)
            || approval.contract != ticket.contract
        {
            return Err(EndReason::AgentUntrusted);
        }
        let channel = Channel::console(&signer, &permitted.agent_spki, wall)
            .map_err(|_| EndReason::TechnicianUntrusted)?;
        let mut session = Self {
            ticket,
            agent_spki: permitted.agent_spki.clone(),
            request,
            signer,
            nonce,
            channel,
            pulses: None,
            state: State::Calling { until: now + HANDSHAKE + PATIENCE },
            outputs: VecDeque::new(),
        };
        session.flush();
        Ok(session)
    }

    /// Bytes of the control lane came.
    pub fn handle_frame(&mut self, now: Instant, wall: UnixSeconds, bytes: &[u8]) {
        if matches!(self.state, State::Over) {
            return;
        }
        if matches!(self.state, State::Away(_)) {
            return self.hear_again(now, wall, bytes);
        }
        let turn = match self.channel.receive(wall, bytes) {
            Ok(()) => self.converse(now),
            Err(error) => Err(seen(error)),
        };
        self.flush();
        if let Err(reason) = turn {
            self.finish(reason);
        }
    }

    /// A datagram of the control connection came. Others' and forged ones are passed over.
    pub fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        let Some(pulse) = self.pulses.as_mut().and_then(|pulses| pulses.open(datagram)) else { return };
        if let Err(reason) = self.pulse(now, pulse) {
            self.finish(reason);
        }
    }

    /// Something happened at this end.
    pub fn handle(&mut self, now: Instant, wall: UnixSeconds, event: Local) {
        match event {
            Local::End => self.leave(now),
            Local::Lost(_) if matches!(self.state, State::Leaving { .. }) => {
                self.finish(EndReason::EndedByTechnician);
            }
            Local::Lost(reason) => self.finish(reason),
            Local::Torn => self.torn(now),
            Local::Back => self.call_again(now, wall),
            Local::Widen { capabilities, reason } => self.widen(capabilities, reason),
        }
    }

    /// The technician wishes something about a password. `false`: there is nobody to wish it of now.
    pub fn wish(&mut self, wish: Wish) -> bool {
        let said =
            matches!(self.state, State::Living(_)) && self.channel.send(&FromConsole::Wish(wish)).is_ok();
        self.flush();
        said
    }

    /// Time passed.
    pub fn handle_timeout(&mut self, now: Instant, _wall: UnixSeconds) {
        match &mut self.state {
            State::Calling { until } | State::Requested { until, .. } | State::Matched { until, .. }
                if now >= *until =>
            {
                self.finish(EndReason::PeerSilent);
            }
            State::Leaving { until } if now >= *until => self.finish(EndReason::EndedByTechnician),
            State::Living(living) if now >= living.seen + SILENCE => self.torn(now),
            State::Living(living) if now >= living.ends_at + PATIENCE => {
                self.finish(EndReason::GrantExpired);
            }
            State::Living(living) if !living.blank && now >= living.lease_until() => {
                living.blank = true;
                self.outputs.push_back(Output::Blank(true));
            }
            State::Away(_) => self.wait_for_line(now),
            _ => {}
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Calling { until }
            | State::Requested { until, .. }
            | State::Matched { until, .. }
            | State::Leaving { until } => Some(*until),
            State::Living(living) if living.blank => {
                Some((living.seen + SILENCE).min(living.ends_at + PATIENCE))
            }
            State::Living(living) => Some(living.lease_until()),
            State::Away(away) => Some(away.due()),
            State::Over => None,
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Where the keys of screen and input are, while a grant stands.
    pub fn channel(&mut self) -> Option<&mut Channel> {
        matches!(self.state, State::Living(_)).then_some(&mut self.channel)
    }

    /// Takes what the machine said.
    fn converse(&mut self, now: Instant) -> Result<(), EndReason> {
        if self.channel.is_open() && self.pulses.is_none() {
            self.pulses = Some(self.channel.datagram_opener(self.ticket.session).map_err(seen)?);
        }
        while let Some(word) = self.channel.next().map_err(seen)? {
            match word {
                // Said before it could know that the technician leaves.
                word if matches!(self.state, State::Leaving { .. })
                    && !matches!(word, FromAgent::Pulse(_)) => {}
                FromAgent::Commit(commitment) => self.committed(commitment)?,
                FromAgent::Reveal(nonce) => self.revealed(&nonce)?,
                FromAgent::Asking { for_s } => self.asking(now, for_s)?,
                FromAgent::Granted(receipt) => self.granted(now, receipt)?,
                FromAgent::Pulse(pulse) => self.pulse(now, pulse)?,
                FromAgent::Notice(notice) => {
                    if !matches!(self.state, State::Living(_)) {
                        return Err(EndReason::ProtocolViolation);
                    }
                    self.heed(notice);
                    self.outputs.push_back(Output::Notice(notice));
                }
                FromAgent::Secret(answer) if matches!(self.state, State::Living(_)) => {
                    self.outputs.push_back(Output::Secret(answer));
                }
                FromAgent::Turned(word) => self.turned(now, word)?,
                FromAgent::Resumed(_) | FromAgent::Secret(_) => return Err(EndReason::ProtocolViolation),
            }
        }
        Ok(())
    }

    fn committed(&mut self, commitment: [u8; 32]) -> Result<(), EndReason> {
        let State::Calling { until } = self.state else { return Err(EndReason::ProtocolViolation) };
        let request = self.signer.sign(&self.request).map_err(|_| EndReason::TechnicianUntrusted)?;
        self.channel
            .send(&FromConsole::Request { request: Box::new(request), nonce: self.nonce })
            .map_err(seen)?;
        self.flush();
        self.state = State::Requested { commitment, until };
        Ok(())
    }

    fn revealed(&mut self, nonce: &[u8; 32]) -> Result<(), EndReason> {
        let State::Requested { commitment: committed, until } = self.state else {
            return Err(EndReason::ProtocolViolation);
        };
        if commitment(nonce) != committed {
            return Err(EndReason::MatchCodeDiffers);
        }
        let code = self.channel.match_code(nonce, &self.nonce).map_err(seen)?;
        self.outputs.push_back(Output::MatchCode(code));
        self.state = State::Matched { asking: false, until };
        Ok(())
    }

    fn asking(&mut self, now: Instant, for_s: u16) -> Result<(), EndReason> {
        let State::Matched { asking: false, .. } = self.state else {
            return Err(EndReason::ProtocolViolation);
        };
        let until = now + Duration::from_secs(for_s.into()) + PATIENCE;
        self.state = State::Matched { asking: true, until };
        self.outputs.push_back(Output::Asking { for_s });
        Ok(())
    }

    fn granted(&mut self, now: Instant, receipt: Box<Signed<Receipt>>) -> Result<(), EndReason> {
        let State::Matched { asking: true, .. } = self.state else {
            return Err(EndReason::ProtocolViolation);
        };
        let word = receipt.open_by_key(&self.agent_spki).map_err(|_| EndReason::AgentUntrusted)?;
        let channel = self.channel.receipt_binding().map_err(seen)?;
        if !self.holds(&word) || word.channel != channel {
            return Err(EndReason::ProtocolViolation);
        }
        let Receipt { epoch, capabilities, for_s, .. } = word;
        let ends_at = now + Duration::from_secs(for_s.into());
        self.state = State::Living(Living::new(epoch, capabilities, ends_at, now));
        self.outputs.push_back(Output::Granted { epoch, capabilities, for_s, receipt });
        self.outputs.push_back(Output::Blank(true));
        Ok(())
    }

    /// Whether a receipt is for this session and grants no more than was asked.
    fn holds(&self, word: &Receipt) -> bool {
        word.session == self.ticket.session
            && word.agent_key == self.ticket.agent_key
            && word.technician == self.ticket.technician
            && word.technician_key == self.ticket.technician_key
            && word.contract == self.ticket.contract
            && self.request.capabilities.holds(word.capabilities)
            && word.capabilities.holds(Capabilities::VIEW)
            && word.for_s <= 60 * u32::from(self.request.minutes)
    }

    fn pulse(&mut self, now: Instant, pulse: Pulse) -> Result<(), EndReason> {
        match (pulse, &mut self.state) {
            (Pulse::Lease { epoch, .. }, State::Living(living))
                if epoch == living.epoch && living.held.is_none() =>
            {
                living.seen = now;
                if living.blank && now < living.lease_until() {
                    living.blank = false;
                    self.outputs.push_back(Output::Blank(false));
                }
            }
            // Of a grant before this one: long known.
            (Pulse::Revoked { epoch, .. }, State::Living(living)) if epoch < living.epoch => {}
            (Pulse::Revoked { reason, .. }, _) => return Err(reason),
            (Pulse::Held { epoch, why, left_s }, State::Living(living)) if epoch == living.epoch => {
                living.seen = now;
                if !std::mem::replace(&mut living.blank, true) {
                    self.outputs.push_back(Output::Blank(true));
                }
                living.more = None;
                let until = now + Duration::from_secs(left_s.into());
                let known = living.held.replace(until).map(|known| known.saturating_duration_since(until));
                if known.is_none_or(|later| later > NOTEWORTHY) {
                    self.outputs.push_back(Output::Held { why, left_s });
                }
            }
            (Pulse::Lease { .. } | Pulse::Held { .. }, _) => {}
        }
        Ok(())
    }

    fn leave(&mut self, now: Instant) {
        if matches!(self.state, State::Leaving { .. } | State::Over) {
            return;
        }
        if matches!(self.state, State::Away(_)) || self.channel.send(&FromConsole::End).is_err() {
            return self.finish(EndReason::EndedByTechnician);
        }
        self.flush();
        if matches!(self.state, State::Living(Living { blank: false, .. })) {
            self.outputs.push_back(Output::Blank(true));
        }
        self.state = State::Leaving { until: now + GOOD_BYE };
    }

    fn finish(&mut self, reason: EndReason) {
        if !matches!(self.state, State::Over) {
            self.state = State::Over;
            self.outputs.push_back(Output::Over(reason));
        }
    }

    fn flush(&mut self) {
        if let Some(bytes) = self.channel.outgoing() {
            self.outputs.push_back(Output::Send(bytes));
        }
    }
}

impl Living {
    fn new(epoch: Epoch, capabilities: Capabilities, ends_at: Instant, now: Instant) -> Self {
        Self { epoch, capabilities, ends_at, seen: now, blank: true, held: None, more: None }
    }

    /// Until when what is seen may be shown.
    fn lease_until(&self) -> Instant {
        (self.seen + LEASE).min(self.ends_at)
    }
}

/// A manager's word that the key is the machine. It was judged when the relay took it in, and outlives its certificate.
fn approved(permitted: &Permitted, firm: &Firm) -> Result<Approval, EndReason> {
    let word = permitted.approval.open_by_firm_when_said(firm, Role::Manager, |approval| approval.at);
    word.map(|(approval, _)| approval).map_err(|_| EndReason::AgentUntrusted)
}

/// What a broken seal means here.
fn seen(error: SealError) -> EndReason {
    reason(error, EndReason::AgentUntrusted, EndReason::TechnicianUntrusted)
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Calling { .. } => "calling",
            State::Requested { .. } => "requested",
            State::Matched { .. } => "matched",
            State::Living(_) => "living",
            State::Away(_) => "away",
            State::Leaving { .. } => "leaving",
            State::Over => "over",
        };
        f.debug_struct("Session")
            .field("session", &self.ticket.session)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
