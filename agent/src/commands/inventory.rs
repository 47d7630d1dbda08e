//! Shows what leaves this PC about itself: read from the very bytes that the service sends, and nothing else is sent.

use std::io::{self, Write};

use aval_protocol::glpi;
use aval_protocol::id::UnixSeconds;
use aval_protocol::text::inventory as pages;
use aval_protocol::text::{Lang, agent as text};
use aval_protocol::wire::inventory::{Content, HardwareFacts, Packed, SectionKind, Status, root};
use serde::Serialize;

use super::{DONE, Failure};
use crate::inventory::{Collect, as_kept};

/// All of it, for programs.
#[derive(Debug, Serialize)]
struct Report<'a> {
    /// Sent at each connection.
    facts: &'a HardwareFacts,
    /// Bytes of all sections.
    bytes: usize,
    /// What all sections but health amount to.
    root: String,
    sections: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct Part {
    section: SectionKind,
    status: Status,
    taken_at: UnixSeconds,
    bytes: usize,
    digest: String,
    content: Option<Content>,
}

/// For whom it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    People(Lang),
    Json,
    /// GLPI's inventory format.
    Glpi,
}

pub(super) fn show(
    collect: &dyn Collect,
    facts: &HardwareFacts,
    now: UnixSeconds,
    form: Form,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let sections: Vec<_> = collect.all(now).iter().map(|section| section.pack()).collect();
    match form {
        Form::Json => json(&report(facts, &sections), out)?,
        Form::Glpi => json(&glpi::inventory(facts, &as_kept(&sections), &facts.hostname), out)?,
        Form::People(lang) => {
            for line in lines(lang, facts, &sections) {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(DONE)
}

fn json(of: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", serde_json::to_string_pretty(of).map_err(io::Error::other)?)
}

fn report<'a>(facts: &'a HardwareFacts, sections: &[Packed]) -> Report<'a> {
    let part = |packed: &Packed| {
        let read = packed.open().ok();
        Part {
            section: packed.kind,
            status: read.as_ref().map_or(Status::Error, |section| section.status),
            taken_at: packed.taken_at,
            bytes: packed.body.len(),
            digest: packed.digest().to_string(),
            content: read.and_then(|section| section.content),
        }
    };
    let all = root(sections.iter().map(|packed| (packed.kind, packed.digest())));
    Report {
        facts,
        bytes: weight(sections),
        root: all.to_string(),
        sections: sections.iter().map(part).collect(),
    }
}

fn lines(lang: Lang, facts: &HardwareFacts, sections: &[Packed]) -> Vec<String> {
    let page = pages::page(&as_kept(sections));
    let mut lines = vec![pages::leaves(lang).to_owned(), String::new(), pages::each_time(lang).to_owned()];
    lines.extend(text::facts(lang, facts).iter().map(|line| format!("  {line}")));
    lines.extend([String::new(), pages::once_approved(lang).to_owned(), String::new()]);
    lines.extend(pages::lines(lang, &page));
    lines.extend([String::new(), pages::weighs(lang, weight(sections), sections.len())]);
    let for_root = page.sections.iter().filter(|section| section.status.code == Status::NoPrivilege.label());
    let titles: Vec<_> = for_root.map(|section| section.title.clone()).collect();
    if !titles.is_empty() {
        lines.push(pages::needs_root(lang, &titles));
    }
    lines.push(pages::never(lang).to_owned());
    lines
}

fn weight(sections: &[Packed]) -> usize {
    sections.iter().map(|packed| packed.body.len()).sum()
}
