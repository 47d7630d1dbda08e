//! The conversation in virtual time, against a relay that is lost, restored, emptied, older, or in a bad mood.

use std::collections::BTreeMap;

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::encode;
use aval_protocol::wire::inventory::items::{Check, Health, Machine, Os};
use aval_protocol::wire::inventory::{CheckKind, Content, Grade, Serial, Status, Text};
use aval_protocol::wire::link::{Downlink, Uplink};
use aval_transport::Clock;

use super::*;

const MIN: Duration = Duration::from_secs(60);

/// A relay by its rules: what it holds, and what it does not do.
#[derive(Clone, Debug, Default)]
struct Relay {
    held: BTreeMap<u16, Packed>,
    refuses: BTreeMap<u16, SectionRefused>,
}

struct World {
    sync: Sync,
    relay: Relay,
    start: Instant,
    now: Instant,
    sections: Vec<Section>,
    /// Words of the agent by their number that get lost.
    lost: BTreeSet<usize>,
    words: usize,
    bytes: usize,
    sent: Vec<SectionKind>,
    readings: usize,
}

impl Relay {
    fn answer(&mut self, word: InventoryUp) -> InventoryDown {
        match word {
            InventoryUp::Check { root: asked } => {
                let held =
                    || self.held.values().map(|packed| Held { kind: packed.kind, digest: packed.digest() });
                let own = root(held().map(|held| (held.kind, held.digest)));
                if own == asked {
                    return InventoryDown::Same { root: own };
                }
                InventoryDown::Held(held().filter(|held| !held.kind.volatile()).collect())
            }
            InventoryUp::Section(packed) => match self.refuses.get(&packed.kind.number()) {
                Some(why) => InventoryDown::Refused { kind: packed.kind, why: *why },
                None => {
                    let held = Held { kind: packed.kind, digest: packed.digest() };
                    self.held.insert(packed.kind.number(), packed);
                    InventoryDown::Kept(held)
                }
            },
        }
    }
}

impl World {
    /// A machine that was switched on now, connected to a relay that holds nothing.
    fn new() -> Self {
        let start = Clock::system().monotonic();
        Self {
            sync: Sync::new(start, 300_000),
            relay: Relay::default(),
            start,
            now: start,
            sections: parts("S-1", Grade::Good),
            lost: BTreeSet::new(),
            words: 0,
            bytes: 0,
            sent: Vec::new(),
            readings: 0,
        }
    }

    /// One whose first inventory was sent.
    fn settled() -> Self {
        let mut world = Self::new();
        world.sync.approved(world.now, 300_000);
        world.pass(SPREAD);
        assert!(world.same());
        world.forget();
        world
    }

    fn forget(&mut self) {
        (self.bytes, self.readings) = (0, 0);
        self.sent.clear();
    }

    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        loop {
            while let Some(errand) = self.sync.poll() {
                self.run(errand);
            }
            match self.sync.poll_timeout() {
                Some(at) if at <= until => {
                    self.now = self.now.max(at);
                    self.sync.tick(self.now);
                }
                _ => break,
            }
        }
        self.now = until;
    }

    fn run(&mut self, errand: Errand) {
        match errand {
            Errand::CollectAll => {
                self.readings += 1;
                self.sync.collected(self.now, self.sections.clone());
            }
            Errand::CollectHealth => {
                let health =
                    self.sections.iter().filter(|section| section.kind.volatile()).cloned().collect();
                self.sync.collected(self.now, health);
            }
            Errand::Say(word) => {
                self.words += 1;
                self.bytes += encode(&Uplink::Inventory(word.clone())).unwrap().len();
                if self.lost.contains(&self.words) {
                    return;
                }
                if let InventoryUp::Section(packed) = &word {
                    self.sent.push(packed.kind);
                }
                let answer = self.relay.answer(word);
                self.bytes += encode(&Downlink::Inventory(answer.clone())).unwrap().len();
                self.sync.heard(self.now, answer);
            }
        }
    }

    /// Whether the relay holds what the machine is made of.
    fn same(&self) -> bool {
        let own: Vec<_> =
            self.sections.iter().filter(|s| !s.kind.volatile()).map(|s| s.pack().body).collect();
        let held: Vec<_> =
            self.relay.held.values().filter(|p| !p.kind.volatile()).map(|p| p.body.clone()).collect();
        own == held
    }

    fn reconnected(&mut self) {
        self.sync.offline();
        self.pass(MIN);
        self.sync.approved(self.now, 300_000);
    }
}

/// All sections, most of them not measurable, as on a virtual machine.
fn parts(serial: &str, grade: Grade) -> Vec<Section> {
    let at = UnixSeconds(1_795_000_000);
    let check =
        Check { kind: CheckKind::FreeSpace, subject: Text::new("/"), grade, value: Some(40), why: None };
    SectionKind::ALL
        .iter()
        .map(|kind| match kind {
            SectionKind::Machine => Section::collected(
                at,
                Content::Machine(Machine { serial: Serial::new(serial), ..Machine::default() }),
            ),
            SectionKind::Os => {
                Section::collected(at, Content::Os(Os { name: Text::new("Debian 12"), ..Os::default() }))
            }
            SectionKind::Health => {
                Section::collected(at, Content::Health(Health { checks: List::of([check.clone()]) }))
            }
            other => Section::missing(*other, Status::Unsupported, at),
        })
        .collect()
}

use aval_protocol::wire::inventory::List;

#[test]
fn a_fleet_that_starts_together_spreads_and_a_machine_just_approved_does_not_wait() {
    let mut world = World::new();
    world.sync.approved(world.now, 300_000);
    world.pass(MIN * 4);
    assert_eq!(world.readings, 0);
    world.pass(MIN * 2);
    assert_eq!(world.readings, 1);
    assert!(world.same());

    let mut world = World::new();
    world.sync.pending();
    world.pass(MIN);
    world.sync.approved(world.now, 300_000);
    world.pass(Duration::ZERO);
    assert!(world.same(), "approved before somebody's eyes");

    let mut world = World::new();
    world.sync.approved(world.now, 599_999);
    world.sync.heard(world.now, InventoryDown::Wanted);
    world.pass(Duration::ZERO);
    assert!(world.same(), "the relay holds nothing");
}

#[test]
fn an_unchanged_machine_says_little_and_once_a_day() {
    let mut world = World::settled();
    world.pass(DAY);
    assert_eq!((world.readings, world.sent.len()), (1, 0));
    // Both ways, frames included.
    assert!(world.bytes <= 250, "{} bytes", world.bytes);
    world.pass(DAY);
    assert_eq!(world.readings, 2);
}

#[test]
fn only_what_changed_travels() {
    let mut world = World::settled();
    world.sections = parts("S-2", Grade::Good);
    world.pass(DAY);
    assert_eq!(world.sent, [SectionKind::Machine]);
    assert!(world.same());
}

#[test]
fn any_lost_word_mends_itself_within_minutes() {
    for lost in 1..=16 {
        let mut world = World::new();
        world.lost.insert(lost);
        world.sync.approved(world.now, 0);
        world.pass(SPREAD + MIN * 5);
        assert!(world.same(), "word {lost} got lost");
        assert_eq!(world.readings, 1);
    }
}

#[test]
fn a_relay_that_says_nothing_is_left_alone_for_an_hour() {
    let mut world = World::new();
    world.lost.extend(1..=1000);
    world.sync.approved(world.now, 0);
    world.pass(Duration::from_secs(3000));
    assert_eq!(world.words, 3);
    world.lost.clear();
    world.pass(HOUR);
    assert!(world.same());
    assert_eq!(world.readings, 1, "what was read is still good");
}

#[test]
fn a_relay_restored_from_yesterday_or_emptied_gets_what_it_lacks() {
    let mut world = World::settled();
    let yesterday = world.relay.clone();
    world.sections = parts("S-2", Grade::Good);
    world.pass(DAY);
    world.relay = yesterday;
    world.forget();
    world.reconnected();
    world.pass(SPREAD);
    assert!(world.same());
    assert_eq!((&world.sent[..], world.readings), (&[SectionKind::Machine][..], 0), "nothing is read again");

    world.relay = Relay::default();
    world.forget();
    world.reconnected();
    world.sync.heard(world.now, InventoryDown::Wanted);
    world.pass(Duration::ZERO);
    assert!(world.same());
    assert_eq!(world.sent.len(), SectionKind::ALL.len(), "health too");
}

#[test]
fn a_relay_of_an_older_schema_keeps_what_it_can_and_is_not_pestered() {
    let mut world = World::new();
    world.relay.refuses.insert(SectionKind::Os.number(), SectionRefused::Malformed);
    world.sync.approved(world.now, 0);
    world.pass(SPREAD);
    assert_eq!(world.relay.held.len(), SectionKind::ALL.len() - 1);
    world.forget();
    world.pass(HOUR * 23);
    assert_eq!(world.sent, []);
    world.pass(HOUR * 2);
    assert_eq!(world.sent, [], "nor tomorrow, on the same line");
    world.relay.refuses.clear();
    world.reconnected();
    world.pass(SPREAD);
    assert!(world.same(), "a relay that was updated is asked again");
}

#[test]
fn a_record_that_cannot_be_written_now_is_tried_again_in_an_hour() {
    let mut world = World::new();
    world.relay.refuses.insert(SectionKind::Os.number(), SectionRefused::Unavailable);
    world.sync.approved(world.now, 0);
    world.pass(SPREAD);
    assert_eq!(world.words, 3 + SectionKind::ALL.len(), "twice, and health");
    world.relay.refuses.clear();
    world.pass(HOUR);
    assert!(world.same());
}

#[test]
fn health_is_told_when_a_verdict_changes_and_not_for_a_number() {
    let mut world = World::settled();
    let mut other = parts("S-1", Grade::Good);
    let health = Health {
        checks: List::of([Check {
            kind: CheckKind::FreeSpace,
            subject: Text::new("/"),
            grade: Grade::Good,
            value: Some(39),
            why: None,
        }]),
    };
    other.pop();
    other.push(Section::collected(UnixSeconds(1_795_003_600), Content::Health(health)));
    world.sections = other;
    world.pass(HOUR * 3);
    assert_eq!(world.sent, []);
    world.sections = parts("S-1", Grade::Watch);
    world.lost.insert(world.words + 1);
    world.pass(HOUR * 3);
    assert_eq!(world.sent, [SectionKind::Health], "also when the first word was lost");
}

#[test]
fn without_a_line_nothing_is_read_and_nothing_is_said() {
    let mut world = World::settled();
    world.sync.offline();
    world.pass(DAY * 3);
    assert_eq!((world.readings, world.bytes), (0, 0));
    world.sync.approved(world.now, 0);
    world.pass(SPREAD);
    assert_eq!(world.readings, 1);
    assert!(world.start < world.now);
}
