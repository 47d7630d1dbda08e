//! A contract's papers as they travel, and the lines that they make. What a body holds is the relay's to judge; a page shows it as text.

use serde::{Deserialize, Serialize};

use super::contract::IsoDay;
use super::record::OfferRow;
use crate::id::{AgentId, ContractId, UnixSeconds};

/// A paper of a contract.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PaperLine {
    /// Its number.
    pub number: u64,
    /// Its kind: `site`.
    pub kind: String,
    /// The clause that it serves: `2.3`.
    pub clause: String,
    /// The machine it is about, if about one.
    pub agent: Option<AgentId>,
    /// What it says, as JSON; nothing where it strikes out what it corrects.
    pub body: Option<String>,
    /// The number of the paper that it corrects.
    pub corrects: Option<u64>,
    /// Why it corrects; empty otherwise.
    pub why: String,
    /// Who wrote it down.
    pub by: String,
    /// When.
    pub at: UnixSeconds,
    /// It stands: no other one corrects it.
    pub stands: bool,
}

/// The papers of a contract.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PaperPage {
    /// Whose.
    pub contract: ContractId,
    /// Another one after whatever was written into the contract.
    pub version: u32,
    /// In the order in which they were written, corrected ones too.
    pub rows: Vec<PaperLine>,
    /// What was proposed to the client at any machine of the contract, the newest first; at most 100. None beside amounts.
    pub offers: Vec<OfferRow>,
    /// When the client is to be told of the next renewal (15.2); nothing for a professional, or when the end is known.
    pub renewal_notice: Option<(IsoDay, IsoDay)>,
    /// Faults of third parties of which the client was not told within a day (11.5).
    pub untold: Vec<u64>,
}

/// A paper to write down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PaperDraft {
    /// Its kind.
    pub kind: String,
    /// The machine it is about, if about one.
    pub agent: Option<AgentId>,
    /// What it says, as JSON; nothing, to strike out what it corrects.
    pub body: Option<String>,
    /// The number of the paper that it corrects, and why: 1 to 200 characters.
    pub corrects: Option<(u64, String)>,
}

/// Papers to write down: all of them, or none.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PapersWrite {
    /// Under which contract.
    pub contract: ContractId,
    /// The version that was read. If somebody has written into the contract since, nothing is written.
    pub version: u32,
    /// The papers.
    pub papers: Vec<PaperDraft>,
    /// Volumes saved, as a table: `2026-07;112345678901`, a month a line (7.1). Empty without one.
    pub table: String,
}

/// A proposed line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MoneyLine {
    /// What kind: `price`, `share`, `backup`.
    pub kind: String,
    /// What for.
    pub label: String,
    /// By which clause.
    pub clause: String,
    /// In cents without tax.
    pub cents: i64,
    /// How the amount comes about, French and English.
    pub explained: Vec<(String, String)>,
}

/// A proposed invoice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// Its first day.
    pub from: IsoDay,
    /// The first day after it.
    pub until: IsoDay,
    /// Its lines.
    pub lines: Vec<MoneyLine>,
    /// Their sum, in cents without tax.
    pub total: i64,
    /// When it is due (10.3) and debited (10.4), French and English.
    pub payment: Vec<(String, String)>,
}

/// What a contract's papers make of some days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LinesPage {
    /// The first day looked at.
    pub from: IsoDay,
    /// The first day not looked at.
    pub to: IsoDay,
    /// Proposed invoices, by their first days.
    pub invoices: Vec<InvoiceLine>,
    /// Lines that wait for a signature or an answer.
    pub waiting: Vec<MoneyLine>,
    /// What is no line of the client's.
    pub rejected: Vec<MoneyLine>,
    /// The same as a table for French spreadsheets.
    pub csv: String,
}
