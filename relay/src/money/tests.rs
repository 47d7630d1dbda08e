//! Amounts of the vectors, and what must hold for all amounts.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn section(name: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../../tests/vectors/contract_vectors.json")).unwrap();
    let section = all[name].as_array().unwrap().clone();
    assert!(!section.is_empty());
    section
}

fn on(value: &Value) -> Date {
    value.as_str().unwrap().parse().unwrap()
}

fn cents(value: &Value) -> Cents {
    Cents(value.as_i64().unwrap())
}

fn index(value: &Value) -> Index {
    Index(u32::try_from(value.as_u64().unwrap()).unwrap())
}

#[test]
fn clause_10_2_pro_rata_of_the_vectors() {
    for case in section("prorata") {
        let period = (on(&case["period"][0]), on(&case["period"][1]));
        let part = pro_rata(cents(&case["unit_cents"]), period, on(&case["from_"])).unwrap();
        assert_eq!(
            (i64::from(part.days), i64::from(part.of)),
            (case["days"][0].as_i64().unwrap(), case["days"][1].as_i64().unwrap())
        );
        assert_eq!(part.amount, cents(&case["due_cents"]), "{case}");
    }
}

#[test]
fn clause_10_3_due_days_of_the_vectors() {
    for case in section("payment_due") {
        let due = due_on(on(&case["received"]));
        assert_eq!(due, on(&case["due"]), "{case}");
        assert_eq!(due.tomorrow().unwrap(), on(&case["late_from"]), "{case}");
    }
}

#[test]
fn clause_10_4_debits_are_on_the_first_of_a_month() {
    for (due, debited) in
        [("2026-03-01", "2026-03-01"), ("2026-03-02", "2026-04-01"), ("2025-12-31", "2026-01-01")]
    {
        assert_eq!(debited_on(due.parse().unwrap()), debited.parse().unwrap());
    }
}

#[test]
fn clause_10_5_revaluation_of_the_vectors() {
    for case in section("syntec") {
        let old = case.get("s1_revised").is_some();
        let last = if old { &case["s1_revised"] } else { &case["s1"] };
        let price = revalued(cents(&case["p0"]), index(&case["s0"]), index(last), old);
        assert_eq!(price, Ok(cents(&case["p1"])), "{case}");
    }
    assert_eq!(revalued(Cents(1), Index(0), Index(1), false), Err(BadMoney::Index));
}

#[test]
fn clause_7_1_backups_of_the_vectors() {
    for case in section("backup") {
        let included = u32::try_from(case["incl_gb"].as_u64().unwrap()).unwrap();
        let cost = backup_overage(case["used_bytes"].as_u64().unwrap(), included, BACKUP_CENTS_PER_GB);
        assert_eq!(cost, Ok(cents(&case["cents"])), "{case}");
    }
}

#[test]
fn clause_10_1_only_four_periods_exist_and_they_are_anchored() {
    let known: Vec<u32> = (0..=24).filter(|&months| Period::from_months(months).is_some()).collect();
    assert_eq!(known, [1, 3, 6, 12]);
    let first: Date = "2024-01-31".parse().unwrap();
    let begins: Vec<String> = (0..4).map(|k| Period::Monthly.begins(first, k).to_string()).collect();
    assert_eq!(begins, ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let day: Date = "2026-03-01".parse().unwrap();
    assert_eq!(pro_rata(Cents(100), (day, day), day), Err(BadMoney::Period));
    assert_eq!(pro_rata(Cents(100), (day, day.yesterday().unwrap()), day), Err(BadMoney::Period));
    assert_eq!(backup_overage(u64::MAX, 0, u32::MAX), Err(BadMoney::Amount));
}

proptest! {
    #[test]
    fn clause_10_2_a_part_is_never_more_than_the_whole_and_falls_with_the_day(
        unit in 0_i64..10_000_000, start in 0_i32..10_000, length in 1_i32..400, a in -50_i32..450, b in -50_i32..450,
    ) {
        let first: Date = "2020-01-01".parse().unwrap();
        let at = |days: i32| first.checked_add(days.days()).unwrap();
        let period = (at(start), at(start + length));
        let (early, late) = (a.min(b), a.max(b));
        let of = |day: i32| pro_rata(Cents(unit), period, at(start + day)).unwrap();
        prop_assert!(of(late).amount <= of(early).amount);
        prop_assert!(of(early).amount <= Cents(unit));
        prop_assert_eq!(of(0).amount, Cents(unit));
        prop_assert_eq!(of(length).amount, Cents(0));
    }
}
