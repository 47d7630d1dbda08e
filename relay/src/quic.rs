//! The one door: an endpoint with mutual TLS, and how many may be at it at once.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aval_protocol::firm::tls::{self, Peer};
use aval_protocol::firm::{FirmFile, Signer};
use aval_protocol::wire::codes::CloseCode;
use aval_transport::socket::{Socket, endpoint_tuned};
use aval_transport::{Clock, config};
use quinn::{Connecting, Connection, Endpoint, Incoming, ServerConfig};
use quinn_proto::HashedConnectionIdGenerator;
use rustls_pki_types::CertificateDer;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::hub::{Hub, close};
use crate::link;
use crate::places::Places;
use crate::server::StartError;
use crate::throttle::Throttle;

/// Handshakes at once: at half a millisecond of CPU each, more would only wait.
const MOST_HANDSHAKES: usize = 256;
/// Of one neighbourhood: more than may be at work before addresses are proven, so that nobody keeps another's out by forging it.
const MOST_HANDSHAKES_OF_ONE: usize = 96;
/// From this many on, an address must first prove that it receives what is sent to it (RFC 9000 §8.1.2).
const RETRY_FROM: usize = 64;
/// Connections at once. An idle one has about 31 kB.
const MOST_CONNECTIONS: usize = 20_000;
/// Of one neighbourhood: an office behind one address has hundreds.
const MOST_CONNECTIONS_OF_ONE: usize = 5_000;
/// How long a handshake may take: six retransmissions on a line of 600 ms.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How often an endpoint may fail before the relay ends, to be started anew by whoever watches over it.
const MOST_FAILURES: usize = 5;
const FAILURES_WITHIN: Duration = Duration::from_secs(60);

/// What a door is made of, each time.
struct Frame {
    socket: Socket,
    server: ServerConfig,
    reset_key: [u8; 32],
}

/// The endpoint that peers come to. When its driver ends, another one takes its place on the same port: its keys are the same, so that a peer
/// who still speaks to the old one hears at once that it is gone.
pub(crate) struct Door {
    frame: Frame,
    /// `None` once it is closed for good.
    now: Mutex<Option<Endpoint>>,
}

// === impl Frame, Door

impl Frame {
    fn endpoint(&self) -> io::Result<Endpoint> {
        let reset_key = self.reset_key;
        endpoint_tuned(self.socket.again()?, Some(self.server.clone()), |config| {
            // Either alone does nothing: a client believes a reset only for an id that carries this relay's mark.
            let [a, b, c, d, e, f, g, h, ..] = reset_key;
            let mark = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &reset_key);
            config
                .reset_key(Arc::new(key))
                .cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(mark)));
        })
    }
}

impl Door {
    /// Opens the door.
    pub(crate) fn open(
        socket: Socket,
        signer: &Signer,
        firm: &FirmFile,
        clock: &Clock,
        reset_key: [u8; 32],
    ) -> Result<Self, StartError> {
        let tls = tls::relay_server_config(signer, firm.firm().clone(), Arc::new(clock.clone()))?;
        let server = config::server(tls).map_err(|_| StartError::Tls)?;
        let frame = Frame { socket: socket.bind()?, server, reset_key };
        let now = Mutex::new(Some(frame.endpoint()?));
        Ok(Self { frame, now })
    }

    /// The endpoint, as long as the door is open.
    pub(crate) fn endpoint(&self) -> Option<Endpoint> {
        self.lock().clone()
    }

    /// Another endpoint in the place of one whose driver has ended; `false` when the door is closed.
    fn reopen(&self) -> io::Result<bool> {
        let mut now = self.lock();
        if now.is_some() {
            *now = Some(self.frame.endpoint()?);
        }
        Ok(now.is_some())
    }

    /// No other endpoint follows this one.
    pub(crate) fn close(&self) -> Option<Endpoint> {
        self.lock().take()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Endpoint>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door").field("now", &self.lock()).finish_non_exhaustive()
    }
}

/// Lets peers in until the door is closed, through one endpoint after the other if need be.
///
/// That an endpoint's driver panics is not survived here: it leaves the endpoint's lock poisoned, which ends the process, by
/// `panic = "abort"` or by the second panic. Whoever starts it again finds the port free and the same keys.
pub(crate) async fn accept(hub: Arc<Hub>, door: Arc<Door>) {
    let handshakes = Places::new(MOST_HANDSHAKES, MOST_HANDSHAKES_OF_ONE);
    let places = Places::new(MOST_CONNECTIONS, MOST_CONNECTIONS_OF_ONE);
    let mut connections = JoinSet::new();
    let mut failures = Throttle::new(MOST_FAILURES, FAILURES_WITHIN);
    while let Some(endpoint) = door.endpoint() {
        from(&hub, &endpoint, (&handshakes, &places), &mut connections).await;
        drop(endpoint);
        if door.endpoint().is_none() {
            break;
        }
        if failures.admit((), hub.clock.monotonic()).is_err() {
            tracing::error!(within = ?FAILURES_WITHIN, "the endpoint failed too often; the relay ends");
            return;
        }
        match door.reopen() {
            Ok(open) => {
                tracing::error!(open, "the endpoint’s driver ended; another one serves on the same port");
            }
            Err(error) => {
                tracing::error!(%error, "the endpoint’s driver ended, and no other can be opened; the relay ends");
                return;
            }
        }
    }
    while connections.join_next().await.is_some() {}
}

/// Lets peers in from one endpoint until it ends.
async fn from(
    hub: &Arc<Hub>,
    endpoint: &Endpoint,
    (handshakes, places): (&Places, &Places),
    connections: &mut JoinSet<()>,
) {
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
        let Some(incoming) = incoming else { return };
        if handshakes.taken() >= RETRY_FROM && !incoming.remote_address_validated() {
            // Fails only for a packet that is an answer to a retry, which is validated.
            let _ = incoming.retry();
            continue;
        }
        let address = incoming.remote_address().ip();
        match handshakes.take(address).zip(places.take(address)) {
            Some((turn, place)) => {
                let hub = Arc::clone(hub);
                connections.spawn(async move {
                    let Some((connection, peer)) = greet(&hub, incoming).await else { return };
                    drop(turn);
                    link::serve(hub, connection, peer).await;
                    drop(place);
                });
            }
            None => incoming.refuse(),
        }
    }
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
