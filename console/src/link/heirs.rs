//! The firm's roots, as far as they followed one another: kept beside the bulletin, and asked for where a relay is not the firm's as far
//! as is known here. Only what the known root signed is believed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::{Firm, FirmFile, SignedSuccession, Signer, files, tls};
use aval_protocol::wire::codes::CloseCode;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::link::Head;
use aval_transport::{Clock, FrameReader, FrameWriter, config, keyfile};
use quinn::VarInt;
use tokio::time::timeout;

use super::dial::Dialer;

/// The file, beside the bulletin.
const FILE: &str = "successions.pem";
/// One question, one short answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where it is, beside that bulletin.
pub(crate) fn beside(bulletin: &Path) -> PathBuf {
    bulletin.with_file_name(FILE)
}

/// Follows the firm's roots and keeps what is new; whether anything was.
pub(super) fn follow(firm: &Firm, all: &[SignedSuccession], bulletin: Option<&Path>) -> bool {
    match firm.follow(all) {
        Ok(new) if new.is_empty() => return false,
        Ok(new) => {
            for it in new {
                tracing::warn!(old = %it.old, new = %it.new, "the firm’s root was succeeded by another one");
            }
        }
        Err(error) => {
            tracing::warn!(%error, "the relay shows a succession of the firm’s root that is none");
            return false;
        }
    }
    if let (Some(path), Ok(text)) = (bulletin, files::successions_to_pem(&firm.successions()))
        && let Err(error) = keyfile::replace(&beside(path), &text)
    {
        tracing::error!(%error, "the firm’s new root counts and could not be kept");
    }
    true
}

/// Asks whoever answers there for the firm's file, with a key made for it, and what it shows of the firm's roots; unjudged.
pub(super) async fn ask(dialer: &Dialer, relay: &str, clock: &Clock) -> Option<Vec<SignedSuccession>> {
    let stranger = Signer::generate().ok()?;
    let tls = tls::meeting_config(&stranger, Arc::new(super::hello::Time(clock.clone()))).ok()?;
    let connection = dialer.dial(&config::client(tls).ok()?, relay).await.ok()?;
    let asked = async {
        let (send, recv) = connection.open_bi().await.ok()?;
        let (mut writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
        writer.write(&Head::Call(Box::new(Call::Firm))).await.ok()?;
        writer.finish();
        match reader.read::<Reply>().await {
            Ok(Reply::Firm(text)) => Some(FirmFile::parse(&text).ok()?.firm().successions()),
            _ => None,
        }
    };
    let shown = timeout(PATIENCE, asked).await.ok().flatten();
    connection.close(VarInt::from_u32(u32::from(CloseCode::Done.number())), b"");
    shown.filter(|all| !all.is_empty())
}
