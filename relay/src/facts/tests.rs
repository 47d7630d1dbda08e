//! The document against its schema, its examples, the gate; and what makes no sense in it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::gate::{Verdict, decide};
use crate::pages;

const ARMISTICE: &str = include_str!("../../../docs/examples/explain-armistice.json");
const EVERY_KEY: &str = include_str!("../../../docs/examples/explain-every-key.json");

fn codes(question: &Question) -> (bool, Vec<String>, Vec<String>) {
    let Question { request, facts, now } = question;
    let decision = match decide(request, facts, *now) {
        Verdict::Permit(permit) => permit.decision().clone(),
        Verdict::Refuse(decision) => *decision,
    };
    let labels = |reasons: &[aval_protocol::wire::record::Reason]| {
        reasons.iter().map(|r| r.code.to_string()).collect()
    };
    (decision.permitted, labels(&decision.reasons), labels(&decision.warnings))
}

fn read_value(document: &Value) -> Result<Question, Bad> {
    read(serde_json::to_string(document).unwrap().as_bytes())
}

/// The example with one place changed.
fn changed(at: &str, value: Value) -> Value {
    let mut document: Value = serde_json::from_str(EVERY_KEY).unwrap();
    let (above, key) = at.rsplit_once('/').unwrap();
    match document.pointer_mut(above).unwrap() {
        Value::Object(object) => drop(object.insert(key.to_owned(), value)),
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        other => panic!("{other}"),
    }
    document
}

#[test]
fn the_page_of_the_schema_is_current_and_agrees_with_the_reader() {
    let schema = document::schema::of(&shapes::FACTS, "aval-relay explain FACTS.json");
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    pages::is_current("docs/explain.schema.json", &text);
    document::tests::agree(&shapes::FACTS, &text, EVERY_KEY);
}

#[test]
fn the_examples_say_what_their_page_says() {
    let (permitted, reasons, warnings) = codes(&read(ARMISTICE.as_bytes()).unwrap());
    assert_eq!((permitted, reasons, warnings), (false, vec!["OUT_OF_HOURS".to_owned()], vec![]));
    let (permitted, reasons, warnings) = codes(&read(EVERY_KEY.as_bytes()).unwrap());
    assert_eq!((permitted, reasons), (false, vec!["SUSPENDED".to_owned()]));
    let expected = [
        "ONSITE_OUTSIDE_AREA",
        "BY_EXCEPTION",
        "BILLABLE_UNLISTED",
        "LINK_TRIED",
        "WARRANTY_AT_RISK",
        "NOT_A_NOTICE",
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn the_words_of_the_schema_are_those_of_the_program() {
    let words = |shape: &document::Shape, key: &str| match &shape
        .fields
        .iter()
        .find(|f| f.key == key)
        .unwrap()
        .kind
    {
        document::Kind::Word(words) => words.to_vec(),
        _ => panic!("{key}"),
    };
    let of = |key: &str| match &shapes::FACTS.fields.iter().find(|f| f.key == key).unwrap().kind {
        document::Kind::Of(shape) => *shape,
        _ => panic!("{key}"),
    };
    let categories: Vec<_> = WorkCategory::ALL.iter().map(|c| c.label()).collect();
    assert_eq!(words(of("request"), "category"), categories);
    let classes: Vec<_> = ClientClass::ALL.iter().map(|c| c.label()).collect();
    assert_eq!(words(of("contract"), "client_class"), classes);
}

#[test]
fn what_makes_no_sense_is_refused_at_its_place() {
    for (at, value, why) in [
        ("/contract/signed_on", json!("2026-02-29"), "no day of the calendar"),
        ("/contract/signed_on", json!("1900-01-01"), "check the year"),
        ("/contract/signed_on", json!("20231220"), "no day of the calendar"),
        ("/contract/first_echeance", json!("2024-01-01"), "must lie after"),
        ("/contract/site/country", json!("XX"), "no country"),
        ("/contract/site/country", json!("MC"), "lies in France"),
        ("/contract/site/postal", json!("9420"), "no French postal code"),
        ("/contract/site/commune", json!("00001"), "no INSEE code"),
        ("/contract/moved_abroad/to_country", json!("RE"), "within France"),
        ("/contract/scope/whole_fleet", json!("732829320"), "either whole_fleet or establishment"),
        ("/contract/scope/establishment", json!("73282932000075"), "no SIRET"),
        ("/contract/letters/0", json!({"by": "client", "form": "letter"}), "needs the day"),
        ("/contract/letters/1/received_on", json!("2026-05-31"), "check both days"),
        ("/contract/holidays", json!("custom:2026-12-24,2026-12-24"), "each once"),
        ("/contract/months", json!(601), "out of bounds"),
        ("/calendar/exceptions/0/until", json!("2026-11-18T19:00:00+01:00"), "ends after it begins"),
        ("/now", json!("2026-11-18T20:00:00"), "offset"),
        ("/rules/good_down_kbit", json!(500), "can't be worse"),
        ("/link/loss_low_permille", json!(5), "above the loss"),
        ("/link/down_kbit", json!(-1), "out of bounds"),
        ("/device/establishment", json!(null), "missing"),
        ("/device/warranty_until", json!("2026-13-01"), "no day"),
        ("/request/minutes", json!(0), "out of bounds"),
        ("/firm/phone", json!("01 99 00 12 34"), "no telephone number"),
        ("/contract/client", json!("Fleurs\u{7}Martin"), "control characters"),
        ("/contract/client", json!("\u{a0} "), "1 to 200"),
    ] {
        let bad = read_value(&changed(at, value.clone())).unwrap_err();
        assert!(bad.at.starts_with(at) && bad.why.contains(why), "{at} = {value}: {bad}");
    }
}

#[test]
fn clause_2_3_an_establishment_is_told_by_its_number_and_never_by_an_address() {
    let refused = |document: &Value| {
        codes(&read_value(document).unwrap()).1.contains(&"DEVICE_OUT_OF_SCOPE".to_owned())
    };
    assert!(!refused(&changed("/device/establishment", json!("73282932000074"))));
    assert!(refused(&changed("/device/establishment", json!("73282932000009"))));
    let mut fleet = changed("/contract/scope", json!({ "whole_fleet": "732829320" }));
    fleet["device"]["establishment"] = json!("73282932000009");
    assert!(!refused(&fleet));
    fleet["device"]["establishment"] = json!("90000000100004");
    if read_value(&fleet).is_ok() {
        assert!(refused(&fleet), "another firm's");
    }
    fleet["device"]["establishment"] = json!(null);
    assert!(!refused(&fleet), "a laptop away from every site stays covered");
}

#[test]
fn clause_6_2_a_move_of_some_sites_is_no_end() {
    let lapsed = |all: bool| {
        let document = changed("/contract/moved_abroad/all_sites", json!(all));
        codes(&read_value(&document).unwrap()).1.contains(&"LAPSED".to_owned())
    };
    assert!(lapsed(true) && !lapsed(false));
}

proptest! {
    /// Whatever bytes come in, an answer comes out.
    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..2000, cut in 0usize..2000) {
        let _ = read(&bytes);
        let mut document = EVERY_KEY.as_bytes().to_vec();
        let at = at % document.len();
        document.splice(at..(at + cut % 20).min(EVERY_KEY.len()), bytes.into_iter().take(3));
        let _ = read(&document);
    }
}
