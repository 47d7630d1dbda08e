//! What must never go back: the highest epoch, and the tickets that were used.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aval_protocol::id::{Epoch, SessionId, UnixSeconds};
use serde::{Deserialize, Serialize};

use super::{StateError, aside, replace};

/// Used tickets that are remembered at most; a ticket lives for two minutes, so more means something is very wrong.
const MAX_SPENT: usize = 4096;

/// The agent's own memory. Each change is on disk before it is used.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    record: Record,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    /// The highest epoch ever given out.
    epoch: u64,
    /// Sessions whose ticket was used, with the moment until which it would be valid.
    spent: Vec<(String, i64)>,
    /// Tickets issued before this moment are void: what was spent then is not known any more.
    tickets_from: i64,
}

// === impl Ledger

impl Ledger {
    /// Reads the memory. A damaged one is kept aside; then epochs go on far above any that can have been used (by the wall
    /// clock), and tickets older than `now` are void. Says where the damaged file is.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn open(path: &Path, now: UnixSeconds) -> Result<(Self, Option<PathBuf>), StateError> {
        let fail = |error| StateError::Io { path: path.to_owned(), error };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((Self { path: path.to_owned(), record: Record::default() }, None));
            }
            Err(error) => return Err(fail(error)),
        };
        if let Ok(record) = serde_json::from_slice::<Record>(&bytes) {
            return Ok((Self { path: path.to_owned(), record }, None));
        }
        let kept = aside(path, "damaged");
        fs::rename(path, &kept).map_err(fail)?;
        let record =
            Record { epoch: u64::try_from(now.0).unwrap_or(0), spent: Vec::new(), tickets_from: now.0 };
        let mut ledger = Self { path: path.to_owned(), record: Record::default() };
        ledger.keep(record)?;
        Ok((ledger, Some(kept)))
    }

    /// The next epoch. On disk before it is returned, so that no crash gives it out twice.
    ///
    /// # Errors
    /// [`StateError`]: then no session may begin.
    pub fn next_epoch(&mut self) -> Result<Epoch, StateError> {
        let mut record = self.record.clone();
        record.epoch = record.epoch.checked_add(1).ok_or_else(|| StateError::Damaged {
            path: self.path.clone(),
            why: "all epochs are used up".to_owned(),
        })?;
        self.keep(record)?;
        Ok(Epoch(self.record.epoch))
    }

    /// Uses a ticket. `false`: it was used before, or it is from a time that is not remembered.
    ///
    /// # Errors
    /// [`StateError`]: then the ticket counts as used.
    pub fn spend(
        &mut self,
        session: SessionId,
        issued_at: UnixSeconds,
        until: UnixSeconds,
        now: UnixSeconds,
    ) -> Result<bool, StateError> {
        let name = session.to_string();
        let known = self.record.spent.iter().any(|(spent, _)| *spent == name);
        if known || issued_at.0 < self.record.tickets_from {
            return Ok(false);
        }
        let mut record = self.record.clone();
        record.spent.retain(|(_, until)| *until >= now.0);
        if record.spent.len() >= MAX_SPENT {
            return Ok(false);
        }
        record.spent.push((name, until.0));
        self.keep(record)?;
        Ok(true)
    }

    fn keep(&mut self, record: Record) -> Result<(), StateError> {
        let bytes = serde_json::to_vec(&record)
            .map_err(|e| StateError::Damaged { path: self.path.clone(), why: e.to_string() })?;
        replace(&self.path, &bytes)?;
        self.record = record;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
