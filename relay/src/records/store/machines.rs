//! Machines: approved by a manager, revoked; their hardware facts and when they were last here.

use aval_protocol::firm::Signed;
use aval_protocol::id::{AgentId, PersonId, UnixSeconds};
use aval_protocol::wire::Wire;
use aval_protocol::wire::decode_content;
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::session::Approval;

use super::Store;
use super::read::{agent_id, col, contract_id, moment, note, unreadable};
use super::said::{Said, say};
use crate::records::sql::{Disk, Row, Tx, values};
use crate::records::{AgentRow, AgentStanding, Author, Coverage, StoreError, agent_of};

pub(super) const AGENTS: &str = "
    SELECT a.id, a.spki, a.contract, a.enrolled_at, c.client, s.at AS last_seen,
           (SELECT f.facts FROM agent_facts f WHERE f.agent = a.id ORDER BY f.n DESC LIMIT 1) AS facts,
           (SELECT x.standing FROM agent_acts x WHERE x.agent = a.id ORDER BY x.n DESC LIMIT 1) AS standing,
           (SELECT x.approval FROM agent_acts x WHERE x.agent = a.id AND x.approval IS NOT NULL
            ORDER BY x.n DESC LIMIT 1) AS approval
    FROM agents a
    JOIN contracts c ON c.id = a.contract
    LEFT JOIN agent_seen s ON s.agent = a.id";

impl Store {
    /// Every machine, the newest last.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn agents(&self) -> Result<Vec<AgentRow>, StoreError> {
        self.read(|tx| {
            tx.rows(&format!("{AGENTS} ORDER BY a.enrolled_at, a.id"), values![])?
                .iter()
                .map(agent_row)
                .collect()
        })
    }

    /// One machine.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn agent(&self, agent: AgentId) -> Result<Option<AgentRow>, StoreError> {
        self.read(|tx| one(tx, agent))
    }

    /// Records a manager's signed word that this key is the client's machine. Whether the signature and the manager's
    /// certificate hold is the caller's to judge; that it speaks of this machine and contract is checked here too.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Conflict`] when it is not pending, [`StoreError::Invalid`] when the word is about
    /// another key or contract, [`StoreError::Unavailable`].
    pub fn approve(
        &self,
        agent: AgentId,
        approval: &Signed<Approval>,
        by: &PersonId,
        at: UnixSeconds,
    ) -> Result<(), StoreError> {
        let said: Approval = decode_content(approval.body())
            .map_err(|_| StoreError::Invalid("the approval is unreadable".to_owned()))?;
        let bytes = postcard::to_stdvec(approval)
            .map_err(|_| StoreError::Invalid("the approval is unreadable".to_owned()))?;
        self.write(|tx| {
            let row = one(tx, agent)?.ok_or_else(|| not_found(agent))?;
            if AgentId::from(said.agent_key) != agent || said.contract != row.contract {
                return Err(StoreError::Invalid(
                    "the approval is for another machine or contract: fetch the list again".to_owned(),
                ));
            }
            match row.standing {
                AgentStanding::Pending => {}
                AgentStanding::Approved => {
                    return Err(StoreError::Conflict("this machine is approved already".to_owned()));
                }
                AgentStanding::Revoked | AgentStanding::Left | AgentStanding::Unknown => {
                    return Err(StoreError::Conflict(
                        "this machine was revoked or has left: attach it again with a new code".to_owned(),
                    ));
                }
            }
            act(tx, agent, AgentStanding::Approved, Some(&bytes), "", &Author::Member(by.clone()), at)
        })
    }

    /// Puts a machine out for good: its key is never accepted again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Conflict`] when it is revoked, [`StoreError::Invalid`],
    /// [`StoreError::Unavailable`].
    pub fn revoke_agent(
        &self,
        agent: AgentId,
        reason: &str,
        by: &Author,
        at: UnixSeconds,
    ) -> Result<(), StoreError> {
        let reason = note("the reason", reason)?;
        self.write(|tx| {
            let row = one(tx, agent)?.ok_or_else(|| not_found(agent))?;
            if row.standing.is_over() {
                return Err(StoreError::Conflict("this machine is revoked already, or has left".to_owned()));
            }
            act(tx, agent, AgentStanding::Revoked, None, reason, by, at)
        })
    }

    /// Records that the client detached or uninstalled a machine (4.5): it is not managed any more, and its key never comes back.
    /// Whether this changed anything: to leave twice is no error.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub fn leave(&self, agent: AgentId, at: UnixSeconds) -> Result<bool, StoreError> {
        self.write(|tx| {
            let row = one(tx, agent)?.ok_or_else(|| not_found(agent))?;
            if row.standing.is_over() {
                return Ok(false);
            }
            act(tx, agent, AgentStanding::Left, None, "", &Author::Machine, at)?;
            Ok(true)
        })
    }

    /// Says whether the contract covers a machine (clauses 2.1 to 2.4).
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub fn set_coverage(
        &self,
        agent: AgentId,
        coverage: Coverage,
        by: &Author,
        at: UnixSeconds,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            known(tx, agent)?;
            tx.execute(
                "INSERT INTO agent_coverage (agent, coverage, author, at) VALUES (?1, ?2, ?3, ?4)",
                values![agent.0, coverage.label(), by.to_string(), at.0],
            )?;
            Ok(())
        })
    }

    /// Records what a machine says of itself, if it says something new.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Invalid`] when it says too much, [`StoreError::Unavailable`].
    pub fn update_facts(
        &self,
        agent: AgentId,
        facts: &HardwareFacts,
        at: UnixSeconds,
    ) -> Result<(), StoreError> {
        let text = facts_text(facts)?;
        self.write(|tx| {
            let row = one(tx, agent)?.ok_or_else(|| not_found(agent))?;
            if row.facts == *facts { Ok(()) } else { keep_facts(tx, agent, &text, at) }
        })
    }

    /// Notes that a machine is or was connected at this moment; an earlier moment changes nothing. A power cut may lose the
    /// last few of these, and nothing else.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub fn seen(&self, agent: AgentId, at: UnixSeconds) -> Result<(), StoreError> {
        self.transact(Disk::Later, |tx| {
            known(tx, agent)?;
            tx.execute(
                "INSERT INTO agent_seen (agent, at) VALUES (?1, ?2)
                 ON CONFLICT (agent) DO UPDATE SET at = excluded.at WHERE excluded.at > agent_seen.at",
                values![agent.0, at.0],
            )?;
            Ok(())
        })
    }
}

pub(super) fn one(tx: &Tx<'_>, agent: AgentId) -> Result<Option<AgentRow>, StoreError> {
    tx.first(&format!("{AGENTS} WHERE a.id = ?1"), values![agent.0])?.as_ref().map(agent_row).transpose()
}

pub(super) fn known(tx: &Tx<'_>, agent: AgentId) -> Result<(), StoreError> {
    let found = tx.first("SELECT 1 FROM agents WHERE id = ?1", values![agent.0])?;
    found.map(|_| ()).ok_or_else(|| not_found(agent))
}

pub(super) fn not_found(agent: AgentId) -> StoreError {
    StoreError::NotFound(format!("machine {agent}"))
}

pub(super) fn agent_row(row: &Row) -> Result<AgentRow, StoreError> {
    let id = agent_id(row, "id")?;
    let spki: Vec<u8> = col(row, "spki")?;
    if agent_of(&spki) != id {
        return Err(unreadable("machine key"));
    }
    let standing = match col::<Option<String>>(row, "standing")? {
        None => AgentStanding::Pending,
        Some(text) => AgentStanding::from_label(&text).ok_or_else(|| unreadable("standing"))?,
    };
    let approval: Option<Vec<u8>> = col(row, "approval")?;
    let approval = approval.map(|bytes| postcard::from_bytes(&bytes).map_err(|_| unreadable("approval")));
    // Nobody is approved without a manager's word.
    if standing == AgentStanding::Approved && approval.is_none() {
        return Err(unreadable("approval"));
    }
    Ok(AgentRow {
        id,
        spki,
        contract: contract_id(row, "contract")?,
        client: col(row, "client")?,
        facts: serde_json::from_str(&col::<String>(row, "facts")?)
            .map_err(|_| unreadable("hardware facts"))?,
        standing,
        approval: approval.transpose()?,
        enrolled_at: moment(row, "enrolled_at")?,
        last_seen: col::<Option<i64>>(row, "last_seen")?.map(UnixSeconds),
    })
}

pub(super) fn act(
    tx: &Tx<'_>,
    agent: AgentId,
    standing: AgentStanding,
    approval: Option<&[u8]>,
    reason: &str,
    by: &Author,
    at: UnixSeconds,
) -> Result<(), StoreError> {
    let added = tx.first(
        "INSERT INTO agent_acts (agent, standing, approval, author, at) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING n",
        values![agent.0, standing.label(), approval, by.to_string(), at.0],
    )?;
    say(tx, Said::Act, added.as_ref(), reason)
}

pub(super) fn keep_facts(
    tx: &Tx<'_>,
    agent: AgentId,
    facts: &str,
    at: UnixSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO agent_facts (agent, facts, at) VALUES (?1, ?2, ?3)",
        values![agent.0, facts, at.0],
    )?;
    Ok(())
}

/// As JSON, by name: a newer program's further facts don't make older rows unreadable.
pub(super) fn facts_text(facts: &HardwareFacts) -> Result<String, StoreError> {
    let text = serde_json::to_string(facts).ok();
    text.filter(|text| text.len() <= 2 * HardwareFacts::LIMIT)
        .ok_or_else(|| StoreError::Invalid("too long hardware facts".to_owned()))
}

/// Whether the contract covers it; attaching it was the notification, so it does unless somebody said otherwise.
pub(super) fn coverage(tx: &Tx<'_>, agent: AgentId) -> Result<Coverage, StoreError> {
    match &tx.first(
        "SELECT coverage FROM agent_coverage WHERE agent = ?1 ORDER BY n DESC LIMIT 1",
        values![agent.0],
    )? {
        None => Ok(Coverage::default()),
        Some(row) => {
            Coverage::from_label(&col::<String>(row, "coverage")?).ok_or_else(|| unreadable("coverage"))
        }
    }
}
