//! Where an endpoint's packets go: a real UDP socket, or whatever implements quinn's socket trait (a simulated network).

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use quinn::{AsyncUdpSocket, Endpoint, EndpointConfig, ServerConfig, TokioRuntime};

/// What an endpoint sends through.
#[derive(Debug)]
pub enum Socket {
    /// A UDP socket bound to this address.
    Udp(SocketAddr),
    /// A socket made elsewhere, with the endpoint's own configuration.
    Custom(Arc<dyn AsyncUdpSocket>, EndpointConfig),
}

/// Opens an endpoint; with a server's configuration it accepts connections.
///
/// # Errors
/// The system's, when the address can't be bound.
pub fn endpoint(socket: Socket, server: Option<ServerConfig>) -> io::Result<Endpoint> {
    match socket {
        Socket::Udp(address) => {
            let udp = std::net::UdpSocket::bind(address)?;
            Endpoint::new(EndpointConfig::default(), server, udp, Arc::new(TokioRuntime))
        }
        Socket::Custom(socket, config) => {
            Endpoint::new_with_abstract_socket(config, server, socket, Arc::new(TokioRuntime))
        }
    }
}
