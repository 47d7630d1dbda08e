//! A child's word within a deadline: it may ask what never answers.

use std::io::Read as _;
use std::process::Child;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Most bytes of a program's word.
const MAX_SAID: u64 = 4 << 20;
const STACK: usize = 128 * 1024;

/// What became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ran {
    /// All that it wrote; how it ended is not asked, since some programs end badly on good news too.
    Said(Vec<u8>),
    /// There is no such program.
    #[cfg_attr(windows, allow(dead_code, reason = "the child is this program there"))]
    Absent,
    /// Its time was up, and it was killed with all that it had started.
    TimedOut,
    /// The system did not let it run.
    Failed,
}

/// What it writes until it ends or its time is up; then `kill` ends it, and all that it started. Also one that has said all.
pub(super) fn heard(mut child: Child, deadline: Duration, kill: impl FnOnce(&mut Child)) -> Ran {
    let (tell, told) = mpsc::sync_channel(1);
    let mut output = child.stdout.take();
    let read = move || {
        let mut said = Vec::new();
        let read = output.as_mut().map(|output| output.take(MAX_SAID).read_to_end(&mut said));
        // Whoever waited may have given up.
        let _ = tell.send(read.is_some_and(|read| read.is_ok()).then_some(said));
    };
    let reader = std::thread::Builder::new().name("child".to_owned()).stack_size(STACK).spawn(read);
    let ran = match reader.map(|_| told.recv_timeout(deadline)) {
        Ok(Ok(Some(said))) => Ran::Said(said),
        Ok(Err(RecvTimeoutError::Timeout)) => Ran::TimedOut,
        Ok(Ok(None) | Err(RecvTimeoutError::Disconnected)) | Err(_) => Ran::Failed,
    };
    kill(&mut child);
    if let Err(error) = child.wait() {
        tracing::debug!(%error, "a program was not waited for");
    }
    ran
}
