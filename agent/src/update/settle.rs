//! The helper between two programs: started by the one that gives its place away, it puts the other one there, watches whether that comes
//! on line, and gives the place back once if it does not. It starts with the machine too until the trial is over, so that a power cut at
//! any moment leaves no PC with a program that does not work. It decides anew at each look, by what lies on the disk.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::trial::{Trial, Trials};

/// Within that time a new program must be on line.
pub const PATIENCE: Duration = Duration::from_secs(300);
/// Within that time the old one must have ended by itself: nobody stops it, somebody may be in a session.
pub const GIVES_WAY: Duration = Duration::from_secs(60);
/// Starts of a program that ends at once.
pub const STARTS: u32 = 3;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);
/// Looks that fail before the helper gives up; it comes back with the machine.
const FAILURES: u32 = 120;

/// What keeps the agent's service: the service control manager, or a test's.
pub trait Manager {
    /// The program that the service runs.
    ///
    /// # Errors
    /// The system's.
    fn points(&self) -> io::Result<PathBuf>;
    /// Lets it run another one, from the next start on. In one step.
    ///
    /// # Errors
    /// The system's.
    fn point(&self, program: &Path) -> io::Result<()>;
    /// Whether it runs.
    ///
    /// # Errors
    /// The system's.
    fn runs(&self) -> io::Result<bool>;
    /// Starts it.
    ///
    /// # Errors
    /// The system's: it is no program.
    fn start(&self) -> io::Result<()>;
    /// Stops it; it has ended when this returns.
    ///
    /// # Errors
    /// The system's.
    fn stop(&self) -> io::Result<()>;
}

/// Which program has the place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The one that gives it away.
    From,
    /// The one on trial.
    To,
    /// Another one: somebody installed it meanwhile.
    Other,
}

/// What a look shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Whether a trial goes on, and whether it failed.
    pub trial: Option<bool>,
    /// The program on trial is on line, by its own word.
    pub proved: bool,
    /// It is what was signed.
    pub whole: bool,
    /// Which program has the place.
    pub place: Place,
    /// Whether the service runs.
    pub runs: bool,
    /// Starts of the program that has the place, by this helper.
    pub starts: u32,
    /// For how long that program has had the place, before the eyes of this helper.
    pub waited: Duration,
}

/// What to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Look again.
    Wait,
    /// Stop the service.
    Stop,
    /// Start it.
    Start,
    /// Give this program the place.
    Point(Place),
    /// Write down that the trial failed.
    Fail,
    /// The trial is over; whoever has the place keeps it.
    Over,
    /// The trial is over; the place was given back.
    Back,
    /// Nothing is left to be done.
    Leave,
}

/// What comes next. Each step is one that may be done twice.
pub fn next(seen: &Seen) -> Step {
    let Seen { trial, proved, whole, place, runs, starts, waited } = *seen;
    let Some(failed) = trial else {
        // Whatever became of it, the service runs when the helper leaves.
        return if runs || starts >= STARTS { Step::Leave } else { Step::Start };
    };
    match (place, failed) {
        (Place::Other, _) => Step::Over,
        (Place::To, false) if proved => Step::Over,
        (Place::To, false) if runs && waited < PATIENCE => Step::Wait,
        (Place::To, false) if !runs && starts < STARTS => Step::Start,
        (Place::To, false) => Step::Fail,
        (Place::From, false) if runs && waited < GIVES_WAY => Step::Wait,
        (Place::From, false) if runs => Step::Over,
        (Place::From, false) if whole => Step::Point(Place::To),
        (Place::From, false) => Step::Fail,
        (Place::To, true) if runs => Step::Stop,
        (Place::To, true) => Step::Point(Place::From),
        (Place::From, true) => Step::Back,
    }
}

/// Does what comes next until nothing is left. Blocks.
///
/// # Errors
/// The system's, when it goes on refusing.
pub fn run(
    manager: &dyn Manager,
    trials: &Trials,
    now: &dyn Fn() -> Instant,
    pause: &dyn Fn(Duration),
) -> io::Result<()> {
    let (mut place, mut since, mut starts, mut failures) = (None, now(), 0, 0);
    loop {
        let trial = trials.read();
        let step = look(manager, trials, trial.as_ref()).and_then(|(mut seen, points)| {
            if place.as_ref() != Some(&points) {
                (place, since, starts) = (Some(points), now(), 0);
            }
            (seen.starts, seen.waited) = (starts, now().saturating_duration_since(since));
            let step = next(&seen);
            if step != Step::Wait {
                tracing::info!(?step, ?seen, "a program on trial");
            }
            starts += u32::from(step == Step::Start);
            obey(step, manager, trials, trial.as_ref())?;
            Ok(step)
        });
        match step {
            Ok(Step::Leave) => return Ok(()),
            Ok(Step::Wait | Step::Start) => pause(PAUSE),
            Ok(_) => {}
            Err(error) if failures >= FAILURES => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "the service cannot be changed; it is tried again");
                failures += 1;
                pause(PAUSE);
            }
        }
    }
}

fn look(manager: &dyn Manager, trials: &Trials, trial: Option<&Trial>) -> io::Result<(Seen, PathBuf)> {
    let (points, runs) = (manager.points()?, manager.runs()?);
    let place = match trial {
        Some(trial) if trial.to == points => Place::To,
        Some(trial) if trial.from == points => Place::From,
        _ => Place::Other,
    };
    let seen = Seen {
        trial: trial.map(|trial| trial.failed),
        proved: trial.is_some_and(|trial| trials.is_proved(trial)),
        // Read only where it is asked for: it takes a while.
        whole: place == Place::From && !runs && trial.is_some_and(Trial::is_whole),
        place,
        runs,
        starts: 0,
        waited: Duration::ZERO,
    };
    Ok((seen, points))
}

fn obey(step: Step, manager: &dyn Manager, trials: &Trials, trial: Option<&Trial>) -> io::Result<()> {
    let kept = |done: Result<(), crate::state::StateError>| done.map_err(io::Error::other);
    match (step, trial) {
        (Step::Stop, _) => manager.stop(),
        (Step::Start, _) => {
            // One that cannot be started is tried so often, and then has failed.
            if let Err(error) = manager.start() {
                tracing::warn!(%error, "the service does not start");
            }
            Ok(())
        }
        (Step::Point(Place::To), Some(trial)) => manager.point(&trial.to),
        (Step::Point(_), Some(trial)) => manager.point(&trial.from),
        (Step::Fail, Some(trial)) => kept(trials.write(&Trial { failed: true, ..trial.clone() })),
        (Step::Over, _) => kept(trials.over()),
        (Step::Back, _) => kept(trials.back()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
