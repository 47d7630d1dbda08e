//! What the three programs share of the world outside, so that each number and each rule of reading exists once: QUIC's
//! configuration, framed streams, the socket seam (real, plain, simulated), the clock, randomness, files of keys, the log.

#[cfg(any(windows, test))]
mod access;
pub mod clock;
pub mod config;
pub mod frames;
pub mod keyfile;
pub mod log;
pub mod logfile;
pub mod probe;
pub mod random;
pub mod socket;
pub mod steer;
#[cfg(windows)]
pub mod windows;

pub use clock::Clock;
pub use frames::{FrameError, FrameReader, FrameWriter};
pub use random::Random;
