//! A section of the inventory, and its canonical bytes.
//!
//! `schema: varint ‖ status: varint ‖ option(content)`, all postcard. The same equipment always has the same bytes, so a digest of
//! 16 bytes says whether anything changed. Readers of an older schema keep what they cannot read; the first two numbers stay
//! where they are in every schema.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::items::{
    Battery, Bios, Board, Check, Cpu, Disk, Display, Health, Machine, Memory, Nic, Os, Printer, Protection,
    Security, UsbDevice, Volume,
};
use super::names::{CheckKind, Grade, SectionKind, Status};
use super::values::{List, Text};
use crate::id::UnixSeconds;

/// Most bytes of one section.
pub const MAX_BODY: usize = 12 * 1024;
/// What a section's digest is: SHA-256, cut to 16 bytes.
pub const DIGEST: usize = 16;

/// Names the content of a section.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(pub [u8; DIGEST]);

/// A section as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// Which.
    pub kind: SectionKind,
    /// How reading went.
    pub status: Status,
    /// When, by the clock of the machine.
    pub taken_at: UnixSeconds,
    /// What was read; also with another status than [`Status::Collected`], then it is not all.
    pub content: Option<Content>,
}

/// What is in a section.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is its section's, see SectionKind")]
pub enum Content {
    Machine(Machine),
    Board(Board),
    Bios(Bios),
    Cpu(List<Cpu>),
    Memory(Memory),
    Disks(List<Disk>),
    Volumes(List<Volume>),
    Displays(List<Display>),
    Nics(List<Nic>),
    Os(Os),
    Batteries(List<Battery>),
    Security(Security),
    Health(Health),
    Printers(List<Printer>),
    Usb(List<UsbDevice>),
    Protection(Protection),
}

/// A section as it travels and is kept. Who cannot read the body can still keep it and compare it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Packed {
    /// Which.
    pub kind: SectionKind,
    /// When it was read, by the clock of the machine. Not part of the digest.
    pub taken_at: UnixSeconds,
    /// Its canonical bytes, at most [`MAX_BODY`].
    pub body: Vec<u8>,
}

/// Why a body is no section that this program can read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    /// Written by a newer program.
    #[error("written by a newer version (schema {0})")]
    Newer(u16),
    /// Written by nobody in good faith.
    #[error("not a section")]
    Malformed,
}

// === impl Digest

/// What a set of sections amounts to: equal when every section's digest is. Volatile sections don't count.
pub fn root(sections: impl IntoIterator<Item = (SectionKind, Digest)>) -> Digest {
    let mut all: Vec<_> = sections.into_iter().filter(|(kind, _)| !kind.volatile()).collect();
    // By number: what is a name here may still be a number to the other end.
    all.sort_by_key(|(kind, _)| kind.number());
    let mut hash = Context::new(&SHA256);
    for (kind, digest) in all {
        hash.update(&kind.number().to_le_bytes());
        hash.update(&digest.0);
    }
    Digest::cut(hash)
}

impl Digest {
    fn cut(hash: Context) -> Self {
        let mut short = [0; DIGEST];
        short.copy_from_slice(&hash.finish().as_ref()[..DIGEST]);
        Self(short)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::hex::encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// === impl SectionKind

impl SectionKind {
    /// The newest schema of this section, in which this program writes it. A section that came later begins with the number that
    /// was new then, so that a reader of before keeps it unread.
    pub const fn schema(self) -> u16 {
        match self {
            Self::Health | Self::Printers | Self::Usb | Self::Protection => 2,
            _ => 1,
        }
    }

    /// Whether it changes without any change of the equipment.
    pub const fn volatile(self) -> bool {
        matches!(self, Self::Health)
    }
}

// === impl Section, Content

impl Section {
    /// In full.
    pub const fn collected(taken_at: UnixSeconds, content: Content) -> Self {
        Self { kind: content.kind(), status: Status::Collected, taken_at, content: Some(content) }
    }

    /// Without content.
    pub const fn missing(kind: SectionKind, status: Status, taken_at: UnixSeconds) -> Self {
        Self { kind, status, taken_at, content: None }
    }

    /// As it travels. What exceeds the bounds of a section is said to be an error, not sent in part.
    pub fn pack(&self) -> Packed {
        let schema = self.kind.schema();
        let body =
            |status: Status, content: Option<&Content>| postcard::to_stdvec(&(schema, status, content));
        let whole = body(self.status, self.content.as_ref()).ok().filter(|body| body.len() <= MAX_BODY);
        // Two small numbers and a zero always become bytes.
        let body = whole.unwrap_or_else(|| body(Status::Error, None).unwrap_or_default());
        Packed { kind: self.kind, taken_at: self.taken_at, body }
    }
}

impl Content {
    /// The section it belongs into.
    pub const fn kind(&self) -> SectionKind {
        match self {
            Self::Machine(_) => SectionKind::Machine,
            Self::Board(_) => SectionKind::Board,
            Self::Bios(_) => SectionKind::Bios,
            Self::Cpu(_) => SectionKind::Cpu,
            Self::Memory(_) => SectionKind::Memory,
            Self::Disks(_) => SectionKind::Disks,
            Self::Volumes(_) => SectionKind::Volumes,
            Self::Displays(_) => SectionKind::Displays,
            Self::Nics(_) => SectionKind::Nics,
            Self::Os(_) => SectionKind::Os,
            Self::Batteries(_) => SectionKind::Batteries,
            Self::Security(_) => SectionKind::Security,
            Self::Health(_) => SectionKind::Health,
            Self::Printers(_) => SectionKind::Printers,
            Self::Usb(_) => SectionKind::Usb,
            Self::Protection(_) => SectionKind::Protection,
        }
    }
}

// === impl Packed

impl Packed {
    /// What names this content.
    pub fn digest(&self) -> Digest {
        let mut hash = Context::new(&SHA256);
        hash.update(&self.kind.number().to_le_bytes());
        hash.update(&self.body);
        Digest::cut(hash)
    }

    /// The schema and how reading went: what every schema says in the same place.
    ///
    /// # Errors
    /// [`Unreadable::Malformed`].
    pub fn head(&self) -> Result<(u16, Status), Unreadable> {
        let (head, _) = postcard::take_from_bytes(&self.body).map_err(|_| Unreadable::Malformed)?;
        Ok(head)
    }

    /// The section.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn open(&self) -> Result<Section, Unreadable> {
        let (schema, status) = self.head()?;
        if schema > self.kind.schema() {
            return Err(Unreadable::Newer(schema));
        }
        if (self.kind, schema) == (SectionKind::Health, 1) {
            let content = first_health(&self.body)?.map(Content::Health);
            return Ok(Section { kind: self.kind, status, taken_at: self.taken_at, content });
        }
        let content = match postcard::take_from_bytes::<(u16, Status, Option<Content>)>(&self.body) {
            Ok(((_, _, content), [])) => content,
            _ => return Err(Unreadable::Malformed),
        };
        match content.as_ref().map(Content::kind) {
            Some(kind) if kind != self.kind => Err(Unreadable::Malformed),
            _ => Ok(Section { kind: self.kind, status, taken_at: self.taken_at, content }),
        }
    }
}

/// Health as schema 1 had it: no check said why it could not be graded.
fn first_health(body: &[u8]) -> Result<Option<Health>, Unreadable> {
    /// The number of [`Content::Health`].
    const HEALTH: u32 = 12;
    type First = (CheckKind, Option<Text>, Grade, Option<i64>);
    match postcard::take_from_bytes::<(u16, Status, Option<(u32, List<First>)>)>(body) {
        Ok(((_, _, Some((HEALTH, checks))), [])) => {
            let checks = checks.iter().cloned();
            let checks =
                checks.map(|(kind, subject, grade, value)| Check { kind, subject, grade, value, why: None });
            Ok(Some(Health { checks: List::of(checks) }))
        }
        Ok(((_, _, None), [])) => Ok(None),
        _ => Err(Unreadable::Malformed),
    }
}

#[cfg(test)]
mod tests;
