//! How a session stands, as its viewer hears of it.

use std::time::Instant;

use aval_protocol::text::console as text;
use aval_protocol::text::prompt::code;
use aval_protocol::wire::session::Notice;
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
        "capabilities": shown.granted.map(|(granted, _)| show::capabilities(granted)).unwrap_or_default(),
        "remaining_s": shown.granted.filter(|_| !over).map(|(_, until)| left(until)),
        "paused": shown.paused.map(notice),
        "held": shown.held.map(notice),
        "line": if over { Value::Null } else { line },
        "since": seat.since.0,
        "technician": seat.with.technician,
        "client": seat.with.client,
        "hostname": seat.with.hostname,
        "agent": seat.with.agent.to_string(),
        "ended": shown.ended.map(shape::ended),
        "warnings": seat.with.warnings,
    })
}
