//! The technician's program: the far end of the end-to-end encryption.
//!
//! [`link`] keeps the line to a relay of the firm, [`calls`] asks it questions, [`session`] drives one session, [`steps`] carries out
//! a script in it, [`desk`] is the page that a technician works with. The screen lives in memory only ([`picture`]).

pub mod calls;
pub mod cli;
pub mod desk;
pub mod firm;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod home;
pub mod link;
mod moment;
pub mod picture;
pub mod say;
pub mod session;
pub mod steps;
pub mod words;
