//! Which tiles of the screen are to be looked at, and what of each is owed to the console.

use aval_protocol::wire::screen::Rect;

/// A tile's side in pixels.
pub(super) const TILE: usize = 64;
/// Most pixels taken from the screen at once: a row of tiles on the widest screen.
pub(super) const GRAB_AREA: usize = 1024 * 1024;
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
}

// === impl Tiles

impl Tiles {
    /// All damaged, nothing owed.
    pub(super) fn new(width: u16, height: u16) -> Self {
        let (width, height) = (usize::from(width), usize::from(height));
        let (columns, rows) = (width.div_ceil(TILE), height.div_ceil(TILE));
        let count = columns * rows;
        Self { width, height, columns, rows, first: 0, damaged: vec![true; count], owed: vec![None; count] }
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
    pub(super) fn seen(&mut self, (column, row): (usize, usize), changed: Option<Span>) {
        let index = row * self.columns + column;
        self.damaged[index] = false;
        if let Some(changed) = changed {
            let owed = &mut self.owed[index];
            *owed = Some(owed.map_or(changed, |owed| owed.union(changed)));
        }
    }

    /// Everything owed in an area was sent.
    pub(super) fn sent(&mut self, area: Area) {
        for (column, row) in area.tiles() {
            self.owed[row * self.columns + column] = None;
        }
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
    pub(super) fn owed(&self, column: usize, row: usize) -> Option<Rect> {
        let span = self.owed[row * self.columns + column]?;
        let pixel = |base: usize, offset: u8| narrow(base * TILE + usize::from(offset));
        Some(Rect {
            x: pixel(column, span.left),
            y: pixel(row, span.top),
            width: u16::from(span.right - span.left),
            height: u16::from(span.bottom - span.top),
        })
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
}

/// An offset inside a tile.
fn byte(offset: usize) -> u8 {
    u8::try_from(offset).unwrap_or(u8::MAX)
}

/// A coordinate on a screen, whose sides are `u16`.
fn narrow(coordinate: usize) -> u16 {
    u16::try_from(coordinate).unwrap_or(u16::MAX)
}
