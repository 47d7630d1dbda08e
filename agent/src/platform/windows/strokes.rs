//! Which events of keyboard and mouse do what the technician did.

use aval_protocol::wire::input::{Button, Key};

use super::keys::{SHIFT, Stroke, of_control};

/// One event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) enum Event {
    /// A key goes down or up.
    Key {
        stroke: Stroke,
        down: bool,
    },
    /// A UTF-16 unit of a character goes down or up.
    Unit {
        unit: u16,
        down: bool,
    },
    Mouse(Mouse),
}

/// What the mouse does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::platform) enum Mouse {
    /// To a place, in 65536ths of the rectangle around all monitors.
    Move {
        x: i32,
        y: i32,
    },
    Left(bool),
    Middle(bool),
    Right(bool),
    /// Away from the person, in parts of a notch.
    Wheel(i32),
    /// To the right, in parts of a notch.
    Tilt(i32),
}

/// What is held and makes a shortcut of a character.
fn commands(held: &[(Key, Stroke)], c: char) -> bool {
    held.iter().any(|(key, _)| match key {
        Key::ControlLeft | Key::ControlRight | Key::AltLeft | Key::MetaLeft | Key::MetaRight => true,
        // The technician's AltGr made the character.
        Key::AltRight => c.is_ascii_alphanumeric(),
        _ => false,
    })
}

/// The events that type one character, whatever the layout; while Control, Alt or the Windows key is held, the key that carries it:
/// `carrier` says which, and whether it needs Shift.
pub(in crate::platform) fn typed(
    c: char,
    held: &[(Key, Stroke)],
    carrier: impl Fn(char) -> Option<(Stroke, bool)>,
) -> Vec<Event> {
    if let Some(stroke) = of_control(c) {
        return vec![Event::Key { stroke, down: true }, Event::Key { stroke, down: false }];
    }
    if commands(held, c)
        && let Some((stroke, shift)) = carrier(c)
    {
        // Shift belongs to the shortcut where it does not choose the character (T), elsewhere it only made it (1 on AZERTY).
        let keeps = c.is_alphabetic() || c == ' ';
        let holds_shift = held.iter().any(|(key, _)| is_shift(*key));
        let lifted = strokes(held, |key| is_shift(key) && !keeps && !shift);
        let added = (shift && !keeps && !holds_shift).then_some(SHIFT);
        let press = [Event::Key { stroke, down: true }, Event::Key { stroke, down: false }];
        return around(&lifted, added, &press);
    }
    // A held Alt would make a command of a character that is only a character.
    let lifted = strokes(held, |key| key == Key::AltRight && !commands(held, c));
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units).iter();
    let press: Vec<Event> =
        units.flat_map(|unit| [true, false].map(|down| Event::Unit { unit: *unit, down })).collect();
    around(&lifted, None, &press)
}

/// Those of the held keys that count.
fn strokes(held: &[(Key, Stroke)], counts: impl Fn(Key) -> bool) -> Vec<Stroke> {
    held.iter().filter(|(key, _)| counts(*key)).map(|(_, stroke)| *stroke).collect()
}

/// Events with some keys let go and one pressed meanwhile.
fn around(lifted: &[Stroke], added: Option<Stroke>, events: &[Event]) -> Vec<Event> {
    let all = |keys: &[Stroke], down| {
        keys.iter().map(move |stroke| Event::Key { stroke: *stroke, down }).collect::<Vec<_>>()
    };
    let added: Vec<Stroke> = added.into_iter().collect();
    [all(lifted, false), all(&added, true), events.to_vec(), all(&added, false), all(lifted, true)].concat()
}

fn is_shift(key: Key) -> bool {
    matches!(key, Key::ShiftLeft | Key::ShiftRight)
}

/// A button by what it does, whichever of the two the person has made the main one.
pub(in crate::platform) fn pressed(button: Button, down: bool, swapped: bool) -> Option<Mouse> {
    Some(match (button, swapped) {
        (Button::Left, false) | (Button::Right, true) => Mouse::Left(down),
        (Button::Right, false) | (Button::Left, true) => Mouse::Right(down),
        (Button::Middle, _) => Mouse::Middle(down),
        (Button::Unknown(_), _) => return None,
    })
}

/// The middle of a pixel, in 65536ths of the rectangle around all monitors.
pub(in crate::platform) fn moved(x: u16, y: u16, (width, height): (i32, i32)) -> Mouse {
    let part = |at: u16, length: i32| {
        let length = i64::from(length.max(1));
        let at = i64::from(at).min(length - 1);
        i32::try_from((2 * at + 1) * 65_536 / (2 * length)).unwrap_or(0)
    };
    Mouse::Move { x: part(x, width), y: part(y, height) }
}

#[cfg(test)]
mod tests {
    use super::super::keys::stroke;
    use super::*;

    fn held(keys: &[Key]) -> Vec<(Key, Stroke)> {
        keys.iter().filter_map(|key| Some((*key, stroke(*key)?))).collect()
    }

    fn press(stroke: Stroke) -> [Event; 2] {
        [Event::Key { stroke, down: true }, Event::Key { stroke, down: false }]
    }

    fn units(text: &str) -> Vec<Event> {
        text.encode_utf16().flat_map(|unit| [true, false].map(|down| Event::Unit { unit, down })).collect()
    }

    #[test]
    fn a_character_is_typed_as_such_and_a_line_end_as_a_key() {
        for c in ["é", "œ", "€", "A", "😀"] {
            let one = c.chars().next().unwrap();
            assert_eq!(typed(one, &held(&[Key::ShiftLeft]), |_| None), units(c));
        }
        assert_eq!(typed('\n', &[], |_| None), press(stroke(Key::Enter).unwrap()));
    }

    #[test]
    fn a_shortcut_presses_the_key_that_carries_its_letter() {
        let (control, shift) = (held(&[Key::ControlLeft]), held(&[Key::ControlLeft, Key::ShiftLeft]));
        let key = Stroke { vk: 0x41, scan: 0x10, extended: false };
        let plain = |_| Some((key, false));
        assert_eq!(typed('a', &control, plain), press(key));
        assert_eq!(typed('T', &shift, plain), press(key), "Shift is part of it");
        // Shift made the digit at the technician's; here its key needs none.
        let lift = shift[1].1;
        let [down, up] = press(key);
        let expected =
            [Event::Key { stroke: lift, down: false }, down, up, Event::Key { stroke: lift, down: true }];
        assert_eq!(typed('1', &shift, plain), expected);
        // Here it needs one that the technician's does not.
        let [down, up] = press(key);
        let expected =
            [Event::Key { stroke: SHIFT, down: true }, down, up, Event::Key { stroke: SHIFT, down: false }];
        assert_eq!(typed('1', &control, |_| Some((key, true))), expected);
    }

    #[test]
    fn the_technicians_alt_gr_is_let_go_while_its_character_is_typed() {
        let keys = held(&[Key::AltRight]);
        let alt = keys[0].1;
        let mut expected = vec![Event::Key { stroke: alt, down: false }];
        expected.extend(units("€"));
        expected.push(Event::Key { stroke: alt, down: true });
        assert_eq!(typed('€', &keys, |_| None), expected);
    }

    #[test]
    fn every_pixel_is_hit_on_any_desktop() {
        for (width, height) in [(1280, 800), (1920, 1080), (5760, 1200), (1366, 768)] {
            for x in 0..u16::try_from(width).unwrap() {
                let Mouse::Move { x: part, .. } = moved(x, 0, (width, height)) else { unreachable!() };
                assert!((0..=65_535).contains(&part));
                // Windows divides by 65536, Wine by 65535.
                for whole in [65_536, 65_535] {
                    assert_eq!(part * width / whole, i32::from(x), "{x} of {width}");
                }
            }
        }
    }

    #[test]
    fn buttons_do_what_they_mean_when_they_are_swapped() {
        assert_eq!(pressed(Button::Left, true, false), Some(Mouse::Left(true)));
        assert_eq!(pressed(Button::Left, true, true), Some(Mouse::Right(true)));
        assert_eq!(pressed(Button::Unknown(9), true, true), None);
    }
}
