//! The beginning of a line: hello and welcome, and the judgement of the relay by whichever clock can be believed.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::codes::CloseCode;
use aval_protocol::wire::link::{Downlink, Head, Hello};
use aval_transport::{FrameReader, FrameWriter};
use quinn::{Connection, VarInt};
use tokio::time::timeout;

use super::dial::Dialer;
use super::trust::{Relays, Verdict};
use super::{LinkError, PATIENCE, hung_up, lost};

/// A line to a relay that proved to be the firm's.
pub(crate) struct Greeted {
    /// The connection.
    pub(crate) connection: Connection,
    /// Closes the connection with a word when dropped.
    pub(crate) closing: Closing,
    /// The link's stream, towards the relay.
    pub(crate) writer: FrameWriter,
    /// The link's stream, from the relay.
    pub(crate) reader: FrameReader,
    /// The relay's clock.
    pub(crate) relay_time: UnixSeconds,
    /// The relay's certificate holds by its own clock and not by this PC's.
    pub(crate) clock_doubt: bool,
}

/// A connection that ends with its task says so instead of falling silent.
pub(crate) struct Closing(pub(crate) Connection);

/// Connects and says hello. Nothing but its clock is believed of a relay before it is judged.
pub(crate) async fn greet(
    dialer: &Dialer,
    trust: &Relays,
    relay: &str,
    boot: [u8; 16],
) -> Result<Greeted, LinkError> {
    let connection = dialer.dial(relay).await?;
    let closing = Closing(connection.clone());
    let verdict = trust.judge(&connection)?;
    let (send, recv) = connection.open_bi().await.map_err(|e| LinkError::Lost(e.to_string()))?;
    let (mut writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
    let program = format!("aval-agent {}", crate::version::text());
    writer.write(&Head::Link(Hello { program, oldest: 1, boot })).await?;
    let first = timeout(PATIENCE, reader.read::<Downlink>()).await.map_err(|_| LinkError::Silent)?;
    let relay_time = match first.map_err(|e| lost(&connection, e))? {
        Downlink::Welcome { relay_time } => relay_time,
        Downlink::Farewell(farewell) => return Err(hung_up(farewell)),
        _ => return Err(LinkError::Silent),
    };
    let clock_doubt = verdict == Verdict::Doubt;
    if clock_doubt {
        trust.judge_at(&connection, relay_time)?;
    }
    Ok(Greeted { connection, closing, writer, reader, relay_time, clock_doubt })
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close(VarInt::from_u32(u32::from(CloseCode::Stopping.number())), b"");
    }
}
