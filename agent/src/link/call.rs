//! One question to a relay on a stream of its own, and its one answer. Whoever asks says how long they wait.

use aval_protocol::wire::enrol::Call;
use aval_protocol::wire::link::Head;
use aval_protocol::wire::machine::MachineReply;
use aval_transport::{FrameReader, FrameWriter};
use quinn::Connection;

/// Asks it. The relay's fault is an answer too; an error says why none can come any more.
pub(crate) async fn call(connection: &Connection, call: Call) -> Result<MachineReply, String> {
    let (send, recv) = connection.open_bi().await.map_err(|e| e.to_string())?;
    let (mut writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
    writer.write(&Head::Call(Box::new(call))).await.map_err(|e| e.to_string())?;
    writer.finish();
    reader.read().await.map_err(|e| e.to_string())
}
