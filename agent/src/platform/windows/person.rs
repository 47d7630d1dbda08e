//! The person's own hands, heard by the low-level hooks: each event passes here before any window has it, and says whether a program made it.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use std::cell::RefCell;
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

use aval_transport::Clock;
use windows_sys::Win32::Foundation::{LPARAM, LRESULT, WPARAM};
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CallNextHookEx, DispatchMessageW, HC_ACTION, HHOOK, KBDLLHOOKSTRUCT, LLKHF_INJECTED,
    LLKHF_LOWER_IL_INJECTED, LLKHF_UP, LLMHF_INJECTED, LLMHF_LOWER_IL_INJECTED, MSG, MSLLHOOKSTRUCT,
    MsgWaitForMultipleObjects, PM_REMOVE, PeekMessageW, QS_ALLINPUT, SetWindowsHookExW, UnhookWindowsHookEx,
    WH_KEYBOARD_LL, WH_MOUSE_LL, WM_MOUSEMOVE,
};

use super::super::{InputError, OpenError, PersonHands};
use super::rules::acts::Acts;

/// The system takes a hook away that answered too late, and tells nobody; so they are set anew that often.
const ANEW: Duration = Duration::from_secs(10);

/// The hooks of one thread: they are called while it waits, and only then.
pub(super) struct Person {
    hooks: Hooks,
    set: Instant,
    clock: Clock,
}

/// Two hooks, until dropped. A hook's name may go to any thread; it is the thread that set it that is called.
struct Hooks([usize; 2]);

/// What this thread's hooks have heard.
#[derive(Default)]
struct Heard {
    acts: Acts,
    person: bool,
}

thread_local! {
    static HEARD: RefCell<Heard> = RefCell::default();
}

impl Person {
    /// Begins to listen, on the thread that is going to wait.
    pub(super) fn open() -> Result<Self, OpenError> {
        let clock = Clock::system();
        Ok(Self { hooks: Hooks::set()?, set: clock.monotonic(), clock })
    }
}

impl PersonHands for Person {
    fn wait(&mut self, timeout: Duration) -> Result<bool, InputError> {
        let now = self.clock.monotonic();
        if now - self.set >= ANEW {
            // The old ones are let go once the new ones hear. What was held, and where the pointer was, stays known.
            self.hooks = Hooks::set().map_err(|error| InputError::Refused(error.to_string()))?;
            self.set = now;
        }
        let timeout = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX);
        let mut message = MSG::default();
        // SAFETY: no handle is waited for; the message outlives each call. The hooks are called by the second one.
        unsafe {
            MsgWaitForMultipleObjects(0, null(), 0, timeout, QS_ALLINPUT);
            while PeekMessageW(&raw mut message, null_mut(), 0, 0, PM_REMOVE) != 0 {
                DispatchMessageW(&raw const message);
            }
        }
        Ok(HEARD.with_borrow_mut(|heard| std::mem::take(&mut heard.person)))
    }
}

impl Hooks {
    fn set() -> Result<Self, OpenError> {
        // SAFETY: the functions are this program's own, for as long as it runs.
        let hooks = unsafe {
            let own = GetModuleHandleW(null());
            [
                SetWindowsHookExW(WH_KEYBOARD_LL, Some(on_key), own, 0),
                SetWindowsHookExW(WH_MOUSE_LL, Some(on_mouse), own, 0),
            ]
        };
        let reason = std::io::Error::last_os_error().to_string();
        let set = Self(hooks.map(|hook| hook as usize));
        if set.0.contains(&0) {
            return Err(OpenError::Unreachable { display: "Windows".to_owned(), reason });
        }
        Ok(set)
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        for hook in self.0.into_iter().filter(|hook| *hook != 0) {
            // SAFETY: it is ours, and no pointer is followed.
            unsafe { UnhookWindowsHookEx(hook as HHOOK) };
        }
    }
}

fn hear(of: impl FnOnce(&mut Acts) -> bool) {
    HEARD.with_borrow_mut(|heard| heard.person |= of(&mut heard.acts));
}

unsafe extern "system" fn on_key(code: i32, what: WPARAM, event: LPARAM) -> LRESULT {
    if code == HC_ACTION.cast_signed() {
        // SAFETY: that is what the system gives a keyboard hook.
        let key = unsafe { *(event as *const KBDLLHOOKSTRUCT) };
        let injected = key.flags & (LLKHF_INJECTED | LLKHF_LOWER_IL_INJECTED) != 0;
        hear(|acts| acts.key(key.vkCode, key.flags & LLKHF_UP == 0, injected));
    }
    // SAFETY: what came is passed on.
    unsafe { CallNextHookEx(null_mut(), code, what, event) }
}

unsafe extern "system" fn on_mouse(code: i32, what: WPARAM, event: LPARAM) -> LRESULT {
    if code == HC_ACTION.cast_signed() {
        // SAFETY: that is what the system gives a mouse hook.
        let mouse = unsafe { *(event as *const MSLLHOOKSTRUCT) };
        let injected = mouse.flags & (LLMHF_INJECTED | LLMHF_LOWER_IL_INJECTED) != 0;
        let moved_only = u32::try_from(what) == Ok(WM_MOUSEMOVE);
        hear(|acts| acts.mouse(moved_only, (mouse.pt.x, mouse.pt.y), injected, mouse.dwExtraInfo));
    }
    // SAFETY: what came is passed on.
    unsafe { CallNextHookEx(null_mut(), code, what, event) }
}
