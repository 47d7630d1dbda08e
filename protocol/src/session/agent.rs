//! The agent's end of a session: admits one technician, asks the person, and lets the screen be opened only under their yes.

mod away;
mod closing;
mod telling;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{AtDesk, BURST, HANDSHAKE, narrows, reason};
use crate::consent::{Asked, Granted, Revoked};
use crate::firm::{Firm, Member, Profile, Role, Signed, Signer};
use crate::id::{Epoch, KeyId, UnixSeconds};
use crate::journal::Event;
use crate::prompt::{Answer, Ask, TTL};
use crate::seal::{Channel, DatagramSealer, SealError, commitment};
use crate::wire::codes::EndReason;
use crate::wire::link::Step;
use crate::wire::session::{Capabilities, FromAgent, FromConsole, Pulse, Receipt, SessionRequest, Ticket};

use away::Away;
use closing::ClosingTime;

pub use crate::seal::{Opener, Sealer};

/// The machine.
pub struct Session {
    ticket: Ticket,
    signer: Arc<Signer>,
    firm: Firm,
    profile: Profile,
    epoch: Epoch,
    /// What the machine's owner lets anybody be asked for.
    most: Capabilities,
    nonce: [u8; 32],
    channel: Channel,
    pulses: Option<DatagramSealer>,
    closing: ClosingTime,
    state: State,
    outputs: VecDeque<Output>,
}

/// What happens on the machine itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Local {
    /// The person answered, or will not.
    Answer(Answer),
    /// The person answered whether to go on after closing, or nobody will.
    Extend(Answer),
    /// The banner is on the screen.
    BannerUp {
        /// Of which grant.
        epoch: Epoch,
    },
    /// Whatever stands is over.
    Stop(EndReason),
    /// The line to the console is gone.
    LineLost {
        /// Since when, at most.
        ago: Duration,
    },
    /// The relay says that the console is back, and opens a new control lane.
    Knock {
        /// The epoch of a grant that goes on: later than any before.
        epoch: Epoch,
    },
}

/// What is to be done, in this order.
#[derive(Clone, PartialEq, Debug)]
pub enum Output {
    /// Bytes for the control lane.
    Send(Vec<u8>),
    /// A datagram on the control connection.
    Datagram(Vec<u8>),
    /// Put this question to the person.
    Ask(Box<Ask>),
    /// Nobody needs the answer any more.
    Withdraw,
    /// Show the banner; once it is up, the screen may be seen, and hands moved if that was granted.
    Start {
        /// The grant's epoch.
        epoch: Epoch,
        /// What was granted.
        capabilities: Capabilities,
        /// For how long at most, in seconds.
        for_s: u32,
        /// Who comes, by the certificate.
        technician: String,
    },
    /// Closing time: to be done on the desktop.
    AtDesk {
        /// Under which grant.
        epoch: Epoch,
        /// What.
        word: AtDesk,
    },
    /// The line is lost: nothing may be seen or moved. [`Output::Back`] or [`Output::Stop`] follows, [`Output::Send`] after a
    /// [`Local::Knock`] is for the new control lane.
    Away {
        /// The grant's epoch.
        epoch: Epoch,
        /// How long it may come back, in seconds.
        for_s: u16,
    },
    /// The same console is back: the grant goes on under a new epoch, once the desktop says that the banner is up.
    Back {
        /// The epoch that was lost.
        lost: Epoch,
        /// The epoch from now on.
        epoch: Epoch,
    },
    /// Nothing may be seen or moved any more.
    Stop {
        /// The grant's epoch.
        epoch: Epoch,
        /// Why.
        reason: EndReason,
    },
    /// Tell the relay.
    Report(Step),
    /// Write it into the journal.
    Journal(Event),
    /// The session is over. Nothing follows.
    Over(EndReason),
}

#[expect(clippy::large_enum_variant, reason = "a session has one state, and keeps it for long")]
enum State {
    /// Who comes is not known yet.
    Shaking {
        until: Instant,
    },
    /// A technician came; what they want is not known yet.
    Met {
        who: Arc<Visitor>,
        until: Instant,
    },
    /// The person is being asked.
    Asking {
        who: Arc<Visitor>,
        asked: Asked,
    },
    /// The person said yes.
    Living {
        granted: Granted,
        beats: Option<Beats>,
    },
    /// The person said yes, and the line is lost.
    Away(Away),
    /// It is over here, and the console is being told.
    Telling {
        revoked: Revoked,
        left: u8,
        next: Instant,
    },
    Over,
}

/// Who proved to be the technician of the ticket.
struct Visitor {
    member: Member,
    spki: Vec<u8>,
}

/// When the next signs of life are due.
#[derive(Clone, Copy)]
struct Beats {
    datagram: Instant,
    word: Instant,
}

// === impl Session

impl Session {
    /// Follows a ticket that was judged to hold at this moment. `issued`: when it was, by this machine's monotonic clock.
    ///
    /// # Errors
    /// [`EndReason::TicketInvalid`] when the ticket is for another machine or for something nobody could grant,
    /// [`EndReason::AgentStopping`] when this machine's key can't be used.
    #[expect(clippy::too_many_arguments, reason = "each is a fact of its own, and time is an argument")]
    pub fn new(
        ticket: Ticket,
        signer: Arc<Signer>,
        firm: Firm,
        profile: Profile,
        epoch: Epoch,
        (now, issued): (Instant, Instant),
        wall: UnixSeconds,
        nonce: [u8; 32],
    ) -> Result<Self, EndReason> {
        let life = u64::try_from(ticket.expires_at.0.saturating_sub(ticket.issued_at.0)).unwrap_or(0);
        if life == 0
            || ticket.agent_key != signer.key_id()
            || !narrows(&ticket.request, &ticket.request)
            || !ticket.closing.is_lawful()
        {
            return Err(EndReason::TicketInvalid);
        }
        let channel = Channel::agent(&signer, firm.clone(), wall).map_err(|_| EndReason::AgentStopping)?;
        let until = now + HANDSHAKE.min(Duration::from_secs(life));
        Ok(Self {
            closing: ClosingTime::new(ticket.closing, issued),
            ticket,
            signer,
            firm,
            profile,
            epoch,
            most: Capabilities::KNOWN,
            nonce,
            channel,
            pulses: None,
            state: State::Shaking { until },
            outputs: VecDeque::new(),
        })
    }

    /// No more than that is asked for, whatever ticket and technician say: the machine's own policy. Rights only ever narrow.
    pub fn allow(&mut self, most: Capabilities) {
        self.most = self.most.and(most);
    }

    /// Bytes of the control lane came.
    pub fn handle_frame(&mut self, now: Instant, wall: UnixSeconds, bytes: &[u8]) {
        if matches!(self.state, State::Telling { .. } | State::Over) {
            return;
        }
        if matches!(self.state, State::Away(_)) {
            return self.hear_coming(now, wall, bytes);
        }
        let turn = match self.channel.receive(wall, bytes) {
            Ok(()) => self.converse(now, wall),
            Err(error) => Err(seen(error)),
        };
        self.flush();
        if let Err(reason) = turn {
            self.finish(now, reason);
        }
    }

    /// Something happened on this machine.
    pub fn handle(&mut self, now: Instant, wall: UnixSeconds, event: Local) {
        match event {
            Local::Answer(answer) => self.answered(now, wall, answer),
            Local::Extend(answer) => self.extended(now, answer),
            Local::BannerUp { epoch } => {
                if let State::Living { granted, beats } = &mut self.state
                    && granted.banner_up(now, epoch)
                {
                    *beats = Some(Beats { datagram: now, word: now });
                    // After a lost line the journal has said that it goes on.
                    if granted.is_first() {
                        self.outputs
                            .push_back(Output::Journal(Event::Started { session: self.ticket.session }));
                    }
                    self.beat(now);
                }
            }
            Local::Stop(reason) => self.finish(now, reason),
            Local::LineLost { ago } => self.line_lost(now, ago),
            Local::Knock { epoch } => self.knocked(now, wall, epoch),
        }
    }

    /// Time passed.
    pub fn handle_timeout(&mut self, now: Instant, _wall: UnixSeconds) {
        match &mut self.state {
            State::Shaking { until } | State::Met { until, .. } if now >= *until => {
                self.finish(now, EndReason::PeerSilent);
            }
            State::Asking { asked, .. } if now >= asked.until() => {
                self.finish(now, EndReason::PromptTimedOut);
            }
            State::Living { granted, .. } => match granted.overdue(now) {
                Some(reason) => self.finish(now, reason),
                None => {
                    self.beat(now);
                    self.close_in_time(now);
                }
            },
            State::Away(_) => self.wait_for_line(now),
            State::Telling { next, .. } if now >= *next => self.tell(now),
            _ => {}
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Shaking { until } | State::Met { until, .. } => Some(*until),
            State::Asking { asked, .. } => Some(asked.until()),
            State::Living { granted, beats: Some(beats) } => {
                let due = granted.due().min(beats.datagram).min(beats.word);
                Some(self.closing.due().map_or(due, |closing| closing.min(due)))
            }
            State::Living { granted, beats: None } => Some(granted.due()),
            State::Away(away) => Some(away.due()),
            State::Telling { next, .. } => Some(*next),
            State::Over => None,
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Where the keys of screen and input are, while a grant stands.
    pub fn channel(&mut self) -> Option<&mut Channel> {
        matches!(self.state, State::Living { .. }).then_some(&mut self.channel)
    }

    /// Takes what the console said.
    fn converse(&mut self, now: Instant, wall: UnixSeconds) -> Result<(), EndReason> {
        if self.channel.is_open()
            && let State::Shaking { until } = self.state
        {
            self.meet(wall, until)?;
        }
        while let Some(word) = self.channel.next().map_err(seen)? {
            match word {
                FromConsole::Request { request, nonce } => self.requested(now, &request, &nonce)?,
                FromConsole::End => return Err(EndReason::EndedByTechnician),
                FromConsole::Resume { .. } => return Err(EndReason::ProtocolViolation),
            }
        }
        Ok(())
    }

    /// Whoever shook hands on this channel, if it is the technician of the ticket, by name and key.
    fn technician(&self, channel: &Channel, wall: UnixSeconds) -> Result<(Member, Vec<u8>), EndReason> {
        let found = self.firm.verify_chain_as(&channel.peer_chain(), &[Role::Technician], wall);
        let (member, spki) = found.map_err(|_| EndReason::TechnicianUntrusted)?;
        if member.person != self.ticket.technician || KeyId::of_spki(&spki) != self.ticket.technician_key {
            return Err(EndReason::TechnicianUntrusted);
        }
        Ok((member, spki))
    }

    /// The handshake is done: is it the technician of the ticket?
    fn meet(&mut self, wall: UnixSeconds, until: Instant) -> Result<(), EndReason> {
        let (member, spki) = self.technician(&self.channel, wall)?;
        self.pulses = Some(self.channel.datagram_sealer(self.ticket.session).map_err(seen)?);
        self.say(&FromAgent::Commit(commitment(&self.nonce)));
        self.state = State::Met { who: Arc::new(Visitor { member, spki }), until };
        Ok(())
    }

    /// The technician says under seal what they want.
    fn requested(
        &mut self,
        now: Instant,
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
        };
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

    fn answered(&mut self, now: Instant, wall: UnixSeconds, answer: Answer) {
        let (who, asked) = match std::mem::replace(&mut self.state, State::Over) {
            State::Asking { who, asked } => (who, asked),
            state => {
                self.state = state;
                return;
            }
        };
        let ask = asked.ask().clone();
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

    /// Ends whatever stands: here first.
    fn finish(&mut self, now: Instant, reason: EndReason) {
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

    fn ended(&mut self, revoked: &Revoked, reason: EndReason) {
        let (session, duration_s) = (self.ticket.session, revoked.duration_s());
        self.outputs.push_back(Output::Journal(Event::Ended { session, reason, duration_s }));
        self.outputs.push_back(Output::Report(Step::Ended { reason }));
    }

    /// It ends before anything was granted.
    fn refused(&mut self, reason: EndReason) {
        self.say(&FromAgent::Pulse(Pulse::Revoked { epoch: self.epoch, reason }));
        let session = self.ticket.session;
        self.outputs.push_back(Output::Journal(Event::Refused { session, reason }));
        self.outputs.push_back(Output::Report(Step::Ended { reason }));
        self.outputs.push_back(Output::Over(reason));
        self.state = State::Over;
    }
}

/// What a broken seal means here.
fn seen(error: SealError) -> EndReason {
    reason(error, EndReason::TechnicianUntrusted, EndReason::AgentUntrusted)
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Shaking { .. } => "shaking",
            State::Met { .. } => "met",
            State::Asking { .. } => "asking",
            State::Living { .. } => "living",
            State::Away(_) => "away",
            State::Telling { .. } => "telling",
            State::Over => "over",
        };
        f.debug_struct("Session")
            .field("session", &self.ticket.session)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
