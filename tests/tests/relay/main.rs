//! The relay against raw clients on a simulated network in virtual time: honest ones, clumsy ones and hostile ones.
#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

mod desk;
mod equipment;
mod inventory;
mod links;
mod papers;
mod renewal;
mod requests;
mod sessions;
mod stuck;
mod world;
