//! Support hours to the second, in weeks where clocks change, on each public holiday, and against a slow second opinion.

use proptest::prelude::*;

use super::*;
use crate::gate::tests::{oracle, vectors};

fn at_utc(text: &str) -> UnixSeconds {
    UnixSeconds(text.parse::<Timestamp>().unwrap().as_second())
}

fn in_paris(text: &str) -> UnixSeconds {
    moment(text.parse().unwrap())
}

fn label(hours: Hours) -> &'static str {
    match hours {
        Hours::Open { .. } => "open",
        Hours::ClosedBefore => "closed_before",
        Hours::ClosedAfter => "closed_after",
        Hours::ClosedWeekend => "closed_weekend",
        Hours::ClosedHoliday => "closed_holiday",
    }
}

#[test]
fn clause_4_2_hours_of_the_vectors() {
    for case in vectors::section("hours") {
        let moment = at_utc(case["utc"].as_str().unwrap());
        for (policy, key) in [(Holidays::ContractLiteral, "literal"), (Holidays::FrMetropole, "fr_metropole")]
        {
            assert_eq!(label(at(moment, &policy)), case[key].as_str().unwrap(), "{case} {policy}");
        }
        let shown = case["paris"].as_str().unwrap();
        assert_eq!(paris(moment).datetime().to_string(), shown[..19], "{case}");
    }
}

#[test]
fn clause_4_2_open_from_nine_to_eighteen_to_the_second() {
    // A winter day, a summer day, the days around both changes of the clock.
    let days = ["2026-01-13", "2026-07-15", "2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26"];
    for day in days {
        for (time, expected) in [
            ("00:00:00", "closed_before"),
            ("08:59:59", "closed_before"),
            ("09:00:00", "open"),
            ("12:30:00", "open"),
            ("17:59:59", "open"),
            ("18:00:00", "closed_after"),
            ("23:59:59", "closed_after"),
        ] {
            let moment = in_paris(&format!("{day}T{time}"));
            assert_eq!(label(at(moment, &Holidays::ContractLiteral)), expected, "{day} {time}");
        }
        let until = in_paris(&format!("{day}T18:00:00"));
        let morning = in_paris(&format!("{day}T09:00:00"));
        assert_eq!(at(morning, &Holidays::ContractLiteral), Hours::Open { until }, "{day}");
    }
}

#[test]
fn clause_4_2_the_clocks_change_and_the_hours_stay_those_of_paris() {
    for (utc, open) in [
        ("2026-03-27T07:59:59Z", false),
        ("2026-03-27T08:00:00Z", true),
        ("2026-03-30T06:59:59Z", false),
        ("2026-03-30T07:00:00Z", true),
        ("2026-10-26T07:59:59Z", false),
        ("2026-10-26T08:00:00Z", true),
    ] {
        let hours = at(at_utc(utc), &Holidays::ContractLiteral);
        assert_eq!(matches!(hours, Hours::Open { .. }), open, "{utc}");
    }
    // Across the change of March, the next opening is an hour nearer.
    let friday_evening = at_utc("2026-03-27T17:00:00Z");
    assert_eq!(opens_next(friday_evening, &Holidays::ContractLiteral), Some(at_utc("2026-03-30T07:00:00Z")));
}

#[test]
fn clause_15_1_paris_rules_wherever_the_client_is() {
    // 9 o'clock at Saint-Denis de La Réunion is 6 or 7 in Paris.
    assert_eq!(at(at_utc("2026-07-15T05:00:00Z"), &Holidays::ContractLiteral), Hours::ClosedBefore);
    assert_eq!(label(at(at_utc("2026-07-15T15:30:00Z"), &Holidays::ContractLiteral)), "open");
}

#[test]
fn clause_4_2_public_holidays_close_only_where_they_were_chosen_to() {
    for case in vectors::section("holidays") {
        let day = vectors::date(&case[0]);
        assert!(public_holiday(day).is_some(), "{case}");
        assert_eq!(
            oracle::weekday(oracle::number(oracle::ymd(day))),
            i64::from(day.weekday().to_monday_one_offset())
        );
        let noon = moment(day.at(12, 0, 0, 0));
        let weekend = is_weekend(day);
        let literal = if weekend { "closed_weekend" } else { "open" };
        let metropole = if weekend { "closed_weekend" } else { "closed_holiday" };
        assert_eq!(label(at(noon, &Holidays::ContractLiteral)), literal, "{case}");
        assert_eq!(label(at(noon, &Holidays::FrMetropole)), metropole, "{case}");
    }
}

#[test]
fn public_holidays_are_those_of_the_vectors_and_no_others() {
    let listed: BTreeSet<Date> =
        vectors::section("holidays").iter().map(|case| vectors::date(&case[0])).collect();
    let found: BTreeSet<Date> = date(2025, 1, 1)
        .series(1.day())
        .take_while(|day| day.year() <= 2032)
        .filter(|&day| public_holiday(day).is_some())
        .collect();
    // A set: where two fall on one day, it counts once.
    assert_eq!(found, listed);
}

#[test]
fn clause_4_2_a_list_of_ones_own_closes_its_days() {
    let policy: Holidays = "custom:2026-12-24,2026-12-31".parse().unwrap();
    assert_eq!(label(at(in_paris("2026-12-24T10:00:00"), &policy)), "closed_holiday");
    assert_eq!(label(at(in_paris("2026-12-25T10:00:00"), &policy)), "open");
    assert_eq!(opens_next(in_paris("2026-12-23T18:00:00"), &policy), Some(in_paris("2026-12-25T09:00:00")));
}

#[test]
fn holiday_policies_have_one_spelling_each() {
    for text in ["contract_literal", "fr_metropole", "custom:2026-12-24,2026-12-31"] {
        assert_eq!(text.parse::<Holidays>().unwrap().to_string(), text);
    }
    for bad in
        ["", "custom", "custom:", "custom:2026-02-30", "custom:2026-12-24,", "fr_metropole:2026-12-24", "FR"]
    {
        bad.parse::<Holidays>().unwrap_err();
    }
}

#[test]
fn clause_4_2_the_next_opening_skips_what_is_closed() {
    let literal = Holidays::ContractLiteral;
    let next = |from: &str, policy: &Holidays| opens_next(in_paris(from), policy);
    for (from, expected) in [
        ("2026-11-18T08:59:59", "2026-11-18T09:00:00"),
        ("2026-11-18T09:00:00", "2026-11-18T09:00:00"),
        ("2026-11-18T17:59:59", "2026-11-18T17:59:59"),
        ("2026-11-18T18:00:00", "2026-11-19T09:00:00"),
        ("2026-11-20T18:00:00", "2026-11-23T09:00:00"),
        ("2026-11-21T12:00:00", "2026-11-23T09:00:00"),
    ] {
        assert_eq!(next(from, &literal), Some(in_paris(expected)), "{from}");
    }
    // Friday 1 May and Friday 8 May 2026.
    let may = next("2026-04-30T18:00:00", &Holidays::FrMetropole);
    assert_eq!(may, Some(in_paris("2026-05-04T09:00:00")));
    let always = Holidays::Custom(date(2026, 1, 1).series(1.day()).take(1000).collect());
    assert_eq!(next("2026-01-01T10:00:00", &always), None);
}

#[test]
fn moments_outside_the_calendar_are_moved_to_its_ends() {
    for at_end in [i64::MIN, i64::MAX] {
        let hours = at(UnixSeconds(at_end), &Holidays::FrMetropole);
        assert!(!label(hours).is_empty());
        opens_next(UnixSeconds(at_end), &Holidays::FrMetropole);
    }
}

#[test]
fn of_two_moments_that_look_alike_the_first_is_meant() {
    assert_eq!(in_paris("2026-10-25T02:30:00"), at_utc("2026-10-25T00:30:00Z"));
    assert_eq!(in_paris("2026-03-29T02:30:00"), at_utc("2026-03-29T01:30:00Z"));
}

#[test]
fn a_window_holds_its_first_moment_and_not_its_last() {
    let window = Window { from: UnixSeconds(10), until: UnixSeconds(20) };
    let held: Vec<bool> = [9, 10, 19, 20].map(|at| window.contains(UnixSeconds(at))).into();
    assert_eq!(held, [false, true, true, false]);
}

/// 2000 to 2096: the directive's rule holds from 1996 on.
fn moments() -> impl Strategy<Value = i64> {
    946_684_800i64..4_000_000_000
}

/// Close to an edge of the hours, where mistakes live.
fn edges() -> impl Strategy<Value = i64> {
    (moments(), prop_oneof![Just(9i64), Just(18), Just(0)], -2i64..=2).prop_map(|(at, hour, off)| {
        let (day, _) = oracle::paris(at);
        let noon = oracle::number(day) * 86_400 + 43_200;
        let (_, shown) = oracle::paris(noon);
        noon - shown + hour * 3600 + off
    })
}

proptest! {
    #[test]
    fn hours_agree_with_the_second_opinion(at_s in prop_oneof![moments(), edges()], metropole: bool) {
        let policy = if metropole { Holidays::FrMetropole } else { Holidays::ContractLiteral };
        let closed = |day: oracle::Ymd| metropole && oracle::holidays(day.0).contains(&day);
        let hours = at(UnixSeconds(at_s), &policy);
        prop_assert_eq!(matches!(hours, Hours::Open { .. }), oracle::open(at_s, &closed));
        let (day, _) = oracle::paris(at_s);
        prop_assert_eq!(oracle::ymd(super::day(UnixSeconds(at_s))), day);
        prop_assert_eq!(opens_next(UnixSeconds(at_s), &policy).map(|at| at.0), oracle::opens_next(at_s, &closed));
        if let Hours::Open { until } = hours {
            prop_assert!(oracle::open(until.0 - 1, &closed) && !oracle::open(until.0, &closed));
            prop_assert!(until.0 > at_s && until.0 - at_s <= 9 * 3600);
        }
    }

    #[test]
    fn holidays_agree_with_the_second_opinion(year in 1950i16..2200, ordinal in 1i16..=365) {
        let day = date(year, 1, 1).saturating_add(i64::from(ordinal - 1).days());
        let expected = oracle::holidays(year.into()).contains(&oracle::ymd(day));
        prop_assert_eq!(public_holiday(day).is_some(), expected, "{}", day);
    }
}
