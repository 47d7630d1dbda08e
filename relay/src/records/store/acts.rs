//! What managers decide besides machines and contracts, and the one consistent reading that the gate judges by.

use aval_protocol::id::{AgentId, PersonId, UnixSeconds};

use super::Store;
use super::contracts::contract;
use super::equipment::{in_force, listed};
use super::identity::quarantined;
use super::machines::{coverage, known, one};
use super::papers::{of_papers, papers};
use super::read::{agent_id, col, flag, moment, note, person, unreadable};
use super::said::{Said, said, say};
use crate::gate::hours::Window;
use crate::gate::papers::Papers;
use crate::records::sql::{Row, Tx, values};
use crate::records::{AgentStanding, ExceptionRow, RecordFacts, StoreError};

/// Longest exception to the support hours, in seconds.
const MAX_EXCEPTION_S: i64 = 12 * 3600;

impl Store {
    /// Records a manager's exception to the support hours.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] without such a machine, [`StoreError::Invalid`] when it has no length, is longer than 12 hours,
    /// over already, or has no reason; [`StoreError::Unavailable`].
    pub fn grant_exception(&self, row: &ExceptionRow) -> Result<(), StoreError> {
        let reason = note("the reason", &row.reason)?;
        let Window { from, until } = row.window;
        let length = until.0.checked_sub(from.0).unwrap_or(i64::MAX);
        if !(1..=MAX_EXCEPTION_S).contains(&length) {
            return Err(StoreError::Invalid(
                "an exception lasts more than nothing and at most 12 hours: check both moments".to_owned(),
            ));
        }
        if until <= row.at {
            return Err(StoreError::Invalid(
                "this exception would be over already: check the day".to_owned(),
            ));
        }
        self.write(|tx| {
            known(tx, row.agent)?;
            let added = tx.first(
                "INSERT INTO exceptions (agent, opens, closes, author, at) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING n",
                values![row.agent.0, from.0, until.0, row.by.as_str(), row.at.0],
            )?;
            say(tx, Said::Exception, added.as_ref(), reason)
        })
    }

    /// Locks or unlocks a technician. Said twice it is recorded twice: the newest word counts.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] without a reason, [`StoreError::Unavailable`].
    pub fn set_lock(
        &self,
        technician: &PersonId,
        locked: bool,
        reason: &str,
        by: &PersonId,
        at: UnixSeconds,
    ) -> Result<(), StoreError> {
        let reason = note("the reason", reason)?;
        self.write(|tx| {
            let added = tx.first(
                "INSERT INTO locks (technician, locked, author, at) VALUES (?1, ?2, ?3, ?4) RETURNING n",
                values![technician.as_str(), locked, by.as_str(), at.0],
            )?;
            say(tx, Said::Lock, added.as_ref(), reason)
        })
    }

    /// Whether a technician is locked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: treat as locked.
    pub fn locked(&self, technician: &PersonId) -> Result<bool, StoreError> {
        self.read(|tx| is_locked(tx, technician))
    }

    /// Everyone who is locked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn locked_all(&self) -> Result<Vec<PersonId>, StoreError> {
        self.read(|tx| {
            let newest = "SELECT technician, locked FROM locks l
                 WHERE n = (SELECT max(n) FROM locks WHERE technician = l.technician) ORDER BY technician";
            let mut all = Vec::new();
            for row in &tx.rows(newest, values![])? {
                if flag(row, "locked")? {
                    all.push(person(row, "technician")?);
                }
            }
            Ok(all)
        })
    }

    /// What the gate judges a request by at a moment: one reading, in which nothing changes under it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the gate refuses.
    pub fn facts_for(
        &self,
        technician: &PersonId,
        agent: AgentId,
        now: UnixSeconds,
    ) -> Result<(RecordFacts, Papers), StoreError> {
        self.read(|tx| {
            let technician_locked = is_locked(tx, technician)?;
            let Some(row) = one(tx, agent)? else {
                let nobody = RecordFacts {
                    technician_locked,
                    agent: AgentStanding::Unknown,
                    quarantined: false,
                    coverage: coverage(tx, agent)?,
                    contract: None,
                    exceptions: Vec::new(),
                };
                return Ok((nobody, Papers::default()));
            };
            let contract = contract(tx, &row.contract)?.ok_or_else(|| unreadable("contract"))?;
            let machine = Some((agent, coverage(tx, agent)?));
            let quarantined = quarantined(tx, agent)?;
            let judged = of_papers(contract, &papers(tx, &row.contract)?, machine, now)?;
            let list = in_force(tx, &row.contract, now)?;
            let coverage = listed(tx, list.as_ref(), agent, judged.coverage, now)?;
            let facts = RecordFacts {
                technician_locked,
                agent: row.standing,
                quarantined,
                coverage,
                contract: Some(judged.contract),
                exceptions: exceptions(tx, agent, now)?,
            };
            Ok((facts, judged.papers))
        })
    }
}

fn is_locked(tx: &Tx<'_>, technician: &PersonId) -> Result<bool, StoreError> {
    tx.first(
        "SELECT locked FROM locks WHERE technician = ?1 ORDER BY n DESC LIMIT 1",
        values![technician.as_str()],
    )?
    .as_ref()
    .map_or(Ok(false), |row| flag(row, "locked"))
}

fn exceptions(tx: &Tx<'_>, agent: AgentId, now: UnixSeconds) -> Result<Vec<ExceptionRow>, StoreError> {
    tx.rows(
        "SELECT * FROM exceptions WHERE agent = ?1 AND closes > ?2 ORDER BY opens, n",
        values![agent.0, now.0],
    )?
    .iter()
    .map(|row| exception(tx, row))
    .collect()
}

fn exception(tx: &Tx<'_>, row: &Row) -> Result<ExceptionRow, StoreError> {
    Ok(ExceptionRow {
        agent: agent_id(row, "agent")?,
        window: Window { from: moment(row, "opens")?, until: moment(row, "closes")? },
        by: person(row, "author")?,
        reason: said(tx, Said::Exception, col(row, "n")?)?,
        at: moment(row, "at")?,
    })
}
