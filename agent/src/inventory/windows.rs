//! Windows: the firmware's table, the registry, and what drivers answer. No word of another program is needed for it.
//!
//! `call` and `registry` are the files that call the system. Each section is read within a deadline ([`super::reading`]).

mod attached;
mod call;
mod firmware;
mod health;
mod registry;
mod storage;
mod system;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::{Section, SectionKind, Status};

use super::Collect;
use super::reading::{Found, PATIENCE, Readers};

/// A Windows machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Windows {
    readers: Readers,
}

// === impl Windows

impl Windows {
    /// The machine this program runs on.
    pub(super) fn this() -> Self {
        Self::default()
    }
}

fn read(kind: SectionKind, now: UnixSeconds) -> Found {
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
        SectionKind::Health => health::health(now),
        SectionKind::Printers => attached::printers(),
        SectionKind::Usb => attached::usb(),
        // Products tell WMI's security centre, which this version does not ask; a list without them would say that there is none.
        SectionKind::Protection | SectionKind::Unknown(_) => (Status::Unsupported, None),
    }
}

impl Collect for Windows {
    fn section(&self, kind: SectionKind, now: UnixSeconds) -> Section {
        self.readers.begin(kind, move || read(kind, now)).end(kind, now, PATIENCE)
    }

    fn all(&self, now: UnixSeconds) -> Vec<Section> {
        let begin = |kind: &SectionKind| {
            let kind = *kind;
            (kind, self.readers.begin(kind, move || read(kind, now)))
        };
        let begun: Vec<_> = SectionKind::ALL.iter().map(begin).collect();
        begun.iter().map(|(kind, reading)| reading.end(*kind, now, PATIENCE)).collect()
    }
}
