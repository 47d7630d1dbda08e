//! The command line. What writes into the record works while the relay runs: the record takes several writers, and the relay reads it
//! anew for each decision.

mod contract;
mod copies;
mod equipment;
mod exchange;
mod explain;
mod folder;
mod installs;
mod keys;
mod lines;
mod machine;
mod paper;
mod person;
mod quote;
mod release;
mod serve;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use aval_protocol::id::{AgentId, ContractId, PersonId, UnixSeconds};
use aval_protocol::text::{Lang, relay as text};
use aval_protocol::wire::session::WorkCategory;
use aval_transport::Clock;
use clap::{Args, Parser, Subcommand};

use crate::gate::hours::Holidays;
use crate::gate::term::{DEFAULT_MONTHS, Day};
use crate::records::{BadStorePlace, Party, PostalCode, Store, StorePlace};

/// The relay: checks the contract before it introduces a technician, and forwards what it cannot read.
#[derive(Parser, Debug)]
#[command(name = "aval-relay", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Makes the relay's folder, its key, and a request for the firm to certify.
    Init {
        #[command(flatten)]
        data: Data,
        /// The firm's firm.pub.
        #[arg(long, value_name = "FILE")]
        firm: PathBuf,
        /// The relay's name: a remark for whoever certifies.
        #[arg(long)]
        name: String,
    },
    /// Puts the firm's certificate beside the relay's key, after checking that they belong together.
    Install {
        #[command(flatten)]
        data: Data,
        /// The certificate that came back.
        certificate: PathBuf,
    },
    /// Takes in the firm's newest bulletin: which keys count no more, where its relays are. A relay that serves hands it on at once.
    Bulletin {
        #[command(flatten)]
        data: Data,
        /// bulletin.pem, from the firm's folder.
        file: PathBuf,
    },
    /// Takes in the firm's newest file: after a renewal, or when its root was succeeded by another one. Counts from the next start on.
    Firm {
        #[command(flatten)]
        data: Data,
        /// firm.pub, from the firm's folder.
        file: PathBuf,
    },
    /// Releases of the agent that this relay announces.
    #[command(subcommand)]
    Release(release::ReleaseCommand),
    /// Serves until told to stop.
    Serve {
        #[command(flatten)]
        data: Data,
        /// Where to listen (UDP) [default: relay.toml's, or [::]:4433].
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Maintenance contracts.
    #[command(subcommand)]
    Contract(ContractCommand),
    /// What would the gate say? Of a document of facts, offline; or by the record, of a machine at a moment. Changes nothing.
    Explain {
        /// A document of facts, - for standard input; docs/explain.schema.json says what it holds.
        #[arg(value_name = "FACTS.json", conflicts_with_all = ["data", "store", "machine", "technician", "at", "category"])]
        facts: Option<PathBuf>,
        #[command(flatten)]
        by_record: ByRecord,
        /// JSON instead of sentences.
        #[arg(long)]
        json: bool,
    },
    /// The invoice lines that a contract's clauses make of a document of prices, one by one. Changes nothing.
    Lines {
        /// The document, - for standard input; docs/lines.schema.json says what it holds.
        #[arg(value_name = "FACTS.json")]
        facts: PathBuf,
        /// JSON instead of sentences.
        #[arg(long, conflicts_with = "csv")]
        json: bool,
        /// A table for spreadsheets instead of sentences.
        #[arg(long)]
        csv: bool,
    },
    /// The relay's journal of a machine.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// What the record says of somebody: shown, given out, erased (clause 14.1).
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Revokes a machine: no session any more, a running one is cut.
    Revoke {
        #[command(flatten)]
        machine: Machine,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Who agreed to which installation, when (clause 4.5).
    Installs {
        #[command(flatten)]
        data: Data,
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
    },
    /// The covered-equipment list (clauses 2.1 to 2.4), and which machine is which.
    #[command(subcommand)]
    Equipment(equipment::EquipmentCommand),
    /// The packages that the install page hands out.
    #[command(subcommand)]
    Package(PackageCommand),
    /// Makes a self-signed certificate for the install page, for trials: browsers warn of it.
    TrialCertificate {
        #[command(flatten)]
        data: Data,
        /// The page's host: aide.example.fr, 127.0.0.1.
        #[arg(long)]
        host: String,
    },
    /// Writes a complete copy of the SQLite record to a new file, while the relay runs.
    Backup {
        #[command(flatten)]
        data: Data,
        /// The new file.
        file: PathBuf,
    },
    /// After a copy was put in the record's place, before the relay serves: ends the codes that may have been used since.
    Restored {
        #[command(flatten)]
        data: Data,
    },
    /// Writes all of the record to a new file that SQLite and PostgreSQL take over, while the relay runs.
    Export {
        #[command(flatten)]
        data: Data,
        /// The new file.
        file: PathBuf,
    },
    /// Takes over a record that was exported, into an empty one.
    Import {
        #[command(flatten)]
        data: Data,
        /// What aval-relay export wrote.
        file: PathBuf,
    },
}

#[derive(Subcommand, Debug)]
enum ContractCommand {
    /// Records a signed contract.
    New {
        #[command(flatten)]
        contract: Contract,
        /// The client's name.
        #[arg(long)]
        client: String,
        /// The day of signature: 2026-01-05.
        #[arg(long, value_parser = day)]
        signed: Day,
        /// The first day in force, if the contract names another one than that of signature.
        #[arg(long, value_parser = day)]
        effective: Option<Day>,
        /// Months of each term.
        #[arg(long, default_value_t = u32::from(DEFAULT_MONTHS))]
        months: u32,
        /// Postal code of the client's site.
        #[arg(long)]
        postal: Option<PostalCode>,
        /// The on-site option was subscribed.
        #[arg(long)]
        onsite: bool,
        /// This contract's own holidays: contract_literal, fr_metropole, custom:2026-12-24,2026-12-31.
        #[arg(long)]
        holidays: Option<Holidays>,
    },
    /// Every contract.
    List {
        #[command(flatten)]
        data: Data,
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
    },
    /// One contract.
    Show {
        #[command(flatten)]
        contract: Contract,
        /// JSON instead of a sentence.
        #[arg(long)]
        json: bool,
    },
    /// Records a registered letter that ends a contract.
    Notice {
        #[command(flatten)]
        contract: Contract,
        /// Who gave it: client or provider.
        #[arg(long, value_parser = party)]
        by: Party,
        /// The day it was sent (postmark).
        #[arg(long, value_parser = day)]
        sent: Option<Day>,
        /// The day on the receipt.
        #[arg(long, value_parser = day)]
        received: Option<Day>,
        /// The letter's number, or where its proof lies.
        #[arg(long)]
        proof: String,
    },
    /// Suspends a contract.
    Suspend {
        #[command(flatten)]
        contract: Contract,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Lifts a suspension.
    Resume {
        #[command(flatten)]
        contract: Contract,
    },
    #[command(flatten)]
    Paper(paper::PaperCommand),
}

#[derive(Subcommand, Debug)]
enum PackageCommand {
    /// Checks a package and hands it out from now on.
    Add {
        #[command(flatten)]
        data: Data,
        /// aval-agent_VERSION_ARCHITECTURE.deb
        file: PathBuf,
    },
}

#[derive(Subcommand, Debug)]
enum JournalCommand {
    /// Shows the entries.
    Show {
        #[command(flatten)]
        machine: Machine,
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
    },
    /// Checks every hash and signature.
    Verify {
        #[command(flatten)]
        machine: Machine,
    },
}

#[derive(Args, Debug)]
struct Data {
    /// The relay's folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Where the record is.
#[derive(Args, Debug)]
struct Place {
    /// Where the contract record is: postgres://USER@/DATABASE?host=/run/postgresql, or sqlite for the file in the relay's folder
    /// [default: relay.toml's, or sqlite].
    #[arg(long, value_name = "PLACE")]
    store: Option<Typed>,
}

/// A place as it was typed. What is none is refused later, in words that do not repeat it: there may be a password in it.
#[derive(Clone, Debug)]
struct Typed(Result<StorePlace, BadStorePlace>);

impl From<&str> for Typed {
    fn from(text: &str) -> Self {
        Self(text.parse())
    }
}

#[derive(Args, Debug)]
struct Contract {
    #[command(flatten)]
    data: Data,
    /// Its reference: C-2026-014.
    #[arg(long)]
    id: ContractId,
}

#[derive(Args, Debug)]
struct Machine {
    #[command(flatten)]
    data: Data,
    /// The machine's identifier, as aval-console machines shows it.
    #[arg(long)]
    machine: AgentId,
}

#[derive(Args, Debug)]
struct ByRecord {
    /// The relay's folder.
    #[arg(long, value_name = "DIR", required_unless_present = "facts")]
    data: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// The machine's identifier, as aval-console machines shows it.
    #[arg(long, required_unless_present = "facts")]
    machine: Option<AgentId>,
    /// The technician: sophie.martin.
    #[arg(long, required_unless_present = "facts")]
    technician: Option<PersonId>,
    /// When: 2026-11-24T09:00:00+01:00. Now if left out.
    #[arg(long, value_parser = moment)]
    at: Option<UnixSeconds>,
    /// Kind of work.
    #[arg(long, default_value = "assistance", value_parser = category)]
    category: WorkCategory,
}

/// Does what the command line says, and says what was done, French first.
///
/// # Errors
/// A sentence for people in both languages.
pub fn run(cli: Cli, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    match cli.command {
        Command::Init { data, firm, name } => keys::init(&data, &firm, &name, out),
        Command::Install { data, certificate } => keys::install(&data.data, &certificate, out, clock),
        Command::Firm { data, file } => keys::firm_file_in(&data.data, &file, out),
        Command::Release(command) => release::run(command, out, clock),
        Command::Bulletin { data, file } => keys::bulletin(&data.data, &file, out),
        Command::Serve { data, listen } => serve::serve(&data, listen, out, clock),
        Command::Contract(command) => contract::run(command, out, clock),
        Command::Equipment(command) => equipment::run(command, out, clock.wall()),
        Command::Explain { facts: Some(path), json, .. } => explain::document(&path, json, out),
        Command::Explain { facts: None, by_record, json } => {
            let ByRecord {
                data: Some(data),
                place,
                machine: Some(machine),
                technician: Some(technician),
                at,
                category,
            } = by_record
            else {
                return Err(bad("name a document of facts, or --data, --machine and --technician"));
            };
            let machine = Machine { data: Data { data, place }, machine };
            let asked = machine::Asked { technician, at: at.unwrap_or_else(|| clock.wall()), category };
            machine::explain(&machine, asked, json, out)
        }
        Command::Lines { facts, json, csv } => lines::document(&facts, (json, csv), out),
        Command::Journal(JournalCommand::Show { machine, json }) => machine::journal(&machine, json, out),
        Command::Journal(JournalCommand::Verify { machine }) => machine::verify(&machine, out),
        Command::Person(command) => person::run(command, out, clock),
        Command::Revoke { machine, reason } => machine::revoke(&machine, &reason, out, clock),
        Command::Installs { data, json } => installs::list(&data, json, out),
        Command::Package(PackageCommand::Add { data, file }) => {
            installs::add(&data, &file, out, clock.wall())
        }
        Command::TrialCertificate { data, host } => installs::trial(&data.data, &host, out, clock.wall()),
        Command::Backup { data, file } => copies::backup(&data, &file, out),
        Command::Restored { data } => copies::restored(&data, out, clock),
        Command::Export { data, file } => copies::export(&data, &file, out),
        Command::Import { data, file } => copies::import(&data, &file, out),
    }
}

fn category(text: &str) -> Result<WorkCategory, String> {
    let known = || WorkCategory::ALL.iter().map(|c| c.label());
    let found = WorkCategory::ALL.iter().copied().find(|c| c.label() == text);
    found.ok_or_else(|| format!("one of: {}", known().collect::<Vec<_>>().join(", ")))
}

fn moment(text: &str) -> Result<UnixSeconds, String> {
    let stamp = text.parse::<jiff::Timestamp>();
    stamp
        .map(|stamp| UnixSeconds(stamp.as_second()))
        .map_err(|e| format!("{e}; write it as 2026-11-24T09:00:00+01:00"))
}

fn day(text: &str) -> Result<Day, String> {
    let date = text.parse::<jiff::civil::Date>().map_err(|e| format!("{e}; write it as 2026-11-24"))?;
    Day::new(date).map_err(|e| e.to_string())
}

fn party(text: &str) -> Result<Party, String> {
    Party::from_label(text).ok_or_else(|| "client or provider".to_owned())
}

/// What the record says no to.
fn refused(error: impl std::fmt::Display) -> anyhow::Error {
    trouble(|lang| text::record_refuses(lang, &error.to_string()))
}

fn bad(error: impl std::fmt::Display) -> anyhow::Error {
    trouble(|lang| text::bad_value(lang, &error.to_string()))
}

/// An error that is its sentence in both languages.
fn trouble(sentence: impl Fn(Lang) -> String) -> anyhow::Error {
    anyhow!("{}", both(sentence))
}

fn say(out: &mut dyn Write, sentence: impl Fn(Lang) -> String) -> Result<()> {
    Ok(writeln!(out, "{}", both(sentence))?)
}

fn both(sentence: impl Fn(Lang) -> String) -> String {
    format!("{}\n  {}", sentence(Lang::Fr), sentence(Lang::En).replace('\n', "\n  "))
}

/// For programs: `2026-11-24T08:00:00Z`.
pub(crate) fn rfc3339(at: UnixSeconds) -> String {
    jiff::Timestamp::from_second(at.0).map_or_else(|_| at.0.to_string(), |stamp| stamp.to_string())
}

#[cfg(test)]
mod tests;
