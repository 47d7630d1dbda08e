//! The standing line to a relay: dialled again and again, one relay after the other, with pauses that spread a fleet.
//!
//! Exactly this layer owns retries. What comes over the line goes to the service as [`LinkEvent`]s; what goes out is handed in.

pub(crate) mod call;
pub mod dial;
pub(crate) mod greet;
pub(crate) mod heirs;
pub mod redial;
pub mod trust;

use std::time::Duration;

use aval_protocol::firm::{SignedSuccession, TrustError};
use aval_protocol::id::{SessionId, UnixSeconds};
use aval_protocol::wire::link::{Downlink, Farewell, Head, Lane, Uplink};
use aval_protocol::wire::machine::MachineReply;
use aval_transport::{Clock, FrameError, FrameReader, Random};
use quinn::{Connection, ConnectionError, RecvStream, SendStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use dial::{DialError, Dialer};
use greet::{Greeted, greet};
use redial::{Outcome, Redial};
use trust::Relays;

/// A relay says its first word within that time, and what a stream is.
const PATIENCE: Duration = Duration::from_secs(10);
/// Words that may wait, either way.
const WORDS: usize = 32;

/// What happens on the line.
#[derive(Debug)]
pub enum LinkEvent {
    /// There is a line.
    Up(Up),
    /// The relay says something; never a welcome or a farewell.
    Said(Downlink),
    /// The relay opened a lane of a session.
    Lane {
        /// The session.
        session: SessionId,
        /// Which lane.
        lane: Lane,
        /// To the console.
        send: SendStream,
        /// From the console.
        recv: RecvStream,
    },
    /// The relay answered to a call of the service's own.
    Answered(Box<MachineReply>),
    /// What answers is no relay of the firm as it is known here, and shows that the firm's root was succeeded by another one. Unjudged.
    Successions(Vec<SignedSuccession>),
    /// There is no line any more, or still none.
    Down {
        /// Why, in a sentence for the log and the status.
        trouble: String,
        /// The relay does not serve this version.
        too_old: bool,
        /// Nothing had been heard for as long as a line may be silent; otherwise the end itself was heard.
        silent: bool,
    },
}

/// A line.
#[derive(Debug)]
pub struct Up {
    /// The connection, for datagrams and for the relay's certificate.
    pub connection: Connection,
    /// The relay as listed.
    pub relay: String,
    /// The relay's clock.
    pub relay_time: UnixSeconds,
    /// The relay's certificate holds by its own clock and not by this PC's.
    pub clock_doubt: bool,
    /// What goes out. Closed when the line is gone.
    pub uplink: mpsc::Sender<Uplink>,
}

/// Who connects where.
#[derive(Clone, Debug)]
pub struct LinkConfig {
    /// Opens the connections.
    pub dialer: Dialer,
    /// Judges who answers.
    pub trust: Relays,
    /// Relays, the preferred one first.
    pub relays: Vec<String>,
    /// Drawn at each start of the machine.
    pub boot: [u8; 16],
    /// Time.
    pub clock: Clock,
    /// For the pauses.
    pub random: Random,
}

/// Why a line ended or never began.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error("the relay hung up: {0}")]
    Farewell(String, Farewell),
    #[error("the relay says nothing")]
    Silent,
    #[error("what answers is no relay of the firm: {0}")]
    Untrusted(#[from] TrustError),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error("the line was lost: {0}")]
    Lost(String),
    #[error("the line was lost: nothing is heard any more")]
    TimedOut,
    #[error("the agent stops")]
    Stopping,
}

/// Keeps a line until nobody listens to `events` any more.
pub async fn run(config: LinkConfig, events: mpsc::Sender<LinkEvent>) {
    let LinkConfig { clock, random, .. } = &config;
    let mut redial = Redial::new(config.relays.clone());
    loop {
        let mut up_since = None;
        redial.list(&config.relays, config.trust.listed());
        let relay = redial.target().to_owned();
        let Err(error) = keep(&config, &relay, &events, &mut up_since).await;
        if events.is_closed() {
            return;
        }
        let now = clock.monotonic();
        let held = up_since.map(|since| now.saturating_duration_since(since));
        tracing::info!(%error, "no line to the relay");
        if matches!(error, LinkError::Dial(DialError::Refused { .. }) | LinkError::Untrusted(_))
            && let Some(all) = heirs::ask(&config, &relay).await
            && events.send(LinkEvent::Successions(all)).await.is_err()
        {
            return;
        }
        let too_old = matches!(error, LinkError::Farewell(_, Farewell::TooOld { .. }));
        let silent = matches!(error, LinkError::TimedOut | LinkError::Silent);
        let trouble = error.to_string();
        let outcome = match (error, held) {
            (LinkError::Farewell(_, farewell), held) => Outcome::Sent(farewell, held.unwrap_or_default()),
            (_, Some(held)) => Outcome::Lost(held),
            (_, None) => Outcome::Unreachable,
        };
        let pause = redial.after(now, outcome, random.number());
        if events.send(LinkEvent::Down { trouble, too_old, silent }).await.is_err() {
            return;
        }
        tracing::debug!(?pause, relay = redial.target(), "dialling again");
        tokio::select! {
            () = sleep(pause) => {}
            () = events.closed() => return,
        }
    }
}

/// One line, from the dialling to its end.
async fn keep(
    config: &LinkConfig,
    relay: &str,
    events: &mpsc::Sender<LinkEvent>,
    up_since: &mut Option<std::time::Instant>,
) -> Result<std::convert::Infallible, LinkError> {
    let Greeted { connection, closing, mut writer, mut reader, relay_time, clock_doubt } =
        greet(&config.dialer, &config.trust, relay, config.boot).await?;
    *up_since = Some(config.clock.monotonic());
    tracing::info!(relay, "connected to the relay");
    let (uplink, mut outgoing) = mpsc::channel(WORDS);
    let (heard, mut incoming) = mpsc::channel(WORDS);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Some(word) = outgoing.recv().await {
            if writer.write::<Uplink>(&word).await.is_err() {
                return;
            }
        }
    });
    tasks.spawn(async move {
        loop {
            let word = reader.read::<Downlink>().await;
            let over = word.is_err();
            if heard.send(word).await.is_err() || over {
                return;
            }
        }
    });
    let relay = relay.to_owned();
    let up = Up { connection: connection.clone(), relay, relay_time, clock_doubt, uplink };
    events.send(LinkEvent::Up(up)).await.map_err(|_| LinkError::Stopping)?;
    loop {
        let event = tokio::select! {
            biased;
            () = events.closed() => return Err(LinkError::Stopping),
            word = incoming.recv() => match word {
                Some(Ok(Downlink::Farewell(farewell))) => return Err(hung_up(farewell)),
                Some(Ok(word)) => LinkEvent::Said(word),
                Some(Err(error)) => return Err(lost(&closing.0, error)),
                None => return Err(LinkError::Silent),
            },
            stream = connection.accept_bi() => {
                let (send, recv) = stream.map_err(|e| ended(&e))?;
                tasks.spawn(introduce(send, recv, events.clone()));
                continue;
            }
        };
        events.send(event).await.map_err(|_| LinkError::Stopping)?;
    }
}

/// Accepts the lanes that a relay opens on a media connection until it ends.
pub(crate) async fn accept_lanes(connection: Connection, events: mpsc::Sender<LinkEvent>) {
    let mut tasks = JoinSet::new();
    while let Ok((send, recv)) = connection.accept_bi().await {
        tasks.spawn(introduce(send, recv, events.clone()));
        while tasks.try_join_next().is_some() {}
    }
}

/// Hears what a stream is. Anything but a lane is given up.
async fn introduce(send: SendStream, recv: RecvStream, events: mpsc::Sender<LinkEvent>) {
    let mut reader = FrameReader::new(recv);
    if let Ok(Ok(Head::Lane { session, lane })) =
        timeout(PATIENCE, reader.read_within::<Head>(Head::OF_MACHINE)).await
    {
        let recv = reader.into_inner();
        let _ = events.send(LinkEvent::Lane { session, lane, send, recv }).await;
    }
}

fn hung_up(farewell: Farewell) -> LinkError {
    let why = match &farewell {
        Farewell::Redirect { .. } => "it sends this agent to another relay".to_owned(),
        Farewell::Restarting { .. } => "it restarts".to_owned(),
        Farewell::TooOld { oldest } => {
            format!("this version is too old (it serves protocol {oldest} and newer); update aval-agent")
        }
        Farewell::Closed(code) => code.to_string(),
    };
    LinkError::Farewell(why, farewell)
}

/// The connection knows better than its stream why it ended.
fn lost(connection: &Connection, error: FrameError) -> LinkError {
    match (connection.close_reason(), error) {
        (Some(reason), _) => ended(&reason),
        (None, error) => error.into(),
    }
}

fn ended(reason: &ConnectionError) -> LinkError {
    match reason {
        ConnectionError::TimedOut => LinkError::TimedOut,
        reason => LinkError::Lost(reason.to_string()),
    }
}
