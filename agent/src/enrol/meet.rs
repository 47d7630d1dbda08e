//! Before a machine belongs to a firm: fetches the firm's file from the relay in an invitation, and believes it by the fingerprint
//! of the firm's key alone. Nothing of this machine is said, and a key made for this one question is forgotten after it.

use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::{FirmFile, Signer, tls};
use aval_protocol::wire::codes::CloseCode;
use aval_protocol::wire::enrol::Call;
use aval_protocol::wire::machine::MachineReply;
use aval_transport::Clock;
use aval_transport::socket::Socket;
use quinn::{Connection, VarInt};
use tokio::time::timeout;

use super::EnrolError;
use super::invitation::Fingerprint;
use crate::link;
use crate::link::dial::{DialError, Dialer};
use crate::link::trust::Time;

/// One question, one short answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks these relays, in order, for the file of the firm with this key.
///
/// # Errors
/// [`EnrolError::Unmet`] when nobody answers, [`EnrolError::OtherFirm`] when a relay answers for another firm.
pub async fn meet(
    relays: &[String],
    firm: &Fingerprint,
    clock: &Clock,
    socket: Option<Socket>,
) -> Result<FirmFile, EnrolError> {
    let stranger = Signer::generate()?;
    let tls = tls::meeting_config(&stranger, Arc::new(Time(clock.clone())))?;
    let dialer = Dialer::new(tls, socket)?;
    let mut tried = Vec::new();
    for relay in relays {
        tracing::info!(relay, "asking whose relay this is");
        match ask(&dialer, relay).await {
            Ok(text) => {
                dialer.settle().await;
                let file = FirmFile::parse(&text).ok().filter(|file| firm.is_of(file.firm().root_key_id()));
                return file.ok_or_else(|| EnrolError::OtherFirm { relay: relay.clone() });
            }
            Err(why) => tried.push((relay.clone(), why)),
        }
    }
    Err(EnrolError::Unmet { tried })
}

async fn ask(dialer: &Dialer, relay: &str) -> Result<String, String> {
    firm_of(dialer.dial(relay).await.map_err(|e: DialError| e.to_string())?).await
}

/// What whoever is at the other end hands out as its firm's file. Nothing is proved by it.
pub(crate) async fn firm_of(connection: Connection) -> Result<String, String> {
    let asked = timeout(PATIENCE, link::call::call(&connection, Call::Firm)).await;
    let answer = asked.unwrap_or_else(|_| Err("no answer in time".to_owned()));
    connection.close(VarInt::from_u32(u32::from(CloseCode::Done.number())), b"");
    match answer? {
        MachineReply::Firm(text) => Ok(text),
        MachineReply::Fault { code, .. } => Err(code.to_string()),
        _ => Err("an answer to another question".to_owned()),
    }
}
