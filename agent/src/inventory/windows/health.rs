//! What is graded on Windows: space, support, memory, batteries, drives, a restart that is due. The rest says why it is not.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Check, Health};
use aval_protocol::wire::inventory::{Bus, CheckKind, Content, Grade, Text, Unmeasured};

use super::registry::Key;
use super::{attached, call, firmware, storage, system};
use crate::inventory::grade;
use crate::inventory::reading::{Found, collected};

/// Keys that are there while a restart is due.
const RESTARTS: [&str; 2] = [
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired",
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending",
];
const DAY_S: i64 = 86_400;
/// The volume that Windows is on, everywhere but on machines that somebody set up otherwise.
const SYSTEM: char = 'C';

pub(super) fn health(now: UnixSeconds) -> Found {
    let os = system::known().unwrap_or_default();
    let mut checks = vec![
        grade::free_space(Text::new(&format!("{SYSTEM}:")), call::space(SYSTEM)),
        grade::os_support(&os, now),
        grade::memory(installed()),
        grade::processor(None, None),
        grade::unmeasured(CheckKind::Antivirus, None, Unmeasured::NoSource),
        grade::backup(),
        grade::restart(Ok(restart_due(now))),
    ];
    for (battery, held) in attached::known_batteries() {
        checks.push(grade::battery(battery.model, held));
    }
    checks.extend(storage::drives().iter().map(drive));
    checks.extend(grade::updates(Err(Unmeasured::NoSource), None, None));
    collected(Content::Health(Health::of(checks)))
}

/// MiB in the sockets, else what the system has of them.
fn installed() -> Option<u64> {
    if let (_, Some(Content::Memory(memory))) = firmware::memory()
        && !memory.modules.is_empty()
    {
        return Some(memory.modules.iter().fold(0, |sum: u64, module| sum.saturating_add(module.size_mib)));
    }
    call::memory().map(|bytes| bytes >> 20)
}

/// For how many days a restart has been due.
fn restart_due(now: UnixSeconds) -> Option<i64> {
    let since = RESTARTS.iter().filter_map(|path| Key::open(path)?.written_at()).min()?;
    Some(now.0.saturating_sub(since).max(0) / DAY_S)
}

fn drive(known: &storage::Known) -> Check {
    let disk = &known.disk;
    let model = disk.model.as_ref().map_or("", Text::as_str);
    let subject = Text::new(&format!("{model} {}", disk.serial.good().unwrap_or_default()));
    let kind = CheckKind::DiskVerdict;
    match known.fails {
        _ if disk.bus == Some(Bus::Virtual) => grade::unmeasured(kind, subject, Unmeasured::Virtual),
        Some(true) => grade::measured(kind, subject, Grade::Failing, 0),
        Some(false) => grade::measured(kind, subject, Grade::Good, 1),
        None => grade::unmeasured(kind, subject, Unmeasured::NoSource),
    }
}
