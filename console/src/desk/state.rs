//! How a session stands, as its viewer hears of it.

use std::time::Instant;

use aval_protocol::text::closing::to_technician;
use aval_protocol::text::console as text;
use aval_protocol::text::prompt::code;
use aval_protocol::wire::session::{Capabilities, ClosingState, Notice};
use serde_json::{Value, json};

use super::seat::{Seat, Shown};
use super::shape;
use crate::calls::show;
use crate::say::Said;

/// The message `state`.
pub(super) fn state(seat: &Seat, shown: &Shown, line: Value, now: Instant) -> Value {
    let phase = shown.phase();
    let over = shown.ended.is_some();
    let left = |until: Instant| until.saturating_duration_since(now).as_secs();
    let notice = |notice: Notice| shape::said(&Said::of(|l| text::notice(l, notice)));
    json!({
        "type": "state",
        "phase": phase,
        "match_code": shown.match_code.map(code),
        "asking_for_s": shown.asking.filter(|_| phase == "asking").map(|(_, until)| left(until)),
        "capabilities": shown.granted.map(|(granted, _)| show::capabilities(left_of(granted, shown))).unwrap_or_default(),
        "remaining_s": shown.granted.filter(|_| !over).map(|(_, until)| left(until)),
        "away_s": shown.away.filter(|_| phase == "away").map(left),
        "paused": shown.paused.map(notice),
        "held": shown.held.map(notice),
        "closing": shown.closing.filter(|_| !over).map(closing),
        "line": if over || phase == "away" { Value::Null } else { line },
        "since": seat.since.0,
        "technician": seat.with.technician,
        "client": seat.with.client,
        "hostname": seat.with.hostname,
        "agent": seat.with.agent.to_string(),
        "ended": shown.ended.map(shape::ended),
        "warnings": seat.with.warnings,
    })
}

/// What a grant still allows at closing time.
fn left_of(granted: Capabilities, shown: &Shown) -> Capabilities {
    match shown.closing {
        Some((ClosingState::Asked | ClosingState::ViewOnly, _)) => granted.and(Capabilities::VIEW),
        _ => granted,
    }
}

/// Where a session stands at closing time.
fn closing((state, at): (ClosingState, u16)) -> Value {
    let mut value = shape::said(&Said::of(|l| to_technician(l, state, at)));
    if let Some(map) = value.as_object_mut() {
        map.insert("code".into(), show::closing(state).into());
        map.insert("at".into(), show::hour(at).into());
    }
    value
}
