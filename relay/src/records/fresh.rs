//! New files that hold clients' names: for their owner alone, complete once they have their name, and never in another's place.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::StoreError;

/// Fills a file beside the place, puts it on the disk, and gives it its name.
///
/// # Errors
/// [`StoreError::Conflict`] when something of that name exists; the filler's, or the system's as [`StoreError::Unavailable`].
pub(super) fn complete<T>(
    to: &Path,
    fill: impl FnOnce(&Path) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let failed = |e: io::Error| StoreError::Unavailable(format!("{}: {e}", to.display()));
    if to.symlink_metadata().is_ok() {
        return Err(StoreError::Conflict(format!(
            "{} exists already: name a new file, a copy never replaces one",
            to.display()
        )));
    }
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    // What a copy that was interrupted left behind.
    match std::fs::remove_file(&partial) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(e)),
        _ => {}
    }
    create(&partial, directory_of(&partial)).map_err(failed)?;
    let written = fill(&partial).and_then(|filled| {
        File::open(&partial).and_then(|file| file.sync_all()).map_err(failed)?;
        // Not `rename`, which would replace a file that appeared meanwhile.
        std::fs::hard_link(&partial, to).map_err(failed)?;
        Ok(filled)
    });
    let removed = std::fs::remove_file(&partial);
    let filled = written?;
    removed.map_err(failed)?;
    File::open(directory_of(to)).and_then(|dir| dir.sync_all()).map_err(failed)?;
    Ok(filled)
}

/// Makes the file if there is none, for its owner alone. SQLite gives its side files the same rights.
pub(super) fn create(path: &Path, parent: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(file) => {
            file.sync_all()?;
            File::open(parent)?.sync_all()
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e),
    }
}

/// The directory that a path is in.
pub(super) fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
