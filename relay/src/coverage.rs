//! Which equipment a contract covers (clauses 2.1 to 2.4): versions of its list, what each party approved, and what therefore holds on
//! a day.
//!
//! A version is a proposal until both parties approved its hash. Two proposals on the same version compete: once one holds, the other
//! is stale and must be made again, so that nobody approves what they have not read. Equipment that the client notified is covered at
//! once, listed or not (2.4): the list decides on what is charged, and on what both agreed is covered no longer.

pub mod amend;
pub mod effect;
pub mod entry;
pub mod suggest;

use aval_protocol::id::{AgentId, AssetId, PersonId, UnixSeconds};
use aval_protocol::text::equipment::quote;
use aval_protocol::text::gate::Sentence;
use aval_protocol::text::{fleet as text, relay};
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::equipment::{EquipmentLine, EquipmentList, ListHash, MAX_LINES};
use aval_protocol::wire::inventory::Day;

use crate::coverage::amend::BadAmendment;
use crate::gate::hours;
use crate::records::{ListError, Party};

/// One party's word that it approves a version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// Who.
    pub party: Party,
    /// Which version, by its hash.
    pub list: ListHash,
    /// How it was given.
    pub by: Means,
    /// When.
    pub at: UnixSeconds,
}

/// How an approval was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Means {
    /// A signed paper that lies with the firm.
    Paper {
        /// SHA-256 of the scanned paper.
        sha256: [u8; 32],
        /// Where the firm finds it.
        reference: String,
    },
    /// The client's representative said yes on an enrolled machine, whose key signed it.
    Machine {
        /// Which machine.
        agent: AgentId,
        /// The word that its key signed.
        signed: Vec<u8>,
    },
    /// A manager of the firm.
    Manager {
        /// Who.
        person: PersonId,
    },
}

/// How far a version has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Who has approved it so far.
    Proposed {
        /// The client.
        client: bool,
        /// The firm.
        provider: bool,
    },
    /// Another version was approved since it was made: it can't be approved any more.
    Stale,
    /// Both have approved it; it holds from its day.
    Approved,
    /// It was approved, and a later one holds.
    Superseded,
}

/// All versions of a contract's list, with what was said of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lists {
    /// Every version, in the order in which they were made.
    pub versions: Vec<EquipmentList>,
    /// Every approval.
    pub approvals: Vec<Approval>,
}

/// Whether the list covers a piece of equipment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listed<'a> {
    /// There is no approved list yet: what was notified is covered.
    NoList,
    /// It is on this line.
    On(&'a EquipmentLine),
    /// Both parties agreed that it is covered no longer, from the line's last day on.
    Ended(&'a EquipmentLine),
    /// It is on no line.
    Not,
}

/// The day in France: the contract's days are those. A clock before 1970 or after 9999 is nobody's: on its last day nothing that was
/// agreed on holds any more.
pub fn today(at: UnixSeconds) -> Day {
    effect::day(hours::day(at)).unwrap_or(Day::LAST)
}

/// Why a version was not made or approved, for people.
pub fn said(error: &ListError) -> Sentence {
    match error {
        ListError::Changed => text::changed(),
        ListError::Approved => text::approved_already(),
        ListError::Failing(no, label) => quote::unmended(*no, label),
        ListError::Bad(bad) => match bad {
            BadAmendment::NoLine(no) => text::no_line(*no),
            BadAmendment::EndsBefore(no, _) => text::ends_before(*no),
            BadAmendment::Twice(label, no) => text::twice(label, *no),
            BadAmendment::Nothing => text::nothing_changes(),
            BadAmendment::TooMany => text::too_many(MAX_LINES),
            BadAmendment::Earlier(_) => text::earlier(),
        },
        ListError::Store(_) => relay::fault(FaultCode::StoreUnavailable),
    }
}

// === impl Lists

impl Lists {
    /// The version that holds on a day: the last one in the chain of approved ones whose day has come.
    pub fn in_force(&self, day: Day) -> Option<&EquipmentList> {
        last_begun(&self.chain(), day).map(|(_, list)| list)
    }

    /// The newest version that both approved, whether or not its day has come: what a new proposal starts from.
    pub fn newest(&self) -> Option<&EquipmentList> {
        self.chain().last().map(|(_, list)| *list)
    }

    /// The versions that both approved, the oldest first, whether or not their days have come.
    pub fn approved_versions(&self) -> Vec<&EquipmentList> {
        self.chain().into_iter().map(|(_, list)| list).collect()
    }

    /// The newest version that can still be approved.
    pub fn proposal(&self) -> Option<&EquipmentList> {
        let chain = self.chain();
        let newest = chain.last().map(|(newest, _)| *newest);
        self.versions.iter().rev().find(|list| list.before == newest)
    }

    /// How far a version has come, on a day.
    pub fn standing(&self, list: &EquipmentList, day: Day) -> Standing {
        let hash = list.hash();
        let chain = self.chain();
        if chain.iter().any(|(approved, _)| *approved == hash) {
            let holds = last_begun(&chain, day).is_none_or(|(holds, _)| holds == hash || list.from > day);
            return if holds { Standing::Approved } else { Standing::Superseded };
        }
        if list.before != chain.last().map(|(newest, _)| *newest) {
            return Standing::Stale;
        }
        let by = |party| self.approved(hash, party);
        Standing::Proposed { client: by(Party::Client), provider: by(Party::Provider) }
    }

    /// Whether the list in force covers a piece of equipment.
    pub fn covers(&self, asset: AssetId, day: Day) -> Listed<'_> {
        Listed::of(self.in_force(day), asset, day)
    }

    /// Versions that both approved, each on the one before, with their names.
    fn chain(&self) -> Vec<(ListHash, &EquipmentList)> {
        let mut both: Vec<_> = self.versions.iter().map(|list| (list.hash(), list)).collect();
        both.retain(|(hash, _)| self.approved(*hash, Party::Client) && self.approved(*hash, Party::Provider));
        let mut chain: Vec<(ListHash, &EquipmentList)> = Vec::new();
        loop {
            let before = chain.last().map(|(hash, _)| *hash);
            match both.iter().find(|(_, list)| list.before == before) {
                // A version that names itself can't be made: a hash is not known before what it is of.
                Some(next) if chain.len() < self.versions.len() => chain.push(*next),
                _ => return chain,
            }
        }
    }

    fn approved(&self, hash: ListHash, party: Party) -> bool {
        self.approvals.iter().any(|approval| approval.list == hash && approval.party == party)
    }
}

// === impl Listed

impl<'a> Listed<'a> {
    /// Whether a list covers a piece of equipment on a day.
    pub fn of(list: Option<&'a EquipmentList>, asset: AssetId, day: Day) -> Self {
        let Some(list) = list else { return Self::NoList };
        let mut lines = list.lines.iter().filter(|line| line.asset == Some(asset));
        // Equipment may have left and come back on another line: a line that covers it counts.
        let mut ended = None;
        let found = lines.find(|line| {
            let over = line.until.is_some_and(|until| until <= day);
            if over {
                ended = Some(*line);
            }
            !over
        });
        match (found, ended) {
            (Some(line), _) => Self::On(line),
            (None, Some(line)) => Self::Ended(line),
            (None, None) => Self::Not,
        }
    }
}

/// The last of a chain whose day has come.
fn last_begun<'a>(
    chain: &[(ListHash, &'a EquipmentList)],
    day: Day,
) -> Option<(ListHash, &'a EquipmentList)> {
    chain.iter().rev().find(|(_, list)| list.from <= day).copied()
}

#[cfg(test)]
mod tests;
