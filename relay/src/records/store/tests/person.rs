//! Somebody is found wherever the record names them, is given what it says, and is gone from the disk once erased (14.1).

use std::path::Path;

use aval_protocol::firm::{Member, Role, Signer};
use aval_protocol::id::{AgentId, SessionId};
use aval_protocol::journal::{Event, Told, commitment, verify};
use aval_protocol::text::person::Stays;
use aval_protocol::wire::record::OfferKind;
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};
use rusqlite::Connection;
use serde_json::json;

use super::*;
use crate::gate::hours::Window;
use crate::papers::{Kind, NewPaper, Paper};
use crate::records::sql::schema::STEPS;
use crate::records::sql::sqlite::file::APPLICATION_ID;
use crate::records::{ExceptionRow, Found, NewOffer, Person, SessionRow};

/// In seven texts that may go, of which one machine has five.
const GOES: &str = "Geneviève Quatrefages";
/// In a paper, in a machine's name, and in words of a contract that is held for a court.
const STAYS: &str = "Théodore Lebriquet";

fn written(desk: &Desk, relay: &Signer) -> AgentId {
    let (store, machine, by) = (&desk.store, desk.approved().id, person("claire.dubois"));
    let words = |of: &str, name: &str| format!("{of} de Mme {name}, au 2e");
    store.suspend(&id("C-2026-001"), &words("à la demande", GOES), &manager(), NOW).unwrap();
    store.resume(&id("C-2026-001"), &manager(), NOW).unwrap();
    store.set_lock(&person("paul"), true, &words("plainte", GOES), &by, NOW).unwrap();
    let reason = words("panne du poste", GOES);
    let committed = commitment(&[3; 16], &reason);
    let event = Event::ExceptionGranted { by: by.clone(), until: after(100), reason: committed };
    store.journal_append(machine, relay, NOW, &event).unwrap();
    store.keep_text(committed, [3; 16], &reason).unwrap();
    let window = Window { from: NOW, until: after(100) };
    store.grant_exception(&ExceptionRow { agent: machine, window, by: by.clone(), reason, at: NOW }).unwrap();
    let session = SessionId([5; 16]);
    store
        .session_requested(&SessionRow {
            id: session,
            technician: person("sophie.martin"),
            contract: id("C-2026-001"),
            request: SessionRequest {
                agent: machine,
                capabilities: Capabilities::VIEW,
                category: WorkCategory::Assistance,
                reference: words("appel", &GOES.to_uppercase()),
                minutes: 30,
            },
            at: NOW,
            steps: Vec::new(),
        })
        .unwrap();
    store
        .offer(&NewOffer {
            agent: machine,
            session: Some(session),
            kind: OfferKind::ALL[0],
            category: WorkCategory::Assistance,
            included: true,
            clause: "3.5",
            note: words("proposé à la demande", GOES),
            by: person("sophie.martin"),
            at: NOW,
        })
        .unwrap();
    store.revoke_agent(machine, &words("rendu à la demande", GOES), &manager(), NOW).unwrap();
    machine
}

fn stays(desk: &Desk) {
    let store = &desk.store;
    let paper = |contract: &str, kind, body: serde_json::Value| {
        let says = Ok(Paper::read(kind, body.to_string().as_bytes()).unwrap());
        let new = NewPaper { says, agent: None, corrects: None };
        store.write_papers(&id(contract), None, &[new], &manager(), NOW).unwrap();
    };
    paper("C-2026-001", Kind::Acknowledgement, json!({ "of": "backup", "on": "2026-11-02", "by": STAYS }));
    store.open_contract(&contract("C-held"), &manager(), NOW).unwrap();
    paper("C-held", Kind::LegalHold, json!({ "from": "2026-10-01", "reason": "litige" }));
    store.suspend(&id("C-held"), &format!("plainte de {STAYS}"), &manager(), NOW).unwrap();
    let spki = Signer::generate().unwrap().spki().to_vec();
    store.redeem(&desk.code(), &spki, &facts(STAYS), &accepted(), NOW).unwrap();
}

/// How often a name is in the files of a folder, whatever they are.
fn on_disk(dir: &Path, name: &str) -> usize {
    let mut hits = 0;
    for entry in dir.read_dir().unwrap() {
        let path = entry.unwrap().path();
        // A server's log of changes goes as it is overwritten: docs/store.md says so.
        hits += match path.is_dir() {
            true if path.ends_with("pg_wal") => 0,
            true => on_disk(&path, name),
            // Gone meanwhile: other tests have the same server.
            false => std::fs::read(&path)
                .map_or(0, |bytes| bytes.windows(name.len()).filter(|at| *at == name.as_bytes()).count()),
        };
    }
    hits
}

fn clause_14_1_a_person_is_found_told_and_erased_and_every_journal_stands(engine: Engine) {
    let desk = Desk::on(engine);
    let relay = Signer::generate().unwrap();
    let machine = written(&desk, &relay);
    stays(&desk);
    let store = &desk.store;
    let files = || {
        let names = [GOES.to_owned(), GOES.to_uppercase()];
        let dirs = match engine {
            Engine::Sqlite => desk.dir.path().to_owned(),
            Engine::Postgres => {
                // What the server has in its memory it writes.
                desk.spoil("CHECKPOINT", &[]).unwrap();
                aval_test_cluster::data()
            }
        };
        names.iter().map(|name| on_disk(&dirs, name)).sum::<usize>()
    };
    assert!(files() > 0, "the search does not find what is there");

    assert_eq!(Person::named(" ab "), None);
    let somebody = Person::named("geneviève QUATREFAGES").unwrap();
    let found = store.find_person(&somebody, NOW).unwrap();
    let mut places: Vec<_> = found.iter().map(|found| found.place.as_str()).collect();
    places.sort_unstable();
    let all = ["agent_acts", "exceptions", "journal", "locks", "offers", "sessions", "suspensions"];
    assert_eq!(places, all);
    assert!(
        found.iter().all(|found| found.stays.is_none() && found.text.to_lowercase().contains("quatrefages"))
    );
    assert_eq!(found.iter().filter(|found| found.agent == Some(machine)).count(), 5);
    assert_eq!(found.iter().filter(|found| found.contract == Some(id("C-2026-001"))).count(), 6);

    // Whoever saw other texts than there are erases nothing.
    let erase = |texts| store.erase_person(&somebody, texts, (&relay, &Author::Host), after(1));
    assert!(matches!(erase(6), Err(StoreError::Conflict(_))));
    assert_eq!(store.find_person(&somebody, NOW).unwrap(), found);
    erase(7).unwrap();
    assert_eq!(store.find_person(&somebody, NOW).unwrap(), []);
    assert_eq!(files(), 0, "on the disk still");
    let export = desk.dir.path().join("export");
    store.export(&export).unwrap();
    assert!(!String::from_utf8(bytes_of(&export)).unwrap().to_lowercase().contains("quatrefages"));
    let dir = tempfile::tempdir().unwrap();
    let there = match engine {
        Engine::Sqlite => Store::open(&dir.path().join("record.db")).unwrap(),
        Engine::Postgres => Store::connect(&aval_test_cluster::place()).unwrap(),
    };
    there.import(&export, relay.spki()).unwrap();
    assert_eq!(there.find_person(&somebody, NOW).unwrap(), []);

    // The facts are what they were, the journal tells how much went, and it verifies.
    assert!(store.locked(&person("paul")).unwrap());
    assert_eq!(store.sessions(machine).unwrap()[0].request.reference, "");
    let (entries, _) = store.journal_page(machine, 1, 99).unwrap();
    assert_eq!(verify(&entries, relay.spki(), None).unwrap(), store.journal_head(machine).unwrap());
    assert_eq!(entries.last().unwrap().told(), Told::Known(Event::Erased { texts: 5 }));
    assert_eq!(desk.count("SELECT texts FROM erasures"), 7);
}

fn clause_14_1_what_the_law_keeps_is_named_with_its_reason(engine: Engine) {
    let desk = Desk::on(engine);
    let relay = Signer::generate().unwrap();
    stays(&desk);
    let member = Member {
        person: person("theodore.l"),
        role: Role::Billing,
        display_name: STAYS.to_owned(),
        key: aval_protocol::id::KeyId([1; 32]),
        not_after: after(100),
    };
    desk.store.member_seen(&member, NOW).unwrap();
    let somebody = Person::named("lebriquet").unwrap();
    let look = || desk.store.find_person(&somebody, NOW).unwrap();
    let told =
        |found: &[Found]| found.iter().map(|found| (found.place.clone(), found.stays)).collect::<Vec<_>>();
    let mut before = told(&look());
    before.sort_by_key(|(place, _)| place.clone());
    let of = |place: &str, stays| (place.to_owned(), stays);
    let held = of("suspensions", Some(Stays::Held));
    let kept = [
        of("agent_facts", Some(Stays::Inventory)),
        of("members", None),
        of("papers", Some(Stays::Papers)),
        held.clone(),
    ];
    assert_eq!(before, kept);
    desk.store.erase_person(&somebody, 1, (&relay, &Author::Host), NOW).unwrap();
    assert_eq!(look().len(), 3);
    // Once the court is done with it, the words may go.
    let over = crate::papers::standing(&desk.store.papers(&id("C-held")).unwrap())
        .next()
        .map(|(row, _)| row.n)
        .unwrap();
    let says = Ok(Paper::read(
        Kind::LegalHold,
        json!({ "from": "2026-10-01", "until": "2026-11-01", "reason": "litige" }).to_string().as_bytes(),
    )
    .unwrap());
    let new = NewPaper { says, agent: None, corrects: Some((over, "clos".to_owned())) };
    desk.store.write_papers(&id("C-held"), None, &[new], &manager(), NOW).unwrap();
    assert_eq!(look().iter().filter(|found| found.stays.is_none()).count(), 1);
}

/// A record of the schema before, whose words lay in the facts' own rows.
#[test]
fn words_of_an_older_record_are_taken_out_of_its_facts_and_can_be_erased() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("record.db");
    let old = Connection::open(&path).unwrap();
    old.pragma_update(None, "journal_mode", "WAL").unwrap();
    for step in &STEPS[..5] {
        old.execute_batch(step).unwrap();
    }
    old.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    old.pragma_update(None, "user_version", 5).unwrap();
    old.execute_batch(&format!(
        "INSERT INTO contracts VALUES ('C-1', 'Fleurs', '2025-12-20', '2026-01-01', 36, NULL, 0, NULL, '@host', 7);
         INSERT INTO suspensions (contract, suspended, reason, author, at) VALUES ('C-1', 1, 'plainte de {GOES}', '@host', 8);
         INSERT INTO locks (technician, locked, reason, author, at) VALUES ('paul', 1, 'plainte de {GOES}', '@host', 8);"
    ))
    .unwrap();
    drop(old);
    assert!(on_disk(dir.path(), GOES) >= 2);
    let store = Store::open(&path).unwrap();
    let suspension = store.contract(&id("C-1")).unwrap().unwrap().suspension.unwrap();
    assert_eq!(suspension.reason, format!("plainte de {GOES}"));
    let (somebody, relay) = (Person::named(GOES).unwrap(), Signer::generate().unwrap());
    store.erase_person(&somebody, 2, (&relay, &Author::Host), NOW).unwrap();
    assert_eq!(on_disk(dir.path(), GOES), 0);
    let left = store.contract(&id("C-1")).unwrap().unwrap().suspension.unwrap();
    assert_eq!((left.reason.as_str(), left.at), ("", UnixSeconds(8)));
}

on_both!(
    clause_14_1_a_person_is_found_told_and_erased_and_every_journal_stands,
    clause_14_1_what_the_law_keeps_is_named_with_its_reason,
);
