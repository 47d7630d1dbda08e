//! What this machine is, in a few lines for the list of machines.
//!
//! sysinfo tells the common part; `System::new_all` starts counters that abort the process under Wine. Who the machine is comes
//! from the inventory's reader of the firmware.

use std::collections::BTreeMap;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::Machine;
use aval_protocol::wire::inventory::{Content, HardwareFacts, SectionKind};
use sysinfo::{CpuRefreshKind, DiskRefreshKind, Disks, MemoryRefreshKind, RefreshKind, System};

use crate::inventory::native;

/// Longest text of one fact, in characters; twelve of them stay below the wire's limit even at four bytes each.
const MAX_TEXT: usize = 80;
const MIB: u64 = 1024 * 1024;

/// One mounted volume, as far as it matters here.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Volume {
    device: String,
    bytes: u64,
    removable: bool,
}

/// Asks this machine. Takes some milliseconds; call it outside an async task.
pub fn collect() -> HardwareFacts {
    let wanted = RefreshKind::nothing()
        .with_memory(MemoryRefreshKind::nothing().with_ram())
        .with_cpu(CpuRefreshKind::nothing());
    let system = System::new_with_specifics(wanted).ok();
    let machine = machine();
    let cpus = system.as_ref().map_or(&[][..], System::cpus);
    HardwareFacts {
        hostname: System::host_name().ok().and_then(|name| clean(&name)).unwrap_or_default(),
        os: operating_system(),
        os_build: System::kernel_version().ok().and_then(|version| clean(&version)),
        arch: clean(&System::cpu_arch()),
        cpu: cpus.first().and_then(|cpu| clean(cpu.brand())),
        logical_cpus: u16::try_from(cpus.len()).ok().filter(|count| *count > 0),
        memory_mib: system
            .as_ref()
            .and_then(|system| u32::try_from(system.total_memory() / MIB).ok())
            .filter(|mib| *mib > 0),
        volumes_mib: sum_of_volumes(&volumes()),
        vendor: machine.vendor.as_ref().map(ToString::to_string),
        model: machine.model.as_ref().map(ToString::to_string),
        serial: machine.serial.good().map(str::to_owned),
    }
}

fn operating_system() -> Option<String> {
    let name = System::name().ok()?;
    clean(&match System::os_version() {
        Ok(version) => format!("{name} {version}"),
        Err(_) => name,
    })
}

fn volumes() -> Vec<Volume> {
    let wanted = DiskRefreshKind::nothing().with_storage();
    let Ok(disks) = Disks::new_with_refreshed_list_specifics(wanted) else { return Vec::new() };
    let volume = |disk: &sysinfo::Disk| Volume {
        device: disk.name().to_string_lossy().into_owned(),
        bytes: disk.total_space(),
        removable: disk.is_removable(),
    };
    disks.iter().map(volume).collect()
}

/// Fixed volumes, each device once however often it is mounted (bind mounts, subvolumes).
fn sum_of_volumes(volumes: &[Volume]) -> Option<u64> {
    let mut devices = BTreeMap::new();
    for volume in volumes.iter().filter(|volume| !volume.removable && volume.bytes > 0) {
        let bytes = devices.entry(volume.device.as_str()).or_insert(0);
        *bytes = volume.bytes.max(*bytes);
    }
    let sum = devices.values().fold(0, |sum: u64, bytes| sum.saturating_add(*bytes));
    (sum > 0).then_some(sum / MIB)
}

/// The computer as its firmware has it; without it, or where it left its form blank, there are no words.
fn machine() -> Machine {
    match native().section(SectionKind::Machine, UnixSeconds::default()).content {
        Some(Content::Machine(machine)) => machine,
        _ => Machine::default(),
    }
}

/// Without control characters and surplus space, and of bounded length; empty is none.
fn clean(text: &str) -> Option<String> {
    let printable: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = printable.split_whitespace().collect();
    let text: String = words.join(" ").chars().take(MAX_TEXT).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
