//! Where an endpoint's packets go: a real UDP socket, or whatever implements quinn's socket trait (a simulated network).

mod plain;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use quinn::{AsyncUdpSocket, Endpoint, EndpointConfig, Runtime, ServerConfig, TokioRuntime};

pub use plain::plain;

/// Winsock's answers to socket options it does not know: `WSAEOPNOTSUPP`, `WSAENOPROTOOPT`. quinn asks for ECN marks, which Wine
/// and some filtering products on Windows refuse (quinn pull request #2532).
const OPTION_REFUSED: [i32; 2] = [10_045, 10_042];

/// What an endpoint sends through.
#[derive(Debug)]
pub enum Socket {
    /// A UDP socket bound to this address.
    Udp(SocketAddr),
    /// A UDP socket that is bound already.
    Bound(std::net::UdpSocket),
    /// A socket made elsewhere, with the endpoint's own configuration.
    Custom(Arc<dyn AsyncUdpSocket>, EndpointConfig),
}

impl Socket {
    /// Takes the address now rather than when the endpoint opens.
    ///
    /// # Errors
    /// The system's, when the address can't be bound.
    pub fn bind(self) -> io::Result<Self> {
        match self {
            Self::Udp(address) => std::net::UdpSocket::bind(address).map(Self::Bound),
            bound => Ok(bound),
        }
    }

    /// The same port for one more endpoint, once the driver of the one before has ended: two at once would take each other's packets.
    ///
    /// # Errors
    /// The system's.
    pub fn again(&self) -> io::Result<Self> {
        match self {
            Self::Udp(address) => Ok(Self::Udp(*address)),
            Self::Bound(udp) => udp.try_clone().map(Self::Bound),
            Self::Custom(socket, config) => Ok(Self::Custom(Arc::clone(socket), config.clone())),
        }
    }
}

/// Opens an endpoint; with a server's configuration it accepts connections.
///
/// # Errors
/// The system's, when the address can't be bound.
pub fn endpoint(socket: Socket, server: Option<ServerConfig>) -> io::Result<Endpoint> {
    endpoint_tuned(socket, server, |_| {})
}

/// As [`endpoint`], with a hand on the endpoint's own configuration.
///
/// # Errors
/// As [`endpoint`].
pub fn endpoint_tuned(
    socket: Socket,
    server: Option<ServerConfig>,
    tune: impl FnOnce(&mut EndpointConfig),
) -> io::Result<Endpoint> {
    match socket.bind()? {
        Socket::Udp(_) => Err(io::ErrorKind::NotConnected.into()),
        Socket::Bound(udp) => {
            let (runtime, mut config) = (Arc::new(TokioRuntime), EndpointConfig::default());
            tune(&mut config);
            match runtime.wrap_udp_socket(udp.try_clone()?) {
                Err(error) if cfg!(windows) && needs_plain(&error) => {
                    tracing::info!(%error, "plain UDP socket: this system lacks an option of the usual one");
                    Endpoint::new_with_abstract_socket(config, server, plain(udp)?, runtime)
                }
                socket => Endpoint::new_with_abstract_socket(config, server, socket?, runtime),
            }
        }
        Socket::Custom(socket, mut config) => {
            tune(&mut config);
            Endpoint::new_with_abstract_socket(config, server, socket, Arc::new(TokioRuntime))
        }
    }
}

fn needs_plain(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| OPTION_REFUSED.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refused_option_makes_the_socket_plain() {
        assert!(needs_plain(&io::Error::from_raw_os_error(10_045)));
        assert!(needs_plain(&io::Error::from_raw_os_error(10_042)));
        // WSAEADDRINUSE, and an error that no system gave.
        assert!(!needs_plain(&io::Error::from_raw_os_error(10_048)));
        assert!(!needs_plain(&io::ErrorKind::AddrInUse.into()));
    }
}
