//! The service.
pub mod desktop;
pub mod limit;
