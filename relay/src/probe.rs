//! Measurements of agents' lines: asked for on the link, taken on a connection of their own.

use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::tls::Peer;
use aval_protocol::id::AgentId;
use aval_protocol::line::DURATION;
use aval_protocol::wire::codes::CloseCode;
use aval_protocol::wire::link::Downlink;
use aval_protocol::wire::record::LineFacts;
use aval_transport::{FrameReader, FrameWriter};
use quinn::Connection;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::hub::{Awaited, Hub, Link, close};
use crate::measure;

/// How long the agent may take to open the connection; then comes the measurement itself.
const CONNECT: Duration = Duration::from_secs(10);

/// Measures the line behind a link. `None`: it could not be measured, which the gate takes for what it is.
pub(crate) async fn measured(hub: &Hub, agent: AgentId, link: &Link) -> Option<LineFacts> {
    let token = u64::from_le_bytes(hub.random.bytes().ok()?);
    let (result, found) = oneshot::channel();
    hub.probes().insert(token, Awaited { agent, result });
    link.say(Downlink::MeasureLine { token });
    let found = tokio::select! {
        found = timeout(CONNECT + DURATION, found) => found,
        _ = link.connection.closed() => Ok(Ok(None)),
    };
    hub.probes().remove(&token);
    match found {
        Ok(Ok(facts)) => facts,
        _ => {
            tracing::info!(%agent, "its line was not measured in time");
            None
        }
    }
}

/// The agent's connection for a measurement, to its end.
pub(crate) async fn run(
    hub: &Arc<Hub>,
    connection: Connection,
    peer: &Peer,
    token: u64,
    writer: FrameWriter,
    reader: FrameReader,
) {
    let awaited = match peer {
        Peer::Agent { key_id, .. } => {
            let mut probes = hub.probes();
            let own = probes.get(&token).is_some_and(|awaited| awaited.agent == AgentId::from(*key_id));
            own.then(|| probes.remove(&token)).flatten()
        }
        Peer::Member(..) => None,
    };
    let Some(Awaited { agent, result }) = awaited else { return close(&connection, CloseCode::Unauthorised) };
    let (send, recv) = (writer.into_inner(), reader.into_inner());
    let facts = match measure::run(connection.clone(), send, recv, hub.clock.clone()).await {
        Ok(facts) => Some(facts),
        Err(error) => {
            tracing::info!(%agent, %error, "its line was not measured");
            None
        }
    };
    // Whoever asked may have given up.
    let _ = result.send(facts);
    // The agent hears the result and hangs up.
    let _ = timeout(CONNECT, connection.closed()).await;
}
