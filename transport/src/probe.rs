//! Moves datagrams between a connection and one end of a measurement: the same loop at the relay and at the agent.

use aval_protocol::line::{End, LineError};
use aval_protocol::wire::record::LineFacts;
use quinn::{Connection, ConnectionError, SendDatagramError};

use crate::{Clock, steer};

/// What IPv4 and UDP add to a datagram (RFC 791 §3.1, RFC 768): a line's rate is counted with them.
const HEADERS: u64 = 28;

/// Why a measurement broke off.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The connection ended.
    #[error("the connection of the measurement ended: {0}")]
    Connection(#[from] ConnectionError),
    /// The other side takes no datagrams.
    #[error("datagrams can't be sent: {0}")]
    Datagrams(#[from] SendDatagramError),
}

/// Runs one end until it has a result. An agent's end never has: give this up when the relay says it is done.
///
/// # Errors
/// [`ProbeError`] when the connection fails.
pub async fn drive(
    connection: &Connection,
    mut end: End,
    clock: &Clock,
) -> Result<Result<LineFacts, LineError>, ProbeError> {
    if !steer::unbound(connection) {
        tracing::debug!("the connection has another congestion controller: the measurement will read low");
    }
    loop {
        let now = clock.monotonic();
        while let Some(packet) = end.poll_transmit(now) {
            connection.send_datagram(packet.into())?;
        }
        if let Some(result) = end.poll_result(now, clock.wall()) {
            return Ok(result);
        }
        let due = async {
            match end.poll_timeout() {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            packet = connection.read_datagram() => {
                let udp = connection.stats().udp_rx;
                let packet = packet?;
                if let Err(error) = end.handle_packet(clock.monotonic(), &packet, udp.bytes + HEADERS * udp.datagrams) {
                    tracing::trace!(%error, "not a packet of the measurement");
                }
            }
            () = due => {}
        }
    }
}
