//! Clause 4.2: hours to the second, holidays by choice, and a manager’s exceptions.

use super::*;

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
