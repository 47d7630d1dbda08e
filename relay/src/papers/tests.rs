//! Each kind is taken as it is meant and refused with its clause; what the papers say is what the gate judges by.

mod account;
mod clauses;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::gate::term::{Day, Months, Term};
use crate::pages;
use crate::records::{Contract, Coverage};

/// Wednesday 2026-11-18, 10 o'clock in Paris.
pub(crate) const NOW: UnixSeconds = UnixSeconds(1_794_992_400);
const AGENT: AgentId = AgentId([7; 16]);

fn day(text: &str) -> Day {
    document::view::day(text).unwrap()
}

fn contract() -> Contract {
    Contract {
        id: ContractId::new("C-2026-014").unwrap(),
        client: "Cabinet Leroy".into(),
        signed_on: day("2026-01-05"),
        term: Term::new(day("2026-01-05"), Months::default()),
        postal: None,
        onsite: false,
        holidays: None,
        notices: Vec::new(),
        suspension: None,
    }
}

/// A body that each kind takes.
pub(crate) fn example(kind: Kind) -> Value {
    match kind {
        Kind::Client => json!({ "from": "2026-01-05", "class": "consumer" }),
        Kind::RenewalNotice => json!({ "told_on": "2026-09-01" }),
        Kind::Letter => {
            json!({ "by": "client", "form": "registered_letter", "sent_on": "2026-09-01", "proof": "1A 234" })
        }
        Kind::Withdrawal => json!({ "letter": 1, "by": "client", "on": "2026-09-20" }),
        Kind::MovedAbroad => {
            json!({ "to_country": "BE", "moved_on": "2027-02-01", "letter_on": "2026-11-02", "all_sites": true })
        }
        Kind::Echeance => json!({ "first_echeance": "2026-07-01" }),
        Kind::Terms => json!({ "from": "2026-01-05", "version": "2025-2", "sha256": "0".repeat(64) }),
        Kind::Option => json!({ "option": "onsite", "from": "2026-03-01", "until": "2027-01-01" }),
        Kind::Site => {
            json!({ "site": "Siège", "from": "2026-01-05", "siret": "73282932000074", "country": "FR", "postal": "94200" })
        }
        Kind::Scope => json!({ "from": "2026-01-05", "establishment": "73282932000074" }),
        Kind::Establishment => json!({ "from": "2026-01-05", "siret": "73282932000074" }),
        Kind::Unlisted => json!({ "from": "2026-03-11" }),
        Kind::Representative => json!({ "from": "2026-01-05", "person": "Mme Leroy, gérante" }),
        Kind::Reserve => json!({ "on": "2026-03-11", "what": "disque à remplacer avant l’été" }),
        Kind::Warranty => json!({ "from": "2026-01-05", "warranty_until": "2027-12-31" }),
        Kind::Assignment => json!({ "on": "2027-01-01", "to": "Autre Maintenance SARL" }),
        Kind::DataRequest => {
            json!({ "request": "access", "asked_on": "2026-10-01", "closed_on": "2026-10-01" })
        }
        Kind::Marketing => json!({ "from": "2026-05-04", "allowed": false, "channel": "phone" }),
        Kind::Reference => json!({ "from": "2026-01-05", "allowed": false }),
        Kind::LegalHold => json!({ "from": "2026-10-01", "reason": "litige sur la facture de juillet" }),
        Kind::Quote => {
            json!({ "quote": "D-31", "for": "add_software", "offered_on": "2026-11-02", "what": "logiciel de paie" })
        }
        Kind::QuoteStep => json!({ "quote": "D-31", "step": "accepted", "at": "2026-11-04T09:00:00+01:00" }),
        Kind::Visit => json!({
            "visit": "V-7", "category": "maintenance", "decided_by": "sophie.martin",
            "from": "2026-11-20T14:00:00+01:00", "until": "2026-11-20T16:00:00+01:00",
        }),
        Kind::VisitEnd => {
            json!({ "visit": "V-7", "outcome": "stopped", "stop": "safety", "on": "2026-11-18" })
        }
        Kind::Acknowledgement => json!({ "of": "warranty", "on": "2026-11-02", "by": "Mme Leroy" }),
        Kind::ThirdParty => json!({
            "found_at": "2026-11-02T09:00:00+01:00", "informed_at": "2026-11-02T11:00:00+01:00", "what": "box de l’opérateur",
        }),
        Kind::Price => json!({ "label": "Postes", "quantity": 5, "unit_cents": 2500, "basis": "contract" }),
        Kind::Tariff => json!({ "from": "2026-01-05", "equipment": "poste", "unit_cents": 2500 }),
        Kind::Billing => json!({ "from": "2026-01-05", "period_months": "3", "mode": "transfer" }),
        Kind::Mandate => json!({ "rum": "AVAL-0001", "from": "2026-01-05" }),
        Kind::Index => {
            json!({ "series": "syntec", "month": "2025-11", "value_tenths": 3150, "published_on": "2025-12-30" })
        }
        Kind::Backup => json!({ "from": "2026-01-05", "included_gb": 100 }),
        Kind::Volume => json!({ "month": "2026-10", "bytes": 112_345_678_901_u64 }),
        Kind::QuoteLine => json!({ "quote": "D-31", "kind": "software", "label": "Licence", "cents": 9900 }),
        Kind::Charge => json!({ "kind": "part", "label": "Disque", "on": "2026-11-02", "cents": 8900 }),
        Kind::Reception => json!({ "invoice_from": "2026-01-05", "received_on": "2026-01-12" }),
    }
}

fn read(kind: Kind, body: &Value) -> Result<Paper, Sentence> {
    Paper::read(kind, body.to_string().as_bytes())
}

fn paper(kind: Kind, body: &Value) -> Paper {
    read(kind, body).unwrap_or_else(|said| panic!("{kind:?}: {}", said.en))
}

fn row(n: i64, kind: Kind, agent: Option<AgentId>, body: &Value) -> PaperRow {
    let (paper, contract) = (Some(paper(kind, body)), Some(contract().id));
    PaperRow {
        n,
        contract,
        kind,
        agent,
        paper,
        corrects: None,
        why: String::new(),
        by: Author::Host,
        at: NOW,
    }
}

fn with(base: &Value, key: &str, value: Value) -> Value {
    let mut body = base.clone();
    body[key] = value;
    body
}

/// What is said of a new paper beside others.
fn refused(rows: &[PaperRow], new: &NewPaper) -> Option<Sentence> {
    match fit::check(&contract(), rows, new, NOW) {
        Ok(()) => None,
        Err(PaperError::Wrong(said)) => Some(said),
        Err(other) => panic!("{other}"),
    }
}

fn plain(kind: Kind, body: &Value) -> NewPaper {
    let machine = matches!(kind.about(), About::Machine).then_some(AGENT);
    NewPaper { agent: machine, ..NewPaper::plain(paper(kind, body)) }
}

fn beside(rows: &[PaperRow], kind: Kind, body: &Value) -> String {
    refused(rows, &plain(kind, body)).map(|said| said.fr).unwrap_or_default()
}

#[test]
fn the_page_of_the_schema_is_current() {
    let kinds: serde_json::Map<String, Value> = Kind::ALL
        .iter()
        .map(|kind| {
            let mut schema = document::schema::of(kind.shape(), kind.label());
            schema["clause"] = json!(kind.clause());
            schema["sort"] = json!(format!("{:?}", kind.sort()).to_lowercase());
            (kind.label().to_owned(), schema)
        })
        .collect();
    let page = json!({
        "title": "The body of each kind of paper",
        "description": "Made from relay/src/papers: the record keeps bodies of these shapes, aval-relay contract paper takes them.",
        "kinds": kinds,
    });
    let text = serde_json::to_string_pretty(&page).unwrap() + "\n";
    pages::is_current("docs/papers.schema.json", &text);
}

#[test]
fn each_kind_has_a_name_of_its_own_and_is_taken_and_spelled_in_one_way() {
    let labels: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.label()).collect();
    assert_eq!(labels.len(), Kind::ALL.len());
    for &kind in Kind::ALL {
        assert_eq!(Kind::of(kind.label()), Some(kind));
        let title = aval_protocol::text::papers::kind(kind.label());
        assert!(title.fr != "Pièce", "{kind:?} has a name for people");
        let taken = paper(kind, &example(kind));
        let again = Paper::read(kind, taken.body().as_bytes()).unwrap();
        assert_eq!((again.body(), again.kind()), (taken.body(), kind));
        for field in kind.shape().fields {
            let name = aval_protocol::text::papers::key(field.key);
            assert!(name.fr != name.en || field.key == name.fr || !name.fr.contains('_'), "{}", field.key);
            assert!(!name.fr.contains('_'), "{} of {kind:?} has a name for people", field.key);
        }
        assert!(
            kind.keys().iter().chain(kind.past()).all(|key| kind
                .shape()
                .fields
                .iter()
                .any(|f| f.key == *key))
        );
    }
}

#[test]
fn what_a_field_can_not_hold_is_refused_with_the_clause_and_what_to_write() {
    for (kind, key, value, said) in [
        (Kind::Client, "from", json!("2026-02-30"), "article\u{a0}15.2"),
        (Kind::Client, "from", json!("1989-12-31"), "1990"),
        (Kind::Client, "class", json!("friend"), "professional"),
        (Kind::Site, "siret", json!("73282932000075"), "clé est juste"),
        (Kind::Site, "country", json!("XX"), "article\u{a0}2.3"),
        (Kind::Site, "country", json!("BE"), "article\u{a0}15.1"),
        (Kind::Site, "postal", json!("9420"), "cinq chiffres"),
        (Kind::Site, "commune", json!("9404"), "94041"),
        (Kind::MovedAbroad, "to_country", json!("GP"), "article\u{a0}6.2"),
        (Kind::MovedAbroad, "to_country", json!("ZZ"), "deux lettres"),
        (Kind::Price, "unit_cents", json!(-1), "article\u{a0}10.1"),
        (Kind::Price, "unit_cents", json!(1_000_000_001_i64), "0 à 1000000000"),
        (Kind::Price, "quantity", json!(0), "nombre entier"),
        (Kind::Backup, "included_gb", json!(-1), "article\u{a0}7.1"),
        (Kind::Volume, "bytes", json!(1.5), "article\u{a0}7.1"),
        (Kind::Volume, "month", json!("2026-13"), "un mois"),
        (Kind::Billing, "period_months", json!("2"), "article\u{a0}10.1"),
        (Kind::Terms, "sha256", json!("ABC"), "SHA-256"),
        (Kind::Visit, "decided_by", json!("Sophie!"), "personne de la firme"),
        (Kind::Visit, "until", json!("2026-11-20T14:00:00+01:00"), "article\u{a0}5.5"),
        (Kind::Option, "until", json!("2026-03-01"), "doit venir après"),
        (Kind::Warranty, "warranty_until", json!("soon"), "unknown"),
        (Kind::LegalHold, "reason", json!("a\nb"), "une ligne"),
        (Kind::LegalHold, "colour", json!("red"), "il n’y a pas de champ"),
    ] {
        let wrong = read(kind, &with(&example(kind), key, value.clone())).unwrap_err();
        assert!(wrong.fr.contains(said), "{kind:?} {key} = {value}: {}", wrong.fr);
        assert!(wrong.fr.contains("article\u{a0}") && wrong.en.contains("clause "), "{}", wrong.en);
    }
    for broken in ["", "{", "[]", "{\"from\":1,\"from\":2}", "\u{0}"] {
        Paper::read(Kind::Client, broken.as_bytes()).unwrap_err();
    }
    Paper::read(Kind::Client, &[0xff, 0xfe]).unwrap_err();
    Paper::read(Kind::LegalHold, &vec![b' '; MAX_BODY + 1]).unwrap_err();
}

#[test]
fn clause_2_5_parts_and_software_are_never_included() {
    for kind in ["part", "software"] {
        for (cents, included) in [(0, false), (0, true), (9900, true)] {
            let line =
                json!({ "quote": "D-31", "kind": kind, "label": "x", "cents": cents, "included": included });
            assert!(read(Kind::QuoteLine, &line).unwrap_err().fr.contains("article\u{a0}2.5"));
            let once = json!({ "kind": kind, "label": "x", "on": "2026-11-02", "cents": cents, "included": included });
            assert!(read(Kind::Charge, &once).unwrap_err().en.contains("clause 2.5"));
        }
    }
    let warranty = |cents| json!({ "quote": "D-31", "kind": "warranty_part", "label": "x", "cents": cents });
    paper(Kind::QuoteLine, &warranty(0));
    read(Kind::QuoteLine, &warranty(1)).unwrap_err();
}

#[test]
fn clause_10_4_and_5_5_what_is_the_firms_own_affair_is_no_charge() {
    let charge = |kind: &str, more: Value| {
        let mut body = json!({ "kind": kind, "label": "x", "on": "2026-11-02", "cents": 100 });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read(Kind::Charge, &body)
    };
    assert!(charge("bank_fee", json!({})).unwrap_err().fr.contains("article\u{a0}10.4"));
    assert!(charge("trip", json!({ "cause": "provider" })).unwrap_err().fr.contains("article\u{a0}5.5"));
    charge("trip", json!({})).unwrap_err();
    charge("trip", json!({ "cause": "client_absent" })).unwrap();
    charge("visit", json!({})).unwrap_err();
    charge("quoted_work", json!({})).unwrap_err();
}

#[test]
fn clause_6_3_a_letter_has_a_day_and_a_registered_one_its_proof() {
    let base = example(Kind::Letter);
    for (key, value) in
        [("sent_on", Value::Null), ("proof", Value::Null), ("received_on", json!("2026-08-31"))]
    {
        assert!(read(Kind::Letter, &with(&base, key, value)).unwrap_err().fr.contains("article\u{a0}6.3"));
    }
    paper(Kind::Letter, &json!({ "by": "client", "form": "email", "received_on": "2026-09-01" }));
    // A letter of tomorrow is none.
    assert!(beside(&[], Kind::Letter, &with(&base, "sent_on", json!("2026-11-19"))).contains("à venir"));
    assert_eq!(beside(&[], Kind::Letter, &base), "");
}

#[test]
fn no_day_says_two_things() {
    let client = row(1, Kind::Client, None, &example(Kind::Client));
    assert!(
        beside(std::slice::from_ref(&client), Kind::Client, &example(Kind::Client)).contains("n°\u{a0}1")
    );
    let later = with(&example(Kind::Client), "from", json!("2026-06-01"));
    assert_eq!(beside(std::slice::from_ref(&client), Kind::Client, &later), "");

    let option = row(2, Kind::Option, None, &example(Kind::Option));
    let span = |from: &str, until: Value| json!({ "option": "onsite", "from": from, "until": until });
    for (from, until, fits) in [
        ("2026-01-05", json!("2026-03-01"), true),
        ("2026-01-05", json!("2026-03-02"), false),
        ("2026-01-05", Value::Null, false),
        ("2026-12-31", Value::Null, false),
        ("2027-01-01", Value::Null, true),
    ] {
        let said = beside(std::slice::from_ref(&option), Kind::Option, &span(from, until));
        assert_eq!(said.is_empty(), fits, "{from}: {said}");
    }
    let backup = json!({ "option": "backup", "from": "2026-03-01" });
    assert_eq!(beside(&[option], Kind::Option, &backup), "", "another option");
}

#[test]
fn clause_2_6_a_quote_is_offered_accepted_and_done_in_this_order() {
    let quote = row(1, Kind::Quote, None, &example(Kind::Quote));
    let step = |step: &str, at: &str| json!({ "quote": "D-31", "step": step, "at": at });
    let said = |rows: &[PaperRow], body: &Value| beside(rows, Kind::QuoteStep, body);
    assert!(said(&[], &example(Kind::QuoteStep)).contains("n’existe pas"));
    let one = [quote.clone()];
    assert!(
        said(&one, &step("accepted", "2026-11-01T12:00:00+01:00")).contains("après"),
        "before it was offered"
    );
    assert!(said(&one, &step("accepted", "2026-11-19T12:00:00+01:00")).contains("à venir"));
    assert!(!said(&one, &step("done", "2026-11-05T12:00:00+01:00")).is_empty(), "nobody accepted it");
    let two = [quote, row(2, Kind::QuoteStep, None, &example(Kind::QuoteStep))];
    assert_eq!(said(&two, &step("done", "2026-11-05T12:00:00+01:00")), "");
    assert!(!said(&two, &step("done", "2026-11-03T12:00:00+01:00")).is_empty(), "work before the yes");
    assert!(said(&two, &step("refused", "2026-11-05T12:00:00+01:00")).contains("n°\u{a0}2"));
    // What the gate is told: from the yes until the work is done.
    let quotes =
        |rows: &[PaperRow], now| judged::judged(contract(), rows, None, now).unwrap().papers.quotes.len();
    assert_eq!(quotes(&two, NOW), 1);
    let [a, b] = two;
    let three = [a, b, row(3, Kind::QuoteStep, None, &step("done", "2026-11-05T12:00:00+01:00"))];
    assert_eq!(quotes(&three, NOW), 0);
}

#[test]
fn clause_10_1_the_rhythm_changes_only_between_two_periods() {
    let quarterly = [row(1, Kind::Billing, None, &example(Kind::Billing))];
    let monthly = |from: &str| json!({ "from": from, "period_months": "1", "mode": "transfer" });
    for day in ["2026-04-05", "2026-07-05", "2027-01-05"] {
        assert_eq!(beside(&quarterly, Kind::Billing, &monthly(day)), "", "{day}");
    }
    let said = beside(&quarterly, Kind::Billing, &monthly("2026-05-05"));
    assert!(said.contains("article\u{a0}10.1") && said.contains("juillet"), "{said}");
}

#[test]
fn a_correction_names_what_it_corrects_and_why() {
    let rows = [row(1, Kind::Client, None, &example(Kind::Client))];
    let new = |number, why: &str| NewPaper {
        corrects: Some((number, why.to_owned())),
        ..NewPaper::plain(paper(Kind::Client, &example(Kind::Client)))
    };
    assert_eq!(refused(&rows, &new(1, "faute de frappe")), None);
    assert!(refused(&rows, &new(1, " ")).unwrap().fr.contains("pourquoi"));
    assert!(refused(&rows, &new(2, "x")).unwrap().fr.contains("n°\u{a0}2"));
    let corrected = PaperRow { n: 2, corrects: Some(1), ..rows[0].clone() };
    let both = [rows[0].clone(), corrected];
    assert!(refused(&both, &new(1, "x")).is_some(), "corrected before");
    assert_eq!(standing(&both).count(), 1);
    let struck = PaperRow { n: 3, corrects: Some(2), paper: None, ..rows[0].clone() };
    let [a, b] = both;
    assert_eq!(standing(&[a, b, struck]).count(), 0);
    let nothing = NewPaper { agent: None, says: Err(Kind::Client), corrects: None };
    assert!(refused(&rows, &nothing).is_some(), "nothing that corrects nothing");
}

#[test]
fn papers_of_a_machine_name_one_and_others_name_none() {
    let new = |kind, agent| NewPaper { agent, ..NewPaper::plain(paper(kind, &example(kind))) };
    assert!(refused(&[], &new(Kind::Warranty, None)).is_some());
    assert!(refused(&[], &new(Kind::Client, Some(AGENT))).is_some());
    assert_eq!(refused(&[], &new(Kind::Acknowledgement, Some(AGENT))), None);
    assert_eq!(refused(&[], &new(Kind::Acknowledgement, None)), None);
}

#[test]
fn clause_2_3_a_machine_is_covered_where_it_belongs_and_its_site_decides_on_visits() {
    let at = |siret: &str| with(&example(Kind::Establishment), "siret", json!(siret));
    let lyon = json!({ "site": "Lyon", "from": "2026-01-05", "siret": "73282932000009", "country": "FR", "postal": "69001" });
    let main = with(&example(Kind::Site), "main", json!(true));
    let mut rows = vec![
        row(1, Kind::Scope, None, &example(Kind::Scope)),
        row(2, Kind::Site, None, &main),
        row(3, Kind::Site, None, &lyon),
    ];
    let of = |rows: &[PaperRow]| {
        let judged = judged::judged(contract(), rows, Some((AGENT, Coverage::Covered)), NOW).unwrap();
        (judged.coverage, judged.contract.postal.unwrap().as_str().to_owned())
    };
    assert_eq!(of(&rows), (Coverage::Covered, "94200".to_owned()), "nobody assigned it");
    rows.push(row(4, Kind::Establishment, Some(AGENT), &at("73282932000074")));
    assert_eq!(of(&rows), (Coverage::Covered, "94200".to_owned()));
    rows.push(row(
        5,
        Kind::Establishment,
        Some(AGENT),
        &with(&at("73282932000009"), "from", json!("2026-06-01")),
    ));
    assert_eq!(of(&rows), (Coverage::OtherEstablishment, "69001".to_owned()));
    rows.push(row(6, Kind::Scope, None, &json!({ "from": "2026-10-01", "whole_fleet": "732829320" })));
    assert_eq!(of(&rows).0, Coverage::Covered);
}

#[test]
fn clause_2_1_a_machine_to_be_mended_is_covered_once_its_quote_was_accepted() {
    let quote = with(&example(Kind::Quote), "for", json!("remediation"));
    let mut rows = vec![row(1, Kind::Quote, Some(AGENT), &quote)];
    let of = |rows: &[PaperRow]| {
        judged::judged(contract(), rows, Some((AGENT, Coverage::Covered)), NOW).unwrap().coverage
    };
    assert_eq!(of(&rows), Coverage::NeedsRemediation);
    rows.push(row(2, Kind::QuoteStep, None, &example(Kind::QuoteStep)));
    assert_eq!(of(&rows), Coverage::Covered);
}

#[test]
fn clause_5_2_an_option_is_included_from_the_day_it_was_subscribed() {
    let rows = [row(1, Kind::Option, None, &example(Kind::Option))];
    let onsite = |now| judged::judged(contract(), &rows, None, now).unwrap().contract.onsite;
    let moment = |text: &str| document::view::moment(text).unwrap();
    assert!(!onsite(moment("2026-02-28T23:59:59+01:00")) && onsite(moment("2026-03-01T00:00:00+01:00")));
    assert!(onsite(moment("2026-12-31T23:59:59+01:00")) && !onsite(moment("2027-01-01T00:00:00+01:00")));
}

#[test]
fn clause_6_3_a_letter_is_gone_only_when_both_sides_withdrew_it() {
    let by = |who: &str| json!({ "letter": 1, "by": who, "on": "2026-09-20" });
    let mut rows = vec![row(1, Kind::Letter, None, &example(Kind::Letter))];
    let notices =
        |rows: &[PaperRow]| judged::judged(contract(), rows, None, NOW).unwrap().contract.notices.len();
    assert_eq!(notices(&rows), 1);
    rows.push(row(2, Kind::Withdrawal, None, &by("client")));
    assert_eq!(notices(&rows), 1);
    assert!(beside(&rows, Kind::Withdrawal, &by("client")).contains("n°\u{a0}2"));
    assert_eq!(beside(&rows, Kind::Withdrawal, &by("provider")), "");
    rows.push(row(3, Kind::Withdrawal, None, &by("provider")));
    assert_eq!(notices(&rows), 0);
    assert!(
        beside(&rows, Kind::Withdrawal, &with(&by("client"), "letter", json!(9))).contains("n’existe pas")
    );
}

#[test]
fn clause_11_5_a_client_told_too_late_or_never_is_found() {
    let base = example(Kind::ThirdParty);
    let told = |at: Value| row(4, Kind::ThirdParty, Some(AGENT), &with(&base, "informed_at", at));
    let untold = |row: PaperRow| judged::untold(&[row], NOW);
    assert_eq!(untold(told(json!("2026-11-03T09:00:00+01:00"))), Vec::<i64>::new());
    assert_eq!(untold(told(json!("2026-11-03T09:00:01+01:00"))), [4]);
    assert_eq!(untold(told(Value::Null)), [4]);
}

#[test]
fn clause_14_2_a_no_by_any_channel_holds_and_clause_15_3_a_court_s_evidence_is_kept() {
    let today = crate::gate::hours::day(NOW);
    for channel in ["letter", "registered_letter", "email", "phone", "in_person"] {
        let no = row(1, Kind::Marketing, None, &with(&example(Kind::Marketing), "channel", json!(channel)));
        assert!(!judged::may_be_offered(&[no], today));
    }
    assert!(judged::may_be_offered(&[], today) && !judged::is_held(&[], today));
    let hold = row(1, Kind::LegalHold, None, &example(Kind::LegalHold));
    assert!(judged::is_held(&[hold], today));
}

#[test]
fn clause_5_5_a_visit_that_went_wrong_says_why_and_was_planned() {
    let visit = [row(1, Kind::Visit, None, &example(Kind::Visit))];
    assert_eq!(beside(&visit, Kind::VisitEnd, &example(Kind::VisitEnd)), "");
    assert!(beside(&[], Kind::VisitEnd, &example(Kind::VisitEnd)).contains("n’existe pas"));
    let end = example(Kind::VisitEnd);
    read(Kind::VisitEnd, &with(&end, "stop", Value::Null)).unwrap_err();
    read(Kind::VisitEnd, &with(&end, "outcome", json!("done"))).unwrap_err();
}
