//! What is attached to a PC, and what guards it.
//!
//! Only what a maintenance contract may cover is listed: docks, printers, scanners, UPS, card readers and security keys. Sticks,
//! telephones, cameras, headsets, keyboards and mice belong to people or cost less than the line that would name them.

use serde::{Deserialize, Serialize};

use crate::wire::inventory::names::{PrinterPort, UsbKind};
use crate::wire::inventory::values::{List, Serial, Text, Uuid};

/// One printer that documents are sent to. Queues that make files (PDF, fax) are none.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Printer {
    /// The queue's name on this PC.
    pub name: Text,
    /// Maker and model, by the driver.
    pub model: Option<Text>,
    /// How it is reached. Its address is not told.
    pub port: PrinterPort,
    /// Serial number.
    pub serial: Serial,
    /// Its own UUID, as printers of the network announce it.
    pub uuid: Option<Uuid>,
}

/// One device on USB, or a dock on Thunderbolt.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct UsbDevice {
    /// What it is for.
    pub kind: UsbKind,
    /// Maker's number.
    pub vendor: u16,
    /// Maker's number of the model.
    pub product: u16,
    /// Maker's name of the model.
    pub name: Option<Text>,
    /// Serial number.
    pub serial: Serial,
}

/// What guards the running system.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Protection {
    /// Products against malware that are installed.
    pub antivirus: List<Guard>,
    /// Firewalls that are installed.
    pub firewalls: List<Guard>,
}

/// A product that guards. Versions and ages of signatures change daily and are health's, not the equipment's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Guard {
    /// The product.
    pub name: Text,
    /// Whether it is on; `None` when that can't be told.
    pub enabled: Option<bool>,
}
