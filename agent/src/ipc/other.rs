//! The local socket of systems that have none in this version: a clear refusal.

use std::path::Path;

use tokio::io::{AsyncRead, AsyncWrite};

use super::IpcError;
use crate::service::desktop::{Desktop, DesktopPort};

/// The service's side of the socket.
#[derive(Debug)]
pub struct Door {
    never: std::convert::Infallible,
}

/// A session process's connection.
pub struct Line {
    /// What comes from the service.
    pub reader: Box<dyn AsyncRead + Send + Unpin>,
    /// What goes to it.
    pub writer: Box<dyn AsyncWrite + Send + Unpin>,
}

/// Not on this system yet.
///
/// # Errors
/// [`IpcError::NotYet`].
#[allow(clippy::unused_async, reason = "as on systems that have a socket")]
pub async fn connect(_path: &Path) -> Result<Line, IpcError> {
    Err(IpcError::NotYet)
}

impl Door {
    /// Not on this system yet.
    ///
    /// # Errors
    /// [`IpcError::NotYet`].
    pub fn bind(_path: &Path) -> Result<Self, IpcError> {
        Err(IpcError::NotYet)
    }
}

impl Desktop for Door {
    fn open(self: Box<Self>, _port: DesktopPort) {
        match self.never {}
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Line")
    }
}
