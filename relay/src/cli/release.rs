//! Releases on the command line: put on the shelf, and shown.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use aval_protocol::release::manifest_from_pem;
use aval_protocol::text::release as text;
use aval_transport::{Clock, keyfile};
use clap::Subcommand;

use super::{Data, bad, say, trouble};
use crate::release::{self, NotPut};

/// Releases of the agent.
#[derive(Subcommand, Debug)]
pub(super) enum ReleaseCommand {
    /// Takes a signed release in. A relay that serves announces it at once; each agent judges for itself.
    Put {
        #[command(flatten)]
        data: Data,
        /// release.pem, from the release key's folder.
        manifest: PathBuf,
        /// The files that it names; those that are here already may be left out.
        files: Vec<PathBuf>,
    },
    /// Shows the release that is announced.
    Show {
        #[command(flatten)]
        data: Data,
    },
}

pub(super) fn run(command: ReleaseCommand, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    match command {
        ReleaseCommand::Put { data, manifest, files } => {
            let signed = manifest_from_pem(&keyfile::read(&manifest)?);
            let signed = signed.map_err(|why| trouble(|lang| text::refused(lang, why)))?;
            let put = release::put(&data.data, &signed, &files, clock.wall()).map_err(sentence)?;
            say(out, |lang| text::put(lang, &put))
        }
        ReleaseCommand::Show { data } => match release::shown(&data.data).map_err(sentence)? {
            Some(shown) => say(out, |lang| text::list(lang, &shown)),
            None => say(out, |lang| text::nothing(lang).to_owned()),
        },
    }
}

fn sentence(error: NotPut) -> anyhow::Error {
    match error {
        NotPut::Refused(why) => trouble(|lang| text::refused(lang, why)),
        NotPut::NotListed(file) => trouble(|lang| text::not_listed(lang, &file)),
        NotPut::Missing(file) => trouble(|lang| text::missing(lang, &file)),
        NotPut::Io(why) => bad(why),
    }
}
