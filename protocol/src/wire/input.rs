//! The input lane: what the technician's hands do. By character where a character is meant, by key where a key is.

use serde::{Deserialize, Serialize};

use super::{Wire, codes};
use crate::id::Epoch;

/// How many parts a wheel's notch has, as in Linux' `REL_WHEEL_HI_RES` and Windows' `WHEEL_DELTA`: finer wheels send fewer.
pub const NOTCH: i16 = 120;

/// One event under one grant; void when the epoch is not the living one.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputUp {
    /// The grant it relies on.
    pub epoch: Epoch,
    /// What.
    pub event: InputEvent,
}

/// What the hands do.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputEvent {
    /// The pointer goes to a pixel of the screen.
    Move {
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
    },
    /// A mouse button.
    Button {
        /// Which.
        button: Button,
        /// Down or up.
        down: bool,
    },
    /// The wheel, in parts of a notch ([`NOTCH`]); positive is right and down.
    Wheel {
        /// Sideways.
        dx: i16,
        /// Up and down.
        dy: i16,
    },
    /// One character is typed, whatever the client's keyboard layout. While Control, Alt or Meta is held: the key that carries it.
    Char(char),
    /// A key that makes no character, or one of the numeric pad.
    Key {
        /// Which.
        key: Key,
        /// Down or up.
        down: bool,
    },
    /// Everything held is released.
    ReleaseAll,
}

codes::codes! {
    /// Mouse buttons.
    Button {
        /// The main one.
        Left = 1 "left",
        /// The wheel's.
        Middle = 2 "middle",
        /// The secondary one.
        Right = 3 "right",
    }
}

codes::codes! {
    /// Keys by their function, named as in the W3C UI Events `KeyboardEvent.code` and `key` values.
    Key {
        /// Enter.
        Enter = 1 "Enter",
        /// Tab.
        Tab = 2 "Tab",
        /// Backspace.
        Backspace = 3 "Backspace",
        /// Escape.
        Escape = 4 "Escape",
        /// Delete.
        Delete = 5 "Delete",
        /// Insert.
        Insert = 6 "Insert",
        /// Home.
        Home = 7 "Home",
        /// End.
        End = 8 "End",
        /// Page up.
        PageUp = 9 "PageUp",
        /// Page down.
        PageDown = 10 "PageDown",
        /// Left.
        ArrowLeft = 11 "ArrowLeft",
        /// Right.
        ArrowRight = 12 "ArrowRight",
        /// Up.
        ArrowUp = 13 "ArrowUp",
        /// Down.
        ArrowDown = 14 "ArrowDown",
        /// Left shift.
        ShiftLeft = 15 "ShiftLeft",
        /// Right shift.
        ShiftRight = 16 "ShiftRight",
        /// Left control.
        ControlLeft = 17 "ControlLeft",
        /// Right control.
        ControlRight = 18 "ControlRight",
        /// Left alt.
        AltLeft = 19 "AltLeft",
        /// Right alt, `AltGr` on French keyboards.
        AltRight = 20 "AltRight",
        /// Windows or super key.
        MetaLeft = 21 "MetaLeft",
        /// The menu key.
        ContextMenu = 22 "ContextMenu",
        /// Right Windows or super key.
        MetaRight = 23 "MetaRight",
        /// Caps lock.
        CapsLock = 24 "CapsLock",
        /// Num lock.
        NumLock = 25 "NumLock",
        /// Scroll lock.
        ScrollLock = 26 "ScrollLock",
        /// Print screen.
        PrintScreen = 27 "PrintScreen",
        /// Pause.
        Pause = 28 "Pause",
        /// F1.
        F1 = 31 "F1",
        /// F2.
        F2 = 32 "F2",
        /// F3.
        F3 = 33 "F3",
        /// F4.
        F4 = 34 "F4",
        /// F5.
        F5 = 35 "F5",
        /// F6.
        F6 = 36 "F6",
        /// F7.
        F7 = 37 "F7",
        /// F8.
        F8 = 38 "F8",
        /// F9.
        F9 = 39 "F9",
        /// F10.
        F10 = 40 "F10",
        /// F11.
        F11 = 41 "F11",
        /// F12.
        F12 = 42 "F12",
        /// F13.
        F13 = 43 "F13",
        /// F14.
        F14 = 44 "F14",
        /// F15.
        F15 = 45 "F15",
        /// F16.
        F16 = 46 "F16",
        /// F17.
        F17 = 47 "F17",
        /// F18.
        F18 = 48 "F18",
        /// F19.
        F19 = 49 "F19",
        /// F20.
        F20 = 50 "F20",
        /// F21.
        F21 = 51 "F21",
        /// F22.
        F22 = 52 "F22",
        /// F23.
        F23 = 53 "F23",
        /// F24.
        F24 = 54 "F24",
        /// 0 on the numeric pad.
        Numpad0 = 60 "Numpad0",
        /// 1 on the numeric pad.
        Numpad1 = 61 "Numpad1",
        /// 2 on the numeric pad.
        Numpad2 = 62 "Numpad2",
        /// 3 on the numeric pad.
        Numpad3 = 63 "Numpad3",
        /// 4 on the numeric pad.
        Numpad4 = 64 "Numpad4",
        /// 5 on the numeric pad.
        Numpad5 = 65 "Numpad5",
        /// 6 on the numeric pad.
        Numpad6 = 66 "Numpad6",
        /// 7 on the numeric pad.
        Numpad7 = 67 "Numpad7",
        /// 8 on the numeric pad.
        Numpad8 = 68 "Numpad8",
        /// 9 on the numeric pad.
        Numpad9 = 69 "Numpad9",
        /// The decimal mark on the numeric pad.
        NumpadDecimal = 70 "NumpadDecimal",
        /// Plus on the numeric pad.
        NumpadAdd = 71 "NumpadAdd",
        /// Minus on the numeric pad.
        NumpadSubtract = 72 "NumpadSubtract",
        /// Times on the numeric pad.
        NumpadMultiply = 73 "NumpadMultiply",
        /// Divided by on the numeric pad.
        NumpadDivide = 74 "NumpadDivide",
        /// Enter on the numeric pad.
        NumpadEnter = 75 "NumpadEnter",
        /// Equals on the numeric pad.
        NumpadEqual = 76 "NumpadEqual",
    }
}

// What is typed must not appear in any log, so `Debug` does not know it.
impl std::fmt::Debug for InputEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InputEvent(..)")
    }
}

impl std::fmt::Debug for InputUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InputUp").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

impl Wire for InputUp {
    const LIMIT: usize = 64;
}
