//! The client approves a version of the equipment list at an enrolled PC (clause 2.2): what the relay puts to the PC of the client's
//! representative, what changes by it, and the person's word, which the PC's key signs.
//!
//! Everything that is put to the person is read from the two lists themselves, the ones whose hashes are signed; only the amounts are the
//! relay's, and the word repeats them, so that both sides keep what was shown.

use serde::{Deserialize, Serialize};

use super::Wire;
use super::equipment::{EquipmentLine, EquipmentList, ListHash};
use super::inventory::values::Day;
use crate::firm::Statement;
use crate::id::{ContractId, UnixSeconds};

/// Changes that are put to a person in a window at most; a longer list is signed on paper.
pub const MOST_SHOWN: usize = 200;
/// For so long a version that was sent waits for the representative, in seconds: two weeks.
pub const WAITS_S: i64 = 14 * 86_400;

/// A version that waits for the client's representative.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ListAsk {
    /// The client, as the contract names it.
    pub client: String,
    /// The version.
    pub list: EquipmentList,
    /// The version before it; its hash is the one that `list` names.
    pub before: Option<EquipmentList>,
    /// What it changes in what is charged; none where nobody wrote down how the contract is invoiced.
    pub effect: Option<ListEffect>,
    /// Until when it waits.
    pub until: UnixSeconds,
}

/// What a version changes in what is charged, in cents without tax.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ListEffect {
    /// The period that runs: its first day, and the first day after it.
    pub period: (Day, Day),
    /// Once, for that period.
    pub now: i64,
    /// More or less in each later one.
    pub later: i64,
}

/// What the person at the representative's PC said to a version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ListWord {
    /// Whose list.
    pub contract: ContractId,
    /// Which version.
    pub list: ListHash,
    /// Approved, or refused.
    pub yes: bool,
    /// The amounts that were shown.
    pub effect: Option<ListEffect>,
    /// How long it was on the screen before, in ms.
    pub shown_ms: u32,
    /// When, by the PC's clock.
    pub at: UnixSeconds,
}

/// One difference between two versions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ListChange {
    /// A line comes in.
    Comes(Box<EquipmentLine>),
    /// A line ends.
    Leaves(Box<EquipmentLine>),
    /// A line says something else: as it was, and as it is.
    Says(Box<(EquipmentLine, EquipmentLine)>),
}

/// A version that can't be put to a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadListAsk {
    /// The two lists do not follow each other, or a line of the one before is missing.
    #[error("the version does not follow the one it names")]
    Chain,
    /// More changes than anybody reads in a window.
    #[error("more than {MOST_SHOWN} changes: the client signs the annex on paper")]
    Many,
    /// Nothing changes.
    #[error("nothing changes by this version")]
    Nothing,
}

impl ListAsk {
    /// What changes, in the order of the lines.
    ///
    /// # Errors
    /// [`BadListAsk`].
    pub fn changes(&self) -> Result<Vec<ListChange>, BadListAsk> {
        let before = self.before.as_ref();
        let follows = before.map(EquipmentList::hash) == self.list.before
            && before.is_none_or(|before| before.contract == self.list.contract);
        let old = before.map(|list| list.lines.as_slice()).unwrap_or_default();
        // Lines are never taken out: one that is missing would be one that nobody is asked about.
        let kept = old.iter().all(|line| self.list.lines.iter().any(|other| other.no == line.no));
        if !follows || !kept {
            return Err(BadListAsk::Chain);
        }
        let changes: Vec<ListChange> = self
            .list
            .lines
            .iter()
            .filter_map(|line| match old.iter().find(|other| other.no == line.no) {
                None => Some(ListChange::Comes(Box::new(line.clone()))),
                Some(was) if was == line => None,
                Some(was)
                    if was.until != line.until
                        && EquipmentLine { until: line.until, ..was.clone() } == *line =>
                {
                    Some(ListChange::Leaves(Box::new(line.clone())))
                }
                Some(was) => Some(ListChange::Says(Box::new((was.clone(), line.clone())))),
            })
            .collect();
        match changes.len() {
            0 => Err(BadListAsk::Nothing),
            n if n > MOST_SHOWN => Err(BadListAsk::Many),
            _ => Ok(changes),
        }
    }
}

impl Wire for ListWord {
    const LIMIT: usize = 512;
}
impl Statement for ListWord {
    const LABEL: &'static str = "aval/1 list word";
}

#[cfg(test)]
mod tests;
