//! Proof of the record: what it refuses to open, that a code works once, that history stays, that nothing is guessed.

mod codes;
mod door;
mod dump;
mod equipment;
mod history;
mod identity;
mod installs;
mod inventory;
mod machines;
mod opening;
mod papers;
mod person;
mod postgres;
mod work;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use aval_protocol::firm::{Signed, Signer};
use aval_protocol::id::{AgentId, ContractId, PersonId, UnixSeconds};
use aval_protocol::text::Lang;
use aval_protocol::wire::enrol::Accepted;
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::session::Approval;
use jiff::civil::Date;
use rusqlite::Connection;
use tempfile::TempDir;

use super::Store;
use crate::gate::term::{Day, Months, Term};
use crate::records::sql::Value;
use crate::records::{AgentRow, Author, NewContract, StoreError, agent_of};

/// Wednesday 2026-11-18, 09:26:40 in Paris.
const NOW: UnixSeconds = UnixSeconds(1_795_000_000 - 10_000);

/// What keeps the record in a test.
#[derive(Clone, Copy)]
enum Engine {
    Sqlite,
    Postgres,
}

/// Each of these functions is a test on SQLite and a test on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn on_sqlite() {
                super::$name(super::Engine::Sqlite);
            }

            #[test]
            fn on_postgres() {
                super::$name(super::Engine::Postgres);
            }
        }
    )+};
}
use on_both;

/// A record of its own, with one contract.
struct Desk {
    /// For SQLite's file, and whatever else.
    dir: TempDir,
    /// Where PostgreSQL has it.
    place: Option<String>,
    store: Store,
    firm: Signer,
    drawn: AtomicU64,
}

impl Desk {
    fn on(engine: Engine) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = matches!(engine, Engine::Postgres).then(aval_test_cluster::place);
        let store = match &place {
            None => Store::open(&dir.path().join("record.db")).unwrap(),
            Some(place) => Store::connect(place).unwrap(),
        };
        store.open_contract(&contract("C-2026-001"), &Author::Host, NOW).unwrap();
        Self { dir, place, store, firm: Signer::generate().unwrap(), drawn: AtomicU64::new(1) }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("record.db")
    }

    /// The record once more, as another program has it.
    fn again(&self) -> Store {
        match &self.place {
            None => Store::open_existing(&self.path()).unwrap(),
            Some(place) => Store::connect(place).unwrap(),
        }
    }

    /// Changes rows past everything that the record's own functions look at.
    fn spoil(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.store.write(|tx| tx.execute(sql, values))
    }

    fn count(&self, sql: &str) -> i64 {
        self.store.read(|tx| tx.count(sql, &[])).unwrap()
    }

    /// The file as any other program sees it.
    fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    fn code(&self) -> String {
        let n = self.drawn.fetch_add(1, Ordering::Relaxed);
        self.store.issue_code(&id("C-2026-001"), 60, &manager(), NOW, n.to_le_bytes()).unwrap().code
    }

    fn attach(&self) -> AgentRow {
        let spki = Signer::generate().unwrap().spki().to_vec();
        self.store.redeem(&self.code(), &spki, &facts("ACCUEIL-01"), &accepted(), NOW).unwrap()
    }

    fn approval(&self, agent: &AgentRow) -> Signed<Approval> {
        let approval = Approval {
            agent_key: aval_protocol::id::KeyId::of_spki(&agent.spki),
            contract: agent.contract.clone(),
            hostname: agent.facts.hostname.clone(),
            at: NOW,
        };
        self.firm.sign(&approval).unwrap()
    }

    fn approved(&self) -> AgentRow {
        let row = self.attach();
        self.store.approve(row.id, &self.approval(&row), &person("claire.dubois"), NOW).unwrap();
        self.store.agent(row.id).unwrap().unwrap()
    }
}

fn contract(reference: &str) -> NewContract {
    NewContract {
        id: id(reference),
        client: "Fleurs Martin SARL".to_owned(),
        signed_on: day("2025-12-20"),
        term: Term::new(day("2026-01-01"), Months::default()),
        postal: Some("94200".parse().unwrap()),
        onsite: true,
        holidays: Some("custom:2026-12-24".parse().unwrap()),
    }
}

fn id(text: &str) -> ContractId {
    ContractId::new(text).unwrap()
}

fn person(text: &str) -> PersonId {
    PersonId::new(text).unwrap()
}

fn manager() -> Author {
    Author::Member(person("claire.dubois"))
}

fn day(text: &str) -> Day {
    Day::new(text.parse::<Date>().unwrap()).unwrap()
}

fn facts(hostname: &str) -> HardwareFacts {
    HardwareFacts { hostname: hostname.to_owned(), memory_mib: Some(7_900), ..HardwareFacts::default() }
}

fn accepted() -> Accepted {
    Accepted { version: "0.1.0".to_owned(), sha256: [7; 32], lang: Lang::Fr }
}

fn after(seconds: i64) -> UnixSeconds {
    UnixSeconds(NOW.0 + seconds)
}

fn nobody() -> AgentId {
    agent_of(b"no such key")
}

fn bytes_of(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}
