//! What identifies a machine, taken from the sections it sent: values that name one thing, never a blank form's.

use std::collections::BTreeSet;

use aval_protocol::wire::inventory::items::{Board, Disk, Machine, Nic};
use aval_protocol::wire::inventory::junk;
use aval_protocol::wire::inventory::values::{Serial, Text};
use aval_protocol::wire::inventory::{Bus, Chassis, Content};

use super::Shared;

/// What a mark is of, from what is most firmly part of a machine to what least is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Trait {
    /// Maker and serial number of the system (SMBIOS type 1).
    System,
    /// UUID of the firmware (SMBIOS type 1).
    Uuid,
    /// Maker and serial number of the main board (SMBIOS type 2).
    Board,
    /// Serial number of the enclosure (SMBIOS type 3).
    Chassis,
    /// World-wide name, or model and serial number, of a drive that is built in.
    Disk,
    /// The address a network card was made with.
    Mac,
    /// The machine's name. Never evidence by itself.
    Host,
}

/// One value that identifies something.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Mark {
    /// Of what.
    pub of: Trait,
    /// In upper case, without white space.
    pub value: String,
}

/// All that is known to identify a machine.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Evidence {
    marks: BTreeSet<Mark>,
    /// A guest of a hypervisor: all its numbers are copied with it.
    pub guest: bool,
}

// === impl Evidence

impl Evidence {
    /// Of sections, as they were last read in full; `host` is the machine's name.
    pub fn of<'a>(host: &str, sections: impl IntoIterator<Item = &'a Content>) -> Self {
        let mut evidence = Self::default();
        if let Some(host) = Text::name(host) {
            evidence.put(Trait::Host, host.as_str());
        }
        for section in sections {
            match section {
                Content::Machine(machine) => evidence.machine(machine),
                Content::Board(board) => evidence.board(board),
                Content::Disks(disks) => disks.iter().for_each(|disk| evidence.disk(disk)),
                Content::Nics(nics) => nics.iter().for_each(|nic| evidence.nic(nic)),
                _ => {}
            }
        }
        evidence
    }

    /// The marks, the firmest first.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.marks.iter()
    }

    /// As the record keeps it: JSON.
    pub(crate) fn text(&self) -> String {
        let marks: Vec<_> = self.marks.iter().map(|mark| (mark.of.label(), mark.value.as_str())).collect();
        serde_json::json!({ "guest": self.guest, "marks": marks }).to_string()
    }

    /// From what the record keeps; `None` when it is none.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        #[derive(serde::Deserialize)]
        struct Kept {
            guest: bool,
            marks: Vec<(String, String)>,
        }
        let kept: Kept = serde_json::from_str(text).ok()?;
        let mark = |(of, value): (String, String)| Some(Mark { of: Trait::from_label(&of)?, value });
        Some(Self { marks: kept.marks.into_iter().map(mark).collect::<Option<_>>()?, guest: kept.guest })
    }

    /// Without what is known to name many machines.
    pub(super) fn telling(&self, shared: &Shared) -> Self {
        let telling = self.marks.iter().filter(|mark| !shared.has(mark)).cloned();
        Self { marks: telling.collect(), guest: self.guest }
    }

    /// Whether both have a mark of this in common.
    pub fn agrees(&self, other: &Self, of: Trait) -> bool {
        self.only(of).any(|mark| other.marks.contains(mark))
    }

    /// Whether both say something of this, and nothing in common.
    pub fn differs(&self, other: &Self, of: Trait) -> bool {
        self.has(of) && other.has(of) && !self.agrees(other, of)
    }

    /// Whether it says anything of this.
    pub fn has(&self, of: Trait) -> bool {
        self.only(of).next().is_some()
    }

    /// What both say.
    pub fn common(&self, other: &Self) -> Vec<Mark> {
        self.marks.intersection(&other.marks).cloned().collect()
    }

    /// What this says and the other doesn't.
    pub fn without(&self, other: &Self) -> Vec<Mark> {
        self.marks.difference(&other.marks).cloned().collect()
    }

    fn only(&self, of: Trait) -> impl Iterator<Item = &Mark> {
        self.marks.iter().filter(move |mark| mark.of == of)
    }

    fn machine(&mut self, machine: &Machine) {
        self.guest |= machine.chassis == Some(Chassis::Virtual);
        self.serial(Trait::System, machine.vendor.as_ref(), &machine.serial);
        if let Some(uuid) = machine.uuid.filter(|uuid| junk::uuid(uuid.0).is_none()) {
            self.put(Trait::Uuid, &uuid.to_string());
        }
        // Many makers repeat the system's number here: then it is no second witness.
        if machine.chassis_serial.norm() != machine.serial.norm() {
            self.serial(Trait::Chassis, machine.vendor.as_ref(), &machine.chassis_serial);
        }
    }

    fn board(&mut self, board: &Board) {
        self.serial(Trait::Board, board.vendor.as_ref(), &board.serial);
    }

    fn disk(&mut self, disk: &Disk) {
        // What a hypervisor lends is copied with the guest.
        if disk.bus == Some(Bus::Virtual) {
            return;
        }
        match &disk.wwn {
            Some(wwn) => self.put(Trait::Disk, wwn.as_str()),
            None => self.serial(Trait::Disk, disk.model.as_ref(), &disk.serial),
        }
    }

    fn nic(&mut self, nic: &Nic) {
        if let Some(mac) = nic.mac.filter(|mac| junk::mac(mac.0).is_none()) {
            self.put(Trait::Mac, &mac.to_string());
        }
    }

    fn serial(&mut self, of: Trait, maker: Option<&Text>, serial: &Serial) {
        if let Some(good) = serial.good() {
            self.put(of, &format!("{}/{good}", maker.map_or("", Text::as_str)));
        }
    }

    fn put(&mut self, of: Trait, value: &str) {
        let value: String =
            value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
        self.marks.insert(Mark { of, value });
    }
}

impl FromIterator<Mark> for Evidence {
    fn from_iter<I: IntoIterator<Item = Mark>>(marks: I) -> Self {
        Self { marks: marks.into_iter().collect(), guest: false }
    }
}
