//! The thread that hears what the person does to their whole session, and what it needs to hear back before the machine sleeps.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::platform::{self, OsEvent, OsLost, OsSession};

/// Events that may wait.
const EVENTS: usize = 16;
/// So long the machine waits with its sleep for what has to stop here; its own patience is five seconds.
const STOPPING: Duration = Duration::from_secs(2);
/// After the login service went away, it is looked for so often.
const AGAIN: Duration = Duration::from_secs(5);

/// Something that happened, and who waits until it is done.
#[derive(Debug)]
pub(super) struct OsWord {
    pub(super) event: OsEvent,
    /// Dropped or told, the machine may go on.
    pub(super) done: Option<SyncSender<()>>,
}

/// Starts listening. Where nobody says anything, nothing comes.
pub(super) fn watch() -> mpsc::Receiver<OsWord> {
    let (words, heard) = mpsc::channel(EVENTS);
    std::thread::spawn(move || {
        let mut first = true;
        while !words.is_closed() {
            match platform::open_os_session() {
                Ok(mut session) => {
                    let error = listen(session.as_mut(), &words);
                    tracing::info!(%error, "the login service is gone");
                }
                Err(OsLost::NotSupported) => return,
                Err(error) if std::mem::take(&mut first) => tracing::info!(%error, "nobody tells of locking"),
                Err(_) => {}
            }
            std::thread::sleep(AGAIN);
        }
    });
    heard
}

fn listen(session: &mut dyn OsSession, words: &mpsc::Sender<OsWord>) -> OsLost {
    loop {
        let event = match session.wait() {
            Ok(event) => event,
            Err(error) => return error,
        };
        let (done, waiting) = sync_channel(1);
        let done = (event == OsEvent::Sleeps).then_some(done);
        if words.blocking_send(OsWord { event, done }).is_err() {
            return OsLost::Unreachable("this program ends".to_owned());
        }
        if event == OsEvent::Sleeps {
            if waiting.recv_timeout(STOPPING) == Err(RecvTimeoutError::Timeout) {
                tracing::warn!("it took too long to stop before the machine sleeps");
            }
            session.ready();
        }
    }
}
