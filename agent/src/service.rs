//! The service.
pub mod desktop;
