//! Canaries: what must be nowhere is looked for everywhere – in a program's memory, and in every file of a folder.
//!
//! What a search finds is an error that names the place; that a search is able to find is for each test to show, with a twin that does.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Where the person's editor keeps what they write: it is theirs.
const EDITOR: &str = ".local/share/Mousepad";

/// A word in the forms in which programs keep words: UTF-8, UTF-16, Base64 at each of its three beginnings.
pub fn forms(word: &str) -> Vec<Vec<u8>> {
    let wide = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let base64 = (0..3).map(|before| {
        let shifted = [&[0; 3][..before], word.as_bytes()].concat();
        let text = STANDARD.encode(shifted);
        // What its neighbours decide is not part of it: the first group, and the last.
        let from = if before == 0 { 0 } else { 4 };
        text.as_bytes()[from..text.len() - 4].to_vec()
    });
    [word.as_bytes().to_vec(), wide].into_iter().chain(base64).filter(|form| form.len() >= 4).collect()
}

/// Which of these is in the memory of a program, if one is. Only root may look.
///
/// # Errors
/// When the memory can't be read.
pub fn in_memory(pid: u32, secrets: &[Vec<u8>]) -> Result<Option<usize>> {
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

/// Looks through every file below a folder, except what programs that are not ours keep there for themselves; which ones.
///
/// # Errors
/// Names the file that holds one of these.
pub fn in_no_file(dir: &Path, secrets: &[Vec<u8>]) -> Result<Vec<PathBuf>> {
    let (mut searched, theirs) = (Vec::new(), dir.join(EDITOR));
    each_file(dir, &mut |path, bytes| {
        if path.starts_with(&theirs) {
            return Ok(());
        }
        let found = secrets.iter().position(|secret| contains(bytes, secret));
        ensure!(found.is_none(), "{} holds what it must not: number {found:?}", path.display());
        searched.push(path.to_owned());
        Ok(())
    })?;
    Ok(searched)
}

/// The files below a folder that hold this: the twin of a search that finds nothing.
///
/// # Errors
/// When a file can't be read.
pub fn in_files(dir: &Path, known: &[u8]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    each_file(dir, &mut |path, bytes| {
        if contains(bytes, known) {
            found.push(path.to_owned());
        }
        Ok(())
    })?;
    Ok(found)
}

fn each_file(dir: &Path, look: &mut dyn FnMut(&Path, &[u8]) -> Result<()>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let (entry, path) = entry.map(|e| (e.file_type(), e.path()))?;
        let kind = entry?;
        if kind.is_dir() {
            each_file(&path, look)?;
        } else if kind.is_file() {
            match fs::read(&path) {
                Ok(bytes) => look(&path, &bytes)?,
                // A program at work takes its own files away.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).context(path.display().to_string()),
            }
        }
    }
    Ok(())
}

/// Whether the bytes hold this; nothing holds the empty one.
pub fn contains(bytes: &[u8], secret: &[u8]) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_every_form_and_at_every_place() {
        let word = "Sesame-Geneviève-7741";
        for before in ["", "a", "ab", "abc", "abcd"] {
            let text = format!("{before}{word}, et après");
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for kept in [text.clone().into_bytes(), STANDARD.encode(&text).into_bytes(), wide] {
                assert!(forms(word).iter().any(|form| contains(&kept, form)), "{before}");
            }
        }
        assert!(!forms(word).iter().any(|form| contains(b"Sesame", form)));
    }
}
