//! The relay's clock as this machine knows it: for tickets, which it dated, and for certificates where this PC's clock is wrong.
//! It never prolongs a consent: that runs on the monotonic clock.

use std::time::Instant;

use aval_protocol::id::UnixSeconds;
use aval_transport::Clock;

use super::judge::Moments;

/// From that many seconds on, a difference is worth telling the person about.
const TOLERANCE_S: i64 = 300;

/// What the last welcome said, and when.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RelayClock {
    said: Option<(UnixSeconds, Instant)>,
    /// The relay's certificate holds by its clock and not by this PC's. Only then does its clock judge other certificates:
    /// a relay that lies about the time must not revive a technician's old one.
    doubt: bool,
}

impl RelayClock {
    /// The relay said what time it is. By how many seconds this PC is behind (negative: ahead), if its clock is wrong.
    pub(crate) fn welcome(&mut self, clock: &Clock, relay: UnixSeconds, doubt: bool) -> Option<i64> {
        let off = relay.0.saturating_sub(clock.wall().0);
        self.said = Some((relay, clock.monotonic()));
        self.doubt = doubt;
        (doubt || off.saturating_abs() > TOLERANCE_S).then_some(off)
    }

    /// The moments to judge by, now.
    pub(crate) fn moments(&self, clock: &Clock) -> Moments {
        let wall = clock.wall();
        let relay = self.said.map_or(wall, |(said, at)| {
            let since = clock.monotonic().saturating_duration_since(at).as_secs();
            UnixSeconds(said.0.saturating_add(i64::try_from(since).unwrap_or(i64::MAX)))
        });
        Moments { certificates: if self.doubt { relay } else { wall }, relay }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_800_000_000);
    const YEAR: i64 = 31_536_000;

    #[tokio::test(start_paused = true)]
    async fn a_clock_a_year_slow_is_noticed_and_not_used() {
        let clock = Clock::starting_at(UnixSeconds(NOW.0 - YEAR));
        let mut relay = RelayClock::default();
        assert_eq!(relay.welcome(&clock, NOW, true), Some(YEAR));
        tokio::time::advance(Duration::from_secs(60)).await;
        let later = UnixSeconds(NOW.0 + 60);
        assert_eq!(relay.moments(&clock), Moments { certificates: later, relay: later });
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_some_minutes_off_is_good_for_certificates_and_the_relays_for_tickets() {
        let clock = Clock::starting_at(UnixSeconds(NOW.0 + 240));
        let mut relay = RelayClock::default();
        assert_eq!(relay.welcome(&clock, NOW, false), None);
        let moments = relay.moments(&clock);
        assert_eq!(moments, Moments { certificates: UnixSeconds(NOW.0 + 240), relay: NOW });
    }

    #[tokio::test(start_paused = true)]
    async fn a_relay_that_lies_about_the_time_is_shown_and_not_believed() {
        let clock = Clock::starting_at(NOW);
        let mut relay = RelayClock::default();
        assert_eq!(relay.welcome(&clock, UnixSeconds(NOW.0 - YEAR), false), Some(-YEAR));
        assert_eq!(relay.moments(&clock).certificates, NOW);
    }
}
