//! The thread that looks at the screen: one per grant, ended with it.
//!
//! It waits for damage, lets [`Flow`] say what leaves when, and asks the guard immediately before each piece it hands
//! over. A piece of a dead grant is dropped with everything behind it; without the banner's lease nothing moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use aval_protocol::id::Epoch;
use aval_protocol::wire::screen::ScreenDown;
use aval_protocol::wire::session::Capabilities;
use aval_transport::Clock;
use tokio::sync::mpsc;

use super::guard::{Guard, Void};
use crate::encode::{EncodeError, Flow};
use crate::platform::{OpenError, Platform};

/// How long a quiet screen is waited for before the guard is asked again: a dead grant's thread ends within that time.
const QUIET: Duration = Duration::from_millis(250);
/// How often a grant without its banner's lease is asked about.
pub(super) const BLIND: Duration = Duration::from_millis(20);
/// The same while photographs wait for their turn to become exact, which a paint mark gives.
const REFINING: Duration = Duration::from_millis(4);
/// Paint marks that may wait for the thread.
const MARKS: usize = 64;
/// Pieces that may wait for the socket. A look makes at most three updates, one change of size and one of the pointer.
pub(super) const PIECES: usize = 5;

/// What a piece was captured under: the grant, and how often the screen had been masked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Under {
    pub(super) epoch: Epoch,
    pub(super) curtain: u64,
}

/// A piece of the screen and what it was captured under.
pub(super) type Piece = (Under, ScreenDown);

/// The number of the last update that any capture of the living grant made.
pub(super) type Numbers = Arc<AtomicU32>;

/// What the console has painted, and when it was heard.
type Mark = (u32, Instant);

/// Where a running capture takes paint marks. Dropped, the thread ends.
#[derive(Debug)]
pub(super) struct Capture {
    epoch: Epoch,
    marks: SyncSender<Mark>,
    clock: Clock,
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
        under: Under,
        numbers: Numbers,
        pieces: mpsc::Sender<Piece>,
        lost: mpsc::Sender<Epoch>,
    ) -> Self {
        let (marks, marked) = sync_channel(MARKS);
        let clock = eyes.clock.clone();
        std::thread::spawn(move || {
            if let Err(error) = run(&eyes, under, &numbers, &marked, &pieces) {
                tracing::info!(%error, "the screen can no longer be shown");
                let _ = lost.blocking_send(under.epoch);
            }
        });
        Self { epoch: under.epoch, marks, clock }
    }

    /// The console has painted everything up to this update. A mark of an epoch before counts other updates.
    pub(super) fn painted(&self, epoch: Epoch, seq: u32) {
        if epoch != self.epoch {
            return;
        }
        // A full channel means marks that say less than this one will come; a gone thread needs none.
        let _ = self.marks.try_send((seq, self.clock.monotonic()));
    }
}

fn run(
    eyes: &Eyes,
    under: Under,
    numbers: &Numbers,
    marks: &Receiver<Mark>,
    pieces: &mpsc::Sender<Piece>,
) -> Result<(), CaptureError> {
    let mut source = eyes.platform.open_screen(eyes.display.as_deref())?;
    let (width, height) = source.size();
    // Not the first capture of this grant: the console is to forget all that came before.
    let before = numbers.load(Ordering::SeqCst);
    let mut flow = Flow::new(width, height)?.after(before);
    if before > 0
        && pieces.blocking_send((under, ScreenDown::Anew { seq: before, epoch: under.epoch })).is_err()
    {
        return Ok(());
    }
    while open(eyes, under) {
        let now = eyes.clock.monotonic();
        let due = flow.due(now).map(|at| at.saturating_duration_since(now));
        // What is known waits for the console or for its turn: no look at the screen is needed before.
        let pause =
            if flow.is_full() { QUIET } else { due.filter(|_| flow.is_pending()).unwrap_or_default() };
        match if pause.is_zero() { marks.try_recv() } else { received(marks, pause) } {
            // Of a capture before this one.
            Ok((seq, _)) if seq <= before => continue,
            Ok((seq, at)) => {
                flow.painted(at, seq).map_err(|_| CaptureError::Painted)?;
                continue;
            }
            Err(TryRecvError::Empty) if pause.is_zero() => {}
            Err(TryRecvError::Empty) => continue,
            Err(TryRecvError::Disconnected) => return Ok(()),
        }
        let unheard = if flow.is_lossy() { REFINING } else { QUIET };
        let change = source.wait(due.unwrap_or(unheard).min(QUIET)).map_err(EncodeError::from)?;
        if !open(eyes, under) {
            break;
        }
        let taken = flow.take(eyes.clock.monotonic(), change, source.as_mut(), under.epoch)?;
        numbers.fetch_max(flow.seq(), Ordering::SeqCst);
        for message in taken {
            if !open(eyes, under) || pieces.blocking_send((under, message)).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The next paint mark within that time.
fn received(marks: &Receiver<Mark>, within: Duration) -> Result<Mark, TryRecvError> {
    marks.recv_timeout(within).map_err(|error| match error {
        RecvTimeoutError::Timeout => TryRecvError::Empty,
        RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
    })
}

/// Whether the screen may be seen right now. Without the banner's lease it waits, with nothing taken and nothing handed over, until the
/// banner is back or the grant is gone: the updates are one stream, so none may be left out. A mask ends it: what follows one is another
/// stream, of which nothing is older.
fn open(eyes: &Eyes, Under { epoch, curtain }: Under) -> bool {
    loop {
        match eyes.guard.allows_since(eyes.clock.monotonic(), epoch, Capabilities::VIEW, curtain) {
            Ok(()) => return true,
            Err(Void::Lease) => std::thread::sleep(BLIND),
            Err(_) => return false,
        }
    }
}
