//! From `host:port` to a QUIC connection: every address is tried, and why each failed is told.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use aval_protocol::firm::tls::RELAY_NAME;
use aval_transport::socket::{Socket, endpoint};
use quinn::{ClientConfig, Connection, ConnectionError, Endpoint};
use tokio::sync::OnceCell;
use tokio::time::timeout;

/// How long one address may take: three of quinn's initial retransmissions on a line of 600 ms.
const PATIENCE: Duration = Duration::from_secs(8);
/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 4;
/// quinn's number for a failed TLS handshake: 0x100 and the alert (RFC 9001 §4.8).
pub(super) const TLS_ALERTS: std::ops::Range<u64> = 0x100..0x200;

/// One address that was tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tried {
    /// `host:port` as given, or the address.
    pub address: String,
    /// What came of it.
    pub failure: DialFailure,
}

/// Why one address gave no connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DialFailure {
    /// The name has no address.
    NoSuchName,
    /// Nobody answers.
    NoAnswer,
    /// What answers does not prove to be a relay of the firm.
    Foreign(String),
    /// Anything else, in the system's words.
    Other(String),
}

/// Opens connections to relays.
pub(crate) struct Dialer {
    given: Option<Endpoint>,
    v4: OnceCell<Endpoint>,
    v6: OnceCell<Endpoint>,
}

// === impl Dialer

impl Dialer {
    /// Over the system's UDP (`None`) or a given socket. Must be called inside a tokio runtime.
    pub(crate) fn new(socket: Option<Socket>) -> io::Result<Self> {
        let given = socket.map(|socket| endpoint(socket, None)).transpose()?;
        Ok(Self { given, v4: OnceCell::new(), v6: OnceCell::new() })
    }

    /// The first address of `host:port` that answers, or what each said.
    pub(crate) async fn dial(&self, tls: &ClientConfig, relay: &str) -> Result<Connection, Vec<Tried>> {
        let mut tried = Vec::new();
        for address in addresses(relay).await {
            match self.dial_address(tls, address).await {
                Ok(connection) => return Ok(connection),
                Err(failure) => tried.push(Tried { address: address.to_string(), failure }),
            }
        }
        if tried.is_empty() {
            tried.push(Tried { address: relay.to_owned(), failure: DialFailure::NoSuchName });
        }
        Err(tried)
    }

    /// One address.
    pub(crate) async fn dial_address(
        &self,
        tls: &ClientConfig,
        address: SocketAddr,
    ) -> Result<Connection, DialFailure> {
        let other = |e: &dyn std::fmt::Display| DialFailure::Other(e.to_string());
        let endpoint = self.endpoint(address).await.map_err(|e| other(&e))?;
        let connecting = endpoint.connect_with(tls.clone(), address, RELAY_NAME).map_err(|e| other(&e))?;
        match timeout(PATIENCE, connecting).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(ConnectionError::TimedOut)) | Err(_) => Err(DialFailure::NoAnswer),
            // Our own verdict on the relay's certificate; the relay's verdict on ours comes as a close of the peer.
            Ok(Err(ConnectionError::TransportError(e))) if TLS_ALERTS.contains(&u64::from(e.code)) => {
                Err(DialFailure::Foreign(e.reason))
            }
            Ok(Err(e)) => Err(other(&e)),
        }
    }

    /// Waits until every connection has said its last word, at most for a moment.
    pub(crate) async fn settle(&self) {
        let all = [self.given.as_ref(), self.v4.get(), self.v6.get()];
        for endpoint in all.into_iter().flatten() {
            let _ = timeout(Duration::from_millis(300), endpoint.wait_idle()).await;
        }
    }

    /// A socket bound to `[::]` does not reach IPv4 peers on every system, so each family has its own.
    async fn endpoint(&self, to: SocketAddr) -> io::Result<&Endpoint> {
        if let Some(given) = &self.given {
            return Ok(given);
        }
        let (cell, any) = match to {
            SocketAddr::V4(_) => (&self.v4, IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            SocketAddr::V6(_) => (&self.v6, IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
        };
        cell.get_or_try_init(|| async { endpoint(Socket::Udp(SocketAddr::new(any, 0)), None) }).await
    }
}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dialer")
    }
}

async fn addresses(relay: &str) -> Vec<SocketAddr> {
    if let Ok(address) = relay.parse() {
        return vec![address];
    }
    match timeout(PATIENCE, tokio::net::lookup_host(relay)).await {
        Ok(Ok(addresses)) => addresses.take(MAX_ADDRESSES).collect(),
        _ => Vec::new(),
    }
}
