//! Inventories: kept as sent, each change with its moment; the newest of each section is what holds.

use aval_protocol::id::{AgentId, UnixSeconds};
use aval_protocol::wire::inventory::section::MAX_BODY;
use aval_protocol::wire::inventory::{
    Held, InventoryRecord, KeptSection, Packed, SectionKind, SectionRefused, Status,
};

use super::Store;
use super::machines::known;
use super::read::{col, moment, unreadable};
use crate::diff::{self, Change};
use crate::records::StoreError;
use crate::records::sql::{Disk, Row, Tx, values};

/// Changes of one machine within [`WITHIN_S`]: a first inventory has some dozen sections, a day in a workshop a few changes of each,
/// and a machine that comes back after months tells 256 changes that waited.
const MOST: i64 = 320;
const WITHIN_S: i64 = 86_400;
/// Kinds of sections of one machine; this version knows some dozen.
const KINDS: i64 = 32;

/// What became of a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeptOr {
    /// It holds from now on, or did already.
    Kept(Held),
    /// It was not kept.
    Refused(SectionRefused),
}

impl Store {
    /// What holds of a machine's inventory, by its digests; empty where there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn inventory_held(&self, agent: AgentId) -> Result<Vec<Held>, StoreError> {
        self.read(|tx| {
            let newest = newest(tx, agent)?;
            Ok(newest.iter().map(|(packed, _)| held(packed)).collect())
        })
    }

    /// Keeps a section that an agent sent. What holds already is not written again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a machine that is not enrolled, [`StoreError::Unavailable`].
    pub fn keep_section(
        &self,
        agent: AgentId,
        packed: &Packed,
        at: UnixSeconds,
    ) -> Result<KeptOr, StoreError> {
        let Some(status) = status_of(packed) else { return Ok(KeptOr::Refused(SectionRefused::Malformed)) };
        self.write(|tx| {
            known(tx, agent)?;
            let number = packed.kind.number();
            let newest = "SELECT body FROM inventory WHERE agent = ?1 AND section = ?2 ORDER BY n DESC LIMIT 1";
            let newest = tx.first(newest, values![agent.0, number])?;
            let holds: Option<Vec<u8>> = newest.as_ref().map(|row| col(row, "body")).transpose()?;
            if holds.as_ref() == Some(&packed.body) {
                return Ok(KeptOr::Kept(held(packed)));
            }
            let count = |sql: &str, other: i64| tx.count(sql, values![agent.0, other]);
            let kinds = "SELECT count(DISTINCT section) FROM inventory WHERE agent = ?1 AND section <> ?2";
            let lately = "SELECT count(*) FROM inventory WHERE agent = ?1 AND at > ?2";
            if holds.is_none() && count(kinds, i64::from(number))? >= KINDS {
                return Ok(KeptOr::Refused(SectionRefused::TooMany));
            }
            if count(lately, at.0.saturating_sub(WITHIN_S))? >= MOST {
                return Ok(KeptOr::Refused(SectionRefused::TooMany));
            }
            tx.execute(
                "INSERT INTO inventory (agent, section, status, body, taken_at, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                values![agent.0, number, status.number(), &packed.body, packed.taken_at.0, at.0],
            )?;
            Ok(KeptOr::Kept(held(packed)))
        })
    }

    /// Notes that all of what holds was confirmed by the machine. A power cut may lose the last few of these.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub fn inventory_checked(&self, agent: AgentId, at: UnixSeconds) -> Result<(), StoreError> {
        self.transact(Disk::Later, |tx| {
            known(tx, agent)?;
            tx.execute(
                "INSERT INTO inventory_checked (agent, at) VALUES (?1, ?2)
                 ON CONFLICT (agent) DO UPDATE SET at = excluded.at WHERE excluded.at > inventory_checked.at",
                values![agent.0, at.0],
            )?;
            Ok(())
        })
    }

    /// What holds of a machine's inventory.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub fn inventory(&self, agent: AgentId) -> Result<InventoryRecord, StoreError> {
        self.read(|tx| {
            known(tx, agent)?;
            let checked = tx.first("SELECT at FROM inventory_checked WHERE agent = ?1", values![agent.0])?;
            let checked_at = checked.as_ref().map(|row| moment(row, "at")).transpose()?;
            let mut sections = Vec::new();
            for (newest, received_at) in newest(tx, agent)? {
                let whole = status_of(&newest) == Some(Status::Collected);
                let last_whole = if whole { None } else { last_whole(tx, agent, newest.kind)? };
                sections.push(KeptSection { newest, received_at, last_whole });
            }
            Ok(InventoryRecord { checked_at, sections })
        })
    }

    /// Every change of one section, the oldest first: what was sent, and when it came.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub fn section_history(
        &self,
        agent: AgentId,
        kind: SectionKind,
    ) -> Result<Vec<(Packed, UnixSeconds)>, StoreError> {
        self.read(|tx| {
            known(tx, agent)?;
            let mut all = Vec::new();
            for row in &tx.rows(
                "SELECT * FROM inventory WHERE agent = ?1 AND section = ?2 ORDER BY n",
                values![agent.0, kind.number()],
            )? {
                all.push((packed(row)?, moment(row, "at")?));
            }
            Ok(all)
        })
    }

    /// What changed of a machine since it was attached, the oldest first, with when it was told.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub fn machine_changes(&self, agent: AgentId) -> Result<Vec<(UnixSeconds, Change)>, StoreError> {
        let checked = self.inventory(agent)?.checked_at;
        let mut all = Vec::new();
        for kind in SectionKind::ALL {
            let readings = self.section_history(agent, *kind)?.into_iter();
            let readings: Vec<_> =
                readings.filter_map(|(packed, at)| packed.open().ok().map(|section| (section, at))).collect();
            all.extend(diff::history(&readings, checked));
        }
        all.sort_by_key(|(at, _)| *at);
        Ok(all)
    }
}

pub(super) fn newest(tx: &Tx<'_>, agent: AgentId) -> Result<Vec<(Packed, UnixSeconds)>, StoreError> {
    let mut all = Vec::new();
    for row in &tx.rows(
        "SELECT * FROM inventory
         WHERE n IN (SELECT max(n) FROM inventory WHERE agent = ?1 GROUP BY section) ORDER BY section",
        values![agent.0],
    )? {
        all.push((packed(row)?, moment(row, "at")?));
    }
    Ok(all)
}

pub(super) fn last_whole(
    tx: &Tx<'_>,
    agent: AgentId,
    kind: SectionKind,
) -> Result<Option<Packed>, StoreError> {
    tx.first(
        "SELECT * FROM inventory WHERE agent = ?1 AND section = ?2 AND status = ?3 ORDER BY n DESC LIMIT 1",
        values![agent.0, kind.number(), Status::Collected.number()],
    )?
    .as_ref()
    .map(packed)
    .transpose()
}

fn packed(row: &Row) -> Result<Packed, StoreError> {
    let number = u16::try_from(col::<i64>(row, "section")?).map_err(|_| unreadable("section"))?;
    Ok(Packed { kind: number.into(), taken_at: moment(row, "taken_at")?, body: col(row, "body")? })
}

fn held(packed: &Packed) -> Held {
    Held { kind: packed.kind, digest: packed.digest() }
}

/// How reading went, of a body that may be kept. One of this version's schema must be readable; a newer one is taken as it is.
fn status_of(packed: &Packed) -> Option<Status> {
    use aval_protocol::wire::inventory::Unreadable;
    if packed.body.len() > MAX_BODY || matches!(packed.open(), Err(Unreadable::Malformed)) {
        return None;
    }
    packed.head().ok().map(|(_, status)| status)
}
