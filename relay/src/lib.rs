//! Placeholder while the rooms are laid out.

pub mod measure;
