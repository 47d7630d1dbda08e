//! What a new version of the list changes in what is charged (clauses 2.4, 10.2): for each line that comes in, a part of the running
//! period and the whole of the later ones. Growth alone is adjusted: the contract gives nothing back within a period for what
//! leaves, which is charged until the period's end.

use std::collections::BTreeMap;

use aval_protocol::wire::equipment::{EquipmentLine, EquipmentList};
use aval_protocol::wire::inventory::Day;
use jiff::civil::Date;

use crate::money::{BadMoney, Cents, ProRata, pro_rata};

/// An amount for one line of each class, for one whole period, without tax.
pub type Tariff = BTreeMap<String, Cents>;

/// What one line changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LineEffect {
    /// It comes in.
    Comes {
        /// The line.
        no: u32,
        /// What of the running period is charged; none when it comes in later.
        now: Option<ProRata>,
        /// What each later period costs more.
        later: Cents,
    },
    /// It leaves: from the period after its last day on, its price is not charged.
    Leaves {
        /// The line.
        no: u32,
        /// What each later period costs less.
        later: Cents,
    },
    /// It is priced as another class.
    Reclassed {
        /// The line.
        no: u32,
        /// What each later period costs more, or less.
        later: Cents,
    },
    /// It comes in, and the tariff says nothing of its class: a person names a price.
    Unpriced {
        /// The line.
        no: u32,
        /// Its class.
        class: String,
    },
}

/// The effect of a version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Effect {
    /// By line.
    pub lines: Vec<LineEffect>,
    /// What is charged once, for the running period.
    pub now: Cents,
    /// What each later period costs more, or less.
    pub later: Cents,
}

/// What `new` changes against `old` in the period `[begins, ends)` that runs.
///
/// # Errors
/// [`BadMoney`] for a period that is none and for amounts beyond any contract's.
pub fn effect(
    old: Option<&EquipmentList>,
    new: &EquipmentList,
    tariff: &Tariff,
    (begins, ends): (Date, Date),
) -> Result<Effect, BadMoney> {
    let before = |no: u32| old.and_then(|list| list.lines.iter().find(|line| line.no == no));
    let mut effect = Effect { lines: Vec::new(), now: Cents(0), later: Cents(0) };
    for line in &new.lines {
        let price = |line: &EquipmentLine| tariff.get(line.class.as_str()).copied();
        let found = match before(line.no) {
            None if line.until.is_none() => match price(line) {
                None => LineEffect::Unpriced { no: line.no, class: line.class.to_string() },
                Some(unit) => {
                    let from = date(line.from);
                    let now = (from < ends).then(|| pro_rata(unit, (begins, ends), from)).transpose()?;
                    LineEffect::Comes { no: line.no, now, later: unit }
                }
            },
            Some(was) if was.until.is_none() && line.until.is_some() => {
                LineEffect::Leaves { no: line.no, later: Cents(-price(was).map_or(0, |unit| unit.0)) }
            }
            Some(was) if was.class != line.class => match price(line) {
                None => LineEffect::Unpriced { no: line.no, class: line.class.to_string() },
                Some(unit) => {
                    let was = price(was).map_or(0, |unit| unit.0);
                    LineEffect::Reclassed { no: line.no, later: Cents(unit.0.saturating_sub(was)) }
                }
            },
            _ => continue,
        };
        effect.add(&found)?;
        effect.lines.push(found);
    }
    Ok(effect)
}

impl Effect {
    fn add(&mut self, line: &LineEffect) -> Result<(), BadMoney> {
        let (now, later) = match line {
            LineEffect::Comes { now, later, .. } => (now.map_or(0, |part| part.amount.0), later.0),
            LineEffect::Leaves { later, .. } | LineEffect::Reclassed { later, .. } => (0, later.0),
            LineEffect::Unpriced { .. } => (0, 0),
        };
        self.now = Cents(self.now.0.checked_add(now).ok_or(BadMoney::Amount)?);
        self.later = Cents(self.later.0.checked_add(later).ok_or(BadMoney::Amount)?);
        Ok(())
    }
}

/// A day of the inventory's calendar in the contract's.
pub fn date(day: Day) -> Date {
    let (year, month, of) = day.parts();
    let year = i16::try_from(year).unwrap_or(i16::MAX);
    // A `Day` exists by its type; both calendars are the proleptic Gregorian.
    Date::new(year, i8::try_from(month).unwrap_or(1), i8::try_from(of).unwrap_or(1)).unwrap_or(Date::MAX)
}

/// A day of the contract's calendar in the inventory's; `None` outside of 1970 to 9999.
pub fn day(date: Date) -> Option<Day> {
    let part = |n: i8| u8::try_from(n).ok();
    Day::new(u16::try_from(date.year()).ok()?, part(date.month())?, part(date.day())?)
}
