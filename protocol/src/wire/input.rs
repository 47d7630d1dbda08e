//! The input lane: what the technician's hands do. By character where a character is meant, by key where a key is.

use serde::{Deserialize, Serialize};

use super::{Wire, codes};
use crate::id::Epoch;

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
    /// The wheel, in notches; positive is right and down.
    Wheel {
        /// Sideways.
        dx: i8,
        /// Up and down.
        dy: i8,
    },
    /// One character is typed, whatever the client's keyboard layout.
    Char(char),
    /// A key that makes no character.
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
