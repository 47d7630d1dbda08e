//! Which of the input that Windows hears is the person's own doing: none that a program made, no repetition of a key that is held, no move
//! that moves nothing.

use std::collections::BTreeSet;

/// What Windows puts with mouse events that it makes of a finger or a pen (Microsoft's "Distinguishing Pen Input from Mouse and Touch").
const TOUCH: usize = 0xff51_5700;
const TOUCH_MASK: usize = 0xffff_ff00;

/// What was heard before.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::platform) struct Acts {
    /// Virtual keys that are held.
    held: BTreeSet<u32>,
    /// Where the pointer was.
    at: Option<(i32, i32)>,
}

impl Acts {
    /// A key; whether the person did it.
    pub(in crate::platform) fn key(&mut self, key: u32, down: bool, injected: bool) -> bool {
        if injected {
            return false;
        }
        // One that was held before anybody listened is let go for the first time.
        if down {
            return self.held.insert(key);
        }
        self.held.remove(&key);
        true
    }

    /// A button or wheel, or a move to `at`; whether the person did it. `extra` is what came with the event.
    pub(in crate::platform) fn mouse(
        &mut self,
        moved_only: bool,
        at: (i32, i32),
        injected: bool,
        extra: usize,
    ) -> bool {
        let before = self.at.replace(at);
        let touched = extra & TOUCH_MASK == TOUCH;
        if injected && !touched {
            return false;
        }
        // The first place is no move.
        !moved_only || before.is_some_and(|before| before != at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_keys_count_once_and_a_programs_never() {
        let mut acts = Acts::default();
        assert!(acts.key(0x41, true, false));
        assert!(!acts.key(0x41, true, false), "held, it repeats");
        assert!(acts.key(0x41, false, false));
        assert!(acts.key(0x41, true, false));
        assert!(!acts.key(0x42, true, true) && !acts.key(0x42, false, true));
        assert!(acts.key(0x43, false, false), "pressed before anybody listened");
    }

    #[test]
    fn a_persons_moves_buttons_and_fingers_count() {
        let mut acts = Acts::default();
        assert!(!acts.mouse(true, (5, 5), false, 0), "where it is");
        assert!(!acts.mouse(true, (5, 5), false, 0), "nothing moved");
        assert!(acts.mouse(true, (6, 5), false, 0));
        assert!(!acts.mouse(true, (90, 5), true, 0x4176_616c), "the technician's");
        assert!(!acts.mouse(true, (90, 5), false, 0), "where that one left it");
        assert!(acts.mouse(false, (90, 5), false, 0), "a button");
        assert!(!acts.mouse(false, (90, 5), true, 0));
        assert!(acts.mouse(false, (90, 5), true, 0xff51_5780), "a finger");
    }
}
