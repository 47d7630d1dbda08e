//! Whole sessions: a real relay, a real agent and real consoles in one runtime, on a simulated network, in virtual time.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]
#![allow(clippy::print_stdout, reason = "what was measured is told")]

mod away;
mod clocks;

mod closing;
mod cuts;
mod handing;
mod ladder;
mod person;
mod revocation;
mod rogue;
mod turning;
