//! A version of the equipment list on its way to the client's representative and back (clause 2.2). The relay carries it; what the person
//! reads there comes from the lists, and their word is signed by their machine's key.

use std::sync::Arc;

use aval_protocol::firm::{Member, Signed};
use aval_protocol::id::{AgentId, ContractId};
use aval_protocol::journal::Event;
use aval_protocol::text::fleet as text;
use aval_protocol::wire::assent::{ListAsk, ListEffect, ListWord};
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::equipment::ListHash;
use aval_protocol::wire::fleet::AskLine;
use aval_protocol::wire::inventory::Day;
use aval_protocol::wire::link::Downlink;

use super::super::Fault;
use super::{effect_of, said};
use crate::hub::{Hub, Link};
use crate::records::assent::{AskError, ListAsked};
use crate::records::identity::FleetMachine;
use crate::records::{Author, ListError};

/// Puts a version to the representative, and tells their machine if it is there.
pub(super) async fn ask(hub: &Arc<Hub>, by: &Member, id: ContractId, list: ListHash) -> Result<(), Fault> {
    let (at, author) = (hub.clock.wall(), Author::Member(by.person.clone()));
    let asked = hub.store(move |store| match store.ask_list(&id, list, &author, at) {
        Err(AskError::List(ListError::Store(error))) => Err(error),
        other => Ok(other),
    });
    let agent = asked.await?.map_err(|error| refused(&error))?;
    hub.journal(agent, Event::ListAsked { by: by.person.clone(), list }).await?;
    if let Some(link) = hub.presence().agent(agent) {
        link.say(Downlink::ListWaits);
    }
    Ok(())
}

/// Tells a machine that is here that a version waits for it.
pub(crate) async fn remind(hub: &Hub, link: &Link, agent: AgentId) {
    let now = hub.clock.wall();
    match hub.store(move |store| store.list_waiting(agent, now)).await {
        Ok(Some(_)) => link.say(Downlink::ListWaits),
        Ok(None) => {}
        Err(error) => tracing::error!(%agent, %error, "what waits for it can’t be read"),
    }
}

/// What waits for a machine.
pub(in crate::calls) async fn waiting(hub: &Hub, agent: AgentId) -> Result<Reply, Fault> {
    let now = hub.clock.wall();
    let read = hub.store(move |store| {
        let Some(waiting) = store.list_waiting(agent, now)? else { return Ok(None) };
        let id = &waiting.list.contract;
        let Some(judged) = store.contract_at(id, now)? else { return Ok(None) };
        Ok(Some((judged, store.papers(id)?, waiting)))
    });
    let Some((judged, rows, waiting)) = read.await? else { return Ok(Reply::ListAsk(None)) };
    let reckoned = effect_of(&judged, &rows, (waiting.before.as_ref(), &waiting.list), now);
    let effect = reckoned.ok().and_then(|page| {
        let day = |day: &aval_protocol::wire::contract::IsoDay| Day::of_iso(&day.0);
        let period = (day(&page.period.0)?, day(&page.period.1)?);
        Some(ListEffect { period, now: page.now, later: page.later })
    });
    let until = waiting.ask.until();
    let ask =
        ListAsk { client: judged.contract.client, list: waiting.list, before: waiting.before, effect, until };
    Ok(Reply::ListAsk(Some(Box::new(ask))))
}

/// What the person said there. The key that signed it must be the one that calls.
pub(in crate::calls) async fn word(
    hub: &Arc<Hub>,
    (spki, agent): (&[u8], AgentId),
    signed: Signed<ListWord>,
) -> Result<Reply, Fault> {
    let word = signed.open_by_key(spki).map_err(|_| Fault::Code(FaultCode::Invalid))?;
    let (at, list, yes) = (hub.clock.wall(), word.list, word.yes);
    let kept = hub.store(move |store| match store.list_word(agent, &word, &signed, at) {
        Err(AskError::List(ListError::Store(error))) => Err(error),
        other => Ok(other),
    });
    kept.await?.map_err(|error| refused(&error))?;
    tracing::info!(%agent, yes, "the client’s representative answered to a list");
    hub.journal(agent, Event::ListAnswered { list, yes }).await?;
    hub.changes.everything();
    Ok(Reply::Done)
}

pub(super) fn line(one: &ListAsked, fleet: &[FleetMachine]) -> AskLine {
    let host = fleet.iter().find(|other| other.row.id == one.agent);
    AskLine {
        list: one.list,
        hostname: host.map(|host| host.row.facts.hostname.clone()).unwrap_or_default(),
        by: one.by.to_string(),
        at: one.at,
        until: one.until(),
        word: one.word,
    }
}

fn refused(error: &AskError) -> Fault {
    match error {
        AskError::Nobody => Fault::Said(FaultCode::Conflict, text::no_representative()),
        AskError::Waits => Fault::Said(FaultCode::Conflict, text::waits_already()),
        AskError::List(error) => said(error),
    }
}
