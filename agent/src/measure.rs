//! The agent's end of a measurement of its line, on a connection of its own, when the relay asks for one.

use std::time::Duration;

use aval_protocol::line::{DURATION, End};
use aval_protocol::wire::link::Head;
use aval_protocol::wire::probe::ProbeDone;
use aval_protocol::wire::record::LineFacts;
use aval_transport::probe::{ProbeError, drive};
use aval_transport::{Clock, FrameError, FrameReader, FrameWriter};
use quinn::{Connection, VarInt};

/// How long to wait for the relay to begin and to end: it allows 10 s for the connection and [`DURATION`] for the rest.
const PATIENCE: Duration = Duration::from_secs(12);

/// Why a measurement ended without the relay's word. Nothing to do about it: the relay asks again when it needs to.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The relay said nothing for too long.
    #[error("the relay did not finish the measurement")]
    Late,
    /// The stream of the measurement failed.
    #[error(transparent)]
    Stream(#[from] FrameError),
    /// The connection failed.
    #[error(transparent)]
    Probe(#[from] ProbeError),
}

/// Takes part in the measurement that the relay named `token`, over a new connection to that relay; closes it afterwards.
/// Returns what the relay found, if it found anything.
///
/// # Errors
/// [`MeasureError`]; the relay then treats the line as not measured.
pub async fn run(
    connection: Connection,
    token: u64,
    clock: Clock,
) -> Result<Option<LineFacts>, MeasureError> {
    let (send, recv) = connection.open_bi().await.map_err(ProbeError::from)?;
    let (mut writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
    writer.write(&Head::Probe { token }).await?;
    let done = tokio::time::timeout(PATIENCE + DURATION, async {
        tokio::select! {
            biased;
            done = reader.read::<ProbeDone>() => Ok(done?.facts),
            failed = drive(&connection, End::agent(clock.monotonic()), &clock) => match failed {
                Ok(_) => Ok(None),
                Err(error) => Err(error.into()),
            },
        }
    })
    .await
    .unwrap_or(Err(MeasureError::Late));
    connection.close(VarInt::from_u32(0), b"measured");
    done
}
