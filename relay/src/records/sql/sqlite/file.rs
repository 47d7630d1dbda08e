//! What an SQLite file is, whether it is whole, and how an older one becomes a present one: whole steps in one transaction, or
//! nothing.

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// "AvRe" in the file's header: what tells a contract record from any other SQLite file.
pub(in crate::records) const APPLICATION_ID: i32 = 0x4176_5265;
/// What an SQLite file claims to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::records) enum Kind {
    /// Nothing in it yet.
    Empty,
    /// A record of this schema.
    Record(u32),
    /// Something else's.
    Foreign,
}

pub(in crate::records) fn kind(conn: &Connection) -> rusqlite::Result<Kind> {
    let application: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let objects: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, u32::try_from(version)) {
        (APPLICATION_ID, Ok(version @ 1..)) => Kind::Record(version),
        (0, Ok(0)) if objects == 0 => Kind::Empty,
        _ => Kind::Foreign,
    })
}

/// The first thing wrong with the file's pages, indexes or references, if any.
pub(in crate::records) fn damage(conn: &Connection) -> rusqlite::Result<Option<String>> {
    let found: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Ok(Some(found));
    }
    let mut dangling = conn.prepare("PRAGMA foreign_key_check")?;
    let mut rows = dangling.query([])?;
    Ok(match rows.next()? {
        Some(row) => Some(format!("a row of {} refers to nothing", row.get::<_, String>(0)?)),
        None => None,
    })
}

/// Brings the file to the last of these steps. Whoever comes second while another program does it finds it done.
pub(in crate::records) fn migrate(conn: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    let tx = Transaction::new(conn, TransactionBehavior::Immediate)?;
    let done: u32 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(done).unwrap_or(usize::MAX);
    for step in steps.iter().skip(done) {
        tx.execute_batch(step)?;
    }
    if done < steps.len() {
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", i64::try_from(steps.len()).unwrap_or(i64::MAX))?;
    }
    tx.commit()
}
