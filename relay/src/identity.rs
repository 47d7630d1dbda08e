//! Which piece of equipment a machine is: rules from evidence to a finding, each of which a person can be told.
//!
//! A machine proves itself with its agent's key. What the hardware says of itself is evidence only: makers ship one serial number in
//! many boards, boards are replaced, disks move, guests are cloned. So nothing here takes the first match (as GLPI does), merges
//! because a name is the same, or deletes anything (as OCS does): a finding names its rule and the marks that speak for it, and
//! whoever can't be told apart goes to a person. A host's name is a label and is never evidence by itself.

pub mod evidence;
pub mod shared;

use std::collections::BTreeSet;

use aval_protocol::wire::inventory::SectionKind;

pub use evidence::{Evidence, Mark, Trait};
pub use shared::Shared;

/// A piece of equipment of the same client, and what was last known of it.
#[derive(Clone, Debug)]
pub struct Candidate<'a, A> {
    /// Which.
    pub asset: A,
    /// What identifies it.
    pub evidence: &'a Evidence,
    /// Its agent was heard of lately: it can't be the machine that asks.
    pub alive: bool,
}

/// The rule that a finding rests on. The numbers are those of the documentation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Rule {
    /// A known key, and nothing speaks against it.
    SameKey,
    /// A known key on its old disks, and another board.
    OtherBoard,
    /// A known key on hardware that is another in everything.
    OtherMachine,
    /// A known key that two machines use by turns.
    TwiceAlive,
    /// An unknown key on a known system's serial number.
    BySerial,
    /// An unknown key on a known firmware UUID, where there is no usable serial number.
    ByUuid,
    /// Only parts that may move are the same.
    ByParts,
    /// Several known machines fit.
    Several,
    /// Nothing known fits.
    Nothing,
}

/// What a machine was found to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding<A> {
    /// The same as ever.
    Same,
    /// The same, and a technician is to confirm that its board was replaced. Old numbers stay as aliases.
    BoardReplaced {
        /// What it no longer says.
        gone: Vec<Mark>,
        /// What it says instead.
        come: Vec<Mark>,
    },
    /// The key was copied to another machine, or everything was replaced at once: it must be attached anew.
    Clone,
    /// A machine that was known under another key.
    Returned {
        /// Which.
        asset: A,
        /// By which rule.
        rule: Rule,
        /// What speaks for it.
        by: Vec<Mark>,
        /// No person is needed: the disks are the same, the old agent is silent, and it is no guest.
        automatic: bool,
    },
    /// Something of it was seen elsewhere; never taken for the same without a person.
    Resembles(Vec<(A, Vec<Mark>)>),
    /// Several fit: a person decides.
    Conflict(Vec<(A, Vec<Mark>)>),
    /// Not known.
    New,
}

/// Sections that say which machine it is.
pub const TELLING: [SectionKind; 4] =
    [SectionKind::Machine, SectionKind::Board, SectionKind::Disks, SectionKind::Nics];

/// Whether a section says which machine it is.
pub fn tells(kind: SectionKind) -> bool {
    TELLING.contains(&kind)
}

/// Judges a machine whose key is known: `before` is what it said when it was last believed, `now` what it says.
pub fn known<A>(before: &Evidence, now: &Evidence, shared: &Shared) -> Finding<A> {
    let (before, now) = (&before.telling(shared), &now.telling(shared));
    if before.agrees(now, Trait::System) || before.agrees(now, Trait::Uuid) {
        return Finding::Same;
    }
    let fixed = [Trait::System, Trait::Uuid, Trait::Board];
    let changed = fixed.iter().any(|of| before.differs(now, *of));
    if before.agrees(now, Trait::Disk) {
        if !changed {
            return Finding::Same;
        }
        let among = |of: &Mark| fixed.contains(&of.of) || of.of == Trait::Chassis;
        return Finding::BoardReplaced {
            gone: before.without(now).into_iter().filter(among).collect(),
            come: now.without(before).into_iter().filter(among).collect(),
        };
    }
    // What still agrees, or what can't be compared at all, is no proof of a copy.
    let kept = before.agrees(now, Trait::Board) || before.agrees(now, Trait::Chassis);
    let identity = before.differs(now, Trait::System) || before.differs(now, Trait::Uuid);
    if identity && !kept { Finding::Clone } else { Finding::Same }
}

/// Judges a machine whose key nobody knows, among the equipment of its client.
pub fn unknown<A: Copy>(now: &Evidence, fleet: &[Candidate<'_, A>], shared: &Shared) -> Finding<A> {
    let now = &now.telling(shared);
    let mut strong: Vec<(Rule, &Candidate<'_, A>, Evidence)> = Vec::new();
    let mut weak = Vec::new();
    for candidate in fleet {
        let then = candidate.evidence.telling(shared);
        match strength(&then, now) {
            Some(Rule::ByParts) => weak.push((candidate.asset, then.common(now))),
            Some(rule) => strong.push((rule, candidate, then)),
            None => {}
        }
    }
    match strong.as_slice() {
        [] if weak.is_empty() => Finding::New,
        [] => Finding::Resembles(weak),
        [(rule, candidate, then)] => Finding::Returned {
            asset: candidate.asset,
            rule: *rule,
            by: then.common(now),
            automatic: !candidate.alive
                && !now.guest
                && !then.guest
                && then.agrees(now, Trait::Disk)
                && !then.differs(now, Trait::Uuid),
        },
        several => {
            Finding::Conflict(several.iter().map(|(_, one, then)| (one.asset, then.common(now))).collect())
        }
    }
}

impl Rule {
    /// Whether the machine is held by it until somebody has said what it is.
    pub const fn holds(self) -> bool {
        matches!(self, Self::OtherMachine | Self::TwiceAlive)
    }
}

impl<A> Finding<A> {
    /// The rule it rests on.
    pub fn rule(&self) -> Rule {
        match self {
            Self::Same => Rule::SameKey,
            Self::BoardReplaced { .. } => Rule::OtherBoard,
            Self::Clone => Rule::OtherMachine,
            Self::Returned { rule, .. } => *rule,
            Self::Resembles(_) => Rule::ByParts,
            Self::Conflict(_) => Rule::Several,
            Self::New => Rule::Nothing,
        }
    }
}

/// How strongly a known machine's evidence speaks for this one.
fn strength(then: &Evidence, now: &Evidence) -> Option<Rule> {
    if then.agrees(now, Trait::System) {
        return Some(Rule::BySerial);
    }
    // Where both have serial numbers and these differ, one UUID on both is the maker's mistake (two Dells were seen with one).
    if then.agrees(now, Trait::Uuid) && !then.differs(now, Trait::System) {
        return Some(Rule::ByUuid);
    }
    let parts = [Trait::Board, Trait::Chassis, Trait::Disk, Trait::Mac, Trait::Uuid];
    let same: BTreeSet<Trait> = parts.into_iter().filter(|of| then.agrees(now, *of)).collect();
    // A name is chosen, often the same for each new PC at a desk: alone it asks nobody anything.
    (!same.is_empty()).then_some(Rule::ByParts)
}

#[cfg(test)]
mod tests;
