//! Asking Windows for an administrator's rights (UAC), and telling somebody without a terminal how it went.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::ffi::OsString;
use std::io;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::ptr::null_mut;

use aval_transport::windows::{said, wide};
use windows_sys::Win32::Foundation::{ERROR_CANCELLED, WAIT_OBJECT_0};
use windows_sys::Win32::System::Console::FreeConsole;
use windows_sys::Win32::System::Threading::{GetExitCodeProcess, INFINITE, WaitForSingleObject};
use windows_sys::Win32::UI::Shell::{
    SEE_MASK_NO_CONSOLE, SEE_MASK_NOCLOSEPROCESS, SHELLEXECUTEINFOW, ShellExecuteExW,
};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    MB_ICONINFORMATION, MB_ICONWARNING, MB_OK, MB_SETFOREGROUND, MB_TOPMOST, MessageBoxW, SW_SHOWNORMAL,
};
use windows_sys::core::w;

/// The same program with the same arguments, as an administrator; its exit code. `None`: the person said no to Windows.
pub(crate) fn again_as_administrator() -> io::Result<Option<u32>> {
    let program = wide(std::env::current_exe()?.as_os_str());
    let arguments = wide(&quoted(std::env::args_os().skip(1)));
    let mut asked = SHELLEXECUTEINFOW {
        cbSize: u32::try_from(size_of::<SHELLEXECUTEINFOW>()).unwrap_or(0),
        fMask: SEE_MASK_NOCLOSEPROCESS | SEE_MASK_NO_CONSOLE,
        lpVerb: w!("runas"),
        lpFile: program.as_ptr(),
        lpParameters: arguments.as_ptr(),
        nShow: SW_SHOWNORMAL,
        // SAFETY: a structure of numbers and pointers, which may all be zero.
        ..unsafe { std::mem::zeroed() }
    };
    // SAFETY: all texts end with a zero and outlive the call.
    match said(unsafe { ShellExecuteExW(&raw mut asked) }) {
        Err(error) if error.raw_os_error() == Some(ERROR_CANCELLED.cast_signed()) => return Ok(None),
        other => other?,
    }
    if asked.hProcess.is_null() {
        return Err(io::Error::other("Windows started nothing"));
    }
    // SAFETY: it is open and ours.
    let process = unsafe { OwnedHandle::from_raw_handle(asked.hProcess) };
    let mut exit = 0;
    // SAFETY: the handle is open, the pointer to a local.
    unsafe {
        if WaitForSingleObject(process.as_raw_handle(), INFINITE) != WAIT_OBJECT_0 {
            return Err(io::Error::last_os_error());
        }
        said(GetExitCodeProcess(process.as_raw_handle(), &raw mut exit))?;
    }
    Ok(Some(exit))
}

/// Lets go of the terminal that Windows opened for this program alone.
pub(crate) fn without_terminal() {
    // SAFETY: no arguments.
    unsafe { FreeConsole() };
}

/// Says it in a box with one button, and waits until it was read.
pub(crate) fn tell(title: &str, text: &str, well: bool) {
    let (title, text) = (wide(title.as_ref()), wide(text.as_ref()));
    let icon = if well { MB_ICONINFORMATION } else { MB_ICONWARNING };
    // SAFETY: both texts end with a zero.
    unsafe {
        MessageBoxW(null_mut(), text.as_ptr(), title.as_ptr(), MB_OK | MB_TOPMOST | MB_SETFOREGROUND | icon)
    };
}

/// Arguments as one line that is read back as the same arguments: each in quotation marks, of which there are none inside.
fn quoted(arguments: impl Iterator<Item = OsString>) -> OsString {
    let mut line = OsString::new();
    for argument in arguments {
        line.push(if line.is_empty() { "\"" } else { " \"" });
        // Neither a path of Windows nor a code holds one; a backslash before the last mark would take it away.
        let plain = argument.to_string_lossy().replace('"', "");
        line.push(plain.trim_end_matches('\\'));
        line.push("\"");
    }
    line
}
