//! The worlds the product is proven in: simulated networks, real X servers, hostile peers, benches.

pub mod ladder;
pub mod simnet;
#[cfg(target_os = "linux")]
pub mod xserver;
