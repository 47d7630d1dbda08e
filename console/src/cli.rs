//! The command line.

use std::path::PathBuf;

use aval_protocol::id::{ContractId, KeyId, PersonId, UnixSeconds};
use aval_protocol::wire::record::{OfferAnswer, OfferKind};
use aval_protocol::wire::session::{Capabilities, WorkCategory};
use clap::{Args, Parser, Subcommand};

use crate::firm::{FirmCommand, KeyCommand, ReleaseCommand};
use crate::moment;

/// The technician's program: asks for a session, ends the encryption on this computer.
#[derive(Parser, Debug)]
#[command(
    name = "aval-console",
    version,
    after_help = "Exit codes: 0 done or session ended normally, 1 failed, 2 usage, 3 refused by the contract's gate, \
                  4 refused by the person or nobody to ask, 5 session lost or seal broken, 6 a step failed."
)]
pub struct Cli {
    /// Directory with key.pem, chain.pem, firm.pub and console.toml [default: ~/.config/aval-console].
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// What to do; the desk if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Opens the desk in a browser window of its own.
    Desk(DeskArgs),
    /// The firm's own keys: found it, certify members (no relay needed).
    #[command(subcommand)]
    Firm(FirmCommand),
    /// One's own key: make it, install its certificate (no relay needed).
    #[command(subcommand)]
    Key(KeyCommand),
    /// Releases of the agent: the release key, and what it signs (off line, no relay needed).
    #[command(subcommand)]
    Release(ReleaseCommand),
    /// What goes over the line.
    #[command(flatten)]
    Online(Online),
}

/// The desk.
#[derive(Args, Debug, Default)]
pub struct DeskArgs {
    /// Starts no browser: prints the path of the private file to open in one's own, and serves until Ctrl+C.
    #[arg(long)]
    pub no_browser: bool,
}

/// What needs a relay.
#[derive(Subcommand, Debug)]
pub enum Online {
    /// The machines and how they stand.
    Machines {
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
    },
    /// What a machine is made of, as it said itself.
    Inventory {
        /// Name or identifier of the machine.
        machine: String,
        /// JSON instead of lines.
        #[arg(long)]
        json: bool,
    },
    /// Enrolment codes (manager).
    #[command(subcommand)]
    Code(CodeCommand),
    /// Says that a machine's key is the client's, with this manager's signature.
    Approve {
        /// Name or identifier of the machine.
        machine: String,
    },
    /// Lets sessions start outside support hours for a while (manager). The person at the PC is still asked.
    Exception {
        /// Name or identifier of the machine.
        #[arg(long)]
        machine: String,
        /// Why, for the journal.
        #[arg(long)]
        reason: String,
        /// For how long, from now.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=720))]
        minutes: u32,
    },
    /// Locks a technician and cuts the running sessions (manager).
    Lock {
        /// Who: sophie.martin.
        person: PersonId,
        /// Why, for the journal.
        #[arg(long)]
        reason: String,
    },
    /// Lets a colleague ask for the machine of one's own session, for ten minutes; the person is asked by their name (technician).
    HandOver {
        /// Name or identifier of the machine.
        #[arg(long)]
        machine: String,
        /// Who: paul.beaurepaire.
        #[arg(long)]
        to: PersonId,
    },
    /// Unlocks a technician (manager).
    Unlock {
        /// Who: sophie.martin.
        person: PersonId,
        /// Why, for the journal.
        #[arg(long)]
        reason: String,
    },
    /// What would the gate say, now or at a moment? Changes nothing.
    Explain {
        /// What would be asked for.
        #[command(flatten)]
        request: RequestArgs,
        /// When: 2026-11-24T09:00:00+01:00. Now if left out.
        #[arg(long, value_parser = moment::parse)]
        at: Option<UnixSeconds>,
        /// JSON instead of sentences.
        #[arg(long)]
        json: bool,
    },
    /// What was proposed to a client, and the answers (technician).
    #[command(subcommand)]
    Offer(OfferCommand),
    /// Who has ever been connected, and who is locked (manager).
    People {
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
    },
    /// The relay's journal of a machine.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Takes a screen in hand, if contract and person agree. With --json, steps come as JSON lines on standard input.
    Session(SessionArgs),
}

/// Enrolment codes.
#[derive(Subcommand, Debug)]
pub enum CodeCommand {
    /// Issues a single-use code for a client's contract.
    New {
        /// The contract the machine will belong to.
        #[arg(long)]
        contract: ContractId,
        /// Minutes until it expires, at most a week.
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=10_080))]
        minutes: u32,
    },
}

/// What was proposed to a client (clauses 3.5, 3.6, 4.7, 4.8).
#[derive(Subcommand, Debug)]
pub enum OfferCommand {
    /// Writes down what was proposed; the contract says whether it is included.
    Make {
        /// Name or identifier of the machine.
        #[arg(long)]
        machine: String,
        /// phone, workshop, onsite, quote, replace_part, replace_software, remote.
        #[arg(long, value_parser = offer_kind)]
        kind: OfferKind,
        /// Kind of work.
        #[arg(long, default_value = "assistance", value_parser = category)]
        category: WorkCategory,
        /// In a few words.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Writes down what the client said.
    Answer {
        /// Number of the offer.
        offer: u64,
        /// accepted or refused.
        #[arg(value_parser = offer_answer)]
        answer: OfferAnswer,
    },
    /// Shows a machine's offers.
    List {
        /// Name or identifier of the machine.
        #[arg(long)]
        machine: String,
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
    },
}

/// The journal.
#[derive(Subcommand, Debug)]
pub enum JournalCommand {
    /// Checks every hash and signature.
    Verify {
        /// Name or identifier of the machine.
        #[arg(long)]
        machine: String,
        /// The key that must have signed (64 hexadecimal digits); the relay's certified key if left out.
        #[arg(long)]
        key: Option<KeyId>,
    },
    /// Shows the entries.
    Show {
        /// Name or identifier of the machine.
        #[arg(long)]
        machine: String,
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
    },
}

/// What is asked for.
#[derive(Args, Debug)]
pub struct RequestArgs {
    /// Name or identifier of the machine.
    #[arg(long)]
    pub machine: String,
    /// What for: view, control.
    #[arg(long, default_value = "view", value_parser = capabilities)]
    pub capabilities: Capabilities,
    /// Kind of work the client asked for.
    #[arg(long, default_value = "assistance", value_parser = category)]
    pub category: WorkCategory,
    /// Who at the client asked, how and when: "appel de Mme Leroy, 10 h 12".
    #[arg(long, default_value = "")]
    pub reference: String,
    /// For how long at most.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=240))]
    pub minutes: u16,
}

/// A session.
#[derive(Args, Debug)]
pub struct SessionArgs {
    /// What is asked for.
    #[command(flatten)]
    pub request: RequestArgs,
    /// Beside the session that a colleague is in, to look only: with `--capabilities view`.
    #[arg(long)]
    pub join: bool,
    /// Events as JSON lines on standard output, steps as JSON lines on standard input.
    #[arg(long)]
    pub json: bool,
}

// === impl Online

impl Online {
    /// Whether what is said is for programs: one JSON object per line.
    pub const fn json(&self) -> bool {
        match self {
            Self::Machines { json } | Self::Inventory { json, .. } | Self::Explain { json, .. } => *json,
            Self::People { json } => *json,
            Self::Offer(OfferCommand::List { json, .. }) => *json,
            Self::Journal(JournalCommand::Show { json, .. }) => *json,
            Self::Session(args) => args.json,
            _ => false,
        }
    }
}

fn capabilities(text: &str) -> Result<Capabilities, String> {
    let mut all = Capabilities::none();
    for name in text.split(',').map(str::trim) {
        all = all.with(match name {
            "view" => Capabilities::VIEW,
            "control" => Capabilities::CONTROL,
            other => return Err(format!("{other:?} is neither view nor control")),
        });
    }
    if all.holds(Capabilities::VIEW) { Ok(all) } else { Err("control needs view: view,control".to_owned()) }
}

fn offer_kind(text: &str) -> Result<OfferKind, String> {
    let known = || OfferKind::ALL.iter().map(|kind| kind.label()).collect::<Vec<_>>().join(", ");
    let found = OfferKind::ALL.iter().copied().find(|kind| kind.label() == text);
    found.ok_or_else(|| format!("one of: {}", known()))
}

fn offer_answer(text: &str) -> Result<OfferAnswer, String> {
    let found = OfferAnswer::ALL.iter().copied().find(|answer| answer.label() == text);
    found.ok_or_else(|| "accepted or refused".to_owned())
}

fn category(text: &str) -> Result<WorkCategory, String> {
    let known = || WorkCategory::ALL.iter().map(|c| c.label());
    WorkCategory::ALL
        .iter()
        .copied()
        .find(|c| c.label() == text)
        .ok_or_else(|| format!("one of: {}", known().collect::<Vec<_>>().join(", ")))
}

#[cfg(test)]
mod tests;
