//! What an agent says on its link: facts and inventory of its machine, the steps of its sessions, the head of its own journal.
//!
//! A yes counts only with the agent's signature over exactly what the ticket allowed. What the record cannot take now is logged and
//! lost here; the agent's own journal has it.

use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::Signed;
use aval_protocol::id::{AgentId, SessionId, UnixSeconds};
use aval_protocol::journal::Event;
use aval_protocol::wire::Wire;
use aval_protocol::wire::beside::{Beside, Way};
use aval_protocol::wire::closing::Extension;
use aval_protocol::wire::codes::{CloseCode, EndReason};
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::link::{Step, Uplink};
use aval_protocol::wire::session::{Receipt, Resumption, Ticket};
use aval_protocol::wire::turn::Turn;
use aval_transport::{FrameError, FrameReader};

use crate::broker::{Party, Side};
use crate::hub::{How, Hub, Link, close};
use crate::inventory;
use crate::records::{SessionStep, StoreError};
use crate::throttle::Throttle;

/// Words of one agent within [`WITHIN`]. A session has a handful, each entry of the agent's journal one.
const MOST: usize = 300;
const WITHIN: Duration = Duration::from_secs(60);

/// Why a yes does not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum BadReceipt {
    /// The agent's key did not sign it.
    #[error("the machine’s key did not sign it")]
    Signature,
    /// It speaks of something else than the ticket.
    #[error("it does not match the ticket")]
    OtherTicket,
    /// It grants what was not asked for, or for longer.
    #[error("it grants more than was asked for")]
    TooMuch,
}

/// Hears an agent until its link ends.
pub(crate) async fn listen(hub: Arc<Hub>, link: Link, agent: AgentId, mut reader: FrameReader) {
    let mut words = Throttle::new(MOST, WITHIN);
    let mut witnessed = 0;
    loop {
        let word = match reader.read::<Uplink>().await {
            Ok(word) => word,
            Err(FrameError::Line(_)) => return,
            Err(FrameError::Ended) => return close(&link.connection, CloseCode::Done),
            Err(FrameError::Wire(error)) => {
                tracing::info!(%agent, %error, "not a word of a link");
                return close(&link.connection, CloseCode::Violation);
            }
        };
        if words.admit((), hub.clock.monotonic()).is_err() {
            tracing::info!(%agent, "says too much");
            return close(&link.connection, CloseCode::Limit);
        }
        match word {
            Uplink::Facts(facts) => {
                if postcard::to_stdvec(&facts).map_or(usize::MAX, |bytes| bytes.len()) > HardwareFacts::LIMIT
                {
                    return close(&link.connection, CloseCode::Violation);
                }
                let at = hub.clock.wall();
                known(agent, "facts", hub.store(move |store| store.update_facts(agent, &facts, at)).await);
                hub.changes.touch(agent);
            }
            Uplink::JournalHead { seq, hash } => {
                if seq > witnessed {
                    witnessed = seq;
                    let enrolled = hub.store(move |store| store.agent(agent)).await;
                    if let Ok(Some(_)) = enrolled {
                        known(agent, "journal head", hub.journal(agent, Event::PeerHead { seq, hash }).await);
                    }
                }
            }
            Uplink::Inventory(word) => {
                if !inventory::heard(&hub, &link, agent, word).await {
                    return close(&link.connection, CloseCode::Violation);
                }
            }
            Uplink::Program(word) => {
                // Keys that nobody attached fill no memory.
                if let Ok(Some(_)) = hub.store(move |store| store.agent(agent)).await {
                    hub.releases.heard(agent, word);
                    hub.changes.touch(agent);
                }
            }
            Uplink::Step { session, step } => heard(&hub, &link, agent, session, step).await,
        }
    }
}

/// A machine that is not enrolled has nothing to record.
fn known(agent: AgentId, what: &str, done: Result<(), StoreError>) {
    match done {
        Ok(()) | Err(StoreError::NotFound(_)) => {}
        Err(error) => tracing::error!(%agent, %error, "its {what} can't be recorded"),
    }
}

async fn heard(hub: &Arc<Hub>, link: &Link, agent: AgentId, session: SessionId, step: Step) {
    // A machine that lost its line says it over another link.
    let (ticket, let_go) = {
        let mut broker = hub.broker();
        let mut let_go = false;
        if matches!(step, Step::Lost) {
            if let Some(key) = broker.get(session).map(|running| running.ticket.agent_key) {
                let party = Party { serial: link.serial, link: link.clone(), key };
                broker.moves(agent, session, party);
            }
            broker.holds(agent, session, link.serial);
        } else {
            let_go = broker.lets_go(agent, session);
        }
        let running = broker.get(session).filter(|running| running.ticket.request.agent == agent);
        (running.map(|running| running.ticket.clone()), let_go)
    };
    if ticket.is_none() && let_go {
        return unknown_over(hub, agent, session, step).await;
    }
    let at = hub.clock.wall();
    let Some(ticket) = ticket else {
        return tracing::debug!(%session, "a step of no session of this machine");
    };
    match step {
        Step::Lost => {
            let turn = hub.broker().get(session).filter(|it| it.begun()).map(|it| it.turn);
            if let Some(turn) = turn {
                hub.lose_or_end(session, turn);
            }
        }
        Step::Resumed(signed) => match resumed(hub, &signed, &ticket).await {
            Some(Resumption { epoch, away_s, .. }) => {
                tracing::info!(%session, %agent, away_s, "the session goes on");
                let event = Event::Resumed { session, epoch, away_s };
                hub.note(session, "that it goes on", hub.journal(agent, event).await);
            }
            None => {
                tracing::error!(%session, %agent, "a word that a session goes on, which does not count");
                hub.end(session, EndReason::ProtocolViolation, How::Cut, None);
            }
        },
        Step::Held(why) => {
            tracing::info!(%session, ?why, "the machine is locked or sleeps");
            hub.note(session, "its pause", hub.journal(agent, Event::Held { session, why }).await);
        }
        Step::Widening(capabilities) => {
            let event = Event::Widening { session, capabilities };
            hub.note(session, "the question for more", hub.journal(agent, event).await);
        }
        Step::Turned(signed) => match turned(hub, &signed, &ticket).await {
            Some(Turn { epoch, capabilities, why, .. }) => {
                let event = Event::Turned { session, epoch, capabilities, why };
                hub.note(session, "what holds from now on", hub.journal(agent, event).await);
            }
            None => {
                tracing::error!(%session, %agent, "a word of what holds, which does not count");
                hub.end(session, EndReason::ProtocolViolation, How::Cut, None);
            }
        },
        Step::Asked => {
            let technician = ticket.technician;
            hub.note(session, "the question", hub.journal(agent, Event::Asked { session, technician }).await);
            let done = hub.store(move |store| store.session_step(session, at, SessionStep::Asked)).await;
            hub.note(session, "the question", done);
        }
        Step::Granted(signed) => match granted(hub, &signed, &ticket).await {
            Ok(receipt) => {
                // The yes counts from here on, written down or not: an end that comes now is the end of a session.
                if let Some(running) = hub.broker().get(session) {
                    running.granted(at);
                }
                tracing::info!(%session, %agent, "the person said yes");
                // The machine has ended the one it follows; in its place where it has not said so.
                if let Some(Beside { session: first, way: Way::Follows }) = ticket.beside {
                    hub.end(first, EndReason::HandedOver, How::Orderly, None);
                }
                record_yes(hub, agent, session, at, &receipt, &signed).await;
            }
            Err(error) => {
                tracing::error!(%session, %agent, %error, "a yes that does not count");
                hub.end(session, EndReason::ProtocolViolation, How::Cut, None);
            }
        },
        Step::Promised { capabilities } => {
            let event = Event::Promised { session, capabilities };
            hub.note(session, "that a return was allowed", hub.journal(agent, event).await);
        }
        Step::Handover { kind, count } => {
            let event = Event::Handover { session, kind, count };
            hub.note(session, "that a password was handed over", hub.journal(agent, event).await);
        }
        Step::Extension(what) => {
            if what == Extension::Granted
                && let Some(running) = hub.broker().get(session)
            {
                running.extended = true;
            }
            tracing::info!(%session, ?what, "support has closed");
            hub.note(session, "its overrun", hub.journal(agent, Event::Extension { session, what }).await);
        }
        Step::Ended { reason } => hub.end(session, reason, How::Orderly, Some(Side::Agent)),
    }
}

/// A session that this relay knows from the record only, because it was restarted, ends without having come back.
async fn unknown_over(hub: &Hub, agent: AgentId, session: SessionId, step: Step) {
    let Step::Ended { reason } = step else { return };
    let at = hub.clock.wall();
    let rows = hub.store(move |store| store.sessions(agent)).await.unwrap_or_default();
    let Some(row) = rows.into_iter().find(|row| row.id == session) else { return };
    let granted = row.steps.iter().find(|(_, step)| matches!(step, SessionStep::Granted(_)));
    let since = granted.map_or(at, |(at, _)| *at);
    let duration_s = u32::try_from(at.0.saturating_sub(since.0)).unwrap_or(0);
    let step = hub.store(move |store| store.session_step(session, at, SessionStep::Ended(reason))).await;
    if step.is_ok() {
        hub.note(session, "its end", hub.journal(agent, Event::Ended { session, reason, duration_s }).await);
    }
}

/// The machine's word that a session goes on, if it is one for this ticket.
async fn resumed(hub: &Hub, signed: &Signed<Resumption>, ticket: &Ticket) -> Option<Resumption> {
    let agent = ticket.request.agent;
    let row = hub.store(move |store| store.agent(agent)).await.ok().flatten()?;
    let word = signed.open_by_key(&row.spki).ok()?;
    let fits = word.session == ticket.session
        && (word.agent_key, word.technician_key) == (ticket.agent_key, ticket.technician_key)
        && word.epoch > word.lost
        && ticket.request.capabilities.holds(word.capabilities);
    fits.then_some(word)
}

/// The machine's word of what holds from now on, if it is one for this ticket.
async fn turned(hub: &Hub, signed: &Signed<Turn>, ticket: &Ticket) -> Option<Turn> {
    let agent = ticket.request.agent;
    let row = hub.store(move |store| store.agent(agent)).await.ok().flatten()?;
    let word = signed.open_by_key(&row.spki).ok()?;
    let fits = word.session == ticket.session
        && (word.agent_key, word.technician_key) == (ticket.agent_key, ticket.technician_key)
        && word.epoch > word.before
        && ticket.request.capabilities.holds(word.capabilities);
    fits.then_some(word)
}

async fn granted(hub: &Hub, signed: &Signed<Receipt>, ticket: &Ticket) -> Result<Receipt, BadReceipt> {
    let agent = ticket.request.agent;
    let row = hub.store(move |store| store.agent(agent)).await.ok().flatten().ok_or(BadReceipt::Signature)?;
    let receipt = signed.open_by_key(&row.spki).map_err(|_| BadReceipt::Signature)?;
    fits(&receipt, ticket)?;
    Ok(receipt)
}

/// Whether a yes is one to this ticket.
pub(crate) fn fits(receipt: &Receipt, ticket: &Ticket) -> Result<(), BadReceipt> {
    let same = receipt.session == ticket.session
        && receipt.agent_key == ticket.agent_key
        && receipt.technician == ticket.technician
        && receipt.technician_key == ticket.technician_key
        && receipt.contract == ticket.contract;
    let narrower = ticket.request.capabilities.holds(receipt.capabilities)
        && !receipt.capabilities.is_empty()
        && receipt.for_s <= u32::from(ticket.request.minutes) * 60;
    match (same, narrower) {
        (false, _) => Err(BadReceipt::OtherTicket),
        (true, false) => Err(BadReceipt::TooMuch),
        (true, true) => Ok(()),
    }
}

async fn record_yes(
    hub: &Hub,
    agent: AgentId,
    session: SessionId,
    at: UnixSeconds,
    receipt: &Receipt,
    signed: &Signed<Receipt>,
) {
    let Receipt { capabilities, epoch, shown_ms, .. } = *receipt;
    let event = Event::Granted { session, capabilities, epoch, shown_ms };
    hub.note(session, "the yes", hub.journal(agent, event).await);
    hub.note(session, "its start", hub.journal(agent, Event::Started { session }).await);
    let bytes = postcard::to_stdvec(signed).unwrap_or_default();
    let done = hub.store(move |store| {
        store.session_step(session, at, SessionStep::Granted(capabilities))?;
        store.receipt(session, at, &bytes)
    });
    hub.note(session, "the receipt", done.await);
}

#[cfg(test)]
mod tests;
