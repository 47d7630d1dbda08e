//! The relay's folder: which file is what, and what to do when one is missing.

use std::path::Path;

use anyhow::Result;
use aval_protocol::firm::{FirmFile, Signer, TrustError, files};
use aval_protocol::text::{keys, relay as text};
use aval_transport::{Random, keyfile};

use super::{Data, Store, Typed, bad, trouble};
use crate::settings::Settings;

/// The relay's private key.
pub(super) const KEY: &str = "key.pem";
/// Its certificates.
pub(super) const CHAIN: &str = "chain.pem";
/// What to send to the firm.
pub(super) const REQUEST: &str = "request.pem";
/// The firm.
pub(super) const FIRM: &str = "firm.pub";
/// The firm's newest bulletin.
pub(super) const BULLETIN: &str = "bulletin.pem";
/// The contract record.
const RECORD: &str = "record.sqlite";
/// The firm's settings; optional.
const SETTINGS: &str = "relay.toml";
/// Held while a relay serves this folder.
pub(super) const LOCK: &str = "relay.lock";
/// Signs stateless resets.
const RESET: &str = "reset.key";

/// The record, where the command line or else the settings say that it is; made at the first use.
pub(super) fn record(data: &Data) -> Result<Store> {
    let place = match &data.place.store {
        Some(Typed(place)) => place.clone().map_err(|error| bad(format!("--store: {error}")))?,
        None => settings(&data.data)?.store,
    };
    Store::at(&place, &data.data.join(RECORD))
        .map_err(|error| trouble(|lang| text::record_refuses(lang, &error.to_string())))
}

/// The firm this relay serves.
pub(super) fn firm(dir: &Path) -> Result<FirmFile> {
    let path = dir.join(FIRM);
    if !path.exists() {
        return Err(missing(
            &path,
            &format!("aval-relay init --data {} --firm firm.pub --name NAME", dir.display()),
        ));
    }
    firm_file(&path)
}

/// A `firm.pub`.
pub(super) fn firm_file(path: &Path) -> Result<FirmFile> {
    FirmFile::parse(&keyfile::read(path)?).map_err(|e| unfit(path, &e))
}

/// The relay's key, with its certificates if it has them.
pub(super) fn signer(dir: &Path) -> Result<Signer> {
    let (key, chain) = (dir.join(KEY), dir.join(CHAIN));
    if !key.exists() {
        return Err(missing(
            &key,
            &format!("aval-relay init --data {} --firm firm.pub --name NAME", dir.display()),
        ));
    }
    let secret = keyfile::read_secret(&key)?;
    let certificates = chain.exists().then(|| keyfile::read(&chain)).transpose()?;
    files::signer_from_pem(&secret, certificates.as_deref()).map_err(|e| unfit(&chain, &e))
}

/// The relay's key with its certificates.
pub(super) fn certified(dir: &Path) -> Result<Signer> {
    let signer = signer(dir)?;
    if signer.chain().is_empty() {
        let how = format!("aval-relay install --data {} relay.pem", dir.display());
        return Err(missing(&dir.join(CHAIN), &how));
    }
    Ok(signer)
}

/// The settings.
pub(super) fn settings(dir: &Path) -> Result<Settings> {
    let path = dir.join(SETTINGS);
    if !path.exists() {
        return Ok(Settings::default());
    }
    let found = Settings::parse(&keyfile::read(&path)?);
    found.map_err(|why| trouble(|lang| text::bad_settings(lang, &path.display().to_string(), &why)))
}

/// The key for stateless resets; made at the first use.
pub(super) fn reset_key(dir: &Path, random: &Random) -> Result<[u8; 32]> {
    let path = dir.join(RESET);
    if !path.exists() {
        let fresh: [u8; 32] = random.bytes()?;
        let hex: String = aval_protocol::hex::encode(&fresh);
        keyfile::write_new(&path, &format!("{hex}\n"), true)?;
    }
    let text = keyfile::read_secret(&path)?;
    let key: aval_protocol::id::KeyId = text
        .trim()
        .parse()
        .map_err(|_| unfit(&path, &TrustError::Unreadable("64 hexadecimal digits expected")))?;
    Ok(key.0)
}

fn missing(path: &Path, how: &str) -> anyhow::Error {
    trouble(|lang| text::missing(lang, &path.display().to_string(), how))
}

pub(super) fn unfit(path: &Path, error: &TrustError) -> anyhow::Error {
    trouble(|lang| keys::unfit(lang, &path.display().to_string(), error))
}
