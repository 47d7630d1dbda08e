//! Whatever the gate may meet can be written into the record as papers, and what is read back is judged as the facts are.

use aval_protocol::id::AssetId;
use aval_protocol::wire::equipment::{Entered, EquipmentKind};
use aval_protocol::wire::inventory;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cases::cases;
use super::documents::said;
use super::*;
use crate::coverage::Means;
use crate::coverage::amend::{Amendment, Description, NewLine};
use crate::gate::papers::{Commune, Warranty};
use crate::papers::{About, Kind, NewPaper, Paper};
use crate::records::{Author, NewContract, Party, PostalCode, Store};

const HERE: &str = "73282932000074";
const ELSEWHERE: &str = "73282932000009";
/// Long before whatever is judged.
const EVER: &str = "1990-01-01";
/// When it is written down: after all of it has happened.
const LATER: UnixSeconds = UnixSeconds(7_200_000_000);

/// The facts as papers of a contract and of its machine.
fn written(contract: &Contract, facts: &Facts, coverage: Coverage) -> Vec<(Kind, Value)> {
    let date = |day: Day| day.date().to_string();
    let moment = |at: UnixSeconds| jiff::Timestamp::from_second(at.0).unwrap().to_string();
    let papers = &facts.papers;
    let mut all = vec![
        (Kind::Client, json!({ "from": EVER, "class": papers.duty.class.label() })),
        (Kind::Scope, json!({ "from": EVER, "establishment": HERE })),
        (
            Kind::Site,
            json!({
                "site": "Siège", "from": EVER, "country": "FR",
                "postal": contract.postal.as_ref().map(PostalCode::as_str),
                "commune": papers.commune.as_ref().map(Commune::as_str),
            }),
        ),
    ];
    for notice in &contract.notices {
        let (sent, received) = (notice.days.sent().map(date), notice.days.received().map(date));
        let (by, proof) = (notice.by.label(), &notice.proof);
        let form = "electronic_registered_letter";
        all.push((
            Kind::Letter,
            json!({ "by": by, "form": form, "sent_on": sent, "received_on": received, "proof": proof }),
        ));
    }
    for &day in &papers.not_notices {
        all.push((Kind::Letter, json!({ "by": "client", "form": "email", "sent_on": date(day) })));
    }
    all.extend(papers.duty.told_on.iter().map(|&day| (Kind::RenewalNotice, json!({ "told_on": date(day) }))));
    if contract.onsite {
        all.push((Kind::Option, json!({ "option": "onsite", "from": EVER })));
    }
    if let Some(moved) = papers.moved_abroad {
        let (on, told) = (date(moved.moved_on), date(moved.letter_on));
        all.push((
            Kind::MovedAbroad,
            json!({ "to_country": "BE", "moved_on": on, "letter_on": told, "all_sites": true }),
        ));
    }
    for quote in &papers.quotes {
        let offered = hours::day(quote.accepted_at).to_string();
        let (label, at) = (quote.category.label(), moment(quote.accepted_at));
        all.push((
            Kind::Quote,
            json!({ "quote": quote.id, "for": label, "offered_on": offered, "what": "x" }),
        ));
        all.push((Kind::QuoteStep, json!({ "quote": quote.id, "step": "accepted", "at": at })));
    }
    all.extend(
        papers
            .unlisted
            .and_then(|unlisted| unlisted.first_seen)
            .map(|day| (Kind::Unlisted, json!({ "from": date(day) }))),
    );
    let until = match papers.warranty {
        Warranty::NotKept => None,
        Warranty::Unknown => Some("unknown".to_owned()),
        Warranty::Until(day) => Some(date(day)),
    };
    all.extend(until.map(|until| (Kind::Warranty, json!({ "from": EVER, "warranty_until": until }))));
    match coverage {
        // A list says so, not a paper.
        Coverage::Covered | Coverage::OffTheList => {}
        Coverage::OtherEstablishment => {
            all.push((Kind::Establishment, json!({ "from": EVER, "siret": ELSEWHERE })));
        }
        Coverage::NeedsRemediation => all.push((
            Kind::Quote,
            json!({ "quote": "R-1", "for": "remediation", "offered_on": EVER, "what": "disque" }),
        )),
    }
    all
}

/// What no paper holds, left out of the facts too.
fn writable(facts: &mut Facts, now: UnixSeconds) {
    let today = hours::day(now);
    facts.papers.quotes.retain(|quote| (3..=6).contains(&quote.category.number()));
    facts.papers.unlisted =
        facts.papers.unlisted.filter(|unlisted| unlisted.first_seen.is_some_and(|day| day.date() <= today));
    let told = &mut facts.papers.duty.told_on;
    told.sort();
    told.dedup();
}

/// A contract of its own in the record, with one machine and these papers.
fn record(
    store: &Store,
    n: u64,
    request: &Request,
    facts: &Facts,
    now: UnixSeconds,
) -> (Request, Facts, Facts) {
    let mut before = facts.clone();
    let given = before.record.as_mut().unwrap();
    let contract = given.contract.as_mut().unwrap();
    contract.id = ContractId::new(format!("C-{n}")).unwrap();
    let new = NewContract {
        id: contract.id.clone(),
        client: contract.client.clone(),
        signed_on: contract.signed_on,
        term: contract.term,
        postal: None,
        onsite: false,
        holidays: contract.holidays.clone(),
    };
    let at = UnixSeconds(0);
    store.open_contract(&new, &Author::Host, at).unwrap();
    let code = store.issue_code(&new.id, 60, &Author::Host, at, n.to_le_bytes()).unwrap().code;
    let accepted = aval_protocol::wire::enrol::Accepted {
        version: "0.1.0".into(),
        sha256: [7; 32],
        lang: aval_protocol::text::Lang::Fr,
    };
    let machine = store.redeem(&code, &n.to_le_bytes(), &Default::default(), &accepted, at).unwrap().id;
    let papers = written(contract, facts, given.coverage).into_iter().map(|(kind, body)| {
        let about = kind.about() == About::Machine || body["for"] == "remediation";
        let paper = Paper::read(kind, body.to_string().as_bytes());
        let paper = paper.unwrap_or_else(|said| panic!("{}: {body}", said.en));
        NewPaper { agent: about.then_some(machine), ..NewPaper::plain(paper) }
    });
    let papers: Vec<_> = papers.collect();
    store
        .write_papers(&new.id, Some(store.contract_version(&new.id).unwrap()), &papers, &Author::Host, LATER)
        .unwrap();
    if given.coverage == Coverage::OffTheList {
        off_the_list(store, &new.id, machine);
    }
    if let Some(suspension) = &contract.suspension {
        store.suspend(&new.id, &suspension.reason, &suspension.by, suspension.at).unwrap();
    }
    let request = Request {
        technician: request.technician.clone(),
        asked: SessionRequest { agent: machine, ..request.asked.clone() },
    };
    for row in given.exceptions.iter_mut().filter(|row| row.agent == AGENT) {
        row.agent = machine;
    }
    // Rights, exceptions and standings are recorded elsewhere; contract, coverage and papers are read back.
    let (read, papers) = store.facts_for(&request.technician, machine, now).unwrap();
    let mut after = Facts { papers, ..before.clone() };
    let record = after.record.as_mut().unwrap();
    record.contract = read.contract;
    record.coverage = read.coverage;
    (request, before, after)
}

/// Both parties approve a list with the machine on it, and one from which it has gone.
fn off_the_list(store: &Store, contract: &ContractId, machine: AgentId) {
    let (day, text) = (|text| inventory::Day::of_iso(text).unwrap(), |of| inventory::Text::new(of).unwrap());
    let says = Description {
        label: text("Accueil"),
        serial: inventory::Serial::default(),
        asset: Some(AssetId(machine.0)),
        site: None,
        class: text("poste"),
    };
    let (kind, entered) = (EquipmentKind::Computer, Entered::Agreed);
    let new = NewLine { kind, says, entered, from: day("1980-01-01"), state: None };
    let mut newest = None;
    for change in [Amendment::Add(Box::new(new)), Amendment::End { no: 1, on: day("1981-01-01") }] {
        let at = UnixSeconds(0);
        let list =
            store.propose_list(contract, newest, day("1980-01-01"), &[change], &Author::Host, at).unwrap();
        for party in [Party::Client, Party::Provider] {
            let means = Means::Paper { sha256: [7; 32], reference: "classeur 3".into() };
            store.approve_list(contract, list.hash(), party, &means, &Author::Host, at).unwrap();
        }
        newest = Some(list.hash());
    }
}

#[test]
fn what_was_written_into_the_record_is_judged_as_the_facts_are() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("record.db")).unwrap();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(300));
    let n = std::cell::Cell::new(0_u64);
    let ran = runner.run(&cases(), |(request, mut facts, now)| {
        if facts.record.as_ref().is_none_or(|record| record.contract.is_none()) {
            return Ok(());
        }
        writable(&mut facts, now);
        n.set(n.get() + 1);
        let (request, before, after) = record(&store, n.get(), &request, &facts, now);
        prop_assert_eq!(said(&request, &after, now), said(&request, &before, now));
        Ok(())
    });
    ran.unwrap();
    assert!(n.get() > 200, "most cases have a contract: {}", n.get());
}
