//! The firmware's own table of what it is built of (DMTF DSP0134, SMBIOS 3.x), read from its raw bytes.
//!
//! An own reader, because what matters here is what others get wrong: a string that is not UTF-8 must be shown as well as it can
//! be *in its place* (dropping it shifts all later ones, and a serial number becomes the model's name, the same for every PC of
//! that model), a missing one must be nothing (and not a sentence about its absence), a docking station must not be taken for the
//! computer. The crate `dmidecode` reads strings as UTF-8 or fails; four small tables are less upkeep than working around that.

mod read;

pub use read::{american, bios, board, chassis, cpus, machine, memory, named, uuid_of};

/// Bytes of a structure's head: type, length, handle.
const HEAD: usize = 4;
/// The end of the table.
const END: u8 = 127;
/// A table that a firmware has is some kilobytes; more is not read.
pub const MAX_TABLE: usize = 1 << 20;

/// All structures of a machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table<'a> {
    structures: Vec<Structure<'a>>,
    /// UUIDs have their first three fields in little endian: since SMBIOS 2.6.
    little: bool,
}

/// One structure: its formatted area, head included, and its strings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Structure<'a> {
    kind: u8,
    area: &'a [u8],
    strings: &'a [u8],
}

// === impl Table

impl<'a> Table<'a> {
    /// Reads what is readable of a raw table; `entry` is the entry point, which names the version. What is cut off or makes no sense
    /// is left out.
    pub fn parse(raw: &'a [u8], entry: &[u8]) -> Self {
        let mut structures = Vec::new();
        let mut rest = &raw[..raw.len().min(MAX_TABLE)];
        while let Some((structure, after)) = Structure::first(rest) {
            if structure.kind == END {
                break;
            }
            structures.push(structure);
            rest = after;
        }
        Self { structures, little: version(entry).is_none_or(|version| version >= (2, 6)) }
    }

    /// Whether nothing was readable.
    pub fn is_empty(&self) -> bool {
        self.structures.is_empty()
    }

    fn of_kind(&self, kind: u8) -> impl Iterator<Item = &Structure<'a>> {
        self.structures.iter().filter(move |structure| structure.kind == kind)
    }
}

/// The table and an entry point of it, of what Windows answers for `RSMB` (`RawSMBIOSData`): a byte, both numbers of the version, a
/// byte, the length, the table.
pub fn of_windows(raw: &[u8]) -> Option<(&[u8], [u8; 9])> {
    let length = usize::try_from(u32::from_le_bytes(*raw.get(4..)?.first_chunk()?)).ok()?;
    let table = raw.get(8..)?;
    let entry = [b'_', b'S', b'M', b'3', b'_', 0, 0, raw[1], raw[2]];
    Some((&table[..length.min(table.len())], entry))
}

/// Major and minor version by a 32-bit (`_SM_`) or 64-bit (`_SM3_`) entry point.
fn version(entry: &[u8]) -> Option<(u8, u8)> {
    let at = match entry {
        [b'_', b'S', b'M', b'3', b'_', ..] => 7,
        [b'_', b'S', b'M', b'_', ..] => 6,
        _ => return None,
    };
    Some((*entry.get(at)?, *entry.get(at + 1)?))
}

// === impl Structure

impl<'a> Structure<'a> {
    /// The first structure of these bytes and what follows it.
    fn first(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (kind, length) = (*bytes.first()?, usize::from(*bytes.get(1)?));
        if length < HEAD {
            return None;
        }
        let (area, rest) = bytes.split_at_checked(length)?;
        // The set of strings ends with an empty one; a structure without strings has two zeros.
        let end = rest.windows(2).position(|pair| pair == [0, 0])?;
        Some((Self { kind, area, strings: &rest[..end] }, &rest[end + 2..]))
    }

    fn handle(&self) -> u16 {
        self.word(2).unwrap_or(u16::MAX)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.area.get(at).copied()
    }

    fn word(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(*self.area.get(at..)?.first_chunk()?))
    }

    fn double(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(*self.area.get(at..)?.first_chunk()?))
    }

    fn quad(&self, at: usize) -> Option<u64> {
        Some(u64::from_le_bytes(*self.area.get(at..)?.first_chunk()?))
    }

    /// The string whose number stands at this place. Bytes that are not UTF-8 become replacement characters; no other string
    /// takes its place.
    fn string(&self, at: usize) -> String {
        let number = usize::from(self.byte(at).unwrap_or(0));
        let found = number.checked_sub(1).and_then(|index| self.strings.split(|byte| *byte == 0).nth(index));
        String::from_utf8_lossy(found.unwrap_or_default()).into_owned()
    }
}

#[cfg(test)]
mod tests;
