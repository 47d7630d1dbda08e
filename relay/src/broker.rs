//! The sessions that the gate let through: who is in which, and which of their lanes exist.
//!
//! [`Broker::introduce`] takes a [`Permit`] by value and is the only way in, so no path to a session skips the gate. A machine is in
//! one session at a time, and a second one may be asked about while that one is handed over.

pub(crate) mod resume;

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use aval_protocol::firm::{Signed, Signer, TrustError};
use aval_protocol::id::{AgentId, KeyId, PersonId, SessionId, UnixSeconds};
use aval_protocol::wire::beside::{Beside, Way};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::link::{Handed, Lane};
use aval_protocol::wire::session::Ticket;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::gate::Permit;

/// The agent ends a session that is to close; the relay, in its place, so much later.
const SLACK: Duration = Duration::from_secs(5);
/// How long a ticket is good for, in seconds: an agent on a poor line needs some for two connections, nobody needs more.
pub(crate) const TICKET_S: i64 = 120;

/// A party's standing link.
#[derive(Clone, Debug)]
pub(crate) struct Party<L> {
    /// The link's number.
    pub(crate) serial: u64,
    /// The link.
    pub(crate) link: L,
    /// The party's key.
    pub(crate) key: KeyId,
}

/// Which party.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Console,
    Agent,
}

/// Where a lane's stream came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    /// A standing link, by its number.
    Link(u64),
    /// A media connection, by its key.
    Media(KeyId),
}

/// A session that runs.
#[derive(Debug)]
pub(crate) struct Running<L, M> {
    pub(crate) ticket: Ticket,
    pub(crate) console: Party<L>,
    pub(crate) agent: Party<L>,
    /// The parties' media connections; the agent's proves that it has heard the offer.
    pub(crate) media: [watch::Sender<Option<M>>; 2],
    /// When the person said yes.
    pub(crate) granted_at: Option<UnixSeconds>,
    /// Byte pumps of the control lane.
    pub(crate) control: JoinSet<()>,
    /// Byte pumps of the other lanes.
    pub(crate) bulk: JoinSet<()>,
    /// Over by then, whatever the parties say.
    pub(crate) until: Instant,
    /// Closing time: over by the first unless the person agreed to go on, by the second in any case.
    closes: [Instant; 2],
    /// The person agreed to go on after closing, or said yes after it.
    pub(crate) extended: bool,
    lanes: BTreeSet<Lane>,
    /// How often its line was made: what happens to an earlier one concerns nobody.
    pub(crate) turn: u32,
    /// Since when its line is lost, and may come back.
    lost: Option<Instant>,
    /// To whom its technician hands it over.
    handed: Option<HandedTo>,
}

/// To whom a session is handed over, by whom, and until when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct HandedTo {
    pub(crate) to: PersonId,
    /// As their certificate names them.
    pub(crate) by: String,
    pub(crate) until: Instant,
}

/// Why two parties were not introduced.
#[derive(Debug)]
pub(crate) enum NotIntroduced {
    /// The machine got into another session since the gate looked.
    Busy,
    /// The ticket could not be signed.
    Sign(TrustError),
}

/// The sessions.
#[derive(Debug)]
pub(crate) struct Broker<L, M> {
    sessions: HashMap<SessionId, Running<L, M>>,
    /// Machines that hold the yes of a session whose line is lost, and the number of the link they said so over.
    held: HashMap<AgentId, (SessionId, u64)>,
}

impl<L, M> Default for Broker<L, M> {
    fn default() -> Self {
        Self { sessions: HashMap::new(), held: HashMap::new() }
    }
}

impl<L: Clone, M: Clone> Broker<L, M> {
    /// Uses up a permit: signs the single-use ticket and keeps the session.
    ///
    /// # Errors
    /// [`NotIntroduced`].
    #[allow(clippy::needless_pass_by_value, reason = "a permit is good for one session")]
    pub(crate) fn introduce(
        &mut self,
        permit: Permit,
        session: SessionId,
        console: Party<L>,
        agent: Party<L>,
        signer: &Signer,
        (wall, now, until, joins): (UnixSeconds, Instant, Instant, bool),
    ) -> Result<Signed<Ticket>, NotIntroduced> {
        let beside = self.beside(permit.agent(), permit.technician(), now, joins);
        let beside = beside.ok_or(NotIntroduced::Busy)?;
        if self.sessions.contains_key(&session) {
            return Err(NotIntroduced::Busy);
        }
        // From the decision to the ticket; closing does not move for it.
        let waited = u32::try_from(wall.0.saturating_sub(permit.decision().at.0)).unwrap_or(0);
        let ticket = Ticket {
            session,
            technician: permit.technician().clone(),
            technician_key: console.key,
            agent_key: agent.key,
            contract: permit.contract().clone(),
            request: permit.asked().clone(),
            issued_at: wall,
            expires_at: UnixSeconds(wall.0.saturating_add(TICKET_S)),
            closing: permit.closing().counted_later(waited),
            beside,
        };
        let signed = signer.sign(&ticket).map_err(NotIntroduced::Sign)?;
        let closes = [ticket.closing.end_without_yes(), ticket.closing.hard_end()];
        let running = Running {
            closes: closes.map(|after| now + after + SLACK),
            extended: false,
            ticket,
            console,
            agent,
            media: [watch::Sender::new(None), watch::Sender::new(None)],
            granted_at: None,
            control: JoinSet::new(),
            bulk: JoinSet::new(),
            until,
            lanes: BTreeSet::new(),
            turn: 0,
            lost: None,
            handed: None,
        };
        self.sessions.insert(session, running);
        Ok(signed)
    }

    /// Whether a machine is in a session. One whose line is lost keeps nobody out: the person may be asked anew.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn busy(&self, agent: AgentId) -> bool {
        self.sessions.values().any(|running| running.ticket.request.agent == agent && !running.is_lost())
    }

    /// Whether it is, but for this session and one that was let in beside it.
    pub(crate) fn busy_but(&self, agent: AgentId, session: SessionId) -> bool {
        self.sessions.values().any(|running| {
            let ticket = &running.ticket;
            let own = ticket.session == session || ticket.beside.is_some_and(|it| it.session == session);
            ticket.request.agent == agent && !running.is_lost() && !own
        })
    }

    /// Beside which session of a machine this technician's would begin, if one runs there. `None`: it would not. `joins`: only to be there
    /// too, and then one whose line is lost is nothing to join.
    fn beside(
        &self,
        agent: AgentId,
        technician: &PersonId,
        now: Instant,
        joins: bool,
    ) -> Option<Option<Beside>> {
        let of =
            |running: &&Running<L, M>| running.ticket.request.agent == agent && (joins || !running.is_lost());
        let mut there = self.sessions.values().filter(of);
        let first = match (there.next(), there.next()) {
            (None, _) => return Some(None),
            (Some(first), None) if first.granted_at.is_some() && !first.is_lost() => first,
            _ => return None,
        };
        let way = match joins {
            true if !first.is_of(technician) => Way::Joins,
            false if first.makes_room(technician, now) => Way::Follows,
            _ => return None,
        };
        Some(Some(Beside { session: first.ticket.session, way }))
    }

    /// Whether somebody who wants to join could not.
    pub(crate) fn closed_to(&self, agent: AgentId, technician: &PersonId, now: Instant) -> bool {
        self.beside(agent, technician, now, true).is_none()
    }

    /// Whether a machine is in a session, for somebody who asks for one.
    pub(crate) fn busy_for(&self, agent: AgentId, technician: &PersonId, now: Instant) -> bool {
        let of = |running: &&Running<L, M>| running.ticket.request.agent == agent;
        self.sessions.values().filter(of).any(|running| !running.makes_room(technician, now))
    }

    /// A technician lets a colleague ask for their own session's machine, until then. `false`: they are in none with it.
    pub(crate) fn hand_over(&mut self, agent: AgentId, from: KeyId, handed: HandedTo) -> bool {
        let own = self.sessions.values_mut().find(|running| {
            running.ticket.request.agent == agent
                && running.ticket.technician_key == from
                && running.granted_at.is_some()
        });
        match own {
            Some(running) => {
                running.handed = Some(handed);
                true
            }
            None => false,
        }
    }

    /// What was handed over to somebody, as they hear of it.
    pub(crate) fn handed_to(&self, person: &PersonId, now: Instant) -> Vec<Handed> {
        let all = self.sessions.values().filter_map(|running| {
            let handed = running.handed.as_ref().filter(|handed| handed.to == *person)?;
            let left = handed.until.saturating_duration_since(now).as_secs();
            let for_s = u16::try_from(left).ok().filter(|left| *left > 0)?;
            Some(Handed { agent: running.ticket.request.agent, by: handed.by.clone(), for_s })
        });
        all.collect()
    }

    /// A session that runs.
    pub(crate) fn get(&mut self, session: SessionId) -> Option<&mut Running<L, M>> {
        self.sessions.get_mut(&session)
    }

    /// Ends a session here; whoever does it first tells the parties.
    pub(crate) fn remove(&mut self, session: SessionId) -> Option<Running<L, M>> {
        self.held.retain(|_, (held, _)| *held != session);
        self.sessions.remove(&session)
    }

    /// The sessions for which this holds.
    pub(crate) fn which(&self, holds: impl Fn(&Running<L, M>) -> bool) -> Vec<SessionId> {
        self.sessions.iter().filter(|(_, running)| holds(running)).map(|(&id, _)| id).collect()
    }

    /// The session's other party, for whoever holds the link of that number.
    pub(crate) fn other(&self, session: SessionId, serial: u64) -> Option<L> {
        let running = self.sessions.get(&session)?;
        match running.side(serial)? {
            Side::Console => Some(running.agent.link.clone()),
            Side::Agent => Some(running.console.link.clone()),
        }
    }

    /// A connection becomes a party's media connection. `None` when it is nobody's of that session, or the party has one.
    pub(crate) fn media(&mut self, session: SessionId, key: KeyId, media: M) -> Option<Side> {
        let running = self.sessions.get_mut(&session)?;
        let side = match key {
            key if key == running.console.key => Side::Console,
            key if key == running.agent.key => Side::Agent,
            _ => return None,
        };
        let place = running.media_of(side);
        if place.borrow().is_some() {
            return None;
        }
        place.send_replace(Some(media));
        Some(side)
    }

    /// The console opens a lane: once each, `Control` on its link, the others on its media connection. Returns the agent's link,
    /// and where its media connection appears.
    pub(crate) fn claim(
        &mut self,
        session: SessionId,
        lane: Lane,
        origin: Origin,
    ) -> Option<(L, watch::Receiver<Option<M>>)> {
        let running = self.sessions.get_mut(&session)?;
        let allowed = match (lane, origin) {
            (Lane::Control, Origin::Link(serial)) => serial == running.console.serial,
            (Lane::Screen | Lane::Input, Origin::Media(key)) => key == running.console.key,
            _ => false,
        };
        if !allowed || !running.lanes.insert(lane) {
            return None;
        }
        Some((running.agent.link.clone(), running.media_of(Side::Agent).subscribe()))
    }
}

impl<L, M> Running<L, M> {
    /// Which party holds the link of that number.
    pub(crate) fn side(&self, serial: u64) -> Option<Side> {
        match serial {
            serial if serial == self.console.serial => Some(Side::Console),
            serial if serial == self.agent.serial => Some(Side::Agent),
            _ => None,
        }
    }

    /// A party's media connection.
    pub(crate) fn media_of(&self, side: Side) -> &watch::Sender<Option<M>> {
        let [console, agent] = &self.media;
        match side {
            Side::Console => console,
            Side::Agent => agent,
        }
    }

    /// Whether the console has opened the control lane.
    pub(crate) fn begun(&self) -> bool {
        self.lanes.contains(&Lane::Control)
    }

    /// Why it has to end now, by time alone.
    pub(crate) fn overdue(&self, now: Instant, wall: UnixSeconds) -> Option<EndReason> {
        let [unless_extended, hard] = self.closes;
        if now >= hard || (!self.extended && now >= unless_extended) {
            Some(EndReason::SupportClosed)
        } else if let Some(reason) = self.forgotten(now) {
            Some(reason)
        } else if now >= self.until {
            Some(EndReason::GrantExpired)
        } else if self.turn == 0
            && !self.is_lost()
            && !self.begun()
            && wall.0 > self.ticket.issued_at.0.saturating_add(TICKET_S)
        {
            Some(EndReason::PeerSilent)
        } else {
            None
        }
    }

    /// The person said yes, at this moment of the relay's clock. After closing that is a yes to going on, too.
    pub(crate) fn granted(&mut self, at: UnixSeconds) {
        self.granted_at = Some(at);
        let closing = self.ticket.issued_at.0.saturating_add(i64::from(self.ticket.closing.ask_s));
        self.extended |= at.0 >= closing;
    }

    /// Whether it keeps this one's session out no more: its line is lost, or it is handed over to them.
    pub(crate) fn makes_room(&self, technician: &PersonId, now: Instant) -> bool {
        self.is_lost() || self.handed.as_ref().is_some_and(|it| it.to == *technician && now < it.until)
    }

    /// Whether this technician is in it.
    pub(crate) fn is_of(&self, technician: &PersonId) -> bool {
        self.ticket.technician == *technician
    }
}

#[cfg(any(test, fuzzing))]
pub(crate) mod tests;
