//! A machine's inventory as people read it: on the technician's page, in the technician's terminal and in the client's own.
//!
//! One function for all three, so that the client sees what the technician sees. Every value of the machine is within its type's
//! bounds already; nothing here can be a control character or turn the text around.

mod attached;
mod health;
mod parts;
mod terminal;
mod words;

use serde::Serialize;

use super::Lang;
use super::keys::date;
use crate::id::UnixSeconds;
use crate::wire::inventory::{InventoryRecord, KeptSection, Packed, SectionKind, Status, Unreadable};

pub use health::{grade, row as check};
pub use parts::{battery, cpu, disk, module, screen};
pub use terminal::*;
pub use words::{kind as section_title, size};

/// A text in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Both {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// An inventory for people.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Page {
    /// The last moment of which all of it is known to hold.
    pub collected_at: Option<UnixSeconds>,
    /// Its sections.
    pub sections: Vec<PageSection>,
}

/// One section for people.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PageSection {
    /// Its name for programs: `machine`.
    pub key: String,
    /// Its title.
    pub title: Both,
    /// How reading it went.
    pub status: PageStatus,
    /// When it was read in this state for the first time, by the machine's clock.
    pub taken_at: UnixSeconds,
    /// Its lines.
    pub rows: Vec<Row>,
}

/// How reading a section went, for people.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PageStatus {
    /// For programs: `COLLECTED`.
    pub code: String,
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// One line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Row {
    /// What.
    pub label: Both,
    /// Its value.
    pub value: Both,
    /// Where it is a check: its verdict's name for programs, `failing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<&'static str>,
}

/// The sections as people read them, in the order of the sections' numbers.
pub fn page(record: &InventoryRecord) -> Page {
    let newest = record.sections.iter().map(|section| section.received_at).max();
    let mut sections: Vec<_> = record.sections.iter().collect();
    sections.sort_by_key(|section| section.newest.kind.number());
    Page {
        collected_at: record.checked_at.max(newest),
        sections: sections.into_iter().map(section).collect(),
    }
}

/// A page on a terminal: a heading and indented lines for each section.
pub fn lines(lang: Lang, page: &Page) -> Vec<String> {
    let mut lines = Vec::new();
    for section in &page.sections {
        let title = section.title.of(lang);
        match section.status.code.as_str() {
            "COLLECTED" => lines.push(title.to_owned()),
            _ => lines.push(format!("{title} – {}", lang.pick(&*section.status.fr, &*section.status.en))),
        }
        let colon = lang.pick("\u{a0}:", ":");
        lines.extend(
            section.rows.iter().map(|row| format!("  {}{colon} {}", row.label.of(lang), row.value.of(lang))),
        );
    }
    lines
}

// === impl Both

impl Both {
    /// From a sentence of the catalogue.
    pub fn by<T: Into<String>>(sentence: impl Fn(Lang) -> T) -> Self {
        Self { fr: sentence(Lang::Fr).into(), en: sentence(Lang::En).into() }
    }

    /// The same in both.
    pub fn same(text: &impl ToString) -> Self {
        Self { fr: text.to_string(), en: text.to_string() }
    }

    /// In one language.
    pub fn of(&self, lang: Lang) -> &str {
        lang.pick(&self.fr, &self.en)
    }
}

fn section(kept: &KeptSection) -> PageSection {
    let Packed { kind, taken_at, .. } = kept.newest;
    let (status, mut rows) = match kept.newest.open() {
        Ok(section) => {
            let rows = section.content.as_ref().map(|content| parts::rows(content, section.status));
            (status(section.status), rows.unwrap_or_default())
        }
        Err(Unreadable::Newer(_)) => (named("NEWER", words::newer), Vec::new()),
        Err(Unreadable::Malformed) => (status(Status::Error), Vec::new()),
    };
    if rows.is_empty()
        && let Some(whole) = &kept.last_whole
        && let Ok(section) = whole.open()
    {
        let at = Both::by(|lang| date(lang, whole.taken_at));
        rows.push(Row { label: Both::by(words::last_whole), value: at, grade: None });
        rows.extend(section.content.iter().flat_map(|content| parts::rows(content, section.status)));
    }
    let title = Both::by(|lang| words::kind(lang, kind));
    if rows.is_empty() && status.code == Status::Collected.label() {
        rows.push(Row {
            label: title.clone(),
            value: Both::by(|lang| words::nothing(lang, kind)),
            grade: None,
        });
    }
    PageSection { key: key(kind), title, status, taken_at, rows }
}

fn key(kind: SectionKind) -> String {
    match kind {
        SectionKind::Unknown(number) => format!("section_{number}"),
        known => known.label().to_owned(),
    }
}

fn status(status: Status) -> PageStatus {
    named(status.label(), |lang| words::status(lang, status))
}

fn named(code: &str, sentence: impl Fn(Lang) -> &'static str) -> PageStatus {
    let Both { fr, en } = Both::by(sentence);
    PageStatus { code: code.to_owned(), fr, en }
}

#[cfg(test)]
mod tests;
