//! A contract's money as one document: prices, indices, volumes and receptions, from which its lines are reckoned with nothing guessed.

pub mod out;
pub mod shapes;

use jiff::civil::Date;

use crate::document::{self, Bad, Object};
use crate::gate::term::Day;
use crate::money::index::{Published, Series};
use crate::money::lines::{Account, Backup, Basis, Bill, Extra, ExtraKind, Price, TripCause};
use crate::money::payment::Terms;
use crate::money::{BACKUP_CENTS_PER_GB, BadMoney, Cents, Index, Period};
use aval_protocol::wire::session::WorkCategory;

/// A document's question: what do these days bring?
#[derive(Clone, Debug)]
pub struct Ask {
    /// The contract's reference.
    pub contract: String,
    /// The client's name.
    pub client: String,
    /// The first day looked at.
    pub from: Date,
    /// The first day not looked at.
    pub to: Date,
    /// The account.
    pub account: Account,
}

impl Ask {
    /// Its lines for programs.
    pub fn json(&self, bill: &Bill) -> serde_json::Value {
        out::json((&self.contract, &self.client), (self.from, self.to), bill)
    }
}

/// Reads a document and reckons its lines.
///
/// # Errors
/// [`Bad`]: what is wrong first, and where.
pub fn read(bytes: &[u8]) -> Result<(Ask, Bill), Bad> {
    let json = document::read(bytes, &shapes::BILL)?;
    let root = Object::whole(&json);
    let ask = ask(&root)?;
    let bill = ask.account.bill(ask.from, ask.to).map_err(|error| {
        let key =
            if matches!(error, BadMoney::NoIndex(_) | BadMoney::Series(_)) { "indices" } else { "prices" };
        root.bad(key, error.to_string())
    })?;
    Ok((ask, bill))
}

fn ask(root: &Object<'_>) -> Result<Ask, Bad> {
    let (from, to) = (root.need("from", root.day("from"))?.date(), root.need("to", root.day("to"))?.date());
    if to <= from {
        return Err(root.bad("to", "the last day lies after the first: check both days"));
    }
    let contract = root.need("contract", root.object("contract"))?;
    let signed_on = contract.need("signed_on", contract.day("signed_on"))?;
    let term = crate::facts::term(&contract, signed_on)?;
    let ends_on = contract.day("ends_on").map(Day::date);
    if ends_on.is_some_and(|end| end <= term.effective_on()) {
        return Err(contract.bad("ends_on", "a contract ends after it begins: check both days"));
    }
    let months = contract.need("period_months", contract.text("period_months"))?;
    let period = months.parse().ok().and_then(Period::from_months);
    let payment = root.need("payment", root.object("payment"))?;
    let terms = match payment.text("mode") {
        Some("direct_debit") => Terms::Debit { mandate: payment.object("mandate").is_some() },
        _ => Terms::ByClient,
    };
    let account = Account {
        term,
        ends_on,
        period: contract.need("period_months", period)?,
        prices: root.list("prices").objects().map(|one| price(&one, signed_on)).collect::<Result<_, _>>()?,
        listed: Vec::new(),
        rates: Vec::new(),
        indices: indices(root)?,
        backup: root.object("backup").map(|one| backup(&one)).transpose()?,
        volumes: volumes(root)?,
        onsite: contract.flag("onsite"),
        extras: root.list("extras").objects().map(|one| extra(&one)).collect::<Result<_, _>>()?,
        received: received(root)?,
        terms,
    };
    let text = |of: &Object<'_>, key| of.need(key, of.text(key)).map(str::to_owned);
    Ok(Ask { contract: text(&contract, "id")?, client: text(&contract, "client")?, from, to, account })
}

pub(crate) fn price(of: &Object<'_>, signed_on: Day) -> Result<Price, Bad> {
    let signed = of.day("signed_by_client_on").is_some() && of.day("signed_by_provider_on").is_some();
    let on = of.day("from").map(Day::date);
    let basis = match of.text("basis") {
        Some("notified") => Basis::Notified { on: of.need("from", on)?, signed },
        Some("seen_unlisted") => Basis::SeenUnlisted { on: of.need("from", on)?, signed },
        _ if on.is_some() => {
            let why = "what stands in the contract is charged from its first day: leave from out, or name the basis";
            return Err(of.bad("from", why));
        }
        _ => Basis::Contract,
    };
    Ok(Price {
        label: of.need("label", of.text("label"))?.to_owned(),
        quantity: of.need("quantity", of.whole_number("quantity"))?,
        unit: cents(of, "unit_cents")?,
        agreed_on: of.day("agreed_on").map(Day::date).or(on).unwrap_or(signed_on.date()),
        basis,
    })
}

fn cents(of: &Object<'_>, key: &str) -> Result<Cents, Bad> {
    of.need(key, of.whole_number(key)).map(Cents)
}

fn indices(root: &Object<'_>) -> Result<Vec<Published>, Bad> {
    let mut found: Vec<Published> = Vec::new();
    for of in root.list("indices").objects() {
        let one = index(&of)?;
        if found.iter().any(|other| other.month == one.month) {
            return Err(of.bad("month", "this month’s index is there already: keep one"));
        }
        found.push(one);
    }
    Ok(found)
}

pub(crate) fn index(of: &Object<'_>) -> Result<Published, Bad> {
    let series = if of.text("series") == Some("syntec_old") { Series::Old } else { Series::Revised };
    let month = month(of)?;
    let on = of.need("published_on", of.day("published_on"))?.date();
    if on <= month.last_of_month() {
        return Err(of.bad("published_on", "an index is published after its month: check both"));
    }
    let index = Index(of.need("value_tenths", of.whole_number("value_tenths"))?);
    Ok(Published { series, month, index, on })
}

pub(crate) fn backup(of: &Object<'_>) -> Result<Backup, Bad> {
    Ok(Backup {
        included_gb: of.need("included_gb", of.whole_number("included_gb"))?,
        cents_per_gb: of.whole_number("cents_per_gb").unwrap_or(BACKUP_CENTS_PER_GB),
    })
}

fn volumes(root: &Object<'_>) -> Result<Vec<(Date, u64)>, Bad> {
    let mut found: Vec<(Date, u64)> = Vec::new();
    for of in root.list("volumes").objects() {
        let one = volume(&of)?;
        if found.iter().any(|&(other, _)| other == one.0) {
            return Err(of.bad("month", "this month’s volume is there already: keep one"));
        }
        found.push(one);
    }
    Ok(found)
}

pub(crate) fn volume(of: &Object<'_>) -> Result<(Date, u64), Bad> {
    Ok((month(of)?, of.need("bytes", of.whole_number("bytes"))?))
}

fn received(root: &Object<'_>) -> Result<Vec<(Date, Date)>, Bad> {
    let mut found: Vec<(Date, Date)> = Vec::new();
    for of in root.list("receptions").objects() {
        let one = reception(&of)?;
        if found.iter().any(|&(other, _)| other == one.0) {
            return Err(of.bad("invoice_from", "this invoice’s reception is there already: keep one"));
        }
        found.push(one);
    }
    Ok(found)
}

pub(crate) fn reception(of: &Object<'_>) -> Result<(Date, Date), Bad> {
    let first = of.need("invoice_from", of.day("invoice_from"))?;
    let on = of.need("received_on", of.day("received_on"))?;
    Ok((first.date(), on.date()))
}

pub(crate) fn month(of: &Object<'_>) -> Result<Date, Bad> {
    let text = of.need("month", of.text("month"))?;
    shapes::month(text).map_err(|why| of.bad("month", why))
}

pub(crate) fn extra(of: &Object<'_>) -> Result<Extra, Bad> {
    let kind = match of.text("kind") {
        Some("part") => ExtraKind::Part,
        Some("software") => ExtraKind::Software,
        Some("warranty_part") => ExtraKind::WarrantyPart,
        Some("quoted_work") => {
            of.need("quote", of.text("quote"))?;
            ExtraKind::QuotedWork
        }
        Some("visit") => {
            let category = of.word("category", WorkCategory::ALL, WorkCategory::label);
            ExtraKind::Visit(of.need("category", category)?)
        }
        Some("trip") => ExtraKind::Trip(match of.need("cause", of.text("cause"))? {
            "client_absent" => TripCause::ClientAbsent,
            "site_unsafe" => TripCause::SiteUnsafe,
            _ => TripCause::Provider,
        }),
        _ => ExtraKind::BankFee,
    };
    Ok(Extra {
        kind,
        label: of.need("label", of.text("label"))?.to_owned(),
        on: of.need("on", of.day("on"))?.date(),
        amount: cents(of, "cents")?,
        included: of.flag("included"),
    })
}

#[cfg(test)]
mod tests;
