//! The document of a contract's money: schema, example, what makes no sense, and what comes out.

use serde_json::{Value, json};

use super::*;
use crate::pages;

const EVERY_KEY: &str = include_str!("../../../docs/examples/lines-every-key.json");

fn changed(at: &str, value: Value) -> Result<(Ask, Bill), Bad> {
    let mut document: Value = serde_json::from_str(EVERY_KEY).unwrap();
    let (above, key) = at.rsplit_once('/').unwrap();
    match document.pointer_mut(above).unwrap() {
        Value::Object(object) => drop(object.insert(key.to_owned(), value)),
        Value::Array(list) => list.insert(key.parse::<usize>().unwrap(), value),
        other => panic!("{other}"),
    }
    read(serde_json::to_string(&document).unwrap().as_bytes())
}

#[test]
fn the_page_of_the_schema_is_current_and_agrees_with_the_reader() {
    let schema = document::schema::of(&shapes::BILL, "aval-relay lines FACTS.json");
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    pages::is_current("docs/lines.schema.json", &text);
    document::tests::agree(&shapes::BILL, &text, EVERY_KEY);
}

#[test]
fn the_example_is_reckoned_line_by_line() {
    let (ask, bill) = read(EVERY_KEY.as_bytes()).unwrap();
    let found = ask.json(&bill);
    let lines: Vec<_> = found["invoices"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|invoice| {
            let from = invoice["from"].as_str().unwrap().to_owned();
            let lines = invoice["lines"].as_array().unwrap().clone();
            lines.into_iter().map(move |line| {
                (from.clone(), line["clause"].as_str().unwrap().to_owned(), line["cents"].as_i64().unwrap())
            })
        })
        .collect();
    let line = |from: &str, clause: &str, cents| (from.to_owned(), clause.to_owned(), cents);
    // 75.00 × 325.8 / 321.0 = 76.12; the last quarter lacks its last day: × 91/92.
    let expected = [
        line("2026-01-01", "10.1", 75_000),
        line("2026-01-01", "10.2", 4083),
        line("2026-03-03", "2.5", 8900),
        line("2026-04-01", "10.1", 75_000),
        line("2026-04-01", "10.1", 7500),
        line("2026-04-02", "2.6", 12_000),
        line("2026-05-12", "5.5", 6000),
        line("2026-06-01", "7.1", 3704),
        line("2026-07-01", "10.1", 76_120),
        line("2026-07-01", "10.1", 7612),
        line("2026-10-01", "10.1", 75_293),
        line("2026-10-01", "10.1", 7529),
    ];
    assert_eq!(lines, expected);
    let first = &found["invoices"][0];
    assert_eq!((&first["due_on"], &first["debit_on"]), (&json!("2026-02-03"), &json!("2026-03-02")));
    assert_eq!(first["total_cents"], 79_083);
    let rejected: Vec<_> = bill.rejected.iter().map(|line| (line.kind, line.clause)).collect();
    assert_eq!(rejected, [("visit", "5.2"), ("bank_fee", "10.4")]);
    assert_eq!(bill.waiting.iter().map(|line| line.kind).collect::<Vec<_>>(), ["claim"]);
}

#[test]
fn what_makes_no_sense_is_refused_at_its_place() {
    for (at, value, why) in [
        ("/to", json!("2026-01-01"), "after the first"),
        ("/contract/ends_on", json!("2026-01-01"), "after it begins"),
        ("/contract/period_months", json!("2"), "none of"),
        ("/prices/0/unit_cents", json!(-1), "out of bounds"),
        ("/prices/0/unit_cents", json!(1_000_000_001_i64), "out of bounds"),
        ("/prices/0/unit_cents", json!(75.0), "without fraction"),
        ("/prices/0/quantity", json!(0), "out of bounds"),
        ("/prices/0/from", json!("2026-02-01"), "leave from out"),
        ("/prices/1/from", json!(null), "missing"),
        ("/indices/1/month", json!("2026-13"), "no month"),
        ("/indices/1/month", json!("2026-05"), "published after its month"),
        ("/indices/1/published_on", json!("2025-10-31"), "after its month"),
        ("/volumes/1/month", json!("2026-05"), "there already"),
        ("/extras/1/quote", json!(null), "missing"),
        ("/extras/2/category", json!(null), "missing"),
        ("/extras/3/cause", json!(null), "missing"),
        ("/indices", json!([]), "index"),
    ] {
        let bad = changed(at, value.clone()).unwrap_err();
        assert!(bad.why.contains(why), "{at} = {value}: {bad}");
        // Of two that don't go together the second is named.
        let near = at.rsplit_once('/').unwrap().0;
        assert!(bad.at.starts_with(near), "{at}: {bad}");
    }
}

#[test]
fn clause_2_2_both_signatures_or_the_line_waits() {
    for key in ["signed_by_client_on", "signed_by_provider_on"] {
        let (_, bill) = changed(&format!("/prices/1/{key}"), json!(null)).unwrap();
        assert!(bill.waiting.iter().any(|line| line.label == "Poste COMPTA-2"), "{key}");
    }
    let (_, bill) = read(EVERY_KEY.as_bytes()).unwrap();
    assert!(bill.waiting.iter().all(|line| line.label != "Poste COMPTA-2"));
}

#[test]
fn no_cell_is_a_formula_and_spreadsheets_read_the_rest() {
    for bad in ["=1+1", "+33", "-2", "@SUM(A1)", "＝1", "%0A", "|calc"] {
        let (_, bill) = changed("/prices/0/label", json!(bad)).unwrap();
        let csv = out::csv(&bill);
        assert!(csv.contains(&format!(";\"'{bad}\";")), "{csv}");
        assert!(!csv.contains(&format!(";\"{bad}\";")));
    }
    let (_, bill) = changed("/prices/0/label", json!("Poste \"A\"; salle 2")).unwrap();
    let csv = out::csv(&bill);
    assert!(csv.starts_with('\u{feff}') && csv.contains("\"Poste \"\"A\"\"; salle 2\""), "{csv}");
    assert!(csv.lines().nth(1).unwrap().contains(";\"750,00\";"), "{csv}");
    assert_eq!(csv.lines().count(), 1 + 12 + 1 + 2);
}
