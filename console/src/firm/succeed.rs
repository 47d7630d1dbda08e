//! Another root in the place of the firm's: made here, with the old one from its safe, which signs that it is so.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use aval_protocol::firm::authority;
use aval_protocol::id::UnixSeconds;
use aval_protocol::text::succession as text;
use aval_transport::Clock;
use clap::Args;

use super::{FIRM_FILE, ISSUING_KEY, ROOT_KEY, bulletin, file, firm_file, refused, say, shown, signer};
use crate::words;

/// What a succession takes.
#[derive(Args, Debug)]
pub struct Succeed {
    /// The firm's folder, with issuing.key and firm.pub.
    #[arg(long)]
    dir: PathBuf,
    /// The root key that is replaced, from its safe place.
    #[arg(long)]
    root: PathBuf,
    /// What the old root certifies from then on is refused everywhere: 2026-11-24T09:00:00+01:00. Now if left out.
    #[arg(long, value_parser = crate::moment::parse)]
    since: Option<UnixSeconds>,
    /// For how many years the new root is valid.
    #[arg(long, default_value_t = 20)]
    root_years: u32,
    /// For how many days its issuing key is valid.
    #[arg(long, default_value_t = 400)]
    days: u32,
    /// Leaves both new keys without a passphrase: whoever copies the files has the firm.
    #[arg(long)]
    no_passphrase: bool,
}

pub(super) fn succeed(command: Succeed, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    let Succeed { dir, root, since, root_years, days, no_passphrase } = command;
    let [root_key, issuing_key, public] = [ROOT_KEY, ISSUING_KEY, FIRM_FILE].map(|name| dir.join(name));
    let (old, now) = (firm_file(&public)?, clock.wall());
    let old_root = signer(&root, old.firm().root_der())?;
    let since = since.unwrap_or(now);
    let new = authority::succeed(&old_root, &old, (now, since), root_years, days).map_err(|e| refused(&e))?;
    let texts = words::to_store(&[&new.root, &new.issuing], no_passphrase)?;
    let label = authority::day(now);
    for (path, text) in [&root_key, &issuing_key].into_iter().zip(&texts) {
        aside(path, &label)?;
        file::write_new(path, text, true)?;
    }
    file::replace(&public, &new.file.to_pem()?)?;
    if let Some(it) = new.file.firm().succeeded().last() {
        let paths = [shown(&root_key), shown(&issuing_key), shown(&public)];
        let paths = (paths[0].as_str(), paths[1].as_str(), paths[2].as_str());
        say(out, |lang| text::done(lang, it, paths, new.file.issuing_until()))?;
    }
    bulletin::go_on(&dir, (&old, &new.file), &new.issuing, out, now)
}

/// The old keys stay: until the day in the statement, a certificate may have to be shown to have been theirs.
fn aside(path: &Path, label: &str) -> Result<()> {
    Ok(file::move_aside(path, label).map(drop)?)
}
