//! A technician's browser: Chromium with a fresh profile, driven through its DevTools protocol as a person drives it.
//!
//! What is clicked is found by its accessible name and role, so a test that passes is a page that a screen reader can use. Every
//! console error, uncaught exception and violation of the page's content policy is kept; what a test did not expect fails it when
//! the browser is closed.

mod cdp;
mod console;
mod keys;
mod page;
mod rules;
pub mod steps;

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use tempfile::TempDir;

use cdp::Wire;
pub use console::Console;
pub use page::Page;

/// How long anything may take to appear. Never asserted, only given up after.
const PATIENCE: Duration = Duration::from_secs(45);
const STEP: Duration = Duration::from_millis(40);

/// Where the browser shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Screen<'a> {
    /// Nowhere: Chromium's own headless mode.
    Headless,
    /// On an X display, where `xdotool` reaches its keyboard.
    Display(&'a str),
}

/// A running browser. It and its profile end with it.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    wire: Rc<RefCell<Wire>>,
    /// Holds the profile.
    profile: TempDir,
}

// === impl Browser

impl Browser {
    /// Starts Chromium (Debian package `chromium`) and waits until it can be driven.
    ///
    /// # Errors
    /// When it is not installed or does not come up.
    pub fn start(screen: Screen<'_>) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let mut command = Command::new("chromium");
        command
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(["--remote-debugging-port=0", "--no-first-run", "--no-default-browser-check"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args([
                "--disable-extensions",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--password-store=basic",
            ])
            .args(["--force-color-profile=srgb", "--lang=fr-FR", "--window-size=1280,800"])
            .env("HOME", profile.path())
            .env_remove("WAYLAND_DISPLAY");
        if rustix::process::geteuid().is_root() {
            command.arg("--no-sandbox");
        }
        match screen {
            Screen::Headless => command.arg("--headless=new").env_remove("DISPLAY"),
            Screen::Display(display) => {
                command.args(["--ozone-platform=x11", "--window-position=0,0"]).env("DISPLAY", display)
            }
        };
        let quiet =
            command.arg("about:blank").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = quiet.spawn().context("chromium cannot be started: install the package chromium")?;
        let wire = match door(&mut child, profile.path()).and_then(|(port, path)| Wire::open(port, &path)) {
            Ok(wire) => wire,
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(error);
            }
        };
        Ok(Self { child, wire: Rc::new(RefCell::new(wire)), profile })
    }

    /// A new tab.
    ///
    /// # Errors
    /// When the browser refuses.
    pub fn page(&self) -> Result<Page> {
        let made =
            self.wire.borrow_mut().call(None, "Target.createTarget", json!({ "url": "about:blank" }))?;
        let target = made["targetId"].as_str().context("a tab has a name")?.to_owned();
        Page::attach(&self.wire, &target)
    }

    /// The folder of everything it keeps.
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// What the browser complained about and no test expected, so far.
    pub fn errors(&self) -> Vec<String> {
        self.wire.borrow_mut().errors()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let errors = self.wire.try_borrow_mut().map_or_else(|_| Vec::new(), |mut wire| wire.errors());
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !std::thread::panicking() {
            assert!(errors.is_empty(), "the browser complained: {errors:#?}");
        }
    }
}

/// Where the DevTools protocol is spoken: Chromium writes it into its profile.
fn door(child: &mut Child, profile: &Path) -> Result<(u16, String)> {
    until("Chromium", || {
        if let Some(status) = child.try_wait()? {
            bail!("chromium ended at once ({status})");
        }
        let said = fs::read_to_string(profile.join("DevToolsActivePort")).unwrap_or_default();
        let mut lines = said.lines();
        let (Some(port), Some(path)) = (lines.next().and_then(|port| port.parse().ok()), lines.next()) else {
            return Ok(None);
        };
        Ok(Some((port, path.to_owned())))
    })
}

/// Repeats a question until it is answered.
#[allow(clippy::disallowed_methods, reason = "a real browser: only the real clock tells when to give up")]
fn until<T>(what: &str, mut question: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(answer) = question()? {
            return Ok(answer);
        }
        sleep(STEP);
    }
    // Said here too: a complaint of the page, told when the browser closes, would hide it.
    eprintln!("waited in vain for {what}");
    bail!("waited in vain for {what}")
}
