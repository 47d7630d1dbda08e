//! What was written stays as it was written, and what can't be read is not guessed.

use aval_protocol::wire::session::Approval;

use super::{Desk, Engine, NOW, after, contract, day, id, manager, on_both, person};
use crate::gate::term::NoticeDays;
use crate::papers::{PaperError, registered_letter};
use crate::records::sql::{FromValue, Row, values};
use crate::records::{Author, Coverage, Notice, Party, StoreError, Suspension};

fn a_contract_comes_back_as_it_was_opened(engine: Engine) {
    let desk = Desk::on(engine);
    let plain =
        crate::records::NewContract { postal: None, onsite: false, holidays: None, ..contract("C-2") };
    desk.store.open_contract(&plain, &manager(), NOW).unwrap();
    for new in [contract("C-2026-001"), plain] {
        let kept = desk.store.contract(&new.id).unwrap().unwrap();
        assert_eq!((kept.id, kept.client, kept.signed_on), (new.id, new.client, new.signed_on));
        assert_eq!((kept.term, kept.postal, kept.onsite), (new.term, new.postal, new.onsite));
        assert_eq!((kept.holidays, kept.notices, kept.suspension), (new.holidays, vec![], None));
    }
    assert_eq!(desk.store.contract(&id("C-3")).unwrap(), None);
    assert!(matches!(
        desk.store.open_contract(&contract("C-2"), &manager(), NOW),
        Err(StoreError::Conflict(_))
    ));
    let nameless = crate::records::NewContract { client: " ".into(), ..contract("C-3") };
    assert!(matches!(desk.store.open_contract(&nameless, &manager(), NOW), Err(StoreError::Invalid(_))));
}

fn clause_6_3_each_letter_is_kept(engine: Engine) {
    let desk = Desk::on(engine);
    let days = |sent: Option<&str>, received: Option<&str>| {
        NoticeDays::new(sent.map(day), received.map(day)).unwrap()
    };
    let letters = [
        Notice {
            by: Party::Client,
            days: days(Some("2026-10-01"), None),
            proof: "RK 12 345 678 9 FR".into(),
        },
        Notice {
            by: Party::Provider,
            days: days(Some("2026-10-02"), Some("2026-10-05")),
            proof: "dossier 4".into(),
        },
        Notice { by: Party::Client, days: days(None, Some("2026-10-07")), proof: "accusé".into() },
    ];
    let write = |reference: &str, letter: &Notice| {
        let paper = registered_letter(letter).map_err(PaperError::Wrong)?;
        desk.store.write_papers(&id(reference), None, &[paper], &manager(), NOW)
    };
    for letter in &letters {
        write("C-2026-001", letter).unwrap();
    }
    let judged = desk.store.contract_at(&id("C-2026-001"), NOW).unwrap().unwrap();
    assert_eq!(judged.contract.notices, letters);
    assert!(matches!(write("C-0", &letters[0]), Err(PaperError::Store(StoreError::NotFound(_)))));
    let unproven = Notice { proof: String::new(), ..letters[0].clone() };
    assert!(matches!(write("C-2026-001", &unproven), Err(PaperError::Wrong(_))));
}

fn a_suspension_names_who_why_and_since_when_until_it_is_lifted(engine: Engine) {
    let desk = Desk::on(engine);
    let reference = id("C-2026-001");
    let now = || desk.store.contract(&reference).unwrap().unwrap().suspension;
    assert!(matches!(desk.store.resume(&reference, &manager(), NOW), Err(StoreError::Conflict(_))));
    desk.store.suspend(&reference, "mise en demeure du 3 mai", &manager(), NOW).unwrap();
    assert_eq!(now(), Some(Suspension { by: manager(), reason: "mise en demeure du 3 mai".into(), at: NOW }));
    assert!(matches!(desk.store.suspend(&reference, "x", &manager(), NOW), Err(StoreError::Conflict(_))));
    desk.store.resume(&reference, &Author::Host, after(5)).unwrap();
    assert_eq!(now(), None);
    desk.store.suspend(&reference, "encore", &Author::Host, after(9)).unwrap();
    assert_eq!(now().unwrap().at, after(9));
    for refused in
        [desk.store.suspend(&id("C-0"), "x", &manager(), NOW), desk.store.resume(&id("C-0"), &manager(), NOW)]
    {
        assert!(matches!(refused, Err(StoreError::NotFound(_))));
    }
}

fn every_act_stays_readable_with_who_and_when(engine: Engine) {
    let desk = Desk::on(engine);
    let row = desk.approved();
    for (coverage, at) in [(Coverage::NeedsRemediation, 1), (Coverage::Covered, 2)] {
        desk.store.set_coverage(row.id, coverage, &manager(), after(at)).unwrap();
    }
    desk.store.revoke_agent(row.id, "vendu", &Author::Host, after(3)).unwrap();
    let told = |sql: &str| -> Vec<(String, String, i64)> {
        let rows = desk.store.read(|tx| tx.rows(sql, &[])).unwrap();
        let told = |row: &Row| {
            let text = |name| String::from_value(row.value(name)?);
            Some((text("what")?, text("author")?, i64::from_value(row.value("at")?)?))
        };
        rows.iter().map(|row| told(row).unwrap()).collect()
    };
    let line = |what: &str, who: &str, at: i64| (what.to_owned(), who.to_owned(), NOW.0 + at);
    assert_eq!(
        told("SELECT standing AS what, author, at FROM agent_acts ORDER BY n"),
        [line("approved", "claire.dubois", 0), line("revoked", "@host", 3)]
    );
    assert_eq!(
        told("SELECT coverage AS what, author, at FROM agent_coverage ORDER BY n"),
        [line("needs_remediation", "claire.dubois", 1), line("covered", "claire.dubois", 2)]
    );
    // The word that approved it is still there, and still says what it said.
    let word = desk.store.agent(row.id).unwrap().unwrap().approval.unwrap();
    let said: Approval = word.open_by_key(desk.firm.spki()).unwrap();
    assert_eq!(said.contract, row.contract);
}

fn no_program_changes_or_drops_a_fact_by_mistake(engine: Engine) {
    let desk = Desk::on(engine);
    let row = desk.approved();
    desk.store.suspend(&row.contract, "x", &manager(), NOW).unwrap();
    desk.store.set_lock(&person("paul"), true, "x", &person("claire.dubois"), NOW).unwrap();
    for table in ["contracts", "suspensions", "codes", "agents", "agent_acts", "agent_facts", "locks"] {
        let rows = || desk.count(&format!("SELECT count(*) FROM {table}"));
        let before = rows();
        assert!(before > 0, "{table}");
        for sql in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET at = 0")] {
            // agents has no column of that name; its own is as safe.
            let sql = if table == "agents" { sql.replace("at = 0", "enrolled_at = 0") } else { sql };
            let refused = desk.spoil(&sql, &[]).unwrap_err();
            assert!(refused.to_string().contains("only added"), "{sql}: {refused}");
        }
        assert_eq!(rows(), before);
    }
}

fn a_row_that_makes_no_sense_is_unavailable_and_never_guessed(engine: Engine) {
    let spoil = |sql: &str| {
        let desk = Desk::on(engine);
        let row = desk.approved();
        desk.store.facts_for(&person("sophie.martin"), row.id, NOW).unwrap();
        let values = values![row.id.0, [0xff_u8]];
        let used = if sql.contains("?2") { 2 } else { 1 };
        assert_eq!(desk.spoil(sql, &values[..used]).unwrap(), 1, "{sql}");
        desk.store.facts_for(&person("sophie.martin"), row.id, NOW)
    };
    for sql in [
        "INSERT INTO agent_acts (agent, standing, author, at) VALUES (?1, 'Approved', '@host', 0)",
        "INSERT INTO agent_acts (agent, standing, approval, author, at) VALUES (?1, 'approved', ?2, 'x', 0)",
        "INSERT INTO agent_coverage (agent, coverage, author, at) VALUES (?1, 'perhaps', '@host', 0)",
        "INSERT INTO agent_facts (agent, facts, at) VALUES (?1, '{', 0)",
        "INSERT INTO exceptions (agent, opens, closes, author, at) VALUES (?1, 0, 9999999999, 'Not A Name', 0)",
        "INSERT INTO suspensions (contract, suspended, author, at)
         SELECT contract, 7, '@host', 0 FROM agents WHERE id = ?1",
        "INSERT INTO notices (contract, party, sent_on, proof, author, at)
         SELECT contract, 'client', '2026-02-30', 'x', '@host', 0 FROM agents WHERE id = ?1",
        "INSERT INTO notices (contract, party, proof, author, at)
         SELECT contract, 'client', 'x', '@host', 0 FROM agents WHERE id = ?1",
        "INSERT INTO notices (contract, party, sent_on, proof, author, at)
         SELECT contract, 'nobody', '2026-02-20', 'x', '@host', 0 FROM agents WHERE id = ?1",
    ] {
        let read = spoil(sql);
        assert!(matches!(read, Err(StoreError::Unavailable(_))), "{sql}: {read:?}");
    }
}

on_both!(
    a_contract_comes_back_as_it_was_opened,
    clause_6_3_each_letter_is_kept,
    a_suspension_names_who_why_and_since_when_until_it_is_lifted,
    every_act_stays_readable_with_who_and_when,
    no_program_changes_or_drops_a_fact_by_mistake,
    a_row_that_makes_no_sense_is_unavailable_and_never_guessed,
);
