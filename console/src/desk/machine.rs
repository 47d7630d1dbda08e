//! One machine's page: what is known of it, what the gate would say, what was proposed to its client, its journal.

use aval_protocol::id::{AgentId, KeyId, SessionId, UnixSeconds};
use aval_protocol::text::console::{self as text, journal::journal_entry};
use aval_protocol::text::inventory;
use aval_protocol::text::prompt::plain;
use aval_protocol::text::{Lang, release};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::record::{MachineDetail, OfferAnswer, OfferKind, OfferMade, SessionLine};
use aval_protocol::wire::session::MAX_TEXT;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{Asked, Desk, category};
use super::fault::{Body, Fault};
use super::shape;
use crate::calls::{journal, show};
use crate::link::CallError;
use crate::moment;
use crate::say::Said;

/// Entries of a journal that are shown: the newest. The whole chain is checked.
const ENTRIES: usize = 500;

/// What the gate would say, now or at a moment.
#[derive(Deserialize, Debug)]
pub(super) struct Explain {
    #[serde(flatten)]
    asked: Asked,
    #[serde(default)]
    at: Option<i64>,
}

/// What is proposed.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Offer {
    agent: String,
    kind: OfferKind,
    category: String,
    #[serde(default)]
    session: Option<String>,
    #[serde(default)]
    note: Option<String>,
}

/// What the client said.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    answer: OfferAnswer,
}

/// The machine.
pub(super) async fn detail(State(desk): Desk, Path(agent): Path<String>) -> Result<Json<Value>, Fault> {
    let agent = agent_of(&agent)?;
    let console = desk.line.console()?;
    let Reply::Machine(detail) = console.call(Call::Machine { agent }).await? else {
        return Err(CallError::Odd.into());
    };
    let Reply::Inventory(record) = console.call(Call::Inventory { agent }).await? else {
        return Err(CallError::Odd.into());
    };
    let inventory = inventory::page(&record);
    let MachineDetail { row, approved, sessions, offers, program } = *detail;
    Ok(Json(json!({
        "row": shape::row(&row),
        "key_fingerprint": show::fingerprint(KeyId::of_spki(&row.spki)),
        "approval": approved.map(|(by, at)| json!({ "by": plain(&by, shape::NAME), "at": at.0 })),
        "program": program.map(|word| json!({
            "fr": release::state(Lang::Fr, &word), "en": release::state(Lang::En, &word), "warn": release::is_worrying(&word),
        })),
        "inventory": inventory.collected_at.is_some().then_some(&inventory),
        "sessions": sessions.iter().map(session).collect::<Vec<_>>(),
        "offers": offers.iter().map(shape::offer).collect::<Vec<_>>(),
    })))
}

/// What the gate would say. Changes nothing.
pub(super) async fn explain(State(desk): Desk, Body(body): Body<Explain>) -> Result<Json<Value>, Fault> {
    let (request, at) = (body.asked.request()?, body.at.map(UnixSeconds));
    let Reply::Decision(decision) = desk.line.console()?.call(Call::Explain { request, at }).await? else {
        return Err(CallError::Odd.into());
    };
    Ok(Json(shape::decision(&decision)))
}

/// Writes down what was proposed.
pub(super) async fn offer(State(desk): Desk, Body(body): Body<Offer>) -> Result<Json<Value>, Fault> {
    let note = body.note.unwrap_or_default();
    if note.chars().count() > MAX_TEXT {
        return Err(Fault::invalid("note"));
    }
    let session: Option<SessionId> =
        body.session.map(|session| session.parse().map_err(|_| Fault::invalid("session"))).transpose()?;
    let made = OfferMade {
        agent: agent_of(&body.agent)?,
        session,
        kind: body.kind,
        category: category(&body.category)?,
        note,
    };
    recorded(desk.line.console()?.call(Call::Offer(Box::new(made))).await?)
}

/// Writes down what the client said.
pub(super) async fn answer(
    State(desk): Desk,
    Path(offer): Path<String>,
    Body(body): Body<Answer>,
) -> Result<Json<Value>, Fault> {
    let offer = offer.parse().map_err(|_| Fault::nothing())?;
    recorded(desk.line.console()?.call(Call::Answer { offer, answer: body.answer }).await?)
}

/// The relay's journal of the machine, checked from its first entry on.
pub(super) async fn read_journal(State(desk): Desk, Path(agent): Path<String>) -> Result<Json<Value>, Fault> {
    let console = desk.line.console()?;
    let mut entries = std::collections::VecDeque::new();
    let checked = journal::follow(&console, agent_of(&agent)?, |entry| {
        if entries.len() == ENTRIES {
            entries.pop_front();
        }
        entries.push_back(entry.clone());
    });
    let checked = checked.await?;
    let entries = entries.iter().map(|entry| {
        let told = entry.told();
        let said = Said::of(|l| journal_entry(l, &told, &|at| moment::shown(l, UnixSeconds(at))));
        let (kind, by) = journal::kind_and_author(&told);
        json!({ "n": entry.seq, "at": entry.at.0, "kind": kind, "by": by, "fr": said.fr, "en": said.en })
    });
    let entries: Vec<Value> = entries.collect();
    let (ok, said) = checked;
    Ok(Json(json!({ "entries": entries, "verified": { "ok": ok, "fr": said.fr, "en": said.en } })))
}

/// A machine's identifier out of an address or a body.
pub(super) fn agent_of(text: &str) -> Result<AgentId, Fault> {
    text.parse().map_err(|_| Fault::invalid("agent"))
}

fn recorded(reply: Reply) -> Result<Json<Value>, Fault> {
    let Reply::Offer(row) = reply else { return Err(CallError::Odd.into()) };
    Ok(Json(json!({ "offer": shape::offer(&row) })))
}

fn session(line: &SessionLine) -> Value {
    let outcome = match line.ended {
        Some(reason) => shape::ended(reason),
        None => {
            let said = Said::of(text::desk::still_running);
            json!({ "code": "RUNNING", "fr": said.fr, "en": said.en })
        }
    };
    json!({
        "session": line.session.to_string(),
        "at": line.at.0,
        "technician": line.technician.as_str(),
        "category": line.category,
        "reference": plain(&line.reference, MAX_TEXT),
        "granted": show::capabilities(line.granted),
        "duration_s": line.duration_s,
        "outcome": outcome,
    })
}
