//! One's own key: made here, certified by the firm, put together again here.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use aval_protocol::firm::{Signer, TrustError, authority, files, locked};
use aval_protocol::text::{keys as text, passphrase as passphrase_text};
use aval_transport::Clock;
use clap::Subcommand;

use crate::words;

use super::{FIRM_FILE, file, firm_file, refused, say, shown, trouble, unfit};

/// One's own private key.
const KEY: &str = "key.pem";
/// Its certificates.
const CHAIN: &str = "chain.pem";
/// What to send to the firm.
const REQUEST: &str = "request.pem";

/// Commands for one's own key.
#[derive(Subcommand, Debug)]
pub enum KeyCommand {
    /// Makes a key that stays here, and a request to send to the firm.
    New {
        /// Where to write; made if missing.
        #[arg(long)]
        dir: PathBuf,
        /// One's name: a remark for whoever certifies.
        #[arg(long)]
        name: String,
        /// Leaves the key without a passphrase: whoever copies the file has it.
        #[arg(long)]
        no_passphrase: bool,
    },
    /// Puts a key behind a passphrase, or behind another one: one's own, or root.key and issuing.key of the firm.
    Passphrase {
        /// The key's file: key.pem, root.key, issuing.key.
        key: PathBuf,
        /// Takes the passphrase away: whoever copies the file has the key.
        #[arg(long)]
        no_passphrase: bool,
    },
    /// Puts the firm's certificate beside its key, after checking that they belong together.
    Install {
        /// The folder with key.pem.
        #[arg(long)]
        dir: PathBuf,
        /// The firm's firm.pub; kept in the folder. The folder's own if left out.
        #[arg(long)]
        firm: Option<PathBuf>,
        /// The certificate that came back.
        certificate: PathBuf,
    },
}

/// Carries a command out and says what was done, French first.
///
/// # Errors
/// A sentence for people in both languages.
pub fn run_key(command: KeyCommand, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    match command {
        KeyCommand::New { dir, name, no_passphrase } => new(&dir, &name, no_passphrase, out),
        KeyCommand::Passphrase { key, no_passphrase } => passphrase(&key, no_passphrase, out),
        KeyCommand::Install { dir, firm, certificate } => {
            install(&dir, firm.as_deref(), &certificate, out, clock)
        }
    }
}

fn passphrase(key: &Path, in_the_open: bool, out: &mut dyn Write) -> Result<()> {
    let signer = words::signer(key, &file::read_secret(key)?, None)?;
    for text in words::to_store(&[&signer], in_the_open)? {
        file::replace_private(key, &text)?;
    }
    say(out, |lang| passphrase_text::changed(lang, &shown(key), !in_the_open))
}

fn new(dir: &Path, name: &str, in_the_open: bool, out: &mut dyn Write) -> Result<()> {
    let (key, request) = (dir.join(KEY), dir.join(REQUEST));
    file::refuse_existing(&key)?;
    let signer = Signer::generate().map_err(|e| unfit(&key, &e))?;
    let csr = authority::request(&signer, name).map_err(|e| refused(&authority::AuthorityError::Name(e)))?;
    let texts = words::to_store(&[&signer], in_the_open)?;
    file::make_dir(dir)?;
    for text in &texts {
        file::write_new(&key, text, true)?;
    }
    // A request without its key is of no use to anybody: an old one may go.
    file::replace(&request, &csr)?;
    say(out, |lang| text::key_made(lang, &shown(&request), signer.key_id()))
}

fn install(
    dir: &Path,
    firm: Option<&Path>,
    certificate: &Path,
    out: &mut dyn Write,
    clock: &Clock,
) -> Result<()> {
    let (key, kept) = (dir.join(KEY), dir.join(FIRM_FILE));
    let known = firm_file(firm.unwrap_or(&kept))?;
    if kept.exists() && !firm_file(&kept)?.firm().leads_to(known.firm()) {
        // Another firm than the one believed so far: that is a decision for a person, not for a copy.
        return Err(trouble(|lang| text::unfit(lang, &shown(&kept), &TrustError::Foreign)));
    }
    let chain = file::read(certificate)?;
    let secret = file::read_secret(&key)?;
    let signer = if locked::is_locked(&secret) {
        words::signer(&key, &secret, Some(&chain))?
    } else {
        files::signer_from_pem(&secret, Some(&chain)).map_err(|e| unfit(certificate, &e))?
    };
    let verdict = known.firm().verify_chain(signer.chain(), clock.wall());
    let (member, _) = verdict.map_err(|e| unfit(certificate, &e))?;
    if firm.is_some_and(|path| path != kept) {
        file::replace(&kept, &known.to_pem()?)?;
    }
    file::replace(&dir.join(CHAIN), &files::chain_to_pem(signer.chain()))?;
    say(out, |lang| text::installed(lang, &member.display_name, member.role, member.not_after))
}
