//! The person's stop, at the machine itself: from the press on the banner's button to the last piece of the screen handed over and
//! the last movement of the pointer. The session process and its service's end are this process, so that one clock measures both;
//! the banner is the real program, the person a press on the outer X server. `--hogs` runs one busy loop on each core.

#![allow(clippy::print_stdout, reason = "figures for people")]

#[cfg(target_os = "linux")]
#[path = "stop/person.rs"]
mod person;
#[cfg(target_os = "linux")]
#[path = "stop/run.rs"]
mod run;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    run::run()
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("the stop is measured on X11")
}
