//! Contracts, the letters that end them, and suspensions.

use aval_protocol::id::{ContractId, UnixSeconds};

use super::Store;
use super::read::{
    author, col, contract_id, day, day_or_none, flag, moment, note, parsed_or_none, unreadable,
};
use super::said::{Said, said, say};
use crate::gate::term::{Months, NoticeDays, Term};
use crate::records::sql::{Row, Tx, values};
use crate::records::{Author, Contract, NewContract, Notice, Party, StoreError, Suspension};

impl Store {
    /// Opens a contract.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the reference is taken, [`StoreError::Invalid`], [`StoreError::Unavailable`].
    pub fn open_contract(&self, new: &NewContract, by: &Author, at: UnixSeconds) -> Result<(), StoreError> {
        let client = note("the client’s name", &new.client)?;
        self.write(|tx| {
            let added = tx.execute(
                "INSERT INTO contracts
                 (id, client, signed_on, effective_on, months, postal, onsite, holidays, author, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO NOTHING",
                values![
                    new.id.as_str(),
                    client,
                    new.signed_on.date().to_string(),
                    new.term.effective_on().to_string(),
                    new.term.months().get(),
                    new.postal.as_ref().map(|postal| postal.as_str()),
                    new.onsite,
                    new.holidays.as_ref().map(ToString::to_string),
                    by.to_string(),
                    at.0,
                ],
            )?;
            match added {
                0 => Err(StoreError::Conflict(format!("there is a contract {} already", new.id))),
                _ => Ok(()),
            }
        })
    }

    /// Every contract, by reference.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn contracts(&self) -> Result<Vec<Contract>, StoreError> {
        self.read(|tx| {
            let mut all = Vec::new();
            for row in &tx.rows("SELECT id FROM contracts ORDER BY id", values![])? {
                all.extend(contract(tx, &contract_id(row, "id")?)?);
            }
            Ok(all)
        })
    }

    /// One contract.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn contract(&self, id: &ContractId) -> Result<Option<Contract>, StoreError> {
        self.read(|tx| contract(tx, id))
    }

    /// Suspends a contract: no new session until it is resumed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Conflict`] when it is suspended, [`StoreError::Invalid`],
    /// [`StoreError::Unavailable`].
    pub fn suspend(
        &self,
        id: &ContractId,
        reason: &str,
        by: &Author,
        at: UnixSeconds,
    ) -> Result<(), StoreError> {
        let reason = note("the reason", reason)?;
        self.write(|tx| {
            exists(tx, id)?;
            match suspension(tx, id)? {
                Some(_) => Err(StoreError::Conflict(format!("the contract {id} is suspended already"))),
                None => suspended(tx, id, true, reason, by, at),
            }
        })
    }

    /// Ends a suspension.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Conflict`] when it is not suspended, [`StoreError::Unavailable`].
    pub fn resume(&self, id: &ContractId, by: &Author, at: UnixSeconds) -> Result<(), StoreError> {
        self.write(|tx| {
            exists(tx, id)?;
            match suspension(tx, id)? {
                None => Err(StoreError::Conflict(format!("the contract {id} is not suspended"))),
                Some(_) => suspended(tx, id, false, "", by, at),
            }
        })
    }
}

pub(super) fn contract(tx: &Tx<'_>, id: &ContractId) -> Result<Option<Contract>, StoreError> {
    let Some(row) = &tx.first("SELECT * FROM contracts WHERE id = ?1", values![id.as_str()])? else {
        return Ok(None);
    };
    let months = Months::new(col(row, "months")?).map_err(|_| unreadable("months"))?;
    Ok(Some(Contract {
        id: contract_id(row, "id")?,
        client: col(row, "client")?,
        signed_on: day(row, "signed_on")?,
        term: Term::new(day(row, "effective_on")?, months),
        postal: parsed_or_none(row, "postal")?,
        onsite: flag(row, "onsite")?,
        holidays: parsed_or_none(row, "holidays")?,
        notices: notices(tx, id)?,
        suspension: suspension(tx, id)?,
    }))
}

pub(super) fn exists(tx: &Tx<'_>, id: &ContractId) -> Result<(), StoreError> {
    let found = tx.first("SELECT 1 FROM contracts WHERE id = ?1", values![id.as_str()])?;
    found.map(|_| ()).ok_or_else(|| StoreError::NotFound(format!("contract {id}")))
}

fn notices(tx: &Tx<'_>, id: &ContractId) -> Result<Vec<Notice>, StoreError> {
    tx.rows("SELECT * FROM notices WHERE contract = ?1 ORDER BY n", values![id.as_str()])?
        .iter()
        .map(notice)
        .collect()
}

fn notice(row: &Row) -> Result<Notice, StoreError> {
    let days = NoticeDays::new(day_or_none(row, "sent_on")?, day_or_none(row, "received_on")?);
    let party = Party::from_label(&col::<String>(row, "party")?);
    Ok(Notice {
        by: party.ok_or_else(|| unreadable("party"))?,
        days: days.map_err(|_| unreadable("days of a notice"))?,
        proof: col(row, "proof")?,
    })
}

fn suspension(tx: &Tx<'_>, id: &ContractId) -> Result<Option<Suspension>, StoreError> {
    match &tx.first(
        "SELECT * FROM suspensions WHERE contract = ?1 ORDER BY n DESC LIMIT 1",
        values![id.as_str()],
    )? {
        Some(row) if flag(row, "suspended")? => Ok(Some(Suspension {
            by: author(row)?,
            reason: said(tx, Said::Suspension, col(row, "n")?)?,
            at: moment(row, "at")?,
        })),
        _ => Ok(None),
    }
}

fn suspended(
    tx: &Tx<'_>,
    id: &ContractId,
    suspended: bool,
    reason: &str,
    by: &Author,
    at: UnixSeconds,
) -> Result<(), StoreError> {
    let added = tx.first(
        "INSERT INTO suspensions (contract, suspended, author, at) VALUES (?1, ?2, ?3, ?4) RETURNING n",
        values![id.as_str(), suspended, by.to_string(), at.0],
    )?;
    say(tx, Said::Suspension, added.as_ref(), reason)
}
