//! Named pipes: instances with an access list, who is at the other end, and which file a program is.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::windows::io::{AsRawHandle as _, BorrowedHandle, IntoRawHandle as _};
use std::path::Path;

use aval_transport::windows::{Descriptor, said, wide};
use tokio::net::windows::named_pipe::{NamedPipeClient, NamedPipeServer, ServerOptions};
use windows_sys::Win32::Foundation::ERROR_FILE_NOT_FOUND;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, FILE_FLAG_OVERLAPPED, GetFileInformationByHandle, SECURITY_IDENTIFICATION,
};
use windows_sys::Win32::System::Pipes::{GetNamedPipeClientProcessId, WaitNamedPipeW};

/// Opened so, a pipe can be awaited.
pub(crate) const OVERLAPPED: u32 = FILE_FLAG_OVERLAPPED;
/// Opened so, whoever serves may learn who connects, and not act in its name.
pub(crate) const IDENTIFICATION: u32 = SECURITY_IDENTIFICATION;
/// Bytes that may wait in each direction.
const BUFFER: u32 = 64 * 1024;

/// Another instance of a pipe, or its first: then nobody else may have one of that name.
pub(crate) fn instance(name: &str, security: &Descriptor, first: bool) -> io::Result<NamedPipeServer> {
    let mut attributes = SECURITY_ATTRIBUTES {
        nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or(0),
        lpSecurityDescriptor: security.as_ptr(),
        bInheritHandle: 0,
    };
    let mut options = ServerOptions::new();
    options
        .first_pipe_instance(first)
        .reject_remote_clients(true)
        .in_buffer_size(BUFFER)
        .out_buffer_size(BUFFER);
    // SAFETY: the attributes and the descriptor they point to outlive the call, which copies both.
    unsafe { options.create_with_security_attributes_raw(name, (&raw mut attributes).cast()) }
}

/// A pipe that was opened with [`OVERLAPPED`], for this tokio runtime.
pub(crate) fn client(file: File) -> io::Result<NamedPipeClient> {
    // SAFETY: the handle is open, of a pipe, for overlapped use, and from here on the client's alone.
    unsafe { NamedPipeClient::from_raw_handle(file.into_raw_handle()) }
}

/// The process at the other end of an instance.
pub(crate) fn client_pid(pipe: BorrowedHandle<'_>) -> io::Result<u32> {
    let mut pid = 0;
    // SAFETY: the handle is open.
    said(unsafe { GetNamedPipeClientProcessId(pipe.as_raw_handle(), &raw mut pid) })?;
    Ok(pid)
}

/// Whether somebody serves a pipe of that name. Takes none of its instances, as opening it would.
pub(crate) fn is_served(name: &Path) -> bool {
    let name = wide(OsStr::new(name));
    // SAFETY: the name ends with a zero.
    let free = unsafe { WaitNamedPipeW(name.as_ptr(), 1) } != 0;
    free || io::Error::last_os_error().raw_os_error() != Some(ERROR_FILE_NOT_FOUND.cast_signed())
}

/// What makes a file the one it is, whatever its name: its volume and its number there.
pub(crate) fn file_id(path: &Path) -> io::Result<(u32, u32, u32)> {
    let file = File::open(path)?;
    let mut found = BY_HANDLE_FILE_INFORMATION::default();
    // SAFETY: the handle is open.
    said(unsafe { GetFileInformationByHandle(file.as_raw_handle(), &raw mut found) })?;
    Ok((found.dwVolumeSerialNumber, found.nFileIndexHigh, found.nFileIndexLow))
}
