//! What the low-level hooks of Windows hear, as [`Hands`] and as hotkeys. Pure: the hooks only pass on what the system tells them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::hands::{Hand, Hands, Source};

/// A pointer that is so far, in pixels, from where a hand last moved it was moved by a program, which no hook hears.
const LEAP: i32 = 32;
/// The hooks are deaf – a window of higher rights has the keyboard, or the system took them away – if they heard nothing for so long.
const DEAF: Duration = Duration::from_secs(1);
/// Virtual key codes (winuser.h).
const SPACE: u32 = 0x20;
const CONTROL: [u32; 3] = [0x11, 0xa2, 0xa3];
const SHIFT: [u32; 3] = [0x10, 0xa0, 0xa1];
const F10: u32 = 0x79;
const F11: u32 = 0x7a;
const F12: u32 = 0x7b;

/// What a person asks for by keyboard, wherever they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hotkey {
    /// Ctrl + Shift + F12.
    End,
    /// Ctrl + Shift + F11.
    Mask,
    /// Ctrl + Shift + F10.
    TakeBack,
}

/// A key, as a hook hears it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub(crate) code: u32,
    pub(crate) down: bool,
    pub(crate) source: Source,
    /// Whether the window of this program has the keyboard.
    pub(crate) ours: bool,
}

/// What the mouse does, as a hook hears it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Click {
    /// Down, up, or neither: a movement.
    pub(crate) button: Option<bool>,
    pub(crate) source: Source,
    /// Whether it is over the window of this program.
    pub(crate) ours: bool,
    pub(crate) at: (i32, i32),
}

/// All input of this desktop so far.
#[derive(Debug)]
pub(crate) struct Strokes {
    hands: Hands,
    held: BTreeSet<u32>,
    hotkeys: Vec<Hotkey>,
    at: (i32, i32),
    heard: Option<Instant>,
}

impl Strokes {
    /// Nothing happened yet, and the pointer is there.
    pub(crate) fn beginning_at(at: (i32, i32)) -> Self {
        Self { hands: Hands::default(), held: BTreeSet::new(), hotkeys: Vec::new(), at, heard: None }
    }

    /// A key. Whether it is a hotkey of a person's: then no other program needs to hear it.
    pub(crate) fn key(&mut self, now: Instant, key: Key) -> bool {
        self.heard = Some(now);
        // The half that presses a button: space on its way up, all others on their way down, once.
        let repeated = key.down && self.held.contains(&key.code);
        let acts = key.ours && !repeated && if key.code == SPACE { !key.down } else { key.down };
        self.hands.pressed(now, key.source, acts);
        if key.source == Source::Program {
            return false;
        }
        if key.down {
            self.held.insert(key.code);
        } else {
            self.held.remove(&key.code);
        }
        let held = |keys: &[u32]| keys.iter().any(|key| self.held.contains(key));
        if !key.down || !held(&CONTROL) || !held(&SHIFT) {
            return false;
        }
        let Some(hotkey) = hotkey(key.code) else { return false };
        // The end and the hands' return may come twice, and must come once even if a key's way up was missed.
        if !repeated || hotkey != Hotkey::Mask {
            self.hotkeys.push(hotkey);
        }
        true
    }

    /// The mouse.
    pub(crate) fn mouse(&mut self, now: Instant, click: Click) {
        self.heard = Some(now);
        match click.button {
            // The system itself says that the pointer moved, to where it is, when a window appears under it.
            None if click.at == self.at => {}
            None => self.hands.moved(now, click.source),
            Some(down) => {
                let far = (click.at.0 - self.at.0).abs().max((click.at.1 - self.at.1).abs());
                if far > LEAP && click.source == Source::Person {
                    self.hands.moved(now, Source::Program);
                }
                self.hands.pressed(now, click.source, click.ours && !down);
            }
        }
        self.at = click.at;
    }

    /// What a person hit since the last call.
    pub(crate) fn take_hotkeys(&mut self) -> Vec<Hotkey> {
        std::mem::take(&mut self.hotkeys)
    }

    /// The system says that this hotkey was hit: whether that counts, because the hooks could not hear whose it was.
    pub(crate) fn told_of_hotkey(&self, now: Instant) -> bool {
        self.heard.is_none_or(|at| now - at >= DEAF)
    }

    /// When a program last made any input.
    pub(crate) fn injected_at(&self) -> Option<Instant> {
        self.hands.injected_at()
    }

    /// Whose action it is that a control reports now.
    pub(crate) fn judge(&mut self, now: Instant) -> Hand {
        self.hands.judge(now)
    }

    /// Whether a person's own press is behind an action that only narrows.
    pub(crate) fn take_press(&mut self, now: Instant) -> bool {
        self.hands.take_press(now)
    }
}

/// The hotkey of a key that goes down while Ctrl and Shift are held.
pub(crate) fn hotkey(code: u32) -> Option<Hotkey> {
    match code {
        F12 => Some(Hotkey::End),
        F11 => Some(Hotkey::Mask),
        F10 => Some(Hotkey::TakeBack),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSON: Source = Source::Person;
    const ENTER: u32 = 0x0d;

    struct Desk(Strokes, Instant);

    impl Desk {
        fn new() -> Self {
            Self(Strokes::beginning_at((5, 5)), crate::clock::now())
        }

        fn key(&mut self, code: u32, down: bool, source: Source) -> bool {
            self.1 += Duration::from_millis(10);
            self.0.key(self.1, Key { code, down, source, ours: true })
        }

        fn mouse(&mut self, button: Option<bool>, at: (i32, i32), ours: bool) {
            self.1 += Duration::from_millis(10);
            self.0.mouse(self.1, Click { button, source: PERSON, ours, at });
        }

        fn judge(&mut self) -> Hand {
            self.0.judge(self.1)
        }
    }

    #[test]
    fn a_key_pays_for_the_half_that_presses() {
        let mut desk = Desk::new();
        desk.key(ENTER, true, PERSON);
        assert_eq!(desk.judge(), Hand::Person);
        desk.key(ENTER, true, PERSON);
        assert_eq!(desk.judge(), Hand::Nobody, "a key that is held presses once");
        desk.key(ENTER, false, PERSON);
        assert_eq!(desk.judge(), Hand::Nobody);
        desk.key(SPACE, true, PERSON);
        assert_eq!(desk.judge(), Hand::Nobody);
        desk.key(SPACE, false, PERSON);
        assert_eq!(desk.judge(), Hand::Person);
    }

    #[test]
    fn a_press_elsewhere_pays_for_nothing_here() {
        let mut desk = Desk::new();
        desk.mouse(Some(true), (5, 5), false);
        desk.mouse(Some(false), (5, 5), false);
        assert_eq!(desk.judge(), Hand::Nobody);
        desk.mouse(Some(true), (5, 5), true);
        desk.mouse(Some(false), (5, 5), true);
        assert_eq!(desk.judge(), Hand::Person);
    }

    #[test]
    fn a_program_that_moves_the_pointer_nowhere_spoils_nothing() {
        let mut desk = Desk::new();
        desk.mouse(Some(true), (5, 5), true);
        desk.mouse(Some(false), (5, 5), true);
        let still = Click { button: None, source: Source::Program, ours: true, at: (5, 5) };
        desk.0.mouse(desk.1, still);
        assert_eq!(desk.judge(), Hand::Person);
        desk.mouse(Some(false), (5, 5), true);
        desk.0.mouse(desk.1, Click { at: (6, 5), ..still });
        assert_eq!(desk.judge(), Hand::Program);
    }

    #[test]
    fn a_pointer_that_leapt_under_the_finger_was_a_programs() {
        let mut desk = Desk::new();
        desk.mouse(None, (500, 500), false);
        desk.mouse(Some(true), (100, 100), true);
        desk.mouse(Some(false), (100, 100), true);
        assert_eq!(desk.judge(), Hand::Program);
    }

    #[test]
    fn the_hotkeys_are_a_persons_and_the_mask_hears_a_held_key_once() {
        let mut desk = Desk::new();
        for (code, source) in [(0xa2, Source::Program), (0xa0, Source::Program), (F12, Source::Program)] {
            assert!(!desk.key(code, true, source));
        }
        assert!(!desk.key(F12, true, PERSON), "Ctrl and Shift were a program's");
        desk.key(0xa2, true, PERSON);
        desk.key(0xa1, true, PERSON);
        for _ in 0..3 {
            assert!(desk.key(F11, true, PERSON));
        }
        assert!(desk.key(F12, true, PERSON), "its way up was missed");
        assert!(desk.key(F10, true, PERSON));
        assert_eq!(desk.0.take_hotkeys(), [Hotkey::Mask, Hotkey::End, Hotkey::TakeBack]);
        desk.key(0xa1, false, PERSON);
        assert!(!desk.key(F12, true, PERSON));
        assert_eq!(desk.0.take_hotkeys(), []);
    }

    #[test]
    fn the_systems_word_counts_only_while_the_hooks_are_deaf() {
        let mut desk = Desk::new();
        assert!(desk.0.told_of_hotkey(desk.1));
        desk.key(F12, true, Source::Program);
        assert!(!desk.0.told_of_hotkey(desk.1));
        assert!(desk.0.told_of_hotkey(desk.1 + DEAF));
    }
}
