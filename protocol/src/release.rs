//! Releases: which program an agent may become, signed off line by a key that has no other use. The relay carries the word and the
//! files; it can hold them back, and it can put nothing else in their place.
//!
//! The words are The Update Framework's: a *manifest* has an edition that only counts up (no rollback), a moment at which it ends (no
//! freeze), lengths and hashes of every file (no mix), and the key is replaced by a word of the key before (rotation). The public key is
//! pinned on the PC when it is attached, by hand or by the installer, never by a relay.

mod files;
mod judge;
pub mod version;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::firm::{Signed, Signer, Statement, TrustError};
use crate::id::{KeyId, UnixSeconds};
use crate::wire::Wire;

pub use files::{key_from_pem, key_to_pem, manifest_from_pem, manifest_to_pem};
pub use judge::{Known, Refused, opened};
pub use version::Version;

/// Windows on x86-64: `aval-agent.exe` and `aval-agent-prompt.exe`, which change together.
pub const WINDOWS: &str = "windows-x64";
/// Debian and its like on x86-64: the package, which the system's package manager installs and nobody else.
pub const DEBIAN: &str = "debian-amd64";
/// The programs of a Windows PC.
pub const WINDOWS_PROGRAMS: [&str; 2] = ["aval-agent.exe", "aval-agent-prompt.exe"];

/// Files of a release at most.
pub const MAX_FILES: usize = 8;
/// Longest file, in bytes.
pub const MAX_LENGTH: u64 = 256 * 1024 * 1024;
/// Replacements of the key that a manifest carries at most: one a year for as long as a root lives.
pub const MAX_ROTATIONS: usize = 16;
/// Longest time over which a fleet is spread, in seconds: a week.
pub const MAX_SPREAD_S: u32 = 7 * 24 * 3600;
/// Longest name of a file, in bytes.
const MAX_NAME: usize = 64;

/// What is released.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Release {
    /// Counts up by one with each manifest, also when the program stays the same and only the end is put off.
    pub edition: u32,
    /// The program's version. Never lower than that of an earlier edition.
    pub version: Version,
    /// The oldest version that may serve still: an older one lets nobody in.
    pub floor: Version,
    /// When it was signed.
    pub at: UnixSeconds,
    /// Until when it counts. Whoever knows nothing newer then is cut off from the news, and says so.
    pub until: UnixSeconds,
    /// Over how many seconds a fleet spreads its fetching, each PC at a moment it draws.
    pub spread_s: u32,
    /// The files.
    pub files: Vec<Part>,
}

/// A file of a release.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// For which system: [`WINDOWS`], [`DEBIAN`], or one that this program does not know.
    pub system: String,
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub length: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

/// Another key takes the place of the one that signs this.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Succession {
    /// The key that goes.
    pub from: KeyId,
    /// The key that comes, as `SubjectPublicKeyInfo` (DER).
    pub to: Vec<u8>,
    /// When it was said.
    pub at: UnixSeconds,
}

/// A replacement of the key, said by both.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rotation {
    /// By the key that goes: without it nothing changes hands.
    pub given: Signed<Succession>,
    /// By the key that comes: somebody has it.
    pub taken: Signed<Succession>,
}

/// A release as it travels.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The key that signed it (`SubjectPublicKeyInfo`, DER). It is believed by nobody who was not led to it.
    pub key: Vec<u8>,
    /// How one comes to it from an older one, oldest first.
    pub rotations: Vec<Rotation>,
    /// What is released.
    pub release: Signed<Release>,
}

/// Why a release is not signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unfit {
    /// The floor is above the version.
    #[error("the floor is above the version")]
    Floor,
    /// It ends before it begins.
    #[error("it ends before it begins")]
    Ended,
    /// The fleet would be spread over more than a week.
    #[error("a fleet is spread over a week at most")]
    Spread,
    /// No file, or too many, or two of one name.
    #[error("1 to 8 files are released, each of a name of its own")]
    Files,
    /// A file's name is none.
    #[error("a file’s name is none")]
    Name,
    /// A file is empty or too long.
    #[error("a file is empty, or longer than 256 MiB")]
    Length,
    /// One of the two programs of a Windows PC is missing, or another one is there.
    #[error("aval-agent.exe and aval-agent-prompt.exe are released together")]
    Windows,
}

impl Wire for Release {
    const LIMIT: usize = 4 * 1024;
}
impl Statement for Release {
    const LABEL: &'static str = "aval/1 release";
}
impl Wire for Succession {
    const LIMIT: usize = 256;
}
impl Statement for Succession {
    const LABEL: &'static str = "aval/1 release key";
}
impl Wire for Manifest {
    const LIMIT: usize = 16 * 1024;
}

// === impl Release

impl Release {
    /// The files of a system.
    pub fn of_system<'a>(&'a self, system: &'a str) -> impl Iterator<Item = &'a Part> {
        self.files.iter().filter(move |part| part.system == system)
    }

    /// Whether it makes sense.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn check(&self) -> Result<(), Unfit> {
        if self.floor > self.version {
            return Err(Unfit::Floor);
        }
        if self.until <= self.at {
            return Err(Unfit::Ended);
        }
        if self.spread_s > MAX_SPREAD_S {
            return Err(Unfit::Spread);
        }
        let names: BTreeSet<_> = self.files.iter().map(|part| (&part.system, &part.name)).collect();
        if self.files.is_empty() || self.files.len() > MAX_FILES || names.len() < self.files.len() {
            return Err(Unfit::Files);
        }
        for part in &self.files {
            if !is_plain(&part.name) || !is_plain(&part.system) {
                return Err(Unfit::Name);
            }
            if part.length == 0 || part.length > MAX_LENGTH {
                return Err(Unfit::Length);
            }
        }
        let windows: BTreeSet<_> = self.of_system(WINDOWS).map(|part| part.name.as_str()).collect();
        if !windows.is_empty() && windows != WINDOWS_PROGRAMS.into() {
            return Err(Unfit::Windows);
        }
        Ok(())
    }
}

/// A name that means the same file on every system, and never a way out of a folder.
fn is_plain(name: &str) -> bool {
    let fit = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-+~".contains(&b);
    (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(fit)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}

// === impl Manifest

impl Manifest {
    /// Signs a release with the key that counts, which earlier keys led to.
    ///
    /// # Errors
    /// [`TrustError`], when the key signs nothing or the release is too long.
    pub fn sign(release: &Release, key: &Signer, rotations: Vec<Rotation>) -> Result<Self, TrustError> {
        Ok(Self { key: key.spki().to_vec(), rotations, release: key.sign(release)? })
    }

    /// What it says of itself, if the key that it names signed it. Whoever believes no such key has learnt nothing.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn claim(&self) -> Result<Release, Refused> {
        judge::signed_by(self, &self.key)
    }
}

impl Rotation {
    /// From one key to the next.
    ///
    /// # Errors
    /// [`TrustError`], when a key signs nothing.
    pub fn new(from: &Signer, to: &Signer, at: UnixSeconds) -> Result<Self, TrustError> {
        let word = Succession { from: from.key_id(), to: to.spki().to_vec(), at };
        Ok(Self { given: from.sign(&word)?, taken: to.sign(&word)? })
    }
}

#[cfg(test)]
mod tests;
