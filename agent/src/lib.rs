//! The program on the client's PC, in two processes: the service (line, identity, facts) and the session process in the person's
//! desktop (screen, hands, question, banner). It owns consent; its verdict is final and local.

pub mod prompt;

pub mod cli;
pub mod commands;
pub mod encode;
mod engine;
pub mod enrol;
pub mod facts;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod inventory;
pub mod ipc;
pub mod keep;
pub mod link;
pub mod measure;
pub mod paths;
#[cfg(all(test, unix))]
#[path = "../tests/shared/placed.rs"]
mod placed;
pub mod platform;
mod program;
pub mod receipt;
mod renew;
pub mod say;
pub mod service;
pub mod session;
pub mod state;
pub mod update;
pub mod version;
pub mod when;
#[cfg(windows)]
mod windows;
