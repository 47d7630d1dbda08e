//! One test by clause: what it forbids, and an honest twin that passes.

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
            _ => {
                let refused = only(&request, &facts(now), now);
                assert_eq!(refused, by(RefusalCode::ExcludedOperation, "2.6"), "{category}");
            }
        }
    }
}

#[test]
fn clause_4_2_hours_to_the_second() {
    for (moment, open) in [
        ("2026-11-18T08:59:59", false),
        ("2026-11-18T09:00:00", true),
        ("2026-11-18T17:59:59", true),
        ("2026-11-18T18:00:00", false),
        ("2026-11-21T12:00:00", false),
        ("2026-11-22T12:00:00", false),
        ("2026-03-27T08:59:59", false),
        ("2026-03-27T09:00:00", true),
        ("2026-03-30T08:59:59", false),
        ("2026-03-30T09:00:00", true),
        ("2026-10-26T08:59:59", false),
        ("2026-10-26T09:00:00", true),
    ] {
        let now = at(moment);
        if open {
            permit(&request(), &facts(now), now);
        } else {
            assert_eq!(only(&request(), &facts(now), now), by(RefusalCode::OutOfHours, "4.2"), "{moment}");
        }
    }
}

#[test]
fn clause_4_2_a_refusal_says_when_it_opens() {
    for (moment, opens) in [
        ("2026-11-18T08:59:59", "2026-11-18T09:00:00"),
        ("2026-11-18T18:00:00", "2026-11-19T09:00:00"),
        ("2026-11-20T18:00:00", "2026-11-23T09:00:00"),
    ] {
        let now = at(moment);
        let decision = refusal(&request(), &facts(now), now);
        assert_eq!(decision.retry_at, Some(at(opens)), "{moment}");
        permit(&request(), &facts(at(opens)), at(opens));
    }
    let now = at("2026-11-20T18:00:00");
    let reason = &refusal(&request(), &facts(now), now).reasons[0];
    assert!(reason.fr.contains("lundi 23\u{a0}novembre 2026 à 9\u{a0}h"), "{}", reason.fr);
    assert!(reason.en.contains("Monday 23\u{a0}November 2026 at 9:00"), "{}", reason.en);
}

#[test]
fn clause_4_2_holidays_close_by_the_firms_choice_or_the_contracts() {
    let now = at("2026-07-14T12:00:00");
    permit(&request(), &facts(now), now);
    let mut firm = facts(now);
    firm.rules.holidays = Holidays::FrMetropole;
    let decision = refusal(&request(), &firm, now);
    assert_eq!(codes(&decision.reasons), [RefusalCode::OutOfHours]);
    assert!(decision.reasons[0].fr.contains("fête nationale"), "{}", decision.reasons[0].fr);
    assert_eq!(decision.retry_at, Some(at("2026-07-15T09:00:00")));

    let mut own = with_contract(now, |contract| contract.holidays = Some(Holidays::ContractLiteral));
    own.rules.holidays = Holidays::FrMetropole;
    permit(&request(), &own, now);
    let own = with_contract(now, |contract| {
        contract.holidays = Some("custom:2026-07-14".parse().unwrap());
    });
    assert_eq!(only(&request(), &own, now), by(RefusalCode::OutOfHours, "4.2"));
}

#[test]
fn clause_4_2_a_managers_exception_opens_this_machine_for_its_time() {
    let (from, until) = (at("2026-11-18T19:00:00"), at("2026-11-18T21:00:00"));
    let open_at = |moment: UnixSeconds| {
        let facts = with_record(moment, |record| record.exceptions = vec![exception(from, until)]);
        decide(&request(), &facts, moment)
    };
    for (moment, open) in [
        ("2026-11-18T18:59:59", false),
        ("2026-11-18T19:00:00", true),
        ("2026-11-18T20:59:59", true),
        ("2026-11-18T21:00:00", false),
    ] {
        assert_eq!(matches!(open_at(at(moment)), Verdict::Permit(_)), open, "{moment}");
    }
    let Verdict::Permit(permit) = open_at(evening()) else { panic!() };
    assert_eq!(codes(permit.warnings()), [RefusalCode::ByException]);
    assert!(permit.warnings()[0].fr.contains("claire.dubois"));
    assert_eq!(permit.recheck_at(), until);
    let Verdict::Refuse(early) = open_at(at("2026-11-18T18:30:00")) else { panic!() };
    assert_eq!(early.retry_at, Some(from));
}

#[test]
fn clause_4_2_an_exception_for_another_machine_opens_nothing() {
    let now = evening();
    let other = ExceptionRow { agent: AgentId([1; 16]), ..exception(now, at("2026-11-18T21:00:00")) };
    let facts = with_record(now, |record| record.exceptions = vec![other]);
    let decision = refusal(&request(), &facts, now);
    assert_eq!(codes(&decision.reasons), [RefusalCode::OutOfHours]);
    assert_eq!(decision.retry_at, Some(at("2026-11-19T09:00:00")));
}

#[test]
fn clause_4_2_an_exception_mends_nothing_but_the_hours() {
    let now = evening();
    let facts = with_record(now, |record| {
        record.exceptions = vec![exception(now, at("2026-11-18T21:00:00"))];
        record.contract.as_mut().unwrap().notices = vec![notice("2025-09-01")];
        record.contract.as_mut().unwrap().term = Term::new(day("2025-01-01"), Months::default());
    });
    assert_eq!(only(&request(), &facts, now), by(RefusalCode::Lapsed, "6.3"));
}

#[test]
fn clause_4_2_an_exception_that_meets_the_hours_counts_with_them() {
    let now = at("2026-11-18T17:30:00");
    let facts = with_record(now, |record| {
        record.exceptions = vec![
            exception(at("2026-11-18T17:00:00"), at("2026-11-18T19:00:00")),
            exception(at("2026-11-18T19:00:00"), at("2026-11-18T20:00:00")),
        ];
    });
    let permit = permit(&request(), &facts, now);
    assert_eq!(permit.recheck_at(), at("2026-11-18T20:00:00"));
    assert_eq!(permit.warnings(), [], "within hours nothing rests on the exception");
}

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

#[test]
fn clause_6_1_not_before_its_first_day_in_paris() {
    let begins = |now| {
        let facts =
            with_contract(now, |contract| contract.term = Term::new(day("2026-11-18"), Months::default()));
        explain(&request(), &facts, now)
    };
    let before = begins(at("2026-11-17T23:59:59"));
    assert_eq!(codes(&before.reasons), [RefusalCode::NotYetInForce, RefusalCode::OutOfHours]);
    assert_eq!(
        (before.reasons[0].clause.as_str(), before.retry_at),
        ("6.1", Some(at("2026-11-18T09:00:00")))
    );
    assert_eq!(codes(&begins(at("2026-11-18T00:00:00")).reasons), [RefusalCode::OutOfHours]);
    assert!(begins(at("2026-11-18T09:00:00")).permitted);
    // In hours on the day before: both waits are over at the same opening.
    let day_before = begins(at("2026-11-17T12:00:00"));
    assert_eq!(codes(&day_before.reasons), [RefusalCode::NotYetInForce]);
    assert_eq!(day_before.retry_at, Some(at("2026-11-18T09:00:00")));
}

#[test]
fn clause_6_1_renewed_without_a_word_for_ever() {
    for year in [2026, 2027, 2050, 2190] {
        let now =
            hours::opens_next(at(&format!("{year}-06-15T10:00:00")), &Holidays::ContractLiteral).unwrap();
        permit(&request(), &facts(now), now);
    }
}

#[test]
fn clause_6_3_lapsed_from_the_first_day_after_its_end() {
    // In force from 18 November 2024 in terms of a year; the letter of 18 August 2025 is the last in time.
    let ended = |sent: &str, now| {
        let facts = with_contract(now, |contract| {
            contract.term = Term::new(day("2024-11-18"), Months::default());
            contract.notices = vec![notice(sent)];
        });
        explain(&request(), &facts, now)
    };
    assert!(ended("2025-08-18", at("2025-11-17T17:59:59")).permitted);
    let lapsed = ended("2025-08-18", at("2025-11-18T09:00:00"));
    assert_eq!(codes(&lapsed.reasons), [RefusalCode::Lapsed]);
    assert_eq!((lapsed.reasons[0].clause.as_str(), lapsed.retry_at), ("6.3", None));
    assert!(lapsed.reasons[0].fr.contains("18\u{a0}novembre 2025"), "{}", lapsed.reasons[0].fr);
    assert!(ended("2025-08-19", at("2026-11-17T17:59:59")).permitted);
    assert!(!ended("2025-08-19", at("2026-11-18T09:00:00")).permitted);
}

#[test]
fn clause_6_3_an_end_on_the_limit_asks_for_a_persons_look() {
    let now = at("2025-10-01T10:00:00");
    let warned = |sent: &str| {
        let facts = with_contract(now, |contract| {
            contract.term = Term::new(day("2024-11-18"), Months::default());
            contract.notices = vec![notice(sent)];
        });
        codes(permit(&request(), &facts, now).warnings())
    };
    assert_eq!(warned("2025-08-18"), [RefusalCode::EndNeedsReview]);
    assert_eq!(warned("2025-08-17"), []);
}

#[test]
fn clause_6_3_a_contract_about_to_end_promises_no_opening_after_it() {
    // Friday evening; it ends on Monday 23 November.
    let now = at("2026-11-20T19:00:00");
    let facts = with_contract(now, |contract| {
        contract.term = Term::new(day("2025-11-23"), Months::default());
        contract.notices = vec![notice("2026-01-05")];
    });
    assert_eq!(refusal(&request(), &facts, now).retry_at, None);
    let friday = at("2026-11-20T17:00:00");
    let facts = Facts { line: Some(fibre(friday)), ..facts };
    assert_eq!(permit(&request(), &facts, friday).recheck_at(), at("2026-11-20T18:00:00"));
}

#[test]
fn a_permit_rests_on_no_more_than_the_contract() {
    // An exception over midnight, the contract's last.
    let now = at("2026-11-22T23:00:00");
    let facts = with_record(now, |record| {
        record.exceptions = vec![exception(at("2026-11-22T22:00:00"), at("2026-11-23T02:00:00"))];
        let contract = record.contract.as_mut().unwrap();
        contract.term = Term::new(day("2025-11-23"), Months::default());
        contract.notices = vec![notice("2026-01-05")];
    });
    assert_eq!(permit(&request(), &facts, now).recheck_at(), at("2026-11-23T00:00:00"));
}

#[test]
fn a_managers_suspension_stops_it_and_cites_no_clause() {
    let now = wednesday();
    let suspension = Suspension {
        by: Author::Member(PersonId::new("claire.dubois").unwrap()),
        reason: "mise en demeure restée sans effet".into(),
        at: at("2026-11-02T11:00:00"),
    };
    let facts = with_contract(now, |contract| contract.suspension = Some(suspension));
    let decision = refusal(&request(), &facts, now);
    assert_eq!(codes(&decision.reasons), [RefusalCode::Suspended]);
    assert_eq!((decision.reasons[0].clause.as_str(), decision.retry_at), ("", None));
    assert!(!decision.reasons[0].fr.contains("mise en demeure"), "the reason is not everyone's business");
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
