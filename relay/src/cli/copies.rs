//! The record copied to a file, and taken over from one, while the relay runs or before it does.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use aval_protocol::text::copies as text;
use aval_transport::Clock;

use super::{Data, folder, refused, say};

pub(super) fn backup(data: &Data, file: &Path, out: &mut dyn Write) -> Result<()> {
    folder::record(data)?.backup(file).map_err(refused)?;
    say(out, |lang| text::backed_up(lang, &file.display().to_string()))
}

/// After a copy was put in the record's place: what was used since may not be used again.
pub(super) fn restored(data: &Data, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    let ended = folder::record(data)?.end_open_codes(clock.wall()).map_err(refused)?;
    say(out, |lang| text::restored(lang, ended))
}

pub(super) fn export(data: &Data, file: &Path, out: &mut dyn Write) -> Result<()> {
    let rows = folder::record(data)?.export(file).map_err(refused)?;
    say(out, |lang| text::exported(lang, &file.display().to_string(), rows))
}

pub(super) fn import(data: &Data, file: &Path, out: &mut dyn Write) -> Result<()> {
    let signer = folder::signer(&data.data)?;
    let rows = folder::record(data)?.import(file, signer.spki()).map_err(refused)?;
    say(out, |lang| text::imported(lang, &file.display().to_string(), rows))
}
