//! A session in which all is well leaves no warning in the log, and no word of it says what was typed, on which PC, or who at the client asked.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use aval_protocol::wire::input::InputEvent;
use aval_tests::trio::desk::Does;
use aval_tests::trio::{Setup, Trio};
use tracing::Level;

/// Everything logged, on whatever thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn when_all_is_well_nothing_is_warned_of() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(Level::INFO).with_ansi(false);
    subscriber.with_writer(move || writer.clone()).init();

    let mut trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    for c in "œuvre-n°42".chars() {
        seance.running.hands().input(InputEvent::Char(c)).await.unwrap();
    }
    trio.until("all is typed", || trio.desk.seen().inputs.len() == 10).await;
    trio.desk.does(Does::End);
    seance.ended().await;
    seance.over().await;
    trio.stop_service().await;

    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(said.contains(" INFO ") && said.contains("the session is over"), "the log is heard: {said}");
    for level in [" WARN ", "ERROR "] {
        assert!(!said.contains(level), "{said}");
    }
    for secret in ["œuvre", "Leroy", "COMPTA", "appel"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    tracing::warn!("a warning is heard");
    assert!(String::from_utf8(log.0.lock().unwrap().clone()).unwrap().contains(" WARN "));
}
