//! What happens to a person's whole session on a machine: lock, sleep, a protected screen, switch to somebody else, log off.

use std::time::Duration;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OsEvent {
    /// The person locked the machine, or unlocked it. Said as it stands when watching begins, and whenever it may have changed.
    Locked(bool),
    /// The system shows a protected screen of its own – a password, an administrator's yes – instead of the person's desktop, or no more.
    Secure(bool),
    /// The machine is about to sleep, and waits a moment for [`OsSession::ready`].
    Sleeps,
    /// It is awake again, and somebody may be there.
    Woke {
        /// For how long it slept: a monotonic clock may not have counted that.
        slept: Duration,
    },
    /// The person logged off, or another one's desktop is on the screen.
    Left,
}

/// The person's session. It blocks, and lives on a thread of its own.
pub trait OsSession: Send {
    /// Waits for what happens next.
    ///
    /// # Errors
    /// [`OsLost`]; it is of no use afterwards.
    fn wait(&mut self) -> Result<OsEvent, OsLost>;

    /// After [`OsEvent::Sleeps`]: everything has stopped here, the machine may sleep.
    fn ready(&mut self);
}

/// Nobody says what the person does to their session.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OsLost {
    /// There is no service for it, or it went away.
    #[error("the system's login service does not answer ({0}): locking and sleep are not noticed")]
    Unreachable(String),
    /// This process belongs to no session.
    #[error("this process belongs to no login session ({0}): locking is not noticed")]
    NoSession(String),
    /// This operating system has no back end yet.
    #[error("locking and sleep are not noticed on this operating system by this version yet")]
    NotSupported,
}
