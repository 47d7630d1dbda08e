//! The pixels themselves: one row after the other, wiped when they are no longer needed.

use aval_protocol::wire::screen::{Copy, MAX_PIXELS, MAX_SIDE, Rect};
use zeroize::Zeroize;

use super::PictureError;

/// A framebuffer; each pixel is `0x00RRGGBB`.
#[derive(Default)]
pub(super) struct Surface {
    width: u16,
    height: u16,
    pixels: Vec<u32>,
}

// === impl Surface

impl Surface {
    /// Takes a size within the wire's limits; all black.
    pub(super) fn resize(&mut self, width: u16, height: u16) -> Result<(), PictureError> {
        let area = u64::from(width) * u64::from(height);
        if area == 0 || width > MAX_SIDE || height > MAX_SIDE || area > MAX_PIXELS {
            return Err(PictureError::Geometry(width, height));
        }
        let area = usize::try_from(area).map_err(|_| PictureError::Memory)?;
        self.pixels.zeroize();
        self.pixels.try_reserve_exact(area).map_err(|_| PictureError::Memory)?;
        self.pixels.resize(area, 0);
        (self.width, self.height) = (width, height);
        Ok(())
    }

    pub(super) fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    pub(super) fn pixel(&self, x: u16, y: u16) -> Option<u32> {
        let inside = x < self.width && y < self.height;
        inside.then(|| self.pixels[usize::from(y) * usize::from(self.width) + usize::from(x)])
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.pixels.chunks_exact(usize::from(self.width).max(1))
    }

    /// The rows of a rectangle that lies inside.
    pub(super) fn rows_mut(&mut self, rect: Rect) -> impl Iterator<Item = &mut [u32]> {
        let (left, right) = (usize::from(rect.x), usize::from(rect.x) + usize::from(rect.width));
        let (top, height) = (usize::from(rect.y), usize::from(rect.height));
        let rows = self.pixels.chunks_exact_mut(usize::from(self.width).max(1));
        rows.skip(top).take(height).map(move |row| &mut row[left..right])
    }

    /// Moves a rectangle; both places lie inside. In the order of rows that overwrites none before it was moved.
    pub(super) fn copy(&mut self, copy: Copy, target: Rect) {
        let stride = usize::from(self.width);
        let (from, to) = (copy.rect, target);
        let mut row = |y: u16| {
            let start = (usize::from(from.y) + usize::from(y)) * stride + usize::from(from.x);
            let target = (usize::from(to.y) + usize::from(y)) * stride + usize::from(to.x);
            self.pixels.copy_within(start..start + usize::from(from.width), target);
        };
        if copy.dy > 0 {
            (0..from.height).rev().for_each(&mut row)
        } else {
            (0..from.height).for_each(&mut row)
        }
    }
}

impl Drop for Surface {
    fn drop(&mut self) {
        self.pixels.zeroize();
    }
}
