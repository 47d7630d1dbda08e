//! The agent's own journal on disk: one chain, signed by the machine's key, on disk before the relay hears of it.

mod file;

use std::path::{Path, PathBuf};

use aval_protocol::firm::Signer;
use aval_protocol::id::UnixSeconds;
use aval_protocol::journal::{Broken, Chain, Entry, Event, Head, Told, Why, first_key};

use crate::state::StateError;
use file::{Records, scan};

/// The journal's name in the agent's folder.
pub const JOURNAL: &str = "journal";

/// The journal, open for appending. Only the running service has it open.
#[derive(Debug)]
pub struct Keep {
    path: PathBuf,
    records: Records,
    chain: Chain,
    key: Vec<u8>,
}

/// What a reader found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Read {
    /// Where what holds ends.
    pub head: Head,
    /// What is wrong behind it, if something is.
    pub trouble: Option<String>,
}

// === impl Keep

impl Keep {
    /// Opens or begins the journal of the machine with this key, or with those that came before it. What does not hold, and all behind it, is kept aside and said in
    /// the log; the relay, which knows the head, notices as well.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn open(path: &Path, spki: &[u8]) -> Result<Self, StateError> {
        let (mut chain, mut key) = (Chain::new(), beginning(path, spki)?);
        let (records, aside) = Records::open(path, |record| follow(&mut chain, record, &mut key).map(drop))?;
        if let Some(aside) = aside {
            tracing::error!(
                after = chain.head().seq,
                why = aside.why,
                kept = %aside.kept.display(),
                "the journal did not hold to its end; the rest is kept aside, delete nothing and call your provider"
            );
        }
        Ok(Self { path: path.to_owned(), records, chain, key })
    }

    /// Writes down what happened. It is on disk when this returns; if it cannot be, it did not happen.
    ///
    /// # Errors
    /// [`StateError`]; the journal is as it was.
    pub fn append(&mut self, signer: &Signer, at: UnixSeconds, event: &Event) -> Result<(), StateError> {
        let damaged = |why: String| StateError::Damaged { path: self.path.clone(), why };
        let mut chain = self.chain;
        let entry = chain.append(signer, at, event).map_err(|e| damaged(e.to_string()))?;
        let record = postcard::to_stdvec(&entry).map_err(|e| damaged(e.to_string()))?;
        self.records.append(&record)?;
        self.chain = chain;
        if let Event::KeyRenewed { new_spki, .. } = event {
            self.key.clone_from(new_spki);
        }
        Ok(())
    }

    /// The key that signs the next entry.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Number and hash of the newest entry; `None` before the first.
    pub fn head(&self) -> Option<(u64, [u8; 32])> {
        let Head { seq, hash } = self.chain.head();
        (seq > 0).then_some((seq, hash))
    }
}

/// Reads a journal without touching it, also while a service writes it, and hands on every entry that holds.
///
/// # Errors
/// [`StateError::Io`].
pub fn read(path: &Path, spki: &[u8], mut each: impl FnMut(&Entry)) -> Result<Read, StateError> {
    let (mut chain, mut key) = (Chain::new(), beginning(path, spki)?);
    let read = scan(path, |record| follow(&mut chain, record, &mut key).map(|entry| each(&entry)));
    let (_, trouble) = read.map_err(|error| StateError::Io { path: path.to_owned(), error })?;
    Ok(Read { head: chain.head(), trouble })
}

/// The key that signed the first entry.
fn beginning(path: &Path, own: &[u8]) -> Result<Vec<u8>, StateError> {
    let mut entries = Vec::new();
    let scanned = scan(path, |record| {
        let entry = parsed(record)?;
        if matches!(entry.told(), Told::Known(Event::KeyRenewed { .. })) {
            entries.push(entry);
        }
        Ok(())
    });
    scanned.map_err(|error| StateError::Io { path: path.to_owned(), error })?;
    Ok(first_key(&entries, own))
}

fn parsed(record: &[u8]) -> Result<Entry, String> {
    match postcard::take_from_bytes::<Entry>(record) {
        Ok((entry, [])) => Ok(entry),
        _ => Err("a record that is no entry".to_owned()),
    }
}

fn follow(chain: &mut Chain, record: &[u8], key: &mut Vec<u8>) -> Result<Entry, String> {
    let entry = parsed(record)?;
    chain.follow_keeper(&entry, key).map_err(|broken: Broken| match broken.why {
        Why::Signature => "an entry that this machine's key did not sign".to_owned(),
        _ => broken.to_string(),
    })?;
    Ok(entry)
}

#[cfg(test)]
mod tests;
