//! The question whether the client approves a version of the equipment list (clause 2.2), to the representative at their own PC.
//!
//! The data of the question alone: how it is drawn is each system's. It names no capability and opens nothing; the answer is a yes or a no.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ARMING, Answer, BadAsk, NoReason};
use crate::id::ContractId;
use crate::text::Lang;
use crate::wire::Wire;
use crate::wire::assent::{ListChange, ListEffect, MOST_SHOWN};
use crate::wire::equipment::ListHash;
use crate::wire::inventory::values::Day;
use crate::wire::session::MAX_TEXT;

/// A person reads a list as long as they like within a working day's half; then it is put aside, which is no refusal.
pub const LIST_TTL: Duration = Duration::from_secs(4 * 3600);

/// The question, to the program `list`: its first and only message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AskList {
    /// The firm's name, from its signed profile.
    pub firm: String,
    /// The firm's telephone number, E.164, from its signed profile.
    pub phone: String,
    /// The client, as the contract names it.
    pub client: String,
    /// The contract.
    pub contract: ContractId,
    /// The version's number.
    pub version: u32,
    /// Its name, of which the first digits are shown.
    pub list: ListHash,
    /// The day from which it would hold.
    pub from: Day,
    /// Lines that would cover on that day.
    pub covering: u32,
    /// What changes: 1 to [`MOST_SHOWN`].
    pub changes: Vec<ListChange>,
    /// What it changes in what is charged.
    pub effect: Option<ListEffect>,
    /// Seconds until it is put aside; never more than [`LIST_TTL`].
    pub ttl_s: u16,
    /// The language to begin with; the person can change it.
    pub lang: Option<Lang>,
}

/// The person's answer, from the program `list`: its first and only message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ListAnswer {
    /// Approved.
    Yes {
        /// How long the question was on screen before, in ms.
        shown_ms: u32,
    },
    /// Not. Only [`NoReason::Refused`] is the person's own no.
    No(NoReason),
}

impl AskList {
    /// Whether this may be put to a person.
    ///
    /// # Errors
    /// [`BadAsk`] says what is wrong; such a question is answered no without a window.
    pub fn check(&self) -> Result<(), BadAsk> {
        let texts = [&self.firm, &self.phone, &self.client];
        if texts.iter().any(|t| t.trim().is_empty() || t.chars().count() > 4 * MAX_TEXT) {
            return Err(BadAsk::Text);
        }
        if !(1..=MOST_SHOWN).contains(&self.changes.len()) || self.ttl_s == 0 {
            return Err(BadAsk::Number);
        }
        Ok(())
    }

    /// After that long it is put aside.
    pub fn ttl(&self) -> Duration {
        LIST_TTL.min(Duration::from_secs(u64::from(self.ttl_s)))
    }
}

impl ListAnswer {
    /// An answer as far as it is lawful: a yes before the question could be read is the work of a broken program.
    #[must_use]
    pub fn judged(self) -> Self {
        match self {
            Self::Yes { shown_ms } if Duration::from_millis(u64::from(shown_ms)) < ARMING => {
                Self::No(NoReason::PromptLost)
            }
            answer => answer,
        }
    }
}

impl From<Option<Answer>> for ListAnswer {
    /// The plain yes or no of a question that grants nothing; none at all is a lost window.
    fn from(answer: Option<Answer>) -> Self {
        match answer {
            Some(Answer::Yes { shown_ms, .. }) => Self::Yes { shown_ms },
            Some(Answer::No(why)) => Self::No(why),
            None => Self::No(NoReason::PromptLost),
        }
    }
}

impl Wire for AskList {
    /// Two whole lines for each change.
    const LIMIT: usize = 256 * 1024;
}
impl Wire for ListAnswer {
    const LIMIT: usize = 16;
}
