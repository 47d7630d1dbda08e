//! Passwords in a session (clause 8.2): what the technician wishes goes to the desktop, where the person decides; what is masked or handed
//! over is told to both journals as a kind and a number.

use std::time::Instant;

use super::{Output, Session, State};
use crate::journal::Event;
use crate::prompt::NoReason;
use crate::prompt::secret::{AskSecret, SECRET_TTL, SecretAnswer};
use crate::session::AtDesk;
use crate::wire::codes::EndReason;
use crate::wire::handover::{HandoverKind, Mask, Wish};
use crate::wire::link::Step;
use crate::wire::session::{FromAgent, Notice};

/// Questions for a password in one session at most, and refusals after which there are no more: nobody is to be worn down.
const MOST_ASKED: u8 = 10;
const MOST_REFUSED: u8 = 3;

/// Where a session stands with passwords.
#[derive(Default)]
pub(super) struct Handover {
    mask: Mask,
    /// What the person is being asked for.
    asked: Option<HandoverKind>,
    questions: u8,
    refusals: u8,
}

impl Session {
    /// The technician wishes something. Nothing of it is done here.
    pub(super) fn wished(&mut self, now: Instant, wish: Wish) -> Result<(), EndReason> {
        let State::Living { granted, beats } = &self.state else {
            return Err(EndReason::ProtocolViolation);
        };
        let (epoch, up) = (granted.epoch(), beats.is_some());
        match wish {
            // Before the banner there is nothing to be masked.
            Wish::Mask if !up => Ok(()),
            Wish::GoOn => {
                self.wishes_to_go_on();
                Ok(())
            }
            Wish::Return => {
                self.wishes_return(now);
                Ok(())
            }
            Wish::Mask => {
                self.outputs.push_back(Output::AtDesk { epoch, word: AtDesk::Mask });
                Ok(())
            }
            Wish::Secret { kind, .. } if !kind.can_be_asked() => Err(EndReason::ProtocolViolation),
            Wish::Secret { kind, key } => {
                let h = &mut self.handover;
                if h.asked.is_some() || !up {
                    self.say(&FromAgent::Secret(SecretAnswer::No(NoReason::PromptLost)));
                    return Ok(());
                }
                if h.questions >= MOST_ASKED || h.refusals >= MOST_REFUSED {
                    self.say(&FromAgent::Secret(SecretAnswer::No(NoReason::Refused)));
                    return Ok(());
                }
                h.questions += 1;
                h.asked = Some(kind);
                let ask = Box::new(AskSecret {
                    firm: self.profile.name.clone(),
                    technician: self.closing.asked_by().unwrap_or_default(),
                    kind,
                    session: self.ticket.session,
                    key,
                    ttl_s: u16::try_from(SECRET_TTL.as_secs()).unwrap_or(u16::MAX),
                    lang: None,
                });
                self.outputs.push_back(Output::AtDesk { epoch, word: AtDesk::Secret { ask } });
                Ok(())
            }
        }
    }

    /// The desktop says whether the screen is masked. It has stopped by now.
    pub fn masked(&mut self, mask: Mask) {
        let State::Living { .. } = self.state else { return };
        let before = std::mem::replace(&mut self.handover.mask, mask);
        self.say(&FromAgent::Notice(Notice::Masked { active: mask != Mask::Off }));
        if mask == Mask::ByHand && before != Mask::ByHand {
            self.note_handover(HandoverKind::Masked, 1);
        }
    }

    /// The person handed over what was asked for, or did not.
    pub fn secret(&mut self, answer: SecretAnswer) {
        let State::Living { .. } = self.state else { return };
        let Some(kind) = self.handover.asked.take() else { return };
        match &answer {
            SecretAnswer::Given { count, .. } => self.note_handover(kind, *count),
            SecretAnswer::No(NoReason::Refused) => self.handover.refusals += 1,
            SecretAnswer::No(_) => {}
        }
        self.say(&FromAgent::Secret(answer));
    }

    /// Without a line nothing can be handed over: the desktop closes the window.
    pub(super) fn forget_question(&mut self) {
        self.handover.asked = None;
    }

    /// Whether the desktop said that nothing is seen or moved.
    pub(super) fn is_masked(&self) -> bool {
        self.handover.mask != Mask::Off
    }

    fn note_handover(&mut self, kind: HandoverKind, count: u8) {
        let session = self.ticket.session;
        self.outputs.push_back(Output::Journal(Event::Handover { session, kind, count }));
        self.outputs.push_back(Output::Report(Step::Handover { kind, count }));
    }
}
