//! The lines that a contract's clauses make, one by one: what is charged, by which clause, how the amount comes about, what waits for
//! signatures, and what is no line of the client's at all. Proposals: a person checks and sends them, no accounting is done here.

use aval_protocol::text::gate::Sentence;
use aval_protocol::text::lines as text;
use aval_protocol::wire::session::WorkCategory;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::index::{Published, revalue};
use super::listed::{Listed, Rate};
use super::payment::{Payment, Terms};
use super::{BadMoney, Cents, Period, backup_overage, half_up};
use crate::gate::hours::shown_day;
use crate::gate::term::Term;

/// Everything that a contract's lines are made of.
#[derive(Clone, Debug)]
pub struct Account {
    /// The contract's terms: periods are anchored on the first day.
    pub term: Term,
    /// The first day after its end, if one is known.
    pub ends_on: Option<Date>,
    /// How often it is invoiced (10.1).
    pub period: Period,
    /// What is charged each period.
    pub prices: Vec<Price>,
    /// The equipment that both parties approved, or that is proposed to them: what it is charged goes by its days.
    pub listed: Vec<Listed>,
    /// What it costs, by class.
    pub rates: Vec<Rate>,
    /// Indices as published.
    pub indices: Vec<Published>,
    /// The backup option, if subscribed.
    pub backup: Option<Backup>,
    /// Volumes at the end of each month (its first day, bytes), with or without the option.
    pub volumes: Vec<(Date, u64)>,
    /// The on-site option was subscribed.
    pub onsite: bool,
    /// What is charged once.
    pub extras: Vec<Extra>,
    /// When invoices were received: by their first day.
    pub received: Vec<(Date, Date)>,
    /// How the client pays.
    pub terms: Terms,
}

/// A price for each period.
#[derive(Clone, Debug)]
pub struct Price {
    /// For people.
    pub label: String,
    /// How many.
    pub quantity: u32,
    /// For one, for one whole period.
    pub unit: Cents,
    /// The day on which it was agreed: revaluations begin there.
    pub agreed_on: Date,
    /// Where it comes from.
    pub basis: Basis,
}

/// Why something is charged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// It stands in the contract.
    Contract,
    /// Equipment that the client notified on that day (2.4, 10.2).
    Notified {
        /// The day.
        on: Date,
        /// Both parties have signed the list with it.
        signed: bool,
    },
    /// Equipment that was seen on that day and never notified (2.4).
    SeenUnlisted {
        /// The day.
        on: Date,
        /// Both parties have signed the list with it.
        signed: bool,
    },
}

/// The backup option (7.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Backup {
    /// Gigabytes included.
    pub included_gb: u32,
    /// Cents for each gigabyte beyond.
    pub cents_per_gb: u32,
}

/// Something charged once.
#[derive(Clone, Debug)]
pub struct Extra {
    /// What.
    pub kind: ExtraKind,
    /// For people.
    pub label: String,
    /// When.
    pub on: Date,
    /// How much; never less than zero.
    pub amount: Cents,
    /// Somebody wants it to be part of the contract's price.
    pub included: bool,
}

/// What may be charged once, and what may not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExtraKind {
    /// A part (2.5).
    Part,
    /// Software (2.5).
    Software,
    /// A part that the maker's warranty pays.
    WarrantyPart,
    /// Work by an accepted quote (2.6).
    QuotedWork,
    /// A visit on site for this kind of work (5.2, 5.3).
    Visit(WorkCategory),
    /// A trip for nothing.
    Trip(TripCause),
    /// The bank's fee of a direct debit (10.4).
    BankFee,
}

/// Why a trip was for nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TripCause {
    /// The premises were closed (5.5).
    ClientAbsent,
    /// Working there was impossible or dangerous (11.6).
    SiteUnsafe,
    /// The firm came late or called it off: no matter of the client's (5.5).
    Provider,
}

/// A line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What kind, for programs.
    pub kind: &'static str,
    /// For people.
    pub label: String,
    /// By which clause.
    pub clause: &'static str,
    /// Without tax.
    pub amount: Cents,
    /// How it comes about.
    pub explained: Vec<Sentence>,
}

/// An invoice to propose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invoice {
    /// Its first day.
    pub from: Date,
    /// The first day after it.
    pub until: Date,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Their sum.
    pub total: Cents,
    /// When it is to be paid.
    pub payment: Payment,
}

/// All that a window of days brings.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bill {
    /// In the order of their first days.
    pub invoices: Vec<Invoice>,
    /// Lines of equipment whose list both parties have not signed yet.
    pub waiting: Vec<Line>,
    /// What is no line of the client's, with the clause that says so.
    pub rejected: Vec<Line>,
}

impl Account {
    /// What falls into `[from, to)`: the periods and months that begin there, and what was charged once there.
    ///
    /// # Errors
    /// [`BadMoney`].
    pub fn bill(&self, from: Date, to: Date) -> Result<Bill, BadMoney> {
        let mut bill = Bill::default();
        for k in 0.. {
            let (begins, until) = (self.begins(k), self.begins(k + 1));
            let over = self.ends_on.is_some_and(|end| end <= begins);
            if begins >= to || over || until <= begins {
                break;
            }
            if begins >= from {
                let lines = self.period((begins, until), &mut bill.waiting)?;
                self.invoice((begins, until), lines, &mut bill)?;
            }
        }
        for &(month, bytes) in self.volumes.iter().filter(|(month, _)| (from..to).contains(month)) {
            self.month(month, bytes, &mut bill)?;
        }
        for extra in self.extras.iter().filter(|extra| (from..to).contains(&extra.on)) {
            match extra.judge(self.onsite) {
                Ok(line) => {
                    self.invoice((extra.on, extra.on.saturating_add(1.day())), vec![line], &mut bill)?
                }
                Err(line) => bill.rejected.push(line),
            }
        }
        bill.invoices.sort_by_key(|invoice| invoice.from);
        Ok(bill)
    }

    fn begins(&self, k: u32) -> Date {
        self.period.begins(self.term.effective_on(), k)
    }

    fn invoice(
        &self,
        (from, until): (Date, Date),
        lines: Vec<Line>,
        bill: &mut Bill,
    ) -> Result<(), BadMoney> {
        if lines.is_empty() {
            return Ok(());
        }
        let sum = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.amount.0));
        let received = self.received.iter().find(|(first, _)| *first == from).map(|(_, day)| *day);
        let total = Cents(sum.ok_or(BadMoney::Amount)?);
        bill.invoices.push(Invoice { from, until, lines, total, payment: self.terms.payment(received) });
        Ok(())
    }

    /// The lines of a period; those that wait for signatures go elsewhere.
    fn period(&self, (begins, until): (Date, Date), waiting: &mut Vec<Line>) -> Result<Vec<Line>, BadMoney> {
        let mut lines = Vec::new();
        let end = self.ends_on.map_or(until, |end| end.min(until));
        for listed in &self.listed {
            if let Some(line) = listed.line((begins, until), end, &self.rates, &self.indices)? {
                if listed.approved { lines.push(line) } else { waiting.push(line) }
            }
        }
        for price in &self.prices {
            let start = price.basis.since().map_or(begins, |since| since.max(begins));
            if start >= end {
                continue;
            }
            let (unit, changes) = revalue(price.unit, price.agreed_on, begins, &self.indices)?;
            let (days, of) = (super::days(start, end)?, super::days(begins, until)?);
            let whole = i128::from(unit.0) * i128::from(price.quantity);
            let amount = half_up(whole * i128::from(days), i128::from(of))?;
            let part = (days < of).then_some(text::Part { days, of });
            let last = end.yesterday().unwrap_or(start);
            let shown = (shown_day(start), shown_day(last));
            let mut explained = vec![text::price(&price.label, (price.quantity, unit.0), shown, part)];
            explained.extend(changes.iter().map(text::revalued));
            let (kind, clause) = price.basis.names(begins);
            let mut line = Line { kind, label: price.label.clone(), clause, amount, explained };
            if price.basis.is_signed() {
                lines.push(line);
            } else {
                line.explained.push(text::unsigned());
                waiting.push(line);
            }
        }
        Ok(lines)
    }

    /// A month's backups (7.1): a line only beyond the included volume, and none without the option.
    fn month(&self, month: Date, bytes: u64, bill: &mut Bill) -> Result<(), BadMoney> {
        let after_end = self.ends_on.is_some_and(|end| end <= month);
        if month.last_of_month() < self.term.effective_on() || after_end {
            return Ok(());
        }
        let label = shown_day(month).fr_month();
        let line = |amount, explained| Line { kind: "backup", label, clause: "7.1", amount, explained };
        let Some(Backup { included_gb, cents_per_gb }) = self.backup else {
            bill.rejected.push(line(Cents(0), vec![text::no_backup_option()]));
            return Ok(());
        };
        let amount = backup_overage(bytes, included_gb, cents_per_gb)?;
        if amount == Cents(0) {
            return Ok(());
        }
        let said = text::backup(shown_day(month), bytes, included_gb, cents_per_gb);
        let next = super::add_months(month, 1);
        self.invoice((month, next), vec![line(amount, vec![said])], bill)
    }
}

impl Basis {
    const fn since(self) -> Option<Date> {
        match self {
            Self::Contract => None,
            Self::Notified { on, .. } | Self::SeenUnlisted { on, .. } => Some(on),
        }
    }

    const fn is_signed(self) -> bool {
        match self {
            Self::Contract => true,
            Self::Notified { signed, .. } | Self::SeenUnlisted { signed, .. } => signed,
        }
    }

    /// The first period of added equipment is a share (10.2), or what the firm may claim (2.4); later ones are as any other.
    fn names(self, begins: Date) -> (&'static str, &'static str) {
        match self {
            Self::SeenUnlisted { .. } => ("claim", "2.4"),
            Self::Notified { on, .. } if on > begins => ("share", "10.2"),
            Self::Contract | Self::Notified { .. } => ("price", "10.1"),
        }
    }
}

impl Extra {
    /// A line, or why it is none.
    fn judge(&self, onsite: bool) -> Result<Line, Line> {
        let line = |kind, clause, said| {
            let explained = vec![said];
            Line { kind, label: self.label.clone(), clause, amount: self.amount, explained }
        };
        let once = || text::once(&self.label, shown_day(self.on));
        let free = self.included || self.amount == Cents(0);
        let is_included = crate::gate::is_included;
        match self.kind {
            ExtraKind::Part if free => Err(line("part", "2.5", text::never_included())),
            ExtraKind::Software if free => Err(line("software", "2.5", text::never_included())),
            ExtraKind::WarrantyPart if self.amount != Cents(0) => {
                Err(line("warranty_part", "2.5", text::never_included()))
            }
            ExtraKind::Part => Ok(line("part", "2.5", once())),
            ExtraKind::Software => Ok(line("software", "2.5", once())),
            ExtraKind::WarrantyPart => Ok(line("warranty_part", "2.5", once())),
            ExtraKind::QuotedWork => Ok(line("quoted_work", "2.6", once())),
            ExtraKind::Visit(category) if onsite && is_included(category) => {
                Err(line("visit", "5.2", text::visit_included()))
            }
            ExtraKind::Visit(category) => {
                Ok(line("visit", if is_included(category) { "5.2" } else { "5.3" }, once()))
            }
            ExtraKind::Trip(TripCause::ClientAbsent) => Ok(line("trip", "5.5", once())),
            ExtraKind::Trip(TripCause::SiteUnsafe) => Ok(line("trip", "11.6", once())),
            ExtraKind::Trip(TripCause::Provider) => Err(line("trip", "5.5", text::trip_not_the_clients())),
            ExtraKind::BankFee => Err(line("bank_fee", "10.4", text::fee_on_the_firm())),
        }
    }
}

#[cfg(test)]
mod tests;
