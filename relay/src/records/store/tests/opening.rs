//! Opening, making, migrating and copying the file.

use rusqlite::Connection;

use super::{Desk, Engine, NOW, bytes_of, contract, id};
use crate::records::sql::schema::{STEPS, present};
use crate::records::sql::sqlite::file::{self, Kind};
use crate::records::sql::{Tx, values};
use crate::records::{Author, OpenError, Store, StoreError};

#[test]
fn a_new_file_is_a_record_for_its_owner_alone_and_opens_again() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::on(Engine::Sqlite);
    assert_eq!(desk.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(file::kind(&desk.raw()).unwrap(), Kind::Record(present()));
    let mode: String = desk.raw().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let again = Store::open_existing(&desk.path()).unwrap();
    assert_eq!(again.contracts().unwrap(), desk.store.contracts().unwrap());
}

#[test]
fn a_commit_waits_for_the_disk_unless_it_is_only_presence() {
    let desk = Desk::on(Engine::Sqlite);
    let agent = desk.attach().id;
    let settings = |write: bool| {
        let look = |tx: &Tx<'_>| -> Result<(i64, i64), StoreError> {
            Ok((tx.count("PRAGMA synchronous", values![])?, tx.count("PRAGMA foreign_keys", values![])?))
        };
        if write { desk.store.write(look) } else { desk.store.read(look) }.unwrap()
    };
    // 2 is FULL, 1 NORMAL (sqlite.org/pragma.html#pragma_synchronous).
    assert_eq!(settings(false), (2, 1));
    desk.store.seen(agent, NOW).unwrap();
    assert_eq!(settings(false), (1, 1));
    assert_eq!(settings(true), (2, 1));
}

#[test]
fn a_missing_directory_and_a_missing_file_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("no/record.db");
    assert!(matches!(Store::open(&path), Err(OpenError::NoDirectory(named)) if named.ends_with("/no")));
    let path = dir.path().join("record.db");
    let missing = Store::open_existing(&path).unwrap_err();
    assert!(matches!(missing, OpenError::Missing(_)));
    assert!(missing.to_string().contains("aval-relay init"), "{missing}");
    assert!(!path.exists());
    Store::open(&path).unwrap();
    Store::open_existing(&path).unwrap();
}

#[test]
fn what_is_no_file_is_inaccessible() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Store::open(dir.path()), Err(OpenError::Inaccessible { .. })));
}

#[test]
fn other_files_are_refused_and_left_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("letter.txt");
    std::fs::write(&text, "Madame, Monsieur,\n".repeat(100)).unwrap();
    let theirs = dir.path().join("theirs.db");
    Connection::open(&theirs).unwrap().execute_batch("CREATE TABLE recipes (name TEXT);").unwrap();
    let claimed = dir.path().join("claimed.db");
    Connection::open(&claimed).unwrap().pragma_update(None, "application_id", 7).unwrap();
    for path in [text, theirs, claimed] {
        let before = bytes_of(&path);
        let refused = Store::open(&path).unwrap_err();
        assert!(matches!(refused, OpenError::NotARecord(_)), "{}: {refused:?}", path.display());
        assert_eq!(bytes_of(&path), before);
    }
}

#[test]
fn a_newer_schema_is_refused_and_left_as_it_is() {
    let desk = Desk::on(Engine::Sqlite);
    desk.raw().pragma_update(None, "user_version", present() + 1).unwrap();
    desk.store.purge().unwrap();
    let before = bytes_of(&desk.path());
    let refused = Store::open(&desk.path()).unwrap_err();
    let newer = |found, known| found == present() + 1 && known == present();
    assert!(matches!(refused, OpenError::Newer { found, known, .. } if newer(found, known)), "{refused:?}");
    assert_eq!(bytes_of(&desk.path()), before);
}

#[test]
fn a_damaged_file_is_refused_and_left_as_it_is() {
    let desk = Desk::on(Engine::Sqlite);
    for n in 0..200 {
        desk.store.open_contract(&contract(&format!("C-{n:04}")), &Author::Host, NOW).unwrap();
    }
    let copy = desk.dir.path().join("copy.db");
    desk.store.backup(&copy).unwrap();
    let honest = bytes_of(&copy);
    // The heads of pages that hold something. The file's first page has its header, without which it is no record at all.
    let page_of =
        |text: &str| honest.windows(text.len()).position(|some| some == text.as_bytes()).unwrap() & !0xfff;
    for place in ["C-0000", "C-0100", "C-0199"].map(page_of) {
        assert_ne!(place, 0);
        let mut bytes = honest.clone();
        for byte in &mut bytes[place..place + 0x400] {
            *byte ^= 0x5a;
        }
        std::fs::write(&copy, &bytes).unwrap();
        let refused = Store::open(&copy).map(|_| ()).unwrap_err();
        assert!(matches!(refused, OpenError::Damaged { .. }), "{place:#x}: {refused:?}");
        assert_eq!(bytes_of(&copy), bytes);
    }
    std::fs::write(&copy, &honest[..honest.len() - 0x1000]).unwrap();
    assert!(matches!(Store::open(&copy), Err(OpenError::Damaged { .. })));
    std::fs::write(&copy, &honest).unwrap();
    assert_eq!(Store::open(&copy).unwrap().contracts().unwrap().len(), 201);
}

#[test]
fn a_row_that_refers_to_nothing_is_damage() {
    let desk = Desk::on(Engine::Sqlite);
    let raw = desk.raw();
    raw.pragma_update(None, "foreign_keys", false).unwrap();
    raw.execute(
        "INSERT INTO suspensions (contract, suspended, author, at) VALUES ('C-0', 1, '@host', 0)",
        [],
    )
    .unwrap();
    let refused = Store::open(&desk.path()).unwrap_err();
    assert!(matches!(&refused, OpenError::Damaged { why, .. } if why.contains("suspensions")), "{refused:?}");
}

#[test]
fn a_file_that_another_program_holds_is_locked() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("record.db");
    let holder = Connection::open(&path).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(matches!(Store::open(&path), Err(OpenError::Locked(_))));
    holder.execute_batch("ROLLBACK").unwrap();
    Store::open(&path).unwrap();
}

#[test]
fn while_another_program_writes_reading_goes_on_and_writing_is_unavailable() {
    let desk = Desk::on(Engine::Sqlite);
    let holder = desk.raw();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(desk.store.contracts().unwrap().len(), 1);
    let refused = desk.store.open_contract(&contract("C-2"), &Author::Host, NOW).unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    holder.execute_batch("ROLLBACK").unwrap();
    desk.store.open_contract(&contract("C-2"), &Author::Host, NOW).unwrap();
}

#[test]
fn a_file_left_empty_by_a_kill_becomes_a_record() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("record.db");
    std::fs::write(&path, "").unwrap();
    let store = Store::open_existing(&path).unwrap();
    assert_eq!(store.contracts().unwrap(), []);
}

#[test]
fn an_older_schema_is_brought_up_with_all_that_is_in_it() {
    let desk = Desk::on(Engine::Sqlite);
    let steps = [STEPS, &["CREATE TABLE later (contract TEXT REFERENCES contracts (id)) STRICT;"]].concat();
    let mut raw = desk.raw();
    file::migrate(&mut raw, &steps).unwrap();
    assert_eq!(file::kind(&raw).unwrap(), Kind::Record(present() + 1));
    raw.execute("INSERT INTO later SELECT id FROM contracts", []).unwrap();
    // Whoever comes second finds it done.
    file::migrate(&mut raw, &steps).unwrap();
    assert_eq!(
        raw.query_row("SELECT contract FROM later", [], |row| row.get(0)),
        Ok("C-2026-001".to_owned())
    );
}

#[test]
fn a_step_that_fails_changes_nothing() {
    let desk = Desk::on(Engine::Sqlite);
    let steps =
        [STEPS, &["CREATE TABLE half (x TEXT) STRICT; INSERT INTO half VALUES ('x'); SELECT nonsense;"]]
            .concat();
    let mut raw = desk.raw();
    file::migrate(&mut raw, &steps).unwrap_err();
    assert_eq!(file::kind(&raw).unwrap(), Kind::Record(present()));
    raw.prepare("SELECT * FROM half").unwrap_err();
    assert!(Store::open(&desk.path()).unwrap().contract(&id("C-2026-001")).unwrap().is_some());
}

#[test]
fn a_backup_is_a_whole_record_and_never_replaces_a_file() {
    let desk = Desk::on(Engine::Sqlite);
    let row = desk.approved();
    let to = desk.dir.path().join("backup.db");
    // What an interrupted backup left behind is no hindrance.
    std::fs::write(desk.dir.path().join("backup.db.partial"), "half").unwrap();
    desk.store.backup(&to).unwrap();
    desk.store.open_contract(&contract("C-later"), &Author::Host, NOW).unwrap();
    let bytes = bytes_of(&to);
    assert!(matches!(desk.store.backup(&to), Err(StoreError::Conflict(_))));
    assert_eq!(bytes_of(&to), bytes);
    let names: Vec<_> = desk
        .dir
        .path()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        !names.iter().any(|name| name.starts_with("backup.db.") || name.starts_with("backup.db-")),
        "{names:?}"
    );
    let copy = Store::open(&to).unwrap();
    assert_eq!(copy.agents().unwrap(), [row]);
    assert_eq!(copy.contracts().unwrap().len(), 1);
}

#[test]
fn a_backup_goes_on_while_others_write() {
    let desk = Desk::on(Engine::Sqlite);
    let writer = desk.store.clone();
    let writing = std::thread::spawn(move || {
        for n in 0..60 {
            writer.open_contract(&contract(&format!("C-{n}")), &Author::Host, NOW).unwrap();
        }
    });
    for n in 0..4 {
        let to = desk.dir.path().join(format!("backup-{n}.db"));
        desk.store.backup(&to).unwrap();
        Store::open(&to).unwrap().contracts().unwrap();
    }
    writing.join().unwrap();
}
