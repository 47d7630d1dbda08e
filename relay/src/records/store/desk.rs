//! What the technicians' desks read: machines and contracts page by page, people, and what was offered to clients.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use aval_protocol::firm::Member;
use aval_protocol::id::{AgentId, ContractId, PersonId, SessionId, UnixSeconds};
use aval_protocol::wire::equipment::EquipmentList;
use aval_protocol::wire::record::{OfferAnswer, OfferKind, OfferRow};
use aval_protocol::wire::session::WorkCategory;

use super::Store;
use super::contracts::contract;
use super::equipment::{in_force, listed};
use super::machines::{AGENTS, agent_row, coverage, known, one};
use super::papers::{of_papers, papers};
use super::read::{agent_id, col, contract_id, flag, moment, one_more, person, unreadable};
use super::said::{Said, say};
use crate::papers::PaperRow;
use crate::papers::judged::Judged;
use crate::records::sql::{Disk, Row, Tx, values};
use crate::records::{AgentRow, Contract, MAX_NOTE, MachineRecord, NewOffer, PersonRow, StoreError};

impl Store {
    /// Machines that are not revoked, by name, after one of them; at most so many, and whether more follow.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn machines_after(
        &self,
        after: Option<AgentId>,
        most: usize,
        now: UnixSeconds,
    ) -> Result<(Vec<MachineRecord>, bool), StoreError> {
        self.read(|tx| {
            // Before every name lies the empty one.
            let start = after.map_or_else(Vec::new, |agent| agent.0.to_vec());
            let here = format!(
                "SELECT * FROM ({AGENTS}) here
                 WHERE id > ?1 AND coalesce(standing, '') NOT IN ('revoked', 'left') ORDER BY id LIMIT ?2"
            );
            let mut contracts = HashMap::new();
            let mut all = Vec::new();
            let rows = tx.rows(&here, values![start, one_more(most)])?;
            for row in rows.iter().take(most) {
                all.push(record(tx, agent_row(row)?, &mut contracts, now)?);
            }
            Ok((all, rows.len() > most))
        })
    }

    /// These machines, as far as they are here and not revoked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn machines_of(
        &self,
        agents: &[AgentId],
        now: UnixSeconds,
    ) -> Result<Vec<MachineRecord>, StoreError> {
        self.read(|tx| {
            let mut contracts = HashMap::new();
            let mut all = Vec::new();
            for agent in agents {
                if let Some(row) = one(tx, *agent)?
                    && !row.standing.is_over()
                {
                    all.push(record(tx, row, &mut contracts, now)?);
                }
            }
            Ok(all)
        })
    }

    /// Who approved a machine, and when.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn approved_by(&self, agent: AgentId) -> Result<Option<(String, UnixSeconds)>, StoreError> {
        self.read(|tx| {
            tx.first("SELECT author, at FROM agent_acts WHERE agent = ?1 AND approval IS NOT NULL ORDER BY n DESC LIMIT 1", values![agent.0])?.as_ref().map(|row| Ok((col(row, "author")?, moment(row, "at")?))).transpose()
        })
    }

    /// Contracts by reference, after one of them, with the number of their machines; at most so many, and whether more follow.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn contracts_after(
        &self,
        after: Option<&ContractId>,
        most: usize,
        now: UnixSeconds,
    ) -> Result<(Vec<(Judged, u32)>, bool), StoreError> {
        self.read(|tx| {
            let start = after.map_or("", ContractId::as_str);
            let sql = "SELECT id FROM contracts WHERE id > ?1 ORDER BY id LIMIT ?2";
            let rows = tx.rows(sql, values![start, one_more(most)])?;
            let mut all = Vec::new();
            for row in rows.iter().take(most) {
                let id = contract_id(row, "id")?;
                let machines = machines_under(tx, &id)?;
                let contract = contract(tx, &id)?.ok_or_else(|| unreadable("contract"))?;
                all.push((of_papers(contract, &papers(tx, &id)?, None, now)?, machines));
            }
            Ok((all, rows.len() > most))
        })
    }

    /// What was proposed to a contract's client at any of its machines, the newest first; at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn offers_under(&self, contract: &ContractId, most: u32) -> Result<Vec<OfferRow>, StoreError> {
        let sql = format!(
            "{OFFERS} WHERE o.agent IN (SELECT id FROM agents WHERE contract = ?1) ORDER BY o.n DESC LIMIT ?2"
        );
        self.read(|tx| tx.rows(&sql, values![contract.as_str(), most])?.iter().map(offer_row).collect())
    }

    /// How many machines were ever attached to a contract.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn machines_under(&self, contract: &ContractId) -> Result<u32, StoreError> {
        self.read(|tx| machines_under(tx, contract))
    }

    /// Notes that a member of the firm is connected. What the certificate says of them is kept; the moment is overwritten.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn member_seen(&self, member: &Member, at: UnixSeconds) -> Result<(), StoreError> {
        self.transact(Disk::Later, |tx| {
            tx.execute(
                "INSERT INTO members (person, role, name, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (person, role) DO UPDATE SET name = excluded.name,
                 at = CASE WHEN members.at > excluded.at THEN members.at ELSE excluded.at END",
                values![member.person.as_str(), member.role.label(), &member.display_name, at.0],
            )?;
            Ok(())
        })
    }

    /// Every member who has ever been connected, and every person who was ever locked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn people(&self) -> Result<Vec<PersonRow>, StoreError> {
        self.read(|tx| {
            let mut all: Vec<PersonRow> = Vec::new();
            for row in &tx.rows(PEOPLE, values![])? {
                let (person, role) = (person(row, "person")?, col::<Option<String>>(row, "role")?);
                let (name, at) = (col::<Option<String>>(row, "name")?, col::<Option<i64>>(row, "at")?);
                if all.last().is_none_or(|last| last.person != person) {
                    let (locked, roles) = (flag(row, "locked")?, Vec::new());
                    all.push(PersonRow { person, name: String::new(), roles, locked, last_seen: None });
                }
                let Some(last) = all.last_mut() else { continue };
                last.name = name.unwrap_or_default();
                last.roles.extend(role);
                last.last_seen = last.last_seen.max(at.map(UnixSeconds));
            }
            Ok(all)
        })
    }

    /// Records what was proposed to a client. Nothing depends on it but what is owed: no refusal is ever held against anybody
    /// (3.6, 4.8).
    ///
    /// # Errors
    /// [`StoreError::NotFound`] without such a machine or session of it, [`StoreError::Invalid`], [`StoreError::Unavailable`].
    pub fn offer(&self, new: &NewOffer) -> Result<OfferRow, StoreError> {
        if new.note.chars().count() > MAX_NOTE || new.note.chars().any(char::is_control) {
            return Err(StoreError::Invalid(format!(
                "the note: write at most {MAX_NOTE} characters on one line"
            )));
        }
        self.write(|tx| {
            known(tx, new.agent)?;
            if let Some(session) = new.session {
                let sql = "SELECT 1 FROM sessions WHERE id = ?1 AND agent = ?2";
                let of = tx.first(sql, values![session.0, new.agent.0])?;
                of.ok_or_else(|| StoreError::NotFound(format!("session {session} on this machine")))?;
            }
            let added = tx.first(
                "INSERT INTO offers (agent, session, kind, category, included, clause, author, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING n",
                values![
                    new.agent.0,
                    new.session.map(|session| session.0),
                    new.kind.label(),
                    new.category.number(),
                    new.included,
                    new.clause,
                    new.by.as_str(),
                    new.at.0,
                ],
            )?;
            say(tx, Said::Offer, added.as_ref(), &new.note)?;
            let number = added.as_ref().map(|row| col(row, "n")).transpose()?;
            offer(tx, number.unwrap_or_default())?.ok_or_else(|| unreadable("offer"))
        })
    }

    /// Records the client's answer. It is given once: whoever thinks better of it is made another offer.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Conflict`] when it was answered, [`StoreError::Unavailable`].
    pub fn answer(
        &self,
        number: u64,
        answer: OfferAnswer,
        by: &PersonId,
        at: UnixSeconds,
    ) -> Result<OfferRow, StoreError> {
        let missing = || StoreError::NotFound(format!("offer {number}"));
        let key = i64::try_from(number).map_err(|_| missing())?;
        self.write(|tx| {
            let row = offer(tx, key)?.ok_or_else(missing)?;
            if row.answer.is_some() {
                return Err(StoreError::Conflict(
                    "this offer was answered already: make another one".to_owned(),
                ));
            }
            tx.execute(
                "INSERT INTO offer_answers (offer, answer, author, at) VALUES (?1, ?2, ?3, ?4)",
                values![key, answer.label(), by.as_str(), at.0],
            )?;
            offer(tx, key)?.ok_or_else(|| unreadable("offer"))
        })
    }

    /// A machine's offers, the newest first, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn offers(&self, agent: AgentId, most: u32) -> Result<Vec<OfferRow>, StoreError> {
        self.read(|tx| {
            tx.rows(
                &format!("{OFFERS} WHERE o.agent = ?1 ORDER BY o.n DESC LIMIT ?2"),
                values![agent.0, most],
            )?
            .iter()
            .map(offer_row)
            .collect()
        })
    }
}

const PEOPLE: &str = "
    SELECT p.person, m.role, m.name, m.at,
           coalesce((SELECT l.locked FROM locks l WHERE l.technician = p.person ORDER BY l.n DESC LIMIT 1), 0) AS locked
    FROM (SELECT person FROM members UNION SELECT technician FROM locks) p
    LEFT JOIN members m ON m.person = p.person ORDER BY p.person, m.role";

const OFFERS: &str = "
    SELECT o.*, a.answer, a.author AS answered_by, a.at AS answered_at, coalesce(t.text, '') AS note
    FROM offers o LEFT JOIN offer_answers a ON a.offer = o.n LEFT JOIN said t ON t.place = 'offers' AND t.n = o.n";

fn offer(tx: &Tx<'_>, number: i64) -> Result<Option<OfferRow>, StoreError> {
    tx.first(&format!("{OFFERS} WHERE o.n = ?1"), values![number])?.as_ref().map(offer_row).transpose()
}

fn offer_row(row: &Row) -> Result<OfferRow, StoreError> {
    let kind = OfferKind::ALL
        .iter()
        .copied()
        .find(|kind| col::<String>(row, "kind").is_ok_and(|k| k == kind.label()));
    let answer = match col::<Option<String>>(row, "answer")? {
        None => None,
        Some(text) => {
            let known = OfferAnswer::ALL.iter().copied().find(|answer| answer.label() == text);
            Some(known.ok_or_else(|| unreadable("answer"))?)
        }
    };
    Ok(OfferRow {
        offer: u64::try_from(col::<i64>(row, "n")?).map_err(|_| unreadable("number of an offer"))?,
        agent: agent_id(row, "agent")?,
        session: col::<Option<[u8; 16]>>(row, "session")?.map(SessionId),
        kind: kind.ok_or_else(|| unreadable("kind of offer"))?,
        category: WorkCategory::from(col::<u16>(row, "category")?),
        included: flag(row, "included")?,
        clause: col(row, "clause")?,
        note: col(row, "note")?,
        by: person(row, "author")?,
        at: moment(row, "at")?,
        answer,
        answered_by: col::<Option<String>>(row, "answered_by")?
            .map(|by| by.parse().map_err(|_| unreadable("author of an answer")))
            .transpose()?,
        answered_at: col::<Option<i64>>(row, "answered_at")?.map(UnixSeconds),
    })
}

/// What a page of machines reads of each contract, once.
struct Read {
    contract: Contract,
    papers: Vec<PaperRow>,
    /// The equipment list that holds.
    list: Option<EquipmentList>,
}

fn record(
    tx: &Tx<'_>,
    row: AgentRow,
    contracts: &mut HashMap<ContractId, Read>,
    now: UnixSeconds,
) -> Result<MachineRecord, StoreError> {
    let coverage = coverage(tx, row.id)?;
    let Read { contract, papers, list } = match contracts.entry(row.contract.clone()) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => {
            let contract = contract(tx, &row.contract)?.ok_or_else(|| unreadable("contract"))?;
            let list = in_force(tx, &row.contract, now)?;
            new.insert(Read { contract, papers: papers(tx, &row.contract)?, list })
        }
    };
    let Judged { contract, papers, coverage } =
        of_papers(contract.clone(), papers, Some((row.id, coverage)), now)?;
    let coverage = listed(tx, list.as_ref(), row.id, coverage, now)?;
    Ok(MachineRecord { row, coverage, contract, papers })
}

fn machines_under(tx: &Tx<'_>, contract: &ContractId) -> Result<u32, StoreError> {
    let count = tx.count("SELECT count(*) FROM agents WHERE contract = ?1", values![contract.as_str()])?;
    u32::try_from(count).map_err(|_| unreadable("count"))
}
