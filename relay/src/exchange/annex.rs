//! The list as the annex that the client and the firm sign (general terms, clauses 2.1 to 2.4): all of what its hash is made of that a
//! person can judge, the hash and the version on each page, and room for two signatures.
//!
//! The same list with the same approvals is the same bytes: a paper can be made again and compared.

mod font;
pub(in crate::exchange) mod ink;

use aval_protocol::text::Lang;
use aval_protocol::text::equipment::{Column, annex as say, date, entered};
use aval_protocol::text::inventory::grade;
use aval_protocol::wire::equipment::{Entered, EquipmentLine};

use self::ink::About;
use super::Shown;
use super::out::value;
use super::paper::{BOX, CELL, CELL_HEAD, LEADING, LEFT, Paper, RIGHT, STRONG, TEXT, TITLE};
use crate::coverage::{Approval, Means, today};
use crate::records::Party;

/// Why there is no paper.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the fonts inside this program are damaged: install it again")]
pub struct NoPaper;

/// A column of the paper: its name, its width, what a line says in it.
type Cell<'a> = (String, f32, Box<dyn Fn(&EquipmentLine) -> String + 'a>);

/// The annex as a PDF.
///
/// # Errors
/// [`NoPaper`], which a program that its makers tested never is.
pub fn pdf(lang: Lang, shown: &Shown<'_>) -> Result<Vec<u8>, NoPaper> {
    let list = shown.list;
    let mut paper = Paper::new(lang)?;
    paper.head(shown);
    let (ended, open): (Vec<_>, Vec<_>) = list.lines.iter().partition(|line| line.until.is_some());
    paper.heading(&say::open(lang, open.len()));
    if open.is_empty() {
        paper.paragraph(TEXT, say::none(lang));
    } else {
        paper.table(&columns(lang, false), &open);
    }
    if !ended.is_empty() {
        paper.heading(&say::ended(lang, ended.len()));
        paper.table(&columns(lang, true), &ended);
    }
    paper.signatures(shown);
    let hash = format!("SHA-256 {}", list.hash());
    paper.feet(&say::foot(lang, list.contract.as_str(), list.version), Some(&hash));
    let about = About {
        title: say::title(lang),
        author: shown.firm,
        lang: lang.pick("fr-FR", "en-GB"),
        day: list.from,
        id: list.hash().0,
    };
    paper.ink.finish(&about).ok_or(NoPaper)
}

fn columns(lang: Lang, ended: bool) -> Vec<Cell<'static>> {
    let of = move |column: Column| move |line: &EquipmentLine| value(lang, line, column).shown(lang);
    let named = |column: Column, width: f32| -> Cell<'static> {
        (column.name(lang).to_owned(), width, Box::new(of(column)))
    };
    let last: Cell<'static> = if ended {
        (say::until(lang).to_owned(), 68.28, Box::new(of(Column::Until)))
    } else {
        (Column::Grade.name(lang).to_owned(), 68.28, Box::new(move |line| state(lang, line)))
    };
    vec![
        named(Column::No, 22.0),
        named(Column::Kind, 50.0),
        named(Column::Label, 130.0),
        named(Column::Serial, 80.0),
        named(Column::Site, 64.0),
        named(Column::Class, 42.0),
        (Column::From.name(lang).to_owned(), 55.0, Box::new(move |line| since(lang, line))),
        last,
    ]
}

fn state(lang: Lang, line: &EquipmentLine) -> String {
    match &line.state {
        Some(state) => say::state(lang, grade(lang, state.grade), state.on),
        None => say::no_state(lang).to_owned(),
    }
}

/// Since when it is covered, and of what that comes.
fn since(lang: Lang, line: &EquipmentLine) -> String {
    let from = date(lang, line.from);
    match line.entered {
        Entered::Agreed => from,
        Entered::Notified(day) | Entered::Seen(day) => {
            format!("{from} ({} {})", entered(lang, line.entered), date(lang, day))
        }
    }
}

impl Paper {
    fn head(&mut self, shown: &Shown<'_>) {
        let (lang, list) = (self.lang, shown.list);
        self.paragraph(TITLE, say::title(lang));
        self.y += 8.0;
        let mut version = list.version.to_string();
        if let (Some(before), Some(earlier)) = (list.before, list.version.checked_sub(1)) {
            version = format!("{version} – {}", say::replaces(lang, earlier, &before.short()));
        }
        let rows = [
            (say::contract(lang), list.contract.to_string()),
            (say::client(lang), shown.client.to_owned()),
            (say::provider(lang), shown.firm.to_owned()),
            (say::version(lang), version),
            (say::holds_from(lang), date(lang, list.from)),
            (say::hash(lang), list.hash().to_string()),
        ];
        self.facts(&rows);
    }

    fn table(&mut self, columns: &[Cell<'_>], lines: &[&EquipmentLine]) {
        let head: Vec<String> = columns.iter().map(|(name, ..)| name.clone()).collect();
        let widths: Vec<f32> = columns.iter().map(|(_, width, _)| *width).collect();
        self.row(&widths, &head, CELL_HEAD);
        for line in lines {
            let cells: Vec<String> = columns.iter().map(|(_, _, says)| says(line)).collect();
            if self.room(self.height(&widths, &cells, CELL)) {
                self.row(&widths, &head, CELL_HEAD);
            }
            self.row(&widths, &cells, CELL);
        }
    }

    /// Two boxes side by side, what was approved already in them, on one page with what is signed.
    fn signatures(&mut self, shown: &Shown<'_>) {
        let lang = self.lang;
        let said = |party| {
            let mut found =
                shown.approvals.iter().filter(|said| said.party == party && said.list == shown.list.hash());
            found.next().map(|approval| approved(lang, approval)).unwrap_or_default()
        };
        let boxes =
            [(say::for_client(lang), said(Party::Client)), (say::for_provider(lang), said(Party::Provider))];
        let size = TEXT.1 * LEADING;
        let wrapped = boxes.map(|(title, said)| {
            let lines = if said.is_empty() { Vec::new() } else { self.ink.wrapped(TEXT, BOX - 16.0, &said) };
            (title, lines)
        });
        let most = wrapped.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0) as f32;
        let height = 138.0 + most * size;
        self.room(height + 70.0);
        self.y += 16.0;
        self.paragraph(TEXT, &say::signing(lang, shown.list.version));
        self.y += 10.0;
        for (x, (title, lines)) in [LEFT, RIGHT - BOX].into_iter().zip(wrapped) {
            self.ink.frame((x, self.y), (BOX, height));
            let mut y = self.y + 16.0;
            self.ink.text(STRONG, (x + 8.0, y), title);
            for line in &lines {
                y += size;
                self.ink.text(TEXT, (x + 8.0, y), line);
            }
            for field in say::fields(lang) {
                y += 24.0;
                self.ink.text(TEXT, (x + 8.0, y), field);
            }
        }
        self.y += height;
    }
}

fn approved(lang: Lang, approval: &Approval) -> String {
    let on = today(approval.at);
    match &approval.by {
        Means::Paper { reference, .. } => say::by_paper(lang, on, reference),
        Means::Machine { agent, .. } => say::by_machine(lang, on, &agent.to_string()),
        Means::Manager { person } => say::by_manager(lang, on, person.as_str()),
    }
}
