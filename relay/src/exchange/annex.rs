//! The list as the annex that the client and the firm sign (general terms, clauses 2.1 to 2.4): all of what its hash is made of that a
//! person can judge, the hash and the version on each page, and room for two signatures.
//!
//! The same list with the same approvals is the same bytes: a paper can be made again and compared.

mod font;
mod ink;

use aval_protocol::text::Lang;
use aval_protocol::text::equipment::{Column, annex as say, date, entered};
use aval_protocol::text::inventory::grade;
use aval_protocol::wire::equipment::{Entered, EquipmentLine};

use self::ink::{About, Face, HEIGHT, Ink, Type, WIDTH};
use super::Shown;
use super::out::value;
use crate::coverage::{Approval, Means, today};
use crate::records::Party;

/// Why there is no paper.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the fonts inside this program are damaged: install it again")]
pub struct NoPaper;

const LEFT: f32 = 42.0;
const RIGHT: f32 = WIDTH - LEFT;
const TOP: f32 = 46.0;
/// Below it stands the foot of the page.
const BOTTOM: f32 = HEIGHT - 56.0;
const TITLE: Type = Type(Face::Bold, 15.0);
const HEADING: Type = Type(Face::Bold, 10.0);
const TEXT: Type = Type(Face::Regular, 9.0);
const STRONG: Type = Type(Face::Bold, 9.0);
const CELL: Type = Type(Face::Regular, 7.2);
const CELL_HEAD: Type = Type(Face::Bold, 7.2);
const FOOT: Type = Type(Face::Regular, 6.4);
/// From one line of text to the next, by its size.
const LEADING: f32 = 1.25;
/// Around the text of a cell.
const PAD: f32 = 3.0;
const BOX: f32 = 250.0;

/// A column of the paper: its name, its width, what a line says in it.
type Cell<'a> = (String, f32, Box<dyn Fn(&EquipmentLine) -> String + 'a>);

/// The annex as a PDF.
///
/// # Errors
/// [`NoPaper`], which a program that its makers tested never is.
pub fn pdf(lang: Lang, shown: &Shown<'_>) -> Result<Vec<u8>, NoPaper> {
    let list = shown.list;
    let mut paper = Paper { ink: Ink::new().ok_or(NoPaper)?, lang, y: 0.0 };
    paper.page();
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
    paper.feet(shown);
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

struct Paper {
    ink: Ink,
    lang: Lang,
    /// Where the next thing begins, from the top.
    y: f32,
}

impl Paper {
    fn page(&mut self) {
        self.ink.page();
        self.y = TOP;
    }

    /// Begins a page when there is less room than this.
    fn room(&mut self, height: f32) -> bool {
        let full = self.y + height > BOTTOM;
        if full {
            self.page();
        }
        full
    }

    fn paragraph(&mut self, style: Type, text: &str) {
        for line in self.ink.wrapped(style, RIGHT - LEFT, text) {
            self.room(style.1 * LEADING);
            self.y += style.1 * LEADING;
            self.ink.text(style, (LEFT, self.y), &line);
        }
    }

    fn heading(&mut self, text: &str) {
        // Never the last thing on a page.
        self.room(90.0);
        self.y += 14.0;
        self.paragraph(HEADING, text);
        self.y += 5.0;
    }

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
        let (size, indent) = (TEXT.1 * LEADING, 120.0);
        for (label, value) in rows {
            self.ink.text(STRONG, (LEFT, self.y + size), label);
            for line in self.ink.wrapped(TEXT, RIGHT - LEFT - indent, &value) {
                self.y += size;
                self.ink.text(TEXT, (LEFT + indent, self.y), &line);
            }
            self.y += 2.0;
        }
    }

    fn table(&mut self, columns: &[Cell<'_>], lines: &[&EquipmentLine]) {
        let head: Vec<String> = columns.iter().map(|(name, ..)| name.clone()).collect();
        self.row(columns, &head, CELL_HEAD);
        for line in lines {
            let cells: Vec<String> = columns.iter().map(|(_, _, says)| says(line)).collect();
            let height = self.height(columns, &cells, CELL);
            if self.room(height) {
                self.row(columns, &head, CELL_HEAD);
            }
            self.row(columns, &cells, CELL);
        }
    }

    fn height(&self, columns: &[Cell<'_>], cells: &[String], style: Type) -> f32 {
        let lines = columns
            .iter()
            .zip(cells)
            .map(|((_, width, _), cell)| self.ink.wrapped(style, width - 2.0 * PAD, cell).len());
        // A cell has at most some hundred letters.
        lines.max().unwrap_or(1) as f32 * style.1 * LEADING + 2.0 * PAD
    }

    fn row(&mut self, columns: &[Cell<'_>], cells: &[String], style: Type) {
        let height = self.height(columns, cells, style);
        if style == CELL_HEAD {
            self.ink.shade((LEFT, self.y), (RIGHT - LEFT, height));
        }
        let mut x = LEFT;
        for ((_, width, _), cell) in columns.iter().zip(cells) {
            let mut y = self.y + PAD - style.1 * (LEADING - 1.0);
            for line in self.ink.wrapped(style, width - 2.0 * PAD, cell) {
                y += style.1 * LEADING;
                self.ink.text(style, (x + PAD, y), &line);
            }
            x += width;
        }
        self.y += height;
        self.ink.line((LEFT, self.y), (RIGHT, self.y), 0.4);
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

    fn feet(&mut self, shown: &Shown<'_>) {
        let (lang, list, pages) = (self.lang, shown.list, self.ink.pages());
        let left = say::foot(lang, list.contract.as_str(), list.version);
        let hash = format!("SHA-256 {}", list.hash());
        for page in 0..pages {
            let right = say::page(lang, page + 1, pages);
            let x = RIGHT - self.ink.width(FOOT, &right);
            let y = BOTTOM + 22.0;
            self.ink.text_on(page, FOOT, (LEFT, y), &left);
            self.ink.text_on(page, FOOT, (x, y), &right);
            self.ink.text_on(page, FOOT, (LEFT, y + FOOT.1 * LEADING), &hash);
        }
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
