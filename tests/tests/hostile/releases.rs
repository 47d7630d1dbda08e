//! What it makes of releases: manifests of other keys, older, ended, twice the same number; files that are not what was signed, in pieces of
//! every wrong size and order, or none; a word in the middle of a session, and words without end. The program that runs goes on, says why, and
//! nothing takes its place – until an honest release comes.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use aval_agent::update::trial::Trials;
use aval_agent::update::{Installed, Programs};
use aval_agent::version;
use aval_protocol::firm::Signer;
use aval_protocol::id::UnixSeconds;
use aval_protocol::release::{
    Manifest, Part, Release, Rotation, Succession, Version, WINDOWS, WINDOWS_PROGRAMS,
};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::enrol::{MAX_PART, Reply};
use aval_protocol::wire::link::Downlink;
use aval_protocol::wire::program::ProgramState;
use aval_tests::trio::{NOW, Setup, Trio};
use aws_lc_rs::digest::{SHA256, digest};
use tokio::time::{sleep, timeout};

use crate::captor::{Captor, Pieces};
use crate::lanes::running;

/// Longer than a machine waits between two manifests.
const JUDGED: Duration = Duration::from_secs(11);
/// Longer than a machine waits after any failure.
const AGAIN: Duration = Duration::from_secs(3_700);
/// A day, in seconds.
const DAY: i64 = 86_400;

/// Where the machine's programs lie, and how often the place was given away.
#[derive(Debug)]
struct Place {
    folder: PathBuf,
    given: AtomicUsize,
}

impl Installed for Place {
    fn program(&self) -> io::Result<PathBuf> {
        Ok(self.folder.join(WINDOWS_PROGRAMS[0]))
    }

    fn versions(&self) -> PathBuf {
        self.folder.join("versions")
    }

    fn hand_over(&self) -> io::Result<()> {
        self.given.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn stays(&self, _: Version) {}
}

/// A machine that changes its own program, with a relay in the wrong hands.
struct World {
    trio: Trio,
    captor: Captor,
    key: Signer,
    place: Arc<Place>,
    files: [Vec<u8>; 2],
    _dir: tempfile::TempDir,
}

impl World {
    async fn start() -> Self {
        listen();
        let (key, dir) = (Signer::generate().unwrap(), tempfile::tempdir().unwrap());
        let place = Arc::new(Place { folder: dir.path().to_owned(), given: AtomicUsize::new(0) });
        let programs = (Programs::Own(Arc::<Place>::clone(&place)), Some(key.spki().to_vec()));
        let mut trio = Trio::start(Setup { programs, ..Setup::default() }).await;
        let captor = Captor::start(&mut trio).await;
        // The agent's comes in three pieces.
        let noise = |length: usize| {
            (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 11).to_le_bytes()[0]).collect()
        };
        Self { trio, captor, key, place, files: [noise(2 * MAX_PART + 999), noise(1_000)], _dir: dir }
    }

    /// A release of these files, which has its turn at once.
    fn release(&self, edition: u32, version: Version) -> Release {
        let part = |(name, bytes): (&&str, &Vec<u8>)| Part {
            system: WINDOWS.into(),
            name: (*name).into(),
            length: bytes.len() as u64,
            sha256: hash(bytes),
        };
        let files = WINDOWS_PROGRAMS.iter().zip(&self.files).map(part).collect();
        let (floor, until) = (version::own(), UnixSeconds(NOW.0 + 90 * DAY));
        Release { edition, version, floor, at: NOW, until, spread_s: 0, files }
    }

    fn signed(&self, release: &Release) -> Manifest {
        Manifest::sign(release, &self.key, Vec::new()).unwrap()
    }

    async fn show(&mut self, manifest: &Manifest) {
        self.captor.say(&Downlink::Release(Box::new(manifest.clone()))).await;
        sleep(JUDGED).await;
    }

    /// The bytes of these files, piece by piece as an honest relay has them.
    fn honest(&self) -> Pieces {
        let files = self.files.clone();
        Arc::new(move |sha256, from| {
            let file = files.iter().find(|file| hash(file) == sha256)?;
            let from = usize::try_from(from).ok()?;
            Some(Reply::ReleasePart(file.get(from..)?.iter().copied().take(MAX_PART).collect()))
        })
    }

    fn state(&self) -> ProgramState {
        self.trio.home.status().unwrap().program.unwrap().state
    }

    /// The program that ran runs, on its line, and nothing lies where another one would.
    fn untouched(&self, after: &str) {
        assert!(self.trio.online(), "{after}: the machine is gone");
        assert_eq!(self.trio.home.status().unwrap().program.unwrap().version, version::own(), "{after}");
        assert_eq!(self.place.given.load(Ordering::SeqCst), 0, "{after}: the place was given away");
        let laid = fs::read_dir(self.place.versions()).into_iter().flatten().count();
        assert_eq!(laid, 0, "{after}: something was laid out");
        assert!(Trials::new(self.trio.home.dir()).read().is_none(), "{after}");
    }

    /// With honest pieces of what was announced last, that version has the place.
    async fn honest_twin(&self, release: &Release) {
        self.captor.pieces(self.honest());
        let given = async {
            while self.place.given.load(Ordering::SeqCst) == 0 {
                sleep(Duration::from_secs(1)).await;
            }
        };
        timeout(AGAIN * 2, given).await.expect("the honest one takes the place");
        let trial = Trials::new(self.trio.home.dir()).read().unwrap();
        assert_eq!(
            (trial.version, trial.edition, trial.is_whole()),
            (release.version, release.edition, true)
        );
        for (name, bytes) in WINDOWS_PROGRAMS.iter().zip(&self.files) {
            let laid = self.place.versions().join(release.version.to_string()).join(name);
            assert_eq!(&fs::read(laid).unwrap(), bytes, "{name}");
        }
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().unwrap()
}

/// A version above the one that runs.
fn above(by: u16) -> Version {
    let own = version::own();
    Version { patch: own.patch + by, ..own }
}

/// What the machines of this file warned of.
static WARNED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Warned;

impl Write for Warned {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WARNED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let log = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_ansi(false);
        log.with_writer(|| Warned).init();
    });
}

fn warned(of: &str) -> usize {
    String::from_utf8_lossy(&WARNED.lock().unwrap()).matches(of).count()
}

#[tokio::test(start_paused = true)]
async fn no_release_but_a_newer_one_of_the_pinned_key_is_followed() {
    let mut world = World::start().await;
    world.captor.pieces(world.honest());
    let (own, stranger) = (version::own(), Signer::generate().unwrap());
    // What runs, twice: the second is a later edition.
    let first = world.signed(&world.release(4, own));
    let known = world.signed(&world.release(5, own));
    for manifest in [&first, &known] {
        world.show(manifest).await;
        assert_eq!(world.state(), ProgramState::Current);
    }
    let template = world.release(6, own);
    let good = |edition, by| Release { edition, version: above(by), ..template.clone() };
    let by = |release: &Release, key: &Signer| Manifest::sign(release, key, Vec::new()).unwrap();
    // What the stranger says of the key that counts, in its name.
    let word = Succession { from: world.key.key_id(), to: stranger.spki().to_vec(), at: NOW };
    let forged = Rotation { given: stranger.sign(&word).unwrap(), taken: stranger.sign(&word).unwrap() };
    let ended = Release { at: UnixSeconds(NOW.0 - DAY), until: NOW, ..good(6, 1) };
    let below = Version { patch: 0, minor: 0, ..own };
    let (stale, refused) = (ProgramState::Stale, ProgramState::Refused);
    let flood = [world.signed(&good(3, 9)), known];
    for (name, manifest, state, why) in [
        ("by another key", by(&good(6, 1), &stranger), refused, "by another key"),
        (
            "in the pinned key’s name",
            Manifest { key: world.key.spki().to_vec(), ..by(&good(7, 1), &stranger) },
            refused,
            "signature",
        ),
        (
            "by a successor of its own making",
            Manifest::sign(&good(8, 1), &stranger, vec![forged]).unwrap(),
            refused,
            "by another key",
        ),
        (
            "an older program",
            world.signed(&Release { floor: below, ..world.release(6, below) }),
            refused,
            "goes back",
        ),
        ("an older floor", world.signed(&Release { floor: below, ..good(6, 1) }), refused, "floor goes back"),
        ("of the same number", world.signed(&good(5, 1)), refused, "edition 5 differ"),
        ("of an older number", world.signed(&good(3, 9)), refused, "edition 3 is older than edition 5"),
        ("seen before", first, refused, "edition 4 is older than edition 5"),
        ("ended", world.signed(&ended), stale, "time is over"),
    ] {
        let before = warned(why);
        world.show(&manifest).await;
        assert_eq!(world.state(), state, "{name}");
        assert!(warned(why) > before, "{name}: no reason was given");
        world.untouched(name);
    }
    // One after the other, as fast as the line has them: few are looked at.
    let before = warned("is refused");
    for manifest in flood.iter().cycle().take(2_000) {
        world.captor.say(&Downlink::Release(Box::new(manifest.clone()))).await;
    }
    sleep(JUDGED).await;
    assert!(warned("is refused") - before < 20, "{} words were logged", warned("is refused") - before);
    world.untouched("endless");
    assert_eq!((world.state(), world.captor.fetched()), (ProgramState::Current, 0), "nothing was asked for");
    let honest = world.release(6, above(1));
    world.show(&world.signed(&honest)).await;
    world.honest_twin(&honest).await;
}

#[tokio::test(start_paused = true)]
async fn no_file_but_the_one_that_was_signed_takes_the_place() {
    let mut world = World::start().await;
    let release = world.release(1, above(1));
    world.show(&world.signed(&release)).await;
    type Hand = fn(Pieces, [u8; 32], u64) -> Option<Reply>;
    fn of(pieces: &Pieces, sha256: [u8; 32], from: u64, work: impl Fn(&mut Vec<u8>)) -> Option<Reply> {
        let Some(Reply::ReleasePart(mut bytes)) = pieces(sha256, from) else { return None };
        work(&mut bytes);
        Some(Reply::ReleasePart(bytes))
    }
    let hands: [(&str, Hand, &str); 8] = [
        (
            "a byte changed",
            |it, hash, from| of(&it, hash, from, |bytes| bytes[0] ^= 1),
            "is not the file that was signed",
        ),
        ("nothing", |_, _, _| Some(Reply::ReleasePart(Vec::new())), "did not come"),
        ("silence", |_, _, _| None, ""),
        ("another answer", |_, _, _| Some(Reply::Done), "not what was asked for"),
        (
            "a longer piece",
            |it, hash, from| of(&it, hash, from, |bytes| bytes.resize(MAX_PART + 1, 0)),
            "not what was asked for",
        ),
        ("no end", |it, hash, from| of(&it, hash, from, |bytes| bytes.resize(MAX_PART, 0)), "did not come"),
        (
            "from another place",
            |it, hash, from| it(hash, if from == 0 { 7 } else { from }),
            "is not the file that was signed",
        ),
        (
            "one for the other",
            |it, hash, from| of(&it, hash, from, |bytes| bytes.reverse()),
            "is not the file that was signed",
        ),
    ];
    for (name, hand, why) in hands {
        let (honest, before) = (world.honest(), warned(why));
        world.captor.pieces(Arc::new(move |sha256, from| hand(Arc::clone(&honest), sha256, from)));
        let asked = world.captor.fetched();
        sleep(AGAIN).await;
        assert!(world.captor.fetched() > asked, "{name}: nothing was asked for");
        assert!(why.is_empty() || warned(why) > before, "{name}: no reason was given");
        world.untouched(name);
    }
    world.honest_twin(&release).await;
}

#[tokio::test(start_paused = true)]
async fn a_session_is_not_disturbed_and_a_word_that_ended_is_not_followed() {
    let mut world = World::start().await;
    world.captor.pieces(world.honest());
    // Its turn would come hours after its end, which the relay keeps quiet about.
    let ended =
        Release { until: UnixSeconds(NOW.0 + 1_200), spread_s: 7 * 86_400, ..world.release(1, above(1)) };
    let frozen = world.signed(&ended);
    world.show(&frozen).await;
    assert_eq!(world.state(), ProgramState::Waiting);
    sleep(Duration::from_secs(1_200)).await;
    world.show(&frozen).await;
    assert_eq!((world.state(), world.captor.fetched()), (ProgramState::Stale, 0), "ended");

    let console = world.trio.console(&world.trio.technician).await;
    let mut seance = running(&world.trio, &mut world.captor, &console, 1).await;
    let release = Release { floor: above(2), ..world.release(2, above(2)) };
    for _ in 0..10 {
        world.show(&world.signed(&release)).await;
    }
    assert!(world.trio.desk.seen().stopped.is_empty(), "the session was ended");
    assert_eq!(world.captor.fetched(), 0, "something was fetched in a session");
    world.untouched("in a session");
    seance.running.hands().end().await;
    assert_eq!(seance.ended().await.0, EndReason::EndedByTechnician);
    world.honest_twin(&release).await;
}
