//! The pointer's shape as Windows has it, for the technician's own pointer. The picture never holds it. It is asked for whichever way the
//! picture comes: DXGI tells shapes too, but only while it works, each in the place of one monitor.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::ptr::null_mut;

use aval_protocol::wire::screen::Cursor;
use windows_sys::Win32::Graphics::Gdi::{
    BITMAP, DIB_RGB_COLORS, DeleteObject, GetDC, GetDIBits, GetObjectW, HBITMAP, ReleaseDC,
};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CURSOR_SHOWING, CURSORINFO, GetCursorInfo, GetIconInfo, HCURSOR, ICONINFO,
};

use super::gdi::header;
use super::rules::shape::{Picture, shape};

/// Largest pointer that is read, in pixels a side: the largest that Windows' settings offer, on the densest monitor.
const LARGEST: i32 = 1024;

/// The pointer as it was last told.
#[derive(Default)]
pub(super) struct Pointer {
    told: Option<Shown>,
}

/// A pointer's name in the system, 0 for none.
type Shown = usize;

impl Pointer {
    /// What it looks like, if that changed or was not told yet.
    pub(super) fn look(&mut self) -> Option<Cursor> {
        let shown = shown()?;
        if self.told == Some(shown as Shown) {
            return None;
        }
        self.told = Some(shown as Shown);
        if shown.is_null() {
            return Some(Cursor::default());
        }
        read(shown)
    }
}

/// The pointer that is on the screen now; null for none. `None`: the system does not tell at this moment.
fn shown() -> Option<HCURSOR> {
    let info = ask()?;
    Some(if info.flags & CURSOR_SHOWING == 0 { null_mut() } else { info.hCursor })
}

/// The row of the desktop that the pointer points at.
pub(super) fn row() -> Option<i32> {
    Some(ask()?.ptScreenPos.y)
}

fn ask() -> Option<CURSORINFO> {
    let mut info =
        CURSORINFO { cbSize: u32::try_from(size_of::<CURSORINFO>()).unwrap_or(0), ..CURSORINFO::default() };
    // SAFETY: the structure says its length.
    (unsafe { GetCursorInfo(&raw mut info) } != 0).then_some(info)
}

/// Its shape. `None`: it is gone by now.
fn read(cursor: HCURSOR) -> Option<Cursor> {
    let mut info = ICONINFO::default();
    // SAFETY: the pointer is to a local; a cursor that is gone makes the call fail.
    if unsafe { GetIconInfo(cursor, &raw mut info) } == 0 {
        return None;
    }
    let mask = picture(info.hbmMask);
    let colour = if info.hbmColor.is_null() { None } else { picture(info.hbmColor) };
    // SAFETY: both are ours to delete; null is refused without harm.
    unsafe {
        DeleteObject(info.hbmMask);
        DeleteObject(info.hbmColor);
    }
    Some(shape((info.xHotspot, info.yHotspot), &mask?, colour.as_ref()))
}

/// A bitmap's pixels.
fn picture(bitmap: HBITMAP) -> Option<Picture> {
    let mut about = BITMAP::default();
    let length = i32::try_from(size_of::<BITMAP>()).unwrap_or(0);
    // SAFETY: the buffer is as long as is said.
    if unsafe { GetObjectW(bitmap, length, (&raw mut about).cast()) } == 0 {
        return None;
    }
    let (width, height) = (about.bmWidth, about.bmHeight);
    if !(1..=LARGEST).contains(&width) || !(1..=2 * LARGEST).contains(&height) {
        return None;
    }
    let mut info = header(width, height);
    let (width, height) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
    let mut pixels = vec![0_u32; width * height];
    let lines = u32::try_from(height).ok()?;
    // SAFETY: the buffer holds that many rows of 32 bits a pixel; the screen's context is given back at once.
    let read = unsafe {
        let screen = GetDC(null_mut());
        let read =
            GetDIBits(screen, bitmap, 0, lines, pixels.as_mut_ptr().cast(), &raw mut info, DIB_RGB_COLORS);
        ReleaseDC(null_mut(), screen);
        read
    };
    (read > 0).then_some(Picture { width, height, pixels })
}
