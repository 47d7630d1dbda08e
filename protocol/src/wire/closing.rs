//! When support closes under a running session (clause 4.2), as the relay's signed ticket says it: seconds after its issue, so that
//! nobody's wall clock matters, and what a Paris clock shows then, for people.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::codes;

/// Longest time after closing that a firm may set, in seconds: an hour.
pub const MOST_OVERRUN_S: u32 = 3600;
/// How long before closing the technician hears of it, in seconds.
const WARN_TECHNICIAN_S: u32 = 15 * 60;
/// How long before closing both sides hear of it, in seconds.
const WARN_BOTH_S: u32 = 5 * 60;
/// Minutes of a day.
const DAY: u16 = 24 * 60;

codes::codes! {
    /// What closes.
    Closes {
        /// Support hours (clause 4.2).
        SupportHours = 1 "SUPPORT_HOURS",
        /// A manager's exception outside support hours (clause 4.2).
        Exception = 2 "EXCEPTION",
        /// The contract (clause 6.3).
        Contract = 3 "CONTRACT",
    }
}

/// How long a session may go on after closing: a firm's setting, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overrun {
    /// With the person's yes, until so long after closing.
    pub length_s: u32,
    /// The person has so long to answer; then mouse and keyboard are off.
    pub answer_s: u32,
    /// Without a yes, the end comes so long after closing.
    pub grace_s: u32,
}

/// When support closes under a session. All offsets are seconds after the ticket's `issued_at` by the relay's clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closing {
    /// What closes.
    pub what: Closes,
    /// The technician is told that it will.
    pub warn_technician_s: u32,
    /// Both are.
    pub warn_both_s: u32,
    /// It closes: the person is asked whether to go on.
    pub ask_s: u32,
    /// Without a yes by then the screen may only be seen.
    pub view_only_s: u32,
    /// Without a yes it is over then.
    pub end_s: u32,
    /// Over then, whatever was said.
    pub hard_end_s: u32,
    /// When it closes on a Paris clock, in minutes after midnight.
    pub closes_at: u16,
    /// The hard end on a Paris clock, in minutes after midnight.
    pub ends_at: u16,
}

/// What became of the question whether to go on after closing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Extension {
    /// The person is asked.
    Asked,
    /// The person said yes.
    Granted,
    /// The person said no: the session ends.
    Refused,
    /// Nobody answered: the screen may only be seen until the end.
    Unanswered,
}

// === impl Closes

impl Closes {
    /// The clause it rests on.
    pub const fn clause(self) -> &'static str {
        match self {
            Self::SupportHours | Self::Exception => "4.2",
            Self::Contract => "6.3",
            Self::Unknown(_) => "",
        }
    }
}

// === impl Overrun

impl Default for Overrun {
    fn default() -> Self {
        Self { length_s: 30 * 60, answer_s: 120, grace_s: 5 * 60 }
    }
}

impl Overrun {
    /// Whether it is one that may be set: an answer can be given, in order, within [`MOST_OVERRUN_S`]. Length 0 is none at all.
    pub const fn is_lawful(self) -> bool {
        self.length_s <= MOST_OVERRUN_S
            && (self.length_s == 0
                || (self.answer_s >= 10 && self.answer_s <= self.grace_s && self.grace_s <= self.length_s))
    }
}

// === impl Closing

impl Closing {
    /// What follows from closing `closes_in_s` seconds after the ticket's issue. `closes_at` and `ends_at`: minutes after midnight.
    pub const fn after(
        closes_in_s: u32,
        overrun: Overrun,
        what: Closes,
        closes_at: u16,
        ends_at: u16,
    ) -> Self {
        let Overrun { length_s, answer_s, grace_s } = overrun;
        let grace_s = if grace_s < length_s { grace_s } else { length_s };
        let answer_s = if answer_s < grace_s { answer_s } else { grace_s };
        Self {
            what,
            warn_technician_s: closes_in_s.saturating_sub(WARN_TECHNICIAN_S),
            warn_both_s: closes_in_s.saturating_sub(WARN_BOTH_S),
            ask_s: closes_in_s,
            view_only_s: closes_in_s.saturating_add(answer_s),
            end_s: closes_in_s.saturating_add(grace_s),
            hard_end_s: closes_in_s.saturating_add(length_s),
            closes_at,
            ends_at,
        }
    }

    /// The same, counted from a moment that many seconds later.
    #[must_use]
    pub const fn counted_later(self, seconds: u32) -> Self {
        Self {
            warn_technician_s: self.warn_technician_s.saturating_sub(seconds),
            warn_both_s: self.warn_both_s.saturating_sub(seconds),
            ask_s: self.ask_s.saturating_sub(seconds),
            view_only_s: self.view_only_s.saturating_sub(seconds),
            end_s: self.end_s.saturating_sub(seconds),
            hard_end_s: self.hard_end_s.saturating_sub(seconds),
            ..self
        }
    }

    /// Whether a ticket may say so: in order, within the longest overrun, on a clock's face, for a reason this program knows.
    pub fn is_lawful(&self) -> bool {
        let steps = [
            self.warn_technician_s,
            self.warn_both_s,
            self.ask_s,
            self.view_only_s,
            self.end_s,
            self.hard_end_s,
        ];
        steps.is_sorted()
            && self.hard_end_s - self.ask_s <= MOST_OVERRUN_S
            && self.closes_at < DAY
            && self.ends_at < DAY
            && !matches!(self.what, Closes::Unknown(_))
    }

    /// The end without a yes on a Paris clock, in minutes after midnight.
    pub fn ends_unanswered_at(&self) -> u16 {
        let minutes = u16::try_from((self.end_s - self.ask_s) / 60).unwrap_or(0);
        (self.closes_at + minutes) % DAY
    }

    /// The hard end, after the ticket's issue.
    pub const fn hard_end(&self) -> Duration {
        Duration::from_secs(self.hard_end_s as u64)
    }

    /// The end without a yes, after the ticket's issue.
    pub const fn end_without_yes(&self) -> Duration {
        Duration::from_secs(self.end_s as u64)
    }

    /// The closing itself, after the ticket's issue.
    pub const fn closes(&self) -> Duration {
        Duration::from_secs(self.ask_s as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_set_the_steps_are_in_order() {
        for length_s in [0, 60, 1800, 3600] {
            for (answer_s, grace_s) in [(0, 0), (120, 300), (300, 120), (9999, 9999)] {
                let overrun = Overrun { length_s, answer_s, grace_s };
                for closes_in_s in [0, 10, 600, 30_000, u32::MAX] {
                    let closing = Closing::after(closes_in_s, overrun, Closes::SupportHours, 1080, 1110);
                    assert!(closing.is_lawful(), "{closing:?}");
                }
            }
        }
    }

    #[test]
    fn what_a_ticket_may_not_say() {
        let usual = Closing::after(3600, Overrun::default(), Closes::SupportHours, 1080, 1110);
        assert_eq!(usual.ends_unanswered_at(), 18 * 60 + 5);
        let with = |change: fn(&mut Closing)| {
            let mut closing = usual;
            change(&mut closing);
            closing.is_lawful()
        };
        assert!(with(|_| {}));
        assert!(!with(|c| c.view_only_s = c.end_s + 1));
        assert!(!with(|c| c.hard_end_s = c.ask_s + MOST_OVERRUN_S + 1));
        assert!(!with(|c| c.closes_at = DAY));
        assert!(!with(|c| c.what = Closes::Unknown(9)));
    }

    #[test]
    fn an_overrun_may_be_none_and_is_never_endless() {
        assert!(Overrun::default().is_lawful());
        assert!(Overrun { length_s: 0, answer_s: 0, grace_s: 0 }.is_lawful());
        assert!(!Overrun { length_s: 3601, ..Overrun::default() }.is_lawful());
        assert!(!Overrun { grace_s: 60, ..Overrun::default() }.is_lawful());
        assert!(!Overrun { answer_s: 5, ..Overrun::default() }.is_lawful());
    }
}
