//! How a session stands, as its viewer hears of it.

use std::time::Instant;

use aval_protocol::text::closing::to_technician;
use aval_protocol::text::console as text;
use aval_protocol::text::prompt::code;
use aval_protocol::text::{handover, promise, turn};
use aval_protocol::wire::beside::Colleague;
use aval_protocol::wire::session::{Capabilities, ClosingState, Notice};
use aval_protocol::wire::turn::{Hold, More, Turning};
use serde_json::{Value, json};

use super::seat::{Seat, Shown};
use super::shape;
use crate::calls::show;
use crate::say::Said;
use crate::session::secret::Handed;

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
        "paused": shown.stopped.filter(|_| !over).map(|(why, _)| shape::said(&Said::of(|l| turn::held_why(l, why)))).or(shown.paused.map(notice)),
        "paused_s": shown.stopped.filter(|(why, _)| !over && *why != Hold::Idle).map(|(_, until)| left(until)),
        "idle": shown.stopped.is_some_and(|(why, _)| !over && why == Hold::Idle),
        "held": shown.held.map(notice),
        "masked": (phase == "masked").then(|| shape::said(&Said::of(|l| handover::to_technician(l, true)))),
        "return": shown.returning.filter(|_| !over).map(returning),
        "secret": shown.secret.filter(|_| !over).and_then(|(handed, until)| secret(handed, until, now)),
        "wish": shown.more.filter(|_| !over).map(wish),
        "colleague": shown.colleague.filter(|_| !over).map(colleague),
        "turned": shown.turned.filter(|_| !over).map(turned),
        "view_only": seat.hands.state().view_only,
        "may_widen": may_widen(seat, shown),
        "closing": shown.closing.filter(|_| !over).map(closing),
        "line": if over || phase == "away" { Value::Null } else { line },
        "since": seat.since.0,
        "technician": seat.with.technician,
        "client": seat.with.client,
        "hostname": seat.with.hostname,
        "agent": seat.with.agent.to_string(),
        "ended": shown.ended.map(|reason| shape::ended_beside(reason, seat.with.beside.is_some() && shown.granted.is_none())),
        "warnings": seat.with.warnings,
    })
}

/// Whether the person lets the technician come back once.
fn returning(allowed: bool) -> Value {
    let mut value = shape::said(&Said::of(|l| promise::to_technician(l, allowed)));
    if let Some(map) = value.as_object_mut() {
        map.insert("allowed".into(), allowed.into());
    }
    value
}

/// What became of a question for a password. What came is told of for as long as it may be looked at, a refusal for as long.
fn secret(handed: Handed, until: Instant, now: Instant) -> Option<Value> {
    let left = until.saturating_duration_since(now);
    let (state, kind) = match handed {
        Handed::Asked(kind) => ("asked", kind),
        Handed::Given(kind) if !left.is_zero() => ("given", kind),
        Handed::NotGiven(kind) if !left.is_zero() => ("not_given", kind),
        Handed::Given(_) | Handed::NotGiven(_) => return None,
    };
    let said = Said::of(|l| handover::kind_named(l, kind));
    Some(json!({ "state": state, "kind": kind, "fr": said.fr, "en": said.en, "left_s": left.as_secs() }))
}

fn colleague(word: Colleague) -> Value {
    let mut value = shape::said(&Said::of(|l| text::notice(l, Notice::Colleague(word))));
    if let Some(map) = value.as_object_mut() {
        map.insert("asked".into(), matches!(word, Colleague::Asked { .. }).into());
    }
    value
}

fn wish(wish: More) -> Value {
    let mut value = shape::said(&Said::of(|l| turn::more(l, wish)));
    if let Some(map) = value.as_object_mut() {
        map.insert("asked".into(), matches!(wish, More::Asked { .. }).into());
    }
    value
}

fn turned(why: Turning) -> Value {
    let mut value = shape::said(&Said::of(|l| turn::turned(l, why)));
    if let Some(map) = value.as_object_mut() {
        map.insert("code".into(), why.label().into());
    }
    value
}

/// Whether mouse and keyboard can still be asked for in this session: its ticket holds them, and the person did not grant them.
fn may_widen(seat: &Seat, shown: &Shown) -> bool {
    let granted = shown.granted.map(|(granted, _)| left_of(granted, shown)).unwrap_or_default();
    seat.with.asked.holds(Capabilities::CONTROL) && !granted.holds(Capabilities::CONTROL)
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
