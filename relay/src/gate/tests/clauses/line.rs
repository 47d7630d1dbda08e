//! Clause 4.4: broadband measured, weak, insufficient, stale or not there.

use super::*;

#[test]
fn clause_4_4_an_insufficient_line_is_refused_by_measurement() {
    let now = wednesday();
    let slow = LineFacts { down_kbit: 300, up_kbit: 300, ..fibre(now) };
    let facts = Facts { line: Some(slow), ..facts(now) };
    let decision = refusal(&request(), &facts, now);
    assert_eq!(codes(&decision.reasons), [RefusalCode::LinkInsufficient]);
    assert_eq!((decision.reasons[0].clause.as_str(), decision.line), ("4.4", Some(slow)));
    assert_eq!(decision.retry_at, None, "time alone mends no line");
}

#[test]
fn clause_4_4_a_weak_line_is_permitted_with_a_warning() {
    let now = wednesday();
    let facts = Facts { line: Some(LineFacts { up_kbit: 400, ..fibre(now) }), ..facts(now) };
    let permit = permit(&request(), &facts, now);
    assert_eq!(codes(permit.warnings()), [RefusalCode::LinkDegraded]);
}

#[test]
fn clause_4_4_without_a_fresh_measurement_nobody_passes() {
    let now = wednesday();
    let stale = |age| Some(fibre(UnixSeconds(now.0 - age)));
    for line in [None, stale(301), stale(-1)] {
        let facts = Facts { line, ..facts(now) };
        assert_eq!(only(&request(), &facts, now), by(RefusalCode::LinkUnmeasured, "4.4"), "{line:?}");
    }
    permit(&request(), &Facts { line: stale(300), ..facts(now) }, now);
}

#[test]
fn clause_4_4_a_machine_that_is_not_connected_is_said_to_be_so_once() {
    let now = wednesday();
    let facts = Facts { presence: Presence::Offline, line: None, ..facts(now) };
    assert_eq!(only(&request(), &facts, now), by(RefusalCode::AgentOffline, "4.4"));
}
