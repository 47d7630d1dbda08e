//! The pointer's shape as the X server has it, for the technician's own pointer. The picture never holds it.

use aval_protocol::wire::screen::{Cursor, MAX_CURSOR_SIDE};
use x11rb::errors::ReplyError;
use x11rb::protocol::ErrorKind;
use x11rb::protocol::xfixes::{ConnectionExt as _, GetCursorImageReply};
use x11rb::rust_connection::RustConnection;

use super::super::ScreenLost;
use super::screen::{gone, refused};

/// What the pointer looks like now. `None`: the server has none to tell of.
pub(super) fn read(connection: &RustConnection) -> Result<Option<Cursor>, ScreenLost> {
    match connection.xfixes_get_cursor_image().map_err(gone)?.reply() {
        Ok(image) => Ok(Some(shape(&image))),
        // No pointer is on the screen, or its shape may not be read.
        Err(ReplyError::X11Error(error))
            if matches!(error.error_kind, ErrorKind::Cursor | ErrorKind::Access) =>
        {
            Ok(None)
        }
        Err(error) => Err(refused(error)),
    }
}

/// A shape as it travels: larger ones thinned out, invisible ones hidden.
fn shape(image: &GetCursorImageReply) -> Cursor {
    let (width, height) = (image.width, image.height);
    let whole = usize::from(width) * usize::from(height);
    if image.cursor_image.len() < whole || image.cursor_image.iter().all(|argb| argb >> 24 == 0) {
        return Cursor::default();
    }
    let every = width.max(height).div_ceil(MAX_CURSOR_SIDE).max(1);
    let rows = image.cursor_image.chunks_exact(usize::from(width)).step_by(usize::from(every));
    let pixels = rows.flat_map(|row| row.iter().step_by(usize::from(every)));
    let (width, height) = (width.div_ceil(every), height.div_ceil(every));
    Cursor {
        width,
        height,
        hot_x: (image.xhot / every).min(width - 1),
        hot_y: (image.yhot / every).min(height - 1),
        rgba: pixels.flat_map(|argb| straight(*argb)).collect(),
    }
}

/// From colours multiplied by opacity, as XFixes has them, to plain ones.
fn straight(argb: u32) -> [u8; 4] {
    let [alpha, rgb @ ..] = argb.to_be_bytes();
    let plain = |colour: u8| {
        let full = u32::from(colour) * 255 / u32::from(alpha).max(1);
        u8::try_from(full).unwrap_or(u8::MAX)
    };
    let [r, g, b] = rgb.map(plain);
    [r, g, b, alpha]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(width: u16, height: u16, pixel: impl Fn(u16, u16) -> u32) -> GetCursorImageReply {
        let cursor_image = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        GetCursorImageReply {
            width,
            height,
            xhot: width - 1,
            yhot: height / 2,
            cursor_image: cursor_image.map(|(x, y)| pixel(x, y)).collect(),
            ..GetCursorImageReply::default()
        }
    }

    #[test]
    fn colours_are_freed_of_their_opacity() {
        assert_eq!(straight(0x8040_0080), [127, 0, 255, 0x80]);
        assert_eq!(straight(0xff12_3456), [0x12, 0x34, 0x56, 0xff]);
        assert_eq!(straight(0), [0; 4]);
    }

    #[test]
    fn a_large_pointer_is_thinned_out_and_an_invisible_one_hidden() {
        let small = shape(&image(16, 24, |_, _| 0xffff_ffff));
        assert_eq!((small.width, small.height, small.hot_x, small.hot_y), (16, 24, 15, 12));
        let large = shape(&image(300, 200, |x, _| 0xff00_0000 | u32::from(x)));
        assert_eq!((large.width, large.height, large.hot_x, large.hot_y), (100, 67, 99, 33));
        assert!(small.is_sound() && large.is_sound());
        assert_eq!(shape(&image(1, 1, |_, _| 0)), Cursor::default());
        assert_eq!(shape(&image(40, 40, |_, _| 0x00ff_ffff)), Cursor::default());
    }
}
