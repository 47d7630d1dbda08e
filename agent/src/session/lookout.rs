//! The thread that sees the person's own hands move: theirs come first, and the technician's stand still meanwhile.
//!
//! It tells the guard itself, so that no loop and no queue stands between the person's move and the last event that is injected.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::capture::Eyes;
use crate::platform::{InputError, OpenError};

/// How long it looks before it asks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(250);

/// A running look-out. Dropped, it ends by itself.
#[derive(Debug)]
pub(super) struct LookOut(Arc<AtomicBool>);

#[derive(Debug, thiserror::Error)]
enum Blind {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Input(#[from] InputError),
}

impl LookOut {
    /// Starts the thread. `acts` hears that the person moved; what it has not read yet is said once.
    pub(super) fn start(eyes: Eyes, acts: mpsc::Sender<()>) -> Self {
        let over = Arc::<AtomicBool>::default();
        let ends = Arc::clone(&over);
        std::thread::spawn(move || match run(&eyes, &acts, &ends) {
            Err(Blind::Open(OpenError::NotSupported)) | Ok(()) => {}
            Err(error) => {
                tracing::warn!(%error, "the person's own hands are not seen: nothing holds for them")
            }
        });
        Self(over)
    }
}

impl Drop for LookOut {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn run(eyes: &Eyes, acts: &mpsc::Sender<()>, ends: &AtomicBool) -> Result<(), Blind> {
    let mut person = eyes.platform.open_person(eyes.display.as_deref())?;
    while !ends.load(Ordering::SeqCst) {
        if person.wait(LOOK)? && !ends.load(Ordering::SeqCst) {
            eyes.guard.person_acts(eyes.clock.monotonic());
            let _ = acts.try_send(());
        }
    }
    Ok(())
}
