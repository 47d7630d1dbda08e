//! Where a secret must not be: a running program's memory, and every file below a folder.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

pub(crate) fn found_in_memory(pid: u32, secrets: &[Vec<u8>]) -> Result<Option<usize>> {
    let maps = BufReader::new(File::open(format!("/proc/{pid}/maps"))?);
    let memory =
        File::open(format!("/proc/{pid}/mem")).context("only root may read another program's memory")?;
    let mut bytes = Vec::new();
    let mut read = 0;
    for line in maps.lines() {
        let line = line?;
        let mut fields = line.split_whitespace();
        let (Some(range), Some(rights)) = (fields.next(), fields.next()) else { continue };
        let Some((from, to)) = range.split_once('-') else { continue };
        let (from, to) = (u64::from_str_radix(from, 16)?, u64::from_str_radix(to, 16)?);
        if !rights.starts_with("rw") {
            continue;
        }
        bytes.resize(usize::try_from(to - from)?, 0);
        // Pages that were never touched or belong to a device can't be read, and hold nothing.
        if memory.read_exact_at(&mut bytes, from).is_err() {
            continue;
        }
        read += bytes.len();
        if let Some(at) = secrets.iter().position(|secret| contains(&bytes, secret)) {
            return Ok(Some(at));
        }
    }
    ensure!(read > 1 << 20, "only {read} bytes of the memory of {pid} could be read");
    Ok(None)
}

pub(crate) fn search_files(dir: &Path, secrets: &[Vec<u8>], searched: &mut usize) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let (entry, path) = entry.map(|e| (e.file_type(), e.path()))?;
        let kind = entry?;
        if kind.is_dir() {
            search_files(&path, secrets, searched)?;
        } else if kind.is_file() {
            let bytes = fs::read(&path)?;
            *searched += 1;
            ensure!(
                !secrets.iter().any(|secret| contains(&bytes, secret)),
                "{} holds the session in clear",
                path.display()
            );
        }
    }
    Ok(())
}

pub(crate) fn contains(bytes: &[u8], secret: &[u8]) -> bool {
    let Some(&first) = secret.first() else { return false };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|&b| b == first) {
        if rest[at..].starts_with(secret) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}
