//! The technician's directory: key, certificates, firm, and which relays to call.
//!
//! `key.pem`, `chain.pem` and `firm.pub` come from `aval-console key`; `console.toml` holds `relay = ["host:port"]`. Each thing that
//! is missing is told with the command that makes it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use aval_protocol::firm::{FirmFile, Signer, TrustError, files, locked};
use aval_protocol::text::Lang;
use aval_protocol::text::console as text;
use aval_transport::keyfile;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::firm::FIRM_FILE;
use crate::link::heirs;
use crate::say::{Failure, Said};
use crate::words;

/// The settings.
const SETTINGS: &str = "console.toml";
/// The private key.
const KEY: &str = "key.pem";
/// Its certificates.
const CHAIN: &str = "chain.pem";
/// The firm's newest bulletin.
const BULLETIN: &str = "bulletin.pem";
/// Longest file read, in bytes.
const MAX: u64 = 64 * 1024;

/// What the directory holds.
#[derive(Debug)]
pub struct Home {
    /// The key with its certificates.
    pub signer: Signer,
    /// The firm, and what clients see of it.
    pub firm: FirmFile,
    /// Relays as `host:port`, the preferred one first.
    pub relays: Vec<String>,
    /// Where the firm's newest bulletin is kept.
    pub bulletin: PathBuf,
}

/// `console.toml`.
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    relay: Vec<String>,
}

// === impl Home

impl Home {
    /// Reads the directory named on the command line, or the usual one.
    ///
    /// # Errors
    /// A [`Failure`] says what is missing and how to mend it.
    pub fn open(named: Option<&Path>) -> Result<Self, Failure> {
        let dir = named.map_or_else(usual, Path::to_path_buf);
        let dir = dir.as_path();
        let key = secret(&dir.join(KEY), dir)?;
        let chain = dir.join(CHAIN);
        let chain_text = read(&chain, || Failure::of(|l| text::no_chain(l, &shown(dir))))?;
        let signer = if locked::is_locked(&key) {
            let opened = words::signer(&dir.join(KEY), &key, Some(&chain_text));
            opened.map_err(|e| {
                let said = e.to_string();
                let (fr, en) = said.split_once("\n  ").unwrap_or((&said, &said));
                Failure::of(|l| if l == Lang::Fr { fr } else { en }.to_owned())
            })?
        } else {
            // Which of the two is at fault: the key is read alone first.
            files::signer_from_pem(&key, None).map_err(|e| unfit(&dir.join(KEY), &e))?;
            files::signer_from_pem(&key, Some(&chain_text)).map_err(|e| unfit(&chain, &e))?
        };
        let path = dir.join(FIRM_FILE);
        let firm = read(&path, || Failure::of(|l| text::no_firm(l, &shown(&path))))?;
        let firm = FirmFile::parse(&firm).map_err(|e| unfit(&path, &e))?;
        let bulletin = dir.join(BULLETIN);
        let roots = heirs::beside(&bulletin);
        if roots.exists() {
            let text = keyfile::read(&roots).map_err(|e| unreadable(&roots, &e.to_string()))?;
            let known = files::successions_from_pem(&text).and_then(|all| firm.firm().follow(&all));
            known.map_err(|e| unfit(&roots, &e))?;
        }
        if bulletin.exists() {
            let text = keyfile::read(&bulletin).map_err(|e| unreadable(&bulletin, &e.to_string()))?;
            let known = files::bulletin_from_pem(&text).and_then(|signed| firm.firm().adopt(&signed));
            known.map_err(|e| unfit(&bulletin, &e))?;
        }
        Ok(Self { signer, firm, relays: relays(&dir.join(SETTINGS))?, bulletin })
    }
}

fn relays(path: &Path) -> Result<Vec<String>, Failure> {
    let none = || Failure::of(|l| text::no_relay(l, &shown(path)));
    let content = read(path, none)?;
    let settings: Settings = toml::from_str(&content).map_err(|e| unreadable(path, e.message()))?;
    if settings.relay.is_empty() {
        return Err(none());
    }
    match settings.relay.iter().find(|relay| !is_address(relay)) {
        Some(bad) => Err(Failure::of(|l| text::bad_relay(l, &shown(path), bad))),
        None => Ok(settings.relay),
    }
}

/// `host:port`, an IPv6 address in brackets.
fn is_address(relay: &str) -> bool {
    if relay.parse::<std::net::SocketAddr>().is_ok() {
        return true;
    }
    relay.rsplit_once(':').is_some_and(|(host, port)| {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        !host.is_empty() && host.chars().all(plain) && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

/// The private key, unless others may read it too.
fn secret(path: &Path, dir: &Path) -> Result<Zeroizing<String>, Failure> {
    #[cfg(unix)]
    if let Ok(meta) = std::fs::metadata(path) {
        use std::os::unix::fs::MetadataExt as _;
        if meta.mode() & 0o077 != 0 {
            return Err(Failure::of(|l| text::key_open(l, &shown(path))));
        }
    }
    read(path, || Failure::of(|l| text::no_key(l, &shown(dir))))
}

/// A small text; `missing` is what to say when there is none.
fn read(path: &Path, missing: impl Fn() -> Failure) -> Result<Zeroizing<String>, Failure> {
    // The size is known before, so that a key is not left behind by a growing buffer.
    let mut content = Zeroizing::new(String::with_capacity(usize::try_from(MAX).unwrap_or_default()));
    let file = File::open(path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => missing(),
        _ => unreadable(path, &e.to_string()),
    })?;
    file.take(MAX).read_to_string(&mut content).map_err(|e| unreadable(path, &e.to_string()))?;
    Ok(content)
}

/// Where the directory is when nobody says.
fn usual() -> PathBuf {
    let config =
        if cfg!(windows) { std::env::var_os("APPDATA") } else { std::env::var_os("XDG_CONFIG_HOME") };
    let config = config.map(PathBuf::from).filter(|path| path.is_absolute());
    let config = config.or_else(|| std::env::home_dir().map(|home| home.join(".config")));
    config.unwrap_or_default().join("aval-console")
}

fn unfit(path: &Path, error: &TrustError) -> Failure {
    unreadable(path, &error.to_string())
}

fn unreadable(path: &Path, why: &str) -> Failure {
    let sentence = |l: Lang| text::unreadable(l, &shown(path), why);
    Failure { said: Said::of(sentence), exit: crate::say::EXIT_FAILED }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests;
