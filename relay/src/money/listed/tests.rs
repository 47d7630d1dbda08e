//! What a piece of the list costs, day by day.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn piece(from: &str, until: Option<&str>) -> Listed {
    Listed {
        no: 3,
        label: "Dell OptiPlex 7090".to_owned(),
        classes: vec![(day(from), "poste".to_owned())],
        from: day(from),
        until: until.map(day),
        came: Came::Notified,
        approved: true,
    }
}

fn rate(class: &str, from: &str, cents: i64) -> Rate {
    Rate { class: class.to_owned(), from: day(from), unit: Cents(cents) }
}

fn month(
    of: &Listed,
    begins: &str,
    until: &str,
    rates: &[Rate],
) -> Option<(&'static str, &'static str, i64)> {
    let period = (day(begins), day(until));
    let line = of.line(period, period.1, rates, &[]).unwrap()?;
    Some((line.kind, line.clause, line.amount.0))
}

#[test]
fn clause_10_2_growth_is_charged_from_its_day_on_and_what_leaves_until_its_period_ends() {
    let rates = [rate("poste", "2026-01-05", 2500)];
    let march = |of: &Listed| month(of, "2026-03-05", "2026-04-05", &rates);
    let april = |of: &Listed| month(of, "2026-04-05", "2026-05-05", &rates);
    // 25 of 31 days: 2016.129… cents.
    let came = piece("2026-03-11", None);
    assert_eq!(month(&came, "2026-02-05", "2026-03-05", &rates), None);
    assert_eq!(march(&came), Some(("share", "10.2", 2016)));
    assert_eq!(april(&came), Some(("price", "10.1", 2500)));
    // There from before the period: all of it.
    assert_eq!(march(&piece("2026-03-05", None)), Some(("price", "10.1", 2500)));
    // Left within March: March stays due, April is not.
    let left = piece("2026-01-05", Some("2026-03-20"));
    assert_eq!((march(&left), april(&left)), (Some(("price", "10.1", 2500)), None));
    // Left on a period's first day: not due any more. Taken back on the day it came: never.
    assert_eq!(april(&piece("2026-01-05", Some("2026-04-05"))), None);
    assert_eq!(march(&piece("2026-03-11", Some("2026-03-11"))), None);
    // The contract ends within the period.
    let period = (day("2026-03-05"), day("2026-04-05"));
    let line = came.line(period, day("2026-03-21"), &rates, &[]).unwrap().unwrap();
    assert_eq!(line.amount, Cents(806), "10 of 31 days");
}

#[test]
fn clause_2_4_what_was_never_notified_is_claimed_from_the_day_it_was_seen() {
    let rates = [rate("poste", "2026-01-05", 2500)];
    let seen = Listed { came: Came::Seen, ..piece("2026-03-11", None) };
    assert_eq!(month(&seen, "2026-03-05", "2026-04-05", &rates), Some(("claim", "2.4", 2016)));
    assert_eq!(month(&seen, "2026-04-05", "2026-05-05", &rates), Some(("price", "10.1", 2500)));
}

#[test]
fn the_price_is_that_of_its_class_on_the_day() {
    let rates = [
        rate("poste", "2026-01-05", 2500),
        rate("poste", "2026-05-01", 2600),
        rate("serveur", "2026-01-05", 9000),
    ];
    let mut of = piece("2026-01-05", None);
    of.classes.push((day("2026-06-01"), "serveur".to_owned()));
    let of_them = |of: &Listed, begins, until| month(of, begins, until, &rates).map(|(.., cents)| cents);
    let costs = |begins, until| of_them(&of, begins, until);
    assert_eq!(
        costs("2026-04-05", "2026-05-05"),
        Some(2500),
        "the new price is for periods that begin under it"
    );
    assert_eq!(costs("2026-05-05", "2026-06-05"), Some(2600));
    assert_eq!(costs("2026-06-05", "2026-07-05"), Some(9000));
    // No tariff: nothing is charged that nobody named a price for.
    let screen = Listed { classes: vec![(of.from, "écran".to_owned())], ..of.clone() };
    assert_eq!(of_them(&screen, "2026-06-05", "2026-07-05"), None);
}

proptest! {
    /// Nobody pays more than the whole for a period, nor less than for fewer days of it.
    #[test]
    fn a_share_is_never_more_than_the_whole(cents in 0..10_000_000_i64, late in 0..31_i32) {
        let rates = [rate("poste", "2026-01-01", cents)];
        let begins = day("2026-03-05");
        let from = begins.saturating_add(jiff::Span::new().days(late));
        let share = |from: Date| {
            let of = Listed { from, classes: vec![(from, "poste".to_owned())], ..piece("2026-03-05", None) };
            of.line((begins, day("2026-04-05")), day("2026-04-05"), &rates, &[]).unwrap().map_or(0, |line| line.amount.0)
        };
        let later = from.saturating_add(jiff::Span::new().days(1));
        prop_assert!(share(begins) == cents && share(from) <= cents && share(later) <= share(from));
    }
}
