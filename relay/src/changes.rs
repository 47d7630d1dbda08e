//! What changed among the machines, for those who watch the list: numbers, not rows. Whoever was away for long is told to read
//! everything again; nobody's slowness keeps anything waiting here.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aval_protocol::id::AgentId;
use aval_protocol::wire::record::Mark;
use tokio::sync::watch;

/// Changes since this relay started.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Tells one start of the relay from another.
    boot: u64,
    inner: Mutex<Inner>,
    bell: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Inner {
    version: u64,
    /// Everything may have changed at this one.
    all_at: u64,
    /// The newest change of each machine, and by number.
    of: HashMap<AgentId, u64>,
    by: BTreeMap<u64, AgentId>,
}

/// What changed since a mark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Since {
    /// Nothing.
    Nothing,
    /// These, up to this mark; there may be more.
    These(Vec<AgentId>, Mark),
    /// Nobody knows: read everything.
    Everything(Mark),
}

// === impl Changes

impl Changes {
    pub(crate) fn new(boot: u64) -> Self {
        Self { boot, inner: Mutex::default(), bell: watch::Sender::new(0) }
    }

    /// A machine's row may be another now.
    pub(crate) fn touch(&self, agent: AgentId) {
        let version = {
            let mut inner = self.inner();
            inner.version += 1;
            let version = inner.version;
            if let Some(before) = inner.of.insert(agent, version) {
                inner.by.remove(&before);
            }
            inner.by.insert(version, agent);
            version
        };
        self.bell.send_replace(version);
    }

    /// Any row may be another now: another program wrote into the record, or a new day has begun.
    pub(crate) fn everything(&self) {
        let version = {
            let mut inner = self.inner();
            inner.version += 1;
            inner.all_at = inner.version;
            inner.of.clear();
            inner.by.clear();
            inner.version
        };
        self.bell.send_replace(version);
    }

    /// Now.
    pub(crate) fn mark(&self) -> Mark {
        Mark { boot: self.boot, version: self.inner().version }
    }

    /// What changed since, the oldest first, at most so many.
    pub(crate) fn since(&self, mark: Mark, most: usize) -> Since {
        let inner = self.inner();
        let at = |version| Mark { boot: self.boot, version };
        if mark.boot != self.boot || mark.version > inner.version || mark.version < inner.all_at {
            return Since::Everything(at(inner.version));
        }
        let newer: Vec<_> = inner
            .by
            .range(mark.version + 1..)
            .take(most)
            .map(|(version, agent)| (*version, *agent))
            .collect();
        match newer.last() {
            None => Since::Nothing,
            Some((last, _)) => Since::These(newer.iter().map(|(_, agent)| *agent).collect(), at(*last)),
        }
    }

    /// Rings at each change.
    pub(crate) fn bell(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: AgentId = AgentId([1; 16]);
    const B: AgentId = AgentId([2; 16]);

    #[test]
    fn each_machine_is_told_once_with_its_newest_change() {
        let changes = Changes::new(7);
        let start = changes.mark();
        assert_eq!(changes.since(start, 10), Since::Nothing);
        for agent in [A, B, A, A] {
            changes.touch(agent);
        }
        let Since::These(first, mark) = changes.since(start, 1) else { panic!() };
        assert_eq!(first, [B]);
        let Since::These(second, mark) = changes.since(mark, 10) else { panic!() };
        assert_eq!((second, mark), (vec![A], changes.mark()));
        assert_eq!(changes.since(mark, 10), Since::Nothing);
    }

    #[test]
    fn whoever_cannot_be_told_reads_everything() {
        let changes = Changes::new(7);
        changes.touch(A);
        let before = changes.mark();
        changes.everything();
        assert_eq!(changes.since(before, 10), Since::Everything(changes.mark()));
        let now = changes.mark();
        changes.touch(B);
        assert_eq!(changes.since(now, 10), Since::These(vec![B], changes.mark()));
        for foreign in [Mark { boot: 8, version: 1 }, Mark { boot: 7, version: 99 }] {
            assert_eq!(changes.since(foreign, 10), Since::Everything(changes.mark()));
        }
    }
}
