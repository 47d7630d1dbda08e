//! What the page gets to see, as JSON. Texts of others (host names, clients, sentences of a relay) pass through `plain`: no
//! control character, no direction override, no endless name. They stay texts: the page never makes markup of them.

use aval_protocol::text::console as text;
use aval_protocol::text::prompt::plain;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::record::{
    ContractStanding, CoverageState, Decision, LineFacts, MachineRow, OfferRow,
};
use serde_json::{Value, json};

use crate::calls::show;
use crate::moment;
use crate::say::Said;

/// Longest name, in characters.
pub(super) const NAME: usize = 80;
/// Longest sentence of a relay.
const SENTENCE: usize = 600;

/// A sentence in both languages.
pub(super) fn said(said: &Said) -> Value {
    json!({ "fr": said.fr, "en": said.en })
}

/// A sentence that came in both languages.
pub(super) fn both((fr, en): &(String, String)) -> Value {
    json!({ "fr": plain(fr, SENTENCE), "en": plain(en, SENTENCE) })
}

/// Why a session is over.
pub(super) fn ended(reason: EndReason) -> Value {
    ended_beside(reason, false)
}

/// The same; `beside`: it was asked for while a colleague was in one, and never began.
pub(super) fn ended_beside(reason: EndReason, beside: bool) -> Value {
    let said = Said::of(|l| text::ended_why(l, reason, beside));
    json!({ "code": reason.to_string(), "fr": said.fr, "en": said.en })
}

/// What the gate says.
pub(super) fn decision(decision: &Decision) -> Value {
    json!({
        "permitted": decision.permitted,
        "at": decision.at.0,
        "contract": decision.contract.as_ref().map(|c| c.as_str()),
        "capabilities": show::capabilities(decision.capabilities),
        "reasons": decision.reasons.iter().map(show::reason).collect::<Vec<_>>(),
        "warnings": decision.warnings.iter().map(show::reason).collect::<Vec<_>>(),
        "retry_at": decision.retry_at.map(|at| at.0),
        "offers": decision.offers.iter().map(show::offer).collect::<Vec<_>>(),
        "line": decision.line.as_ref().map(line),
    })
}

fn line(line: &LineFacts) -> Value {
    json!({
        "measured_at": line.measured_at.0,
        "rtt_ms": line.rtt_ms,
        "down_kbit": line.down_kbit,
        "up_kbit": line.up_kbit,
        "loss_permille": line.loss_permille,
    })
}

/// A machine of the list.
pub(super) fn row(row: &MachineRow) -> Value {
    let covered = Said::of(|l| text::desk::coverage(l, row.coverage));
    let clause = match row.coverage {
        CoverageState::NeedsRemediation => "2.1",
        CoverageState::OtherEstablishment => "2.3",
        CoverageState::OffTheList => "2.2",
        CoverageState::Covered | CoverageState::Unknown(_) => "",
    };
    json!({
        "agent": row.agent.to_string(),
        "hostname": plain(&row.facts.hostname, NAME),
        "client": plain(&row.client, NAME),
        "contract": row.contract.as_str(),
        "os": row.facts.os.as_deref().map(|os| plain(os, NAME)),
        "state": if row.approved { "approved" } else { "pending" },
        "online": row.online,
        "last_seen": row.last_seen.map(|at| at.0),
        "contract_state": standing(&row.standing),
        "coverage": { "code": row.coverage.label(), "fr": covered.fr, "en": covered.en, "clause": clause },
    })
}

/// How a contract stands.
pub(super) fn standing(standing: &ContractStanding) -> Value {
    let ContractStanding { state, on } = *standing;
    let said = Said::of(|l| text::desk::contract_state(l, state, on.map(|at| moment::day(l, at)).as_deref()));
    json!({ "code": state.label(), "fr": said.fr, "en": said.en, "until": on.map(|at| at.0) })
}

/// What was proposed to a client.
pub(super) fn offer(row: &OfferRow) -> Value {
    let kind = Said::of(|l| text::desk::offer(l, row.kind));
    let state = Said::of(|l| text::desk::offer_state(l, row.answer));
    json!({
        "offer": row.offer,
        "agent": row.agent.to_string(),
        "session": row.session.map(|session| session.to_string()),
        "kind": row.kind,
        "title": said(&kind),
        "category": row.category,
        "included": row.included,
        "clause": plain(&row.clause, 8),
        "note": plain(&row.note, SENTENCE),
        "at": row.at.0,
        "by": row.by.as_str(),
        "answer": row.answer,
        "answered_at": row.answered_at.map(|at| at.0),
        "answered_by": row.answered_by.as_ref().map(|by| by.as_str()),
        "state": said(&state),
    })
}
