//! Papers: written together or not at all, by whoever read the contract as it stands, and read with everything they correct.

use aval_protocol::id::{ContractId, UnixSeconds};

use super::Store;
use super::contracts::contract;
use super::read::{author, col, moment, unreadable};
use crate::papers::{
    About, Kind, MOST_AT_ONCE, NewPaper, Paper, PaperError, PaperRow, fit, judged, judged::Judged,
};
use crate::records::sql::{Row, Tx, values};
use crate::records::{Author, Contract, Coverage, StoreError};
use aval_protocol::id::AgentId;
use aval_protocol::text::papers as text;

impl Store {
    /// Every paper that was ever written under a contract, and the firm's own, in their order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn papers(&self, id: &ContractId) -> Result<Vec<PaperRow>, StoreError> {
        self.read(|tx| papers(tx, id))
    }

    /// A contract as its papers make it at a moment, without any machine.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn contract_at(&self, id: &ContractId, now: UnixSeconds) -> Result<Option<Judged>, StoreError> {
        self.read(|tx| match contract(tx, id)? {
            None => Ok(None),
            Some(contract) => of_papers(contract, &papers(tx, id)?, None, now).map(Some),
        })
    }

    /// Every contract so.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn contracts_at(&self, now: UnixSeconds) -> Result<Vec<Judged>, StoreError> {
        let all = self.contracts()?;
        all.into_iter().filter_map(|contract| self.contract_at(&contract.id, now).transpose()).collect()
    }

    /// A number that is another one after whatever was written into a contract.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn contract_version(&self, id: &ContractId) -> Result<u32, StoreError> {
        self.read(|tx| version(tx, id))
    }

    /// Writes papers down: all of them, or none. With `read`, only if nobody has written into the contract since that version.
    ///
    /// # Errors
    /// [`PaperError`]; [`StoreError::NotFound`] without such a contract or machine.
    pub fn write_papers(
        &self,
        id: &ContractId,
        read: Option<u32>,
        new: &[NewPaper],
        by: &Author,
        at: UnixSeconds,
    ) -> Result<(), PaperError> {
        if !(1..=MOST_AT_ONCE).contains(&new.len()) {
            return Err(text::how_many(MOST_AT_ONCE).into());
        }
        self.write(|tx| {
            let opened = contract(tx, id)?.ok_or_else(|| StoreError::NotFound(format!("contract {id}")))?;
            if read.is_some_and(|read| version(tx, id).is_ok_and(|now| now != read)) {
                return Err(PaperError::Changed);
            }
            for paper in new {
                if let Some(agent) = paper.agent {
                    belongs(tx, id, agent, paper.kind())?;
                }
                fit::check(&opened, &papers(tx, id)?, paper, at)?;
                add(tx, id, paper, by, at)?;
            }
            Ok(())
        })
    }
}

fn add(tx: &Tx<'_>, id: &ContractId, new: &NewPaper, by: &Author, at: UnixSeconds) -> Result<(), StoreError> {
    let kind = new.kind();
    let corrects = new.corrects.as_ref();
    tx.execute(
        "INSERT INTO papers (contract, kind, agent, body, corrects, why, author, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        values![
            (kind.about() != About::Firm).then(|| id.as_str()),
            kind.label(),
            new.agent.map(|agent| agent.0),
            new.says.as_ref().ok().map(Paper::body),
            corrects.map(|(number, _)| *number),
            corrects.map_or("", |(_, why)| why.trim()),
            by.to_string(),
            at.0,
        ],
    )?;
    Ok(())
}

/// A machine of another contract is nobody's business here.
fn belongs(tx: &Tx<'_>, id: &ContractId, agent: AgentId, kind: Kind) -> Result<(), PaperError> {
    let found =
        tx.first("SELECT 1 FROM agents WHERE id = ?1 AND contract = ?2", values![agent.0, id.as_str()])?;
    found.map(drop).ok_or_else(|| text::about(kind.label(), kind.clause(), true).into())
}

/// Rows are only ever added, so that their count is a version.
fn version(tx: &Tx<'_>, id: &ContractId) -> Result<u32, StoreError> {
    let count = tx.count(
        "SELECT (SELECT count(*) FROM papers WHERE contract = ?1)
              + (SELECT count(*) FROM papers WHERE contract IS NULL)
              + (SELECT count(*) FROM notices WHERE contract = ?1)
              + (SELECT count(*) FROM suspensions WHERE contract = ?1)",
        values![id.as_str()],
    )?;
    u32::try_from(count).map_err(|_| unreadable("count"))
}

pub(super) fn papers(tx: &Tx<'_>, id: &ContractId) -> Result<Vec<PaperRow>, StoreError> {
    tx.rows("SELECT * FROM papers WHERE contract = ?1 OR contract IS NULL ORDER BY n", values![id.as_str()])?
        .iter()
        .map(paper)
        .collect()
}

/// A contract by its papers.
pub(super) fn of_papers(
    contract: Contract,
    rows: &[PaperRow],
    machine: Option<(AgentId, Coverage)>,
    now: UnixSeconds,
) -> Result<Judged, StoreError> {
    judged::judged(contract, rows, machine, now).map_err(|_| unreadable("paper"))
}

fn paper(row: &Row) -> Result<PaperRow, StoreError> {
    let kind = Kind::of(&col::<String>(row, "kind")?).ok_or_else(|| unreadable("kind of paper"))?;
    let body: Option<String> = col(row, "body")?;
    let read = |body: String| Paper::read(kind, body.as_bytes()).map_err(|_| unreadable("paper"));
    let id: Option<String> = col(row, "contract")?;
    Ok(PaperRow {
        n: col(row, "n")?,
        contract: id.map(|id| ContractId::new(id).map_err(|_| unreadable("contract"))).transpose()?,
        kind,
        agent: col::<Option<[u8; 16]>>(row, "agent")?.map(AgentId),
        paper: body.map(read).transpose()?,
        corrects: col(row, "corrects")?,
        why: col(row, "why")?,
        by: author(row)?,
        at: moment(row, "at")?,
    })
}
