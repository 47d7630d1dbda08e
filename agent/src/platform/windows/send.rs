//! The two calls that make input happen and read a layout: `SendInput`, `VkKeyScanEx`. Every event of ours carries a mark.
#![allow(unsafe_code, reason = "system calls of Windows; each states what it relies on")]

use windows_sys::Win32::UI::Input::KeyboardAndMouse::{
    INPUT, INPUT_0, INPUT_KEYBOARD, INPUT_MOUSE, KEYBDINPUT, KEYEVENTF_EXTENDEDKEY, KEYEVENTF_KEYUP,
    KEYEVENTF_UNICODE, MAPVK_VSC_TO_VK_EX, MOUSEEVENTF_ABSOLUTE, MOUSEEVENTF_HWHEEL, MOUSEEVENTF_LEFTDOWN,
    MOUSEEVENTF_LEFTUP, MOUSEEVENTF_MIDDLEDOWN, MOUSEEVENTF_MIDDLEUP, MOUSEEVENTF_MOVE,
    MOUSEEVENTF_RIGHTDOWN, MOUSEEVENTF_RIGHTUP, MOUSEEVENTF_VIRTUALDESK, MOUSEEVENTF_WHEEL, MOUSEINPUT,
    MapVirtualKeyExW, SendInput, VkKeyScanExW,
};

use super::rules::keys::Stroke;
use super::rules::strokes::{Event, Mouse};
use super::system;

/// What our events carry as their extra information: "Aval".
pub(super) const MARK: usize = 0x4176_616c;

/// A keyboard layout, by the system's name of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout(isize);

/// Does the events, with nothing of anybody else's in between. Where the system keeps them from their window it says so here at most:
/// they are dropped, as the picture shows.
pub(super) fn send(events: &[Event]) {
    let inputs: Vec<INPUT> = events.iter().map(|event| input(*event)).collect();
    let (Ok(count), Ok(size)) = (u32::try_from(inputs.len()), i32::try_from(size_of::<INPUT>())) else {
        return;
    };
    if count == 0 {
        return;
    }
    // SAFETY: so many whole structures are there.
    let done = unsafe { SendInput(count, inputs.as_ptr(), size) };
    if done != count {
        tracing::debug!(done, count, reason = "KEPT_OUT", "input events were dropped");
    }
}

fn input(event: Event) -> INPUT {
    match event {
        Event::Key { stroke, down } => {
            let extended = if stroke.extended { KEYEVENTF_EXTENDEDKEY } else { 0 };
            let up = if down { 0 } else { KEYEVENTF_KEYUP };
            keyboard(stroke.vk, stroke.scan, extended | up)
        }
        Event::Unit { unit, down } => {
            keyboard(0, unit, KEYEVENTF_UNICODE | if down { 0 } else { KEYEVENTF_KEYUP })
        }
        Event::Mouse(Mouse::Move { x, y }) => {
            mouse(x, y, 0, MOUSEEVENTF_MOVE | MOUSEEVENTF_ABSOLUTE | MOUSEEVENTF_VIRTUALDESK)
        }
        Event::Mouse(Mouse::Left(down)) => {
            mouse(0, 0, 0, if down { MOUSEEVENTF_LEFTDOWN } else { MOUSEEVENTF_LEFTUP })
        }
        Event::Mouse(Mouse::Middle(down)) => {
            mouse(0, 0, 0, if down { MOUSEEVENTF_MIDDLEDOWN } else { MOUSEEVENTF_MIDDLEUP })
        }
        Event::Mouse(Mouse::Right(down)) => {
            mouse(0, 0, 0, if down { MOUSEEVENTF_RIGHTDOWN } else { MOUSEEVENTF_RIGHTUP })
        }
        Event::Mouse(Mouse::Wheel(turn)) => mouse(0, 0, turn, MOUSEEVENTF_WHEEL),
        Event::Mouse(Mouse::Tilt(turn)) => mouse(0, 0, turn, MOUSEEVENTF_HWHEEL),
    }
}

fn keyboard(vk: u16, scan: u16, flags: u32) -> INPUT {
    let ki = KEYBDINPUT { wVk: vk, wScan: scan, dwFlags: flags, time: 0, dwExtraInfo: MARK };
    INPUT { r#type: INPUT_KEYBOARD, Anonymous: INPUT_0 { ki } }
}

fn mouse(dx: i32, dy: i32, turn: i32, flags: u32) -> INPUT {
    let mouse_data = turn.cast_unsigned();
    let mi = MOUSEINPUT { dx, dy, mouseData: mouse_data, dwFlags: flags, time: 0, dwExtraInfo: MARK };
    INPUT { r#type: INPUT_MOUSE, Anonymous: INPUT_0 { mi } }
}

// === impl Layout

impl Layout {
    /// Of the window in front.
    pub(super) fn in_front() -> Self {
        Self(system::layout())
    }

    /// The key that carries a character, and whether it needs Shift for it. A layout without Latin letters has them where a US
    /// keyboard does: programs know a shortcut by its letter.
    pub(super) fn carrier(&self, c: char) -> Option<(Stroke, bool)> {
        let c = c.to_lowercase().next()?;
        let mut units = [0; 2];
        let [unit] = c.encode_utf16(&mut units) else { return None };
        // SAFETY: no pointer is followed.
        let found = unsafe { VkKeyScanExW(*unit, self.0 as *mut _) };
        let [shifts, vk] = found.to_be_bytes();
        if found != -1 && shifts & !1 == 0 {
            return Some((self.of_vk(u16::from(vk)), shifts & 1 != 0));
        }
        c.is_ascii_alphabetic().then(|| (self.of_vk(u16::from(c.to_ascii_uppercase() as u8)), false))
    }

    /// A key by its place, with what the layout makes of it.
    pub(super) fn at(&self, stroke: Stroke) -> Stroke {
        // SAFETY: no pointer is followed.
        let vk = unsafe { MapVirtualKeyExW(u32::from(stroke.scan), MAPVK_VSC_TO_VK_EX, self.0 as *mut _) };
        Stroke { vk: u16::try_from(vk).unwrap_or(0), ..stroke }
    }

    fn of_vk(&self, vk: u16) -> Stroke {
        // SAFETY: no pointer is followed. 0 is MAPVK_VK_TO_VSC.
        let scan = unsafe { MapVirtualKeyExW(u32::from(vk), 0, self.0 as *mut _) };
        Stroke { vk, scan: u16::try_from(scan & 0xff).unwrap_or(0), extended: false }
    }
}
