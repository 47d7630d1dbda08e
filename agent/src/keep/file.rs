//! An append-only file of records, each on disk before it counts.
//!
//! A record is `length: u32 LE ‖ bytes`. A power cut leaves at most one torn record at the end. Whatever cannot be accepted, from
//! the first bad byte to the end, is copied aside before the file is cut, so nothing is ever lost.

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::state::{StateError, aside, sync_dir};

/// Longest record, bytes.
pub(crate) const MAX_RECORD: usize = 64 * 1024;

/// The file, open for appending.
#[derive(Debug)]
pub(crate) struct Records {
    path: PathBuf,
    file: File,
    end: u64,
}

/// What was found at the end of the file and kept aside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Aside {
    /// Where it is now.
    pub(crate) kept: PathBuf,
    /// Why it was not accepted.
    pub(crate) why: String,
}

/// Reads records until the first that is torn or that `accept` refuses: how many bytes are good, and what is wrong after them.
pub(crate) fn scan(
    path: &Path,
    mut accept: impl FnMut(&[u8]) -> Result<(), String>,
) -> io::Result<(u64, Option<String>)> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((0, None)),
        Err(error) => return Err(error),
    };
    let mut left = file.metadata()?.len();
    let mut reader = BufReader::new(file);
    let mut good = 0;
    let mut record = Vec::new();
    while left > 0 {
        let torn = || Ok((good, Some("the last record is torn".to_owned())));
        let mut length = [0; 4];
        if left < 4 {
            return torn();
        }
        reader.read_exact(&mut length)?;
        let length = u64::from(u32::from_le_bytes(length));
        if length > MAX_RECORD as u64 {
            return Ok((good, Some("a record announces an impossible length".to_owned())));
        }
        if left < 4 + length {
            return torn();
        }
        record.resize(usize::try_from(length).unwrap_or(MAX_RECORD), 0);
        reader.read_exact(&mut record)?;
        if let Err(why) = accept(&record) {
            return Ok((good, Some(why)));
        }
        good += 4 + length;
        left -= 4 + length;
    }
    Ok((good, None))
}

// === impl Records

impl Records {
    /// Opens or makes the file. What is not accepted is kept aside and cut off.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub(crate) fn open(
        path: &Path,
        accept: impl FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<(Self, Option<Aside>), StateError> {
        let fail = |error| StateError::Io { path: path.to_owned(), error };
        let (good, trouble) = scan(path, accept).map_err(fail)?;
        let aside = match trouble {
            Some(why) => Some(keep_aside(path, good, why).map_err(fail)?),
            None => None,
        };
        let mut file = open_private(path).map_err(fail)?;
        file.set_len(good).map_err(fail)?;
        file.seek(SeekFrom::Start(good)).map_err(fail)?;
        file.sync_all().map_err(fail)?;
        sync_dir(path).map_err(fail)?;
        Ok((Self { path: path.to_owned(), file, end: good }, aside))
    }

    /// Appends one record; it is on disk when this returns. A failed append leaves the file as it was, as far as the disk lets it.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub(crate) fn append(&mut self, record: &[u8]) -> Result<(), StateError> {
        let done = self.write(record);
        if done.is_err() {
            let _ = self.file.set_len(self.end);
            let _ = self.file.seek(SeekFrom::Start(self.end));
        }
        done.map_err(|error| StateError::Io { path: self.path.clone(), error })
    }

    fn write(&mut self, record: &[u8]) -> io::Result<()> {
        let length = u32::try_from(record.len()).ok().filter(|n| *n as usize <= MAX_RECORD);
        let length = length.ok_or_else(|| io::Error::other("a record beyond its limit"))?;
        self.file.write_all(&[&length.to_le_bytes(), record].concat())?;
        self.file.sync_data()?;
        self.end += 4 + u64::from(length);
        Ok(())
    }
}

fn keep_aside(path: &Path, from: u64, why: String) -> io::Result<Aside> {
    let kept = aside(path, "refused");
    let mut rest = File::open(path)?;
    rest.seek(SeekFrom::Start(from))?;
    let mut copy = open_private(&kept)?;
    io::copy(&mut rest, &mut copy)?;
    copy.sync_all()?;
    sync_dir(&kept)?;
    Ok(Aside { kept, why })
}

#[cfg(unix)]
fn open_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)
}

#[cfg(windows)]
fn open_private(path: &Path) -> io::Result<File> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    aval_transport::windows::make_private(path)?;
    Ok(file)
}

#[cfg(not(any(unix, windows)))]
fn open_private(path: &Path) -> io::Result<File> {
    fs::OpenOptions::new().write(true).create(true).truncate(false).open(path)
}

#[cfg(test)]
mod tests;
