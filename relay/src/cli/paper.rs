//! A contract's papers on the command line: written as `key=value`, listed with what they correct, and the lines they make.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use aval_protocol::id::{AgentId, UnixSeconds};
use aval_protocol::text::papers as text;
use aval_protocol::text::relay;
use clap::Subcommand;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::contract::{found, told, unwritten};
use super::{Contract, bad, explain, folder, lines, refused, rfc3339, say};
use crate::bill::out as written;
use crate::document::Kind as Holds;
use crate::gate::hours;
use crate::gate::term::Day;
use crate::papers::account::{self, NoLines};
use crate::papers::{Kind, NewPaper, Paper, PaperRow, standing, volumes};
use crate::records::Author;

/// What can be done with papers.
#[derive(Subcommand, Debug)]
pub(super) enum PaperCommand {
    /// Every kind of paper, its clause and fields; changes nothing.
    Kinds,
    /// Writes a paper down: contract paper --data DIR --id C-1 client from=2026-01-05 class=consumer.
    Paper {
        #[command(flatten)]
        contract: Contract,
        /// Its kind; contract kinds shows them all.
        #[arg(value_parser = kind)]
        kind: Kind,
        /// What it says; nothing, to strike out what it corrects.
        #[arg(value_name = "KEY=VALUE")]
        fields: Vec<String>,
        /// The machine it is about, if about one.
        #[arg(long)]
        machine: Option<AgentId>,
        /// The number of the paper that this one corrects.
        #[arg(long, requires = "why")]
        corrects: Option<i64>,
        /// Why it corrects.
        #[arg(long)]
        why: Option<String>,
    },
    /// Takes the volumes saved from a table: month;bytes, one a line (7.1).
    Volumes {
        #[command(flatten)]
        contract: Contract,
        /// The table, - for standard input.
        file: PathBuf,
    },
    /// Every paper that was ever written, with what corrects it.
    Papers {
        #[command(flatten)]
        contract: Contract,
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
    },
    /// The invoice lines that a contract's papers make, one by one. Proposals; changes nothing.
    Lines {
        #[command(flatten)]
        contract: Contract,
        /// The first day; the beginning of this year if left out.
        #[arg(long, value_parser = super::day)]
        from: Option<Day>,
        /// The first day not looked at; a year later if left out.
        #[arg(long, value_parser = super::day)]
        to: Option<Day>,
        /// JSON instead of sentences.
        #[arg(long, conflicts_with = "csv")]
        json: bool,
        /// A table for spreadsheets instead of sentences.
        #[arg(long)]
        csv: bool,
    },
}

pub(super) fn run(command: PaperCommand, out: &mut dyn Write, at: UnixSeconds) -> Result<()> {
    match command {
        PaperCommand::Kinds => kinds(out),
        PaperCommand::Paper { contract, kind, fields, machine, corrects, why } => {
            let says = if fields.is_empty() && corrects.is_some() {
                Err(kind)
            } else {
                Ok(Paper::read(kind, body(kind, &fields)?.as_bytes()).map_err(|said| told(&said))?)
            };
            let corrects = corrects.map(|number| (number, why.unwrap_or_default()));
            write(&contract, &[NewPaper { agent: machine, says, corrects }], out, at)
        }
        PaperCommand::Volumes { contract, file } => {
            let papers = volumes::read(&explain::bytes(&file)?).map_err(|said| told(&said))?;
            write(&contract, &papers, out, at)
        }
        PaperCommand::Papers { contract, json } => {
            let store = folder::record(&contract.data)?;
            found(&store, &contract.id, at)?;
            let rows = store.papers(&contract.id).map_err(refused)?;
            let stands: Vec<i64> = standing(&rows).map(|(row, _)| row.n).collect();
            rows.iter().try_for_each(|row| one(row, stands.contains(&row.n), json, out))
        }
        PaperCommand::Lines { contract, from, to, json, csv } => {
            let rules = folder::settings(&contract.data.data)?.rules;
            let store = folder::record(&contract.data)?;
            let judged = found(&store, &contract.id, at)?;
            let rows = store.papers(&contract.id).map_err(refused)?;
            let (from, to) = days(from, to, at);
            let lists = store.lists(&contract.id).map_err(refused)?;
            let bill = account::lines(&judged, &rows, &lists, rules.notice_counts_from, (from, to));
            let bill = bill.map_err(|why| match why {
                NoLines::Said(said) => told(&said),
                NoLines::Damaged(bad) => refused(bad),
            })?;
            if json {
                let of = (contract.id.as_str(), &*judged.contract.client);
                return Ok(writeln!(out, "{}", written::json(of, (from, to), &bill))?);
            }
            if csv {
                return Ok(write!(out, "{}", written::csv(&bill))?);
            }
            lines::told(&bill, out)
        }
    }
}

/// This year, unless it is said otherwise.
fn days(from: Option<Day>, to: Option<Day>, at: UnixSeconds) -> (Date, Date) {
    let from = from.map_or_else(|| hours::day(at).first_of_year(), Day::date);
    (from, to.map_or_else(|| from.saturating_add(1.year()), Day::date))
}

fn kind(text: &str) -> Result<Kind, String> {
    let known = || Kind::ALL.iter().map(|kind| kind.label()).collect::<Vec<_>>().join(", ");
    Kind::of(text).ok_or_else(|| format!("one of: {}", known()))
}

fn write(contract: &Contract, new: &[NewPaper], out: &mut dyn Write, at: UnixSeconds) -> Result<()> {
    let store = folder::record(&contract.data)?;
    store.write_papers(&contract.id, None, new, &Author::Host, at).map_err(|error| unwritten(&error))?;
    let count = new.len();
    say(out, |lang| relay::papers_written(lang, contract.id.as_str(), count))
}

/// A body of what was typed: numbers and yes or no as the kind has them.
fn body(kind: Kind, fields: &[String]) -> Result<String> {
    let mut body = Map::new();
    for field in fields {
        let (key, text) = field.split_once('=').ok_or_else(|| bad(format!("{field}: write key=value")))?;
        let holds = kind.shape().fields.iter().find(|field| field.key == key).map(|field| &field.kind);
        let value = match holds {
            Some(Holds::Whole(..)) => {
                text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
            }
            Some(Holds::Flag) => text.parse::<bool>().map_or_else(|_| json!(text), |flag| json!(flag)),
            _ => json!(text),
        };
        if body.insert(key.to_owned(), value).is_some() {
            return Err(bad(format!("{key}: written twice")));
        }
    }
    Ok(Value::Object(body).to_string())
}

fn kinds(out: &mut dyn Write) -> Result<()> {
    for kind in Kind::ALL {
        let title = text::kind(kind.label());
        writeln!(out, "{}  ({})  {} / {}", kind.label(), kind.clause(), title.fr, title.en)?;
        for field in kind.shape().fields {
            let name = text::key(field.key);
            writeln!(out, "    {}  {} / {}", field.key, name.fr, name.en)?;
        }
    }
    Ok(())
}

fn one(row: &PaperRow, stands: bool, as_json: bool, out: &mut dyn Write) -> Result<()> {
    let body = row.paper.as_ref().map(Paper::body);
    if as_json {
        let body: Value = body.map_or(Ok(Value::Null), |body| serde_json::from_str(&body))?;
        let line = json!({
            "n": row.n, "kind": row.kind.label(), "clause": row.kind.clause(),
            "machine": row.agent.map(|agent| agent.to_string()), "body": body, "corrects": row.corrects,
            "why": row.why, "by": row.by.to_string(), "at": rfc3339(row.at), "stands": stands,
        });
        return Ok(writeln!(out, "{line}")?);
    }
    let mark = if stands { " " } else { "×" };
    let (kind, clause) = (row.kind.label(), row.kind.clause());
    let corrects = row.corrects.map(|number| format!("  → {number} ({})", row.why)).unwrap_or_default();
    let machine = row.agent.map(|agent| format!("  {agent}")).unwrap_or_default();
    let body = body.unwrap_or_else(|| "–".to_owned());
    Ok(writeln!(
        out,
        "{mark} {:>5}  {kind} ({clause}){machine}  {body}  {}  {}{corrects}",
        row.n,
        row.by,
        rfc3339(row.at)
    )?)
}
