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
    /// A key that makes no character, or one of the numeric pad; or any key by its position, for machines in the machine that read
    /// positions (virtual machines, consoles).
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
        /// By position: what a US keyboard has as Digit1.
        Digit1 = 100 "Digit1",
        /// By position: what a US keyboard has as Digit2.
        Digit2 = 101 "Digit2",
        /// By position: what a US keyboard has as Digit3.
        Digit3 = 102 "Digit3",
        /// By position: what a US keyboard has as Digit4.
        Digit4 = 103 "Digit4",
        /// By position: what a US keyboard has as Digit5.
        Digit5 = 104 "Digit5",
        /// By position: what a US keyboard has as Digit6.
        Digit6 = 105 "Digit6",
        /// By position: what a US keyboard has as Digit7.
        Digit7 = 106 "Digit7",
        /// By position: what a US keyboard has as Digit8.
        Digit8 = 107 "Digit8",
        /// By position: what a US keyboard has as Digit9.
        Digit9 = 108 "Digit9",
        /// By position: what a US keyboard has as Digit0.
        Digit0 = 109 "Digit0",
        /// By position: what a US keyboard has as Minus.
        Minus = 110 "Minus",
        /// By position: what a US keyboard has as Equal.
        Equal = 111 "Equal",
        /// By position: what a US keyboard has as KeyQ.
        KeyQ = 112 "KeyQ",
        /// By position: what a US keyboard has as KeyW.
        KeyW = 113 "KeyW",
        /// By position: what a US keyboard has as KeyE.
        KeyE = 114 "KeyE",
        /// By position: what a US keyboard has as KeyR.
        KeyR = 115 "KeyR",
        /// By position: what a US keyboard has as KeyT.
        KeyT = 116 "KeyT",
        /// By position: what a US keyboard has as KeyY.
        KeyY = 117 "KeyY",
        /// By position: what a US keyboard has as KeyU.
        KeyU = 118 "KeyU",
        /// By position: what a US keyboard has as KeyI.
        KeyI = 119 "KeyI",
        /// By position: what a US keyboard has as KeyO.
        KeyO = 120 "KeyO",
        /// By position: what a US keyboard has as KeyP.
        KeyP = 121 "KeyP",
        /// By position: what a US keyboard has as BracketLeft.
        BracketLeft = 122 "BracketLeft",
        /// By position: what a US keyboard has as BracketRight.
        BracketRight = 123 "BracketRight",
        /// By position: what a US keyboard has as KeyA.
        KeyA = 124 "KeyA",
        /// By position: what a US keyboard has as KeyS.
        KeyS = 125 "KeyS",
        /// By position: what a US keyboard has as KeyD.
        KeyD = 126 "KeyD",
        /// By position: what a US keyboard has as KeyF.
        KeyF = 127 "KeyF",
        /// By position: what a US keyboard has as KeyG.
        KeyG = 128 "KeyG",
        /// By position: what a US keyboard has as KeyH.
        KeyH = 129 "KeyH",
        /// By position: what a US keyboard has as KeyJ.
        KeyJ = 130 "KeyJ",
        /// By position: what a US keyboard has as KeyK.
        KeyK = 131 "KeyK",
        /// By position: what a US keyboard has as KeyL.
        KeyL = 132 "KeyL",
        /// By position: what a US keyboard has as Semicolon.
        Semicolon = 133 "Semicolon",
        /// By position: what a US keyboard has as Quote.
        Quote = 134 "Quote",
        /// By position: what a US keyboard has as Backquote.
        Backquote = 135 "Backquote",
        /// By position: what a US keyboard has as Backslash.
        Backslash = 136 "Backslash",
        /// By position: what a US keyboard has as KeyZ.
        KeyZ = 137 "KeyZ",
        /// By position: what a US keyboard has as KeyX.
        KeyX = 138 "KeyX",
        /// By position: what a US keyboard has as KeyC.
        KeyC = 139 "KeyC",
        /// By position: what a US keyboard has as KeyV.
        KeyV = 140 "KeyV",
        /// By position: what a US keyboard has as KeyB.
        KeyB = 141 "KeyB",
        /// By position: what a US keyboard has as KeyN.
        KeyN = 142 "KeyN",
        /// By position: what a US keyboard has as KeyM.
        KeyM = 143 "KeyM",
        /// By position: what a US keyboard has as Comma.
        Comma = 144 "Comma",
        /// By position: what a US keyboard has as Period.
        Period = 145 "Period",
        /// By position: what a US keyboard has as Slash.
        Slash = 146 "Slash",
        /// By position: what a US keyboard has as Space.
        Space = 147 "Space",
        /// By position: what a US keyboard has as IntlBackslash.
        IntlBackslash = 148 "IntlBackslash",
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
