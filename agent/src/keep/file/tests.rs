//! The tests of `file.rs`, beside it so that both stay short.

use super::*;

fn read(path: &Path) -> (Vec<Vec<u8>>, Option<String>) {
    let mut all = Vec::new();
    let (_, trouble) = scan(path, |record| {
        all.push(record.to_vec());
        Ok(())
    })
    .unwrap();
    (all, trouble)
}

fn written(dir: &tempfile::TempDir) -> PathBuf {
    let path = dir.path().join("journal");
    let (mut records, aside) = Records::open(&path, |_| Ok(())).unwrap();
    assert_eq!(aside, None);
    for record in [&b"un"[..], b"", b"trois"] {
        records.append(record).unwrap();
    }
    path
}

#[test]
fn what_was_appended_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(&dir);
    assert_eq!(read(&path), (vec![b"un".to_vec(), vec![], b"trois".to_vec()], None));
    let (mut records, _) = Records::open(&path, |_| Ok(())).unwrap();
    records.append(b"quatre").unwrap();
    assert_eq!(read(&path).0.len(), 4);
}

#[test]
fn a_file_torn_anywhere_keeps_what_was_whole_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let whole = fs::read(written(&dir)).unwrap();
    for cut in 0..whole.len() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        fs::write(&path, &whole[..cut]).unwrap();
        let (mut records, aside) = Records::open(&path, |_| Ok(())).unwrap();
        let kept = fs::read(&path).unwrap();
        let rest = aside.map_or(Vec::new(), |a| fs::read(a.kept).unwrap());
        assert_eq!([kept, rest].concat(), &whole[..cut], "cut at {cut}");
        records.append(b"suite").unwrap();
        let (all, trouble) = read(&path);
        assert_eq!((all.last().unwrap().as_slice(), trouble), (&b"suite"[..], None));
    }
}

#[test]
fn a_refused_record_and_all_behind_it_go_aside() {
    let dir = tempfile::tempdir().unwrap();
    let path = written(&dir);
    let refuse = |record: &[u8]| if record.is_empty() { Err("empty".to_owned()) } else { Ok(()) };
    let (_, aside) = Records::open(&path, refuse).unwrap();
    let aside = aside.unwrap();
    assert_eq!(aside.why, "empty");
    assert_eq!(read(&path).0, [b"un"]);
    assert_eq!(read(&aside.kept).0, [&b""[..], b"trois"]);
}

#[test]
fn an_impossible_length_is_refused_before_anything_is_allocated() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    fs::write(&path, [0xff; 32]).unwrap();
    let (_, aside) = Records::open(&path, |_| Ok(())).unwrap();
    assert!(aside.is_some());
    let (mut records, _) = Records::open(&path, |_| Ok(())).unwrap();
    assert!(records.append(&vec![0; MAX_RECORD + 1]).is_err());
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
}
