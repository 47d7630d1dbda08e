//! A session whose line was lost, and the second door into a session: for the two who were in it, while the machine still holds the yes.
//!
//! [`Proven`] is made of the session's own ticket, the record and the machine's word; nothing of it widens or lengthens what the gate
//! allowed. Whether the session goes on the two ends settle under seal; all that is decided here is that they may meet.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use aval_protocol::firm::Member;
use aval_protocol::id::{AgentId, SessionId, UnixSeconds};
use aval_protocol::session::AWAY;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::session::Ticket;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Broker, Party, Running, SLACK, TICKET_S};
use crate::recheck::cuts;
use crate::records::{RecordFacts, SessionRow, SessionStep};

/// A session that may go on.
#[derive(Debug)]
pub(crate) struct Proven {
    ticket: Ticket,
    granted_at: UnixSeconds,
}

/// Why two parties do not meet again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Never {
    /// A lock or a revocation: security beats continuity.
    Security,
    /// It is another one's session, it never began, or it is over.
    Over,
}

/// What is left of the line of a session, to be closed.
#[derive(Debug)]
pub(crate) struct Torn<M> {
    pub(crate) media: Vec<M>,
    /// Dropped, its pumps reset their streams.
    _pumps: [JoinSet<()>; 2],
}

impl Proven {
    /// Whether this member may come back to the session of this ticket, which a relay of the firm signed, by what the record says now.
    pub(crate) fn new(
        ticket: Ticket,
        member: &Member,
        facts: &RecordFacts,
        row: Option<&SessionRow>,
        wall: UnixSeconds,
    ) -> Result<Self, Never> {
        if cuts(facts) {
            return Err(Never::Security);
        }
        let own = ticket.technician == member.person && ticket.technician_key == member.key;
        let row = row.filter(|row| row.id == ticket.session && row.technician == ticket.technician);
        let steps = row.map(|row| &row.steps[..]).unwrap_or_default();
        let ended = steps.iter().any(|(_, step)| matches!(step, SessionStep::Ended(_)));
        let granted = steps.iter().find(|(_, step)| matches!(step, SessionStep::Granted(_)));
        let granted_at = granted.map(|(at, _)| *at);
        let hard_end = ticket.issued_at.0.saturating_add(i64::from(ticket.closing.hard_end_s));
        let (Some(granted_at), true, false) = (granted_at, own, ended) else { return Err(Never::Over) };
        let last = granted_at.0.saturating_add(60 * i64::from(ticket.request.minutes));
        if wall.0 >= hard_end.min(last) {
            return Err(Never::Over);
        }
        Ok(Self { ticket, granted_at })
    }
}

impl<L: Clone, M: Clone> Broker<L, M> {
    /// A machine says that it holds the yes of a session whose line is lost, over the link of that number.
    pub(crate) fn holds(&mut self, agent: AgentId, session: SessionId, serial: u64) {
        self.held.insert(agent, (session, serial));
    }

    /// What is to be said to a machine of its session is said over this link from now on.
    pub(crate) fn moves(&mut self, agent: AgentId, session: SessionId, link: Party<L>) {
        if let Some(running) = self.sessions.get_mut(&session).filter(|it| it.ticket.request.agent == agent) {
            running.agent = link;
        }
    }

    /// Whether it still says so over this link.
    pub(crate) fn is_held(&self, agent: AgentId, session: SessionId, serial: u64) -> bool {
        self.held.get(&agent) == Some(&(session, serial))
    }

    /// A machine holds nothing more of a session. Whether it did.
    pub(crate) fn lets_go(&mut self, agent: AgentId, session: SessionId) -> bool {
        let held = self.held.get(&agent).is_some_and(|(held, _)| *held == session);
        if held {
            self.held.remove(&agent);
        }
        held
    }

    /// How often the line of a session was made.
    pub(crate) fn turn(&self, session: SessionId) -> Option<u32> {
        self.sessions.get(&session).map(|running| running.turn)
    }

    /// The line of a session is lost. `None` when it has no yes to wait for, is over, or has another line by now.
    pub(crate) fn lose(&mut self, session: SessionId, turn: u32, now: Instant) -> Option<Torn<M>> {
        let running = self.sessions.get_mut(&session)?;
        if running.granted_at.is_none() || running.turn != turn || running.lost.is_some() {
            return None;
        }
        Some(running.tear(now))
    }

    /// The two meet again: on new links, with every lane still to be opened.
    pub(crate) fn resume(
        &mut self,
        proven: Proven,
        console: Party<L>,
        agent: Party<L>,
        (wall, now): (UnixSeconds, Instant),
    ) {
        let Proven { ticket, granted_at } = proven;
        let (session, id) = (ticket.session, ticket.request.agent);
        self.held.remove(&id);
        if let Some(running) = self.sessions.get_mut(&session) {
            (running.console, running.agent) = (console, agent);
            (running.lost, running.turn) = (None, running.turn + 1);
            running.media = [watch::Sender::new(None), watch::Sender::new(None)];
            return;
        }
        // The relay was restarted: everything is in the ticket and the record.
        let after = |seconds: i64| {
            let left = ticket.issued_at.0.saturating_add(seconds).saturating_sub(wall.0);
            now + Duration::from_secs(u64::try_from(left).unwrap_or(0))
        };
        let closing = ticket.closing;
        let minutes = i64::from(ticket.request.minutes);
        let running = Running {
            closes: [after(closing.end_s.into()) + SLACK, after(closing.hard_end_s.into()) + SLACK],
            // What became of the question the machine knows; it ends it, this only waits longer to do it in its place.
            extended: wall.0 >= ticket.issued_at.0.saturating_add(i64::from(closing.ask_s)),
            until: after(60 * minutes + TICKET_S + 180),
            console,
            agent,
            media: [watch::Sender::new(None), watch::Sender::new(None)],
            granted_at: Some(granted_at),
            control: JoinSet::new(),
            bulk: JoinSet::new(),
            lanes: BTreeSet::new(),
            turn: 1,
            lost: None,
            handed: None,
            ticket,
        };
        self.sessions.insert(session, running);
    }
}

impl<L, M: Clone> Running<L, M> {
    fn tear(&mut self, now: Instant) -> Torn<M> {
        self.lost = Some(now);
        self.lanes.clear();
        let media = self.media.iter().filter_map(|media| media.send_replace(None)).collect();
        Torn { media, _pumps: [std::mem::take(&mut self.control), std::mem::take(&mut self.bulk)] }
    }
}

impl<L, M> Running<L, M> {
    /// Whether its line is lost.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// Whether it was waited for long enough.
    pub(super) fn forgotten(&self, now: Instant) -> Option<EndReason> {
        self.lost.is_some_and(|since| now >= since + AWAY + SLACK).then_some(EndReason::LinkLost)
    }
}
