//! What a contract record is: contracts with their terms, machines, codes, exceptions, and what was done under them.
//!
//! Facts with a time are appended with who and when, never overwritten; the present state is read from the newest. The gate
//! reads one consistent picture ([`RecordFacts`]); a record that can't be read is an error of its own, and the gate fails
//! closed on it.

pub mod code;
mod dump;
mod fresh;
pub mod identity;
pub mod installs;
mod place;
mod sql;
mod store;

use std::fmt;
use std::str::FromStr;

use aval_protocol::firm::Signed;
use aval_protocol::id::{AgentId, ContractId, KeyId, PersonId, SessionId, UnixSeconds};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::record::OfferKind;
use aval_protocol::wire::session::{Approval, Capabilities, SessionRequest, WorkCategory};

use crate::gate::hours::{Holidays, Window};
use crate::gate::papers::Papers;
use crate::gate::term::{Day, NoticeDays, Term};

pub use dump::ImportError;
pub use place::{BadStorePlace, StorePlace};
pub use store::assent;
pub use store::{Found, KeptOr, ListError, Person, Store};

/// Longest reason, proof or client name, in characters.
pub const MAX_NOTE: usize = 200;

/// The firm's member, or the person on the relay's host, who wrote a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Author {
    /// A certified member of the firm.
    Member(PersonId),
    /// Whoever runs commands on the relay's host.
    Host,
    /// The client, at the machine that the fact is about.
    Machine,
}

/// A maintenance contract as the gate needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contract {
    /// Its reference.
    pub id: ContractId,
    /// The client's name.
    pub client: String,
    /// The day of signature, in Paris (6.1).
    pub signed_on: Day,
    /// First day and length of the terms (6.1).
    pub term: Term,
    /// Where the client's site is; decides on-site help.
    pub postal: Option<PostalCode>,
    /// The on-site option was subscribed (5.2).
    pub onsite: bool,
    /// This contract's own holidays; `None` follows the relay's setting.
    pub holidays: Option<Holidays>,
    /// Registered letters that end it (6.3).
    pub notices: Vec<Notice>,
    /// A manager's suspension in effect.
    pub suspension: Option<Suspension>,
}

/// A registered letter with receipt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Who gave it.
    pub by: Party,
    /// Its days.
    pub days: NoticeDays,
    /// The letter's number, or where its proof lies.
    pub proof: String,
}

/// A party of the contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Party {
    /// The client.
    Client,
    /// The firm.
    Provider,
}

/// A named manager's suspension of a contract, with a reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suspension {
    /// Who.
    pub by: Author,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: UnixSeconds,
}

/// A French postal code: five digits. CEDEX codes keep their department's prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PostalCode(String);

/// A machine's place in the record.
#[derive(Clone, PartialEq, Debug)]
pub struct AgentRow {
    /// Its name.
    pub id: AgentId,
    /// Its key's `SubjectPublicKeyInfo` (DER).
    pub spki: Vec<u8>,
    /// Its contract.
    pub contract: ContractId,
    /// The client, as the contract names it.
    pub client: String,
    /// The newest facts it gave.
    pub facts: HardwareFacts,
    /// Pending, approved or revoked.
    pub standing: AgentStanding,
    /// The manager's signed word, once given.
    pub approval: Option<Signed<Approval>>,
    /// When it was attached.
    pub enrolled_at: UnixSeconds,
    /// When it was last connected.
    pub last_seen: Option<UnixSeconds>,
}

/// A machine with what the list of machines says of it.
#[derive(Clone, PartialEq, Debug)]
pub struct MachineRecord {
    /// Its place in the record.
    pub row: AgentRow,
    /// Whether its contract covers it.
    pub coverage: Coverage,
    /// Its contract, as its papers make it.
    pub contract: Contract,
    /// What the papers say beyond that.
    pub papers: Papers,
}

/// A member of the firm who was connected, or a person who was locked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonRow {
    /// The name in the firm.
    pub person: PersonId,
    /// The name for people; empty if they were never connected.
    pub name: String,
    /// Roles they were connected in.
    pub roles: Vec<String>,
    /// May not ask for anything.
    pub locked: bool,
    /// When they were last connected.
    pub last_seen: Option<UnixSeconds>,
}

/// What was proposed to a client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewOffer {
    /// For which machine's client.
    pub agent: AgentId,
    /// In which session, if in one.
    pub session: Option<SessionId>,
    /// What.
    pub kind: OfferKind,
    /// For which kind of work.
    pub category: WorkCategory,
    /// Whether the contract includes it.
    pub included: bool,
    /// The clause it fulfils.
    pub clause: &'static str,
    /// In a few words: at most [`MAX_NOTE`] characters.
    pub note: String,
    /// Who proposed it.
    pub by: PersonId,
    /// When.
    pub at: UnixSeconds,
}

/// What a machine is to the firm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AgentStanding {
    /// No such machine.
    Unknown,
    /// Attached; no manager has approved it yet.
    Pending,
    /// Approved.
    Approved,
    /// Revoked.
    Revoked,
    /// Left, by the client's own decision (4.5): no longer managed, and not brought back.
    Left,
}

/// Whether a machine is covered by its contract (clauses 2.1 to 2.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Coverage {
    /// Covered: attaching a machine with the client's code is the notification that clause 2.4 asks for.
    #[default]
    Covered,
    /// Found not to work before the contract; a quote to mend it was not accepted yet (2.1).
    NeedsRemediation,
    /// Of an establishment that the contract does not cover (2.3).
    OtherEstablishment,
    /// Both parties agreed on a list in which its line has ended (2.2).
    OffTheList,
}

/// A manager's exception to the support hours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExceptionRow {
    /// Which machine.
    pub agent: AgentId,
    /// From when to when.
    pub window: Window,
    /// Who granted it.
    pub by: PersonId,
    /// Why.
    pub reason: String,
    /// When it was granted.
    pub at: UnixSeconds,
}

/// What the record knows about one request: one consistent reading.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordFacts {
    /// Whether the technician is locked.
    pub technician_locked: bool,
    /// The machine's standing.
    pub agent: AgentStanding,
    /// Its key was seen on other hardware, and nobody has said yet what that means.
    pub quarantined: bool,
    /// Whether it is covered.
    pub coverage: Coverage,
    /// Its contract.
    pub contract: Option<Contract>,
    /// Exceptions for this machine that are not over.
    pub exceptions: Vec<ExceptionRow>,
}

/// A session in the work record: no content, only who, what for, when and how it ended.
#[derive(Clone, PartialEq, Debug)]
pub struct SessionRow {
    /// The session.
    pub id: SessionId,
    /// Who asked for it.
    pub technician: PersonId,
    /// The contract it was judged by.
    pub contract: ContractId,
    /// What was asked.
    pub request: SessionRequest,
    /// When the ticket was given.
    pub at: UnixSeconds,
    /// What happened since, in order.
    pub steps: Vec<(UnixSeconds, SessionStep)>,
}

/// A step of a session in the work record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionStep {
    /// The person is being asked.
    Asked,
    /// The person said yes to these.
    Granted(Capabilities),
    /// It is over, or never began.
    Ended(EndReason),
}

/// What opening a new contract needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewContract {
    /// Its reference.
    pub id: ContractId,
    /// The client's name: 1 to [`MAX_NOTE`] characters.
    pub client: String,
    /// The day of signature.
    pub signed_on: Day,
    /// First day and length of the terms.
    pub term: Term,
    /// The site's postal code.
    pub postal: Option<PostalCode>,
    /// The on-site option.
    pub onsite: bool,
    /// Its own holidays.
    pub holidays: Option<Holidays>,
}

/// Why the record could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory does not exist.
    #[error("there is no directory {0}: create it, or name another with --data")]
    NoDirectory(String),
    /// There is no file.
    #[error("there is no record {0}: make one with aval-relay init, or name another with --data")]
    Missing(String),
    /// The file can't be opened or made.
    #[error(
        "the record {path} can't be opened: {why}. Check that this user may read and write it and its directory"
    )]
    Inaccessible {
        /// The file.
        path: String,
        /// What the system said.
        why: String,
    },
    /// Some other file.
    #[error("{0} is not a contract record of aval-relay: name the right file, or move this one away")]
    NotARecord(String),
    /// Damaged.
    #[error(
        "the record {path} is damaged ({why}): stop the relay and restore the last backup; nothing was changed"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What the check found first.
        why: String,
    },
    /// Written by a newer program.
    #[error(
        "the record {path} has schema {found}, this program knows {known}: install the newer aval-relay; nothing was changed"
    )]
    Newer {
        /// The file.
        path: String,
        /// Its schema.
        found: u32,
        /// This program's schema.
        known: u32,
    },
    /// What names the database makes no sense, or must not be used.
    #[error("the record’s place is not understood: {0}")]
    BadPlace(String),
    /// The database can't be reached, or does not let this program in.
    #[error("the record {place} can't be opened: {why}")]
    NoDatabase {
        /// Where it should be, without a password.
        place: String,
        /// What was said, and what to do.
        why: String,
    },
    /// Another program holds it.
    #[error("the record {0} is locked by another program: stop it, or wait until its backup is done")]
    Locked(String),
}

/// Why the record could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Locked, full, unreadable: nothing was changed. The gate refuses everything while it lasts.
    #[error("the contract record can't be used now: {0}")]
    Unavailable(String),
    /// Nothing of that name.
    #[error("there is no {0}")]
    NotFound(String),
    /// It is so already, or contradicts what is recorded.
    #[error("{0}")]
    Conflict(String),
    /// Out of bounds.
    #[error("{0}")]
    Invalid(String),
}

/// Why a code attached nothing.
#[derive(Debug, thiserror::Error)]
pub enum RedeemError {
    /// Never issued, or mistyped.
    #[error("there is no such code: check each character, or ask for a new one")]
    Unknown,
    /// Its time is over.
    #[error("the code has expired: ask for a new one")]
    Expired,
    /// Another machine used it.
    #[error("the code was used already: ask for a new one")]
    Used,
    /// This key is attached already, by another code.
    #[error("this machine is attached already")]
    AlreadyEnrolled,
    /// The record could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A text that is no postal code.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is no French postal code: write five digits, such as 94200")]
pub struct BadPostalCode(String);

/// A reason, proof or name as the record takes it: trimmed, 1 to [`MAX_NOTE`] characters, none of them control characters.
pub(crate) fn note(text: &str) -> Option<&str> {
    let text = text.trim();
    let good = (1..=MAX_NOTE).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    good.then_some(text)
}

/// The key of a machine, as [`Store::redeem`] records it.
pub fn agent_of(spki: &[u8]) -> AgentId {
    AgentId::from(KeyId::of_spki(spki))
}

// === impl Author, PostalCode, AgentStanding, Coverage, Party

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(person) => person.fmt(f),
            Self::Host => f.write_str("@host"),
            Self::Machine => f.write_str("@machine"),
        }
    }
}

impl FromStr for Author {
    type Err = aval_protocol::id::BadName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "@host" => Ok(Self::Host),
            "@machine" => Ok(Self::Machine),
            person => person.parse().map(Self::Member),
        }
    }
}

impl PostalCode {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether technicians travel there (clauses 3.6 and 4.8): Île-de-France.
    pub fn in_ile_de_france(&self) -> bool {
        matches!(&self.0[..2], "75" | "77" | "78" | "91" | "92" | "93" | "94" | "95")
    }
}

impl FromStr for PostalCode {
    type Err = BadPostalCode;
    fn from_str(text: &str) -> Result<Self, BadPostalCode> {
        // 00 is the army's post; no other code begins so, and it names no place.
        let is_code = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with("00");
        if is_code { Ok(Self(text.to_owned())) } else { Err(BadPostalCode(text.to_owned())) }
    }
}

impl AgentStanding {
    /// Whether this key is done with for good: revoked, or the client left.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Revoked | Self::Left)
    }
}

macro_rules! stored_as {
    ($name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $name {
            /// As it is stored and shown to programs.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            pub(crate) fn from_label(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use stored_as;

stored_as!(AgentStanding { Unknown = "unknown", Pending = "pending", Approved = "approved", Revoked = "revoked", Left = "left" });
stored_as!(Coverage {
    Covered = "covered",
    NeedsRemediation = "needs_remediation",
    OtherEstablishment = "other_establishment",
    OffTheList = "off_the_list",
});
stored_as!(Party { Client = "client", Provider = "provider" });
