//! Which key of a Windows keyboard is meant: its virtual key and its scan code (set 1, as PS/2 keyboards send it and Windows counts).
//!
//! Both are sent: programs read the one, virtual machines and games the other.

use aval_protocol::wire::input::Key;

/// A key as `SendInput` takes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) struct Stroke {
    /// The virtual key; 0 where the layout says which one is at that place.
    pub(in crate::platform) vk: u16,
    /// The scan code, without its prefix.
    pub(in crate::platform) scan: u16,
    /// Whether the scan code has the prefix E0.
    pub(in crate::platform) extended: bool,
}

/// A key by what it does.
const fn key(vk: u16, scan: u16) -> Stroke {
    Stroke { vk, scan, extended: false }
}

/// The same with the prefix.
const fn far(vk: u16, scan: u16) -> Stroke {
    Stroke { vk, scan, extended: true }
}

/// A key by its place.
const fn at(scan: u16) -> Stroke {
    Stroke { vk: 0, scan, extended: false }
}

/// Shift, the left one.
pub(in crate::platform) const SHIFT: Stroke = key(0xa0, 0x2a);

/// The key; `None` for one of a newer console.
pub(in crate::platform) const fn stroke(named: Key) -> Option<Stroke> {
    Some(match named {
        Key::Enter => key(0x0d, 0x1c),
        Key::Tab => key(0x09, 0x0f),
        Key::Backspace => key(0x08, 0x0e),
        Key::Escape => key(0x1b, 0x01),
        Key::Delete => far(0x2e, 0x53),
        Key::Insert => far(0x2d, 0x52),
        Key::Home => far(0x24, 0x47),
        Key::End => far(0x23, 0x4f),
        Key::PageUp => far(0x21, 0x49),
        Key::PageDown => far(0x22, 0x51),
        Key::ArrowLeft => far(0x25, 0x4b),
        Key::ArrowRight => far(0x27, 0x4d),
        Key::ArrowUp => far(0x26, 0x48),
        Key::ArrowDown => far(0x28, 0x50),
        Key::ShiftLeft => SHIFT,
        Key::ShiftRight => key(0xa1, 0x36),
        Key::ControlLeft => key(0xa2, 0x1d),
        Key::ControlRight => far(0xa3, 0x1d),
        Key::AltLeft => key(0xa4, 0x38),
        Key::AltRight => far(0xa5, 0x38),
        Key::MetaLeft => far(0x5b, 0x5b),
        Key::MetaRight => far(0x5c, 0x5c),
        Key::ContextMenu => far(0x5d, 0x5d),
        Key::CapsLock => key(0x14, 0x3a),
        Key::NumLock => far(0x90, 0x45),
        Key::ScrollLock => key(0x91, 0x46),
        Key::PrintScreen => far(0x2c, 0x37),
        Key::Pause => key(0x13, 0x45),
        Key::F1 => key(0x70, 0x3b),
        Key::F2 => key(0x71, 0x3c),
        Key::F3 => key(0x72, 0x3d),
        Key::F4 => key(0x73, 0x3e),
        Key::F5 => key(0x74, 0x3f),
        Key::F6 => key(0x75, 0x40),
        Key::F7 => key(0x76, 0x41),
        Key::F8 => key(0x77, 0x42),
        Key::F9 => key(0x78, 0x43),
        Key::F10 => key(0x79, 0x44),
        Key::F11 => key(0x7a, 0x57),
        Key::F12 => key(0x7b, 0x58),
        Key::F13 => key(0x7c, 0x64),
        Key::F14 => key(0x7d, 0x65),
        Key::F15 => key(0x7e, 0x66),
        Key::F16 => key(0x7f, 0x67),
        Key::F17 => key(0x80, 0x68),
        Key::F18 => key(0x81, 0x69),
        Key::F19 => key(0x82, 0x6a),
        Key::F20 => key(0x83, 0x6b),
        Key::F21 => key(0x84, 0x6c),
        Key::F22 => key(0x85, 0x6d),
        Key::F23 => key(0x86, 0x6e),
        Key::F24 => key(0x87, 0x76),
        Key::Numpad0 => key(0x60, 0x52),
        Key::Numpad1 => key(0x61, 0x4f),
        Key::Numpad2 => key(0x62, 0x50),
        Key::Numpad3 => key(0x63, 0x51),
        Key::Numpad4 => key(0x64, 0x4b),
        Key::Numpad5 => key(0x65, 0x4c),
        Key::Numpad6 => key(0x66, 0x4d),
        Key::Numpad7 => key(0x67, 0x47),
        Key::Numpad8 => key(0x68, 0x48),
        Key::Numpad9 => key(0x69, 0x49),
        Key::NumpadDecimal => key(0x6e, 0x53),
        Key::NumpadAdd => key(0x6b, 0x4e),
        Key::NumpadSubtract => key(0x6d, 0x4a),
        Key::NumpadMultiply => key(0x6a, 0x37),
        Key::NumpadDivide => far(0x6f, 0x35),
        Key::NumpadEnter => far(0x0d, 0x1c),
        Key::NumpadEqual => key(0x92, 0x59),
        Key::Digit1 => at(0x02),
        Key::Digit2 => at(0x03),
        Key::Digit3 => at(0x04),
        Key::Digit4 => at(0x05),
        Key::Digit5 => at(0x06),
        Key::Digit6 => at(0x07),
        Key::Digit7 => at(0x08),
        Key::Digit8 => at(0x09),
        Key::Digit9 => at(0x0a),
        Key::Digit0 => at(0x0b),
        Key::Minus => at(0x0c),
        Key::Equal => at(0x0d),
        Key::KeyQ => at(0x10),
        Key::KeyW => at(0x11),
        Key::KeyE => at(0x12),
        Key::KeyR => at(0x13),
        Key::KeyT => at(0x14),
        Key::KeyY => at(0x15),
        Key::KeyU => at(0x16),
        Key::KeyI => at(0x17),
        Key::KeyO => at(0x18),
        Key::KeyP => at(0x19),
        Key::BracketLeft => at(0x1a),
        Key::BracketRight => at(0x1b),
        Key::KeyA => at(0x1e),
        Key::KeyS => at(0x1f),
        Key::KeyD => at(0x20),
        Key::KeyF => at(0x21),
        Key::KeyG => at(0x22),
        Key::KeyH => at(0x23),
        Key::KeyJ => at(0x24),
        Key::KeyK => at(0x25),
        Key::KeyL => at(0x26),
        Key::Semicolon => at(0x27),
        Key::Quote => at(0x28),
        Key::Backquote => at(0x29),
        Key::Backslash => at(0x2b),
        Key::KeyZ => at(0x2c),
        Key::KeyX => at(0x2d),
        Key::KeyC => at(0x2e),
        Key::KeyV => at(0x2f),
        Key::KeyB => at(0x30),
        Key::KeyN => at(0x31),
        Key::KeyM => at(0x32),
        Key::Comma => at(0x33),
        Key::Period => at(0x34),
        Key::Slash => at(0x35),
        Key::Space => at(0x39),
        Key::IntlBackslash => at(0x56),
        Key::Unknown(_) => return None,
    })
}

/// A character that stands for a key, not for a sign.
pub(in crate::platform) const fn of_control(c: char) -> Option<Stroke> {
    match c {
        '\n' | '\r' => stroke(Key::Enter),
        '\t' => stroke(Key::Tab),
        '\u{8}' => stroke(Key::Backspace),
        '\u{1b}' => stroke(Key::Escape),
        '\u{7f}' => stroke(Key::Delete),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_somewhere_and_no_two_are_one() {
        let all: Vec<Stroke> = Key::ALL.iter().filter_map(|key| stroke(*key)).collect();
        assert_eq!(all.len(), Key::ALL.len());
        let place = |stroke: &Stroke| (stroke.scan, stroke.extended);
        for (n, one) in all.iter().enumerate() {
            let twin = all[..n].iter().find(|other| place(other) == place(one));
            assert_eq!(twin, None, "{one:x?}");
            let twin = all[..n].iter().find(|other| one.vk != 0 && other.vk == one.vk && !one.extended);
            assert_eq!(twin, None, "{one:x?}");
        }
    }
}
