//! The relay as a whole: started with everything it depends on, stopped with a farewell.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::{FirmFile, Signer, TrustError};
use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::codes::{CloseCode, EndReason};
use aval_protocol::wire::link::Farewell;
use aval_transport::socket::Socket;
use aval_transport::{Clock, Random};
use quinn::VarInt;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::gate::Rules;
use crate::hub::{How, Hub};
use crate::install::{self, InstallConfig, InstallError};
use crate::quic::Door;
use crate::records::{Store, StoreError};
use crate::{bulletin, quic, recheck, release};

/// How long links have to hear the farewell.
const GOOD_BYE: Duration = Duration::from_secs(2);

/// Everything a relay depends on.
#[derive(Debug)]
pub struct RelayConfig {
    /// The contract record.
    pub store: Store,
    /// The relay's key with its certificates.
    pub signer: Arc<Signer>,
    /// The firm.
    pub firm: FirmFile,
    /// Time.
    pub clock: Clock,
    /// What packets go through.
    pub socket: Socket,
    /// The firm's settings for the gate.
    pub rules: Rules,
    /// Randomness.
    pub random: Random,
    /// Signs stateless resets (RFC 9000 §10.3). Kept over restarts, it lets clients notice within seconds that the relay they knew is
    /// gone.
    pub reset_key: [u8; 32],
}

/// A relay at work. Dropping it ends everything without a word.
#[derive(Debug)]
pub struct Relay {
    door: Arc<Door>,
    /// Resolves when nobody is let in any more.
    over: oneshot::Receiver<()>,
    hub: Arc<Hub>,
    tasks: JoinSet<()>,
}

/// Why a relay does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No socket.
    #[error("no socket: {0}")]
    Socket(#[from] io::Error),
    /// The relay's certificate is not one.
    #[error("the relay’s certificate: {0}")]
    Certificate(#[from] TrustError),
    /// The record can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The TLS configuration is of no use for QUIC.
    #[error("the TLS configuration lacks QUIC’s cipher suite")]
    Tls,
}

impl Relay {
    /// Begins to serve. Must be called inside a tokio runtime; reads the record, which may block for a moment.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(config: RelayConfig) -> Result<Self, StartError> {
        let RelayConfig { store, signer, firm, clock, socket, rules, random, reset_key } = config;
        let recorded = newest(&store)?;
        let door = Arc::new(Door::open(socket, &signer, &firm, &clock, reset_key)?);
        let hub = Arc::new(Hub::new(store, (signer, firm), clock, rules, random, recorded));
        if let Some(doubt) = hub.clock_doubt() {
            tracing::error!(%doubt, "this computer’s clock can’t be trusted: no session until it can");
        }
        let mut tasks = JoinSet::new();
        let (end, over) = oneshot::channel();
        let accepting = quic::accept(Arc::clone(&hub), Arc::clone(&door));
        tasks.spawn(async move {
            accepting.await;
            // Nobody may be waiting for it.
            let _ = end.send(());
        });
        tasks.spawn(recheck::run(Arc::clone(&hub)));
        tracing::info!(key = %hub.own_key(), "the relay serves");
        Ok(Self { door, over, hub, tasks })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system's.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.door.endpoint().ok_or(io::ErrorKind::NotConnected)?.local_addr()
    }

    /// Waits until the relay can let nobody in any more though it was not stopped: its endpoint failed time and again. The log says why.
    /// Whoever runs it ends the process and starts another one.
    pub async fn broken(&mut self) {
        // An error says that the task itself is gone.
        let _ = (&mut self.over).await;
    }

    /// Hands on the firm's bulletin in this file, and what the file becomes while the relay serves. Must be called inside a tokio
    /// runtime.
    pub fn follow_bulletin(&mut self, path: PathBuf) {
        self.tasks.spawn(bulletin::watch(Arc::clone(&self.hub), path));
    }

    /// Announces the release on the shelf of this folder, and what the shelf becomes while the relay serves. Must be called inside a
    /// tokio runtime.
    pub fn follow_releases(&mut self, dir: PathBuf) {
        self.tasks.spawn(release::watch(Arc::clone(&self.hub), dir));
    }

    /// Serves the install page too, and lets invitations lead to it; where it listens. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`InstallError`].
    pub fn open_install_page(&mut self, config: &InstallConfig) -> Result<SocketAddr, InstallError> {
        install::open(config, &self.hub, &mut self.tasks)
    }

    /// Ends every session, says the last word to everybody, and stops.
    pub async fn stop(mut self, farewell: Farewell) {
        let endpoint = self.door.close();
        if let Some(endpoint) = &endpoint {
            endpoint.set_server_config(None);
        }
        // A relay that comes back finds in the record what it needs: what was agreed to waits at the machines.
        let waits = matches!(farewell, Farewell::Restarting { .. });
        let sessions = self.hub.broker().which(|it| !waits || it.granted_at.is_none());
        for session in sessions {
            self.hub.end(session, EndReason::RelayStopping, How::Orderly, None);
        }
        let links = self.hub.presence().all();
        for link in &links {
            link.farewell(farewell.clone());
        }
        let gone = async {
            for link in &links {
                link.connection.closed().await;
            }
        };
        let _ = tokio::time::timeout(GOOD_BYE, gone).await;
        let code = u32::from(CloseCode::Stopping.number());
        if let Some(endpoint) = &endpoint {
            endpoint.close(VarInt::from_u32(code), CloseCode::Stopping.label().as_bytes());
        }
        self.hub.settle(GOOD_BYE).await;
        self.tasks.abort_all();
        while self.tasks.join_next().await.is_some() {}
        if let Some(endpoint) = &endpoint {
            let _ = tokio::time::timeout(GOOD_BYE, endpoint.wait_idle()).await;
        }
        tracing::info!("the relay has stopped");
    }
}

/// The newest moment that the record knows of; the clock can't be before it.
fn newest(store: &Store) -> Result<UnixSeconds, StoreError> {
    let agents = store.agents()?;
    let moments = agents.iter().flat_map(|row| row.last_seen.into_iter().chain([row.enrolled_at]));
    Ok(moments.max().unwrap_or_default())
}
