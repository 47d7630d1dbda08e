//! The covered-equipment list on the command line: what holds, what the machines suggest, proposals, approvals by a signed paper, and which
//! machine is which.

use std::fs::File;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use aval_protocol::glpi;
use aval_protocol::id::{AgentId, AssetId, UnixSeconds};
use aval_protocol::text::{fleet as text, relay};
use aval_protocol::wire::equipment::{Amendment, EquipmentLine, EquipmentList};
use aws_lc_rs::digest::{Context, SHA256};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::contract::{found, told};
use super::{Contract, Data, Machine, bad, exchange, folder, quote, refused, rfc3339, say, trouble};
use crate::coverage::suggest::{Suggested, suggest};
use crate::coverage::{Lists, Means, Standing, effect, said, today};
use crate::gate::term::Day;
use crate::records::identity::{Answer, AnswerError};
use crate::records::{Author, ListError, Party, Store, StoreError};

/// What can be done with a contract's equipment.
#[derive(Subcommand, Debug)]
pub(super) enum EquipmentCommand {
    /// The list that holds, or another version; changes nothing.
    Show {
        #[command(flatten)]
        contract: Contract,
        /// Another version than the one that holds.
        #[arg(long)]
        version: Option<u32>,
        /// JSON instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Every version and who approved it; changes nothing.
    Versions {
        #[command(flatten)]
        contract: Contract,
    },
    /// What the machines say that the list does not, numbered; changes nothing.
    Suggest {
        #[command(flatten)]
        contract: Contract,
    },
    /// Proposes the next version: suggestions by their numbers, lines that end.
    Propose {
        #[command(flatten)]
        contract: Contract,
        /// The first day on which it holds; today if left out.
        #[arg(long, value_parser = super::day)]
        from: Option<Day>,
        /// Numbers of suggestions: 1,3. All of them: all.
        #[arg(long, value_name = "NUMBERS")]
        suggested: Option<String>,
        /// Lines that end on the first day: 2,5.
        #[arg(long, value_delimiter = ',', value_name = "LINES")]
        end: Vec<u32>,
    },
    /// Writes down that a version was approved by a signed paper.
    Approve {
        #[command(flatten)]
        contract: Contract,
        /// Which version.
        #[arg(long)]
        version: u32,
        /// Whose signature the paper bears.
        #[arg(long, value_enum)]
        by: Signed,
        /// The scan of the paper: its SHA-256 is kept, not the paper.
        #[arg(long)]
        paper: PathBuf,
        /// Where the paper lies.
        #[arg(long)]
        reference: String,
    },
    /// Writes a version as files: the annex to sign, spreadsheets. Changes nothing in the record.
    Export(exchange::Export),
    /// Says line by line what a file would change; with --apply proposes it as the next version.
    Import(exchange::Import),
    /// Which machines do not do well before they come in (2.1); with --quote, the quote that mends one, as a paper.
    Quote(quote::Asked),
    /// What changed of a machine since it was attached, and what that means for the list; changes nothing.
    History {
        #[command(flatten)]
        machine: Machine,
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
    },
    /// One machine as GLPI's inventory format has it, to be imported there; changes nothing.
    Glpi {
        #[command(flatten)]
        machine: Machine,
    },
    /// Questions about machines that only a person answers; changes nothing.
    Questions {
        #[command(flatten)]
        data: Data,
    },
    /// Answers one of them.
    Answer {
        #[command(flatten)]
        data: Data,
        /// Its number.
        question: i64,
        /// same, other, or the equipment's identifier that the question names.
        answer: String,
        /// Why.
        #[arg(long)]
        why: String,
    },
    /// Takes back that a machine is other equipment.
    Unlink {
        #[command(flatten)]
        data: Data,
        /// The machine.
        machine: AgentId,
        /// Why.
        #[arg(long)]
        why: String,
    },
}

/// Whose signature a paper bears.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Signed {
    /// The client's.
    Client,
    /// The firm's.
    Firm,
    /// Both, as on the annex.
    Both,
}

pub(super) fn run(command: EquipmentCommand, out: &mut dyn Write, at: UnixSeconds) -> Result<()> {
    match command {
        EquipmentCommand::Show { contract, version, json } => {
            let (_, lists) = lists(&contract, at)?;
            show(&lists, version, at, json, out)
        }
        EquipmentCommand::Versions { contract } => {
            let (_, lists) = lists(&contract, at)?;
            lists.versions.iter().try_for_each(|list| one(&lists, list, at, out))
        }
        EquipmentCommand::Suggest { contract } => {
            let (store, lists) = lists(&contract, at)?;
            for (n, one) in suggested(&store, &contract, &lists, at)?.iter().enumerate() {
                say(out, |lang| format!("{:>4}  {}", n + 1, lang.pick(&*one.why.fr, &*one.why.en)))?;
            }
            Ok(())
        }
        EquipmentCommand::Propose { contract, from, suggested: chosen, end } => {
            let (store, lists) = lists(&contract, at)?;
            let from = from.and_then(|day| effect::day(day.date())).unwrap_or_else(|| today(at));
            let all = suggested(&store, &contract, &lists, at)?;
            let mut changes = choose(&all, chosen.as_deref())?;
            changes.extend(end.into_iter().map(|no| Amendment::End { no, on: from }));
            let read = lists.newest().map(EquipmentList::hash);
            let list =
                store.propose_list(&contract.id, read, from, &changes, &Author::Host, at).map_err(unmade)?;
            say(out, |lang| text::proposed(lang, list.version, &list.hash().to_string()))
        }
        EquipmentCommand::Approve { contract, version, by, paper, reference } => {
            let (store, lists) = lists(&contract, at)?;
            let hash = numbered(&lists, version, at)?.hash();
            let means = Means::Paper { sha256: sha256(&paper)?, reference };
            let parties: &[Party] = match by {
                Signed::Client => &[Party::Client],
                Signed::Firm => &[Party::Provider],
                Signed::Both => &[Party::Client, Party::Provider],
            };
            for party in parties {
                store.approve_list(&contract.id, hash, *party, &means, &Author::Host, at).map_err(unmade)?;
            }
            let lists = store.lists(&contract.id).map_err(refused)?;
            one(&lists, numbered(&lists, version, at)?, at, out)
        }
        EquipmentCommand::Export(asked) => exchange::export(&asked, out, at),
        EquipmentCommand::Import(asked) => exchange::import(&asked, out, at),
        EquipmentCommand::Quote(asked) => quote::run(&asked, out, at),
        EquipmentCommand::History { machine, json } => history(&machine, json, out),
        EquipmentCommand::Glpi { machine } => {
            let (store, agent) = (folder::record(&machine.data)?, machine.machine);
            let row = store.agent(agent).map_err(refused)?;
            let row = row.ok_or_else(|| refused(StoreError::NotFound(format!("machine {agent}"))))?;
            let record = store.inventory(agent).map_err(refused)?;
            // The name by which the machine itself exports, so that GLPI takes both for one.
            let found = glpi::inventory(&row.facts, &record, &row.facts.hostname);
            Ok(writeln!(out, "{}", serde_json::to_string_pretty(&found)?)?)
        }
        EquipmentCommand::Questions { data } => questions(&folder::record(&data)?, out),
        EquipmentCommand::Answer { data, question, answer, why } => {
            let answer = match answer.as_str() {
                "same" => Answer::Same,
                "other" => Answer::Other,
                asset => Answer::Is(asset.parse::<AssetId>().map_err(bad)?),
            };
            let done = folder::record(&data)?.answer_finding(question, answer, &why, &Author::Host, at);
            done.map(drop).map_err(|error| match error {
                AnswerError::Gone => told(&text::question_gone()),
                AnswerError::Unfit => told(&text::unfit_answer()),
                AnswerError::Store(error) => refused(error),
            })?;
            say(out, |lang| text::answered(lang).to_owned())
        }
        EquipmentCommand::Unlink { data, machine, why } => {
            folder::record(&data)?.unlink(machine, &why, &Author::Host, at).map_err(refused)?;
            say(out, |lang| text::answered(lang).to_owned())
        }
    }
}

pub(super) fn lists(contract: &Contract, at: UnixSeconds) -> Result<(Store, Lists)> {
    let store = folder::record(&contract.data)?;
    found(&store, &contract.id, at)?;
    let lists = store.lists(&contract.id).map_err(refused)?;
    Ok((store, lists))
}

fn suggested(store: &Store, contract: &Contract, lists: &Lists, at: UnixSeconds) -> Result<Vec<Suggested>> {
    let fleet = store.fleet(&contract.id).map_err(refused)?.unwrap_or_default();
    let seen: Vec<_> = fleet.iter().map(|one| one.seen(today(at))).collect();
    Ok(suggest(lists.newest(), &seen, today(at)))
}

fn choose(all: &[Suggested], chosen: Option<&str>) -> Result<Vec<Amendment>> {
    let number = |text: &str| -> Result<Amendment> {
        let n: usize = text
            .trim()
            .parse()
            .map_err(|_| bad(format!("{text}: write a number of a suggestion, or all")))?;
        let one = n.checked_sub(1).and_then(|at| all.get(at));
        one.map(|one| one.change.clone()).ok_or_else(|| bad(format!("there is no suggestion {n}")))
    };
    match chosen {
        None => Ok(Vec::new()),
        Some("all") => Ok(all.iter().map(|one| one.change.clone()).collect()),
        Some(numbers) => numbers.split(',').map(number).collect(),
    }
}

/// The version of that number: of several proposals, the one that can still be approved.
pub(super) fn numbered(lists: &Lists, version: u32, at: UnixSeconds) -> Result<&EquipmentList> {
    let mut all = lists.versions.iter().filter(|list| list.version == version);
    let stale = |list: &&EquipmentList| lists.standing(list, today(at)) == Standing::Stale;
    let found = all.clone().rev().find(|list| !stale(list)).or_else(|| all.next_back());
    found.ok_or_else(|| refused(StoreError::NotFound(format!("version {version} of that list"))))
}

fn show(
    lists: &Lists,
    version: Option<u32>,
    at: UnixSeconds,
    as_json: bool,
    out: &mut dyn Write,
) -> Result<()> {
    let list = match version {
        Some(version) => Some(numbered(lists, version, at)?),
        None => lists.in_force(today(at)),
    };
    if as_json {
        let list = list.map(|list| json!({ "hash": list.hash().to_string(), "list": list }));
        return Ok(writeln!(out, "{}", json!(list))?);
    }
    let Some(list) = list else { return say(out, |lang| text::no_list(lang).to_owned()) };
    one(lists, list, at, out)?;
    list.lines.iter().try_for_each(|line| row(line, out))
}

fn one(lists: &Lists, list: &EquipmentList, at: UnixSeconds, out: &mut dyn Write) -> Result<()> {
    let standing = match lists.standing(list, today(at)) {
        Standing::Proposed { client, provider } => text::standing_proposed(client, provider),
        Standing::Stale => text::standing_stale(),
        Standing::Approved => text::standing_approved(),
        Standing::Superseded => text::standing_superseded(),
    };
    let (hash, lines) = (list.hash().short(), list.on(list.from).count());
    say(out, |lang| {
        text::version(
            lang,
            (list.version, &hash),
            &list.from.to_string(),
            lines,
            lang.pick(&*standing.fr, &*standing.en),
        )
    })
}

fn row(line: &EquipmentLine, out: &mut dyn Write) -> Result<()> {
    let until = line.until.map(|until| format!(" → {until}")).unwrap_or_default();
    let serial = line.serial.raw().unwrap_or("–");
    let (no, kind, class) = (line.no, line.kind, &line.class);
    Ok(writeln!(out, "{no:>5}  {kind}  {}  {serial}  {class}  {}{until}", line.label, line.from)?)
}

fn history(machine: &Machine, as_json: bool, out: &mut dyn Write) -> Result<()> {
    let (store, agent) = (folder::record(&machine.data)?, machine.machine);
    for (at, change) in store.machine_changes(agent).map_err(refused)? {
        let (said, effect) = (change.said(), text::effect(change.effect.label()));
        if as_json {
            let (section, effect) = (change.section.label(), change.effect.label());
            let line = json!({ "at": rfc3339(at), "section": section, "effect": effect, "fr": said.fr, "en": said.en });
            writeln!(out, "{line}")?;
            continue;
        }
        say(out, |lang| {
            let effect = effect.as_ref().map(|said| format!(" – {}", lang.pick(&*said.fr, &*said.en)));
            format!("{}  {}{}", rfc3339(at), lang.pick(&*said.fr, &*said.en), effect.unwrap_or_default())
        })?;
    }
    Ok(())
}

fn questions(store: &Store, out: &mut dyn Write) -> Result<()> {
    for one in store.findings(None).map_err(refused)? {
        let host = store.agent(one.agent).map_err(refused)?.map(|row| row.facts.hostname).unwrap_or_default();
        let asks = text::asks(one.rule.label(), &host);
        say(out, |lang| {
            format!("{:>5}  {}  {}  {}", one.n, one.agent, rfc3339(one.at), lang.pick(&*asks.fr, &*asks.en))
        })?;
        for (asset, marks) in &one.detail.may_be {
            let marks: Vec<_> = marks.iter().map(|(sort, value)| text::mark(sort, value)).collect();
            say(out, |lang| {
                let marks: Vec<_> = marks.iter().map(|said| lang.pick(&*said.fr, &*said.en)).collect();
                format!("       {asset}  {}", marks.join(", "))
            })?;
        }
    }
    Ok(())
}

/// Of a scan of any size.
fn sha256(paper: &Path) -> Result<[u8; 32]> {
    let unreadable = |error: std::io::Error| {
        trouble(|lang| relay::no_document(lang, &paper.display().to_string(), &error.to_string()))
    };
    let mut file = File::open(paper).map_err(unreadable)?;
    let (mut hash, mut part) = (Context::new(&SHA256), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut part).map_err(unreadable)? {
            0 => break,
            read => hash.update(&part[..read]),
        }
    }
    let mut sum = [0; 32];
    sum.copy_from_slice(hash.finish().as_ref());
    Ok(sum)
}

pub(super) fn unmade(error: ListError) -> anyhow::Error {
    match error {
        ListError::Store(error) => refused(error),
        other => told(&said(&other)),
    }
}
