//! What of the Windows back end asks no system: it is tested wherever the project is built.
#![cfg_attr(not(windows), allow(dead_code, reason = "its callers are on Windows"))]

pub(in crate::platform) mod acts;
pub(in crate::platform) mod agree;
pub(in crate::platform) mod differ;
pub(in crate::platform) mod kept;
pub(in crate::platform) mod keys;
pub(in crate::platform) mod layout;
pub(in crate::platform) mod mark;
pub(in crate::platform) mod path;
pub(in crate::platform) mod shape;
pub(in crate::platform) mod sight;
pub(in crate::platform) mod strokes;
