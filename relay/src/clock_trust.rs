//! Whether the relay's own clock can be believed: support hours and terms are judged by it, so a clock in doubt refuses.
//!
//! There is no portable proof that a clock is right: a container sees no time service at all, and must work. So what counts is
//! evidence that it is *wrong*, each kind observable: it shows a moment before one that this relay has shown or recorded, it was
//! moved against the monotonic clock while the relay ran, or it lies outside the relay's own certificate. A moved clock is
//! believed again when it has run evenly for a while: a time service that sets the clock after a suspension does so at once.

use std::time::{Duration, Instant};

use aval_protocol::firm::TrustError;
use aval_protocol::id::UnixSeconds;

/// How far the clock may go astray before it counts, in seconds. A time service slews smaller errors.
const TOLERANCE_S: i64 = 60;
/// For how long a clock that was moved must run evenly.
const PROBATION: Duration = Duration::from_secs(600);

/// What speaks against the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Doubt {
    /// It shows a moment that was over already.
    #[error("it shows a moment {0} s before one that this relay has recorded")]
    Back(i64),
    /// It was moved while the relay ran.
    #[error(
        "it was moved by {0} s while the relay ran; it is believed again when it has run evenly for ten minutes"
    )]
    Moved(i64),
    /// The relay's certificate is not valid at what it shows.
    #[error("the relay’s own certificate is not valid at the moment it shows")]
    OutsideCertificate,
}

/// What is remembered of the clock.
#[derive(Debug)]
pub(crate) struct ClockWatch {
    /// A moment on both clocks from which they are compared.
    anchor: (UnixSeconds, Instant),
    newest: UnixSeconds,
    moved: Option<(i64, Instant)>,
}

impl ClockWatch {
    /// From now on; `recorded` is the newest moment in the record.
    pub(crate) fn new(wall: UnixSeconds, mono: Instant, recorded: UnixSeconds) -> Self {
        Self { anchor: (wall, mono), newest: recorded, moved: None }
    }

    /// Looks at both clocks. `own` is what the relay's certificate says at `wall`.
    pub(crate) fn look(
        &mut self,
        wall: UnixSeconds,
        mono: Instant,
        own: Result<(), &TrustError>,
    ) -> Result<(), Doubt> {
        let run = i64::try_from(mono.saturating_duration_since(self.anchor.1).as_secs()).unwrap_or(i64::MAX);
        let off = wall.0.saturating_sub(self.anchor.0.0.saturating_add(run));
        if off.saturating_abs() > TOLERANCE_S {
            self.moved = Some((off, mono));
            self.anchor = (wall, mono);
        }
        let behind = self.newest.0.saturating_sub(wall.0);
        if behind > TOLERANCE_S {
            return Err(Doubt::Back(behind));
        }
        self.newest = self.newest.max(wall);
        if let Err(TrustError::Expired | TrustError::NotYetValid) = own {
            return Err(Doubt::OutsideCertificate);
        }
        match self.moved {
            Some((off, since)) if mono.saturating_duration_since(since) < PROBATION => Err(Doubt::Moved(off)),
            _ => {
                self.moved = None;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_795_000_000;

    struct World(ClockWatch, Instant);

    impl World {
        #[allow(clippy::disallowed_methods, reason = "any moment will do to count from")]
        fn new(recorded: i64) -> Self {
            let begun = Instant::now();
            Self(ClockWatch::new(UnixSeconds(T), begun, UnixSeconds(recorded)), begun)
        }

        fn look(&mut self, wall: i64, run: u64) -> Result<(), Doubt> {
            self.0.look(UnixSeconds(wall), self.1 + Duration::from_secs(run), Ok(()))
        }
    }

    #[test]
    fn an_even_clock_is_believed() {
        let mut world = World::new(0);
        for hour in 0..100_000 {
            assert_eq!(world.look(T + hour * 3600, hour.unsigned_abs() * 3600), Ok(()));
        }
        // Slewed by less than it matters.
        assert_eq!(World::new(0).look(T + 3600 + 59, 3600), Ok(()));
        assert_eq!(World::new(T + 59).look(T, 0), Ok(()));
    }

    #[test]
    fn a_clock_behind_its_own_record_is_not() {
        let mut world = World::new(T + 86_400);
        assert_eq!(world.look(T, 0), Err(Doubt::Back(86_400)));
        assert_eq!(world.look(T + 86_400, 86_400), Ok(()), "it has caught up");
    }

    #[test]
    fn a_moved_clock_is_in_doubt_for_a_while() {
        let mut world = World::new(0);
        assert_eq!(world.look(T + 10, 10), Ok(()));
        assert_eq!(world.look(T + 7220, 20), Err(Doubt::Moved(7200)));
        assert_eq!(world.look(T + 7200 + 619, 619), Err(Doubt::Moved(7200)));
        assert_eq!(world.look(T + 7200 + 620, 620), Ok(()));
        // Back again: before what was shown.
        assert_eq!(world.look(T + 630, 630), Err(Doubt::Back(7190)));
    }

    #[test]
    fn a_moment_outside_the_relay_s_certificate_is_doubted() {
        let mut world = World::new(0);
        let mut look = |own: Result<(), &TrustError>| world.0.look(UnixSeconds(T), world.1, own);
        assert_eq!(look(Err(&TrustError::NotYetValid)), Err(Doubt::OutsideCertificate));
        assert_eq!(look(Err(&TrustError::Expired)), Err(Doubt::OutsideCertificate));
        assert_eq!(look(Ok(())), Ok(()));
    }
}
