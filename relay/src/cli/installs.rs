//! The install page on the command line: packages for it, a certificate for trials, who agreed to what.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use aval_protocol::hex;
use aval_protocol::id::UnixSeconds;
use aval_protocol::text::relay as text;
use aval_transport::keyfile;
use serde_json::json;

use super::{Data, bad, folder, refused, rfc3339, say, trouble};
use crate::install::{self, CertificateError, InstallConfig, InstallError};
use crate::records::Author;
use crate::server::Relay;
use crate::settings::{CERTIFICATE, KEY, PACKAGES};

/// Serves the page beside the relay.
pub(super) fn open(relay: &mut Relay, dir: &Path, install: &InstallConfig) -> Result<SocketAddr> {
    let config = install.clone().within(dir);
    relay.open_install_page(&config).map_err(|error| match error {
        InstallError::Socket(error) => {
            trouble(|lang| text::no_page_socket(lang, &config.listen.to_string(), &error.to_string()))
        }
        InstallError::Certificate(CertificateError::Missing(path)) => {
            trouble(|lang| text::no_certificate(lang, &path, &dir.display().to_string()))
        }
        InstallError::Certificate(CertificateError::File(error)) => error.into(),
        InstallError::Certificate(CertificateError::Unfit { path, why }) => {
            trouble(|lang| text::bad_certificate(lang, &path, &why))
        }
    })
}

/// Checks a package, copies it to its place and records it.
pub(super) fn add(data: &Data, file: &Path, out: &mut dyn Write, at: UnixSeconds) -> Result<()> {
    let dir = &data.data;
    let settings = folder::settings(dir)?;
    let packages = settings.install.map_or_else(|| PACKAGES.into(), |install| install.packages);
    let package = install::look_at(file).map_err(bad)?;
    let store = folder::record(data)?;
    install::shelve(file, &package, &dir.join(packages)).map_err(bad)?;
    store.add_package(&package, &Author::Host, at).map_err(refused)?;
    let hash = hex::encode(&package.sha256);
    say(out, |lang| text::package_added(lang, &package.file, &hash))
}

/// Who agreed to what.
pub(super) fn list(data: &Data, as_json: bool, out: &mut dyn Write) -> Result<()> {
    let all = folder::record(data)?.acceptances().map_err(refused)?;
    if all.is_empty() && !as_json {
        return say(out, |lang| text::no_installs(lang).to_owned());
    }
    for it in all {
        let (at, agent) = (rfc3339(it.at), it.agent.map(|agent| agent.to_string()));
        if as_json {
            let line = json!({
                "at": at, "via": it.via.label(), "version": it.version, "sha256": hex::encode(&it.sha256),
                "lang": it.lang.pick("fr", "en"), "code_sha256": hex::encode(&it.code), "contract": it.contract.as_str(),
                "client": it.client, "machine": agent,
            });
            writeln!(out, "{line}")?;
        } else {
            let short = &hex::encode(&it.sha256)[..16];
            let agent = agent.unwrap_or_default();
            let (via, contract) = (it.via.label(), it.contract.as_str());
            writeln!(out, "{at}  {contract}  {}  {}  {short}…  {via}  {agent}", it.client, it.version)?;
        }
    }
    Ok(())
}

/// A certificate that signs itself.
pub(super) fn trial(dir: &Path, host: &str, out: &mut dyn Write, at: UnixSeconds) -> Result<()> {
    let (certificate, key) = (dir.join(CERTIFICATE), dir.join(KEY));
    keyfile::refuse_existing(&certificate)?;
    let (pem, secret) = install::trial(host, at).map_err(bad)?;
    keyfile::write_new(&key, &secret, true)?;
    keyfile::write_new(&certificate, &pem, false)?;
    say(out, |lang| text::trial_certificate(lang, &certificate.display().to_string(), host))
}
