//! What this machine is made of, for the contract's covered-equipment list: read section by section, each with its own status.
//!
//! Who the machine is is never asked of sysinfo: its Linux fallback for the product's name reads a file anybody may write
//! (`/tmp/sysinfo/model`). The readers of raw tables and of other programs' words ([`smbios`], [`edid`], [`cpuinfo`], [`release`],
//! [`smart`], [`printers`], [`plugged`], [`updates`], [`winio`],
//! [`winver`], [`wmi`]) are pure and shared by all systems; what is specific to one lies in its own
//! back end. Nothing here asks the network.

pub mod changes;
#[cfg(any(target_os = "linux", windows))]
mod child;
pub mod cpuinfo;
pub mod edid;
pub mod grade;
#[cfg(target_os = "linux")]
pub mod linux;
#[cfg(not(any(target_os = "linux", windows)))]
mod other;
pub mod permitted;
pub mod plugged;
pub mod printers;
#[cfg(any(target_os = "linux", windows))]
mod reading;
pub mod release;
pub mod smart;
pub mod smbios;
pub mod sync;
pub mod updates;
#[cfg(windows)]
mod windows;
pub mod winio;
pub mod winver;
pub mod wmi;

use std::fmt;
use std::sync::Arc;

pub use permitted::Permitted;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::{InventoryRecord, KeptSection, Packed, Section, SectionKind};

/// Reads the inventory of a machine. Blocks, at most for some seconds: callers are outside async tasks.
pub trait Collect: fmt::Debug + Send + Sync {
    /// One section, as of now.
    fn section(&self, kind: SectionKind, now: UnixSeconds) -> Section;

    /// Tells of each event that may have changed the equipment, until `tell` says that nobody listens. Some systems cannot.
    fn watch(&self, tell: Box<dyn Fn() -> bool + Send>) {
        drop(tell);
    }

    /// All sections, each exactly once.
    fn all(&self, now: UnixSeconds) -> Vec<Section> {
        SectionKind::ALL.iter().map(|kind| self.section(*kind, now)).collect()
    }
}

/// This system's.
pub fn native() -> Arc<dyn Collect> {
    #[cfg(target_os = "linux")]
    let collect = linux::Linux::this();
    #[cfg(windows)]
    let collect = windows::Windows::this();
    #[cfg(not(any(target_os = "linux", windows)))]
    let collect = other::Other;
    Arc::new(collect)
}

/// In the child that asks what may hang: the answer to a question of that name.
///
/// # Errors
/// There is no such question.
#[cfg(windows)]
pub fn answer(question: &str) -> std::io::Result<Vec<u8>> {
    windows::answer(question)
}

/// Sections as the relay would hold them after they were sent: what people are shown is read from the very bytes that travel.
pub fn as_kept(packed: &[Packed]) -> InventoryRecord {
    let kept = |packed: &Packed| KeptSection {
        newest: packed.clone(),
        received_at: packed.taken_at,
        last_whole: None,
    };
    InventoryRecord { checked_at: None, sections: packed.iter().map(kept).collect() }
}
