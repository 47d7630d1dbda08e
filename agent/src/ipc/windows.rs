//! The named pipe between service and session process, and the two checks of who is at the other end.
//!
//! The system says which process connected. The service wants a person's process that runs this very program file, and where it
//! started that process itself, no other; the session process wants a pipe that the system, an administrator or its own user owns.

use std::fs::OpenOptions;
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::io::AsHandle as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aval_transport::windows::{
    ADMINISTRATORS, Descriptor, SYSTEM, own_sid, owner_of, program_of_process, sid_of_process,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadHalf, WriteHalf};
pub(super) use tokio::net::windows::named_pipe::NamedPipeServer as Stream;
use tokio::time::sleep;

use super::{IpcError, Refused};
use crate::service::desktop::{Desktop, DesktopPort};
use crate::windows::pipe;

pub(super) type Reader = ReadHalf<Stream>;
pub(super) type Writer = WriteHalf<Stream>;

/// What a client of the pipe may do: read, write, wait, see who owns it. Not `FILE_APPEND_DATA`, which on a pipe means to serve it.
const USE: u32 = 0x0012_0083;
/// `ERROR_PIPE_BUSY`: no instance is free at this moment.
const BUSY: i32 = 231;
/// How often, and how long apart, a busy pipe is tried.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// The service's side of the pipe: a [`Desktop`] made of whichever session process is connected.
#[derive(Debug)]
pub struct Door {
    name: String,
    security: Descriptor,
    /// The instance that the next program connects to.
    next: Stream,
    helper: Option<Helper>,
}

/// The session process that the service itself started, if one runs: 0 is none. No other is let in.
pub(crate) type Helper = Arc<AtomicU32>;

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
    let unreachable = |e: io::Error| IpcError::Unreachable { path: shown.clone(), reason: e.to_string() };
    let mut tries = 0;
    let file = loop {
        // Whoever serves may know who connects, and not act in its name.
        let opened = OpenOptions::new()
            .access_mode(USE)
            .custom_flags(pipe::OVERLAPPED)
            .security_qos_flags(pipe::IDENTIFICATION)
            .open(path);
        match opened {
            Err(error) if error.raw_os_error() == Some(BUSY) && tries < TRIES => {
                tries += 1;
                sleep(PAUSE).await;
            }
            opened => break opened.map_err(unreachable)?,
        }
    };
    let owner = owner_of(&file).map_err(unreachable)?;
    if ![SYSTEM, ADMINISTRATORS, &own_sid().map_err(unreachable)?].contains(&owner.as_str()) {
        return Err(IpcError::Untrusted { path: shown, why: "another user’s program answers there" });
    }
    let client = pipe::client(file).map_err(unreachable)?;
    let (reader, writer) = tokio::io::split(client);
    Ok(Line { reader: Box::new(reader), writer: Box::new(writer) })
}

/// Both directions of a connection.
pub(super) fn split(stream: Stream) -> (Reader, Writer) {
    tokio::io::split(stream)
}

impl Door {
    /// Makes the pipe. Its name must not be served already.
    ///
    /// # Errors
    /// [`IpcError::Bind`]. Must be called inside a tokio runtime.
    pub fn bind(path: &Path) -> Result<Self, IpcError> {
        Self::bind_for(path, None)
    }

    /// The same for the one session process that the service starts.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub fn bind_for(path: &Path, helper: Option<Helper>) -> Result<Self, IpcError> {
        let fail = |e: io::Error| IpcError::Bind { path: path.display().to_string(), reason: e.to_string() };
        let name = path.to_str().ok_or_else(|| fail(io::ErrorKind::InvalidInput.into()))?.to_owned();
        let security = Descriptor::parse(&who_may(&own_sid().map_err(fail)?)).map_err(fail)?;
        let next = pipe::instance(&name, &security, true).map_err(fail)?;
        Ok(Self { name, security, next, helper })
    }

    /// The next program that connects. Cancel-safe.
    pub(super) async fn accept(&mut self) -> io::Result<Stream> {
        self.next.connect().await?;
        let fresh = pipe::instance(&self.name, &self.security, false)?;
        Ok(std::mem::replace(&mut self.next, fresh))
    }

    /// Whether the process at the other end may be this service's desktop.
    pub(super) fn judge_peer(&self, stream: &Stream) -> Result<(), Refused> {
        let pid = pipe::client_pid(stream.as_handle()).map_err(|_| Refused::NoDesktop)?;
        match &self.helper {
            Some(helper) if helper.load(Ordering::SeqCst) != pid => return Err(Refused::NoDesktop),
            Some(_) => {}
            None => {
                let (theirs, ours) = (sid_of_process(pid), own_sid());
                if !matches!((&theirs, &ours), (Ok(a), Ok(b)) if a == b) {
                    return Err(Refused::NoDesktop);
                }
            }
        }
        let ours = std::env::current_exe().and_then(|path| pipe::file_id(&path));
        match (program_of_process(pid).and_then(|path| pipe::file_id(&path)), ours) {
            (Ok(theirs), Ok(ours)) if theirs == ours => Ok(()),
            _ => Err(Refused::WrongProgram),
        }
    }
}

impl Desktop for Door {
    fn open(self: Box<Self>, port: DesktopPort) {
        tokio::spawn(super::serve::serve(*self, port));
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Line")
    }
}

/// The pipe belongs to whoever serves, who alone may serve it; people at this machine (`IU`) may use it, nobody from the network.
fn who_may(account: &str) -> String {
    format!("O:{account}D:P(D;;GA;;;NU)(A;;GA;;;SY)(A;;GA;;;{account})(A;;0x{USE:x};;;IU)")
}
