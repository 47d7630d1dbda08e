//! QUIC's numbers, each with its reason.

use std::sync::Arc;
use std::time::Duration;

use crate::steer::{Congestion, Steering};
use aval_protocol::wire::ALPN;
use quinn::crypto::rustls::{NoInitialCipherSuite, QuicClientConfig, QuicServerConfig};
use quinn::{ClientConfig, IdleTimeout, ServerConfig, TransportConfig, VarInt};

/// Streams a peer may have open at once. Each permitted stream costs memory from the start (quinn issue #2600): 31 kB a
/// connection at 16, 164 kB at 1024.
pub const MAX_STREAMS: u32 = 16;
/// Flow-control window of a stream, bytes. A relay's windows are a hidden queue in front of a slow receiver; at 64 kB and
/// 4 Mbit/s it holds 0.13 s, at quinn's default 1.25 MB it holds seconds.
pub const STREAM_WINDOW: u32 = 64 * 1024;
/// Flow-control window of a connection, bytes: all lanes together.
pub const CONNECTION_WINDOW: u32 = 256 * 1024;
/// Silence after which a connection is dead.
pub const IDLE: Duration = Duration::from_secs(30);
/// How often a client speaks when it has nothing to say: keeps a NAT's binding (30 s and more by RFC 4787 §4.3) alive.
pub const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// Bytes of datagrams kept for sending, and for reading; a pulse has about 100, but a measurement of a line of 20 Mbit/s whose
/// packets come in clumps of 40 ms brings 100 kB at once. Memory is used only while they wait.
pub const DATAGRAM_BUFFER: usize = 128 * 1024;
/// Which congestion controller. CUBIC, because screen updates are paced by the agent and stay below the line's rate, where both
/// behave alike; BBR is for lines that lose packets without being full.
pub const CONGESTION: Congestion = Congestion::Cubic;

/// Transport parameters of both ends.
pub fn transport() -> TransportConfig {
    let mut config = TransportConfig::default();
    config
        .max_concurrent_bidi_streams(VarInt::from_u32(MAX_STREAMS))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(CONNECTION_WINDOW))
        .send_window(u64::from(CONNECTION_WINDOW))
        .datagram_receive_buffer_size(Some(DATAGRAM_BUFFER))
        .datagram_send_buffer_size(DATAGRAM_BUFFER)
        .congestion_controller_factory(Arc::new(Steering(CONGESTION)))
        .max_idle_timeout(IdleTimeout::try_from(IDLE).ok());
    config
}

/// A client's configuration: agent or console.
///
/// # Errors
/// When the TLS configuration lacks the cipher suite of QUIC's first packets (RFC 9001 §5.2).
pub fn client(mut tls: rustls::ClientConfig) -> Result<ClientConfig, NoInitialCipherSuite> {
    tls.alpn_protocols = vec![ALPN.to_vec()];
    let mut config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls)?));
    let mut transport = transport();
    transport.keep_alive_interval(Some(KEEP_ALIVE));
    config.transport_config(Arc::new(transport));
    Ok(config)
}

/// A relay's configuration.
///
/// # Errors
/// As [`client`].
pub fn server(mut tls: rustls::ServerConfig) -> Result<ServerConfig, NoInitialCipherSuite> {
    tls.alpn_protocols = vec![ALPN.to_vec()];
    let mut config = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls)?));
    config.transport_config(Arc::new(transport()));
    Ok(config)
}
