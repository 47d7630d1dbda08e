//! Linux: files of `/sys`, `/proc`, `/etc`, `/run`, `/usr` and `/var`; for drives, updates and, without root, printers the word of the
//! system’s own programs, each in a child that is killed when its time is up.
//!
//! A file of a broken device can make its reader wait for ever, also uninterruptibly. Each section is therefore read on a thread of
//! its own that is given up after a while; a section whose thread still hangs is not asked again until it came back.

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

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::{Content, Section, SectionKind, Status};

use super::Collect;
use health::{Deadlines, Memory};
use root::Root;

/// How long one section may take. A drive that wakes up needs some seconds.
const PATIENCE: Duration = Duration::from_secs(15);
/// How many times longer a section may take that asks other programs: each has a deadline of its own, and is killed by it.
const SLOWER: u32 = 6;
/// How many times longer a package manager may take.
const PONDERING: u32 = 4;
/// Readers hold a table or a list of some kilobytes.
const STACK: usize = 512 * 1024;

/// A Linux machine.
#[derive(Clone, Debug)]
pub struct Linux {
    root: PathBuf,
    patience: Duration,
    hanging: Arc<Mutex<BTreeSet<SectionKind>>>,
    memory: Arc<Mutex<Memory>>,
}

/// What a reader found: the status, and as much as there was.
type Found = (Status, Option<Content>);

/// A section that is being read.
enum Reading {
    Begun(Receiver<Found>),
    StillHanging,
    NoThread,
}

// === impl Linux

impl Linux {
    /// The machine this program runs on.
    pub fn this() -> Self {
        Self::at(Path::new("/"), PATIENCE)
    }

    /// A machine whose files lie below a folder, and how long one section may take.
    pub fn at(root: &Path, patience: Duration) -> Self {
        Self { root: root.to_owned(), patience, hanging: Arc::default(), memory: Arc::default() }
    }

    fn begin(&self, kind: SectionKind, now: UnixSeconds) -> Reading {
        if !self.hanging.lock().unwrap_or_else(PoisonError::into_inner).insert(kind) {
            return Reading::StillHanging;
        }
        let (tell, told) = mpsc::sync_channel(1);
        let (machine, hanging) = (self.clone(), Arc::clone(&self.hanging));
        let read = move || {
            let found = machine.read(kind, now);
            hanging.lock().unwrap_or_else(PoisonError::into_inner).remove(&kind);
            // Whoever waited may have given up.
            let _ = tell.send(found);
        };
        match std::thread::Builder::new().name(format!("read-{kind}")).stack_size(STACK).spawn(read) {
            Ok(_) => Reading::Begun(told),
            Err(_) => {
                self.hanging.lock().unwrap_or_else(PoisonError::into_inner).remove(&kind);
                Reading::NoThread
            }
        }
    }

    fn end(&self, kind: SectionKind, now: UnixSeconds, reading: &Reading) -> Section {
        let (status, content) = match reading {
            Reading::Begun(told) => match told.recv_timeout(self.patience(kind)) {
                Ok(found) => found,
                Err(RecvTimeoutError::Timeout) => (Status::TimedOut, None),
                // The reader panicked; it stays listed as hanging and is not tried again in this run.
                Err(RecvTimeoutError::Disconnected) => (Status::Error, None),
            },
            Reading::StillHanging => (Status::TimedOut, None),
            Reading::NoThread => (Status::Error, None),
        };
        Section { kind, status, taken_at: now, content }
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

fn collected(content: Content) -> Found {
    (Status::Collected, Some(content))
}

#[cfg(test)]
mod tests;
