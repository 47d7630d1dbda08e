//! Randomness as an argument; the same for all three programs.

pub use aval_transport::random::{NoRandomness, Random};
