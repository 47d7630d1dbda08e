//! `lines`: a contract's invoice lines from a document, as sentences, JSON or a table.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use aval_protocol::text::lines as text;
use jiff::civil::Date;

use super::explain::{bytes, unfit};
use super::say;
use crate::bill::{self, out as written};
use crate::gate::hours::shown_day;
use crate::money::lines::{Bill, Line};
use crate::money::payment::{Debit, Payment};

/// Reckons a document's lines.
pub(super) fn document(path: &Path, (json, csv): (bool, bool), out: &mut dyn Write) -> Result<()> {
    let (ask, bill) = bill::read(&bytes(path)?).map_err(|bad| unfit(path, &bad))?;
    if json {
        return Ok(writeln!(out, "{}", ask.json(&bill))?);
    }
    if csv {
        return Ok(write!(out, "{}", written::csv(&bill))?);
    }
    told(&bill, out)
}

pub(super) fn told(bill: &Bill, out: &mut dyn Write) -> Result<()> {
    for invoice in &bill.invoices {
        let last = invoice.until.yesterday().unwrap_or(invoice.from);
        let heading = text::invoice(shown_day(invoice.from), shown_day(last), invoice.total.0);
        say(out, |lang| lang.pick(&*heading.fr, &*heading.en).to_owned())?;
        invoice.lines.iter().try_for_each(|line| one(line, out))?;
        paid(&invoice.payment, out)?;
    }
    if !bill.waiting.is_empty() {
        say(out, |lang| text::waiting(lang).to_owned())?;
        bill.waiting.iter().try_for_each(|line| one(line, out))?;
    }
    if !bill.rejected.is_empty() {
        say(out, |lang| text::rejected(lang).to_owned())?;
        bill.rejected.iter().try_for_each(|line| one(line, out))?;
    }
    Ok(())
}

fn one(line: &Line, out: &mut dyn Write) -> Result<()> {
    say(out, |lang| {
        let said: Vec<_> = line.explained.iter().map(|said| lang.pick(&*said.fr, &*said.en)).collect();
        format!("  ({}) {}  {}", line.clause, text::amount(lang, line.amount.0), said.join(" "))
    })
}

fn paid(payment: &Payment, out: &mut dyn Write) -> Result<()> {
    let shown = |day: Date| shown_day(day);
    let due = text::due(payment.due.map(|due| (shown(due.received), shown(due.due))));
    say(out, |lang| format!("  {}", lang.pick(&*due.fr, &*due.en)))?;
    let debit = match payment.debit {
        Debit::None => return Ok(()),
        Debit::On(day) => text::debited(shown(day)),
        Debit::NoMandate => text::no_mandate(),
    };
    say(out, |lang| format!("  {}", lang.pick(&*debit.fr, &*debit.en)))
}
