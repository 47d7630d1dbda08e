//! What the session process and the consent program say to each other over a pipe, and the rules of an answer.
//!
//! One program per question, one per banner. Whatever is not a whole, timely and lawful [`Answer::Yes`] is a no.

pub mod attach;
pub mod list;
pub mod secret;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::ContractId;
use crate::text::Lang;
use crate::wire::Wire;
use crate::wire::beside::Way;
use crate::wire::closing::MOST_OVERRUN_S;
use crate::wire::codes::EndReason;
use crate::wire::handover::Mask;
use crate::wire::session::{Capabilities, MAX_TEXT, WorkCategory};

/// Silence for that long is a no.
pub const TTL: Duration = Duration::from_secs(60);
/// The same for the question whether to go on after closing, at most: the longest overrun.
pub const EXTENDING_TTL: Duration = Duration::from_secs(MOST_OVERRUN_S as u64);
/// For that long the question must be on screen before a yes counts: time to read it.
pub const ARMING: Duration = Duration::from_secs(3);
/// How often a banner that is on screen says so.
pub const BEAT: Duration = Duration::from_millis(250);
/// Longest name of a firm or person that is shown, in characters; longer ones end in an ellipsis.
pub const MAX_SHOWN: usize = 64;
/// Names on one banner at most.
pub const MAX_TECHNICIANS: usize = 4;

/// The question, to the program `ask`: its first and only message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ask {
    /// The firm's name, from its signed profile.
    pub firm: String,
    /// The firm's telephone number, E.164, from its signed profile.
    pub phone: String,
    /// The technician's name, from the certificate.
    pub technician: String,
    /// The contract, where there is one.
    pub contract: Option<ContractId>,
    /// The kind of work.
    pub category: WorkCategory,
    /// Who at the client asked, how and when.
    pub reference: String,
    /// What the technician asks for: one box each.
    pub capabilities: Capabilities,
    /// For how long at most, in minutes.
    pub minutes: u16,
    /// The match code, 0 to 999 999, which the technician reads out on the telephone.
    pub match_code: u32,
    /// Seconds until silence is a no; never more than [`TTL`], or [`EXTENDING_TTL`] where it is about going on.
    pub ttl_s: u16,
    /// The language to begin with; the person can change it.
    pub lang: Option<Lang>,
    /// Whether it is the question whether to go on after closing.
    pub extending: Option<Extending>,
    /// What holds already, if it is the question whether more may: all that is asked is ticked then, and the reference is the
    /// technician's reason.
    pub widening: Option<Capabilities>,
    /// Whether it is the question whether the technician may come back once after a restart.
    pub returning: bool,
    /// Who is in a session with this PC already, if somebody is: what is asked is to take their place, or to be there too.
    pub beside: Option<Company>,
}

/// Who is in a session already when a second technician asks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Company {
    /// Their name, from the certificate.
    pub technician: String,
    /// What is asked for.
    pub way: Way,
}

/// The moments of the question whether to go on after closing, in minutes after midnight in Paris.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extending {
    /// Support closed then.
    pub closed_at: u16,
    /// With a yes, the end comes then at the latest.
    pub until: u16,
    /// Without an answer, the end comes then.
    pub unanswered_until: u16,
}

/// A question that may not be put to anybody.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadAsk {
    /// Nothing is asked, or control without view, or something this program cannot explain.
    #[error("the capabilities asked for cannot be explained to a person")]
    Capabilities,
    /// A text is empty or far too long.
    #[error("a name or text is empty or too long to be shown")]
    Text,
    /// A duration, time limit or code is out of bounds.
    #[error("a number is out of bounds")]
    Number,
}

/// The person's answer, from the program `ask`: its first and only message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// Yes, to that much.
    Yes {
        /// What was ticked of what was asked; always holds [`Capabilities::VIEW`].
        capabilities: Capabilities,
        /// How long the question was on screen before, in ms.
        shown_ms: u32,
    },
    /// No.
    No(NoReason),
}

/// Why the answer is no.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum NoReason {
    /// The person refused, or closed the window.
    Refused,
    /// Nobody answered in time.
    TimedOut,
    /// The asking side withdrew the question.
    Withdrawn,
    /// The program could not show the question, died, or said what makes no sense.
    PromptLost,
}

/// To the program `banner`. The first message is [`ToBanner::Show`], all others are [`ToBanner::Update`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ToBanner {
    /// Show this until the pipe closes.
    Show(Banner),
    /// Something changed.
    Update(BannerUpdate),
    /// Everybody who is in the session now: 1 to [`MAX_TECHNICIANS`]. The first is who was there first; the others only look.
    Technicians(Vec<String>),
}

/// What a banner says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Banner {
    /// Everybody who is in the session: 1 to [`MAX_TECHNICIANS`].
    pub technicians: Vec<String>,
    /// The firm's name.
    pub firm: String,
    /// The firm's telephone number, E.164.
    pub phone: String,
    /// What was granted.
    pub capabilities: Capabilities,
    /// What is left of the grant, in seconds.
    pub remaining_s: u32,
    /// The language; French if none.
    pub lang: Option<Lang>,
}

/// What changes on a banner.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BannerUpdate {
    /// What is left of the grant, in seconds. The banner counts down by itself in between.
    pub remaining_s: u32,
    /// What the grant holds now.
    pub capabilities: Capabilities,
    /// What the person should know.
    pub notice: Option<BannerNotice>,
    /// Whether the screen is masked while the person types a password.
    pub mask: Mask,
}

/// What a person should know beyond who, what and how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum BannerNotice {
    /// Remote input is held back because the person moves the mouse or types.
    YouHaveControl,
    /// The screen is not being shown at the moment.
    Paused,
    /// The line is being re-established.
    Reconnecting,
    /// The support hours or the granted time are about to end.
    EndsSoon,
    /// Support closes at that minute after midnight in Paris.
    ClosesAt(u16),
    /// The person agreed to go on after closing, until that minute.
    Extended(u16),
    /// Nobody agreed to go on: the screen may only be seen, until that minute.
    ViewOnly(u16),
    /// The line is lost: nothing is seen or moved. It may come back for that many seconds; then the session is over.
    LineLost(u16),
    /// The machine was locked or slept: nothing is seen or moved. It may go on for that many seconds; then the session is over.
    Held(u16),
    /// The person took mouse and keyboard back.
    TakenBack,
    /// The technician comes back after a restart, as the person allowed, in that many seconds: the end button stops it.
    ReturnsIn(u16),
    /// The technician did nothing for long: nothing is seen or moved until they want to go on.
    Idle,
}

/// From the program `banner`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FromBanner {
    /// The banner is on screen for the first time.
    Up,
    /// It still is: every [`BEAT`]. Its absence means that the person can't see who is there.
    Alive,
    /// The person ends the session.
    End {
        /// When the click or key was seen: the machine's monotonic clock (`CLOCK_MONOTONIC` on Linux), in ms.
        at_ms: u64,
    },
    /// The person masks the screen to type a password, or shows it again.
    Mask {
        /// Which of the two.
        on: bool,
    },
    /// The person takes mouse and keyboard back: from now on the screen may only be seen.
    TakeBack {
        /// When the click or key was seen, as for [`FromBanner::End`].
        at_ms: u64,
    },
}

// === impl Ask

impl Ask {
    /// Whether this may be put to a person.
    ///
    /// # Errors
    /// [`BadAsk`] says what is wrong; such a question is answered no without a window.
    pub fn check(&self) -> Result<(), BadAsk> {
        if self.capabilities.has_unknown() || !self.capabilities.holds(Capabilities::VIEW) {
            return Err(BadAsk::Capabilities);
        }
        let texts = [&self.firm, &self.phone, &self.technician, &self.reference];
        let company = self.beside.iter().map(|company| &company.technician);
        if texts.into_iter().chain(company).any(|t| t.trim().is_empty() || t.chars().count() > 4 * MAX_TEXT) {
            return Err(BadAsk::Text);
        }
        if self.match_code > 999_999 || !(1..=240).contains(&self.minutes) || self.ttl_s == 0 {
            return Err(BadAsk::Number);
        }
        Ok(())
    }

    /// After that long, silence is a no.
    pub fn ttl(&self) -> Duration {
        let most = if self.extending.is_some() { EXTENDING_TTL } else { TTL };
        most.min(Duration::from_secs(u64::from(self.ttl_s)))
    }

    /// An answer as far as it is lawful for this question: a yes to more than was asked, without view, or before the
    /// question could be read is the work of a broken program.
    pub fn judge(&self, answer: Answer) -> Answer {
        match answer {
            Answer::Yes { capabilities, shown_ms }
                if !self.capabilities.holds(capabilities)
                    || !capabilities.holds(Capabilities::VIEW)
                    || Duration::from_millis(u64::from(shown_ms)) < ARMING =>
            {
                Answer::No(NoReason::PromptLost)
            }
            answer => answer,
        }
    }
}

// === impl NoReason

impl From<NoReason> for EndReason {
    fn from(reason: NoReason) -> Self {
        match reason {
            NoReason::Refused => Self::RefusedByPerson,
            NoReason::TimedOut => Self::PromptTimedOut,
            NoReason::Withdrawn => Self::EndedByTechnician,
            NoReason::PromptLost => Self::PromptLost,
        }
    }
}

impl Wire for Ask {
    const LIMIT: usize = 8 * 1024;
}
impl Wire for Answer {
    const LIMIT: usize = 64;
}
impl Wire for ToBanner {
    const LIMIT: usize = 8 * 1024;
}
impl Wire for FromBanner {
    const LIMIT: usize = 64;
}

#[cfg(test)]
mod tests;
