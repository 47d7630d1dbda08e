//! Releases on this relay's shelf: announced to every agent, and handed out piece by piece. Whether one counts, each agent judges for
//! itself by the key that is pinned there; what this relay checks only spares its owner a mistake.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aval_protocol::hex;
use aval_protocol::id::{AgentId, UnixSeconds};
use aval_protocol::release::{self, Known, Manifest, Refused, Release};
use aval_protocol::wire::enrol::MAX_PART;
use aval_protocol::wire::link::Downlink;
use aval_protocol::wire::program::ProgramWord;
use aval_transport::keyfile;
use aws_lc_rs::digest::{Context, SHA256};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::hub::Hub;

/// The shelf, in the relay's folder.
const FOLDER: &str = "release";
/// The manifest on it; the files lie beside it under their hashes.
const MANIFEST: &str = "release.pem";
/// How often the manifest is looked at.
const EVERY: Duration = Duration::from_millis(250);
/// Pieces that are read and sent at once: whoever comes later waits.
const AT_ONCE: usize = 16;

/// Why files are not put on the shelf.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotPut {
    /// The manifest is none, or goes back behind the one that is there.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A file is not in the manifest as it is.
    #[error("{0} is not in the manifest")]
    NotListed(String),
    /// A file of the manifest was not given.
    #[error("{0} is missing")]
    Missing(String),
    /// The system refuses.
    #[error("{0}")]
    Io(String),
}

/// What agents may be told and given, and what they said of their programs since this relay runs.
#[derive(Debug)]
pub(crate) struct Releases {
    shelf: Mutex<Option<Arc<OnShelf>>>,
    words: Mutex<HashMap<AgentId, ProgramWord>>,
    at_once: Semaphore,
}

#[derive(Debug)]
struct OnShelf {
    manifest: Manifest,
    files: BTreeMap<[u8; 32], PathBuf>,
}

/// Puts a release on the shelf of a relay's folder: the files first, then the manifest that names them.
pub(crate) fn put(
    dir: &Path,
    manifest: &Manifest,
    files: &[PathBuf],
    now: UnixSeconds,
) -> Result<Release, NotPut> {
    let folder = dir.join(FOLDER);
    let io = |path: &Path, error: &io::Error| NotPut::Io(format!("{}: {error}", path.display()));
    let new = manifest.claim()?;
    if let Some(old) = read(&folder)? {
        // The key of what is there leads to the one of what comes, as on each PC.
        let known = Known { key: old.manifest.key.clone(), newest: Some(old.manifest.claim()?) };
        known.seen(manifest, now)?;
    } else if new.until <= now {
        return Err(Refused::Expired.into());
    }
    let mut given = BTreeMap::new();
    for path in files {
        let found = hash(path).map_err(|error| io(path, &error))?;
        let named = new.files.iter().find(|part| (part.sha256, part.length) == found);
        let part = named.ok_or_else(|| NotPut::NotListed(path.display().to_string()))?;
        given.insert(part.sha256, path);
    }
    fs::create_dir_all(&folder).map_err(|error| io(&folder, &error))?;
    for part in &new.files {
        let place = folder.join(hex::encode(&part.sha256));
        if hash(&place).is_ok_and(|found| found == (part.sha256, part.length)) {
            continue;
        }
        let from = given.get(&part.sha256).ok_or_else(|| NotPut::Missing(part.name.clone()))?;
        let draft = folder.join(format!(".{}.new", hex::encode(&part.sha256)));
        let copied = fs::copy(from, &draft)
            .and_then(|_| File::open(&draft)?.sync_all())
            .and_then(|()| fs::rename(&draft, &place));
        copied.map_err(|error| io(&place, &error))?;
    }
    let text = release::manifest_to_pem(manifest).map_err(|error| NotPut::Io(error.to_string()))?;
    keyfile::replace(&folder.join(MANIFEST), &text).map_err(|error| NotPut::Io(error.to_string()))?;
    Ok(new)
}

/// What is on the shelf of a relay's folder.
pub(crate) fn shown(dir: &Path) -> Result<Option<Release>, NotPut> {
    Ok(read(&dir.join(FOLDER))?.map(|shelf| shelf.manifest.claim()).transpose()?)
}

fn read(folder: &Path) -> Result<Option<OnShelf>, NotPut> {
    let path = folder.join(MANIFEST);
    if !path.exists() {
        return Ok(None);
    }
    let text = keyfile::read(&path).map_err(|error| NotPut::Io(error.to_string()))?;
    let manifest = release::manifest_from_pem(&text)?;
    let listed = manifest.claim()?.files;
    let files = listed.iter().map(|part| (part.sha256, folder.join(hex::encode(&part.sha256)))).collect();
    Ok(Some(OnShelf { manifest, files }))
}

fn hash(path: &Path) -> io::Result<([u8; 32], u64)> {
    let (mut file, mut context, mut length) = (File::open(path)?, Context::new(&SHA256), 0);
    let mut piece = vec![0; MAX_PART];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        context.update(&piece[..read]);
        length += read as u64;
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    Ok((hash, length))
}

/// Looks at the shelf until it is dropped: the command line writes past this process. What is new is said to every agent.
pub(crate) async fn watch(hub: Arc<Hub>, dir: PathBuf) {
    let (folder, mut seen) = (dir.join(FOLDER), None);
    loop {
        let path = folder.clone();
        let look = tokio::task::spawn_blocking(move || {
            let stamp = stamp(&path.join(MANIFEST));
            (stamp != seen).then(|| (stamp, read(&path)))
        });
        if let Ok(Some((stamp, found))) = look.await {
            seen = stamp;
            match found {
                Ok(found) => announce(&hub, found),
                Err(error) => tracing::error!(%error, "the release on the shelf can’t be announced"),
            }
        }
        sleep(EVERY).await;
    }
}

fn announce(hub: &Hub, found: Option<OnShelf>) {
    let found = found.map(Arc::new);
    hub.releases.shelf().clone_from(&found);
    let Some(found) = found else { return };
    tracing::info!("a release is announced");
    let presence = hub.presence();
    let links: Vec<_> = presence.agents().into_iter().filter_map(|agent| presence.agent(agent)).collect();
    drop(presence);
    for link in links {
        link.say(Downlink::Release(Box::new(found.manifest.clone())));
    }
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let meta = fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

// === impl Releases

impl Releases {
    pub(crate) fn new() -> Self {
        Self { shelf: Mutex::default(), words: Mutex::default(), at_once: Semaphore::new(AT_ONCE) }
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, Option<Arc<OnShelf>>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is announced to an agent that comes.
    pub(crate) fn announced(&self) -> Option<Downlink> {
        let shelf = self.shelf();
        shelf.as_ref().map(|shelf| Downlink::Release(Box::new(shelf.manifest.clone())))
    }

    /// An agent said how its program stands.
    pub(crate) fn heard(&self, agent: AgentId, word: ProgramWord) {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).insert(agent, word);
    }

    /// What an agent said last.
    pub(crate) fn word(&self, agent: AgentId) -> Option<ProgramWord> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).get(&agent).copied()
    }

    /// Bytes of a file on the shelf; `None` if it is not there.
    pub(crate) async fn part(&self, sha256: [u8; 32], from: u64) -> Option<Vec<u8>> {
        let path = self.shelf().as_ref()?.files.get(&sha256)?.clone();
        let _turn = self.at_once.acquire().await.ok()?;
        let read = tokio::task::spawn_blocking(move || {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            file.take(MAX_PART as u64).read_to_end(&mut bytes)?;
            Ok::<_, io::Error>(bytes)
        });
        match read.await.ok()? {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                tracing::error!(%error, "a released file can’t be read");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aval_protocol::firm::Signer;
    use aval_protocol::release::{DEBIAN, Part, Rotation, Version};

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_795_000_000);

    fn release(edition: u32, file: &Path) -> Release {
        let (sha256, length) = hash(file).unwrap();
        let name = "aval-agent_0.1.1_amd64.deb".to_owned();
        let version = Version { major: 0, minor: 1, patch: u16::try_from(edition).unwrap() };
        let files = vec![Part { system: DEBIAN.into(), name, length, sha256 }];
        let until = UnixSeconds(NOW.0 + 1_000);
        Release { edition, version, floor: version, at: NOW, until, spread_s: 0, files }
    }

    #[test]
    fn obvious_mistakes_are_refused_and_the_honest_ones_beside_them_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        fs::write(&one, b"one").unwrap();
        fs::write(&two, b"two").unwrap();
        let (key, other) = (Signer::generate().unwrap(), Signer::generate().unwrap());
        let sign = |release: &Release| Manifest::sign(release, &key, Vec::new()).unwrap();
        let (first, second) = (sign(&release(1, &one)), sign(&release(2, &two)));
        let put = |manifest: &Manifest, files: &[&PathBuf], now| {
            let files: Vec<_> = files.iter().map(|path| (*path).clone()).collect();
            super::put(dir.path(), manifest, &files, now)
        };
        assert!(matches!(put(&first, &[], NOW), Err(NotPut::Missing(_))));
        assert!(matches!(put(&first, &[&two], NOW), Err(NotPut::NotListed(_))));
        let after = UnixSeconds(NOW.0 + 1_000);
        assert!(matches!(put(&first, &[&one], after), Err(NotPut::Refused(Refused::Expired))));
        let bad = Manifest { key: other.spki().to_vec(), ..first.clone() };
        assert!(matches!(put(&bad, &[&one], NOW), Err(NotPut::Refused(Refused::BadSignature))));
        assert!(shown(dir.path()).unwrap().is_none());

        assert_eq!(put(&first, &[&one], NOW).unwrap().edition, 1);
        put(&first, &[], NOW).unwrap();
        put(&second, &[&two], NOW).unwrap();
        assert!(matches!(put(&first, &[&one], NOW), Err(NotPut::Refused(Refused::Rollback { .. }))));
        let foreign = Manifest::sign(&release(3, &one), &other, Vec::new()).unwrap();
        assert!(matches!(put(&foreign, &[&one], NOW), Err(NotPut::Refused(Refused::OtherKey))));
        let led = vec![Rotation::new(&key, &other, NOW).unwrap()];
        put(&Manifest::sign(&release(3, &one), &other, led).unwrap(), &[&one], NOW).unwrap();
        assert_eq!(shown(dir.path()).unwrap().unwrap().edition, 3);
    }
}
