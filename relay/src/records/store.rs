//! The contract record as the rest of the relay uses it, whatever database keeps it.
//!
//! Methods block (a commit waits for the disk): async callers go through `spawn_blocking`. A store is cheap to clone and all clones
//! share one connection.

mod acts;
pub mod assent;
mod codes;
mod contracts;
mod desk;
mod dump;
mod equipment;
mod identity;
mod installs;
mod inventory;
mod journal;
mod machines;
mod papers;
mod person;
mod read;
mod renewals;
mod said;
mod sessions;

use std::path::Path;
use std::sync::Arc;

use super::sql::postgres::Postgres;
use super::sql::sqlite::Sqlite;
use super::sql::{Disk, Tx};
use super::{OpenError, StoreError, StorePlace};

pub use equipment::ListError;
pub use inventory::KeptOr;
pub use person::{Found, Person};

/// The contract record.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Arc<Engine>,
}

#[derive(Debug)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

// === impl Store

impl Store {
    /// Opens the record in this file, or makes it; an older schema is brought up to date.
    ///
    /// # Errors
    /// [`OpenError`] says what to do; a file that is refused is left as it was.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Sqlite::open(path).map(|file| Self { engine: Arc::new(Engine::Sqlite(file)) })
    }

    /// Opens a record that should be there.
    ///
    /// # Errors
    /// As [`Store::open`], and [`OpenError::Missing`].
    pub fn open_existing(path: &Path) -> Result<Self, OpenError> {
        Sqlite::open_existing(path).map(|file| Self { engine: Arc::new(Engine::Sqlite(file)) })
    }

    /// Opens the record where it is: in this file, unless the place is a database. Made, and brought up to date, as it need be.
    ///
    /// # Errors
    /// [`OpenError`] says what to do.
    pub fn at(place: &StorePlace, file: &Path) -> Result<Self, OpenError> {
        match place {
            StorePlace::Sqlite => Self::open(file),
            StorePlace::Postgres(place) => Self::connect(place),
        }
    }

    /// Opens the record in a PostgreSQL database, `postgres://USER@/DATABASE?host=/run/postgresql`, or makes it in an empty one; an
    /// older schema is brought up to date.
    ///
    /// # Errors
    /// [`OpenError`] says what to do; a database that is refused is left as it was.
    pub fn connect(place: &str) -> Result<Self, OpenError> {
        Postgres::open(place).map(|server| Self { engine: Arc::new(Engine::Postgres(Box::new(server))) })
    }

    /// Writes a consistent copy to a new file, while others go on reading and writing. It is complete once it has its name.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when something of that name exists; [`StoreError::Unavailable`].
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        match &*self.engine {
            Engine::Sqlite(file) => file.backup(to),
            Engine::Postgres(_) => Err(StoreError::Invalid(
                "the record is in PostgreSQL: copy it with pg_dump, or write it to a file with aval-relay export"
                    .to_owned(),
            )),
        }
    }

    /// From now on this program alone serves the record: two relays would each think that they know who is in a session. For a file, the
    /// lock on the relay's folder does it. Others go on reading and writing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when another program has said the same.
    pub fn alone(&self) -> Result<(), StoreError> {
        match &*self.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(server) => server.alone(),
        }
    }

    /// A number that is another one whenever another program has changed the record.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn foreign_changes(&self) -> Result<i64, StoreError> {
        match &*self.engine {
            Engine::Sqlite(file) => file.foreign_changes(),
            Engine::Postgres(server) => server.foreign_changes(),
        }
    }

    /// Takes what was erased out of what the database keeps beside its tables too.
    fn purge(&self) -> Result<(), StoreError> {
        match &*self.engine {
            Engine::Sqlite(file) => file.checkpoint(),
            Engine::Postgres(server) => server.purge(),
        }
    }

    /// One consistent reading. An engine may look more than once.
    fn read<T>(&self, look: impl Fn(&Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match &*self.engine {
            Engine::Sqlite(file) => file.read(look),
            Engine::Postgres(server) => server.read(look),
        }
    }

    /// All of it on the disk, or none. An engine may have to begin anew: what `change` says last is what was done.
    fn write<T, E: From<StoreError>>(&self, change: impl Fn(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.transact(Disk::Waited, change)
    }

    fn transact<T, E: From<StoreError>>(
        &self,
        disk: Disk,
        change: impl Fn(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &*self.engine {
            Engine::Sqlite(file) => file.write(disk, change),
            Engine::Postgres(server) => server.write(disk, change),
        }
    }
}

#[cfg(test)]
mod tests;
