//! The install page: HTTPS for a client's browser, where somebody reads what would be installed, agrees (clause 4.5) and downloads it.
//!
//! An outsider's door, so it is small: a few paths, no script, no cookie, no session, and of the record nothing but what the page
//! shows. It reads the firm's signed profile and the packages, and appends acceptances; it has no way to anything else.

mod certificate;
mod door;
mod form;
mod headers;
mod page;
mod routes;
mod shelf;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use tokio::task::JoinSet;

use crate::hub::Hub;
use certificate::Files;
use door::Door;

pub use certificate::{CertificateError, trial};
pub use shelf::{PackageError, look_at, shelve};

/// What the page needs beside the relay's own: `[install]` of the settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstallConfig {
    /// Where to listen (TCP).
    pub listen: SocketAddr,
    /// The page's address, as invitations have it: `https://aide.example.fr`, nothing behind it.
    pub address: String,
    /// The relay's address, as agents dial it: `relais.example.fr:4433`.
    pub relay: String,
    /// The page's certificates (PEM), its own first.
    pub certificate: PathBuf,
    /// Their key (PEM).
    pub key: PathBuf,
    /// The folder of packages.
    pub packages: PathBuf,
}

/// Why the page is not served.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// No socket.
    #[error("no socket: {0}")]
    Socket(#[from] io::Error),
    /// The certificate or its key.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

impl InstallConfig {
    /// With its paths within a folder, unless they are absolute.
    #[must_use]
    pub fn within(self, dir: &Path) -> Self {
        let Self { certificate, key, packages, .. } = &self;
        let [certificate, key, packages] = [certificate, key, packages].map(|path| dir.join(path));
        Self { certificate, key, packages, ..self }
    }
}

/// Begins to serve; where it listens. Must be called inside a tokio runtime.
///
/// # Errors
/// [`InstallError`].
pub(crate) fn open(
    config: &InstallConfig,
    hub: &Arc<Hub>,
    tasks: &mut JoinSet<()>,
) -> Result<SocketAddr, InstallError> {
    let files = Files::new(config.certificate.clone(), config.key.clone());
    let loaded = files.load(hub.clock.wall())?;
    let listener = TcpListener::bind(config.listen)?;
    let address = listener.local_addr()?;
    let tls = RustlsConfig::from_config(loaded.tls);
    let app = routes::app(config, Arc::clone(hub), loaded.trial);
    let secure = Arc::clone(&app.secure);
    let acceptor = RustlsAcceptor::new(tls.clone()).handshake_timeout(door::HANDSHAKE).acceptor(Door::new());
    let mut server = axum_server::from_tcp(listener)?
        .acceptor(acceptor)
        .http1_only()
        .first_request_timeout(door::HEAD)
        .accept_error_handler(|from, error| tracing::debug!(?from, %error, "a visitor did not come in"))
        .handle(Handle::new());
    server
        .http_builder()
        .http1()
        .header_read_timeout(door::HEAD)
        .max_buf_size(door::HEAD_BYTES)
        .keep_alive(true);
    let service = app.router.into_make_service_with_connect_info::<SocketAddr>();
    tasks.spawn(async move {
        if let Err(error) = server.serve(service).await {
            tracing::error!(%error, "the install page is not served any more");
        }
    });
    tasks.spawn(certificate::follow(files, hub.clock.clone(), move |loaded| {
        secure.set(!loaded.trial);
        tls.reload_from_config(loaded.tls);
    }));
    hub.invite_to(config.address.clone());
    tracing::info!(%address, "the install page is served");
    Ok(address)
}
