//! Glass to glass: from a change on the client's screen until it stands in the framebuffer of another screen, where the technician's
//! browser shows the desk's page. Two X servers, one clock, real programs, relay and sealing between. A missed change fails the run.

#![allow(clippy::print_stdout, reason = "figures for people")]

#[cfg(target_os = "linux")]
#[path = "glass/run.rs"]
mod run;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    run::run()
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("the picture is measured on X11")
}
