//! Whose hand is it? The toolkit can't tell a person's click from one that a program injected, so this judges by the raw
//! events of the devices: an action counts only if a person's own device has just made it and no program was at work.

use std::time::{Duration, Instant};

/// No action counts so soon after injected input.
const QUIET: Duration = Duration::from_millis(500);
/// A press this old has led to its action already, or to none.
const FRESH: Duration = Duration::from_secs(1);
/// The same for an action that only narrows. On a busy PC, or behind other programs' hooks, a second passes between the press and its
/// action, and a person's end must not be lost; a banner that hangs for longer has ended its session by its silence.
const LATE: Duration = Duration::from_secs(3);

/// Where input came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// A device that a person touches.
    Person,
    /// A program, through XTEST.
    Program,
}

/// Whose action something is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hand {
    Person,
    /// A program's, or there is doubt.
    Program,
    /// No device made it: the accessibility bus, or an event sent by another program.
    Nobody,
}

/// What the devices did lately.
#[derive(Debug, Default)]
pub(crate) struct Hands {
    /// A person's press that has not led to an action yet.
    unspent: Option<Instant>,
    /// The last input a program made, of whatever kind.
    injected: Option<Instant>,
    last_press: Option<Source>,
}

impl Hands {
    /// A key went down or up, a button down or up. `acts`: it is the half that triggers a control.
    pub(crate) fn pressed(&mut self, now: Instant, source: Source, acts: bool) {
        self.last_press = Some(source);
        match source {
            Source::Person if acts => self.unspent = Some(now),
            Source::Person => {}
            Source::Program => self.injected = Some(now),
        }
    }

    /// The pointer moved.
    pub(crate) fn moved(&mut self, now: Instant, source: Source) {
        if source == Source::Program {
            self.injected = Some(now);
        }
    }

    /// When a program last made any input.
    pub(crate) fn injected_at(&self) -> Option<Instant> {
        self.injected
    }

    /// Whose action it is that a control reports now. One press pays for one action.
    pub(crate) fn judge(&mut self, now: Instant) -> Hand {
        let pressed = self.take_within(now, FRESH);
        if self.last_press == Some(Source::Program) || self.injected.is_some_and(|at| now - at < QUIET) {
            return Hand::Program;
        }
        if pressed { Hand::Person } else { Hand::Nobody }
    }

    /// Whether a person's own press is behind an action that only narrows: a program's noise must not be able to block it.
    pub(crate) fn take_press(&mut self, now: Instant) -> bool {
        self.take_within(now, LATE)
    }

    fn take_within(&mut self, now: Instant, age: Duration) -> bool {
        self.unspent.take().is_some_and(|at| now - at < age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn a_persons_click_pays_for_one_action() {
        let (mut hands, t) = (Hands::default(), crate::clock::now());
        hands.pressed(t, Source::Person, false);
        hands.pressed(after(t, 80), Source::Person, true);
        assert_eq!(hands.judge(after(t, 81)), Hand::Person);
        assert_eq!(hands.judge(after(t, 82)), Hand::Nobody);
    }

    #[test]
    fn an_old_press_pays_for_nothing() {
        let (mut hands, t) = (Hands::default(), crate::clock::now());
        hands.pressed(t, Source::Person, true);
        assert_eq!(hands.judge(after(t, 1000)), Hand::Nobody);
    }

    #[test]
    fn what_narrows_may_come_later_than_what_widens() {
        let (mut hands, t) = (Hands::default(), crate::clock::now());
        for (ms, counts) in [(2999, true), (3000, false)] {
            hands.pressed(t, Source::Person, true);
            assert_eq!(hands.take_press(after(t, ms)), counts);
            assert!(!hands.take_press(after(t, ms)), "one press, one action");
            hands.pressed(t, Source::Person, true);
            assert_eq!(hands.judge(after(t, ms)), Hand::Nobody);
        }
    }

    #[test]
    fn injected_input_spoils_a_persons_press_until_it_is_quiet() {
        let (mut hands, t) = (Hands::default(), crate::clock::now());
        hands.pressed(t, Source::Program, true);
        assert_eq!(hands.judge(t), Hand::Program);
        assert_eq!(hands.judge(after(t, 5000)), Hand::Program, "the last press is still a program's");
        hands.moved(after(t, 5000), Source::Program);
        hands.pressed(after(t, 5100), Source::Person, true);
        assert_eq!(
            hands.judge(after(t, 5101)),
            Hand::Program,
            "a program moved the pointer under the finger"
        );
        hands.pressed(after(t, 6000), Source::Person, true);
        assert_eq!(hands.judge(after(t, 6001)), Hand::Person);
    }

    #[test]
    fn noise_cannot_block_the_end() {
        let (mut hands, t) = (Hands::default(), crate::clock::now());
        hands.pressed(t, Source::Person, true);
        hands.pressed(after(t, 1), Source::Program, true);
        assert!(hands.take_press(after(t, 2)));
        assert!(!hands.take_press(after(t, 3)));
    }
}
