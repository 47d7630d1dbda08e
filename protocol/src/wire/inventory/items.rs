//! What each section holds. A value the machine does not give is `None`, never a guess.
//!
//! Left out on purpose: product keys, names of users, processes, networks, documents, programs. Left out as noise: addresses on a
//! network, kernel and driver versions, free space, what the system sees of the memory.

use serde::{Deserialize, Serialize};

use super::names::{Bus, Chassis, CheckKind, Grade, Media, NicKind, Unmeasured};
use super::values::{Day, List, MAX_ITEMS, Mac, Serial, Text, Uuid};

mod attached;

pub use attached::*;

/// The computer as a whole (SMBIOS types 1 and 3).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Machine {
    /// What kind of computer.
    pub chassis: Option<Chassis>,
    /// Maker.
    pub vendor: Option<Text>,
    /// Model as people call it.
    pub model: Option<Text>,
    /// The maker's order number.
    pub sku: Option<Text>,
    /// The maker's family of models.
    pub family: Option<Text>,
    /// Serial number of the system.
    pub serial: Serial,
    /// The firmware's UUID.
    pub uuid: Option<Uuid>,
    /// Serial number of the enclosure, where it differs.
    pub chassis_serial: Serial,
    /// What the owner had written into the firmware.
    pub asset_tag: Serial,
}

/// Main board (SMBIOS type 2).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Board {
    /// Maker.
    pub vendor: Option<Text>,
    /// Model.
    pub model: Option<Text>,
    /// Revision.
    pub version: Option<Text>,
    /// Serial number.
    pub serial: Serial,
}

/// Firmware (SMBIOS type 0).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Bios {
    /// Maker.
    pub vendor: Option<Text>,
    /// Version.
    pub version: Option<Text>,
    /// Its day.
    pub date: Option<Day>,
}

/// One processor in its socket (SMBIOS type 4, else the system's view).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Cpu {
    /// Socket.
    pub socket: Option<Text>,
    /// Its own name.
    pub model: Option<Text>,
    /// Cores.
    pub cores: Option<u16>,
    /// Threads.
    pub threads: Option<u16>,
    /// Greatest clock rate the board names, MHz.
    pub max_mhz: Option<u16>,
}

/// Memory (SMBIOS types 16 and 17).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    /// Sockets for modules, empty ones included.
    pub slots: Option<u16>,
    /// The most that fits, MiB.
    pub max_mib: Option<u64>,
    /// What is in the sockets.
    pub modules: List<Module>,
}

/// One memory module.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Module {
    /// Its socket, as printed on the board.
    pub slot: Option<Text>,
    /// Size, MiB.
    pub size_mib: u64,
    /// `DDR4`.
    pub kind: Option<Text>,
    /// Greatest rate, MT/s.
    pub speed_mts: Option<u32>,
    /// Maker, which may be a JEDEC number.
    pub vendor: Option<Text>,
    /// Part number.
    pub part: Option<Text>,
    /// Serial number.
    pub serial: Serial,
}

/// One fixed drive.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Disk {
    /// Model.
    pub model: Option<Text>,
    /// Serial number.
    pub serial: Serial,
    /// World-wide name (NAA, EUI-64 or UUID), as the system writes it.
    pub wwn: Option<Text>,
    /// Size, bytes.
    pub size: u64,
    /// Attached by.
    pub bus: Option<Bus>,
    /// Stores on.
    pub media: Option<Media>,
    /// Its firmware.
    pub firmware: Option<Text>,
}

/// One fixed volume in use.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Volume {
    /// Where it appears, if that is one of the places every system has (Filesystem Hierarchy Standard 3.0): other names may say
    /// who works there.
    pub place: Option<Text>,
    /// Its file system.
    pub fs: Option<Text>,
    /// Size, MiB.
    pub size_mib: u64,
    /// Whether what is on the drive is encrypted; `None` when it can't be told.
    pub encrypted: Option<bool>,
}

/// One screen, by its EDID (VESA E-EDID A.2).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Display {
    /// Maker's three letters (UEFI PNP registry).
    pub vendor: Text,
    /// Maker's number of the model.
    pub product: u16,
    /// Name of the model.
    pub model: Option<Text>,
    /// Serial number in letters. Some makers put the same into every unit.
    pub serial: Serial,
    /// Serial number in 32 bits. Some makers leave it 0, 1 or `0x01010101`.
    pub number: u32,
    /// Year of making, or of the model.
    pub year: Option<u16>,
    /// Week of making.
    pub week: Option<u8>,
    /// Width of the picture, cm.
    pub width_cm: u8,
    /// Height of the picture, cm.
    pub height_cm: u8,
    /// Part of the computer.
    pub internal: bool,
}

/// One network card that is a piece of hardware.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Nic {
    /// The address it was made with; `None` when only a made-up one is known.
    pub mac: Option<Mac>,
    /// What it speaks.
    pub kind: NicKind,
    /// Maker and model as numbers of its bus: `8086:15be`.
    pub model: Option<Text>,
    /// The driver's name.
    pub driver: Option<Text>,
}

/// Operating system.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Os {
    /// For people: `Debian GNU/Linux 12 (bookworm)`.
    pub name: Option<Text>,
    /// For programs: `debian`.
    pub id: Option<Text>,
    /// `12`, `24.04`.
    pub version: Option<Text>,
    /// `x86_64`.
    pub arch: Option<Text>,
    /// Last day of the maker's regular support.
    pub support_end: Option<Day>,
    /// Last day of long-term support, free of charge or not.
    pub extended_end: Option<Day>,
}

/// One battery. What wears is in the health section.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Battery {
    /// Maker.
    pub vendor: Option<Text>,
    /// Model.
    pub model: Option<Text>,
    /// Serial number.
    pub serial: Serial,
    /// `Li-ion`.
    pub chemistry: Option<Text>,
    /// What it held when new, mWh.
    pub design_mwh: Option<u32>,
}

/// What the firmware protects with.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Security {
    /// Started by UEFI.
    pub uefi: Option<bool>,
    /// Secure boot is on.
    pub secure_boot: Option<bool>,
    /// There is a TPM.
    pub tpm: Option<bool>,
    /// Its version: `2.0`.
    pub tpm_version: Option<Text>,
}

/// How the machine does, check by check.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Health {
    /// The checks.
    pub checks: List<Check>,
}

/// One check, with what it was judged by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at.
    pub kind: CheckKind,
    /// Which one, where there may be several.
    pub subject: Option<Text>,
    /// The verdict.
    pub grade: Grade,
    /// What was measured; the unit is the kind's.
    pub value: Option<i64>,
    /// Why it could not be graded; with such grades only. Since schema 2.
    pub why: Option<Unmeasured>,
}

impl Machine {
    /// Maker and model, as people call it; `None` without either.
    pub fn called(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.vendor, &self.model].into_iter().flatten().map(Text::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

impl Health {
    /// Of these checks; where there are more than fit, those that ask for attention stay.
    pub fn of(mut checks: Vec<Check>) -> Self {
        if checks.len() > MAX_ITEMS {
            checks.sort_by_key(|check| std::cmp::Reverse(check.grade.urgency()));
            checks.truncate(MAX_ITEMS);
        }
        Self { checks: List::of(checks) }
    }

    /// The verdicts without what was measured: what has to change before the firm is told.
    pub fn grades(&self) -> Vec<(CheckKind, Option<&Text>, Grade)> {
        self.checks.iter().map(|check| (check.kind, check.subject.as_ref(), check.grade)).collect()
    }
}
