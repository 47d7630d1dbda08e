//! What the firmware says: its raw table for root, the kernel's extract of it for everybody else.

use aval_protocol::wire::inventory::items::{Bios, Board, Machine};
use aval_protocol::wire::inventory::{Chassis, Content, Serial, Status, Text};

use super::root::{Missing, Root};
use super::{Found, collected};
use crate::inventory::{cpuinfo, smbios};

const TABLE: &str = "/sys/firmware/dmi/tables/DMI";
const ENTRY: &str = "/sys/firmware/dmi/tables/smbios_entry_point";
const EXTRACT: &str = "/sys/class/dmi/id";

/// What can be known of the firmware's table.
enum Source {
    /// Its bytes and its entry point's.
    Table(Vec<u8>, Vec<u8>),
    /// The kernel's extract, in which serial numbers may be for root.
    Extract(Status),
    None,
}

impl Source {
    fn of(root: &Root) -> Self {
        let table = root.bytes(TABLE, smbios::MAX_TABLE as u64);
        match table {
            Ok(table) if !table.is_empty() => Self::Table(table, root.bytes(ENTRY, 64).unwrap_or_default()),
            _ if !root.exists(EXTRACT) => Self::None,
            Err(Missing::Denied) => Self::Extract(Status::NoPrivilege),
            _ => Self::Extract(match root.bytes(&extract("product_serial"), 1) {
                Err(Missing::Denied) => Status::NoPrivilege,
                _ => Status::Collected,
            }),
        }
    }
}

pub(super) fn machine(root: &Root) -> Found {
    let (status, mut machine) = match Source::of(root) {
        Source::Table(table, entry) => {
            (Status::Collected, smbios::machine(&smbios::Table::parse(&table, &entry)))
        }
        Source::Extract(status) => (status, extracted(root)),
        Source::None => (Status::Unsupported, Machine::default()),
    };
    if root.text("/proc/cpuinfo").is_some_and(|text| cpuinfo::virtual_machine(&text)) {
        machine.chassis = Some(Chassis::Virtual);
    }
    (status, Some(Content::Machine(machine)))
}

pub(super) fn board(root: &Root) -> Found {
    match Source::of(root) {
        Source::Table(table, entry) => {
            collected(Content::Board(smbios::board(&smbios::Table::parse(&table, &entry))))
        }
        Source::Extract(status) => {
            let board = Board {
                vendor: name(root, "board_vendor"),
                model: name(root, "board_name"),
                version: name(root, "board_version"),
                serial: serial(root, "board_serial"),
            };
            (status, Some(Content::Board(board)))
        }
        Source::None => (Status::Unsupported, None),
    }
}

pub(super) fn bios(root: &Root) -> Found {
    match Source::of(root) {
        Source::Table(table, entry) => {
            collected(Content::Bios(smbios::bios(&smbios::Table::parse(&table, &entry))))
        }
        // All of it is for everybody.
        Source::Extract(_) => collected(Content::Bios(Bios {
            vendor: name(root, "bios_vendor"),
            version: name(root, "bios_version"),
            date: root.text(&extract("bios_date")).and_then(|date| smbios::american(&date)),
        })),
        Source::None => (Status::Unsupported, None),
    }
}

/// The extract says nothing of memory.
pub(super) fn memory(root: &Root) -> Found {
    match Source::of(root) {
        Source::Table(table, entry) => {
            collected(Content::Memory(smbios::memory(&smbios::Table::parse(&table, &entry))))
        }
        Source::Extract(Status::NoPrivilege) => (Status::NoPrivilege, None),
        Source::Extract(_) | Source::None => (Status::Unsupported, None),
    }
}

/// Processors by the firmware, if it may be read and lists any.
pub(super) fn cpus(root: &Root) -> Option<Content> {
    let Source::Table(table, entry) = Source::of(root) else { return None };
    let cpus = smbios::cpus(&smbios::Table::parse(&table, &entry));
    (!cpus.is_empty()).then_some(Content::Cpu(cpus))
}

fn extracted(root: &Root) -> Machine {
    let text = |file: &str| root.text(&extract(file)).unwrap_or_default();
    let vendor = text("sys_vendor");
    let (model, sku) =
        smbios::named(&vendor, &text("product_name"), &text("product_version"), &text("product_sku"));
    Machine {
        chassis: root.number(&extract("chassis_type")).and_then(smbios::chassis),
        vendor: Text::name(&vendor),
        model,
        sku,
        family: name(root, "product_family"),
        serial: serial(root, "product_serial"),
        uuid: smbios::uuid_of(&text("product_uuid")),
        chassis_serial: serial(root, "chassis_serial"),
        asset_tag: serial(root, "chassis_asset_tag"),
    }
}

fn extract(file: &str) -> String {
    format!("{EXTRACT}/{file}")
}

fn name(root: &Root, file: &str) -> Option<Text> {
    root.text(&extract(file)).and_then(|text| Text::name(&text))
}

fn serial(root: &Root, file: &str) -> Serial {
    Serial::new(&root.text(&extract(file)).unwrap_or_default())
}
