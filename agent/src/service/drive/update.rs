//! What the update's machine says is done here: kept, fetched over the line, laid out, and given the place once nobody is in a session.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aval_protocol::id::UnixSeconds;
use aval_protocol::journal::Event;
use aval_protocol::release::{Manifest, Part, Release, Version};
use aval_protocol::wire::enrol::{Call, MAX_PART};
use aval_protocol::wire::link::Uplink;
use aval_protocol::wire::machine::MachineReply;
use quinn::Connection;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Run;
use crate::link;
use crate::state::{Home, StateError, Wish};
use crate::update::settle::Place;
use crate::update::stage::{Os, Stage};
use crate::update::trial::{Trial, Trials};
use crate::update::{Command, Memory, Programs, Updater, Way};

/// Where files are on their way, in the agent's folder.
const STAGE: &str = "update";
/// How long a piece may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two manifests that are judged: a relay that shows one after the other costs a PC nothing, and the last one counts.
const JUDGES: Duration = Duration::from_secs(10);
/// Events that may wait: one piece or one program is worked on at a time.
const EVENTS: usize = 4;

/// What came of work that takes a while.
#[derive(Debug)]
pub(in crate::service) enum Worked {
    /// So many bytes of the file are there, and the piece took so long.
    Fetched(u64, Duration),
    /// The piece did not come.
    Failed,
    /// The program lies beside this one, or its files are not those that were signed.
    Placed(bool),
}

/// The machine, and what it acts through.
pub(in crate::service) struct Update {
    machine: Updater,
    memory: Memory,
    path: PathBuf,
    stage: PathBuf,
    trials: Trials,
    programs: Programs,
    version: Version,
    /// What a relay showed last and was not judged yet, and from when on it is.
    shown: (Option<Box<Manifest>>, Option<Instant>),
    /// To be written into the journal once the service runs.
    news: Vec<Event>,
    proving: bool,
    /// What came of work, and for which edition.
    events: mpsc::Sender<(Option<u32>, Worked)>,
    of_work: mpsc::Receiver<(Option<u32>, Worked)>,
    /// Another program takes the place: no session begins any more, and the service ends.
    gives_way: bool,
}

impl Update {
    /// As it was left. `None`: the place is another program's already, and this one must not be here.
    pub(in crate::service) fn open(home: &Home, programs: Programs) -> Result<Option<Self>, StateError> {
        let (version, path, trials) = (crate::version::own(), Memory::place(home), Trials::new(home.dir()));
        let mut memory = Memory::open(&path, home.release_key()?, version)?;
        let mut news = Vec::new();
        let trial = trials.read();
        let failed = trial.clone().filter(|trial| trial.failed).or_else(|| trials.given_back());
        if let Some(Trial { version, edition, .. }) = failed
            && !memory.bad.contains(&(version, edition))
        {
            news.push(Event::ProgramPutBack { version });
            memory.spoil(version, edition);
        }
        if memory.ran != version {
            news.push(Event::ProgramChanged { from: memory.ran, to: version });
            memory.ran = version;
        }
        if !news.is_empty() {
            memory.keep(&path)?;
        }
        trials.forget()?;
        let mut proving = false;
        if let (Some(trial), Programs::Own(installed)) = (trial.filter(|trial| !trial.failed), &programs) {
            match installed.place(&trial) {
                Place::To if trial.version == version => proving = true,
                Place::To => return Ok(None),
                // It never came to it: a power cut, or an installer.
                Place::From | Place::Other => trials.over()?,
            }
        }
        let off = home.settings()?.updates == Wish::Off;
        let way = programs.way();
        let machine = Updater::new(version, way, off, memory.clone());
        let stage = home.path(STAGE);
        let newest = memory.known.as_ref().and_then(|known| known.newest.as_ref());
        if newest.is_none_or(|newest| newest.version <= version)
            && let Err(error) = Stage::new(&Os, stage.clone()).keep_only(&[])
        {
            tracing::info!(%error, "files of an earlier update are left");
        }
        let (events, of_work) = mpsc::channel(EVENTS);
        let gives_way = false;
        Ok(Some(Self {
            machine,
            memory,
            path,
            stage,
            trials,
            programs,
            version,
            shown: (None, None),
            news,
            proving,
            events,
            of_work,
            gives_way,
        }))
    }

    /// The next thing that came of work.
    pub(super) async fn worked(&mut self) -> Option<Worked> {
        loop {
            let (edition, worked) = self.of_work.recv().await?;
            if edition == self.machine.edition() {
                return Some(worked);
            }
        }
    }

    /// When the machine wants to be looked at.
    pub(super) fn poll_timeout(&self, now: Instant, wall: UnixSeconds) -> Option<Instant> {
        let judges = self.shown.0.as_ref().and(self.shown.1);
        [self.machine.poll_timeout(now, wall), judges].into_iter().flatten().min()
    }

    /// Whether another program takes the place.
    pub(super) const fn gives_way(&self) -> bool {
        self.gives_way
    }

    /// Whether this program is older than may serve.
    pub(super) fn is_below_floor(&self) -> bool {
        self.machine.is_below_floor()
    }
}

impl Run {
    /// The service begins.
    pub(super) fn update_begins(&mut self) {
        let (_, wall) = self.times();
        for event in std::mem::take(&mut self.driver.update.news) {
            if let Err(error) = self.driver.keep.append(&self.driver.signer, wall, &event) {
                tracing::error!(%error, "the journal cannot be written");
            }
        }
        let proving = self.driver.update.proving;
        self.driver.update.machine.begin(proving, wall);
    }

    /// A relay shows a release.
    pub(super) fn release(&mut self, manifest: Box<Manifest>) {
        self.driver.update.shown.0 = Some(manifest);
    }

    /// Judges what a relay showed, when it is time.
    fn judge(&mut self, now: Instant, wall: UnixSeconds) {
        let (shown, from) = &mut self.driver.update.shown;
        if from.is_none_or(|from| now >= from)
            && let Some(manifest) = shown.take()
        {
            *from = Some(now + JUDGES);
            let draw = self.driver.random.number();
            self.driver.update.machine.announced(&manifest, wall, draw);
        }
    }

    /// The line came or went. A program on trial that has a line has proved itself.
    pub(super) fn update_line(&mut self, up: bool) {
        let (now, wall) = self.times();
        let update = &mut self.driver.update;
        update.machine.line(up, now, wall);
        if up && std::mem::take(&mut update.proving) {
            match update.trials.prove(update.version) {
                Ok(()) => {
                    tracing::info!(version = %update.version, "this program is on line and stays");
                    update.programs.stays(update.version);
                    update.machine.proved(wall);
                }
                Err(error) => tracing::error!(%error, "that this program proved itself cannot be kept"),
            }
        }
    }

    /// Something came of work.
    pub(super) fn update_worked(&mut self, worked: &Worked) {
        let (now, wall) = self.times();
        let machine = &mut self.driver.update.machine;
        match *worked {
            Worked::Fetched(have, took) => machine.fetched(have, took, now, wall),
            Worked::Failed => machine.failed(now, wall),
            Worked::Placed(fit) => machine.placed(fit, now, wall),
        }
    }

    /// Does what the machine says, until it says no more.
    pub(super) fn update(&mut self) {
        let (now, wall) = self.times();
        let promised = self.driver.update.machine.is_staged() && self.kept().is_some();
        let busy = self.driver.engine.session().is_some() || self.assent.is_asking() || promised;
        self.driver.update.machine.busy(busy, now, wall);
        self.judge(now, wall);
        self.driver.update.machine.tick(now, wall);
        while let Some(command) = self.driver.update.machine.poll() {
            match command {
                Command::Keep(memory) => {
                    let update = &mut self.driver.update;
                    update.memory = *memory;
                    let kept = update.memory.keep(&update.path);
                    if let Err(error) = &kept {
                        tracing::error!(%error, "what was learnt of a release cannot be kept: nothing follows from it");
                    }
                    update.machine.kept(kept.is_ok(), now);
                }
                Command::Say(word) => {
                    tracing::info!(state = %word.state, version = %word.version, "this program");
                    self.status.program = Some(word);
                    self.say();
                    self.uplink(Uplink::Program(word));
                }
                Command::Fetch(part) => self.fetch(part),
                Command::Place(release) => self.place(*release),
                Command::Swap(release) => self.swap(&release),
            }
        }
    }

    fn fetch(&mut self, part: Part) {
        let edition = self.driver.update.machine.edition();
        let (events, stage, clock) =
            (self.driver.update.events.clone(), self.driver.update.stage.clone(), self.driver.clock.clone());
        let Some(connection) = self.up.as_ref().map(|up| up.connection.clone()) else {
            return drop(events.try_send((edition, Worked::Failed)));
        };
        self.measurements.spawn(async move {
            let began = clock.monotonic();
            let fetched = timeout(PATIENCE, piece(&connection, stage, part)).await;
            let took = clock.monotonic().saturating_duration_since(began);
            let worked = match fetched {
                Ok(Ok(have)) => Worked::Fetched(have, took),
                Ok(Err(why)) => {
                    tracing::warn!(why, "a piece of a release did not come");
                    Worked::Failed
                }
                Err(_) => Worked::Failed,
            };
            let _ = events.send((edition, worked)).await;
        });
    }

    fn place(&mut self, release: Release) {
        let update = &self.driver.update;
        let (events, stage) = (update.events.clone(), update.stage.clone());
        let (Way::Own(system), Programs::Own(installed)) = (update.programs.way(), &update.programs) else {
            return;
        };
        let (versions, edition) = (installed.versions(), Some(release.edition));
        self.measurements.spawn_blocking(move || {
            let stage = Stage::new(&Os, stage);
            let placed = stage.keep_only(&release.files).map_err(Into::into);
            let placed = placed.and_then(|()| stage.place(&release, system, &versions));
            if let Err(error) = &placed {
                tracing::error!(%error, "the release cannot be laid out");
            }
            let _ = events.blocking_send((edition, Worked::Placed(placed.is_ok())));
        });
    }

    /// Gives the place away. What would take it is checked once more by the helper, before it is there.
    fn swap(&mut self, release: &Release) {
        let (now, wall) = self.times();
        let update = &mut self.driver.update;
        let Programs::Own(installed) = update.programs.clone() else { return };
        let begun = trial(release, installed.as_ref(), update.programs.way()).and_then(|trial| {
            update.trials.write(&trial).map_err(|error| error.to_string())?;
            installed.hand_over().map_err(|error| error.to_string())
        });
        match begun {
            Ok(()) => {
                tracing::info!(version = %release.version, "another version of this program takes its place");
                update.gives_way = true;
            }
            Err(error) => {
                tracing::error!(%error, "another version cannot be put in place");
                let _ = update.trials.over();
                update.machine.stayed(now, wall);
            }
        }
    }
}

fn trial(release: &Release, installed: &dyn crate::update::Installed, way: Way) -> Result<Trial, String> {
    let Way::Own(system) = way else { return Err("the package manager’s".to_owned()) };
    let from = installed.program().map_err(|error| error.to_string())?;
    let name = from.file_name().ok_or("the service runs no program")?;
    let to = installed.versions().join(release.version.to_string()).join(Path::new(name));
    let files = release.of_system(system).cloned().collect();
    Ok(Trial { version: release.version, edition: release.edition, from, to, files, failed: false })
}

/// Fetches what is missing of a file, a piece of it; how many bytes are there then.
async fn piece(connection: &Connection, stage: PathBuf, part: Part) -> Result<u64, String> {
    let stage = Arc::new(stage);
    let (at, of) = (Arc::clone(&stage), part.clone());
    let have = blocking(move || Stage::new(&Os, at.to_path_buf()).have(&of)).await?;
    if have >= part.length {
        return Ok(have);
    }
    match link::call::call(connection, Call::ReleasePart { sha256: part.sha256, from: have }).await? {
        MachineReply::ReleasePart(bytes) if bytes.len() <= MAX_PART => {
            blocking(move || Stage::new(&Os, stage.to_path_buf()).add(&part, &bytes)).await
        }
        MachineReply::Fault { code, .. } => Err(code.to_string()),
        _ => Err("not what was asked for".to_owned()),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
    done.map_err(|error| error.to_string())
}
