//! The line.
pub mod redial;
