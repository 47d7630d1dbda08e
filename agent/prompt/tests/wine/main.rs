//! The Windows windows under Wine, answered by a person's hand and by a program's. The desk is Xephyr inside Xvfb: what is sent to the
//! outer server is the person's, what a Windows program sends with `SendInput` is a program's.
//! Needs what `packaging/windows/build --quick` made, wine, Xvfb, Xephyr and xdotool; a missing one fails the tests.
#![cfg(target_os = "linux")]
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, reason = "a test program")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod banner;
mod desk;
mod list;
mod question;
mod secret;
#[path = "../shared/desk.rs"]
mod shared;

use aval_protocol::prompt::{Ask, Banner};

const TECHNICIAN: &str = "Sophie & Martin";

fn ask() -> Ask {
    shared::ask(TECHNICIAN)
}

fn show() -> Banner {
    shared::show(TECHNICIAN)
}
