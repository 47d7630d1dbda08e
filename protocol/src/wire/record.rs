//! Pieces of the contract record as they travel: machines, decisions, exceptions, journal pages.

use serde::{Deserialize, Serialize};

use super::codes::{EndReason, RefusalCode};
use super::inventory::HardwareFacts;
use super::program::ProgramWord;
use super::session::{Capabilities, WorkCategory};
use super::{Wire, codes};
use crate::id::{AgentId, ContractId, PersonId, SessionId, UnixSeconds};
use crate::journal::Entry;

/// A machine in the list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MachineRow {
    /// Its name.
    pub agent: AgentId,
    /// The machine in a few lines.
    pub facts: HardwareFacts,
    /// The client, as the contract names it.
    pub client: String,
    /// Its contract.
    pub contract: ContractId,
    /// The `SubjectPublicKeyInfo` of the machine's key (DER): what a manager signs when approving.
    pub spki: Vec<u8>,
    /// A manager has approved it.
    pub approved: bool,
    /// Connected now.
    pub online: bool,
    /// Last time it was connected.
    pub last_seen: Option<UnixSeconds>,
    /// How its contract stands.
    pub standing: ContractStanding,
    /// Whether the contract covers it.
    pub coverage: CoverageState,
}

codes::codes! {
    /// How a contract stands on a day, as the gate judges it.
    ContractState {
        /// Sessions may be asked for.
        InForce = 1 "in_force",
        /// It begins later (6.1).
        NotYetInForce = 2 "not_yet_in_force",
        /// It has ended (6.3).
        Lapsed = 3 "lapsed",
        /// A manager suspended it.
        Suspended = 4 "suspended",
    }
}

codes::codes! {
    /// Whether a contract covers a machine.
    CoverageState {
        /// It does.
        Covered = 1 "covered",
        /// Found not to work before the contract; a quote to mend it was not accepted yet (2.1).
        NeedsRemediation = 2 "needs_remediation",
        /// Of an establishment that the contract does not cover (2.3).
        OtherEstablishment = 3 "other_establishment",
        /// Both parties agreed on a list that it has left (2.2).
        OffTheList = 4 "off_the_list",
    }
}

/// How a contract stands, and since or until when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContractStanding {
    /// In one word.
    pub state: ContractState,
    /// In force: when it ends, if a notice says so. Not yet: when it begins. Lapsed: when it ended. Suspended: since when.
    pub on: Option<UnixSeconds>,
}

/// A moment in the life of a relay's list: what changed since can be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Mark {
    /// Which start of which relay.
    pub boot: u64,
    /// Counts changes.
    pub version: u64,
}

/// A page of the list of machines.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MachinePage {
    /// In the order of their names.
    pub rows: Vec<MachineRow>,
    /// Whether more follow.
    pub more: bool,
    /// When the page was read.
    pub mark: Mark,
}

/// What changed in the list of machines since a mark.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MachineNews {
    /// To ask from next time.
    pub mark: Mark,
    /// Anything may have changed: the list is to be read anew.
    pub all: bool,
    /// Rows that are new or other than before.
    pub rows: Vec<MachineRow>,
    /// Machines that are no longer in the list.
    pub gone: Vec<AgentId>,
}

/// One machine, as its page shows it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MachineDetail {
    /// Its row.
    pub row: MachineRow,
    /// Who approved it, and when.
    pub approved: Option<(String, UnixSeconds)>,
    /// Its sessions, the newest first; at most 50.
    pub sessions: Vec<SessionLine>,
    /// What was proposed to the client, the newest first; at most 50.
    pub offers: Vec<OfferRow>,
    /// How its program stands, as it said since this relay runs.
    pub program: Option<ProgramWord>,
}

/// A session in the work record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionLine {
    /// The session.
    pub session: SessionId,
    /// When the gate let it through.
    pub at: UnixSeconds,
    /// Who asked for it.
    pub technician: PersonId,
    /// Which kind of work.
    pub category: WorkCategory,
    /// Who at the client asked, how and when; empty if erased.
    pub reference: String,
    /// What the person granted; nothing, if they did not.
    pub granted: Capabilities,
    /// How long it lasted, from the yes to the end, in seconds.
    pub duration_s: u32,
    /// Why it ended; `None` while it runs.
    pub ended: Option<EndReason>,
}

codes::codes! {
    /// What is proposed to a client.
    OfferKind {
        /// Help by telephone (3.2).
        Phone = 1 "phone",
        /// In the workshop (3.6, 4.8).
        Workshop = 2 "workshop",
        /// At the client's (3.6, 4.8, 5.2).
        Onsite = 3 "onsite",
        /// A quote (2.1, 2.6).
        Quote = 4 "quote",
        /// Another part in place of the one that fails (3.5, 4.7).
        ReplacePart = 5 "replace_part",
        /// Other software in place of what fails (3.5, 4.7).
        ReplaceSoftware = 6 "replace_software",
        /// A session, after the telephone could not help (3.6).
        Remote = 7 "remote",
    }
}

codes::codes! {
    /// What the client said.
    OfferAnswer {
        /// Yes.
        Accepted = 1 "accepted",
        /// No: the firm has done what it owes (3.5, 4.7), and nothing is held against the client (3.6, 4.8).
        Refused = 2 "refused",
    }
}

/// What a technician proposed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OfferMade {
    /// For which machine's client.
    pub agent: AgentId,
    /// In which session, if in one.
    pub session: Option<SessionId>,
    /// What.
    pub kind: OfferKind,
    /// For which kind of work.
    pub category: WorkCategory,
    /// In a few words: at most 200 characters, may be empty.
    pub note: String,
}

/// An offer in the record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OfferRow {
    /// Its number.
    pub offer: u64,
    /// For which machine's client.
    pub agent: AgentId,
    /// In which session, if in one.
    pub session: Option<SessionId>,
    /// What.
    pub kind: OfferKind,
    /// For which kind of work.
    pub category: WorkCategory,
    /// Whether the contract includes it; otherwise by quote. Said before the client answers (3.6).
    pub included: bool,
    /// The clause it fulfils.
    pub clause: String,
    /// In a few words.
    pub note: String,
    /// Who proposed it.
    pub by: PersonId,
    /// When.
    pub at: UnixSeconds,
    /// What the client said; `None`: the offer stands.
    pub answer: Option<OfferAnswer>,
    /// Who wrote the answer down.
    pub answered_by: Option<PersonId>,
    /// When.
    pub answered_at: Option<UnixSeconds>,
}

/// A person of the firm, as a relay knows them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PersonLine {
    /// The name in the firm.
    pub person: PersonId,
    /// The name for people, by the last certificate seen; empty if they were never connected.
    pub name: String,
    /// Roles they were connected in.
    pub roles: Vec<String>,
    /// May not ask for anything.
    pub locked: bool,
    /// Connected now.
    pub online: bool,
    /// When they were last connected.
    pub last_seen: Option<UnixSeconds>,
}

/// A contract in the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContractLine {
    /// Its reference.
    pub contract: ContractId,
    /// The client.
    pub client: String,
    /// How it stands.
    pub standing: ContractStanding,
    /// Machines that were ever attached to it.
    pub machines: u32,
}

/// A page of the list of contracts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContractPage {
    /// By reference.
    pub rows: Vec<ContractLine>,
    /// Whether more follow.
    pub more: bool,
}

/// What the gate says, for people and programs alike.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// Whether a session may begin.
    pub permitted: bool,
    /// The moment judged, relay's clock.
    pub at: UnixSeconds,
    /// The contract judged by.
    pub contract: Option<ContractId>,
    /// What may be asked of the person, at most; empty in a refusal.
    pub capabilities: Capabilities,
    /// Every reason against, in the order of disclosure; empty in a permit.
    pub reasons: Vec<Reason>,
    /// Things to know that forbid nothing.
    pub warnings: Vec<Reason>,
    /// The earliest moment at which the reasons that time alone can mend are gone.
    pub retry_at: Option<UnixSeconds>,
    /// What to propose to the client instead.
    pub offers: Vec<OfferLine>,
    /// The line as measured, the evidence of clause 4.4.
    pub line: Option<LineFacts>,
}

/// One reason, with its clause and its sentence in both languages. The same sentence reaches technician, client and journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reason {
    /// What.
    pub code: RefusalCode,
    /// Clause of the general terms: `4.2`; empty where security, not the contract, decides.
    pub clause: String,
    /// For people, French.
    pub fr: String,
    /// For people, English.
    pub en: String,
}

/// Something else that helps the client now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OfferLine {
    /// `phone`, `workshop`, `onsite`, `quote`.
    pub kind: String,
    /// Whether the contract includes it; otherwise by quote.
    pub included: bool,
    /// Clause.
    pub clause: String,
    /// For people, French.
    pub fr: String,
    /// For people, English.
    pub en: String,
}

/// A line's measurement. Only a probe makes one.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct LineFacts {
    /// When, relay's clock.
    pub measured_at: UnixSeconds,
    /// Round trip, ms: the smallest seen.
    pub rtt_ms: u32,
    /// Towards the client's machine, kbit/s; a rate at the top of the scale is a lower bound.
    pub down_kbit: u32,
    /// From the client's machine, kbit/s.
    pub up_kbit: u32,
    /// Packets lost, in 1/1000.
    pub loss_permille: u16,
    /// Lower bound of the 95 % confidence interval of the loss (Wilson score interval), in 1/1000.
    pub loss_low_permille: u16,
}

/// A manager's word that sessions may start outside support hours.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Exception {
    /// For which machine.
    pub agent: AgentId,
    /// Why: 1 to 200 characters.
    pub reason: String,
    /// From when, relay's clock.
    pub from: UnixSeconds,
    /// Until when (excluded); at most 12 hours after `from`.
    pub until: UnixSeconds,
}

/// A single-use enrolment code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CodeIssued {
    /// The code, grouped for reading: `K7QF-2M9X-RT4W`.
    pub code: String,
    /// Until when.
    pub expires_at: UnixSeconds,
    /// Who asked for it.
    pub by: PersonId,
    /// Where the client may read what is installed, agree and download it: `https://aide.example.fr/i/K7QF-2M9X-RT4W`. `None` when
    /// this relay serves no such page.
    pub link: Option<String>,
}

/// A page of a journal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct JournalPage {
    /// Entries in order.
    pub entries: Vec<Entry>,
    /// `SubjectPublicKeyInfo` (DER) of the key that signed them.
    pub spki: Vec<u8>,
    /// Whether more follow.
    pub more: bool,
}

impl Wire for Decision {
    const LIMIT: usize = 64 * 1024;
}
