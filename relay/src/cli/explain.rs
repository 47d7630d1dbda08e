//! `explain`: what the gate says, as JSON for programs or in sentences for a person; and of a document instead of the record.

use std::io::{Read as _, Write};
use std::path::Path;

use anyhow::Result;
use aval_protocol::id::UnixSeconds;
use aval_protocol::text::closing::closes;
use aval_protocol::text::relay as text;
use aval_protocol::wire::closing::Closing;
use aval_protocol::wire::record::{Decision, LineFacts, Reason};
use aval_protocol::wire::session::Capabilities;
use serde_json::{Value, json};

use super::{rfc3339, say, trouble};
use crate::document::{Bad, MAX_BYTES};
use crate::facts::{self, Question};
use crate::gate::{self, Verdict};

/// Judges a document as the broker would judge the same facts.
pub(super) fn document(path: &Path, as_json: bool, out: &mut dyn Write) -> Result<()> {
    let bytes = bytes(path)?;
    let Question { request, facts, now } = facts::read(&bytes).map_err(|bad| unfit(path, &bad))?;
    let (decision, recheck) = match gate::decide(&request, &facts, now) {
        Verdict::Permit(permit) => (permit.decision().clone(), Some(permit.recheck_at())),
        Verdict::Refuse(decision) => (*decision, None),
    };
    tell(&decision, recheck, gate::closes(&request, &facts, now), as_json, out)
}

/// A file's bytes, or what standard input says for `-`.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>> {
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut found = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut found)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut found))
    };
    match read {
        Ok(_) => Ok(found),
        Err(error) => {
            Err(trouble(|lang| text::no_document(lang, &path.display().to_string(), &error.to_string())))
        }
    }
}

/// What is wrong with a document, for its author.
pub(super) fn unfit(path: &Path, bad: &Bad) -> anyhow::Error {
    trouble(|lang| text::bad_document(lang, &path.display().to_string(), &bad.at, &bad.why))
}

/// Says a decision, and for a permitted session when it will have to close.
pub(super) fn tell(
    decision: &Decision,
    recheck: Option<UnixSeconds>,
    closing: Option<Closing>,
    as_json: bool,
    out: &mut dyn Write,
) -> Result<()> {
    if as_json {
        return Ok(writeln!(out, "{}", told(decision, recheck, closing))?);
    }
    say(out, |lang| text::verdict(lang, decision.permitted).to_owned())?;
    for reason in decision.reasons.iter().chain(&decision.warnings) {
        let clause = if reason.clause.is_empty() { String::new() } else { format!(" ({})", reason.clause) };
        say(out, |lang| format!("{}{clause} {}", reason.code, lang.pick(&*reason.fr, &*reason.en)))?;
    }
    for offer in &decision.offers {
        say(out, |lang| format!("→ ({}) {}", offer.clause, lang.pick(&*offer.fr, &*offer.en)))?;
    }
    if let Some(closing) = closing.filter(|_| decision.permitted) {
        say(out, |lang| closes(lang, &closing))?;
    }
    Ok(())
}

/// The steps of clause 4.2 for programs, each as a moment.
fn steps(from: UnixSeconds, closing: &Closing) -> Value {
    let at = |after_s: u32| rfc3339(UnixSeconds(from.0.saturating_add(i64::from(after_s))));
    json!({
        "what": closing.what.to_string(),
        "clause": closing.what.clause(),
        "warn_technician_at": at(closing.warn_technician_s),
        "warn_both_at": at(closing.warn_both_s),
        "asks_at": at(closing.ask_s),
        "view_only_at": at(closing.view_only_s),
        "ends_unanswered_at": at(closing.end_s),
        "hard_end_at": at(closing.hard_end_s),
    })
}

/// A decision for programs: docs/explain.md says what each key means.
fn told(decision: &Decision, recheck: Option<UnixSeconds>, closing: Option<Closing>) -> Value {
    let reasons = |all: &[Reason]| {
        let one =
            |r: &Reason| json!({ "code": r.code.to_string(), "clause": r.clause, "fr": r.fr, "en": r.en });
        all.iter().map(one).collect::<Vec<_>>()
    };
    let offers: Vec<_> = decision
        .offers
        .iter()
        .map(
            |o| json!({ "kind": o.kind, "included": o.included, "clause": o.clause, "fr": o.fr, "en": o.en }),
        )
        .collect();
    let held = [(Capabilities::VIEW, "view"), (Capabilities::CONTROL, "control")];
    let capabilities: Vec<_> =
        held.iter().filter(|(one, _)| decision.capabilities.holds(*one)).map(|(_, name)| *name).collect();
    json!({
        "permitted": decision.permitted,
        "at": rfc3339(decision.at),
        "contract": decision.contract.as_ref().map(aval_protocol::id::ContractId::as_str),
        "capabilities": capabilities,
        "reasons": reasons(&decision.reasons),
        "warnings": reasons(&decision.warnings),
        "retry_at": decision.retry_at.map(rfc3339),
        "recheck_at": recheck.map(rfc3339),
        "closing": closing.filter(|_| decision.permitted).map(|closing| steps(decision.at, &closing)),
        "offers": offers,
        "link": decision.line.as_ref().map(line),
    })
}

fn line(line: &LineFacts) -> Value {
    json!({
        "measured_at": rfc3339(line.measured_at),
        "rtt_ms": line.rtt_ms,
        "down_kbit": line.down_kbit,
        "up_kbit": line.up_kbit,
        "loss_permille": line.loss_permille,
        "loss_low_permille": line.loss_low_permille,
    })
}
