//! Verdicts on a machine's state. Thresholds are the house's; what could not be measured is never good.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Check, Os};
use aval_protocol::wire::inventory::{CheckKind, Day, Grade, Text};

const GIB: u64 = 1 << 30;
const DAY_S: i64 = 86_400;
/// Support that ends within half a year is worth a word to the client.
const SOON_DAYS: i64 = 182;
/// A PC of 8 GiB shows a little less, because the firmware keeps some.
const LEAST_MIB: u64 = 7 * 1024 + 512;
/// Flash in an M.2 slot is built for more heat than turning disks.
const WARM_NVME: i64 = 70;
const WARM: i64 = 60;

/// Free space of the system's volume.
pub fn free_space(subject: Option<Text>, space: Option<(u64, u64)>) -> Check {
    let kind = CheckKind::FreeSpace;
    let Some((free, total)) = space.filter(|(_, total)| *total > 0) else { return unmeasured(kind, subject) };
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
    let Some(last) = regular.max(extended) else { return unmeasured(kind, None) };
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
    let Some(mib) = mib.filter(|mib| *mib > 0) else { return unmeasured(CheckKind::Memory, None) };
    let grade = if mib < LEAST_MIB { Grade::Watch } else { Grade::Good };
    measured(CheckKind::Memory, None, grade, i64::try_from(mib).unwrap_or(i64::MAX))
}

/// What a battery lost of its design.
pub fn battery(subject: Option<Text>, full_and_design: Option<(u64, u64)>) -> Check {
    let kind = CheckKind::BatteryWear;
    let Some((full, design)) = full_and_design.filter(|(full, design)| *full > 0 && *design > 0) else {
        return unmeasured(kind, subject);
    };
    let lost = design.saturating_sub(full).saturating_mul(100) / design;
    let grade = match lost {
        51.. => Grade::Failing,
        31..=50 => Grade::Watch,
        _ => Grade::Good,
    };
    measured(kind, subject, grade, i64::try_from(lost).unwrap_or(100))
}

/// A drive's temperature, °C.
pub fn temperature(subject: Option<Text>, celsius: Option<i64>, nvme: bool) -> Check {
    let kind = CheckKind::DiskTemperature;
    // Sensors that are not there read as 0 or below, broken ones as something impossible.
    let Some(celsius) = celsius.filter(|c| (1..=150).contains(c)) else { return unmeasured(kind, subject) };
    let warm = if nvme { WARM_NVME } else { WARM };
    measured(kind, subject, if celsius >= warm { Grade::Watch } else { Grade::Good }, celsius)
}

const fn measured(kind: CheckKind, subject: Option<Text>, grade: Grade, value: i64) -> Check {
    Check { kind, subject, grade, value: Some(value) }
}

const fn unmeasured(kind: CheckKind, subject: Option<Text>) -> Check {
    Check { kind, subject, grade: Grade::NotMeasurable, value: None }
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
