//! What changed while there was no line: a bounded, chained list that is told when there is one again.
//!
//! What holds now is told by the usual round, and idempotent. What held in between would be lost, and with it the day on which a
//! module or a screen came and went; so each section that differs from the last one known is kept, the oldest first, and told before
//! the round. Each entry names the one before it: a file that was cut or mended by hand holds up to that place and no further.

use std::collections::{BTreeMap, VecDeque};

use aval_protocol::wire::inventory::section::MAX_BODY;
use aval_protocol::wire::inventory::{Digest, Packed, Section, SectionKind};
use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

/// Changes that are kept; then the oldest go.
pub const MAX_CHANGES: usize = 256;
/// Bytes of all bodies that are kept.
pub const MAX_BYTES: usize = 1 << 20;

/// One change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Change {
    /// Counts from 1 for ever.
    pub seq: u64,
    /// The hash of the change before it.
    pub before: [u8; 32],
    /// What the section was from then on.
    pub section: Packed,
}

/// What was known last, and what changed since.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Changes {
    /// What the relay held when all was told, by the sections' numbers; empty for a machine whose inventory nobody asked for yet.
    told: BTreeMap<u16, Digest>,
    /// The number and the hash of the newest change there ever was.
    seq: u64,
    head: [u8; 32],
    /// Changes that found no room since all was told.
    lost: u64,
    waiting: VecDeque<Change>,
}

// === impl Change

impl Change {
    /// What the next change names.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = Context::new(&SHA256);
        hash.update(&self.seq.to_le_bytes());
        hash.update(&self.before);
        hash.update(&self.section.kind.number().to_le_bytes());
        hash.update(&self.section.taken_at.0.to_le_bytes());
        hash.update(&self.section.body);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(hash.finish().as_ref());
        bytes
    }
}

// === impl Changes

impl Changes {
    /// From a file. What does not hold is left out, and said by the number of changes that went.
    pub fn read(bytes: &[u8]) -> (Self, usize) {
        let Ok(mut read) = postcard::from_bytes::<Self>(bytes) else { return (Self::default(), 0) };
        let all = read.waiting.len();
        let follows = |one: &Change, next: &Change| next.before == one.hash() && next.seq == one.seq + 1;
        let links = read.waiting.iter().zip(read.waiting.iter().skip(1));
        let sound = links.take_while(|(one, next)| follows(one, next)).count() + usize::from(all > 0);
        read.waiting.truncate(sound);
        let whole = read.waiting.back().is_none_or(|last| last.hash() == read.head && last.seq == read.seq);
        if !whole && let Some(last) = read.waiting.back() {
            (read.seq, read.head) = (last.seq, last.hash());
        }
        (read, all - sound)
    }

    /// For a file.
    pub fn written(&self) -> Vec<u8> {
        // Numbers, bytes and lists of them always become bytes.
        postcard::to_stdvec(self).unwrap_or_default()
    }

    /// Whether the firm ever had this machine's inventory.
    pub fn begun(&self) -> bool {
        !self.told.is_empty()
    }

    /// Takes note of what was read without a line; `true` when something of it is a change.
    pub fn note(&mut self, sections: &[Section]) -> bool {
        let before = self.seq;
        for section in sections.iter().filter(|section| !section.kind.volatile()) {
            let packed = section.pack();
            if self.known(packed.kind) != Some(packed.digest()) {
                self.push(packed);
            }
        }
        self.seq != before
    }

    /// The change to tell next.
    pub fn first(&self) -> Option<&Packed> {
        self.waiting.front().map(|change| &change.section)
    }

    /// The first was told, or will never be taken.
    pub fn settle(&mut self) {
        self.waiting.pop_front();
    }

    /// The relay holds exactly this; `true` when that is news.
    pub fn all_told<'a>(&mut self, sections: impl Iterator<Item = &'a Packed>) -> bool {
        let told: BTreeMap<_, _> = sections.map(|packed| (packed.kind.number(), packed.digest())).collect();
        let news = told != self.told || !self.waiting.is_empty() || self.lost > 0;
        (self.told, self.lost) = (told, 0);
        self.waiting.clear();
        news
    }

    /// Changes that found no room.
    pub const fn lost(&self) -> u64 {
        self.lost
    }

    fn known(&self, kind: SectionKind) -> Option<Digest> {
        let newest = self.waiting.iter().rev().find(|change| change.section.kind == kind);
        newest.map(|change| change.section.digest()).or_else(|| self.told.get(&kind.number()).copied())
    }

    fn push(&mut self, section: Packed) {
        debug_assert!(section.body.len() <= MAX_BODY);
        let change = Change { seq: self.seq + 1, before: self.head, section };
        (self.seq, self.head) = (change.seq, change.hash());
        self.waiting.push_back(change);
        while self.waiting.len() > MAX_CHANGES || self.bytes() > MAX_BYTES {
            self.waiting.pop_front();
            self.lost += 1;
        }
    }

    fn bytes(&self) -> usize {
        self.waiting.iter().map(|change| change.section.body.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use aval_protocol::id::UnixSeconds;
    use aval_protocol::wire::inventory::items::{Board, Machine};
    use aval_protocol::wire::inventory::{Content, Serial, Status};
    use proptest::prelude::*;

    use super::*;

    fn machine(serial: &str, at: i64) -> Section {
        let machine = Machine { serial: Serial::new(serial), ..Machine::default() };
        Section::collected(UnixSeconds(at), Content::Machine(machine))
    }

    /// One whose machine `S-0` and empty board were told.
    fn told() -> Changes {
        let mut changes = Changes::default();
        let all = [
            machine("S-0", 0).pack(),
            Section::collected(UnixSeconds(0), Content::Board(Board::default())).pack(),
        ];
        assert!(!changes.begun());
        assert!(changes.all_told(all.iter()));
        assert!(!changes.all_told(all.iter()), "the same again is no news");
        changes
    }

    #[test]
    fn what_came_and_went_is_kept_in_its_order_and_the_same_again_is_not() {
        let mut changes = told();
        assert!(!changes.note(&[machine("S-0", 10)]));
        assert!(changes.note(&[machine("S-1", 20)]));
        assert!(!changes.note(&[machine("S-1", 30)]));
        assert!(changes.note(&[machine("S-0", 40)]), "it came back, and that is a change too");
        assert!(!changes.note(&[Section::missing(SectionKind::Health, Status::Error, UnixSeconds(50))]));
        let (mut read, lost) = Changes::read(&changes.written());
        assert_eq!((&read, lost), (&changes, 0));
        let mut moments = Vec::new();
        while let Some(section) = read.first() {
            moments.push(section.taken_at.0);
            read.settle();
        }
        assert_eq!(moments, [20, 40]);
        assert!(read.note(&[machine("S-2", 60)]));
        assert_eq!((read.seq, read.waiting[0].before), (3, changes.head), "the chain goes on");
    }

    #[test]
    fn a_year_without_a_line_keeps_the_newest_and_says_how_many_went() {
        let mut changes = told();
        for n in 0..300 {
            assert!(changes.note(&[machine(&format!("S-{n}x"), n)]));
        }
        assert_eq!((changes.waiting.len(), changes.lost()), (MAX_CHANGES, 44));
        assert_eq!(changes.first().unwrap().taken_at.0, 44);
        assert_eq!(Changes::read(&changes.written()), (changes.clone(), 0));
        let large = Packed { kind: SectionKind::Cpu, taken_at: UnixSeconds(0), body: vec![0; MAX_BODY] };
        for n in 0..200 {
            changes.push(Packed { taken_at: UnixSeconds(n), ..large.clone() });
        }
        assert!(changes.bytes() <= MAX_BYTES, "{}", changes.bytes());
    }

    #[test]
    fn a_file_that_was_mended_by_hand_holds_up_to_that_place() {
        let mut changes = told();
        for n in 1..=5 {
            changes.note(&[machine(&format!("S-{n}"), n)]);
        }
        let mut mended = changes.clone();
        mended.waiting[2].section.taken_at = UnixSeconds(99);
        let (mut read, went) = Changes::read(&mended.written());
        assert_eq!((read.waiting.len(), went, read.seq), (3, 2, 3));
        assert!(read.note(&[machine("S-9", 9)]));
        assert_eq!(Changes::read(&read.written()), (read.clone(), 0), "and goes on from there");
        let mut cut = changes.clone();
        cut.waiting.remove(1);
        assert_eq!(Changes::read(&cut.written()).1, 3);
        assert_eq!(Changes::read(b"\xff\xff"), (Changes::default(), 0));
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(bytes: Vec<u8>) {
            let (read, _) = Changes::read(&bytes);
            let (again, _) = Changes::read(&read.written());
            prop_assert_eq!(again, read);
        }
    }
}
