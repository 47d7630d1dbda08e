//! A contract as its page shows it, and what a manager writes into it: letters (6.3), suspensions, a new contract.

use serde::{Deserialize, Serialize};

use super::codes;
use super::record::ContractLine;
use crate::id::{ContractId, UnixSeconds};

/// A civil day in Paris, ISO 8601: `2026-01-05`. Whoever reads it checks it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IsoDay(pub String);

codes::codes! {
    /// A party of a contract.
    PartyCode {
        /// The client.
        Client = 1 "client",
        /// The firm.
        Provider = 2 "provider",
    }
}

/// A contract with its letters and terms.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContractDetail {
    /// Its line in the list.
    pub line: ContractLine,
    /// The day of signature (6.1).
    pub signed_on: IsoDay,
    /// The first day (6.1).
    pub effective_on: IsoDay,
    /// Length of a term, in months (6.1).
    pub months: u16,
    /// Where the client's site is; decides on-site help (3.6, 4.8).
    pub postal: Option<String>,
    /// The on-site option was subscribed (5.2).
    pub onsite: bool,
    /// Letters that end it, in the order in which they were written down.
    pub notices: Vec<NoticeLine>,
    /// When it ends; `None` while it renews itself.
    pub ends: Option<EndLine>,
    /// Its terms up to the one that runs, the oldest first; at most the newest 60.
    pub terms: Vec<TermLine>,
    /// The échéance that comes next; `None` once it is over.
    pub next_echeance: Option<IsoDay>,
    /// The last day on which a letter still ends it on that échéance, or on the one after it once that day is past. `None` when its
    /// end is known.
    pub last_day_for_notice: Option<IsoDay>,
    /// A manager's suspension in effect.
    pub suspension: Option<SuspensionLine>,
    /// The relay's day.
    pub today: IsoDay,
}

/// A registered letter with receipt (6.3).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NoticeLine {
    /// Who gave it.
    pub by: PartyCode,
    /// The postmark's day, if known.
    pub sent_on: Option<IsoDay>,
    /// The receipt's day, if known.
    pub received_on: Option<IsoDay>,
    /// The letter's number, or where its proof lies: 1 to 200 characters.
    pub proof: String,
}

/// When and why a contract ends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EndLine {
    /// The first day on which it is no longer in force.
    pub on: IsoDay,
    /// The clause: `6.3`.
    pub clause: String,
    /// A person should look: the letter is within a day of the limit, or only its sending was in time.
    pub edge: bool,
}

/// One term.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TermLine {
    /// Counted from 1.
    pub number: u32,
    /// Its first day.
    pub from: IsoDay,
    /// Its échéance: the first day after it.
    pub until: IsoDay,
}

/// A suspension.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SuspensionLine {
    /// Who decided it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: UnixSeconds,
}

/// What a manager writes into a contract. Nothing is ever overwritten.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ContractAct {
    /// A new contract.
    Open {
        /// The client's name: 1 to 200 characters.
        client: String,
        /// The day of signature.
        signed_on: IsoDay,
        /// The first day, if the financial document states another one.
        effective_on: Option<IsoDay>,
        /// Months of a term; twelve, if the financial document states none.
        months: Option<u32>,
        /// The site's postal code.
        postal: Option<String>,
        /// The on-site option was subscribed.
        onsite: bool,
    },
    /// A registered letter came or was sent.
    Notice(NoticeLine),
    /// No new session until it is resumed.
    Suspend {
        /// Why: 1 to 200 characters.
        reason: String,
    },
    /// The suspension is over.
    Resume,
}

/// An act on a contract.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ContractWrite {
    /// Which contract.
    pub contract: ContractId,
    /// What.
    pub act: ContractAct,
}
