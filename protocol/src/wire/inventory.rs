//! What an agent says of its machine: the first facts that feed the contract's covered-equipment list.

use serde::{Deserialize, Serialize};

use super::Wire;

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
