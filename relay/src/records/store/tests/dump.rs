//! A record goes from one engine to the other and back without losing a byte, whatever is in its rows, and nothing else is taken over.

use std::path::{Path, PathBuf};

use aval_protocol::firm::Signer;
use aval_protocol::id::AgentId;
use aval_protocol::journal::{Event, verify};
use rusqlite::Connection;

use super::{Desk, Engine, NOW, bytes_of, contract, id, manager, on_both, person};
use crate::records::dump::Writer;
use crate::records::sql::schema::{STEPS, present};
use crate::records::sql::shape::{Table, tables};
use crate::records::sql::{Value, values};
use crate::records::{Author, ImportError, Store};

/// What a row of a table holds in each column that refers to another row.
type Parents = Vec<(String, String, String)>;

/// Three rows in every table but the journal: extreme values, and what a line of text might stumble over.
fn fill(desk: &Desk) {
    let conn = Connection::open_in_memory().unwrap();
    STEPS.iter().for_each(|step| conn.execute_batch(step).unwrap());
    for table in tables(present()).unwrap().iter().filter(|table| table.name != "journal") {
        for n in 0..3 {
            let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            let marks: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
            let (into, marks) = (columns.join(", "), marks.join(", "));
            let row: Vec<Value> = columns.iter().map(|column| cell(&conn, table, column, n)).collect();
            desk.spoil(&format!("INSERT INTO {} ({into}) VALUES ({marks})", table.name), &row).unwrap();
        }
    }
}

fn cell(conn: &Connection, table: &Table, column: &str, n: usize) -> Value {
    let found = |value: &Value| table.columns.iter().any(|it| it.name == column && it.fits(value));
    let mut foreign =
        conn.prepare("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list(?1)").unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let parents: Parents = foreign.query_map([&table.name], row).unwrap().map(Result::unwrap).collect();
    if let Some((_, parent, to)) = parents.iter().find(|(from, ..)| from == column) {
        if *parent == table.name || (n == 1 && found(&Value::Null)) {
            return Value::Null;
        }
        let parent = tables(present()).unwrap().into_iter().find(|table| table.name == *parent).unwrap();
        return cell(conn, &parent, to, n);
    }
    if table.counter() == Some(column) {
        return Value::Int([2, 3, 700][n]);
    }
    let text = ["", "é œ ’ \u{2028}\u{1f512} \" \\ \u{7f}", "\t\n\r</script>"][n];
    let bytes = [vec![], (0..=255).collect(), vec![0; 32]];
    let all = [
        Value::Int([0, i64::MAX, i64::MIN][n]),
        Value::Text(format!("{text}{n}")),
        Value::Blob(bytes[n].clone()),
        Value::Null,
    ];
    let first = if n == 2 && found(&Value::Null) { 3 } else { 0 };
    all[first..].iter().find(|value| found(value)).unwrap().clone()
}

/// A record with everything in it, its relay's key, and its export.
fn full(engine: Engine) -> (Desk, Signer, PathBuf) {
    let (desk, relay) = (Desk::on(engine), Signer::generate().unwrap());
    fill(&desk);
    desk.approved();
    // More than is read at once.
    for n in 0..520_u16 {
        let agent = AgentId([u8::from(n % 7 == 0); 16]);
        desk.store
            .journal_append(agent, &relay, NOW, &Event::PeerHead { seq: n.into(), hash: [9; 32] })
            .unwrap();
    }
    let file = desk.dir.path().join("export");
    desk.store.export(&file).unwrap();
    (desk, relay, file)
}

/// A record with nothing in it.
fn empty(engine: Engine, dir: &Path) -> Store {
    match engine {
        Engine::Sqlite => Store::open(&dir.join("empty.db")).unwrap(),
        Engine::Postgres => Store::connect(&aval_test_cluster::place()).unwrap(),
    }
}

fn a_record_goes_over_and_back_without_losing_a_byte(engine: Engine) {
    let other = match engine {
        Engine::Sqlite => Engine::Postgres,
        Engine::Postgres => Engine::Sqlite,
    };
    let (desk, relay, first) = full(engine);
    let dir = tempfile::tempdir().unwrap();
    let there = empty(other, desk.dir.path());
    let rows = there.import(&first, relay.spki()).unwrap();
    let (second, third) = (desk.dir.path().join("second"), desk.dir.path().join("third"));
    assert_eq!(there.export(&second).unwrap(), rows);
    let back = empty(engine, dir.path());
    assert_eq!(back.import(&second, relay.spki()).unwrap(), rows);
    back.export(&third).unwrap();
    assert_eq!(
        bytes_of(&first).iter().filter(|byte| **byte == b'\n').count() as u64,
        rows + lines_without_rows()
    );
    assert!(bytes_of(&first) == bytes_of(&second) && bytes_of(&first) == bytes_of(&third));

    // It goes on where it was.
    let (entries, _) = there.journal_page(AgentId([0; 16]), 1, usize::MAX).unwrap();
    assert_eq!(
        verify(&entries, relay.spki(), None).unwrap(),
        desk.store.journal_head(AgentId([0; 16])).unwrap()
    );
    there.journal_append(AgentId([0; 16]), &relay, NOW, &Event::PeerHead { seq: 1, hash: [1; 32] }).unwrap();
    there.set_lock(&person("sophie.martin"), true, "essai", &person("claire.dubois"), NOW).unwrap();
    there.open_contract(&contract("C-later"), &manager(), NOW).unwrap();
    assert_eq!(there.read(|tx| tx.count("SELECT max(n) FROM locks", &[])).unwrap(), 701);
}

/// Header, headings and end.
fn lines_without_rows() -> u64 {
    2 + tables(present()).unwrap().len() as u64
}

fn what_is_no_whole_export_is_refused_and_nothing_is_taken_over(engine: Engine) {
    let (desk, relay, good) = full(engine);
    let text = String::from_utf8(bytes_of(&good)).unwrap();
    let target = empty(engine, desk.dir.path());
    let bad = desk.dir.path().join("bad");
    let refused = |text: &str, key: &[u8]| {
        std::fs::write(&bad, text).unwrap();
        let refused = target.import(&bad, key).unwrap_err();
        assert!(target.contracts().unwrap().is_empty(), "{refused}");
        refused
    };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let without = |at: usize| [&lines[..at], &lines[at + 1..]].concat().concat();
    for at in [1, 2, 30, lines.len() - 2, lines.len() - 1] {
        assert!(matches!(refused(&without(at), relay.spki()), ImportError::Broken { .. }), "{at}");
        assert!(matches!(refused(&lines[..at].concat(), relay.spki()), ImportError::Broken { .. }), "{at}");
    }
    for (old, new) in [
        ("\"C-2026-001\"", "\"C-2026-002\""),
        ("\"columns\":[\"id\",\"client\"", "\"columns\":[\"client\",\"id\""),
        ("\"hex\":\"", "\"hex\":\"x"),
        ("[\"C-2026-001\",", "[7,"),
        ("\"sha256\":\"", "\"sha256\":\"0"),
    ] {
        assert!(text.contains(old));
        assert!(
            matches!(refused(&text.replacen(old, new, 1), relay.spki()), ImportError::Broken { .. }),
            "{old}"
        );
    }
    assert!(matches!(refused(&format!("{text}x"), relay.spki()), ImportError::Broken { .. }));
    assert!(matches!(refused("", relay.spki()), ImportError::NotAnExport));
    assert!(matches!(refused("Madame,\n", relay.spki()), ImportError::NotAnExport));
    let header = format!("{{\"aval_record\":1,\"schema\":{}}}", present());
    for (newer, schema) in [(2, present()), (1, present() + 1)] {
        let newer = text.replacen(&header, &format!("{{\"aval_record\":{newer},\"schema\":{schema}}}"), 1);
        assert!(matches!(refused(&newer, relay.spki()), ImportError::Newer { .. }));
    }
    // Found out after much was written: all of it is undone.
    let stranger = Signer::generate().unwrap();
    assert!(matches!(refused(&text, stranger.spki()), ImportError::Journal { seq: 1, .. }));
    assert!(matches!(target.import(&desk.dir.path().join("none"), relay.spki()), Err(ImportError::File(_))));

    target.import(&good, relay.spki()).unwrap();
    assert!(matches!(target.import(&good, relay.spki()), Err(ImportError::NotEmpty(_))));
    assert!(target.export(&good).is_err(), "a file was replaced");
}

fn an_older_record_is_brought_up_on_the_way(engine: Engine) {
    let dir = tempfile::tempdir().unwrap();
    let target = empty(engine, dir.path());
    let mut out = Writer::begin(Vec::new(), 2).unwrap();
    for table in tables(2).unwrap() {
        out.table(&table).unwrap();
        if table.name == "contracts" {
            let row = values![
                "C-1",
                "Fleurs",
                "2025-12-20",
                "2026-01-01",
                36_u8,
                None::<i64>,
                false,
                None::<i64>,
                "@host",
                7_i64
            ];
            out.row(row).unwrap();
        }
    }
    let file = dir.path().join("old");
    std::fs::write(&file, out.end().unwrap().1).unwrap();
    assert_eq!(target.import(&file, &[]).unwrap(), 1);
    assert_eq!(target.contract(&id("C-1")).unwrap().unwrap().client, "Fleurs");
    target.open_contract(&contract("C-2"), &Author::Host, NOW).unwrap();
}

on_both!(
    a_record_goes_over_and_back_without_losing_a_byte,
    what_is_no_whole_export_is_refused_and_nothing_is_taken_over,
    an_older_record_is_brought_up_on_the_way,
);
