//! The managers' page: machines to approve, contracts and their codes, exceptions, people and their locks. The relay judges who may.

use aval_protocol::id::{ContractId, PersonId, UnixSeconds};
use aval_protocol::text::console as text;
use aval_protocol::text::prompt::plain;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::record::{ContractLine, Exception, PersonLine};
use aval_protocol::wire::session::MAX_TEXT;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::Desk;
use super::fault::{Body, Fault};
use super::machine::agent_of;
use super::shape;
use crate::calls::{self, show};
use crate::link::CallError;
use crate::say::Said;

/// Contracts at most: what a relay claims beyond is not shown.
const MOST: usize = 50_000;
/// Longest exception, in minutes.
const EXCEPTION: u32 = 720;
/// Longest life of a code, in minutes.
const CODE: u32 = 10_080;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approve {
    agent: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    contract: String,
    minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Except {
    agent: String,
    reason: String,
    minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandOver {
    agent: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lock {
    person: String,
    locked: bool,
    reason: String,
}

/// Signs that a machine's key is the client's.
pub(super) async fn approve(State(desk): Desk, Body(body): Body<Approve>) -> Result<Json<Value>, Fault> {
    let agent = agent_of(&body.agent)?;
    let console = desk.line.console()?;
    // From the relay now, not from the list: what is signed is what is there.
    let Reply::Machine(detail) = console.call(Call::Machine { agent }).await? else {
        return Err(CallError::Odd.into());
    };
    let key = calls::approve_row(&console, &detail.row).await.map_err(Fault::failed)?;
    Ok(Json(json!({ "agent": agent.to_string(), "key_fingerprint": show::fingerprint(key) })))
}

/// The contracts.
pub(super) async fn contracts(State(desk): Desk) -> Result<Json<Value>, Fault> {
    let console = desk.line.console()?;
    let mut rows: Vec<ContractLine> = Vec::new();
    loop {
        let after = rows.last().map(|row| row.contract.clone());
        let Reply::Contracts(page) = console.call(Call::Contracts { after: after.clone() }).await? else {
            return Err(CallError::Odd.into());
        };
        let back = page.rows.iter().any(|row| after.as_ref().is_some_and(|after| row.contract <= *after));
        if back || (page.more && page.rows.is_empty()) || rows.len() > MOST {
            return Err(CallError::Odd.into());
        }
        rows.extend(page.rows);
        if !page.more {
            break;
        }
    }
    let rows: Vec<Value> = rows.iter().map(contract).collect();
    Ok(Json(json!({ "rows": rows })))
}

/// A single-use code.
pub(super) async fn code(State(desk): Desk, Body(body): Body<Code>) -> Result<Json<Value>, Fault> {
    let contract = ContractId::new(body.contract).map_err(|_| Fault::invalid("contract"))?;
    if !(1..=CODE).contains(&body.minutes) {
        return Err(Fault::invalid("minutes"));
    }
    let call = Call::IssueCode { contract, valid_minutes: body.minutes };
    let Reply::Code(issued) = desk.line.console()?.call(call).await? else {
        return Err(CallError::Odd.into());
    };
    Ok(Json(json!({ "code": issued.code, "expires_at": issued.expires_at.0, "link": issued.link })))
}

/// Sessions may start outside support hours for a while.
pub(super) async fn except(State(desk): Desk, Body(body): Body<Except>) -> Result<Json<Value>, Fault> {
    let agent = agent_of(&body.agent)?;
    let reason = reason(body.reason)?;
    if !(1..=EXCEPTION).contains(&body.minutes) {
        return Err(Fault::invalid("minutes"));
    }
    let console = desk.line.console()?;
    let from = console.relay_now();
    let until = UnixSeconds(from.0.saturating_add(i64::from(body.minutes) * 60));
    done(&console.call(Call::GrantException(Exception { agent, reason, from, until })).await?)?;
    Ok(Json(json!({ "until": until.0 })))
}

/// The people of the firm.
pub(super) async fn people(State(desk): Desk) -> Result<Json<Value>, Fault> {
    let Reply::People(people) = desk.line.console()?.call(Call::People).await? else {
        return Err(CallError::Odd.into());
    };
    Ok(Json(json!({ "rows": people.iter().map(person).collect::<Vec<_>>() })))
}

/// Lets a colleague ask for the machine of one's own session.
pub(super) async fn hand_over(State(desk): Desk, Body(body): Body<HandOver>) -> Result<Json<Value>, Fault> {
    let agent = agent_of(&body.agent)?;
    let to = PersonId::new(body.to).map_err(|_| Fault::invalid("to"))?;
    let said = shape::said(&Said::of(|l| text::handed_over(l, to.as_str())));
    done(&desk.line.console()?.call(Call::HandOver { agent, to }).await?)?;
    Ok(Json(said))
}

/// Locks or unlocks; running sessions are cut.
pub(super) async fn lock(State(desk): Desk, Body(body): Body<Lock>) -> Result<Json<Value>, Fault> {
    let technician = PersonId::new(body.person).map_err(|_| Fault::invalid("person"))?;
    let reason = reason(body.reason)?;
    let call = Call::Lock { technician: technician.clone(), locked: body.locked, reason };
    done(&desk.line.console()?.call(call).await?)?;
    Ok(Json(json!({ "person": technician.as_str(), "locked": body.locked })))
}

fn reason(text: String) -> Result<String, Fault> {
    let length = text.trim().chars().count();
    if (1..=MAX_TEXT).contains(&length) { Ok(text) } else { Err(Fault::invalid("reason")) }
}

fn done(reply: &Reply) -> Result<(), Fault> {
    match reply {
        Reply::Done => Ok(()),
        _ => Err(CallError::Odd.into()),
    }
}

/// A contract in a list.
pub(super) fn contract(line: &ContractLine) -> Value {
    json!({
        "contract": line.contract.as_str(),
        "client": plain(&line.client, shape::NAME),
        "contract_state": shape::standing(&line.standing),
        "machines": line.machines,
    })
}

fn person(line: &PersonLine) -> Value {
    json!({
        "person": line.person.as_str(),
        "name": plain(&line.name, shape::NAME),
        "roles": line.roles.iter().map(|role| plain(role, shape::NAME)).collect::<Vec<_>>(),
        "locked": line.locked,
        "online": line.online,
        "last_seen": line.last_seen.map(|at| at.0),
    })
}
