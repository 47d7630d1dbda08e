//! What the programs ask of Windows about who runs them and who may read their files: security identifiers and access lists.
//!
//! System calls take pointers; each is made in one small function here, with its buffer beside it.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

pub mod terminal;

use std::ffi::{OsStr, c_void};
use std::io;
use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::windows::io::{AsHandle, AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::path::{Path, PathBuf};
use std::ptr::null_mut;
use std::time::Duration;

use crate::access::{self, lets_others, private_list};
use windows_sys::Win32::Foundation::{HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSecurityDescriptorToStringSecurityDescriptorW, ConvertSidToStringSidW,
    ConvertStringSecurityDescriptorToSecurityDescriptorW, GetNamedSecurityInfoW, GetSecurityInfo,
    SDDL_REVISION_1, SE_FILE_OBJECT, SE_KERNEL_OBJECT,
};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GetTokenInformation, OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID,
    SetFileSecurityW, TOKEN_ELEVATION, TOKEN_MANDATORY_LABEL, TOKEN_QUERY, TOKEN_USER, TokenElevation,
    TokenIntegrityLevel, TokenUser,
};
use windows_sys::Win32::System::SystemInformation::GetTickCount64;
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, OpenProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION,
    QueryFullProcessImageNameW,
};

/// The system's own account (`LocalSystem`), as a string.
pub const SYSTEM: &str = access::SYSTEM;
/// The group of administrators.
pub const ADMINISTRATORS: &str = access::ADMINISTRATORS;
/// Longest path that Windows has, in UTF-16 units.
const LONGEST_PATH: usize = 32_768;

/// A security descriptor, owned.
#[derive(Debug)]
pub struct Descriptor(PSECURITY_DESCRIPTOR);

// SAFETY: it is memory that nobody else knows of and nobody changes.
unsafe impl Send for Descriptor {}
// SAFETY: as above.
unsafe impl Sync for Descriptor {}

impl Descriptor {
    /// From its text (Security Descriptor Definition Language).
    ///
    /// # Errors
    /// The system's: it is no such text.
    pub fn parse(sddl: &str) -> io::Result<Self> {
        let text = wide(OsStr::new(sddl));
        let mut made = null_mut();
        // SAFETY: the text ends with a zero; on success `made` is memory for us to free.
        let done = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut made,
                null_mut(),
            )
        };
        said(done)?;
        Ok(Self(made))
    }

    /// For calls that take a pointer; it lives as long as this.
    pub fn as_ptr(&self) -> *mut c_void {
        self.0
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the system allocated it with LocalAlloc, and nobody frees it but us.
        unsafe { LocalFree(self.0) };
    }
}

/// How long the machine has been up, sleep included. A shutdown that Windows makes a deep sleep of (fast startup) goes on counting, a
/// restart begins anew.
pub fn up() -> Duration {
    // SAFETY: no argument.
    Duration::from_millis(unsafe { GetTickCount64() })
}

/// The account that this process runs as.
///
/// # Errors
/// The system's.
pub fn own_sid() -> io::Result<String> {
    // SAFETY: a pseudo-handle that needs no closing.
    user_of(unsafe { GetCurrentProcess() })
}

/// Whether this process runs as the system or with an administrator's full rights: what root is elsewhere.
pub fn is_administrator() -> bool {
    // SAFETY: a pseudo-handle that needs no closing.
    let Ok(token) = token_of(unsafe { GetCurrentProcess() }) else { return false };
    let mut elevation = TOKEN_ELEVATION { TokenIsElevated: 0 };
    let mut length = 0;
    let size = u32::try_from(size_of::<TOKEN_ELEVATION>()).unwrap_or(0);
    // SAFETY: the buffer is as long as is said.
    let done = unsafe {
        GetTokenInformation(
            token.as_raw_handle(),
            TokenElevation,
            (&raw mut elevation).cast(),
            size,
            &raw mut length,
        )
    };
    done != 0 && elevation.TokenIsElevated != 0
}

/// The account that a process runs as.
///
/// # Errors
/// The system's: there is no such process, or this one may not ask.
pub fn sid_of_process(pid: u32) -> io::Result<String> {
    user_of(opened(pid)?.as_raw_handle())
}

/// How much the system trusts a process (its integrity level, as the last part of an `S-1-16-…`): windows keep input from below away.
///
/// # Errors
/// As [`sid_of_process`]; a process above this one is often not told of at all.
pub fn integrity_of_process(pid: u32) -> io::Result<u32> {
    let token = token_of(opened(pid)?.as_raw_handle())?;
    let mut label = [0_u64; 16];
    let mut length = 0;
    let size = u32::try_from(size_of_val(&label)).unwrap_or(0);
    // SAFETY: the buffer is as long as is said, and aligned for what it will hold.
    said(unsafe {
        GetTokenInformation(
            token.as_raw_handle(),
            TokenIntegrityLevel,
            label.as_mut_ptr().cast(),
            size,
            &raw mut length,
        )
    })?;
    // SAFETY: the call filled in a TOKEN_MANDATORY_LABEL, whose identifier lies in the same buffer.
    let text = sid_text(unsafe { (*label.as_ptr().cast::<TOKEN_MANDATORY_LABEL>()).Label.Sid })?;
    text.rsplit('-')
        .next()
        .and_then(|level| level.parse().ok())
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// The program file that a process runs.
///
/// # Errors
/// As [`sid_of_process`].
pub fn program_of_process(pid: u32) -> io::Result<PathBuf> {
    let process = opened(pid)?;
    let mut path = vec![0_u16; LONGEST_PATH];
    let mut length = u32::try_from(path.len()).unwrap_or(0);
    // SAFETY: the buffer is as long as is said.
    let done =
        unsafe { QueryFullProcessImageNameW(process.as_raw_handle(), 0, path.as_mut_ptr(), &raw mut length) };
    said(done)?;
    path.truncate(usize::try_from(length).unwrap_or(0));
    Ok(std::ffi::OsString::from_wide(&path).into())
}

/// The account that owns a kernel object; whoever makes one cannot name another account than its own.
///
/// # Errors
/// The system's.
pub fn owner_of(object: &impl AsHandle) -> io::Result<String> {
    let (mut owner, mut whole) = (null_mut(), null_mut());
    // SAFETY: the handle is open; on success both point into memory for us to free.
    let error = unsafe {
        GetSecurityInfo(
            object.as_handle().as_raw_handle(),
            SE_KERNEL_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &raw mut owner,
            null_mut(),
            null_mut(),
            null_mut(),
            &raw mut whole,
        )
    };
    refused(error)?;
    let _freed = Descriptor(whole);
    sid_text(owner)
}

/// Leaves a file or a folder to its owner, the system and the administrators; a folder's contents too.
///
/// # Errors
/// The system's.
pub fn make_private(path: &Path) -> io::Result<()> {
    let descriptor = Descriptor::parse(&private_list(&own_sid()?, path.is_dir()))?;
    let name = wide(path.as_os_str());
    // SAFETY: the name ends with a zero, the descriptor outlives the call.
    said(unsafe { SetFileSecurityW(name.as_ptr(), DACL_SECURITY_INFORMATION, descriptor.as_ptr()) })
}

/// Whether anybody but its owner, the system and the administrators may read a file.
///
/// # Errors
/// The system's.
pub fn is_exposed(path: &Path) -> io::Result<bool> {
    let name = wide(path.as_os_str());
    let mut whole = null_mut();
    // SAFETY: the name ends with a zero; on success `whole` is memory for us to free.
    let error = unsafe {
        GetNamedSecurityInfoW(
            name.as_ptr(),
            SE_FILE_OBJECT,
            DACL_SECURITY_INFORMATION,
            null_mut(),
            null_mut(),
            null_mut(),
            null_mut(),
            &raw mut whole,
        )
    };
    refused(error)?;
    let descriptor = Descriptor(whole);
    let mut text = null_mut();
    // SAFETY: the descriptor is whole; on success `text` is memory for us to free.
    said(unsafe {
        ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor.as_ptr(),
            SDDL_REVISION_1,
            DACL_SECURITY_INFORMATION,
            &raw mut text,
            null_mut(),
        )
    })?;
    Ok(lets_others(&taken(text), &own_sid()?))
}

fn opened(pid: u32) -> io::Result<OwnedHandle> {
    // SAFETY: no pointer is passed.
    let process = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) };
    if process.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it is open and ours.
    Ok(unsafe { OwnedHandle::from_raw_handle(process) })
}

fn token_of(process: HANDLE) -> io::Result<OwnedHandle> {
    let mut token = null_mut();
    // SAFETY: the process is open while this runs; on success the token is ours.
    said(unsafe { OpenProcessToken(process, TOKEN_QUERY, &raw mut token) })?;
    // SAFETY: as above.
    Ok(unsafe { OwnedHandle::from_raw_handle(token) })
}

fn user_of(process: HANDLE) -> io::Result<String> {
    let token = token_of(process)?;
    // TOKEN_USER and its identifier of at most 68 bytes, on its own alignment.
    let mut user = [0_u64; 16];
    let mut length = 0;
    let size = u32::try_from(size_of_val(&user)).unwrap_or(0);
    // SAFETY: the buffer is as long as is said, and aligned for what it will hold.
    said(unsafe {
        GetTokenInformation(token.as_raw_handle(), TokenUser, user.as_mut_ptr().cast(), size, &raw mut length)
    })?;
    // SAFETY: the call filled in a TOKEN_USER, whose identifier lies in the same buffer.
    sid_text(unsafe { (*user.as_ptr().cast::<TOKEN_USER>()).User.Sid })
}

fn sid_text(sid: PSID) -> io::Result<String> {
    let mut text = null_mut();
    // SAFETY: the caller has a whole identifier; on success `text` is memory for us to free.
    said(unsafe { ConvertSidToStringSidW(sid, &raw mut text) })?;
    Ok(taken(text))
}

/// A text of the system's, copied and freed.
fn taken(text: *mut u16) -> String {
    let mut length = 0;
    // SAFETY: the system ends it with a zero.
    while unsafe { *text.add(length) } != 0 {
        length += 1;
    }
    // SAFETY: so many units are there.
    let copy = String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(text, length) });
    // SAFETY: it was allocated with LocalAlloc for us.
    unsafe { LocalFree(text.cast()) };
    copy
}

/// A text as the system's calls take it: UTF-16, with a zero at its end.
pub fn wide(text: &OsStr) -> Vec<u16> {
    text.encode_wide().chain(Some(0)).collect()
}

/// The result of a call that says 0 for failure and why by `GetLastError`.
///
/// # Errors
/// The system's.
pub fn said(done: i32) -> io::Result<()> {
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// The result of a call that returns what went wrong.
fn refused(error: u32) -> io::Result<()> {
    if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error.cast_signed())) }
}
