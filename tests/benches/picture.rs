//! What the picture costs and how soon it is there: bytes on the technician's line and the agent's CPU while somebody types, scrolls
//! and watches a video, the first screen, and large changes from glass to glass. Real programs, one machine, 1920 × 1080.
//!
//! `picture` alone does all; `picture first|idle|typing|wheel|smooth|video|glass` does some.

#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "figures for people")]

#[cfg(target_os = "linux")]
#[path = "session/counted.rs"]
mod counted;
#[cfg(target_os = "linux")]
#[path = "picture/meter.rs"]
mod meter;
#[cfg(target_os = "linux")]
#[path = "picture/run.rs"]
mod run;
#[cfg(target_os = "linux")]
#[path = "picture/scenes.rs"]
mod scenes;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    run::run()
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("the picture is measured on X11")
}
