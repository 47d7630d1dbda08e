//! Verdicts on a machine's state. Thresholds are the house's; what could not be measured is never good.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Check, Guard, Os};
use aval_protocol::wire::inventory::{CheckKind, Day, Grade, Text, Unmeasured};

use super::updates::Waiting;
use super::wmi::Condition;

const GIB: u64 = 1 << 30;
const DAY_S: i64 = 86_400;
/// Support that ends within half a year is worth a word to the client.
const SOON_DAYS: i64 = 182;
/// A PC of 8 GiB shows a little less, because the firmware keeps some.
const LEAST_MIB: u64 = 7 * 1024 + 512;
/// Flash in an M.2 slot is built for more heat than turning disks.
const WARM_NVME: i64 = 70;
const WARM: i64 = 60;
/// Wear from which a drive's replacement is worth a word, %.
const WORN: i64 = 80;
/// How far below its maker's limit a processor is worth a word, °C.
const CLOSE: i64 = 5;
/// Days without any update in which security updates wait: a fortnight is a lazy round, a month and a half is none.
const LATE: i64 = 14;
const TOO_LATE: i64 = 45;
/// A list of updates that was not renewed for this long tells nothing.
const STALE: i64 = 14;
/// Signatures are renewed several times a day.
const OLD_SIGNATURES: i64 = 7;

/// Free space of the system's volume.
pub fn free_space(subject: Option<Text>, space: Option<(u64, u64)>) -> Check {
    let kind = CheckKind::FreeSpace;
    let Some((free, total)) = space.filter(|(_, total)| *total > 0) else {
        return unmeasured(kind, subject, Unmeasured::NoSource);
    };
    let percent = free.min(total).saturating_mul(100) / total;
    let grade = if percent < 5 || free < 5 * GIB {
        Grade::Failing
    } else if percent < 15 || free < 20 * GIB {
        Grade::Watch
    } else {
        Grade::Good
    };
    measured(kind, subject, grade, i64::try_from(percent).unwrap_or(100))
}

/// The system's support, on a day.
pub fn os_support(os: &Os, now: UnixSeconds) -> Check {
    let kind = CheckKind::OsSupport;
    let today = now.0.div_euclid(DAY_S);
    let left = |day: Option<Day>| day.map(|day| day.since_epoch() - today);
    let (regular, extended) = (left(os.support_end), left(os.extended_end));
    let Some(last) = regular.max(extended) else {
        return unmeasured(kind, None, Unmeasured::NoSource);
    };
    let grade = match regular {
        _ if last < 0 => Grade::Failing,
        Some(regular) if regular >= SOON_DAYS => Grade::Good,
        // Long-term support alone mends less, or costs.
        _ => Grade::Watch,
    };
    measured(kind, None, grade, last)
}

/// Memory, by its modules or else as the system sees it.
pub fn memory(mib: Option<u64>) -> Check {
    let Some(mib) = mib.filter(|mib| *mib > 0) else {
        return unmeasured(CheckKind::Memory, None, Unmeasured::NoSource);
    };
    let grade = if mib < LEAST_MIB { Grade::Watch } else { Grade::Good };
    measured(CheckKind::Memory, None, grade, i64::try_from(mib).unwrap_or(i64::MAX))
}

/// What a battery lost of its design.
pub fn battery(subject: Option<Text>, full_and_design: Option<(u64, u64)>) -> Check {
    let kind = CheckKind::BatteryWear;
    let Some((full, design)) = full_and_design.filter(|(full, design)| *full > 0 && *design > 0) else {
        return unmeasured(kind, subject, Unmeasured::NoSource);
    };
    let lost = design.saturating_sub(full).saturating_mul(100) / design;
    let grade = match lost {
        51.. => Grade::Failing,
        31..=50 => Grade::Watch,
        _ => Grade::Good,
    };
    measured(kind, subject, grade, i64::try_from(lost).unwrap_or(100))
}

/// A drive by its own announcement and by what Windows thinks of it: whichever is worse.
pub fn condition(subject: Option<Text>, fails: Option<bool>, health: Option<Condition>) -> Check {
    let kind = CheckKind::DiskVerdict;
    match (fails, health) {
        (Some(true), _) | (_, Some(Condition::Unhealthy)) => measured(kind, subject, Grade::Failing, 0),
        (_, Some(Condition::Warning)) => measured(kind, subject, Grade::Watch, 1),
        (Some(false), _) | (_, Some(Condition::Healthy)) => measured(kind, subject, Grade::Good, 1),
        (None, None) => unmeasured(kind, subject, Unmeasured::NoSource),
    }
}

/// Wear of flash, % of what its maker expects.
pub fn wear(subject: Option<Text>, percent: i64) -> Check {
    let grade = if percent >= WORN { Grade::Watch } else { Grade::Good };
    measured(CheckKind::DiskWear, subject, grade, percent)
}

/// A drive's temperature, °C.
pub fn temperature(subject: Option<Text>, celsius: Option<i64>, nvme: bool) -> Check {
    let kind = CheckKind::DiskTemperature;
    // Sensors that are not there read as 0 or below, broken ones as something impossible.
    let Some(celsius) = celsius.filter(|c| (1..=150).contains(c)) else {
        return unmeasured(kind, subject, Unmeasured::NoSource);
    };
    let warm = if nvme { WARM_NVME } else { WARM };
    measured(kind, subject, if celsius >= warm { Grade::Watch } else { Grade::Good }, celsius)
}

/// A processor's temperature and the limit that its maker gives, °C. Without a limit the number is told and not judged.
pub fn processor(celsius: Option<i64>, limit: Option<i64>) -> Check {
    let kind = CheckKind::Temperature;
    let Some(celsius) = celsius.filter(|c| (1..=150).contains(c)) else {
        return unmeasured(kind, None, Unmeasured::NoSource);
    };
    match limit.filter(|limit| (50..=150).contains(limit)) {
        Some(limit) if celsius >= limit - CLOSE => measured(kind, None, Grade::Watch, celsius),
        Some(_) => measured(kind, None, Grade::Good, celsius),
        None => Check { value: Some(celsius), ..unmeasured(kind, None, Unmeasured::NoSource) },
    }
}

/// Updates that wait, days since the list of them was renewed, days since anything was installed.
pub fn updates(
    waiting: Result<Waiting, Unmeasured>,
    renewed: Option<i64>,
    installed: Option<i64>,
) -> [Check; 2] {
    let waiting = waiting.and_then(|waiting| match renewed {
        Some(days) if days > STALE => Err(Unmeasured::Stale),
        _ => Ok(waiting),
    });
    let kinds = [CheckKind::SecurityUpdates, CheckKind::OtherUpdates];
    let Waiting { security, other } = match waiting {
        Ok(waiting) => waiting,
        Err(why) => return kinds.map(|kind| unmeasured(kind, None, why)),
    };
    let grade = match installed {
        _ if security == 0 => Grade::Good,
        Some(days) if days > TOO_LATE => Grade::Failing,
        Some(days) if days > LATE => Grade::Watch,
        _ => Grade::Good,
    };
    [measured(kinds[0], None, grade, security.into()), measured(kinds[1], None, Grade::Good, other.into())]
}

/// A restart that updates wait for, in days since it is due; `None` when none is due.
pub fn restart(due: Result<Option<i64>, Unmeasured>) -> Check {
    let kind = CheckKind::Restart;
    match due {
        Ok(Some(days)) if days > LATE => measured(kind, None, Grade::Failing, days),
        Ok(Some(days)) => measured(kind, None, Grade::Good, days.max(0)),
        Ok(None) => Check { kind, subject: None, grade: Grade::Good, value: None, why: None },
        Err(why) => unmeasured(kind, None, why),
    }
}

/// The antivirus, by the products that are installed and the age of signatures in days, if either is known. On a system that is
/// commonly used without one, none is not a failure and not good either.
pub fn antivirus(installed: &[Guard], age: Option<i64>) -> Check {
    guarded(installed, age, false)
}

/// The same, where products also say that their signatures are out of date.
pub fn guarded(installed: &[Guard], age: Option<i64>, stale: bool) -> Check {
    let kind = CheckKind::Antivirus;
    if installed.is_empty() {
        return unmeasured(kind, None, Unmeasured::NoProduct);
    }
    let on = |state| installed.iter().any(|guard| guard.enabled == state);
    let grade = match age {
        _ if !on(Some(true)) && on(None) => return unmeasured(kind, None, Unmeasured::NoSource),
        _ if !on(Some(true)) => Grade::Failing,
        Some(days) if days > OLD_SIGNATURES => Grade::Watch,
        _ if stale => Grade::Watch,
        _ => Grade::Good,
    };
    Check { kind, subject: None, grade, value: age, why: None }
}

/// No backup program says in a way common to all whether it went well: unknown unless a product is known, and never good.
pub const fn backup() -> Check {
    unmeasured(CheckKind::Backup, None, Unmeasured::NoProduct)
}

pub(super) const fn measured(kind: CheckKind, subject: Option<Text>, grade: Grade, value: i64) -> Check {
    Check { kind, subject, grade, value: Some(value), why: None }
}

pub(super) const fn unmeasured(kind: CheckKind, subject: Option<Text>, why: Unmeasured) -> Check {
    Check { kind, subject, grade: Grade::NotMeasurable, value: None, why: Some(why) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_threshold_on_both_sides() {
        let space = |free: u64, total: u64| free_space(None, Some((free * GIB, total * GIB))).grade;
        assert_eq!((space(15, 100), space(14, 100)), (Grade::Watch, Grade::Watch), "below 20 GiB");
        assert_eq!((space(60, 400), space(59, 400)), (Grade::Good, Grade::Watch));
        assert_eq!((space(20, 400), space(19, 400)), (Grade::Watch, Grade::Failing));
        assert_eq!((space(5, 20), space(4, 20)), (Grade::Watch, Grade::Failing));
        assert_eq!(free_space(None, None).grade, Grade::NotMeasurable);
        assert_eq!(free_space(None, Some((0, 0))).grade, Grade::NotMeasurable);
        let wear = |full| battery(None, Some((full, 100))).grade;
        assert_eq!(
            (wear(70), wear(69), wear(50), wear(49)),
            (Grade::Good, Grade::Watch, Grade::Watch, Grade::Failing)
        );
        assert_eq!(wear(120), Grade::Good, "a new battery may hold more");
        assert_eq!((memory(Some(7_679)).grade, memory(Some(7_680)).grade), (Grade::Watch, Grade::Good));
        let warm = |c, nvme| temperature(None, Some(c), nvme).grade;
        assert_eq!(
            (warm(59, false), warm(60, false), warm(69, true), warm(70, true)),
            (Grade::Good, Grade::Watch, Grade::Good, Grade::Watch)
        );
        assert_eq!(warm(-128, true), Grade::NotMeasurable);
        let hot = |c, limit| processor(Some(c), limit).grade;
        assert_eq!((hot(94, Some(100)), hot(95, Some(100))), (Grade::Good, Grade::Watch));
        let unjudged = processor(Some(55), None);
        assert_eq!((unjudged.grade, unjudged.value), (Grade::NotMeasurable, Some(55)));
    }

    #[test]
    fn a_drive_is_as_bad_as_the_worse_of_two_says() {
        let judged = |fails, health| condition(None, fails, health).grade;
        assert_eq!(judged(None, None), Grade::NotMeasurable);
        assert_eq!(judged(Some(false), None), Grade::Good);
        assert_eq!(judged(None, Some(Condition::Healthy)), Grade::Good);
        assert_eq!(judged(Some(false), Some(Condition::Warning)), Grade::Watch);
        assert_eq!(judged(Some(false), Some(Condition::Unhealthy)), Grade::Failing);
        assert_eq!(judged(Some(true), Some(Condition::Healthy)), Grade::Failing);
        assert_eq!((wear(None, 79).grade, wear(None, 80).grade), (Grade::Good, Grade::Watch));
    }

    #[test]
    fn updates_that_wait_are_judged_by_how_long_nothing_was_done() {
        let security = |n, renewed, installed| {
            let [security, other] = updates(Ok(Waiting { security: n, other: 4 }), renewed, installed);
            assert_ne!(other.grade, Grade::Watch, "no other update is urgent");
            (security.grade, security.value)
        };
        assert_eq!(security(0, Some(1), Some(400)), (Grade::Good, Some(0)));
        assert_eq!(security(3, Some(1), Some(14)), (Grade::Good, Some(3)));
        assert_eq!(security(3, Some(1), Some(15)), (Grade::Watch, Some(3)));
        assert_eq!(security(3, Some(14), Some(45)), (Grade::Watch, Some(3)));
        assert_eq!(security(3, Some(1), Some(46)), (Grade::Failing, Some(3)));
        assert_eq!(security(0, Some(15), Some(1)), (Grade::NotMeasurable, None), "nobody looked");
        assert_eq!(updates(Err(Unmeasured::TimedOut), None, None)[1].why, Some(Unmeasured::TimedOut));
        assert_eq!(restart(Ok(None)).grade, Grade::Good);
        assert_eq!((restart(Ok(Some(14))).grade, restart(Ok(Some(15))).grade), (Grade::Good, Grade::Failing));
        assert_eq!(restart(Err(Unmeasured::NoSource)).grade, Grade::NotMeasurable);
    }

    #[test]
    fn an_antivirus_is_good_only_when_it_is_on_and_fresh() {
        let guard = |enabled| Guard { name: Text::new("ClamAV").unwrap(), enabled };
        let judged = |states: &[Option<bool>], age| {
            antivirus(&states.iter().map(|state| guard(*state)).collect::<Vec<_>>(), age).grade
        };
        assert_eq!(judged(&[], None), Grade::NotMeasurable);
        assert_eq!(judged(&[Some(true)], Some(7)), Grade::Good);
        assert_eq!(judged(&[Some(true), Some(false)], Some(8)), Grade::Watch);
        assert_eq!(judged(&[Some(false)], Some(0)), Grade::Failing);
        assert_eq!(judged(&[None, Some(false)], None), Grade::NotMeasurable);
        assert_eq!(guarded(&[guard(Some(true))], None, true).grade, Grade::Watch);
        assert_eq!(guarded(&[guard(Some(false))], None, true).grade, Grade::Failing);
        assert_eq!(backup().grade, Grade::NotMeasurable);
    }

    #[test]
    fn support_is_judged_by_the_day() {
        // 2026-11-28.
        let now = UnixSeconds(20_785 * DAY_S + 3600);
        let judged = |end: Option<&str>, extended: Option<&str>| {
            let day = |text: Option<&str>| text.and_then(Day::of_iso);
            os_support(&Os { support_end: day(end), extended_end: day(extended), ..Os::default() }, now)
        };
        assert_eq!(judged(Some("2029-05-31"), None).grade, Grade::Good);
        assert_eq!(judged(Some("2027-03-01"), None).grade, Grade::Watch);
        let long_term = judged(Some("2026-07-11"), Some("2028-06-30"));
        assert_eq!((long_term.grade, long_term.value), (Grade::Watch, Some(580)));
        assert_eq!(judged(Some("2026-11-28"), None).grade, Grade::Watch, "the last day is a day of support");
        assert_eq!(judged(Some("2026-11-27"), None).grade, Grade::Failing);
        assert_eq!(judged(None, None).grade, Grade::NotMeasurable);
    }
}
