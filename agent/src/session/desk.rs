//! What kind of desktop this is, found by trying: a variable that names a display says little, an open screen says it all.

use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::capture::Eyes;
use crate::ipc::Desk;
use crate::platform::{Display, OpenError, Platform};
use crate::prompt::PromptOn;

/// An X server that does not answer within that time is as good as gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks for the desktop's screen.
#[derive(Clone, Debug)]
pub(super) struct DeskWatch {
    platform: &'static dyn Platform,
    display: Option<String>,
    on: PromptOn,
}

impl DeskWatch {
    pub(super) fn new(eyes: &Eyes, on: PromptOn) -> Self {
        Self { platform: eyes.platform, display: eyes.display.clone(), on }
    }

    /// What is left of the desktop when its screen is lost.
    pub(super) fn without_screen(&self) -> Desk {
        if self.on == PromptOn::Terminal { Desk::Terminal } else { Desk::None }
    }

    /// The desktop as it is now.
    pub(super) async fn look(&self) -> Desk {
        let without = self.without_screen();
        if self.display.is_none() {
            match self.platform.display_state() {
                Display::Screen => {}
                Display::Wayland => return Desk::Wayland,
                Display::None => return without,
            }
        }
        let (platform, display) = (self.platform, self.display.clone());
        let opened =
            spawn_blocking(move || platform.open_screen(display.as_deref()).map(|screen| screen.size()));
        match timeout(PATIENCE, opened).await {
            Ok(Ok(Ok((width, height)))) => Desk::Screen { width, height },
            Ok(Ok(Err(OpenError::Wayland))) => Desk::Wayland,
            Ok(Ok(Err(error))) => {
                tracing::info!(%error, "there is no screen to show");
                without
            }
            _ => without,
        }
    }
}
