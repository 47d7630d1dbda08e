//! The only place of this program that asks what time it is. Monotonic time only: a PC's wall clock decides nothing here.

use std::time::Instant;

/// Monotonic time.
#[allow(clippy::disallowed_methods, reason = "this is the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The machine's monotonic clock in ms, the same number in every process.
#[cfg(windows)]
pub(crate) use crate::windows::machine_ms;

/// The machine's monotonic clock in ms, the same number in every process.
#[cfg(not(windows))]
pub(crate) fn machine_ms() -> u64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    u64::try_from(t.tv_sec).unwrap_or(0) * 1000 + u64::try_from(t.tv_nsec).unwrap_or(0) / 1_000_000
}
