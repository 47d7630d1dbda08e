//! The machines as this desk knows them: read once, then kept up to date by what the relay says has changed. Whoever looks gets
//! what is newer than what they have, once, however slow they are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aval_protocol::id::AgentId;
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::record::{MachineNews, MachineRow, Mark};
use tokio::sync::watch;
use tokio::time::sleep;

use super::line::Line;
use crate::calls::machines_marked;
use crate::link::{CallError, Console};
use crate::say::Said;

/// Seconds that the relay may keep a question for news.
const WAIT_S: u8 = 20;
/// The pause after a question that failed.
const PAUSE: Duration = Duration::from_secs(2);

/// The machines.
#[derive(Debug)]
pub(super) struct Roster {
    inner: Mutex<Inner>,
    version: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Inner {
    version: u64,
    loaded: bool,
    trouble: Option<Said>,
    rows: BTreeMap<AgentId, (u64, MachineRow)>,
    gone: BTreeMap<AgentId, u64>,
}

/// What is newer than somebody's version.
#[derive(Debug)]
pub(super) struct Newer {
    pub(super) version: u64,
    pub(super) rows: Vec<MachineRow>,
    pub(super) gone: Vec<AgentId>,
}

// === impl Roster

impl Roster {
    pub(super) fn new() -> Self {
        Self { inner: Mutex::default(), version: watch::Sender::new(0) }
    }

    /// One machine.
    pub(super) fn get(&self, agent: AgentId) -> Option<MachineRow> {
        self.inner().rows.get(&agent).map(|(_, row)| row.clone())
    }

    /// Every machine, and the version that this is; before the list was read, why not, if there is a reason.
    ///
    /// # Errors
    /// The list is not there.
    pub(super) fn rows(&self) -> Result<(u64, Vec<MachineRow>), Option<Said>> {
        let inner = self.inner();
        if !inner.loaded {
            return Err(inner.trouble.clone());
        }
        Ok((inner.version, inner.rows.values().map(|(_, row)| row.clone()).collect()))
    }

    /// What changed since a version.
    pub(super) fn since(&self, version: u64) -> Newer {
        let inner = self.inner();
        let rows = inner.rows.values().filter(|(v, _)| *v > version).map(|(_, row)| row.clone());
        let gone = inner.gone.iter().filter(|(_, v)| **v > version).map(|(agent, _)| *agent);
        Newer { version: inner.version, rows: rows.collect(), gone: gone.collect() }
    }

    /// The version now.
    pub(super) fn version(&self) -> u64 {
        self.inner().version
    }

    /// Hears of every change.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Waits until the list was read, or could not be.
    pub(super) async fn loaded(&self) {
        let mut changes = self.changes();
        // The sender lives as long as this.
        while !self.inner().loaded && self.inner().trouble.is_none() && changes.changed().await.is_ok() {}
    }

    fn replace(&self, rows: Vec<MachineRow>) {
        self.change(|inner| {
            let here: BTreeMap<AgentId, MachineRow> = rows.into_iter().map(|row| (row.agent, row)).collect();
            let gone: Vec<AgentId> =
                inner.rows.keys().filter(|agent| !here.contains_key(agent)).copied().collect();
            gone.into_iter().for_each(|agent| inner.leave(agent));
            here.into_values().for_each(|row| inner.put(row));
            (inner.loaded, inner.trouble) = (true, None);
        });
    }

    fn apply(&self, news: MachineNews) {
        self.change(|inner| {
            news.rows.into_iter().for_each(|row| inner.put(row));
            news.gone.into_iter().for_each(|agent| inner.leave(agent));
        });
    }

    /// The relay does not answer this member: what it said before is not shown any more.
    fn refused(&self, said: Said) {
        self.change(|inner| {
            let all: Vec<AgentId> = inner.rows.keys().copied().collect();
            all.into_iter().for_each(|agent| inner.leave(agent));
            (inner.loaded, inner.trouble) = (false, Some(said));
        });
    }

    fn change(&self, with: impl FnOnce(&mut Inner)) {
        let version = {
            let mut inner = self.inner();
            inner.version += 1;
            with(&mut inner);
            inner.version
        };
        self.version.send_replace(version);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Inner

impl Inner {
    fn put(&mut self, row: MachineRow) {
        self.gone.remove(&row.agent);
        let same = self.rows.get(&row.agent).is_some_and(|(_, known)| *known == row);
        if !same {
            self.rows.insert(row.agent, (self.version, row));
        }
    }

    fn leave(&mut self, agent: AgentId) {
        if self.rows.remove(&agent).is_some() {
            self.gone.insert(agent, self.version);
        }
    }
}

/// Keeps the list up to date over whatever line there is, until it is dropped.
pub(super) async fn keep(roster: Arc<Roster>, line: Line) {
    let mut changes = line.changes();
    loop {
        let console = changes.borrow_and_update().console.clone();
        let Some(console) = console else {
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        };
        let Err(error) = follow(&roster, &console).await;
        tracing::info!(%error, "the list of machines can’t be followed");
        if let CallError::Fault { code: FaultCode::Forbidden, .. } = &error {
            roster.refused(error.said());
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = sleep(PAUSE) => {}
        }
    }
}

async fn follow(roster: &Roster, console: &Console) -> Result<std::convert::Infallible, CallError> {
    let mut mark: Option<Mark> = None;
    loop {
        let since = match mark {
            Some(mark) => mark,
            None => {
                let (rows, mark) = machines_marked(console).await?;
                roster.replace(rows);
                mark
            }
        };
        let Reply::News(news) = console.call(Call::News { since, wait_s: WAIT_S }).await? else {
            return Err(CallError::Odd);
        };
        mark = (!news.all).then_some(news.mark);
        if !news.rows.is_empty() || !news.gone.is_empty() {
            roster.apply(news);
        }
    }
}

#[cfg(test)]
mod tests {
    use aval_protocol::id::ContractId;
    use aval_protocol::wire::inventory::HardwareFacts;
    use aval_protocol::wire::record::{ContractStanding, ContractState, CoverageState};

    use super::*;

    fn row(first: u8, online: bool) -> MachineRow {
        MachineRow {
            agent: AgentId([first; 16]),
            facts: HardwareFacts::default(),
            client: "Menuiserie Kervella".into(),
            contract: ContractId::new("C-2026-014").unwrap(),
            spki: vec![],
            approved: true,
            online,
            last_seen: None,
            standing: ContractStanding { state: ContractState::InForce, on: None },
            coverage: CoverageState::Covered,
        }
    }

    #[test]
    fn only_what_is_new_is_told_and_only_once() {
        let roster = Roster::new();
        assert_eq!(roster.rows().unwrap_err(), None);
        roster.replace(vec![row(1, true), row(2, true)]);
        let first = roster.since(0);
        assert_eq!((first.rows.len(), first.gone.len()), (2, 0));
        roster.replace(vec![row(1, true), row(3, true)]);
        let second = roster.since(first.version);
        assert_eq!(roster.rows().unwrap().0, second.version);
        assert_eq!((second.rows, second.gone), (vec![row(3, true)], vec![AgentId([2; 16])]));
        let news = MachineNews {
            mark: Mark::default(),
            all: false,
            rows: vec![row(1, false), row(2, true)],
            gone: vec![],
        };
        roster.apply(news);
        let third = roster.since(second.version);
        assert_eq!((third.rows, third.gone), (vec![row(1, false), row(2, true)], vec![]));
        assert!(roster.since(third.version).rows.is_empty());
        roster.refused(Said { fr: "Non.".into(), en: "No.".into() });
        assert!(roster.rows().is_err() && roster.since(third.version).gone.len() == 3);
    }
}
