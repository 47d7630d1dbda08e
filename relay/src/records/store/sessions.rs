//! The work record: sessions without their content, receipts, and lines as measured.

use aval_protocol::id::{AgentId, SessionId, UnixSeconds};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::record::LineFacts;
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};

use super::Store;
use super::machines::known;
use super::read::{agent_id, col, contract_id, moment, person, session_id, unreadable};
use crate::records::sql::{Row, Tx, values};
use crate::records::{SessionRow, SessionStep, StoreError};

/// Longest receipt, in bytes: a signed statement with a chain of certificates.
const MAX_RECEIPT: usize = 16 * 1024;

impl Store {
    /// Records that a ticket was given. The row's steps are not looked at: they come one by one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the session is known, [`StoreError::NotFound`] without such a machine or contract,
    /// [`StoreError::Unavailable`].
    pub fn session_requested(&self, new: &SessionRow) -> Result<(), StoreError> {
        self.write(|tx| {
            known(tx, new.request.agent)?;
            super::contracts::exists(tx, &new.contract)?;
            let added = tx.execute(
                "INSERT INTO sessions (id, technician, contract, agent, capabilities, category, minutes, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING",
                values![
                    new.id.0,
                    new.technician.as_str(),
                    new.contract.as_str(),
                    new.request.agent.0,
                    new.request.capabilities.bits(),
                    new.request.category.number(),
                    new.request.minutes,
                    new.at.0,
                ],
            )?;
            if added == 0 {
                return Err(StoreError::Conflict(format!("the session {} is recorded already", new.id)));
            }
            tx.execute(
                "INSERT INTO session_texts (session, reference) VALUES (?1, ?2)",
                values![new.id.0, &new.request.reference],
            )?;
            Ok(())
        })
    }

    /// Records what happened to a session.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Conflict`] when it has ended, [`StoreError::Unavailable`].
    pub fn session_step(
        &self,
        session: SessionId,
        at: UnixSeconds,
        step: SessionStep,
    ) -> Result<(), StoreError> {
        let (label, value) = label_of(step);
        self.write(|tx| {
            session_known(tx, session)?;
            let ended = "SELECT 1 FROM session_steps WHERE session = ?1 AND step = ?2";
            if tx.first(ended, values![session.0, ENDED])?.is_some() {
                return Err(StoreError::Conflict(format!("the session {session} has ended")));
            }
            tx.execute(
                "INSERT INTO session_steps (session, step, value, at) VALUES (?1, ?2, ?3, ?4)",
                values![session.0, label, value, at.0],
            )?;
            Ok(())
        })
    }

    /// Keeps the agent's signed word of what the person granted. The same one again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Conflict`] when another one is kept, [`StoreError::Invalid`] when it is too long,
    /// [`StoreError::Unavailable`].
    pub fn receipt(&self, session: SessionId, at: UnixSeconds, receipt: &[u8]) -> Result<(), StoreError> {
        if receipt.is_empty() || receipt.len() > MAX_RECEIPT {
            return Err(StoreError::Invalid(format!("a receipt has 1 to {MAX_RECEIPT} bytes")));
        }
        self.write(|tx| {
            session_known(tx, session)?;
            tx.execute(
                "INSERT INTO receipts (session, receipt, at) VALUES (?1, ?2, ?3) ON CONFLICT (session) DO NOTHING",
                values![session.0, receipt, at.0],
            )?;
            match receipt_of(tx, session)? {
                Some(kept) if kept == receipt => Ok(()),
                _ => Err(StoreError::Conflict(format!("the session {session} has another receipt"))),
            }
        })
    }

    /// The receipt of a session, if it has one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn receipt_of(&self, session: SessionId) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|tx| receipt_of(tx, session))
    }

    /// A machine's sessions, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn sessions(&self, agent: AgentId) -> Result<Vec<SessionRow>, StoreError> {
        self.read(|tx| {
            let rows = tx.rows(
                "SELECT s.*, t.reference FROM sessions s LEFT JOIN session_texts t ON t.session = s.id
                 WHERE s.agent = ?1 ORDER BY s.at, s.id",
                values![agent.0],
            )?;
            rows.iter().map(|row| session(tx, row)).collect()
        })
    }

    /// Records a measurement: the evidence of clause 4.4.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub fn measured(&self, agent: AgentId, line: &LineFacts) -> Result<(), StoreError> {
        self.write(|tx| {
            known(tx, agent)?;
            tx.execute(
                "INSERT INTO lines (agent, at, rtt_ms, down_kbit, up_kbit, loss_permille, loss_low_permille)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                values![
                    agent.0,
                    line.measured_at.0,
                    line.rtt_ms,
                    line.down_kbit,
                    line.up_kbit,
                    line.loss_permille,
                    line.loss_low_permille,
                ],
            )?;
            Ok(())
        })
    }

    /// The newest measurement of a machine's line.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn line(&self, agent: AgentId) -> Result<Option<LineFacts>, StoreError> {
        self.read(|tx| {
            tx.first("SELECT * FROM lines WHERE agent = ?1 ORDER BY n DESC LIMIT 1", values![agent.0])?
                .as_ref()
                .map(line)
                .transpose()
        })
    }
}

const ASKED: &str = "asked";
const GRANTED: &str = "granted";
const ENDED: &str = "ended";

fn label_of(step: SessionStep) -> (&'static str, Option<u16>) {
    match step {
        SessionStep::Asked => (ASKED, None),
        SessionStep::Granted(capabilities) => (GRANTED, Some(capabilities.bits())),
        SessionStep::Ended(reason) => (ENDED, Some(reason.number())),
    }
}

fn session(tx: &Tx<'_>, row: &Row) -> Result<SessionRow, StoreError> {
    let id = session_id(row, "id")?;
    let mut steps = Vec::new();
    for row in &tx.rows("SELECT * FROM session_steps WHERE session = ?1 ORDER BY n", values![id.0])? {
        steps.push((moment(row, "at")?, step(row)?));
    }
    Ok(SessionRow {
        id,
        technician: person(row, "technician")?,
        contract: contract_id(row, "contract")?,
        request: SessionRequest {
            agent: agent_id(row, "agent")?,
            capabilities: Capabilities::from_bits(col(row, "capabilities")?),
            category: WorkCategory::from(col::<u16>(row, "category")?),
            // Erased on somebody's demand, the session stays.
            reference: col::<Option<String>>(row, "reference")?.unwrap_or_default(),
            minutes: col(row, "minutes")?,
        },
        at: moment(row, "at")?,
        steps,
    })
}

fn step(row: &Row) -> Result<SessionStep, StoreError> {
    match (col::<String>(row, "step")?.as_str(), col::<Option<u16>>(row, "value")?) {
        (ASKED, None) => Ok(SessionStep::Asked),
        (GRANTED, Some(bits)) => Ok(SessionStep::Granted(Capabilities::from_bits(bits))),
        (ENDED, Some(number)) => Ok(SessionStep::Ended(EndReason::from(number))),
        _ => Err(unreadable("step of a session")),
    }
}

fn line(row: &Row) -> Result<LineFacts, StoreError> {
    Ok(LineFacts {
        measured_at: moment(row, "at")?,
        rtt_ms: col(row, "rtt_ms")?,
        down_kbit: col(row, "down_kbit")?,
        up_kbit: col(row, "up_kbit")?,
        loss_permille: col(row, "loss_permille")?,
        loss_low_permille: col(row, "loss_low_permille")?,
    })
}

fn receipt_of(tx: &Tx<'_>, session: SessionId) -> Result<Option<Vec<u8>>, StoreError> {
    tx.first("SELECT receipt FROM receipts WHERE session = ?1", values![session.0])?
        .as_ref()
        .map(|row| col(row, "receipt"))
        .transpose()
}

fn session_known(tx: &Tx<'_>, session: SessionId) -> Result<(), StoreError> {
    let found = tx.first("SELECT 1 FROM sessions WHERE id = ?1", values![session.0])?;
    found.map(|_| ()).ok_or_else(|| StoreError::NotFound(format!("session {session}")))
}
