//! A pointer's shape from the bitmaps that Windows keeps of it.

use aval_protocol::wire::screen::{Cursor, MAX_CURSOR_SIDE};

/// A bitmap as it was read.
pub(in crate::platform) struct Picture {
    pub(in crate::platform) width: usize,
    pub(in crate::platform) height: usize,
    /// Rows top to bottom, 0xAARRGGBB.
    pub(in crate::platform) pixels: Vec<u32>,
}

/// A shape as it travels: larger ones thinned out, invisible ones hidden. A pointer without colours has two masks, one above the
/// other: AND, then XOR. What inverts the screen (both set) is shown black, like the rest of such pointers.
pub(in crate::platform) fn shape(
    (hot_x, hot_y): (u32, u32),
    mask: &Picture,
    colour: Option<&Picture>,
) -> Cursor {
    let (width, height) =
        colour.map_or((mask.width, mask.height / 2), |colour| (colour.width, colour.height));
    let lit = |at: usize| mask.pixels.get(at).is_some_and(|pixel| pixel & 0x00ff_ffff != 0);
    // Pointers of old have no opacity in their colours: the mask says where they are.
    let opacity = colour.is_some_and(|colour| colour.pixels.iter().any(|pixel| pixel >> 24 != 0));
    let pixel = |x: usize, y: usize| -> [u8; 4] {
        let at = y * width + x;
        match colour {
            Some(colour) => {
                let [alpha, r, g, b] = colour.pixels.get(at).copied().unwrap_or(0).to_be_bytes();
                let alpha = if opacity { alpha } else { u8::from(!lit(at)) * u8::MAX };
                [r, g, b, alpha]
            }
            None => match (lit(at), lit(at + width * height)) {
                (false, true) => [u8::MAX; 4],
                (false, false) | (true, true) => [0, 0, 0, u8::MAX],
                (true, false) => [0; 4],
            },
        }
    };
    let every = width.max(height).div_ceil(usize::from(MAX_CURSOR_SIDE)).max(1);
    let columns = (0..width).step_by(every);
    let rgba: Vec<u8> = (0..height)
        .step_by(every)
        .flat_map(|y| columns.clone().map(move |x| (x, y)))
        .flat_map(|(x, y)| pixel(x, y))
        .collect();
    if rgba.chunks_exact(4).all(|pixel| pixel[3] == 0) {
        return Cursor::default();
    }
    let side = |length: usize| u16::try_from(length).unwrap_or(MAX_CURSOR_SIDE);
    let (width, height) = (side(width.div_ceil(every)), side(height.div_ceil(every)));
    let hot = |at: u32, side: u16| {
        let at = usize::try_from(at).unwrap_or(0) / every;
        u16::try_from(at).unwrap_or(u16::MAX).min(side - 1)
    };
    Cursor { width, height, hot_x: hot(hot_x, width), hot_y: hot(hot_y, height), rgba }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: usize, height: usize, pixel: impl Fn(usize, usize) -> u32) -> Picture {
        let pixels =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| pixel(x, y)).collect();
        Picture { width, height, pixels }
    }

    #[test]
    fn colours_with_opacity_come_as_they_are_and_old_ones_by_their_mask() {
        let mask = plain(2, 1, |x, _| if x == 0 { 0 } else { 0x00ff_ffff });
        let colour = plain(2, 1, |x, _| if x == 0 { 0x8012_3456 } else { 0 });
        let with = shape((1, 0), &mask, Some(&colour));
        assert_eq!(with.rgba, [0x12, 0x34, 0x56, 0x80, 0, 0, 0, 0]);
        assert_eq!((with.hot_x, with.hot_y), (1, 0));
        let old = plain(2, 1, |_, _| 0x0012_3456);
        assert_eq!(shape((0, 0), &mask, Some(&old)).rgba, [0x12, 0x34, 0x56, 255, 0x12, 0x34, 0x56, 0]);
    }

    #[test]
    fn a_pointer_of_two_masks_is_black_white_and_clear() {
        // AND above XOR: black, white, clear, inverting.
        let both = plain(4, 2, |x, y| {
            if [[false, false, true, true], [false, true, false, true]][y][x] { 0x00ff_ffff } else { 0 }
        });
        let found = shape((0, 0), &both, None);
        assert_eq!((found.width, found.height), (4, 1));
        assert_eq!(found.rgba, [0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 255]);
    }

    #[test]
    fn a_large_pointer_is_thinned_out_and_an_invisible_one_hidden() {
        let mask = plain(300, 200, |_, _| 0);
        let large = shape((299, 100), &mask, Some(&plain(300, 200, |_, _| 0xffff_ffff)));
        assert_eq!((large.width, large.height, large.hot_x, large.hot_y), (100, 67, 99, 33));
        assert!(large.is_sound());
        let clear = plain(4, 4, |_, _| 0x00ff_ffff);
        assert_eq!(shape((0, 0), &clear, Some(&plain(4, 4, |_, _| 0))), Cursor::default());
    }
}
