//! Values that were seen on two machines whose disks have nothing in common: they name neither. What was learnt once is never
//! forgotten, so that the list of junk grows by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, Mark, Trait};

/// Values that name many machines.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shared(BTreeSet<Mark>);

impl Shared {
    /// Those that were learnt before.
    pub fn known(marks: impl IntoIterator<Item = Mark>) -> Self {
        Self(marks.into_iter().collect())
    }

    /// Whether a mark names many machines.
    pub fn has(&self, mark: &Mark) -> bool {
        self.0.contains(mark)
    }

    /// What these machines teach beyond what is known: a mark on two of them whose disks are all different. A machine without a
    /// disk that can be told from others teaches nothing: it may be either.
    pub fn learnt(&self, fleet: &[&Evidence]) -> Vec<Mark> {
        let mut on: BTreeMap<&Mark, Vec<usize>> = BTreeMap::new();
        for (at, one) in fleet.iter().enumerate() {
            let may_be_junk = |mark: &&Mark| !matches!(mark.of, Trait::Disk | Trait::Host);
            for mark in one.marks().filter(may_be_junk).filter(|mark| !self.has(mark)) {
                on.entry(mark).or_default().push(at);
            }
        }
        let apart = |all: &[usize]| {
            all.iter().enumerate().any(|(nth, one)| {
                all[..nth].iter().any(|other| fleet[*one].differs(fleet[*other], Trait::Disk))
            })
        };
        on.into_iter().filter(|(_, all)| apart(all)).map(|(mark, _)| mark.clone()).collect()
    }
}
