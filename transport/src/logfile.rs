//! A log that nobody looks after stays small: a program that Windows starts may run for a year. What is over a limit is put aside, once.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Two files of at most about this many bytes each.
pub const LIMIT: u64 = 1024 * 1024;

/// A log file, and `….old.log` beside it with what came before.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    /// `None` for the moment of the change, or if it can't be opened any more.
    file: Option<File>,
    written: u64,
    limit: u64,
}

// === impl LogFile

impl LogFile {
    /// Goes on where the last run stopped.
    ///
    /// # Errors
    /// The system's, when the file can't be opened.
    pub fn open(path: PathBuf, limit: u64) -> io::Result<Self> {
        let file = append(&path)?;
        let written = file.metadata()?.len();
        Ok(Self { path, file: Some(file), written, limit })
    }

    /// Begins a new file. Where the old one can't be put aside the log grows on, and this is tried again after as much again.
    fn turn(&mut self) {
        self.file = None;
        let _ = fs::rename(&self.path, self.path.with_extension("old.log"));
        self.file = append(&self.path).ok();
        self.written = 0;
    }
}

impl Write for LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.file.is_none() || self.written > 0 && self.written + line.len() as u64 > self.limit {
            self.turn();
        }
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        let written = file.write(line)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), File::flush)
    }
}

fn append(path: &Path) -> io::Result<File> {
    File::options().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_never_takes_more_than_twice_its_limit_and_loses_the_oldest_lines_first() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("service.log");
        let mut log = LogFile::open(path.clone(), 100).unwrap();
        for number in 0..50 {
            log.write_all(format!("line {number:03}\n").as_bytes()).unwrap();
            let all: u64 =
                fs::read_dir(dir.path()).unwrap().map(|it| it.unwrap().metadata().unwrap().len()).sum();
            assert!(all <= 200, "{all} bytes after line {number}");
        }
        drop(log);
        // The next run goes on in the same file.
        let mut log = LogFile::open(path.clone(), 100).unwrap();
        log.write_all(b"line 050\n").unwrap();
        let old = fs::read_to_string(dir.path().join("service.old.log")).unwrap();
        let both = old + &fs::read_to_string(path).unwrap();
        let numbers: Vec<u32> = both.lines().map(|line| line[5..].parse().unwrap()).collect();
        let first = numbers[0];
        assert_eq!(numbers, (first..=50).collect::<Vec<_>>(), "a line is missing or torn");
        assert!(numbers.len() >= 11);
    }

    #[test]
    fn a_line_longer_than_the_limit_is_written_and_what_stands_in_the_way_stops_no_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("service.log");
        // Nothing can take the place of a folder.
        fs::create_dir_all(dir.path().join("service.old.log/kept")).unwrap();
        let mut log = LogFile::open(path.clone(), 10).unwrap();
        for line in ["far longer than ten bytes\n", "another\n", "a third\n"] {
            log.write_all(line.as_bytes()).unwrap();
        }
        assert_eq!(fs::read_to_string(path).unwrap().lines().count(), 3);
    }
}
