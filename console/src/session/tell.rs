//! What happens in a session, told: sentences for people, one JSON object per line for programs (`docs/steps.md`).

use std::io;

use aval_protocol::text::{console as text, line, turn};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::record::MachineRow;
use aval_protocol::wire::session::{Capabilities, Notice, SessionRequest};
use aval_protocol::wire::turn::More;
use serde_json::json;

use super::{Happened, Running};
use crate::calls::show;
use crate::say::{EXIT_DONE, EXIT_LOST, EXIT_REFUSED_BY_PERSON, EXIT_STEP, Mouth, Said};

/// Tells one session.
#[derive(Debug)]
pub(super) struct Teller {
    hostname: String,
    asked: Capabilities,
    granted: bool,
    hidden: bool,
    /// Somebody is in a session there already.
    beside: bool,
    ended: Option<EndReason>,
}

// === impl Teller

impl Teller {
    pub(super) fn new(request: &SessionRequest, row: &MachineRow, mouth: &mut Mouth<'_>) -> io::Result<Self> {
        let hostname = aval_protocol::text::prompt::plain(&row.facts.hostname, 40);
        mouth.event(&json!({
            "event": "requested",
            "machine": hostname,
            "agent": row.agent.to_string(),
            "capabilities": show::capabilities(request.capabilities),
            "category": request.category,
            "minutes": request.minutes,
        }))?;
        Ok(Self {
            hostname,
            asked: request.capabilities,
            granted: false,
            hidden: false,
            beside: false,
            ended: None,
        })
    }

    /// The gate said yes.
    pub(super) fn permitted(&mut self, running: &Running, mouth: &mut Mouth<'_>) -> io::Result<()> {
        self.beside = running.beside().is_some();
        let permitted = running.permitted();
        let said = Said::of(|l| text::permitted(l, &self.hostname, &permitted.line));
        let warnings = &permitted.warnings;
        let fields = json!({
            "line": show::line(&permitted.line),
            "warnings": warnings.iter().map(show::reason).collect::<Vec<_>>(),
        });
        mouth.tell("permitted", &said, fields)?;
        if !mouth.json {
            warnings.iter().try_for_each(|warning| mouth.say("warning", &show::reason_said(warning)))?;
        }
        Ok(())
    }

    /// One event.
    pub(super) fn tell(&mut self, happened: Happened, mouth: &mut Mouth<'_>) -> io::Result<()> {
        match happened {
            Happened::MatchCode(code) => mouth.tell(
                "match-code",
                &Said::of(|l| text::match_code(l, code)),
                json!({ "code": format!("{code:06}") }),
            ),
            Happened::Asking { for_s } => {
                mouth.tell("asking", &Said::of(|l| text::asking(l, for_s)), json!({ "for_s": for_s }))
            }
            Happened::Granted { capabilities, for_s } => {
                self.granted = true;
                let mut said = Said::of(|l| text::granted(l, capabilities, for_s));
                if !capabilities.holds(self.asked) {
                    said = said.then(&Said::of(text::granted_less));
                }
                let fields = json!({ "capabilities": show::capabilities(capabilities), "for_s": for_s });
                mouth.tell("granted", &said, fields)
            }
            Happened::Hidden(hidden) => {
                let first = !hidden && !self.hidden;
                self.hidden |= hidden;
                // The first picture needs no explanation.
                if first && !mouth.json {
                    return Ok(());
                }
                mouth.say(if hidden { "hidden" } else { "shown" }, &Said::of(|l| text::blank(l, hidden)))
            }
            Happened::Away { for_s } => {
                self.hidden = true;
                mouth.tell("away", &Said::of(|l| line::to_technician(l, for_s)), json!({ "for_s": for_s }))
            }
            Happened::Resumed { capabilities, for_s } => {
                let fields = json!({ "capabilities": show::capabilities(capabilities), "for_s": for_s });
                mouth.tell("resumed", &Said::of(line::resumed), fields)
            }
            Happened::Held { why, left_s } => {
                self.hidden = true;
                mouth.tell("held", &Said::of(|l| turn::held(l, why, left_s)), json!({ "for_s": left_s }))
            }
            Happened::Turned { capabilities, for_s, why } => {
                let fields = json!({
                    "why": why.label(),
                    "capabilities": show::capabilities(capabilities),
                    "for_s": for_s,
                });
                mouth.tell("turned", &Said::of(|l| turn::turned(l, why)), fields)
            }
            Happened::Notice(notice) => {
                let fields = match notice {
                    Notice::More(More::Asked { for_s }) => {
                        json!({ "what": "wish", "asked": true, "for_s": for_s })
                    }
                    Notice::More(More::NotAsked { reason }) => {
                        json!({ "what": "wish", "asked": false, "reason": reason.to_string() })
                    }
                    Notice::Colleague(word) => show::colleague(word),
                    Notice::LocalInput { active } => json!({ "what": "local-input", "active": active }),
                    Notice::Return { allowed } => json!({ "what": "return", "allowed": allowed }),
                    Notice::Masked { active } => json!({ "what": "masked", "active": active }),
                    Notice::ScreenPaused { active } => json!({ "what": "screen-paused", "active": active }),
                    Notice::Closing { state, at } => {
                        json!({ "what": "closing", "state": show::closing(state), "at": show::hour(at) })
                    }
                };
                mouth.tell("notice", &Said::of(|l| text::notice(l, notice)), fields)
            }
            // A command has no eyes for a password: it only wishes that the person types it.
            Happened::Secret(_) => Ok(()),
            Happened::Ended(reason) => {
                self.ended = Some(reason);
                Ok(())
            }
        }
    }

    /// The end, when all else is told, and the exit code.
    pub(super) fn end(self, reason: EndReason, step_failed: bool, mouth: &mut Mouth<'_>) -> io::Result<u8> {
        let reason = self.ended.unwrap_or(reason);
        mouth.tell(
            "ended",
            &Said::of(|l| text::ended(l, reason, self.beside && !self.granted)),
            json!({ "reason": reason.to_string() }),
        )?;
        Ok(exit(reason, self.granted, step_failed))
    }
}

/// The documented exit code: a lost session says more than the step that was lost with it.
fn exit(reason: EndReason, granted: bool, step_failed: bool) -> u8 {
    use EndReason as R;
    let exit = match reason {
        R::EndedByTechnician | R::HandedOver | R::FirstLeft => EXIT_DONE,
        R::EndedByPerson | R::GrantExpired | R::SupportClosed | R::PersonLeft | R::LeftLocked if granted => {
            EXIT_DONE
        }
        R::EndedByPerson
        | R::GrantExpired
        | R::SupportClosed
        | R::PersonLeft
        | R::LeftLocked
        | R::RefusedByPerson
        | R::PromptTimedOut
        | R::PromptLost
        | R::NoDisplay
        | R::DisplayUnsupported
        | R::NobodyThere
        | R::PromptLimit
        | R::DevicePolicy
        | R::ProgramTooOld
        | R::BeyondTicket
        | R::Busy => EXIT_REFUSED_BY_PERSON,
        R::BannerLost
        | R::LinkLost
        | R::TicketInvalid
        | R::TechnicianUntrusted
        | R::AgentUntrusted
        | R::SealBroken
        | R::ProtocolViolation
        | R::DisplayLost
        | R::SecurityCut
        | R::RelayStopping
        | R::AgentStopping
        | R::PeerSilent
        | R::MatchCodeDiffers
        | R::Unknown(_) => EXIT_LOST,
    };
    if step_failed && exit == EXIT_DONE { EXIT_STEP } else { exit }
}

#[cfg(test)]
mod tests;
