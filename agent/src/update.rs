//! How this program becomes another one: by a release that the pinned key signed, never by a word of a relay, never during a session.
//!
//! announced → judged → waits its turn → fetched → checked → waits for quiet → put in place → proves itself, or the one before is back.
//! The machine is told what happened and when, and says what is to be done; [`stage`] keeps files, [`trial`] puts programs in place.

pub mod memory;
pub mod settle;
pub mod stage;
pub mod trial;

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aval_protocol::id::UnixSeconds;
use aval_protocol::release::{Manifest, Part, Refused, Release, Version, WINDOWS};
use aval_protocol::wire::program::{ProgramState, ProgramWord};

pub use memory::Memory;

use settle::Place;
use trial::Trial;

/// Programs that lie in folders of their own and are put in place by the agent itself.
pub trait Installed: Send + Sync {
    /// The program that the service runs.
    ///
    /// # Errors
    /// The system's.
    fn program(&self) -> io::Result<PathBuf>;
    /// The folder in which each version has one of its own.
    fn versions(&self) -> PathBuf;
    /// Starts the helper that puts the program of the trial in place.
    ///
    /// # Errors
    /// The system's.
    fn hand_over(&self) -> io::Result<()>;
    /// The program of this version stays: what the system shows of it may follow.
    fn stays(&self, version: Version);

    /// Which program of a trial has the place.
    fn place(&self, trial: &Trial) -> Place {
        match self.program() {
            Ok(program) if program == trial.to => Place::To,
            Ok(program) if program == trial.from => Place::From,
            _ => Place::Other,
        }
    }
}

/// Who changes this program for another one.
#[derive(Clone)]
pub enum Programs {
    /// The system's package manager.
    Packaged,
    /// The agent itself.
    Own(Arc<dyn Installed>),
}

impl Programs {
    /// How releases reach this system.
    pub const fn way(&self) -> Way {
        match self {
            Self::Packaged => Way::Packaged,
            Self::Own(_) => Way::Own(WINDOWS),
        }
    }

    /// The program of this version stays.
    pub fn stays(&self, version: Version) {
        if let Self::Own(installed) = self {
            installed.stays(version);
        }
    }
}

impl std::fmt::Debug for Programs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.way())
    }
}

/// After each piece, so many times as long as it took is waited: a quarter of the line at most.
const SHARE: u32 = 3;
/// Longest wait between two pieces.
const LONGEST: Duration = Duration::from_secs(30);
/// After a failure on the line; after one on the disk.
const AGAIN: Duration = Duration::from_secs(60);
const LATER: Duration = Duration::from_secs(3600);
/// Whoever is below the floor lets nobody in: its turn comes within that time, in seconds.
const URGENT_S: u32 = 600;

/// Who changes programs on this system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// The system's package manager. Releases are told of, never fetched.
    Packaged,
    /// The agent itself, for files of this system.
    Own(&'static str),
}

/// What is to be done, in this order.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Keep this on disk before doing anything else; then [`Updater::kept`].
    Keep(Box<Memory>),
    /// Have another piece of this file; then [`Updater::fetched`] or [`Updater::failed`].
    Fetch(Part),
    /// Check every file and lay the program beside the one that runs; then [`Updater::placed`].
    Place(Box<Release>),
    /// Begin no session any more, put it in place and end; [`Updater::stayed`] if that cannot be.
    Swap(Box<Release>),
    /// Say how things stand.
    Say(ProgramWord),
}

#[derive(Clone, PartialEq, Debug)]
enum State {
    /// Nothing to do, for this reason.
    Rests(ProgramState),
    /// Its turn comes at the moment that is kept.
    Waiting,
    /// A file is being fetched: which, and from when on the next piece; `None` while one is on its way.
    Fetching(usize, Option<Instant>),
    /// The files are being checked.
    Placing,
    /// All is there.
    Staged,
    /// It is being put in place.
    Swapping,
    /// After a failure: from when on it is tried again.
    Resting(Instant),
}

/// The machine.
#[derive(Debug)]
pub struct Updater {
    version: Version,
    way: Way,
    /// Whoever owns this PC wants no updates from here.
    off: bool,
    memory: Memory,
    state: State,
    /// The program that runs is on trial.
    proving: bool,
    refused: Option<Refused>,
    line: bool,
    busy: bool,
    /// What is remembered is not on disk.
    unkept: bool,
    said: Option<ProgramWord>,
    commands: VecDeque<Command>,
}

// === impl Updater

impl Updater {
    /// A machine that remembers.
    pub fn new(version: Version, way: Way, off: bool, memory: Memory) -> Self {
        Self {
            version,
            way,
            off,
            memory,
            state: State::Rests(ProgramState::Unheard),
            proving: false,
            refused: None,
            line: false,
            busy: false,
            unkept: false,
            said: None,
            commands: VecDeque::new(),
        }
    }

    /// The next command.
    pub fn poll(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When to call [`tick`](Self::tick).
    pub fn poll_timeout(&self, now: Instant, wall: UnixSeconds) -> Option<Instant> {
        match self.state {
            State::Waiting => {
                let left = u64::try_from(self.memory.due.0.saturating_sub(wall.0)).unwrap_or(0);
                // Wall clocks are set: the rest is looked at now and then.
                Some(now + Duration::from_secs(left).min(LATER))
            }
            State::Fetching(_, Some(at)) if self.line && !self.busy && !self.proving => Some(at),
            // What keeps the PC busy may end without a word.
            State::Staged => Some(now + AGAIN),
            State::Resting(at) => Some(at),
            _ => None,
        }
    }

    /// The edition of the newest release that is known: work that was begun for another one says nothing any more.
    pub fn edition(&self) -> Option<u32> {
        self.newest().map(|newest| newest.edition)
    }

    /// Whether all is there and only quiet is waited for.
    pub fn is_staged(&self) -> bool {
        self.state == State::Staged
    }

    /// What runs lets nobody in, by a release that was signed.
    pub fn is_below_floor(&self) -> bool {
        self.newest().is_some_and(|newest| self.version < newest.floor)
    }

    /// Begins: after a start of the service.
    pub fn begin(&mut self, proving: bool, wall: UnixSeconds) {
        self.proving = proving;
        self.plan(wall);
    }

    /// A relay shows a manifest. `draw` is a random number.
    pub fn announced(&mut self, manifest: &Manifest, wall: UnixSeconds, draw: u64) {
        let Some(known) = &self.memory.known else { return self.say(wall) };
        self.refused = None;
        match known.seen(manifest, wall) {
            Ok(None) => {}
            Ok(Some(known)) => {
                let newest = known.newest.as_ref();
                let spread = newest.map_or(0, |newest| match self.version < newest.floor {
                    true => newest.spread_s.min(URGENT_S),
                    false => newest.spread_s,
                });
                let wait = i64::try_from(draw % (u64::from(spread) + 1)).unwrap_or(0);
                self.memory.due = UnixSeconds(wall.0.saturating_add(wait));
                self.memory.known = Some(known);
                self.commands.push_back(Command::Keep(Box::new(self.memory.clone())));
                // Whatever was on its way belongs to an older word, unless the program is there already and proves itself.
                if self.state != State::Swapping {
                    self.state = State::Rests(ProgramState::Unheard);
                    self.plan(wall);
                }
            }
            Err(why) => {
                tracing::warn!(%why, "the release that the relay shows is refused");
                self.refused = Some(why);
            }
        }
        self.say(wall);
    }

    /// The memory is on disk, or cannot be: then nothing follows from it.
    pub fn kept(&mut self, kept: bool, now: Instant) {
        let again = std::mem::replace(&mut self.unkept, !kept);
        if !kept {
            self.state = State::Resting(now + LATER);
        } else if again {
            self.state = State::Resting(now);
        }
    }

    /// The line came or went.
    pub fn line(&mut self, up: bool, now: Instant, wall: UnixSeconds) {
        self.line = up;
        if up {
            self.said = None;
        }
        if let (State::Fetching(file, None), false) = (&self.state, up) {
            self.state = State::Fetching(*file, Some(now));
        }
        self.go(now, wall);
    }

    /// A session runs or a question is up, or no more.
    pub fn busy(&mut self, busy: bool, now: Instant, wall: UnixSeconds) {
        if self.busy != busy {
            self.busy = busy;
            self.go(now, wall);
        }
    }

    /// Time passed.
    pub fn tick(&mut self, now: Instant, wall: UnixSeconds) {
        if let State::Resting(at) = self.state
            && now >= at
        {
            if self.unkept {
                self.state = State::Resting(now + LATER);
                self.commands.push_back(Command::Keep(Box::new(self.memory.clone())));
            } else {
                self.plan(wall);
            }
        }
        self.go(now, wall);
    }

    /// So many bytes of the file are there, and the last piece took so long.
    pub fn fetched(&mut self, have: u64, took: Duration, now: Instant, wall: UnixSeconds) {
        let State::Fetching(file, None) = self.state else { return };
        let whole = self.files().get(file).is_some_and(|part| have >= part.length);
        if !whole {
            // What is wanted at once is not slowed down.
            let urgent = self.newest().is_none_or(|newest| newest.spread_s == 0) || self.is_below_floor();
            let pause = if urgent { Duration::ZERO } else { (took * SHARE).min(LONGEST) };
            self.state = State::Fetching(file, Some(now + pause));
        } else if file + 1 < self.files().len() {
            self.state = State::Fetching(file + 1, Some(now));
        } else {
            self.state = State::Placing;
            if let Some(newest) = self.newest().cloned() {
                self.commands.push_back(Command::Place(Box::new(newest)));
            }
        }
        self.go(now, wall);
    }

    /// A piece did not come; what came is on disk.
    pub fn failed(&mut self, now: Instant, wall: UnixSeconds) {
        if matches!(self.state, State::Fetching(..)) {
            self.state = State::Resting(now + AGAIN);
        }
        self.say(wall);
    }

    /// The program was checked and lies beside the one that runs; or the files are not the ones that were signed, and are gone.
    pub fn placed(&mut self, fit: bool, now: Instant, wall: UnixSeconds) {
        if self.state == State::Placing {
            self.state = if fit { State::Staged } else { State::Resting(now + LATER) };
        }
        self.go(now, wall);
    }

    /// It could not be put in place.
    pub fn stayed(&mut self, now: Instant, wall: UnixSeconds) {
        if self.state == State::Swapping {
            self.state = State::Resting(now + LATER);
        }
        self.say(wall);
    }

    /// The program that runs was on trial and is on line: it stays.
    pub fn proved(&mut self, wall: UnixSeconds) {
        self.proving = false;
        self.plan(wall);
    }

    /// What comes of what is known.
    fn plan(&mut self, wall: UnixSeconds) {
        self.state = match self.rests(wall) {
            Some(why) => State::Rests(why),
            None => State::Waiting,
        };
        self.say(wall);
    }

    /// Why nothing is to be done, if so.
    fn rests(&self, wall: UnixSeconds) -> Option<ProgramState> {
        let Some(known) = &self.memory.known else { return Some(ProgramState::NoKey) };
        let Some(newest) = &known.newest else { return Some(ProgramState::Unheard) };
        if known.expired(wall) {
            return Some(ProgramState::Stale);
        }
        if newest.version <= self.version {
            return Some(ProgramState::Current);
        }
        match self.way {
            Way::Packaged => Some(ProgramState::Packaged),
            Way::Own(_) if self.off => Some(ProgramState::Off),
            Way::Own(_) if self.memory.is_bad(newest) => Some(ProgramState::PutBack),
            Way::Own(_) if self.files().is_empty() => Some(ProgramState::Current),
            Way::Own(_) => None,
        }
    }

    /// Goes on, as far as moment, line and quiet let it.
    fn go(&mut self, now: Instant, wall: UnixSeconds) {
        let works = matches!(
            self.state,
            State::Waiting | State::Fetching(..) | State::Staged | State::Rests(ProgramState::Current)
        );
        // What has ended meanwhile is followed no more; what runs is said to be stale too.
        if works && let Some(why) = self.rests(wall) {
            self.state = State::Rests(why);
        }
        let quiet = self.line && !self.busy && !self.proving;
        if self.state == State::Waiting && wall >= self.memory.due {
            self.state = State::Fetching(0, Some(now));
        }
        if quiet
            && let State::Fetching(file, Some(at)) = self.state
            && now >= at
            && let Some(part) = self.files().get(file).cloned()
        {
            self.state = State::Fetching(file, None);
            self.commands.push_back(Command::Fetch(part));
        }
        if quiet
            && self.state == State::Staged
            && let Some(newest) = self.newest().cloned()
        {
            self.state = State::Swapping;
            self.commands.push_back(Command::Swap(Box::new(newest)));
        }
        self.say(wall);
    }

    fn newest(&self) -> Option<&Release> {
        self.memory.known.as_ref()?.newest.as_ref()
    }

    fn files(&self) -> Vec<Part> {
        match (self.way, self.newest()) {
            (Way::Own(system), Some(newest)) => newest.of_system(system).cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// How things stand.
    pub fn word(&self, wall: UnixSeconds) -> ProgramWord {
        let state = match &self.state {
            _ if self.proving => ProgramState::Proving,
            State::Rests(ProgramState::Stale) => ProgramState::Stale,
            _ if self.refused == Some(Refused::Expired) => ProgramState::Stale,
            _ if self.refused.is_some() => ProgramState::Refused,
            State::Rests(why) => *why,
            State::Waiting => ProgramState::Waiting,
            State::Fetching(..) | State::Placing => ProgramState::Fetching,
            State::Staged if self.line => ProgramState::Staged,
            State::Staged => ProgramState::Offline,
            State::Swapping => ProgramState::Proving,
            State::Resting(_) => ProgramState::Failed,
        };
        let known = self.memory.known.as_ref();
        let state = match state {
            ProgramState::Current if known.is_some_and(|known| known.expired(wall)) => ProgramState::Stale,
            state => state,
        };
        let newest = self.newest().map(|newest| newest.version);
        ProgramWord { version: self.version, newest, state, below_floor: self.is_below_floor() }
    }

    fn say(&mut self, wall: UnixSeconds) {
        let word = self.word(wall);
        if self.said != Some(word) {
            self.said = Some(word);
            self.commands.push_back(Command::Say(word));
        }
    }
}

#[cfg(test)]
mod tests;
