//! Files below a root, read within bounds.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use aval_protocol::id::UnixSeconds;

/// Most bytes of a text file: tables of releases and lists of processors are the longest.
const MAX_TEXT: u64 = 1 << 20;
/// Most names of one folder.
const MAX_NAMES: usize = 1024;

/// Where `/` is.
#[derive(Clone, Debug)]
pub(super) struct Root(PathBuf);

/// Why a file is not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Missing {
    /// It is for others.
    Denied,
    /// There is none, or it cannot be read.
    Absent,
}

impl Root {
    pub(super) fn new(root: &Path) -> Self {
        Self(root.to_owned())
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.0.join(path.trim_start_matches('/'))
    }

    pub(super) fn bytes(&self, path: &str, most: u64) -> Result<Vec<u8>, Missing> {
        let mut bytes = Vec::new();
        let read = File::open(self.path(path)).and_then(|file| file.take(most).read_to_end(&mut bytes));
        match read {
            Ok(_) => Ok(bytes),
            Err(e) if e.kind() == ErrorKind::PermissionDenied => Err(Missing::Denied),
            Err(_) => Err(Missing::Absent),
        }
    }

    /// Without white space around it; bytes that are not UTF-8 are replaced.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        let bytes = self.bytes(path, MAX_TEXT).ok()?;
        Some(String::from_utf8_lossy(&bytes).trim().to_owned())
    }

    pub(super) fn number<N: std::str::FromStr>(&self, path: &str) -> Option<N> {
        self.text(path)?.parse().ok()
    }

    pub(super) fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// Names in a folder, sorted; `None` when there is no such folder.
    pub(super) fn names(&self, path: &str) -> Option<Vec<String>> {
        let entries = std::fs::read_dir(self.path(path)).ok()?;
        let names = entries.take(MAX_NAMES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<_> = names.collect();
        names.sort();
        Some(names)
    }

    /// When a file or folder changed last, in seconds since 1970.
    pub(super) fn changed_at(&self, path: &str) -> Option<i64> {
        let at = std::fs::metadata(self.path(path)).ok()?.modified().ok()?;
        i64::try_from(at.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs()).ok()
    }

    /// Whole days since a file or folder changed last.
    pub(super) fn days_since_change(&self, path: &str, now: UnixSeconds) -> Option<i64> {
        Some(now.0.saturating_sub(self.changed_at(path)?).max(0) / 86_400)
    }

    /// The last part of what a symbolic link leads to.
    pub(super) fn link(&self, path: &str) -> Option<String> {
        let target = std::fs::read_link(self.path(path)).ok()?;
        Some(target.file_name()?.to_str()?.to_owned())
    }
}
