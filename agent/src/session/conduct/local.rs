//! The person moves the mouse or types: the technician's hands stand still until that has been over for a second, and the technician
//! is told. What they do meanwhile is refused, not kept.

use std::time::Instant;

use aval_protocol::wire::session::Capabilities;

use super::{Act, Conductor, State};
use crate::ipc::FromSession;

impl Conductor {
    /// The person's own hands moved. The guard has heard of it first.
    pub(super) fn person_acts(&mut self, now: Instant) -> Vec<Act> {
        self.guard.person_acts(now);
        self.yields(now)
    }

    /// The technician hears that their hands stand still, if they do and have not heard yet.
    pub(super) fn yields(&mut self, now: Instant) -> Vec<Act> {
        let until = self.guard.person_until();
        let State::Live(live) = &mut self.state else { return Vec::new() };
        let moves = live.capabilities.holds(Capabilities::CONTROL) && !live.stands_still();
        if !moves || live.yielding.is_some() || now >= until {
            return Vec::new();
        }
        live.yielding = Some(until);
        vec![Act::Tell(FromSession::PersonActs { epoch: live.epoch, active: true })]
    }

    /// The person's hands have been still for a second, unless they moved again meanwhile.
    pub(super) fn yielded(&mut self, now: Instant) -> Vec<Act> {
        let until = self.guard.person_until();
        let State::Live(live) = &mut self.state else { return Vec::new() };
        live.yielding = (now < until).then_some(until);
        match live.yielding {
            Some(_) => Vec::new(),
            None => vec![Act::Tell(FromSession::PersonActs { epoch: live.epoch, active: false })],
        }
    }
}
