//! A machine made of what a test says, where the real one's parts would depend on whose computer the tests run on.

use std::sync::{Arc, Mutex, PoisonError};

use aval_agent::inventory::Collect;
use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Disk, Machine, Module};
use aval_protocol::wire::inventory::items::{Memory, Volume};
use aval_protocol::wire::inventory::{
    Bus, Chassis, Content, List, Media, Section, SectionKind, Serial, Status, Text,
};

/// The parts; what is not among them is not measurable.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    parts: Arc<Mutex<Vec<(Status, Content)>>>,
}

impl Parts {
    /// A small office PC that does not exist.
    pub fn office() -> Self {
        let machine = Machine {
            chassis: Some(Chassis::Desktop),
            vendor: Text::new("Fabrique Imaginaire"),
            model: Text::new("Bureau 300"),
            serial: Serial::new("FI300-0042"),
            ..Machine::default()
        };
        let volume = Volume {
            place: Text::new("/"),
            fs: Text::new("ext4"),
            size_mib: 243_000,
            encrypted: Some(false),
        };
        let parts = Self::default();
        parts.put(Content::Machine(machine));
        parts.put(memory(&["A1-0001"]));
        parts.put(Content::Disks(List::of([disk("D-0001")])));
        parts.put(Content::Volumes(List::of([volume])));
        parts.put(Content::Batteries(List::default()));
        parts
    }

    /// From now on the machine has this; it replaces the section's content.
    pub fn put(&self, content: Content) {
        self.put_as(Status::Collected, content);
    }

    /// As [`put`](Self::put), read with another status.
    pub fn put_as(&self, status: Status, content: Content) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.retain(|(_, old)| old.kind() != content.kind());
        parts.push((status, content));
    }
}

impl Collect for Parts {
    fn section(&self, kind: SectionKind, now: UnixSeconds) -> Section {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        match parts.iter().find(|(_, content)| content.kind() == kind) {
            Some((status, content)) => {
                Section { kind, status: *status, taken_at: now, content: Some(content.clone()) }
            }
            None => Section::missing(kind, Status::Unsupported, now),
        }
    }
}

/// Modules of 8 GiB with these serial numbers.
pub fn memory(serials: &[&str]) -> Content {
    let module = |serial: &&str| Module {
        size_mib: 8192,
        kind: Text::new("DDR4"),
        serial: Serial::new(serial),
        ..Module::default()
    };
    Content::Memory(Memory { slots: Some(4), max_mib: None, modules: List::of(serials.iter().map(module)) })
}

/// A drive with this serial number.
pub fn disk(serial: &str) -> Disk {
    Disk {
        model: Text::new("Imaginaire 256"),
        serial: Serial::new(serial),
        size: 256_060_514_304,
        bus: Some(Bus::Nvme),
        media: Some(Media::Ssd),
        ..Disk::default()
    }
}
