//! What the papers beyond the record change: quotes (2.6), looks before the contract (2.1), machines nobody notified (2.4), a weak line that
//! may be tried (4.4), warranties (9.3), letters that count for nothing (6.3), renewals nobody announced (15.2), holidays (4.2).

use super::*;
use crate::gate::papers::{ClientClass, Duty, Quote, Unlisted, Warranty};

fn with_papers(now: UnixSeconds, change: impl FnOnce(&mut Papers)) -> Facts {
    let mut facts = facts(now);
    change(&mut facts.papers);
    facts
}

#[test]
fn clause_2_6_a_quote_accepted_before_lets_excluded_work_be_done() {
    let now = wednesday();
    let quoted = |category, accepted_at| {
        with_papers(now, |papers| {
            papers.quotes = vec![Quote { id: "D-2026-031".into(), category, accepted_at }];
        })
    };
    let excluded = [
        WorkCategory::AddHardware,
        WorkCategory::AddSoftware,
        WorkCategory::DataHandling,
        WorkCategory::Change,
    ];
    for category in excluded {
        let request = ask(SessionRequest { category, ..asked() });
        let yes = permit(&request, &quoted(category, now), now);
        assert_eq!(yes.capabilities(), asked().capabilities);
        let refused = by(RefusalCode::ExcludedOperation, "2.6");
        assert_eq!(
            only(&request, &quoted(category, UnixSeconds(now.0 + 1)), now),
            refused,
            "accepted after the act"
        );
        for other in excluded.into_iter().filter(|&other| other != category) {
            assert_eq!(
                only(&request, &quoted(other, now), now),
                refused,
                "{category} by a quote for {other}"
            );
        }
    }
    // What is not known here no quote allows.
    let unknown = WorkCategory::Unknown(99);
    let request = ask(SessionRequest { category: unknown, ..asked() });
    assert_eq!(only(&request, &quoted(unknown, now), now), by(RefusalCode::ExcludedOperation, "2.6"));
}

#[test]
fn clause_2_1_a_look_before_the_contract_sees_and_does_nothing() {
    let now = wednesday();
    let mut facts = with_record(now, |record| {
        record.coverage = Coverage::NeedsRemediation;
        record.contract.as_mut().unwrap().term = Term::new(day("2027-01-01"), Months::default());
    });
    let look = |capabilities| {
        ask(SessionRequest { category: WorkCategory::PreContractAudit, capabilities, ..asked() })
    };
    let yes = permit(&look(Capabilities::VIEW), &facts, now);
    assert_eq!(yes.capabilities(), Capabilities::VIEW);
    let control = only(&look(asked().capabilities), &facts, now);
    assert_eq!(control, by(RefusalCode::ExcludedOperation, "2.1"));
    // It opens nothing else: not for ordinary work, not at night, not once the contract is over, not for another site.
    let refused = refusal(&request(), &facts, now);
    assert_eq!(codes(&refused.reasons), [RefusalCode::NotYetInForce, RefusalCode::DeviceNotCovered]);
    let night = explain(&look(Capabilities::VIEW), &facts, evening());
    assert_eq!(codes(&night.reasons), [RefusalCode::OutOfHours]);
    assert_eq!(night.retry_at, Some(at("2026-11-19T09:00:00")), "it need not wait for the contract");
    facts.record.as_mut().unwrap().coverage = Coverage::OtherEstablishment;
    assert_eq!(only(&look(Capabilities::VIEW), &facts, now), by(RefusalCode::DeviceOutOfScope, "2.3"));
    let over = with_contract(now, |contract| {
        contract.term = Term::new(day("2025-01-01"), Months::default());
        contract.notices = vec![notice("2025-03-01")];
    });
    assert_eq!(only(&look(Capabilities::VIEW), &over, now), by(RefusalCode::Lapsed, "6.3"));
}

#[test]
fn clause_2_4_a_machine_nobody_notified_is_helped_and_may_be_claimed_for() {
    let now = wednesday();
    let seen = |first_seen| with_papers(now, |papers| papers.unlisted = Some(Unlisted { first_seen }));
    let yes = permit(&request(), &seen(Some(day("2026-03-11"))), now);
    assert_eq!(codes(yes.warnings()), [RefusalCode::BillableUnlisted]);
    assert!(yes.warnings()[0].fr.contains("11\u{a0}mars 2026"), "{}", yes.warnings()[0].fr);
    assert_eq!(codes(permit(&request(), &seen(None), now).warnings()), [RefusalCode::BillableUnlisted]);
}

#[test]
fn clause_4_4_a_firm_may_let_the_person_try_a_weak_line() {
    let now = wednesday();
    let slow = Some(LineFacts { up_kbit: 200, ..fibre(now) });
    let mut facts = Facts { line: slow, ..facts(now) };
    facts.rules.insufficient = Insufficient::Try;
    let yes = permit(&request(), &facts, now);
    assert_eq!(codes(yes.warnings()), [RefusalCode::LinkTried]);
    // Not measured is another thing.
    facts.line = None;
    assert_eq!(only(&request(), &facts, now), by(RefusalCode::LinkUnmeasured, "4.4"));
}

#[test]
fn clause_9_3_a_warranty_is_spoken_of_before_anybody_opens_the_machine() {
    let (now, night) = (wednesday(), evening());
    let warned = |warranty, at| {
        let facts = Facts { line: Some(fibre(at)), ..with_papers(at, |papers| papers.warranty = warranty) };
        codes(&explain(&request(), &facts, at).warnings)
    };
    let risk = [RefusalCode::WarrantyAtRisk];
    assert_eq!(warned(Warranty::Until(day("2026-11-18")), night), risk);
    assert_eq!(warned(Warranty::Unknown, night), risk, "not known is no excuse");
    assert_eq!(warned(Warranty::Until(day("2026-11-17")), night), []);
    assert_eq!(warned(Warranty::NotKept, night), []);
    assert_eq!(warned(Warranty::Unknown, now), [], "a session opens no case");
}

#[test]
fn clause_6_3_an_e_mail_is_no_notice_and_the_client_is_told_the_form() {
    let now = wednesday();
    let wrote = with_papers(now, |papers| papers.not_notices = vec![day("2026-05-01"), day("2026-06-02")]);
    let yes = permit(&request(), &wrote, now);
    assert_eq!(codes(yes.warnings()), [RefusalCode::NotANotice]);
    assert!(yes.warnings()[0].fr.contains("2\u{a0}juin 2026"), "{}", yes.warnings()[0].fr);
    // A letter came as well: nothing to tell.
    let mut both = wrote;
    both.record.as_mut().unwrap().contract.as_mut().unwrap().notices = vec![notice("2026-06-10")];
    assert_eq!(permit(&request(), &both, now).warnings(), []);
}

#[test]
fn clause_15_2_a_renewal_nobody_announced_is_a_warning() {
    let now = wednesday();
    let renewed = |told: &[&str]| {
        let mut facts = with_contract(now, |contract| {
            contract.term = Term::new(day("2025-03-01"), Months::default());
        });
        let told_on = told.iter().map(|text| day(text)).collect();
        facts.papers.duty = Duty { class: ClientClass::Consumer, told_on };
        codes(permit(&request(), &facts, now).warnings())
    };
    assert_eq!(renewed(&[]), [RefusalCode::RenewalNoticeMissing]);
    assert_eq!(renewed(&["2025-10-01"]), []);
    // In its first term nothing was renewed.
    let mut first = facts(now);
    first.papers.duty.class = ClientClass::Consumer;
    assert_eq!(permit(&request(), &first, now).warnings(), []);
}

#[test]
fn clause_4_2_an_open_holiday_is_named() {
    let now = at("2026-11-11T10:00:00");
    let yes = permit(&request(), &facts(now), now);
    assert_eq!(codes(yes.warnings()), [RefusalCode::PublicHoliday]);
    assert!(yes.warnings()[0].fr.contains("armistice"), "{}", yes.warnings()[0].fr);
    let mut closed = facts(now);
    closed.rules.holidays = Holidays::FrMetropole;
    assert_eq!(refusal(&request(), &closed, now).warnings, []);
}

#[test]
fn clause_15_1_an_overseas_client_has_paris_hours() {
    // 10 o'clock in Paris is 13 o'clock at La Réunion; 15 o'clock there is noon in Paris, 22 o'clock is 19.
    let at_reunion = |moment: &str| {
        let now = moment.parse::<jiff::Timestamp>().unwrap();
        let now = UnixSeconds(now.as_second());
        let facts = with_contract(now, |contract| contract.postal = Some("97400".parse().unwrap()));
        matches!(decide(&request(), &facts, now), Verdict::Permit(_))
    };
    assert!(!at_reunion("2026-11-18T09:00:00+04:00") && !at_reunion("2026-11-18T11:59:59+04:00"));
    assert!(at_reunion("2026-11-18T12:00:00+04:00") && at_reunion("2026-11-18T20:59:59+04:00"));
    assert!(!at_reunion("2026-11-18T21:00:00+04:00"));
}

#[test]
fn clause_1_1_the_two_hundredth_session_is_like_the_first() {
    // Nothing that counts sessions is among the facts: the same facts always give the same answer.
    let now = wednesday();
    for _ in 0..200 {
        permit(&request(), &facts(now), now);
    }
}

#[test]
fn clause_4_8_a_commune_says_better_than_a_postal_code() {
    let now = evening();
    let visits = |postal: Option<&str>, commune: &str| {
        let mut facts = with_contract(now, |contract| {
            contract.postal = postal.map(|code| code.parse().unwrap());
        });
        facts.papers.commune = Some(commune.parse().unwrap());
        refusal(&request(), &facts, now).offers.iter().any(|offer| offer.kind == "onsite")
    };
    assert!(visits(None, "94041") && visits(Some("69001"), "75056"));
    assert!(!visits(Some("94200"), "69123") && !visits(None, "2A004"));
    for bad in ["", "9404", "940411", "2C004", "00001", "9404é", "94O41"] {
        bad.parse::<crate::gate::papers::Commune>().unwrap_err();
    }
}
