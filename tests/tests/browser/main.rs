//! The technician's desk in a real browser, against the real programs.
#![cfg(target_os = "linux")]

mod closing;
mod contracts;
mod doors;
mod equipment;
mod handing;
mod harness;
mod joining;
mod keyboards;
mod look;
mod many;
mod refusal;
mod representative;
mod session;
