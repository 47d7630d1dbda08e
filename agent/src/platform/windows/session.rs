//! What Windows tells of the person's session – lock, sleep, switch, log-off – to a window that nobody sees, on a thread of its own. Of its
//! protected screens it tells nothing: the thread looks.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::cell::RefCell;
use std::ptr::{null, null_mut};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use windows_sys::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::System::RemoteDesktop::{
    NOTIFY_FOR_THIS_SESSION, WTS_CURRENT_SESSION, WTSFreeMemory, WTSINFOEXW, WTSQuerySessionInformationW,
    WTSRegisterSessionNotification, WTSSessionInfoEx,
};
use windows_sys::Win32::System::SystemInformation::GetTickCount64;
use windows_sys::Win32::System::WindowsProgramming::QueryUnbiasedInterruptTime;
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DefWindowProcW, DestroyWindow, DispatchMessageW, GetMessageW, MSG,
    PBT_APMRESUMEAUTOMATIC, PBT_APMSUSPEND, PostMessageW, PostQuitMessage, RegisterClassW, SetTimer,
    WM_CLOSE, WM_DESTROY, WM_ENDSESSION, WM_POWERBROADCAST, WM_TIMER, WM_WTSSESSION_CHANGE, WNDCLASSW,
    WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOCK, WTS_SESSION_LOGOFF, WTS_SESSION_UNLOCK,
};
use windows_sys::core::w;

use super::super::{OsEvent, OsLost, OsSession};
use super::system::is_shut_out;

/// Events that may wait.
const EVENTS: usize = 16;
/// Windows gives a program two seconds before it sleeps anyway.
const STOPPING: Duration = Duration::from_millis(1_900);
/// How often the desktop on the screen is looked at, in ms: well within the time that a session outlives a banner which is not seen.
const LOOK_MS: u32 = 250;
/// `WTS_SESSIONSTATE_LOCK`.
const LOCKED: i32 = 0;

/// The session, heard.
pub(super) struct Session {
    events: Receiver<OsEvent>,
    ready: SyncSender<()>,
    window: Window,
}

/// A window's name, which any thread may post to.
struct Window(usize);

/// What the window's thread has at hand when it is called.
struct Ear {
    events: SyncSender<OsEvent>,
    ready: Receiver<()>,
    /// For how long the machine has slept since it started, in ms, as it was before it slept.
    slept: u64,
    /// Whether a protected screen was told of.
    secure: bool,
}

thread_local! {
    static EAR: RefCell<Option<Ear>> = const { RefCell::new(None) };
}

impl Session {
    /// Starts listening.
    pub(super) fn open() -> Result<Self, OsLost> {
        let (tell, events) = sync_channel(EVENTS);
        let (ready, wait) = sync_channel(1);
        let (born, window) = sync_channel(1);
        std::thread::spawn(move || {
            let first = tell.clone();
            EAR.set(Some(Ear { events: tell, ready: wait, slept: slept(), secure: false }));
            let made = make();
            if made.is_ok() {
                // Said as it stands, and every change from now on.
                let _ = first.try_send(OsEvent::Locked(is_locked()));
            }
            let heard = made.is_ok();
            let _ = born.send(made);
            if heard {
                pump();
            }
            EAR.set(None);
        });
        let window = window.recv().map_err(|e| OsLost::Unreachable(e.to_string()))??;
        Ok(Self { events, ready, window })
    }
}

impl OsSession for Session {
    fn wait(&mut self) -> Result<OsEvent, OsLost> {
        self.events.recv().map_err(|_| OsLost::Unreachable("its window is gone".to_owned()))
    }

    fn ready(&mut self) {
        let _ = self.ready.try_send(());
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: posting to a window that is gone fails without harm.
        unsafe { PostMessageW(self.window.0 as HWND, WM_CLOSE, 0, 0) };
    }
}

/// A window that is never shown. Not a message-only one: those are not told of sleep and log-off.
fn make() -> Result<Window, OsLost> {
    let failed = || OsLost::Unreachable(std::io::Error::last_os_error().to_string());
    let class = w!("AvalSession");
    // SAFETY: all pointers are to constants or null; the procedure is this module's.
    unsafe {
        let module = GetModuleHandleW(null());
        let about = WNDCLASSW {
            lpfnWndProc: Some(told),
            hInstance: module,
            lpszClassName: class,
            ..WNDCLASSW::default()
        };
        // Once in this process is enough: a second time fails.
        RegisterClassW(&raw const about);
        let window = CreateWindowExW(0, class, class, 0, 0, 0, 0, 0, null_mut(), null_mut(), module, null());
        if window.is_null() {
            return Err(failed());
        }
        if WTSRegisterSessionNotification(window, NOTIFY_FOR_THIS_SESSION) == 0 {
            let error = failed();
            DestroyWindow(window);
            return Err(error);
        }
        // A timer that is refused leaves a protected screen to the banner, which then ends the session.
        SetTimer(window, 1, LOOK_MS, None);
        Ok(Window(window as usize))
    }
}

/// Hands messages to the window until it is closed.
fn pump() {
    let mut message = MSG::default();
    // SAFETY: the pointer is to a local.
    unsafe {
        while GetMessageW(&raw mut message, null_mut(), 0, 0) > 0 {
            DispatchMessageW(&raw const message);
        }
    }
}

unsafe extern "system" fn told(window: HWND, message: u32, what: WPARAM, more: LPARAM) -> LRESULT {
    let kind = u32::try_from(what).unwrap_or(u32::MAX);
    match message {
        WM_WTSSESSION_CHANGE => tell(of_session(kind)),
        WM_POWERBROADCAST if kind == PBT_APMSUSPEND => sleeps(),
        WM_POWERBROADCAST if kind == PBT_APMRESUMEAUTOMATIC => woke(),
        WM_TIMER => look(),
        WM_ENDSESSION if what != 0 => tell(Some(OsEvent::Left)),
        WM_DESTROY => {
            // SAFETY: no pointers.
            unsafe { PostQuitMessage(0) };
            return 0;
        }
        _ => {}
    }
    // SAFETY: what the system passed is handed on as it is.
    unsafe { DefWindowProcW(window, message, what, more) }
}

/// What a change of the session means here.
fn of_session(kind: u32) -> Option<OsEvent> {
    match kind {
        WTS_SESSION_LOCK => Some(OsEvent::Locked(true)),
        WTS_SESSION_UNLOCK => Some(OsEvent::Locked(false)),
        // Another person's session is on the screen, or nobody's.
        WTS_SESSION_LOGOFF | WTS_CONSOLE_DISCONNECT | WTS_REMOTE_DISCONNECT => Some(OsEvent::Left),
        _ => None,
    }
}

fn tell(event: Option<OsEvent>) {
    with_ear(|ear| {
        if let Some(event) = event {
            // Full means that nobody has listened for a while: then what stands is asked for again.
            let _ = ear.events.try_send(event);
        }
    });
}

/// What changed is told until there is room for it.
fn look() {
    let secure = is_shut_out();
    with_ear(|ear| {
        if secure != ear.secure && ear.events.try_send(OsEvent::Secure(secure)).is_ok() {
            ear.secure = secure;
        }
    });
}

/// Windows waits with its sleep for this to return.
fn sleeps() {
    with_ear(|ear| {
        ear.slept = slept();
        while ear.ready.try_recv().is_ok() {}
        if ear.events.try_send(OsEvent::Sleeps).is_ok() {
            let _ = ear.ready.recv_timeout(STOPPING);
        }
    });
}

fn woke() {
    with_ear(|ear| {
        let slept = Duration::from_millis(slept().saturating_sub(ear.slept));
        let _ = ear.events.try_send(OsEvent::Woke { slept });
    });
}

fn with_ear(act: impl FnOnce(&mut Ear)) {
    EAR.with_borrow_mut(|ear| {
        if let Some(ear) = ear {
            act(ear);
        }
    });
}

/// For how long the machine has slept since it started, in ms: what one of its clocks counted and the other did not.
fn slept() -> u64 {
    let mut awake = 0;
    // SAFETY: the pointer is to a local.
    unsafe {
        QueryUnbiasedInterruptTime(&raw mut awake);
        GetTickCount64().saturating_sub(awake / 10_000)
    }
}

/// Whether the session is locked now; where the system does not say, it is not.
fn is_locked() -> bool {
    let (mut found, mut bytes) = (null_mut(), 0);
    // SAFETY: on success `found` is memory of that many bytes, for us to free.
    unsafe {
        if WTSQuerySessionInformationW(
            null_mut(),
            WTS_CURRENT_SESSION,
            WTSSessionInfoEx,
            &raw mut found,
            &raw mut bytes,
        ) == 0
        {
            return false;
        }
        let whole = usize::try_from(bytes).is_ok_and(|bytes| bytes >= size_of::<WTSINFOEXW>());
        let info = found.cast::<WTSINFOEXW>();
        let locked = whole && (*info).Level == 1 && (*info).Data.WTSInfoExLevel1.SessionFlags == LOCKED;
        WTSFreeMemory(found.cast());
        locked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_is_not_on_the_screen_is_left() {
        assert_eq!(of_session(WTS_SESSION_LOCK), Some(OsEvent::Locked(true)));
        assert_eq!(of_session(WTS_SESSION_UNLOCK), Some(OsEvent::Locked(false)));
        assert_eq!(of_session(WTS_CONSOLE_DISCONNECT), Some(OsEvent::Left));
        assert_eq!(of_session(WTS_SESSION_LOGOFF), Some(OsEvent::Left));
        assert_eq!(of_session(0x20), None);
    }
}
