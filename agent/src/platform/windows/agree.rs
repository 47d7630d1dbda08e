//! Whether two ways of reading the screen show the same, tile by tile. What moves is not compared: each way has its own moment.

use super::layout::Area;

/// Bytes of a pixel: B G R and one unused.
const PIXEL: usize = 4;
/// A tile’s side in pixels.
pub(in crate::platform) const TILE: usize = 64;

/// Rows of the picture over its whole width, and which of their tiles stood still since the comparison began.
pub(in crate::platform) struct Agree {
    width: usize,
    top: usize,
    height: usize,
    moved: Vec<bool>,
}

/// What a comparison found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) enum Verdict {
    /// At least half of the tiles stood still, and they are the same.
    Same,
    /// A tile that stood still is another one.
    Differs,
    /// Too little stood still, or all of it is black, which proves nothing.
    Unknown,
}

impl Agree {
    /// Those rows of a picture of that width; neither is 0.
    pub(in crate::platform) fn new(width: u16, top: u16, height: u16) -> Self {
        let (width, top, height) = (usize::from(width), usize::from(top), usize::from(height));
        Self { width, top, height, moved: vec![false; width.div_ceil(TILE) * height.div_ceil(TILE)] }
    }

    /// Something changed there, in one way or the other.
    pub(in crate::platform) fn touch(&mut self, area: Area) {
        let (width, top, height) = (number(self.width), number(self.top), number(self.height));
        let Some(area) = area.within(Area::of(0, top, width, height)) else { return };
        let tile = |at: i32| usize::try_from(at).unwrap_or(0) / TILE;
        let columns = self.width.div_ceil(TILE);
        for row in tile(area.top - top)..=tile(area.bottom - 1 - top) {
            for column in tile(area.left)..=tile(area.right - 1) {
                if let Some(moved) = self.moved.get_mut(row * columns + column) {
                    *moved = true;
                }
            }
        }
    }

    /// Two copies of these rows by one way: where they differ something changed.
    pub(in crate::platform) fn touch_changes(&mut self, before: &[u8], now: &[u8]) {
        for tile in 0..self.moved.len() {
            if !self.same(tile, before, now).0 {
                self.moved[tile] = true;
            }
        }
    }

    /// These rows by either way.
    pub(in crate::platform) fn verdict(&self, one: &[u8], other: &[u8]) -> Verdict {
        let (mut still, mut lit) = (0, false);
        for (tile, _) in self.moved.iter().enumerate().filter(|(_, moved)| !**moved) {
            let (same, seen) = self.same(tile, one, other);
            if !same {
                return Verdict::Differs;
            }
            still += 1;
            lit |= seen;
        }
        if lit && still * 2 >= self.moved.len() { Verdict::Same } else { Verdict::Unknown }
    }

    /// Whether a tile is the same in both, and whether anything in it is not black. The unused byte is not looked at.
    fn same(&self, tile: usize, one: &[u8], other: &[u8]) -> (bool, bool) {
        let columns = self.width.div_ceil(TILE);
        let (row, column) = (tile / columns * TILE, tile % columns * TILE);
        let (end, right) = ((row + TILE).min(self.height), (column + TILE).min(self.width));
        let mut lit = false;
        for y in row..end {
            let part = (y * self.width + column) * PIXEL..(y * self.width + right) * PIXEL;
            let (Some(one), Some(other)) = (one.get(part.clone()), other.get(part)) else {
                return (false, lit);
            };
            let (one, other) = (one.as_chunks::<PIXEL>().0, other.as_chunks::<PIXEL>().0);
            if one.iter().zip(other).any(|(one, other)| one[..3] != other[..3]) {
                return (false, lit);
            }
            lit = lit || one.iter().any(|pixel| pixel[..3] != [0; 3]);
        }
        (true, lit)
    }
}

/// A side of a picture, which is a `u16`.
fn number(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 150;
    const HEIGHT: usize = 70;

    fn picture(pixel: [u8; PIXEL]) -> Vec<u8> {
        pixel.repeat(WIDTH * HEIGHT)
    }

    fn paint(picture: &mut [u8], x: usize, y: usize) {
        picture[(y * WIDTH + x) * PIXEL] ^= 0xff;
    }

    #[test]
    fn the_same_picture_agrees_whatever_its_unused_byte_and_one_pixel_does_not() {
        let agree = Agree::new(150, 0, 70);
        let (gdi, mut dxgi) = (picture([1, 2, 3, 0]), picture([1, 2, 3, 255]));
        assert_eq!(agree.verdict(&gdi, &dxgi), Verdict::Same);
        for (x, y) in [(0, 0), (149, 69), (63, 64)] {
            paint(&mut dxgi, x, y);
            assert_eq!(agree.verdict(&gdi, &dxgi), Verdict::Differs);
            paint(&mut dxgi, x, y);
        }
        assert_eq!(agree.verdict(&gdi, &dxgi[1..]), Verdict::Differs, "not even as long");
    }

    #[test]
    fn what_moved_is_not_compared_and_black_proves_nothing() {
        let (gdi, mut dxgi) = (picture([1, 2, 3, 0]), picture([1, 2, 3, 0]));
        paint(&mut dxgi, 149, 69);
        let mut agree = Agree::new(150, 0, 70);
        agree.touch(Area::of(140, 65, 1, 1));
        assert_eq!(agree.verdict(&gdi, &dxgi), Verdict::Same);
        agree.touch(Area::of(-5, -5, 69, 500));
        agree.touch(Area::of(500, 500, 10, 10));
        assert_eq!(agree.verdict(&gdi, &dxgi), Verdict::Same, "three of six");
        let mut before = gdi.clone();
        paint(&mut before, 64, 0);
        agree.touch_changes(&before, &gdi);
        assert_eq!(agree.verdict(&gdi, &dxgi), Verdict::Unknown, "two of six");
        let (black, mut agree) = (picture([0, 0, 0, 9]), Agree::new(150, 0, 70));
        assert_eq!(agree.verdict(&black, &black), Verdict::Unknown);
        assert_eq!(agree.verdict(&gdi, &black), Verdict::Differs, "a black picture of a screen that is not");
        agree.touch(Area::of(0, 0, 150, 70));
        assert_eq!(agree.verdict(&gdi, &black), Verdict::Unknown);
    }

    #[test]
    fn rows_in_the_middle_are_compared_as_such() {
        let rows = |from: usize, to: usize| from * WIDTH * PIXEL..to * WIDTH * PIXEL;
        let (gdi, mut dxgi) = (picture([1, 2, 3, 0]), picture([1, 2, 3, 0]));
        paint(&mut dxgi, 3, 65);
        let mut agree = Agree::new(150, 64, 6);
        assert_eq!(agree.verdict(&gdi[rows(64, 70)], &dxgi[rows(64, 70)]), Verdict::Differs);
        agree.touch(Area::of(0, 0, 150, 64));
        assert_eq!(agree.verdict(&gdi[rows(64, 70)], &dxgi[rows(64, 70)]), Verdict::Differs);
        agree.touch(Area::of(0, 0, 1, 65));
        assert_eq!(agree.verdict(&gdi[rows(64, 70)], &dxgi[rows(64, 70)]), Verdict::Same);
    }
}
