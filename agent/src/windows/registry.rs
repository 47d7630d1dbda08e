//! The agent's entry in the list of installed programs, which an installer made: its version follows what runs.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::ffi::OsStr;
use std::io;
use std::ptr::null_mut;

use aval_transport::windows::wide;
use windows_sys::Win32::System::Registry::{
    HKEY_LOCAL_MACHINE, KEY_SET_VALUE, KEY_WOW64_64KEY, REG_SZ, RegCloseKey, RegOpenKeyExW, RegSetValueExW,
};
use windows_sys::core::w;

/// Shows this version.
///
/// # Errors
/// The system's; also where no installer made an entry.
pub(crate) fn show_version(version: &str) -> io::Result<()> {
    let (mut key, access) = (null_mut(), KEY_SET_VALUE | KEY_WOW64_64KEY);
    let name = w!("Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Aval");
    // SAFETY: the name is a constant; on success the key is ours to close.
    let opened = unsafe { RegOpenKeyExW(HKEY_LOCAL_MACHINE, name, 0, access, &raw mut key) };
    failed(opened)?;
    let text = wide(OsStr::new(version));
    let bytes = u32::try_from(text.len() * 2).unwrap_or(0);
    // SAFETY: the key is open, the text as long as is said, its zero included.
    let written =
        unsafe { RegSetValueExW(key, w!("DisplayVersion"), 0, REG_SZ, text.as_ptr().cast(), bytes) };
    // SAFETY: it is open and ours.
    unsafe { RegCloseKey(key) };
    failed(written)
}

fn failed(code: u32) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code.cast_signed())) }
}
