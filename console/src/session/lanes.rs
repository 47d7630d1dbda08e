//! The media connection and its two lanes: sealed screen in, sealed input out. Small tasks that end with the session.

use std::sync::Arc;
use std::time::Duration;

use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::seal::{Opener, Sealer};
use aval_protocol::wire::codes::CloseCode;
use aval_protocol::wire::input::InputUp;
use aval_protocol::wire::link::{Head, Lane};
use aval_protocol::wire::screen::{ScreenDown, ScreenUp};
use aval_protocol::wire::{Wire, decode_content, encode};
use aval_transport::FrameWriter;
use quinn::{Connection, RecvStream, SendStream, VarInt};
use rustls_pki_types::CertificateDer;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::hands::{InputError, State, Typed};
use super::view::{View, captured};
use crate::link::Line;

/// Bytes of one read.
const CHUNK: usize = 64 * 1024;
/// The word that an epoch began comes on another connection than the first of its screen: it may come so much later.
const AHEAD: Duration = Duration::from_secs(5);

/// The session's own connection; it says goodbye when it is dropped.
#[derive(Debug)]
pub(super) struct Media {
    connection: Connection,
    /// The stream that says what the connection is; open as long as it.
    _head: (SendStream, RecvStream),
}

/// What a lane brings to the driver.
#[derive(Debug)]
pub(super) enum LaneEvent {
    /// The media connection is there.
    Media(Media),
    /// A lane or its connection is gone.
    Lost,
    /// A lane brought what cannot be opened.
    Broken,
    /// A lane brought what makes no sense.
    Nonsense,
}

/// What the hands do, for one input lane after the other.
#[derive(Clone, Debug)]
pub(super) struct Keys(Arc<Mutex<mpsc::Receiver<Typed>>>);

// === impl Keys

impl Keys {
    pub(super) fn new(typed: mpsc::Receiver<Typed>) -> Self {
        Self(Arc::new(Mutex::new(typed)))
    }
}

// === impl Media

impl Media {
    /// Connects to the relay of the line, and to no other, and says what for.
    pub(super) async fn open(line: &Line, session: SessionId) -> Option<Self> {
        let address = line.connection.remote_address();
        let connection = match line.dialer.dial_address(&line.tls, address).await {
            Ok(connection) => connection,
            Err(error) => {
                tracing::info!(?error, "no second connection to the relay");
                return None;
            }
        };
        if !same_peer(&line.connection, &connection) {
            tracing::warn!("the second connection reached another relay");
            return None;
        }
        let (send, recv) = connection.open_bi().await.ok()?;
        let mut head = FrameWriter::new(send);
        head.write(&Head::Media { session }).await.ok()?;
        Some(Self { connection, _head: (head.into_inner(), recv) })
    }

    /// Opens a lane.
    pub(super) async fn lane(
        connection: &Connection,
        session: SessionId,
        lane: Lane,
    ) -> Option<(SendStream, RecvStream)> {
        let (send, recv) = connection.open_bi().await.ok()?;
        let mut head = FrameWriter::new(send);
        head.write(&Head::Lane { session, lane }).await.ok()?;
        Some((head.into_inner(), recv))
    }

    pub(super) fn connection(&self) -> Connection {
        self.connection.clone()
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.connection.close(VarInt::from_u32(u32::from(CloseCode::Done.number())), b"");
    }
}

/// Paints what comes until the lane ends; then says how it ended.
pub(super) async fn screen(
    connection: Connection,
    session: SessionId,
    (mut sealer, mut opener): (Sealer, Opener),
    mut state: watch::Receiver<State>,
    view: View,
) -> LaneEvent {
    let Some((mut send, mut recv)) = Media::lane(&connection, session, Lane::Screen).await else {
        return LaneEvent::Lost;
    };
    let mut painted = view.painted();
    loop {
        let update = tokio::select! {
            // Cancelled between two chunks: nothing of them is lost.
            update = read::<ScreenDown>(&mut recv, &mut opener) => match update {
                Ok(update) => update,
                Err(event) => return event,
            },
            Ok(()) = painted.changed() => {
                let (epoch, seq) = *painted.borrow_and_update();
                if seq == 0 {
                    continue;
                }
                let Some(sealed) = seal(&mut sealer, &ScreenUp::Painted { seq, epoch }) else { return LaneEvent::Broken };
                if send.write_all(&sealed).await.is_err() {
                    return LaneEvent::Lost;
                }
                continue;
            }
        };
        if let Some(of) = captured(&update)
            && (of < view.first() || !granted(&mut state, of).await)
        {
            tracing::info!("the machine shows what no living grant covers");
            return LaneEvent::Nonsense;
        }
        match view.apply(update) {
            None => return LaneEvent::Lost,
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::info!(%error, "an update of the screen is refused");
                return LaneEvent::Nonsense;
            }
        }
    }
}

/// Whether a grant of that epoch, or of a later one, was ever heard of.
async fn granted(state: &mut watch::Receiver<State>, of: Epoch) -> bool {
    let known = |state: &State| state.grant.is_some_and(|grant| of <= grant.epoch);
    if known(&state.borrow()) {
        return true;
    }
    matches!(timeout(AHEAD, state.wait_for(known)).await, Ok(Ok(_)))
}

/// Sends what the hands do. Grant, lease and session are looked at right before each event is sealed and handed over.
pub(super) async fn input(
    connection: Connection,
    session: SessionId,
    (mut sealer, _): (Sealer, Opener),
    Keys(typed): Keys,
    state: watch::Receiver<State>,
) -> LaneEvent {
    let mut typed = typed.lock().await;
    // What was typed before the line was lost is not done after it.
    while let Ok((_, done)) = typed.try_recv() {
        let _ = done.send(Err(InputError::Hidden));
    }
    let Some((mut send, _recv)) = Media::lane(&connection, session, Lane::Input).await else {
        return LaneEvent::Lost;
    };
    while let Some((event, done)) = typed.recv().await {
        let may = state.borrow().may_type();
        let sent = match may {
            Err(error) => Err(error),
            Ok(epoch) => {
                let Some(sealed) = seal(&mut sealer, &InputUp { epoch, event }) else {
                    return LaneEvent::Broken;
                };
                if send.write_all(&sealed).await.is_err() {
                    return LaneEvent::Lost;
                }
                Ok(())
            }
        };
        // Whoever typed may have gone.
        let _: Result<(), Result<(), InputError>> = done.send(sent);
    }
    LaneEvent::Lost
}

/// The next message of a sealed lane.
async fn read<M: Wire>(from: &mut RecvStream, opener: &mut Opener) -> Result<M, LaneEvent> {
    loop {
        match opener.next() {
            Ok(Some(content)) => return decode_content(&content).map_err(|_| LaneEvent::Nonsense),
            Ok(None) => {}
            Err(_) => return Err(LaneEvent::Broken),
        }
        match from.read_chunk(CHUNK, true).await {
            Ok(Some(chunk)) => opener.push(&chunk.bytes),
            Ok(None) | Err(_) => return Err(LaneEvent::Lost),
        }
    }
}

fn seal<M: Wire>(sealer: &mut Sealer, message: &M) -> Option<Vec<u8>> {
    let plain = Zeroizing::new(encode(message).ok()?);
    sealer.seal(&plain).ok()
}

/// Whether both connections lead to the holder of the same certificate.
fn same_peer(a: &Connection, b: &Connection) -> bool {
    let shown = |c: &Connection| {
        c.peer_identity().and_then(|any| any.downcast::<Vec<CertificateDer<'static>>>().ok())
    };
    matches!((shown(a), shown(b)), (Some(a), Some(b)) if a == b)
}
