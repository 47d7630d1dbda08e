//! The one return that a person may allow before a restart (clause 4.3): asked for in a session, kept on disk, and used up by the next
//! session of the same technician, which begins behind a countdown that the person can stop.

use std::time::Instant;

use super::{Output, Session, State};
use crate::consent::{Asked, Granted};
use crate::firm::Member;
use crate::id::UnixSeconds;
use crate::journal::Event;
use crate::prompt::{Answer, Ask, TTL};
use crate::session::AtDesk;
use crate::wire::codes::EndReason;
use crate::wire::link::Step;
use crate::wire::session::{Capabilities, FromAgent, Notice};

/// Where a session stands with a return.
#[derive(Default)]
pub(super) struct Return {
    /// The person is being asked.
    asked: Option<Asked>,
    /// Questions in this session; one is enough.
    questions: u8,
    /// What the person has allowed this very session to begin with.
    promised: Option<Capabilities>,
}

impl Session {
    /// The person has allowed this technician to come back once, with no more than that: the whole question is not put again.
    pub fn promised(&mut self, capabilities: Capabilities) {
        self.back.promised = Some(capabilities);
    }

    /// The technician wishes to come back after a restart.
    pub(super) fn wishes_return(&mut self, now: Instant) {
        let State::Living { granted, beats: Some(_) } = &self.state else { return };
        let free =
            !granted.stands_still() && !self.asks_to_go_on() && self.widening.is_none() && self.may_ask;
        let (epoch, capabilities) = (granted.epoch(), granted.capabilities());
        let question =
            self.first_ask().filter(|_| free && self.back.questions < 2 && self.back.asked.is_none());
        let asked = question.and_then(|first| {
            let ttl_s = u16::try_from(TTL.as_secs()).unwrap_or(u16::MAX);
            let ask = Ask {
                capabilities,
                ttl_s,
                extending: None,
                widening: None,
                returning: true,
                ..first.clone()
            };
            Asked::new(now, ask).ok()
        });
        let Some(asked) = asked else {
            return self.say(&FromAgent::Notice(Notice::Return { allowed: false }));
        };
        self.back.questions += 1;
        let ask = Box::new(asked.ask().clone());
        self.back.asked = Some(asked);
        self.outputs.push_back(Output::AtDesk { epoch, word: AtDesk::AskReturn { ask } });
    }

    /// The person answered whether the technician may come back, or will not.
    pub(super) fn answered_return(&mut self, now: Instant, answer: Answer) {
        let Some(asked) = self.back.asked.take() else { return };
        let State::Living { granted, .. } = &self.state else { return };
        let most = granted.capabilities();
        let allowed = asked.agreed(now, answer).map(|capabilities| capabilities.and(most));
        if let Ok(capabilities) = allowed {
            let session = self.ticket.session;
            self.outputs.push_back(Output::Promise { capabilities });
            self.outputs.push_back(Output::Journal(Event::Promised { session, capabilities }));
            self.outputs.push_back(Output::Report(Step::Promised { capabilities }));
        }
        self.say(&FromAgent::Notice(Notice::Return { allowed: allowed.is_ok() }));
    }

    /// Whether the person is being asked that.
    pub(super) const fn asks_return(&self) -> bool {
        self.back.asked.is_some()
    }

    /// A session that the person has allowed in advance: the banner, and a countdown that they can stop. `false`: it must be asked for.
    pub(super) fn returns(
        &mut self,
        now: Instant,
        wall: UnixSeconds,
        ask: &Ask,
        who: &Member,
    ) -> Result<bool, EndReason> {
        let Some(promised) = self.back.promised.take() else { return Ok(false) };
        let capabilities = ask.capabilities.and(promised);
        if !capabilities.holds(Capabilities::VIEW) {
            return Ok(false);
        }
        let granted = Granted::promised(now, self.epoch, capabilities, ask.minutes, self.closing.hard_end())?;
        let receipt = self.receipt(wall, &granted)?;
        let (session, epoch) = (self.ticket.session, self.epoch);
        self.say(&FromAgent::Reveal(self.nonce));
        self.say(&FromAgent::Asking { for_s: ask.ttl_s });
        self.closing.granted(now, ask);
        self.outputs.push_back(Output::Journal(Event::Returned { session, capabilities, epoch }));
        self.outputs.push_back(Output::Report(Step::Granted(Box::new(receipt.clone()))));
        self.outputs.push_back(Output::Return {
            epoch,
            capabilities,
            for_s: granted.for_s(),
            technician: who.display_name.clone(),
        });
        self.state = State::Living { granted, beats: None };
        self.say(&FromAgent::Granted(Box::new(receipt)));
        Ok(true)
    }
}
