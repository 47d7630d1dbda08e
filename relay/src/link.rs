//! One connection: what its first stream says it is, and the standing link of those that stay.

use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::tls::Peer;
use aval_protocol::id::{AgentId, SessionId};
use aval_protocol::wire::codes::{CloseCode, EndReason};
use aval_protocol::wire::link::{Downlink, Farewell, Head, Hello, Standing};
use aval_protocol::wire::{VERSION, Wire as _, WireError};
use aval_transport::{FrameError, FrameReader, FrameWriter};
use quinn::{Connection, ConnectionError, RecvStream, SendStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::broker::Origin;
use crate::calls::handover;
use crate::calls::{self, Caller};
use crate::hub::{How, Hub, Link, close};
use crate::presence::Who;
use crate::records::{AgentRow, AgentStanding};
use crate::{inventory, lanes, probe, steps};

/// How long a peer may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the last word, or an answer, may take to arrive.
const LAST_WORD: Duration = Duration::from_secs(5);
/// A machine says within that time that it holds a session whose line was lost.
const SAYS_SO: Duration = Duration::from_secs(3);
/// Words that may wait for a peer. More means that it does not listen.
const WORDS: usize = 64;
/// Streams that one connection may have at work: what QUIC permits, and those that only wait to be heard.
const MOST_STREAMS: usize = 64;
/// Longest name of a program, in bytes.
const MAX_PROGRAM: usize = 64;
/// How long a visitor without a standing link may stay.
const VISIT: Duration = Duration::from_secs(120);

/// Serves one connection to its end.
pub(crate) async fn serve(hub: Arc<Hub>, connection: Connection, peer: Peer) {
    let first = timeout(PATIENCE, async {
        let (send, recv) = connection.accept_bi().await.map_err(|e| FrameError::Line(e.to_string()))?;
        let (writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
        Ok((head(&mut reader, &peer).await, writer, reader))
    });
    match first.await {
        Err(_) => close(&connection, CloseCode::Silent),
        Ok(Err(FrameError::Line(_))) => {}
        Ok(Err(_)) => close(&connection, CloseCode::Violation),
        Ok(Ok((Err(error), writer, _))) => reject(&connection, error, writer).await,
        Ok(Ok((Ok(head), writer, reader))) => match head {
            Head::Link(hello) => standing(hub, connection, peer, hello, writer, reader).await,
            Head::Call(_) => visit(hub, connection, peer, head, writer, reader).await,
            Head::Media { session } => lanes::media(hub, connection, peer, session, writer, reader).await,
            Head::Probe { token } => probe::run(&hub, connection, &peer, token, writer, reader).await,
            Head::Lane { .. } => close(&connection, CloseCode::Violation),
        },
    }
}

/// The first words made no sense. A program of another version is told so in a frame that every version can read.
async fn reject(connection: &Connection, error: FrameError, writer: FrameWriter) {
    match error {
        FrameError::Wire(WireError::Version(version)) => {
            tracing::info!(version, "a program of another version");
            part(connection, writer, Farewell::TooOld { oldest: VERSION }).await;
        }
        FrameError::Wire(error) => {
            tracing::info!(%error, "not a first frame");
            close(connection, CloseCode::Violation);
        }
        FrameError::Ended | FrameError::Line(_) => close(connection, CloseCode::Violation),
    }
}

/// Says the last word on a link and hangs up.
async fn part(connection: &Connection, mut writer: FrameWriter, farewell: Farewell) {
    let code = match &farewell {
        Farewell::Redirect { .. } => CloseCode::Done,
        Farewell::Restarting { .. } => CloseCode::Stopping,
        Farewell::TooOld { .. } => CloseCode::TooOld,
        Farewell::Closed(code) => *code,
    };
    let told = async {
        if writer.write(&Downlink::Farewell(farewell)).await.is_ok() {
            writer.finish_and_wait().await;
        }
    };
    let _ = timeout(LAST_WORD, told).await;
    close(connection, code);
}

/// Calls without a standing link.
async fn visit(
    hub: Arc<Hub>,
    connection: Connection,
    peer: Peer,
    first: Head,
    writer: FrameWriter,
    reader: FrameReader,
) {
    let caller = Arc::new(Caller { peer, link: None, from: connection.remote_address().ip() });
    let mut streams = JoinSet::new();
    streams.spawn(dispatch(Arc::clone(&hub), connection.clone(), Arc::clone(&caller), first, writer, reader));
    let _ = timeout(VISIT, serve_streams(&hub, &connection, &caller, &mut streams)).await;
    close(&connection, CloseCode::Done);
}

/// The standing link.
async fn standing(
    hub: Arc<Hub>,
    connection: Connection,
    peer: Peer,
    hello: Hello,
    writer: FrameWriter,
    reader: FrameReader,
) {
    if hello.oldest > VERSION {
        return part(&connection, writer, Farewell::TooOld { oldest: VERSION }).await;
    }
    if hello.program.len() > MAX_PROGRAM {
        return close(&connection, CloseCode::Violation);
    }
    let who = match &peer {
        Peer::Member(member, _) => Who::Member(member.person.clone()),
        Peer::Agent { key_id, .. } => Who::Agent(AgentId::from(*key_id)),
    };
    let (out, words) = mpsc::channel(WORDS);
    let link = Link { serial: hub.next_serial(), connection: connection.clone(), out };
    let joined = hub.presence().join(link.serial, who.clone(), link.clone());
    match joined {
        Ok(None) => {}
        Ok(Some(older)) => {
            tracing::info!(?who, "the same key connected again; the older link ends");
            older.farewell(Farewell::Closed(CloseCode::Superseded));
        }
        Err(_) => return part(&connection, writer, Farewell::Closed(CloseCode::Limit)).await,
    }
    tracing::info!(?who, "connected");
    if let Who::Agent(agent) = &who
        && hub.presence().started(*agent, hello.boot)
    {
        twice_alive(&hub, *agent).await;
    }
    let mut tasks = JoinSet::new();
    tasks.spawn(speak(connection.clone(), writer, words));
    link.say(Downlink::Welcome { relay_time: hub.clock.wall() });
    let roots = hub.firm.firm().successions();
    if !roots.is_empty() {
        link.say(Downlink::Successions(roots));
    }
    if let Some(signed) = hub.firm.firm().signed_bulletin() {
        link.say(Downlink::Bulletin(Box::new(signed)));
    }
    match &who {
        Who::Agent(agent) => {
            tell_standing(&hub, &link, *agent).await;
            if let Some(word) = hub.releases.announced() {
                link.say(word);
            }
            tasks.spawn(steps::listen(Arc::clone(&hub), link.clone(), *agent, reader));
            tasks.spawn(forsaken(Arc::clone(&hub), *agent, link.serial));
        }
        Who::Member(person) => {
            handover::tell(&hub, &link, person);
            tasks.spawn(nothing_to_hear(connection.clone(), reader));
            member_seen(&hub, &peer).await;
        }
    }
    let from = connection.remote_address().ip();
    let caller = Arc::new(Caller { peer, link: Some(link.clone()), from });
    let mut streams = JoinSet::new();
    tokio::join!(
        serve_streams(&hub, &connection, &caller, &mut streams),
        forward_datagrams(&hub, &connection, link.serial),
    );
    hub.presence().leave(link.serial);
    let lost = {
        let mut broker = hub.broker();
        let ids = broker.which(|running| running.side(link.serial).is_some());
        ids.into_iter().filter_map(|id| Some((id, broker.get(id)?.turn))).collect::<Vec<_>>()
    };
    // Who says goodbye does not come back.
    let left = matches!(connection.close_reason(), Some(ConnectionError::ApplicationClosed(_)));
    for (session, turn) in lost {
        if left {
            hub.end(session, EndReason::LinkLost, How::Orderly, None);
        } else {
            hub.lose_or_end(session, turn);
        }
    }
    match &who {
        Who::Agent(agent) => seen(&hub, *agent).await,
        Who::Member(_) => member_seen(&hub, &caller.peer).await,
    }
    tracing::info!(?who, reason = ?connection.close_reason(), "disconnected");
}

/// A machine that is here anew, and says nothing of a session it was in, holds nothing of it any more: its program was started again.
async fn forsaken(hub: Arc<Hub>, agent: AgentId, serial: u64) {
    sleep(SAYS_SO).await;
    let gone = hub.broker().which(|it| it.ticket.request.agent == agent && it.agent.serial < serial);
    for session in gone {
        hub.end(session, EndReason::LinkLost, How::Orderly, None);
    }
}

/// Two machines use one key by turns: neither is let into until a manager has said which one it is.
async fn twice_alive(hub: &Hub, agent: AgentId) {
    let at = hub.clock.wall();
    match hub.store(move |store| store.twice_alive(agent, at)).await {
        Ok(true) => {
            tracing::warn!(%agent, "two machines use its key by turns: it is held until a manager has looked");
            hub.changes.touch(agent);
        }
        Ok(false) => {}
        Err(error) => tracing::error!(%agent, %error, "that two machines use its key can’t be recorded"),
    }
}

/// What the record says of a machine, to the machine.
async fn tell_standing(hub: &Hub, link: &Link, agent: AgentId) {
    match hub.store(move |store| store.agent(agent)).await {
        Ok(row) => {
            let known = row.is_some();
            let standing = standing_of(row);
            let approved = matches!(standing, Standing::Approved(_));
            link.say(Downlink::Standing(standing));
            if approved {
                inventory::want(hub, link, agent).await;
                calls::equipment::remind(hub, link, agent).await;
            }
            if known {
                seen(hub, agent).await;
            }
        }
        // It may stay and ask again; without its standing it knows that no session will come.
        Err(error) => tracing::error!(%agent, %error, "its standing can't be read"),
    }
}

/// A row as its machine hears of it.
pub(crate) fn standing_of(row: Option<AgentRow>) -> Standing {
    let Some(row) = row else { return Standing::Unknown };
    match (row.standing, row.approval) {
        (AgentStanding::Approved, Some(approval)) => Standing::Approved(Box::new(approval)),
        (AgentStanding::Pending, _) | (AgentStanding::Approved, None) => Standing::Pending,
        (AgentStanding::Unknown | AgentStanding::Revoked | AgentStanding::Left, _) => Standing::Unknown,
    }
}

async fn seen(hub: &Hub, agent: AgentId) {
    let at = hub.clock.wall();
    match hub.store(move |store| store.seen(agent, at)).await {
        Ok(()) => hub.changes.touch(agent),
        // Nobody's list has it.
        Err(crate::records::StoreError::NotFound(_)) => {}
        Err(error) => tracing::error!(%agent, %error, "its presence can't be recorded"),
    }
}

async fn member_seen(hub: &Hub, peer: &Peer) {
    let Peer::Member(member, _) = peer else { return };
    let (member, at) = (member.clone(), hub.clock.wall());
    if let Err(error) = hub.store(move |store| store.member_seen(&member, at)).await {
        tracing::error!(%error, "a member’s presence can’t be recorded");
    }
}

/// Writes what is to be said, in order.
async fn speak(connection: Connection, mut writer: FrameWriter, mut words: mpsc::Receiver<Downlink>) {
    while let Some(word) = words.recv().await {
        if let Downlink::Farewell(farewell) = word {
            return part(&connection, writer, farewell).await;
        }
        if writer.write(&word).await.is_err() {
            return close(&connection, CloseCode::Violation);
        }
    }
}

/// A member says nothing on the link.
async fn nothing_to_hear(connection: Connection, mut reader: FrameReader) {
    match reader.read::<aval_protocol::wire::link::Uplink>().await {
        Err(FrameError::Line(_)) => {}
        Err(FrameError::Ended) => close(&connection, CloseCode::Done),
        _ => close(&connection, CloseCode::Violation),
    }
}

/// Accepts streams until the connection ends.
async fn serve_streams(
    hub: &Arc<Hub>,
    connection: &Connection,
    caller: &Arc<Caller>,
    streams: &mut JoinSet<()>,
) {
    loop {
        tokio::select! {
            stream = connection.accept_bi() => {
                let Ok((send, recv)) = stream else { return };
                if streams.len() >= MOST_STREAMS {
                    return close(connection, CloseCode::Limit);
                }
                streams.spawn(hear(Arc::clone(hub), connection.clone(), Arc::clone(caller), send, recv));
            }
            Some(ended) = streams.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a stream's task failed");
                }
            }
        }
    }
}

/// What a stream is, in as many bytes as whoever opened it may send.
async fn head(reader: &mut FrameReader, peer: &Peer) -> Result<Head, FrameError> {
    let most = match peer {
        Peer::Agent { .. } => Head::OF_MACHINE,
        Peer::Member(..) => Head::LIMIT,
    };
    reader.read_within(most).await
}

/// Hears what a further stream is.
async fn hear(
    hub: Arc<Hub>,
    connection: Connection,
    caller: Arc<Caller>,
    send: SendStream,
    recv: RecvStream,
) {
    let (writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
    match timeout(PATIENCE, head(&mut reader, &caller.peer)).await {
        Ok(Ok(head)) => dispatch(hub, connection, caller, head, writer, reader).await,
        Ok(Err(FrameError::Wire(error))) => {
            tracing::info!(%error, "not a first frame");
            close(&connection, CloseCode::Violation);
        }
        // A stream that nobody uses is given up.
        Ok(Err(_)) | Err(_) => {}
    }
}

async fn dispatch(
    hub: Arc<Hub>,
    connection: Connection,
    caller: Arc<Caller>,
    head: Head,
    mut writer: FrameWriter,
    reader: FrameReader,
) {
    match (head, &caller.link) {
        (Head::Call(call), _) => {
            let reply = calls::answer(&hub, &caller, *call).await;
            let told = async {
                match writer.write(&reply).await {
                    Ok(()) => writer.finish_and_wait().await,
                    Err(error) => tracing::debug!(%error, "an answer did not arrive"),
                }
            };
            let _ = timeout(LAST_WORD, told).await;
        }
        (Head::Lane { session, lane }, Some(link)) => {
            lanes::open(&hub, Origin::Link(link.serial), session, lane, writer, reader).await;
        }
        _ => close(&connection, CloseCode::Violation),
    }
}

/// Passes on datagrams that begin with a session's number, to its other party. They are sealed, and may get lost.
async fn forward_datagrams(hub: &Hub, connection: &Connection, serial: u64) {
    while let Ok(datagram) = connection.read_datagram().await {
        let Some((session, _)) = datagram.split_first_chunk::<16>() else { continue };
        if let Some(other) = hub.broker().other(SessionId(*session), serial) {
            let _ = other.connection.send_datagram(datagram);
        }
    }
}
