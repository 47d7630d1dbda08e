//! A contract's papers and proposed lines for the page. The relay judges kinds, days, texts and rights; bodies pass as flat JSON.

use aval_protocol::text::prompt::plain;
use aval_protocol::wire::contract::IsoDay;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::papers::{LinesPage, MoneyLine, PaperDraft, PaperLine, PaperPage, PapersWrite};
use aval_protocol::wire::session::MAX_TEXT;
use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::api::Desk;
use super::contracts::named;
use super::fault::{Body, Fault};
use super::machine::agent_of;
use super::shape;
use crate::link::CallError;

/// Longest word, key or clause shown, in characters.
const WORD: usize = 64;

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Contract,
    Work,
    Money,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Write {
    sort: Sort,
    version: u32,
    #[serde(default)]
    papers: Vec<Draft>,
    #[serde(default)]
    table: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    kind: String,
    machine: Option<String>,
    body: Option<Map<String, Value>>,
    corrects: Option<u64>,
    #[serde(default)]
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    from: String,
    to: String,
}

/// Papers without amounts, and offers.
pub(super) async fn papers(State(desk): Desk, Path(id): Path<String>) -> Result<Json<Value>, Fault> {
    shown(&desk.line.console()?.call(Call::Papers { contract: named(id)? }).await?)
}

/// Papers with amounts.
pub(super) async fn money(State(desk): Desk, Path(id): Path<String>) -> Result<Json<Value>, Fault> {
    shown(&desk.line.console()?.call(Call::Money { contract: named(id)? }).await?)
}

/// Writes papers down: all of them, or none.
pub(super) async fn write(
    State(desk): Desk,
    Path(id): Path<String>,
    Body(body): Body<Write>,
) -> Result<Json<Value>, Fault> {
    let draft = |it: Draft| -> Result<PaperDraft, Fault> {
        Ok(PaperDraft {
            kind: it.kind,
            agent: it.machine.as_deref().map(agent_of).transpose()?,
            body: it.body.map(|body| Value::Object(body).to_string()),
            corrects: it.corrects.map(|number| (number, it.why)),
        })
    };
    let write = Box::new(PapersWrite {
        contract: named(id)?,
        version: body.version,
        papers: body.papers.into_iter().map(draft).collect::<Result<_, Fault>>()?,
        table: body.table,
    });
    let call = match body.sort {
        Sort::Contract => Call::WritePapers(write),
        Sort::Work => Call::WriteWork(write),
        Sort::Money => Call::WriteMoney(write),
    };
    shown(&desk.line.console()?.call(call).await?)
}

/// Proposed lines of some days.
pub(super) async fn lines(
    State(desk): Desk,
    Path(id): Path<String>,
    Query(days): Query<Days>,
) -> Result<Json<Value>, Fault> {
    let (from, to) = (IsoDay(days.from), IsoDay(days.to));
    match desk.line.console()?.call(Call::Lines { contract: named(id)?, from, to }).await? {
        Reply::Lines(page) => Ok(Json(lines_shape(&page))),
        _ => Err(CallError::Odd.into()),
    }
}

fn shown(reply: &Reply) -> Result<Json<Value>, Fault> {
    match reply {
        Reply::Papers(page) => Ok(Json(page_shape(page))),
        _ => Err(CallError::Odd.into()),
    }
}

fn page_shape(page: &PaperPage) -> Value {
    let day = |day: &IsoDay| plain(&day.0, WORD);
    let told = page.renewal_notice.as_ref();
    json!({
        "version": page.version,
        "rows": page.rows.iter().map(row).collect::<Vec<_>>(),
        "offers": page.offers.iter().map(shape::offer).collect::<Vec<_>>(),
        "renewal_notice": told.map(|(first, last)| json!({ "first_day": day(first), "last_day": day(last) })),
        "untold": page.untold,
    })
}

fn row(line: &PaperLine) -> Value {
    json!({
        "number": line.number,
        "kind": plain(&line.kind, WORD),
        "clause": plain(&line.clause, WORD),
        "machine": line.agent.map(|agent| agent.to_string()),
        "body": line.body.as_deref().map(flat),
        "corrects": line.corrects,
        "why": plain(&line.why, MAX_TEXT),
        "by": plain(&line.by, WORD),
        "at": line.at.0,
        "stands": line.stands,
    })
}

/// What a body says: texts, whole numbers, yes and no. Whatever else a relay sends is not shown.
fn flat(body: &str) -> Value {
    let Ok(found) = serde_json::from_str::<Map<String, Value>>(body) else { return json!({}) };
    let one = |(key, value): (String, Value)| {
        let value = match value {
            Value::String(text) => json!(plain(&text, MAX_TEXT)),
            Value::Number(number) if number.is_i64() || number.is_u64() => Value::Number(number),
            Value::Bool(flag) => json!(flag),
            _ => return None,
        };
        Some((plain(&key, WORD), value))
    };
    Value::Object(found.into_iter().filter_map(one).collect())
}

fn lines_shape(page: &LinesPage) -> Value {
    let day = |day: &IsoDay| plain(&day.0, WORD);
    let lines = |all: &[MoneyLine]| all.iter().map(line).collect::<Vec<_>>();
    let invoices = page.invoices.iter().map(|invoice| {
        json!({
            "from": day(&invoice.from),
            "until": day(&invoice.until),
            "lines": lines(&invoice.lines),
            "total_cents": invoice.total,
            "payment": said(&invoice.payment),
        })
    });
    json!({
        "from": day(&page.from),
        "to": day(&page.to),
        "invoices": invoices.collect::<Vec<_>>(),
        "waiting": lines(&page.waiting),
        "rejected": lines(&page.rejected),
        "csv": page.csv,
    })
}

fn line(line: &MoneyLine) -> Value {
    json!({
        "kind": plain(&line.kind, WORD),
        "label": plain(&line.label, MAX_TEXT),
        "clause": plain(&line.clause, WORD),
        "cents": line.cents,
        "explained": said(&line.explained),
    })
}

fn said(all: &[(String, String)]) -> Vec<Value> {
    all.iter().map(shape::both).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_flat_text_and_nothing_else_of_it_is_shown() {
        let shown =
            flat("{\"site\":\"Si\\u202ege\",\"n\":3,\"main\":true,\"x\":{\"y\":1},\"z\":[1],\"f\":1.5}");
        assert_eq!(shown["n"], 3);
        assert_eq!(shown["main"], true);
        assert!(!shown["site"].as_str().unwrap().contains('\u{202e}'));
        assert!(shown.get("x").is_none() && shown.get("z").is_none() && shown.get("f").is_none());
        assert_eq!(flat("[]"), json!({}));
    }
}
