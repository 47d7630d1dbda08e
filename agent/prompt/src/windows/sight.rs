//! What a person sees of a window: the desktop that is shown, what lies above, and where the screen ends. And the machine's clock.
#![allow(unsafe_code, reason = "Windows is called here; each pointer lives as long as its call")]

use windows_sys::Win32::Foundation::{HANDLE, HWND, RECT};
use windows_sys::Win32::Graphics::Dwm::{DWMWA_CLOAKED, DwmGetWindowAttribute};
use windows_sys::Win32::System::StationsAndDesktops::{
    CloseDesktop, DESKTOP_READOBJECTS, GetThreadDesktop, GetUserObjectInformationW, OpenInputDesktop,
    UOI_NAME,
};
use windows_sys::Win32::System::SystemInformation::GetTickCount64;
use windows_sys::Win32::System::Threading::GetCurrentThreadId;
use windows_sys::Win32::UI::WindowsAndMessaging::{
    GW_HWNDPREV, GWL_EXSTYLE, GetSystemMetrics, GetWindow, GetWindowLongW, GetWindowRect, IsIconic,
    IsWindowVisible, SM_CXSCREEN, SM_CXVIRTUALSCREEN, SM_CYSCREEN, SM_CYVIRTUALSCREEN, SM_XVIRTUALSCREEN,
    SM_YVIRTUALSCREEN, SetWindowDisplayAffinity, WDA_EXCLUDEFROMCAPTURE, WDA_MONITOR, WS_EX_LAYERED,
    WS_EX_TRANSPARENT,
};

use super::call::{Window, rect_of};
use crate::look::{Look, Rect};

/// More windows than that above one are not looked at: whoever is under so many is not seen.
const MOST_ABOVE: usize = 400;

/// The machine's monotonic clock in ms, the same number in every process.
pub(crate) fn machine_ms() -> u64 {
    // SAFETY: no argument.
    unsafe { GetTickCount64() }
}

/// How a person sees the window now.
pub(super) fn look(window: Window) -> Look {
    let own = window.handle();
    let mapped = is_shown(own) && shown_desktop_is_ours();
    let (at, screen) = (place_of(own), screen());
    let mut above = Vec::new();
    let mut next = above_of(own);
    while let Some(over) = next {
        if above.len() == MOST_ABOVE {
            return Look { mapped, seen: 0, at };
        }
        // What is hidden covers nothing, and what lets every click and look through neither.
        let covers = is_shown(over) && !is_glass(over);
        above.push(if covers { place_of(over) } else { Rect::default() });
        next = above_of(over);
    }
    Look::new(mapped, at, screen, &above)
}

/// The main monitor, bars included.
pub(super) fn main_monitor() -> Rect {
    // SAFETY: no pointer.
    unsafe { Rect { x: 0, y: 0, w: GetSystemMetrics(SM_CXSCREEN), h: GetSystemMetrics(SM_CYSCREEN) } }
}

/// Keeps the window's inside out of every picture that a program takes of the screen, as far as the system can.
pub(super) fn hide_from_capture(window: Window) {
    // SAFETY: no pointer. Older systems only know the second.
    unsafe {
        if SetWindowDisplayAffinity(window.handle(), WDA_EXCLUDEFROMCAPTURE) == 0 {
            SetWindowDisplayAffinity(window.handle(), WDA_MONITOR);
        }
    }
}

/// All monitors together.
fn screen() -> Rect {
    // SAFETY: no pointer.
    let metric = |index| unsafe { GetSystemMetrics(index) };
    Rect {
        x: metric(SM_XVIRTUALSCREEN),
        y: metric(SM_YVIRTUALSCREEN),
        w: metric(SM_CXVIRTUALSCREEN),
        h: metric(SM_CYVIRTUALSCREEN),
    }
}

fn above_of(window: HWND) -> Option<HWND> {
    // SAFETY: no pointer.
    let over = unsafe { GetWindow(window, GW_HWNDPREV) };
    (!over.is_null()).then_some(over)
}

fn is_shown(window: HWND) -> bool {
    let mut cloaked = 0_u32;
    // SAFETY: the number outlives the call and is as long as said; a system that knows no cloaks leaves it.
    unsafe {
        DwmGetWindowAttribute(window, DWMWA_CLOAKED.cast_unsigned(), (&raw mut cloaked).cast(), 4);
        IsWindowVisible(window) != 0 && IsIconic(window) == 0 && cloaked == 0
    }
}

fn is_glass(window: HWND) -> bool {
    // SAFETY: no pointer.
    let style = unsafe { GetWindowLongW(window, GWL_EXSTYLE) }.cast_unsigned();
    style & WS_EX_LAYERED != 0 && style & WS_EX_TRANSPARENT != 0
}

fn place_of(window: HWND) -> Rect {
    let mut rect = RECT { left: 0, top: 0, right: 0, bottom: 0 };
    // SAFETY: the rectangle outlives the call; of a window that is gone it stays empty.
    unsafe { GetWindowRect(window, &raw mut rect) };
    rect_of(rect)
}

/// Whether the desktop a person sees is this program's, and not the lock screen's or that of a question for administrators.
fn shown_desktop_is_ours() -> bool {
    // SAFETY: the desktop that is opened is closed again; that of the thread is not to be closed.
    unsafe {
        let shown = OpenInputDesktop(0, 0, DESKTOP_READOBJECTS);
        if shown.is_null() {
            return false;
        }
        let same = name_of(shown) == name_of(GetThreadDesktop(GetCurrentThreadId()));
        CloseDesktop(shown);
        same
    }
}

fn name_of(desktop: HANDLE) -> Option<Vec<u16>> {
    let mut name = [0_u16; 128];
    let (size, mut needed) = (u32::try_from(size_of_val(&name)).unwrap_or(0), 0);
    // SAFETY: the buffer is as long as it is said to be.
    let known = unsafe {
        GetUserObjectInformationW(desktop, UOI_NAME, name.as_mut_ptr().cast(), size, &raw mut needed)
    };
    (known != 0).then(|| name.iter().copied().take_while(|&unit| unit != 0).collect())
}
