//! The yearly revaluation (clause 10.5): prices move each July by the last Syntec index known, against the one they were agreed on.

use aval_protocol::text::lines::Revalued;
use jiff::civil::{Date, date};

use super::{BadMoney, Cents, Index, revalued};
use crate::gate::hours::shown_day;

/// Which of the federation's two series an index belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Series {
    /// Until August 2022.
    Old,
    /// Revised in August 2022.
    Revised,
}

/// An index as it was published, about a month after the month it speaks of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Published {
    /// Its series.
    pub series: Series,
    /// The first day of its month.
    pub month: Date,
    /// Its value.
    pub index: Index,
    /// When it was published.
    pub on: Date,
}

/// The index of the newest month that was published on a day.
pub fn last_known(indices: &[Published], on: Date) -> Option<&Published> {
    indices.iter().filter(|one| one.on <= on).max_by_key(|one| one.month)
}

/// A price agreed on a day, as it is for a period that begins on another: each first of July in between moved it, and is told. Periods
/// that began before a July keep their price. The new index then is the base of the next July.
///
/// # Errors
/// [`BadMoney::NoIndex`] when an index is needed that nobody gave; [`BadMoney::Series`] when the newer index is of the older series.
pub fn revalue(
    agreed: Cents,
    agreed_on: Date,
    begins: Date,
    indices: &[Published],
) -> Result<(Cents, Vec<Revalued>), BadMoney> {
    let (mut price, mut changes) = (agreed, Vec::new());
    let mut base = None;
    for year in agreed_on.year()..=begins.year() {
        let july = date(year, 7, 1);
        if july <= agreed_on || july > begins {
            continue;
        }
        let known = |day| last_known(indices, day).copied().ok_or(BadMoney::NoIndex(day));
        let (before, last) = (base.map_or_else(|| known(agreed_on), Ok)?, known(july)?);
        base = Some(last);
        if last.month <= before.month {
            continue;
        }
        let linked = match (before.series, last.series) {
            (Series::Old, Series::Revised) => true,
            (Series::Revised, Series::Old) => return Err(BadMoney::Series(last.month)),
            _ => false,
        };
        let moved = revalued(price, before.index, last.index, linked)?;
        changes.push(Revalued {
            from: price.0,
            to: moved.0,
            base: before.index.0,
            last: last.index.0,
            on: shown_day(july),
            linked,
        });
        price = moved;
    }
    Ok((price, changes))
}
