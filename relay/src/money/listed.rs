//! The lines that the approved list of equipment makes (clauses 2.2, 2.4, 10.2): each piece by the day it came in, at the price of its
//! class, from the tariff in the contract's papers. Growth is charged by the day; what leaves stays due until its period ends, as nothing
//! is given back within one.

use aval_protocol::text::lines as text;
use jiff::civil::Date;

use super::index::{Published, revalue};
use super::lines::Line;
use super::{BadMoney, Cents, half_up};
use crate::gate::hours::shown_day;

/// A piece of equipment as the versions of the list have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its line's number.
    pub no: u32,
    /// What people call it.
    pub label: String,
    /// What it is priced as, and from which day on; the first from its first day.
    pub classes: Vec<(Date, String)>,
    /// Its first day.
    pub from: Date,
    /// The first day on which it is covered no longer.
    pub until: Option<Date>,
    /// How it came in.
    pub came: Came,
    /// Both parties have approved a version that has it.
    pub approved: bool,
}

/// How a piece of equipment came into the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    /// Agreed on from the start.
    Agreed,
    /// Notified by the client.
    Notified,
    /// Seen, and never notified.
    Seen,
}

/// The price of one piece of a class for one whole period, from a day on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rate {
    /// The class.
    pub class: String,
    /// The first day; revaluations begin there (10.5).
    pub from: Date,
    /// The price, without tax.
    pub unit: Cents,
}

impl Listed {
    /// Its line in the period `[begins, until)` of a contract that ends on `end` at the latest; none where it costs nothing there.
    ///
    /// # Errors
    /// [`BadMoney`].
    pub fn line(
        &self,
        (begins, until): (Date, Date),
        end: Date,
        rates: &[Rate],
        indices: &[Published],
    ) -> Result<Option<Line>, BadMoney> {
        let start = self.from.max(begins);
        if start >= end || self.until.is_some_and(|gone| gone <= begins || gone <= self.from) {
            return Ok(None);
        }
        let Some(rate) = self.rate(start, rates) else { return Ok(None) };
        let (unit, changes) = revalue(rate.unit, rate.from, begins, indices)?;
        let (days, of) = (super::days(start, end)?, super::days(begins, until)?);
        let amount = half_up(i128::from(unit.0) * i128::from(days), i128::from(of))?;
        let part = (days < of).then_some(text::Part { days, of });
        let label = text::listed(self.no, &self.label);
        let last = end.yesterday().unwrap_or(start);
        let mut explained = vec![text::price(&label, (1, unit.0), (shown_day(start), shown_day(last)), part)];
        explained.extend(changes.iter().map(text::revalued));
        if self.until.is_some_and(|gone| gone < end) {
            explained.push(text::due_until_its_end());
        }
        if !self.approved {
            explained.push(text::unapproved());
        }
        let (kind, clause) = match self.came {
            Came::Seen if self.from >= begins => ("claim", "2.4"),
            Came::Notified | Came::Seen if self.from > begins => ("share", "10.2"),
            _ => ("price", "10.1"),
        };
        Ok(Some(Line { kind, label, clause, amount, explained }))
    }

    /// What it costs from a day on: its class's newest price by then, or the first there is.
    fn rate<'a>(&self, on: Date, rates: &'a [Rate]) -> Option<&'a Rate> {
        let (_, class) =
            self.classes.iter().rev().find(|(since, _)| *since <= on).or(self.classes.first())?;
        rates.iter().filter(|rate| rate.class == *class && rate.from <= on).max_by_key(|rate| rate.from)
    }
}

#[cfg(test)]
mod tests;
