//! What machines need before they come into the list (clause 2.1): which of them do not do well, and the quote that mends one as a paper.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use aval_protocol::id::UnixSeconds;
use aval_protocol::text::Lang;
use aval_protocol::text::equipment::{import, quote as text};
use aval_protocol::text::inventory::check;
use aval_protocol::text::lines::amount;
use clap::Args;

use super::contract::{found, told};
use super::{Contract, bad, folder, refused, say, trouble};
use crate::coverage::effect;
use crate::coverage::entry::{faults, settled};
use crate::exchange::quote::{Quote, QuoteLine};
use crate::money::{Cents, Vat};
use crate::papers::{Kind, PaperRow, standing};
use crate::records::identity::FleetMachine;

/// Which quote becomes which paper.
#[derive(Args, Debug)]
pub(super) struct Asked {
    #[command(flatten)]
    contract: Contract,
    /// The number of a quote for remediation in the contract's papers; without one: which machines do not do well.
    #[arg(long)]
    quote: Option<String>,
    /// Writes the quote as the paper that the client answers.
    #[arg(long, value_name = "FILE", requires = "quote")]
    pdf: Option<PathBuf>,
    /// The rate of tax in percent: 20, 10, 5.5, 2.1 or 0.
    #[arg(long, default_value = "20", value_name = "PERCENT")]
    vat: String,
    /// In English.
    #[arg(long)]
    english: bool,
}

pub(super) fn run(asked: &Asked, out: &mut dyn Write, at: UnixSeconds) -> Result<()> {
    let store = folder::record(&asked.contract.data)?;
    let client = found(&store, &asked.contract.id, at)?.contract.client;
    let rows = store.papers(&asked.contract.id).map_err(refused)?;
    let fleet = store.fleet(&asked.contract.id).map_err(refused)?.unwrap_or_default();
    let Some(number) = &asked.quote else { return machines(&fleet, &rows, out) };
    let vat = Vat::of_percent(&asked.vat).ok_or_else(|| told(&text::no_rate(&asked.vat)))?;
    let firm = folder::firm(&asked.contract.data.data)?.profile().name.clone();
    let mut quote = read(number, &rows, &fleet).ok_or_else(|| told(&text::none(number)))?;
    (quote.client, quote.firm, quote.vat) = (client, firm, vat);
    quote.contract = asked.contract.id.clone();
    if quote.lines.is_empty() {
        return Err(told(&text::no_lines(number)));
    }
    let lang = if asked.english { Lang::En } else { Lang::Fr };
    let total = quote.total().map_err(bad)?;
    match &asked.pdf {
        Some(file) => {
            let path = file.display().to_string();
            fs::write(file, quote.pdf(lang).map_err(bad)?)
                .map_err(|error| trouble(|lang| import::unwritten(lang, &path, &error.to_string())))?;
            say(out, |lang| text::written(lang, &path, &amount(lang, total.gross)))
        }
        None => {
            for (fr, en) in &quote.found {
                say(out, |lang| format!("  {}", lang.pick(&**fr, &**en)))?;
            }
            for line in &quote.lines {
                let label = &line.label;
                say(out, |lang| format!("  {label}\u{a0}: {}", amount(lang, line.cents.0)))?;
            }
            let rate = vat.basis_points();
            say(out, |lang| {
                let sum = |cents| amount(lang, cents);
                let (net, tax, gross) = (text::net(lang), text::tax(lang, rate), text::gross(lang));
                format!("{net} {}, {tax} {}, {gross} {}", sum(total.net), sum(total.tax), sum(total.gross))
            })
        }
    }
}

/// Each machine that is failing or to be watched, with why, and whether that is settled.
fn machines(fleet: &[FleetMachine], rows: &[PaperRow], out: &mut dyn Write) -> Result<()> {
    let mut any = false;
    for one in fleet.iter().filter(|one| !one.row.standing.is_over()) {
        let found = faults(&one.says);
        if found.is_empty() {
            continue;
        }
        any = true;
        let (host, id) = (&one.row.facts.hostname, one.row.id.to_string());
        let done = settled(&[one.row.id], rows);
        say(out, |lang| text::machine_found(lang, host, &id, done))?;
        for fault in found {
            let row = check(fault);
            say(out, |lang| {
                format!("    {}{} {}", row.label.of(lang), lang.pick("\u{a0}:", ":"), row.value.of(lang))
            })?;
        }
    }
    if any { Ok(()) } else { say(out, |lang| text::all_good(lang).to_owned()) }
}

/// The quote as the papers have it; `None` without one for remediation of that number.
fn read(number: &str, rows: &[PaperRow], fleet: &[FleetMachine]) -> Option<Quote> {
    let all = || standing(rows).map(|(row, paper)| (row, paper.object()));
    let named = |of: &crate::document::Object<'_>| of.text("quote") == Some(number);
    let (row, of) = all()
        .find(|(row, of)| row.kind == Kind::Quote && named(of) && of.text("for") == Some("remediation"))?;
    let machine = fleet.iter().find(|one| Some(one.row.id) == row.agent)?;
    let called = crate::coverage::suggest::machine(&machine.says).and_then(|says| says.called());
    let found = faults(&machine.says).into_iter().map(|fault| {
        let row = check(fault);
        let both = |lang: Lang| {
            format!("{}{} {}", row.label.of(lang), lang.pick("\u{a0}:", ":"), row.value.of(lang))
        };
        (both(Lang::Fr), both(Lang::En))
    });
    let lines = all().filter(|(row, of)| row.kind == Kind::QuoteLine && named(of)).filter_map(|(_, of)| {
        Some(QuoteLine {
            kind: of.text("kind")?.to_owned(),
            label: of.text("label")?.to_owned(),
            cents: Cents(of.whole_number("cents")?),
        })
    });
    Some(Quote {
        number: number.to_owned(),
        on: effect::day(of.day("offered_on")?.date())?,
        what: of.text("what")?.to_owned(),
        contract: row.contract.clone()?,
        client: String::new(),
        firm: String::new(),
        machine: aval_protocol::text::fleet::label(called.as_deref(), &machine.row.facts.hostname),
        found: found.collect(),
        lines: lines.collect(),
        vat: Vat::NONE,
    })
}
