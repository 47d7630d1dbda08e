//! What this machine is, in a few lines for the contract's covered-equipment list.
//!
//! sysinfo tells the common part. It is never asked who the machine is: its Linux fallback for the product's name reads a file
//! anybody may write (`/tmp/sysinfo/model`), and `System::new_all` starts counters that abort the process under Wine. The
//! firmware's words come from `/sys/class/dmi/id` and are dropped when they are what assemblers leave in blank forms.

use std::collections::BTreeMap;

use aval_protocol::wire::inventory::HardwareFacts;
use sysinfo::{CpuRefreshKind, DiskRefreshKind, Disks, MemoryRefreshKind, RefreshKind, System};

/// Longest text of one fact, in characters; twelve of them stay below the wire's limit even at four bytes each.
const MAX_TEXT: usize = 80;
const MIB: u64 = 1024 * 1024;

/// What firmware says when nobody told it anything, in lower case.
const JUNK: &[&str] = &[
    "to be filled by o.e.m.",
    "to be filled by o.e.m",
    "default string",
    "system manufacturer",
    "system product name",
    "system serial number",
    "system version",
    "not specified",
    "not applicable",
    "not available",
    "o.e.m.",
    "oem",
    "none",
    "null",
    "n/a",
    "na",
    "unknown",
    "invalid",
    "empty",
    "chassis serial number",
    "base board serial number",
    "serial number",
    "type1productconfigid",
    "123456789",
    "1234567890",
    "0123456789",
    "insyde",
];

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
        vendor: firmware("sys_vendor"),
        model: firmware("product_name"),
        serial: firmware("product_serial"),
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

/// A text of the firmware. The serial number is readable by root only; without it there is none.
#[cfg(target_os = "linux")]
fn firmware(name: &str) -> Option<String> {
    meaningful(&std::fs::read_to_string(format!("/sys/class/dmi/id/{name}")).ok()?)
}

/// Read by this system's own back end, not here.
#[cfg(not(target_os = "linux"))]
fn firmware(_name: &str) -> Option<String> {
    None
}

/// A firmware text, unless it is a blank form's or one character repeated.
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "only this system's firmware is read as text")
)]
fn meaningful(text: &str) -> Option<String> {
    let text = clean(text)?;
    let repeated = text.chars().all(|c| text.starts_with(c) || matches!(c, ' ' | '-' | '.'));
    (!repeated && !JUNK.contains(&text.to_lowercase().as_str())).then_some(text)
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
