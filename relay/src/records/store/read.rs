//! From columns to types. A value that is not what it should be makes the record unavailable: nothing is guessed.

use std::str::FromStr;

use aval_protocol::id::{AgentId, ContractId, PersonId, SessionId, UnixSeconds};
use jiff::civil::Date;

use crate::gate::term::Day;
use crate::records::sql::{FromValue, Row};
use crate::records::{self, Author, MAX_NOTE, StoreError};

/// A column as the database has it.
pub(super) fn col<T: FromValue>(row: &Row, name: &'static str) -> Result<T, StoreError> {
    row.value(name).and_then(T::from_value).ok_or_else(|| unreadable(name))
}

/// A limit that shows whether more follow.
pub(super) fn one_more(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1)
}

/// A yes or no.
pub(super) fn flag(row: &Row, name: &'static str) -> Result<bool, StoreError> {
    match col::<i64>(row, name)? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(unreadable(name)),
    }
}

/// A column that holds a text with a meaning.
pub(super) fn parsed<T: FromStr>(row: &Row, name: &'static str) -> Result<T, StoreError> {
    col::<String>(row, name)?.parse().map_err(|_| unreadable(name))
}

/// The same, or nothing.
pub(super) fn parsed_or_none<T: FromStr>(row: &Row, name: &'static str) -> Result<Option<T>, StoreError> {
    col::<Option<String>>(row, name)?.map(|text| text.parse().map_err(|_| unreadable(name))).transpose()
}

pub(super) fn person(row: &Row, name: &'static str) -> Result<PersonId, StoreError> {
    parsed(row, name)
}

pub(super) fn contract_id(row: &Row, name: &'static str) -> Result<ContractId, StoreError> {
    parsed(row, name)
}

pub(super) fn author(row: &Row) -> Result<Author, StoreError> {
    parsed(row, "author")
}

pub(super) fn agent_id(row: &Row, name: &'static str) -> Result<AgentId, StoreError> {
    col(row, name).map(AgentId)
}

pub(super) fn session_id(row: &Row, name: &'static str) -> Result<SessionId, StoreError> {
    col(row, name).map(SessionId)
}

pub(super) fn moment(row: &Row, name: &'static str) -> Result<UnixSeconds, StoreError> {
    col(row, name).map(UnixSeconds)
}

pub(super) fn day(row: &Row, name: &'static str) -> Result<Day, StoreError> {
    Day::new(parsed::<Date>(row, name)?).map_err(|_| unreadable(name))
}

pub(super) fn day_or_none(row: &Row, name: &'static str) -> Result<Option<Day>, StoreError> {
    let date = parsed_or_none::<Date>(row, name)?;
    date.map(|date| Day::new(date).map_err(|_| unreadable(name))).transpose()
}

pub(super) fn unreadable(what: &str) -> StoreError {
    StoreError::Unavailable(format!("a row’s {what} is unreadable: restore the last backup"))
}

/// A reason, proof or name that a person gave, as [`records::note`] takes it.
pub(super) fn note<'a>(what: &str, text: &'a str) -> Result<&'a str, StoreError> {
    let wrong = || StoreError::Invalid(format!("{what}: write 1 to {MAX_NOTE} characters on one line"));
    records::note(text).ok_or_else(wrong)
}
