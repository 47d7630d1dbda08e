//! Somebody's right to see and erase what the record says of them (clause 14.1), on the command line.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use aval_protocol::text::{Lang, person as text};
use aval_transport::{Clock, keyfile};
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Data, folder, refused, say, trouble};
use crate::records::{Author, Found, Person};

/// What may be done about somebody's data.
#[derive(Subcommand, Debug)]
pub(super) enum PersonCommand {
    /// Shows every value of the record that names somebody: what may go, what stays and why. Changes nothing.
    Find {
        #[command(flatten)]
        who: Who,
    },
    /// Writes the same to a new file as JSON, to be given to that person.
    Export {
        #[command(flatten)]
        who: Who,
        /// The new file.
        file: PathBuf,
    },
    /// Erases the texts that may go. Without --texts it only shows them.
    Erase {
        #[command(flatten)]
        who: Who,
        /// How many texts are erased, as it was shown; with any other number nothing is.
        #[arg(long, value_name = "COUNT")]
        texts: Option<usize>,
    },
}

/// In which record, and whom.
#[derive(Args, Debug)]
pub(super) struct Who {
    #[command(flatten)]
    data: Data,
    /// The name as it may stand in a text: "Leroy", "anne.leroy". Capitals do not matter.
    #[arg(long)]
    name: String,
}

pub(super) fn run(command: PersonCommand, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    match command {
        PersonCommand::Find { who } => {
            let (goes, stays) = show(&found(&who, clock)?, out)?;
            say(out, |lang| text::counted(lang, goes, stays))
        }
        PersonCommand::Export { who, file } => export(&who, &file, out, clock),
        PersonCommand::Erase { who, texts: None } => {
            let (goes, stays) = show(&found(&who, clock)?, out)?;
            say(out, |lang| text::counted(lang, goes, stays))?;
            if goes > 0 { say(out, |lang| text::how_to_erase(lang, goes)) } else { Ok(()) }
        }
        PersonCommand::Erase { who, texts: Some(texts) } => erase(&who, texts, out, clock),
    }
}

fn erase(who: &Who, texts: usize, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    let (store, signer) = (folder::record(&who.data)?, folder::signer(&who.data.data)?);
    let erased = store.erase_person(&person(who)?, texts, (&signer, &Author::Host), clock.wall());
    erased.map_err(refused)?;
    let (_, stay) = show(&found(who, clock)?, out)?;
    say(out, |lang| text::erased(lang, texts, stay))
}

fn export(who: &Who, file: &Path, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    let found = found(who, clock)?;
    let values: Vec<_> = found
        .iter()
        .map(|found| {
            json!({
                "place": found.place,
                "contract": found.contract.as_ref().map(ToString::to_string),
                "machine": found.agent.map(|agent| agent.to_string()),
                "text": found.text,
                "stays": found.stays.map(text::Stays::label),
                "why_fr": found.stays.map(|stays| stays.why(Lang::Fr)),
                "why_en": found.stays.map(|stays| stays.why(Lang::En)),
            })
        })
        .collect();
    let all = json!({ "name": who.name, "at": super::rfc3339(clock.wall()), "values": values });
    keyfile::write_new(file, &format!("{all:#}\n"), true)?;
    say(out, |lang| text::exported(lang, &file.display().to_string(), found.len()))
}

fn show(found: &[Found], out: &mut dyn Write) -> Result<(usize, usize)> {
    for found in found {
        let of = found.contract.as_ref().map(ToString::to_string);
        let of: Vec<_> = of.into_iter().chain(found.agent.map(|agent| agent.to_string())).collect();
        let of = of.join(", ");
        say(out, |lang| text::found(lang, &found.place, &of, &found.text, found.stays))?;
    }
    let stays = found.iter().filter(|found| found.stays.is_some()).count();
    Ok((found.len() - stays, stays))
}

fn found(who: &Who, clock: &Clock) -> Result<Vec<Found>> {
    folder::record(&who.data)?.find_person(&person(who)?, clock.wall()).map_err(refused)
}

fn person(who: &Who) -> Result<Person> {
    Person::named(&who.name).ok_or_else(|| trouble(text::too_short))
}
