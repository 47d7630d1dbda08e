//! Papers that the record keeps for people: each in its clause's words, none with a say at the gate.

use super::*;
use crate::gate::ends;
use crate::gate::term::NoticeCountsFrom;

/// What the gate makes of these papers.
fn judged(rows: &[PaperRow]) -> judged::Judged {
    judged::judged(contract(), rows, None, NOW).unwrap()
}

#[test]
fn clause_13_1_an_assignment_is_kept_and_ends_nothing() {
    let rows = [row(1, Kind::Assignment, None, &example(Kind::Assignment))];
    let found = judged(&rows);
    assert_eq!(found, judged(&[]));
    assert_eq!(ends::ending(&found.contract, &found.papers, NoticeCountsFrom::Sent), None);
    assert!(beside(&rows, Kind::Assignment, &example(Kind::Assignment)).contains("article\u{a0}13.1"));
}

#[test]
fn clause_1_2_a_contract_keeps_the_terms_it_was_signed_with() {
    let rows = [row(1, Kind::Terms, None, &example(Kind::Terms))];
    // Other terms hold only from the day on which this contract took them; what was signed stays readable.
    let newer = json!({ "from": "2026-06-01", "version": "2026-1", "sha256": "f".repeat(64) });
    assert_eq!(beside(&rows, Kind::Terms, &newer), "");
    assert!(beside(&rows, Kind::Terms, &with(&newer, "from", json!("2026-01-05"))).contains("n°\u{a0}1"));
    assert!(
        read(Kind::Terms, &with(&newer, "version", Value::Null)).unwrap_err().fr.contains("article\u{a0}1.2")
    );
}

#[test]
fn clause_5_1_a_visit_says_who_of_the_firm_decided_on_it_and_when_it_is() {
    let visit = example(Kind::Visit);
    for key in ["decided_by", "from", "until", "category"] {
        let said = read(Kind::Visit, &with(&visit, key, Value::Null)).unwrap_err();
        assert!(said.fr.contains("article\u{a0}5.5"), "{key}: {}", said.fr);
    }
    // Appointments lie ahead, and a number is one visit's.
    assert_eq!(beside(&[], Kind::Visit, &visit), "");
    let rows = [row(1, Kind::Visit, None, &visit)];
    assert!(beside(&rows, Kind::Visit, &visit).contains("n°\u{a0}1"));
}

#[test]
fn clause_11_2_and_9_3_a_warning_was_acknowledged_by_somebody_on_a_day_that_has_come() {
    for of in ["warranty", "backup"] {
        let body = with(&example(Kind::Acknowledgement), "of", json!(of));
        assert_eq!(beside(&[], Kind::Acknowledgement, &body), "");
        assert!(
            beside(&[], Kind::Acknowledgement, &with(&body, "on", json!("2026-11-19"))).contains("à venir")
        );
        read(Kind::Acknowledgement, &with(&body, "by", Value::Null)).unwrap_err();
    }
}

#[test]
fn clause_14_3_the_client_says_whether_they_may_be_named() {
    paper(Kind::Reference, &json!({ "from": "2026-01-05", "allowed": true }));
    read(Kind::Reference, &json!({ "from": "2026-01-05", "allowed": "maybe" })).unwrap_err();
}

#[test]
fn clause_14_1_a_request_about_personal_data_is_closed_after_it_was_made() {
    let base = example(Kind::DataRequest);
    read(Kind::DataRequest, &with(&base, "closed_on", json!("2026-09-30"))).unwrap_err();
    assert_eq!(beside(&[], Kind::DataRequest, &with(&base, "closed_on", Value::Null)), "");
}
