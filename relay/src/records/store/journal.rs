//! The relay's journals, one chain per agent, and the personal texts that they only hold commitments to.

use aval_protocol::firm::Signer;
use aval_protocol::id::{AgentId, UnixSeconds};
use aval_protocol::journal::{Chain, Entry, Event, Head, commitment};

use super::Store;
use super::read::{col, moment, one_more, unreadable};
use crate::records::StoreError;
use crate::records::sql::{Row, Tx, values};

impl Store {
    /// Writes an event down at the end of an agent's journal. The agent need not be attached: refused ones have a journal too.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the event is too long, [`StoreError::Unavailable`]; the journal is as it was.
    pub fn journal_append(
        &self,
        agent: AgentId,
        signer: &Signer,
        at: UnixSeconds,
        event: &Event,
    ) -> Result<Head, StoreError> {
        self.write(|tx| append(tx, agent, signer, at, event))
    }

    /// Where an agent's journal ends.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn journal_head(&self, agent: AgentId) -> Result<Head, StoreError> {
        self.read(|tx| head(tx, agent))
    }

    /// At most `limit` entries from that number on, and whether more follow.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn journal_page(
        &self,
        agent: AgentId,
        from: u64,
        limit: usize,
    ) -> Result<(Vec<Entry>, bool), StoreError> {
        self.read(|tx| {
            let from = i64::try_from(from).unwrap_or(i64::MAX);
            let sql = "SELECT * FROM journal WHERE agent = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3";
            let rows = tx.rows(sql, values![agent.0, from, one_more(limit)])?;
            let entries: Result<_, _> = rows.iter().take(limit).map(entry).collect();
            Ok((entries?, rows.len() > limit))
        })
    }

    /// Keeps a personal text that a journal holds a [`commitment`] to. It can be erased; the journal stands.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it is not what was committed to, [`StoreError::Unavailable`].
    pub fn keep_text(&self, committed: [u8; 32], salt: [u8; 16], text: &str) -> Result<(), StoreError> {
        if commitment(&salt, text) != committed {
            return Err(StoreError::Invalid("the text is not the one committed to".to_owned()));
        }
        self.write(|tx| {
            tx.execute(
                "INSERT INTO texts (commitment, salt, text) VALUES (?1, ?2, ?3) ON CONFLICT (commitment) DO NOTHING",
                values![committed, salt, text],
            )?;
            Ok(())
        })
    }

    /// The text behind a commitment, unless it was erased.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn text(&self, committed: [u8; 32]) -> Result<Option<String>, StoreError> {
        self.read(|tx| {
            tx.first("SELECT text FROM texts WHERE commitment = ?1", values![committed])?
                .as_ref()
                .map(|row| col(row, "text"))
                .transpose()
        })
    }

    /// Erases the text behind a commitment, and its salt: nobody can tell any more what it stood for.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub fn erase_text(&self, committed: [u8; 32]) -> Result<(), StoreError> {
        self.write(|tx| {
            match tx.execute("DELETE FROM texts WHERE commitment = ?1", values![committed])? {
                0 => Err(StoreError::NotFound("such text".to_owned())),
                _ => Ok(()),
            }
        })?;
        // Out of the write-ahead log too.
        self.purge()
    }
}

pub(super) fn append(
    tx: &Tx<'_>,
    agent: AgentId,
    signer: &Signer,
    at: UnixSeconds,
    event: &Event,
) -> Result<Head, StoreError> {
    let head = head(tx, agent)?;
    let mut chain = Chain::resume(head.seq, head.hash);
    let new = chain.append(signer, at, event).map_err(|e| StoreError::Invalid(e.to_string()))?;
    tx.execute(
        "INSERT INTO journal (agent, seq, prev, at, body, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        values![agent.0, number(new.seq)?, new.prev, new.at.0, new.body, new.signature],
    )?;
    Ok(chain.head())
}

fn head(tx: &Tx<'_>, agent: AgentId) -> Result<Head, StoreError> {
    match &tx.first("SELECT * FROM journal WHERE agent = ?1 ORDER BY seq DESC LIMIT 1", values![agent.0])? {
        None => Ok(Head::default()),
        Some(row) => entry(row).map(|entry| Head { seq: entry.seq, hash: entry.hash() }),
    }
}

pub(super) fn entry(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        seq: u64::try_from(col::<i64>(row, "seq")?).map_err(|_| unreadable("number"))?,
        prev: col(row, "prev")?,
        at: moment(row, "at")?,
        body: col(row, "body")?,
        signature: col(row, "signature")?,
    })
}

fn number(seq: u64) -> Result<i64, StoreError> {
    i64::try_from(seq).map_err(|_| StoreError::Invalid("the journal is full".to_owned()))
}
