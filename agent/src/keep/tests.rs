//! The tests of `keep.rs`, beside it so that both stay short.

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

#[test]
fn a_journal_goes_on_under_the_key_that_its_own_one_named_and_under_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let [old, new, other] = std::array::from_fn(|_| Signer::generate().unwrap());
    let path = written(&dir, &old, 2);
    let renewed = Event::KeyRenewed { old_spki: old.spki().to_vec(), new_spki: new.spki().to_vec() };
    let mut keep = Keep::open(&path, old.spki()).unwrap();
    keep.append(&old, NOW, &renewed).unwrap();
    assert_eq!(keep.key(), new.spki());
    drop(keep);
    let before = std::fs::read(&path).unwrap();
    for (signer, holds) in [(&other, false), (&old, false), (&new, true)] {
        std::fs::write(&path, &before).unwrap();
        let mut keep = Keep::open(&path, new.spki()).unwrap();
        keep.append(signer, NOW, &started(9)).unwrap();
        let (entries, read) = all(&path, &new);
        assert_eq!((entries.len(), read.trouble.is_none()), (if holds { 4 } else { 3 }, holds));
    }
    // The beginning belongs to whoever the entry names, whose word it is: nobody puts another beginning in front.
    assert_eq!(all(&path, &new).0[0].told(), aval_protocol::journal::Told::Known(started(0)));
}
