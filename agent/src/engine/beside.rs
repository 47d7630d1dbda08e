//! Two sessions of one machine: who may ask while somebody is in one, and in which order one ends and the other begins.
//!
//! The relay says in the second one's ticket what it is to be. All that follows from it here is that the person may be asked; the first
//! session is what it was until their yes, and nothing of its yes passes on.

use std::time::Instant;

use aval_protocol::id::{Epoch, SessionId, UnixSeconds};
use aval_protocol::prompt::{Answer, Company};
use aval_protocol::session::agent::{Local, Output};
use aval_protocol::wire::beside::{Colleague, Way};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::session::Ticket;

use super::{Active, Engine};

impl Engine {
    /// Beside whom the person is to be asked about this ticket; `None` where nobody is there.
    pub(super) fn company(&self, ticket: &Ticket) -> Result<Option<Company>, EndReason> {
        let (first, beside) = match (&self.active[..], ticket.beside) {
            ([], _) => return Ok(None),
            ([first], Some(beside)) => (first, beside),
            _ => return Err(EndReason::Busy),
        };
        let holds = first.ticket.session == beside.session
            && first.ticket.technician != ticket.technician
            && first.machine.is_granted();
        match first.machine.shown_as() {
            Some(technician) if holds => {
                Ok(Some(Company { technician: technician.to_owned(), way: beside.way }))
            }
            _ => Err(EndReason::Busy),
        }
    }

    /// The person answered. Where it is a yes to who takes the first one's place, that one ends before anything of the second begins.
    pub(super) fn answered(&mut self, now: Instant, wall: UnixSeconds, session: SessionId, answer: Answer) {
        let Some(active) = self.active.iter_mut().find(|it| it.ticket.session == session) else { return };
        if matches!(answer, Answer::Yes { .. }) && active.second && !active.machine.is_granted() {
            // The first may have turned meanwhile: no epoch of it is as late as this one.
            match self.ledger.next_epoch() {
                Ok(epoch) => {
                    active.machine.under(epoch);
                    active.turns(epoch);
                }
                Err(error) => {
                    tracing::error!(%error, "no session can begin");
                    return self.stop(now, wall, session, EndReason::AgentStopping);
                }
            }
        }
        active.machine.handle(now, wall, Local::Answer(answer));
        let way = active.beside.filter(|_| active.machine.is_granted());
        if way == Some(Way::Follows) {
            active.beside = None;
        }
        for first in self.active.iter_mut().filter(|it| it.ticket.session != session) {
            match way {
                Some(Way::Follows) => first.machine.handle(now, wall, Local::Stop(EndReason::HandedOver)),
                Some(Way::Joins) => first.machine.colleague(Colleague::Joined),
                None => {}
            }
        }
        self.drain(now);
    }

    /// What a session says next. Whoever was there first is heard first: it has stopped before another begins.
    pub(super) fn said(&mut self) -> Option<(usize, Output)> {
        let mut all = self.active.iter_mut().enumerate();
        all.find_map(|(at, active)| Some((at, active.machine.poll_output()?)))
    }

    /// Whoever was there before this session hears what becomes of its question.
    pub(super) fn tell_first(&mut self, session: SessionId, word: impl FnOnce(Way) -> Colleague) {
        let way = self.of(session).and_then(|active| active.beside);
        let first = self.active.first_mut().filter(|first| first.ticket.session != session);
        if let (Some(way), Some(first)) = (way, first) {
            first.machine.colleague(word(way));
        }
    }

    /// A session is over. One that is asked about beside it stands by itself from now on; one that had joined it is over too.
    pub(super) fn forget(&mut self, now: Instant, session: SessionId, reason: EndReason) {
        let granted = self.of(session).is_some_and(|active| active.granted);
        self.tell_first(session, |way| match granted {
            true => Colleague::Left,
            false => Colleague::Not { way, reason },
        });
        self.active.retain(|active| active.ticket.session != session);
        if let [only] = &mut self.active[..]
            && let Some(way) = only.beside.take()
            && way == Way::Joins
            && only.granted
        {
            only.machine.part(now);
        }
    }

    /// With whom somebody is in a session: whoever was there first, then they.
    pub(super) fn names(&self, session: SessionId, technician: String) -> Vec<String> {
        let joined = self.of(session).is_some_and(|it| it.beside == Some(Way::Joins));
        let first = self.active.first().filter(|first| joined && first.ticket.session != session);
        first
            .and_then(|first| first.machine.shown_as())
            .map(str::to_owned)
            .into_iter()
            .chain([technician])
            .collect()
    }
}

impl Active {
    /// It goes on under this epoch.
    pub(super) fn turns(&mut self, epoch: Epoch) {
        self.epoch = epoch;
        self.epochs.push(epoch);
    }
}
