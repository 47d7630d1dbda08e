//! A machine's key is replaced by another one of the same machine.

use std::sync::Arc;

use aval_protocol::firm::SignedRenewal;
use aval_protocol::id::AgentId;
use aval_protocol::wire::codes::{EndReason, FaultCode};
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::link::{Downlink, Standing};

use super::Fault;
use crate::hub::{How, Hub};
use crate::records::agent_of;

/// What runs on it is over; the new key waits for a manager.
pub(super) async fn renew(
    hub: &Arc<Hub>,
    (spki, old): (&[u8], AgentId),
    word: SignedRenewal,
) -> Result<Reply, Fault> {
    let said = word.open(spki).map_err(|e| Fault::Detail(FaultCode::Invalid, e.to_string()))?;
    let (new, at) = (agent_of(&said.spki), hub.clock.wall());
    let signer = Arc::clone(&hub.signer);
    if hub.store(move |store| store.renew(old, &said.spki, &word, &signer, at)).await? {
        tracing::info!(%old, %new, "a machine’s key is renewed");
    }
    hub.changes.touch(old);
    hub.changes.touch(new);
    let running = hub.broker().which(|it| it.ticket.request.agent == old);
    for session in running {
        hub.end(session, EndReason::AgentStopping, How::Orderly, None);
    }
    if let Some(link) = hub.presence().agent(old) {
        link.say(Downlink::Standing(Standing::Unknown));
    }
    Ok(Reply::Enrolled { agent: new })
}
