//! The console's standing line to a relay of its firm, and the calls on it.
//!
//! A relay is believed to be one because its certificate chains to the firm's root in the relay's role; its name and address prove
//! nothing. A redirection leads to relays that must prove the same.

pub(crate) mod dial;
pub(crate) mod heirs;
mod hello;
pub(crate) mod trouble;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aval_protocol::firm::{
    Adopted, Firm, Member, SignedBulletin, SignedSuccession, Signer, TrustError, files,
};
use aval_protocol::id::{SessionId, UnixSeconds};
use aval_protocol::text::console as text;
use aval_protocol::wire::codes::{CloseCode, EndReason};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::link::{Downlink, Farewell, Handed, Head};
use aval_transport::random::Random;
use aval_transport::socket::Socket;
use aval_transport::{Clock, FrameError, FrameReader, FrameWriter, keyfile};
use quinn::{ClientConfig, Connection, VarInt};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use dial::{DialFailure, Tried};
pub use trouble::{CallError, ConnectError};

use crate::say::Said;
use dial::Dialer;

/// How long a call may take: the gate measures the machine's line for up to 2 s, after fetching the machine's attention.
const CALL_PATIENCE: Duration = Duration::from_secs(30);
/// News that a session may leave unread.
const NEWS: usize = 32;
/// Datagrams that a session may leave unread: two seconds of one machine's signs of life, and a burst.
const DATAGRAMS: usize = 32;

/// What colleagues may hand over at once.
const MOST_HANDED: usize = 16;

/// Who connects where, as whom.
#[derive(Debug)]
pub struct ConsoleConfig {
    /// What packets go through; `None` is the system's UDP.
    pub socket: Option<Socket>,
    /// Relays as `host:port`, the preferred one first.
    pub relays: Vec<String>,
    /// The member's key with its certificates.
    pub signer: Arc<Signer>,
    /// The firm.
    pub firm: Firm,
    /// Time.
    pub clock: Clock,
    /// For the console's share of the match code.
    pub random: Random,
    /// Where the firm's newest bulletin is kept, if anywhere.
    pub keep: Option<PathBuf>,
}

/// A line to a relay. Dropping it closes the line.
#[derive(Debug)]
pub struct Console {
    pub(crate) line: Arc<Line>,
    _tasks: JoinSet<()>,
}

/// What sessions share of the line.
pub(crate) struct Line {
    pub(crate) connection: Connection,
    pub(crate) dialer: Arc<Dialer>,
    relays: Vec<String>,
    keep: Option<PathBuf>,
    pub(crate) tls: ClientConfig,
    pub(crate) signer: Arc<Signer>,
    pub(crate) firm: Firm,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) news: broadcast::Sender<News>,
    /// Datagrams of the line, each of some session. Whoever is slow loses the oldest: datagrams get lost anyway.
    pub(crate) datagrams: broadcast::Sender<Arc<[u8]>>,
    /// What colleagues hand over, and until when by this computer's clock.
    pub(crate) handed: watch::Sender<Vec<(Handed, UnixSeconds)>>,
    relay: RelayKnown,
}

/// The relay at the other end.
#[derive(Clone, Debug)]
pub struct RelayKnown {
    /// Where.
    pub address: SocketAddr,
    /// Who, by its certificate.
    pub member: Member,
    /// Its key's `SubjectPublicKeyInfo` (DER).
    pub spki: Vec<u8>,
    /// Its certificates (DER).
    chain: Vec<Vec<u8>>,
    /// Seconds by which its clock was ahead of this computer's when it said welcome.
    pub off_s: i64,
    /// This computer's clock and the relay's certificate disagree: the relay's clock judges certificates.
    pub clock_wrong: bool,
    /// What it said, and when.
    welcome: (UnixSeconds, Instant),
}

/// What the relay says of sessions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum News {
    /// It is over as far as the relay is concerned.
    Over(SessionId, EndReason),
    /// The line ended.
    LineLost(EndReason),
}

// === impl Console

impl Console {
    /// Connects to the first relay of the list that proves to be one of the firm's; follows at most three redirections.
    ///
    /// # Errors
    /// [`ConnectError`]. Must be called inside a tokio runtime.
    pub async fn connect(config: ConsoleConfig) -> Result<Self, ConnectError> {
        Ok(Self::of(hello::connect(config).await?))
    }

    /// Another line as the same member, to the first of the same relays that answers.
    pub(crate) async fn again(line: &Line) -> Result<Self, ConnectError> {
        Ok(Self::of(hello::again(line).await?))
    }

    fn of((line, writer, reader): (Line, FrameWriter, FrameReader)) -> Self {
        let line = Arc::new(line);
        let mut tasks = JoinSet::new();
        // The stream's other half stays open as long as the line.
        tasks.spawn(listen(Arc::clone(&line), writer, reader));
        tasks.spawn(hand_on(Arc::clone(&line)));
        Self { line, _tasks: tasks }
    }

    /// Asks one question.
    ///
    /// # Errors
    /// [`CallError::Fault`] when the relay says no, any other when it can't be asked.
    pub async fn call(&self, call: Call) -> Result<Reply, CallError> {
        self.line.call(call).await
    }

    /// The wall clock that certificates are judged by: this computer's, or the relay's where this computer's is wrong.
    pub fn now(&self) -> UnixSeconds {
        self.line.now()
    }

    /// The relay's clock, as of its welcome: what its records are dated by.
    pub fn relay_now(&self) -> UnixSeconds {
        self.line.relay_now()
    }

    /// The relay at the other end.
    pub fn relay(&self) -> &RelayKnown {
        &self.line.relay
    }

    /// The member's key.
    pub fn signer(&self) -> &Signer {
        &self.line.signer
    }

    /// Waits until the line is gone; why, for the person.
    pub async fn lost(&self) -> Said {
        let why = self.line.connection.closed().await.to_string();
        Said::of(|l| text::line_lost(l, &why))
    }

    /// Says goodbye and waits until it was heard, at most for a moment.
    pub async fn close(self) {
        self.hang_up().await;
    }

    /// The same while others still hold the line.
    pub(crate) async fn hang_up(&self) {
        self.line.close();
        self.line.dialer.settle().await;
    }

    /// What colleagues hand over to this member, as it changes.
    pub(crate) fn handed(&self) -> watch::Receiver<Vec<(Handed, UnixSeconds)>> {
        self.line.handed.subscribe()
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.line.close();
    }
}

// === impl Line

impl Line {
    pub(crate) async fn call(&self, call: Call) -> Result<Reply, CallError> {
        let lost = |e: &dyn std::fmt::Display| CallError::Lost(self.why_lost(&e.to_string()));
        let (send, recv) = self.connection.open_bi().await.map_err(|e| lost(&e))?;
        let (mut writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
        writer.write(&Head::Call(Box::new(call))).await.map_err(|e| match e {
            FrameError::Wire(_) => CallError::TooLong,
            e => lost(&e),
        })?;
        writer.finish();
        let reply = timeout(CALL_PATIENCE, reader.read::<Reply>()).await.map_err(|_| CallError::Silent)?;
        match reply {
            Ok(Reply::Fault { code, fr, en }) => Err(CallError::Fault { code, fr, en }),
            Ok(reply) => Ok(reply),
            Err(FrameError::Wire(_)) => Err(CallError::Odd),
            Err(error) => Err(lost(&error)),
        }
    }

    pub(crate) fn now(&self) -> UnixSeconds {
        if self.relay.clock_wrong { self.relay_now() } else { self.clock.wall() }
    }

    pub(crate) fn relay_now(&self) -> UnixSeconds {
        let (said, at) = self.relay.welcome;
        let since = self.clock.monotonic().saturating_duration_since(at).as_secs();
        UnixSeconds(said.0.saturating_add(i64::try_from(since).unwrap_or(i64::MAX)))
    }

    /// Takes the firm's newest bulletin in and keeps it; whether it revokes the relay at the other end.
    fn learn(&self, signed: &SignedBulletin) -> bool {
        match self.firm.adopt(signed) {
            Ok(Adopted::Newer) => {}
            Ok(Adopted::Same) => return false,
            Ok(Adopted::Older) => {
                tracing::warn!("the relay shows an older bulletin than the one that counts");
                return false;
            }
            Err(error) => {
                tracing::warn!(%error, "the relay shows a bulletin that is none");
                return false;
            }
        }
        if let (Some(path), Ok(text)) = (&self.keep, files::bulletin_to_pem(signed))
            && let Err(error) = keyfile::replace(path, &text)
        {
            tracing::error!(%error, "the firm’s bulletin counts and could not be kept");
        }
        let chain = &self.relay.chain;
        self.firm.verify_chain(chain, self.now()) == Err(TrustError::Revoked)
    }

    /// Follows the firm's roots by their own words and keeps them.
    fn follow(&self, all: &[SignedSuccession]) {
        let _ = heirs::follow(&self.firm, all, self.keep.as_deref());
    }

    /// A colleague lets this member ask for a machine: the newest word of each counts, for as long as it says.
    fn handed(&self, handed: Handed) {
        let until = self.clock.wall().0.saturating_add(i64::from(handed.for_s));
        self.handed.send_modify(|all| {
            all.retain(|(before, _)| before.agent != handed.agent);
            all.push((handed, UnixSeconds(until)));
            if all.len() > MOST_HANDED {
                all.remove(0);
            }
        });
    }

    /// The connection knows better than its stream why it ended.
    fn why_lost(&self, otherwise: &str) -> String {
        self.connection.close_reason().map_or_else(|| otherwise.to_owned(), |reason| reason.to_string())
    }

    fn close(&self) {
        self.connection.close(VarInt::from_u32(u32::from(CloseCode::Done.number())), b"");
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").field("relay", &self.relay.address).finish_non_exhaustive()
    }
}

/// Hears what the relay says until the line ends.
async fn listen(line: Arc<Line>, writer: FrameWriter, mut reader: FrameReader) {
    let reason = loop {
        match reader.read::<Downlink>().await {
            // Nobody listens when there is no session: nothing is lost.
            Ok(Downlink::Over { session, reason }) => drop(line.news.send(News::Over(session, reason))),
            Ok(Downlink::Farewell(farewell)) => {
                tracing::info!(?farewell, "the relay hangs up");
                break match farewell {
                    Farewell::Redirect { .. } | Farewell::Restarting { .. } => EndReason::RelayStopping,
                    Farewell::Closed(CloseCode::Stopping) => EndReason::RelayStopping,
                    Farewell::Closed(CloseCode::Revoked) => EndReason::SecurityCut,
                    Farewell::TooOld { .. } | Farewell::Closed(_) => EndReason::LinkLost,
                };
            }
            Ok(Downlink::Successions(all)) => line.follow(&all),
            Ok(Downlink::Bulletin(signed)) => {
                if line.learn(&signed) {
                    tracing::warn!("the firm revoked this relay");
                    line.connection.close(VarInt::from_u32(u32::from(CloseCode::Revoked.number())), b"");
                    break EndReason::SecurityCut;
                }
            }
            Ok(Downlink::HandedOver(handed)) => line.handed(*handed),
            Ok(other) => tracing::debug!(?other, "not meant for a console"),
            Err(error) => {
                tracing::info!(%error, "the line to the relay ended");
                break EndReason::LinkLost;
            }
        }
    };
    drop(line.news.send(News::LineLost(reason)));
    drop(writer);
}

/// One connection's datagrams are for all its sessions; each knows its own.
async fn hand_on(line: Arc<Line>) {
    while let Ok(datagram) = line.connection.read_datagram().await {
        // Nobody listens when there is no session.
        drop(line.datagrams.send(datagram[..].into()));
    }
}
