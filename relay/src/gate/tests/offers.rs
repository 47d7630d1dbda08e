//! What a refusal offers instead (clauses 3.2, 3.6, 4.8, 5.2, 5.3, 2.1, 2.6), and the warnings about a client's site.

use super::*;
use aval_protocol::wire::record::OfferLine;

/// Kind, whether the contract includes it, clause.
fn told(offers: &[OfferLine]) -> Vec<(&str, bool, &str)> {
    offers.iter().map(|offer| (offer.kind.as_str(), offer.included, offer.clause.as_str())).collect()
}

/// A slow line on a Wednesday, at a client's with this postal code and option, for this kind of work.
fn refused(postal: Option<&str>, onsite: bool, category: WorkCategory) -> Decision {
    let now = wednesday();
    let mut facts = with_contract(now, |contract| {
        contract.postal = postal.map(|code| code.parse().unwrap());
        contract.onsite = onsite;
    });
    facts.line = Some(LineFacts { up_kbit: 200, ..fibre(now) });
    refusal(&ask(SessionRequest { category, ..asked() }), &facts, now)
}

#[test]
fn clause_4_8_on_site_in_ile_de_france_only() {
    let phone = ("phone", true, "3.2");
    let workshop = ("workshop", false, "4.8");
    for (postal, onsite, visit) in [
        (Some("94200"), true, Some(("onsite", true, "5.2"))),
        (Some("94200"), false, Some(("onsite", false, "4.8"))),
        (Some("75001"), false, Some(("onsite", false, "4.8"))),
        (Some("77000"), false, Some(("onsite", false, "4.8"))),
        (Some("92904"), false, Some(("onsite", false, "4.8"))),
        (Some("69001"), true, None),
        (Some("76000"), true, None),
        (Some("97400"), true, None),
        (None, true, None),
    ] {
        let decision = refused(postal, onsite, WorkCategory::Assistance);
        let expected: Vec<_> = [phone, workshop].into_iter().chain(visit).collect();
        assert_eq!(told(&decision.offers), expected, "{postal:?} {onsite}");
    }
}

#[test]
fn clause_5_3_the_option_includes_no_installation() {
    let decision = refused(Some("94200"), true, WorkCategory::AddHardware);
    assert_eq!(
        told(&decision.offers),
        [
            ("phone", true, "3.2"),
            ("workshop", false, "4.8"),
            ("onsite", false, "4.8"),
            ("quote", false, "2.6")
        ]
    );
}

#[test]
fn clause_4_8_a_site_where_nobody_travels_or_that_is_not_known_is_a_warning() {
    let warned = |postal, onsite| codes(&refused(postal, onsite, WorkCategory::Assistance).warnings);
    assert_eq!(warned(Some("69001"), true), [RefusalCode::OnsiteOutsideArea]);
    assert_eq!(warned(Some("69001"), false), []);
    assert_eq!(warned(Some("94200"), true), []);
    assert_eq!(warned(None, false), [RefusalCode::PostalCodeMissing]);
}

#[test]
fn clause_2_1_a_machine_to_be_mended_gets_a_quote() {
    let now = wednesday();
    let facts = with_record(now, |record| record.coverage = Coverage::NeedsRemediation);
    let decision = refusal(&request(), &facts, now);
    assert_eq!(told(&decision.offers).last(), Some(&("quote", false, "2.1")));
}

#[test]
fn clause_3_2_the_phone_says_when_somebody_answers() {
    let phone = |facts: &Facts, now| {
        let decision = refusal(&request(), facts, now);
        assert_eq!(decision.offers[0].kind, "phone");
        decision.offers[0].fr.clone()
    };
    let now = wednesday();
    let open = phone(&Facts { presence: Presence::Busy, ..facts(now) }, now);
    assert!(
        open.contains("Atelier Beaurepaire Informatique")
            && open.contains("01\u{a0}99\u{a0}00\u{a0}12\u{a0}34"),
        "{open}"
    );
    assert!(!open.contains("à partir"), "{open}");

    let now = evening();
    let closed = phone(&facts(now), now);
    assert!(closed.contains("à partir du jeudi 19\u{a0}novembre 2026 à 9\u{a0}h"), "{closed}");
    // An exception is for a session, nobody sits at the phone for it.
    let (from, until) = (at("2026-11-18T19:00:00"), at("2026-11-18T21:00:00"));
    let mut excepted = with_record(now, |record| record.exceptions = vec![exception(from, until)]);
    excepted.presence = Presence::Busy;
    assert_eq!(phone(&excepted, now), closed);
}

#[test]
fn without_a_contract_in_force_nothing_is_included() {
    let now = wednesday();
    let suspended = with_contract(now, |contract| {
        contract.onsite = true;
        contract.suspension = Some(crate::records::Suspension {
            by: crate::records::Author::Host,
            reason: "x".into(),
            at: now,
        });
    });
    let later = with_contract(now, |contract| {
        contract.onsite = true;
        contract.term = Term::new(day("2027-01-01"), Months::default());
    });
    for facts in [suspended, later] {
        let decision = refusal(&request(), &facts, now);
        assert!(decision.offers.iter().all(|offer| !offer.included), "{:?}", told(&decision.offers));
        assert_eq!(decision.offers.len(), 3);
    }
}

#[test]
fn who_can_t_be_checked_is_told_to_phone_and_no_more() {
    let now = wednesday();
    let decision = refusal(&request(), &Facts { record: None, ..facts(now) }, now);
    assert_eq!(told(&decision.offers), [("phone", false, "3.2")]);
}

#[test]
fn clause_4_7_what_replaces_a_part_is_offered_by_quote_in_a_session_as_before_it() {
    use aval_protocol::wire::record::OfferKind::{ReplacePart, ReplaceSoftware};
    let (contract, papers) = (contract(), Papers::default());
    for kind in [ReplacePart, ReplaceSoftware] {
        for category in [WorkCategory::Assistance, WorkCategory::Maintenance, WorkCategory::AddHardware] {
            let priced = |in_session| {
                super::super::priced(
                    (&contract, &papers),
                    &Rules::default(),
                    (kind, category),
                    in_session,
                    wednesday(),
                )
            };
            assert_eq!(priced(false), Some((false, "3.5")));
            assert_eq!(priced(true), Some((false, "4.7")), "never included (2.5)");
        }
    }
}
