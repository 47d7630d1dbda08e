//! The way back to a session whose line was lost: a line to the relay, its word that the machine waits, and a control lane.
//!
//! Tried again and again until the machine's end of it or this one's says that it is too late. Nothing here decides anything: who comes
//! back is proved under seal, by the protocol's machine.

use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::Signed;
use aval_protocol::id::SessionId;
use aval_protocol::wire::codes::{EndReason, FaultCode};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::link::{Head, Lane};
use aval_protocol::wire::session::Ticket;
use aval_transport::FrameWriter;
use quinn::{RecvStream, SendStream};
use tokio::sync::broadcast;
use tokio::time::{sleep, timeout};

use crate::link::{CallError, Console, Line, News};

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(1000);
/// A line on which nothing is answered for so long is not waited for: another one is made.
const DEAF: Duration = Duration::from_secs(5);

/// What came of looking for a way back.
#[derive(Debug)]
pub(super) enum Way {
    /// The machine's end is at the other end of this lane.
    Back(Box<Met>),
    /// There is none, and will be none.
    Never(EndReason),
}

/// A way back.
#[derive(Debug)]
pub(super) struct Met {
    /// The line, if it is another one: it lives as long as this.
    pub(super) console: Option<Console>,
    pub(super) line: Arc<Line>,
    pub(super) news: broadcast::Receiver<News>,
    pub(super) datagrams: broadcast::Receiver<Arc<[u8]>>,
    pub(super) control: (SendStream, RecvStream),
}

/// Looks for it. Dropped, it is given up.
pub(super) async fn look(mut line: Arc<Line>, session: SessionId, ticket: Signed<Ticket>) -> Way {
    let (mut console, mut deaf) = (None, false);
    loop {
        sleep(PAUSE).await;
        if deaf || line.connection.close_reason().is_some() {
            match Console::again(&line).await {
                Ok(made) => {
                    line = Arc::clone(&made.line);
                    (console, deaf) = (Some(made), false);
                }
                Err(error) => {
                    tracing::info!(%error, "no line to the relay");
                    continue;
                }
            }
        }
        // Before the question: what the relay says right after its answer is not missed.
        let (news, datagrams) = (line.news.subscribe(), line.datagrams.subscribe());
        let Ok(answer) = timeout(DEAF, line.call(Call::Resume(Box::new(ticket.clone())))).await else {
            deaf = true;
            continue;
        };
        match answer {
            Ok(Reply::Done) => {
                if let Some(control) = lane(&line, session).await {
                    return Way::Back(Box::new(Met { console, line, news, datagrams, control }));
                }
            }
            Err(CallError::Fault { code: FaultCode::Forbidden, .. }) => {
                return Way::Never(EndReason::SecurityCut);
            }
            Err(CallError::Fault { code: FaultCode::Offline | FaultCode::StoreUnavailable, .. }) => {}
            Err(CallError::Fault { code, .. }) => {
                tracing::info!(%code, "the relay knows of no session to come back to");
                return Way::Never(EndReason::LinkLost);
            }
            Ok(_) => return Way::Never(EndReason::ProtocolViolation),
            Err(error) => tracing::info!(%error, "the relay does not answer"),
        }
    }
}

async fn lane(line: &Line, session: SessionId) -> Option<(SendStream, RecvStream)> {
    let (send, recv) = line.connection.open_bi().await.ok()?;
    let mut control = FrameWriter::new(send);
    control.write(&Head::Lane { session, lane: Lane::Control }).await.ok()?;
    Some((control.into_inner(), recv))
}
