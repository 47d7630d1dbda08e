//! Pieces of the contract record as they travel: machines, decisions, exceptions, journal pages.

use serde::{Deserialize, Serialize};

use super::Wire;
use super::codes::RefusalCode;
use super::inventory::HardwareFacts;
use super::session::Capabilities;
use crate::firm::Signed;
use crate::id::{AgentId, ContractId, PersonId, UnixSeconds};
use crate::journal::Entry;
use crate::wire::session::Approval;

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
    /// The manager's word, once given.
    pub approval: Option<Box<Signed<Approval>>>,
    /// Connected now.
    pub online: bool,
    /// Last time it was connected.
    pub last_seen: Option<UnixSeconds>,
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
