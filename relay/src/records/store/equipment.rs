//! Versions of a contract's covered-equipment list and what each party said of them.

use std::collections::BTreeMap;

use aval_protocol::id::{AgentId, AssetId, ContractId, UnixSeconds};
use aval_protocol::wire::decode_content;
use aval_protocol::wire::equipment::{EquipmentLine, EquipmentList, ListHash};
use aval_protocol::wire::inventory::Day;

use super::Store;
use super::contracts::contract;
use super::identity::{asset_of, contents, quarantined};
use super::machines::{AGENTS, agent_row};
use super::papers::papers;
use super::read::{author, col, moment, note, unreadable};
use crate::coverage::amend::{Amendment, BadAmendment, amend};
use crate::coverage::entry::{Known, unmended};
use crate::coverage::suggest::grade;
use crate::coverage::{Approval, Listed, Lists, Means, Standing, today};
use crate::records::identity::FleetMachine;
use crate::records::sql::{Row, Tx, values};
use crate::records::{Author, Coverage, Party, StoreError};

/// Why a version was not made or approved.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Somebody was quicker: another version was approved since the list was read.
    #[error("the list has changed since it was read: read it again, and propose anew")]
    Changed,
    /// This party approved it before.
    #[error("this version was approved by that party already")]
    Approved,
    /// A line of it comes in failing, and neither a mending was agreed on nor a reserve written (2.1).
    #[error(
        "line {0} ({1}) comes in failing: a quote for remediation that was accepted, or a reserve, comes first"
    )]
    Failing(u32, String),
    /// What is to change makes no list.
    #[error(transparent)]
    Bad(#[from] BadAmendment),
    /// The record could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Every version of a contract's list, and every approval.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn lists(&self, id: &ContractId) -> Result<Lists, StoreError> {
        self.read(|tx| lists(tx, id))
    }

    /// A contract's machines, also those that have left, with what they say of themselves; `None` without such a contract.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn fleet(&self, id: &ContractId) -> Result<Option<Vec<FleetMachine>>, StoreError> {
        self.read(|tx| {
            if contract(tx, id)?.is_none() {
                return Ok(None);
            }
            let rows = tx.rows(
                &format!("{AGENTS} WHERE a.contract = ?1 ORDER BY a.enrolled_at, a.id"),
                values![id.as_str()],
            )?;
            let mut all = Vec::new();
            for row in &rows {
                all.push(fleet_machine(tx, row)?);
            }
            Ok(Some(all))
        })
    }

    /// One machine with what it says of itself.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn fleet_machine(&self, agent: AgentId) -> Result<Option<FleetMachine>, StoreError> {
        self.read(|tx| {
            let row = tx.first(&format!("{AGENTS} WHERE a.id = ?1"), values![agent.0])?;
            row.map(|row| fleet_machine(tx, &row)).transpose()
        })
    }

    /// Makes the next version of a list: the newest approved one, which must be `read`, with these changes, to hold `from` that day. It
    /// is a proposal.
    ///
    /// # Errors
    /// [`ListError`]; [`StoreError::NotFound`] without such a contract.
    pub fn propose_list(
        &self,
        id: &ContractId,
        read: Option<ListHash>,
        from: Day,
        changes: &[Amendment],
        by: &Author,
        at: UnixSeconds,
    ) -> Result<EquipmentList, ListError> {
        self.write(|tx| {
            contract(tx, id)?.ok_or_else(|| StoreError::NotFound(format!("contract {id}")))?;
            let lists = lists(tx, id)?;
            let before = lists.newest();
            if before.map(EquipmentList::hash) != read {
                return Err(ListError::Changed);
            }
            let list = amend(id, before, from, changes)?;
            let body = postcard::to_stdvec(&list)
                .map_err(|_| StoreError::Invalid("the list is too long".to_owned()))?;
            tx.execute(
                "INSERT INTO equipment_lists (hash, contract, body, author, at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (hash) DO NOTHING",
                values![list.hash().0, id.as_str(), &body, by.to_string(), at.0],
            )?;
            Ok(list)
        })
    }

    /// Records that a party approves a version.
    ///
    /// # Errors
    /// [`ListError`]; [`StoreError::NotFound`] without such a version.
    pub fn approve_list(
        &self,
        id: &ContractId,
        hash: ListHash,
        party: Party,
        means: &Means,
        by: &Author,
        at: UnixSeconds,
    ) -> Result<(), ListError> {
        self.write(|tx| approve(tx, id, hash, party, means, by, at))
    }
}

/// Records that a party approves a version.
pub(super) fn approve(
    tx: &Tx<'_>,
    id: &ContractId,
    hash: ListHash,
    party: Party,
    means: &Means,
    by: &Author,
    at: UnixSeconds,
) -> Result<(), ListError> {
    let (label, detail, reference) = match means {
        Means::Paper { sha256, reference } => {
            ("paper", sha256.to_vec(), note("the reference", reference)?.to_owned())
        }
        Means::Machine { agent, signed } => ("machine", signed.clone(), agent.to_string()),
        Means::Manager { person } => ("manager", Vec::new(), person.to_string()),
    };
    let lists = lists(tx, id)?;
    let list = lists.versions.iter().find(|list| list.hash() == hash);
    let list = list.ok_or_else(|| StoreError::NotFound("version of that list".to_owned()))?;
    // What was in order when it was put to the representative is not lost by what began to fail while they read.
    if !matches!(means, Means::Machine { .. }) {
        mended(tx, id, &lists, list)?;
    }
    match lists.standing(list, today(at)) {
        Standing::Proposed { client: true, .. } if party == Party::Client => Err(ListError::Approved),
        Standing::Proposed { provider: true, .. } if party == Party::Provider => Err(ListError::Approved),
        Standing::Proposed { .. } => {
            tx.execute(
                "INSERT INTO equipment_approvals (list, party, means, detail, reference, author, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                values![hash.0, party.label(), label, &detail, reference.as_str(), by.to_string(), at.0],
            )?;
            Ok(())
        }
        Standing::Approved | Standing::Superseded => Err(ListError::Approved),
        Standing::Stale => Err(ListError::Changed),
    }
}

fn fleet_machine(tx: &Tx<'_>, row: &Row) -> Result<FleetMachine, StoreError> {
    let row = agent_row(row)?;
    Ok(FleetMachine {
        asset: asset_of(tx, row.id)?,
        says: contents(tx, row.id, |_| true)?,
        held: quarantined(tx, row.id)?,
        row,
    })
}

/// Nothing comes in failing without an outcome (2.1).
pub(super) fn mended(
    tx: &Tx<'_>,
    id: &ContractId,
    lists: &Lists,
    list: &EquipmentList,
) -> Result<(), ListError> {
    let mut known: BTreeMap<AssetId, Known> = BTreeMap::new();
    for row in &tx.rows(&format!("{AGENTS} WHERE a.contract = ?1"), values![id.as_str()])? {
        let one = fleet_machine(tx, row)?;
        let of = known.entry(one.asset).or_default();
        of.agents.push(one.row.id);
        if !one.row.standing.is_over() {
            of.grade = of.grade.max(grade(&one.says));
        }
    }
    let before = lists.versions.iter().find(|other| Some(other.hash()) == list.before);
    let of =
        |line: &EquipmentLine| line.asset.and_then(|asset| known.get(&asset).cloned()).unwrap_or_default();
    match unmended(list, before, of, &papers(tx, id)?) {
        Some(line) => Err(ListError::Failing(line.no, line.label.to_string())),
        None => Ok(()),
    }
}

pub(super) fn lists(tx: &Tx<'_>, id: &ContractId) -> Result<Lists, StoreError> {
    let mut lists = Lists::default();
    for row in
        &tx.rows("SELECT body FROM equipment_lists WHERE contract = ?1 ORDER BY n", values![id.as_str()])?
    {
        let body: Vec<u8> = col(row, "body")?;
        lists.versions.push(decode_content(&body).map_err(|_| unreadable("list"))?);
    }
    let approvals = "SELECT p.* FROM equipment_approvals p JOIN equipment_lists l ON l.hash = p.list
         WHERE l.contract = ?1 ORDER BY p.n";
    for row in &tx.rows(approvals, values![id.as_str()])? {
        lists.approvals.push(approval(row)?);
    }
    Ok(lists)
}

/// The list that holds.
pub(super) fn in_force(
    tx: &Tx<'_>,
    id: &ContractId,
    now: UnixSeconds,
) -> Result<Option<EquipmentList>, StoreError> {
    Ok(lists(tx, id)?.in_force(today(now)).cloned())
}

/// What the list in force says of a machine: both parties may have agreed that it is covered no longer (2.2). A machine that is on no
/// line was notified when it was attached, and is covered (2.4).
pub(super) fn listed(
    tx: &Tx<'_>,
    list: Option<&EquipmentList>,
    agent: AgentId,
    coverage: Coverage,
    now: UnixSeconds,
) -> Result<Coverage, StoreError> {
    if coverage != Coverage::Covered || list.is_none() {
        return Ok(coverage);
    }
    Ok(match Listed::of(list, asset_of(tx, agent)?, today(now)) {
        Listed::Ended(_) => Coverage::OffTheList,
        Listed::NoList | Listed::On(_) | Listed::Not => Coverage::Covered,
    })
}

fn approval(row: &Row) -> Result<Approval, StoreError> {
    let wrong = || unreadable("approval");
    let detail: Vec<u8> = col(row, "detail")?;
    let reference: String = col(row, "reference")?;
    let by = match col::<String>(row, "means")?.as_str() {
        "paper" => Means::Paper { sha256: detail.try_into().map_err(|_| wrong())?, reference },
        "machine" => Means::Machine { agent: reference.parse().map_err(|_| wrong())?, signed: detail },
        "manager" => Means::Manager { person: reference.parse().map_err(|_| wrong())? },
        _ => return Err(wrong()),
    };
    author(row)?;
    Ok(Approval {
        party: Party::from_label(&col::<String>(row, "party")?).ok_or_else(wrong)?,
        list: ListHash(col(row, "list")?),
        by,
        at: moment(row, "at")?,
    })
}
