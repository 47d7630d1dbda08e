//! How an agent's own program stands: its version, the newest that it knows of, and why it is not that one.

use serde::{Deserialize, Serialize};

use super::codes::codes;
use crate::release::Version;

codes! {
    /// What becomes of a newer program.
    ProgramState {
        /// It is the newest that is known.
        Current = 1 "CURRENT",
        /// A newer one is known; this system's package manager installs it, nobody else.
        Packaged = 2 "PACKAGED",
        /// A newer one is known and is fetched when this PC's turn comes.
        Waiting = 3 "WAITING",
        /// It is being fetched.
        Fetching = 4 "FETCHING",
        /// It is there, and waits until no session runs and no question is up.
        Staged = 5 "STAGED",
        /// It was put in place and proves itself.
        Proving = 6 "PROVING",
        /// It did not prove itself: the one before was put back.
        PutBack = 7 "PUT_BACK",
        /// Whoever owns this PC wants no updates from here.
        Off = 8 "OFF",
        /// No release key was given when this PC was attached.
        NoKey = 9 "NO_KEY",
        /// The newest manifest has ended, and no newer one came.
        Stale = 10 "STALE",
        /// What the relay shows is refused.
        Refused = 11 "REFUSED",
        /// It cannot be written or put in place here.
        Failed = 12 "FAILED",
        /// Nothing was heard of releases yet.
        Unheard = 13 "UNHEARD",
        /// It is there, and waits for a line to the relay.
        Offline = 14 "OFFLINE",
    }
}

/// How the program of an agent stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ProgramWord {
    /// What runs.
    pub version: Version,
    /// The newest that is known.
    pub newest: Option<Version>,
    /// What becomes of it.
    pub state: ProgramState,
    /// What runs is older than may serve: it lets nobody in.
    pub below_floor: bool,
}
