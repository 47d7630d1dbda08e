//! Which tiles of the screen are to be looked at, what of each is owed to the console, and what it has only nearly.

use std::time::{Duration, Instant};

use aval_protocol::wire::screen::Rect;

/// A tile's side in pixels.
pub(super) const TILE: usize = 64;
/// Most pixels taken from the screen at once: all of an ordinary screen, so that a scroll is seen whole.
pub(super) const GRAB_AREA: usize = 4 * 1024 * 1024;
/// How long a tile must have been left alone before what the console has nearly becomes exact.
pub(super) const QUIET: Duration = Duration::from_millis(200);
/// Changed boxes start and end at multiples of this, so that a blinking cursor and a typed letter give few different widths.
const ALIGN: usize = 8;

/// A box inside a tile: left and top included, right and bottom not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    left: u8,
    top: u8,
    right: u8,
    bottom: u8,
}

/// A rectangle of whole tiles, all bounds included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Area {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) right: usize,
    pub(super) bottom: usize,
}

/// The screen's tiles.
#[derive(Debug)]
pub(super) struct Tiles {
    width: usize,
    height: usize,
    columns: usize,
    rows: usize,
    /// The row of tiles from which the next round starts, so that a busy top does not starve the bottom on a slow line.
    first: usize,
    damaged: Vec<bool>,
    owed: Vec<Option<Span>>,
    /// What was sent as a photograph, and when it last changed.
    lossy: Vec<Option<(Span, Instant)>>,
}

// === impl Tiles

impl Tiles {
    /// All damaged, nothing owed.
    pub(super) fn new(width: u16, height: u16) -> Self {
        let (width, height) = (usize::from(width), usize::from(height));
        let (columns, rows) = (width.div_ceil(TILE), height.div_ceil(TILE));
        let count = columns * rows;
        let (damaged, owed, lossy) = (vec![true; count], vec![None; count], vec![None; count]);
        Self { width, height, columns, rows, first: 0, damaged, owed, lossy }
    }

    /// Notes damage; what lies outside the screen is ignored.
    pub(super) fn mark(&mut self, rect: Rect) {
        let (x, y) = (usize::from(rect.x), usize::from(rect.y));
        let right = (x + usize::from(rect.width)).min(self.width);
        let bottom = (y + usize::from(rect.height)).min(self.height);
        if x >= right || y >= bottom {
            return;
        }
        for row in y / TILE..bottom.div_ceil(TILE) {
            let start = row * self.columns;
            self.damaged[start + x / TILE..start + right.div_ceil(TILE)].fill(true);
        }
    }

    /// A damaged tile was compared: no longer damaged, and `changed` is owed besides what was.
    pub(super) fn seen(&mut self, tile: (usize, usize), changed: Option<Span>) {
        let index = self.index(tile);
        self.damaged[index] = false;
        if let Some(changed) = changed {
            let owed = &mut self.owed[index];
            *owed = Some(owed.map_or(changed, |owed| owed.union(changed)));
        }
    }

    /// Everything owed in an area was sent to the bit, as one rectangle.
    pub(super) fn sent(&mut self, area: Area, rect: Rect) {
        for tile in area.tiles() {
            let (index, sent) = (self.index(tile), self.span(tile, rect));
            self.owed[index] = None;
            let lossy = &mut self.lossy[index];
            *lossy = lossy.filter(|(span, _)| sent.is_none_or(|sent| !sent.holds(*span)));
        }
    }

    /// Everything owed in an area was sent nearly, as one rectangle.
    pub(super) fn sent_nearly(&mut self, area: Area, rect: Rect, now: Instant) {
        for tile in area.tiles() {
            let (index, sent) = (self.index(tile), self.span(tile, rect));
            self.owed[index] = None;
            if let Some(sent) = sent {
                self.blur(index, sent, now);
            }
        }
    }

    /// A rectangle moved by whole pixels onto `target`, as it does on the console: what was owed or lossy there moved along.
    pub(super) fn moved(&mut self, from: Rect, target: Rect, now: Instant) {
        let (mut owed, mut lossy) = (Vec::new(), Vec::new());
        for tile in self.tiles_of(from) {
            let index = self.index(tile);
            owed.extend(self.owed[index].and_then(|span| self.shifted(tile, span, from, target)));
            lossy.extend(self.lossy[index].and_then(|(span, _)| self.shifted(tile, span, from, target)));
        }
        for tile in self.tiles_of(target) {
            let (index, covered) = (self.index(tile), self.span(tile, target));
            let stays = |span: Span| covered.is_none_or(|covered| !covered.holds(span));
            self.owed[index] = self.owed[index].filter(|span| stays(*span));
            self.lossy[index] = self.lossy[index].filter(|(span, _)| stays(*span));
        }
        for rect in owed {
            for tile in self.tiles_of(rect) {
                if let Some(span) = self.span(tile, rect) {
                    let owed = &mut self.owed[row_major(self.columns, tile)];
                    *owed = Some(owed.map_or(span, |owed| owed.union(span)));
                }
            }
        }
        for rect in lossy {
            for tile in self.tiles_of(rect) {
                if let Some(span) = self.span(tile, rect) {
                    self.blur(self.index(tile), span, now);
                }
            }
        }
    }

    /// What of a tile is lossy and was left alone for long enough, in pixels of the screen.
    pub(super) fn refinable(&self, tile: (usize, usize), now: Instant) -> Option<Rect> {
        let index = self.index(tile);
        let (span, since) = self.lossy[index]?;
        let quiet = self.owed[index].is_none() && !self.damaged[index] && since + QUIET <= now;
        quiet.then(|| self.on_screen(tile, span))
    }

    /// When the first lossy tile may become exact, if none changes again.
    pub(super) fn refinable_at(&self) -> Option<Instant> {
        self.lossy.iter().flatten().map(|(_, since)| *since + QUIET).min()
    }

    /// Where the next round starts.
    pub(super) fn resume_at(&mut self, row: usize) {
        self.first = row;
    }

    pub(super) fn is_pending(&self) -> bool {
        self.damaged.iter().any(|damaged| *damaged) || self.owed.iter().any(Option::is_some)
    }

    pub(super) fn is_damaged(&self, column: usize, row: usize) -> bool {
        self.damaged[row * self.columns + column]
    }

    /// What a tile owes, in pixels of the screen.
    pub(super) fn owed(&self, tile: (usize, usize)) -> Option<Rect> {
        let span = self.owed[self.index(tile)]?;
        Some(self.on_screen(tile, span))
    }

    /// Whether something in an area was sent nearly and changed again before it was quiet.
    pub(super) fn is_moving(&self, area: Area, now: Instant) -> bool {
        let mut sent = area.tiles().filter_map(|tile| self.lossy[self.index(tile)]);
        sent.any(|(_, since)| since + QUIET > now)
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Rows in sending order.
    pub(super) fn rows_in_turn(&self) -> impl Iterator<Item = usize> + use<> {
        (self.first..self.rows).chain(0..self.first.min(self.rows))
    }

    /// A tile on the screen; those at the right and bottom edge may be smaller.
    pub(super) fn place(&self, (column, row): (usize, usize)) -> Rect {
        self.rect_of(Area { left: column, top: row, right: column, bottom: row })
    }

    /// An area on the screen.
    pub(super) fn rect_of(&self, area: Area) -> Rect {
        let (x, y) = (area.left * TILE, area.top * TILE);
        let right = ((area.right + 1) * TILE).min(self.width);
        let bottom = ((area.bottom + 1) * TILE).min(self.height);
        Rect { x: narrow(x), y: narrow(y), width: narrow(right - x), height: narrow(bottom - y) }
    }

    /// A tile's number.
    pub(super) fn index(&self, tile: (usize, usize)) -> usize {
        row_major(self.columns, tile)
    }

    fn blur(&mut self, index: usize, span: Span, now: Instant) {
        let lossy = &mut self.lossy[index];
        *lossy = Some((lossy.map_or(span, |(lossy, _)| lossy.union(span)), now));
    }

    fn on_screen(&self, (column, row): (usize, usize), span: Span) -> Rect {
        let pixel = |base: usize, offset: u8| narrow(base * TILE + usize::from(offset));
        Rect {
            x: pixel(column, span.left),
            y: pixel(row, span.top),
            width: u16::from(span.right - span.left),
            height: u16::from(span.bottom - span.top),
        }
    }

    /// The tiles that a rectangle of the screen touches.
    fn tiles_of(&self, rect: Rect) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (x, y) = (usize::from(rect.x), usize::from(rect.y));
        let (right, bottom) = (x + usize::from(rect.width) - 1, y + usize::from(rect.height) - 1);
        Area { left: x / TILE, top: y / TILE, right: right / TILE, bottom: bottom / TILE }.tiles()
    }

    /// The part of a rectangle that lies in a tile.
    fn span(&self, tile: (usize, usize), rect: Rect) -> Option<Span> {
        let place = self.place(tile);
        let part = overlap(place, rect)?;
        Some(Span {
            left: byte(usize::from(part.x - place.x)),
            top: byte(usize::from(part.y - place.y)),
            right: byte(usize::from(part.x - place.x + part.width)),
            bottom: byte(usize::from(part.y - place.y + part.height)),
        })
    }

    /// The part of a tile's span that moved with a rectangle, where it is now.
    fn shifted(&self, tile: (usize, usize), span: Span, from: Rect, target: Rect) -> Option<Rect> {
        let part = overlap(self.on_screen(tile, span), from)?;
        Some(Rect { x: part.x - from.x + target.x, y: part.y - from.y + target.y, ..part })
    }
}

// === impl Area, Span

impl Area {
    /// Its tiles as (column, row).
    pub(super) fn tiles(self) -> impl Iterator<Item = (usize, usize)> {
        (self.top..=self.bottom)
            .flat_map(move |row| (self.left..=self.right).map(move |column| (column, row)))
    }
}

impl Span {
    /// Pixels `first` to `last` of one row, widened to the alignment inside a tile of that width.
    pub(super) fn row(y: usize, first: usize, last: usize, width: usize) -> Self {
        let right = (last / ALIGN + 1) * ALIGN;
        Self {
            left: byte(first / ALIGN * ALIGN),
            top: byte(y),
            right: byte(right.min(width)),
            bottom: byte(y + 1),
        }
    }

    /// The smallest span that holds both.
    pub(super) fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn holds(self, other: Self) -> bool {
        self.union(other) == self
    }
}

fn row_major(columns: usize, (column, row): (usize, usize)) -> usize {
    row * columns + column
}

/// What two rectangles have in common.
fn overlap(a: Rect, b: Rect) -> Option<Rect> {
    let (x, y) = (a.x.max(b.x), a.y.max(b.y));
    let (right, bottom) = ((a.x + a.width).min(b.x + b.width), (a.y + a.height).min(b.y + b.height));
    (x < right && y < bottom).then(|| Rect { x, y, width: right - x, height: bottom - y })
}

/// An offset inside a tile.
fn byte(offset: usize) -> u8 {
    u8::try_from(offset).unwrap_or(u8::MAX)
}

/// A coordinate on a screen, whose sides are `u16`.
fn narrow(coordinate: usize) -> u16 {
    u16::try_from(coordinate).unwrap_or(u16::MAX)
}
