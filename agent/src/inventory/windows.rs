//! Windows: the firmware's table, the registry, what drivers answer; and what WMI and the update service say, asked by a child that is
//! killed when its time is up.
//!
//! `call`, `registry` and, in the child, `answer` are the files that call the system. Each section is read within a deadline ([`super::reading`]).

mod answer;
mod ask;
mod attached;
mod call;
mod firmware;
mod health;
mod protection;
mod registry;
mod storage;
mod system;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::{Section, SectionKind, Status};

use super::Collect;
use super::reading::{Found, PATIENCE, Readers, Reading};
use super::wmi::{Question, UpdatesWord};

/// How many times longer a section may take that asks by a child: it has a deadline of its own, and is killed by it.
const SLOWER: u32 = 6;

/// A Windows machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Windows {
    readers: Readers,
    memory: Arc<Mutex<Memory>>,
}

/// What the update service said, and when: it ponders for long, and looks once a day itself.
#[derive(Debug, Default)]
struct Memory {
    updates: Option<(UnixSeconds, UpdatesWord)>,
}

/// In the child: what a question's classes say.
pub(super) fn answer(question: &str) -> std::io::Result<Vec<u8>> {
    let question = Question::of_name(question).ok_or(std::io::ErrorKind::InvalidInput)?;
    Ok(serde_json::to_vec(&answer::answer(question))?)
}

// === impl Windows

impl Windows {
    /// The machine this program runs on.
    pub(super) fn this() -> Self {
        Self::default()
    }

    const fn patience(kind: SectionKind) -> Duration {
        match kind {
            SectionKind::Health | SectionKind::Volumes | SectionKind::Protection | SectionKind::Disks => {
                PATIENCE.saturating_mul(SLOWER)
            }
            _ => PATIENCE,
        }
    }

    fn begin(&self, kind: SectionKind, now: UnixSeconds) -> Reading {
        let machine = self.clone();
        self.readers.begin(kind, move || machine.read(kind, now))
    }

    fn read(&self, kind: SectionKind, now: UnixSeconds) -> Found {
        match kind {
            SectionKind::Machine => firmware::machine(),
            SectionKind::Board => firmware::board(),
            SectionKind::Bios => firmware::bios(),
            SectionKind::Cpu => firmware::cpu(),
            SectionKind::Memory => firmware::memory(),
            SectionKind::Disks => storage::disks(),
            SectionKind::Volumes => storage::volumes(),
            SectionKind::Displays => attached::displays(),
            SectionKind::Nics => attached::nics(),
            SectionKind::Os => system::os(),
            SectionKind::Batteries => attached::batteries(),
            SectionKind::Security => system::security(),
            SectionKind::Health => health::health(now, &self.memory),
            SectionKind::Printers => attached::printers(),
            SectionKind::Usb => attached::usb(),
            SectionKind::Protection => protection::protection(),
            SectionKind::Unknown(_) => (Status::Unsupported, None),
        }
    }
}

impl Collect for Windows {
    fn section(&self, kind: SectionKind, now: UnixSeconds) -> Section {
        self.begin(kind, now).end(kind, now, Self::patience(kind))
    }

    fn all(&self, now: UnixSeconds) -> Vec<Section> {
        let begun: Vec<_> = SectionKind::ALL.iter().map(|kind| (*kind, self.begin(*kind, now))).collect();
        begun.iter().map(|(kind, reading)| reading.end(*kind, now, Self::patience(*kind))).collect()
    }
}
