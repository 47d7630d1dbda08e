//! The console of a session whose line was lost wants back to it (clause 4.4).
//!
//! The gate is not asked again and the person neither: what they said still holds at the machine, for as long as it says so. A lock or a
//! revocation is looked for first.

use std::sync::Arc;

use aval_protocol::firm::{Role, Signed};
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::link::Downlink;
use aval_protocol::wire::session::Ticket;

use super::{Asking, Fault};
use crate::broker::Party;
use crate::broker::resume::{Never, Proven};
use crate::hub::Hub;

/// Brings the two ends together, if the machine waits. [`FaultCode::Offline`] means: not yet.
pub(super) async fn resume(
    hub: &Arc<Hub>,
    asking: &Asking<'_>,
    signed: Signed<Ticket>,
) -> Result<Reply, Fault> {
    let console = asking.link.ok_or(Fault::Code(FaultCode::Invalid))?;
    let wall = hub.clock.wall();
    // Judged as of its issue: the relay that signed it may have another certificate by now.
    let opened = signed.open_by_firm_when_said(hub.firm.firm(), Role::Relay, |ticket| ticket.issued_at);
    let (ticket, _) = opened.map_err(|_| Fault::Code(FaultCode::Forbidden))?;
    let (session, agent, agent_key) = (ticket.session, ticket.request.agent, ticket.agent_key);
    let technician = ticket.technician.clone();
    let ((facts, _), rows) = hub
        .store(move |store| Ok((store.facts_for(&technician, agent, wall)?, store.sessions(agent)?)))
        .await?;
    let row = rows.iter().find(|row| row.id == session);
    let proven = Proven::new(ticket, asking.member, &facts, row, wall).map_err(|never| match never {
        Never::Security => Fault::Code(FaultCode::Forbidden),
        Never::Over => Fault::Code(FaultCode::NotFound),
    })?;
    // The console knows of the loss before this relay does: then it is one from now on, and the machine hears of it.
    let running = {
        let mut broker = hub.broker();
        broker.get(session).map(|running| (running.turn, running.is_lost()))
    };
    if let Some((turn, false)) = running {
        hub.lose(session, turn);
        return Err(Fault::Code(FaultCode::Offline));
    }
    let Some(link) = hub.presence().agent(agent) else { return Err(Fault::Code(FaultCode::Offline)) };
    let mut broker = hub.broker();
    if !broker.is_held(agent, session, link.serial) {
        return Err(Fault::Code(FaultCode::Offline));
    }
    // Another one may have been let in after a restart.
    if broker.busy_but(agent, session) {
        return Err(Fault::Code(FaultCode::NotFound));
    }
    let parties = (
        Party { serial: console.serial, link: console.clone(), key: asking.member.key },
        Party { serial: link.serial, link: link.clone(), key: agent_key },
    );
    broker.resume(proven, parties.0, parties.1, (wall, hub.clock.monotonic()));
    drop(broker);
    tracing::info!(%session, %agent, "both ends of a lost line are here again");
    link.say(Downlink::Resume { session });
    Ok(Reply::Done)
}
