//! The screen encoder: from "something changed here" to the fewest lossless bytes that make the console's picture equal.
//!
//! Damage over-reports (a page scroll damages three times what it changes), so each damaged 64 × 64 tile is compared with a shadow of
//! what was sent, shrunk to its changed box, merged with its neighbours, and its rows go through one zstd context that lives as long
//! as the lane. What does not fit the budget stays owed and leaves later, in its newest state. Pictures live in memory only and
//! are wiped on drop.

mod merge;
mod stream;
mod tiles;

use std::fmt;

use aval_protocol::id::Epoch;
use aval_protocol::wire::Wire;
use aval_protocol::wire::screen::{MAX_PIXELS, MAX_SIDE, ROWS, Rect, ScreenDown};
use zeroize::Zeroize;

use crate::platform::{ScreenLost, ScreenSource};
use stream::Stream;
use tiles::{GRAB_AREA, Span, TILE, Tiles};

/// Compressed bytes after which an update is cut and the next begun: small enough that three of them are no queue.
const SOFT_LIMIT: usize = 96 * 1024;
/// A rectangle's cost on the wire: four integers of at most three bytes.
const RECT_COST: usize = 12;
/// Everything of an update but rectangles and pixels, generously.
const FIXED_COST: usize = 64;

/// Turns a screen's changes into updates.
pub struct Encoder {
    width: u16,
    height: u16,
    announced: bool,
    seq: u32,
    /// What the console's picture will be once all owed spans are sent: rows of B G R and one unused byte.
    shadow: Vec<u8>,
    tiles: Tiles,
    stream: Stream,
    /// One rectangle's rows as B G R, on their way to the compressor.
    staged: Vec<u8>,
}

/// Why no update could be made. The lane ends in each case.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EncodeError {
    /// The screen yields nothing.
    #[error(transparent)]
    Screen(#[from] ScreenLost),
    /// The screen's size is 0 or beyond what the wire carries.
    #[error("a screen of {0} × {1} pixels cannot be sent")]
    Size(u16, u16),
    /// The compressor failed, which it never should: out of memory.
    #[error(
        "the screen could not be compressed ({0}); close programs to free memory and start the session again"
    )]
    Compression(String),
}

// === impl Encoder

impl Encoder {
    /// For a screen of that size; the first [`encode`](Self::encode) takes all of it, whatever the damage.
    ///
    /// # Errors
    /// [`EncodeError::Size`] or [`EncodeError::Compression`].
    pub fn new(width: u16, height: u16) -> Result<Self, EncodeError> {
        let mut encoder = Self {
            width: 0,
            height: 0,
            announced: false,
            seq: 0,
            shadow: Vec::new(),
            tiles: Tiles::new(0, 0),
            stream: Stream::new()?,
            staged: Vec::new(),
        };
        encoder.resize(width, height)?;
        Ok(encoder)
    }

    /// The screen took another size: the next [`encode`](Self::encode) announces it and sends everything anew. Numbering and
    /// compression go on.
    ///
    /// # Errors
    /// [`EncodeError::Size`].
    pub fn resize(&mut self, width: u16, height: u16) -> Result<(), EncodeError> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 || width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS {
            return Err(EncodeError::Size(width, height));
        }
        (self.width, self.height, self.announced) = (width, height, false);
        self.shadow.zeroize();
        self.shadow.resize(usize::from(width) * usize::from(height) * 4, 0);
        self.tiles = Tiles::new(width, height);
        Ok(())
    }

    /// Takes up to `budget` updates from the screen: what is damaged, plus what earlier budgets left over. With a budget of 0 the
    /// damage is only noted. `None`: nothing to send. A [`ScreenDown::Geometry`] may come first and counts for nothing.
    ///
    /// # Errors
    /// [`EncodeError`]. A resize that overtook the damage is no error: the caller's next `wait` tells it.
    pub fn encode(
        &mut self,
        damage: &[Rect],
        source: &mut dyn ScreenSource,
        epoch: Epoch,
        budget: usize,
    ) -> Result<Option<Vec<ScreenDown>>, EncodeError> {
        for rect in damage {
            self.tiles.mark(*rect);
        }
        if budget == 0 {
            return Ok(None);
        }
        self.look(source)?;
        let mut messages = Vec::new();
        if !self.announced {
            messages.push(ScreenDown::Geometry { width: self.width, height: self.height });
            self.announced = true;
        }
        self.emit(epoch, budget, &mut messages)?;
        Ok((!messages.is_empty()).then_some(messages))
    }

    /// Whether something waits for a budget: damage not yet looked at, or changes not yet sent.
    pub fn is_pending(&self) -> bool {
        !self.announced || self.tiles.is_pending()
    }

    /// Compares every damaged tile with the shadow and brings the shadow up to date.
    fn look(&mut self, source: &mut dyn ScreenSource) -> Result<(), EncodeError> {
        for area in merge::damaged(&self.tiles, GRAB_AREA) {
            let rect = self.tiles.rect_of(area);
            let pixels = match source.grab(rect) {
                Ok(pixels) => pixels,
                Err(ScreenLost::Stale) => break,
                Err(lost) => return Err(lost.into()),
            };
            let row = usize::from(rect.width) * 4;
            if pixels.stride < row
                || pixels.bytes.len() < pixels.stride * (usize::from(rect.height) - 1) + row
            {
                return Err(ScreenLost::Unusable("fewer pixels than asked for".to_owned()).into());
            }
            for tile in area.tiles() {
                let place = self.tiles.place(tile);
                let span = compare(&mut self.shadow, self.width, place, rect, pixels.stride, pixels.bytes);
                self.tiles.seen(tile, span);
            }
        }
        Ok(())
    }

    /// Sends owed boxes until the budget is used up.
    fn emit(
        &mut self,
        epoch: Epoch,
        budget: usize,
        messages: &mut Vec<ScreenDown>,
    ) -> Result<(), EncodeError> {
        let boxes = merge::owed(&self.tiles);
        let mut boxes = boxes.iter().peekable();
        for _ in 0..budget {
            let (mut rects, mut pixels) = (Vec::new(), Vec::new());
            while pixels.len() + rects.len() * RECT_COST < SOFT_LIMIT
                && let Some((area, rect)) = boxes.next()
            {
                self.stage(*rect);
                self.stream.push(&[ROWS], &mut pixels)?;
                self.stream.push(&self.staged, &mut pixels)?;
                self.tiles.sent(*area);
                rects.push(*rect);
            }
            if rects.is_empty() {
                break;
            }
            self.stream.flush(&mut pixels)?;
            if pixels.len() + rects.len() * RECT_COST + FIXED_COST > ScreenDown::LIMIT {
                return Err(EncodeError::Compression("an update beyond its limit".to_owned()));
            }
            self.seq = self
                .seq
                .checked_add(1)
                .ok_or_else(|| EncodeError::Compression("all update numbers are used up".to_owned()))?;
            messages.push(ScreenDown::Update {
                seq: self.seq,
                epoch,
                copies: Vec::new(),
                rects,
                pixels,
                photos: Vec::new(),
            });
        }
        self.tiles.resume_at(boxes.peek().map_or(0, |(area, _)| area.top));
        Ok(())
    }

    /// A rectangle's rows out of the shadow, as B G R.
    fn stage(&mut self, rect: Rect) {
        self.staged.clear();
        for y in rect.y..rect.y + rect.height {
            let start = (usize::from(y) * usize::from(self.width) + usize::from(rect.x)) * 4;
            let row = &self.shadow[start..start + usize::from(rect.width) * 4];
            self.staged.extend(row.as_chunks::<4>().0.iter().flat_map(|[b, g, r, _]| [*b, *g, *r]));
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        self.shadow.zeroize();
        self.staged.zeroize();
    }
}

// A picture must not reach a log by way of `Debug`.
impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, height, seq, .. } = self;
        f.debug_struct("Encoder")
            .field("width", width)
            .field("height", height)
            .field("seq", seq)
            .finish_non_exhaustive()
    }
}

/// Where a tile differs from the shadow, which becomes equal. `place` is the tile on the screen, `grabbed` what `bytes` show.
fn compare(
    shadow: &mut [u8],
    width: u16,
    place: Rect,
    grabbed: Rect,
    stride: usize,
    bytes: &[u8],
) -> Option<Span> {
    let mut span: Option<Span> = None;
    let length = usize::from(place.width) * 4;
    for y in 0..usize::from(place.height) {
        let from = (usize::from(place.y - grabbed.y) + y) * stride + usize::from(place.x - grabbed.x) * 4;
        let to = ((usize::from(place.y) + y) * usize::from(width) + usize::from(place.x)) * 4;
        let (new, old) = (&bytes[from..from + length], &mut shadow[to..to + length]);
        if new == old {
            continue;
        }
        let (new_pixels, old_pixels) = (new.as_chunks::<4>().0, old.as_chunks::<4>().0);
        let differs = |(a, b): (&[u8; 4], &[u8; 4])| a[..3] != b[..3];
        let first = new_pixels.iter().zip(old_pixels).position(differs);
        let last = new_pixels.iter().zip(old_pixels).rposition(differs);
        if let (Some(first), Some(last)) = (first, last) {
            let row = Span::row(y, first, last, usize::from(place.width));
            span = Some(span.map_or(row, |span| span.union(row)));
        }
        old.copy_from_slice(new);
    }
    debug_assert!(usize::from(place.width) <= TILE && usize::from(place.height) <= TILE);
    span
}

#[cfg(test)]
mod tests;
