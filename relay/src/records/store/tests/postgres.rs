//! What only a server can do: crash and come back, be newer or somebody else's, be brought up by two relays at once.

use std::sync::Barrier;

use aval_test_cluster::{self as cluster, Cluster};

use super::{NOW, contract, id};
use crate::records::sql::postgres::Postgres;
use crate::records::sql::schema::{STEPS, present};
use crate::records::{Author, OpenError, Store, StoreError};

#[test]
fn a_record_comes_back_after_crashes_without_a_restart_and_with_every_acknowledged_fact() {
    let mut server = Cluster::make();
    server.start();
    let store = Store::connect(&server.place()).unwrap();
    let mut told = Vec::new();
    for round in 0..3 {
        let (writer, started) = (store.clone(), Barrier::new(2));
        let new = std::thread::scope(|scope| {
            let writing = scope.spawn(|| {
                let mut told = Vec::new();
                for n in 0.. {
                    let new = contract(&format!("C-{round}-{n}"));
                    match writer.open_contract(&new, &Author::Host, NOW) {
                        Ok(()) => told.push(new.id),
                        Err(StoreError::Unavailable(_)) => break,
                        Err(other) => panic!("{other:?}"),
                    }
                    if n == 10 {
                        started.wait();
                    }
                }
                told
            });
            started.wait();
            server.crash();
            writing.join().unwrap()
        });
        assert!(new.len() > 10);
        told.extend(new);
        assert!(matches!(store.contracts(), Err(StoreError::Unavailable(_))));
        server.start();
        for id in &told {
            assert!(store.contract(id).unwrap().is_some(), "acknowledged and lost: {id}");
        }
    }
}

#[test]
fn a_newer_schema_and_somebody_else_s_tables_are_refused() {
    let place = cluster::place();
    let newer = [STEPS, &["CREATE TABLE later (x TEXT);"]].concat();
    Store::connect(&place).unwrap();
    Postgres::open(&place).unwrap().migrate(&newer).unwrap();
    let refused = Store::connect(&place).unwrap_err();
    let so = |found, known| found == present() + 1 && known == present();
    assert!(matches!(refused, OpenError::Newer { found, known, .. } if so(found, known)), "{refused:?}");
    let place = cluster::place();
    let mut theirs = postgres::Client::connect(&place, postgres::NoTls).unwrap();
    theirs.batch_execute("CREATE TABLE recipes (name TEXT)").unwrap();
    assert!(matches!(Store::connect(&place), Err(OpenError::NotARecord(_))));
}

#[test]
fn relays_that_bring_up_an_empty_database_at_once_make_one_record() {
    let place = cluster::place();
    let start = Barrier::new(4);
    std::thread::scope(|scope| {
        for n in 0..4 {
            let (place, start) = (&place, &start);
            scope.spawn(move || {
                start.wait();
                let store = Store::connect(place).unwrap();
                store.open_contract(&contract(&format!("C-{n}")), &Author::Host, NOW).unwrap();
            });
        }
    });
    let store = Store::connect(&place).unwrap();
    assert_eq!(store.contracts().unwrap().len(), 4);
    assert!(store.contract(&id("C-3")).unwrap().is_some());
}

#[test]
fn what_another_program_writes_is_noticed_and_one_s_own_is_not() {
    let place = cluster::place();
    let (one, other) = (Store::connect(&place).unwrap(), Store::connect(&place).unwrap());
    let before = one.foreign_changes().unwrap();
    one.open_contract(&contract("C-1"), &Author::Host, NOW).unwrap();
    assert_eq!(one.foreign_changes().unwrap(), before);
    other.open_contract(&contract("C-2"), &Author::Host, NOW).unwrap();
    assert_ne!(one.foreign_changes().unwrap(), before);
}
