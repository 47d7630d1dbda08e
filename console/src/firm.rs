//! Commands that need no relay: founding a firm, certifying its members, making one's own key.
//!
//! Each secret is born in the hands that keep it: the firm's keys at the firm, a technician's key at the technician's. Only requests
//! and certificates travel.

mod bulletin;
mod file;
mod own;
mod release;
mod succeed;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use aval_protocol::firm::{
    AuthorityError, FirmFile, Grant, RevokedFor, Role, Signer, TrustError, authority, files,
};
use aval_protocol::id::PersonId;
use aval_protocol::text::{Lang, keys as text};
use aval_transport::Clock;
use clap::Subcommand;

use crate::words;

pub use bulletin::{Relays, Revoke};
pub use own::{KeyCommand, run_key};
pub use release::{ReleaseCommand, run_release};
pub use succeed::Succeed;

/// The root key, to be taken off line.
const ROOT_KEY: &str = "root.key";
/// The key that certifies.
const ISSUING_KEY: &str = "issuing.key";
/// What everybody may have.
pub(crate) const FIRM_FILE: &str = "firm.pub";

/// The firm's own commands.
#[derive(Subcommand, Debug)]
pub enum FirmCommand {
    /// Founds the firm: a root key for a safe, an issuing key, and firm.pub for everybody.
    Init {
        /// The firm's name, as clients see it.
        #[arg(long)]
        name: String,
        /// Its telephone number, in international form: +33199001234.
        #[arg(long)]
        phone: String,
        /// Where to write; made if missing.
        #[arg(long)]
        dir: PathBuf,
        /// For how many years the root is valid.
        #[arg(long, default_value_t = 20)]
        root_years: u32,
        /// For how many days the issuing key is valid.
        #[arg(long, default_value_t = 400)]
        days: u32,
        /// Leaves both keys without a passphrase: whoever copies the files has the firm.
        #[arg(long)]
        no_passphrase: bool,
    },
    /// Certifies the key of a request.
    Certify {
        /// The firm's folder, with issuing.key and firm.pub.
        #[arg(long)]
        dir: PathBuf,
        /// The request.
        #[arg(long)]
        request: PathBuf,
        /// technician, manager, billing, relay or release.
        #[arg(long, value_parser = role)]
        role: Role,
        /// The name in the firm: sophie.martin.
        #[arg(long)]
        person: PersonId,
        /// The name for people; a client sees it in the question.
        #[arg(long)]
        name: String,
        /// For how many days; never longer than the issuing key.
        #[arg(long, default_value_t = 365)]
        days: u32,
        /// Where to write the certificate.
        #[arg(long)]
        out: PathBuf,
    },
    /// Makes a new issuing key with the root key, when the old one ends or is lost.
    Renew {
        /// The firm's folder, with firm.pub.
        #[arg(long)]
        dir: PathBuf,
        /// The root key, from its safe place.
        #[arg(long)]
        root: PathBuf,
        /// For how many days the issuing key is valid.
        #[arg(long, default_value_t = 400)]
        days: u32,
        /// Leaves the new key without a passphrase: whoever copies the file certifies in the firm's name.
        #[arg(long)]
        no_passphrase: bool,
        /// Revokes the old issuing key, and with it all that it certified: stolen, lost or replaced.
        #[arg(long, value_name = "REASON", value_parser = bulletin::reason)]
        revoke: Option<RevokedFor>,
    },
    /// Puts another root in the place of the firm's: the old one, from its safe, signs that it is so.
    Succeed(Succeed),
    /// Says that a key counts no more: writes the firm's next bulletin, to be taken to the relays.
    Revoke(Revoke),
    /// Says where the firm's relays are: writes the firm's next bulletin, to be taken to the relays.
    Relays(Relays),
    /// Shows what a firm.pub says or, with --firm, whom a certificate names.
    Show {
        /// firm.pub, or a certificate.
        file: PathBuf,
        /// The firm that must have issued the certificate.
        #[arg(long)]
        firm: Option<PathBuf>,
    },
}

/// Carries a command out and says what was done, French first.
///
/// # Errors
/// A sentence for people in both languages.
pub fn run(command: FirmCommand, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    match command {
        FirmCommand::Init { name, phone, dir, root_years, days, no_passphrase } => {
            init(&name, &phone, &dir, (root_years, days, no_passphrase), out, clock)
        }
        FirmCommand::Certify { dir, request, role, person, name, days, out: to } => {
            let grant = Grant { role, person, display_name: name, valid_days: days };
            certify(&dir, &request, &grant, &to, out, clock)
        }
        FirmCommand::Renew { dir, root, days, no_passphrase, revoke } => {
            renew(&dir, &root, (days, no_passphrase, revoke), out, clock)
        }
        FirmCommand::Succeed(command) => succeed::succeed(command, out, clock),
        FirmCommand::Revoke(command) => bulletin::revoke(command, out, clock),
        FirmCommand::Relays(command) => bulletin::relays(command, out, clock),
        FirmCommand::Show { file, firm } => show(&file, firm.as_deref(), out, clock),
    }
}

fn init(
    name: &str,
    phone: &str,
    dir: &Path,
    (root_years, days, in_the_open): (u32, u32, bool),
    out: &mut dyn Write,
    clock: &Clock,
) -> Result<()> {
    let paths = [ROOT_KEY, ISSUING_KEY, FIRM_FILE].map(|name| dir.join(name));
    for path in &paths {
        file::refuse_existing(path)?;
    }
    let founded = authority::found(name, phone, clock.wall(), root_years, days).map_err(|e| refused(&e))?;
    let texts = words::to_store(&[&founded.root, &founded.issuing], in_the_open)?;
    file::make_dir(dir)?;
    let [root, issuing, public] = &paths;
    for (path, text) in [root, issuing].into_iter().zip(&texts) {
        file::write_new(path, text, true)?;
    }
    file::write_new(public, &founded.file.to_pem()?, false)?;
    let firm = &founded.file;
    say(out, |lang| text::founded(lang, firm.profile(), firm.firm().root_key_id(), firm.issuing_until()))?;
    say(out, |lang| text::founded_next(lang, &shown(root), &shown(issuing), &shown(public)))
}

fn certify(
    dir: &Path,
    request: &Path,
    grant: &Grant,
    to: &Path,
    out: &mut dyn Write,
    clock: &Clock,
) -> Result<()> {
    file::refuse_existing(to)?;
    let firm = firm_file(&dir.join(FIRM_FILE))?;
    let issuing = signer(&dir.join(ISSUING_KEY), firm.issuing_der())?;
    let request = file::read(request)?;
    let chain = authority::certify(&issuing, &request, grant, clock.wall()).map_err(|e| refused(&e))?;
    let (member, _) = firm.firm().verify_chain(&files::chain_from_pem(&chain)?, clock.wall())?;
    file::write_new(to, &chain, false)?;
    say(out, |lang| text::certified(lang, &member.display_name, member.role, member.not_after, &shown(to)))
}

fn renew(
    dir: &Path,
    root: &Path,
    (days, in_the_open, revoke): (u32, bool, Option<RevokedFor>),
    out: &mut dyn Write,
    clock: &Clock,
) -> Result<()> {
    let (public, issuing_key) = (dir.join(FIRM_FILE), dir.join(ISSUING_KEY));
    let old = firm_file(&public)?;
    let root = signer(root, old.firm().root_der())?;
    let (issuing, new) =
        authority::renew(&root, old.profile(), clock.wall(), days).map_err(|e| refused(&e))?;
    let texts = words::to_store(&[&issuing], in_the_open)?;
    let kept = file::move_aside(&issuing_key, &authority::day(old.issuing_until()))?;
    for text in &texts {
        file::write_new(&issuing_key, text, true)?;
    }
    file::replace(&public, &new.to_pem()?)?;
    say(out, |lang| {
        text::renewed(lang, new.issuing_until(), &kept.as_deref().map(shown).unwrap_or_default())
    })?;
    bulletin::hand_over(dir, (&old, &new), &issuing, out, clock.wall(), revoke)
}

fn show(path: &Path, firm: Option<&Path>, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    let Some(firm) = firm else {
        let shown = firm_file(path)?;
        say(out, |lang| {
            text::shows_firm(lang, shown.profile(), shown.firm().root_now(), shown.issuing_until())
        })?;
        return shown
            .firm()
            .succeeded()
            .iter()
            .rev()
            .try_for_each(|it| say(out, |lang| aval_protocol::text::succession::former(lang, it)));
    };
    let firm = firm_file(firm)?;
    let chain = files::chain_from_pem(&file::read(path)?).map_err(|e| unfit(path, &e))?;
    let (member, _) = firm.firm().verify_chain(&chain, clock.wall()).map_err(|e| unfit(path, &e))?;
    say(out, |lang| {
        text::shows_member(
            lang,
            &member.display_name,
            member.person.as_str(),
            member.role,
            member.key,
            member.not_after,
        )
    })
}

/// Reads and checks a `firm.pub`.
pub(crate) fn firm_file(path: &Path) -> Result<FirmFile> {
    FirmFile::parse(&file::read(path)?).map_err(|e| unfit(path, &e))
}

/// A key of the firm with the certificate that is its own.
fn signer(path: &Path, certificate: &[u8]) -> Result<Signer> {
    let chain = files::chain_to_pem(&[certificate.to_vec()]);
    words::signer(path, &file::read_secret(path)?, Some(&chain))
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_label(text).ok_or_else(|| format!("one of: {}", Role::ALL.map(Role::label).join(", ")))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn refused(error: &AuthorityError) -> anyhow::Error {
    trouble(|lang| text::refused(lang, error))
}

fn unfit(path: &Path, error: &TrustError) -> anyhow::Error {
    trouble(|lang| text::unfit(lang, &shown(path), error))
}

/// An error that is its sentence in both languages.
fn trouble(sentence: impl Fn(Lang) -> String) -> anyhow::Error {
    anyhow!("{}", both(sentence))
}

fn say(out: &mut dyn Write, sentence: impl Fn(Lang) -> String) -> Result<()> {
    Ok(writeln!(out, "{}", both(sentence))?)
}

fn both(sentence: impl Fn(Lang) -> String) -> String {
    format!("{}\n  {}", sentence(Lang::Fr), sentence(Lang::En).replace('\n', "\n  "))
}

#[cfg(test)]
mod tests;
