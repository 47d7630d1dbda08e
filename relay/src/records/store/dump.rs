//! The record copied to a file and taken over from one: all tables of the schema, in one reading and in one transaction.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

use aval_protocol::id::AgentId;
use aval_protocol::journal::Chain;

use super::journal::entry;
use super::read::col;
use super::{Engine, Store};
use crate::records::StoreError;
use crate::records::dump::{self, ImportError, Reader, Writer};
use crate::records::fresh;
use crate::records::sql::shape::{self, Table};
use crate::records::sql::sqlite::Sqlite;
use crate::records::sql::{Disk, Row, Tx, Value, schema};

/// Rows read at once.
const PAGE: usize = 500;

/// Follows the journals as they are taken over, one after the other.
struct Journals<'a> {
    relay: &'a [u8],
    names: Arc<[String]>,
    now: Option<(AgentId, Chain)>,
}

impl Store {
    /// Writes all of the record to a new file, while others go on reading and writing; how many rows. Any engine takes it over. It is
    /// complete once it has its name.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when something of that name exists; [`StoreError::Unavailable`].
    pub fn export(&self, to: &Path) -> Result<u64, StoreError> {
        let failed = |e: io::Error| StoreError::Unavailable(format!("{}: {e}", to.display()));
        let tables = shape::tables(schema::present())?;
        fresh::complete(to, |partial| {
            // An engine may look more than once: each time from the beginning.
            self.read(|tx| {
                let file = BufWriter::new(File::create(partial).map_err(failed)?);
                let mut out = Writer::begin(file, schema::present()).map_err(failed)?;
                for table in &tables {
                    out.table(table).map_err(failed)?;
                    each_row(tx, table, |values| out.row(&values).map_err(failed))?;
                }
                let (rows, mut file) = out.end().map_err(failed)?;
                file.flush().map_err(failed)?;
                Ok(rows)
            })
        })
    }

    /// Takes a record over from a file into this one, which must be empty; how many rows. The journals in it must be the work of the
    /// key with this `SubjectPublicKeyInfo` (DER).
    ///
    /// # Errors
    /// [`ImportError`]; this record is empty as before.
    pub fn import(&self, from: &Path, relay: &[u8]) -> Result<u64, ImportError> {
        let open = || File::open(from).map(BufReader::new);
        let written = dump::schema(open()?, schema::present())?;
        let shape = |schema| shape::tables(schema).map_err(StoreError::from);
        let (theirs, ours) = (shape(written)?, shape(schema::present())?);
        // Nothing is begun with a file that is not whole.
        Reader::new(open()?, &theirs).each(|_, _| Ok(()))?;
        if written == schema::present() {
            return self.take(&ours, relay, |put| Reader::new(open()?, &theirs).each(put));
        }
        // An older record is brought up to date where it harms nobody.
        let staged = Sqlite::in_memory(written)?;
        staged.write(Disk::Later, |tx| {
            Reader::new(open()?, &theirs).each(|table, row| insert(tx, table, &row))
        })?;
        staged.bring_up()?;
        self.take(&ours, relay, |put| {
            let put = RefCell::new(put);
            staged.read(|tx| {
                let mut rows = 0;
                for table in &ours {
                    each_row(tx, table, |row| {
                        rows += 1;
                        (put.borrow_mut())(table, row)
                    })?;
                }
                Ok(rows)
            })
        })
    }

    fn take(
        &self,
        tables: &[Table],
        relay: &[u8],
        give: impl Fn(&mut dyn FnMut(&Table, Vec<Value>) -> Result<(), ImportError>) -> Result<u64, ImportError>,
    ) -> Result<u64, ImportError> {
        self.write(|tx| {
            for table in tables {
                if tx.first(&format!("SELECT 1 AS one FROM {} LIMIT 1", table.name), &[])?.is_some() {
                    return Err(ImportError::NotEmpty(table.name.clone()));
                }
            }
            let mut journals = Journals::new(relay, tables);
            let rows = give(&mut |table, values| {
                insert(tx, table, &values)?;
                if table.name == "journal" { journals.follow(values) } else { Ok(()) }
            })?;
            if let Engine::Postgres(_) = &*self.engine {
                go_on_counting(tx, tables)?;
            }
            Ok(rows)
        })
    }
}

impl<'a> Journals<'a> {
    fn new(relay: &'a [u8], tables: &[Table]) -> Self {
        let columns = tables.iter().filter(|table| table.name == "journal").flat_map(|table| &table.columns);
        Self { relay, names: columns.map(|column| column.name.clone()).collect(), now: None }
    }

    /// The next entry; one machine's follow each other.
    fn follow(&mut self, values: Vec<Value>) -> Result<(), ImportError> {
        let row = Row::new(Arc::clone(&self.names), values);
        let (machine, entry) = (AgentId(col(&row, "agent")?), entry(&row)?);
        if self.now.as_ref().is_none_or(|(now, _)| *now != machine) {
            self.now = Some((machine, Chain::new()));
        }
        let Some((_, chain)) = &mut self.now else { return Ok(()) };
        chain.follow(&entry, self.relay).map_err(|broken| ImportError::Journal {
            machine: machine.to_string(),
            seq: broken.seq,
            why: broken.why.to_string(),
        })
    }
}

/// All rows by their key, a page at a time.
pub(super) fn each_row<E: From<StoreError>>(
    tx: &Tx<'_>,
    table: &Table,
    mut each: impl FnMut(Vec<Value>) -> Result<(), E>,
) -> Result<(), E> {
    let (key, marks) = (table.key.join(", "), marks(table.key.len()));
    let columns = table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    let (from, order) =
        (format!("SELECT {columns} FROM {}", table.name), format!("ORDER BY {key} LIMIT {PAGE}"));
    let (first, next) = (format!("{from} {order}"), format!("{from} WHERE ({key}) > ({marks}) {order}"));
    let mut rows = tx.rows(&first, &[])?;
    while let Some(last) = rows.last() {
        let value = |row: &Row, name: &str| row.value(name).cloned().unwrap_or(Value::Null);
        let last: Vec<Value> = table.key.iter().map(|name| value(last, name)).collect();
        let full = rows.len() == PAGE;
        for row in &rows {
            each(table.columns.iter().map(|column| value(row, &column.name)).collect())?;
        }
        rows = if full { tx.rows(&next, &last)? } else { Vec::new() };
    }
    Ok(())
}

fn insert(tx: &Tx<'_>, table: &Table, values: &[Value]) -> Result<(), ImportError> {
    let columns = table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    let sql = format!("INSERT INTO {} ({columns}) VALUES ({})", table.name, marks(values.len()));
    tx.execute(&sql, values)?;
    Ok(())
}

/// PostgreSQL counts on from what it gave out itself: tell it what was taken over.
fn go_on_counting(tx: &Tx<'_>, tables: &[Table]) -> Result<(), StoreError> {
    for table in tables {
        if let (name, Some(n)) = (&table.name, table.counter()) {
            let next = format!("(SELECT coalesce(max({n}), 0) + 1 FROM {name})");
            tx.rows(
                &format!("SELECT setval(pg_get_serial_sequence('{name}', '{n}'), {next}, false) AS n"),
                &[],
            )?;
        }
    }
    Ok(())
}

/// `?1, ?2`
fn marks(many: usize) -> String {
    (1..=many).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ")
}
