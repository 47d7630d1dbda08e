//! The Unix socket between service and session process, and the two checks of who is at the other end.
//!
//! The kernel says which process connected (`SO_PEERCRED`, unix(7)). The service wants a person who owns a desktop here and this
//! very program file; the session process wants root or its own user behind a socket whose folder nobody else may write.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};

use rustix::net::sockopt::socket_peercred;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixListener;
pub(super) use tokio::net::UnixStream as Stream;
pub(super) use tokio::net::unix::{OwnedReadHalf as Reader, OwnedWriteHalf as Writer};

use super::{IpcError, Refused};
use crate::service::desktop::{Desktop, DesktopPort};

/// People's accounts begin here (`UID_MIN` of Debian's login.defs).
const FIRST_PERSON: u32 = 1000;

/// The service's side of the socket: a [`Desktop`] made of whichever session process is connected.
#[derive(Debug)]
pub struct Door {
    listener: UnixListener,
    path: PathBuf,
}

/// A session process's connection.
pub struct Line {
    /// What comes from the service.
    pub reader: Box<dyn AsyncRead + Send + Unpin>,
    /// What goes to it.
    pub writer: Box<dyn AsyncWrite + Send + Unpin>,
}

/// Connects a session process to the service, if it is the service.
///
/// # Errors
/// [`IpcError::Unreachable`], [`IpcError::Untrusted`].
pub async fn connect(path: &Path) -> Result<Line, IpcError> {
    let shown = path.display().to_string();
    let unreachable =
        |e: io::Error| IpcError::Unreachable { path: path.display().to_string(), reason: e.to_string() };
    let own = rustix::process::geteuid().as_raw();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let meta = fs::metadata(folder).map_err(unreachable)?;
    let sticky_or_closed = meta.mode() & 0o022 == 0;
    if !sticky_or_closed || !(meta.uid() == 0 || meta.uid() == own) {
        return Err(IpcError::Untrusted { path: shown, why: "others may write in its folder" });
    }
    let stream = Stream::connect(path).await.map_err(unreachable)?;
    let peer = socket_peercred(&stream).map_err(|e| unreachable(e.into()))?;
    if !(peer.uid.is_root() || peer.uid.as_raw() == own) {
        return Err(IpcError::Untrusted { path: shown, why: "another user’s program answers there" });
    }
    let (reader, writer) = stream.into_split();
    Ok(Line { reader: Box::new(reader), writer: Box::new(writer) })
}

/// Both directions of a connection.
pub(super) fn split(stream: Stream) -> (Reader, Writer) {
    stream.into_split()
}

/// The service's own user, root, or a person who is logged on: logind makes `/run/user/<uid>`, owned by that person.
fn owns_desktop(uid: u32, own: u32, runtime: &Path) -> bool {
    uid == own
        || uid == 0
        || uid >= FIRST_PERSON && fs::metadata(runtime.join(uid.to_string())).is_ok_and(|m| m.uid() == uid)
}

// === impl Door

impl Door {
    /// Makes the socket. A leftover of a service that is gone is replaced; a living one is not.
    ///
    /// # Errors
    /// [`IpcError::Bind`].
    pub fn bind(path: &Path) -> Result<Self, IpcError> {
        let fail = |e: io::Error| IpcError::Bind { path: path.display().to_string(), reason: e.to_string() };
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty() && !p.exists()) {
            fs::DirBuilder::new().recursive(true).mode(0o755).create(folder).map_err(fail)?;
        }
        if path.exists() {
            if BlockingStream::connect(path).is_ok() {
                return Err(fail(io::Error::from(io::ErrorKind::AddrInUse)));
            }
            fs::remove_file(path).map_err(fail)?;
        }
        let listener = UnixListener::bind(path).map_err(fail)?;
        // Whoever connects is checked; a person's session process must get that far.
        fs::set_permissions(path, fs::Permissions::from_mode(0o666)).map_err(fail)?;
        Ok(Self { listener, path: path.to_owned() })
    }

    /// The next program that connects. Cancel-safe.
    pub(super) async fn accept(&mut self) -> io::Result<Stream> {
        Ok(self.listener.accept().await?.0)
    }

    /// Whether the process at the other end may be this service's desktop.
    #[allow(clippy::unused_self, reason = "elsewhere the door knows whom it expects")]
    pub(super) fn judge_peer(&self, stream: &Stream) -> Result<(), Refused> {
        let peer = socket_peercred(stream).map_err(|_| Refused::NoDesktop)?;
        let uid = peer.uid.as_raw();
        if !owns_desktop(uid, rustix::process::geteuid().as_raw(), Path::new("/run/user")) {
            return Err(Refused::NoDesktop);
        }
        let theirs = fs::metadata(format!("/proc/{}/exe", peer.pid.as_raw_nonzero()));
        let ours = fs::metadata("/proc/self/exe");
        match (theirs, ours) {
            (Ok(a), Ok(b)) if (a.dev(), a.ino()) == (b.dev(), b.ino()) => Ok(()),
            _ => Err(Refused::WrongProgram),
        }
    }
}

impl Desktop for Door {
    fn open(self: Box<Self>, port: DesktopPort) {
        tokio::spawn(super::serve::serve(*self, port));
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Line")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_people_who_are_logged_on_own_a_desktop() {
        let run = tempfile::tempdir().unwrap();
        let me = rustix::process::geteuid().as_raw();
        fs::create_dir(run.path().join("4242")).unwrap();
        assert!(owns_desktop(0, 0, run.path()));
        assert!(owns_desktop(me, me, run.path()));
        assert!(!owns_desktop(33, 0, run.path()), "a daemon's account");
        assert!(!owns_desktop(1001, 0, run.path()), "nobody logged on");
        assert!(!owns_desktop(4242, 0, run.path()), "a folder that somebody else made");
        std::os::unix::fs::chown(run.path().join("4242"), Some(4242), None).unwrap();
        assert!(owns_desktop(4242, 0, run.path()));
    }

    #[tokio::test]
    async fn a_socket_in_a_folder_that_others_may_write_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("agent.sock");
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        assert!(connect(&path).await.is_ok());
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(connect(&path).await, Err(IpcError::Untrusted { .. })));
    }

    #[tokio::test]
    async fn nobody_home_says_what_to_start() {
        let dir = tempfile::tempdir().unwrap();
        let error = connect(&dir.path().join("agent.sock")).await.unwrap_err().to_string();
        assert!(error.contains("aval-agent service"), "{error}");
    }
}
