//! The thread that moves the hands: one per grant with control, ended with it, and nothing stays pressed.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use aval_protocol::id::Epoch;
use aval_protocol::wire::input::{InputEvent, InputUp};
use aval_protocol::wire::session::Capabilities;
use tokio::sync::mpsc;

use super::capture::{Eyes, Under};
use crate::platform::{InputError, InputSink, OpenError};

/// Events that may wait. More come only if the display hangs; they are dropped and counted.
const EVENTS: usize = 512;
/// How long a quiet hand waits before the guard is asked whether it may stay: keys of a dead grant are up within that time.
const QUIET: Duration = Duration::from_millis(100);

/// Where a running injector takes events. Dropped, everything held is released and the thread ends.
#[derive(Debug)]
pub(super) struct Hands {
    events: SyncSender<InputUp>,
    dropped: u64,
    thread: JoinHandle<()>,
}

#[derive(Debug, thiserror::Error)]
enum HandsError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Input(#[from] InputError),
}

impl Hands {
    /// Starts the thread. `lost` hears of it if the display is lost while the grant lives.
    pub(super) fn start(eyes: Eyes, under: Under, lost: mpsc::Sender<Epoch>) -> Self {
        let (events, incoming) = sync_channel(EVENTS);
        let thread = std::thread::spawn(move || {
            if let Err(error) = run(&eyes, under, &incoming) {
                tracing::info!(%error, "keyboard and mouse can no longer be used");
                let _ = lost.blocking_send(under.epoch);
            }
        });
        Self { events, dropped: 0, thread }
    }

    /// One event of the technician. Never blocks.
    pub(super) fn act(&mut self, event: InputUp) {
        if self.events.try_send(event).is_err() {
            self.dropped += 1;
        }
    }

    /// Ends the thread: it releases everything held as its last act, at once unless the display hangs.
    pub(super) fn stop(self) -> JoinHandle<()> {
        if self.dropped > 0 {
            tracing::info!(dropped = self.dropped, reason = "QUEUE_FULL", "input events were dropped");
        }
        self.thread
    }
}

fn run(eyes: &Eyes, Under { epoch, curtain }: Under, events: &Receiver<InputUp>) -> Result<(), HandsError> {
    let mut sink = eyes.platform.open_input(eyes.display.as_deref())?;
    let mut holding = false;
    // A character that has to wait for a free key comes before what follows it, and past the guard again.
    let mut waiting: Option<(InputUp, Duration)> = None;
    loop {
        let next = match waiting.take() {
            Some((input, pause)) => {
                std::thread::sleep(pause);
                Ok(input)
            }
            None => events.recv_timeout(QUIET),
        };
        match next {
            Ok(input) => {
                if input.event == InputEvent::ReleaseAll {
                    sink.release_all();
                    holding = false;
                    continue;
                }
                // Immediately before the call that does it.
                let now = eyes.clock.monotonic();
                let allowed = match eyes.guard.allows_since(now, epoch, Capabilities::CONTROL, curtain) {
                    Ok(()) => eyes.guard.allows(now, input.epoch, Capabilities::CONTROL),
                    void => void,
                };
                match allowed {
                    Ok(()) => {
                        holding |= input.event.may_hold();
                        waiting = inject(sink.as_mut(), input.event)?.map(|pause| (input, pause));
                    }
                    Err(void) => {
                        tracing::debug!(reason = %void, "an input event was dropped");
                        release(sink.as_mut(), &mut holding);
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                let now = eyes.clock.monotonic();
                if eyes.guard.allows_since(now, epoch, Capabilities::CONTROL, curtain).is_err() {
                    release(sink.as_mut(), &mut holding);
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                sink.release_all();
                return Ok(());
            }
        }
    }
}

fn release(sink: &mut dyn InputSink, holding: &mut bool) {
    if std::mem::take(holding) {
        sink.release_all();
    }
}

/// Does one event, or says how long to wait before it is tried again.
fn inject(sink: &mut dyn InputSink, event: InputEvent) -> Result<Option<Duration>, InputError> {
    let reason = match sink.inject(event) {
        Ok(()) => return Ok(None),
        Err(InputError::Busy(pause)) => return Ok(Some(pause)),
        Err(InputError::NoSuchCharacter) => "NO_SUCH_CHARACTER",
        Err(InputError::NoSuchKey) => "NO_SUCH_KEY",
        Err(error) => return Err(error),
    };
    tracing::debug!(reason, "an input event was dropped");
    Ok(None)
}

/// Which events may leave something pressed.
trait MayHold {
    fn may_hold(&self) -> bool;
}

impl MayHold for InputEvent {
    fn may_hold(&self) -> bool {
        matches!(self, Self::Button { down: true, .. } | Self::Key { down: true, .. })
    }
}
