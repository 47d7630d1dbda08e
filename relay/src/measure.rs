//! The relay's end of a measurement: broadband is measured before a technician is connected, never claimed.

use aval_protocol::line::{End, LineError};
use aval_protocol::wire::probe::ProbeDone;
use aval_protocol::wire::record::LineFacts;
use aval_transport::probe::{ProbeError, drive};
use aval_transport::{Clock, FrameWriter};
use quinn::{Connection, RecvStream, SendStream, VarInt};

/// Why there are no line facts. The gate treats each as "not measured" and lets nobody through.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The packets gave no answer.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The connection failed under it.
    #[error(transparent)]
    Probe(#[from] ProbeError),
}

/// Measures the line behind this connection, on which the agent has just announced [`Head::Probe`]; closes it afterwards.
/// Takes at most [`DURATION`].
///
/// [`Head::Probe`]: aval_protocol::wire::link::Head::Probe
/// [`DURATION`]: aval_protocol::line::DURATION
///
/// # Errors
/// [`MeasureError`] when the line can't be measured.
pub async fn run(
    connection: Connection,
    send: SendStream,
    _recv: RecvStream,
    clock: Clock,
) -> Result<LineFacts, MeasureError> {
    let result = drive(&connection, End::relay(clock.monotonic()), &clock).await?;
    tracing::debug!(rtt_ms = connection.rtt().as_millis(), ?result, "line measured");
    let done = ProbeDone { facts: result.ok() };
    tokio::spawn(farewell(connection, send, done));
    Ok(result?)
}

/// Nobody waits for the agent to hear the result.
async fn farewell(connection: Connection, send: SendStream, done: ProbeDone) {
    let mut writer = FrameWriter::new(send);
    if writer.write(&done).await.is_ok() {
        let heard = tokio::time::timeout(aval_protocol::line::DURATION, writer.finish_and_wait()).await;
        tracing::trace!(heard = heard.is_ok(), "result told");
    }
    connection.close(VarInt::from_u32(0), b"measured");
}
