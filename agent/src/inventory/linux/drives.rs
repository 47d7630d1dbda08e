//! Health of fixed drives: smartctl's word, as a unit of the system left it for us or as it says now, else what the kernel measures.
//!
//! The service has no right to talk to drives. The package has a unit that has it and nothing else (no network, no keys): once a
//! day it leaves smartctl's answers in a folder. Without that unit smartctl is asked here, which takes root.

use std::collections::BTreeMap;
use std::time::Duration;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Check, Disk};
use aval_protocol::wire::inventory::{Bus, CheckKind, Text, Unmeasured};

use super::child::{Ran, run};
use super::root::{Missing, Root};
use super::storage;
use crate::inventory::{grade, smart};

const SMARTCTL: &[&str] = &["/usr/sbin/smartctl", "/usr/local/sbin/smartctl"];
/// Where the unit leaves answers: `sda.json`.
const LEFT: &str = "/run/aval-agent-smart";
const MAX_ANSWER: u64 = 1 << 20;
/// How long an answer holds: the unit comes once a day, and a PC may sleep.
const HOLDS_S: i64 = 2 * 86_400;
/// How long smartctl is not asked again.
const AGAIN_S: i64 = 23 * 3600;
/// Drives of one PC that are judged.
const MAX_DRIVES: usize = 16;
const SENSORS: &str = "/sys/class/hwmon";

/// What drives said last, by their names, and when.
pub(super) type Known = BTreeMap<String, (UnixSeconds, Vec<Check>)>;

/// The drives' checks; what a drive said within the day is not asked again, and what it said before it fell asleep still holds.
pub(super) fn checks(root: &Root, now: UnixSeconds, deadline: Duration, known: &mut Known) -> Vec<Check> {
    let mut drives = storage::drives(root);
    drives.truncate(MAX_DRIVES);
    known.retain(|name, _| drives.iter().any(|(drive, _)| drive == name));
    let due = |name: &String| known.get(name).is_none_or(|(at, _)| !(0..AGAIN_S).contains(&(now.0 - at.0)));
    let asked: Vec<_> = drives.iter().filter(|(name, _)| due(name)).collect();
    let answers = std::thread::scope(|scope| {
        let ask = |(name, disk)| scope.spawn(move || ask(root, name, disk, now, deadline));
        let asking: Vec<_> = asked.iter().map(|(name, disk)| (name, ask((name, disk)))).collect();
        asking.into_iter().map(|(name, answer)| (name, answer.join())).collect::<Vec<_>>()
    });
    let mut fresh: BTreeMap<&String, Vec<Check>> = BTreeMap::new();
    for (name, answer) in answers {
        let answer = answer.unwrap_or_default();
        let heard = |why| answer.iter().any(|check| check.why == Some(why));
        if heard(Unmeasured::Asleep) && known.contains_key(name) {
            continue;
        }
        if !heard(Unmeasured::Asleep) && !heard(Unmeasured::TimedOut) {
            known.insert(name.clone(), (now, answer.clone()));
        }
        fresh.insert(name, answer);
    }
    let of = |name| fresh.remove(name).or_else(|| known.get(name).map(|(_, checks)| checks.clone()));
    let mut checks: Vec<_> = drives.iter().map(|(name, _)| name).filter_map(of).flatten().collect();
    if !checks.iter().any(|check| check.kind == CheckKind::DiskTemperature && check.value.is_some()) {
        checks.retain(|check| check.kind != CheckKind::DiskTemperature);
        checks.extend(temperatures(root));
    }
    checks
}

fn ask(root: &Root, name: &str, disk: &Disk, now: UnixSeconds, deadline: Duration) -> Vec<Check> {
    let subject = subject(name, disk);
    let none = |why| vec![grade::unmeasured(CheckKind::DiskVerdict, subject.clone(), why)];
    if disk.bus == Some(Bus::Virtual) {
        return none(Unmeasured::Virtual);
    }
    let left = format!("{LEFT}/{name}.json");
    if let Some(at) = root.changed_at(&left)
        && (0..HOLDS_S).contains(&(now.0 - at))
    {
        return match root.bytes(&left, MAX_ANSWER) {
            Ok(said) => smart::checks(&said, subject.as_ref()),
            Err(Missing::Denied) => none(Unmeasured::NoPrivilege),
            Err(Missing::Absent) => none(Unmeasured::NoSource),
        };
    }
    let device = format!("/dev/{name}");
    if SMARTCTL.iter().any(|program| root.exists(program)) && !root.exists(&device) {
        // Devices are hidden from whoever shall not touch them.
        return none(Unmeasured::NoPrivilege);
    }
    match run(root, SMARTCTL, &["--json", "--all", "--nocheck=standby", &device], deadline) {
        Ran::Said(said) => smart::checks(&said, subject.as_ref()),
        Ran::Absent => none(Unmeasured::NoProgram),
        Ran::TimedOut => none(Unmeasured::TimedOut),
        Ran::Failed => none(Unmeasured::Unreadable),
    }
}

/// Model and serial number: a PC may have two drives of one model.
fn subject(name: &str, disk: &Disk) -> Option<Text> {
    let model = disk.model.as_ref().map_or(name, Text::as_str);
    Text::new(&format!("{model} {}", disk.serial.good().unwrap_or_default()))
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
