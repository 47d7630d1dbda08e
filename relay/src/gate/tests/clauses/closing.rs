//! Clauses 4.2 and 6.3: when a session that begins now has to close, and the steps around it.

use aval_protocol::wire::closing::{Closes, Closing, Overrun};

use super::*;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

fn closing(facts: &Facts, now: UnixSeconds) -> Closing {
    permit(&request(), facts, now).closing()
}

/// Facts of that moment with one exception.
fn excepted(now: UnixSeconds, from: &str, until: &str) -> Facts {
    with_record(now, |record| record.exceptions = vec![exception(at(from), at(until))])
}

/// From the request to each step, in seconds.
fn steps(closing: &Closing) -> [u32; 6] {
    let Closing { warn_technician_s, warn_both_s, ask_s, view_only_s, end_s, hard_end_s, .. } = *closing;
    [warn_technician_s, warn_both_s, ask_s, view_only_s, end_s, hard_end_s]
}

#[test]
fn clause_4_2_the_steps_around_eighteen_o_clock() {
    let now = at("2026-11-18T17:00:00");
    let found = closing(&facts(now), now);
    let expected = [45 * MINUTE, 55 * MINUTE, HOUR, HOUR + 120, HOUR + 5 * MINUTE, HOUR + 30 * MINUTE];
    assert_eq!(steps(&found), expected);
    assert_eq!((found.what, found.closes_at, found.ends_at), (Closes::SupportHours, 18 * 60, 18 * 60 + 30));
    assert_eq!((found.ends_unanswered_at(), found.what.clause()), (18 * 60 + 5, "4.2"));
}

#[test]
fn clause_4_2_every_working_day_closes_at_eighteen_on_a_paris_clock() {
    // The last and the first working day around each change of clocks, a leap day's eve, and days of one policy's holidays.
    for day in
        ["2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26", "2028-02-29", "2026-07-14", "2026-12-25"]
    {
        for (time, left_s) in
            [("09:00:00", 9 * HOUR), ("12:30:30", 19_770), ("17:59:50", 10), ("17:59:59", 1)]
        {
            let now = at(&format!("{day}T{time}"));
            let found = closing(&facts(now), now);
            assert_eq!((found.ask_s, found.closes_at), (left_s, 18 * 60), "{day} {time}");
            assert!(found.is_lawful());
        }
    }
}

#[test]
fn clause_4_2_a_request_ten_seconds_before_closing_is_allowed_and_knows_it() {
    let now = at("2026-11-18T17:59:50");
    assert_eq!(steps(&closing(&facts(now), now)), [0, 0, 10, 130, 310, 1810]);
    let late = at("2026-11-18T18:00:00");
    assert_eq!(only(&request(), &facts(late), late), by(RefusalCode::OutOfHours, "4.2"));
}

#[test]
fn clause_4_2_an_exceptions_end_is_the_closing_time_of_its_sessions() {
    let now = at("2026-11-18T20:00:00");
    let facts = excepted(now, "2026-11-18T19:00:00", "2026-11-18T21:00:00");
    let found = closing(&facts, now);
    assert_eq!((found.what, found.ask_s, found.hard_end_s), (Closes::Exception, HOUR, HOUR + 30 * MINUTE));
    assert_eq!((found.closes_at, found.ends_at), (21 * 60, 21 * 60 + 30));

    // It goes on where the hours end: one opening. A gap, and the hours close.
    let now = at("2026-11-18T17:00:00");
    for (from, ask_s, what) in [
        ("2026-11-18T18:00:00", 4 * HOUR, Closes::Exception),
        ("2026-11-18T17:30:00", 4 * HOUR, Closes::Exception),
        ("2026-11-18T18:00:01", HOUR, Closes::SupportHours),
    ] {
        let found = closing(&excepted(now, from, "2026-11-18T21:00:00"), now);
        assert_eq!((found.ask_s, found.what), (ask_s, what), "{from}");
    }
}

#[test]
fn clause_4_2_an_exception_through_a_night_with_25_hours_is_counted_in_seconds() {
    // Sunday 25 October 2026: 3 o'clock in summer is 2 o'clock in winter.
    let now = at("2026-10-25T01:00:00");
    let found = closing(&excepted(now, "2026-10-25T00:30:00", "2026-10-25T04:00:00"), now);
    assert_eq!((found.ask_s, found.closes_at, found.ends_at), (4 * HOUR, 4 * 60, 4 * 60 + 30));
    // Sunday 29 March 2026: 2 o'clock is 3 o'clock.
    let now = at("2026-03-29T01:00:00");
    let found = closing(&excepted(now, "2026-03-29T00:30:00", "2026-03-29T04:00:00"), now);
    assert_eq!((found.ask_s, found.closes_at), (2 * HOUR, 4 * 60));
}

#[test]
fn clause_6_3_a_contract_that_lapses_at_midnight_closes_the_session_of_an_exception() {
    let lapsing = |now| {
        with_record(now, |record| {
            record.exceptions = vec![exception(at("2026-11-22T22:00:00"), at("2026-11-23T02:00:00"))];
            let contract = record.contract.as_mut().unwrap();
            contract.term = Term::new(day("2025-11-23"), Months::default());
            contract.notices = vec![notice("2026-01-05")];
        })
    };
    let now = at("2026-11-22T23:00:00");
    let found = closing(&lapsing(now), now);
    assert_eq!((found.what, found.ask_s, found.hard_end_s), (Closes::Contract, HOUR, HOUR + 30 * MINUTE));
    assert_eq!((found.closes_at, found.ends_at, found.what.clause()), (0, 30, "6.3"));
    // No resume after: a new request is refused.
    let after = at("2026-11-23T00:00:00");
    assert_eq!(only(&request(), &lapsing(after), after), by(RefusalCode::Lapsed, "6.3"));
}

#[test]
fn clause_4_2_the_firm_may_set_a_shorter_overrun_or_none() {
    let now = at("2026-11-18T17:00:00");
    let mut facts = facts(now);
    facts.rules.overrun = Overrun { length_s: 600, answer_s: 60, grace_s: 120 };
    assert_eq!(steps(&closing(&facts, now))[2..], [HOUR, HOUR + 60, HOUR + 120, HOUR + 600]);
    facts.rules.overrun = Overrun { length_s: 0, answer_s: 0, grace_s: 0 };
    assert_eq!(steps(&closing(&facts, now))[2..], [HOUR; 4]);
}
