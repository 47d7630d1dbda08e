//! Small questions to the system: where its screens are, whose window is in front, which keyboard layout it reads.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::sync::Once;

use aval_transport::windows::integrity_of_process;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::System::RemoteDesktop::ProcessIdToSessionId;
use windows_sys::Win32::System::StationsAndDesktops::{
    CloseDesktop, DESKTOP_READOBJECTS, GetThreadDesktop, GetUserObjectInformationW, OpenInputDesktop,
    UOI_NAME,
};
use windows_sys::Win32::System::Threading::GetCurrentThreadId;
use windows_sys::Win32::UI::Input::KeyboardAndMouse::GetKeyboardLayout;
use windows_sys::Win32::UI::WindowsAndMessaging::{
    GetForegroundWindow, GetSystemMetrics, GetWindowThreadProcessId, SM_CXVIRTUALSCREEN, SM_CYVIRTUALSCREEN,
    SM_SWAPBUTTON, SM_XVIRTUALSCREEN, SM_YVIRTUALSCREEN, SetProcessDPIAware,
};
use windows_sys::core::w;

/// `DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2`, of Windows 10 1703.
const PER_MONITOR_V2: isize = -4;

/// The rectangle around all monitors, in pixels; its corner may be negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Desktop {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// From now on the system tells this process true pixels, on each monitor, instead of ones scaled to 96 per inch.
pub(super) fn see_pixels() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: user32 is loaded in every process that has this function's callers; the name is a C string.
        let found = unsafe {
            let user32 = GetModuleHandleW(w!("user32.dll"));
            if user32.is_null() {
                None
            } else {
                GetProcAddress(user32, c"SetProcessDpiAwarenessContext".as_ptr().cast())
            }
        };
        if let Some(found) = found {
            // SAFETY: that function takes a handle and returns a BOOL.
            let set: unsafe extern "system" fn(isize) -> i32 = unsafe { std::mem::transmute(found) };
            // SAFETY: it takes no pointer.
            if unsafe { set(PER_MONITOR_V2) } != 0 {
                return;
            }
        }
        // SAFETY: no arguments. Of older systems: one scale for all monitors.
        unsafe { SetProcessDPIAware() };
    });
}

/// Where the monitors are.
pub(super) fn desktop() -> Desktop {
    // SAFETY: no pointers.
    let metric = |index| unsafe { GetSystemMetrics(index) };
    Desktop {
        left: metric(SM_XVIRTUALSCREEN),
        top: metric(SM_YVIRTUALSCREEN),
        width: metric(SM_CXVIRTUALSCREEN),
        height: metric(SM_CYVIRTUALSCREEN),
    }
}

/// Whether this process lives where people see windows: services have a session of their own, 0, since Windows Vista.
pub(super) fn has_desktop() -> bool {
    let mut session = 0;
    // SAFETY: the pointer is to a local.
    let known = unsafe { ProcessIdToSessionId(std::process::id(), &raw mut session) } != 0;
    known && session != 0 && desktop().width > 0
}

/// Whether the desktop that the keyboard goes to is another one than this thread's: that of a password, of the lock, of UAC.
pub(super) fn is_shut_out() -> bool {
    // SAFETY: what is opened is closed; the thread's own is not to be closed.
    unsafe {
        let input = OpenInputDesktop(0, 0, DESKTOP_READOBJECTS);
        if input.is_null() {
            return true;
        }
        let same = name_of(input) == name_of(GetThreadDesktop(GetCurrentThreadId()));
        CloseDesktop(input);
        !same
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

/// Whether the person has changed the mouse's buttons over.
pub(super) fn buttons_swapped() -> bool {
    // SAFETY: no pointers.
    unsafe { GetSystemMetrics(SM_SWAPBUTTON) != 0 }
}

/// The keyboard layout of the window in front.
pub(super) fn layout() -> isize {
    // SAFETY: no pointer is followed; a window that is gone has thread 0, whose layout is this thread's.
    unsafe {
        let thread = GetWindowThreadProcessId(GetForegroundWindow(), std::ptr::null_mut());
        GetKeyboardLayout(thread) as isize
    }
}

/// Whether the window in front belongs to a program with higher rights, which keeps our input away without a word.
#[derive(Default)]
pub(super) struct Above {
    /// The process asked about last, and what was found.
    last: (u32, bool),
}

impl Above {
    /// As it is now.
    pub(super) fn is_in_front(&mut self) -> bool {
        let mut pid = 0;
        // SAFETY: the pointer is to a local.
        unsafe { GetWindowThreadProcessId(GetForegroundWindow(), &raw mut pid) };
        if pid != self.last.0 {
            self.last = (pid, pid != 0 && is_above(pid));
        }
        self.last.1
    }
}

fn is_above(pid: u32) -> bool {
    let ours = integrity_of_process(std::process::id());
    match (integrity_of_process(pid), ours) {
        (Ok(theirs), Ok(ours)) => theirs > ours,
        (Err(error), Ok(_)) => error.kind() == std::io::ErrorKind::PermissionDenied,
        _ => false,
    }
}
