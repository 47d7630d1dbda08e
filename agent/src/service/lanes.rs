//! The lanes of one session: small tasks that seal what goes out and open what comes in. They end with the session.
//!
//! The relay opens lanes when it likes; keys exist only after the end-to-end handshake. A lane that comes early waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::session::agent::{Opener, Sealer};
use aval_protocol::wire::input::InputUp;
use aval_protocol::wire::link::Lane;
use aval_protocol::wire::screen::{ScreenDown, ScreenUp};
use aval_protocol::wire::{Wire, decode_content};
use quinn::{RecvStream, SendStream, VarInt};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::ipc::ToSession;

/// Pieces of the screen that may wait for the lane: what a capture may have on its way unseen, and changes of size.
const PIECES: usize = 8;
/// Sealed words that may wait for the control lane.
const WORDS: usize = 64;
/// Bytes of one read of the control lane.
const CHUNK: usize = 16 * 1024;

/// What a lane brings to the service.
#[derive(Debug)]
pub(crate) enum LaneEvent {
    /// Bytes of the control lane.
    Control(Line, Vec<u8>),
    /// A lane is gone, and with it the session: whoever hung up says why, elsewhere.
    Lost(Line),
    /// A lane brought what cannot be opened or makes no sense.
    Broken(Line),
}

/// One set of lanes: a session whose line was lost has another one after the other.
pub(crate) type Line = (SessionId, u32);

/// One session's lanes.
#[derive(Debug)]
pub(crate) struct Lanes {
    line: Line,
    /// Since when one of them is gone. Nothing passes any more.
    lost: Option<Instant>,
    events: mpsc::Sender<LaneEvent>,
    control: Option<mpsc::Sender<Vec<u8>>>,
    early: Vec<(Lane, SendStream, RecvStream)>,
    /// The epoch whose pieces may pass; 0 for none.
    living: Arc<AtomicU64>,
    screen: Option<mpsc::Sender<ScreenDown>>,
    /// Pieces captured before the screen lane was there.
    waiting: Vec<ScreenDown>,
    /// The pointer's shape. A newer one takes the place of one that still waits, so that they are no queue.
    pointer: watch::Sender<Option<ScreenDown>>,
    /// The person types a password: nothing of the screen leaves.
    curtain: watch::Sender<bool>,
    control_tasks: JoinSet<()>,
    media_tasks: JoinSet<()>,
}

/// Where opened words go on the desktop.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) orders: mpsc::Sender<ToSession>,
    pub(crate) inputs: mpsc::Sender<InputUp>,
    /// Whose hands these are.
    pub(crate) session: SessionId,
    /// Told of each input.
    pub(crate) moved: mpsc::Sender<SessionId>,
}

/// Why a lane brings nothing more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Over {
    /// It ended or was given up, at whatever end.
    Gone,
    /// What it brought cannot be opened or makes no sense.
    Nonsense,
}

/// A stream that is given up with everything still on its way when its task ends.
struct Cut(SendStream);

impl Drop for Cut {
    fn drop(&mut self) {
        let _ = self.0.reset(VarInt::from_u32(0));
    }
}

// === impl Lanes

impl Lanes {
    pub(crate) fn new(line: Line, events: mpsc::Sender<LaneEvent>) -> Self {
        Self {
            line,
            lost: None,
            events,
            control: None,
            early: Vec::new(),
            living: Arc::default(),
            screen: None,
            waiting: Vec::new(),
            pointer: watch::Sender::new(None),
            curtain: watch::Sender::new(false),
            control_tasks: JoinSet::new(),
            media_tasks: JoinSet::new(),
        }
    }

    /// Which set it is.
    pub(crate) const fn line(&self) -> Line {
        self.line
    }

    /// Since when one of them is gone, until it is told.
    pub(crate) const fn lost(&self) -> Option<Instant> {
        self.lost
    }

    /// One of them is gone: nothing passes any more.
    pub(crate) fn lose(&mut self, now: Instant) {
        self.lost.get_or_insert(now);
        self.dead();
    }

    /// It has been gone for long enough. Whose set it is.
    pub(crate) fn give_up(&mut self) -> Line {
        self.lost = None;
        self.line
    }

    /// A task of this session's media connection.
    pub(crate) fn own(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.media_tasks.spawn(task);
    }

    /// A lane was opened. Each exists once; a second one is given up.
    pub(crate) fn opened(&mut self, lane: Lane, send: SendStream, recv: RecvStream) {
        match lane {
            Lane::Control if self.control.is_none() => {
                let (words, outgoing) = mpsc::channel(WORDS);
                self.control = Some(words);
                self.control_tasks.spawn(write_control(send, outgoing));
                self.control_tasks.spawn(read_control(recv, self.line, self.events.clone()));
            }
            Lane::Screen | Lane::Input if self.early.iter().all(|(l, ..)| *l != lane) => {
                self.early.push((lane, send, recv));
            }
            _ => tracing::debug!(?lane, "a lane was opened twice"),
        }
    }

    /// Sealed bytes for the control lane. `false`: it is gone or stuck.
    pub(crate) fn control(&self, bytes: Vec<u8>) -> bool {
        self.control.as_ref().is_some_and(|control| control.try_send(bytes).is_ok())
    }

    /// Starts the lanes that wait, as soon as there are keys for them.
    pub(crate) fn start(
        &mut self,
        epoch: Epoch,
        desk: &Desk,
        mut keys: impl FnMut(Lane) -> Option<(Sealer, Opener)>,
    ) {
        // What was captured under another epoch is passed over from here on.
        let before = self.living.swap(epoch.0, Ordering::SeqCst);
        if before != 0 && before != epoch.0 {
            self.waiting.clear();
        }
        for (lane, send, recv) in std::mem::take(&mut self.early) {
            let Some((sealer, opener)) = keys(lane) else {
                self.early.push((lane, send, recv));
                continue;
            };
            let (line, events, desk) = (self.line, self.events.clone(), desk.clone());
            if lane == Lane::Screen {
                let (pieces, outgoing) = mpsc::channel(PIECES);
                for piece in self.waiting.drain(..) {
                    let _ = pieces.try_send(piece);
                }
                self.screen = Some(pieces);
                let mut pointer = self.pointer.subscribe();
                pointer.mark_changed();
                self.media_tasks.spawn(write_screen(
                    Cut(send),
                    sealer,
                    outgoing,
                    pointer,
                    self.curtain.subscribe(),
                    Arc::clone(&self.living),
                ));
                self.media_tasks.spawn(async move {
                    let over = read_marks(recv, opener, desk.orders).await;
                    let _ = events.send(over.event(line)).await;
                });
            } else {
                self.media_tasks.spawn(async move {
                    // Nothing is ever sent on this lane; the half is kept so that the stream lives.
                    let _send = Cut(send);
                    let over = read_input(recv, opener, desk).await;
                    let _ = events.send(over.event(line)).await;
                });
            }
        }
    }

    /// A piece of the screen. `false`: the desktop sends more than may be on its way.
    pub(crate) fn show(&mut self, piece: ScreenDown) -> bool {
        if matches!(piece, ScreenDown::Cursor { .. }) {
            self.pointer.send_replace(Some(piece));
            return true;
        }
        match &self.screen {
            Some(screen) => screen.try_send(piece).is_ok(),
            None if self.waiting.len() < PIECES => {
                self.waiting.push(piece);
                true
            }
            None => false,
        }
    }

    /// The person types a password, or is done: what is queued of the screen is dropped.
    pub(crate) fn curtain(&mut self, drawn: bool) {
        if drawn {
            self.waiting.clear();
            self.pointer.send_replace(None);
        }
        self.curtain.send_replace(drawn);
    }

    /// Nothing passes until the next epoch starts; what is queued is dropped.
    pub(crate) fn hold(&mut self) {
        self.living.store(0, Ordering::SeqCst);
        self.waiting.clear();
        self.pointer.send_replace(None);
    }

    /// Screen and input end at once; what is queued is dropped. The control lane goes on: it carries the last word.
    pub(crate) fn dead(&mut self) {
        self.media_tasks.abort_all();
        self.screen = None;
        self.waiting.clear();
        self.pointer.send_replace(None);
        self.early.clear();
    }

    /// The control lane sends what it has and ends by itself.
    pub(crate) fn close(mut self) {
        self.dead();
        self.control = None;
        self.control_tasks.detach_all();
    }
}

// === impl Over

impl Over {
    fn event(self, line: Line) -> LaneEvent {
        match self {
            Self::Gone => LaneEvent::Lost(line),
            Self::Nonsense => LaneEvent::Broken(line),
        }
    }
}

async fn write_control(mut to: SendStream, mut words: mpsc::Receiver<Vec<u8>>) {
    while let Some(bytes) = words.recv().await {
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
    // Fails only when the stream is gone already.
    let _ = to.finish();
    let _ = to.stopped().await;
}

async fn read_control(mut from: RecvStream, line: Line, events: mpsc::Sender<LaneEvent>) {
    while let Ok(Some(chunk)) = from.read_chunk(CHUNK, true).await {
        if events.send(LaneEvent::Control(line, chunk.bytes.to_vec())).await.is_err() {
            return;
        }
    }
    let _ = events.send(LaneEvent::Lost(line)).await;
}

async fn write_screen(
    mut to: Cut,
    mut sealer: Sealer,
    mut pieces: mpsc::Receiver<ScreenDown>,
    mut pointer: watch::Receiver<Option<ScreenDown>>,
    curtain: watch::Receiver<bool>,
    living: Arc<AtomicU64>,
) {
    loop {
        let piece = tokio::select! {
            biased;
            piece = pieces.recv() => piece,
            Ok(()) = pointer.changed() => match pointer.borrow_and_update().clone() {
                None => continue,
                shape => shape,
            },
        };
        let Some(piece) = piece else { return };
        // Of before the mask: what follows it begins anew, and misses nothing.
        if *curtain.borrow() {
            continue;
        }
        let living = living.load(Ordering::SeqCst);
        if living == 0 || captured(&piece).is_some_and(|epoch| epoch.0 != living) {
            continue;
        }
        let Some(sealed) = seal(&mut sealer, &piece) else { break };
        if to.0.write_all(&sealed).await.is_err() {
            return;
        }
    }
}

/// The grant under which a piece was captured, where it says so.
fn captured(piece: &ScreenDown) -> Option<Epoch> {
    match piece {
        ScreenDown::Update { epoch, .. }
        | ScreenDown::Cursor { epoch, .. }
        | ScreenDown::Anew { epoch, .. } => Some(*epoch),
        ScreenDown::Geometry { .. } => None,
    }
}

async fn read_marks(mut from: RecvStream, mut opener: Opener, orders: mpsc::Sender<ToSession>) -> Over {
    loop {
        match read(&mut from, &mut opener).await {
            Ok(ScreenUp::Painted { seq, epoch })
                if orders.send(ToSession::Painted { seq, epoch }).await.is_ok() => {}
            // The service stops: then nobody hears of this either.
            Ok(_) => return Over::Gone,
            Err(over) => return over,
        }
    }
}

async fn read_input(mut from: RecvStream, mut opener: Opener, desk: Desk) -> Over {
    loop {
        match read::<InputUp>(&mut from, &mut opener).await {
            Ok(input) if desk.inputs.send(input).await.is_ok() => {
                // Where it is full, somebody has been heard anyway.
                let _ = desk.moved.try_send(desk.session);
            }
            Ok(_) => return Over::Gone,
            Err(over) => return over,
        }
    }
}

fn seal<M: Wire>(sealer: &mut Sealer, message: &M) -> Option<Vec<u8>> {
    let plain = aval_protocol::wire::encode(message).ok()?;
    sealer.seal(&plain).ok()
}

/// The next message of a sealed lane.
async fn read<M: Wire>(from: &mut RecvStream, opener: &mut Opener) -> Result<M, Over> {
    loop {
        if let Some(content) = opener.next().map_err(|_| Over::Nonsense)? {
            return decode_content(&content).map_err(|_| Over::Nonsense);
        }
        match from.read_chunk(CHUNK, true).await {
            Ok(Some(chunk)) => opener.push(&chunk.bytes),
            Ok(None) | Err(_) => return Err(Over::Gone),
        }
    }
}
