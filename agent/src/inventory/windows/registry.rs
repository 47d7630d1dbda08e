//! Keys and values of the machine's part of the registry, read within bounds.
#![allow(unsafe_code, reason = "Windows is called here; each buffer is as long as it is said to be")]

use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, FILETIME};
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_64KEY, REG_DWORD, REG_EXPAND_SZ, REG_MULTI_SZ, REG_SZ,
    RegCloseKey, RegEnumKeyExW, RegOpenKeyExW, RegQueryInfoKeyW, RegQueryValueExW,
};

use super::call::wide;

/// Most bytes of one value: an EDID or a list of names.
const MAX_VALUE: u32 = 64 * 1024;
/// Most keys below one.
const MAX_KEYS: u32 = 4096;
/// From 1601, in steps of 100 ns, to 1970.
const EPOCH: i64 = 116_444_736_000_000_000;

/// An open key below `HKEY_LOCAL_MACHINE`.
pub(super) struct Key(HKEY);

impl Key {
    /// Opens a key for reading; `None` when there is none, or it is for others.
    pub(super) fn open(path: &str) -> Option<Self> {
        Self::below(HKEY_LOCAL_MACHINE, path)
    }

    /// A key below this one.
    pub(super) fn key(&self, path: &str) -> Option<Self> {
        Self::below(self.0, path)
    }

    fn below(parent: HKEY, path: &str) -> Option<Self> {
        let path = wide(path);
        let mut key = null_mut();
        // SAFETY: the text ends in a zero; text and handle outlive the call.
        let error =
            unsafe { RegOpenKeyExW(parent, path.as_ptr(), 0, KEY_READ | KEY_WOW64_64KEY, &raw mut key) };
        (error == ERROR_SUCCESS).then_some(Self(key))
    }

    /// A value as it is stored, and its kind.
    fn value(&self, name: &str) -> Option<(u32, Vec<u8>)> {
        let name = wide(name);
        let (mut kind, mut size) = (0, MAX_VALUE);
        let mut bytes = vec![0_u8; MAX_VALUE as usize];
        // SAFETY: the name ends in a zero; the buffer is as long as said.
        let error = unsafe {
            RegQueryValueExW(self.0, name.as_ptr(), null(), &raw mut kind, bytes.as_mut_ptr(), &raw mut size)
        };
        bytes.truncate(usize::try_from(size).ok()?);
        (error == ERROR_SUCCESS).then_some((kind, bytes))
    }

    pub(super) fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.value(name).map(|(_, bytes)| bytes)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.texts(name)?.into_iter().next().filter(|text| !text.is_empty())
    }

    /// All texts of a value that is a list; one of a value that is a text.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let (kind, bytes) = self.value(name)?;
        if !matches!(kind, REG_SZ | REG_EXPAND_SZ | REG_MULTI_SZ) {
            return None;
        }
        let units: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let texts = units.split(|unit| *unit == 0).filter(|text| !text.is_empty());
        Some(texts.map(|text| String::from_utf16_lossy(text).trim().to_owned()).collect())
    }

    pub(super) fn number(&self, name: &str) -> Option<u32> {
        let (kind, bytes) = self.value(name)?;
        (kind == REG_DWORD).then_some(u32::from_le_bytes(*bytes.first_chunk()?))
    }

    /// Names of the keys below.
    pub(super) fn keys(&self) -> Vec<String> {
        let mut names = Vec::new();
        for index in 0..MAX_KEYS {
            let mut name = [0_u16; 256];
            let mut length = 256;
            // SAFETY: the buffer is as long as said; nothing else is asked for.
            let error = unsafe {
                RegEnumKeyExW(
                    self.0,
                    index,
                    name.as_mut_ptr(),
                    &raw mut length,
                    null(),
                    null_mut(),
                    null_mut(),
                    null_mut(),
                )
            };
            if error != ERROR_SUCCESS {
                break;
            }
            names.push(String::from_utf16_lossy(&name[..usize::try_from(length).unwrap_or(0).min(256)]));
        }
        names
    }

    /// When the key was written last, in seconds since 1970.
    pub(super) fn written_at(&self) -> Option<i64> {
        let mut at = FILETIME { dwLowDateTime: 0, dwHighDateTime: 0 };
        // SAFETY: only the time is asked for, and it outlives the call.
        let error = unsafe {
            RegQueryInfoKeyW(
                self.0,
                null_mut(),
                null_mut(),
                null(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                &raw mut at,
            )
        };
        let steps = i64::from(at.dwHighDateTime) << 32 | i64::from(at.dwLowDateTime);
        (error == ERROR_SUCCESS).then(|| (steps - EPOCH) / 10_000_000)
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: the handle is this key's own.
        unsafe { RegCloseKey(self.0) };
    }
}
