//! The firm's bulletin, handed on: read from the relay's folder, told to everybody who is connected, and acted on here.
//!
//! It lies beside the relay's keys and not in the record, so that a record restored from yesterday takes nothing back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aval_protocol::firm::{Adopted, Firm, TrustError, files};
use aval_protocol::wire::codes::{CloseCode, EndReason};
use aval_protocol::wire::link::{Downlink, Farewell};
use aval_transport::keyfile;
use quinn::Connection;
use rustls_pki_types::CertificateDer;
use tokio::time::sleep;

use crate::hub::{How, Hub};

/// How often the file is looked at.
const EVERY: Duration = Duration::from_millis(250);

/// Reads the file, which may be missing, and lets it count.
///
/// # Errors
/// The sentence of what is wrong with it.
pub(crate) fn read(path: &Path, firm: &Firm) -> Result<Option<Adopted>, String> {
    if !path.exists() {
        return Ok(None);
    }
    let text = keyfile::read(path).map_err(|e| e.to_string())?;
    let adopted = files::bulletin_from_pem(&text).and_then(|signed| firm.adopt(&signed));
    adopted.map(Some).map_err(|e| e.to_string())
}

/// Looks at the file until it is dropped: the command line writes past this process.
pub(crate) async fn watch(hub: Arc<Hub>, path: PathBuf) {
    let mut seen = None;
    loop {
        let (firm, path) = (hub.firm.firm().clone(), path.clone());
        let look = tokio::task::spawn_blocking(move || {
            let stamp = stamp(&path);
            (stamp != seen).then(|| (stamp, read(&path, &firm)))
        });
        if let Ok(Some((stamp, found))) = look.await {
            seen = stamp;
            match found {
                Ok(Some(Adopted::Newer)) => publish(&hub),
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "the firm’s bulletin can’t be taken in"),
            }
        }
        sleep(EVERY).await;
    }
}

/// Cuts whom the bulletin revokes, then tells everybody.
fn publish(hub: &Arc<Hub>) {
    let Some(signed) = hub.firm.firm().signed_bulletin() else { return };
    let version = hub.firm.firm().bulletin().map(|bulletin| bulletin.version);
    tracing::info!(version, "a newer bulletin of the firm counts");
    let cut = {
        let broker = hub.broker();
        let revoked = |running: &crate::broker::Running<_, _>| {
            hub.firm.firm().revoked(running.ticket.technician_key).is_some()
        };
        broker.which(revoked)
    };
    for session in cut {
        hub.end(session, EndReason::SecurityCut, How::Cut, None);
    }
    for link in hub.presence().all() {
        link.say(Downlink::Bulletin(Box::new(signed.clone())));
        if revoked(hub, &link.connection) {
            link.farewell(Farewell::Closed(CloseCode::Revoked));
        }
    }
    if hub.firm.firm().verify_chain(hub.signer.chain(), hub.clock.wall()) == Err(TrustError::Revoked) {
        tracing::error!("the firm revoked this relay’s own key: nobody will talk to it any more");
    }
}

/// Whether a member of the firm at the other end was revoked.
fn revoked(hub: &Hub, connection: &Connection) -> bool {
    let identity =
        connection.peer_identity().and_then(|any| any.downcast::<Vec<CertificateDer<'static>>>().ok());
    let chain: Vec<_> = identity.iter().flat_map(|certs| certs.iter().map(|cert| cert.to_vec())).collect();
    hub.firm.firm().verify_chain(&chain, hub.clock.wall()) == Err(TrustError::Revoked)
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}
