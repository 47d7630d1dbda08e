//! Rectangles of the shadow as bytes: what the lossless stream carries, or a JPEG where the screen looks like a photograph.

use aval_protocol::wire::screen::{ABOVE, ROWS, Rect, SOLID, TWO_COLOURS};
use jpeg_encoder::{ColorType, Encoder};
use zeroize::Zeroize;

use super::EncodeError;
use super::shadow::{PIXEL, Shadow};

/// Least sides of a photograph: below, a JPEG's headers of 600 bytes cost more than they save.
const PHOTO_SIDE: u16 = 32;

/// One rectangle's bytes on their way; wiped on drop.
#[derive(Default)]
pub(super) struct Packer {
    staged: Vec<u8>,
}

/// How a rectangle is to be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Look {
    /// Text, lines, areas: to the bit.
    Drawn,
    /// Most pixels differ from their neighbour: nearly, and to the bit when it is quiet.
    Photo,
    /// The same, too small to be a JPEG by itself: the edge of a photograph that lies beside it, or to the bit.
    Grain,
}

/// How a rectangle looks.
pub(super) fn look(shadow: &Shadow, rect: Rect) -> Look {
    let differing: usize = shadow
        .rows(rect)
        .map(|row| {
            let pixels = row.as_chunks::<PIXEL>().0;
            pixels.windows(2).filter(|pair| pair[0][..3] != pair[1][..3]).count()
        })
        .sum();
    if 2 * differing as u64 <= rect.area() {
        Look::Drawn
    } else if rect.width < PHOTO_SIDE || rect.height < PHOTO_SIDE {
        Look::Grain
    } else {
        Look::Photo
    }
}

impl Look {
    /// How two rectangles side by side look as one; `None`: not alike.
    pub(super) fn beside(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Photo, Self::Grain) | (Self::Grain, Self::Photo) => Some(Self::Photo),
            _ => (self == other).then_some(self),
        }
    }
}

// === impl Packer

impl Packer {
    /// A rectangle as the lossless stream has it, its kind first.
    pub(super) fn lossless(&mut self, shadow: &Shadow, rect: Rect, look: Look) -> &[u8] {
        self.staged.clear();
        let colours = if look == Look::Drawn { colours(shadow, rect) } else { Colours::Many };
        match colours {
            Colours::One(colour) => {
                self.staged.push(SOLID);
                self.staged.extend(colour);
            }
            Colours::Two(first, second) => self.two_colours(shadow, rect, first, second),
            Colours::Many if look != Look::Drawn => self.above(shadow, rect),
            Colours::Many => {
                self.staged.push(ROWS);
                shadow.rows(rect).for_each(|row| self.staged.extend(row.as_chunks().0.iter().flat_map(bgr)));
            }
        }
        &self.staged
    }

    /// A rectangle as a JPEG with 4:2:0 colour.
    pub(super) fn photo(&mut self, shadow: &Shadow, rect: Rect, quality: u8) -> Result<Vec<u8>, EncodeError> {
        self.staged.clear();
        shadow.rows(rect).for_each(|row| self.staged.extend_from_slice(row));
        let mut jpeg = Vec::new();
        Encoder::new(&mut jpeg, quality)
            .encode(&self.staged, rect.width, rect.height, ColorType::Bgra)
            .map_err(|error| EncodeError::Compression(error.to_string()))?;
        Ok(jpeg)
    }

    fn two_colours(&mut self, shadow: &Shadow, rect: Rect, first: [u8; 3], second: [u8; 3]) {
        self.staged.push(TWO_COLOURS);
        self.staged.extend(first.into_iter().chain(second));
        for row in shadow.rows(rect) {
            for eight in row.as_chunks::<PIXEL>().0.chunks(8) {
                let bits = eight.iter().enumerate().filter(|(_, pixel)| pixel[..3] == second);
                self.staged.push(bits.fold(0, |byte, (at, _)| byte | 0x80 >> at));
            }
        }
    }

    /// Each row as its difference from the one above: what noise and gradients leave is small numbers.
    fn above(&mut self, shadow: &Shadow, rect: Rect) {
        self.staged.push(ABOVE);
        let mut upper: Option<&[u8]> = None;
        for row in shadow.rows(rect) {
            let pixels = row.as_chunks::<PIXEL>().0.iter();
            match upper {
                None => self.staged.extend(pixels.flat_map(bgr)),
                Some(upper) => {
                    let pairs = pixels.zip(upper.as_chunks::<PIXEL>().0);
                    self.staged.extend(pairs.flat_map(|(p, u)| [0, 1, 2].map(|i| p[i].wrapping_sub(u[i]))));
                }
            }
            upper = Some(row);
        }
    }
}

impl Drop for Packer {
    fn drop(&mut self) {
        self.staged.zeroize();
    }
}

enum Colours {
    One([u8; 3]),
    Two([u8; 3], [u8; 3]),
    Many,
}

/// The colours of a rectangle, as long as they are one or two: areas, and text drawn without smoothing.
fn colours(shadow: &Shadow, rect: Rect) -> Colours {
    let pixels = || shadow.rows(rect).flat_map(|row| row.as_chunks::<PIXEL>().0).map(bgr);
    let Some(first) = pixels().next() else { return Colours::Many };
    let Some(second) = pixels().find(|pixel| *pixel != first) else { return Colours::One(first) };
    if pixels().any(|pixel| pixel != first && pixel != second) {
        Colours::Many
    } else {
        Colours::Two(first, second)
    }
}

fn bgr([b, g, r, _]: &[u8; PIXEL]) -> [u8; 3] {
    [*b, *g, *r]
}
