//! The agent as a service of Windows: registered, started and stopped by the service control manager, told when sessions change.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::ffi::{OsStr, OsString, c_void};
use std::io;
use std::os::windows::ffi::OsStringExt as _;
use std::ptr::{null, null_mut};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aval_transport::windows::{said, wide};
use tokio::sync::oneshot;
use windows_sys::Win32::Foundation::{
    ERROR_CALL_NOT_IMPLEMENTED, ERROR_FAILED_SERVICE_CONTROLLER_CONNECT, ERROR_SERVICE_ALREADY_RUNNING,
    ERROR_SERVICE_EXISTS, ERROR_SERVICE_NOT_ACTIVE, ERROR_SERVICE_SPECIFIC_ERROR, NO_ERROR,
};
use windows_sys::Win32::System::Services::{
    ChangeServiceConfig2W, ChangeServiceConfigW, CloseServiceHandle, ControlService, CreateServiceW,
    DeleteService, OpenSCManagerW, OpenServiceW, QUERY_SERVICE_CONFIGW, QueryServiceConfigW,
    QueryServiceStatus, RegisterServiceCtrlHandlerExW, SC_ACTION, SC_ACTION_RESTART, SC_HANDLE,
    SC_MANAGER_CONNECT, SC_MANAGER_CREATE_SERVICE, SERVICE_ACCEPT_SESSIONCHANGE, SERVICE_ACCEPT_SHUTDOWN,
    SERVICE_ACCEPT_STOP, SERVICE_ALL_ACCESS, SERVICE_AUTO_START, SERVICE_CONFIG_DESCRIPTION,
    SERVICE_CONFIG_FAILURE_ACTIONS, SERVICE_CONTROL_INTERROGATE, SERVICE_CONTROL_SESSIONCHANGE,
    SERVICE_CONTROL_SHUTDOWN, SERVICE_CONTROL_STOP, SERVICE_DESCRIPTIONW, SERVICE_ERROR_NORMAL,
    SERVICE_FAILURE_ACTIONSW, SERVICE_NO_CHANGE, SERVICE_RUNNING, SERVICE_START_PENDING, SERVICE_STATUS,
    SERVICE_STOP_PENDING, SERVICE_STOPPED, SERVICE_TABLE_ENTRYW, SERVICE_WIN32_OWN_PROCESS, SetServiceStatus,
    StartServiceCtrlDispatcherW, StartServiceW,
};

/// The service's name.
pub(crate) const NAME: &str = "aval-agent";
/// The name of the helper that changes its program, while there is one.
pub(crate) const HELPER: &str = "aval-agent-update";
/// After a crash it is started again after so long, in ms: the first time, the second, every other.
const AGAIN: [u32; 3] = [1_000, 5_000, 30_000];
/// A service that ran for so long counts as healthy again, in seconds.
const HEALTHY: u32 = 24 * 3600;
/// How long a stop is waited for.
const STOPPING: u32 = 20;

/// What the manager tells the running service.
#[derive(Debug)]
pub(crate) struct Told {
    /// Done when the service is to stop.
    pub(crate) stop: oneshot::Receiver<()>,
    /// Something came, went or was switched among the sessions of people.
    pub(crate) sessions: Receiver<()>,
}

/// The service's work; its exit code.
type Work = Box<dyn FnOnce(Told) -> u8 + Send>;

static WORK: Mutex<Option<(&str, Work)>> = Mutex::new(None);
static CONTROL: OnceLock<Control> = OnceLock::new();

/// What the manager's calls have at hand.
struct Control {
    stop: Mutex<Option<oneshot::Sender<()>>>,
    sessions: SyncSender<()>,
    status: OnceLock<usize>,
}

/// Does the service's work under the manager, if that started this process; returns after it. `false`: a person started it.
pub(crate) fn dispatch(
    name: &'static str,
    work: impl FnOnce(Told) -> u8 + Send + 'static,
) -> io::Result<bool> {
    *WORK.lock().unwrap_or_else(PoisonError::into_inner) = Some((name, Box::new(work)));
    let mut name = wide(OsStr::new(name));
    let table = [
        SERVICE_TABLE_ENTRYW { lpServiceName: name.as_mut_ptr(), lpServiceProc: Some(main) },
        SERVICE_TABLE_ENTRYW::default(),
    ];
    // SAFETY: the table ends with an empty entry and outlives the call, which returns when the service has stopped.
    match said(unsafe { StartServiceCtrlDispatcherW(table.as_ptr()) }) {
        Ok(()) => Ok(true),
        Err(error) if is(&error, ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) => Ok(false),
        Err(error) => Err(error),
    }
}

unsafe extern "system" fn main(_count: u32, _arguments: *mut *mut u16) {
    let Some((name, work)) = WORK.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
    let (stop, stopped) = oneshot::channel();
    // One word that waits is enough: whoever reads it looks how things are.
    let (sessions, changed) = sync_channel(1);
    let control = Control { stop: Mutex::new(Some(stop)), sessions, status: OnceLock::new() };
    if CONTROL.set(control).is_err() {
        return;
    }
    let name = wide(OsStr::new(name));
    // SAFETY: the name ends with a zero; the handler needs no context.
    let status = unsafe { RegisterServiceCtrlHandlerExW(name.as_ptr(), Some(handle), null()) };
    if status.is_null() {
        return;
    }
    if let Some(control) = CONTROL.get() {
        let _ = control.status.set(status as usize);
    }
    report(SERVICE_RUNNING, 0);
    let exit = work(Told { stop: stopped, sessions: changed });
    report(SERVICE_STOPPED, u32::from(exit));
}

unsafe extern "system" fn handle(control: u32, _kind: u32, _data: *mut c_void, _context: *mut c_void) -> u32 {
    let Some(known) = CONTROL.get() else { return NO_ERROR };
    match control {
        SERVICE_CONTROL_STOP | SERVICE_CONTROL_SHUTDOWN => {
            report(SERVICE_STOP_PENDING, 0);
            if let Some(stop) = known.stop.lock().unwrap_or_else(PoisonError::into_inner).take() {
                let _ = stop.send(());
            }
        }
        SERVICE_CONTROL_SESSIONCHANGE => {
            let _ = known.sessions.try_send(());
        }
        SERVICE_CONTROL_INTERROGATE => {}
        _ => return ERROR_CALL_NOT_IMPLEMENTED,
    }
    NO_ERROR
}

fn report(state: u32, exit: u32) {
    let Some(status) = CONTROL.get().and_then(|control| control.status.get()) else { return };
    let accepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_SESSIONCHANGE;
    let pending = state == SERVICE_STOP_PENDING || state == SERVICE_START_PENDING;
    let said = SERVICE_STATUS {
        dwServiceType: SERVICE_WIN32_OWN_PROCESS,
        dwCurrentState: state,
        dwControlsAccepted: if state == SERVICE_RUNNING { accepted } else { 0 },
        dwWin32ExitCode: if exit == 0 { NO_ERROR } else { ERROR_SERVICE_SPECIFIC_ERROR },
        dwServiceSpecificExitCode: exit,
        dwCheckPoint: u32::from(pending),
        dwWaitHint: if pending { STOPPING * 1_000 } else { 0 },
    };
    // SAFETY: the handle is the manager's, the structure whole.
    unsafe { SetServiceStatus(*status as *mut c_void, &raw const said) };
}

/// Registers this program as a service that starts with the machine, and starts it.
pub(crate) fn install(display: &str, description: &str) -> io::Result<()> {
    let manager = Handle::manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE)?;
    let mut command = OsString::from("\"");
    command.push(std::env::current_exe()?);
    command.push("\" service");
    let service = match manager.create(NAME, display, &command) {
        // As an update finds it.
        Err(error) if is(&error, ERROR_SERVICE_EXISTS) => {
            let service = opened(NAME)?;
            service.change(&command)?;
            service
        }
        made => made?,
    };
    let mut text = wide(OsStr::new(description));
    let about = SERVICE_DESCRIPTIONW { lpDescription: text.as_mut_ptr() };
    // SAFETY: the structure and its text outlive the call.
    said(unsafe { ChangeServiceConfig2W(service.0, SERVICE_CONFIG_DESCRIPTION, (&raw const about).cast()) })?;
    let mut actions = AGAIN.map(|delay| SC_ACTION { Type: SC_ACTION_RESTART, Delay: delay });
    let failing = SERVICE_FAILURE_ACTIONSW {
        dwResetPeriod: HEALTHY,
        cActions: u32::try_from(actions.len()).unwrap_or(0),
        lpsaActions: actions.as_mut_ptr(),
        ..SERVICE_FAILURE_ACTIONSW::default()
    };
    // SAFETY: as above.
    said(unsafe {
        ChangeServiceConfig2W(service.0, SERVICE_CONFIG_FAILURE_ACTIONS, (&raw const failing).cast())
    })?;
    service.start()
}

/// Stops the service and removes it, and the helper that was to change its program.
pub(crate) fn uninstall() -> io::Result<()> {
    if let Ok(helper) = opened(HELPER) {
        let _ = helper.stop();
        let _ = helper.delete();
    }
    let service = opened(NAME)?;
    service.stop()?;
    service.delete()
}

/// Registers the helper, which starts with the machine until it removes itself, and starts it.
pub(crate) fn install_helper(command: &OsStr) -> io::Result<()> {
    let manager = Handle::manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE)?;
    let helper = match manager.create(HELPER, HELPER, command) {
        // One of an earlier trial, whose work is done.
        Err(error) if is(&error, ERROR_SERVICE_EXISTS) => {
            let helper = opened(HELPER)?;
            helper.change(command)?;
            Ok(helper)
        }
        made => made,
    }?;
    helper.start()
}

/// Removes the helper; it is gone when its process has ended.
pub(crate) fn remove_helper() -> io::Result<()> {
    opened(HELPER)?.delete()
}

/// The service's command: program and arguments.
pub(crate) fn command() -> io::Result<OsString> {
    opened(NAME)?.command()
}

/// Lets the service run this command, from the next start on.
pub(crate) fn run_from_now_on(command: &OsStr) -> io::Result<()> {
    opened(NAME)?.change(command)
}

/// Whether the service runs, or is about to.
pub(crate) fn runs() -> io::Result<bool> {
    Ok(opened(NAME)?.state()? != SERVICE_STOPPED)
}

/// Starts the service.
pub(crate) fn start() -> io::Result<()> {
    opened(NAME)?.start()
}

/// Stops the service.
pub(crate) fn stop() -> io::Result<()> {
    opened(NAME)?.stop()
}

fn opened(name: &str) -> io::Result<Handle> {
    let manager = Handle::manager(SC_MANAGER_CONNECT)?;
    let name = wide(OsStr::new(name));
    // SAFETY: the name ends with a zero.
    Handle::of(unsafe { OpenServiceW(manager.0, name.as_ptr(), SERVICE_ALL_ACCESS) })
}

/// The manager, or a service, as long as it is open.
struct Handle(SC_HANDLE);

impl Handle {
    fn manager(access: u32) -> io::Result<Self> {
        // SAFETY: no names mean this machine and its only database.
        Self::of(unsafe { OpenSCManagerW(null(), null(), access) })
    }

    fn of(handle: SC_HANDLE) -> io::Result<Self> {
        if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(Self(handle)) }
    }

    /// Of the manager: a service of the system's own account that starts with the machine.
    fn create(&self, name: &str, display: &str, command: &OsStr) -> io::Result<Self> {
        let (name, shown) = (wide(OsStr::new(name)), wide(OsStr::new(display)));
        let command = wide(command);
        // SAFETY: all texts end with a zero; no account named means the system's own.
        let made = unsafe {
            CreateServiceW(
                self.0,
                name.as_ptr(),
                shown.as_ptr(),
                SERVICE_ALL_ACCESS,
                SERVICE_WIN32_OWN_PROCESS,
                SERVICE_AUTO_START,
                SERVICE_ERROR_NORMAL,
                command.as_ptr(),
                null(),
                null_mut(),
                null(),
                null(),
                null(),
            )
        };
        Self::of(made)
    }

    fn start(&self) -> io::Result<()> {
        // SAFETY: no arguments.
        match said(unsafe { StartServiceW(self.0, 0, null()) }) {
            Err(error) if !is(&error, ERROR_SERVICE_ALREADY_RUNNING) => Err(error),
            _ => Ok(()),
        }
    }

    fn state(&self) -> io::Result<u32> {
        let mut status = SERVICE_STATUS::default();
        // SAFETY: the pointer is to a local.
        said(unsafe { QueryServiceStatus(self.0, &raw mut status) })?;
        Ok(status.dwCurrentState)
    }

    /// Stops it, and waits for that.
    fn stop(&self) -> io::Result<()> {
        let mut status = SERVICE_STATUS::default();
        // SAFETY: the pointer is to a local.
        match said(unsafe { ControlService(self.0, SERVICE_CONTROL_STOP, &raw mut status) }) {
            Err(error) if !is(&error, ERROR_SERVICE_NOT_ACTIVE) => return Err(error),
            _ => {}
        }
        for _ in 0..STOPPING {
            if self.state()? == SERVICE_STOPPED {
                break;
            }
            std::thread::sleep(Duration::from_secs(1));
        }
        Ok(())
    }

    fn delete(&self) -> io::Result<()> {
        // SAFETY: no pointers. It is gone when its last handle is closed.
        said(unsafe { DeleteService(self.0) })
    }

    /// Its command, as the registry has it.
    fn command(&self) -> io::Result<OsString> {
        // A structure with texts behind it, of a length that the first call tells; u64 for its alignment.
        let mut needed = 0;
        // SAFETY: no buffer, of no length.
        unsafe { QueryServiceConfigW(self.0, null_mut(), 0, &raw mut needed) };
        let mut buffer = vec![0_u64; needed as usize / 8 + 1];
        let config = buffer.as_mut_ptr().cast::<QUERY_SERVICE_CONFIGW>();
        // SAFETY: the buffer is at least as long as is said.
        said(unsafe { QueryServiceConfigW(self.0, config, needed, &raw mut needed) })?;
        // SAFETY: the call filled the structure; the text lies in the buffer and ends with a zero.
        let text = unsafe {
            let start = (*config).lpBinaryPathName;
            let length = (0..).take_while(|at| *start.add(*at) != 0).count();
            std::slice::from_raw_parts(start, length)
        };
        Ok(OsString::from_wide(text))
    }

    /// Another command in the place of its own; all else stays.
    fn change(&self, command: &OsStr) -> io::Result<()> {
        let command = wide(command);
        // SAFETY: the text ends with a zero; what is null or SERVICE_NO_CHANGE stays as it is.
        said(unsafe {
            ChangeServiceConfigW(
                self.0,
                SERVICE_NO_CHANGE,
                SERVICE_NO_CHANGE,
                SERVICE_NO_CHANGE,
                command.as_ptr(),
                null(),
                null_mut(),
                null(),
                null(),
                null(),
                null(),
            )
        })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: it is open and ours.
        unsafe { CloseServiceHandle(self.0) };
    }
}

fn is(error: &io::Error, code: u32) -> bool {
    error.raw_os_error() == Some(code.cast_signed())
}
