//! The picture that lives on between two looks, where the graphics card says only what changed: what moved is moved first, then what was
//! drawn is copied. A move that cannot be trusted is copied instead, since the surface always holds everything.

use zeroize::Zeroize as _;

use super::layout::{Area, Output, Turn};

/// Bytes of a pixel: B G R and one unused.
const PIXEL: usize = 4;
/// Most rectangles of one frame that are looked at singly; beyond, the whole surface is copied.
pub(in crate::platform) const MANY: usize = 512;

/// The picture of all monitors. Where there is none it is black. Wiped when it goes.
pub(in crate::platform) struct Kept {
    width: usize,
    bytes: Vec<u8>,
}

/// A surface that can be read. A part of it may not have been fetched; then nobody asks for it.
#[derive(Clone, Copy)]
pub(in crate::platform) struct Surface<'a> {
    /// Bytes from one row to the next.
    pub(in crate::platform) stride: usize,
    pub(in crate::platform) bytes: &'a [u8],
}

/// What a frame says was moved: the same pixels, from there to here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) struct Move {
    pub(in crate::platform) from: (i32, i32),
    pub(in crate::platform) to: Area,
}

/// How a frame is brought over: moves in this order, then copies.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::platform) struct Plan {
    pub(in crate::platform) moves: Vec<Move>,
    /// Parts of the surface, inside it.
    pub(in crate::platform) copies: Vec<Area>,
}

/// The surface held fewer bytes than it should.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) struct TooShort;

// === impl Plan

impl Plan {
    /// Everything anew.
    pub(in crate::platform) fn whole(surface: Area) -> Self {
        Self { moves: Vec::new(), copies: vec![surface] }
    }

    /// From what a frame says. Moves that leave the surface, or touch where an earlier one went – nobody says which comes first – are
    /// copied.
    pub(in crate::platform) fn new(surface: Area, moves: &[Move], dirty: &[Area]) -> Self {
        if moves.len() + dirty.len() > MANY {
            return Self::whole(surface);
        }
        let mut plan = Self::default();
        for (at, moved) in moves.iter().enumerate() {
            let apart = |other: Area| moves[..at].iter().all(|earlier| earlier.to.within(other).is_none());
            let from = Area::of(moved.from.0, moved.from.1, moved.to.width(), moved.to.height());
            let inside = |area: Area| area.within(surface) == Some(area);
            if inside(from) && inside(moved.to) && apart(from) && apart(moved.to) {
                plan.moves.push(*moved);
            } else {
                plan.copies.extend(moved.to.within(surface));
            }
        }
        plan.copies.extend(dirty.iter().filter_map(|area| area.within(surface)));
        plan
    }
}

// === impl Kept

impl Kept {
    /// All black.
    pub(in crate::platform) fn new((width, height): (u16, u16)) -> Self {
        let (width, height) = (usize::from(width), usize::from(height));
        Self { width, bytes: vec![0; width * height * PIXEL] }
    }

    /// Rows of B G R and one unused byte, without gaps.
    pub(in crate::platform) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Brings over what a plan says of a monitor, and notes where the picture changed.
    pub(in crate::platform) fn apply(
        &mut self,
        output: &Output,
        plan: &Plan,
        surface: Surface<'_>,
        changed: &mut Vec<Area>,
    ) -> Result<(), TooShort> {
        for moved in &plan.moves {
            let from = Area::of(moved.from.0, moved.from.1, moved.to.width(), moved.to.height());
            if let (Some(from), Some(to)) = (output.in_picture(from), output.in_picture(moved.to)) {
                self.shift(from, to);
                changed.push(to);
            }
        }
        for part in &plan.copies {
            self.put(output, *part, surface)?;
            changed.extend(output.in_picture(*part));
        }
        Ok(())
    }

    /// Both are inside a monitor, and the turn leaves them of one size.
    fn shift(&mut self, from: Area, to: Area) {
        let (length, rows) = (at(to.width()) * PIXEL, at(to.height()));
        for row in 0..rows {
            // Downwards the last row goes first: they may overlap.
            let row = if to.top > from.top { rows - 1 - row } else { row };
            let (start, end) = (self.start(from, row), self.start(to, row));
            if start + length <= self.bytes.len() && end + length <= self.bytes.len() {
                self.bytes.copy_within(start..start + length, end);
            }
        }
    }

    fn put(&mut self, output: &Output, part: Area, surface: Surface<'_>) -> Result<(), TooShort> {
        let (Some(part), Some(to)) = (part.within(output.surface()), output.in_picture(part)) else {
            return Ok(());
        };
        let (width, height) = (at(part.width()), at(part.height()));
        for row in 0..height {
            let start = (at(part.top) + row) * surface.stride + at(part.left) * PIXEL;
            let source = surface.bytes.get(start..start + width * PIXEL).ok_or(TooShort)?;
            if output.turn() == Turn::None {
                let start = self.start(to, row);
                let target = self.bytes.get_mut(start..start + width * PIXEL).ok_or(TooShort)?;
                target.copy_from_slice(source);
                continue;
            }
            for (column, pixel) in source.chunks_exact(PIXEL).enumerate() {
                let (x, y) = match output.turn() {
                    Turn::None => (column, row),
                    Turn::Quarter => (height - 1 - row, column),
                    Turn::Half => (width - 1 - column, height - 1 - row),
                    Turn::ThreeQuarters => (row, width - 1 - column),
                };
                let start = self.start(to, y) + x * PIXEL;
                self.bytes.get_mut(start..start + PIXEL).ok_or(TooShort)?.copy_from_slice(pixel);
            }
        }
        Ok(())
    }

    /// The first byte of an area's row.
    fn start(&self, area: Area, row: usize) -> usize {
        ((at(area.top) + row) * self.width + at(area.left)) * PIXEL
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// A length or place inside a picture, where none is negative.
fn at(length: i32) -> usize {
    usize::try_from(length).unwrap_or(0)
}

#[cfg(test)]
mod tests;
