//! What the page gets to see, as JSON. Texts of others (host names, clients, sentences of a relay) pass through `plain`: no
//! control character, no direction override, no endless name. They stay texts: the page never makes markup of them.

use aval_protocol::text::console as text;
use aval_protocol::text::prompt::plain;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::record::{Decision, LineFacts, OfferLine, Reason};
use serde_json::{Value, json};

use crate::calls::show;
use crate::say::Said;

/// Longest name, in characters.
pub(super) const NAME: usize = 80;
/// Longest sentence of a relay.
const SENTENCE: usize = 600;

/// A sentence in both languages.
pub(super) fn said(said: &Said) -> Value {
    json!({ "fr": said.fr, "en": said.en })
}

/// Why a session is over.
pub(super) fn ended(reason: EndReason) -> Value {
    let said = Said::of(|l| text::end_reason(l, reason));
    json!({ "code": reason.to_string(), "fr": said.fr, "en": said.en })
}

/// What the gate says.
pub(super) fn decision(decision: &Decision) -> Value {
    json!({
        "permitted": decision.permitted,
        "at": decision.at.0,
        "contract": decision.contract.as_ref().map(|c| c.as_str()),
        "capabilities": show::capabilities(decision.capabilities),
        "reasons": decision.reasons.iter().map(reason).collect::<Vec<_>>(),
        "warnings": decision.warnings.iter().map(reason).collect::<Vec<_>>(),
        "retry_at": decision.retry_at.map(|at| at.0),
        "offers": decision.offers.iter().map(offer_line).collect::<Vec<_>>(),
        "line": decision.line.as_ref().map(line),
    })
}

/// One reason, or warning.
pub(super) fn reason(reason: &Reason) -> Value {
    json!({
        "code": reason.code.to_string(),
        "clause": reason.clause,
        "fr": plain(&reason.fr, SENTENCE),
        "en": plain(&reason.en, SENTENCE),
    })
}

fn offer_line(offer: &OfferLine) -> Value {
    json!({
        "kind": offer.kind,
        "included": offer.included,
        "clause": offer.clause,
        "fr": plain(&offer.fr, SENTENCE),
        "en": plain(&offer.en, SENTENCE),
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
