//! The agent's end of a session: admits one technician, asks the person, and lets the screen be opened only under their yes.

mod asking;
mod away;
mod beside;
mod closing;
mod ending;
mod handover;
mod idle;
mod promise;
mod telling;
mod turning;
mod words;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{HANDSHAKE, narrows, reason};
use crate::consent::{Asked, Granted, Revoked};
use crate::firm::{Firm, Member, Profile, Role, Signer};
use crate::id::{Epoch, KeyId, UnixSeconds};
use crate::journal::Event;
use crate::prompt::Company;
use crate::seal::{Channel, DatagramSealer, SealError, commitment};
use crate::wire::codes::EndReason;
use crate::wire::session::{Capabilities, FromAgent, FromConsole, Ticket};

use away::Away;
use closing::ClosingTime;
use handover::Handover;
use idle::Idle;
use promise::Return;

pub use self::words::{Local, Output};
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
    handover: Handover,
    /// Who proved to be the technician of the ticket.
    who: Option<Arc<Visitor>>,
    /// A question for more that is on the screen.
    widening: Option<Asked>,
    /// Whether one more question may be put to the person now.
    may_ask: bool,
    /// Who is in a session already, if this one is the second.
    company: Option<Company>,
    /// A colleague's question is put to the person.
    colleague_asks: bool,
    back: Return,
    idle: Idle,
    state: State,
    outputs: VecDeque<Output>,
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
            handover: Handover::default(),
            who: None,
            widening: None,
            may_ask: true,
            company: None,
            colleague_asks: false,
            back: Return::default(),
            idle: Idle::new(now),
            state: State::Shaking { until },
            outputs: VecDeque::new(),
        })
    }

    /// No more than that is asked for, whatever ticket and technician say: the machine's own policy. Rights only ever narrow.
    pub fn allow(&mut self, most: Capabilities) {
        self.most = self.most.and(most);
    }

    /// Whether one more question in a living session may be put to the person now: questions are counted for each technician.
    pub fn may_ask(&mut self, may: bool) {
        self.may_ask = may;
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
            Local::Return(answer) => self.answered_return(now, answer),
            Local::BannerUp { epoch } => {
                if let State::Living { granted, beats } = &mut self.state
                    && granted.banner_up(now, epoch)
                {
                    *beats = Some(Beats { datagram: now, word: now });
                    self.idle.moved(now);
                    // After a lost line the journal has said that it goes on.
                    if granted.is_first() {
                        self.outputs
                            .push_back(Output::Journal(Event::Started { session: self.ticket.session }));
                    }
                    self.beat(now);
                }
            }
            Local::Stop(reason) => self.finish(now, reason),
            Local::Held { why, left } => self.held(now, why, left),
            Local::PersonBack { epoch } => self.person_back(now, epoch),
            Local::TakenBack { epoch } => self.taken_back(now, epoch),
            Local::Widen { answer, epoch } => self.widened(now, epoch, answer),
            Local::LineLost { ago } => self.line_lost(now, ago),
            Local::Knock { epoch } => self.knocked(now, wall, epoch),
            Local::Awake { epoch } => self.awake(now, epoch),
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
                    self.unanswered_more(now);
                    self.fall_idle(now);
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
                let more = self.closing.due().into_iter().chain(self.more_due()).chain(self.idle_due());
                Some(more.fold(due, Instant::min))
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
            self.moved(now);
            match word {
                FromConsole::Request { request, nonce } => self.requested(now, wall, &request, &nonce)?,
                FromConsole::Widen(word) => self.asked_for_more(now, &word)?,
                FromConsole::End => return Err(EndReason::EndedByTechnician),
                FromConsole::Wish(wish) => self.wished(now, wish)?,
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
        let who = Arc::new(Visitor { member, spki });
        self.who = Some(Arc::clone(&who));
        self.state = State::Met { who, until };
        Ok(())
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
