//! Two sessions of one machine: what the first hears of the colleague's question, and what the second is told of the first.

use std::time::Instant;

use super::{Session, State};
use crate::id::Epoch;
use crate::prompt::Company;
use crate::wire::beside::Colleague;
use crate::wire::codes::EndReason;
use crate::wire::session::{FromAgent, Notice};

impl Session {
    /// Somebody is in a session already: the question says so. To be told before the technician has said what they want.
    pub fn beside(&mut self, company: Company) {
        self.company = Some(company);
    }

    /// Whether the person said yes to it, and it is not over.
    pub const fn is_granted(&self) -> bool {
        matches!(self.state, State::Living { .. } | State::Away(_))
    }

    /// Who proved to be the technician, by the certificate.
    pub fn shown_as(&self) -> Option<&str> {
        self.who.as_ref().map(|who| who.member.display_name.as_str())
    }

    /// The epoch of a grant that is still to come: later than any before, of whichever session.
    pub fn under(&mut self, epoch: Epoch) {
        if !self.is_granted() {
            self.epoch = epoch;
        }
    }

    /// The session it stood beside is over: so is this one.
    pub fn part(&mut self, now: Instant) {
        self.finish(now, EndReason::FirstLeft);
    }

    /// What becomes of a colleague's question.
    pub fn colleague(&mut self, word: Colleague) {
        self.colleague_asks = matches!(word, Colleague::Asked { .. });
        if self.is_granted() {
            self.say(&FromAgent::Notice(Notice::Colleague(word)));
        }
    }
}
