//! Windows, controls, fonts and messages: the system's calls behind safe functions. Nothing is decided here.
#![allow(unsafe_code, reason = "Windows is called here; each pointer lives as long as its call")]

use std::ptr::{null, null_mut};

use anyhow::bail;
use windows_sys::Win32::Foundation::{HWND, LPARAM, POINT, RECT, SIZE, WPARAM};
use windows_sys::Win32::Graphics::Gdi::{
    CLEARTYPE_QUALITY, COLOR_WINDOW, COLOR_WINDOWTEXT, CreateFontIndirectW, CreateSolidBrush, DT_CALCRECT,
    DT_NOPREFIX, DT_WORDBREAK, DrawTextW, GetDC, GetDeviceCaps, GetSysColor, GetTextExtentPoint32W, HBRUSH,
    HDC, HFONT, InvalidateRect, LOGFONTW, LOGPIXELSX, ReleaseDC, SelectObject, SetBkColor, SetTextColor,
};
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::UI::Accessibility::{HCF_HIGHCONTRASTON, HIGHCONTRASTW};
use windows_sys::Win32::UI::Input::KeyboardAndMouse::{EnableWindow, GetFocus};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    AdjustWindowRectEx, CreateWindowExW, DestroyWindow, GWL_EXSTYLE, GWL_STYLE, GetClientRect, GetDlgCtrlID,
    GetWindowLongW, GetWindowTextLengthW, GetWindowTextW, HWND_TOPMOST, NONCLIENTMETRICSW,
    SPI_GETHIGHCONTRAST, SPI_GETNONCLIENTMETRICS, SPI_GETWORKAREA, SW_HIDE, SW_SHOWNA, SWP_NOACTIVATE,
    SWP_NOCOPYBITS, SWP_NOZORDER, SWP_SHOWWINDOW, SendMessageW, SetForegroundWindow, SetWindowPos,
    SetWindowTextW, ShowWindow, SystemParametersInfoW, WM_SETFONT, WS_CHILD, WS_VISIBLE,
};

use crate::look::Rect;

/// A window or control of this program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Window(HWND);

/// A font, for as long as the program lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Font(HFONT);

/// A brush of one colour, for as long as the program lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Brush(HBRUSH);

/// A colour as Windows writes it: 0x00BBGGRR.
pub(super) type Colour = u32;

/// A text as Windows wants it.
pub(super) fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().filter(|&unit| unit != 0).chain([0]).collect()
}

// === impl Window

impl Window {
    pub(super) const fn new(handle: HWND) -> Self {
        Self(handle)
    }

    pub(super) const fn handle(self) -> HWND {
        self.0
    }

    /// A control inside this window.
    pub(super) fn child(self, class: &str, style: u32, ex_style: u32, id: u16) -> anyhow::Result<Self> {
        let (class, empty) = (wide(class), [0_u16]);
        let style = style | WS_CHILD | WS_VISIBLE;
        // SAFETY: both texts end in a zero and outlive the call; a child's menu is its number.
        let handle = unsafe {
            CreateWindowExW(
                ex_style,
                class.as_ptr(),
                empty.as_ptr(),
                style,
                0,
                0,
                0,
                0,
                self.0,
                usize::from(id) as *mut _,
                null_mut(),
                null(),
            )
        };
        if handle.is_null() {
            bail!("a control of the window can't be made");
        }
        Ok(Self(handle))
    }

    pub(super) fn set_text(self, text: &str) {
        let text = wide(text);
        // SAFETY: the text ends in a zero and outlives the call.
        unsafe { SetWindowTextW(self.0, text.as_ptr()) };
    }

    /// What a field holds. Whoever asks for a secret wipes it.
    pub(super) fn text(self) -> Vec<u16> {
        // SAFETY: the buffer is as long as it is said to be.
        unsafe {
            let length = usize::try_from(GetWindowTextLengthW(self.0)).unwrap_or(0);
            let mut text = vec![0; length + 1];
            let got = GetWindowTextW(self.0, text.as_mut_ptr(), i32::try_from(text.len()).unwrap_or(0));
            text.truncate(usize::try_from(got).unwrap_or(0));
            text
        }
    }

    pub(super) fn set_font(self, font: Font) {
        self.send(WM_SETFONT, font.0 as usize, 1);
    }

    /// Sends a message to a window of this program.
    pub(super) fn send(self, message: u32, wparam: WPARAM, lparam: LPARAM) -> isize {
        // SAFETY: no message that is sent here carries a pointer.
        unsafe { SendMessageW(self.0, message, wparam, lparam) }
    }

    /// A control's place in its window.
    pub(super) fn place(self, at: Rect) {
        // SAFETY: no pointer.
        unsafe {
            SetWindowPos(
                self.0,
                null_mut(),
                at.x,
                at.y,
                at.w,
                at.h,
                SWP_NOACTIVATE | SWP_NOCOPYBITS | SWP_NOZORDER,
            )
        };
    }

    /// A window's place on the screen: above all others, shown.
    pub(super) fn put_on_top(self, at: Rect, activate: bool) {
        let quiet = if activate { 0 } else { SWP_NOACTIVATE };
        // SAFETY: no pointer.
        unsafe { SetWindowPos(self.0, HWND_TOPMOST, at.x, at.y, at.w, at.h, SWP_SHOWWINDOW | quiet) };
    }

    /// Asks for the keyboard; the system may deny it, and the person then clicks.
    pub(super) fn to_foreground(self) {
        // SAFETY: no pointer.
        unsafe { SetForegroundWindow(self.0) };
    }

    pub(super) fn show(self, shown: bool) {
        // SAFETY: no pointer.
        unsafe { ShowWindow(self.0, if shown { SW_SHOWNA } else { SW_HIDE }) };
    }

    pub(super) fn enable(self, enabled: bool) {
        // SAFETY: no pointer.
        unsafe { EnableWindow(self.0, i32::from(enabled)) };
    }

    pub(super) fn has_focus(self) -> bool {
        // SAFETY: no pointer.
        unsafe { GetFocus() == self.0 }
    }

    pub(super) fn repaint(self) {
        // SAFETY: no rectangle means all of it.
        unsafe { InvalidateRect(self.0, null(), 1) };
    }

    pub(super) fn destroy(self) {
        // SAFETY: no pointer.
        unsafe { DestroyWindow(self.0) };
    }

    /// Its inside, in its own coordinates.
    pub(super) fn inside(self) -> Rect {
        let mut rect = RECT { left: 0, top: 0, right: 0, bottom: 0 };
        // SAFETY: the rectangle outlives the call.
        unsafe { GetClientRect(self.0, &raw mut rect) };
        rect_of(rect)
    }

    /// The number a control was made with.
    pub(super) fn id(self) -> u16 {
        // SAFETY: no pointer.
        u16::try_from(unsafe { GetDlgCtrlID(self.0) }).unwrap_or(0)
    }

    /// How large the window must be for its inside to be that large.
    pub(super) fn around(self, w: i32, h: i32) -> (i32, i32) {
        let mut rect = RECT { left: 0, top: 0, right: w, bottom: h };
        // SAFETY: the rectangle outlives the call.
        unsafe {
            let (style, ex) = (GetWindowLongW(self.0, GWL_STYLE), GetWindowLongW(self.0, GWL_EXSTYLE));
            AdjustWindowRectEx(&raw mut rect, style.cast_unsigned(), 0, ex.cast_unsigned());
        }
        (rect.right - rect.left, rect.bottom - rect.top)
    }

    /// Dots per inch of the monitor it is on; of the system, where monitors have none of their own (before Windows 10).
    pub(super) fn dpi(self) -> i32 {
        let own = optional(c"user32.dll", c"GetDpiForWindow").map(|f| {
            // SAFETY: the function of that name takes a window and returns a number (winuser.h).
            let f: unsafe extern "system" fn(HWND) -> u32 = unsafe { std::mem::transmute(f) };
            // SAFETY: no pointer.
            unsafe { f(self.0) }
        });
        match own {
            Some(dpi @ 1..) => i32::try_from(dpi).unwrap_or(96),
            // SAFETY: the context is given back.
            _ => with_screen(|dc| unsafe { GetDeviceCaps(dc, LOGPIXELSX.cast_signed()) }).max(96),
        }
    }
}

// === Fonts and colours

/// The system's own font for messages, at a size in pixels.
pub(super) fn font(pixels: i32, bold: bool) -> Font {
    // SAFETY: plain numbers; zero is a value for each.
    let mut metrics: NONCLIENTMETRICSW = unsafe { std::mem::zeroed() };
    let size = u32::try_from(size_of::<NONCLIENTMETRICSW>()).unwrap_or(0);
    metrics.cbSize = size;
    // SAFETY: the structure is as long as it says and outlives the call.
    unsafe { SystemParametersInfoW(SPI_GETNONCLIENTMETRICS, size, (&raw mut metrics).cast(), 0) };
    let weight = if bold { 700 } else { 400 };
    let logical = LOGFONTW {
        lfHeight: -pixels,
        lfWidth: 0,
        lfWeight: weight,
        lfQuality: CLEARTYPE_QUALITY,
        ..metrics.lfMessageFont
    };
    // SAFETY: the structure outlives the call.
    Font(unsafe { CreateFontIndirectW(&raw const logical) })
}

/// How high a text is in that width; how wide, if it is one line.
pub(super) fn measure(text: &str, font: Font, width: i32) -> (i32, i32) {
    let text = wide(text);
    let length = i32::try_from(text.len() - 1).unwrap_or(0);
    with_screen(|dc| {
        let mut rect = RECT { left: 0, top: 0, right: width.max(1), bottom: 0 };
        let mut line = SIZE { cx: 0, cy: 0 };
        // SAFETY: text, rectangle and size outlive the calls; the font goes out of the context before it is given back.
        unsafe {
            let before = SelectObject(dc, font.0);
            DrawTextW(dc, text.as_ptr(), length, &raw mut rect, DT_CALCRECT | DT_WORDBREAK | DT_NOPREFIX);
            GetTextExtentPoint32W(dc, text.as_ptr(), length, &raw mut line);
            SelectObject(dc, before);
        }
        (line.cx, rect.bottom)
    })
}

pub(super) fn brush(colour: Colour) -> Brush {
    // SAFETY: no pointer.
    Brush(unsafe { CreateSolidBrush(colour) })
}

impl Brush {
    /// As an answer to the question for a colour.
    pub(super) fn answer(self) -> isize {
        self.0 as isize
    }
}

/// The control's text and ground, in the context that a message brought.
pub(super) fn paint_with(context: WPARAM, text: Colour, ground: Colour) {
    let dc = context as HDC;
    // SAFETY: the context lives as long as the message is handled.
    unsafe {
        SetTextColor(dc, text);
        SetBkColor(dc, ground);
    }
}

/// The system's own ground and text, where a person asked for high contrast.
pub(super) fn high_contrast() -> Option<(Colour, Colour)> {
    let size = u32::try_from(size_of::<HIGHCONTRASTW>()).unwrap_or(0);
    let mut wish = HIGHCONTRASTW { cbSize: size, dwFlags: 0, lpszDefaultScheme: null_mut() };
    // SAFETY: the structure is as long as it says and outlives the call; its text is not looked at.
    let known = unsafe { SystemParametersInfoW(SPI_GETHIGHCONTRAST, size, (&raw mut wish).cast(), 0) } != 0;
    // SAFETY: no pointer.
    let colours = || unsafe { (GetSysColor(COLOR_WINDOW), GetSysColor(COLOR_WINDOWTEXT)) };
    (known && wish.dwFlags & HCF_HIGHCONTRASTON != 0).then(colours)
}

/// The main monitor without its bars.
pub(super) fn work_area() -> Rect {
    let mut rect = RECT { left: 0, top: 0, right: 0, bottom: 0 };
    // SAFETY: the rectangle outlives the call.
    unsafe { SystemParametersInfoW(SPI_GETWORKAREA, 0, (&raw mut rect).cast(), 0) };
    rect_of(rect)
}

pub(super) fn rect_of(rect: RECT) -> Rect {
    Rect { x: rect.left, y: rect.top, w: rect.right - rect.left, h: rect.bottom - rect.top }
}

pub(super) const fn point((x, y): (i32, i32)) -> POINT {
    POINT { x, y }
}

fn with_screen<T>(f: impl FnOnce(HDC) -> T) -> T {
    // SAFETY: the context of the whole screen is given back after its last use.
    unsafe {
        let dc = GetDC(null_mut());
        let value = f(dc);
        ReleaseDC(null_mut(), dc);
        value
    }
}

/// A function that only newer systems have.
pub(super) fn optional(
    library: &std::ffi::CStr,
    name: &std::ffi::CStr,
) -> Option<unsafe extern "system" fn() -> isize> {
    let library = wide(&library.to_string_lossy());
    // SAFETY: both names end in a zero; the library is loaded already and stays.
    unsafe { GetProcAddress(GetModuleHandleW(library.as_ptr()), name.as_ptr().cast()) }
}
