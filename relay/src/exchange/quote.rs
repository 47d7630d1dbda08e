//! The quote that mends a machine before it comes into the list (clause 2.1), as the paper that the client answers: what was found, what is
//! done about it and for how much, with tax, and room to say yes or no. Amounts are whole cents; tax is reckoned line by line.
//!
//! The same papers make the same bytes.

use aval_protocol::id::ContractId;
use aval_protocol::text::Lang;
use aval_protocol::text::equipment::{date, quote as say};
use aval_protocol::text::lines::amount;
use aval_protocol::wire::inventory::Day;
use aws_lc_rs::digest::{SHA256, digest};

use super::annex::NoPaper;
use super::annex::ink::About;
use super::paper::{BOX, CELL, CELL_HEAD, HEADING, LEFT, Paper, STRONG, TEXT, TITLE};
use crate::money::{BadMoney, Cents, Vat};

/// A quote for mending one machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quote {
    /// Its number.
    pub number: String,
    /// When it is handed over.
    pub on: Day,
    /// What for.
    pub what: String,
    /// Under which contract.
    pub contract: ContractId,
    /// The client.
    pub client: String,
    /// The firm.
    pub firm: String,
    /// The machine, as people call it.
    pub machine: String,
    /// What was found, the worst first: French and English.
    pub found: Vec<(String, String)>,
    /// What is done.
    pub lines: Vec<QuoteLine>,
    /// The tax.
    pub vat: Vat,
}

/// A line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuoteLine {
    /// `work`, `part`, `software`, `warranty_part`.
    pub kind: String,
    /// What for.
    pub label: String,
    /// Without tax.
    pub cents: Cents,
}

/// What a quote comes to, in cents.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Total {
    /// Without tax.
    pub net: i64,
    /// The tax: of each line, rounded once.
    pub tax: i64,
    /// With tax.
    pub gross: i64,
}

impl Quote {
    /// What it comes to.
    ///
    /// # Errors
    /// [`BadMoney::Amount`].
    pub fn total(&self) -> Result<Total, BadMoney> {
        self.lines.iter().try_fold(Total::default(), |sum, line| {
            let tax = self.vat.of(line.cents)?.0;
            let add = |to: i64, more: i64| to.checked_add(more).ok_or(BadMoney::Amount);
            let (net, tax) = (add(sum.net, line.cents.0)?, add(sum.tax, tax)?);
            Ok(Total { net, tax, gross: add(net, tax)? })
        })
    }

    /// The paper.
    ///
    /// # Errors
    /// [`NoPaper`], which a program that its makers tested never is; amounts beyond reckoning are one too.
    pub fn pdf(&self, lang: Lang) -> Result<Vec<u8>, NoPaper> {
        let total = self.total().map_err(|_| NoPaper)?;
        let mut paper = Paper::new(lang)?;
        paper.paragraph(TITLE, &say::title(lang, &self.number));
        paper.y += 8.0;
        paper.facts(&[
            (say::contract(lang), self.contract.to_string()),
            (say::client(lang), self.client.clone()),
            (say::provider(lang), self.firm.clone()),
            (say::machine(lang), self.machine.clone()),
            (say::on(lang), date(lang, self.on)),
            (say::what(lang), self.what.clone()),
        ]);
        paper.heading(say::found(lang));
        for (fr, en) in &self.found {
            paper.paragraph(TEXT, &format!("– {}", lang.pick(fr, en)));
        }
        if self.found.is_empty() {
            paper.paragraph(TEXT, say::nothing_found(lang));
        }
        paper.heading(say::lines(lang));
        self.table(&mut paper, lang);
        paper.y += 6.0;
        for (label, cents, style) in [
            (say::net(lang).to_owned(), total.net, TEXT),
            (say::tax(lang, self.vat.basis_points()), total.tax, TEXT),
            (say::gross(lang).to_owned(), total.gross, STRONG),
        ] {
            paper.right(style, &format!("{label}\u{a0}: {}", amount(lang, cents)));
        }
        paper.y += 8.0;
        paper.paragraph(TEXT, say::means(lang));
        self.answer(&mut paper, lang);
        paper.feet(&say::foot(lang, &self.number, self.contract.as_str()), None);
        let id = digest(&SHA256, format!("{self:?}").as_bytes());
        let mut sum = [0; 32];
        sum.copy_from_slice(id.as_ref());
        let about = About {
            title: &say::title(lang, &self.number),
            author: &self.firm,
            lang: lang.pick("fr-FR", "en-GB"),
            day: self.on,
            id: sum,
        };
        paper.ink.finish(&about).ok_or(NoPaper)
    }

    fn table(&self, paper: &mut Paper, lang: Lang) {
        let widths = [251.28, 80.0, 60.0, 60.0, 60.0];
        let head = say::columns(lang).map(str::to_owned);
        paper.row(&widths, &head, CELL_HEAD);
        for line in &self.lines {
            let tax = self.vat.of(line.cents).map_or(0, |tax| tax.0);
            let cells = [
                line.label.clone(),
                say::kind(lang, &line.kind).to_owned(),
                amount(lang, line.cents.0),
                amount(lang, tax),
                amount(lang, line.cents.0.saturating_add(tax)),
            ];
            if paper.room(paper.height(&widths, &cells, CELL)) {
                paper.row(&widths, &head, CELL_HEAD);
            }
            paper.row(&widths, &cells, CELL);
        }
    }

    /// Yes or no, by hand.
    fn answer(&self, paper: &mut Paper, lang: Lang) {
        let height = 120.0;
        paper.room(height + 40.0);
        paper.y += 12.0;
        paper.ink.frame((LEFT, paper.y), (BOX, height));
        paper.ink.text(HEADING, (LEFT + 8.0, paper.y + 16.0), say::answer(lang));
        let mut y = paper.y + 16.0;
        for field in say::fields(lang) {
            y += 24.0;
            paper.ink.text(TEXT, (LEFT + 8.0, y), field);
        }
        paper.y += height;
    }
}

#[cfg(test)]
mod tests;
