//! What a session's loop hears and says beside the machine: news of the line, and the control lane's words.

use aval_protocol::id::SessionId;
use quinn::SendStream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};

use crate::link::News;

/// The next word on a channel of which the oldest may be lost; `None` when it is closed.
pub(super) async fn heard<T: Clone>(channel: &mut broadcast::Receiver<T>) -> Option<T> {
    loop {
        match channel.recv().await {
            Ok(word) => return Some(word),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return None,
        }
    }
}

/// Waits until the relay says that a session is over, or is gone.
pub(super) async fn said_over(news: &mut broadcast::Receiver<News>, session: SessionId) {
    while let Some(word) = heard(news).await {
        match word {
            News::Over(over, _) if over != session => {}
            News::Over(..) | News::LineLost(_) => return,
        }
    }
}

/// Writes words until there are no more, and waits until they have arrived.
pub(super) async fn write(mut to: SendStream, mut words: mpsc::Receiver<Vec<u8>>) {
    while let Some(bytes) = words.recv().await {
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
    // Fails only when the stream is gone already.
    let _ = to.finish();
    let _ = to.stopped().await;
}
