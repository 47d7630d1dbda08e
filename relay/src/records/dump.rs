//! The record as a text that any engine reads and writes: one JSON value a line, so that it can be read in ten years without this
//! program. docs/store.md describes it. The same record makes the same bytes, whatever engine it comes from.

use std::io::{self, BufRead, Write};

use aval_protocol::hex;
use aws_lc_rs::digest::{Context, Digest, SHA256};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::StoreError;
use super::sql::Value;
use super::sql::shape::Table;

/// The format's version.
const VERSION: u32 = 1;
/// Longest line, in bytes: far more than any row has.
const MAX_LINE: u64 = 64 << 20;

/// Why a record was not taken over. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file can't be read.
    #[error("{0}")]
    File(#[from] io::Error),
    /// Some other file.
    #[error("this is no export of aval-relay: name the file that aval-relay export wrote")]
    NotAnExport,
    /// Written by a newer program.
    #[error(
        "the export is of a newer aval-relay (format {format}, schema {schema}): install that one here first"
    )]
    Newer {
        /// Its format.
        format: u32,
        /// Its schema.
        schema: u32,
    },
    /// Cut off, or changed by hand.
    #[error("line {line}: {why}. The file was cut off or changed: take another copy")]
    Broken {
        /// Counted from 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// There is something already.
    #[error("the record there is not empty ({0} has rows): import into a new one")]
    NotEmpty(String),
    /// A journal that this relay's key did not write.
    #[error(
        "the journal of machine {machine} does not verify at entry {seq} ({why}): import where the key.pem is that wrote it, or look \
         for what changed it"
    )]
    Journal {
        /// Whose.
        machine: String,
        /// Which.
        seq: u64,
        /// Why.
        why: String,
    },
    /// The record could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes an export.
pub(super) struct Writer<W> {
    out: Sum<W>,
    rows: u64,
}

/// Reads an export, whose tables must be these in this order.
pub(super) struct Reader<'a, R> {
    input: R,
    tables: &'a [Table],
    line: u64,
    rows: u64,
    sum: Context,
}

/// What an export says of itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    aval_record: u32,
    schema: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    table: String,
    columns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    rows: u64,
    sha256: String,
}

/// Counts what goes through.
struct Sum<W> {
    out: W,
    sum: Context,
}

// === impl Writer

impl<W: Write> Writer<W> {
    /// Begins with the header.
    pub(super) fn begin(out: W, schema: u32) -> io::Result<Self> {
        let mut writer = Self { out: Sum { out, sum: Context::new(&SHA256) }, rows: 0 };
        writer.out.line(&json!({ "aval_record": VERSION, "schema": schema }))?;
        Ok(writer)
    }

    /// What follows are rows of this table.
    pub(super) fn table(&mut self, table: &Table) -> io::Result<()> {
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        // Keys in the alphabet's order: the same bytes however serde_json was built.
        self.out.line(&json!({ "columns": columns, "table": table.name }))
    }

    pub(super) fn row(&mut self, values: &[Value]) -> io::Result<()> {
        self.rows += 1;
        self.out.line(&Json::Array(values.iter().map(told).collect()))
    }

    /// Ends with the sum of all lines before; how many rows there are.
    pub(super) fn end(self) -> io::Result<(u64, W)> {
        let Sum { mut out, sum } = self.out;
        let end = json!({ "rows": self.rows, "sha256": hex::encode(sum.finish().as_ref()) });
        writeln!(out, "{end}")?;
        Ok((self.rows, out))
    }
}

impl<W: Write> Sum<W> {
    fn line(&mut self, line: &Json) -> io::Result<()> {
        let line = format!("{line}\n");
        self.sum.update(line.as_bytes());
        self.out.write_all(line.as_bytes())
    }
}

// === impl Reader

/// The schema that an export was written with.
pub(super) fn schema(mut input: impl BufRead, known: u32) -> Result<u32, ImportError> {
    let mut line = Vec::new();
    io::Read::take(&mut input, 1_000).read_until(b'\n', &mut line)?;
    let header: Header = serde_json::from_slice(&line).map_err(|_| ImportError::NotAnExport)?;
    let Header { aval_record: format, schema } = header;
    match (format == VERSION && (1..=known).contains(&schema), format > VERSION || schema > known) {
        (true, _) => Ok(schema),
        (false, true) => Err(ImportError::Newer { format, schema }),
        (false, false) => Err(ImportError::NotAnExport),
    }
}

impl<'a, R: BufRead> Reader<'a, R> {
    /// At the file's beginning.
    pub(super) fn new(input: R, tables: &'a [Table]) -> Self {
        Self { input, tables, line: 0, rows: 0, sum: Context::new(&SHA256) }
    }

    /// Reads to the end; how many rows there are. Only when this has succeeded was the file whole.
    pub(super) fn each(
        mut self,
        mut row: impl FnMut(&Table, Vec<Value>) -> Result<(), ImportError>,
    ) -> Result<u64, ImportError> {
        self.next()?;
        let mut tables = self.tables.iter();
        let mut table = None;
        loop {
            let before = self.sum.clone();
            let line = self.next()?;
            match (line.first(), table) {
                (Some(b'['), Some(table)) => {
                    let values = self.values(&line, table)?;
                    self.rows += 1;
                    row(table, values)?;
                }
                _ => match tables.next() {
                    Some(next) => {
                        self.heading(&line, next)?;
                        table = Some(next);
                    }
                    None => return self.end(&line, before.finish()),
                },
            }
        }
    }

    fn next(&mut self) -> Result<Vec<u8>, ImportError> {
        self.line += 1;
        let mut line = Vec::new();
        io::Read::take(&mut self.input, MAX_LINE).read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            return Err(self.broken("it does not end"));
        }
        self.sum.update(&line);
        Ok(line)
    }

    fn heading(&self, line: &[u8], table: &Table) -> Result<(), ImportError> {
        let heading: Heading = serde_json::from_slice(line).map_err(|e| self.broken(e))?;
        let columns = table.columns.iter().map(|column| &column.name);
        let fits = heading.table == table.name && heading.columns.iter().eq(columns);
        if fits { Ok(()) } else { Err(self.broken(format!("{} should follow here", table.name))) }
    }

    fn values(&self, line: &[u8], table: &Table) -> Result<Vec<Value>, ImportError> {
        let values: Vec<Json> = serde_json::from_slice(line).map_err(|e| self.broken(e))?;
        let values: Option<Vec<Value>> = values.iter().map(understood).collect();
        let fits = |values: &Vec<Value>| {
            values.len() == table.columns.len()
                && values.iter().zip(&table.columns).all(|(value, column)| column.fits(value))
        };
        values.filter(fits).ok_or_else(|| self.broken(format!("no row of {}", table.name)))
    }

    fn end(mut self, line: &[u8], sum: Digest) -> Result<u64, ImportError> {
        let end: End = serde_json::from_slice(line).map_err(|e| self.broken(e))?;
        if end.rows != self.rows || end.sha256 != hex::encode(sum.as_ref()) {
            return Err(self.broken("the sum does not fit the lines before"));
        }
        match self.input.fill_buf()?.is_empty() {
            true => Ok(self.rows),
            false => Err(self.broken("something follows")),
        }
    }

    fn broken(&self, why: impl std::fmt::Display) -> ImportError {
        ImportError::Broken { line: self.line, why: why.to_string() }
    }
}

fn told(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Blob(bytes) => json!({ "hex": hex::encode(bytes) }),
    }
}

fn understood(value: &Json) -> Option<Value> {
    match value {
        Json::Null => Some(Value::Null),
        Json::Number(number) => number.as_i64().map(Value::Int),
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Object(object) => match object.get("hex") {
            Some(Json::String(hex)) if object.len() == 1 => hex::decode(hex).map(Value::Blob),
            _ => None,
        },
        Json::Bool(_) | Json::Array(_) => None,
    }
}
