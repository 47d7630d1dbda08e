//! The low-level hooks: which input a person's device made, and which a program injected. On a thread of their own, because the whole
//! desktop waits for their answer; the system delivers an event only after it.
#![allow(unsafe_code, reason = "Windows is called here; what a hook is given lives as long as its call")]

use std::cell::RefCell;
use std::ptr::null_mut;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::bail;
use windows_sys::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::UI::Input::KeyboardAndMouse::{
    MOD_CONTROL, MOD_NOREPEAT, MOD_SHIFT, RegisterHotKey, VK_F10, VK_F11, VK_F12,
};
use windows_sys::Win32::UI::Input::{IMO_HARDWARE, IMO_INJECTED, INPUT_MESSAGE_SOURCE};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CallNextHookEx, DispatchMessageW, GA_ROOT, GetAncestor, GetCursorPos, GetForegroundWindow, GetMessageW,
    HHOOK, KBDLLHOOKSTRUCT, LLKHF_INJECTED, LLKHF_LOWER_IL_INJECTED, LLMHF_INJECTED, LLMHF_LOWER_IL_INJECTED,
    MSG, MSLLHOOKSTRUCT, PostMessageW, SetTimer, SetWindowsHookExW, UnhookWindowsHookEx, WH_KEYBOARD_LL,
    WH_MOUSE_LL, WM_APP, WM_KEYDOWN, WM_LBUTTONDOWN, WM_LBUTTONUP, WM_MBUTTONDOWN, WM_MBUTTONUP,
    WM_MOUSEMOVE, WM_RBUTTONDOWN, WM_RBUTTONUP, WM_SYSKEYDOWN, WM_TIMER, WindowFromPoint,
};

use super::call::{Window, optional, point};
use crate::clock::now;
use crate::hands::{Hand, Source};
use crate::strokes::{Click, Hotkey, Key, Strokes};

/// The system takes a hook away that answered too late, and tells nobody; so they are set anew that often.
const ANEW_MS: u32 = 10_000;
/// To the window: a person hit a hotkey.
pub(super) const HOTKEY_HIT: u32 = WM_APP + 1;

/// All input of this desktop, as long as the program lives.
#[derive(Clone, Debug)]
pub(super) struct Watch(Arc<Mutex<Strokes>>);

/// Where the message that is handled now came from, as far as the system says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    Hardware,
    Injected,
    /// Another program's message, or the system (before Windows 8) can't tell.
    Unknown,
}

thread_local! {
    /// What the hooks of this thread tell, and whose window it is.
    static HOOKED: RefCell<Option<(Watch, Window)>> = const { RefCell::new(None) };
}

// === impl Watch

impl Watch {
    /// Begins to watch for this window.
    pub(super) fn start(window: Window) -> anyhow::Result<Self> {
        let watch = Self(Arc::new(Mutex::new(Strokes::beginning_at(pointer()))));
        let (tell, set) = sync_channel(1);
        // A handle is a number: any thread may ask what it names.
        let (shared, handle) = (watch.clone(), window.handle() as usize);
        std::thread::spawn(move || {
            let window = Window::new(handle as HWND);
            HOOKED.with_borrow_mut(|hooked| *hooked = Some((shared, window)));
            let hooks = set_hooks();
            // Nobody listens only when the program ends.
            let _ = tell.send(hooks.is_some());
            if let Some(hooks) = hooks {
                serve(hooks);
            }
        });
        if set.recv() != Ok(true) {
            bail!("this system does not say which input is a person's, so nobody can be asked here");
        }
        Ok(watch)
    }

    pub(super) fn strokes(&self) -> MutexGuard<'_, Strokes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose action it is that a control reports now.
    pub(super) fn judge(&self, origin: Origin) -> Hand {
        let hand = self.strokes().judge(now());
        if origin == Origin::Injected { Hand::Program } else { hand }
    }

    /// Whether a person's own press is behind an action that only narrows. Deaf hooks must not be able to block it.
    pub(super) fn take_press(&self, origin: Origin) -> bool {
        self.strokes().take_press(now()) || origin == Origin::Hardware
    }

    /// When a program last made any input.
    pub(super) fn injected_at(&self) -> Option<Instant> {
        self.strokes().injected_at()
    }
}

/// Asks the system to tell this window of the hotkeys too: it hears them where hooks don't. Another program may have them already.
pub(super) fn register_hotkeys(window: Window) {
    for key in [VK_F10, VK_F11, VK_F12] {
        // SAFETY: no pointer.
        unsafe {
            RegisterHotKey(window.handle(), key.into(), MOD_CONTROL | MOD_SHIFT | MOD_NOREPEAT, key.into())
        };
    }
}

/// Which hotkey the system tells of.
pub(super) fn registered(id: WPARAM) -> Option<Hotkey> {
    crate::strokes::hotkey(u32::try_from(id).ok()?)
}

/// Where the message that is handled now came from.
pub(super) fn origin() -> Origin {
    let Some(f) = optional(c"user32.dll", c"GetCurrentInputMessageSource") else { return Origin::Unknown };
    // SAFETY: the function of that name takes a pointer to this structure (winuser.h).
    let f: unsafe extern "system" fn(*mut INPUT_MESSAGE_SOURCE) -> i32 = unsafe { std::mem::transmute(f) };
    let mut source = INPUT_MESSAGE_SOURCE::default();
    // SAFETY: the structure outlives the call.
    match (unsafe { f(&raw mut source) }, source.originId) {
        (1.., IMO_HARDWARE) => Origin::Hardware,
        (1.., IMO_INJECTED) => Origin::Injected,
        _ => Origin::Unknown,
    }
}

fn pointer() -> (i32, i32) {
    let mut at = point((0, 0));
    // SAFETY: the point outlives the call.
    unsafe { GetCursorPos(&raw mut at) };
    (at.x, at.y)
}

fn set_hooks() -> Option<[HHOOK; 2]> {
    // SAFETY: the functions are this program's own, for as long as it runs.
    let hooks = unsafe {
        let own = GetModuleHandleW(std::ptr::null());
        [
            SetWindowsHookExW(WH_KEYBOARD_LL, Some(on_key), own, 0),
            SetWindowsHookExW(WH_MOUSE_LL, Some(on_mouse), own, 0),
        ]
    };
    hooks.iter().all(|hook| !hook.is_null()).then_some(hooks)
}

/// Lets the hooks be called until the program ends.
fn serve(mut hooks: [HHOOK; 2]) {
    // SAFETY: the message outlives each call; the hooks are this thread's.
    unsafe {
        SetTimer(null_mut(), 1, ANEW_MS, None);
        let mut message: MSG = std::mem::zeroed();
        while GetMessageW(&raw mut message, null_mut(), 0, 0) > 0 {
            if message.message == WM_TIMER
                && let Some(newer) = set_hooks()
            {
                for hook in std::mem::replace(&mut hooks, newer) {
                    UnhookWindowsHookEx(hook);
                }
            }
            DispatchMessageW(&raw const message);
        }
    }
}

fn told(f: impl FnOnce(&mut Strokes, Window) -> bool) -> bool {
    HOOKED
        .with_borrow(|hooked| hooked.as_ref().is_some_and(|(watch, window)| f(&mut watch.strokes(), *window)))
}

unsafe extern "system" fn on_key(code: i32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    if code >= 0 {
        // SAFETY: that is what the system gives a keyboard hook.
        let event = unsafe { *(lparam as *const KBDLLHOOKSTRUCT) };
        let down = u32::try_from(wparam).is_ok_and(|m| m == WM_KEYDOWN || m == WM_SYSKEYDOWN);
        let source = source(event.flags & (LLKHF_INJECTED | LLKHF_LOWER_IL_INJECTED) != 0);
        let hotkey = told(|strokes, window| {
            // SAFETY: no pointer.
            let ours = unsafe { GetForegroundWindow() } == window.handle();
            let hotkey = strokes.key(now(), Key { code: event.vkCode, down, source, ours });
            if hotkey {
                // SAFETY: no pointer.
                unsafe { PostMessageW(window.handle(), HOTKEY_HIT, 0, 0) };
            }
            hotkey
        });
        if hotkey {
            return 1;
        }
    }
    // SAFETY: what came is passed on.
    unsafe { CallNextHookEx(null_mut(), code, wparam, lparam) }
}

unsafe extern "system" fn on_mouse(code: i32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    let button = match u32::try_from(wparam).unwrap_or(0) {
        WM_MOUSEMOVE => Some(None),
        WM_LBUTTONDOWN | WM_RBUTTONDOWN | WM_MBUTTONDOWN => Some(Some(true)),
        WM_LBUTTONUP | WM_RBUTTONUP | WM_MBUTTONUP => Some(Some(false)),
        _ => None,
    };
    if code >= 0
        && let Some(button) = button
    {
        // SAFETY: that is what the system gives a mouse hook.
        let event = unsafe { *(lparam as *const MSLLHOOKSTRUCT) };
        let source = source(event.flags & (LLMHF_INJECTED | LLMHF_LOWER_IL_INJECTED) != 0);
        told(|strokes, window| {
            let at = (event.pt.x, event.pt.y);
            // SAFETY: no pointer.
            let ours = button.is_some()
                && unsafe { GetAncestor(WindowFromPoint(point(at)), GA_ROOT) } == window.handle();
            strokes.mouse(now(), Click { button, source, ours, at });
            false
        });
    }
    // SAFETY: what came is passed on.
    unsafe { CallNextHookEx(null_mut(), code, wparam, lparam) }
}

const fn source(injected: bool) -> Source {
    if injected { Source::Program } else { Source::Person }
}
