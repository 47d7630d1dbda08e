//! A terminal that does not show what is typed.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::io;

use windows_sys::Win32::System::Console::{
    ENABLE_ECHO_INPUT, GetConsoleMode, GetStdHandle, STD_INPUT_HANDLE, SetConsoleMode,
};

use super::said;

/// As long as it lives, what is typed is not shown; then the terminal is as it was.
#[derive(Debug)]
pub struct NoEcho(u32);

impl NoEcho {
    /// From now on. `None`: standard input is no terminal, and shows nothing anyway.
    ///
    /// # Errors
    /// The system's: what is typed would be shown.
    pub fn now() -> io::Result<Option<Self>> {
        let mut before = 0;
        // SAFETY: the handle is the process's own; the pointer is to a local.
        if unsafe { GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &raw mut before) } == 0 {
            return Ok(None);
        }
        set(before & !ENABLE_ECHO_INPUT)?;
        Ok(Some(Self(before)))
    }
}

impl Drop for NoEcho {
    fn drop(&mut self) {
        let _ = set(self.0);
    }
}

fn set(mode: u32) -> io::Result<()> {
    // SAFETY: the handle is the process's own.
    said(unsafe { SetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), mode) })
}
