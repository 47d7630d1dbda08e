//! When an invoice is to be paid (clauses 10.3, 10.4): fifteen days from its reception; by direct debit on the first of a month, with the
//! client's authorisation, on a day on which banks settle.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::{debited_on, due_on};
use crate::gate::hours::{easter, public_holiday};

/// How a client pays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Terms {
    /// By transfer, cheque or card: the client acts.
    ByClient,
    /// By direct debit; `mandate`: the authorisation is joined to the contract.
    Debit {
        /// Whether it is.
        mandate: bool,
    },
}

/// The days of a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Payment {
    /// When the invoice was received, due, late, and reminded of; `None` while nobody knows when it was received.
    pub due: Option<Due>,
    /// What the bank does.
    pub debit: Debit,
}

/// From an invoice's reception on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// The day of reception.
    pub received: Date,
    /// The last day in time, weekend or not.
    pub due: Date,
    /// The first day late.
    pub late_from: Date,
    /// The first working day from the day it is due on.
    pub reminder: Date,
}

/// What the bank does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Debit {
    /// Nothing: another way of paying, or nobody knows when the invoice was received.
    None,
    /// It collects on this day.
    On(Date),
    /// Nothing: the authorisation is missing.
    NoMandate,
}

impl Terms {
    /// The days of an invoice received on a day.
    pub fn payment(self, received: Option<Date>) -> Payment {
        let due = received.map(|received| {
            let due = due_on(received);
            let reminder = next(due, |day| is_weekend(day) || public_holiday(day).is_some());
            Due { received, due, late_from: due.saturating_add(1.day()), reminder }
        });
        let debit = match (self, due) {
            (Self::ByClient, _) => Debit::None,
            (Self::Debit { mandate: false }, _) => Debit::NoMandate,
            (Self::Debit { mandate: true }, None) => Debit::None,
            (Self::Debit { mandate: true }, Some(due)) => Debit::On(next(debited_on(due.due), banks_rest)),
        };
        Payment { due, debit }
    }
}

/// Whether the euro's banks settle nothing: weekends, New Year, Good Friday, Easter Monday, 1 May, 25 and 26 December (ECB, TARGET).
pub fn banks_rest(day: Date) -> bool {
    let easter = easter(day.year());
    let fixed = [(1, 1), (5, 1), (12, 25), (12, 26)];
    is_weekend(day)
        || fixed.contains(&(day.month(), day.day()))
        || [-2, 1].iter().any(|&days| easter.saturating_add(days.days()) == day)
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn next(mut day: Date, closed: impl Fn(Date) -> bool) -> Date {
    while closed(day)
        && let Ok(tomorrow) = day.tomorrow()
    {
        day = tomorrow;
    }
    day
}
