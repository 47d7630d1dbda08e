//! What an agent says of its machine: a few lines for the list of machines, and the inventory that feeds the contract's
//! covered-equipment list.
//!
//! The inventory is cut into sections, each with a status of its own: what could not be read is said, never guessed and never
//! taken for "removed". A section travels as canonical bytes ([`section`]) under a short digest, so that only what changed is
//! sent ([`talk`]).

pub mod items;
pub mod junk;
pub mod names;
pub mod section;
mod sticker;
pub mod talk;
pub mod values;

use serde::{Deserialize, Serialize};

use super::Wire;

pub use names::{
    Bus, Chassis, CheckKind, Grade, Media, NicKind, PrinterPort, SectionKind, Status, Unmeasured, UsbKind,
};
pub use section::{Content, Digest, Packed, Section, Unreadable, root};
pub use talk::{Held, InventoryDown, InventoryRecord, InventoryUp, KeptSection, SectionRefused};
pub use values::{Day, List, Mac, Serial, Text, Uuid};

/// The machine in a few lines. A value the machine does not give is `None`, never a guess.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct HardwareFacts {
    /// The machine's name on its network; a label, never an identity.
    pub hostname: String,
    /// Operating system for people: `Debian GNU/Linux 12`.
    pub os: Option<String>,
    /// Kernel or build: `6.1.0-18-amd64`, `22631.3447`.
    pub os_build: Option<String>,
    /// `x86_64`, `aarch64`.
    pub arch: Option<String>,
    /// The processor's own name.
    pub cpu: Option<String>,
    /// Logical processors.
    pub logical_cpus: Option<u16>,
    /// Memory the system sees, in MiB.
    pub memory_mib: Option<u32>,
    /// Sum of the sizes of local fixed volumes, in MiB.
    pub volumes_mib: Option<u64>,
    /// Manufacturer by the firmware.
    pub vendor: Option<String>,
    /// Model by the firmware.
    pub model: Option<String>,
    /// Serial number by the firmware.
    pub serial: Option<String>,
}

impl Wire for HardwareFacts {
    const LIMIT: usize = 4 * 1024;
}
