//! What is graded on Windows: space, support, memory, batteries, drives, antivirus, updates, a restart that is due. The rest says why it is
//! not.

use std::sync::{Mutex, PoisonError};

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Check, Health};
use aval_protocol::wire::inventory::{Bus, CheckKind, Content, Text, Unmeasured};

use super::ask::ask;
use super::registry::Key;
use super::{Memory, attached, call, firmware, protection, storage, system};
use crate::inventory::grade;
use crate::inventory::reading::{Found, collected};
use crate::inventory::wmi::{self, Missing, Question, UpdatesWord};

/// Keys that are there while a restart is due.
const RESTARTS: [&str; 2] = [
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired",
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending",
];
const DAY_S: i64 = 86_400;
/// So long the update service's word is kept: it looks once a day.
const KEPT_S: i64 = 12 * 3600;
/// The volume that Windows is on, everywhere but on machines that somebody set up otherwise.
const SYSTEM: char = 'C';

pub(super) fn health(now: UnixSeconds, memory: &Mutex<Memory>) -> Found {
    let os = system::known().unwrap_or_default();
    // Each asks by a child of its own.
    let (antivirus, drives, updates) = std::thread::scope(|scope| {
        let antivirus = scope.spawn(protection::check);
        let drives = scope.spawn(storage::drives);
        let updates = updates(now, memory);
        let unread = |_| grade::unmeasured(CheckKind::Antivirus, None, Unmeasured::Unreadable);
        (antivirus.join().unwrap_or_else(unread), drives.join().unwrap_or_default(), updates)
    });
    let mut checks = vec![
        grade::free_space(Text::new(&format!("{SYSTEM}:")), call::space(SYSTEM)),
        grade::os_support(&os, now),
        grade::memory(installed()),
        grade::processor(None, None),
        antivirus,
        grade::backup(),
        grade::restart(Ok(restart_due(now))),
    ];
    for (battery, held) in attached::known_batteries() {
        checks.push(grade::battery(battery.model, held));
    }
    checks.extend(drives.iter().flat_map(drive));
    let days = |at: Option<i64>| at.map(|at| now.0.saturating_sub(at).max(0) / DAY_S);
    let (searched, installed) = updates.map_or((None, None), |word| (word.searched, word.installed));
    checks.extend(grade::updates(updates.map(|word| word.waiting), days(searched), days(installed)));
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

/// What the update service says, or said within half a day.
fn updates(now: UnixSeconds, memory: &Mutex<Memory>) -> Result<UpdatesWord, Unmeasured> {
    // Only one reading of this section goes on at a time, so nobody waits for the other here.
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, word)) = memory.updates
        && (0..KEPT_S).contains(&(now.0 - at.0))
    {
        return Ok(word);
    }
    let word = ask(Question::Updates).and_then(|told| wmi::updates(&told)).map_err(Missing::unmeasured);
    memory.updates = word.ok().map(|word| (now, word));
    word
}

/// Its word of itself with the system's of it, its wear and its heat.
fn drive(known: &storage::Known) -> Vec<Check> {
    let disk = &known.disk;
    let model = disk.model.as_ref().map_or("", Text::as_str);
    let subject = Text::new(&format!("{model} {}", disk.serial.good().unwrap_or_default()));
    if disk.bus == Some(Bus::Virtual) {
        return vec![grade::unmeasured(CheckKind::DiskVerdict, subject, Unmeasured::Virtual)];
    }
    let word = known.word;
    let mut checks = vec![grade::condition(subject.clone(), known.fails, word.health)];
    checks.extend(word.wear.map(|percent| grade::wear(subject.clone(), percent)));
    let nvme = disk.bus == Some(Bus::Nvme);
    checks.extend(word.celsius.map(|celsius| grade::temperature(subject, Some(celsius), nvme)));
    checks
}
