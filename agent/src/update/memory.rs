//! What an agent remembers of releases: the key that counts, the newest manifest, when its turn comes, what did not prove itself.

use std::io;
use std::path::{Path, PathBuf};

use aval_protocol::id::{KeyId, UnixSeconds};
use aval_protocol::release::{Known, Release, Version};
use serde::{Deserialize, Serialize};

use crate::state::{Home, StateError, replace};

/// Where it stands in the agent's folder.
const FILE: &str = "update.json";
/// Releases that did not prove themselves, at most; the oldest are forgotten.
const BAD: usize = 16;

/// What is remembered. Replaced whole on disk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Memory {
    /// The key that counts and the newest release; `None` where no key was given.
    pub known: Option<Known>,
    /// When this PC's turn comes to fetch it.
    pub due: UnixSeconds,
    /// Versions and editions that did not prove themselves here.
    pub bad: Vec<(Version, u32)>,
    /// What ran last: another version is written into the journal.
    pub ran: Version,
}

impl Memory {
    /// Nothing yet, for a program of this version.
    pub fn new(pinned: Option<Vec<u8>>, ran: Version) -> Self {
        Self { known: pinned.map(Known::pinned), due: UnixSeconds(0), bad: Vec::new(), ran }
    }

    /// Where a home has it.
    pub fn place(home: &Home) -> PathBuf {
        home.path(FILE)
    }

    /// The key whose releases this PC takes: the pinned one, or the one that it led to.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn followed(home: &Home) -> Result<Option<KeyId>, StateError> {
        let memory = Self::open(&Self::place(home), home.release_key()?, crate::version::own())?;
        Ok(memory.known.map(|known| KeyId::of_spki(&known.key)))
    }

    /// What is on disk; without a file, what the pinned key says. A key that was pinned later, or by hand in the place of another one,
    /// counts only where none was known.
    ///
    /// # Errors
    /// [`StateError`]; a memory that makes no sense is not taken for none: an agent that forgot what it saw could be led back.
    pub fn open(path: &Path, pinned: Option<Vec<u8>>, version: Version) -> Result<Self, StateError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::new(pinned, version)),
            Err(error) => return Err(StateError::Io { path: path.to_owned(), error }),
        };
        let mut memory: Self = serde_json::from_slice(&bytes)
            .map_err(|error| StateError::Damaged { path: path.to_owned(), why: error.to_string() })?;
        if memory.known.is_none() {
            memory.known = pinned.map(Known::pinned);
        }
        Ok(memory)
    }

    /// Keeps it.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn keep(&self, path: &Path) -> Result<(), StateError> {
        let bytes = serde_json::to_vec_pretty(self)
            .map_err(|error| StateError::Io { path: path.to_owned(), error: io::Error::other(error) })?;
        replace(path, &bytes)
    }

    /// Whether this release did not prove itself here. Another edition of the same version is tried again: it was signed knowingly.
    pub fn is_bad(&self, release: &Release) -> bool {
        self.bad.contains(&(release.version, release.edition))
    }

    /// It did not.
    pub fn spoil(&mut self, version: Version, edition: u32) {
        self.bad.retain(|bad| *bad != (version, edition));
        self.bad.push((version, edition));
        let surplus = self.bad.len().saturating_sub(BAD);
        self.bad.drain(..surplus);
    }
}
