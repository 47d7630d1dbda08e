//! A machine's inventory in GLPI's inventory format, to hand it to another program
//! (<https://github.com/glpi-project/inventory_format>, format 1.2).
//!
//! A pure function of what the record holds, so that agent, relay and console write the same. GLPI takes a list that is not there
//! for an emptied one: where a section could not be read, its last whole reading stands in, and without one the inventory says that
//! it is partial. What the format has no place for lies under keys of our own (`aval_health`, `aval_sections`), which it permits.

mod parts;

use serde::Serialize;

use crate::id::UnixSeconds;
use crate::wire::inventory::items::Check;
use crate::wire::inventory::{
    CheckKind, Content, Grade, HardwareFacts, InventoryRecord, KeptSection, Section, SectionKind, Status,
    Text, Unmeasured,
};

/// An inventory in GLPI's format.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Inventory {
    deviceid: String,
    itemtype: &'static str,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial: Option<bool>,
    content: Body,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize)]
struct Body {
    versionclient: String,
    hardware: parts::Hardware,
    #[serde(skip_serializing_if = "Option::is_none")]
    bios: Option<parts::Bios>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operatingsystem: Option<parts::System>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpus: Option<Vec<parts::Cpu>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memories: Option<Vec<parts::Module>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    storages: Option<Vec<parts::Storage>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drives: Option<Vec<parts::Drive>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    monitors: Option<Vec<parts::Monitor>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    networks: Option<Vec<parts::Network>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batteries: Option<Vec<parts::Battery>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    printers: Option<Vec<parts::Printer>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usbdevices: Option<Vec<parts::Usb>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    antivirus: Option<Vec<parts::Antivirus>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firewalls: Option<Vec<parts::Firewall>>,
    aval_health: Vec<Judged>,
    aval_sections: Vec<Read>,
}

/// A check, which the format has no place for.
#[derive(Clone, PartialEq, Debug, Serialize)]
struct Judged {
    check: CheckKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Text>,
    grade: Grade,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Unmeasured>,
}

/// How reading a section went.
#[derive(Clone, PartialEq, Debug, Serialize)]
struct Read {
    section: SectionKind,
    status: Status,
    taken_at: UnixSeconds,
}

/// A machine in GLPI's format. `deviceid` names the machine among those of one GLPI, for ever: its asset's id, or its name where there
/// is none yet.
pub fn inventory(facts: &HardwareFacts, record: &InventoryRecord, deviceid: &str) -> Inventory {
    let mut body = Body {
        versionclient: format!("Aval_v{}", env!("CARGO_PKG_VERSION")),
        hardware: parts::Hardware::of(facts),
        ..Body::default()
    };
    let mut partial = false;
    let mut sections: Vec<&KeptSection> = record.sections.iter().collect();
    sections.sort_by_key(|kept| kept.newest.kind.number());
    for kept in sections {
        let read = kept.newest.open().ok();
        body.aval_sections.push(Read {
            section: kept.newest.kind,
            status: read.as_ref().map_or(Status::Error, |section| section.status),
            taken_at: kept.newest.taken_at,
        });
        let last = || kept.last_whole.as_ref().and_then(|packed| packed.open().ok());
        match read.filter(|section| section.content.is_some()).or_else(last) {
            Some(Section { content: Some(content), .. }) => body.take(facts, content),
            // What a machine has no source for it does not have.
            _ => partial |= kept.newest.head().is_ok_and(|(_, status)| status != Status::Unsupported),
        }
    }
    Inventory {
        deviceid: deviceid.to_owned(),
        itemtype: "Computer",
        action: "inventory",
        partial: partial.then_some(true),
        content: body,
    }
}

// === impl Body

impl Body {
    fn take(&mut self, facts: &HardwareFacts, content: Content) {
        match content {
            Content::Machine(machine) => {
                self.hardware.machine(&machine);
                self.bios.get_or_insert_default().machine(&machine);
            }
            Content::Board(board) => self.bios.get_or_insert_default().board(&board),
            Content::Bios(bios) => self.bios.get_or_insert_default().firmware(&bios),
            Content::Security(security) => self.bios.get_or_insert_default().security(&security),
            Content::Cpu(cpus) => {
                self.cpus = Some(cpus.iter().map(|cpu| parts::Cpu::of(cpu, facts.arch.as_deref())).collect());
            }
            Content::Memory(memory) => {
                self.hardware.modules(&memory);
                self.memories = Some((1..).zip(memory.modules.iter()).map(parts::Module::of).collect());
            }
            Content::Disks(disks) => self.storages = Some(disks.iter().map(parts::Storage::of).collect()),
            Content::Volumes(volumes) => self.drives = Some(volumes.iter().map(parts::Drive::of).collect()),
            Content::Displays(screens) => {
                self.monitors = Some(screens.iter().map(parts::Monitor::of).collect());
            }
            Content::Nics(nics) => self.networks = Some(nics.iter().map(parts::Network::of).collect()),
            Content::Os(os) => self.operatingsystem = Some(parts::System::of(&os, facts)),
            Content::Batteries(all) => self.batteries = Some(all.iter().map(parts::Battery::of).collect()),
            Content::Printers(all) => self.printers = Some(all.iter().map(parts::Printer::of).collect()),
            Content::Usb(all) => self.usbdevices = Some(all.iter().map(parts::Usb::of).collect()),
            Content::Protection(guards) => {
                self.antivirus = Some(guards.antivirus.iter().map(parts::Antivirus::of).collect());
                self.firewalls = Some(guards.firewalls.iter().map(parts::Firewall::of).collect());
            }
            Content::Health(health) => {
                let judged = |Check { kind, subject, grade, value, why }: &Check| Judged {
                    check: *kind,
                    subject: subject.clone(),
                    grade: *grade,
                    value: *value,
                    why: *why,
                };
                self.aval_health = health.checks.iter().map(judged).collect();
            }
        }
    }
}
