//! A technician lets a colleague ask for the machine they are in a session with. Nothing follows from it but that the gate does not call the
//! machine busy for that one person for a while: the gate, the line and the person at the machine are asked as ever.

use std::time::Duration;

use aval_protocol::id::{AgentId, PersonId};
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::Reply;
use aval_protocol::wire::link::Downlink;

use super::{Asking, Fault};
use crate::broker::HandedTo;
use crate::hub::{Hub, Link};

/// For how long the colleague may ask.
const GOOD_FOR: Duration = Duration::from_secs(600);

pub(super) fn hand_over(
    hub: &Hub,
    asking: &Asking<'_>,
    agent: AgentId,
    to: &PersonId,
) -> Result<Reply, Fault> {
    if *to == asking.member.person {
        return Err(Fault::Code(FaultCode::Invalid));
    }
    let until = hub.clock.monotonic() + GOOD_FOR;
    let handed = HandedTo { to: to.clone(), by: asking.member.display_name.clone(), until };
    if !hub.broker().hand_over(agent, asking.member.key, handed) {
        return Err(Fault::Code(FaultCode::NotFound));
    }
    for link in hub.presence().member(to) {
        tell(hub, &link, to);
    }
    tracing::info!(%agent, from = %asking.member.person, %to, "a session is to be handed over");
    Ok(Reply::Done)
}

/// Says on a member's link what was handed over to them.
pub(crate) fn tell(hub: &Hub, link: &Link, person: &PersonId) {
    let all = hub.broker().handed_to(person, hub.clock.monotonic());
    for handed in all {
        link.say(Downlink::HandedOver(Box::new(handed)));
    }
}
