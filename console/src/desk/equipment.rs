//! A contract's equipment for the page. The relay judges and keeps; the page names a suggestion by its key and never writes a line's content
//! itself, so that what is proposed is what was read.

use aval_protocol::hex;
use aval_protocol::id::AssetId;
use aval_protocol::text::inventory::{Both, section_title};
use aval_protocol::text::prompt::plain;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::equipment::{Amendment, Entered, EquipmentLine, EquipmentList, ListHash};
use aval_protocol::wire::fleet::{
    ApprovalLine, EquipmentImport, EquipmentPage, EquipmentWrite, FindingAnswer, FindingLine, FleetRow,
    MeansLine, Suggestion, VersionLine,
};
use aval_protocol::wire::inventory::{Day, Grade, Text};
use aval_protocol::wire::session::MAX_TEXT;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::Desk;
use super::contracts::named;
use super::fault::{Body, Fault};
use super::shape::both as said;
use crate::link::CallError;

/// Longest word shown, in characters.
const WORD: usize = 80;

/// Something to write.
#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Write {
    /// The next version, from suggestions by their keys and lines that end.
    Propose { read: Option<String>, from: String, take: Vec<String>, end: Vec<u32> },
    /// An approval: the firm's, or the client's by a signed paper.
    Approve { list: String, sha256: Option<String>, reference: Option<String> },
    /// A version is put to the client's representative, at their PC.
    Ask { list: String },
    /// The answer to a question: `same`, `other`, or the equipment's identifier.
    Answer { finding: u64, answer: String, why: String },
}

/// The equipment as it stands.
pub(super) async fn read(State(desk): Desk, Path(id): Path<String>) -> Result<Json<Value>, Fault> {
    shown(&desk.line.console()?.call(Call::Equipment { contract: named(id)? }).await?)
}

/// A file that is held against the list, and perhaps taken.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    /// Its bytes, in hexadecimal digits.
    file: String,
    read: Option<String>,
    from: Option<String>,
    class: Option<String>,
    notified: Option<String>,
    apply: bool,
}

/// What a file would change, or changed. It goes through this program as it is: whoever may read it chose it.
pub(super) async fn import(
    State(desk): Desk,
    Path(id): Path<String>,
    Body(body): Body<Import>,
) -> Result<Json<Value>, Fault> {
    let day = |text: Option<String>, what| match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => Day::of_iso(&text).map(Some).ok_or_else(|| Fault::invalid(what)),
    };
    let import = EquipmentImport {
        contract: named(id)?,
        read: body.read.as_deref().map(hash).transpose()?,
        file: hex::decode(&body.file).ok_or_else(|| Fault::invalid("file"))?,
        from: day(body.from, "from")?,
        class: body.class.as_deref().and_then(Text::new),
        notified: day(body.notified, "notified")?,
        apply: body.apply,
    };
    match desk.line.console()?.call(Call::ImportEquipment(Box::new(import))).await? {
        Reply::ImportPlan(plan) => Ok(Json(json!({
            "read": plan.read.map(|hash| hash.to_string()),
            "lines": plan.lines.iter().map(|line| json!({
                "at": line.at,
                "fate": line.fate.label(),
                "said": said(&line.said),
            })).collect::<Vec<_>>(),
            "ignored": plan.ignored.iter().map(|name| plain(name, WORD)).collect::<Vec<_>>(),
            "unnamed": plan.unnamed,
            "blocked": plan.blocked.as_ref().map(said),
            "made": plan.made.map(|hash| hash.to_string()),
        }))),
        _ => Err(CallError::Odd.into()),
    }
}

/// One machine as equipment, with what changed of it.
pub(super) async fn of_machine(State(desk): Desk, Path(agent): Path<String>) -> Result<Json<Value>, Fault> {
    let agent = super::machine::agent_of(&agent)?;
    match desk.line.console()?.call(Call::MachineEquipment { agent }).await? {
        Reply::MachineEquipment(found) => Ok(Json(json!({
            "row": machine(&found.row),
            "version": found.line.as_ref().map(|(version, _)| version),
            "line": found.line.as_ref().map(|(_, it)| line(it)),
            "changes": found.changes.iter().map(|change| {
                let title = Both::by(|lang| section_title(lang, change.section));
                json!({
                    "at": change.at.0,
                    "section": title,
                    "said": said(&change.said),
                    "confidence": change.confidence.label(),
                    "effect": change.effect.as_ref().map(said),
                })
            }).collect::<Vec<_>>(),
        }))),
        _ => Err(CallError::Odd.into()),
    }
}

/// What a version changes in what is charged.
pub(super) async fn effect(
    State(desk): Desk,
    Path((id, list)): Path<(String, String)>,
) -> Result<Json<Value>, Fault> {
    let list = hash(&list)?;
    match desk.line.console()?.call(Call::EquipmentEffect { contract: named(id)?, list }).await? {
        Reply::EquipmentEffect(page) => Ok(Json(json!({
            "period": { "from": plain(&page.period.0.0, WORD), "until": plain(&page.period.1.0, WORD) },
            "lines": page.lines.iter().map(|line| json!({
                "no": line.no,
                "now_cents": line.now,
                "later_cents": line.later,
                "explained": said(&line.explained),
            })).collect::<Vec<_>>(),
            "now_cents": page.now,
            "later_cents": page.later,
        }))),
        _ => Err(CallError::Odd.into()),
    }
}

/// Writes: the answer is the equipment as it stands then.
pub(super) async fn write(
    State(desk): Desk,
    Path(id): Path<String>,
    Body(body): Body<Write>,
) -> Result<Json<Value>, Fault> {
    let contract = named(id)?;
    let console = desk.line.console()?;
    let write = match body {
        Write::Propose { read, from, take, end } => {
            let read = read.as_deref().map(hash).transpose()?;
            let from = Day::of_iso(&from).ok_or_else(|| Fault::invalid("from"))?;
            let Reply::Equipment(page) = console.call(Call::Equipment { contract: contract.clone() }).await?
            else {
                return Err(CallError::Odd.into());
            };
            // A suggestion that is no longer made was made of something else: the relay refuses what is not of the newest list.
            let mut changes: Vec<Amendment> = Vec::new();
            for wanted in &take {
                let found = page.suggestions.iter().find(|one| key(&one.change) == *wanted);
                changes.push(found.ok_or_else(|| Fault::invalid("take"))?.change.clone());
            }
            changes.extend(end.into_iter().map(|no| Amendment::End { no, on: from }));
            EquipmentWrite::Propose { contract, read, from, changes }
        }
        Write::Approve { list, sha256, reference } => {
            let paper = match (sha256, reference) {
                (Some(sum), Some(reference)) => Some((hash(&sum)?.0, reference)),
                (None, None) => None,
                _ => return Err(Fault::invalid("reference")),
            };
            EquipmentWrite::Approve { contract, list: hash(&list)?, paper }
        }
        Write::Ask { list } => EquipmentWrite::Ask { contract, list: hash(&list)? },
        Write::Answer { finding, answer, why } => {
            let answer = match answer.as_str() {
                "same" => FindingAnswer::Same,
                "other" => FindingAnswer::Other,
                asset => FindingAnswer::Is(asset.parse::<AssetId>().map_err(|_| Fault::invalid("answer"))?),
            };
            EquipmentWrite::Answer { finding, answer, why }
        }
    };
    shown(&console.call(Call::WriteEquipment(Box::new(write))).await?)
}

/// A version's name, or a paper's SHA-256.
fn hash(text: &str) -> Result<ListHash, Fault> {
    text.parse().map_err(|_| Fault::invalid("hash"))
}

/// Names a suggestion by all that it says.
fn key(change: &Amendment) -> String {
    let said = postcard::to_stdvec(change).unwrap_or_default();
    hex::encode(&digest(&SHA256, &said).as_ref()[..8])
}

fn shown(reply: &Reply) -> Result<Json<Value>, Fault> {
    match reply {
        Reply::Equipment(page) => Ok(Json(page_shape(page))),
        _ => Err(CallError::Odd.into()),
    }
}

fn page_shape(page: &EquipmentPage) -> Value {
    json!({
        "today": plain(&page.today.0, WORD),
        "newest": page.newest.as_ref().map(list),
        "versions": page.versions.iter().map(version).collect::<Vec<_>>(),
        "proposed": page.proposed.iter().map(list).collect::<Vec<_>>(),
        "machines": page.machines.iter().map(machine).collect::<Vec<_>>(),
        "suggestions": page.suggestions.iter().map(suggestion).collect::<Vec<_>>(),
        "findings": page.findings.iter().map(finding).collect::<Vec<_>>(),
        "representative": page.representative.as_ref().map(|(agent, host, person)| json!({
            "agent": agent.to_string(),
            "hostname": plain(host, WORD),
            "person": plain(person, MAX_TEXT),
        })),
        "asks": page.asks.iter().map(|ask| json!({
            "list": ask.list.to_string(),
            "hostname": plain(&ask.hostname, WORD),
            "by": plain(&ask.by, WORD),
            "at": ask.at.0,
            "until": ask.until.0,
            "yes": ask.word.map(|(yes, _)| yes),
            "said_at": ask.word.map(|(_, at)| at.0),
        })).collect::<Vec<_>>(),
    })
}

fn list(list: &EquipmentList) -> Value {
    json!({
        "hash": list.hash().to_string(),
        "version": list.version,
        "from": list.from.to_string(),
        "lines": list.lines.iter().map(line).collect::<Vec<_>>(),
    })
}

fn line(line: &EquipmentLine) -> Value {
    let entered = match line.entered {
        Entered::Agreed => None,
        Entered::Notified(day) | Entered::Seen(day) => Some(day.to_string()),
    };
    json!({
        "no": line.no,
        "kind": line.kind.label(),
        "label": line.label.as_str(),
        "serial": line.serial.raw(),
        "class": line.class.as_str(),
        "from": line.from.to_string(),
        "until": line.until.map(|day| day.to_string()),
        "notified": entered,
    })
}

fn version(line: &VersionLine) -> Value {
    json!({
        "version": line.version,
        "hash": line.hash.to_string(),
        "from": line.from.to_string(),
        "lines": line.lines,
        "standing": line.standing.label(),
        "approvals": line.approvals.iter().map(approval).collect::<Vec<_>>(),
    })
}

fn approval(line: &ApprovalLine) -> Value {
    let (means, by) = match &line.means {
        MeansLine::Paper { reference, .. } => ("paper", plain(reference, MAX_TEXT)),
        MeansLine::Machine { agent } => ("machine", agent.to_string()),
        MeansLine::Manager { person } => ("manager", plain(person, WORD)),
    };
    json!({ "party": line.party.label(), "means": means, "by": by, "at": line.at.0 })
}

fn machine(row: &FleetRow) -> Value {
    json!({
        "agent": row.agent.to_string(),
        "hostname": plain(&row.hostname, WORD),
        "model": row.model.as_ref().map(ToString::to_string),
        "serial": row.serial.as_ref().map(ToString::to_string),
        "grade": row.grade.map(Grade::label),
        "line": row.line,
        "standing": plain(&row.standing, WORD),
        "online": row.online,
        "last_seen": row.last_seen.map(|at| at.0),
        "held": row.held,
    })
}

fn suggestion(one: &Suggestion) -> Value {
    let (kind, label, no) = match &one.change {
        Amendment::Add(new) => ("add", new.says.label.to_string(), None),
        Amendment::End { no, .. } => {
            ("end", one.line.as_ref().map_or(String::new(), |line| line.label.to_string()), Some(*no))
        }
        Amendment::Describe { no, new } => ("describe", new.label.to_string(), Some(*no)),
    };
    json!({
        "key": key(&one.change),
        "kind": kind,
        "label": label,
        "no": no,
        "why": one.why.iter().map(said).collect::<Vec<_>>(),
    })
}

fn finding(one: &FindingLine) -> Value {
    json!({
        "finding": one.finding,
        "agent": one.agent.to_string(),
        "hostname": plain(&one.hostname, WORD),
        "asks": said(&one.asks),
        "rests_on": one.rests_on.iter().map(said).collect::<Vec<_>>(),
        "may_be": one.may_be.iter().map(|(asset, host)| json!({ "asset": asset.to_string(), "hostname": plain(host, WORD) })).collect::<Vec<_>>(),
        "may_be_same": one.may_be_same,
        "at": one.at.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_all_of_its_digits_and_a_key_all_of_its_change() {
        assert!(hash(&"0a".repeat(32)).is_ok_and(|hash| hash.0 == [10; 32]));
        for wrong in ["", "0a", &"0g".repeat(32), &"é".repeat(32), &"0a".repeat(33)] {
            assert!(hash(wrong).is_err(), "{wrong}");
        }
        let day = |text| Day::of_iso(text).unwrap();
        let end = |no, on| key(&Amendment::End { no, on: day(on) });
        assert_eq!(end(1, "2026-03-01"), end(1, "2026-03-01"));
        assert_ne!(end(1, "2026-03-01"), end(2, "2026-03-01"));
        assert_ne!(end(1, "2026-03-01"), end(1, "2026-03-02"));
    }
}
