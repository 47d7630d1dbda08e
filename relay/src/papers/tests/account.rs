//! The lines that papers make are those of the document that says the same; what was not agreed on is on no invoice.

use super::*;
use crate::bill;
use crate::coverage::{Approval, Lists, Means};
use crate::gate::term::NoticeCountsFrom;
use crate::money::lines::Bill;
use crate::papers::account::{NoLines, lines};
use crate::records::Party;
use aval_protocol::id::PersonId;
use aval_protocol::wire::equipment::{Entered, EquipmentKind, EquipmentLine, EquipmentList};
use aval_protocol::wire::inventory::{Serial, Text};
use jiff::civil::{Date, date};

const EVERY_KEY: &str = include_str!("../../../../docs/examples/lines-every-key.json");

fn reckoned(contract: Contract, rows: &[PaperRow], days: (Date, Date)) -> Result<Bill, NoLines> {
    with_lists(contract, rows, &Lists::default(), days)
}

fn with_lists(
    contract: Contract,
    rows: &[PaperRow],
    lists: &Lists,
    days: (Date, Date),
) -> Result<Bill, NoLines> {
    let judged = judged::judged(contract, rows, None, NOW).unwrap();
    lines(&judged, rows, lists, NoticeCountsFrom::Sent, days)
}

fn rows(all: &[(Kind, Value)]) -> Vec<PaperRow> {
    all.iter().zip(1..).map(|((kind, body), n)| row(n, *kind, None, body)).collect()
}

fn billed(period: &str) -> (Kind, Value) {
    (Kind::Billing, json!({ "from": "2026-01-05", "period_months": period, "mode": "transfer" }))
}

fn year() -> (Date, Date) {
    (date(2026, 1, 1), date(2027, 1, 1))
}

fn said(found: Result<Bill, NoLines>) -> String {
    match found {
        Err(NoLines::Said(said)) => said.fr,
        other => panic!("{other:?}"),
    }
}

#[test]
fn papers_make_the_lines_of_the_document_that_says_the_same() {
    let (ask, expected) = bill::read(EVERY_KEY.as_bytes()).unwrap();
    let document: Value = serde_json::from_str(EVERY_KEY).unwrap();
    let mut all = vec![
        (Kind::Billing, json!({ "from": "2026-01-01", "period_months": "3", "mode": "direct_debit" })),
        (Kind::Mandate, json!({ "rum": "AVAL-2026-014", "from": "2025-12-20" })),
        (Kind::Echeance, json!({ "first_echeance": "2026-12-31" })),
        (
            Kind::Letter,
            json!({ "by": "client", "form": "registered_letter", "sent_on": "2026-09-01", "proof": "1A" }),
        ),
        (Kind::Backup, json!({ "from": "2026-01-01", "included_gb": 100, "cents_per_gb": 300 })),
        (Kind::Option, json!({ "option": "onsite", "from": "2026-01-01" })),
    ];
    let lists = [
        ("prices", Kind::Price),
        ("indices", Kind::Index),
        ("volumes", Kind::Volume),
        ("extras", Kind::Charge),
        ("receptions", Kind::Reception),
    ];
    for (key, kind) in lists {
        for one in document[key].as_array().unwrap() {
            // A bank's fee is not even written down.
            if one["kind"] != "bank_fee" {
                all.push((kind, one.clone()));
            }
        }
    }
    let opened = Contract {
        term: Term::new(day("2026-01-01"), Months::default()),
        signed_on: day("2025-12-20"),
        ..contract()
    };
    let found = reckoned(opened, &rows(&all), (ask.from, ask.to)).unwrap();
    assert_eq!(found.invoices, expected.invoices);
    assert_eq!(found.waiting, expected.waiting);
    let rejected: Vec<_> = expected.rejected.iter().filter(|line| line.kind != "bank_fee").cloned().collect();
    assert_eq!(found.rejected, rejected);
}

#[test]
fn clause_10_1_a_new_rhythm_cuts_the_year_where_it_begins() {
    assert!(said(reckoned(contract(), &[], year())).contains("article\u{a0}10.1"));
    let price = (
        Kind::Price,
        json!({ "label": "Postes", "quantity": 2, "unit_cents": 3000, "basis": "contract", "agreed_on": "2026-07-02" }),
    );
    let monthly = (Kind::Billing, json!({ "from": "2026-07-05", "period_months": "1", "mode": "transfer" }));
    let found = reckoned(contract(), &rows(&[billed("3"), price, monthly]), year()).unwrap();
    let months: Vec<_> =
        found.invoices.iter().map(|invoice| (invoice.from.to_string(), invoice.until.to_string())).collect();
    assert_eq!(months.len(), 2 + 6, "{months:?}");
    assert_eq!(months[1], ("2026-04-05".to_owned(), "2026-07-05".to_owned()));
    assert_eq!(months[2], ("2026-07-05".to_owned(), "2026-08-05".to_owned()));
}

#[test]
fn clause_2_6_a_quote_is_invoiced_from_the_yes_on_and_waits_before_it() {
    let quote = (Kind::Quote, example(Kind::Quote));
    let line = (Kind::QuoteLine, example(Kind::QuoteLine));
    let of = |more: Option<(Kind, Value)>| {
        let mut all = vec![billed("12"), quote.clone(), line.clone()];
        all.extend(more);
        reckoned(contract(), &rows(&all), year()).unwrap()
    };
    let open = of(None);
    assert_eq!((open.invoices.len(), open.waiting.len(), open.waiting[0].clause), (0, 1, "2.6"));
    let step = |step: &str| Some((Kind::QuoteStep, with(&example(Kind::QuoteStep), "step", json!(step))));
    let accepted = of(step("accepted"));
    assert_eq!(
        (accepted.invoices[0].from.to_string(), accepted.invoices[0].total.0),
        ("2026-11-04".to_owned(), 9900)
    );
    assert!(accepted.waiting.is_empty());
    let refused = of(step("refused"));
    assert!(refused.invoices.is_empty() && refused.waiting.is_empty());
}

#[test]
fn clause_7_1_an_allowance_holds_from_its_day_and_only_with_the_option() {
    let backup = |from: &str, gb: u32| (Kind::Backup, json!({ "from": from, "included_gb": gb }));
    let volume = |month: &str| (Kind::Volume, json!({ "month": month, "bytes": 110_000_000_000_u64 }));
    let mut all = vec![
        billed("12"),
        backup("2026-01-05", 100),
        backup("2026-06-01", 105),
        volume("2026-05"),
        volume("2026-06"),
    ];
    let cents = |all: &[(Kind, Value)]| -> Vec<i64> {
        reckoned(contract(), &rows(all), year())
            .unwrap()
            .invoices
            .iter()
            .map(|invoice| invoice.total.0)
            .collect()
    };
    assert_eq!(cents(&all), [3000, 1500]);
    all.push((Kind::Option, json!({ "option": "backup", "from": "2026-01-05", "until": "2026-06-01" })));
    assert_eq!(cents(&all), [3000], "the option is over");
}

#[test]
fn clause_10_5_an_index_that_is_missing_is_asked_for() {
    let price =
        (Kind::Price, json!({ "label": "Postes", "quantity": 2, "unit_cents": 3000, "basis": "contract" }));
    let said = said(reckoned(contract(), &rows(&[billed("3"), price]), year()));
    assert!(said.contains("article\u{a0}10.5") && said.contains("5\u{a0}janvier 2026"), "{said}");
}

#[test]
fn days_that_make_no_sense_are_refused() {
    let all = rows(&[billed("3")]);
    for days in [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 1, 2), date(2026, 1, 1)),
        (date(1990, 1, 1), date(2199, 1, 1)),
    ] {
        assert!(said(reckoned(contract(), &all, days)).contains("vérifiez"));
    }
}

fn list(
    version: u32,
    before: Option<&EquipmentList>,
    from: &str,
    lines: Vec<EquipmentLine>,
) -> EquipmentList {
    EquipmentList {
        contract: ContractId::new("C-2026-014").unwrap(),
        version,
        before: before.map(EquipmentList::hash),
        from: in_list(from),
        lines,
    }
}

fn in_list(day: &str) -> aval_protocol::wire::inventory::Day {
    aval_protocol::wire::inventory::Day::of_iso(day).unwrap()
}

fn listed(no: u32, class: &str, entered: Entered, from: &str) -> EquipmentLine {
    EquipmentLine {
        no,
        kind: EquipmentKind::Computer,
        label: Text::new(&format!("PC {no}")).unwrap(),
        serial: Serial::default(),
        asset: None,
        site: None,
        class: Text::new(class).unwrap(),
        entered,
        from: in_list(from),
        until: None,
        state: None,
    }
}

#[test]
fn clause_10_2_invoices_go_by_the_approved_list_and_not_by_what_a_price_says_of_signatures() {
    let notified = |day| Entered::Notified(in_list(day));
    let first = list(1, None, "2026-01-05", vec![listed(1, "poste", Entered::Agreed, "2026-01-05")]);
    let mut lines = first.lines.clone();
    lines.push(listed(2, "poste", notified("2026-03-11"), "2026-03-11"));
    let second = list(2, Some(&first), "2026-03-20", lines);
    let both = |list: &EquipmentList| {
        [Party::Client, Party::Provider].map(|party| Approval {
            party,
            list: list.hash(),
            by: Means::Manager { person: PersonId::new("claire.dubois").unwrap() },
            at: NOW,
        })
    };
    let papers = rows(&[
        billed("1"),
        (Kind::Tariff, json!({ "from": "2026-01-05", "equipment": "poste", "unit_cents": 2500 })),
        (
            Kind::Price,
            json!({ "label": "Poste ajouté", "quantity": 1, "unit_cents": 2500, "basis": "notified", "from": "2026-03-11",
                    "signed_by_client_on": "2026-03-12", "signed_by_provider_on": "2026-03-12" }),
        ),
    ]);
    let march = (date(2026, 3, 1), date(2026, 4, 1));
    let amounts = |bill: &Bill| -> Vec<(&str, i64)> {
        bill.invoices.iter().flat_map(|one| &one.lines).map(|line| (line.kind, line.amount.0)).collect()
    };
    // Without an approved list, by the signatures that the price names.
    let bill = reckoned(contract(), &papers, march).unwrap();
    assert_eq!(amounts(&bill), [("share", 2016)]);
    // One version approved, the next one proposed: its growth waits, whatever the price says.
    let mut lists = Lists { versions: vec![first.clone(), second.clone()], approvals: both(&first).to_vec() };
    let bill = with_lists(contract(), &papers, &lists, march).unwrap();
    assert_eq!(amounts(&bill), [("price", 2500)]);
    assert_eq!(bill.waiting.iter().map(|line| line.amount.0).collect::<Vec<_>>(), [2016]);
    assert_eq!(bill.rejected.iter().map(|line| line.clause).collect::<Vec<_>>(), ["2.2"]);
    // One party alone changes nothing.
    lists.approvals.push(both(&second)[0].clone());
    assert_eq!(with_lists(contract(), &papers, &lists, march).unwrap(), bill);
    lists.approvals.push(both(&second)[1].clone());
    let bill = with_lists(contract(), &papers, &lists, march).unwrap();
    assert_eq!(amounts(&bill), [("price", 2500), ("share", 2016)]);
    assert_eq!(bill.waiting, []);
    // What was agreed on from the start is in the contract's own price, where there is one.
    let mut whole = papers.clone();
    whole.extend(rows(&[(
        Kind::Price,
        json!({ "label": "Forfait", "quantity": 1, "unit_cents": 9900, "basis": "contract" }),
    )]));
    let bill = with_lists(contract(), &whole, &lists, march).unwrap();
    assert_eq!(amounts(&bill), [("share", 2016), ("price", 9900)]);
}
