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

#[test]
fn one_program_serves_a_record_also_after_the_server_crashed() {
    let mut server = cluster::Cluster::make();
    server.start();
    let (one, other) = (Store::connect(&server.place()).unwrap(), Store::connect(&server.place()).unwrap());
    one.alone().unwrap();
    let refused = other.alone().unwrap_err();
    assert!(refused.to_string().contains("another relay serves"), "{refused}");
    server.batch("CREATE SCHEMA elsewhere");
    let elsewhere = format!("{}&options=-csearch_path%3Delsewhere", server.place());
    Store::connect(&elsewhere).unwrap().alone().unwrap();
    Store::connect(&server.place()).unwrap().open_contract(&contract("C-1"), &Author::Host, NOW).unwrap();
    server.crash();
    one.contracts().unwrap_err();
    server.start();
    assert_eq!(one.contracts().unwrap().len(), 1);
    let later = Store::connect(&server.place()).unwrap();
    later.alone().unwrap_err();
    drop(one);
    // The server notices in its own time.
    let free = (0..500).any(|_| {
        later.alone().is_ok() || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            false
        }
    });
    assert!(free, "the lock outlived its owner");
}

#[test]
fn a_dump_of_the_server_s_own_programs_is_a_record_when_it_is_put_back() {
    let mut server = cluster::Cluster::make();
    server.start();
    let store = Store::connect(&server.place()).unwrap();
    store.open_contract(&contract("C-1"), &Author::Host, NOW).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let run = |name: &str, database: &str, more: &[&str]| {
        let mut program = server.program(name);
        let file = dir.path().join("record.dump");
        let done = program.args(["--dbname", database]).args(more).arg(file).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    run("pg_dump", &server.place(), &["--format=custom", "--file"]);
    server.batch("CREATE DATABASE restored");
    let restored = server.place().replace("/postgres?", "/restored?");
    run("pg_restore", &restored, &["--exit-on-error"]);
    let back = Store::connect(&restored).unwrap();
    assert_eq!(back.contracts().unwrap(), store.contracts().unwrap());
    back.open_contract(&contract("C-2"), &Author::Host, NOW).unwrap();
    back.write(|tx| tx.execute("DELETE FROM contracts", &[])).unwrap_err();
}
