//! Characters and named keys as X keysyms (X11 protocol, appendix A; `keysymdef.h`).

use aval_protocol::wire::input::Key;

/// `Return`, which also makes a line feed.
pub(super) const RETURN: u32 = 0xff0d;
/// The key that reaches the third symbol of a key: `AltGr` on European keyboards.
pub(super) const LEVEL3: u32 = 0xfe03;

/// Characters outside Latin-1 that layouts name by a keysym older than Unicode's.
const OLDER: &[(char, u32)] = &[
    ('Œ', 0x13bc),
    ('œ', 0x13bd),
    ('Ÿ', 0x13be),
    ('€', 0x20ac),
    ('—', 0x0aa9),
    ('–', 0x0aaa),
    ('…', 0x0aae),
    ('™', 0x0ac9),
    ('‘', 0x0ad0),
    ('’', 0x0ad1),
    ('“', 0x0ad2),
    ('”', 0x0ad3),
    ('•', 0x0ae6),
    ('†', 0x0af1),
    ('‡', 0x0af2),
    ('‚', 0x0afd),
    ('„', 0x0afe),
    ('\u{2009}', 0x0aa7),
    ('\u{2003}', 0x0aa1),
    ('\u{2002}', 0x0aa2),
];

/// The keysyms that make a character, the preferred first. None for control characters.
pub(super) fn of_char(c: char) -> Vec<u32> {
    let code = u32::from(c);
    match code {
        0x20..=0x7e | 0xa0..=0xff => vec![code],
        _ if c.is_control() => Vec::new(),
        _ => {
            let older = OLDER.iter().find(|(older, _)| *older == c).map(|(_, keysym)| *keysym);
            older.into_iter().chain([0x0100_0000 + code]).collect()
        }
    }
}

/// The key that a control character stands for.
pub(super) fn of_control(c: char) -> Option<u32> {
    match c {
        '\n' | '\r' => Some(RETURN),
        '\t' => Some(0xff09),
        '\u{8}' => Some(0xff08),
        '\u{1b}' => Some(0xff1b),
        '\u{7f}' => Some(0xffff),
        _ => None,
    }
}

/// The keysyms of a named key, the preferred first; empty for a position and for a key of a newer console.
pub(super) fn of_key(key: Key) -> &'static [u32] {
    match key {
        Key::Enter => &[RETURN],
        Key::Tab => &[0xff09],
        Key::Backspace => &[0xff08],
        Key::Escape => &[0xff1b],
        Key::Delete => &[0xffff],
        Key::Insert => &[0xff63],
        Key::Home => &[0xff50],
        Key::End => &[0xff57],
        Key::PageUp => &[0xff55],
        Key::PageDown => &[0xff56],
        Key::ArrowLeft => &[0xff51],
        Key::ArrowUp => &[0xff52],
        Key::ArrowRight => &[0xff53],
        Key::ArrowDown => &[0xff54],
        Key::ShiftLeft => &[0xffe1, 0xffe2],
        Key::ShiftRight => &[0xffe2, 0xffe1],
        Key::ControlLeft => &[0xffe3, 0xffe4],
        Key::ControlRight => &[0xffe4, 0xffe3],
        Key::AltLeft => &[0xffe9, 0xffe7],
        // A layout without AltGr has an Alt key there, and its third level on a key that no keyboard has.
        Key::AltRight => &[0xffea, LEVEL3, 0xff7e, 0xffe8],
        Key::MetaLeft => &[0xffeb, 0xffe7],
        Key::MetaRight => &[0xffec, 0xffe8],
        Key::ContextMenu => &[0xff67],
        Key::CapsLock => &[0xffe5],
        Key::NumLock => &[0xff7f],
        Key::ScrollLock => &[0xff14],
        Key::PrintScreen => &[0xff61],
        Key::Pause => &[0xff13],
        Key::F1 => &[0xffbe],
        Key::F2 => &[0xffbf],
        Key::F3 => &[0xffc0],
        Key::F4 => &[0xffc1],
        Key::F5 => &[0xffc2],
        Key::F6 => &[0xffc3],
        Key::F7 => &[0xffc4],
        Key::F8 => &[0xffc5],
        Key::F9 => &[0xffc6],
        Key::F10 => &[0xffc7],
        Key::F11 => &[0xffc8],
        Key::F12 => &[0xffc9],
        Key::F13 => &[0xffca],
        Key::F14 => &[0xffcb],
        Key::F15 => &[0xffcc],
        Key::F16 => &[0xffcd],
        Key::F17 => &[0xffce],
        Key::F18 => &[0xffcf],
        Key::F19 => &[0xffd0],
        Key::F20 => &[0xffd1],
        Key::F21 => &[0xffd2],
        Key::F22 => &[0xffd3],
        Key::F23 => &[0xffd4],
        Key::F24 => &[0xffd5],
        // What the key makes without Num Lock; its other symbol comes with it.
        Key::Numpad0 => &[0xff9e, 0xffb0],
        Key::Numpad1 => &[0xff9c, 0xffb1],
        Key::Numpad2 => &[0xff99, 0xffb2],
        Key::Numpad3 => &[0xff9b, 0xffb3],
        Key::Numpad4 => &[0xff96, 0xffb4],
        Key::Numpad5 => &[0xff9d, 0xffb5],
        Key::Numpad6 => &[0xff98, 0xffb6],
        Key::Numpad7 => &[0xff95, 0xffb7],
        Key::Numpad8 => &[0xff97, 0xffb8],
        Key::Numpad9 => &[0xff9a, 0xffb9],
        Key::NumpadDecimal => &[0xff9f, 0xffae, 0xffac],
        Key::NumpadAdd => &[0xffab],
        Key::NumpadSubtract => &[0xffad],
        Key::NumpadMultiply => &[0xffaa],
        Key::NumpadDivide => &[0xffaf],
        Key::NumpadEnter => &[0xff8d],
        Key::NumpadEqual => &[0xffbd],
        // A position, or a key of a newer console.
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::keycode::of_position;
    use super::*;

    #[test]
    fn characters_have_the_keysyms_of_the_standard() {
        assert_eq!(of_char('a'), [0x61]);
        assert_eq!(of_char('é'), [0xe9]);
        assert_eq!(of_char('\u{a0}'), [0xa0]);
        assert_eq!(of_char('œ'), [0x13bd, 0x0100_0153]);
        assert_eq!(of_char('€'), [0x20ac, 0x0100_20ac]);
        assert_eq!(of_char('語'), [0x0100_8a9e]);
        assert!(of_char('\n').is_empty() && of_char('\u{85}').is_empty());
    }

    #[test]
    fn every_key_the_wire_names_is_a_keysym_or_a_position() {
        assert!(Key::ALL.iter().all(|key| of_key(*key).is_empty() == of_position(*key).is_some()));
        assert!(of_key(Key::Unknown(999)).is_empty());
    }
}
