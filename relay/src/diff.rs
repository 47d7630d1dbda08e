//! What changed between two readings of a machine, as a contract's reader wants it: parts that came, went or were replaced, with how
//! sure that is and what it means for the covered-equipment list. Silent on what changes by itself: firmware and driver versions,
//! sockets, addresses, free space, the order of things.
//!
//! "Missing" never means "removed": only sections that were read in full on both sides are compared, and a part that went is
//! believed once a second reading misses it too.

mod parts;
mod told;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Battery, Cpu, Disk, Display, Module};
use aval_protocol::wire::inventory::{Content, Section, SectionKind, Status};

/// A part of a machine.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is its section's, see SectionKind")]
pub enum Part {
    Disk(Disk),
    Module(Module),
    Screen(Display),
    Battery(Battery),
    Cpu(Cpu),
}

/// What of the machine as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// Kind of computer.
    Chassis,
    /// Maker and model.
    Model,
    /// Serial number of the system.
    SystemSerial,
    /// Serial number of the main board.
    BoardSerial,
    /// Memory in all, MiB.
    Memory,
    /// Operating system and version.
    Os,
    /// Whether the system's volume is encrypted.
    Encryption,
    /// Secure boot.
    SecureBoot,
    /// TPM.
    Tpm,
}

/// One thing that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// It is there, and was not.
    Added(Part),
    /// It was there, and is not.
    Removed(Part),
    /// One came where another went.
    Replaced {
        /// What went.
        old: Part,
        /// What came.
        new: Part,
    },
    /// A property has another value.
    Altered {
        /// Which.
        field: Field,
        /// What it was.
        old: String,
        /// What it is.
        new: String,
    },
}

/// How sure it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Confidence {
    /// Seen once: a cable may be loose, a screen off.
    Once,
    /// Likely: the part has no number of its own, so another of the kind would look the same.
    Likely,
    /// By numbers that name one thing each.
    Sure,
}

/// What it means for the covered-equipment list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Effect {
    /// Nothing: it is for the machine's history.
    None,
    /// The list describes the machine otherwise: its next version says it as it is.
    Description,
    /// A piece of equipment of its own came or went: a line (2.4, 10.2).
    Line,
    /// What identifies the machine changed: somebody of the firm confirms.
    Identity,
}

/// A change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// In which section.
    pub section: SectionKind,
    /// What.
    pub what: What,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it means for the list.
    pub effect: Effect,
}

/// What changed from one reading of a section to a later one. `confirmed`: the later one was read again since, or it was confirmed to
/// hold still. Sections of which either was not read in full say nothing.
pub fn section(before: &Section, after: &Section, confirmed: bool) -> Vec<Change> {
    if before.kind != after.kind || before.status != Status::Collected || after.status != Status::Collected {
        return Vec::new();
    }
    let (Some(old), Some(new)) = (&before.content, &after.content) else { return Vec::new() };
    let mut changes = parts::content(old, new);
    for change in &mut changes {
        let loss = matches!(
            change.what,
            What::Removed(_) | What::Replaced { .. } | What::Altered { field: Field::Memory, .. }
        );
        if loss && !confirmed {
            change.confidence = Confidence::Once;
            change.effect = Effect::None;
        }
    }
    changes
}

/// What changed in a machine between two sets of sections, each of which was read in full; by section.
pub fn machine<'a>(before: impl IntoIterator<Item = &'a Content>, after: &[&Content]) -> Vec<Change> {
    let pair = |old: &'a Content| after.iter().find(|new| new.kind() == old.kind()).map(|new| (old, *new));
    before.into_iter().filter_map(pair).flat_map(|(old, new)| parts::content(old, new)).collect()
}

/// What changed in a machine from reading to reading, the oldest first, with when it came. A part that went is believed once a later
/// reading, or a confirmation after it (`checked`), misses it too.
pub fn history(
    readings: &[(Section, UnixSeconds)],
    checked: Option<UnixSeconds>,
) -> Vec<(UnixSeconds, Change)> {
    let mut all = Vec::new();
    let whole: Vec<&(Section, UnixSeconds)> =
        readings.iter().filter(|(section, _)| section.status == Status::Collected).collect();
    for (nth, pair) in whole.windows(2).enumerate() {
        let [(before, _), (after, at)] = pair else { continue };
        let confirmed = whole.len() > nth + 2 || checked.is_some_and(|checked| checked > *at);
        all.extend(section(before, after, confirmed).into_iter().map(|change| (*at, change)));
    }
    all
}

#[cfg(test)]
mod tests;
