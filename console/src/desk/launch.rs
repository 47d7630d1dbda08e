//! The private folder of one run: the launch file that holds the token, and the browser's throw-away profile. Gone at the end.
//!
//! The token is in a file that only its owner reads, never on a command line, which every user of this computer may see.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aval_protocol::text::console::desk as text;
use aval_transport::random::Random;

use super::keys::Secret;
use crate::say::{Failure, Said};

/// The launch file's name.
const FILE: &str = "launch.html";
/// The browser's profile.
const PROFILE: &str = "profile";

/// The folder; dropped, it is gone with all that is in it.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

// === impl Folder

impl Folder {
    /// Makes one that only this user enters.
    ///
    /// # Errors
    /// A [`Failure`] says where it could not be made.
    pub(super) fn make(parent: &Path, random: &Random) -> Result<Self, Failure> {
        let failed = |why: &str| Failure::of(|l| text::no_folder(l, &parent.display().to_string(), why));
        let name = random.bytes::<8>().map_err(|e| failed(&e.to_string()))?;
        let name: String = aval_protocol::hex::encode(&name);
        let path = parent.join(format!("aval-console-{name}"));
        #[cfg_attr(not(unix), allow(unused_mut, reason = "only Unix has a mode to set"))]
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // Fails when something of that name is there, whoever put it there.
        builder.create(&path).map_err(|e| failed(&e.to_string()))?;
        let folder = Self { path };
        builder.create(folder.profile()).map_err(|e| failed(&e.to_string()))?;
        Ok(folder)
    }

    /// Writes the launch file anew; an older one is gone.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn write(&self, origin: &str, token: &Secret) -> io::Result<PathBuf> {
        self.remove_launch();
        let path = self.path.join(FILE);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let token = token.as_str();
        // Without a script, so that a browser that runs none in files opens the page too.
        let page = zeroize::Zeroizing::new(format!(
            "<!doctype html>\n<html lang=\"fr\">\n<meta charset=\"utf-8\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta http-equiv=\"refresh\" content=\"0;url={origin}/#launch={token}\">\n<title>Aval</title>\n\
             <p><a href=\"{origin}/#launch={token}\">Ouvrir Aval – Open Aval</a></p>\n</html>\n"
        ));
        options.open(&path)?.write_all(page.as_bytes())?;
        Ok(path)
    }

    /// Takes the launch file away: its token was used.
    pub(super) fn remove_launch(&self) {
        // Gone already is as good.
        let _ = fs::remove_file(self.path.join(FILE));
    }

    /// Where the browser keeps what it must keep while it runs.
    pub(super) fn profile(&self) -> PathBuf {
        self.path.join(PROFILE)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A browser that is just ending may still write: tried again, for a moment.
        for _ in 0..20 {
            match fs::remove_dir_all(&self.path) {
                Ok(()) => return,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return,
                Err(_) => std::thread::sleep(std::time::Duration::from_millis(50)),
            }
        }
        tracing::warn!(path = %self.path.display(), "the private folder could not be removed: delete it by hand");
    }
}

/// Where private folders of a run belong: in memory where the system offers it, else among temporary files.
pub(super) fn runtime_dir() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    runtime.filter(|path| path.is_absolute() && path.is_dir()).unwrap_or_else(std::env::temp_dir)
}

/// What could not be written, as a failure.
pub(super) fn unwritten(folder: &Folder, error: &io::Error) -> Failure {
    let (path, why) = (folder.path.display().to_string(), error.to_string());
    Failure { said: Said::of(|l| text::no_folder(l, &path, &why)), exit: crate::say::EXIT_FAILED }
}

#[cfg(test)]
mod tests {
    use super::super::keys::Keys;
    use super::*;

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_and_nothing_is_left() {
        use std::os::unix::fs::MetadataExt as _;
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::make(parent.path(), &Random::system()).unwrap();
        let token = Keys::new(Random::system()).launch().unwrap();
        let file = folder.write("http://127.0.0.1:4711", &token).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(folder.profile()).unwrap().mode() & 0o777, 0o700);
        let page = fs::read_to_string(&file).unwrap();
        assert!(page.contains(&format!("http://127.0.0.1:4711/#launch={}", token.as_str())));
        fs::write(folder.profile().join("History"), "x").unwrap();
        folder.remove_launch();
        assert!(!file.exists());
        drop(folder);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
