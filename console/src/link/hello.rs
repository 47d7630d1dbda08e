//! From a list of relays to one that answered, proved to be of the firm, and said welcome.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::tls::{self, RelayTrust};
use aval_protocol::firm::{Firm, Member, Signer, TrustError};
use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::VERSION;
use aval_protocol::wire::codes::CloseCode;
use aval_protocol::wire::link::{Downlink, Farewell, Head, Hello};
use aval_transport::random::Random;
use aval_transport::{Clock, FrameReader, FrameWriter, config};
use quinn::{ClientConfig, Connection, ConnectionError};
use rustls::time_provider::TimeProvider;
use rustls_pki_types::{CertificateDer, UnixTime};
use tokio::sync::broadcast;
use tokio::time::{sleep, timeout};

use super::dial::{DialFailure, Dialer, TLS_ALERTS, Tried};
use super::trouble::ConnectError;
use super::{ConsoleConfig, DATAGRAMS, Line, NEWS, RelayKnown, heirs};

/// A relay says its first word within that time.
const PATIENCE: Duration = Duration::from_secs(10);
/// Redirections that are followed.
const MAX_HOPS: u32 = 3;
/// Relays that one redirection may name, and the longest pause it may ask for before a person is kept waiting for nothing.
const MAX_NAMED: usize = 8;
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// rustls' clock: this computer's.
#[derive(Debug)]
pub(super) struct Time(pub(super) Clock);

/// One relay that spoke.
struct Spoken {
    connection: Connection,
    writer: FrameWriter,
    reader: FrameReader,
    said: Downlink,
}

/// One relay after the other until one says welcome.
pub(super) async fn connect(config: ConsoleConfig) -> Result<(Line, FrameWriter, FrameReader), ConnectError> {
    let ConsoleConfig { socket, relays, signer, firm, clock, random, keep } = config;
    let dialer = Dialer::new(socket).map_err(|e| ConnectError::Socket(e.to_string()))?;
    reach(Arc::new(dialer), (relays, keep), signer, firm, (clock, random)).await
}

/// The same once more, over the same socket.
pub(super) async fn again(line: &Line) -> Result<(Line, FrameWriter, FrameReader), ConnectError> {
    let time = (line.clock.clone(), line.random.clone());
    let known = (line.relays.clone(), line.keep.clone());
    reach(Arc::clone(&line.dialer), known, Arc::clone(&line.signer), line.firm.clone(), time).await
}

async fn reach(
    dialer: Arc<Dialer>,
    (known, keep): (Vec<String>, Option<PathBuf>),
    signer: Arc<Signer>,
    firm: Firm,
    (clock, random): (Clock, Random),
) -> Result<(Line, FrameWriter, FrameReader), ConnectError> {
    let mut relays = listed(&firm, &known);
    if relays.is_empty() {
        return Err(ConnectError::NoRelay);
    }
    let own = own_certificate(&firm, &signer, clock.wall())?;
    let trust = RelayTrust::new(firm.clone());
    let tls = tls::client_config(&signer, trust.clone(), Arc::new(Time(clock.clone())))
        .map_err(ConnectError::OwnCertificate)?;
    let tls = config::client(tls).map_err(|_| ConnectError::OwnCertificate(TrustError::CannotSign))?;
    let (mut hops, mut followed) = (0, false);
    loop {
        let spoken = match first(&dialer, &tls, &relays, own.as_ref()).await {
            Ok(spoken) => spoken,
            Err(foreign @ ConnectError::Foreign { .. }) if !followed => {
                followed = true;
                if !heirs_of(&dialer, &relays, (&firm, keep.as_deref()), &clock).await {
                    return Err(foreign);
                }
                continue;
            }
            Err(error) => return Err(error),
        };
        let Spoken { connection, writer, reader, said } = spoken;
        let relay_time = match said {
            Downlink::Welcome { relay_time } => relay_time,
            Downlink::Farewell(Farewell::Redirect { .. }) if hops == MAX_HOPS => {
                return Err(ConnectError::TooManyHops);
            }
            Downlink::Farewell(Farewell::Redirect { to, after_s }) => {
                hops += 1;
                tracing::info!(hops, "redirected");
                relays = to.into_iter().take(MAX_NAMED).collect();
                sleep(Duration::from_secs(u64::from(after_s)).min(MAX_PAUSE)).await;
                continue;
            }
            Downlink::Farewell(Farewell::TooOld { oldest }) => return Err(ConnectError::TooOld { oldest }),
            Downlink::Farewell(Farewell::Restarting { reconnect_in_s, .. }) => {
                return Err(ConnectError::Restarting { seconds: reconnect_in_s });
            }
            Downlink::Farewell(Farewell::Closed(code)) => {
                return Err(turned_away(&connection, code, own.as_ref()));
            }
            _ => return Err(ConnectError::Odd),
        };
        let (member, spki, chain, clock_wrong) =
            judge(&trust, &connection, &clock, relay_time).map_err(|why| ConnectError::RelayUntrusted {
                address: connection.remote_address().to_string(),
                why,
            })?;
        tracing::info!("connected to the relay");
        let off_s = relay_time.0.saturating_sub(clock.wall().0);
        let welcome = (relay_time, clock.monotonic());
        let relay = RelayKnown {
            address: connection.remote_address(),
            member,
            spki,
            chain,
            off_s,
            clock_wrong,
            welcome,
        };
        let ((news, _), (datagrams, _)) = (broadcast::channel(NEWS), broadcast::channel(DATAGRAMS));
        let relays = known;
        let line = Line {
            connection,
            dialer,
            relays,
            keep,
            tls,
            signer,
            firm,
            clock,
            random,
            news,
            datagrams,
            handed: tokio::sync::watch::Sender::new(Vec::new()),
            relay,
        };
        return Ok((line, writer, reader));
    }
}

/// Whether one of them shows that the firm's root was succeeded by another one.
async fn heirs_of(
    dialer: &Dialer,
    relays: &[String],
    (firm, keep): (&Firm, Option<&Path>),
    clock: &Clock,
) -> bool {
    for relay in relays {
        if let Some(all) = heirs::ask(dialer, relay, clock).await
            && heirs::follow(firm, &all, keep)
        {
            return true;
        }
    }
    false
}

/// Relays that the firm's bulletin lists come first, what this computer was set to comes after them.
fn listed(firm: &Firm, set: &[String]) -> Vec<String> {
    let mut relays = firm.bulletin().map_or_else(Vec::new, |bulletin| bulletin.relays.clone());
    let rest: Vec<_> = set.iter().filter(|relay| !relays.contains(relay)).cloned().collect();
    relays.extend(rest);
    relays
}

/// What is wrong with one's own certificate in nothing but time: the relay's clock decides, not this computer's.
fn own_certificate(
    firm: &aval_protocol::firm::Firm,
    signer: &aval_protocol::firm::Signer,
    now: UnixSeconds,
) -> Result<Option<TrustError>, ConnectError> {
    match firm.verify_chain(signer.chain(), now) {
        Ok(_) => Ok(None),
        Err(doubt @ (TrustError::Expired | TrustError::NotYetValid)) => Ok(Some(doubt)),
        Err(error) => Err(ConnectError::OwnCertificate(error)),
    }
}

/// The first of these relays that speaks.
async fn first(
    dialer: &Dialer,
    tls: &ClientConfig,
    relays: &[String],
    own: Option<&TrustError>,
) -> Result<Spoken, ConnectError> {
    let mut tried = Vec::new();
    for relay in relays {
        let connection = match dialer.dial(tls, relay).await {
            Ok(connection) => connection,
            Err(more) => {
                tried.extend(more);
                continue;
            }
        };
        match greet(connection.clone()).await {
            Ok(spoken) => return Ok(spoken),
            Err(failure) => {
                if let Some(error) = refused(&connection, own) {
                    return Err(error);
                }
                tried.push(Tried { address: connection.remote_address().to_string(), failure });
            }
        }
    }
    // A stranger in a relay's place is worse news than silence.
    let foreign = tried.iter().find_map(|t| match &t.failure {
        DialFailure::Foreign(why) => {
            Some(ConnectError::Foreign { address: t.address.clone(), why: why.clone() })
        }
        _ => None,
    });
    Err(foreign.unwrap_or(ConnectError::Unreachable(tried)))
}

async fn greet(connection: Connection) -> Result<Spoken, DialFailure> {
    let other = |e: &dyn std::fmt::Display| DialFailure::Other(e.to_string());
    let (send, recv) = connection.open_bi().await.map_err(|e| other(&e))?;
    let (mut writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
    let program = format!("aval-console {}", env!("CARGO_PKG_VERSION"));
    let hello = Hello { program, oldest: VERSION, boot: [0; 16] };
    writer.write(&Head::Link(hello)).await.map_err(|e| other(&e))?;
    let said = timeout(PATIENCE, reader.read::<Downlink>()).await.map_err(|_| DialFailure::NoAnswer)?;
    Ok(Spoken { connection, writer, reader, said: said.map_err(|e| other(&e))? })
}

/// Whether the relay hung up because of who we are. Its verdict on our certificate comes after our handshake is done
/// (RFC 8446 §4.4.2.4: a TLS 1.3 client learns of it with the first data).
fn refused(connection: &Connection, own: Option<&TrustError>) -> Option<ConnectError> {
    match connection.close_reason()? {
        ConnectionError::ApplicationClosed(close) => {
            let code = u16::try_from(close.error_code.into_inner())
                .map_or(CloseCode::Unknown(u16::MAX), CloseCode::from);
            match code {
                CloseCode::TooOld => Some(ConnectError::TooOld { oldest: VERSION.saturating_add(1) }),
                code => Some(turned_away(connection, code, own)),
            }
        }
        ConnectionError::ConnectionClosed(close) if TLS_ALERTS.contains(&u64::from(close.error_code)) => {
            Some(match own {
                Some(own) => ConnectError::OwnCertificate(own.clone()),
                None => ConnectError::TurnedAway {
                    address: connection.remote_address().to_string(),
                    why: CloseCode::Unauthorised.to_string(),
                },
            })
        }
        _ => None,
    }
}

fn turned_away(connection: &Connection, code: CloseCode, own: Option<&TrustError>) -> ConnectError {
    match (code, own) {
        (CloseCode::Unauthorised, Some(own)) => ConnectError::OwnCertificate(own.clone()),
        (CloseCode::Stopping, _) => ConnectError::Restarting { seconds: 10 },
        _ => ConnectError::TurnedAway {
            address: connection.remote_address().to_string(),
            why: code.to_string(),
        },
    }
}

/// Who the relay is, its key, its chain, and whether this computer's clock is wrong.
type Judged = (Member, Vec<u8>, Vec<Vec<u8>>, bool);

/// Who the relay is: by this computer's clock, or by the relay's own where that disagrees with its certificate.
fn judge(
    trust: &RelayTrust,
    connection: &Connection,
    clock: &Clock,
    relay_time: UnixSeconds,
) -> Result<Judged, TrustError> {
    let certs = connection
        .peer_identity()
        .and_then(|any| any.downcast::<Vec<CertificateDer<'static>>>().ok())
        .ok_or(TrustError::Foreign)?;
    let own = clock.wall();
    let clock_wrong =
        matches!(trust.judge_certs(&certs, own), Err(TrustError::Expired | TrustError::NotYetValid));
    let now = if clock_wrong { relay_time } else { own };
    let member = trust.judge_certs(&certs, now)?;
    let chain: Vec<Vec<u8>> = certs.iter().map(|cert| cert.to_vec()).collect();
    let (_, spki) = trust.firm().verify_chain(&chain, now)?;
    Ok((member, spki, chain, clock_wrong))
}

// === impl Time

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(self.0.wall_precise()))
    }
}
