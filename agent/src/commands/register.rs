//! This PC's own journal, for its person: no account and no provider needed.

mod export;

use std::io::Write;

use aval_protocol::journal::{Entry, Told};
use aval_protocol::text::{Lang, agent as text};
use serde_json::{Value, json};

use super::{BROKEN, DONE, Failure, status};
use crate::keep::{self, JOURNAL, Read};
use crate::say::Said;
use crate::state::Home;
use crate::when;

pub(super) use export::{export, verify as verify_file};

/// Shows every entry that holds, and says if one does not.
pub(super) fn show(home: &Home, json: bool, lang: Lang, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut entries = Vec::new();
    let read = read(home, |entry| entries.push(entry.clone()))?;
    if !json {
        writeln!(out, "{}", text::journal_heading(lang))?;
        if entries.is_empty() {
            writeln!(out, "{}", text::journal_empty(lang))?;
        }
    }
    for entry in &entries {
        let line = if json { for_programs(entry) } else { for_people(lang, entry) };
        writeln!(out, "{line}")?;
    }
    judge(home, &read)?;
    Ok(DONE)
}

/// Checks every hash and signature.
pub(super) fn verify(home: &Home, lang: Lang, out: &mut dyn Write) -> Result<u8, Failure> {
    let read = read(home, |_| ())?;
    judge(home, &read)?;
    writeln!(out, "{}", text::journal_good(lang, read.head.seq))?;
    Ok(DONE)
}

fn read(home: &Home, each: impl FnMut(&Entry)) -> Result<Read, Failure> {
    let signer = home.signer()?;
    Ok(keep::read(&home.path(JOURNAL), signer.spki(), each)?)
}

fn judge(home: &Home, read: &Read) -> Result<(), Failure> {
    if read.trouble.is_none() {
        return Ok(());
    }
    // A firm's file that cannot be read takes nothing from the warning.
    let phone = status::profile(home).ok().map(|firm| firm.phone);
    let said = Said::of(|lang| text::journal_bad(lang, read.head.seq, phone.as_deref()));
    Err(Failure { said, exit: BROKEN })
}

fn for_people(lang: Lang, entry: &Entry) -> String {
    format!("{:>5}  {}  {}", entry.seq, when::shown(lang, entry.at), text::journal_entry(lang, &entry.told()))
}

fn for_programs(entry: &Entry) -> String {
    told(entry).to_string()
}

/// What an entry says, for programs.
fn told(entry: &Entry) -> Value {
    let told = entry.told();
    let (kind, session) = match &told {
        Told::Known(event) => (event.label(), event.session().map(|session| session.to_string())),
        Told::Opaque => ("OPAQUE", None),
    };
    json!({
        "seq": entry.seq,
        "at": when::rfc3339(entry.at),
        "kind": kind,
        "session": session,
        "fr": text::journal_entry(Lang::Fr, &told),
        "en": text::journal_entry(Lang::En, &told),
    })
}

#[cfg(test)]
mod tests;
