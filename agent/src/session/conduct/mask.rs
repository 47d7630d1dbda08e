//! Passwords on the person's desktop (clause 8.2): while one is typed nothing is seen and nothing is moved.
//!
//! Anybody may close the curtain: the person, or the technician who wishes it. Only the person opens it, by the banner or by being done with
//! the window for a password. Whatever was captured or queued before it closed is void; behind it the screen is captured anew.

use std::time::Instant;

use aval_protocol::prompt::NoReason;
use aval_protocol::prompt::secret::{AskSecret, SecretAnswer};
use aval_protocol::wire::handover::Mask;

use super::{Act, Conductor, Live, State};
use crate::ipc::FromSession;

/// Why nothing may be seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Masked {
    /// Until the person says otherwise.
    by_hand: bool,
    /// The window for a password is open.
    pub(super) window: bool,
}

impl Masked {
    /// As others hear of it.
    pub(super) const fn now(self) -> Mask {
        match self {
            Self { by_hand: true, .. } => Mask::ByHand,
            Self { window: true, .. } => Mask::Window,
            Self { .. } => Mask::Off,
        }
    }
}

impl Conductor {
    /// The person pressed the banner's button or keys.
    pub(super) fn pressed_mask(&mut self, now: Instant, on: bool) -> Vec<Act> {
        self.draw(now, |masked| masked.by_hand = on)
    }

    /// The technician wishes that the person types a password unseen.
    pub(super) fn mask_wished(&mut self, now: Instant) -> Vec<Act> {
        self.draw(now, |masked| masked.by_hand = true)
    }

    /// The technician wishes that the person hands over a password.
    pub(super) fn ask_secret(&mut self, now: Instant, ask: Box<AskSecret>) -> Vec<Act> {
        let State::Live(live) = &self.state else { return Vec::new() };
        let free = !live.masked.window && !live.stands_still() && !live.asks() && !self.second.holds();
        if !free || ask.check().is_err() {
            let answer = SecretAnswer::No(NoReason::PromptLost);
            return vec![Act::Tell(FromSession::Secret { epoch: live.epoch, answer })];
        }
        let mut acts = self.draw(now, |masked| masked.window = true);
        acts.push(Act::AskSecret(ask));
        acts
    }

    /// The person handed it over, or will not.
    pub(super) fn handed(&mut self, now: Instant, answer: SecretAnswer) -> Vec<Act> {
        let State::Live(live) = &self.state else { return Vec::new() };
        if !live.masked.window {
            return Vec::new();
        }
        let mut acts = vec![
            Act::CloseSecret,
            Act::Tell(FromSession::Secret { epoch: live.epoch, answer: answer.judged() }),
        ];
        // Only when its window is gone.
        acts.extend(self.draw(now, |masked| masked.window = false));
        acts
    }

    /// Something else is more urgent than the window, if there is one.
    pub(super) fn close_window(&mut self, now: Instant, why: NoReason) -> Vec<Act> {
        self.handed(now, SecretAnswer::No(why))
    }

    /// Closes or opens the curtain. Whatever must stop has stopped when it returns.
    fn draw(&mut self, now: Instant, change: impl FnOnce(&mut Masked)) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        let before = live.masked.now();
        change(&mut live.masked);
        let mask = live.masked.now();
        if mask == before {
            return Vec::new();
        }
        let Live { epoch, capabilities, .. } = *live;
        let told = Act::Tell(FromSession::Masked { epoch, mask });
        match (before, mask) {
            (Mask::Off, _) => {
                self.guard.mask(true);
                vec![Act::Halt, told, live.banner(now, None)]
            }
            (_, Mask::Off) => {
                self.guard.mask(false);
                let mut acts = vec![told, live.banner(now, None)];
                // Without a line, or locked, it begins when that is over.
                if !live.stands_still() {
                    acts.push(Act::Again { epoch, capabilities });
                }
                acts
            }
            _ => vec![told, live.banner(now, None)],
        }
    }
}
