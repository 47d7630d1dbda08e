//! Échéances, notices and ends: vectors, limits to the day, and a second opinion that walks day by day.

use proptest::prelude::*;

use super::*;
use crate::gate::tests::{oracle, vectors};

fn day(text: &str) -> Day {
    Day::new(text.parse().unwrap()).unwrap()
}

fn on(text: &str) -> Date {
    text.parse().unwrap()
}

fn term(effective: &str, months: u32) -> Term {
    Term::new(day(effective), Months::new(months).unwrap())
}

fn sent(text: &str) -> NoticeDays {
    NoticeDays::new(Some(day(text)), None).unwrap()
}

#[test]
fn clause_6_1_echeances_of_the_vectors() {
    for case in vectors::section("echeances") {
        let term = term(case["effective"].as_str().unwrap(), vectors::count(&case["months"]));
        assert_eq!(term.echeance(vectors::count(&case["k"])), vectors::date(&case["echeance"]), "{case}");
    }
}

#[test]
fn clause_6_3_notices_of_the_vectors() {
    for case in vectors::section("notice") {
        let term = term(case["effective"].as_str().unwrap(), vectors::count(&case["months"]));
        let notice = vectors::date(&case["notice"]);
        assert_eq!(add_months(notice, NOTICE_MONTHS), vectors::date(&case["notice_plus_3"]), "{case}");
        let expected = (vectors::count(&case["after_term"]), vectors::date(&case["ends_on"]));
        assert_eq!(term.ends_on(Day::new(notice).unwrap()), expected, "{case}");
    }
}

#[test]
fn clause_6_3_last_days_for_notice_of_the_vectors() {
    for case in vectors::section("last_ok_notice") {
        let last = last_day_for_notice(vectors::date(&case["echeance"]));
        assert_eq!(last, vectors::date(&case["last_ok_forward"]), "{case}");
        assert_eq!(
            last != vectors::date(&case["naive_backward"]),
            case["differs"].as_bool().unwrap(),
            "{case}"
        );
    }
}

#[test]
fn clause_15_2_renewal_notices_of_the_vectors() {
    for case in vectors::section("chatel_window") {
        let echeance = vectors::date(&case["echeance"]);
        assert_eq!(last_day_for_notice(echeance), vectors::date(&case["deadline"]), "{case}");
        let expected = (vectors::date(&case["from_"]), vectors::date(&case["to"]));
        assert_eq!(renewal_notice_window(echeance), expected, "{case}");
    }
}

#[test]
fn clause_6_1_in_force_from_the_first_day_and_renewed_without_a_word() {
    let term = term("2025-01-01", 12);
    for (today, in_force) in
        [("2024-12-31", false), ("2025-01-01", true), ("2026-01-01", true), ("2199-01-01", true)]
    {
        assert_eq!(term.in_force(on(today), None), in_force, "{today}");
    }
    assert_eq!(Months::default().get(), 12);
    assert_eq!(term.next_echeance(on("2025-12-31")), (1, on("2026-01-01")));
    assert_eq!(term.next_echeance(on("2026-01-01")), (2, on("2027-01-01")));
    assert_eq!(term.next_echeance(on("2020-01-01")), (1, on("2026-01-01")));
}

#[test]
fn clause_6_1_an_anniversary_on_29_february_comes_back() {
    let term = term("2024-02-29", 12);
    let echeances: Vec<String> = (1..=4).map(|k| term.echeance(k).to_string()).collect();
    assert_eq!(echeances, ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]);
}

#[test]
fn clause_6_3_a_day_late_is_a_term_more() {
    let term = term("2025-01-01", 12);
    for (notice, end, edge) in [
        ("2025-09-30", "2026-01-01", false),
        ("2025-10-01", "2026-01-01", true),
        ("2025-10-02", "2027-01-01", false),
    ] {
        let ending = term.ending(&[sent(notice)], NoticeCountsFrom::Sent).unwrap();
        assert_eq!((ending.on, ending.edge, ending.clause), (on(end), edge, "6.3"), "{notice}");
        let last = ending.on.yesterday().unwrap();
        assert!(term.in_force(last, Some(ending)) && !term.in_force(ending.on, Some(ending)), "{notice}");
    }
}

#[test]
fn clause_6_3_the_day_of_sending_counts_unless_configured_otherwise() {
    let term = term("2025-01-01", 12);
    let late_arrival = NoticeDays::new(Some(day("2025-09-30")), Some(day("2025-10-03"))).unwrap();
    let ending = |days: &[NoticeDays], from| term.ending(days, from);
    let by_sent = ending(&[late_arrival], NoticeCountsFrom::Sent).unwrap();
    assert_eq!((by_sent.on, by_sent.edge), (on("2026-01-01"), true));
    let by_receipt = ending(&[late_arrival], NoticeCountsFrom::Received).unwrap();
    assert_eq!((by_receipt.on, by_receipt.edge), (on("2027-01-01"), true));
    // The only day known counts.
    let only_received = NoticeDays::new(None, Some(day("2025-09-30"))).unwrap();
    assert_eq!(ending(&[only_received], NoticeCountsFrom::Sent).unwrap().on, on("2026-01-01"));
    assert_eq!(ending(&[sent("2025-09-30")], NoticeCountsFrom::Received).unwrap().on, on("2026-01-01"));
}

#[test]
fn clause_6_3_of_several_notices_the_earliest_end_counts() {
    let term = term("2025-01-01", 12);
    let notices = [sent("2026-03-01"), sent("2025-06-01"), sent("2025-12-01")];
    let ending = term.ending(&notices, NoticeCountsFrom::Sent).unwrap();
    assert_eq!((ending.on, ending.after_term), (on("2026-01-01"), 1));
    assert_eq!(term.ending(&[], NoticeCountsFrom::Sent), None);
}

#[test]
fn clause_6_2_a_move_abroad_ends_it_without_notice() {
    let ending = moved_abroad(day("2026-05-01"), day("2026-04-02"));
    assert_eq!((ending.on, ending.clause), (on("2026-05-01"), "6.2"));
    assert_eq!(moved_abroad(day("2026-05-01"), day("2026-06-02")).on, on("2026-06-02"));
}

#[test]
fn days_that_no_contract_bears_are_refused() {
    assert_eq!(Months::new(0), Err(BadTerm::Months(0)));
    assert_eq!(Months::new(601), Err(BadTerm::Months(601)));
    assert_eq!((Months::new(1).unwrap().get(), Months::new(600).unwrap().get()), (1, 600));
    for bad in ["1989-12-31", "2200-01-01"] {
        assert_eq!(Day::new(on(bad)), Err(BadTerm::Day(on(bad))));
    }
    for good in ["1990-01-01", "2199-12-31"] {
        assert_eq!(Day::new(on(good)).unwrap().date(), on(good));
    }
    assert_eq!(NoticeDays::new(None, None), Err(BadTerm::NoDay));
    let (sent, received) = (on("2026-03-02"), on("2026-03-01"));
    let backwards = NoticeDays::new(Some(day("2026-03-02")), Some(day("2026-03-01")));
    assert_eq!(backwards, Err(BadTerm::ReceivedBeforeSent { sent, received }));
    NoticeDays::new(Some(day("2026-03-02")), Some(day("2026-03-02"))).unwrap();
}

#[test]
fn the_longest_terms_of_the_latest_contracts_stay_in_the_calendar() {
    let term = term("2199-12-31", 600);
    assert_eq!(term.echeance(1), on("2249-12-31"));
    assert_eq!(term.ends_on(day("2199-12-31")), (1, on("2249-12-31")));
    assert_eq!(term.echeance(u32::MAX), Date::MAX);
}

fn contract_days() -> impl Strategy<Value = Date> {
    (0i64..40_000).prop_map(|n| date(1990, 1, 1).saturating_add(n.days()))
}

/// Month ends twice as often: clamping happens there.
fn days() -> impl Strategy<Value = Date> {
    prop_oneof![contract_days(), contract_days().prop_map(Date::last_of_month)]
}

fn terms() -> impl Strategy<Value = Term> {
    let months = prop_oneof![Just(1u32), Just(2), Just(3), Just(6), Just(12), Just(36), 1u32..=120];
    (days(), months)
        .prop_map(|(effective, months)| Term::new(Day::new(effective).unwrap(), Months::new(months).unwrap()))
}

proptest! {
    #[test]
    fn ends_agree_with_the_second_opinion(term in terms(), notice in days()) {
        let (k, end) = term.ends_on(Day::new(notice).unwrap());
        let (effective, months) = (oracle::ymd(term.effective_on()), i64::from(term.months().get()));
        prop_assert_eq!(oracle::ymd(end), oracle::ends_on(oracle::ymd(notice), effective, months));
        prop_assert_eq!(term.echeance(k), end);
        prop_assert!(end >= add_months(notice, NOTICE_MONTHS) && end > term.effective_on());
    }

    #[test]
    fn months_are_counted_as_the_second_opinion_does(day in days(), months in 0u32..700) {
        prop_assert_eq!(oracle::ymd(add_months(day, months)), oracle::months_on(oracle::ymd(day), months.into()));
    }

    #[test]
    fn a_later_notice_never_ends_sooner(term in terms(), notice in days(), later in 0i64..800) {
        let after = notice.saturating_add(later.days());
        let end = |day: Date| term.ends_on(Day::new(day).unwrap()).1;
        prop_assert!(end(notice) <= end(after));
    }

    #[test]
    fn echeances_only_go_on(term in terms(), k in 0u32..200) {
        prop_assert!(term.echeance(k) < term.echeance(k + 1));
        let (next, echeance) = term.next_echeance(term.echeance(k));
        prop_assert_eq!((next, echeance), (k + 1, term.echeance(k + 1)));
    }

    #[test]
    fn up_to_the_last_day_for_notice_it_is_in_time(term in terms(), k in 1u32..40, off in -40i64..=40) {
        let echeance = term.echeance(k);
        let last = last_day_for_notice(echeance);
        let notice = last.saturating_add(off.days());
        prop_assert_eq!(add_months(notice, NOTICE_MONTHS) <= echeance, off <= 0);
    }

    #[test]
    fn in_force_exactly_between_its_first_day_and_its_end(term in terms(), notice in days(), today in days()) {
        let ending = term.ending(&[NoticeDays::new(Some(Day::new(notice).unwrap()), None).unwrap()], NoticeCountsFrom::Sent);
        let end = ending.unwrap().on;
        prop_assert_eq!(term.in_force(today, ending), term.effective_on() <= today && today < end);
    }
}
