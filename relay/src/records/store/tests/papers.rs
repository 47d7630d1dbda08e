//! Papers are kept as they were written, corrected beside what they correct, and written by whoever has read what stands.

use aval_protocol::id::AgentId;
use serde_json::{Value, json};

use super::{Desk, Engine, NOW, after, contract, id, manager, nobody, on_both};
use crate::gate::papers::{ClientClass, Warranty};
use crate::papers::{About, Kind, MOST_AT_ONCE, NewPaper, Paper, PaperError, standing, tests::example};
use crate::records::sql::values;
use crate::records::{Author, StoreError};

fn new(kind: Kind, body: &Value) -> NewPaper {
    NewPaper::plain(Paper::read(kind, body.to_string().as_bytes()).unwrap())
}

fn client(class: &str) -> NewPaper {
    new(Kind::Client, &json!({ "from": "2026-01-05", "class": class }))
}

fn of(agent: AgentId, paper: NewPaper) -> NewPaper {
    NewPaper { agent: Some(agent), ..paper }
}

impl Desk {
    fn paper(&self, new: &NewPaper) -> Result<(), PaperError> {
        self.store.write_papers(&id("C-2026-001"), None, std::slice::from_ref(new), &manager(), NOW)
    }
}

fn every_kind_comes_back_as_it_was_written(engine: Engine) {
    let desk = Desk::on(engine);
    let machine = desk.attach().id;
    let mut written = Vec::new();
    for &kind in Kind::ALL {
        let mut body = example(kind);
        if kind == Kind::Withdrawal {
            let rows = desk.store.papers(&id("C-2026-001")).unwrap();
            body["letter"] = json!(rows.iter().find(|row| row.kind == Kind::Letter).unwrap().n);
        }
        let about = matches!(kind.about(), About::Machine | About::Either);
        let paper = NewPaper { agent: about.then_some(machine), ..new(kind, &body) };
        desk.paper(&paper).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
        written.push(paper);
    }
    let rows = desk.store.papers(&id("C-2026-001")).unwrap();
    assert_eq!(rows.len(), written.len());
    for (row, paper) in rows.iter().zip(&written) {
        assert_eq!(
            (row.kind, row.agent, row.paper.as_ref().ok_or(row.kind)),
            (paper.kind(), paper.agent, paper.says.as_ref().map_err(|kind| *kind))
        );
        assert_eq!((row.by.clone(), row.at, row.corrects, row.why.as_str()), (manager(), NOW, None, ""));
        assert_eq!(row.contract.is_none(), row.kind.about() == About::Firm);
    }
    // An index is every contract's.
    desk.store.open_contract(&contract("C-2"), &manager(), NOW).unwrap();
    let shared: Vec<_> = desk.store.papers(&id("C-2")).unwrap().iter().map(|row| row.kind).collect();
    assert_eq!(shared, [Kind::Index]);
    let (_, papers) = desk.store.facts_for(&super::person("sophie.martin"), machine, NOW).unwrap();
    assert!(matches!(papers.warranty, Warranty::Until(_)));
    assert_eq!(papers.duty.class, ClientClass::Consumer);
}

fn a_correction_stands_beside_what_it_corrects(engine: Engine) {
    let desk = Desk::on(engine);
    desk.paper(&client("consumer")).unwrap();
    let first = desk.store.papers(&id("C-2026-001")).unwrap()[0].n;
    assert!(matches!(desk.paper(&client("professional")), Err(PaperError::Wrong(_))), "one day, two classes");
    let right =
        NewPaper { corrects: Some((first, "c’est une association".into())), ..client("non_professional") };
    desk.paper(&right).unwrap();
    assert!(matches!(desk.paper(&right), Err(PaperError::Wrong(_))), "corrected once already");
    let rows = desk.store.papers(&id("C-2026-001")).unwrap();
    assert_eq!(rows.len(), 2, "the first one is still there to be read");
    assert_eq!((rows[1].corrects, rows[1].why.as_str()), (Some(first), "c’est une association"));
    let class =
        |desk: &Desk| desk.store.contract_at(&id("C-2026-001"), NOW).unwrap().unwrap().papers.duty.class;
    assert_eq!(class(&desk), ClientClass::NonProfessional);
    let struck =
        NewPaper { agent: None, says: Err(Kind::Client), corrects: Some((rows[1].n, "autre client".into())) };
    desk.paper(&struck).unwrap();
    assert_eq!(class(&desk), ClientClass::Professional);
    assert_eq!(standing(&desk.store.papers(&id("C-2026-001")).unwrap()).count(), 0);
}

fn the_second_editor_is_told_and_nothing_is_lost(engine: Engine) {
    let desk = Desk::on(engine);
    let reference = id("C-2026-001");
    let read = desk.store.contract_version(&reference).unwrap();
    let write = |read, paper: &NewPaper| {
        desk.store.write_papers(&reference, Some(read), std::slice::from_ref(paper), &manager(), NOW)
    };
    write(read, &client("consumer")).unwrap();
    let option = new(Kind::Option, &example(Kind::Option));
    assert!(matches!(write(read, &option), Err(PaperError::Changed)));
    assert_eq!(desk.store.papers(&reference).unwrap().len(), 1);
    write(desk.store.contract_version(&reference).unwrap(), &option).unwrap();
    // A suspension is a change too.
    let read = desk.store.contract_version(&reference).unwrap();
    desk.store.suspend(&reference, "x", &manager(), after(1)).unwrap();
    assert!(matches!(
        write(read, &new(Kind::Reference, &example(Kind::Reference))),
        Err(PaperError::Changed)
    ));
}

fn papers_are_written_all_or_none(engine: Engine) {
    let desk = Desk::on(engine);
    let write = |all: &[NewPaper]| desk.store.write_papers(&id("C-2026-001"), None, all, &Author::Host, NOW);
    let month = |month: &str| new(Kind::Volume, &json!({ "month": month, "bytes": 1 }));
    assert!(matches!(
        write(&[month("2026-01"), month("2026-02"), month("2026-01")]),
        Err(PaperError::Wrong(_))
    ));
    assert_eq!(desk.store.papers(&id("C-2026-001")).unwrap(), []);
    write(&[month("2026-01"), month("2026-02")]).unwrap();
    assert!(matches!(write(&[]), Err(PaperError::Wrong(_))));
    assert!(matches!(write(&vec![client("consumer"); MOST_AT_ONCE + 1]), Err(PaperError::Wrong(_))));
    assert_eq!(desk.store.papers(&id("C-2026-001")).unwrap().len(), 2);
}

fn papers_are_of_a_contract_that_is_there_and_of_its_own_machines(engine: Engine) {
    let desk = Desk::on(engine);
    let warranty = new(Kind::Warranty, &example(Kind::Warranty));
    assert!(matches!(desk.paper(&of(nobody(), warranty.clone())), Err(PaperError::Wrong(_))));
    desk.store.open_contract(&contract("C-2"), &manager(), NOW).unwrap();
    let machine = desk.attach().id;
    let elsewhere = desk.store.write_papers(&id("C-2"), None, &[of(machine, warranty)], &manager(), NOW);
    assert!(matches!(elsewhere, Err(PaperError::Wrong(_))));
    let nowhere = desk.store.write_papers(&id("C-0"), None, &[client("consumer")], &manager(), NOW);
    assert!(matches!(nowhere, Err(PaperError::Store(StoreError::NotFound(_)))));
}

fn a_paper_that_can_not_be_read_makes_the_gate_refuse(engine: Engine) {
    for (kind, body) in [
        ("letter", "{}"),
        ("love_letter", "{}"),
        ("client", "{\"from\":\"2026-02-30\",\"class\":\"consumer\"}"),
    ] {
        let desk = Desk::on(engine);
        let machine = desk.attach().id;
        let sql = "INSERT INTO papers (contract, kind, body, why, author, at) VALUES ('C-2026-001', ?1, ?2, '', '@host', 1)";
        desk.spoil(sql, values![kind, body]).unwrap();
        let read = desk.store.facts_for(&super::person("sophie.martin"), machine, NOW);
        assert!(matches!(read, Err(StoreError::Unavailable(_))), "{kind}");
        assert!(matches!(desk.store.contracts_after(None, 9, NOW), Err(StoreError::Unavailable(_))));
    }
}

fn no_program_changes_or_drops_a_paper(engine: Engine) {
    let desk = Desk::on(engine);
    desk.paper(&client("consumer")).unwrap();
    for sql in ["UPDATE papers SET body = '{}'", "DELETE FROM papers"] {
        assert!(desk.spoil(sql, &[]).is_err(), "{sql}");
    }
    assert_eq!(desk.count("SELECT count(*) FROM papers"), 1);
}

on_both!(
    every_kind_comes_back_as_it_was_written,
    a_correction_stands_beside_what_it_corrects,
    the_second_editor_is_told_and_nothing_is_lost,
    papers_are_written_all_or_none,
    papers_are_of_a_contract_that_is_there_and_of_its_own_machines,
    a_paper_that_can_not_be_read_makes_the_gate_refuse,
    no_program_changes_or_drops_a_paper,
);
