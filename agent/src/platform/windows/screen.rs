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
use super::system::{Above, Desktop, desktop, is_shut_out};

/// A tile's side in pixels, as the encoder has it.
const TILE: usize = 64;
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

/// The tiles in which two pictures differ, neighbours in a row as one rectangle; `before` becomes equal. Of another length, it was
/// none, and all is new.
fn differences(before: &mut Vec<u8>, now: &[u8], (width, height): (u16, u16)) -> Vec<Rect> {
    if before.len() != now.len() {
        before.zeroize();
        before.extend_from_slice(now);
        return vec![Rect { x: 0, y: 0, width, height }];
    }
    let stride = usize::from(width) * PIXEL;
    let columns = usize::from(width).div_ceil(TILE);
    let (mut found, mut differs) = (Vec::new(), vec![false; columns]);
    let rows = before.chunks_mut(stride * TILE).zip(now.chunks(stride * TILE));
    for (band, (old, new)) in rows.enumerate() {
        if old == new {
            continue;
        }
        differs.fill(false);
        for (old, new) in old.chunks_mut(stride).zip(new.chunks(stride)).filter(|(old, new)| *old != *new) {
            let parts = old.chunks(TILE * PIXEL).zip(new.chunks(TILE * PIXEL));
            for (differs, (old, new)) in differs.iter_mut().zip(parts) {
                *differs |= old != new;
            }
            old.copy_from_slice(new);
        }
        let top = band * TILE;
        let bottom = (top + TILE).min(usize::from(height));
        let mut column = 0;
        while column < columns {
            let run = differs[column..].iter().take_while(|differs| **differs).count();
            if run > 0 {
                let (left, right) = (column * TILE, ((column + run) * TILE).min(usize::from(width)));
                found.push(Rect {
                    x: side(left),
                    y: side(top),
                    width: side(right - left),
                    height: side(bottom - top),
                });
            }
            column += run + 1;
        }
    }
    found
}

/// A length on a screen, whose sides are `u16`.
fn side(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (u16, u16) = (150, 70);

    fn paint(picture: &mut [u8], x: usize, y: usize) {
        picture[(y * usize::from(SIZE.0) + x) * PIXEL] ^= 0xff;
    }

    #[test]
    fn what_differs_is_told_by_tiles_and_only_once() {
        let mut now = vec![0; usize::from(SIZE.0) * usize::from(SIZE.1) * PIXEL];
        let mut before = Vec::new();
        assert_eq!(differences(&mut before, &now, SIZE), [Rect { x: 0, y: 0, width: 150, height: 70 }]);
        assert_eq!(differences(&mut before, &now, SIZE), []);
        paint(&mut now, 149, 69);
        paint(&mut now, 3, 5);
        paint(&mut now, 64, 63);
        let found = differences(&mut before, &now, SIZE);
        let expected =
            [Rect { x: 0, y: 0, width: 128, height: 64 }, Rect { x: 128, y: 64, width: 22, height: 6 }];
        assert_eq!(found, expected);
        assert_eq!(differences(&mut before, &now, SIZE), []);
    }
}
