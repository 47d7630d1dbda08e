//! What managers decide: codes, approvals, exceptions, locks. Each is written down under the manager's name before it counts.

use std::sync::Arc;

use aval_protocol::firm::{Member, Role, Signed};
use aval_protocol::id::{AgentId, ContractId, PersonId};
use aval_protocol::journal::{Event, commitment};
use aval_protocol::text::relay as text;
use aval_protocol::wire::codes::{EndReason, FaultCode};
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::link::Downlink;
use aval_protocol::wire::record::{CodeIssued, Exception};
use aval_protocol::wire::session::Approval;

use super::{Fault, later};
use crate::gate::hours::Window;
use crate::hub::{How, Hub};
use crate::inventory;
use crate::link::standing_of;
use crate::records::{Author, ExceptionRow, MAX_NOTE};

/// How far ahead of the relay's clock an exception may begin, in seconds: a week.
const AHEAD_S: i64 = 7 * 86_400;

pub(super) async fn issue(
    hub: &Hub,
    by: &Member,
    contract: ContractId,
    valid_minutes: u32,
) -> Result<Reply, Fault> {
    let random = hub.random.bytes().map_err(|e| Fault::Detail(FaultCode::StoreUnavailable, e.to_string()))?;
    let (person, at) = (by.person.clone(), hub.clock.wall());
    let author = Author::Member(person.clone());
    let named = contract.clone();
    let code = hub.store(move |store| store.issue_code(&named, valid_minutes, &author, at, random)).await?;
    tracing::info!(%person, %contract, "an enrolment code was issued");
    let link = hub.invitation(&code.code);
    Ok(Reply::Code(CodeIssued { link, ..code }))
}

pub(super) async fn approve(hub: &Hub, by: &Member, signed: Signed<Approval>) -> Result<Reply, Fault> {
    let at = hub.clock.wall();
    let opened = signed.open_by_firm(hub.firm.firm(), Role::Manager, at);
    let (approval, member) = opened.map_err(|error| Fault::Detail(FaultCode::Invalid, error.to_string()))?;
    if member.key != by.key {
        return Err(Fault::Code(FaultCode::Forbidden));
    }
    let agent = AgentId::from(approval.agent_key);
    let person = by.person.clone();
    let kept = hub.store({
        let (signed, person) = (signed.clone(), person.clone());
        move |store| store.approve(agent, &signed, &person, at)
    });
    kept.await?;
    hub.journal(agent, Event::Approved { by: person.clone(), contract: approval.contract }).await?;
    tracing::info!(%agent, %person, "a machine is approved");
    hub.changes.touch(agent);
    let row = hub.store(move |store| store.agent(agent)).await?;
    let link = hub.presence().agent(agent);
    if let Some(link) = link {
        link.say(Downlink::Standing(standing_of(row)));
        inventory::want(hub, &link, agent).await;
    }
    Ok(Reply::Done)
}

pub(super) async fn except(hub: &Hub, by: &Member, exception: Exception) -> Result<Reply, Fault> {
    let at = hub.clock.wall();
    let Exception { agent, reason, from, until } = exception;
    if from > later(at, AHEAD_S) {
        return Err(Fault::Detail(FaultCode::Invalid, "an exception begins within a week".to_owned()));
    }
    let salt: [u8; 16] =
        hub.random.bytes().map_err(|e| Fault::Detail(FaultCode::StoreUnavailable, e.to_string()))?;
    let committed = commitment(&salt, &reason);
    let person = by.person.clone();
    let row = ExceptionRow {
        agent,
        window: Window { from, until },
        by: person.clone(),
        reason: reason.clone(),
        at,
    };
    let kept = hub.store(move |store| {
        store.grant_exception(&row)?;
        store.keep_text(committed, salt, &reason)
    });
    kept.await?;
    hub.journal(agent, Event::ExceptionGranted { by: person.clone(), until, reason: committed }).await?;
    tracing::info!(%agent, %person, "an exception to the support hours is granted");
    Ok(Reply::Done)
}

/// Locks or unlocks, and cuts what runs: first the sessions, then everything else.
pub(super) async fn lock(
    hub: &Arc<Hub>,
    by: &Member,
    technician: PersonId,
    locked: bool,
    reason: String,
) -> Result<Reply, Fault> {
    if reason.trim().is_empty() || reason.chars().count() > MAX_NOTE {
        let sentence = text::reason_needed();
        return Ok(Reply::Fault { code: FaultCode::Invalid, fr: sentence.fr, en: sentence.en });
    }
    let (person, at) = (by.person.clone(), hub.clock.wall());
    let kept = hub.store({
        let (technician, person) = (technician.clone(), person.clone());
        move |store| store.set_lock(&technician, locked, &reason, &person, at)
    });
    kept.await?;
    tracing::info!(%technician, %person, locked, "a technician is locked or unlocked");
    let mut touched = Vec::new();
    if locked {
        let mut broker = hub.broker();
        for session in broker.which(|running| running.is_of(&technician)) {
            touched.extend(broker.get(session).map(|running| (session, running.ticket.request.agent)));
        }
    }
    for (session, _) in &touched {
        hub.end(*session, EndReason::SecurityCut, How::Cut, None);
    }
    for (_, agent) in touched {
        let event = Event::Locked { technician: technician.clone(), by: person.clone(), locked };
        hub.journal(agent, event).await?;
    }
    Ok(Reply::Done)
}
