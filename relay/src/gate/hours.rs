//! Support hours (clauses 3.2 and 4.2): Monday to Friday, 9 to 18 o'clock in Paris, wherever in France the client is (15.1).
//!
//! The zone's rules are compiled in: Windows has none of the kind, and a relay must not depend on its host's. The text names
//! no public holiday, so they are open by default: a wrong "closed" refuses a paying client, a wrong "open" costs nothing,
//! because somebody at the PC is still asked.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use aval_protocol::id::UnixSeconds;
use aval_protocol::text::gate::{Day as ShownDay, Moment};
use jiff::civil::{Date, DateTime, Time, Weekday, date, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, ZonedDateTime};

const PARIS: TimeZone = jiff::tz::get!("Europe/Paris");
const OPENS: Time = time(9, 0, 0, 0);
const CLOSES: Time = time(18, 0, 0, 0);
/// How far ahead the next opening is looked for, in days. Only a list of holidays longer than that keeps the firm closed.
const HORIZON_DAYS: usize = 400;

/// Which days besides Saturday and Sunday are closed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Holidays {
    /// None: the text has no exception.
    #[default]
    ContractLiteral,
    /// The eleven public holidays of article L3133-1 of the code du travail, without the two of Alsace and Moselle.
    FrMetropole,
    /// These days.
    Custom(BTreeSet<Date>),
}

/// Whether support is open at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hours {
    /// Open.
    Open {
        /// Until when, excluded.
        until: UnixSeconds,
    },
    /// A working day, too early.
    ClosedBefore,
    /// A working day, too late.
    ClosedAfter,
    /// Saturday or Sunday.
    ClosedWeekend,
    /// A holiday by this contract's list.
    ClosedHoliday,
}

/// A while: `[from, until)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// Its first moment.
    pub from: UnixSeconds,
    /// The first moment after it.
    pub until: UnixSeconds,
}

/// A text that names no holiday policy.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is no holiday policy: write contract_literal, fr_metropole, or custom:2026-12-24,2026-12-31")]
pub struct BadHolidays(String);

/// The moment on a Paris clock. Moments outside the calendar are moved to its ends.
pub fn paris(at: UnixSeconds) -> ZonedDateTime {
    let end = if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(at.0).unwrap_or(end).to_zoned_datetime(PARIS)
}

/// The civil day in Paris.
pub fn day(at: UnixSeconds) -> Date {
    paris(at).date()
}

/// The moment that a Paris clock shows so; of two (end of summer time) the first, of none (its beginning) the one after.
pub fn moment(shown: DateTime) -> UnixSeconds {
    // Fails only at the calendar's ends, which no contract reaches: far away is the safe answer for an opening.
    PARIS
        .to_ambiguous_zoned_datetime(shown)
        .compatible()
        .map_or(UnixSeconds(i64::MAX), |zoned| UnixSeconds(zoned.timestamp().as_second()))
}

/// Whether support is open.
pub fn at(moment_judged: UnixSeconds, holidays: &Holidays) -> Hours {
    let here = paris(moment_judged);
    let today = here.date();
    if is_weekend(today) {
        Hours::ClosedWeekend
    } else if holidays.closes(today) {
        Hours::ClosedHoliday
    } else if here.time() < OPENS {
        Hours::ClosedBefore
    } else if here.time() < CLOSES {
        Hours::Open { until: moment(today.to_datetime(CLOSES)) }
    } else {
        Hours::ClosedAfter
    }
}

/// The first moment from this one on at which support is open: the same moment if it is open now.
pub fn opens_next(from: UnixSeconds, holidays: &Holidays) -> Option<UnixSeconds> {
    if let Hours::Open { .. } = at(from, holidays) {
        return Some(from);
    }
    day(from)
        .series(1.day())
        .take(HORIZON_DAYS)
        .filter(|&day| !is_weekend(day) && !holidays.closes(day))
        .map(|day| moment(day.to_datetime(OPENS)))
        .find(|&opening| opening >= from)
}

/// The name of the public holiday that this day is, whether or not it closes anything.
pub fn public_holiday(day: Date) -> Option<&'static str> {
    let fixed = [
        (1, 1, "jour de l’an"),
        (5, 1, "fête du travail"),
        (5, 8, "victoire de 1945"),
        (7, 14, "fête nationale"),
        (8, 15, "Assomption"),
        (11, 1, "Toussaint"),
        (11, 11, "armistice de 1918"),
        (12, 25, "Noël"),
    ];
    let after_easter = [(1, "lundi de Pâques"), (39, "Ascension"), (50, "lundi de Pentecôte")];
    let easter = easter(day.year());
    fixed
        .into_iter()
        .find(|&(month, d, _)| (day.month(), day.day()) == (month, d))
        .map(|(_, _, name)| name)
        .or_else(|| {
            after_easter
                .into_iter()
                .find(|&(days, _)| easter.saturating_add(days.days()) == day)
                .map(|(_, name)| name)
        })
}

/// A day for people.
pub(crate) fn shown_day(day: Date) -> ShownDay {
    ShownDay {
        year: day.year(),
        month: day.month().unsigned_abs(),
        day: day.day().unsigned_abs(),
        weekday: day.weekday().to_monday_one_offset().unsigned_abs(),
    }
}

/// A moment for people, on a Paris clock.
pub(crate) fn shown_moment(at: UnixSeconds) -> Moment {
    let here = paris(at);
    Moment {
        day: shown_day(here.date()),
        hour: here.hour().unsigned_abs(),
        minute: here.minute().unsigned_abs(),
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Easter Sunday by the anonymous Gregorian computus (Nature, 20 April 1876).
pub(crate) fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y.rem_euclid(19), y.div_euclid(100), y.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    let days_after_march_began = h + l - 7 * m + 21;
    date(year, 3, 1).saturating_add(days_after_march_began.days())
}

// === impl Holidays, Window

impl Holidays {
    /// Whether this day is closed by the policy.
    pub fn closes(&self, day: Date) -> bool {
        match self {
            Self::ContractLiteral => false,
            Self::FrMetropole => public_holiday(day).is_some(),
            Self::Custom(days) => days.contains(&day),
        }
    }
}

impl fmt::Display for Holidays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContractLiteral => f.write_str("contract_literal"),
            Self::FrMetropole => f.write_str("fr_metropole"),
            Self::Custom(days) => {
                let days: Vec<String> = days.iter().map(Date::to_string).collect();
                write!(f, "custom:{}", days.join(","))
            }
        }
    }
}

impl FromStr for Holidays {
    type Err = BadHolidays;
    fn from_str(text: &str) -> Result<Self, BadHolidays> {
        let bad = || BadHolidays(text.to_owned());
        match text.split_once(':') {
            None if text == "contract_literal" => Ok(Self::ContractLiteral),
            None if text == "fr_metropole" => Ok(Self::FrMetropole),
            Some(("custom", days)) => days
                .split(',')
                .map(|day| day.trim().parse().map_err(|_| bad()))
                .collect::<Result<_, _>>()
                .map(Self::Custom),
            _ => Err(bad()),
        }
    }
}

impl Window {
    /// Whether the moment is in it.
    pub fn contains(&self, at: UnixSeconds) -> bool {
        self.from <= at && at < self.until
    }
}

#[cfg(test)]
mod tests;
