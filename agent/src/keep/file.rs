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

#[cfg(not(unix))]
fn open_private(path: &Path) -> io::Result<File> {
    fs::OpenOptions::new().write(true).create(true).truncate(false).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &Path) -> (Vec<Vec<u8>>, Option<String>) {
        let mut all = Vec::new();
        let (_, trouble) = scan(path, |record| {
            all.push(record.to_vec());
            Ok(())
        })
        .unwrap();
        (all, trouble)
    }

    fn written(dir: &tempfile::TempDir) -> PathBuf {
        let path = dir.path().join("journal");
        let (mut records, aside) = Records::open(&path, |_| Ok(())).unwrap();
        assert_eq!(aside, None);
        for record in [&b"un"[..], b"", b"trois"] {
            records.append(record).unwrap();
        }
        path
    }

    #[test]
    fn what_was_appended_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = written(&dir);
        assert_eq!(read(&path), (vec![b"un".to_vec(), vec![], b"trois".to_vec()], None));
        let (mut records, _) = Records::open(&path, |_| Ok(())).unwrap();
        records.append(b"quatre").unwrap();
        assert_eq!(read(&path).0.len(), 4);
    }

    #[test]
    fn a_file_torn_anywhere_keeps_what_was_whole_and_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let whole = fs::read(written(&dir)).unwrap();
        for cut in 0..whole.len() {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("journal");
            fs::write(&path, &whole[..cut]).unwrap();
            let (mut records, aside) = Records::open(&path, |_| Ok(())).unwrap();
            let kept = fs::read(&path).unwrap();
            let rest = aside.map_or(Vec::new(), |a| fs::read(a.kept).unwrap());
            assert_eq!([kept, rest].concat(), &whole[..cut], "cut at {cut}");
            records.append(b"suite").unwrap();
            let (all, trouble) = read(&path);
            assert_eq!((all.last().unwrap().as_slice(), trouble), (&b"suite"[..], None));
        }
    }

    #[test]
    fn a_refused_record_and_all_behind_it_go_aside() {
        let dir = tempfile::tempdir().unwrap();
        let path = written(&dir);
        let refuse = |record: &[u8]| if record.is_empty() { Err("empty".to_owned()) } else { Ok(()) };
        let (_, aside) = Records::open(&path, refuse).unwrap();
        let aside = aside.unwrap();
        assert_eq!(aside.why, "empty");
        assert_eq!(read(&path).0, [b"un"]);
        assert_eq!(read(&aside.kept).0, [&b""[..], b"trois"]);
    }

    #[test]
    fn an_impossible_length_is_refused_before_anything_is_allocated() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        fs::write(&path, [0xff; 32]).unwrap();
        let (_, aside) = Records::open(&path, |_| Ok(())).unwrap();
        assert!(aside.is_some());
        let (mut records, _) = Records::open(&path, |_| Ok(())).unwrap();
        assert!(records.append(&vec![0; MAX_RECORD + 1]).is_err());
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    }
}
