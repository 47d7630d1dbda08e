//! Contracts for the page: one with its terms and letters, and what a manager writes into it. The relay judges days, texts and rights.

use aval_protocol::id::ContractId;
use aval_protocol::text::prompt::plain;
use aval_protocol::wire::contract::{
    ContractAct, ContractDetail, ContractWrite, IsoDay, NoticeLine, PartyCode,
};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::session::MAX_TEXT;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::Desk;
use super::fault::{Body, Fault};
use super::manage::contract as line;
use crate::link::CallError;

/// Longest day or clause shown, in characters.
const DAY: usize = 12;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Open {
    contract: String,
    client: String,
    signed_on: String,
    effective_on: Option<String>,
    months: Option<u32>,
    postal: Option<String>,
    onsite: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Letter {
    by: Party,
    sent_on: Option<String>,
    received_on: Option<String>,
    proof: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Party {
    Client,
    Provider,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suspend {
    reason: String,
}

/// One contract.
pub(super) async fn detail(State(desk): Desk, Path(id): Path<String>) -> Result<Json<Value>, Fault> {
    let contract = named(id)?;
    shown(&desk.line.console()?.call(Call::Contract { contract }).await?)
}

/// A new contract: 201.
pub(super) async fn open(desk: Desk, Body(body): Body<Open>) -> Result<(StatusCode, Json<Value>), Fault> {
    let act = ContractAct::Open {
        client: body.client,
        signed_on: IsoDay(body.signed_on),
        effective_on: body.effective_on.map(IsoDay),
        months: body.months,
        postal: body.postal,
        onsite: body.onsite,
    };
    let id = ContractId::new(body.contract).map_err(|_| Fault::invalid("contract"))?;
    Ok((StatusCode::CREATED, write(desk, id, act).await?))
}

/// A registered letter.
pub(super) async fn notice(
    desk: Desk,
    Path(id): Path<String>,
    Body(body): Body<Letter>,
) -> Result<Json<Value>, Fault> {
    let by = match body.by {
        Party::Client => PartyCode::Client,
        Party::Provider => PartyCode::Provider,
    };
    let letter = NoticeLine {
        by,
        sent_on: body.sent_on.map(IsoDay),
        received_on: body.received_on.map(IsoDay),
        proof: body.proof,
    };
    write(desk, named(id)?, ContractAct::Notice(letter)).await
}

/// No new session until it is resumed.
pub(super) async fn suspend(
    desk: Desk,
    Path(id): Path<String>,
    Body(body): Body<Suspend>,
) -> Result<Json<Value>, Fault> {
    write(desk, named(id)?, ContractAct::Suspend { reason: body.reason }).await
}

/// The suspension is over.
pub(super) async fn resume(desk: Desk, Path(id): Path<String>) -> Result<Json<Value>, Fault> {
    write(desk, named(id)?, ContractAct::Resume).await
}

async fn write(State(desk): Desk, contract: ContractId, act: ContractAct) -> Result<Json<Value>, Fault> {
    let write = Call::WriteContract(Box::new(ContractWrite { contract, act }));
    shown(&desk.line.console()?.call(write).await?)
}

/// A contract by the reference in the path.
pub(super) fn named(id: String) -> Result<ContractId, Fault> {
    ContractId::new(id).map_err(|_| Fault::nothing())
}

fn shown(reply: &Reply) -> Result<Json<Value>, Fault> {
    match reply {
        Reply::Contract(detail) => Ok(Json(shape_of(detail))),
        _ => Err(CallError::Odd.into()),
    }
}

fn shape_of(detail: &ContractDetail) -> Value {
    let note = |text: &str| plain(text, MAX_TEXT);
    let day = |day: &IsoDay| plain(&day.0, DAY);
    let maybe = |it: &Option<IsoDay>| it.as_ref().map(day);
    let notices = detail.notices.iter().map(|notice| {
        json!({
            "by": notice.by.label(),
            "sent_on": maybe(&notice.sent_on),
            "received_on": maybe(&notice.received_on),
            "proof": note(&notice.proof),
        })
    });
    let terms = detail
        .terms
        .iter()
        .map(|term| json!({ "number": term.number, "from": day(&term.from), "until": day(&term.until) }));
    let ends = detail
        .ends
        .as_ref()
        .map(|end| json!({ "on": day(&end.on), "clause": plain(&end.clause, DAY), "edge": end.edge }));
    let suspension = detail
        .suspension
        .as_ref()
        .map(|it| json!({ "by": note(&it.by), "reason": note(&it.reason), "at": it.at.0 }));
    json!({
        "line": line(&detail.line),
        "signed_on": day(&detail.signed_on),
        "effective_on": day(&detail.effective_on),
        "months": detail.months,
        "postal": detail.postal.as_deref().map(note),
        "onsite": detail.onsite,
        "notices": notices.collect::<Vec<_>>(),
        "ends": ends,
        "terms": terms.collect::<Vec<_>>(),
        "next_echeance": maybe(&detail.next_echeance),
        "last_day_for_notice": maybe(&detail.last_day_for_notice),
        "suspension": suspension,
        "today": day(&detail.today),
    })
}
