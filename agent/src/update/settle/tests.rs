//! The helper against a manager of one's own: new programs that work, that do not, and a machine that stops at any step.

use std::cell::{Cell, RefCell};

use aval_protocol::release::{Part, Version, WINDOWS};
use aws_lc_rs::digest::{SHA256, digest};

use super::*;

const NEW: Version = Version { major: 0, minor: 1, patch: 1 };

/// What the program on trial does.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Does {
    Works,
    /// It is no program.
    CannotStart,
    /// It runs and never has a line.
    StaysOffLine,
    /// It ends at once.
    Ends,
}

/// A service manager, with its machine's power: after so many steps it is gone.
struct World {
    dir: tempfile::TempDir,
    points: RefCell<PathBuf>,
    runs: Cell<bool>,
    does: Does,
    power: Cell<Option<u32>>,
    starts: Cell<u32>,
}

impl World {
    fn new(does: Does) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("versions/0.1.1");
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("aval-agent.exe"), b"new").unwrap();
        let from = dir.path().join("aval-agent.exe");
        let world = Self {
            points: RefCell::new(from.clone()),
            runs: Cell::new(false),
            does,
            power: Cell::new(None),
            starts: Cell::new(0),
            dir,
        };
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest(&SHA256, b"new").as_ref());
        let part = Part { system: WINDOWS.into(), name: "aval-agent.exe".into(), length: 3, sha256 };
        let (edition, to) = (1, place.join("aval-agent.exe"));
        let trial = Trial { version: NEW, edition, from, to, files: vec![part], failed: false };
        world.trials().write(&trial).unwrap();
        world
    }

    fn trials(&self) -> Trials {
        Trials::new(self.dir.path())
    }

    fn is_new(&self) -> bool {
        self.points.borrow().ends_with("versions/0.1.1/aval-agent.exe")
    }

    fn step(&self) -> io::Result<()> {
        match self.power.get() {
            Some(0) => Err(io::ErrorKind::Interrupted.into()),
            left => {
                self.power.set(left.map(|left| left - 1));
                Ok(())
            }
        }
    }
}

impl Manager for World {
    fn points(&self) -> io::Result<PathBuf> {
        Ok(self.points.borrow().clone())
    }
    fn point(&self, program: &Path) -> io::Result<()> {
        self.step()?;
        program.clone_into(&mut self.points.borrow_mut());
        Ok(())
    }
    fn runs(&self) -> io::Result<bool> {
        Ok(self.runs.get())
    }
    fn start(&self) -> io::Result<()> {
        self.step()?;
        self.starts.set(self.starts.get() + 1);
        let new = self.is_new();
        match self.does {
            Does::CannotStart if new => return Err(io::ErrorKind::InvalidData.into()),
            Does::Ends if new => {}
            Does::Works if new => {
                self.runs.set(true);
                self.trials().prove(NEW).unwrap();
            }
            _ => {
                self.runs.set(true);
                if !new && self.trials().read().is_some_and(|trial| !trial.failed) {
                    // As the service does that finds itself before a trial that never began.
                    self.trials().over().unwrap();
                }
            }
        }
        Ok(())
    }
    fn stop(&self) -> io::Result<()> {
        self.step()?;
        self.runs.set(false);
        Ok(())
    }
}

/// The helper in virtual time: each pause passes at once.
fn settle(world: &World) -> io::Result<()> {
    let began = aval_transport::Clock::starting_at(aval_protocol::id::UnixSeconds(0)).monotonic();
    let passed = Cell::new(Duration::ZERO);
    let pause = |pause| passed.set(passed.get() + pause);
    run(world, &world.trials(), &|| began + passed.get(), &pause)
}

/// Which program has the place when all is over, and whether somebody was told that the other one failed.
fn over(world: &World) -> (bool, bool) {
    assert!(world.trials().read().is_none(), "nothing is on trial any more");
    assert!(world.runs.get(), "the service runs");
    (world.is_new(), world.trials().given_back().is_some())
}

#[test]
fn a_program_that_comes_on_line_stays_and_any_other_is_given_back_once() {
    for (does, new) in
        [(Does::Works, true), (Does::CannotStart, false), (Does::StaysOffLine, false), (Does::Ends, false)]
    {
        let world = World::new(does);
        settle(&world).unwrap();
        assert_eq!(over(&world), (new, !new), "{does:?}");
        // The helper that starts once more with the machine finds nothing to do.
        let starts = world.starts.get();
        settle(&world).unwrap();
        assert_eq!((over(&world), world.starts.get()), ((new, !new), starts), "{does:?}");
    }
}

#[test]
fn what_was_changed_since_it_was_checked_never_has_the_place() {
    let world = World::new(Does::Works);
    std::fs::write(world.dir.path().join("versions/0.1.1/aval-agent.exe"), b"NEW").unwrap();
    settle(&world).unwrap();
    assert_eq!(over(&world), (false, true));
    let honest = World::new(Does::Works);
    settle(&honest).unwrap();
    assert_eq!(over(&honest), (true, false));
}

#[test]
fn a_service_that_does_not_give_way_is_not_stopped() {
    let world = World::new(Does::Works);
    world.runs.set(true);
    settle(&world).unwrap();
    assert_eq!((over(&world), world.starts.get()), ((false, false), 0));
}

#[test]
fn somebody_who_installs_meanwhile_has_their_way() {
    let world = World::new(Does::Works);
    *world.points.borrow_mut() = PathBuf::from("elsewhere");
    world.runs.set(true);
    settle(&world).unwrap();
    assert!(world.trials().read().is_none() && world.points.borrow().ends_with("elsewhere"));
}

#[test]
fn a_power_cut_at_any_step_leaves_one_whole_program_that_runs() {
    for does in [Does::Works, Does::CannotStart, Does::StaysOffLine, Does::Ends] {
        let mut cut_everywhere = false;
        for power in 0..200 {
            let world = World::new(does);
            world.power.set(Some(power));
            let done = settle(&world).is_ok();
            // The power is back: the service starts with the machine, and so does the helper.
            world.power.set(None);
            if !done {
                world.runs.set(false);
                let _ = world.start();
            }
            settle(&world).unwrap();
            let (new, told) = over(&world);
            assert!(!(new && does != Does::Works), "{does:?} after {power} steps");
            assert!(!(new && told), "{does:?} after {power} steps");
            cut_everywhere |= done;
            if done {
                break;
            }
        }
        assert!(cut_everywhere, "{does:?}: every step was the last one once");
    }
}
