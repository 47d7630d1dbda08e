//! The technician's hands on a Windows desktop: characters as such, keys by virtual key and scan code, the mouse in pixels.
//!
//! Windows keeps injected events from windows of higher rights and from its own secure desktops, and says nothing of the former.

use aval_protocol::wire::input::{Button, InputEvent, Key};

use super::super::{InputError, InputSink};
use super::keys::{SHIFT, Stroke, of_control, stroke};
use super::send::{Event, Layout, Mouse, send};
use super::system::{Desktop, buttons_swapped, desktop};

/// Most wheel notches of one event: a full turn of a finger, not a runaway.
const MAX_TURN: i16 = 20 * aval_protocol::wire::input::NOTCH;

/// Keyboard and pointer of the desktop.
#[derive(Default)]
pub(super) struct Hands {
    /// What is held down by our doing, in the order it was pressed.
    held: Vec<(Key, Stroke)>,
    buttons: Vec<Button>,
}

impl Hands {
    fn named(&mut self, key: Key, down: bool) -> Result<(), InputError> {
        let at = self.held.iter().position(|(held, _)| *held == key);
        let stroke = stroke(key).ok_or(InputError::NoSuchKey)?;
        let stroke = if stroke.vk == 0 { Layout::in_front().at(stroke) } else { stroke };
        match (at, down) {
            (None, false) => {}
            (Some(at), false) => {
                let (_, stroke) = self.held.remove(at);
                send(&[Event::Key { stroke, down }]);
            }
            // A held key repeats by being pressed again.
            (Some(_), true) => send(&[Event::Key { stroke, down }]),
            (None, true) => {
                self.held.push((key, stroke));
                send(&[Event::Key { stroke, down }]);
            }
        }
        Ok(())
    }

    fn press(&mut self, button: Button, down: bool) -> Result<(), InputError> {
        let mouse = pressed(button, down, buttons_swapped()).ok_or(InputError::NoSuchKey)?;
        if self.buttons.contains(&button) == down {
            return Ok(());
        }
        if down {
            self.buttons.push(button);
        } else {
            self.buttons.retain(|other| *other != button);
        }
        send(&[Event::Mouse(mouse)]);
        Ok(())
    }
}

impl InputSink for Hands {
    fn inject(&mut self, event: InputEvent) -> Result<(), InputError> {
        match event {
            InputEvent::Move { x, y } => send(&[Event::Mouse(moved(x, y, desktop()))]),
            InputEvent::Button { button, down } => self.press(button, down)?,
            InputEvent::Wheel { dx, dy } => {
                let turn = |by: i16| i32::from(by.clamp(-MAX_TURN, MAX_TURN));
                // Windows counts a turn away from the person as positive.
                let turns = [
                    (turn(dy) != 0).then(|| Mouse::Wheel(-turn(dy))),
                    (turn(dx) != 0).then(|| Mouse::Tilt(turn(dx))),
                ];
                send(&turns.into_iter().flatten().map(Event::Mouse).collect::<Vec<_>>());
            }
            InputEvent::Char(c) => send(&typed(c, &self.held, &Layout::in_front())),
            InputEvent::Key { key, down } => self.named(key, down)?,
            InputEvent::ReleaseAll => self.release_all(),
        }
        Ok(())
    }

    fn release_all(&mut self) {
        let keys = std::mem::take(&mut self.held).into_iter().rev();
        let mut ups: Vec<Event> = keys.map(|(_, stroke)| Event::Key { stroke, down: false }).collect();
        let swapped = buttons_swapped();
        let buttons = std::mem::take(&mut self.buttons);
        ups.extend(
            buttons.into_iter().filter_map(|button| pressed(button, false, swapped)).map(Event::Mouse),
        );
        send(&ups);
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        self.release_all();
    }
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

/// The events that type one character, whatever the layout; while Control, Alt or the Windows key is held, the key that carries it.
fn typed(c: char, held: &[(Key, Stroke)], layout: &Layout) -> Vec<Event> {
    if let Some(stroke) = of_control(c) {
        return vec![Event::Key { stroke, down: true }, Event::Key { stroke, down: false }];
    }
    if commands(held, c) {
        if let Some((stroke, shift)) = layout.carrier(c) {
            // Shift belongs to the shortcut where it does not choose the character (T), elsewhere it only made it (1 on AZERTY).
            let keeps = c.is_alphabetic() || c == ' ';
            let holds_shift = held.iter().any(|(key, _)| is_shift(*key));
            let lifted = held.iter().filter(|(key, _)| is_shift(*key) && !keeps && !shift);
            let added = (shift && !keeps && !holds_shift).then_some(SHIFT);
            let press = [Event::Key { stroke, down: true }, Event::Key { stroke, down: false }];
            return around(lifted.map(|(_, stroke)| *stroke).collect(), added, &press);
        }
    }
    // A held Alt would make a command of a character that is only a character.
    let lifted = held.iter().filter(|(key, _)| *key == Key::AltRight && !commands(held, c));
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units).iter();
    let press: Vec<Event> =
        units.flat_map(|unit| [true, false].map(|down| Event::Unit { unit: *unit, down })).collect();
    around(lifted.map(|(_, stroke)| *stroke).collect(), None, &press)
}

/// Events with some keys let go and one pressed meanwhile.
fn around(lifted: Vec<Stroke>, added: Option<Stroke>, events: &[Event]) -> Vec<Event> {
    let all = |keys: &[Stroke], down| {
        keys.iter().map(move |stroke| Event::Key { stroke: *stroke, down }).collect::<Vec<_>>()
    };
    let added: Vec<Stroke> = added.into_iter().collect();
    [all(&lifted, false), all(&added, true), events.to_vec(), all(&added, false), all(&lifted, true)].concat()
}

fn is_shift(key: Key) -> bool {
    matches!(key, Key::ShiftLeft | Key::ShiftRight)
}

/// A button by what it does, whichever of the two the person has made the main one.
fn pressed(button: Button, down: bool, swapped: bool) -> Option<Mouse> {
    Some(match (button, swapped) {
        (Button::Left, false) | (Button::Right, true) => Mouse::Left(down),
        (Button::Right, false) | (Button::Left, true) => Mouse::Right(down),
        (Button::Middle, _) => Mouse::Middle(down),
        (Button::Unknown(_), _) => return None,
    })
}

/// The middle of a pixel, in 65536ths of the rectangle around all monitors.
fn moved(x: u16, y: u16, desktop: Desktop) -> Mouse {
    let part = |at: u16, length: i32| {
        let length = i64::from(length.max(1));
        let at = i64::from(at).min(length - 1);
        i32::try_from((2 * at + 1) * 65_536 / (2 * length)).unwrap_or(0)
    };
    Mouse::Move { x: part(x, desktop.width), y: part(y, desktop.height) }
}

#[cfg(test)]
mod tests {
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
        let layout = Layout::of(0x0409_0409);
        for c in ["é", "œ", "€", "A", "😀"] {
            let one = c.chars().next().unwrap();
            assert_eq!(typed(one, &held(&[Key::ShiftLeft]), &layout), units(c));
        }
        assert_eq!(typed('\n', &[], &layout), press(stroke(Key::Enter).unwrap()));
    }

    #[test]
    fn the_technicians_alt_gr_is_let_go_while_its_character_is_typed() {
        let keys = held(&[Key::AltRight]);
        let alt = keys[0].1;
        let mut expected = vec![Event::Key { stroke: alt, down: false }];
        expected.extend(units("€"));
        expected.push(Event::Key { stroke: alt, down: true });
        assert_eq!(typed('€', &keys, &Layout::of(0x0409_0409)), expected);
    }

    #[test]
    fn every_pixel_is_hit_on_any_desktop() {
        for (width, height) in [(1280, 800), (1920, 1080), (5760, 1200), (1366, 768)] {
            let place = Desktop { left: -100, top: 0, width, height };
            for x in 0..u16::try_from(width).unwrap() {
                let Mouse::Move { x: part, .. } = moved(x, 0, place) else { unreachable!() };
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
