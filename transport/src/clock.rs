//! The only place that asks what time it is.
//!
//! Monotonic time is tokio's, so that a world in virtual time needs no other code. Wall time is the system's in every program;
//! a world in virtual time builds its own clock from a moment it names. No program has a switch for it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aval_protocol::id::UnixSeconds;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;

/// Wall and monotonic time, as an argument.
#[derive(Clone)]
pub struct Clock {
    wall: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Clock {
    /// The system's clock.
    #[allow(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn system() -> Self {
        Self { wall: Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO)) }
    }

    /// A clock that shows `start` now and runs on the monotonic clock from there.
    pub fn starting_at(start: UnixSeconds) -> Self {
        let begun = monotonic();
        let start = Duration::from_secs(u64::try_from(start.0).unwrap_or(0));
        Self::showing(move || start + monotonic().duration_since(begun))
    }

    /// A clock whose wall time since 1970 is what this says: one that jumps, in a world that wants one.
    pub fn showing(wall: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self { wall: Arc::new(wall) }
    }

    /// Wall time, in seconds.
    pub fn wall(&self) -> UnixSeconds {
        UnixSeconds(i64::try_from((self.wall)().as_secs()).unwrap_or(i64::MAX))
    }

    /// Wall time since 1970, to the nanosecond.
    pub fn wall_precise(&self) -> Duration {
        (self.wall)()
    }

    /// How long this machine has been up, sleep included, where the system says it.
    #[allow(clippy::unused_self, reason = "time is asked of a clock")]
    pub fn up(&self) -> Option<Duration> {
        #[cfg(windows)]
        return Some(crate::windows::up());
        #[cfg(not(windows))]
        {
            let said = std::fs::read_to_string("/proc/uptime").ok()?;
            let seconds: f64 = said.split_whitespace().next()?.parse().ok()?;
            Duration::try_from_secs_f64(seconds).ok()
        }
    }

    /// Monotonic time.
    pub fn monotonic(&self) -> Instant {
        monotonic()
    }
}

/// The same clock for TLS: no handshake asks the system by itself.
impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(self.wall_precise()))
    }
}

#[allow(clippy::disallowed_methods, reason = "this is the clock")]
fn monotonic() -> Instant {
    tokio::time::Instant::now().into_std()
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
