//! Programs of Windows put in place: each version in a folder of its own below the one that was installed, and the service's own entry says
//! which one runs. Changing that entry is one step, which the registry makes whole or not at all.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use aval_protocol::release::Version;

use super::{registry, service};
use crate::update::Installed;
use crate::update::settle::Manager;

/// The folder of versions, below the one that was installed.
const VERSIONS: &str = "versions";
/// What stands behind a program in a service's command.
const SERVICE: &str = "service";
const SETTLE: &str = "settle";

/// What was installed, and what takes its place.
#[derive(Debug)]
pub(crate) struct Here {
    versions: PathBuf,
    program: PathBuf,
}

/// The agent's service, as the helper sees it.
#[derive(Debug)]
pub(crate) struct Managed;

impl Here {
    /// Around this program.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn this() -> io::Result<Self> {
        let program = std::env::current_exe()?;
        let folder = program.parent().unwrap_or(Path::new("."));
        let above = folder.parent().filter(|above| above.ends_with(VERSIONS));
        let versions = above.map_or_else(|| folder.join(VERSIONS), Path::to_owned);
        Ok(Self { versions, program })
    }

    /// The program that an installer put there, which people start by hand.
    fn base(&self) -> Option<PathBuf> {
        Some(self.versions.parent()?.join(self.program.file_name()?))
    }

    /// Removes every version that came by updates.
    pub(crate) fn remove(&self) {
        let _ = std::fs::remove_dir_all(&self.versions);
    }

    /// Once nothing is on trial: the programs that people start by hand become those that run, and versions that ran before go. Best
    /// effort; the next start does it again.
    pub(crate) fn tidy(&self) {
        let (Some(base), Some(own)) = (self.base(), self.program.parent()) else { return };
        if base == self.program {
            // An installer was here since: what came by updates is older, or comes again.
            return self.remove();
        }
        let (Some(above), Ok(files)) = (base.parent(), std::fs::read_dir(own)) else { return };
        for file in files.filter_map(Result::ok) {
            let (from, to) = (file.path(), above.join(file.file_name()));
            if same(&from, &to) {
                continue;
            }
            let draft = to.with_extension("new");
            let done = std::fs::copy(&from, &draft).and_then(|_| std::fs::rename(&draft, &to));
            if let Err(error) = done {
                tracing::info!(%error, to = %to.display(), "left as it was for now");
                let _ = std::fs::remove_file(&draft);
            }
        }
        for folder in std::fs::read_dir(&self.versions).into_iter().flatten().filter_map(Result::ok) {
            if folder.path() != own {
                let _ = std::fs::remove_dir_all(folder.path());
            }
        }
    }
}

fn same(one: &Path, other: &Path) -> bool {
    let length = |path: &Path| std::fs::metadata(path).map(|meta| meta.len()).ok();
    length(one) == length(other) && std::fs::read(one).ok() == std::fs::read(other).ok()
}

impl Installed for Here {
    fn program(&self) -> io::Result<PathBuf> {
        Managed.points()
    }

    fn versions(&self) -> PathBuf {
        self.versions.clone()
    }

    fn hand_over(&self) -> io::Result<()> {
        service::install_helper(&command(&self.program, SETTLE))
    }

    fn stays(&self, version: Version) {
        if let Err(error) = registry::show_version(&version.to_string()) {
            tracing::info!(%error, "the list of installed programs shows the version before");
        }
    }
}

impl Manager for Managed {
    fn points(&self) -> io::Result<PathBuf> {
        let command = service::command()?;
        let text = command.to_string_lossy();
        // Ours is always in quotes: "C:\Program Files\Aval\aval-agent.exe" service
        let program =
            text.strip_prefix('"').and_then(|rest| rest.split_once('"')).map(|(program, _)| program);
        program.map(PathBuf::from).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn point(&self, program: &Path) -> io::Result<()> {
        service::run_from_now_on(&command(program, SERVICE))
    }

    fn runs(&self) -> io::Result<bool> {
        service::runs()
    }

    fn start(&self) -> io::Result<()> {
        service::start()
    }

    fn stop(&self) -> io::Result<()> {
        service::stop()
    }
}

fn command(program: &Path, what: &str) -> OsString {
    let mut command = OsString::from("\"");
    command.push(program);
    command.push("\" ");
    command.push(OsStr::new(what));
    command
}
