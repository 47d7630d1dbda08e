//! Machines and decisions on a terminal, or as JSON lines. What others chose (host names, sentences of a relay) is shown as plain
//! text: no escape sequence reaches the terminal.

use std::io;

use aval_protocol::id::KeyId;
use aval_protocol::text::Lang;
use aval_protocol::text::console as text;
use aval_protocol::text::prompt::plain;
use aval_protocol::wire::beside::{Colleague, Way};
use aval_protocol::wire::record::{Decision, LineFacts, MachineRow, OfferLine, Reason};
use aval_protocol::wire::session::{Capabilities, ClosingState};
use serde_json::{Value, json};

use crate::moment;
use crate::say::{Mouth, Said};

/// Longest sentence of a relay that is shown, in characters.
const MAX: usize = 600;

/// Where a session stands at closing time, in one word.
pub(crate) const fn closing(state: ClosingState) -> &'static str {
    match state {
        ClosingState::Soon => "soon",
        ClosingState::Asked => "asked",
        ClosingState::Extended => "extended",
        ClosingState::ViewOnly => "view_only",
    }
}

/// What becomes of a colleague's question, for programs.
pub(crate) fn colleague(word: Colleague) -> Value {
    let way = |way| match way {
        Way::Follows => "follows",
        Way::Joins => "joins",
    };
    match word {
        Colleague::Asked { way: what, for_s } => {
            json!({ "what": "colleague", "state": "asked", "way": way(what), "for_s": for_s })
        }
        Colleague::Not { way: what, reason } => {
            json!({ "what": "colleague", "state": "not", "way": way(what), "reason": reason.to_string() })
        }
        Colleague::Joined => json!({ "what": "colleague", "state": "joined" }),
        Colleague::Left => json!({ "what": "colleague", "state": "left" }),
    }
}

/// A minute after midnight in Paris, for programs: `18:05`.
pub(crate) fn hour(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

/// A key's name in groups of four, for two people to compare.
pub(crate) fn fingerprint(key: KeyId) -> String {
    let hex = key.to_string();
    let groups: Vec<&str> = (0..hex.len()).step_by(4).filter_map(|i| hex.get(i..i + 4)).collect();
    groups.join(" ")
}

/// The list.
pub(super) fn machines(rows: &[MachineRow], mouth: &mut Mouth<'_>) -> io::Result<()> {
    if rows.is_empty() && !mouth.json {
        return mouth.say("machines", &Said::of(text::no_machines));
    }
    for row in rows {
        let host = plain(&row.facts.hostname, 40);
        if mouth.json {
            mouth.event(&json!({
                "agent": row.agent.to_string(),
                "hostname": host,
                "client": plain(&row.client, 80),
                "contract": row.contract.as_str(),
                "os": row.facts.os.as_deref().map(|os| plain(os, 80)),
                "key": KeyId::of_spki(&row.spki).to_string(),
                "approved": row.approved,
                "online": row.online,
                "last_seen": row.last_seen.map(moment::rfc3339),
            }))?;
            continue;
        }
        let state = Said::of(|l| {
            text::machine_state(l, row, row.last_seen.map(|at| moment::shown(l, at)).as_deref())
        });
        let client = plain(&row.client, 40);
        writeln!(
            mouth.out,
            "{host}  {}  {client}  {}  {} / {}",
            row.agent, row.contract, state.fr, state.en
        )?;
    }
    Ok(())
}

/// What the gate says: every reason with its clause, when to try again, what to propose.
pub(crate) fn decision(event: &str, decision: &Decision, mouth: &mut Mouth<'_>) -> io::Result<()> {
    if mouth.json {
        return mouth.event(&as_json(event, decision));
    }
    let heading = if decision.permitted { Said::of(text::would_permit) } else { Said::of(text::refused) };
    mouth.say(event, &heading)?;
    for reason in decision.reasons.iter().chain(&decision.warnings) {
        mouth.say(event, &reason_said(reason))?;
    }
    if let Some(at) = decision.retry_at {
        mouth.say(event, &Said::of(|l| text::retry_at(l, &moment::shown(l, at))))?;
    }
    if !decision.offers.is_empty() {
        mouth.say(event, &Said::of(text::offers))?;
    }
    for offer in &decision.offers {
        let line = |l, sentence: &str| {
            let sentence = plain(sentence, MAX);
            format!(
                "{sentence} ({}, {})",
                text::offer_included(l, offer.included),
                text::clause(l, &offer.clause)
            )
        };
        let said = Said { fr: format!("• {}", line(Lang::Fr, &offer.fr)), en: line(Lang::En, &offer.en) };
        mouth.say(event, &said)?;
    }
    Ok(())
}

/// The names of capabilities.
pub(crate) fn capabilities(set: Capabilities) -> Vec<&'static str> {
    let named = [(Capabilities::VIEW, "view"), (Capabilities::CONTROL, "control")];
    named.into_iter().filter(|(one, _)| set.holds(*one)).map(|(_, name)| name).collect()
}

fn as_json(event: &str, decision: &Decision) -> Value {
    json!({
        "event": event,
        "permitted": decision.permitted,
        "at": moment::rfc3339(decision.at),
        "contract": decision.contract.as_ref().map(|c| c.as_str()),
        "capabilities": capabilities(decision.capabilities),
        "reasons": decision.reasons.iter().map(reason).collect::<Vec<_>>(),
        "warnings": decision.warnings.iter().map(reason).collect::<Vec<_>>(),
        "retry_at": decision.retry_at.map(moment::rfc3339),
        "offers": decision.offers.iter().map(offer).collect::<Vec<_>>(),
        "line": decision.line.as_ref().map(line),
    })
}

/// A reason in a sentence, with its clause and code.
pub(crate) fn reason_said(reason: &Reason) -> Said {
    let clause = |l| match reason.clause.as_str() {
        "" => String::new(),
        clause => format!(" ({})", text::clause(l, clause)),
    };
    Said {
        fr: format!("• {}{} [{}]", plain(&reason.fr, MAX), clause(Lang::Fr), reason.code),
        en: format!("{}{}", plain(&reason.en, MAX), clause(Lang::En)),
    }
}

/// A reason as JSON.
pub(crate) fn reason(reason: &Reason) -> Value {
    json!({
        "code": reason.code.to_string(),
        "clause": reason.clause,
        "fr": plain(&reason.fr, MAX),
        "en": plain(&reason.en, MAX),
    })
}

/// Something else that helps, as JSON.
pub(crate) fn offer(offer: &OfferLine) -> Value {
    json!({
        "kind": offer.kind,
        "included": offer.included,
        "clause": offer.clause,
        "fr": plain(&offer.fr, MAX),
        "en": plain(&offer.en, MAX),
    })
}

/// A measurement.
pub(crate) fn line(line: &LineFacts) -> Value {
    json!({
        "measured_at": moment::rfc3339(line.measured_at),
        "rtt_ms": line.rtt_ms,
        "down_kbit": line.down_kbit,
        "up_kbit": line.up_kbit,
        "loss_permille": line.loss_permille,
        "loss_low_permille": line.loss_low_permille,
    })
}

#[cfg(test)]
mod tests;
