//! The screen encoder: from "something changed here" to the fewest bytes that make the console's picture equal.
//!
//! Damage over-reports (a page scroll damages three times what it changes), so what is damaged is compared with a shadow of what
//! was sent. What scrolled becomes a copy; the rest is shrunk to 8-pixel-aligned boxes inside 64-pixel tiles, merged with its
//! neighbours, and its rows go through one zstd context that lives as long as the lane. What looks like a photograph goes as a JPEG
//! first and follows to the bit when it is quiet. What does not fit the allowance stays owed and leaves later, in its newest
//! state. Pictures live in memory only and are wiped on drop.

mod flow;
mod merge;
mod pack;
mod scroll;
mod shadow;
mod stream;
mod tiles;

use std::fmt;
use std::time::Instant;

use aval_protocol::id::Epoch;
use aval_protocol::wire::Wire;
use aval_protocol::wire::screen::{Copy, MAX_PIXELS, MAX_SIDE, Photo, Rect, ScreenDown};

use crate::platform::{ScreenLost, ScreenSource};
pub use flow::Flow;
use merge::Piece;
use pack::{Look, Packer};
use shadow::{Grabbed, Shadow};
use stream::Stream;
use tiles::{GRAB_AREA, Tiles};

/// Compressed bytes after which an update is cut and the next begun: small enough that three of them are no queue.
const SOFT_LIMIT: usize = 96 * 1024;
/// Most pixels of one sent rectangle. With an update cut at its soft limit, what zstd still holds (a block of 128 KiB) and one
/// such rectangle uncompressed (384 KiB) stay far below the wire's 1 MiB.
const RECT_AREA: u64 = 128 * 1024;
/// The same while it is quiet and pieces shall be small.
const REFINED_AREA: u64 = 16 * 1024;
/// Best quality of a photograph that changes again before it was quiet: a film's grain is not looked at, and costs most of its bytes.
const MOVING: u8 = 60;
/// A rectangle's or copy's cost on the wire: six integers of at most three bytes.
const RECT_COST: usize = 18;
/// Everything of an update but rectangles and pixels, generously.
const FIXED_COST: usize = 64;

/// Turns a screen's changes into updates.
pub struct Encoder {
    width: u16,
    height: u16,
    announced: bool,
    seq: u32,
    shadow: Shadow,
    tiles: Tiles,
    /// How owed tiles look, once it was asked; what is sent later need not be looked at again.
    looks: Vec<Option<Look>>,
    /// What the shadow moved and the console shall, before anything else.
    copies: Vec<Copy>,
    stream: Stream,
    packer: Packer,
}

/// What may leave now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// Updates.
    pub updates: usize,
    /// Compressed bytes after which an update is cut.
    pub bytes: usize,
    /// Quality of photographs, 1 to 100 as JPEG encoders count it.
    pub quality: u8,
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

/// An update on its way to being one.
#[derive(Default)]
struct Draft {
    copies: Vec<Copy>,
    rects: Vec<Rect>,
    pixels: Vec<u8>,
    photos: Vec<Photo>,
    cost: usize,
    /// Bytes the compressor may still hold.
    inside: usize,
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
            shadow: Shadow::default(),
            tiles: Tiles::new(0, 0),
            looks: Vec::new(),
            copies: Vec::new(),
            stream: Stream::new()?,
            packer: Packer::default(),
        };
        encoder.resize(width, height)?;
        Ok(encoder)
    }

    /// The next update follows this number.
    pub fn number_after(&mut self, seq: u32) {
        self.seq = seq;
    }

    /// The number of the last update made.
    pub const fn seq(&self) -> u32 {
        self.seq
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
        self.shadow.resize(width, height);
        self.tiles = Tiles::new(width, height);
        self.looks = vec![None; self.tiles.rows() * self.tiles.columns()];
        self.copies.clear();
        Ok(())
    }

    /// Takes from the screen what is damaged, plus what earlier allowances left over. Without updates allowed the damage is only
    /// noted. Empty: nothing to send. A [`ScreenDown::Geometry`] may come first and counts for nothing.
    ///
    /// # Errors
    /// [`EncodeError`]. A resize that overtook the damage is no error: the caller's next `wait` tells it.
    pub fn encode(
        &mut self,
        now: Instant,
        damage: &[Rect],
        source: &mut dyn ScreenSource,
        epoch: Epoch,
        allowance: Allowance,
    ) -> Result<Vec<ScreenDown>, EncodeError> {
        for rect in damage {
            self.tiles.mark(*rect);
        }
        let mut messages = Vec::new();
        if allowance.updates == 0 {
            return Ok(messages);
        }
        self.look(now, source)?;
        if !self.announced {
            messages.push(ScreenDown::Geometry { width: self.width, height: self.height });
            self.announced = true;
        }
        self.emit(now, epoch, allowance, &mut messages)?;
        Ok(messages)
    }

    /// One update of at most about so many compressed bytes that makes exact what the console has only nearly and what was left
    /// alone for 200 ms. `None`: there is nothing of the kind.
    ///
    /// # Errors
    /// [`EncodeError::Compression`].
    pub fn refine(
        &mut self,
        now: Instant,
        epoch: Epoch,
        bytes: usize,
    ) -> Result<Option<ScreenDown>, EncodeError> {
        let tiles = &self.tiles;
        let lossy = |tile| tiles.refinable(tile, now).map(|rect| (rect, Look::Photo));
        let pieces = merge::boxes(0..tiles.rows(), tiles.columns(), REFINED_AREA, lossy);
        let mut draft = Draft::default();
        for piece in pieces {
            self.exact(&piece, &mut draft)?;
            // What the compressor holds has no size yet.
            self.flush(&mut draft)?;
            if draft.size() >= bytes {
                break;
            }
        }
        if draft.is_empty() { Ok(None) } else { self.finish(draft, epoch).map(Some) }
    }

    /// Whether something waits for an allowance: damage not yet looked at, or changes not yet sent.
    pub fn is_pending(&self) -> bool {
        !self.announced || self.tiles.is_pending()
    }

    /// When [`refine`](Self::refine) will have something to do, if nothing changes until then.
    pub fn refinable_at(&self) -> Option<Instant> {
        self.tiles.refinable_at()
    }

    /// Finds what moved, compares every damaged tile with the shadow and brings the shadow up to date.
    fn look(&mut self, now: Instant, source: &mut dyn ScreenSource) -> Result<(), EncodeError> {
        for area in merge::damaged(&self.tiles, GRAB_AREA) {
            let rect = self.tiles.rect_of(area);
            let pixels = match source.grab(rect) {
                Ok(pixels) => pixels,
                Err(ScreenLost::Stale) => break,
                Err(lost) => return Err(lost.into()),
            };
            let grabbed = Grabbed { rect, stride: pixels.stride, bytes: pixels.bytes };
            if !grabbed.is_whole() {
                return Err(ScreenLost::Unusable("fewer pixels than asked for".to_owned()).into());
            }
            // Before the screen is announced there is nothing to copy.
            let moved = if self.announced { scroll::search(&self.shadow, grabbed) } else { Vec::new() };
            for copy in moved {
                if let Some(target) = copy.target(self.width, self.height) {
                    self.shadow.copy(copy, target);
                    self.tiles.moved(copy.rect, target, now);
                    self.copies.push(copy);
                    self.looks.fill(None);
                }
            }
            for tile in area.tiles() {
                let span = self.shadow.compare(self.tiles.place(tile), grabbed);
                self.tiles.seen(tile, span);
                if span.is_some() {
                    self.looks[self.tiles.index(tile)] = None;
                }
            }
        }
        Ok(())
    }

    /// Sends copies and owed boxes until the allowance is used up.
    fn emit(
        &mut self,
        now: Instant,
        epoch: Epoch,
        allowance: Allowance,
        messages: &mut Vec<ScreenDown>,
    ) -> Result<(), EncodeError> {
        let (tiles, shadow, looks) = (&self.tiles, &self.shadow, &mut self.looks);
        let owed = |tile| {
            let rect = tiles.owed(tile)?;
            Some((rect, *looks[tiles.index(tile)].get_or_insert_with(|| pack::look(shadow, rect))))
        };
        let pieces = merge::boxes(tiles.rows_in_turn(), tiles.columns(), RECT_AREA, owed);
        let mut pieces = pieces.iter().peekable();
        for _ in 0..allowance.updates {
            let mut draft = Draft::new(std::mem::take(&mut self.copies));
            while draft.size() < allowance.bytes
                && let Some(piece) = pieces.next()
            {
                match piece.look {
                    Look::Photo => {
                        let most = if self.tiles.is_moving(piece.area, now) { MOVING } else { u8::MAX };
                        self.nearly(piece, now, allowance.quality.min(most), &mut draft)?;
                    }
                    Look::Drawn | Look::Grain => self.exact(piece, &mut draft)?,
                }
                if draft.inside >= SOFT_LIMIT {
                    self.flush(&mut draft)?;
                }
            }
            if draft.is_empty() {
                break;
            }
            messages.push(self.finish(draft, epoch)?);
        }
        self.tiles.resume_at(pieces.peek().map_or(0, |piece| piece.area.top));
        Ok(())
    }

    fn exact(&mut self, piece: &Piece, draft: &mut Draft) -> Result<(), EncodeError> {
        let packed = self.packer.lossless(&self.shadow, piece.rect, piece.look);
        self.stream.push(packed, &mut draft.pixels)?;
        draft.inside += packed.len();
        draft.cost += RECT_COST;
        draft.rects.push(piece.rect);
        self.tiles.sent(piece.area, piece.rect);
        Ok(())
    }

    fn nearly(
        &mut self,
        piece: &Piece,
        now: Instant,
        quality: u8,
        draft: &mut Draft,
    ) -> Result<(), EncodeError> {
        let jpeg = self.packer.photo(&self.shadow, piece.rect, quality)?;
        draft.cost += RECT_COST + jpeg.len();
        draft.photos.push(Photo { rect: piece.rect, jpeg });
        self.tiles.sent_nearly(piece.area, piece.rect, now);
        Ok(())
    }

    fn flush(&mut self, draft: &mut Draft) -> Result<(), EncodeError> {
        if draft.inside > 0 {
            self.stream.flush(&mut draft.pixels)?;
            draft.inside = 0;
        }
        Ok(())
    }

    fn finish(&mut self, mut draft: Draft, epoch: Epoch) -> Result<ScreenDown, EncodeError> {
        self.flush(&mut draft)?;
        if draft.size() + FIXED_COST > ScreenDown::LIMIT {
            return Err(EncodeError::Compression("an update beyond its limit".to_owned()));
        }
        self.seq = self
            .seq
            .checked_add(1)
            .ok_or_else(|| EncodeError::Compression("all update numbers are used up".to_owned()))?;
        let Draft { copies, rects, pixels, photos, .. } = draft;
        Ok(ScreenDown::Update { seq: self.seq, epoch, copies, rects, pixels, photos })
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

// === impl Allowance, Draft

impl Allowance {
    /// So many updates of the largest size, photographs at middling quality.
    pub fn updates(updates: usize) -> Self {
        Self { updates, bytes: SOFT_LIMIT, quality: 75 }
    }
}

impl Draft {
    fn new(copies: Vec<Copy>) -> Self {
        let cost = copies.len() * RECT_COST;
        Self { copies, cost, ..Self::default() }
    }

    /// Bytes so far, without what the compressor holds.
    fn size(&self) -> usize {
        self.pixels.len() + self.cost
    }

    fn is_empty(&self) -> bool {
        self.copies.is_empty() && self.rects.is_empty() && self.photos.is_empty()
    }
}

#[cfg(test)]
mod tests;
