//! The covered-equipment list of a contract: what both parties approve (general terms, clauses 2.1 to 2.4), and the bytes that its
//! hash is made of.
//!
//! A version is immutable and names the one before it by hash, so that a list in somebody's hands says which history it belongs to.
//! Lines are never deleted: what leaves the contract gets a last day. Amounts are not in it: whoever may read the list need not know
//! prices. `SHA-256("aval-equipment-list-1\0" ‖ postcard(list))`.

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::Wire;
use super::codes::codes;
use super::inventory::values::{Day, Serial, Text};
use crate::hex;
use crate::id::{AssetId, ContractId, hex_name};

/// Most lines of one contract's list.
pub const MAX_LINES: usize = 2000;
/// What the hash of a list begins with, so that no other signed bytes are ever taken for one.
const CONTEXT: &[u8] = b"aval-equipment-list-1\0";

/// A version of a contract's list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EquipmentList {
    /// Whose.
    pub contract: ContractId,
    /// 1, 2, 3…
    pub version: u32,
    /// The version before it; none for the first.
    pub before: Option<ListHash>,
    /// The day from which it holds, once both have approved it.
    pub from: Day,
    /// Its lines, by number.
    pub lines: Vec<EquipmentLine>,
}

/// One piece of equipment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EquipmentLine {
    /// Its number within the contract, never used again.
    pub no: u32,
    /// What kind of thing.
    pub kind: EquipmentKind,
    /// What people call it: `Dell OptiPlex 7090, accueil`.
    pub label: Text,
    /// The serial number, as on the sticker.
    pub serial: Serial,
    /// What it is in the record, where an agent knows it or a person has linked it.
    pub asset: Option<AssetId>,
    /// The establishment it belongs to: fourteen digits.
    pub site: Option<Text>,
    /// What it is priced as: the tariff of the contract names an amount for each.
    pub class: Text,
    /// How it came into the list.
    pub entered: Entered,
    /// The first day on which it is covered.
    pub from: Day,
    /// The first day on which it no longer is.
    pub until: Option<Day>,
    /// What state it was in when it came in (2.1).
    pub state: Option<EntryState>,
}

/// How a piece of equipment came into the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Entered {
    /// It was agreed on from the start.
    Agreed,
    /// The client notified it on that day; it is covered since (2.4).
    Notified(Day),
    /// It was first seen on that day, and never notified (2.4).
    Seen(Day),
}

/// One change of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Amendment {
    /// A line is added.
    Add(Box<NewLine>),
    /// A line ends.
    End {
        /// Which.
        no: u32,
        /// The first day on which it no longer covers.
        on: Day,
    },
    /// A line is described otherwise.
    Describe {
        /// Which.
        no: u32,
        /// What it says from now on.
        new: Box<Description>,
    },
}

/// A line to be added.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NewLine {
    /// What kind of thing.
    pub kind: EquipmentKind,
    /// What it says of it.
    pub says: Description,
    /// How it came in.
    pub entered: Entered,
    /// The first day on which it is covered.
    pub from: Day,
    /// In what state.
    pub state: Option<EntryState>,
}

/// What a line says of its equipment that may have to be said otherwise later.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Description {
    /// What people call it.
    pub label: Text,
    /// Serial number.
    pub serial: Serial,
    /// What it is in the record.
    pub asset: Option<AssetId>,
    /// The establishment it belongs to.
    pub site: Option<Text>,
    /// What it is priced as.
    pub class: Text,
}

/// The state of a piece of equipment on a day: its grade, and the hash of the checks it rests on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EntryState {
    /// The worst verdict among the checks.
    pub grade: super::inventory::Grade,
    /// The day.
    pub on: Day,
    /// SHA-256 of the health section it rests on; none where a person looked.
    pub checks: Option<[u8; 32]>,
}

codes! {
    /// What kind of equipment.
    EquipmentKind {
        /// A computer that people work on.
        Computer = 1 "computer",
        /// A server.
        Server = 2 "server",
        /// A screen.
        Screen = 3 "screen",
        /// A printer or copier.
        Printer = 4 "printer",
        /// A router, switch or access point.
        Network = 5 "network",
        /// A NAS or another store.
        Storage = 6 "storage",
        /// An uninterruptible power supply.
        Power = 7 "power",
        /// A telephone.
        Phone = 8 "phone",
        /// Anything else.
        Other = 9 "other",
    }
}

/// Names a version of a list by its content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ListHash(pub [u8; 32]);

impl EquipmentList {
    /// What names this version. The same list has the same name, wherever it is made.
    pub fn hash(&self) -> ListHash {
        let mut hash = Context::new(&SHA256);
        hash.update(CONTEXT);
        // A list of bounded texts always becomes bytes.
        hash.update(&postcard::to_stdvec(self).unwrap_or_default());
        let mut name = [0; 32];
        name.copy_from_slice(hash.finish().as_ref());
        ListHash(name)
    }

    /// The lines that are covered on a day.
    pub fn on(&self, day: Day) -> impl Iterator<Item = &EquipmentLine> {
        self.lines.iter().filter(move |line| line.covered_on(day))
    }
}

impl EquipmentLine {
    /// Whether it is covered on a day.
    pub fn covered_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

impl Wire for EquipmentList {
    const LIMIT: usize = 1024 * 1024;
}

impl ListHash {
    /// The first eight digits: enough to tell versions of one list apart by eye.
    pub fn short(self) -> String {
        hex::encode(&self.0[..4])
    }
}

hex_name!(ListHash, 32);
