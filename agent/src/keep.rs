//! The agent's own journal on disk: one chain, signed by the machine's key, on disk before the relay hears of it.

mod file;

use std::path::{Path, PathBuf};

use aval_protocol::firm::Signer;
use aval_protocol::id::UnixSeconds;
use aval_protocol::journal::{Broken, Chain, Entry, Event, Head, Why};

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
    /// Opens or begins the journal of the machine with this key. What does not hold, and all behind it, is kept aside and said in
    /// the log; the relay, which knows the head, notices as well.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn open(path: &Path, spki: &[u8]) -> Result<Self, StateError> {
        let mut chain = Chain::new();
        let (records, aside) = Records::open(path, |record| follow(&mut chain, record, spki).map(drop))?;
        if let Some(aside) = aside {
            tracing::error!(
                after = chain.head().seq,
                why = aside.why,
                kept = %aside.kept.display(),
                "the journal did not hold to its end; the rest is kept aside, delete nothing and call your provider"
            );
        }
        Ok(Self { path: path.to_owned(), records, chain })
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
        Ok(())
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
    let mut chain = Chain::new();
    let read = scan(path, |record| follow(&mut chain, record, spki).map(|entry| each(&entry)));
    let (_, trouble) = read.map_err(|error| StateError::Io { path: path.to_owned(), error })?;
    Ok(Read { head: chain.head(), trouble })
}

fn follow(chain: &mut Chain, record: &[u8], spki: &[u8]) -> Result<Entry, String> {
    let entry = match postcard::take_from_bytes::<Entry>(record) {
        Ok((entry, [])) => entry,
        _ => return Err("a record that is no entry".to_owned()),
    };
    chain.follow(&entry, spki).map_err(|broken: Broken| match broken.why {
        Why::Signature => "an entry that this machine's key did not sign".to_owned(),
        _ => broken.to_string(),
    })?;
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use aval_protocol::id::SessionId;

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_795_000_000);

    fn started(n: u8) -> Event {
        Event::Started { session: SessionId([n; 16]) }
    }

    fn written(dir: &tempfile::TempDir, signer: &Signer, entries: u8) -> PathBuf {
        let path = dir.path().join(JOURNAL);
        let mut keep = Keep::open(&path, signer.spki()).unwrap();
        for n in 0..entries {
            keep.append(signer, NOW, &started(n)).unwrap();
        }
        path
    }

    fn all(path: &Path, signer: &Signer) -> (Vec<Entry>, Read) {
        let mut entries = Vec::new();
        let read = read(path, signer.spki(), |entry| entries.push(entry.clone())).unwrap();
        (entries, read)
    }

    #[test]
    fn a_journal_goes_on_where_it_ended() {
        let (dir, signer) = (tempfile::tempdir().unwrap(), Signer::generate().unwrap());
        let path = written(&dir, &signer, 2);
        let before = Keep::open(&path, signer.spki()).unwrap().head().unwrap();
        assert_eq!(before.0, 2);
        written(&dir, &signer, 1);
        let (entries, read) = all(&path, &signer);
        assert_eq!((entries.len(), read.trouble), (3, None));
        assert_eq!(entries[2].prev, before.1);
        assert_eq!(read.head, Head { seq: 3, hash: entries[2].hash() });
    }

    #[test]
    fn a_new_journal_has_no_head_and_reads_as_empty() {
        let (dir, signer) = (tempfile::tempdir().unwrap(), Signer::generate().unwrap());
        let path = dir.path().join(JOURNAL);
        assert_eq!(all(&path, &signer), (vec![], Read { head: Head::default(), trouble: None }));
        assert_eq!(Keep::open(&path, signer.spki()).unwrap().head(), None);
    }

    #[test]
    fn an_entry_changed_on_disk_is_told_and_kept_aside_and_the_chain_goes_on_before_it() {
        let (dir, signer) = (tempfile::tempdir().unwrap(), Signer::generate().unwrap());
        let path = written(&dir, &signer, 3);
        let whole = std::fs::read(&path).unwrap();
        let mut changed = whole.clone();
        let (third, byte) = (whole.len() / 3, whole.len() / 3 + 60);
        changed[byte] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        let (entries, read) = all(&path, &signer);
        assert_eq!((entries.len(), read.head.seq), (1, 1));
        assert!(read.trouble.is_some());
        assert_eq!(std::fs::read(&path).unwrap(), changed, "reading touches nothing");
        let mut keep = Keep::open(&path, signer.spki()).unwrap();
        keep.append(&signer, NOW, &started(9)).unwrap();
        assert_eq!(all(&path, &signer).0.len(), 2);
        let kept = std::fs::read(dir.path().join("journal.refused-1")).unwrap();
        assert_eq!(kept, changed[third..]);
    }

    #[test]
    fn another_machines_journal_is_not_ones_own() {
        let (dir, signer) = (tempfile::tempdir().unwrap(), Signer::generate().unwrap());
        let path = written(&dir, &signer, 2);
        let (entries, read) = all(&path, &Signer::generate().unwrap());
        assert!(entries.is_empty() && read.trouble.is_some());
    }
}
