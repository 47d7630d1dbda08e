//! When: the next opening, how long one lasts, when a refused request may succeed, and what a permit rests on.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::codes::RefusalCode;
use aval_protocol::wire::record::Reason;
use jiff::civil::Time;

use super::hours::{self, Hours};
use super::reasons::{contract, ending, exceptions, holidays};
use super::{Facts, Request};
use crate::records::Contract;

/// How often the search for a moment without objection may start anew: exceptions and openings alternate.
const MOST_STEPS: usize = 64;

/// The earliest moment at which the reasons that time alone mends are gone, without the contract's end in between.
pub(super) fn retry_at(
    request: &Request,
    reasons: &[Reason],
    facts: &Facts,
    now: UnixSeconds,
) -> Option<UnixSeconds> {
    let mended_by_time = |code| {
        matches!(code, RefusalCode::OutOfHours | RefusalCode::NotYetInForce | RefusalCode::TooManyRequests)
    };
    if !reasons.iter().any(|reason| mended_by_time(reason.code)) {
        return None;
    }
    let throttled = reasons.iter().any(|reason| reason.code == RefusalCode::TooManyRequests);
    let mut start = now.max(facts.throttled_until.filter(|_| throttled).unwrap_or(now));
    let mut ends = None;
    if let Some(contract) = contract(facts) {
        if reasons.iter().any(|reason| reason.code == RefusalCode::NotYetInForce) {
            start = start.max(hours::moment(contract.term.effective_on().to_datetime(Time::midnight())));
        }
        ends = ending(contract, facts).filter(|ending| ending.on > hours::day(now));
    }
    next_opening(request, facts, start).filter(|&at| ends.is_none_or(|ending| hours::day(at) < ending.on))
}

/// When a permit given now rests on something that time ends: the opening, or the contract.
pub(super) fn recheck_at(
    request: &Request,
    facts: &Facts,
    contract: &Contract,
    now: UnixSeconds,
) -> UnixSeconds {
    let closes = opening(request, facts, now).unwrap_or(now);
    let ends = ending(contract, facts)
        .map_or(closes, |ending| hours::moment(ending.on.to_datetime(Time::midnight())));
    closes.min(ends)
}

/// The first moment from this one on that support hours or an exception open.
pub(super) fn next_opening(request: &Request, facts: &Facts, from: UnixSeconds) -> Option<UnixSeconds> {
    let regular = support_opens(facts, from);
    let by_exception = exceptions(facts, request)
        .filter(|row| from < row.window.until)
        .map(|row| row.window.from.max(from))
        .min();
    regular.into_iter().chain(by_exception).min()
}

/// The first moment from this one on that somebody answers the phone: exceptions are for sessions.
pub(super) fn support_opens(facts: &Facts, from: UnixSeconds) -> Option<UnixSeconds> {
    hours::opens_next(from, holidays(facts))
}

/// Until when support hours and exceptions keep open without a gap, if they do now.
pub(super) fn opening(request: &Request, facts: &Facts, now: UnixSeconds) -> Option<UnixSeconds> {
    let mut until = None;
    for _ in 0..MOST_STEPS {
        let from = until.unwrap_or(now);
        let regular = match hours::at(from, holidays(facts)) {
            Hours::Open { until } => Some(until),
            _ => None,
        };
        let by_exception = exceptions(facts, request)
            .filter(|row| row.window.contains(from))
            .map(|row| row.window.until)
            .max();
        match regular.max(by_exception) {
            Some(later) => until = Some(later),
            None => break,
        }
    }
    until
}
