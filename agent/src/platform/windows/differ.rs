//! What changed between two copies of the screen, where the system says nothing of it.

use aval_protocol::wire::screen::Rect;
use zeroize::Zeroize as _;

/// Bytes of a pixel: B G R and one unused.
const PIXEL: usize = 4;
/// A tile's side in pixels, as the encoder has it.
const TILE: usize = 64;

/// The tiles in which two pictures differ, neighbours in a row as one rectangle; `before` becomes equal. Of another length, it was
/// none, and all is new.
pub(in crate::platform) fn differences(
    before: &mut Vec<u8>,
    now: &[u8],
    (width, height): (u16, u16),
) -> Vec<Rect> {
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
