//! Where a key is, for whoever wants the key at that place whatever its layout makes of it. The codes are those of Linux' evdev, which
//! every X server of today uses with an offset of 8 (xkeyboard-config, `keycodes/evdev`).

use aval_protocol::wire::input::Key;

/// The X key code of a position; `None` for a key that is meant by what it does.
pub(super) const fn of_position(key: Key) -> Option<u8> {
    Some(match key {
        Key::Digit1 => 10,
        Key::Digit2 => 11,
        Key::Digit3 => 12,
        Key::Digit4 => 13,
        Key::Digit5 => 14,
        Key::Digit6 => 15,
        Key::Digit7 => 16,
        Key::Digit8 => 17,
        Key::Digit9 => 18,
        Key::Digit0 => 19,
        Key::Minus => 20,
        Key::Equal => 21,
        Key::KeyQ => 24,
        Key::KeyW => 25,
        Key::KeyE => 26,
        Key::KeyR => 27,
        Key::KeyT => 28,
        Key::KeyY => 29,
        Key::KeyU => 30,
        Key::KeyI => 31,
        Key::KeyO => 32,
        Key::KeyP => 33,
        Key::BracketLeft => 34,
        Key::BracketRight => 35,
        Key::KeyA => 38,
        Key::KeyS => 39,
        Key::KeyD => 40,
        Key::KeyF => 41,
        Key::KeyG => 42,
        Key::KeyH => 43,
        Key::KeyJ => 44,
        Key::KeyK => 45,
        Key::KeyL => 46,
        Key::Semicolon => 47,
        Key::Quote => 48,
        Key::Backquote => 49,
        Key::Backslash => 51,
        Key::KeyZ => 52,
        Key::KeyX => 53,
        Key::KeyC => 54,
        Key::KeyV => 55,
        Key::KeyB => 56,
        Key::KeyN => 57,
        Key::KeyM => 58,
        Key::Comma => 59,
        Key::Period => 60,
        Key::Slash => 61,
        Key::Space => 65,
        Key::IntlBackslash => 94,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_positions_are_one_and_the_rows_are_where_they_are() {
        let all: Vec<u8> = Key::ALL.iter().filter_map(|key| of_position(*key)).collect();
        assert!(all.iter().enumerate().all(|(n, code)| !all[..n].contains(code)));
        // KEY_1, KEY_Q, KEY_A, KEY_Z, KEY_SPACE and KEY_102ND of linux/input-event-codes.h are 2, 16, 30, 44, 57 and 86.
        let some = [Key::Digit1, Key::KeyQ, Key::KeyA, Key::KeyZ, Key::Space, Key::IntlBackslash];
        assert_eq!(some.map(of_position), [10, 24, 38, 52, 65, 94].map(Some));
        assert_eq!(of_position(Key::Enter), None);
    }
}
