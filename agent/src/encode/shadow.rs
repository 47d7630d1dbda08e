//! The shadow: the screen as it was last looked at. The console's picture is equal to it but for what is owed and what is lossy.

use aval_protocol::wire::screen::{Copy, Rect};
use zeroize::Zeroize;

use super::tiles::Span;

/// Bytes of a pixel: B G R and one unused.
pub(super) const PIXEL: usize = 4;

/// Rows of pixels, wiped on drop.
#[derive(Default)]
pub(super) struct Shadow {
    width: usize,
    bytes: Vec<u8>,
}

/// What a grab brought: pixels of a rectangle of the screen.
#[derive(Clone, Copy)]
pub(super) struct Grabbed<'a> {
    pub(super) rect: Rect,
    pub(super) stride: usize,
    pub(super) bytes: &'a [u8],
}

// === impl Shadow

impl Shadow {
    /// Takes a size; all black.
    pub(super) fn resize(&mut self, width: u16, height: u16) {
        self.bytes.zeroize();
        self.width = usize::from(width);
        self.bytes.resize(self.width * usize::from(height) * PIXEL, 0);
    }

    /// A part of a row.
    pub(super) fn row(&self, x: u16, y: u16, width: u16) -> &[u8] {
        let start = self.at(x, y);
        &self.bytes[start..start + usize::from(width) * PIXEL]
    }

    /// The rows of a rectangle, top to bottom.
    pub(super) fn rows(&self, rect: Rect) -> impl Iterator<Item = &[u8]> {
        (rect.y..rect.y + rect.height).map(move |y| self.row(rect.x, y, rect.width))
    }

    /// Moves a rectangle as the console will: in the order of rows that overwrites none before it was moved.
    pub(super) fn copy(&mut self, copy: Copy, target: Rect) {
        let length = usize::from(copy.rect.width) * PIXEL;
        let mut row = |y: u16| {
            let from = self.at(copy.rect.x, copy.rect.y + y);
            let to = self.at(target.x, target.y + y);
            self.bytes.copy_within(from..from + length, to);
        };
        let height = copy.rect.height;
        if copy.dy > 0 { (0..height).rev().for_each(&mut row) } else { (0..height).for_each(&mut row) }
    }

    /// Where a tile differs from what was grabbed; it becomes equal.
    pub(super) fn compare(&mut self, tile: Rect, grabbed: Grabbed<'_>) -> Option<Span> {
        let mut span: Option<Span> = None;
        for y in 0..tile.height {
            let new = grabbed.row(tile.x, tile.y + y, tile.width);
            let start = self.at(tile.x, tile.y + y);
            let old = &mut self.bytes[start..start + new.len()];
            if new == old {
                continue;
            }
            let (new_pixels, old_pixels) = (new.as_chunks::<PIXEL>().0, old.as_chunks::<PIXEL>().0);
            let differs = |(a, b): (&[u8; PIXEL], &[u8; PIXEL])| a[..3] != b[..3];
            let first = new_pixels.iter().zip(old_pixels).position(differs);
            let last = new_pixels.iter().zip(old_pixels).rposition(differs);
            if let (Some(first), Some(last)) = (first, last) {
                let row = Span::row(usize::from(y), first, last, usize::from(tile.width));
                span = Some(span.map_or(row, |span| span.union(row)));
            }
            old.copy_from_slice(new);
        }
        span
    }

    fn at(&self, x: u16, y: u16) -> usize {
        (usize::from(y) * self.width + usize::from(x)) * PIXEL
    }
}

impl Drop for Shadow {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

// === impl Grabbed

impl<'a> Grabbed<'a> {
    /// A part of a row, by its place on the screen.
    pub(super) fn row(&self, x: u16, y: u16, width: u16) -> &'a [u8] {
        let start = usize::from(y - self.rect.y) * self.stride + usize::from(x - self.rect.x) * PIXEL;
        &self.bytes[start..start + usize::from(width) * PIXEL]
    }

    /// Whether there are as many bytes as the rectangle needs.
    pub(super) fn is_whole(&self) -> bool {
        let row = usize::from(self.rect.width) * PIXEL;
        self.stride >= row && self.bytes.len() >= self.stride * (usize::from(self.rect.height) - 1) + row
    }
}
