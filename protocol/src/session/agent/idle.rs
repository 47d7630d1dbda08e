//! A technician who does nothing for long sees nothing: the grant stands still until they want to go on, under a later epoch, with the
//! rights and the end it had.
//!
//! A grant over which the person is being asked, or which stands still anyway, is not counted: its time begins when that is over.

use std::time::Instant;

use super::{Output, Session, State};
use crate::id::Epoch;
use crate::journal::Event;
use crate::session::{AtDesk, IDLE};
use crate::wire::link::Step;
use crate::wire::session::{Capabilities, FromAgent, Notice};
use crate::wire::turn::{Hold, Turning};

/// What is known of the technician's hands.
pub(super) struct Idle {
    /// When they moved last.
    since: Instant,
    /// They want to go on: a later epoch is due.
    wakes: bool,
}

impl Idle {
    pub(super) const fn new(now: Instant) -> Self {
        Self { since: now, wakes: false }
    }

    /// They moved, or nobody could have moved them before.
    pub(super) const fn moved(&mut self, now: Instant) {
        self.since = now;
    }
}

impl Session {
    /// The technician's hands moved, or they said something.
    pub fn moved(&mut self, now: Instant) {
        self.idle.moved(now);
    }

    /// Whether a later epoch is due for a technician who wants to go on: [`super::Local::Awake`].
    pub const fn wakes(&self) -> bool {
        self.idle.wakes
    }

    /// The desktop says whether the technician's hands stand still because the person's own come first.
    pub fn person_acts(&mut self, active: bool) {
        let State::Living { granted, beats: Some(_) } = &self.state else { return };
        if granted.capabilities().holds(Capabilities::CONTROL) {
            self.say(&FromAgent::Notice(Notice::LocalInput { active }));
        }
    }

    /// When doing nothing has been too long.
    pub(super) fn idle_due(&self) -> Option<Instant> {
        let State::Living { granted, .. } = &self.state else { return None };
        (!granted.stands_still()).then(|| self.idle.since + IDLE)
    }

    /// Stops, if nothing was done for long.
    pub(super) fn fall_idle(&mut self, now: Instant) {
        let State::Living { granted, beats: Some(_) } = &self.state else { return };
        if granted.stands_still() || now < self.idle.since + IDLE {
            return;
        }
        let epoch = granted.epoch();
        if self.widening.is_some() || self.asks_to_go_on() || self.asks_return() || self.is_masked() {
            // The person is busy with it: that is no time of the technician's.
            self.idle.since = now;
            return;
        }
        let State::Living { granted, beats: Some(beats) } = &mut self.state else { return };
        granted.rest();
        (beats.datagram, beats.word) = (now, now);
        let (session, why) = (self.ticket.session, Hold::Idle);
        self.outputs.push_back(Output::Hold { epoch });
        self.outputs.push_back(Output::AtDesk { epoch, word: AtDesk::Idle });
        self.outputs.push_back(Output::Journal(Event::Held { session, why }));
        self.outputs.push_back(Output::Report(Step::Held(why)));
    }

    /// The technician wishes to go on.
    pub(super) fn wishes_to_go_on(&mut self) {
        if let State::Living { granted, .. } = &self.state {
            self.idle.wakes = granted.rests();
        }
    }

    /// And does, unless the machine is locked: then it does when the person is back.
    pub(super) fn awake(&mut self, now: Instant, epoch: Epoch) {
        self.idle = Idle::new(now);
        let State::Living { granted, .. } = &mut self.state else { return };
        let before = granted.epoch();
        if granted.overdue(now).is_some() || !granted.wake() {
            return;
        }
        self.outputs.push_back(Output::AtDesk { epoch: before, word: AtDesk::Awake });
        if !granted.stands_still() {
            self.turn(now, epoch, Turning::Awake, |granted| granted.turn(now, epoch, None));
        }
    }
}
