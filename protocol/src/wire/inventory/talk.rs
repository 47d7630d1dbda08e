//! The conversation about the inventory: the relay says what it holds, the agent sends what differs, the relay says what it kept.
//!
//! Nothing is remembered between two conversations, so a lost word, a restored record and an emptied one all mend themselves. A
//! section that is not mentioned stays as it is: missing never means removed.

use serde::{Deserialize, Serialize};

use super::names::SectionKind;
use super::section::{Digest, Packed};
use crate::id::UnixSeconds;
use crate::wire::codes::codes;

/// From an approved agent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum InventoryUp {
    /// All sections that don't change by themselves amount to this. Asks what the relay holds.
    Check {
        /// See [`super::root`].
        root: Digest,
    },
    /// A section that the relay lacks, or holds otherwise.
    Section(Packed),
}

/// From the relay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum InventoryDown {
    /// The relay holds nothing of this machine: no need to wait for the usual time.
    Wanted,
    /// What the relay holds amounts to the same.
    Same {
        /// The same as asked about.
        root: Digest,
    },
    /// What the relay holds, each section once.
    Held(Vec<Held>),
    /// Kept, and on the disk.
    Kept(Held),
    /// Not kept. There is no use in sending it again today.
    Refused {
        /// Which.
        kind: SectionKind,
        /// Why.
        why: SectionRefused,
    },
}

/// A section's newest content, by its digest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Held {
    /// Which section.
    pub kind: SectionKind,
    /// What is in it.
    pub digest: Digest,
}

codes! {
    /// Why a relay does not keep a section.
    SectionRefused {
        /// Too large, or no section at all.
        Malformed = 1 "MALFORMED",
        /// More changes than a machine can have in a day.
        TooMany = 2 "TOO_MANY",
        /// The record can't be written now.
        Unavailable = 3 "UNAVAILABLE",
    }
}

/// What the record holds of a machine, for a technician.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct InventoryRecord {
    /// When the machine last said that all of it still holds, relay's clock.
    pub checked_at: Option<UnixSeconds>,
    /// The sections, each once.
    pub sections: Vec<KeptSection>,
}

/// A section in the record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeptSection {
    /// The newest.
    pub newest: Packed,
    /// When it came, relay's clock.
    pub received_at: UnixSeconds,
    /// The newest that was read in full, when the newest was not.
    pub last_whole: Option<Packed>,
}
