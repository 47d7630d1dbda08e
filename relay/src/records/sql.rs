//! The seam between what the record says and the database that keeps it: statements in the SQL that every engine here understands,
//! values and rows without an engine's types.
//!
//! The common dialect: parameters are `?1`, `?2`; integers are 64 bits, a yes or no is 1 or 0; `ON CONFLICT … DO`, `RETURNING`,
//! `coalesce`, `CASE`; no `rowid`, no `max` of two values, nothing that depends on how text is collated.

pub(super) mod postgres;
pub(crate) mod schema;
pub(super) mod shape;
pub(super) mod sqlite;

use std::sync::Arc;

use super::StoreError;

/// What a column or parameter holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// A row that was read. Its columns go by their names.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    names: Arc<[String]>,
    values: Vec<Value>,
}

/// A transaction in some engine.
pub(crate) type Tx<'a> = dyn Statements + 'a;

/// What can be done within a transaction.
pub(crate) trait Statements {
    /// Every row, read to the end.
    fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError>;

    /// Changes rows; how many.
    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError>;

    /// The first row.
    fn first(&self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// The one number that is the answer.
    fn count(&self, sql: &str, values: &[Value]) -> Result<i64, StoreError> {
        let row = self.first(sql, values)?;
        match row.and_then(|row| row.values.into_iter().next()) {
            Some(Value::Int(number)) => Ok(number),
            _ => Err(StoreError::Unavailable("a count is no number: restore the last backup".to_owned())),
        }
    }
}

/// Whether a commit waits until the disk has it. Either way a power cut leaves the record whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Disk {
    /// Facts: what was acknowledged stays.
    Waited,
    /// Presence: five thousand machines that come back at once must not queue for the disk in front of the gate.
    Later,
}

/// A type that a column is read as.
pub(crate) trait FromValue: Sized {
    /// `None` when the column holds something else.
    fn from_value(value: &Value) -> Option<Self>;
}

/// Parameters of a statement: `values![agent.0, "text", None::<i64>]`.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::records::sql::Value::from($value)),*] };
}
pub(crate) use values;

// === impl Row

impl Row {
    pub(super) fn new(names: Arc<[String]>, values: Vec<Value>) -> Self {
        Self { names, values }
    }

    /// A column's value.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.names.iter().position(|column| column == name).and_then(|at| self.values.get(at))
    }
}

// === impl From<…> for Value

macro_rules! int_values {
    ($($int:ty),+) => {$(
        impl From<$int> for Value {
            fn from(number: $int) -> Self {
                Self::Int(i64::from(number))
            }
        }

        impl FromValue for $int {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Int(number) => Self::try_from(*number).ok(),
                    _ => None,
                }
            }
        }
    )+};
}
int_values!(u8, u16, u32, i64);

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Int(i64::from(yes))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl From<&Vec<u8>> for Value {
    fn from(bytes: &Vec<u8>) -> Self {
        Self::Blob(bytes.clone())
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

// === impl FromValue

impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Blob(bytes) => bytes.as_slice().try_into().ok(),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            some => T::from_value(some).map(Some),
        }
    }
}
