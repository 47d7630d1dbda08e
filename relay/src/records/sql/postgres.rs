//! The record in a PostgreSQL database: one writer at a time, as with SQLite, and a connection that comes back by itself.
//!
//! Who writes locks the table `aval_record` before the transaction's first look, so writers follow each other and the numbers of rows
//! are the order of the commits. The isolation is serialisable besides: whatever else happens in the database, a transaction that
//! would not fit one after the other is done again, or not at all. What the server does not confirm is [`StoreError::Unavailable`].

mod line;
mod place;
mod tls;
mod translate;

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::{Disk, Row, Statements, Tx, Value, schema};
use crate::records::{OpenError, StoreError};
use line::{Answer, Fault, Job, Line};
use place::Place;

/// How often a transaction is begun in all.
const TRIES: usize = 12;
/// "AvRe": relays that bring up the schema do it one after the other.
const MIGRATION_LOCK: i64 = 0x4176_5265;
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// No look at the data before the lock: the snapshot is taken after it.
const WRITE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL synchronous_commit = on;
     LOCK TABLE aval_record IN EXCLUSIVE MODE";
const WRITE_LATER: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL synchronous_commit = off;
     LOCK TABLE aval_record IN EXCLUSIVE MODE";
const WRITTEN: &str = "UPDATE aval_record SET changes = changes + 1; COMMIT";
const FIRST: &str = "CREATE TABLE aval_record (
    one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one), version BIGINT NOT NULL, changes BIGINT NOT NULL);
    INSERT INTO aval_record (version, changes) VALUES (0, 0);";

/// Held by the relay that serves; its second number tells records in one database apart.
const ALONE: &str =
    "SELECT CASE WHEN pg_try_advisory_lock(1098273381, hashtext(current_schema())) THEN 1 ELSE 0 END AS yes";
/// "lock_not_available".
const TAKEN: &str = "55P03";

/// The record's database.
#[derive(Debug)]
pub(in crate::records) struct Postgres {
    place: Place,
    state: Mutex<State>,
    /// Changes that this program made.
    own: AtomicI64,
    /// No other program may say that it is alone.
    alone: AtomicBool,
    /// How often no connection was had.
    failures: AtomicU64,
}

#[derive(Default)]
struct State {
    line: Option<Line>,
    /// A connection that was given up and whose thread still waits.
    stuck: Option<JoinHandle<()>>,
    /// Why there was no connection last.
    failed: Option<Fault>,
}

/// Tables whose texts are erased, and those that texts were taken out of, each with a column of words.
const ERASABLE: &[(&str, &str)] = &[
    ("said", "text"),
    ("session_texts", "reference"),
    ("texts", "text"),
    ("members", "name"),
    ("suspensions", "author"),
    ("agent_acts", "author"),
    ("exceptions", "author"),
    ("locks", "author"),
    ("offers", "author"),
];

/// A transaction under way.
struct Talk<'a> {
    line: &'a Line,
    /// What went wrong first: after it the server does nothing more in this transaction.
    fault: RefCell<Option<Fault>>,
}

/// What became of a try.
enum Failed<E> {
    /// Nothing was changed, and the next try may succeed.
    Again(E),
    Final(E),
}

// === impl Postgres

impl Postgres {
    /// Opens the record, or makes it in an empty schema; an older one is brought up to date.
    pub(in crate::records) fn open(place: &str) -> Result<Self, OpenError> {
        let place = Place::parse(place)?;
        let (state, own) = (Mutex::new(State::default()), AtomicI64::new(0));
        let (alone, failures) = (AtomicBool::new(false), AtomicU64::new(0));
        let store = Self { place, state, own, alone, failures };
        store.migrate(schema::STEPS)?;
        Ok(store)
    }

    /// Brings the database to the last of these steps. Whoever comes second while another program does it finds it done.
    pub(in crate::records) fn migrate(&self, steps: &[&str]) -> Result<(), OpenError> {
        let shown = || self.place.to_string();
        let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
        let closed = |fault: &Fault| OpenError::NoDatabase { place: shown(), why: fault.at_the_door() };
        let line = Line::open(&self.place).map_err(|(fault, _)| closed(&fault))?;
        // The line is dropped, and the transaction with it, wherever this ends early.
        line.ask(Job::Batch(format!("BEGIN; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")))
            .map_err(|fault| closed(&fault))?;
        let talk = Talk { line: &line, fault: RefCell::default() };
        let found =
            version(&talk).map_err(|e| OpenError::NoDatabase { place: shown(), why: e.to_string() })?;
        let (first, done) = match found {
            Found::Foreign => return Err(OpenError::NotARecord(shown())),
            Found::Record(found) if found > known => {
                return Err(OpenError::Newer { path: shown(), found, known });
            }
            Found::Record(found) => (String::new(), usize::try_from(found).unwrap_or(usize::MAX)),
            Found::Empty => (format!("{FIRST}{}", translate::ONLY_ADDED), 0),
        };
        if done == steps.len() {
            return Ok(());
        }
        let steps: String = steps.iter().skip(done).map(|step| translate::step(step)).collect();
        let all = format!("{first}{steps}; UPDATE aval_record SET version = {known}; COMMIT");
        line.ask(Job::Batch(all)).map_err(|fault| closed(&fault)).map(drop)
    }

    /// Another number whenever another program has changed the record. It counts what was written through this program's own kind.
    pub(in crate::records) fn foreign_changes(&self) -> Result<i64, StoreError> {
        let all = self.read(|tx| tx.count("SELECT changes FROM aval_record", &[]))?;
        Ok(all.wrapping_sub(self.own.load(Ordering::Relaxed)))
    }

    /// From now on this is the one program that serves the record; the server lets go of that with the connection, and it is asked
    /// for again with the next one.
    pub(in crate::records) fn alone(&self) -> Result<(), StoreError> {
        let mut state = self.lock();
        state.line = None;
        self.alone.store(true, Ordering::Relaxed);
        let (line, _) = self.line(&mut state).map_err(|fault| unavailable(&fault))?;
        state.keep(line, None);
        Ok(())
    }

    /// Writes the tables that texts are erased from anew, without rows or columns that are gone: `VACUUM FULL` would keep the rows that
    /// anybody's older transaction could still see, a changed column does not. What the server's own log still holds goes as it is overwritten.
    pub(in crate::records) fn purge(&self) -> Result<(), StoreError> {
        let mut state = self.lock();
        let (line, _) = self.line(&mut state).map_err(|fault| unavailable(&fault))?;
        let anew = |(table, column): &(&str, &str)| {
            format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE TEXT COLLATE \"C\" USING {column} || '';")
        };
        let anew: String = ERASABLE.iter().map(anew).collect();
        let done = line.ask(Job::Batch(anew));
        state.keep(line, done.as_ref().err());
        done.map(drop).map_err(|fault| unavailable(&fault))
    }

    /// One consistent reading.
    pub(in crate::records) fn read<T, E: From<StoreError>>(
        &self,
        look: impl Fn(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transact(READ, "COMMIT", look)
    }

    /// All of it, or none.
    pub(in crate::records) fn write<T, E: From<StoreError>>(
        &self,
        disk: Disk,
        change: impl Fn(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let begin = match disk {
            Disk::Waited => WRITE,
            Disk::Later => WRITE_LATER,
        };
        let done = self.transact(begin, WRITTEN, change)?;
        self.own.fetch_add(1, Ordering::Relaxed);
        Ok(done)
    }

    fn transact<T, E: From<StoreError>>(
        &self,
        begin: &str,
        end: &str,
        work: impl Fn(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let before = self.failures.load(Ordering::Relaxed);
        let mut state = self.lock();
        // Who waited while somebody tried in vain does not try after them: a server that is far and gone costs seconds each time.
        if let (None, Some(fault)) = (&state.line, &state.failed)
            && self.failures.load(Ordering::Relaxed) != before
        {
            return Err(unavailable(fault).into());
        }
        for _ in 1..TRIES {
            match self.once(&mut state, begin, end, &work) {
                Ok(done) => return Ok(done),
                Err(Failed::Final(error)) => return Err(error),
                Err(Failed::Again(_)) => {}
            }
        }
        self.once(&mut state, begin, end, &work).map_err(|failed| match failed {
            Failed::Again(error) | Failed::Final(error) => error,
        })
    }

    fn once<T, E: From<StoreError>>(
        &self,
        state: &mut State,
        begin: &str,
        end: &str,
        work: impl Fn(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, Failed<E>> {
        let sorry = |fault: &Fault| E::from(unavailable(fault));
        // Taken out: should `work` panic, the connection is dropped and its transaction undone.
        let (line, fresh) = self.line(state).map_err(|fault| Failed::Final(sorry(&fault)))?;
        if let Err(fault) = line.ask(Job::Batch(begin.to_owned())) {
            state.keep(line, Some(&fault));
            // A connection that was broken while nobody used it.
            let again = matches!(fault, Fault::Lost(_)) && !fresh;
            return Err(if again { Failed::Again(sorry(&fault)) } else { Failed::Final(sorry(&fault)) });
        }
        let talk = Talk { line: &line, fault: RefCell::default() };
        let worked = work(&talk);
        let fault = talk.fault.into_inner();
        let (done, fault) = match (worked, fault) {
            (Ok(done), None) => match line.ask(Job::Batch(end.to_owned())) {
                Ok(_) => {
                    state.keep(line, None);
                    return Ok(done);
                }
                // Whether it was committed is not known: said to have failed, and not done twice.
                Err(fault @ (Fault::Lost(_) | Fault::Silent)) => {
                    state.keep(line, Some(&fault));
                    return Err(Failed::Final(sorry(&fault)));
                }
                Err(fault) => (sorry(&fault), Some(fault)),
            },
            // Who goes on after a statement has failed would commit nothing.
            (Ok(_), Some(fault)) => (sorry(&fault), Some(fault)),
            (Err(error), fault) => (error, fault),
        };
        let undone = match &fault {
            Some(fault @ (Fault::Lost(_) | Fault::Silent)) => Some(fault.clone()),
            _ => line.ask(Job::Batch("ROLLBACK".to_owned())).err(),
        };
        state.keep(line, undone.as_ref());
        let again = fault.is_some_and(|fault| fault.may_pass());
        Err(if again { Failed::Again(done) } else { Failed::Final(done) })
    }

    /// The connection, and whether it is a new one. Whoever takes it says with [`State::keep`] what became of it.
    fn line(&self, state: &mut State) -> Result<(Line, bool), Fault> {
        if let Some(line) = state.line.take() {
            return Ok((line, false));
        }
        // One that is waited for is enough: a server that hangs must not be asked ever again by ever more threads.
        if state.stuck.take_if(|thread| thread.is_finished()).is_none() && state.stuck.is_some() {
            return Err(Fault::Silent);
        }
        let opened = Line::open(&self.place).map_err(|(fault, thread)| {
            if matches!(fault, Fault::Silent) {
                state.stuck = Some(thread);
            }
            fault
        });
        let taken = opened.and_then(|line| {
            if !self.alone.load(Ordering::Relaxed)
                || line.ask(Job::Rows(ALONE.to_owned(), Vec::new()))?.says_yes()
            {
                return Ok((line, true));
            }
            Err(Fault::Refused {
                state: TAKEN.to_owned(),
                said: "another relay serves this record: stop one of them".to_owned(),
            })
        });
        taken.inspect_err(|fault| {
            self.failures.fetch_add(1, Ordering::Relaxed);
            state.failed = Some(fault.clone());
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl State, Fault, Talk

impl State {
    fn keep(&mut self, line: Line, fault: Option<&Fault>) {
        match fault {
            None | Some(Fault::Refused { .. }) => self.line = Some(line),
            Some(Fault::Silent) => self.stuck = Some(line.abandon()),
            Some(Fault::Lost(_)) => drop(line),
        }
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("connected", &self.line.is_some()).finish_non_exhaustive()
    }
}

impl Fault {
    /// Whether the same again may succeed: two transactions met (40001, 40P01), or wanted the same name (23505), or the line broke
    /// before anything was confirmed.
    fn may_pass(&self) -> bool {
        match self {
            Self::Refused { state, .. } => matches!(state.as_str(), "40001" | "40P01" | "23505"),
            Self::Lost(_) => true,
            Self::Silent => false,
        }
    }
}

impl Fault {
    /// Why the record can't be opened, and what to do.
    fn at_the_door(&self) -> String {
        let advice = match self {
            Self::Lost(why) if why.contains("certificate") => {
                "name the host as its certificate does, and in sslrootcert=FILE the authority that signed it"
            }
            Self::Lost(_) => "start PostgreSQL there, or correct the address",
            Self::Silent => "look at its load and its log, and try again",
            Self::Refused { state, .. } => match state.as_str() {
                "28P01" => {
                    "give the user’s password in a file that only you may read: passfile=FILE in the address, one line \
                     HOST:PORT:DATABASE:USER:PASSWORD in it"
                }
                "28000" => "make that user (createuser), or let it in by pg_hba.conf",
                "3D000" => "make the database: createdb --owner=USER DATABASE",
                "42501" => "make that user the database’s owner: ALTER DATABASE … OWNER TO …",
                "53300" => "the server has no connection left: raise its max_connections",
                _ => "look at the server’s log",
            },
        };
        format!("{self}. What to do: {advice}")
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused { state, said } => match state.as_str() {
                TAKEN => write!(f, "another program holds it; try again ({said})"),
                "53100" => write!(f, "the disk is full; make room ({said})"),
                _ => write!(f, "{said} ({state})"),
            },
            Self::Lost(why) => write!(f, "PostgreSQL can’t be reached: {why}"),
            Self::Silent => f.write_str("PostgreSQL does not answer"),
        }
    }
}

impl Statements for Talk<'_> {
    fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        match self.ask(Job::Rows(sql.to_owned(), values.to_vec()))? {
            Answer::Rows(rows) => Ok(rows),
            Answer::Changed(_) => Ok(Vec::new()),
        }
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        match self.ask(Job::Execute(sql.to_owned(), values.to_vec()))? {
            Answer::Changed(rows) => Ok(rows),
            Answer::Rows(_) => Ok(0),
        }
    }
}

impl Talk<'_> {
    fn ask(&self, job: Job) -> Result<Answer, StoreError> {
        self.line.ask(job).map_err(|fault| {
            let error = unavailable(&fault);
            self.fault.borrow_mut().get_or_insert(fault);
            error
        })
    }
}

/// What a database claims to be.
enum Found {
    Empty,
    Record(u32),
    Foreign,
}

fn version(tx: &Talk<'_>) -> Result<Found, StoreError> {
    const TABLES: &str = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";
    if tx.count(&format!("{TABLES} AND c.relname = 'aval_record'"), &[])? == 0 {
        return Ok(if tx.count(TABLES, &[])? == 0 { Found::Empty } else { Found::Foreign });
    }
    let version = tx.count("SELECT version FROM aval_record", &[])?;
    Ok(u32::try_from(version).map_or(Found::Foreign, Found::Record))
}

fn unavailable(fault: &Fault) -> StoreError {
    StoreError::Unavailable(fault.to_string())
}
