//! The thread that looks at the screen: one per grant, ended with it.
//!
//! It waits for damage, encodes no more than may be on its way unseen, and asks the guard immediately before each piece it hands
//! over. A piece of a dead grant is dropped with everything behind it; without the banner's lease nothing moves.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::Duration;

use aval_protocol::id::Epoch;
use aval_protocol::pace::InFlight;
use aval_protocol::wire::screen::ScreenDown;
use aval_protocol::wire::session::Capabilities;
use aval_transport::Clock;
use tokio::sync::mpsc;

use super::guard::{Guard, Void};
use crate::encode::{EncodeError, Encoder};
use crate::platform::{OpenError, Platform};

/// How long a quiet screen is waited for before the guard is asked again: a dead grant's thread ends within that time.
const QUIET: Duration = Duration::from_millis(250);
/// How often a grant without its banner's lease is asked about.
pub(super) const BLIND: Duration = Duration::from_millis(20);
/// Paint marks that may wait for the thread.
const MARKS: usize = 64;
/// Pieces that may wait for the socket. A budget makes at most three updates and one change of size.
pub(super) const PIECES: usize = 4;

/// A piece of the screen and the grant it was captured under.
pub(super) type Piece = (Epoch, ScreenDown);

/// Where a running capture takes paint marks. Dropped, the thread ends.
#[derive(Debug)]
pub(super) struct Capture {
    marks: SyncSender<u32>,
}

/// What a capture works with.
#[derive(Clone, Debug)]
pub(super) struct Eyes {
    pub(super) platform: &'static dyn Platform,
    pub(super) display: Option<String>,
    pub(super) guard: Arc<Guard>,
    pub(super) clock: Clock,
}

#[derive(Debug, thiserror::Error)]
enum CaptureError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error("the console says it painted what it was never sent")]
    Painted,
}

impl Capture {
    /// Starts the thread. `lost` hears of it if the screen is lost while the grant lives.
    pub(super) fn start(
        eyes: Eyes,
        epoch: Epoch,
        pieces: mpsc::Sender<Piece>,
        lost: mpsc::Sender<Epoch>,
    ) -> Self {
        let (marks, marked) = sync_channel(MARKS);
        std::thread::spawn(move || {
            if let Err(error) = run(&eyes, epoch, &marked, &pieces) {
                tracing::info!(%error, "the screen can no longer be shown");
                let _ = lost.blocking_send(epoch);
            }
        });
        Self { marks }
    }

    /// The console has painted everything up to this update.
    pub(super) fn painted(&self, seq: u32) {
        // A full channel means marks that say less than this one will come; a gone thread needs none.
        let _ = self.marks.try_send(seq);
    }
}

fn run(
    eyes: &Eyes,
    epoch: Epoch,
    marks: &Receiver<u32>,
    pieces: &mpsc::Sender<Piece>,
) -> Result<(), CaptureError> {
    let mut source = eyes.platform.open_screen(eyes.display.as_deref())?;
    let (width, height) = source.size();
    let mut encoder = Encoder::new(width, height)?;
    let mut flight = InFlight::new();
    while open(eyes, epoch) {
        let mark = if flight.room() == 0 {
            match marks.recv_timeout(QUIET) {
                Ok(seq) => Some(seq),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        } else {
            match marks.try_recv() {
                Ok(seq) => Some(seq),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
        };
        if let Some(seq) = mark {
            flight.painted(seq).map_err(|_| CaptureError::Painted)?;
            continue;
        }
        let patience = if encoder.is_pending() { Duration::ZERO } else { QUIET };
        let change = source.wait(patience).map_err(EncodeError::from)?;
        if let Some((width, height)) = change.resized {
            encoder.resize(width, height)?;
        }
        if !open(eyes, epoch) {
            break;
        }
        let messages = encoder.encode(&change.damage, source.as_mut(), epoch, flight.room())?;
        for message in messages.into_iter().flatten() {
            if let ScreenDown::Update { seq, pixels, .. } = &message {
                flight.sent(*seq, pixels.len());
            }
            if !open(eyes, epoch) || pieces.blocking_send((epoch, message)).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Whether the screen may be seen right now. Without the banner's lease it waits, with nothing taken and nothing handed over, until the
/// banner is back or the grant is gone: the updates are one stream, so none may be left out.
fn open(eyes: &Eyes, epoch: Epoch) -> bool {
    loop {
        match eyes.guard.allows(eyes.clock.monotonic(), epoch, Capabilities::VIEW) {
            Ok(()) => return true,
            Err(Void::Lease) => std::thread::sleep(BLIND),
            Err(_) => return false,
        }
    }
}
