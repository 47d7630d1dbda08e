//! What is graded on Linux: space, support, memory, batteries, temperatures of drives.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Check, Health};
use aval_protocol::wire::inventory::{Content, List, Text};

use super::root::Root;
use super::{Found, collected, firmware, power, system, volumes};
use crate::inventory::grade;

const SENSORS: &str = "/sys/class/hwmon";

pub(super) fn health(root: &Root, now: UnixSeconds) -> Found {
    let os = system::known(root).unwrap_or_default();
    let mut checks = vec![
        grade::free_space(Text::new("/"), volumes::space(root, "/")),
        grade::os_support(&os, now),
        grade::memory(memory(root)),
    ];
    for name in power::names(root) {
        let energy = power::energy(root, &name);
        checks.push(grade::battery(Text::new(&name), energy.full.zip(energy.design)));
    }
    checks.extend(temperatures(root));
    collected(Content::Health(Health { checks: List::of(checks) }))
}

/// MiB in the sockets, else what the system has of them.
fn memory(root: &Root) -> Option<u64> {
    if let (_, Some(Content::Memory(memory))) = firmware::memory(root)
        && !memory.modules.is_empty()
    {
        return Some(memory.modules.iter().fold(0, |sum: u64, module| sum.saturating_add(module.size_mib)));
    }
    let text = root.text("/proc/meminfo")?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// Drives that tell the kernel's hwmon; none of them is one unmeasured check.
fn temperatures(root: &Root) -> Vec<Check> {
    let mut checks = Vec::new();
    for sensor in root.names(SENSORS).unwrap_or_default() {
        let text = |file: &str| root.text(&format!("{SENSORS}/{sensor}/{file}"));
        let nvme = match text("name").as_deref() {
            Some("nvme") => true,
            Some("drivetemp") => false,
            _ => continue,
        };
        let celsius = text("temp1_input").and_then(|text| text.parse::<i64>().ok()).map(|milli| milli / 1000);
        let model = text("device/model").and_then(|model| Text::name(&model));
        checks.push(grade::temperature(model, celsius, nvme));
    }
    if checks.is_empty() {
        checks.push(grade::temperature(None, None, false));
    }
    checks
}
