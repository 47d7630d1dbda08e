//! Two bare endpoints with a throw-away certificate: for worlds that are about the line and not about the firm.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use aval_transport::{config, socket};
use quinn::{ClientConfig, Connection, Endpoint, ServerConfig};
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519};
use rustls::RootCertStore;
use rustls_pki_types::PrivateKeyDer;

use super::{Line, SimNet};

/// A connection, seen from both ends.
#[derive(Debug)]
pub struct Pair {
    /// At the server.
    pub server: Connection,
    /// At the client.
    pub client: Connection,
    /// Keep them: an endpoint that is dropped stops.
    pub endpoints: (Endpoint, Endpoint),
}

/// The server's address in [`pair`].
pub fn server_address() -> SocketAddr {
    ([10, 0, 0, 1], 443).into()
}

/// The client's address in [`pair`].
pub fn client_address() -> SocketAddr {
    ([10, 0, 0, 2], 5000).into()
}

/// Connects a client on this line to a perfect server. The product's transport parameters, nothing of its identities.
///
/// # Errors
/// When the handshake fails.
pub async fn pair(net: &SimNet, line: Line) -> anyhow::Result<Pair> {
    let (client_config, server_config) = configs()?;
    let server = socket::endpoint(net.host(server_address(), Line::server()), Some(server_config))?;
    let client = socket::endpoint(net.host(client_address(), line), None)?;
    let connecting = client.connect_with(client_config, server_address(), "relay")?;
    let accept = async {
        let incoming = server.accept().await.context("the server is closed")?;
        anyhow::Ok(incoming.await?)
    };
    let (client_side, server_side) = tokio::join!(connecting, accept);
    Ok(Pair { server: server_side?, client: client_side?, endpoints: (server, client) })
}

/// Configurations for [`pair`], or for endpoints over real sockets. Ed25519, so that packet sizes never vary.
///
/// # Errors
/// When no key can be made.
pub fn configs() -> anyhow::Result<(ClientConfig, ServerConfig)> {
    let key = KeyPair::generate_for(&PKCS_ED25519)?;
    let certificate = CertificateParams::new(vec!["relay".to_owned()])?.self_signed(&key)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone())?;
    let client = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok((
        config::client(client).context("client configuration")?,
        config::server(server).context("server configuration")?,
    ))
}
