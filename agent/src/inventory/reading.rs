//! Reading within a deadline: each section on a thread of its own that is given up after a while.
//!
//! A file or driver of a broken device can make its reader wait for ever, also uninterruptibly. A section whose thread still hangs is
//! not asked again until it came back.

use std::collections::BTreeSet;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::{Content, Section, SectionKind, Status};

/// How long one section may take. A drive that wakes up needs some seconds.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);
/// Readers hold a table or a list of some kilobytes.
const STACK: usize = 512 * 1024;

/// What a reader found: the status, and as much as there was.
pub(super) type Found = (Status, Option<Content>);

/// Which sections are being read.
#[derive(Clone, Debug, Default)]
pub(super) struct Readers {
    hanging: Arc<Mutex<BTreeSet<SectionKind>>>,
}

/// A section that is being read.
pub(super) enum Reading {
    Begun(Receiver<Found>),
    StillHanging,
    NoThread,
}

impl Readers {
    /// Begins to read a section.
    pub(super) fn begin(&self, kind: SectionKind, read: impl FnOnce() -> Found + Send + 'static) -> Reading {
        if !self.hanging.lock().unwrap_or_else(PoisonError::into_inner).insert(kind) {
            return Reading::StillHanging;
        }
        let (tell, told) = mpsc::sync_channel(1);
        let hanging = Arc::clone(&self.hanging);
        let read = move || {
            let found = read();
            hanging.lock().unwrap_or_else(PoisonError::into_inner).remove(&kind);
            // Whoever waited may have given up.
            let _ = tell.send(found);
        };
        match std::thread::Builder::new().name(format!("read-{kind}")).stack_size(STACK).spawn(read) {
            Ok(_) => Reading::Begun(told),
            Err(_) => {
                self.hanging.lock().unwrap_or_else(PoisonError::into_inner).remove(&kind);
                Reading::NoThread
            }
        }
    }
}

impl Reading {
    /// What came of it within that time.
    pub(super) fn end(&self, kind: SectionKind, now: UnixSeconds, patience: Duration) -> Section {
        let (status, content) = match self {
            Self::Begun(told) => match told.recv_timeout(patience) {
                Ok(found) => found,
                Err(RecvTimeoutError::Timeout) => (Status::TimedOut, None),
                // The reader panicked; it stays listed as hanging and is not tried again in this run.
                Err(RecvTimeoutError::Disconnected) => (Status::Error, None),
            },
            Self::StillHanging => (Status::TimedOut, None),
            Self::NoThread => (Status::Error, None),
        };
        Section { kind, status, taken_at: now, content }
    }
}

pub(super) fn collected(content: Content) -> Found {
    (Status::Collected, Some(content))
}
