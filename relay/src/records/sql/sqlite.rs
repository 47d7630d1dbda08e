//! The record in one SQLite file: opened with care, written in transactions that survive a power cut.
//!
//! One connection in this program; others (the command line, a backup) may have the file open at the same time.

pub(in crate::records) mod file;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, params_from_iter};

use super::{Disk, Row, Statements, Tx, Value, schema};
use crate::records::fresh::{self, create, directory_of};
use crate::records::{OpenError, StoreError};
use file::Kind;

/// How long another program's write is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Prepared statements kept: all there are.
const STATEMENTS: usize = 64;

/// The record's file.
pub(in crate::records) struct Sqlite {
    path: PathBuf,
    conn: Mutex<Connection>,
}

/// Whether somebody else's writing is waited for at once, or only by who writes.
const READING: TransactionBehavior = TransactionBehavior::Deferred;
const WRITING: TransactionBehavior = TransactionBehavior::Immediate;

// === impl Sqlite

impl Sqlite {
    /// Opens the record, or makes it; an older schema is brought up to date.
    ///
    /// # Errors
    /// [`OpenError`] says what to do; a file that is refused is left as it was.
    pub(in crate::records) fn open(path: &Path) -> Result<Self, OpenError> {
        let parent = directory_of(path);
        if !parent.is_dir() {
            return Err(OpenError::NoDirectory(parent.display().to_string()));
        }
        create(path, parent).map_err(|e| inaccessible(path, e))?;
        Self::open_existing(path)
    }

    /// Opens a record that should be there.
    ///
    /// # Errors
    /// As [`Sqlite::open`], and [`OpenError::Missing`].
    pub(in crate::records) fn open_existing(path: &Path) -> Result<Self, OpenError> {
        match path.symlink_metadata() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(OpenError::Missing(path.display().to_string()));
            }
            Err(e) => return Err(inaccessible(path, e)),
            Ok(_) => {}
        }
        let conn = prepare(path)?;
        Ok(Self { path: path.to_owned(), conn: Mutex::new(conn) })
    }

    /// Writes a consistent copy to a new file, while others go on reading and writing. It is complete once it has its name.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when something of that name exists; [`StoreError::Unavailable`].
    pub(in crate::records) fn backup(&self, to: &Path) -> Result<(), StoreError> {
        fresh::complete(to, |partial| {
            let source = Connection::open_with_flags(&self.path, flags())?;
            source.busy_timeout(PATIENCE)?;
            let mut copy = Connection::open_with_flags(partial, flags())?;
            // All pages in one step: one reading, which no writer disturbs.
            Backup::new(&source, &mut copy)?.step(-1)?;
            // A copy in one file: no second one that could be forgotten when it is moved.
            copy.pragma_update(None, "journal_mode", "DELETE")?;
            Ok(copy.close().map_err(|(_, e)| e)?)
        })
    }

    /// A record of that schema that ends with this program.
    pub(in crate::records) fn in_memory(schema: u32) -> Result<Self, StoreError> {
        let mut conn = Connection::open_in_memory()?;
        let steps = usize::try_from(schema).unwrap_or(usize::MAX).min(schema::STEPS.len());
        conn.pragma_update(None, "foreign_keys", true)?;
        file::migrate(&mut conn, &schema::STEPS[..steps])?;
        Ok(Self { path: ":memory:".into(), conn: Mutex::new(conn) })
    }

    /// Brings it to the present schema.
    pub(in crate::records) fn bring_up(&self) -> Result<(), StoreError> {
        Ok(file::migrate(&mut self.lock(), schema::STEPS)?)
    }

    /// Moves what the write-ahead log holds into the file and empties it.
    pub(in crate::records) fn checkpoint(&self) -> Result<(), StoreError> {
        let conn = self.lock();
        let busy: bool = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        match busy {
            false => Ok(()),
            true => Err(StoreError::Unavailable(
                "done, but a copy stays until other programs close it".to_owned(),
            )),
        }
    }

    /// Another number whenever another program has changed the file.
    pub(in crate::records) fn foreign_changes(&self) -> Result<i64, StoreError> {
        Ok(self.lock().pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// One consistent reading.
    pub(in crate::records) fn read<T, E: From<StoreError>>(
        &self,
        look: impl Fn(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut conn = self.lock();
        let tx = Transaction::new(&mut conn, READING).map_err(StoreError::from)?;
        look(&tx)
    }

    /// All of it in the file, or none.
    pub(in crate::records) fn write<T, E: From<StoreError>>(
        &self,
        disk: Disk,
        change: impl Fn(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut conn = self.lock();
        conn.pragma_update(None, "synchronous", pragma(disk)).map_err(StoreError::from)?;
        let tx = Transaction::new(&mut conn, WRITING).map_err(StoreError::from)?;
        let done = change(&tx)?;
        tx.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Statements for Transaction<'_> {
    fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        let names: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(params_from_iter(values))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let values = (0..names.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
            all.push(Row::new(Arc::clone(&names), values));
        }
        Ok(all)
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let changed = self.prepare_cached(sql)?.execute(params_from_iter(values))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl FromSql for Value {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Int(number),
            ValueRef::Text(_) => Self::Text(String::column_result(value)?),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
            // STRICT tables hold none.
            ValueRef::Real(_) => return Err(FromSqlError::InvalidType),
        })
    }
}

const fn pragma(disk: Disk) -> &'static str {
    match disk {
        Disk::Waited => "FULL",
        Disk::Later => "NORMAL",
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(e: rusqlite::Error) -> Self {
        let advice = match e.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "another program holds it; try again"
            }
            Some(ErrorCode::DiskFull) => "the disk is full; make room",
            Some(ErrorCode::ReadOnly) => "it may not be written; check the file’s owner and rights",
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                "it is damaged; stop the relay and restore the last backup"
            }
            _ => return Self::Unavailable(e.to_string()),
        };
        Self::Unavailable(format!("{advice} ({e})"))
    }
}

/// Looks before it touches: the settings that change a file come after everything that refuses it.
fn prepare(path: &Path) -> Result<Connection, OpenError> {
    let refuse = |e: rusqlite::Error| refusal(path, &e);
    let shown = || path.display().to_string();
    let mut conn = Connection::open_with_flags(path, flags()).map_err(refuse)?;
    conn.busy_timeout(PATIENCE).map_err(refuse)?;
    let known = schema::present();
    match file::kind(&conn).map_err(refuse)? {
        Kind::Foreign => return Err(OpenError::NotARecord(shown())),
        Kind::Record(found) if found > known => {
            return Err(OpenError::Newer { path: shown(), found, known });
        }
        Kind::Record(_) | Kind::Empty => {}
    }
    if let Some(why) = file::damage(&conn).map_err(refuse)? {
        return Err(OpenError::Damaged { path: shown(), why });
    }
    settle(&conn).map_err(refuse)?;
    file::migrate(&mut conn, schema::STEPS).map_err(refuse)?;
    Ok(conn)
}

fn settle(conn: &Connection) -> rusqlite::Result<()> {
    let mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        conn.pragma_update(None, "journal_mode", "WAL")?;
    }
    conn.pragma_update(None, "synchronous", pragma(Disk::Waited))?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // What is erased is overwritten with zeros.
    conn.pragma_update(None, "secure_delete", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn inaccessible(path: &Path, e: impl std::fmt::Display) -> OpenError {
    OpenError::Inaccessible { path: path.display().to_string(), why: e.to_string() }
}

fn refusal(path: &Path, e: &rusqlite::Error) -> OpenError {
    let shown = path.display().to_string();
    match e.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked(shown),
        Some(ErrorCode::NotADatabase) => OpenError::NotARecord(shown),
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged { path: shown, why: e.to_string() },
        _ => inaccessible(path, e),
    }
}
