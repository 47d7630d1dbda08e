//! Media connections and the lanes between two parties: the relay opens each lane's twin and forwards what it cannot read.

use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::tls::Peer;
use aval_protocol::id::{KeyId, SessionId};
use aval_protocol::wire::codes::{CloseCode, EndReason};
use aval_protocol::wire::link::{Head, Lane};
use aval_transport::{FrameReader, FrameWriter};
use quinn::{Connection, RecvStream, SendStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::broker::{Origin, Side};
use crate::hub::{How, Hub, close};
use crate::splice::{End, pump};

/// How long a lane waits for the agent's media connection, which also proves that the agent has heard the offer: a lane that came
/// before it would find nobody.
const MEDIA: Duration = Duration::from_secs(15);
/// How long a party may take to say what a stream is.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an agent has to say why a session ended once its control lane is over.
const WHY: Duration = Duration::from_secs(1);
/// Lanes that may wait to be opened on one media connection.
const MOST_LANES: usize = 4;

/// A media connection, to its end.
pub(crate) async fn media(
    hub: Arc<Hub>,
    connection: Connection,
    peer: Peer,
    session: SessionId,
    writer: FrameWriter,
    reader: FrameReader,
) {
    let key = match &peer {
        Peer::Member(member, _) => member.key,
        Peer::Agent { key_id, .. } => *key_id,
    };
    let joined = {
        let mut broker = hub.broker();
        broker.media(session, key, connection.clone()).zip(broker.turn(session))
    };
    let Some((side, turn)) = joined else {
        tracing::debug!(%session, "a media connection of no session");
        return close(&connection, CloseCode::Unauthorised);
    };
    // The stream's halves stay open as long as the connection.
    let _stream = (writer, reader);
    match side {
        Side::Agent => {
            // The relay opens the lanes; an agent that opens streams is ignored.
            connection.closed().await;
        }
        Side::Console => accept(&hub, &connection, key).await,
    }
    hub.torn(session, turn);
}

async fn accept(hub: &Arc<Hub>, connection: &Connection, key: KeyId) {
    let mut lanes = JoinSet::new();
    while let Ok((send, recv)) = connection.accept_bi().await {
        while lanes.try_join_next().is_some() {}
        if lanes.len() >= MOST_LANES {
            return close(connection, CloseCode::Limit);
        }
        let (hub, connection) = (Arc::clone(hub), connection.clone());
        lanes.spawn(async move {
            let (writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
            match timeout(PATIENCE, reader.read::<Head>()).await {
                Ok(Ok(Head::Lane { session, lane })) => {
                    open(&hub, Origin::Media(key), session, lane, writer, reader).await;
                }
                _ => close(&connection, CloseCode::Violation),
            }
        });
    }
}

/// Opens a lane's twin and lets the bytes flow.
pub(crate) async fn open(
    hub: &Arc<Hub>,
    origin: Origin,
    session: SessionId,
    lane: Lane,
    mut writer: FrameWriter,
    reader: FrameReader,
) {
    let claimed = {
        let mut broker = hub.broker();
        broker.claim(session, lane, origin).zip(broker.turn(session))
    };
    let Some(((agent, mut media), turn)) = claimed else {
        tracing::debug!(%session, ?lane, "a lane that is not to be");
        return writer.reset();
    };
    let media = match timeout(MEDIA, media.wait_for(Option::is_some)).await {
        Ok(Ok(found)) => found.clone(),
        _ => None,
    };
    let Some(media) = media else {
        writer.reset();
        return hub.not_open(session, turn, EndReason::PeerSilent);
    };
    let target = if lane == Lane::Control { &agent.connection } else { &media };
    let Some((to, from)) = twin(target, session, lane).await else {
        writer.reset();
        return hub.not_open(session, turn, EndReason::LinkLost);
    };
    tracing::debug!(%session, ?lane, "a lane is open");
    let ways = [(reader.into_inner(), to), (from, writer.into_inner())];
    let mut broker = hub.broker();
    let Some(running) = broker.get(session).filter(|it| it.turn == turn && !it.is_lost()) else { return };
    let tasks = if lane == Lane::Control { &mut running.control } else { &mut running.bulk };
    for (from, to) in ways {
        let hub = Arc::clone(hub);
        tasks.spawn(async move {
            let end = pump(from, to).await;
            hub.lane_over((session, turn), lane, end);
        });
    }
}

async fn twin(connection: &Connection, session: SessionId, lane: Lane) -> Option<(SendStream, RecvStream)> {
    let (send, recv) = connection.open_bi().await.ok()?;
    let mut writer = FrameWriter::new(send);
    writer.write(&Head::Lane { session, lane }).await.ok()?;
    Some((writer.into_inner(), recv))
}

impl Hub {
    /// One direction of a lane is over. Without its control lane, or with one torn, a session has no future.
    fn lane_over(self: &Arc<Self>, (session, turn): (SessionId, u32), lane: Lane, end: End) {
        if end == End::Finished && lane != Lane::Control {
            return;
        }
        self.torn(session, turn);
    }

    /// A lane that found nobody. After a lost line there may be another attempt.
    fn not_open(self: &Arc<Self>, session: SessionId, turn: u32, reason: EndReason) {
        if !self.lose(session, turn) {
            self.end(session, reason, How::Orderly, None);
        }
    }

    /// Something of a session is gone. A machine hangs up its screen before it says why: it is given a moment.
    fn torn(self: &Arc<Self>, session: SessionId, turn: u32) {
        let hub = Arc::clone(self);
        self.errand(async move {
            sleep(WHY).await;
            hub.lose_or_end(session, turn);
        });
    }
}
