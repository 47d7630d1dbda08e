//! Keeps a line to a relay of the firm, and dials again when it is lost.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::{Firm, Signer};
use aval_protocol::id::UnixSeconds;
use aval_transport::Clock;
use aval_transport::random::Random;
use aval_transport::socket::Socket;
use tokio::sync::watch;
use tokio::time::sleep;

use super::fault::Fault;
use crate::link::{ConnectError, Console, ConsoleConfig};
use crate::say::Said;

/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_secs(15);
/// The first pause. A relay that restarts is back within seconds.
const FIRST: Duration = Duration::from_secs(1);

/// Whom to dial, as whom.
#[derive(Clone, Debug)]
pub(super) struct Dial {
    pub(super) relays: Vec<String>,
    pub(super) signer: Arc<Signer>,
    pub(super) firm: Firm,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) keep: Option<PathBuf>,
}

/// How the line stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// The line, while there is one.
    pub(super) console: Option<Arc<Console>>,
    /// Since when it has been so, this computer's clock.
    pub(super) since: UnixSeconds,
    /// Why there is none; `None` while the first one is being made.
    pub(super) trouble: Option<Said>,
}

/// The line of the desk. Clones see the same one.
#[derive(Clone, Debug)]
pub(super) struct Line(watch::Receiver<Standing>);

// === impl Line

impl Line {
    /// A line that [`keep`] keeps.
    pub(super) fn new(clock: &Clock) -> (Self, watch::Sender<Standing>) {
        let (out, standing) = watch::channel(Standing { since: clock.wall(), ..Standing::default() });
        (Self(standing), out)
    }

    /// How it stands now.
    pub(super) fn standing(&self) -> Standing {
        self.0.borrow().clone()
    }

    /// The line, or the sentence that says why there is none.
    pub(super) fn console(&self) -> Result<Arc<Console>, Fault> {
        let Standing { console, trouble, .. } = self.standing();
        console.ok_or_else(|| Fault::no_line(trouble))
    }

    /// Hears of every change.
    pub(super) fn changes(&self) -> watch::Receiver<Standing> {
        self.0.clone()
    }
}

/// Keeps the line until it is dropped.
pub(super) async fn keep(dial: Dial, out: watch::Sender<Standing>) {
    let mut pause = FIRST;
    loop {
        let socket: Option<Socket> = None;
        let Dial { relays, signer, firm, clock, random, keep } = dial.clone();
        let config = ConsoleConfig { socket, relays, signer, firm, clock, random, keep };
        match Console::connect(config).await {
            Ok(console) => {
                pause = FIRST;
                let console = Arc::new(console);
                let since = dial.clock.wall();
                let standing = Standing { console: Some(Arc::clone(&console)), since, trouble: None };
                out.send_replace(standing);
                let lost = console.lost().await;
                out.send_replace(Standing { console: None, since: dial.clock.wall(), trouble: Some(lost) });
            }
            Err(error) => {
                tracing::info!(%error, "no line to a relay");
                if let ConnectError::Restarting { seconds } = &error {
                    pause = pause.max(Duration::from_secs(u64::from(*seconds)).min(LONGEST));
                }
                let trouble = Some(error.said());
                out.send_if_modified(|standing| {
                    let changed = standing.trouble != trouble;
                    standing.trouble = trouble;
                    changed
                });
            }
        }
        // A quarter of jitter, so that a firm's desks do not come back in step.
        let jitter = pause.mul_f64((dial.random.number() % 256) as f64 / 1024.0);
        sleep(pause + jitter).await;
        pause = (pause * 2).min(LONGEST);
    }
}
