//! What the three programs share of QUIC, so that each number and each rule of reading exists once: endpoint configuration,
//! framed streams, the socket seam (real, plain, simulated) and the clock.

pub mod clock;
pub mod config;
pub mod frames;
pub mod probe;
pub mod socket;
pub mod steer;

pub use clock::Clock;
pub use frames::{FrameError, FrameReader, FrameWriter};
