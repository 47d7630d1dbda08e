//! Files on their way: fetched piece by piece into the agent's own folder, checked while they are laid beside the program that runs. What
//! is on disk after any crash is a part of a file, or a whole one under its version's name.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use aval_protocol::hex;
use aval_protocol::release::{Part, Release};
use aws_lc_rs::digest::{Context, SHA256};

/// Bytes that are copied at once.
const PIECE: usize = 1024 * 1024;

/// What changes on a disk, one step at a time, so that a test can stop after each.
pub trait Disk: Send + Sync {
    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// The system's.
    fn folder(&self, path: &Path) -> io::Result<()>;
    /// Appends to a file, which is made if it is not there.
    ///
    /// # Errors
    /// The system's.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Has a file on the disk when it returns.
    ///
    /// # Errors
    /// The system's.
    fn sync(&self, path: &Path) -> io::Result<()>;
    /// Gives a file or a folder another name, in one step.
    ///
    /// # Errors
    /// The system's.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file, or a folder with all in it; nothing is no error.
    ///
    /// # Errors
    /// The system's.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The system's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Os;

/// Why files do not become a program.
#[derive(Debug, thiserror::Error)]
pub enum Unplaced {
    /// A file is not the one that was signed; it is gone.
    #[error("{0} is not the file that was signed")]
    Spoilt(String),
    /// The system refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Where files are on their way.
#[derive(Debug)]
pub struct Stage<'a, D> {
    disk: &'a D,
    folder: PathBuf,
}

impl Disk for Os {
    fn folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        use std::io::Write as _;
        File::options().create(true).append(true).open(path)?.write_all(bytes)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        // Windows flushes only what may be written.
        File::options().append(true).open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)?;
        crate::state::sync_dir(to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let gone = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        match gone {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}

impl<'a, D: Disk> Stage<'a, D> {
    /// In this folder, which is made when something is to be kept.
    pub const fn new(disk: &'a D, folder: PathBuf) -> Self {
        Self { disk, folder }
    }

    fn path(&self, part: &Part) -> PathBuf {
        self.folder.join(hex::encode(&part.sha256))
    }

    /// How many bytes of a file are there. More than it has are none of it.
    ///
    /// # Errors
    /// The system's.
    pub fn have(&self, part: &Part) -> io::Result<u64> {
        let have = match fs::metadata(self.path(part)) {
            Ok(meta) => meta.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        if have > part.length {
            self.disk.remove(&self.path(part))?;
            return Ok(0);
        }
        Ok(have)
    }

    /// More bytes of a file; how many are there then.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::InvalidData`] when nothing comes, or more than the file has.
    pub fn add(&self, part: &Part, bytes: &[u8]) -> io::Result<u64> {
        let have = self.have(part)?.saturating_add(bytes.len() as u64);
        if bytes.is_empty() || have > part.length {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.disk.folder(&self.folder)?;
        // Not flushed: what a power cut spoils is found out by its hash and fetched anew.
        self.disk.append(&self.path(part), bytes)?;
        Ok(have)
    }

    /// Forgets all files but those of a release.
    ///
    /// # Errors
    /// The system's.
    pub fn keep_only(&self, parts: &[Part]) -> io::Result<()> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Ok(()) };
        for entry in entries {
            let path = entry?.path();
            if !parts.iter().any(|part| self.path(part) == path) {
                self.disk.remove(&path)?;
            }
        }
        Ok(())
    }

    /// Lays a program of a release into the folder of its version below `versions`; where that is. What is written is what is checked: a
    /// file that changes meanwhile is not believed.
    ///
    /// # Errors
    /// [`Unplaced`].
    pub fn place(&self, release: &Release, system: &str, versions: &Path) -> Result<PathBuf, Unplaced> {
        let place = versions.join(release.version.to_string());
        let parts: Vec<_> = release.of_system(system).collect();
        if holds(&place, &parts) {
            return Ok(place);
        }
        let draft = versions.join(format!(".{}.new", release.version));
        self.disk.remove(&draft)?;
        self.disk.folder(&draft)?;
        for part in &parts {
            let to = draft.join(&part.name);
            if self.copy(part, &to)? != (part.sha256, part.length) {
                self.disk.remove(&draft)?;
                self.disk.remove(&self.path(part))?;
                return Err(Unplaced::Spoilt(part.name.clone()));
            }
            self.disk.sync(&to)?;
        }
        self.disk.remove(&place)?;
        self.disk.rename(&draft, &place)?;
        Ok(place)
    }

    fn copy(&self, part: &Part, to: &Path) -> io::Result<([u8; 32], u64)> {
        let from = File::open(self.path(part))?;
        hashed(from, |piece| self.disk.append(to, piece))
    }
}

/// Whether a folder holds exactly these files, byte for byte as they were signed.
pub fn holds(place: &Path, parts: &[&Part]) -> bool {
    let same = |part: &&Part| {
        let file = File::open(place.join(&part.name));
        file.and_then(|file| hashed(file, |_| Ok(()))).is_ok_and(|found| found == (part.sha256, part.length))
    };
    !parts.is_empty() && parts.iter().all(same)
}

fn hashed(mut file: File, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<([u8; 32], u64)> {
    let (mut context, mut length, mut piece) = (Context::new(&SHA256), 0, vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        let bytes = piece.get(..read).unwrap_or_default();
        each(bytes)?;
        context.update(bytes);
        length += read as u64;
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    Ok((hash, length))
}

#[cfg(test)]
mod tests;
