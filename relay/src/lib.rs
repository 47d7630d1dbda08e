//! The relay: checks the maintenance contract before it introduces a technician, then forwards bytes it cannot read.
//!
//! [`gate`] judges, by what [`records`] hold and [`measure`] finds; the broker pairs whom the gate let through; everything else moves
//! words and bytes. [`Relay`] is all of it at work, [`cli`] its command line.

pub mod bill;
mod broker;
pub(crate) mod bulletin;
mod calls;
mod changes;
pub mod cli;
pub mod clock_trust;
pub mod coverage;
mod detail;
pub mod diff;
pub mod document;
pub mod exchange;
pub mod facts;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod gate;
mod hub;
pub mod identity;
pub mod install;
mod inventory;
mod lanes;
mod link;
pub mod measure;
pub mod money;
#[cfg(test)]
mod pages;
pub mod papers;
mod places;
mod presence;
mod probe;
mod quic;
mod recheck;
pub mod records;
pub(crate) mod release;
mod roles;
mod server;
pub mod settings;
mod splice;
mod steps;
mod throttle;

pub use server::{Relay, RelayConfig, StartError};
