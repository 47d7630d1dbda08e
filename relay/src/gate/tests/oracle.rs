//! A second opinion, slow and of another make: days walked one by one, summer time by the rule of the directive, Easter by
//! another computus. It shares no line with the gate, so that both must be wrong in the same way for a mistake to hide.

use std::collections::BTreeSet;

use jiff::civil::Date;

/// Seconds in an hour and a day.
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// Year, month, day.
pub(in crate::gate) type Ymd = (i64, i64, i64);

/// Days since 1970-01-01, by walking years and months.
pub(in crate::gate) fn number((year, month, day): Ymd) -> i64 {
    let years: i64 = if year >= 1970 {
        (1970..year).map(year_days).sum()
    } else {
        -(year..1970).map(year_days).sum::<i64>()
    };
    years + (1..month).map(|m| month_days(year, m)).sum::<i64>() + day - 1
}

/// The other way.
pub(in crate::gate) fn date(mut number: i64) -> Ymd {
    let mut year = 1970;
    while number < 0 {
        year -= 1;
        number += year_days(year);
    }
    while number >= year_days(year) {
        number -= year_days(year);
        year += 1;
    }
    let mut month = 1;
    while number >= month_days(year, month) {
        number -= month_days(year, month);
        month += 1;
    }
    (year, month, number + 1)
}

pub(in crate::gate) fn ymd(date: Date) -> Ymd {
    (date.year().into(), date.month().into(), date.day().into())
}

/// Hours that Paris is ahead: directive 2000/84/EC, from 1 h UTC on the last Sunday of March to that of October.
fn ahead(at: i64) -> i64 {
    let (year, ..) = date(at.div_euclid(DAY));
    let last_sunday = |month| (1..=31).rev().map(|d| number((year, month, d))).find(|&n| weekday(n) == 7);
    let change = |month| last_sunday(month).unwrap() * DAY + HOUR;
    if (change(3)..change(10)).contains(&at) { 2 } else { 1 }
}

/// The day in Paris, and the second of it that clocks there show.
pub(in crate::gate) fn paris(at: i64) -> (Ymd, i64) {
    let shown = at + ahead(at) * HOUR;
    (date(shown.div_euclid(DAY)), shown.rem_euclid(DAY))
}

/// Monday is 1. The first of January 1970 was a Thursday.
pub(in crate::gate) fn weekday(number: i64) -> i64 {
    (number + 3).rem_euclid(7) + 1
}

/// Public holidays of metropolitan France; Easter by J.-M. Oudin (1940).
pub(in crate::gate) fn holidays(year: i64) -> BTreeSet<Ymd> {
    let g = year % 19;
    let c = year / 100;
    let h = (c - c / 4 - (8 * c + 13) / 25 + 19 * g + 15) % 30;
    let i = h - (h / 28) * (1 - (h / 28) * (29 / (h + 1)) * ((21 - g) / 11));
    let j = (year + year / 4 + i + 2 - c + c / 4) % 7;
    let l = i - j;
    let month = 3 + (l + 40) / 44;
    let easter = number((year, month, l + 28 - 31 * (month / 4)));
    let fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    fixed
        .into_iter()
        .map(|(month, day)| (year, month, day))
        .chain([1, 39, 50].map(|days| date(easter + days)))
        .collect()
}

/// Whether support is open; `closed` says which days are not, besides Saturday and Sunday.
pub(in crate::gate) fn open(at: i64, closed: &impl Fn(Ymd) -> bool) -> bool {
    let (day, second) = paris(at);
    weekday(number(day)) <= 5 && !closed(day) && (9 * HOUR..18 * HOUR).contains(&second)
}

/// The next opening, by looking at every hour: Paris is whole hours ahead, so no opening lies between.
pub(in crate::gate) fn opens_next(from: i64, closed: &impl Fn(Ymd) -> bool) -> Option<i64> {
    if open(from, closed) {
        return Some(from);
    }
    let first = (from.div_euclid(HOUR) + 1) * HOUR;
    (0..40 * 24).map(|hours| first + hours * HOUR).find(|&at| open(at, closed))
}

/// The day some months on, or that month's last day (article 641 of the code de procédure civile).
pub(in crate::gate) fn months_on((year, month, day): Ymd, months: i64) -> Ymd {
    let (mut year, mut month) = (year, month);
    for _ in 0..months {
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    (year, month, day.min(month_days(year, month)))
}

/// Whether a day is an échéance: months away by a multiple of the term, and the first day's number or the month's last.
pub(in crate::gate) fn is_echeance(day: Ymd, effective: Ymd, months: i64) -> bool {
    let away = (day.0 - effective.0) * 12 + day.1 - effective.1;
    away > 0 && away % months == 0 && day.2 == effective.2.min(month_days(day.0, day.1))
}

/// The échéance that a notice ends: the first one, day by day, that is not before the day three months after it.
pub(in crate::gate) fn ends_on(notice: Ymd, effective: Ymd, months: i64) -> Ymd {
    let mut walked = number(months_on(notice, 3)).max(number(effective));
    while !is_echeance(date(walked), effective, months) {
        walked += 1;
    }
    date(walked)
}

/// The day on which a client who had to be told of renewals leaves freely (L215-1), if some renewal before the regular end was not
/// announced: walked day by day from the letter on. `told`: the days on which the client was told.
pub(in crate::gate) fn left_freely(letter: Ymd, effective: Ymd, months: i64, told: &[Ymd]) -> Option<Ymd> {
    // The renewal that runs on the letter's day: the newest échéance up to it.
    let untold = |echeance: Ymd| {
        let (from, to) = window(echeance);
        !told.iter().any(|day| (from..=to).contains(day))
    };
    let (first, mut day) = (number(effective), number(letter));
    while day > first && !is_echeance(date(day), effective, months) {
        day -= 1;
    }
    if day > first && untold(date(day)) {
        return Some(letter);
    }
    let regular = number(ends_on(letter, effective, months));
    let start = number(letter).max(first) + 1;
    (start..regular).map(date).find(|&day| is_echeance(day, effective, months) && untold(day))
}

/// When consumers are told of a renewal: three months to one month before the last day from which three months reach no further.
fn window(echeance: Ymd) -> (Ymd, Ymd) {
    let mut last = number(echeance);
    while months_on(date(last), 3) > echeance {
        last -= 1;
    }
    (months_back(date(last), 3), months_back(date(last), 1))
}

fn months_back((year, month, day): Ymd, months: i64) -> Ymd {
    let (mut year, mut month) = (year, month);
    for _ in 0..months {
        (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
    }
    (year, month, day.min(month_days(year, month)))
}

fn year_days(year: i64) -> i64 {
    if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) { 366 } else { 365 }
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 => year_days(year) - 337,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[test]
fn the_oracle_knows_days_that_everyone_knows() {
    assert_eq!(number((2000, 3, 1)), 11_017);
    assert_eq!(date(11_016), (2000, 2, 29));
    assert_eq!(weekday(number((2026, 11, 18))), 3);
    assert!(holidays(2027).contains(&(2027, 3, 29)) && holidays(2000).contains(&(2000, 4, 24)));
    assert_eq!(paris(1_774_746_000 - 1), ((2026, 3, 29), 2 * HOUR - 1));
    assert_eq!(paris(1_774_746_000), ((2026, 3, 29), 3 * HOUR));
}
