//! A connection to PostgreSQL on a thread of its own, which may be spoken to from anywhere – the client runs a small runtime that
//! must not be entered from within another – and given up when the server does not answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};

use super::place::Place;
use super::translate;
use crate::records::sql::{Row, Value};

/// How long an answer is waited for; longer than the server waits for anything itself.
const PATIENCE: Duration = Duration::from_secs(20);
/// What holds for each connection: locks are waited for as long as SQLite's, nothing hangs for ever, and
/// the server finds out within half a minute that a program far away is gone, for it may be the one that serves alone.
const SETTINGS: &str =
    "SET lock_timeout = 5000; SET statement_timeout = 15000; SET client_min_messages = warning;
     SET idle_in_transaction_session_timeout = 60000; SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5;
     SET tcp_keepalives_count = 3";

/// What is asked of the server.
pub(super) enum Job {
    Batch(String),
    Rows(String, Vec<Value>),
    Execute(String, Vec<Value>),
}

/// Its answer.
pub(super) enum Answer {
    Rows(Vec<Row>),
    Changed(u64),
}

/// Why there is none.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// The server said no, with this SQLSTATE.
    Refused { state: String, said: String },
    /// The connection is gone, or never was.
    Lost(String),
    /// No answer came in time; whatever was asked may still happen.
    Silent,
}

/// A connection.
pub(super) struct Line {
    jobs: Sender<(Job, Sender<Result<Answer, Fault>>)>,
    thread: JoinHandle<()>,
}

// === impl Answer, Line

impl Answer {
    /// Whether it is one row with a 1 in its column `yes`.
    pub(super) fn says_yes(&self) -> bool {
        match self {
            Self::Rows(rows) => rows.iter().any(|row| row.value("yes") == Some(&Value::Int(1))),
            Self::Changed(_) => false,
        }
    }
}

impl Line {
    /// Connects.
    pub(super) fn open(place: &Place) -> Result<Self, (Fault, JoinHandle<()>)> {
        let (jobs, asked) = channel();
        let (told, answer) = channel();
        let place = place.clone();
        let thread = std::thread::spawn(move || serve(&place, &told, &asked));
        match answer.recv_timeout(PATIENCE) {
            Ok(Ok(())) => Ok(Self { jobs, thread }),
            Ok(Err(fault)) => Err((fault, thread)),
            Err(_) => Err((Fault::Silent, thread)),
        }
    }

    /// Asks and waits.
    pub(super) fn ask(&self, job: Job) -> Result<Answer, Fault> {
        let (told, answer) = channel();
        let gone = || Fault::Lost("the connection is closed".to_owned());
        self.jobs.send((job, told)).map_err(|_| gone())?;
        match answer.recv_timeout(PATIENCE) {
            Ok(answer) => answer,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => Err(Fault::Silent),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }

    /// Gives it up; the thread ends when the server answers or the connection breaks.
    pub(super) fn abandon(self) -> JoinHandle<()> {
        self.thread
    }
}

fn serve(
    place: &Place,
    told: &Sender<Result<(), Fault>>,
    asked: &Receiver<(Job, Sender<Result<Answer, Fault>>)>,
) {
    let client = match &place.tls {
        None => place.config.connect(NoTls),
        Some(tls) => place.config.connect(tls.clone()),
    };
    let connected = client.and_then(|mut client| {
        client.batch_execute(SETTINGS)?;
        Ok(client)
    });
    let mut client = match connected {
        Ok(client) => client,
        Err(error) => return drop(told.send(Err(fault(&error)))),
    };
    if told.send(Ok(())).is_err() {
        return;
    }
    let mut known = HashMap::new();
    while let Ok((job, told)) = asked.recv() {
        let answer = answer(&mut client, &mut known, &job).map_err(|error| fault(&error));
        if told.send(answer).is_err() || client.is_closed() {
            return;
        }
    }
}

fn answer(
    client: &mut Client,
    known: &mut HashMap<String, Statement>,
    job: &Job,
) -> Result<Answer, postgres::Error> {
    match job {
        Job::Batch(sql) => client.batch_execute(sql).map(|()| Answer::Changed(0)),
        Job::Rows(sql, values) => {
            let statement = prepared(client, known, sql)?;
            let names: Arc<[String]> = statement.columns().iter().map(|c| c.name().to_owned()).collect();
            let rows = client.query(&statement, &parameters(values))?;
            let rows = rows.iter().map(|row| {
                let values = (0..names.len()).map(|at| row.try_get(at)).collect::<Result<_, _>>()?;
                Ok(Row::new(Arc::clone(&names), values))
            });
            rows.collect::<Result<_, _>>().map(Answer::Rows)
        }
        Job::Execute(sql, values) => {
            let statement = prepared(client, known, sql)?;
            client.execute(&statement, &parameters(values)).map(Answer::Changed)
        }
    }
}

fn prepared(
    client: &mut Client,
    known: &mut HashMap<String, Statement>,
    sql: &str,
) -> Result<Statement, postgres::Error> {
    if let Some(statement) = known.get(sql) {
        return Ok(statement.clone());
    }
    let statement = client.prepare(&translate::marks(sql))?;
    known.insert(sql.to_owned(), statement.clone());
    Ok(statement)
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn fault(error: &postgres::Error) -> Fault {
    match error.as_db_error() {
        // The server ends the connection with these (class 57, operator intervention), and says so before.
        Some(said) if said.code().code().starts_with("57P") => Fault::Lost(said.message().to_owned()),
        Some(said) => {
            Fault::Refused { state: said.code().code().to_owned(), said: said.message().to_owned() }
        }
        None if error.is_closed() => Fault::Lost("the connection is closed".to_owned()),
        None => {
            let cause =
                std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
            match cause.as_str() {
                // What the client says when the server asks for one and there is none to give.
                "password missing" => Fault::Refused { state: "28P01".to_owned(), said: cause },
                _ => Fault::Lost(cause),
            }
        }
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Int(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            Self::Text(text) if *ty == Type::TEXT => text.to_sql(ty, out),
            Self::Blob(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            _ => Err(format!("a value does not fit a {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Self::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|number| Self::Int(number.into())),
            Type::BYTEA => Vec::from_sql(ty, raw).map(Self::Blob),
            _ => String::from_sql(&Type::TEXT, raw).map(Self::Text),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::BYTEA | Type::TEXT)
    }
}
