//! Files on a disk that stops after any step, and in a process that is killed at any moment.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aval_protocol::id::UnixSeconds;
use aval_protocol::release::{Version, WINDOWS, WINDOWS_PROGRAMS};
use aws_lc_rs::digest::digest;

use super::*;

/// The system's disk in a machine whose power ends after so many steps; an append may be cut in its middle.
struct Cut {
    steps: AtomicU32,
    torn: bool,
}

impl Cut {
    fn step(&self) -> io::Result<()> {
        match self.steps.load(Ordering::Relaxed) {
            0 => Err(io::ErrorKind::Interrupted.into()),
            left => {
                self.steps.store(left - 1, Ordering::Relaxed);
                Ok(())
            }
        }
    }
}

impl Disk for Cut {
    fn folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Os.folder(path)
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if self.step().is_err() {
            if self.torn {
                Os.append(path, &bytes[..bytes.len() / 2])?;
            }
            return Err(io::ErrorKind::Interrupted.into());
        }
        Os.append(path, bytes)
    }
    fn sync(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Os.sync(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        Os.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Os.remove(path)
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

/// Two programs of some size and the release that names them.
fn released(size: usize) -> (Release, BTreeMap<String, Vec<u8>>) {
    let files: BTreeMap<_, _> = WINDOWS_PROGRAMS
        .iter()
        .zip([7_u8, 9])
        .map(|(name, salt)| {
            let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap() ^ salt).collect();
            ((*name).to_owned(), bytes)
        })
        .collect();
    let parts = files.iter().map(|(name, bytes)| Part {
        system: WINDOWS.into(),
        name: name.clone(),
        length: bytes.len() as u64,
        sha256: sha256(bytes),
    });
    let version = Version { major: 0, minor: 1, patch: 1 };
    let release = Release {
        edition: 1,
        version,
        floor: version,
        at: UnixSeconds(0),
        until: UnixSeconds(1),
        spread_s: 0,
        files: parts.collect(),
    };
    (release, files)
}

/// Everything from the first byte to the program in its place, in pieces.
fn take<D: Disk>(disk: &D, dir: &Path, size: usize, piece: usize) -> Result<PathBuf, Unplaced> {
    let (release, files) = released(size);
    let stage = Stage::new(disk, dir.join("update"));
    for part in &release.files {
        let bytes = &files[&part.name];
        loop {
            let have = usize::try_from(stage.have(part)?).unwrap();
            if have >= bytes.len() {
                break;
            }
            stage.add(part, &bytes[have..bytes.len().min(have + piece)])?;
        }
    }
    stage.place(&release, WINDOWS, &dir.join("versions"))
}

/// What has a version's name is whole.
fn is_whole(dir: &Path, size: usize) -> bool {
    let place = dir.join("versions/0.1.1");
    let (release, _) = released(size);
    !place.exists() || holds(&place, &release.files.iter().collect::<Vec<_>>())
}

#[test]
fn a_power_cut_after_any_step_leaves_a_part_or_the_whole_and_it_goes_on() {
    for torn in [false, true] {
        for steps in 0.. {
            let dir = tempfile::tempdir().unwrap();
            let cut = take(&Cut { steps: AtomicU32::new(steps), torn }, dir.path(), 1_000, 300);
            assert!(is_whole(dir.path(), 1_000), "after {steps} steps");
            if cut.is_ok() {
                assert!(steps > 12, "{steps}");
                break;
            }
            // Torn bytes are bytes still: what is there is gone on with, and checked at the end.
            take(&Os, dir.path(), 1_000, 300).unwrap();
            assert!(dir.path().join("versions/0.1.1").exists() && is_whole(dir.path(), 1_000));
        }
    }
}

#[test]
fn what_is_longer_shorter_or_other_than_signed_is_never_placed() {
    let dir = tempfile::tempdir().unwrap();
    let (release, files) = released(1_000);
    let (stage, versions) = (Stage::new(&Os, dir.path().join("update")), dir.path().join("versions"));
    let part = &release.files[0];
    assert_eq!(stage.add(part, &[0; 1_001]).unwrap_err().kind(), io::ErrorKind::InvalidData, "too long");
    assert_eq!(stage.add(part, &[]).unwrap_err().kind(), io::ErrorKind::InvalidData, "no more comes");
    for part in &release.files {
        stage.add(part, &files[&part.name]).unwrap();
    }
    // Changed between the fetching and the placing.
    std::fs::write(stage.path(part), vec![0; 1_000]).unwrap();
    assert!(matches!(stage.place(&release, WINDOWS, &versions), Err(Unplaced::Spoilt(_))));
    assert!(!versions.join("0.1.1").exists());
    assert_eq!(stage.have(part).unwrap(), 0, "it is fetched anew");
    // Cut short by whoever gave it.
    stage.add(part, &files[&part.name][..999]).unwrap();
    assert!(matches!(stage.place(&release, WINDOWS, &versions), Err(Unplaced::Spoilt(_))));
    stage.add(part, &files[&part.name]).unwrap();
    let place = stage.place(&release, WINDOWS, &versions).unwrap();
    // Changed after the placing: laid out anew.
    std::fs::write(place.join(&part.name), b"other").unwrap();
    assert_eq!(stage.place(&release, WINDOWS, &versions).unwrap(), place);
    assert!(is_whole(dir.path(), 1_000));
    stage.keep_only(&[]).unwrap();
    assert_eq!(stage.have(part).unwrap(), 0);
}

/// Bytes of each program in the process that is killed.
const LARGE: usize = 300_000;
/// Where that process works; set for it alone.
const FOLDER: &str = "AVAL_TEST_STAGE";

/// Not a test of its own: what the process does that the next test kills.
#[test]
fn the_process_that_is_killed() {
    if let Some(dir) = std::env::var_os(FOLDER) {
        take(&Os, Path::new(&dir), LARGE, 4_096).unwrap();
    }
}

#[test]
fn a_process_killed_at_any_moment_leaves_a_part_or_the_whole_and_the_next_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut killed = 0;
    for round in 0..20_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "update::stage::tests::the_process_that_is_killed"])
            .env(FOLDER, dir.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(5 + round * 7 % 45));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            killed += 1;
        }
        child.wait().unwrap();
        assert!(is_whole(dir.path(), LARGE), "after {round} kills");
        if dir.path().join("versions/0.1.1").exists() {
            break;
        }
    }
    take(&Os, dir.path(), LARGE, 4_096).unwrap();
    assert!(is_whole(dir.path(), LARGE));
    eprintln!("killed {killed} times");
}
