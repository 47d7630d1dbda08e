//! The firm's bulletin: written here, by the issuing key, and carried to the relays as a file.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use aval_protocol::firm::{Bulletin, FirmFile, Revoked, RevokedFor, Signer, TrustError, files};
use aval_protocol::id::{KeyId, UnixSeconds};
use aval_protocol::text::bulletin as text;
use aval_transport::Clock;
use clap::Args;

use super::{FIRM_FILE, ISSUING_KEY, file, firm_file, say, shown, signer, unfit};

/// The newest one, in the firm's folder.
pub(super) const BULLETIN: &str = "bulletin.pem";

/// A key that is to count no more.
#[derive(Args, Debug)]
pub struct Revoke {
    /// The firm's folder, with issuing.key and firm.pub.
    #[arg(long)]
    dir: PathBuf,
    /// The certificate whose key it is.
    #[arg(long, required_unless_present = "key")]
    certificate: Option<PathBuf>,
    /// The key's fingerprint, when the certificate is not at hand.
    #[arg(long, conflicts_with = "certificate", value_parser = key)]
    key: Option<KeyId>,
    /// stolen, lost, left or replaced.
    #[arg(long, value_parser = reason)]
    reason: RevokedFor,
    /// What it signed from then on is worth nothing: 2026-11-24T09:00:00+01:00. Now if left out.
    #[arg(long, value_parser = crate::moment::parse)]
    since: Option<UnixSeconds>,
}

/// Where the relays are.
#[derive(Args, Debug)]
pub struct Relays {
    /// The firm's folder, with issuing.key and firm.pub.
    #[arg(long)]
    dir: PathBuf,
    /// host:port of each relay, the preferred one first.
    #[arg(required = true)]
    relays: Vec<String>,
}

pub(super) fn revoke(command: Revoke, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    let Revoke { dir, certificate, key, reason, since } = command;
    let firm = firm_file(&dir.join(FIRM_FILE))?;
    let key = match (key, &certificate) {
        (Some(key), _) => key,
        (None, Some(path)) => {
            let chain = files::chain_from_pem(&file::read(path)?).map_err(|e| unfit(path, &e))?;
            let bare = firm_file(&dir.join(FIRM_FILE))?;
            let when = |error| unfit(path, &error);
            key_of(&bare, &chain).map_err(when)?
        }
        (None, None) => return Err(unfit(&dir, &TrustError::Unreadable("key"))),
    };
    let since = since.unwrap_or_else(|| clock.wall());
    write(&dir, &firm, out, clock, |next| next.revoke(Revoked { key, since, reason }))
}

pub(super) fn relays(command: Relays, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    let firm = firm_file(&command.dir.join(FIRM_FILE))?;
    write(&command.dir, &firm, out, clock, |next| next.relays = command.relays)
}

/// A new issuing key repeats what the old one said, and says what became of that one.
pub(super) fn hand_over(
    dir: &Path,
    (old, firm): (&FirmFile, &FirmFile),
    issuing: &Signer,
    out: &mut dyn Write,
    now: UnixSeconds,
    revoked: Option<RevokedFor>,
) -> Result<()> {
    let last = last(dir, old)?;
    if last.is_none() && revoked.is_none() {
        return Ok(());
    }
    let mut next = Bulletin::next(firm.firm(), last.as_ref(), now);
    if let Some(reason) = revoked {
        next.revoke(Revoked { key: issuing_key(old)?, since: now, reason });
    }
    finish(dir, firm, issuing, &next, out)
}

/// The first one of a new root repeats what the old one's said, and stands above all of it.
pub(super) fn go_on(
    dir: &Path,
    (old, firm): (&FirmFile, &FirmFile),
    issuing: &Signer,
    out: &mut dyn Write,
    now: UnixSeconds,
) -> Result<()> {
    let next = Bulletin::next(firm.firm(), last(dir, old)?.as_ref(), now);
    finish(dir, firm, issuing, &next, out)
}

fn write(
    dir: &Path,
    firm: &FirmFile,
    out: &mut dyn Write,
    clock: &Clock,
    change: impl FnOnce(&mut Bulletin),
) -> Result<()> {
    let last = last(dir, firm)?;
    let issuing = signer(&dir.join(ISSUING_KEY), firm.issuing_der())?;
    let mut next = Bulletin::next(firm.firm(), last.as_ref(), clock.wall());
    change(&mut next);
    finish(dir, firm, &issuing, &next, out)
}

fn finish(dir: &Path, firm: &FirmFile, issuing: &Signer, next: &Bulletin, out: &mut dyn Write) -> Result<()> {
    let path = dir.join(BULLETIN);
    let signed = next.sign(firm.firm(), issuing).map_err(|e| unfit(&path, &e))?;
    file::replace(&path, &files::bulletin_to_pem(&signed)?)?;
    say(out, |lang| text::written(lang, next, &shown(&path)))
}

/// What the firm said last.
fn last(dir: &Path, firm: &FirmFile) -> Result<Option<Bulletin>> {
    let path = dir.join(BULLETIN);
    if !path.exists() {
        return Ok(None);
    }
    let known = files::bulletin_from_pem(&file::read(&path)?).and_then(|signed| firm.firm().adopt(&signed));
    known.map_err(|e| unfit(&path, &e))?;
    Ok(firm.firm().bulletin().map(|bulletin| (*bulletin).clone()))
}

/// The key that a certificate of this firm names, whether it counts still or not.
fn key_of(firm: &FirmFile, chain: &[Vec<u8>]) -> Result<KeyId, TrustError> {
    let own = chain.first().map(|der| files::key_of_certificate(der)).ok_or(TrustError::Foreign)??;
    let root = firm.firm().root_key_id();
    if own == root { Err(TrustError::Foreign) } else { Ok(own) }
}

fn issuing_key(firm: &FirmFile) -> Result<KeyId, TrustError> {
    files::key_of_certificate(firm.issuing_der())
}

pub(super) fn reason(text: &str) -> Result<RevokedFor, String> {
    let known = || RevokedFor::ALL.map(RevokedFor::label).join(", ");
    RevokedFor::from_label(text).ok_or_else(|| format!("one of: {}", known()))
}

fn key(text: &str) -> Result<KeyId, String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    plain.parse().map_err(|_| "64 hexadecimal digits expected".to_owned())
}
