//! The technician's hands on a Windows desktop: characters as such, keys by virtual key and scan code, the mouse in pixels.
//!
//! Windows keeps injected events from windows of higher rights and from its own secure desktops, and says nothing of the former.

use aval_protocol::wire::input::{Button, InputEvent, Key};

use super::super::{InputError, InputSink};
use super::rules::keys::{Stroke, stroke};
use super::rules::strokes::{Event, Mouse, moved, pressed, typed};
use super::send::{Layout, send};
use super::system::{buttons_swapped, desktop};

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
            InputEvent::Move { x, y } => {
                send(&[Event::Mouse(moved(x, y, (desktop().width, desktop().height)))])
            }
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
            InputEvent::Char(c) => send(&typed(c, &self.held, |c| Layout::in_front().carrier(c))),
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
