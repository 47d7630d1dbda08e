//! The worlds the product is proven in: simulated networks, real X servers, real programs, hostile peers, benches.

#[cfg(target_os = "linux")]
pub mod browser;
#[cfg(target_os = "linux")]
pub mod canary;
#[cfg(target_os = "linux")]
pub mod canvas;
pub mod desk;
pub mod figures;
pub mod ladder;
#[cfg(target_os = "linux")]
pub mod paint;
pub mod parts;
pub mod simnet;
pub mod stage;
pub mod technician;
pub mod trio;
pub mod wine;
pub mod world;
#[cfg(target_os = "linux")]
pub mod xserver;
