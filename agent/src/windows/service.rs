//! The agent as a service of Windows: registered, started and stopped by the service control manager, told when sessions change.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::ffi::{OsStr, OsString, c_void};
use std::io;
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
    ChangeServiceConfig2W, CloseServiceHandle, ControlService, CreateServiceW, DeleteService, OpenSCManagerW,
    OpenServiceW, QueryServiceStatus, RegisterServiceCtrlHandlerExW, SC_ACTION, SC_ACTION_RESTART, SC_HANDLE,
    SC_MANAGER_CONNECT, SC_MANAGER_CREATE_SERVICE, SERVICE_ACCEPT_SESSIONCHANGE, SERVICE_ACCEPT_SHUTDOWN,
    SERVICE_ACCEPT_STOP, SERVICE_ALL_ACCESS, SERVICE_AUTO_START, SERVICE_CONFIG_DESCRIPTION,
    SERVICE_CONFIG_FAILURE_ACTIONS, SERVICE_CONTROL_INTERROGATE, SERVICE_CONTROL_SESSIONCHANGE,
    SERVICE_CONTROL_SHUTDOWN, SERVICE_CONTROL_STOP, SERVICE_DESCRIPTIONW, SERVICE_ERROR_NORMAL,
    SERVICE_FAILURE_ACTIONSW, SERVICE_RUNNING, SERVICE_START_PENDING, SERVICE_STATUS, SERVICE_STOP_PENDING,
    SERVICE_STOPPED, SERVICE_TABLE_ENTRYW, SERVICE_WIN32_OWN_PROCESS, SetServiceStatus,
    StartServiceCtrlDispatcherW, StartServiceW,
};

/// The service's name.
const NAME: &str = "aval-agent";
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

static WORK: Mutex<Option<Work>> = Mutex::new(None);
static CONTROL: OnceLock<Control> = OnceLock::new();

/// What the manager's calls have at hand.
struct Control {
    stop: Mutex<Option<oneshot::Sender<()>>>,
    sessions: SyncSender<()>,
    status: OnceLock<usize>,
}

/// Does the service's work under the manager, if that started this process; returns after it. `false`: a person started it.
pub(crate) fn dispatch(work: impl FnOnce(Told) -> u8 + Send + 'static) -> io::Result<bool> {
    *WORK.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(work));
    let mut name = wide(OsStr::new(NAME));
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
    let Some(work) = WORK.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
    let (stop, stopped) = oneshot::channel();
    // One word that waits is enough: whoever reads it looks how things are.
    let (sessions, changed) = sync_channel(1);
    let control = Control { stop: Mutex::new(Some(stop)), sessions, status: OnceLock::new() };
    if CONTROL.set(control).is_err() {
        return;
    }
    let name = wide(OsStr::new(NAME));
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
    let (name, shown) = (wide(OsStr::new(NAME)), wide(OsStr::new(display)));
    let command = wide(&command);
    // SAFETY: all texts end with a zero; no account named means the system's own.
    let made = unsafe {
        CreateServiceW(
            manager.0,
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
    let service = match Handle::of(made) {
        // As an update finds it.
        // SAFETY: the name ends with a zero.
        Err(error) if is(&error, ERROR_SERVICE_EXISTS) => {
            Handle::of(unsafe { OpenServiceW(manager.0, name.as_ptr(), SERVICE_ALL_ACCESS) })?
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
    // SAFETY: no arguments.
    match said(unsafe { StartServiceW(service.0, 0, null()) }) {
        Err(error) if !is(&error, ERROR_SERVICE_ALREADY_RUNNING) => Err(error),
        _ => Ok(()),
    }
}

/// Stops the service and removes it.
pub(crate) fn uninstall() -> io::Result<()> {
    let manager = Handle::manager(SC_MANAGER_CONNECT)?;
    let name = wide(OsStr::new(NAME));
    // SAFETY: the name ends with a zero.
    let service = Handle::of(unsafe { OpenServiceW(manager.0, name.as_ptr(), SERVICE_ALL_ACCESS) })?;
    let mut status = SERVICE_STATUS::default();
    // SAFETY: the pointer is to a local.
    match said(unsafe { ControlService(service.0, SERVICE_CONTROL_STOP, &raw mut status) }) {
        Err(error) if !is(&error, ERROR_SERVICE_NOT_ACTIVE) => return Err(error),
        _ => {}
    }
    for _ in 0..STOPPING {
        // SAFETY: the pointer is to a local.
        said(unsafe { QueryServiceStatus(service.0, &raw mut status) })?;
        if status.dwCurrentState == SERVICE_STOPPED {
            break;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    // SAFETY: no pointers. It is gone when its last handle is closed.
    said(unsafe { DeleteService(service.0) })
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
