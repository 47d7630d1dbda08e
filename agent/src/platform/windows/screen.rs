//! All monitors as one screen. GDI says nothing of what changed: the screen is copied again and compared, more often while it moves.

use std::thread::sleep;
use std::time::{Duration, Instant};

use aval_protocol::text::agent as text;
use aval_protocol::wire::screen::{MAX_PIXELS, MAX_SIDE, Rect};
use aval_transport::Clock;
use zeroize::Zeroize as _;

use super::super::{Change, OpenError, Pixels, ScreenLost, ScreenSource};
use super::cursor::Pointer;
use super::gdi::{Canvas, PIXEL};
use super::rules::differ::differences;
use super::system::{Above, Desktop, desktop, is_shut_out};

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
    canvas: Canvas,
    /// What [`canvas`](Self::canvas) held before; empty if nothing was told yet.
    before: Vec<u8>,
    pointer: Pointer,
    above: Above,
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
        Ok(Self {
            place,
            size,
            canvas: Canvas::new(place.width, place.height).map_err(unreachable)?,
            before: Vec::new(),
            pointer: Pointer::default(),
            above: Above::default(),
            clock: Clock::system(),
            looked: None,
            changed: None,
        })
    }

    /// Copies the screen, and says what is new on it.
    fn look(&mut self) -> Result<Change, ScreenLost> {
        let mut change = Change::default();
        let place = desktop();
        if place != self.place {
            let size = sendable(place)
                .ok_or_else(|| ScreenLost::Unusable(format!("{} × {} pixels", place.width, place.height)))?;
            self.canvas = Canvas::new(place.width, place.height)
                .map_err(|error| ScreenLost::Refused(error.to_string()))?;
            change.resized = (size != self.size).then_some(size);
            (self.place, self.size) = (place, size);
            self.before.zeroize();
        }
        let copied = self.canvas.copy_screen(place.left, place.top);
        if is_shut_out() {
            // Windows shows a desktop of its own, for a password say; this one stands still.
            self.canvas.note(text::secure_desktop());
        } else if let Err(error) = copied {
            return Err(ScreenLost::Refused(error.to_string()));
        } else if self.above.is_in_front() {
            self.canvas.note(text::window_above());
        }
        change.damage = differences(&mut self.before, self.canvas.bytes(), self.size);
        change.cursor = self.pointer.look();
        Ok(change)
    }

    fn pause(&self, now: Instant) -> Duration {
        let lively = self.changed.is_some_and(|at| now.saturating_duration_since(at) < LIVELY);
        if lively { BEAT } else { CALM }
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
            let change = self.look()?;
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
        let bytes = self.canvas.bytes().get(start..start + length).ok_or(ScreenLost::Stale)?;
        Ok(Pixels { stride, bytes })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.before.zeroize();
    }
}

fn sendable(place: Desktop) -> Option<(u16, u16)> {
    let (width, height) = (u16::try_from(place.width).ok()?, u16::try_from(place.height).ok()?);
    let area = u64::from(width) * u64::from(height);
    (width <= MAX_SIDE && height <= MAX_SIDE && area > 0 && area <= MAX_PIXELS).then_some((width, height))
}
