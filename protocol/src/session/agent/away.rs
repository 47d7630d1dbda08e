//! The line is lost under a yes (clause 4.4): nothing is seen or moved, and for a while the same console may come back to it.
//!
//! Who comes back shows the ticket's certificate and key in a new channel, and proves with a secret of the lost one that it is the same
//! process. Whoever can't is turned away and changes nothing: neither does it end the wait, nor lengthen it. The grant's rights and time
//! are what they were; only its epoch is a new one, so that nothing of before the loss counts any more.

use std::time::{Duration, Instant};

use super::{Output, Session, State, seen};
use crate::consent::Granted;
use crate::id::{Epoch, UnixSeconds};
use crate::journal::Event;
use crate::seal::{Channel, Heirloom};
use crate::session::{AWAY, HANDSHAKE};
use crate::wire::codes::EndReason;
use crate::wire::link::Step;
use crate::wire::session::{FromAgent, FromConsole, Resumption};

/// A grant without a line.
pub(super) struct Away {
    pub(super) granted: Granted,
    heirloom: Heirloom,
    since: Instant,
    until: Instant,
    coming: Option<Coming>,
}

/// Somebody who may be the one.
struct Coming {
    channel: Channel,
    /// The epoch it would have.
    epoch: Epoch,
    until: Instant,
}

// === impl Away

impl Away {
    /// When something happens by itself.
    pub(super) fn due(&self) -> Instant {
        let due = self.until.min(self.granted.due());
        self.coming.as_ref().map_or(due, |coming| due.min(coming.until))
    }
}

// === impl Session

impl Session {
    /// The line is gone, and has been for `ago`. A grant whose banner is up waits for it; everything else is over.
    pub(super) fn line_lost(&mut self, now: Instant, ago: Duration) {
        self.drop_more(EndReason::LinkLost);
        match std::mem::replace(&mut self.state, State::Over) {
            State::Living { granted, beats: Some(_) } if granted.overdue(now).is_none() => {
                let (heirloom, left) = (self.channel.heirloom(), AWAY.saturating_sub(ago));
                let Ok(heirloom) = heirloom else {
                    self.state = State::Living { granted, beats: None };
                    return self.finish(now, EndReason::SealBroken);
                };
                let (session, epoch) = (self.ticket.session, granted.epoch());
                self.forget_question();
                let for_s = u16::try_from(left.as_secs()).unwrap_or(u16::MAX);
                self.state =
                    State::Away(Away { granted, heirloom, since: now, until: now + left, coming: None });
                self.outputs.push_back(Output::Away { epoch, for_s });
                self.outputs.push_back(Output::Journal(Event::LineLost { session }));
                self.outputs.push_back(Output::Report(Step::Lost));
            }
            State::Away(mut away) => {
                away.coming = None;
                self.state = State::Away(away);
            }
            state => {
                self.state = state;
                self.finish(now, EndReason::LinkLost);
            }
        }
    }

    /// The relay says that the console is back: it is heard in a channel of its own, under this epoch if it is the one.
    pub(super) fn knocked(&mut self, now: Instant, wall: UnixSeconds, epoch: Epoch) {
        let State::Away(away) = &mut self.state else { return };
        if let Ok(channel) = Channel::agent(&self.signer, self.firm.clone(), wall) {
            away.coming = Some(Coming { channel, epoch, until: now + HANDSHAKE });
        }
    }

    /// Bytes of the one who is coming.
    pub(super) fn hear_coming(&mut self, now: Instant, wall: UnixSeconds, bytes: &[u8]) {
        let State::Away(away) = &mut self.state else { return };
        let Some(mut coming) = away.coming.take() else { return };
        let heard = coming.channel.receive(wall, bytes).map_err(seen);
        if let Some(bytes) = coming.channel.outgoing() {
            self.outputs.push_back(Output::Send(bytes));
        }
        match heard.and_then(|()| self.recognises(wall, &mut coming)) {
            Ok(true) => self.resume(now, coming),
            Ok(false) => {
                if let State::Away(away) = &mut self.state {
                    away.coming = Some(coming);
                }
            }
            // Somebody else's noise ends nothing: the right one may still come.
            Err(_) => {}
        }
    }

    /// Time passed while the line is lost.
    pub(super) fn wait_for_line(&mut self, now: Instant) {
        let State::Away(away) = &mut self.state else { return };
        if away.coming.as_ref().is_some_and(|coming| now >= coming.until) {
            away.coming = None;
        }
        if let Some(reason) = away.granted.overdue(now) {
            self.finish(now, reason);
        } else if now >= away.until {
            self.finish(now, EndReason::LinkLost);
        }
    }

    /// Whether it is the one, as soon as it has said so.
    fn recognises(&self, wall: UnixSeconds, coming: &mut Coming) -> Result<bool, EndReason> {
        let State::Away(away) = &self.state else { return Ok(false) };
        if !coming.channel.is_open() {
            return Ok(false);
        }
        self.technician(&coming.channel, wall)?;
        let Some(word) = coming.channel.next::<FromConsole>().map_err(seen)? else { return Ok(false) };
        let FromConsole::Resume { epoch, proof } = word else { return Err(EndReason::ProtocolViolation) };
        let session = self.ticket.session;
        let proved = epoch == away.granted.epoch()
            && away.heirloom.proves(&coming.channel, session, epoch, &proof).map_err(seen)?;
        proved.then_some(true).ok_or(EndReason::ProtocolViolation)
    }

    /// The only way back from a lost line.
    fn resume(&mut self, now: Instant, coming: Coming) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Away(away) if now < away.until => {
                if let Err(away) = self.go_on(now, coming, away) {
                    self.state = State::Away(*away);
                    self.wait_for_line(now);
                }
            }
            state => self.state = state,
        }
    }

    fn go_on(&mut self, now: Instant, coming: Coming, mut away: Away) -> Result<(), Box<Away>> {
        let (session, lost) = (self.ticket.session, away.granted.epoch());
        let Coming { channel, epoch, .. } = coming;
        let (Ok(pulses), Ok(binding)) = (channel.datagram_sealer(session), channel.receipt_binding()) else {
            return Err(Box::new(away));
        };
        let away_s = u32::try_from(now.saturating_duration_since(away.since).as_secs()).unwrap_or(u32::MAX);
        if !away.granted.resume(now, epoch) {
            return Err(Box::new(away));
        }
        let word = Resumption {
            session,
            agent_key: self.ticket.agent_key,
            technician_key: self.ticket.technician_key,
            lost,
            epoch,
            capabilities: away.granted.capabilities(),
            for_s: away.granted.left_s(now),
            away_s,
            channel: binding,
        };
        // The old epoch is gone by now: without a signature the wait goes on, and the next attempt has a later one.
        let Ok(word) = self.signer.sign(&word) else { return Err(Box::new(away)) };
        (self.channel, self.pulses) = (channel, Some(pulses));
        self.state = State::Living { granted: away.granted, beats: None };
        self.outputs.push_back(Output::Journal(Event::Resumed { session, epoch, away_s }));
        self.outputs.push_back(Output::Report(Step::Resumed(Box::new(word.clone()))));
        self.outputs.push_back(Output::Back { lost, epoch });
        self.say(&FromAgent::Resumed(Box::new(word)));
        Ok(())
    }
}
