//! From papers to a contract's lines: what they make of prices, rhythm, volumes and quotes over some days. Proposals, explained one by one;
//! nothing that both sides have not agreed on is on an invoice.
//!
//! Rhythm, options, allowance and mandate change on days of their own: the days looked at are cut there, and each stretch is reckoned by
//! what holds on its first day.

use aval_protocol::text::gate::Sentence;
use aval_protocol::text::{lines, papers as text};
use aval_protocol::wire::equipment::{Entered, EquipmentLine, EquipmentList};
use jiff::civil::Date;

use super::judged::Judged;
use super::{Kind, PaperRow, standing};
use crate::bill;
use crate::coverage::Lists;
use crate::coverage::effect::{self, Tariff};
use crate::document::{Bad, Object};
use crate::gate::ends;
use crate::gate::hours::{self, shown_day};
use crate::gate::term::{Day, NoticeCountsFrom};
use crate::money::lines::{Account, Basis, Bill, Extra, ExtraKind, Line};
use crate::money::listed::{Came, Listed, Rate};
use crate::money::payment::Terms;
use crate::money::{BadMoney, Cents, Period};

/// The longest stretch that lines are reckoned for, in days: twenty years.
const LONGEST_DAYS: i32 = 7_305;
/// Periods of a contract at most: a century of months.
const MOST_PERIODS: u32 = 1_200;

/// Why there are no lines.
#[derive(Debug, thiserror::Error)]
pub enum NoLines {
    /// Something has to be written down first, or the days make no sense.
    #[error("{}", .0.en)]
    Said(Sentence),
    /// A paper is damaged.
    #[error(transparent)]
    Damaged(#[from] Bad),
}

/// What the papers make of the days `[from, to)`.
///
/// # Errors
/// [`NoLines`]: nobody wrote down how the contract is invoiced (10.1), or an index that is needed (10.5).
pub fn lines(
    judged: &Judged,
    rows: &[PaperRow],
    lists: &Lists,
    counts_from: NoticeCountsFrom,
    (from, to): (Date, Date),
) -> Result<Bill, NoLines> {
    let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
    if !(1..=LONGEST_DAYS).contains(&days) {
        return Err(NoLines::Said(text::days_of_lines()));
    }
    let found = Found { all: standing(rows).map(|(row, paper)| (row, paper.object())).collect() };
    let ends_on = ends::ending(&judged.contract, &judged.papers, counts_from).map(|ending| ending.on);
    let mut cuts = found.cuts(from, to);
    cuts.insert(0, from);
    let (rates, listed) = (found.rates()?, listed(lists));
    let by_list = !rates.is_empty() && listed.iter().any(|one| one.approved);
    let mut bill = Bill::default();
    for (n, &begins) in cuts.iter().enumerate() {
        let until = cuts.get(n + 1).copied().unwrap_or(to);
        let mut account = found.account(judged, ends_on, begins)?;
        if by_list {
            let replaced = by_the_list(&mut account, &listed, &rates);
            if n == 0 {
                bill.rejected.extend(replaced);
            }
        }
        let part = account.bill(begins, until).map_err(|error| NoLines::Said(money(&error)))?;
        bill.invoices.extend(part.invoices);
        bill.waiting.extend(part.waiting);
        bill.rejected.extend(part.rejected);
    }
    bill.waiting.extend(found.unanswered((from, to))?);
    Ok(bill)
}

/// What one line of the equipment list costs by its class, and the period that runs on a day.
///
/// # Errors
/// [`NoLines`]: nobody wrote down how the contract is invoiced (10.1).
pub fn tariff(judged: &Judged, rows: &[PaperRow], on: Date) -> Result<(Tariff, (Date, Date)), NoLines> {
    let found = Found { all: standing(rows).map(|(row, paper)| (row, paper.object())).collect() };
    let account = found.account(judged, None, on)?;
    let first = judged.contract.term.effective_on();
    let begins = |k| account.period.begins(first, k);
    let k = (0..=MOST_PERIODS).find(|&k| on < begins(k + 1)).unwrap_or(MOST_PERIODS);
    Ok((found.tariff(on)?, (begins(k), begins(k + 1))))
}

/// Where a list and its tariff say what equipment costs, they do, and no price that names signatures of its own says it twice. What was
/// agreed on from the start is in the contract's own price, where there is one.
fn by_the_list(account: &mut Account, listed: &[Listed], rates: &[Rate]) -> Vec<Line> {
    let (kept, replaced): (Vec<_>, Vec<_>) =
        std::mem::take(&mut account.prices).into_iter().partition(|price| price.basis == Basis::Contract);
    account.prices = kept;
    let whole = !account.prices.is_empty();
    let charged = listed.iter().filter(|one| !(whole && one.came == Came::Agreed));
    account.listed = charged.cloned().collect();
    account.rates = rates.to_vec();
    let said = |label| Line {
        kind: "price",
        label,
        clause: "2.2",
        amount: Cents(0),
        explained: vec![lines::list_decides()],
    };
    replaced.into_iter().map(|price| said(price.label)).collect()
}

/// The pieces of equipment of a contract's approved versions, and those that the newest proposal would add.
fn listed(lists: &Lists) -> Vec<Listed> {
    let approved = lists.approved_versions();
    let newest = approved.last().copied();
    let mut all: Vec<Listed> =
        newest.iter().flat_map(|list| &list.lines).map(|line| piece(line, &approved)).collect();
    if let Some(next) = lists.proposal() {
        let known = |no: u32| newest.is_some_and(|list| list.lines.iter().any(|line| line.no == no));
        let comes = next.lines.iter().filter(|line| !known(line.no));
        all.extend(comes.map(|line| Listed { approved: false, ..piece(line, &[next]) }));
    }
    all
}

fn piece(line: &EquipmentLine, versions: &[&EquipmentList]) -> Listed {
    let mut classes: Vec<(Date, String)> = Vec::new();
    for list in versions {
        let Some(then) = list.lines.iter().find(|then| then.no == line.no) else { continue };
        if classes.last().is_none_or(|(_, class)| class != then.class.as_str()) {
            let since = if classes.is_empty() { line.from } else { list.from };
            classes.push((effect::date(since), then.class.to_string()));
        }
    }
    Listed {
        no: line.no,
        label: line.label.to_string(),
        classes,
        from: effect::date(line.from),
        until: line.until.map(effect::date),
        came: match line.entered {
            Entered::Agreed => Came::Agreed,
            Entered::Notified(_) => Came::Notified,
            Entered::Seen(_) => Came::Seen,
        },
        approved: true,
    }
}

/// A rhythm that nobody wrote down: how a contract is invoiced.
fn money(error: &BadMoney) -> Sentence {
    match error {
        BadMoney::NoIndex(day) => text::no_index(shown_day(*day)),
        BadMoney::Series(day) => text::index_series(shown_day(*day)),
        BadMoney::Period | BadMoney::Index | BadMoney::Amount => text::beyond_reckoning(),
    }
}

struct Found<'a> {
    all: Vec<(&'a PaperRow, Object<'a>)>,
}

impl<'a> Found<'a> {
    fn of(&self, kind: Kind) -> impl Iterator<Item = &Object<'a>> {
        self.all.iter().filter(move |(row, _)| row.kind == kind).map(|(_, of)| of)
    }

    /// The days within on which something else begins to hold.
    fn cuts(&self, from: Date, to: Date) -> Vec<Date> {
        let changes = [Kind::Billing, Kind::Backup, Kind::Option, Kind::Mandate];
        let days =
            changes.iter().flat_map(|&kind| self.of(kind)).flat_map(|of| [of.day("from"), of.day("until")]);
        let mut days: Vec<Date> =
            days.flatten().map(Day::date).filter(|&day| from < day && day < to).collect();
        days.sort();
        days.dedup();
        days
    }

    /// The newest that holds on a day.
    fn since(&self, kind: Kind, on: Date) -> Option<&Object<'a>> {
        let all = self.of(kind).filter(|of| of.day("from").is_some_and(|from| from.date() <= on));
        all.max_by_key(|of| of.day("from"))
    }

    /// The newest amount of each class that holds on a day.
    fn tariff(&self, on: Date) -> Result<Tariff, NoLines> {
        let mut all: Vec<_> =
            self.of(Kind::Tariff).filter_map(|of| Some((of.day("from")?.date(), of))).collect();
        all.retain(|(from, _)| *from <= on);
        all.sort_by_key(|(from, _)| *from);
        let mut tariff = Tariff::new();
        for (_, of) in all {
            let class = of.need("equipment", of.text("equipment"))?.to_owned();
            tariff.insert(class, Cents(of.need("unit_cents", of.whole_number("unit_cents"))?));
        }
        Ok(tariff)
    }

    /// What a piece of each class costs, from which day on.
    fn rates(&self) -> Result<Vec<Rate>, Bad> {
        let rate = |of: &Object<'a>| {
            Ok(Rate {
                class: of.need("equipment", of.text("equipment"))?.to_owned(),
                from: of.need("from", of.day("from"))?.date(),
                unit: Cents(of.need("unit_cents", of.whole_number("unit_cents"))?),
            })
        };
        self.of(Kind::Tariff).map(rate).collect()
    }

    fn during(&self, kind: Kind, on: Date) -> impl Iterator<Item = &Object<'a>> {
        self.of(kind).filter(move |of| {
            of.day("from").is_some_and(|from| from.date() <= on)
                && of.day("until").is_none_or(|until| on < until.date())
        })
    }

    /// Whether an option is subscribed on a day; as `otherwise` where no paper speaks of it.
    fn option(&self, name: &str, on: Date, otherwise: bool) -> bool {
        let is_it = |of: &Object<'_>| of.text("option") == Some(name);
        let spoken = self.of(Kind::Option).any(is_it);
        if spoken { self.during(Kind::Option, on).any(is_it) } else { otherwise }
    }

    /// What holds on a day.
    fn account(&self, judged: &Judged, ends_on: Option<Date>, on: Date) -> Result<Account, NoLines> {
        let contract = &judged.contract;
        // The first rhythm holds from the contract's first day on.
        let first = || self.of(Kind::Billing).min_by_key(|of| of.day("from"));
        let rhythm = self.since(Kind::Billing, on).or_else(first);
        let rhythm = rhythm.ok_or_else(|| NoLines::Said(text::no_rhythm()))?;
        let period = rhythm.text("period_months").and_then(|months| months.parse().ok());
        let period = rhythm.need("period_months", period.and_then(Period::from_months))?;
        let allowance = self.since(Kind::Backup, on);
        let backup = allowance.filter(|_| self.option("backup", on, true)).map(bill::backup).transpose()?;
        let terms = match rhythm.text("mode") {
            Some("direct_debit") => Terms::Debit { mandate: self.during(Kind::Mandate, on).next().is_some() },
            _ => Terms::ByClient,
        };
        let mut extras: Vec<Extra> = self.of(Kind::Charge).map(bill::extra).collect::<Result<_, _>>()?;
        extras.extend(self.agreed()?);
        Ok(Account {
            term: contract.term,
            ends_on,
            period,
            prices: self
                .of(Kind::Price)
                .map(|of| bill::price(of, contract.signed_on))
                .collect::<Result<_, _>>()?,
            listed: Vec::new(),
            rates: Vec::new(),
            indices: self.of(Kind::Index).map(bill::index).collect::<Result<_, _>>()?,
            backup,
            volumes: self.of(Kind::Volume).map(bill::volume).collect::<Result<_, _>>()?,
            onsite: self.option("onsite", on, contract.onsite),
            extras,
            received: self.of(Kind::Reception).map(bill::reception).collect::<Result<_, _>>()?,
            terms,
        })
    }

    fn step(&self, quote: &str, step: &str) -> Option<Date> {
        let is_it = |of: &&Object<'_>| of.text("quote") == Some(quote) && of.text("step") == Some(step);
        self.of(Kind::QuoteStep).find(is_it).and_then(|of| of.moment("at")).map(hours::day)
    }

    /// Lines of quotes that were accepted, on the day of the yes.
    fn agreed(&self) -> Result<Vec<Extra>, Bad> {
        let mut all = Vec::new();
        for of in self.of(Kind::QuoteLine) {
            let quote = of.need("quote", of.text("quote"))?;
            if let Some(on) = self.step(quote, "accepted") {
                all.push(Extra {
                    kind: match of.text("kind") {
                        Some("part") => ExtraKind::Part,
                        Some("software") => ExtraKind::Software,
                        Some("warranty_part") => ExtraKind::WarrantyPart,
                        _ => ExtraKind::QuotedWork,
                    },
                    label: of.need("label", of.text("label"))?.to_owned(),
                    on,
                    amount: Cents(of.need("cents", of.whole_number("cents"))?),
                    included: of.flag("included"),
                });
            }
        }
        Ok(all)
    }

    /// Lines of quotes that were handed over in these days and that nobody has answered yet.
    fn unanswered(&self, (from, to): (Date, Date)) -> Result<Vec<Line>, Bad> {
        let mut all = Vec::new();
        for of in self.of(Kind::QuoteLine) {
            let quote = of.need("quote", of.text("quote"))?;
            let offered = self.of(Kind::Quote).find(|of| of.text("quote") == Some(quote));
            let offered = offered.and_then(|of| of.day("offered_on")).map(Day::date);
            let open = self.step(quote, "accepted").is_none() && self.step(quote, "refused").is_none();
            if let Some(on) = offered.filter(|on| open && (from..to).contains(on)) {
                let label = of.need("label", of.text("label"))?;
                let said = vec![lines::once(label, shown_day(on)), text::quote_unanswered(quote)];
                all.push(Line {
                    kind: "quote",
                    label: label.to_owned(),
                    clause: "2.6",
                    amount: Cents(of.need("cents", of.whole_number("cents"))?),
                    explained: said,
                });
            }
        }
        Ok(all)
    }
}
