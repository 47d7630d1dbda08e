//! The relay's rooms: it checks the maintenance contract, introduces, and forwards bytes it cannot read.

pub mod gate;
pub mod measure;
pub mod records;
