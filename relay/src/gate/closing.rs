//! When a session that may begin now will have to close (clause 4.2): the end of support hours, of a manager's exception or of the
//! contract, whichever comes first, and the steps around it.
//!
//! A pure function of the facts at the request. It goes into the signed ticket; what is changed in the record afterwards – a suspension,
//! a list, another exception – is for the next session.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::closing::{Closes, Closing};

use super::hours::{self, Hours};
use super::reasons::{ending, holidays};
use super::{Facts, Request, when};
use crate::records::Contract;
use jiff::civil::Time;

/// When this session closes, if it is permitted now. Hours and exceptions that follow each other without a gap are one opening; one that
/// begins after closing does not reopen a session. Where nothing is open – no permit comes of that – it closes at once.
pub(super) fn of(request: &Request, facts: &Facts, contract: &Contract, now: UnixSeconds) -> Closing {
    let open_until = when::opening(request, facts, now).unwrap_or(now);
    let ends = ending(contract, facts).map(|ending| hours::moment(ending.on.to_datetime(Time::midnight())));
    let (closes, what) = match ends.filter(|&ends| ends <= open_until) {
        Some(ends) => (ends.max(now), Closes::Contract),
        None if closed_by_hours(open_until, facts) => (open_until, Closes::SupportHours),
        None => (open_until, Closes::Exception),
    };
    let overrun = facts.rules.overrun;
    let in_s = u32::try_from(closes.0.saturating_sub(now.0)).unwrap_or(u32::MAX);
    let ends_at = UnixSeconds(closes.0.saturating_add(i64::from(overrun.length_s)));
    Closing::after(in_s, overrun, what, minute(closes), minute(ends_at))
}

/// Whether it is the support hours that end at this moment.
fn closed_by_hours(at: UnixSeconds, facts: &Facts) -> bool {
    let before = UnixSeconds(at.0.saturating_sub(1));
    matches!(hours::at(before, holidays(facts)), Hours::Open { until } if until == at)
}

/// What a Paris clock shows, in minutes after midnight.
fn minute(at: UnixSeconds) -> u16 {
    let here = hours::paris(at);
    u16::from(here.hour().unsigned_abs()) * 60 + u16::from(here.minute().unsigned_abs())
}
