//! What an agent keeps on disk: its key, the firm it belongs to, its relays, the highest epoch, the tickets it has used.
//!
//! Every file is replaced whole (write, flush, rename), so a power cut leaves the old or the new one. A file that makes no sense
//! is never overwritten: it is kept aside under a name that says so.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aval_protocol::firm::{FirmFile, Signer, TrustError};
use aval_protocol::release;
use aval_protocol::text::agent::Standing;
use aval_protocol::wire::program::ProgramWord;
use serde::{Deserialize, Serialize};

use crate::keep::JOURNAL;

mod bulletin;
pub mod ledger;
pub mod policy;
mod promise;
mod renewal;
mod succession;

pub use ledger::Ledger;

/// The machine's private key, PKCS#8 in DER.
const KEY: &str = "identity.key";
/// The firm, as given at enrolment.
const FIRM: &str = "firm.pub";
/// Relays, for people to read and edit.
const SETTINGS: &str = "agent.toml";
/// The public release key, pinned when the machine was attached.
const RELEASE_KEY: &str = "release.pub";
/// Held by the running service.
const LOCK: &str = "lock";
/// What the service last said of itself.
const STATUS: &str = "status.json";
/// Changes of the inventory that wait for a line.
pub(crate) const CHANGES: &str = "inventory.changes";
/// Relays in a list at most.
const MAX_RELAYS: usize = 16;
/// How long one look at a lock may last, and how often whoever wants it waits for such looks to end.
const LOOK: Duration = Duration::from_millis(2);
const LOOKED_AT_MOST: u32 = 1000;

/// An agent's folder.
#[derive(Debug)]
pub struct Home {
    dir: PathBuf,
}

/// Keeps a second service out of the folder for as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// What people may edit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Relays as `host:port`, the preferred one first.
    pub relays: Vec<String>,
    /// Whether this program may be changed for another one that the release key signed.
    #[serde(default)]
    pub updates: Wish,
}

/// What whoever owns the PC wishes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wish {
    /// Yes; also where nothing is said.
    #[default]
    On,
    /// No.
    Off,
}

/// What a running service says of itself, for `aval-agent status`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Status {
    /// The relay it is connected to.
    pub relay: Option<String>,
    /// What this machine is to the firm.
    pub standing: Option<Standing>,
    /// By how many seconds this PC's clock is wrong, if it is (positive: the PC is behind).
    pub clock_off_s: Option<i64>,
    /// Whether the relay says that this version is too old.
    pub too_old: bool,
    /// Whether a session process is connected.
    pub desktop: bool,
    /// Whether somebody is in a session.
    pub in_session: bool,
    /// The last trouble with the line, in a sentence.
    pub trouble: Option<String>,
    /// How the program stands beside what is released.
    pub program: Option<ProgramWord>,
}

/// Why the agent's folder is of no use.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Nothing is enrolled here.
    #[error("{} holds no enrolled agent: run “aval-agent enrol” first", .0.display())]
    NotEnrolled(PathBuf),
    /// Something is enrolled here already.
    #[error("{} holds an enrolled agent already; to attach this machine anew, move that folder away first", .0.display())]
    Enrolled(PathBuf),
    /// A service runs on this folder.
    #[error("another aval-agent service works in {}", .0.display())]
    Locked(PathBuf),
    /// The system refuses.
    #[error("{} cannot be used: {error}", .path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file makes no sense.
    #[error("{} is damaged ({why}); restore it from a backup, or move the folder away and enrol this machine anew", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Others may read the key.
    #[error("{} may be read by other users; run: chmod 600 {}", .0.display(), .0.display())]
    Exposed(PathBuf),
    /// No key could be made.
    #[error("no key could be made: {0}")]
    Key(#[from] TrustError),
}

// === impl Home

impl Home {
    /// An agent's folder, whatever is in it.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether an agent was enrolled here.
    pub fn is_enrolled(&self) -> bool {
        self.path(SETTINGS).exists()
    }

    /// Whether everything a service needs is there and makes sense.
    ///
    /// # Errors
    /// Any [`StateError`].
    pub fn check(&self) -> Result<(), StateError> {
        self.signer()?;
        self.firm_file()?;
        self.settings().map(drop)
    }

    /// Makes the folder and the key; a key of an enrolment that was not finished is used again.
    ///
    /// # Errors
    /// [`StateError::Enrolled`] when there is a finished one; otherwise any.
    pub fn prepare(&self) -> Result<Signer, StateError> {
        if self.is_enrolled() {
            return Err(StateError::Enrolled(self.dir.clone()));
        }
        make_private_dir(&self.dir).map_err(|error| StateError::Io { path: self.dir.clone(), error })?;
        if self.path(KEY).exists() {
            return self.signer();
        }
        let signer = Signer::generate()?;
        replace(&self.path(KEY), signer.pkcs8())?;
        Ok(signer)
    }

    /// Finishes an enrolment: from now on the folder is an agent's.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn finish(&self, firm: &[u8], settings: &Settings) -> Result<(), StateError> {
        replace(&self.path(FIRM), firm)?;
        let relays = serde_json::to_string(&settings.relays)
            .map_err(|e| StateError::Damaged { path: self.path(SETTINGS), why: e.to_string() })?;
        let updates = if settings.updates == Wish::Off { "off" } else { "on" };
        let text = format!(
            "# Relais de l’agent, dans l’ordre de préférence. Relays, preferred first.\nrelays = {relays}\n\
             # Mises à jour signées par la clé de publication\u{a0}: \"on\", \"off\". Updates signed by the release key.\n\
             updates = \"{updates}\"\n"
        );
        replace(&self.path(SETTINGS), text.as_bytes())
    }

    /// The machine's key.
    ///
    /// # Errors
    /// Any [`StateError`].
    pub fn signer(&self) -> Result<Signer, StateError> {
        let path = self.path(KEY);
        let bytes = self.read(KEY)?;
        if exposed(&path) {
            return Err(StateError::Exposed(path));
        }
        Signer::from_pkcs8(bytes, Vec::new()).map_err(|e| StateError::Damaged { path, why: e.to_string() })
    }

    /// The firm's file as it was given.
    ///
    /// # Errors
    /// Any [`StateError`].
    pub fn firm(&self) -> Result<Vec<u8>, StateError> {
        self.read(FIRM)
    }

    /// The firm's file, read and checked.
    ///
    /// # Errors
    /// Any [`StateError`].
    pub fn firm_file(&self) -> Result<FirmFile, StateError> {
        let damaged = |why: String| StateError::Damaged { path: self.path(FIRM), why };
        let text = String::from_utf8(self.firm()?).map_err(|e| damaged(e.to_string()))?;
        FirmFile::parse(&text).map_err(|e| damaged(e.to_string()))
    }

    /// Pins the key that releases are signed with: what was given by hand or by the installer, never by a relay.
    ///
    /// # Errors
    /// [`StateError::Damaged`] when it is no such key; [`StateError::Io`].
    pub fn pin(&self, key: &str) -> Result<(), StateError> {
        let path = self.path(RELEASE_KEY);
        release::key_from_pem(key)
            .map_err(|e| StateError::Damaged { path: path.clone(), why: e.to_string() })?;
        replace(&path, key.as_bytes())
    }

    /// The pinned release key (`SubjectPublicKeyInfo`, DER), if one was given.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn release_key(&self) -> Result<Option<Vec<u8>>, StateError> {
        let path = self.path(RELEASE_KEY);
        let damaged = |why: String| StateError::Damaged { path: path.clone(), why };
        match fs::read_to_string(&path) {
            Ok(text) => release::key_from_pem(&text).map(Some).map_err(|e| damaged(e.to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StateError::Io { path, error }),
        }
    }

    /// Detaches: the key goes first, so that whatever fails afterwards leaves nobody a way in. The journal is kept under another
    /// name, which is returned; a new key would not continue it. Hold the [`lock`](Self::lock) meanwhile.
    ///
    /// # Errors
    /// [`StateError::Io`]; try again.
    pub fn leave(&self) -> Result<Option<PathBuf>, StateError> {
        let fail = |path: &Path, error| StateError::Io { path: path.to_owned(), error };
        let gone = |name: &str| match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(fail(&self.path(name), error)),
            _ => Ok(()),
        };
        gone(KEY)?;
        gone(renewal::NEXT)?;
        let journal = self.path(JOURNAL);
        let mut kept = None;
        if journal.exists() {
            let name = aside(&journal, "left");
            fs::rename(&journal, &name).map_err(|error| fail(&journal, error))?;
            kept = Some(name);
        }
        [STATUS, FIRM, SETTINGS, RELEASE_KEY, CHANGES, bulletin::FILE, succession::FILE]
            .into_iter()
            .try_for_each(gone)?;
        sync_dir(&self.path(SETTINGS)).map_err(|error| fail(&self.dir, error))?;
        Ok(kept)
    }

    /// What people may edit.
    ///
    /// # Errors
    /// Any [`StateError`].
    pub fn settings(&self) -> Result<Settings, StateError> {
        let path = self.path(SETTINGS);
        let damaged = |why: String| StateError::Damaged { path: path.clone(), why };
        let text = String::from_utf8(self.read(SETTINGS)?).map_err(|e| damaged(e.to_string()))?;
        let settings: Settings = toml::from_str(&text).map_err(|e| damaged(e.to_string()))?;
        settings.check().map_err(|why| damaged(why.to_owned()))?;
        Ok(settings)
    }

    /// Keeps a second service out.
    ///
    /// # Errors
    /// [`StateError::Locked`], [`StateError::Io`].
    pub fn lock(&self) -> Result<Lock, StateError> {
        let path = self.path(LOCK);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| StateError::Io { path: path.clone(), error })?;
        for _ in 0..LOOKED_AT_MOST {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(fs::TryLockError::WouldBlock) => {}
                Err(fs::TryLockError::Error(error)) => return Err(StateError::Io { path, error }),
            }
            // Whoever only looks whether a service runs is gone in a moment, and must not keep one from starting.
            match file.try_lock_shared() {
                Ok(()) => file.unlock().map_err(|error| StateError::Io { path: path.clone(), error })?,
                Err(fs::TryLockError::WouldBlock) => break,
                Err(fs::TryLockError::Error(error)) => return Err(StateError::Io { path, error }),
            }
            std::thread::sleep(LOOK);
        }
        Err(StateError::Locked(self.dir.clone()))
    }

    /// What the running service last said of itself; `None` when none runs.
    pub fn status(&self) -> Option<Status> {
        let lock = File::open(self.path(LOCK)).ok()?;
        match lock.try_lock_shared() {
            Err(fs::TryLockError::WouldBlock) => {
                serde_json::from_slice(&fs::read(self.path(STATUS)).ok()?).unwrap_or_default()
            }
            _ => None,
        }
    }

    /// Says of oneself. A status that can't be written changes nothing.
    pub fn say(&self, status: &Status) {
        if let Ok(bytes) = serde_json::to_vec_pretty(status)
            && let Err(error) = replace(&self.path(STATUS), &bytes)
        {
            tracing::debug!(%error, "the status was not written");
        }
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, StateError> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(StateError::NotEnrolled(self.dir.clone()))
            }
            Err(error) => Err(StateError::Io { path, error }),
        }
    }
}

// === impl Settings

impl Settings {
    /// These relays, and otherwise what is usual.
    pub fn of(relays: Vec<String>) -> Self {
        Self { relays, updates: Wish::default() }
    }

    /// Whether these could reach anything.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.relays.is_empty() || self.relays.len() > MAX_RELAYS {
            return Err("“relays” must list 1 to 16 addresses");
        }
        let well_formed = |relay: &String| {
            relay.rsplit_once(':').is_some_and(|(host, port)| {
                !host.is_empty() && host.len() <= 255 && port.parse::<u16>().is_ok_and(|port| port > 0)
            })
        };
        if !self.relays.iter().all(well_formed) {
            return Err("a relay is written host:port");
        }
        Ok(())
    }
}

/// Replaces a file whole, readable by its owner alone, and on disk when it returns.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StateError> {
    let fail = |error| StateError::Io { path: path.to_owned(), error };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let mut file = private_file(&new).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail)?;
    fs::rename(&new, path).map_err(fail)?;
    sync_dir(path).map_err(fail)
}

/// A name beside `path` that nothing has yet, to keep it aside under.
pub(crate) fn aside(path: &Path, why: &str) -> PathBuf {
    let base = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    (1..)
        .map(|n: u32| path.with_file_name(format!("{base}.{why}-{n}")))
        .find(|name| !name.exists())
        .unwrap_or_else(|| path.with_file_name(format!("{base}.{why}")))
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Closed to others before anything is in it.
#[cfg(windows)]
fn private_file(path: &Path) -> io::Result<File> {
    let file = File::options().write(true).create(true).truncate(true).open(path)?;
    aval_transport::windows::make_private(path)?;
    Ok(file)
}

#[cfg(not(any(unix, windows)))]
fn private_file(path: &Path) -> io::Result<File> {
    File::options().write(true).create(true).truncate(true).open(path)
}

/// The folder itself is passed through by session processes on their way to the socket, so others may enter, not read.
#[cfg(unix)]
fn make_private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o711).create(path)
}

/// Session processes reach the service by its pipe, which lies in no folder of ours: nobody else may enter.
#[cfg(windows)]
fn make_private_dir(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    aval_transport::windows::make_private(path)
}

#[cfg(not(any(unix, windows)))]
fn make_private_dir(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Makes a rename or a new file last (fsync(2): the folder needs its own).
#[cfg(unix)]
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_dir(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn exposed(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).is_ok_and(|m| m.mode() & 0o077 != 0)
}

#[cfg(windows)]
fn exposed(path: &Path) -> bool {
    aval_transport::windows::is_exposed(path).unwrap_or(false)
}

#[cfg(not(any(unix, windows)))]
fn exposed(_path: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests;
