//! The tests of `update.rs`: the machine in virtual time, honest and not.

use aval_protocol::firm::Signer;
use aval_protocol::release::WINDOWS_PROGRAMS;
use proptest::prelude::*;

use super::*;

const NOW: UnixSeconds = UnixSeconds(1_795_000_000);
const DAY: i64 = 86_400;
const RUNS: Version = Version { major: 0, minor: 1, patch: 0 };

fn version(patch: u16) -> Version {
    Version { patch, ..RUNS }
}

fn release(edition: u32, patch: u16) -> Release {
    let part = |name: &&str| Part {
        system: WINDOWS.into(),
        name: (*name).into(),
        length: 1_000,
        sha256: [u8::try_from(patch).unwrap() + 1; 32],
    };
    Release {
        edition,
        version: version(patch),
        floor: RUNS,
        at: NOW,
        until: UnixSeconds(NOW.0 + 90 * DAY),
        spread_s: 4 * 3600,
        files: WINDOWS_PROGRAMS.iter().map(part).collect(),
    }
}

/// A machine in its world: time, the line, and what it was told to do.
struct World {
    key: Signer,
    updater: Updater,
    now: Instant,
    wall: UnixSeconds,
    kept: Option<Memory>,
    say: Option<ProgramWord>,
    asked: Option<Part>,
    placing: bool,
    swapped: Option<Version>,
}

impl World {
    fn new(way: Way, off: bool) -> Self {
        let key = Signer::generate().unwrap();
        let memory = Memory::new(Some(key.spki().to_vec()), RUNS);
        let clock = aval_transport::Clock::starting_at(NOW);
        let updater = Updater::new(RUNS, way, off, memory);
        let mut world = Self {
            key,
            updater,
            now: clock.monotonic(),
            wall: NOW,
            kept: None,
            say: None,
            asked: None,
            placing: false,
            swapped: None,
        };
        world.updater.begin(false, NOW);
        world.line(true);
        world
    }

    fn obey(&mut self) {
        while let Some(command) = self.updater.poll() {
            match command {
                Command::Keep(memory) => self.kept = Some(*memory),
                Command::Say(word) => self.say = Some(word),
                Command::Fetch(part) => assert!(self.asked.replace(part).is_none(), "one piece at a time"),
                Command::Place(_) => self.placing = true,
                Command::Swap(release) => self.swapped = Some(release.version),
            }
        }
    }

    fn line(&mut self, up: bool) {
        self.updater.line(up, self.now, self.wall);
        self.obey();
    }

    fn busy(&mut self, busy: bool) {
        self.updater.busy(busy, self.now, self.wall);
        self.obey();
    }

    fn shown(&mut self, release: &Release, key: &Signer) {
        let manifest = Manifest::sign(release, key, Vec::new()).unwrap();
        self.updater.announced(&manifest, self.wall, u64::MAX / 3);
        self.updater.tick(self.now, self.wall);
        self.obey();
    }

    fn announced(&mut self, release: &Release) {
        let key = Signer::from_pkcs8(self.key.pkcs8().to_vec(), Vec::new()).unwrap();
        self.shown(release, &key);
    }

    fn pass(&mut self, seconds: i64) {
        self.wall.0 += seconds;
        self.now += Duration::from_secs(seconds.unsigned_abs());
        self.updater.tick(self.now, self.wall);
        self.obey();
    }

    /// Answers every piece.
    fn fetch_all(&mut self) {
        for _ in 0..10 {
            if let Some(part) = self.asked.take() {
                self.updater.fetched(part.length, Duration::from_millis(10), self.now, self.wall);
                self.obey();
            }
        }
    }

    fn place(&mut self, fit: bool) {
        assert!(std::mem::take(&mut self.placing));
        self.updater.placed(fit, self.now, self.wall);
        self.obey();
    }

    fn state(&self) -> ProgramState {
        self.say.unwrap().state
    }
}

const OWN: Way = Way::Own(WINDOWS);

#[test]
fn a_release_is_taken_in_its_turn_and_never_in_a_session() {
    let mut world = World::new(OWN, false);
    assert_eq!(world.state(), ProgramState::Unheard);
    world.announced(&release(1, 1));
    assert_eq!(world.state(), ProgramState::Waiting);
    let due = world.kept.clone().unwrap().due;
    assert!(due > NOW && due.0 <= NOW.0 + 4 * 3600, "a moment of its own within the spread");
    world.pass(due.0 - NOW.0 - 1);
    assert_eq!((world.asked.clone(), world.state()), (None, ProgramState::Waiting));
    world.busy(true);
    world.pass(10);
    assert!(world.asked.is_none(), "nothing is fetched in a session");
    world.busy(false);
    assert_eq!(world.asked.as_ref().unwrap().name, WINDOWS_PROGRAMS[0]);
    world.fetch_all();
    world.busy(true);
    world.place(true);
    assert_eq!(world.state(), ProgramState::Staged);
    world.pass(100_000);
    assert_eq!(world.swapped, None, "never in a session");
    world.line(false);
    world.busy(false);
    assert_eq!(
        (world.swapped, world.state()),
        (None, ProgramState::Offline),
        "without a line it could prove nothing"
    );
    world.line(true);
    assert_eq!(world.swapped, Some(version(1)));
}

#[test]
fn a_file_comes_in_pieces_with_pauses_and_goes_on_after_a_failure() {
    let mut world = World::new(OWN, false);
    world.announced(&Release { spread_s: 1, ..release(1, 1) });
    world.pass(1);
    world.asked.take().unwrap();
    world.updater.fetched(400, Duration::from_secs(2), world.now, world.wall);
    world.obey();
    assert!(world.asked.is_none(), "a pause as long as the piece took, three times");
    let due = world.updater.poll_timeout(world.now, world.wall).unwrap();
    assert_eq!(due.saturating_duration_since(world.now), Duration::from_secs(6));
    world.pass(6);
    world.asked.take().unwrap();
    world.updater.failed(world.now, world.wall);
    world.obey();
    assert_eq!(world.state(), ProgramState::Failed);
    world.pass(60);
    world.asked.take().unwrap();
    world.line(false);
    world.line(true);
    assert!(world.asked.is_some(), "what was on its way over the lost line is asked for again");
}

#[test]
fn what_a_hostile_relay_shows_is_refused_and_the_honest_one_is_not() {
    let first = Release { spread_s: 0, ..release(2, 1) };
    let refused = |release: &Release, by_another: bool| {
        let mut world = World::new(OWN, false);
        world.announced(&first);
        world.asked = None;
        let other = Signer::generate().unwrap();
        if by_another {
            world.shown(release, &other)
        } else {
            world.announced(release)
        }
        let newest = world.kept.clone().unwrap().known.unwrap().newest.unwrap();
        assert_eq!(newest.edition, 2, "nothing was learnt");
        world.state()
    };
    assert_eq!(refused(&release(3, 2), true), ProgramState::Refused, "another key");
    assert_eq!(refused(&release(1, 9), false), ProgramState::Refused, "an older manifest");
    assert_eq!(refused(&release(3, 0), false), ProgramState::Refused, "an older program");
    let ended = Release { at: UnixSeconds(NOW.0 - 2 * DAY), until: NOW, ..release(3, 2) };
    assert_eq!(refused(&ended, false), ProgramState::Stale, "ended");
    let mut world = World::new(OWN, false);
    world.announced(&release(2, 1));
    world.announced(&release(3, 2));
    assert_eq!(world.kept.unwrap().known.unwrap().newest.unwrap().edition, 3);
}

#[test]
fn a_relay_that_freezes_the_news_is_told_of_when_the_last_word_ends() {
    let mut world = World::new(OWN, false);
    world.announced(&release(1, 0));
    assert_eq!(world.state(), ProgramState::Current);
    world.pass(91 * DAY);
    assert_eq!(world.state(), ProgramState::Stale);
    // What was known and not done yet is not done any more either.
    let mut world = World::new(OWN, false);
    world.announced(&release(1, 1));
    world.pass(91 * DAY);
    assert_eq!((world.state(), world.asked.is_none()), (ProgramState::Stale, true));
}

#[test]
fn files_that_are_not_what_was_signed_are_asked_for_again_later() {
    let mut world = World::new(OWN, false);
    world.announced(&Release { spread_s: 0, ..release(1, 1) });
    world.fetch_all();
    world.place(false);
    assert_eq!((world.state(), world.swapped), (ProgramState::Failed, None));
    world.pass(3600);
    world.fetch_all();
    world.place(true);
    assert_eq!(world.swapped, Some(version(1)));
}

#[test]
fn whoever_owns_the_pc_and_a_package_manager_have_their_way() {
    for (way, off, state) in [
        (OWN, true, ProgramState::Off),
        (Way::Packaged, false, ProgramState::Packaged),
        (Way::Packaged, true, ProgramState::Packaged),
    ] {
        let mut world = World::new(way, off);
        world.announced(&Release { spread_s: 0, floor: version(1), ..release(1, 1) });
        world.pass(DAY);
        assert_eq!((world.state(), world.asked.is_none()), (state, true));
        assert!(world.updater.is_below_floor() && world.say.unwrap().below_floor);
    }
    let mut keyless = World::new(OWN, false);
    keyless.updater = Updater::new(RUNS, OWN, false, Memory::new(None, RUNS));
    keyless.updater.begin(false, NOW);
    keyless.announced(&release(1, 1));
    assert_eq!((keyless.state(), keyless.kept.is_none()), (ProgramState::NoKey, true));
}

#[test]
fn below_the_floor_the_turn_comes_soon() {
    let mut world = World::new(OWN, false);
    world.announced(&Release { floor: version(1), spread_s: 7 * 24 * 3600, ..release(1, 1) });
    assert!(world.kept.clone().unwrap().due.0 <= NOW.0 + 600);
}

#[test]
fn what_did_not_prove_itself_is_not_tried_again_until_it_is_signed_again() {
    let mut world = World::new(OWN, false);
    world.announced(&Release { spread_s: 0, ..release(1, 1) });
    let mut memory = world.kept.clone().unwrap();
    memory.spoil(version(1), 1);
    world.updater = Updater::new(RUNS, OWN, false, memory);
    world.asked = None;
    world.updater.begin(false, NOW);
    world.line(true);
    world.pass(DAY);
    assert_eq!((world.state(), world.asked.is_none()), (ProgramState::PutBack, true));
    world.announced(&Release { spread_s: 0, ..release(2, 1) });
    assert!(world.asked.is_some());
}

#[test]
fn a_memory_that_cannot_be_kept_is_followed_by_nothing() {
    let mut world = World::new(OWN, false);
    let key = Signer::from_pkcs8(world.key.pkcs8().to_vec(), Vec::new()).unwrap();
    let manifest = Manifest::sign(&Release { spread_s: 0, ..release(1, 1) }, &key, Vec::new()).unwrap();
    world.updater.announced(&manifest, NOW, 0);
    assert!(matches!(world.updater.poll(), Some(Command::Keep(_))), "before anything else");
    world.updater.kept(false, world.now);
    world.obey();
    assert!(world.asked.is_none() && world.swapped.is_none());
    // An hour later it is tried once more, and goes on.
    world.now += LATER;
    world.updater.tick(world.now, NOW);
    assert!(matches!(world.updater.poll(), Some(Command::Keep(_))));
    while let Some(command) = world.updater.poll() {
        assert!(matches!(command, Command::Say(_)), "nothing before it is kept");
    }
    world.updater.kept(true, world.now);
    world.pass(1);
    assert!(world.asked.is_some());
}

#[test]
fn what_is_remembered_is_on_disk_and_nonsense_is_not_taken_for_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("update.json");
    let key = Signer::generate().unwrap();
    let manifest = Manifest::sign(&release(5, 1), &key, Vec::new()).unwrap();
    let pinned = Some(key.spki().to_vec());
    let mut memory = Memory::open(&path, pinned.clone(), RUNS).unwrap();
    memory.known = memory.known.unwrap().seen(&manifest, NOW).unwrap();
    memory.spoil(version(1), 5);
    memory.keep(&path).unwrap();
    let again = Memory::open(&path, pinned.clone(), RUNS).unwrap();
    assert_eq!(again, memory);
    // Refused after a restart too; and a key pinned anew does not take the place of the one that counts.
    let older = Manifest::sign(&release(4, 2), &key, Vec::new()).unwrap();
    assert!(again.known.unwrap().seen(&older, NOW).is_err());
    let other = Some(Signer::generate().unwrap().spki().to_vec());
    assert_eq!(Memory::open(&path, other, RUNS).unwrap().known.unwrap().key, pinned.clone().unwrap());
    std::fs::write(&path, "{").unwrap();
    assert!(Memory::open(&path, pinned, RUNS).is_err());
}

#[derive(Clone, Debug)]
enum Happens {
    Announced(u32, u16),
    Line(bool),
    Busy(bool),
    Passes(i64),
    Piece(u64),
    Fails,
    Placed(bool),
    Stays,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        (1u32..5, 0u16..4).prop_map(|(edition, patch)| Happens::Announced(edition, patch)),
        any::<bool>().prop_map(Happens::Line),
        any::<bool>().prop_map(Happens::Busy),
        (0i64..10 * DAY).prop_map(Happens::Passes),
        (0u64..1_200).prop_map(Happens::Piece),
        Just(Happens::Fails),
        any::<bool>().prop_map(Happens::Placed),
        Just(Happens::Stays),
    ]
}

proptest! {
    /// Whatever happens in whatever order: the place is given away only on a line, in quiet, to a newer program that was placed whole.
    #[test]
    fn the_place_is_given_away_only_in_quiet(all in prop::collection::vec(happens(), 1..60)) {
        let mut world = World::new(OWN, false);
        let (mut line, mut busy) = (true, false);
        for it in all {
            let before = world.swapped;
            match it {
                Happens::Announced(edition, patch) => {
                    // What was begun for an older one says nothing any more.
                    (world.placing, world.asked) = (false, None);
                    world.announced(&Release { spread_s: 60, ..release(edition, patch) });
                }
                Happens::Line(up) => { line = up; if !up { world.asked = None; } world.line(up) }
                Happens::Busy(is) => { busy = is; world.busy(is) }
                Happens::Passes(seconds) => world.pass(seconds),
                Happens::Piece(have) => {
                    world.asked = None;
                    world.updater.fetched(have, Duration::from_millis(5), world.now, world.wall);
                    world.obey();
                }
                Happens::Fails => { world.asked = None; world.updater.failed(world.now, world.wall); world.obey() }
                Happens::Placed(fit) => {
                    world.placing = false;
                    world.updater.placed(fit, world.now, world.wall);
                    world.obey();
                }
                Happens::Stays => { world.updater.stayed(world.now, world.wall); world.obey() }
            }
            if world.swapped != before {
                prop_assert!(line && !busy, "in quiet");
                prop_assert!(world.swapped > Some(RUNS));
                let known = world.kept.as_ref().unwrap().known.as_ref().unwrap();
                prop_assert!(!known.expired(world.wall));
            }
            if busy || !line {
                prop_assert_eq!(world.swapped, before);
            }
            if world.asked.is_some() && busy {
                // Asked for before the session began; nothing more is.
                world.asked = None;
            }
        }
    }
}
