//! How a paper is laid out, whichever it is: text that wraps, tables whose head comes again on each page, the foot of every page.

use aval_protocol::text::Lang;
use aval_protocol::text::equipment::annex as say;

use super::annex::NoPaper;
use super::annex::ink::{Face, HEIGHT, Ink, Type, WIDTH};

pub(super) const LEFT: f32 = 42.0;
pub(super) const RIGHT: f32 = WIDTH - LEFT;
const TOP: f32 = 46.0;
/// Below it stands the foot of the page.
const BOTTOM: f32 = HEIGHT - 56.0;
pub(super) const TITLE: Type = Type(Face::Bold, 15.0);
pub(super) const HEADING: Type = Type(Face::Bold, 10.0);
pub(super) const TEXT: Type = Type(Face::Regular, 9.0);
pub(super) const STRONG: Type = Type(Face::Bold, 9.0);
pub(super) const CELL: Type = Type(Face::Regular, 7.2);
pub(super) const CELL_HEAD: Type = Type(Face::Bold, 7.2);
const FOOT: Type = Type(Face::Regular, 6.4);
/// From one line of text to the next, by its size.
pub(super) const LEADING: f32 = 1.25;
/// Around the text of a cell.
const PAD: f32 = 3.0;
/// Wide enough to sign in.
pub(super) const BOX: f32 = 250.0;

/// A paper that is being written.
pub(super) struct Paper {
    pub(super) ink: Ink,
    pub(super) lang: Lang,
    /// Where the next thing begins, from the top.
    pub(super) y: f32,
}

impl Paper {
    pub(super) fn new(lang: Lang) -> Result<Self, NoPaper> {
        let mut paper = Self { ink: Ink::new().ok_or(NoPaper)?, lang, y: 0.0 };
        paper.page();
        Ok(paper)
    }

    fn page(&mut self) {
        self.ink.page();
        self.y = TOP;
    }

    /// Begins a page when there is less room than this.
    pub(super) fn room(&mut self, height: f32) -> bool {
        let full = self.y + height > BOTTOM;
        if full {
            self.page();
        }
        full
    }

    pub(super) fn paragraph(&mut self, style: Type, text: &str) {
        for line in self.ink.wrapped(style, RIGHT - LEFT, text) {
            self.room(style.1 * LEADING);
            self.y += style.1 * LEADING;
            self.ink.text(style, (LEFT, self.y), &line);
        }
    }

    /// One line at the right edge.
    pub(super) fn right(&mut self, style: Type, text: &str) {
        self.room(style.1 * LEADING);
        self.y += style.1 * LEADING;
        let x = RIGHT - self.ink.width(style, text);
        self.ink.text(style, (x, self.y), text);
    }

    pub(super) fn heading(&mut self, text: &str) {
        // Never the last thing on a page.
        self.room(90.0);
        self.y += 14.0;
        self.paragraph(HEADING, text);
        self.y += 5.0;
    }

    /// Labels with their values beside them.
    pub(super) fn facts(&mut self, rows: &[(&str, String)]) {
        let (size, indent) = (TEXT.1 * LEADING, 120.0);
        for (label, value) in rows {
            self.ink.text(STRONG, (LEFT, self.y + size), label);
            for line in self.ink.wrapped(TEXT, RIGHT - LEFT - indent, value) {
                self.y += size;
                self.ink.text(TEXT, (LEFT + indent, self.y), &line);
            }
            self.y += 2.0;
        }
    }

    pub(super) fn height(&self, widths: &[f32], cells: &[String], style: Type) -> f32 {
        let lines = widths
            .iter()
            .zip(cells)
            .map(|(width, cell)| self.ink.wrapped(style, width - 2.0 * PAD, cell).len());
        // A cell has at most some hundred letters.
        lines.max().unwrap_or(1) as f32 * style.1 * LEADING + 2.0 * PAD
    }

    pub(super) fn row(&mut self, widths: &[f32], cells: &[String], style: Type) {
        let height = self.height(widths, cells, style);
        if style == CELL_HEAD {
            self.ink.shade((LEFT, self.y), (RIGHT - LEFT, height));
        }
        let mut x = LEFT;
        for (width, cell) in widths.iter().zip(cells) {
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

    /// At the foot of every page: what it is of, its number, and what else.
    pub(super) fn feet(&mut self, left: &str, below: Option<&str>) {
        let (lang, pages) = (self.lang, self.ink.pages());
        for page in 0..pages {
            let right = say::page(lang, page + 1, pages);
            let x = RIGHT - self.ink.width(FOOT, &right);
            let y = BOTTOM + 22.0;
            self.ink.text_on(page, FOOT, (LEFT, y), left);
            self.ink.text_on(page, FOOT, (x, y), &right);
            if let Some(below) = below {
                self.ink.text_on(page, FOOT, (LEFT, y + FOOT.1 * LEADING), below);
            }
        }
    }
}
