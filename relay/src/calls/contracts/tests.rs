//! What a manager may write into a contract, and what is said when it can't be.

use super::*;
use crate::records::MAX_NOTE;

fn iso(text: &str) -> IsoDay {
    IsoDay(text.to_owned())
}

fn id() -> ContractId {
    ContractId::new("C-2026-014").unwrap()
}

fn today() -> Date {
    "2026-11-28".parse().unwrap()
}

fn open() -> ContractAct {
    ContractAct::Open {
        client: "Cabinet Leroy".into(),
        signed_on: iso("2026-01-05"),
        effective_on: None,
        months: None,
        postal: None,
        onsite: false,
    }
}

fn letter(sent: Option<&str>, received: Option<&str>, proof: &str) -> ContractAct {
    ContractAct::Notice(NoticeLine {
        by: PartyCode::Client,
        sent_on: sent.map(iso),
        received_on: received.map(iso),
        proof: proof.into(),
    })
}

fn why(act: ContractAct) -> Sentence {
    match Act::of(&id(), act, today()) {
        Ok(_) => panic!("it was taken"),
        Err(said) => said,
    }
}

#[test]
fn clause_6_1_a_contract_begins_with_its_signature_and_lasts_twelve_months_unless_it_says_otherwise() {
    let Ok(Act::Open(new)) = Act::of(&id(), open(), today()) else { panic!() };
    assert_eq!((new.term.effective_on().to_string(), new.term.months().get()), ("2026-01-05".into(), 12));
    for (act, clause) in [
        (
            ContractAct::Open {
                client: "Cabinet Leroy".into(),
                signed_on: iso("2026-01-05"),
                effective_on: None,
                months: Some(0),
                postal: None,
                onsite: false,
            },
            "6.1",
        ),
        (
            ContractAct::Open {
                client: "Cabinet Leroy".into(),
                signed_on: iso("2026-01-05"),
                effective_on: None,
                months: None,
                postal: Some("9420".into()),
                onsite: true,
            },
            "3.6",
        ),
    ] {
        let said = why(act);
        assert!(said.fr.contains(clause) && said.en.contains(clause), "{said:?}");
    }
}

#[test]
fn impossible_days_are_named_and_nothing_is_guessed() {
    for text in ["2026-02-30", "30/02/2026", "", "1989-12-31", "2200-01-01", "demain", "2026-1-5\u{202e}"] {
        let act = ContractAct::Open {
            client: "Cabinet Leroy".into(),
            signed_on: iso(text),
            effective_on: None,
            months: None,
            postal: None,
            onsite: false,
        };
        let said = why(act);
        assert!(said.fr.contains("date possible") && !said.fr.contains('\u{202e}'), "{text}: {said:?}");
    }
}

#[test]
fn clause_6_3_only_a_registered_letter_of_a_known_day_that_has_come_ends_a_contract() {
    assert!(Act::of(&id(), letter(Some("2026-09-01"), None, "1A 234"), today()).is_ok());
    assert!(Act::of(&id(), letter(None, Some("2026-11-28"), "1A 234"), today()).is_ok());
    for (sent, received, proof) in [
        (None, None, "1A 234"),
        (Some("2026-09-03"), Some("2026-09-01"), "1A 234"),
        (Some("2026-11-29"), None, "1A 234"),
        (Some("2026-09-01"), None, " "),
        (Some("2026-09-01"), None, "une\nautre"),
    ] {
        let said = why(letter(sent, received, proof));
        assert!(said.fr.contains("6.3") && said.en.contains("6.3"), "{said:?}");
    }
    let long = "x".repeat(MAX_NOTE + 1);
    assert_eq!(why(letter(Some("2026-09-01"), None, &long)), text::proof_needed());
}

#[test]
fn a_suspension_has_its_reason_and_each_contradiction_its_sentence() {
    assert_eq!(why(ContractAct::Suspend { reason: "\u{a0}".into() }), relay::reason_needed());
    let said = |act| Act::of(&id(), act, today()).map(|act| act.conflict(&id())).unwrap();
    assert!(said(open()).fr.contains("C-2026-014"));
    assert_eq!(said(ContractAct::Suspend { reason: "litige".into() }), text::suspended_already());
    assert_eq!(said(ContractAct::Resume), text::not_suspended());
}
