//! One test by clause: what it forbids, and an honest twin that passes.

mod closing;
mod line;
mod openings;
mod papers;
mod terms;

use super::*;
use crate::gate::term::NoticeDays;
use crate::records::{Author, Notice, Party, Suspension};

fn by(code: RefusalCode, clause: &str) -> (RefusalCode, String) {
    (code, clause.to_owned())
}

fn notice(sent: &str) -> Notice {
    let days = NoticeDays::new(Some(day(sent)), None).unwrap();
    Notice { by: Party::Client, days, proof: "RK 12 345 678 9 FR".into() }
}

#[test]
fn an_honest_request_in_hours_is_permitted() {
    let now = wednesday();
    let permit = permit(&request(), &facts(now), now);
    assert_eq!((permit.agent(), permit.technician().as_str()), (AGENT, "sophie.martin"));
    assert_eq!((permit.contract().as_str(), permit.asked()), ("C-2026-014", &asked()));
    assert_eq!((permit.capabilities(), permit.line()), (asked().capabilities, fibre(now)));
    assert_eq!(permit.warnings(), []);
    assert_eq!(permit.recheck_at(), at("2026-11-18T18:00:00"));
    let decision = permit.decision();
    assert!(decision.permitted && decision.reasons.is_empty() && decision.offers.is_empty());
    assert_eq!((decision.at, decision.retry_at, decision.line), (now, None, Some(fibre(now))));
}

#[test]
fn clause_1_1_no_contract_no_session() {
    let now = wednesday();
    let without = with_record(now, |record| record.contract = None);
    assert_eq!(only(&request(), &without, now), by(RefusalCode::NoContract, "1.1"));
}

#[test]
fn clause_2_1_a_machine_to_be_mended_first_is_not_covered() {
    let now = wednesday();
    let broken = with_record(now, |record| record.coverage = Coverage::NeedsRemediation);
    assert_eq!(only(&request(), &broken, now), by(RefusalCode::DeviceNotCovered, "2.1"));
}

#[test]
fn clause_2_2_a_machine_that_has_left_the_approved_list_is_not_covered() {
    let now = wednesday();
    let off = with_record(now, |record| record.coverage = Coverage::OffTheList);
    assert_eq!(only(&request(), &off, now), by(RefusalCode::DeviceNotCovered, "2.2"));
}

#[test]
fn a_key_on_other_hardware_is_held_until_a_manager_has_looked() {
    let now = wednesday();
    let held = with_record(now, |record| record.quarantined = true);
    assert_eq!(only(&request(), &held, now), by(RefusalCode::AgentQuarantined, ""));
}

#[test]
fn clause_2_3_a_machine_of_another_establishment_is_out_of_scope() {
    let now = wednesday();
    let elsewhere = with_record(now, |record| record.coverage = Coverage::OtherEstablishment);
    assert_eq!(only(&request(), &elsewhere, now), by(RefusalCode::DeviceOutOfScope, "2.3"));
}

#[test]
fn clause_2_6_only_assistance_and_maintenance_are_in_the_contract() {
    let now = wednesday();
    for &category in WorkCategory::ALL.iter().chain(&[WorkCategory::Unknown(99)]) {
        let request = ask(SessionRequest { category, ..asked() });
        match category {
            WorkCategory::Assistance | WorkCategory::Maintenance => {
                permit(&request, &facts(now), now);
            }
            // Only sees.
            WorkCategory::PreContractAudit => {
                let refused = only(&request, &facts(now), now);
                assert_eq!(refused, by(RefusalCode::ExcludedOperation, "2.1"));
            }
            _ => {
                let refused = only(&request, &facts(now), now);
                assert_eq!(refused, by(RefusalCode::ExcludedOperation, "2.6"), "{category}");
            }
        }
    }
}

#[test]
fn clause_9_4_somebody_at_the_client_must_have_asked() {
    let now = wednesday();
    for reference in ["", "   ", "\t\u{a0}"] {
        let request = ask(SessionRequest { reference: reference.into(), ..asked() });
        assert_eq!(
            only(&request, &facts(now), now),
            by(RefusalCode::NoClientRequest, "9.4"),
            "{reference:?}"
        );
    }
}

#[test]
fn clause_12_2_one_viewer_at_a_time() {
    let now = wednesday();
    let facts = Facts { presence: Presence::Busy, ..facts(now) };
    assert_eq!(only(&request(), &facts, now), by(RefusalCode::AgentBusy, "12.2"));
}

#[test]
fn who_asks_must_be_certified_and_not_locked() {
    let now = wednesday();
    let stranger = Facts { technician_certified: false, ..facts(now) };
    assert_eq!(only(&request(), &stranger, now), by(RefusalCode::TechnicianUnauthorised, ""));
    let locked = with_record(now, |record| record.technician_locked = true);
    assert_eq!(only(&request(), &locked, now), by(RefusalCode::TechnicianLocked, ""));
}

#[test]
fn only_an_approved_machine_is_asked() {
    let now = wednesday();
    for (standing, code) in [
        (AgentStanding::Unknown, RefusalCode::AgentUnknown),
        (AgentStanding::Pending, RefusalCode::AgentPending),
        (AgentStanding::Revoked, RefusalCode::AgentRevoked),
        (AgentStanding::Left, RefusalCode::AgentRevoked),
    ] {
        let facts = with_record(now, |record| record.agent = standing);
        assert_eq!(only(&request(), &facts, now), by(code, ""));
    }
}

#[test]
fn what_is_not_known_is_not_permitted() {
    let now = wednesday();
    let unreadable = Facts { record: None, ..facts(now) };
    assert_eq!(only(&request(), &unreadable, now), by(RefusalCode::EntitlementUnavailable, ""));
    let timeless = Facts { clock_trusted: false, ..facts(now) };
    assert_eq!(only(&request(), &timeless, now), by(RefusalCode::ClockUntrusted, ""));
}

#[test]
fn rights_that_this_relay_does_not_know_are_refused_whole() {
    let now = wednesday();
    for capabilities in [
        Capabilities::none(),
        Capabilities::CONTROL,
        Capabilities::from_bits(5),
        Capabilities::from_bits(0x8003),
    ] {
        let request = ask(SessionRequest { capabilities, ..asked() });
        assert_eq!(
            only(&request, &facts(now), now),
            by(RefusalCode::UnknownCapability, ""),
            "{capabilities:?}"
        );
    }
    permit(&ask(SessionRequest { capabilities: Capabilities::VIEW, ..asked() }), &facts(now), now);
}

#[test]
fn nobody_is_worn_down_by_requests() {
    let now = wednesday();
    let until = UnixSeconds(now.0 + 90);
    let throttled = Facts { throttled_until: Some(until), ..facts(now) };
    let decision = refusal(&request(), &throttled, now);
    assert_eq!(codes(&decision.reasons), [RefusalCode::TooManyRequests]);
    assert_eq!(decision.retry_at, Some(until));
    permit(&request(), &throttled, until);
}

#[test]
fn what_is_of_the_moment_does_not_change_an_explanation() {
    let (now, saturday) = (wednesday(), at("2026-11-21T12:00:00"));
    let facts = Facts {
        presence: Presence::Offline,
        line: None,
        clock_trusted: false,
        throttled_until: Some(at("2026-11-30T12:00:00")),
        ..facts(now)
    };
    assert!(explain(&request(), &facts, now).permitted);
    let closed = explain(&request(), &facts, saturday);
    assert_eq!(codes(&closed.reasons), [RefusalCode::OutOfHours]);
    assert_eq!(closed.retry_at, Some(at("2026-11-23T09:00:00")));
}

#[test]
fn measuring_is_worth_it_only_when_nothing_else_stands_against() {
    let now = wednesday();
    let unmeasured = Facts { line: None, ..facts(now) };
    assert!(decide_before_measuring(&request(), &unmeasured, now).is_none());
    let offline = Facts { presence: Presence::Offline, ..unmeasured };
    assert_eq!(
        codes(&decide_before_measuring(&request(), &offline, now).unwrap().reasons),
        [RefusalCode::AgentOffline]
    );
    let late = decide_before_measuring(&request(), &facts(evening()), evening()).unwrap();
    assert_eq!(codes(&late.reasons), [RefusalCode::OutOfHours]);
}

#[test]
fn requests_out_of_bounds_never_reach_the_gate() {
    let new = |asked| Request::new(PersonId::new("sophie.martin").unwrap(), asked);
    for minutes in [0, 241, u16::MAX] {
        assert_eq!(new(SessionRequest { minutes, ..asked() }), Err(BadRequest::Minutes));
    }
    for minutes in [1, 240] {
        new(SessionRequest { minutes, ..asked() }).unwrap();
    }
    let long = SessionRequest { reference: "é".repeat(201), ..asked() };
    assert_eq!(new(long), Err(BadRequest::ReferenceTooLong));
    new(SessionRequest { reference: "é".repeat(200), ..asked() }).unwrap();
}
