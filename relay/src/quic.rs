//! The one door: an endpoint with mutual TLS, and how many may be at it at once.

use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::tls::{self, Peer};
use aval_protocol::firm::{FirmFile, Signer};
use aval_protocol::wire::codes::CloseCode;
use aval_transport::socket::{Socket, endpoint_tuned};
use aval_transport::{Clock, config};
use quinn::{Connecting, Connection, Endpoint, Incoming};
use quinn_proto::HashedConnectionIdGenerator;
use rustls_pki_types::CertificateDer;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::hub::{Hub, close};
use crate::link;
use crate::server::StartError;

/// Handshakes at once: at half a millisecond of CPU each, more would only wait.
const MOST_HANDSHAKES: usize = 256;
/// From this many on, an address must first prove that it receives what is sent to it (RFC 9000 §8.1.2).
const RETRY_FROM: usize = 64;
/// Connections at once. An idle one has about 31 kB.
const MOST_CONNECTIONS: usize = 20_000;
/// How long a handshake may take: six retransmissions on a line of 600 ms.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Opens the door.
pub(crate) fn endpoint(
    socket: Socket,
    signer: &Signer,
    firm: &FirmFile,
    clock: &Clock,
    reset_key: [u8; 32],
) -> Result<Endpoint, StartError> {
    let tls = tls::relay_server_config(signer, firm.firm().clone(), Arc::new(clock.clone()))?;
    let server = config::server(tls).map_err(|_| StartError::Tls)?;
    let endpoint = endpoint_tuned(socket, Some(server), |config| {
        // Either alone does nothing: a client believes a reset only for an id that carries this relay's mark.
        let [a, b, c, d, e, f, g, h, ..] = reset_key;
        let mark = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &reset_key);
        config
            .reset_key(Arc::new(key))
            .cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(mark)));
    })?;
    Ok(endpoint)
}

/// Lets peers in until the endpoint is closed.
pub(crate) async fn accept(hub: Arc<Hub>, endpoint: Endpoint) {
    let handshakes = Arc::new(Semaphore::new(MOST_HANDSHAKES));
    let mut connections = JoinSet::new();
    loop {
        let incoming = tokio::select! {
            incoming = endpoint.accept() => incoming,
            Some(ended) = connections.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a connection's task failed");
                }
                continue;
            }
        };
        let Some(incoming) = incoming else { break };
        let waiting = MOST_HANDSHAKES - handshakes.available_permits();
        if waiting >= RETRY_FROM && !incoming.remote_address_validated() {
            // Fails only for a packet that is an answer to a retry, which is validated.
            let _ = incoming.retry();
            continue;
        }
        match Arc::clone(&handshakes).try_acquire_owned() {
            Ok(turn) if connections.len() < MOST_CONNECTIONS => {
                let hub = Arc::clone(&hub);
                connections.spawn(async move {
                    let Some((connection, peer)) = greet(&hub, incoming).await else { return };
                    drop(turn);
                    link::serve(hub, connection, peer).await;
                });
            }
            _ => incoming.refuse(),
        }
    }
    while connections.join_next().await.is_some() {}
}

/// From a first packet to somebody who proved a key.
async fn greet(hub: &Hub, incoming: Incoming) -> Option<(Connection, Peer)> {
    let connecting: Connecting =
        incoming.accept().inspect_err(|error| tracing::debug!(%error, "not accepted")).ok()?;
    let connection = match timeout(HANDSHAKE, connecting).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => {
            tracing::debug!(%error, "a handshake failed");
            return None;
        }
        Err(_) => return None,
    };
    let certs = connection
        .peer_identity()
        .and_then(|identity| identity.downcast::<Vec<CertificateDer<'static>>>().ok())
        .unwrap_or_default();
    match Peer::from_certs(&certs, hub.firm.firm(), hub.clock.wall()) {
        Ok(peer) => Some((connection, peer)),
        Err(error) => {
            tracing::info!(%error, "a certificate is not accepted");
            close(&connection, CloseCode::Unauthorised);
            None
        }
    }
}
