//! A number that is another one after each start of the machine: Windows keeps none for programs, but forgets a volatile key when it stops.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::ptr::{null, null_mut};

use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_CURRENT_USER, KEY_QUERY_VALUE, KEY_SET_VALUE, REG_BINARY, REG_OPTION_VOLATILE, RegCloseKey,
    RegCreateKeyExW, RegQueryValueExW, RegSetValueExW,
};
use windows_sys::core::w;

/// A key of the registry, as long as it is open.
struct Key(HKEY);

/// The number of this start; `fresh` becomes it where there is none yet. `None`: the registry refuses.
pub(crate) fn id(fresh: [u8; 16]) -> Option<[u8; 16]> {
    let mut key = null_mut();
    let access = KEY_QUERY_VALUE | KEY_SET_VALUE;
    // SAFETY: the name is a constant; on success the key is ours to close.
    let opened = unsafe {
        RegCreateKeyExW(
            HKEY_CURRENT_USER,
            w!("Software\\AvalBoot"),
            0,
            null(),
            REG_OPTION_VOLATILE,
            access,
            null(),
            &raw mut key,
            null_mut(),
        )
    };
    let key = (opened == 0).then_some(Key(key))?;
    let (name, mut found) = (w!("Id"), [0; 16]);
    let (mut kind, mut length) = (0, 16);
    // SAFETY: the key is open, the buffer as long as is said.
    let read =
        unsafe { RegQueryValueExW(key.0, name, null(), &raw mut kind, found.as_mut_ptr(), &raw mut length) };
    if read == 0 && kind == REG_BINARY && length == 16 {
        return Some(found);
    }
    // SAFETY: as above.
    let written = unsafe { RegSetValueExW(key.0, name, 0, REG_BINARY, fresh.as_ptr(), 16) };
    (written == 0).then_some(fresh)
}

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: it is open and ours.
        unsafe { RegCloseKey(self.0) };
    }
}
