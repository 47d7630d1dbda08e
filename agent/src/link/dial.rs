//! From an address to a QUIC connection, over whichever socket the program was given.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::tls::RELAY_NAME;
use aval_transport::config;
use aval_transport::socket::{Socket, endpoint};
use quinn::{ClientConfig, Connection, Endpoint};
use tokio::sync::OnceCell;
use tokio::time::timeout;

/// How long one address may take: three of quinn's initial retransmissions on a line of 600 ms.
const PATIENCE: Duration = Duration::from_secs(8);
/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 4;

/// Opens connections to relays.
#[derive(Clone, Debug)]
pub struct Dialer {
    inner: Arc<Inner>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The name has no address.
    #[error("the name {0} was not found; check it and the Internet connection")]
    Name(String),
    /// No socket.
    #[error("no network socket: {0}")]
    Socket(#[from] io::Error),
    /// Nobody answers.
    #[error("{0} does not answer; check the Internet connection, and that UDP may pass")]
    Silent(SocketAddr),
    /// What answers is not a relay of the firm, or refuses.
    #[error("{address} is refused or refuses: {why}")]
    Refused {
        /// Who.
        address: SocketAddr,
        /// Why.
        why: String,
    },
    /// The TLS configuration is of no use for QUIC.
    #[error("the TLS configuration lacks QUIC's cipher suite")]
    Tls,
}

struct Inner {
    client: ClientConfig,
    given: Option<Endpoint>,
    v4: OnceCell<Endpoint>,
    v6: OnceCell<Endpoint>,
}

// === impl Dialer

impl Dialer {
    /// With a TLS configuration that knows the firm, over the system's UDP (`None`) or a given socket.
    ///
    /// # Errors
    /// [`DialError::Tls`], [`DialError::Socket`]. Must be called inside a tokio runtime.
    pub fn new(tls: rustls::ClientConfig, socket: Option<Socket>) -> Result<Self, DialError> {
        let client = config::client(tls).map_err(|_| DialError::Tls)?;
        let given = socket.map(|socket| endpoint(socket, None)).transpose()?;
        Ok(Self { inner: Arc::new(Inner { client, given, v4: OnceCell::new(), v6: OnceCell::new() }) })
    }

    /// Connects to `host:port`; of several addresses the first that answers.
    ///
    /// # Errors
    /// [`DialError`] of the last address tried.
    pub async fn dial(&self, relay: &str) -> Result<Connection, DialError> {
        self.dial_as(&self.inner.client, relay).await
    }

    /// The same by another configuration, over the same socket.
    ///
    /// # Errors
    /// [`DialError`] of the last address tried.
    pub(crate) async fn dial_with(
        &self,
        tls: rustls::ClientConfig,
        relay: &str,
    ) -> Result<Connection, DialError> {
        self.dial_as(&config::client(tls).map_err(|_| DialError::Tls)?, relay).await
    }

    async fn dial_as(&self, client: &ClientConfig, relay: &str) -> Result<Connection, DialError> {
        let nowhere = || DialError::Name(relay.to_owned());
        let addresses: Vec<SocketAddr> = match relay.parse() {
            Ok(address) => vec![address],
            Err(_) => timeout(PATIENCE, tokio::net::lookup_host(relay))
                .await
                .map_err(|_| nowhere())?
                .map_err(|_| nowhere())?
                .take(MAX_ADDRESSES)
                .collect(),
        };
        let mut last = nowhere();
        for address in addresses {
            match self.connect(client, address).await {
                Ok(connection) => return Ok(connection),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Connects to one address: another connection to a relay that is connected already.
    ///
    /// # Errors
    /// [`DialError`].
    pub async fn dial_address(&self, address: SocketAddr) -> Result<Connection, DialError> {
        self.connect(&self.inner.client, address).await
    }

    async fn connect(&self, client: &ClientConfig, address: SocketAddr) -> Result<Connection, DialError> {
        let refused = |why: String| DialError::Refused { address, why };
        let connecting = self
            .endpoint(address)
            .await?
            .connect_with(client.clone(), address, RELAY_NAME)
            .map_err(|e| refused(e.to_string()))?;
        match timeout(PATIENCE, connecting).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(quinn::ConnectionError::TimedOut)) | Err(_) => Err(DialError::Silent(address)),
            Ok(Err(error)) => Err(refused(error.to_string())),
        }
    }

    /// Waits until every connection has said its last word, at most for a moment.
    pub async fn settle(&self) {
        let all = [self.inner.given.as_ref(), self.inner.v4.get(), self.inner.v6.get()];
        for endpoint in all.into_iter().flatten() {
            let _ = timeout(Duration::from_millis(300), endpoint.wait_idle()).await;
        }
    }

    /// A socket bound to `[::]` does not reach IPv4 peers on every system, so each family has its own.
    async fn endpoint(&self, to: SocketAddr) -> io::Result<&Endpoint> {
        if let Some(given) = &self.inner.given {
            return Ok(given);
        }
        let (cell, any) = match to {
            SocketAddr::V4(_) => (&self.inner.v4, IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            SocketAddr::V6(_) => (&self.inner.v6, IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
        };
        cell.get_or_try_init(|| async { endpoint(Socket::Udp(SocketAddr::new(any, 0)), None) }).await
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dialer")
    }
}
