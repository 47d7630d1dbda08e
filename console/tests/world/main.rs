//! The console against a relay of the tests: real QUIC on loopback, the product's own TLS, and the protocol's agent machine at the
//! far end. The relay here says yes or no as a test wants; everything the console believes is as in the field.

#![allow(clippy::unwrap_used, reason = "a test")]

mod agent;
mod command;
mod doors;
mod firm;
mod page;
mod relay;
mod session;
mod steady;
mod steps;
mod viewer;
