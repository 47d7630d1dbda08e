//! Versions of the program: three numbers, compared as numbers. The program says its own from a mark in its file, which whoever signs a
//! release can read without running it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What stands before the version in a program's file, and [`END`] behind it.
const MARK: &[u8] = b"aval-agent's own version: ";
/// What ends a mark.
const END: u8 = 0;
/// Bytes of a mark.
pub const MARK_LEN: usize = 48;

/// `MAJOR.MINOR.PATCH`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Version {
    /// Counts what breaks.
    pub major: u16,
    /// Counts what is new.
    pub minor: u16,
    /// Counts what is mended.
    pub patch: u16,
}

/// It is no version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a version is written 1.2.3")]
pub struct NoVersion;

/// The mark of a version, to be a static of the program. A version that is too long is cut, and then is none.
pub const fn mark(version: &str) -> [u8; MARK_LEN] {
    let mut bytes = [END; MARK_LEN];
    let mut at = 0;
    while at < MARK.len() {
        bytes[at] = MARK[at];
        at += 1;
    }
    let version = version.as_bytes();
    let mut from = 0;
    while from < version.len() && at < MARK_LEN - 1 {
        bytes[at] = version[from];
        (at, from) = (at + 1, from + 1);
    }
    bytes
}

/// The version that a program's file says of itself; `None` where no mark is in it, or two that differ.
pub fn marked(file: &[u8]) -> Option<Version> {
    let mut found = None;
    for at in places(file) {
        let version = read(file.get(at..)?)?;
        if found.is_some_and(|before| before != version) {
            return None;
        }
        found = Some(version);
    }
    found
}

/// Where marks are in a file.
pub fn places(file: &[u8]) -> Vec<usize> {
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(at) = file[from..].iter().position(|b| *b == MARK[0]).map(|at| from + at) {
        if file[at..].starts_with(MARK) && read(&file[at..]).is_some() {
            places.push(at);
        }
        from = at + 1;
    }
    places
}

/// The version in a mark.
pub fn read(mark: &[u8]) -> Option<Version> {
    let text = mark.strip_prefix(MARK)?;
    let end = text.iter().take(MARK_LEN - MARK.len()).position(|b| *b == END)?;
    std::str::from_utf8(&text[..end]).ok()?.parse().ok()
}

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let number = |part: &str| {
            let plain = !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_digit())
                && (part == "0" || !part.starts_with('0'));
            if plain { part.parse().map_err(|_| NoVersion) } else { Err(NoVersion) }
        };
        let mut parts = text.split('.');
        let (Some(major), Some(minor), Some(patch), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NoVersion);
        };
        Ok(Self { major: number(major)?, minor: number(minor)?, patch: number(patch)? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.collect_str(self)
        } else {
            (self.major, self.minor, self.patch).serialize(s)
        }
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
        } else {
            <(u16, u16, u16)>::deserialize(d).map(|(major, minor, patch)| Self { major, minor, patch })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let read = |text: &str| text.parse::<Version>();
        assert!(read("0.1.10").unwrap() > read("0.1.9").unwrap());
        assert!(read("1.0.0").unwrap() > read("0.99.99").unwrap());
        assert_eq!(read("0.1.0").unwrap().to_string(), "0.1.0");
        for none in
            ["", "1", "1.2", "1.2.3.4", "1.2.x", "01.2.3", "1.2.-3", "1.2.+3", "1..3", "1.2.70000", "v1.2.3"]
        {
            assert_eq!(read(none), Err(NoVersion), "{none:?}");
        }
    }

    #[test]
    fn a_program_s_file_says_its_version_once() {
        let marked_as = |version| [b"MZ..aval-agent".as_slice(), &mark(version), b"rest"].concat();
        assert_eq!(marked(&marked_as("0.1.1")), Some(Version { major: 0, minor: 1, patch: 1 }));
        assert_eq!(marked(&[marked_as("0.1.1"), marked_as("0.1.2")].concat()), None, "two that differ");
        assert_eq!(marked(&[marked_as("0.1.1"), marked_as("0.1.1")].concat()).unwrap().patch, 1);
        assert_eq!(marked(b"MZ"), None);
        // The words alone, as they stand in this program too, are no mark.
        assert_eq!(marked(&[MARK, b"Enrolled"].concat()), None);
        assert_eq!(marked(&marked_as("1.2.3-and-much-too-long-for-any-version")), None);
    }
}
