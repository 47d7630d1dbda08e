//! The line is lost under a grant (clause 4.4): the picture is wiped, and for a while the console tries to come back to the same yes.
//!
//! It calls the same machine's key in a new channel, proves with a secret of the lost one who it is, and believes that the session goes
//! on only by the machine's signature over this new channel: under a later epoch, with no more rights and no more time than before.

use std::time::Instant;

use super::{Living, Output, Session, State, seen};
use crate::firm::Signed;
use crate::id::UnixSeconds;
use crate::seal::{Channel, DatagramOpener, Heirloom};
use crate::session::{AWAY, PATIENCE};
use crate::wire::codes::EndReason;
use crate::wire::session::{FromAgent, FromConsole, Resumption};

/// A grant without a line.
pub(super) struct Away {
    living: Living,
    heirloom: Heirloom,
    until: Instant,
    coming: Option<Coming>,
}

/// A new channel, and whether the proof is out.
struct Coming {
    channel: Channel,
    proved: bool,
}

// === impl Away

impl Away {
    /// When something happens by itself.
    pub(super) fn due(&self) -> Instant {
        self.until.min(self.living.ends_at + PATIENCE)
    }

    fn left_s(&self, now: Instant) -> u16 {
        u16::try_from(self.until.saturating_duration_since(now).as_secs()).unwrap_or(u16::MAX)
    }
}

// === impl Session

impl Session {
    /// The line is gone. Counted from the last sign of life; without a grant, or after too long, it is over.
    pub(super) fn torn(&mut self, now: Instant) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Living(living) if now < living.seen + AWAY => {
                let Ok(heirloom) = self.channel.heirloom() else {
                    self.state = State::Living(living);
                    return self.finish(EndReason::SealBroken);
                };
                if !living.blank {
                    self.outputs.push_back(Output::Blank(true));
                }
                let away = Away { until: living.seen + AWAY, living, heirloom, coming: None };
                self.again(now, away);
            }
            State::Away(away) => self.again(now, away),
            state => {
                let leaving = matches!(state, State::Leaving { .. });
                self.state = state;
                self.finish(if leaving { EndReason::EndedByTechnician } else { EndReason::LinkLost });
            }
        }
    }

    /// There is a new control lane to the machine: it is called.
    pub(super) fn call_again(&mut self, now: Instant, wall: UnixSeconds) {
        let State::Away(away) = &mut self.state else { return };
        match Channel::console(&self.signer, &self.agent_spki, wall) {
            Ok(mut channel) => {
                if let Some(bytes) = channel.outgoing() {
                    self.outputs.push_back(Output::Send(bytes));
                }
                away.coming = Some(Coming { channel, proved: false });
            }
            Err(_) => self.torn(now),
        }
    }

    /// Bytes of the new control lane.
    pub(super) fn hear_again(&mut self, now: Instant, wall: UnixSeconds, bytes: &[u8]) {
        let State::Away(away) = &mut self.state else { return };
        let Some(mut coming) = away.coming.take() else { return };
        let heard = coming.channel.receive(wall, bytes).map_err(seen);
        let said = heard.and_then(|()| self.greet(&mut coming));
        if let Some(bytes) = coming.channel.outgoing() {
            self.outputs.push_back(Output::Send(bytes));
        }
        match said {
            Ok(Some(word)) => self.go_on(now, coming, word),
            Ok(None) => {
                if let State::Away(away) = &mut self.state {
                    away.coming = Some(coming);
                }
            }
            // Whoever that was: the machine may still answer.
            Err(_) => self.torn(now),
        }
    }

    /// Time passed while the line is lost.
    pub(super) fn wait_for_line(&mut self, now: Instant) {
        let State::Away(away) = &self.state else { return };
        if now >= away.until {
            self.finish(EndReason::LinkLost);
        } else if now >= away.due() {
            self.finish(EndReason::GrantExpired);
        }
    }

    /// A new attempt is due.
    fn again(&mut self, now: Instant, mut away: Away) {
        away.coming = None;
        self.outputs.push_back(Output::Away { for_s: away.left_s(now) });
        self.state = State::Away(away);
    }

    /// Says who is there, once; the machine's word, when it has come.
    fn greet(&self, coming: &mut Coming) -> Result<Option<Box<Signed<Resumption>>>, EndReason> {
        let State::Away(away) = &self.state else { return Ok(None) };
        if !coming.channel.is_open() {
            return Ok(None);
        }
        if !coming.proved {
            let epoch = away.living.epoch;
            let proof = away.heirloom.proof(&coming.channel, self.ticket.session, epoch).map_err(seen)?;
            coming.channel.send(&FromConsole::Resume { epoch, proof }).map_err(seen)?;
            coming.proved = true;
        }
        match coming.channel.next::<FromAgent>().map_err(seen)? {
            None => Ok(None),
            Some(FromAgent::Resumed(word)) => Ok(Some(word)),
            Some(_) => Err(EndReason::ProtocolViolation),
        }
    }

    fn go_on(&mut self, now: Instant, coming: Coming, signed: Box<Signed<Resumption>>) {
        let State::Away(away) = &self.state else { return };
        match self.accepts(now, away, &coming, &signed) {
            Ok((word, pulses)) => {
                let Resumption { epoch, capabilities, for_s, .. } = word;
                let ends_at = away.living.ends_at;
                (self.channel, self.pulses) = (coming.channel, Some(pulses));
                self.state = State::Living(Living::new(epoch, capabilities, ends_at, now));
                self.outputs.push_back(Output::Resumed { epoch, capabilities, for_s, word: signed });
                self.outputs.push_back(Output::Blank(true));
                // What came behind the word.
                if let Err(reason) = self.converse(now) {
                    self.finish(reason);
                }
            }
            // The machine itself says what it may not: there is nothing to wait for.
            Err(reason) => self.finish(reason),
        }
    }

    fn accepts(
        &self,
        now: Instant,
        away: &Away,
        coming: &Coming,
        signed: &Signed<Resumption>,
    ) -> Result<(Resumption, DatagramOpener), EndReason> {
        let word = signed.open_by_key(&self.agent_spki).map_err(|_| EndReason::AgentUntrusted)?;
        let (living, ticket) = (&away.living, &self.ticket);
        let holds = word.session == ticket.session
            && (word.agent_key, word.technician_key) == (ticket.agent_key, ticket.technician_key)
            && word.lost == living.epoch
            && word.epoch > living.epoch
            && living.capabilities.holds(word.capabilities)
            && now < away.until
            && word.channel == coming.channel.receipt_binding().map_err(seen)?;
        let pulses = coming.channel.datagram_opener(ticket.session).map_err(seen)?;
        if holds { Ok((word, pulses)) } else { Err(EndReason::ProtocolViolation) }
    }
}
