//! The session process that the service starts on the desktop people see, with the rights of whoever sits there, and no other.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::ffi::OsString;
use std::io;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::path::Path;
use std::ptr::{null, null_mut};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use aval_transport::windows::{said, wide};
use windows_sys::Win32::Foundation::{HANDLE, WAIT_TIMEOUT};
use windows_sys::Win32::Security::{
    DuplicateTokenEx, SecurityIdentification, TOKEN_ADJUST_DEFAULT, TOKEN_ADJUST_SESSIONID,
    TOKEN_ASSIGN_PRIMARY, TOKEN_DUPLICATE, TOKEN_QUERY, TokenPrimary,
};
use windows_sys::Win32::System::Environment::{CreateEnvironmentBlock, DestroyEnvironmentBlock};
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
};
use windows_sys::Win32::System::RemoteDesktop::{
    WTS_SESSION_INFOW, WTSActive, WTSEnumerateSessionsW, WTSFreeMemory, WTSGetActiveConsoleSessionId,
    WTSQueryUserToken,
};
use windows_sys::Win32::System::Threading::{
    CREATE_NO_WINDOW, CREATE_SUSPENDED, CREATE_UNICODE_ENVIRONMENT, CreateProcessAsUserW,
    PROCESS_INFORMATION, ResumeThread, STARTUPINFOW, TerminateProcess, WaitForSingleObject,
};

use crate::ipc::Helper;

/// How often it is looked whether the process still runs. A change of sessions is told at once.
const BEAT: Duration = Duration::from_secs(2);
/// No session is on the machine's screen.
const NOBODY: u32 = u32::MAX;

/// A session process. Dropped, it ends, and all it started with it.
#[allow(dead_code, reason = "the job is held, not used")]
struct Running {
    session: u32,
    process: OwnedHandle,
    job: OwnedHandle,
}

/// Keeps one session process where people are, until the service ends.
pub(crate) fn keep(pipe: &Path, helper: &Helper, changed: &Receiver<()>) {
    let mut running: Option<Running> = None;
    loop {
        let found = person();
        let here = found.as_ref().map(|(session, _)| *session);
        if running.as_ref().is_some_and(|one| Some(one.session) != here || one.has_ended()) {
            helper.store(0, Ordering::SeqCst);
            running = None;
        }
        if let (None, Some((session, token))) = (&running, found) {
            match start(pipe, helper, session, &token) {
                Ok(started) => running = Some(started),
                Err(error) => tracing::warn!(session, %error, "the session process does not start"),
            }
        }
        if let Err(RecvTimeoutError::Disconnected) = changed.recv_timeout(BEAT) {
            return;
        }
    }
}

/// The session on the machine's own screen, or else one that somebody uses from afar; and its person's token.
fn person() -> Option<(u32, OwnedHandle)> {
    // SAFETY: no pointers.
    let console = unsafe { WTSGetActiveConsoleSessionId() };
    let first = Some(console).filter(|session| *session != NOBODY);
    first.into_iter().chain(active()).find_map(|session| Some((session, token_of(session).ok()?)))
}

/// Sessions in use.
fn active() -> Vec<u32> {
    let (mut list, mut count): (*mut WTS_SESSION_INFOW, u32) = (null_mut(), 0);
    // SAFETY: on success the list has that many entries and is ours to free.
    unsafe {
        if WTSEnumerateSessionsW(null_mut(), 0, 1, &raw mut list, &raw mut count) == 0 || list.is_null() {
            return Vec::new();
        }
        let entries = std::slice::from_raw_parts(list, usize::try_from(count).unwrap_or(0));
        let found = entries.iter().filter(|one| one.State == WTSActive).map(|one| one.SessionId).collect();
        WTSFreeMemory(list.cast());
        found
    }
}

/// What a process needs to be that person's. Only the system may ask.
fn token_of(session: u32) -> io::Result<OwnedHandle> {
    let (mut token, mut primary) = (null_mut(), null_mut());
    let rights =
        TOKEN_ASSIGN_PRIMARY | TOKEN_DUPLICATE | TOKEN_QUERY | TOKEN_ADJUST_DEFAULT | TOKEN_ADJUST_SESSIONID;
    // SAFETY: both pointers are to locals; what is handed out is owned at once.
    unsafe {
        said(WTSQueryUserToken(session, &raw mut token))?;
        let token = OwnedHandle::from_raw_handle(token);
        let kind = (SecurityIdentification, TokenPrimary);
        let token = token.as_raw_handle();
        said(DuplicateTokenEx(token, rights, null(), kind.0, kind.1, &raw mut primary))?;
        Ok(OwnedHandle::from_raw_handle(primary))
    }
}

/// Starts the process, and says which it is before it does anything.
fn start(pipe: &Path, helper: &Helper, session: u32, token: &OwnedHandle) -> io::Result<Running> {
    let program = std::env::current_exe()?;
    let mut command = OsString::from("\"");
    command.push(&program);
    command.push("\" session --socket ");
    command.push(pipe);
    let (program, mut command) = (wide(program.as_os_str()), wide(&command));
    let mut desktop = wide("winsta0\\default".as_ref());
    let about = STARTUPINFOW {
        cb: u32::try_from(size_of::<STARTUPINFOW>()).unwrap_or(0),
        lpDesktop: desktop.as_mut_ptr(),
        ..STARTUPINFOW::default()
    };
    let job = job()?;
    let environment = Environment::of(token.as_raw_handle())?;
    let mut made = PROCESS_INFORMATION::default();
    // SAFETY: every text ends with a zero and outlives the call, the command line may be written to, and what is made is owned at once.
    unsafe {
        said(CreateProcessAsUserW(
            token.as_raw_handle(),
            program.as_ptr(),
            command.as_mut_ptr(),
            null(),
            null(),
            0,
            CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT,
            environment.0,
            null(),
            &raw const about,
            &raw mut made,
        ))?;
        let (process, thread) =
            (OwnedHandle::from_raw_handle(made.hProcess), OwnedHandle::from_raw_handle(made.hThread));
        let running = Running { session, process, job };
        if let Err(error) = join(&running.job, running.process.as_raw_handle()) {
            TerminateProcess(running.process.as_raw_handle(), 1);
            return Err(error);
        }
        helper.store(made.dwProcessId, Ordering::SeqCst);
        ResumeThread(thread.as_raw_handle());
        tracing::info!(session, pid = made.dwProcessId, "the session process is started");
        Ok(running)
    }
}

/// Puts a process, and all that it starts from now on, into a group.
pub(crate) fn join(job: &OwnedHandle, process: HANDLE) -> io::Result<()> {
    // SAFETY: both handles are open.
    said(unsafe { AssignProcessToJobObject(job.as_raw_handle(), process) })
}

/// A group of processes that ends with its last handle: also when the service is killed.
pub(crate) fn job() -> io::Result<OwnedHandle> {
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    let size = u32::try_from(size_of_val(&limits)).unwrap_or(0);
    // SAFETY: the structure is as long as is said; the job is owned at once.
    unsafe {
        let job = CreateJobObjectW(null(), null());
        if job.is_null() {
            return Err(io::Error::last_os_error());
        }
        let job = OwnedHandle::from_raw_handle(job);
        let kind = JobObjectExtendedLimitInformation;
        said(SetInformationJobObject(job.as_raw_handle(), kind, (&raw const limits).cast(), size))?;
        Ok(job)
    }
}

impl Running {
    fn has_ended(&self) -> bool {
        // SAFETY: the handle is open.
        unsafe { WaitForSingleObject(self.process.as_raw_handle(), 0) != WAIT_TIMEOUT }
    }
}

/// A person's variables.
struct Environment(*mut core::ffi::c_void);

impl Environment {
    fn of(token: HANDLE) -> io::Result<Self> {
        let mut block = null_mut();
        // SAFETY: the token is open; on success the block is ours to destroy.
        said(unsafe { CreateEnvironmentBlock(&raw mut block, token, 0) })?;
        Ok(Self(block))
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        // SAFETY: made by its counterpart, destroyed once.
        unsafe { DestroyEnvironmentBlock(self.0) };
    }
}
