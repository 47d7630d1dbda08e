//! The windows on a real X server, answered by a person's hand and by a program's, with real toolkits in between.
//! Needs Xvfb, Xephyr, openbox, xdotool, xterm, x11-utils and the accessibility bus; a missing one fails the tests.
#![cfg(target_os = "linux")]
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, reason = "a test program")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accessible;
mod banner;
mod desk;
mod list;
mod question;
mod secret;
#[path = "../shared/desk.rs"]
mod shared;
mod terminal;

use aval_protocol::prompt::{Ask, Banner};

const TECHNICIAN: &str = "Sophie Martin";

fn ask() -> Ask {
    shared::ask(TECHNICIAN)
}

fn show() -> Banner {
    shared::show(TECHNICIAN)
}
