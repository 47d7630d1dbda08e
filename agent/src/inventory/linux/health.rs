//! What is graded on Linux: space, support, memory, batteries, drives, temperatures, updates, antivirus, backup.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Check, Health};
use aval_protocol::wire::inventory::{Content, Text, Unmeasured};

use super::root::Root;
use super::{Found, collected, drives, firmware, power, protection, system, updates, volumes};
use crate::inventory::grade;
use crate::inventory::updates::Waiting;

const SENSORS: &str = "/sys/class/hwmon";
/// Sensors of processors, by the kernel's names (`Documentation/hwmon`).
const PROCESSORS: &[&str] = &["coretemp", "cpu_thermal", "k10temp", "k8temp", "zenpower"];

/// What was asked of slow programs, kept from one hour to the next.
#[derive(Debug, Default)]
pub(super) struct Memory {
    drives: drives::Known,
    updates: Option<(updates::Moments, Result<Waiting, Unmeasured>)>,
}

/// How long another program may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    /// To ask a drive.
    pub(super) drive: Duration,
    /// To work out what would be updated.
    pub(super) updates: Duration,
}

pub(super) fn health(root: &Root, now: UnixSeconds, deadlines: Deadlines, memory: &Mutex<Memory>) -> Found {
    let os = system::known(root).unwrap_or_default();
    let guards = protection::known(root);
    let mut checks = vec![
        grade::free_space(Text::new("/"), volumes::space(root, "/")),
        grade::os_support(&os, now),
        grade::memory(installed(root)),
        processor(root),
        grade::antivirus(&guards.antivirus, protection::signatures_age(root, now)),
        grade::backup(),
    ];
    for name in power::names(root) {
        let energy = power::energy(root, &name);
        checks.push(grade::battery(Text::new(&name), energy.full.zip(energy.design)));
    }
    // Only one reading of this section goes on at a time, so nobody waits for the other here.
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    let Memory { drives: known, updates: asked } = &mut *memory;
    let moments = updates::moments(root);
    let waiting = match asked {
        Some((then, waiting)) if *then == moments && waiting.is_ok() => *waiting,
        _ => Err(Unmeasured::NoSource),
    };
    let (drives, waiting) = std::thread::scope(|scope| {
        let updates = waiting.is_err().then(|| scope.spawn(|| updates::waiting(root, deadlines.updates)));
        let drives = drives::checks(root, now, deadlines.drive, known);
        let unreadable = |_| Err(Unmeasured::Unreadable);
        (drives, updates.map_or(waiting, |updates| updates.join().unwrap_or_else(unreadable)))
    });
    *asked = Some((moments, waiting));
    checks.extend(drives);
    checks.extend(updates::checks(root, waiting, now));
    collected(Content::Health(Health::of(checks)))
}

/// MiB in the sockets, else what the system has of them.
fn installed(root: &Root) -> Option<u64> {
    if let (_, Some(Content::Memory(memory))) = firmware::memory(root)
        && !memory.modules.is_empty()
    {
        return Some(memory.modules.iter().fold(0, |sum: u64, module| sum.saturating_add(module.size_mib)));
    }
    let text = root.text("/proc/meminfo")?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// The hottest processor, with the limit that it gives itself.
fn processor(root: &Root) -> Check {
    let sensors = root.names(SENSORS).unwrap_or_default();
    let processors = sensors.iter().filter(|sensor| {
        root.text(&format!("{SENSORS}/{sensor}/name")).is_some_and(|name| PROCESSORS.contains(&name.as_str()))
    });
    let measured = processors.map(|sensor| {
        let of =
            |file: &str| root.number::<i64>(&format!("{SENSORS}/{sensor}/{file}")).map(|milli| milli / 1000);
        (of("temp1_input"), of("temp1_crit").or_else(|| of("temp1_max")))
    });
    let (celsius, limit) = measured.max().unwrap_or_default();
    grade::processor(celsius, limit)
}
