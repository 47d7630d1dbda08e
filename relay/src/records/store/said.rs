//! Free words about people, beside the facts they belong to: whoever is erased takes the words along, and the fact stays (14.1).

use super::read::{col, unreadable};
use crate::records::StoreError;
use crate::records::sql::{Row, Tx, values};

/// Which kind of fact the words belong to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Said {
    /// Why a contract is suspended.
    Suspension,
    /// Why a machine was revoked.
    Act,
    /// Why support hours did not count.
    Exception,
    /// Why somebody was locked.
    Lock,
    /// What was proposed.
    Offer,
}

impl Said {
    /// The table of the fact.
    const fn place(self) -> &'static str {
        match self {
            Self::Suspension => "suspensions",
            Self::Act => "agent_acts",
            Self::Exception => "exceptions",
            Self::Lock => "locks",
            Self::Offer => "offers",
        }
    }
}

/// Keeps the words of a fact that was just added, of which `RETURNING n` gave the row.
pub(super) fn say(tx: &Tx<'_>, of: Said, added: Option<&Row>, text: &str) -> Result<(), StoreError> {
    if text.is_empty() {
        return Ok(());
    }
    let number: i64 = col(added.ok_or_else(|| unreadable("number"))?, "n")?;
    tx.execute("INSERT INTO said (place, n, text) VALUES (?1, ?2, ?3)", values![of.place(), number, text])?;
    Ok(())
}

/// The words of a fact; none once they were erased.
pub(super) fn said(tx: &Tx<'_>, of: Said, number: i64) -> Result<String, StoreError> {
    let row = tx.first("SELECT text FROM said WHERE place = ?1 AND n = ?2", values![of.place(), number])?;
    row.as_ref().map_or_else(|| Ok(String::new()), |row| col(row, "text"))
}
