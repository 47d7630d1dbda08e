//! How long until the technician sees it: a change on the person's screen, and the echo of a typed character. Real programs, one
//! machine; the technician is this process, so that one clock measures both ends. A change that never arrives fails the run.

#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "figures for people")]

#[cfg(target_os = "linux")]
#[path = "session/counted.rs"]
mod counted;
#[cfg(target_os = "linux")]
#[path = "session/run.rs"]
mod run;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    run::run()
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("the session is measured on X11")
}
