//! For how long this machine has slept since it started: what its clock that counts sleep is ahead of the one that does not.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// All sleep so far. A length, not a moment: two of them are compared.
pub(super) fn so_far() -> Duration {
    since_start(clock_gettime(ClockId::Boottime))
        .saturating_sub(since_start(clock_gettime(ClockId::Monotonic)))
}

fn since_start(at: Timespec) -> Duration {
    let (seconds, nanos) = (u64::try_from(at.tv_sec).unwrap_or(0), u32::try_from(at.tv_nsec).unwrap_or(0));
    Duration::new(seconds, nanos)
}
