//! How a grant stands still, goes on under a later epoch, and becomes wider or narrower while a session runs.
//!
//! Every change of what may be seen or moved begins a later epoch, so that what was on its way under the one before counts for nothing.

use serde::{Deserialize, Serialize};

use super::Wire;
use super::codes::EndReason;
use super::session::{Capabilities, MAX_TEXT};
use crate::firm::Statement;
use crate::id::{Epoch, KeyId, SessionId};

/// Why a grant stands still: nothing is seen, nothing is moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Hold {
    /// The person locked the machine.
    Locked,
    /// The machine sleeps.
    Asleep,
    /// The technician did nothing for long.
    Idle,
    /// The system shows a protected screen, for a password or an administrator's yes: only the person sees it, and answers there.
    Secure,
}

/// Why a grant goes on under a later epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Turning {
    /// The person is back: the machine was unlocked, or woke, in time.
    PersonBack,
    /// The person took mouse and keyboard back.
    TakenBack,
    /// The person agreed to more.
    Widened {
        /// How long the question was on the screen before, in ms.
        shown_ms: u32,
    },
    /// The person was asked for more, and it was a no: what was granted before goes on.
    NotWidened {
        /// Why.
        reason: EndReason,
    },
    /// The technician did nothing for long, and wants to go on.
    Awake,
}

/// The agent's signed word that a grant goes on under a later epoch, in the same end-to-end channel. Not a second was added.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Turn {
    /// The session.
    pub session: SessionId,
    /// The machine's key.
    pub agent_key: KeyId,
    /// The technician's key: the same as before.
    pub technician_key: KeyId,
    /// The epoch that is over.
    pub before: Epoch,
    /// The epoch from now on; always a later one.
    pub epoch: Epoch,
    /// What holds from now on. More than before only after [`Turning::Widened`].
    pub capabilities: Capabilities,
    /// What is left of the grant, in seconds.
    pub for_s: u32,
    /// Why.
    pub why: Turning,
    /// Binds the word to this end-to-end channel: its exporter under the label for receipts.
    pub channel: [u8; 32],
}

/// What a technician asks for in a living session, signed by their own key and said under seal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Widening {
    /// The session.
    pub session: SessionId,
    /// The living epoch: an old wish is none.
    pub epoch: Epoch,
    /// Everything that would hold; never more than the ticket does.
    pub capabilities: Capabilities,
    /// What for, in the technician's words. At most [`MAX_TEXT`] characters.
    pub reason: String,
}

/// What becomes of a wish for more, before its answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum More {
    /// The person is being asked; input is held back meanwhile.
    Asked {
        /// Seconds until silence is a no.
        for_s: u16,
    },
    /// The person is not asked, or not any more: what was granted goes on.
    NotAsked {
        /// Why.
        reason: EndReason,
    },
}

impl Widening {
    /// Whether this may be put to a person.
    pub fn is_sound(&self) -> bool {
        let length = self.reason.trim().chars().count();
        self.capabilities.holds(Capabilities::VIEW)
            && !self.capabilities.has_unknown()
            && (1..=MAX_TEXT).contains(&length)
    }
}

impl Turning {
    /// The kind's name in exports and on terminals.
    pub const fn label(self) -> &'static str {
        match self {
            Self::PersonBack => "PERSON_BACK",
            Self::TakenBack => "TAKEN_BACK",
            Self::Widened { .. } => "WIDENED",
            Self::NotWidened { .. } => "NOT_WIDENED",
            Self::Awake => "AWAKE",
        }
    }
}

impl Wire for Turn {
    const LIMIT: usize = 1024;
}
impl Wire for Widening {
    const LIMIT: usize = 2 * 1024;
}
impl Statement for Turn {
    const LABEL: &'static str = "aval/1 turn";
}
impl Statement for Widening {
    const LABEL: &'static str = "aval/1 widening";
}
