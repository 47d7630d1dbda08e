//! Attaching a machine: codes that are issued as secrets, kept as hashes, and redeemed once.

use aval_protocol::id::{AgentId, ContractId, PersonId, UnixSeconds};
use aval_protocol::wire::enrol::Accepted;
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::record::CodeIssued;

use super::Store;
use super::contracts::exists;
use super::installs::accepted_in_terminal;
use super::machines::{facts_text, keep_facts, one};
use super::read::{agent_id, col, contract_id, moment, unreadable};
use crate::records::code::{Code, MAX_MINUTES, RANDOM_BYTES};
use crate::records::sql::{Tx, values};
use crate::records::{AgentRow, Author, RedeemError, StoreError, agent_of};

impl Store {
    /// Makes a single-use code for a client's machine. Only its hash is kept: this is the one time that it can be read.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] without such a contract, [`StoreError::Invalid`] for a validity outside 1 minute to a week,
    /// [`StoreError::Conflict`] when the same code was made before (draw again), [`StoreError::Unavailable`].
    pub fn issue_code(
        &self,
        id: &ContractId,
        valid_minutes: u32,
        by: &Author,
        at: UnixSeconds,
        random: [u8; RANDOM_BYTES],
    ) -> Result<CodeIssued, StoreError> {
        if !(1..=MAX_MINUTES).contains(&valid_minutes) {
            return Err(StoreError::Invalid(format!("a code is valid for 1 to {MAX_MINUTES} minutes")));
        }
        let code = Code::from_random(random);
        let expires_at = UnixSeconds(at.0.saturating_add(i64::from(valid_minutes) * 60));
        let issued = CodeIssued { code: code.grouped(), expires_at, by: as_person(by)?, link: None };
        self.write(|tx| {
            exists(tx, id)?;
            let added = tx.execute(
                "INSERT INTO codes (hash, contract, expires_at, author, at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (hash) DO NOTHING",
                values![code.hash(), id.as_str(), expires_at.0, by.to_string(), at.0],
            )?;
            match added {
                0 => Err(StoreError::Conflict("this code was made before: draw another".to_owned())),
                _ => Ok(issued.clone()),
            }
        })
    }

    /// Ends every code that nobody has used, as far as this record knows: after a copy was put back, some of them were. How many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn end_open_codes(&self, at: UnixSeconds) -> Result<u64, StoreError> {
        self.write(|tx| {
            let open = tx.rows(
                "SELECT hash FROM codes WHERE expires_at > ?1 AND hash NOT IN (SELECT code FROM agents)
                 AND hash NOT IN (SELECT code FROM ended_codes)",
                values![at.0],
            )?;
            let mut ended = 0;
            for row in &open {
                let hash: [u8; 32] = col(row, "hash")?;
                ended +=
                    tx.execute("INSERT INTO ended_codes (code, at) VALUES (?1, ?2)", values![hash, at.0])?;
            }
            Ok(ended)
        })
    }

    /// Attaches a machine by a code: exactly one key per code, whatever races. What was agreed to is recorded with it (4.5). The
    /// same key with the same code again gets the same answer, for its first one may have been lost on the way.
    ///
    /// # Errors
    /// [`RedeemError`]; nothing was changed.
    pub fn redeem(
        &self,
        code: &str,
        spki: &[u8],
        facts: &HardwareFacts,
        accepted: &Accepted,
        at: UnixSeconds,
    ) -> Result<AgentRow, RedeemError> {
        let hash = Code::from_typed(code).ok_or(RedeemError::Unknown)?.hash();
        let agent = agent_of(spki);
        let facts = facts_text(facts)?;
        self.write(|tx| {
            let (contract, expires_at) = issued(tx, &hash)?.ok_or(RedeemError::Unknown)?;
            let before = one(tx, agent)?;
            match (used_by(tx, &hash)?, before) {
                (Some(user), Some(row)) if user == agent && !row.standing.is_over() => {
                    return Ok(row);
                }
                (_, Some(_)) => return Err(RedeemError::AlreadyEnrolled),
                (Some(_), None) => return Err(RedeemError::Used),
                (None, None) => {}
            }
            if at >= expires_at {
                return Err(RedeemError::Expired);
            }
            attach(tx, agent, spki, &contract, &hash, at)?;
            keep_facts(tx, agent, &facts, at)?;
            accepted_in_terminal(tx, &hash, accepted, at)?;
            Ok(one(tx, agent)?.ok_or_else(|| unreadable("new machine"))?)
        })
    }
}

pub(super) fn issued(tx: &Tx<'_>, hash: &[u8; 32]) -> Result<Option<(ContractId, UnixSeconds)>, StoreError> {
    let found = "SELECT c.contract, c.expires_at, e.at AS ended_at FROM codes c
         LEFT JOIN ended_codes e ON e.code = c.hash WHERE c.hash = ?1";
    let Some(row) = &tx.first(found, values![hash])? else { return Ok(None) };
    let expires_at = moment(row, "expires_at")?;
    let ended_at = col::<Option<i64>>(row, "ended_at")?.map(UnixSeconds);
    Ok(Some((contract_id(row, "contract")?, ended_at.map_or(expires_at, |ended| ended.min(expires_at)))))
}

pub(super) fn used_by(tx: &Tx<'_>, hash: &[u8; 32]) -> Result<Option<AgentId>, StoreError> {
    tx.first("SELECT id FROM agents WHERE code = ?1", values![hash])?
        .as_ref()
        .map(|row| agent_id(row, "id"))
        .transpose()
}

pub(super) fn attach(
    tx: &Tx<'_>,
    agent: AgentId,
    spki: &[u8],
    contract: &ContractId,
    code: &[u8; 32],
    at: UnixSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO agents (id, spki, contract, code, enrolled_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        values![agent.0, spki, contract.as_str(), code, at.0],
    )?;
    Ok(())
}

/// The wire names a member of the firm; commands on the relay's host answer to the terminal, where this is all that is shown.
fn as_person(by: &Author) -> Result<PersonId, StoreError> {
    match by {
        Author::Member(person) => Ok(person.clone()),
        Author::Host | Author::Machine => {
            PersonId::new("relay-host").map_err(|e| StoreError::Invalid(e.to_string()))
        }
    }
}
