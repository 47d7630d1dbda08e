//! The covered-equipment list as files on the command line: the annex and the spreadsheets it becomes, and what a file would change.

use std::fs::{self, File};
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use aval_protocol::id::UnixSeconds;
use aval_protocol::text::equipment::import as text;
use aval_protocol::text::{Lang, fleet, relay};
use aval_protocol::wire::equipment::{Entered, EquipmentList};
use aval_protocol::wire::inventory::Day;
use aval_protocol::wire::inventory::values::Text;
use clap::Args;

use super::contract::{found, told};
use super::equipment::{lists, numbered, unmade};
use super::{Contract, bad, folder, refused, say, trouble};
use crate::coverage::{effect, today};
use crate::exchange::plan::{Blocked, Defaults, plan};
use crate::exchange::{self, MAX_FILE, Shown, annex, out as csv, sheet};
use crate::gate::term;
use crate::records::{Author, ListError, StoreError};

/// A version as files.
#[derive(Args, Debug)]
#[group(id = "file", required = true, multiple = true)]
pub(super) struct Files {
    /// Writes it as CSV for spreadsheets and for importing again.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Writes it as an Excel workbook.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// Writes it as the annex that both parties sign.
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
}

/// Which version becomes which files.
#[derive(Args, Debug)]
pub(super) struct Export {
    #[command(flatten)]
    contract: Contract,
    #[command(flatten)]
    files: Files,
    /// Another version than the one that holds.
    #[arg(long)]
    version: Option<u32>,
    /// Names columns and words in English.
    #[arg(long)]
    english: bool,
}

/// A file that is to change the list.
#[derive(Args, Debug)]
pub(super) struct Import {
    #[command(flatten)]
    contract: Contract,
    /// CSV, or the GLPI inventory of one machine in JSON.
    file: PathBuf,
    /// The first day on which the next version holds, and new lines cover; today if left out.
    #[arg(long, value_parser = super::day)]
    from: Option<term::Day>,
    /// The price class of new lines for which the file names none.
    #[arg(long)]
    class: Option<String>,
    /// The day on which the client notified the new lines for which the file says nothing else (2.4).
    #[arg(long, value_parser = super::day)]
    notified: Option<term::Day>,
    /// Proposes it as the next version; without this nothing changes.
    #[arg(long)]
    apply: bool,
}

pub(super) fn export(asked: &Export, out: &mut dyn Write, at: UnixSeconds) -> Result<()> {
    let (store, lists) = lists(&asked.contract, at)?;
    let list = match asked.version {
        Some(version) => numbered(&lists, version, at)?,
        None => lists
            .in_force(today(at))
            .ok_or_else(|| refused(StoreError::NotFound("a list that holds: name its version".to_owned())))?,
    };
    let client = found(&store, &asked.contract.id, at)?.contract.client;
    let firm = folder::firm(&asked.contract.data.data)?.profile().name.clone();
    let shown = Shown { list, approvals: &lists.approvals, client: &client, firm: &firm };
    let lang = if asked.english { Lang::En } else { Lang::Fr };
    let Files { csv: table, xlsx, pdf } = &asked.files;
    if let Some(file) = table {
        write(file, csv::csv(lang, list).as_bytes(), list, out)?;
    }
    if let Some(file) = xlsx {
        write(file, &sheet::xlsx(lang, &shown).map_err(bad)?, list, out)?;
    }
    if let Some(file) = pdf {
        write(file, &annex::pdf(lang, &shown).map_err(bad)?, list, out)?;
    }
    Ok(())
}

fn write(file: &Path, bytes: &[u8], list: &EquipmentList, out: &mut dyn Write) -> Result<()> {
    fs::write(file, bytes).map_err(|error| unwritten(file, &error))?;
    let (path, hash) = (file.display().to_string(), list.hash().to_string());
    say(out, |lang| text::written(lang, &path, list.version, &hash))
}

fn unwritten(file: &Path, error: &std::io::Error) -> anyhow::Error {
    trouble(|lang| text::unwritten(lang, &file.display().to_string(), &error.to_string()))
}

pub(super) fn import(asked: &Import, out: &mut dyn Write, at: UnixSeconds) -> Result<()> {
    let (store, lists) = lists(&asked.contract, at)?;
    let file = exchange::read(&read(&asked.file)?).map_err(|fault| told(&fault.sentence()))?;
    let before = lists.newest();
    let entered = day(asked.notified).map_or(Entered::Agreed, Entered::Notified);
    let class = asked.class.as_deref().and_then(Text::new);
    let defaults = Defaults { from: day(asked.from).unwrap_or_else(|| today(at)), entered, class };
    let plan = plan(&asked.contract.id, before, &defaults, &file);
    for said in plan.told() {
        say(out, |lang| lang.pick(&*said.fr, &*said.en).to_owned())?;
    }
    if !plan.ignored.is_empty() {
        say(out, |lang| text::ignored(lang, &plan.ignored))?;
    }
    if !plan.unnamed.is_empty() {
        say(out, |lang| text::unnamed(lang, &plan.unnamed))?;
    }
    let changes = plan.amendments().map_err(|blocked| match blocked {
        Blocked::Lines(bad) => trouble(|lang| text::blocked(lang, *bad)),
        Blocked::List(bad) => unmade(ListError::Bad(bad.clone())),
    })?;
    if !asked.apply {
        return say(out, |lang| text::can_be_taken(lang).to_owned());
    }
    let read = before.map(EquipmentList::hash);
    let made = store.propose_list(&asked.contract.id, read, defaults.from, changes, &Author::Host, at);
    let list = made.map_err(unmade)?;
    say(out, |lang| fleet::proposed(lang, list.version, &list.hash().to_string()))
}

fn day(day: Option<term::Day>) -> Option<Day> {
    day.and_then(|day| effect::day(day.date()))
}

/// One byte more than a list may have is enough to know.
fn read(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_FILE).unwrap_or(u64::MAX).saturating_add(1);
    File::open(file).and_then(|opened| opened.take(most).read_to_end(&mut bytes)).map_err(|error| {
        trouble(|lang| relay::no_document(lang, &file.display().to_string(), &error.to_string()))
    })?;
    Ok(bytes)
}
