//! The TLS side of trust: configurations of rustls that know roles and pinned keys, TLS 1.3 and Ed25519 only.
//!
//! Names and the web's authorities play no part: a relay is whoever holds a relay's certificate of the firm, an agent is its key.
//! Nothing resumes and nothing is sent early (RFC 8446 §8: early data can be replayed), so each connection proves its keys anew.

mod peer;
mod provider;
mod verify;

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::server::NoServerSessionStorage;
use rustls::time_provider::TimeProvider;
use rustls::version::TLS13;
use rustls::{ClientConfig, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};

use super::{Firm, Signer, TrustError};
use verify::{Admission, Anybody, Callers, OneKey, RelayOnly};

pub use peer::{Peer, RelayTrust, agent_certificate};
pub use provider::provider;

/// The name asked for in a handshake with a relay. No such host can exist (RFC 6761 §6.4) and nobody judges it.
pub const RELAY_NAME: &str = "relay.aval.invalid";
/// The name asked for in the end-to-end handshake.
pub const AGENT_NAME: &str = "agent.aval.invalid";

/// [`RELAY_NAME`] as rustls takes it.
///
/// # Errors
/// Never in practice: the name is valid.
pub fn server_name(name: &'static str) -> Result<ServerName<'static>, TrustError> {
    ServerName::try_from(name).map_err(|_| TrustError::Unreadable("server name"))
}

/// A relay's end: whoever calls shows a certificate. Members who call (technicians, managers, billing) and agents pass; what each
/// may ask is for the relay to say ([`Peer::from_certs`]).
///
/// # Errors
/// [`TrustError`] when the relay's own key has no certificate that fits it.
pub fn relay_server_config(
    signer: &Signer,
    firm: Firm,
    time: Arc<dyn TimeProvider>,
) -> Result<ServerConfig, TrustError> {
    server(signer.chain().to_vec(), signer, Callers::new(firm, Admission::MembersAndAgents), time)
}

/// An agent's or a console's end towards a relay. The handshake also completes with a relay whose certificate is wrong in nothing
/// but time: callers must ask [`RelayTrust::judge`] before they believe anything but the relay's clock.
///
/// # Errors
/// [`TrustError`] when the own key has a certificate that does not fit it.
pub fn client_config(
    signer: &Signer,
    relay: RelayTrust,
    time: Arc<dyn TimeProvider>,
) -> Result<ClientConfig, TrustError> {
    let own =
        if signer.chain().is_empty() { vec![agent_certificate(signer)?] } else { signer.chain().to_vec() };
    client(own, signer, RelayOnly::new(relay), time)
}

/// For a machine that belongs to nobody yet and asks whose relay this is. Whoever answers is let through with whatever certificate:
/// nothing is proved by it, and nothing but [`Call::Firm`](crate::wire::enrol::Call::Firm) may be said over it.
///
/// # Errors
/// [`TrustError`] when the own key can't be used.
pub fn meeting_config(signer: &Signer, time: Arc<dyn TimeProvider>) -> Result<ClientConfig, TrustError> {
    client(vec![agent_certificate(signer)?], signer, Anybody, time)
}

/// The agent's end of the end-to-end channel (it answers): only a technician of the firm passes.
///
/// # Errors
/// [`TrustError`] when the agent's key can't be used.
pub fn e2e_agent_config(
    signer: &Signer,
    firm: Firm,
    time: Arc<dyn TimeProvider>,
) -> Result<ServerConfig, TrustError> {
    let own = vec![agent_certificate(signer)?];
    server(own, signer, Callers::new(firm, Admission::Technicians), time)
}

/// The console's end of the end-to-end channel (it calls): only the agent with exactly this key passes.
///
/// # Errors
/// [`TrustError`] when the technician's key has no certificate that fits it.
pub fn e2e_console_config(
    signer: &Signer,
    expected_agent_spki: &[u8],
    time: Arc<dyn TimeProvider>,
) -> Result<ClientConfig, TrustError> {
    client(signer.chain().to_vec(), signer, OneKey::new(expected_agent_spki), time)
}

fn server(
    own: Vec<Vec<u8>>,
    signer: &Signer,
    callers: Callers,
    time: Arc<dyn TimeProvider>,
) -> Result<ServerConfig, TrustError> {
    let (chain, key) = credentials(own, signer)?;
    let mut config = ServerConfig::builder_with_details(provider(), time)
        .with_protocol_versions(&[&TLS13])
        .map_err(|_| TrustError::Unreadable("TLS configuration"))?
        .with_client_cert_verifier(Arc::new(callers))
        .with_single_cert(chain, key)
        .map_err(|_| TrustError::Unreadable("key: it is not the one of its certificate"))?;
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.max_early_data_size = 0;
    Ok(config)
}

fn client(
    own: Vec<Vec<u8>>,
    signer: &Signer,
    server: impl rustls::client::danger::ServerCertVerifier + 'static,
    time: Arc<dyn TimeProvider>,
) -> Result<ClientConfig, TrustError> {
    let (chain, key) = credentials(own, signer)?;
    let mut config = ClientConfig::builder_with_details(provider(), time)
        .with_protocol_versions(&[&TLS13])
        .map_err(|_| TrustError::Unreadable("TLS configuration"))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(server))
        .with_client_auth_cert(chain, key)
        .map_err(|_| TrustError::Unreadable("key: it is not the one of its certificate"))?;
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    config.enable_sni = false;
    Ok(config)
}

fn credentials(
    own: Vec<Vec<u8>>,
    signer: &Signer,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TrustError> {
    if own.is_empty() {
        return Err(TrustError::Unreadable("key: it has no certificate yet"));
    }
    let chain = own.into_iter().map(CertificateDer::from).collect();
    Ok((chain, PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signer.pkcs8().to_vec()))))
}

#[cfg(test)]
mod tests;
