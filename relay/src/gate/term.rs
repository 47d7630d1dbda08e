//! How long a contract runs (clauses 6.1 to 6.3): anchored terms, tacit renewal, and which échéance a notice ends.
//!
//! A contract's échéances are anniversaries of its first day, E(k) = effective + k·n months, each counted from the anchor so
//! that a 29 February comes back. Months are counted forward from the act and clamped to the month's last day, as article 641
//! of the French code of civil procedure counts them. A notice ends the first échéance that lies at least three months after
//! it; a late one ends the next term. Nothing rolls to a working day.

use std::num::NonZeroU16;

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

/// Months between a notice and the échéance that it ends, at least (clause 6.3).
pub const NOTICE_MONTHS: u32 = 3;
/// The initial duration when the financial document states none (clause 6.1).
pub const DEFAULT_MONTHS: u16 = 12;

/// The first day of the calendar that a contract may use.
const FIRST: Date = date(1990, 1, 1);
/// The last one: terms are counted far past it without leaving jiff's calendar.
const LAST: Date = date(2199, 12, 31);

/// A term's length in months: 1 to 600.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Months(NonZeroU16);

/// A day that a contract's paper can bear: 1990 to 2199.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(Date);

/// When a contract began and how long each of its terms is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Term {
    effective_on: Day,
    months: Months,
    /// The first échéance, where the financial document names one of its own.
    first_echeance: Option<Day>,
}

/// Which of a notice's two days counts. Clause 6.3 says « par envoi »: the day of sending, unless the firm configures otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum NoticeCountsFrom {
    /// The postmark, if known.
    #[default]
    Sent,
    /// The day on the receipt, if known.
    Received,
}

/// The days of a notice. At least one is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoticeDays {
    sent: Option<Day>,
    received: Option<Day>,
}

/// When a contract ends, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ending {
    /// The first day on which it is no longer in force.
    pub on: Date,
    /// How many terms have run by then; 0 when a move abroad ended it.
    pub after_term: u32,
    /// A person should look: the notice is within a day of the limit, or only its sending was in time.
    pub edge: bool,
    /// The clause: `6.3`, `6.2` for a move abroad, `15.2` for a consumer who was not told of a renewal.
    pub clause: &'static str,
}

/// What is wrong with a contract's days.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadTerm {
    /// A month count outside 1 to 600.
    #[error(
        "a term has 1 to 600 months, not {0}: give the number of months that the financial document states"
    )]
    Months(u32),
    /// A day outside the years of contracts.
    #[error("{0} is outside {FIRST} to {LAST}: check the year")]
    Day(Date),
    /// A first échéance that is not after the first day.
    #[error("the first échéance {echeance} must lie after the first day {effective}: check both days")]
    Echeance {
        /// The first day.
        effective: Date,
        /// The échéance given.
        echeance: Date,
    },
    /// A notice without any day.
    #[error("a notice needs the day it was sent or the day it was received")]
    NoDay,
    /// Received before it was sent.
    #[error("a notice sent on {sent} can't have been received on {received}: check both days")]
    ReceivedBeforeSent {
        /// Day of sending.
        sent: Date,
        /// Day of reception.
        received: Date,
    },
}

/// A day some months later, clamped to the month's last day and the calendar's end.
pub fn add_months(day: Date, months: u32) -> Date {
    // A count past the calendar is refused by the span; the calendar's end is the answer then too.
    Span::new().try_months(months).map_or(Date::MAX, |months| day.saturating_add(months))
}

/// The last day on which a notice still ends this échéance.
pub fn last_day_for_notice(echeance: Date) -> Date {
    let mut last = echeance.saturating_sub(i64::from(NOTICE_MONTHS).months());
    // Months of different length: up to three later days count forward to the same échéance.
    while let Ok(next) = last.tomorrow()
        && add_months(next, NOTICE_MONTHS) <= echeance
    {
        last = next;
    }
    last
}

/// The days on which consumers and non-professionals must be told that they may refuse the renewal (code de la consommation,
/// L215-1): from three months to one month before the last day for notice, both included.
pub fn renewal_notice_window(echeance: Date) -> (Date, Date) {
    let deadline = last_day_for_notice(echeance);
    (deadline.saturating_sub(3.months()), deadline.saturating_sub(1.month()))
}

// === impl Months, Day

impl Months {
    /// Checks a month count.
    ///
    /// # Errors
    /// [`BadTerm::Months`] outside 1 to 600.
    pub fn new(months: u32) -> Result<Self, BadTerm> {
        u16::try_from(months)
            .ok()
            .filter(|&m| m <= 600)
            .and_then(NonZeroU16::new)
            .map(Self)
            .ok_or(BadTerm::Months(months))
    }

    /// The count.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl Default for Months {
    fn default() -> Self {
        Self(NonZeroU16::MIN.saturating_add(DEFAULT_MONTHS - 1))
    }
}

impl Day {
    /// Checks a day.
    ///
    /// # Errors
    /// [`BadTerm::Day`] outside 1990 to 2199.
    pub fn new(day: Date) -> Result<Self, BadTerm> {
        if (FIRST..=LAST).contains(&day) { Ok(Self(day)) } else { Err(BadTerm::Day(day)) }
    }

    /// The day.
    pub const fn date(self) -> Date {
        self.0
    }
}

// === impl NoticeDays

impl NoticeDays {
    /// Checks a notice's days.
    ///
    /// # Errors
    /// [`BadTerm`] when both are missing or in the wrong order.
    pub fn new(sent: Option<Day>, received: Option<Day>) -> Result<Self, BadTerm> {
        match (sent, received) {
            (None, None) => Err(BadTerm::NoDay),
            (Some(Day(sent)), Some(Day(received))) if received < sent => {
                Err(BadTerm::ReceivedBeforeSent { sent, received })
            }
            _ => Ok(Self { sent, received }),
        }
    }

    /// Day of sending.
    pub const fn sent(self) -> Option<Day> {
        self.sent
    }

    /// Day of reception.
    pub const fn received(self) -> Option<Day> {
        self.received
    }

    /// The day that counts by the firm's setting; the only one known counts anyway.
    pub(super) fn counts(self, from: NoticeCountsFrom) -> Option<Day> {
        match from {
            NoticeCountsFrom::Sent => self.sent.or(self.received),
            NoticeCountsFrom::Received => self.received.or(self.sent),
        }
    }
}

// === impl Term

impl Term {
    /// A contract in force from this day, in terms of so many months.
    pub const fn new(effective_on: Day, months: Months) -> Self {
        Self { effective_on, months, first_echeance: None }
    }

    /// The same with a first échéance that the financial document names; the others follow it in whole terms.
    ///
    /// # Errors
    /// [`BadTerm::Echeance`] unless it lies after the first day.
    pub fn falling_due(self, first: Day) -> Result<Self, BadTerm> {
        if first > self.effective_on {
            Ok(Self { first_echeance: Some(first), ..self })
        } else {
            Err(BadTerm::Echeance { effective: self.effective_on(), echeance: first.0 })
        }
    }

    /// The first day in force.
    pub const fn effective_on(self) -> Date {
        self.effective_on.0
    }

    /// The length of each term.
    pub const fn months(self) -> Months {
        self.months
    }

    /// The k-th échéance, E(k), anchored on the first day or on the échéance that the financial document names; E(0) is the first day.
    pub fn echeance(self, k: u32) -> Date {
        let after =
            |anchor: Day, terms: u32| add_months(anchor.0, terms.saturating_mul(self.months.get().into()));
        match (self.first_echeance, k.checked_sub(1)) {
            (Some(first), Some(further)) => after(first, further),
            _ => after(self.effective_on, k),
        }
    }

    /// The first échéance after a day, and its number.
    pub fn next_echeance(self, after: Date) -> (u32, Date) {
        self.first_one(|e| e > after)
    }

    /// The échéance that a notice given on this day ends, and its number.
    pub fn ends_on(self, notice: Day) -> (u32, Date) {
        self.ends_on_date(notice.0)
    }

    pub(super) fn ends_on_date(self, notice: Date) -> (u32, Date) {
        let earliest = add_months(notice, NOTICE_MONTHS);
        self.first_one(|e| e >= earliest)
    }

    /// Which end several notices bring: the earliest. `None` while there is no notice: the contract renews itself.
    pub fn ending(self, notices: &[NoticeDays], from: NoticeCountsFrom) -> Option<Ending> {
        notices.iter().filter_map(|notice| self.ending_by(*notice, from)).min_by_key(|ending| ending.on)
    }

    /// Whether the contract is in force on a day: `[effective, end)`.
    pub fn in_force(self, day: Date, ending: Option<Ending>) -> bool {
        self.effective_on() <= day && ending.is_none_or(|ending| day < ending.on)
    }

    fn ending_by(self, notice: NoticeDays, from: NoticeCountsFrom) -> Option<Ending> {
        let counts = notice.counts(from)?;
        let (after_term, on) = self.ends_on(counts);
        let on_the_limit = add_months(counts.0, NOTICE_MONTHS) == on;
        let other_day =
            [notice.sent, notice.received].into_iter().flatten().any(|day| self.ends_on(day).1 != on);
        Some(Ending { on, after_term, edge: on_the_limit || other_day, clause: "6.3" })
    }

    fn first_one(self, wanted: impl Fn(Date) -> bool) -> (u32, Date) {
        let mut k = 1;
        loop {
            let echeance = self.echeance(k);
            // The calendar's end stops the count; days of contracts never come near it.
            if wanted(echeance) || echeance == Date::MAX {
                return (k, echeance);
            }
            k += 1;
        }
    }
}

/// The end that a move abroad brings (clause 6.2): the later of the move and the letter, without notice.
pub fn moved_abroad(moved_on: Day, letter_on: Day) -> Ending {
    Ending { on: moved_on.0.max(letter_on.0), after_term: 0, edge: false, clause: "6.2" }
}

#[cfg(test)]
mod tests;
