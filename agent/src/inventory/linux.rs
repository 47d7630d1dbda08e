//! Linux: files of `/sys`, `/proc`, `/etc`, `/run`, `/usr` and `/var`; for drives, updates and, without root, printers the word of the
//! system’s own programs, each in a child that is killed when its time is up.
//!
//! Each section is read within a deadline (`reading`).

mod child;
mod displays;
mod drives;
mod firmware;
mod health;
mod nics;
mod plugged;
mod power;
mod printers;
mod protection;
mod root;
mod security;
mod storage;
mod system;
mod uevents;
mod updates;
mod volumes;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::{Section, SectionKind, Status};

use super::Collect;
use super::reading::{Found, PATIENCE, Readers, Reading, collected};
use health::{Deadlines, Memory};
use root::Root;

/// How many times longer a section may take that asks other programs: each has a deadline of its own, and is killed by it.
const SLOWER: u32 = 6;
/// How many times longer a package manager may take.
const PONDERING: u32 = 4;
/// A Linux machine.
#[derive(Clone, Debug)]
pub struct Linux {
    root: PathBuf,
    patience: Duration,
    readers: Readers,
    memory: Arc<Mutex<Memory>>,
}

// === impl Linux

impl Linux {
    /// The machine this program runs on.
    pub fn this() -> Self {
        Self::at(Path::new("/"), PATIENCE)
    }

    /// A machine whose files lie below a folder, and how long one section may take.
    pub fn at(root: &Path, patience: Duration) -> Self {
        Self { root: root.to_owned(), patience, readers: Readers::default(), memory: Arc::default() }
    }

    fn begin(&self, kind: SectionKind, now: UnixSeconds) -> Reading {
        let machine = self.clone();
        self.readers.begin(kind, move || machine.read(kind, now))
    }

    fn end(&self, kind: SectionKind, now: UnixSeconds, reading: &Reading) -> Section {
        reading.end(kind, now, self.patience(kind))
    }
}

impl Linux {
    const fn patience(&self, kind: SectionKind) -> Duration {
        match kind {
            SectionKind::Health | SectionKind::Printers => self.patience.saturating_mul(SLOWER),
            _ => self.patience,
        }
    }

    fn read(&self, kind: SectionKind, now: UnixSeconds) -> Found {
        let root = &Root::new(&self.root);
        let deadlines = Deadlines { drive: self.patience, updates: self.patience.saturating_mul(PONDERING) };
        match kind {
            SectionKind::Machine => firmware::machine(root),
            SectionKind::Board => firmware::board(root),
            SectionKind::Bios => firmware::bios(root),
            SectionKind::Cpu => system::cpu(root),
            SectionKind::Memory => firmware::memory(root),
            SectionKind::Disks => storage::disks(root),
            SectionKind::Volumes => volumes::volumes(root),
            SectionKind::Displays => displays::displays(root),
            SectionKind::Nics => nics::nics(root),
            SectionKind::Os => system::os(root),
            SectionKind::Batteries => power::batteries(root),
            SectionKind::Security => security::security(root),
            SectionKind::Health => health::health(root, now, deadlines, &self.memory),
            SectionKind::Printers => printers::printers(root, self.patience),
            SectionKind::Usb => plugged::usb(root),
            SectionKind::Protection => protection::protection(root),
            SectionKind::Unknown(_) => (Status::Unsupported, None),
        }
    }
}

impl Collect for Linux {
    fn section(&self, kind: SectionKind, now: UnixSeconds) -> Section {
        self.end(kind, now, &self.begin(kind, now))
    }

    /// Of the machine this program runs on, wherever its files are said to lie.
    fn watch(&self, tell: Box<dyn Fn() -> bool + Send>) {
        uevents::watch(tell);
    }

    fn all(&self, now: UnixSeconds) -> Vec<Section> {
        let begun: Vec<_> = SectionKind::ALL.iter().map(|kind| (*kind, self.begin(*kind, now))).collect();
        begun.iter().map(|(kind, reading)| self.end(*kind, now, reading)).collect()
    }
}

#[cfg(test)]
mod tests;
