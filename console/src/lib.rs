//! Placeholder while the rooms are laid out.

pub mod firm;
pub mod picture;
