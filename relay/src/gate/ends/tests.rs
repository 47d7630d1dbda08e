//! Who leaves when: a move abroad, letters of every form, and consumers who were or were not told of a renewal.

use super::*;
use crate::gate::papers::{ClientClass, Form, Letter, admit};
use crate::gate::term::{Day, Months};
use crate::records::Contract;
use aval_protocol::id::ContractId;

fn day(text: &str) -> Day {
    Day::new(text.parse().unwrap()).unwrap()
}

fn letter(form: Form, sent: &str) -> Letter {
    Letter {
        by: Party::Client,
        form,
        days: NoticeDays::new(Some(day(sent)), None).unwrap(),
        proof: "RK".into(),
        withdrawn_by_client: false,
        withdrawn_by_provider: false,
    }
}

/// A year from 1 January 2025 on, renewed; these letters came.
fn contract(letters: impl IntoIterator<Item = Letter>) -> Contract {
    Contract {
        id: ContractId::new("C-1").unwrap(),
        client: "Fleurs Martin SARL".into(),
        signed_on: day("2025-01-01"),
        term: Term::new(day("2025-01-01"), Months::default()),
        postal: None,
        onsite: false,
        holidays: None,
        notices: admit(letters).0,
        suspension: None,
    }
}

fn ends(contract: &Contract, papers: &Papers) -> Option<(String, &'static str, bool)> {
    ending(contract, papers, NoticeCountsFrom::Sent)
        .map(|ending| (ending.on.to_string(), ending.clause, ending.edge))
}

fn consumer(told: &[&str]) -> Papers {
    let told_on = told.iter().map(|text| day(text)).collect();
    Papers { duty: Duty { class: ClientClass::Consumer, told_on }, ..Papers::default() }
}

#[test]
fn clause_6_3_only_a_registered_letter_is_a_notice() {
    for (form, counts) in [
        (Form::RegisteredLetter, true),
        (Form::ElectronicRegisteredLetter, true),
        (Form::Letter, false),
        (Form::Email, false),
        (Form::Spoken, false),
    ] {
        let (notices, others) = admit([letter(form, "2025-06-01")]);
        assert_eq!((notices.len(), others.len()), (usize::from(counts), usize::from(!counts)), "{form:?}");
    }
    // The firm's own e-mails are nobody's notice, and no reason to tell the client the form.
    let mine = Letter { by: Party::Provider, ..letter(Form::Email, "2025-06-01") };
    assert_eq!(admit([mine]), (vec![], vec![]));
}

#[test]
fn clause_6_3_a_notice_is_withdrawn_by_both_or_not_at_all() {
    for (client, provider, stands) in
        [(false, false, true), (true, false, true), (false, true, true), (true, true, false)]
    {
        let withdrawn = Letter {
            withdrawn_by_client: client,
            withdrawn_by_provider: provider,
            ..letter(Form::RegisteredLetter, "2025-06-01")
        };
        let found = ends(&contract([withdrawn]), &Papers::default());
        assert_eq!(found.is_some(), stands, "{client} {provider}");
    }
    // The other one still counts.
    let gone = Letter {
        withdrawn_by_client: true,
        withdrawn_by_provider: true,
        ..letter(Form::RegisteredLetter, "2025-06-01")
    };
    let left = contract([gone, letter(Form::RegisteredLetter, "2025-12-01")]);
    assert_eq!(ends(&left, &Papers::default()).unwrap().0, "2027-01-01");
}

#[test]
fn clause_6_2_a_move_abroad_ends_it_on_the_later_of_move_and_letter() {
    let moved = |moved: &str, letter: &str| {
        let moved_abroad = MovedAbroad { moved_on: day(moved), letter_on: day(letter) };
        Papers { moved_abroad: Some(moved_abroad), ..Papers::default() }
    };
    let ended = |papers: &Papers| ends(&contract([]), papers).unwrap();
    assert_eq!(ended(&moved("2025-05-01", "2025-04-02")), ("2025-05-01".into(), "6.2", false));
    assert_eq!(ended(&moved("2025-05-01", "2025-06-02")), ("2025-06-02".into(), "6.2", false));
    // Before its first day it never begins.
    assert_eq!(ended(&moved("2024-05-01", "2024-06-02")).0, "2025-01-01");
    // The earlier end of two counts.
    let both = contract([letter(Form::RegisteredLetter, "2025-06-01")]);
    assert_eq!(ends(&both, &moved("2025-05-01", "2025-06-02")).unwrap().1, "6.2");
    assert_eq!(ends(&both, &moved("2026-05-01", "2026-06-02")).unwrap().1, "6.3");
}

#[test]
fn clause_15_2_a_consumer_who_was_not_told_leaves_at_any_time_after_the_renewal() {
    // Renewed on 1 January 2026; the window for telling was 1 July to 1 September 2025.
    let late = contract([letter(Form::RegisteredLetter, "2026-02-10")]);
    let freely = Some(("2026-02-10".to_owned(), "15.2", true));
    assert_eq!(ends(&late, &consumer(&[])), freely);
    assert_eq!(ends(&late, &consumer(&["2025-06-30"])), freely, "too early");
    assert_eq!(ends(&late, &consumer(&["2025-09-02"])), freely, "too late");
    let regular = Some(("2027-01-01".to_owned(), "6.3", false));
    for told in ["2025-07-01", "2025-08-15", "2025-09-01"] {
        assert_eq!(ends(&late, &consumer(&[told])), regular, "{told}");
    }
    assert_eq!(ends(&late, &Papers::default()), regular, "a professional");
    let association = Papers {
        duty: Duty { class: ClientClass::NonProfessional, told_on: Vec::new() },
        ..Papers::default()
    };
    assert_eq!(ends(&late, &association), freely);
}

#[test]
fn clause_15_2_a_letter_too_late_for_a_renewal_that_was_not_announced_ends_it_there() {
    let late = contract([letter(Form::RegisteredLetter, "2025-11-15")]);
    assert_eq!(ends(&late, &consumer(&[])), Some(("2026-01-01".into(), "15.2", true)));
    assert_eq!(ends(&late, &consumer(&["2025-08-01"])).unwrap().0, "2027-01-01");
    // In time, it needs no such right.
    let in_time = contract([letter(Form::RegisteredLetter, "2025-09-15")]);
    assert_eq!(ends(&in_time, &consumer(&[])), Some(("2026-01-01".into(), "6.3", false)));
    // The firm has no such right.
    let firm = Letter { by: Party::Provider, ..letter(Form::RegisteredLetter, "2026-02-10") };
    assert_eq!(ends(&contract([firm]), &consumer(&[])).unwrap().0, "2027-01-01");
}

#[test]
fn clause_6_1_the_financial_document_may_name_an_echeance_of_its_own() {
    let term = Term::new(day("2025-01-15"), Months::default());
    let named = term.falling_due(day("2025-12-31")).unwrap();
    let echeances: Vec<String> = (0..=3).map(|k| named.echeance(k).to_string()).collect();
    assert_eq!(echeances, ["2025-01-15", "2025-12-31", "2026-12-31", "2027-12-31"]);
    assert_eq!(named.ends_on(day("2025-09-30")), (1, day("2025-12-31").date()));
    assert_eq!(named.ends_on(day("2025-10-01")), (2, day("2026-12-31").date()));
    assert!(term.falling_due(day("2025-01-15")).is_err());
}

#[test]
fn clause_6_3_the_outlook_tells_the_last_day_for_notice_and_when_a_consumer_is_told() {
    let term = Term::new(day("2025-01-01"), Months::default());
    let on = |text: &str, ending| Outlook::of(term, ending, day(text).date());
    let date = |text: &str| Some(day(text).date());
    let window = |first: &str, last: &str| Some((day(first).date(), day(last).date()));

    let running = on("2025-06-01", None);
    assert_eq!(running.term, (1, day("2025-01-01").date(), day("2026-01-01").date()));
    assert_eq!(
        (running.next_echeance, running.last_day_for_notice),
        (date("2026-01-01"), date("2025-10-01"))
    );
    assert_eq!(running.renewal_notice, window("2025-07-01", "2025-09-01"));
    assert_eq!(on("2025-10-01", None).last_day_for_notice, date("2025-10-01"), "the last day is a day");
    let late = on("2025-10-02", None);
    assert_eq!((late.next_echeance, late.last_day_for_notice), (date("2026-01-01"), date("2026-10-01")));
    assert_eq!(late.renewal_notice, window("2026-07-01", "2026-09-01"));

    let ended =
        term.ending(&[NoticeDays::new(Some(day("2025-06-01")), None).unwrap()], NoticeCountsFrom::Sent);
    let before = on("2025-06-02", ended);
    assert_eq!((before.next_echeance, before.last_day_for_notice), (date("2026-01-01"), None));
    let over = on("2027-06-02", ended);
    assert_eq!((over.next_echeance, over.renewal_notice, over.term.0), (None, None, 1));
    let not_yet = on("2024-06-01", None);
    assert_eq!((not_yet.term.0, not_yet.last_day_for_notice), (1, date("2025-10-01")));
    assert_eq!(on("2190-06-01", None).all.len(), 60);
    // A move abroad cuts the term it falls into.
    let abroad = Some(term::moved_abroad(day("2026-05-01"), day("2026-04-01")));
    assert_eq!(on("2026-04-01", abroad).term, (2, day("2026-01-01").date(), day("2026-05-01").date()));
}
