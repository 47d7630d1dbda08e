//! What a contract's clauses make of amounts: pro rata (10.2), due days (10.3, 10.4), yearly revaluation (10.5), backup beyond the
//! included volume (7.1). Pure, in whole cents without tax, rounded half up once per line; proposals that a person checks.

pub mod index;
pub mod lines;
pub mod listed;
pub mod payment;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::gate::term::add_months;

/// Days between an invoice's reception and the day it is due (clause 10.3).
pub const DUE_DAYS: i32 = 15;
/// Cents for each gigabyte (10⁹ bytes) beyond the included volume, unless agreed otherwise (clause 7.1).
pub const BACKUP_CENTS_PER_GB: u32 = 300;
/// Bytes of a gigabyte.
const GB: i128 = 1_000_000_000;
/// The Syntec federation revised its index in August 2022; 280.6/286.4 links the old series to the new one.
const LINK: (i128, i128) = (2806, 2864);

/// An amount in cents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Cents(pub i64);

/// How often a contract is invoiced (clause 10.1). Other periods do not exist.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Period {
    /// Each month.
    Monthly,
    /// Every three months.
    Quarterly,
    /// Every six months.
    HalfYearly,
    /// Each year.
    Yearly,
}

/// A part of a period's price.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProRata {
    /// Days that count.
    pub days: i32,
    /// Days of the period.
    pub of: i32,
    /// What is due.
    pub amount: Cents,
}

/// A Syntec index in tenths, as published: 280.6 is 2806.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Index(pub u32);

/// Amounts that can't be computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadMoney {
    /// A period that ends before it begins, or at once.
    #[error("a period must end after it begins: check both days")]
    Period,
    /// An index of zero.
    #[error("an index is never zero: check the published value")]
    Index,
    /// An index is needed that nobody gave.
    #[error("no Syntec index was known on {0}: add the last one published by then")]
    NoIndex(Date),
    /// The newer index is of the older series.
    #[error("the index of {0} is of the old series, the one before it of the revised one: check both")]
    Series(Date),
    /// Out of any contract's range.
    #[error("an amount beyond any contract's: check the unit price")]
    Amount,
}

/// A rate of value added tax, in hundredths of a percent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Vat(u16);

impl Vat {
    /// None at all.
    pub const NONE: Self = Self(0);
    /// The rates of France (CGI art. 278 to 281 quater), and none.
    const RATES: [u16; 5] = [2000, 1000, 550, 210, 0];

    /// From percent as people write it: `20`, `5,5`; `None` for what is no rate in France.
    pub fn of_percent(text: &str) -> Option<Self> {
        let (whole, part) = text.trim().split_once([',', '.']).unwrap_or((text.trim(), ""));
        let digits = |text: &str| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(part) {
            return None;
        }
        let rate = whole.parse::<u16>().ok()? * 100 + format!("{part:0<2}").parse::<u16>().ok()?;
        Self::RATES.contains(&rate).then_some(Self(rate))
    }

    /// In hundredths of a percent.
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// The tax on an amount without it, rounded once.
    ///
    /// # Errors
    /// [`BadMoney::Amount`].
    pub fn of(self, net: Cents) -> Result<Cents, BadMoney> {
        half_up(i128::from(net.0) * i128::from(self.0), 10_000)
    }
}

// === impl Period

impl Period {
    /// Its months.
    pub const fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::HalfYearly => 6,
            Self::Yearly => 12,
        }
    }

    /// From its months; `None` for any other number.
    pub const fn from_months(months: u32) -> Option<Self> {
        match months {
            1 => Some(Self::Monthly),
            3 => Some(Self::Quarterly),
            6 => Some(Self::HalfYearly),
            12 => Some(Self::Yearly),
            _ => None,
        }
    }

    /// The first day of the k-th period of a contract, anchored on its first day as its terms are.
    pub fn begins(self, effective_on: Date, k: u32) -> Date {
        add_months(effective_on, k.saturating_mul(self.months()))
    }
}

/// What equipment notified on a day costs for the rest of a period `[begins, ends)` (clause 10.2). Equipment from before costs all of it.
///
/// # Errors
/// [`BadMoney::Period`], [`BadMoney::Amount`].
pub fn pro_rata(unit: Cents, (begins, ends): (Date, Date), notified: Date) -> Result<ProRata, BadMoney> {
    let of = days(begins, ends)?;
    if of <= 0 {
        return Err(BadMoney::Period);
    }
    let days = days(notified.clamp(begins, ends), ends)?;
    let amount = half_up(i128::from(unit.0) * i128::from(days), i128::from(of))?;
    Ok(ProRata { days, of, amount })
}

/// The day an invoice received on that day is due: fifteen days later, the day of reception not counted (clause 10.3).
pub fn due_on(received: Date) -> Date {
    received.saturating_add(DUE_DAYS.days())
}

/// The day of the direct debit for an invoice due on that day: the first of a month, not before it is due (clause 10.4).
pub fn debited_on(due: Date) -> Date {
    if due.day() == 1 { due } else { add_months(due.first_of_month(), 1) }
}

/// A price revalued by the last published index (clause 10.5): P₁ = P₀ × S₁ / S₀; it may go down. A base index from before August 2022
/// is of the old series, to which the new one is linked.
///
/// # Errors
/// [`BadMoney::Index`], [`BadMoney::Amount`].
pub fn revalued(price: Cents, base: Index, last: Index, old_series: bool) -> Result<Cents, BadMoney> {
    if base.0 == 0 || last.0 == 0 {
        return Err(BadMoney::Index);
    }
    let (old, new) = if old_series { LINK } else { (1, 1) };
    half_up(i128::from(price.0) * i128::from(last.0) * new, i128::from(base.0) * old)
}

/// What a month's backups beyond the included volume cost (clause 7.1).
///
/// # Errors
/// [`BadMoney::Amount`].
pub fn backup_overage(used_bytes: u64, included_gb: u32, cents_per_gb: u32) -> Result<Cents, BadMoney> {
    let over = (i128::from(used_bytes) - i128::from(included_gb) * GB).max(0);
    half_up(over * i128::from(cents_per_gb), GB)
}

fn days(from: Date, to: Date) -> Result<i32, BadMoney> {
    from.until(to).map(|span| span.get_days()).map_err(|_| BadMoney::Period)
}

/// Rounded to whole cents, halves away from zero.
fn half_up(numerator: i128, denominator: i128) -> Result<Cents, BadMoney> {
    let doubled = 2 * numerator.abs() + denominator;
    let rounded = doubled / (2 * denominator) * numerator.signum();
    i64::try_from(rounded).map(Cents).map_err(|_| BadMoney::Amount)
}

#[cfg(test)]
mod tests;
