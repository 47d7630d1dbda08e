//! The release key and what it signs: off line, in a folder of its own that also remembers what was signed last.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use aval_protocol::firm::Signer;
use aval_protocol::id::{KeyId, UnixSeconds};
use aval_protocol::release::{
    self, DEBIAN, MAX_LENGTH, MAX_ROTATIONS, Manifest, Part, Refused, Release, Rotation, Unfit, Version,
    WINDOWS, WINDOWS_PROGRAMS, version,
};
use aval_protocol::text::{Lang, release as text};
use aval_transport::Clock;
use aws_lc_rs::digest::{SHA256, digest};
use clap::{Args, Subcommand};

use super::{file, say, shown, trouble, unfit};
use crate::words;

/// The private key.
const KEY: &str = "release.key";
/// What is pinned on each PC.
const PUBLIC: &str = "release.pub";
/// What was signed last.
const MANIFEST: &str = "release.pem";
const DAY: i64 = 86_400;

/// Releases of the agent.
#[derive(Subcommand, Debug)]
pub enum ReleaseCommand {
    /// Makes the release key: release.key for a safe, release.pub for installers and PCs.
    Key {
        /// Where to write; made if missing. Not the firm's folder.
        #[arg(long)]
        dir: PathBuf,
        /// Leaves the key without a passphrase: whoever copies the file chooses the program of every PC.
        #[arg(long)]
        no_passphrase: bool,
    },
    /// Signs a release of these files: writes release.pem, to be taken to the relays with them.
    Sign(Sign),
    /// Replaces the release key: the old one names the new one in the manifest that was signed last.
    Rotate {
        /// The folder with release.key.
        #[arg(long)]
        dir: PathBuf,
        /// Leaves the new key without a passphrase.
        #[arg(long)]
        no_passphrase: bool,
    },
    /// Shows what a manifest says and, with --key, whether this key leads to it.
    Show {
        /// release.pem
        file: PathBuf,
        /// The key that a PC has: release.pub.
        #[arg(long)]
        key: Option<PathBuf>,
    },
}

/// A release.
#[derive(Args, Debug)]
pub struct Sign {
    /// The folder with release.key.
    #[arg(long)]
    dir: PathBuf,
    /// The version, which the files must bear: 0.1.1.
    #[arg(long)]
    version: Version,
    /// The oldest version that may serve still; older agents let nobody in. The one of the last release if left out.
    #[arg(long)]
    floor: Option<Version>,
    /// For how many days it counts. Sign again before they are over, also when nothing is new.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=400))]
    days: u16,
    /// Over how many minutes the PCs spread their fetching.
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(0..=10_080))]
    spread: u32,
    /// aval-agent.exe and aval-agent-prompt.exe; aval-agent_VERSION_amd64.deb
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Carries a command out and says what was done, French first.
///
/// # Errors
/// A sentence for people in both languages.
pub fn run_release(command: ReleaseCommand, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    match command {
        ReleaseCommand::Key { dir, no_passphrase } => make(&dir, no_passphrase, out),
        ReleaseCommand::Sign(command) => sign(&command, out, clock.wall()),
        ReleaseCommand::Rotate { dir, no_passphrase } => rotate(&dir, no_passphrase, out, clock.wall()),
        ReleaseCommand::Show { file, key } => show(&file, key.as_deref(), out),
    }
}

fn make(dir: &Path, in_the_open: bool, out: &mut dyn Write) -> Result<()> {
    let (key, public) = (dir.join(KEY), dir.join(PUBLIC));
    file::refuse_existing(&key)?;
    file::refuse_existing(&public)?;
    let signer = Signer::generate().map_err(|e| unfit(&key, &e))?;
    let texts = words::to_store(&[&signer], in_the_open)?;
    file::make_dir(dir)?;
    for text in &texts {
        file::write_new(&key, text, true)?;
    }
    file::write_new(&public, &release::key_to_pem(signer.spki()), false)?;
    say(out, |lang| text::key_made(lang, &shown(&key), &shown(&public), signer.key_id()))
}

fn sign(command: &Sign, out: &mut dyn Write, now: UnixSeconds) -> Result<()> {
    let path = command.dir.join(MANIFEST);
    let last = last(&command.dir)?;
    let known = last.as_ref().map(Manifest::claim).transpose().map_err(refused)?;
    if let Some(known) = known.as_ref().filter(|known| command.version < known.version) {
        return Err(trouble(|lang| text::goes_back(lang, known.version)));
    }
    let least = known.as_ref().map_or_else(Version::default, |known| known.floor);
    if command.floor.is_some_and(|floor| floor < least) {
        return Err(refused(Refused::FloorBack));
    }
    let files = command.files.iter().map(|path| part(path, command.version)).collect::<Result<_>>()?;
    let next = Release {
        edition: known.map_or(1, |known| known.edition.saturating_add(1)),
        version: command.version,
        floor: command.floor.unwrap_or(least),
        at: now,
        until: UnixSeconds(now.0.saturating_add(i64::from(command.days) * DAY)),
        spread_s: command.spread * 60,
        files,
    };
    next.check().map_err(|why: Unfit| trouble(|lang| text::unfit(lang, why).to_owned()))?;
    let signer = signer(&command.dir)?;
    let rotations = last.map(|last| last.rotations).unwrap_or_default();
    let manifest = Manifest::sign(&next, &signer, rotations).map_err(|e| unfit(&path, &e))?;
    // As every PC will judge it that pinned this folder's key.
    release::opened(signer.spki(), &manifest).map_err(refused)?;
    file::replace(&path, &release::manifest_to_pem(&manifest)?)?;
    say(out, |lang| text::signed(lang, &next, &shown(&path)))
}

/// A file of the release, if it is what its name and the version say.
fn part(path: &Path, wanted: Version) -> Result<Part> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let length = fs::metadata(path).map_err(|e| unread(path, &e))?.len();
    if length > MAX_LENGTH {
        return Err(trouble(|lang| text::unfit(lang, Unfit::Length).to_owned()));
    }
    let bytes = fs::read(path).map_err(|e| unread(path, &e))?;
    let other = |says| trouble(|lang| text::other_version(lang, &shown(path), says, wanted));
    let system = if WINDOWS_PROGRAMS.contains(&name.as_str()) {
        // The window’s program is built with the agent and bears no version of its own.
        let says = version::marked(&bytes);
        if says.is_some_and(|says| says != wanted) || (says.is_none() && name == WINDOWS_PROGRAMS[0]) {
            return Err(other(says));
        }
        WINDOWS
    } else if let Some(says) =
        name.strip_prefix("aval-agent_").and_then(|rest| rest.strip_suffix("_amd64.deb"))
    {
        let says = says.parse().ok();
        if says != Some(wanted) {
            return Err(other(says));
        }
        DEBIAN
    } else {
        return Err(trouble(|lang| text::no_part(lang, &shown(path))));
    };
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, &bytes).as_ref());
    Ok(Part { system: system.to_owned(), name, length: bytes.len() as u64, sha256 })
}

fn rotate(dir: &Path, in_the_open: bool, out: &mut dyn Write, now: UnixSeconds) -> Result<()> {
    let (key, public, path) = (dir.join(KEY), dir.join(PUBLIC), dir.join(MANIFEST));
    let last = last(dir)?.ok_or_else(|| trouble(|lang| text::nothing_signed(lang).to_owned()))?;
    let mut next = last.claim().map_err(refused)?;
    let old = signer(dir)?;
    let new = Signer::generate().map_err(|e| unfit(&key, &e))?;
    let mut rotations = last.rotations;
    rotations.push(Rotation::new(&old, &new, now).map_err(|e| unfit(&key, &e))?);
    // Whoever still has the oldest key then is led to the newest one by hand.
    let surplus = rotations.len().saturating_sub(MAX_ROTATIONS);
    rotations.drain(..surplus);
    next.edition = next.edition.saturating_add(1);
    let manifest = Manifest::sign(&next, &new, rotations).map_err(|e| unfit(&path, &e))?;
    release::opened(old.spki(), &manifest).map_err(refused)?;
    let texts = words::to_store(&[&new], in_the_open)?;
    let kept = file::move_aside(&key, &short(old.key_id()))?;
    for text in &texts {
        file::write_new(&key, text, true)?;
    }
    file::replace(&public, &release::key_to_pem(new.spki()))?;
    file::replace(&path, &release::manifest_to_pem(&manifest)?)?;
    let kept = kept.as_deref().map(shown).unwrap_or_default();
    say(out, |lang| text::rotated(lang, &kept, &shown(&public), new.key_id()))?;
    say(out, |lang| text::signed(lang, &next, &shown(&path)))
}

fn show(path: &Path, key: Option<&Path>, out: &mut dyn Write) -> Result<()> {
    let manifest = release::manifest_from_pem(&file::read(path)?).map_err(refused)?;
    let said = match key {
        None => manifest.claim(),
        Some(key) => {
            let pinned = release::key_from_pem(&file::read(key)?).map_err(|e| unfit(key, &e))?;
            release::opened(&pinned, &manifest).map(|(said, _)| said)
        }
    };
    let said = said.map_err(refused)?;
    say(out, |lang| text::list(lang, &said))
}

/// What was signed last in this folder.
fn last(dir: &Path) -> Result<Option<Manifest>> {
    let path = dir.join(MANIFEST);
    if !path.exists() {
        return Ok(None);
    }
    release::manifest_from_pem(&file::read(&path)?).map(Some).map_err(refused)
}

fn signer(dir: &Path) -> Result<Signer> {
    let path = dir.join(KEY);
    words::signer(&path, &file::read_secret(&path)?, None)
}

fn short(key: KeyId) -> String {
    key.to_string().chars().take(8).collect()
}

fn unread(path: &Path, error: &std::io::Error) -> anyhow::Error {
    anyhow::anyhow!("{}: {error}", path.display())
}

fn refused(why: Refused) -> anyhow::Error {
    trouble(|lang: Lang| text::refused(lang, why))
}

#[cfg(test)]
mod tests {
    use aval_protocol::release::Known;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(subcommand)]
        command: ReleaseCommand,
    }

    const NOW: i64 = 1_795_000_000;

    fn run(dir: &Path, day: i64, line: &str) -> Result<String, String> {
        let words = line.split_whitespace().map(|word| word.replace('@', &dir.display().to_string()));
        let line: Line = clap::Parser::parse_from(std::iter::once("release".to_owned()).chain(words));
        let mut out = Vec::new();
        run_release(line.command, &mut out, &Clock::starting_at(UnixSeconds(NOW + day * DAY)))
            .map(|()| String::from_utf8(out).unwrap())
            .map_err(|error| error.to_string())
    }

    fn programs(dir: &Path, version: &str) {
        fs::write(dir.join(WINDOWS_PROGRAMS[0]), [b"MZ".as_slice(), &version::mark(version)].concat())
            .unwrap();
        fs::write(dir.join(WINDOWS_PROGRAMS[1]), b"MZ").unwrap();
        fs::write(dir.join(format!("aval-agent_{version}_amd64.deb")), b"!<arch>").unwrap();
    }

    fn manifest(dir: &Path) -> Manifest {
        release::manifest_from_pem(&fs::read_to_string(dir.join("r/release.pem")).unwrap()).unwrap()
    }

    #[test]
    fn a_key_releases_and_gives_its_place_to_another() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let windows = "@/aval-agent.exe @/aval-agent-prompt.exe";
        run(dir, 0, "key --dir @/r --no-passphrase").unwrap();
        assert!(run(dir, 0, "key --dir @/r --no-passphrase").is_err(), "a key is never made again");
        assert!(run(dir, 0, "rotate --dir @/r --no-passphrase").is_err(), "nobody would hear of it");
        programs(dir, "0.1.1");
        let sign = |day, what: &str| run(dir, day, &format!("sign --dir @/r {what}"));
        let said = sign(0, &format!("--version 0.1.1 {windows} @/aval-agent_0.1.1_amd64.deb")).unwrap();
        assert!(said.contains("0.1.1") && said.contains("aval-relay release put"), "{said}");
        let pinned = release::key_from_pem(&fs::read_to_string(dir.join("r/release.pub")).unwrap()).unwrap();
        let known = Known::pinned(pinned).seen(&manifest(dir), UnixSeconds(NOW)).unwrap().unwrap();
        assert_eq!(known.newest.as_ref().unwrap().files.len(), 3);

        for (what, why) in [
            ("--version 0.1.2 @/aval-agent.exe @/aval-agent-prompt.exe", "0.1.1"),
            ("--version 0.1.2 @/aval-agent_0.1.1_amd64.deb", "0.1.1"),
            ("--version 0.1.0 @/aval-agent.exe @/aval-agent-prompt.exe", "0.1.1"),
            ("--version 0.1.1 @/aval-agent.exe", "aval-agent-prompt.exe"),
            ("--version 0.1.1 @/r/release.pub", "release.pub"),
            ("--version 0.1.1 --floor 0.1.2 @/aval-agent.exe @/aval-agent-prompt.exe", "au-dessus"),
        ] {
            let refused = sign(1, what).unwrap_err();
            assert!(refused.contains(why), "{what}: {refused}");
        }
        assert_eq!(manifest(dir).claim().unwrap().edition, 1, "nothing was signed");

        sign(2, &format!("--version 0.1.1 --floor 0.1.1 {windows}")).unwrap();
        assert!(sign(3, &format!("--version 0.1.1 --floor 0.1.0 {windows}")).is_err(), "the floor goes back");
        run(dir, 4, "rotate --dir @/r --no-passphrase").unwrap();
        programs(dir, "0.1.2");
        sign(5, &format!("--version 0.1.2 {windows}")).unwrap();
        // A PC that knows the first key and slept all the while.
        let after = known.seen(&manifest(dir), UnixSeconds(NOW + 5 * DAY)).unwrap().unwrap();
        let newest = after.newest.unwrap();
        assert_eq!((newest.edition, newest.floor.patch, newest.version.patch), (4, 1, 2));
        assert_ne!(after.key, known.key);
        assert!(run(dir, 6, "show @/r/release.pem --key @/r/release.pub").unwrap().contains("0.1.2"));
        run(dir, 0, "key --dir @/other --no-passphrase").unwrap();
        assert!(run(dir, 6, "show @/r/release.pem --key @/other/release.pub").is_err());
    }
}
