//! What the firmware says: its raw table, which Windows gives to everybody.

use aval_protocol::wire::inventory::items::{Cpu, Machine};
use aval_protocol::wire::inventory::{Chassis, Content, List, Status, Text};

use super::call;
use super::registry::Key;
use crate::inventory::reading::{Found, collected};
use crate::inventory::smbios::{self, Table};

/// Processors as the system found them.
const PROCESSORS: &str = r"HARDWARE\DESCRIPTION\System\CentralProcessor";
/// Makers of machines that are programs, with the model where the maker makes others too.
const VIRTUAL: &[(&str, &str)] = &[
    ("bochs", ""),
    ("innotek", ""),
    ("microsoft corporation", "virtual machine"),
    ("parallels", ""),
    ("qemu", ""),
    ("red hat", ""),
    ("vmware", ""),
    ("xen", ""),
];

fn with_table(content: impl FnOnce(&Table<'_>) -> Content) -> Found {
    let Some(raw) = call::firmware_table() else { return (Status::Unsupported, None) };
    let Some((table, entry)) = smbios::of_windows(&raw) else { return (Status::Error, None) };
    let table = Table::parse(table, &entry);
    if table.is_empty() { (Status::Unsupported, None) } else { collected(content(&table)) }
}

pub(super) fn machine() -> Found {
    with_table(|table| {
        let mut machine = smbios::machine(table);
        if is_virtual(&machine) {
            machine.chassis = Some(Chassis::Virtual);
        }
        Content::Machine(machine)
    })
}

pub(super) fn board() -> Found {
    with_table(|table| Content::Board(smbios::board(table)))
}

pub(super) fn bios() -> Found {
    with_table(|table| Content::Bios(smbios::bios(table)))
}

pub(super) fn memory() -> Found {
    with_table(|table| Content::Memory(smbios::memory(table)))
}

/// By the firmware, else by the system, which knows threads and not cores.
pub(super) fn cpu() -> Found {
    if let (Status::Collected, Some(Content::Cpu(cpus))) =
        with_table(|table| Content::Cpu(smbios::cpus(table)))
        && !cpus.is_empty()
    {
        return collected(Content::Cpu(cpus));
    }
    let Some(key) = Key::open(PROCESSORS) else { return (Status::Unsupported, None) };
    let threads = key.keys();
    let first = threads.first().and_then(|name| key.key(name));
    let model = first.and_then(|key| key.text("ProcessorNameString")).and_then(|name| Text::name(&name));
    let cpu = Cpu { model, threads: u16::try_from(threads.len()).ok(), ..Cpu::default() };
    collected(Content::Cpu(List::of([cpu])))
}

/// A hypervisor's bit in the processor says nothing here: Windows runs under its own on many PCs.
fn is_virtual(machine: &Machine) -> bool {
    let lower =
        |text: &Option<Text>| text.as_ref().map(|text| text.as_str().to_lowercase()).unwrap_or_default();
    let (vendor, model) = (lower(&machine.vendor), lower(&machine.model));
    VIRTUAL.iter().any(|(maker, made)| vendor.starts_with(maker) && model.starts_with(made))
}
