//! The process in the person's desktop, with the person's rights: screen, hands, question and banner. It owns consent.
//!
//! The service may ask and may end; whether anything is seen or moved is decided here, by [`guard`], in the process that makes
//! the system calls. If this process dies, everything it showed and held is gone with it.

mod capture;
mod conduct;
mod desk;
mod drive;
pub mod guard;
mod inject;
mod lookout;
mod os;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aval_transport::Clock;
use tokio::time::sleep;

use crate::ipc::{self, IpcError, Refused};
use crate::platform;
use crate::prompt::{PromptError, PromptOn, Prompter};
use desk::DeskWatch;

/// First pause before the service is tried again, and the longest. The service restarts in a second; the machine boots in a minute.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What a session process is started with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionConfig {
    /// The service's socket.
    pub socket: PathBuf,
    /// The display to show, if named; otherwise the one of this process's environment.
    pub display: Option<String>,
}

/// Why a session process cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Nobody could be asked.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The service will never take this process.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The socket is not the service's, or this system has none.
    #[error(transparent)]
    Ipc(#[from] IpcError),
}

/// How a conversation with the service ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Parted {
    /// The service went away, or was never one.
    Gone,
    /// It has no place for this process.
    Refused(Refused),
}

/// Serves the desktop until `stop` is done. Connects again whenever the service comes back.
///
/// # Errors
/// [`SessionError`], when trying again would not help.
pub async fn run(
    config: SessionConfig,
    clock: Clock,
    stop: impl Future<Output = ()>,
) -> Result<(), SessionError> {
    let nowhere = matches!(platform::native().display_state(), platform::Display::None);
    let on = if nowhere && config.display.is_none() { PromptOn::Terminal } else { PromptOn::Display };
    let prompter = Prompter::beside_own_program(on, config.display.clone())?;
    let eyes = capture::Eyes {
        platform: platform::native(),
        display: config.display.clone(),
        guard: Arc::new(guard::Guard::new(clock.monotonic())),
        clock,
    };
    let desk = DeskWatch::new(&eyes, on);
    let mut driver = drive::Driver::new(eyes, prompter, desk, os::watch());
    let mut pause = FIRST_PAUSE;
    tokio::pin!(stop);
    loop {
        let attempt = async {
            let line = ipc::connect(&config.socket).await?;
            Ok::<_, IpcError>(driver.converse(line).await)
        };
        let parted = tokio::select! {
            biased;
            () = &mut stop => None,
            parted = attempt => Some(parted),
        };
        driver.halt().await;
        match parted {
            None => return Ok(()),
            Some(Ok(Parted::Gone)) => pause = FIRST_PAUSE,
            Some(Ok(Parted::Refused(Refused::Another))) => {
                tracing::info!("another session process serves this machine; waiting");
                pause = LONGEST_PAUSE;
            }
            Some(Ok(Parted::Refused(why))) => return Err(why.into()),
            Some(Err(IpcError::Unreachable { path, reason })) => {
                tracing::info!(path, reason, "the service does not answer; trying again");
            }
            Some(Err(error)) => return Err(error.into()),
        }
        tokio::select! {
            biased;
            () = &mut stop => return Ok(()),
            () = sleep(pause) => pause = LONGEST_PAUSE.min(pause * 2),
        }
    }
}

#[cfg(test)]
mod thread_tests;
