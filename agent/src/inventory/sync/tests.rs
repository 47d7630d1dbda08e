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
    /// The agent's file, as it was written last.
    disk: Vec<u8>,
    /// What the relay was sent, in its order.
    history: Vec<Packed>,
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
            sync: Sync::new(start, 300_000, Changes::default()),
            relay: Relay::default(),
            start,
            now: start,
            sections: parts("S-1", Grade::Good),
            lost: BTreeSet::new(),
            words: 0,
            bytes: 0,
            sent: Vec::new(),
            readings: 0,
            disk: Vec::new(),
            history: Vec::new(),
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
        self.history.clear();
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
            Errand::Keep => self.disk = self.sync.changes().written(),
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
                    self.history.push(packed.clone());
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

    /// The service ends and starts again, without a line.
    fn restarted(&mut self) {
        let (changes, lost) = Changes::read(&self.disk);
        assert_eq!(lost, 0);
        self.sync = Sync::new(self.now, 300_000, changes);
    }

    fn serials(&self) -> Vec<String> {
        let serial = |packed: &Packed| match packed.open().ok()?.content? {
            Content::Machine(machine) => machine.serial.raw().map(str::to_owned),
            _ => None,
        };
        self.history.iter().filter_map(serial).collect()
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
fn without_a_line_and_before_the_first_time_nothing_is_read_and_nothing_is_said() {
    let mut world = World::new();
    world.pass(DAY * 3);
    assert_eq!((world.readings, world.bytes), (0, 0));
    world.sync.approved(world.now, 0);
    world.pass(SPREAD);
    assert_eq!(world.readings, 1);
    assert!(world.start < world.now);
}

#[test]
fn what_changes_without_a_line_is_told_in_its_order_also_after_a_restart() {
    let mut world = World::settled();
    world.sync.offline();
    for serial in ["S-2", "S-3"] {
        world.sections = parts(serial, Grade::Good);
        world.pass(DAY);
    }
    world.restarted();
    world.sections = parts("S-1", Grade::Good);
    world.pass(DAY * 2);
    assert_eq!((world.bytes, world.sent.len()), (0, 0), "nothing is said");
    assert_eq!(world.readings, 4, "once a day");
    world.sync.approved(world.now, 300_000);
    world.pass(SPREAD);
    assert_eq!(world.serials(), ["S-2", "S-3", "S-1"]);
    assert!(world.same());
    world.forget();
    world.restarted();
    world.sync.approved(world.now, 300_000);
    world.pass(SPREAD);
    assert_eq!(world.serials(), [""; 0], "and not a second time");
}

#[test]
fn changes_survive_any_lost_word_and_a_relay_that_cannot_write_now() {
    for lost in 1..=6 {
        let mut world = World::settled();
        world.sync.offline();
        for serial in ["S-2", "S-3"] {
            world.sections = parts(serial, Grade::Good);
            world.pass(DAY);
        }
        world.lost.insert(world.words + lost);
        world.sync.approved(world.now, 0);
        world.pass(SPREAD + MIN * 5);
        assert!(world.same(), "word {lost}");
        assert_eq!(world.serials(), ["S-2", "S-3"], "word {lost}");
    }
    let mut world = World::settled();
    world.sync.offline();
    world.sections = parts("S-2", Grade::Good);
    world.pass(DAY);
    world.relay.refuses.insert(SectionKind::Machine.number(), SectionRefused::Unavailable);
    world.sync.approved(world.now, 0);
    world.pass(SPREAD);
    assert!(!world.same());
    world.relay.refuses.clear();
    world.pass(HOUR);
    assert!(world.same());
}

#[test]
fn what_is_plugged_in_is_read_when_it_has_been_quiet_for_five_minutes() {
    let mut world = World::settled();
    world.sections = parts("S-2", Grade::Good);
    for _ in 0..3 {
        world.sync.plugged(world.now);
        world.pass(MIN * 4);
    }
    assert_eq!(world.readings, 0, "somebody is still at it");
    world.pass(MIN);
    assert_eq!((world.readings, &world.sent[..]), (1, &[SectionKind::Machine][..]));
    world.pass(HOUR);
    assert_eq!(world.readings, 1);
    // A loose cable does not put it off for ever.
    for _ in 0..40 {
        world.sync.plugged(world.now);
        world.pass(MIN);
    }
    assert_eq!(world.readings, 2);
    world.sync.offline();
    world.pass(MIN * 10);
    world.forget();
    world.sync.plugged(world.now);
    world.pass(QUIET);
    assert_eq!((world.readings, world.bytes), (1, 0), "without a line too");
}
