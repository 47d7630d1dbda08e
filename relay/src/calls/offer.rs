//! What was proposed to a client, and what the client said (clauses 3.5, 3.6, 4.7, 4.8). Price and clause come from the contract,
//! never from whoever proposes. The gate reads none of it: a refusal is nobody's fault.

use aval_protocol::firm::Member;
use aval_protocol::text::relay as text;
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::record::{OfferAnswer, OfferMade};

use super::Fault;
use crate::gate;
use crate::hub::Hub;
use crate::records::NewOffer;

pub(super) async fn offer(hub: &Hub, by: &Member, made: OfferMade) -> Result<Reply, Fault> {
    let OfferMade { agent, session, kind, category, note } = made;
    let at = hub.clock.wall();
    let record = hub.store(move |store| Ok(store.machines_of(&[agent], at)?.pop())).await?;
    let record = record.ok_or(Fault::Code(FaultCode::NotFound))?;
    let judged = (&record.contract, &record.papers);
    let priced = gate::priced(judged, &hub.rules, (kind, category), session.is_some(), at);
    let Some((included, clause)) = priced else {
        return Err(Fault::Said(FaultCode::Invalid, text::not_offered_there()));
    };
    let new = NewOffer {
        agent,
        session,
        kind,
        category,
        included,
        clause,
        note: note.trim().to_owned(),
        by: by.person.clone(),
        at,
    };
    let row = hub.store(move |store| store.offer(&new)).await?;
    tracing::info!(%agent, offer = row.offer, "something is proposed to a client");
    Ok(Reply::Offer(Box::new(row)))
}

pub(super) async fn answer(hub: &Hub, by: &Member, offer: u64, answer: OfferAnswer) -> Result<Reply, Fault> {
    if matches!(answer, OfferAnswer::Unknown(_)) {
        return Err(Fault::Code(FaultCode::Unsupported));
    }
    let (person, at) = (by.person.clone(), hub.clock.wall());
    let row = hub.store(move |store| store.answer(offer, answer, &person, at)).await?;
    tracing::info!(agent = %row.agent, offer, "a client has answered");
    Ok(Reply::Offer(Box::new(row)))
}
