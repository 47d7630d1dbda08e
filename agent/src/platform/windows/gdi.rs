//! A bitmap in memory that the screen can be copied into: GDI, which every Windows has, with or without a graphics driver.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::io;
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::RECT;
use windows_sys::Win32::Graphics::Gdi::{
    BI_RGB, BITMAPINFO, BITMAPINFOHEADER, BLACK_BRUSH, BitBlt, CAPTUREBLT, CreateCompatibleDC,
    CreateDIBSection, DEFAULT_GUI_FONT, DIB_RGB_COLORS, DT_CENTER, DT_NOPREFIX, DT_SINGLELINE, DT_VCENTER,
    DeleteDC, DeleteObject, DrawTextW, FillRect, GdiFlush, GetDC, GetStockObject, HBITMAP, HDC, HGDIOBJ,
    ReleaseDC, SRCCOPY, SelectObject, SetBkMode, SetTextColor, TRANSPARENT,
};
use zeroize::Zeroize as _;

use super::rules::layout::Area;

/// Bytes of a pixel: B G R and one unused.
pub(super) const PIXEL: usize = 4;
/// Height of a sentence's strip.
const NOTE: i32 = 36;

/// A bitmap, its rows top to bottom. Wiped when it goes.
pub(super) struct Canvas {
    context: HDC,
    bitmap: HBITMAP,
    before: HGDIOBJ,
    bits: *mut u8,
    width: i32,
    height: i32,
}

// SAFETY: a device context in memory and its bitmap belong to no thread; this type hands them to one at a time.
unsafe impl Send for Canvas {}

impl Canvas {
    /// All black.
    pub(super) fn new(width: i32, height: i32) -> io::Result<Self> {
        let info = header(width, height);
        let mut bits = null_mut();
        // SAFETY: `info` is whole; whatever was made before a failure is given back.
        unsafe {
            let context = CreateCompatibleDC(null_mut());
            if context.is_null() {
                return Err(io::Error::last_os_error());
            }
            let bitmap =
                CreateDIBSection(context, &raw const info, DIB_RGB_COLORS, &raw mut bits, null_mut(), 0);
            if bitmap.is_null() || bits.is_null() {
                let error = io::Error::last_os_error();
                DeleteDC(context);
                return Err(error);
            }
            let before = SelectObject(context, bitmap);
            Ok(Self { context, bitmap, before, bits: bits.cast(), width, height })
        }
    }

    /// Takes the screen's pixels from that corner on, windows that are partly transparent included.
    pub(super) fn copy_screen(&mut self, left: i32, top: i32) -> io::Result<()> {
        // SAFETY: the context is ours; the screen's is given back at once. A screen that may not be seen makes the call fail.
        unsafe {
            let screen = GetDC(null_mut());
            if screen.is_null() {
                return Err(io::Error::last_os_error());
            }
            let done =
                BitBlt(self.context, 0, 0, self.width, self.height, screen, left, top, SRCCOPY | CAPTUREBLT);
            let error = io::Error::last_os_error();
            ReleaseDC(null_mut(), screen);
            // What was drawn is in memory from here on.
            GdiFlush();
            if done == 0 { Err(error) } else { Ok(()) }
        }
    }

    /// Writes a sentence across the bottom: a copy of the screen says then what the screen itself does not show. Where it is.
    pub(super) fn note(&mut self, sentence: &str) -> Area {
        let mut text: Vec<u16> = sentence.encode_utf16().collect();
        let length = i32::try_from(text.len()).unwrap_or(0);
        let top = (self.height - NOTE).max(0);
        let mut strip = RECT { left: 0, top, right: self.width, bottom: self.height };
        // SAFETY: the context is ours, stock objects belong to the system, and the text is as long as is said.
        unsafe {
            FillRect(self.context, &raw const strip, GetStockObject(BLACK_BRUSH));
            SelectObject(self.context, GetStockObject(DEFAULT_GUI_FONT));
            SetBkMode(self.context, TRANSPARENT.cast_signed());
            SetTextColor(self.context, 0x00ff_ffff);
            let how = DT_CENTER | DT_VCENTER | DT_SINGLELINE | DT_NOPREFIX;
            DrawTextW(self.context, text.as_mut_ptr(), length, &raw mut strip, how);
            GdiFlush();
        }
        Area { left: 0, top, right: self.width, bottom: self.height }
    }

    /// Rows of B G R and one unused byte.
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: a 32-bit bitmap of this size, which lives as long as this; the system draws only in `copy_screen`.
        unsafe { std::slice::from_raw_parts(self.bits, self.length()) }
    }

    /// The same, to be written.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`, and nobody else has it meanwhile. Whatever the system drew is done: each drawing ends with a flush.
        unsafe { std::slice::from_raw_parts_mut(self.bits, self.length()) }
    }

    fn length(&self) -> usize {
        usize::try_from(self.width * self.height).unwrap_or(0) * PIXEL
    }
}

impl Drop for Canvas {
    fn drop(&mut self) {
        // SAFETY: as in `bytes`, and nobody else looks; then each thing is given back once, in the order it was taken.
        unsafe {
            std::slice::from_raw_parts_mut(self.bits, self.length()).zeroize();
            SelectObject(self.context, self.before);
            DeleteObject(self.bitmap);
            DeleteDC(self.context);
        }
    }
}

/// A bitmap of 32 bits a pixel; a negative height means that its rows go from top to bottom.
pub(super) fn header(width: i32, height: i32) -> BITMAPINFO {
    BITMAPINFO {
        bmiHeader: BITMAPINFOHEADER {
            biSize: u32::try_from(size_of::<BITMAPINFOHEADER>()).unwrap_or(0),
            biWidth: width,
            biHeight: -height,
            biPlanes: 1,
            biBitCount: 32,
            biCompression: BI_RGB,
            ..BITMAPINFOHEADER::default()
        },
        ..BITMAPINFO::default()
    }
}
