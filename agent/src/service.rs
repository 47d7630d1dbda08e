//! The process that keeps the line: identity, relay, sealed sessions, journal. It shows nothing and moves nothing itself; whatever
//! is seen or done happens in the session process, behind [`desktop::Desktop`].

pub mod desktop;
pub(crate) mod judge;
pub mod limit;
pub(crate) mod relay_clock;
