//! X servers of one test each: Xvfb on a display number the test names, gone with the test. A missing Xvfb fails the test.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use x11rb::rust_connection::RustConnection;

/// How long a server may take to answer, in steps of [`STEP`].
const STEPS: usize = 500;
const STEP: Duration = Duration::from_millis(20);

/// A running Xvfb.
#[derive(Debug)]
pub struct XServer {
    child: Child,
    display: String,
}

impl XServer {
    /// Starts `Xvfb :number` with one screen (`1280x800x24`) and more arguments, and waits until it answers.
    ///
    /// # Errors
    /// When Xvfb is not installed (Debian package `xvfb`), the number is taken, or no answer comes.
    pub fn start(number: u16, screen: &str, more: &[&str]) -> anyhow::Result<Self> {
        let display = format!(":{number}");
        if x11rb::connect(Some(&display)).is_ok() {
            bail!("display {display} is taken by another X server");
        }
        let child = Command::new("Xvfb")
            .args([&display, "-screen", "0", screen, "-nolisten", "tcp", "-noreset"])
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb cannot be started: install the package xvfb")?;
        let mut server = Self { child, display };
        for _ in 0..STEPS {
            if x11rb::connect(Some(&server.display)).is_ok() {
                return Ok(server);
            }
            ensure!(server.child.try_wait()?.is_none(), "Xvfb {} ended at once", server.display);
            sleep(STEP);
        }
        bail!("Xvfb {} does not answer", server.display)
    }

    /// `:40`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// A client of it.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn connect(&self) -> anyhow::Result<RustConnection> {
        Ok(x11rb::connect(Some(&self.display))?.0)
    }

    /// Sets the keyboard layout, as `setxkbmap` does (Debian package `x11-xkb-utils`).
    ///
    /// # Errors
    /// When the tool is missing or refuses.
    pub fn layout(&self, layout: &str) -> anyhow::Result<()> {
        let status = Command::new("setxkbmap")
            .args(["-display", &self.display, "-layout", layout])
            .status()
            .context("setxkbmap cannot be started: install the package x11-xkb-utils")?;
        ensure!(status.success(), "setxkbmap {layout}: {status}");
        Ok(())
    }

    /// Kills it, as a log-off does.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for XServer {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Repeats a question until it is answered, for ten seconds.
///
/// # Errors
/// The question's own, or that no answer came.
pub fn until<T>(what: &str, mut question: impl FnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    for _ in 0..STEPS {
        if let Some(answer) = question()? {
            return Ok(answer);
        }
        sleep(STEP);
    }
    bail!("waited in vain: {what}")
}
