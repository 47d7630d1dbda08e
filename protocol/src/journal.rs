//! The journal: entries chained by hash and signed, one chain per agent, so that nothing can be changed, dropped or moved unseen.
//!
//! Agent and relay each keep one and tell each other its head, so that the one witnesses the other: a chain cut short no longer
//! reaches the head that the other side wrote down. Entries hold who, what and when, never what was on a screen or typed.

mod event;

use aws_lc_rs::digest::{Context, SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::firm::{Signer, verify_bytes};
use crate::id::UnixSeconds;

pub use event::{Event, Told, commitment};

/// Longest body of an entry, in bytes. The largest event has about 300.
pub const MAX_BODY: usize = 4096;
/// Put in front of what is hashed, and of what is signed.
const LABEL: &str = "aval/1 journal";

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Number, from 1, without gaps.
    pub seq: u64,
    /// Hash of the entry before; zeros for the first.
    pub prev: [u8; 32],
    /// When, clock of the journal's keeper.
    pub at: UnixSeconds,
    /// What happened, postcard of [`Event`]; bytes, so that an older reader can verify what it can't read.
    pub body: Vec<u8>,
    /// Ed25519 over the entry's hash by the keeper's key.
    pub signature: Vec<u8>,
}

/// Where a journal ends: whoever knows it notices a shorter or other one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Head {
    /// Number of the newest entry; 0 before the first.
    pub seq: u64,
    /// Its hash; zeros before the first.
    pub hash: [u8; 32],
}

/// The end of a journal that is being written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Chain {
    head: Head,
}

/// The first entry that does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("entry {seq} of the journal does not hold: {why}")]
pub struct Broken {
    /// Its number, as it should be.
    pub seq: u64,
    /// Why.
    pub why: Why,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Why {
    /// It bears another number: something was dropped, doubled or moved.
    #[error("it bears another number")]
    Number,
    /// It does not follow the entry before.
    #[error("it does not follow the entry before it")]
    Link,
    /// Its keeper did not sign it as it is.
    #[error("its signature does not match")]
    Signature,
    /// It is longer than an entry may be.
    #[error("it is too long")]
    TooLong,
}

/// Why an event was not written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JournalError {
    /// The event exceeds [`MAX_BODY`].
    #[error("an event too long for the journal")]
    TooLong,
    /// There is no number left.
    #[error("the journal is full")]
    Full,
}

/// Verifies entries in order against the keeper's key: from the first, or following a head that is known.
///
/// That nothing is missing at the end, only a head learnt elsewhere can tell: compare it with the one returned.
///
/// # Errors
/// [`Broken`] names the first entry that does not hold.
pub fn verify<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
    spki: &[u8],
    from: Option<(u64, [u8; 32])>,
) -> Result<Head, Broken> {
    let mut chain = from.map_or_else(Chain::new, |(seq, hash)| Chain::resume(seq, hash));
    for entry in entries {
        chain.follow(entry, spki)?;
    }
    Ok(chain.head)
}

// === impl Entry

impl Entry {
    /// SHA-256 over the label, number, hash before, time, and the body's own SHA-256; numbers little-endian.
    pub fn hash(&self) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        context.update(LABEL.as_bytes());
        context.update(&self.seq.to_le_bytes());
        context.update(&self.prev);
        context.update(&self.at.0.to_le_bytes());
        context.update(digest(&SHA256, &self.body).as_ref());
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }

    /// What it tells.
    pub fn told(&self) -> Told {
        Told::read(&self.body)
    }
}

// === impl Chain

impl Chain {
    /// A journal without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// A journal whose newest entry has this number and hash.
    pub const fn resume(seq: u64, hash: [u8; 32]) -> Self {
        Self { head: Head { seq, hash } }
    }

    /// Where it ends.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// The next entry, signed. It counts from now on: whoever can't store it must go back to the chain as it was (it is `Copy`).
    ///
    /// # Errors
    /// [`JournalError`]; the chain is unchanged.
    pub fn append(&mut self, signer: &Signer, at: UnixSeconds, event: &Event) -> Result<Entry, JournalError> {
        let body = postcard::to_stdvec(event).map_err(|_| JournalError::TooLong)?;
        if body.len() > MAX_BODY {
            return Err(JournalError::TooLong);
        }
        let seq = self.head.seq.checked_add(1).ok_or(JournalError::Full)?;
        let mut entry = Entry { seq, prev: self.head.hash, at, body, signature: Vec::new() };
        let hash = entry.hash();
        entry.signature = signer.sign_bytes(LABEL, &hash);
        self.head = Head { seq, hash };
        Ok(entry)
    }

    /// As [`follow`](Self::follow), in a journal whose keeper may have renewed its key: the entry that says so is the last one that the old
    /// key signed. The key that follows says by its own signature, over all that came before, that it is so.
    ///
    /// # Errors
    /// [`Broken`]; the chain and the key are unchanged.
    pub fn follow_keeper(&mut self, entry: &Entry, spki: &mut Vec<u8>) -> Result<(), Broken> {
        self.follow(entry, spki)?;
        if let Told::Known(Event::KeyRenewed { old_spki, new_spki }) = entry.told()
            && old_spki == *spki
        {
            *spki = new_spki;
        }
        Ok(())
    }

    /// Goes one entry on, if it holds.
    ///
    /// # Errors
    /// [`Broken`]; the chain is unchanged.
    pub fn follow(&mut self, entry: &Entry, spki: &[u8]) -> Result<(), Broken> {
        let seq = self.head.seq.saturating_add(1);
        let broken = |why| Err(Broken { seq, why });
        if entry.seq != seq || self.head.seq == u64::MAX {
            return broken(Why::Number);
        }
        if entry.prev != self.head.hash {
            return broken(Why::Link);
        }
        if entry.body.len() > MAX_BODY {
            return broken(Why::TooLong);
        }
        let hash = entry.hash();
        if verify_bytes(spki, LABEL, &hash, &entry.signature).is_err() {
            return broken(Why::Signature);
        }
        self.head = Head { seq, hash };
        Ok(())
    }
}

/// The key that signs a machine's own journal at its beginning: its own, unless the journal tells that another one came before.
pub fn first_key<'a>(entries: impl IntoIterator<Item = &'a Entry>, own: &[u8]) -> Vec<u8> {
    let renewed = entries.into_iter().find_map(|entry| match entry.told() {
        Told::Known(Event::KeyRenewed { old_spki, .. }) => Some(old_spki),
        _ => None,
    });
    renewed.unwrap_or_else(|| own.to_vec())
}

#[cfg(test)]
mod tests;
