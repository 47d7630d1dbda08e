//! The technician did nothing for long: nothing is seen or moved until they want to go on. The rights and the end stay what they were.

use std::time::Instant;

use aval_protocol::prompt::NoReason;

use super::{Act, Conductor, RAISING, State};

impl Conductor {
    /// The service says that the technician has done nothing for long.
    pub(super) fn idle(&mut self, now: Instant) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        if live.idle {
            return Vec::new();
        }
        self.guard.stop();
        (live.idle, live.turning, live.yielding) = (true, None, None);
        let asking = live.drop_more();
        let mut acts = vec![Act::Halt];
        acts.extend(asking.then_some(Act::CloseAsk));
        let banner = live.banner(now, None);
        acts.extend(self.close_window(now, NoReason::Withdrawn));
        acts.extend(self.close_return());
        acts.push(banner);
        acts
    }

    /// They want to go on, says the service: nothing lives before its word of a later epoch.
    pub(super) fn awake(&mut self, now: Instant) -> Vec<Act> {
        let State::Live(live) = &mut self.state else { return Vec::new() };
        if std::mem::take(&mut live.idle) && !live.stands_still() {
            live.turning = Some(now + RAISING);
        }
        vec![live.banner(now, None)]
    }
}
