//! All monitors as one screen. GDI says nothing of what changed: the screen is copied again and compared, more often while it moves. Where
//! DXGI may be believed it says so.

use std::thread::sleep;
use std::time::{Duration, Instant};

use aval_protocol::wire::screen::{MAX_PIXELS, MAX_SIDE, Rect};
use aval_transport::Clock;

use super::super::{Change, OpenError, Pixels, ScreenLost, ScreenSource};
use super::cursor::Pointer;
use super::dxgi::Duplication;
use super::eyes::{Eyes, distrusted};
use super::gdi::PIXEL;
use super::rules::sight::Sight;
use super::system::{Desktop, desktop, is_shut_out};

/// The screen is copied at most that often: 60 times a second.
const BEAT: Duration = Duration::from_micros(16_667);
/// That often when nothing has changed for a while: each copy of a large screen takes some milliseconds of a core.
const CALM: Duration = Duration::from_millis(66);
/// How long a change keeps the screen lively.
const LIVELY: Duration = Duration::from_secs(1);

/// The screen, watched.
pub(super) struct Screen {
    place: Desktop,
    size: (u16, u16),
    eyes: Eyes,
    sight: Sight<Duplication>,
    pointer: Pointer,
    clock: Clock,
    looked: Option<Instant>,
    changed: Option<Instant>,
}

impl Screen {
    /// Starts watching.
    pub(super) fn open() -> Result<Self, OpenError> {
        let place = desktop();
        let size = sendable(place).ok_or_else(|| {
            let side = |length: i32| u16::try_from(length).unwrap_or(u16::MAX);
            OpenError::TooLarge(side(place.width), side(place.height))
        })?;
        let unreachable = |e: std::io::Error| OpenError::Unreachable {
            display: "Windows".to_owned(),
            reason: e.to_string(),
        };
        let clock = Clock::system();
        Ok(Self {
            place,
            size,
            eyes: Eyes::new(place).map_err(unreachable)?,
            sight: Sight::new(clock.monotonic(), size, distrusted()),
            pointer: Pointer::default(),
            clock,
            looked: None,
            changed: None,
        })
    }

    /// Looks at the screen, and says what is new on it.
    fn look(&mut self, now: Instant) -> Result<Change, ScreenLost> {
        let mut change = Change::default();
        let place = desktop();
        if place != self.place {
            let size = sendable(place)
                .ok_or_else(|| ScreenLost::Unusable(format!("{} × {} pixels", place.width, place.height)))?;
            self.eyes = Eyes::new(place).map_err(|error| ScreenLost::Refused(error.to_string()))?;
            self.sight.resized(now, size);
            change.resized = (size != self.size).then_some(size);
            (self.place, self.size) = (place, size);
        }
        change.damage = self.sight.look(now, is_shut_out(), &mut self.eyes)?;
        change.cursor = self.pointer.look();
        Ok(change)
    }

    fn pause(&self, now: Instant) -> Duration {
        let lively = self.changed.is_some_and(|at| now.saturating_duration_since(at) < LIVELY);
        if lively || self.sight.is_cheap() { BEAT } else { CALM }
    }
}

impl ScreenSource for Screen {
    fn size(&self) -> (u16, u16) {
        self.size
    }

    fn wait(&mut self, timeout: Duration) -> Result<Change, ScreenLost> {
        let end = self.clock.monotonic() + timeout;
        let mut pause = BEAT;
        loop {
            let now = self.clock.monotonic();
            if let Some(next) = self.looked.map(|at| at + pause).filter(|next| *next > now) {
                sleep(next.min(end).saturating_duration_since(now));
                if next > end {
                    return Ok(Change::default());
                }
            }
            let now = self.clock.monotonic();
            self.looked = Some(now);
            let change = self.look(now)?;
            if change.resized.is_some() || !change.damage.is_empty() {
                self.changed = Some(now);
            }
            if change != Change::default() || now >= end {
                return Ok(change);
            }
            pause = self.pause(now);
        }
    }

    fn grab(&mut self, rect: Rect) -> Result<Pixels<'_>, ScreenLost> {
        if !rect.fits(self.size.0, self.size.1) {
            return Err(ScreenLost::Stale);
        }
        let stride = usize::from(self.size.0) * PIXEL;
        let start = usize::from(rect.y) * stride + usize::from(rect.x) * PIXEL;
        let length = usize::from(rect.height - 1) * stride + usize::from(rect.width) * PIXEL;
        let bytes = self.eyes.canvas().bytes().get(start..start + length).ok_or(ScreenLost::Stale)?;
        Ok(Pixels { stride, bytes })
    }
}

fn sendable(place: Desktop) -> Option<(u16, u16)> {
    let (width, height) = (u16::try_from(place.width).ok()?, u16::try_from(place.height).ok()?);
    let area = u64::from(width) * u64::from(height);
    (width <= MAX_SIDE && height <= MAX_SIDE && area > 0 && area <= MAX_PIXELS).then_some((width, height))
}
