//! What the record keeps of who a machine is: findings for a person, and the answers there are.

use aval_protocol::id::{AgentId, AssetId, UnixSeconds};
use aval_protocol::wire::inventory::{Content, Day};
use serde::{Deserialize, Serialize};

use crate::coverage::effect;
use crate::coverage::suggest::Seen;
use crate::gate::hours;
use crate::identity::{Finding, Mark, Rule, Trait};
use crate::records::{AgentRow, StoreError, stored_as};

/// What a machine was found to be, and by which rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Identified {
    /// The equipment it is.
    pub asset: AssetId,
    /// By which rule.
    pub rule: Rule,
}

/// A machine of a contract with what it says of itself.
#[derive(Clone, PartialEq, Debug)]
pub struct FleetMachine {
    /// Its place in the record.
    pub row: AgentRow,
    /// Which equipment it is.
    pub asset: AssetId,
    /// Its sections as they were last read in full.
    pub says: Vec<Content>,
    /// Its key was seen on other hardware, and nobody has said yet what that means.
    pub held: bool,
}

/// A finding that waits for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenFinding {
    /// Its number.
    pub n: i64,
    /// Of which machine.
    pub agent: AgentId,
    /// By which rule.
    pub rule: Rule,
    /// What it rests on.
    pub detail: Detail,
    /// When.
    pub at: UnixSeconds,
}

/// What a finding rests on. Kept as JSON.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Detail {
    /// Marks it no longer says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Shown>,
    /// Marks it says instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub come: Vec<Shown>,
    /// Equipment that it may be, and what speaks for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_be: Vec<(String, Vec<Shown>)>,
}

/// A mark as it is kept: of what, and the value.
pub type Shown = (String, String);

/// What a person says to a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It is the same equipment as ever: a board was replaced, or all of it under the same contract.
    Same,
    /// It is this one, which the finding names.
    Is(AssetId),
    /// It is none of those: equipment of its own.
    Other,
    /// The machine itself says again what it always said.
    Gone,
}

/// Why an answer was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Answered, or overtaken by a newer finding.
    #[error("this question is no longer open: read the list again")]
    Gone,
    /// Not an answer to this question.
    #[error("this is no answer to that question: choose one of those it offers")]
    Unfit,
    /// The record could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FleetMachine {
    /// As suggestions for the list are made of it; `otherwise`: the day that stands for a moment outside of the calendar.
    pub fn seen(&self, otherwise: Day) -> Seen<'_> {
        Seen {
            asset: self.asset,
            host: &self.row.facts.hostname,
            says: &self.says,
            attached: effect::day(hours::day(self.row.enrolled_at)).unwrap_or(otherwise),
            gone: self.row.standing.is_over(),
        }
    }
}

impl Detail {
    /// Of a finding.
    pub fn of(finding: &Finding<AssetId>) -> Self {
        let shown = |marks: &[Mark]| -> Vec<Shown> {
            marks.iter().map(|mark| (mark.of.label().to_owned(), mark.value.clone())).collect()
        };
        let each = |all: &[(AssetId, Vec<Mark>)]| {
            all.iter().map(|(asset, marks)| (asset.to_string(), shown(marks))).collect()
        };
        match finding {
            Finding::BoardReplaced { gone, come } => {
                Self { gone: shown(gone), come: shown(come), ..Self::default() }
            }
            Finding::Returned { asset, by, .. } => {
                Self { may_be: vec![(asset.to_string(), shown(by))], ..Self::default() }
            }
            Finding::Resembles(all) | Finding::Conflict(all) => Self { may_be: each(all), ..Self::default() },
            Finding::Same | Finding::Clone | Finding::New => Self::default(),
        }
    }

    /// Whether it is about this equipment.
    pub fn names(&self, asset: AssetId) -> bool {
        self.may_be.iter().any(|(named, _)| named.parse() == Ok(asset))
    }

    /// As it is kept.
    pub(crate) fn text(&self) -> String {
        // Texts alone always become JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Answer {
    /// As it is kept.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Same => "same".to_owned(),
            Self::Is(asset) => format!("is {asset}"),
            Self::Other => "other".to_owned(),
            Self::Gone => "gone".to_owned(),
        }
    }
}

stored_as!(Trait {
    System = "system",
    Uuid = "uuid",
    Board = "board",
    Chassis = "chassis",
    Disk = "disk",
    Mac = "mac",
    Host = "host",
});
stored_as!(Rule {
    SameKey = "same_key",
    OtherBoard = "other_board",
    OtherMachine = "other_machine",
    TwiceAlive = "twice_alive",
    BySerial = "by_serial",
    ByUuid = "by_uuid",
    ByParts = "by_parts",
    Several = "several",
    Nothing = "nothing",
});
