//! Clauses 6.1 and 6.3: from the first day to the end, in Paris; and a manager’s suspension.

use super::*;

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
