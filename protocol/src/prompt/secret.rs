//! The question for a password (clause 8.2): its program seals what is typed before anybody else can read it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{BadAsk, NoReason};
use crate::id::SessionId;
use crate::seal::secret::Context;
use crate::text::Lang;
use crate::wire::Wire;
use crate::wire::handover::{HandoverKind, SealedSecret};
use crate::wire::session::MAX_TEXT;

/// So long the window waits for what is typed; silence is a no.
pub const SECRET_TTL: Duration = Duration::from_secs(180);

/// The question, to the program `secret`: its first and only message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AskSecret {
    /// The firm's name, from its signed profile.
    pub firm: String,
    /// The technician's name, from the certificate.
    pub technician: String,
    /// What is asked for.
    pub kind: HandoverKind,
    /// In which session.
    pub session: SessionId,
    /// What the value is sealed to: the technician's program alone holds the other half.
    pub key: [u8; 32],
    /// Seconds until silence is a no; never more than [`SECRET_TTL`].
    pub ttl_s: u16,
    /// The language to begin with; the person can change it.
    pub lang: Option<Lang>,
}

/// The person's answer, from the program `secret`: its first and only message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum SecretAnswer {
    /// It is handed over.
    Given {
        /// The value, as nobody here can read it.
        sealed: SealedSecret,
        /// How many values: a password, or an identifier with it.
        count: u8,
    },
    /// It is not.
    No(NoReason),
}

// === impl AskSecret

impl AskSecret {
    /// Whether this may be put to a person.
    ///
    /// # Errors
    /// [`BadAsk`] says what is wrong.
    pub fn check(&self) -> Result<(), BadAsk> {
        if !self.kind.can_be_asked() {
            return Err(BadAsk::Capabilities);
        }
        let texts = [&self.firm, &self.technician];
        if texts.iter().any(|t| t.trim().is_empty() || t.chars().count() > 4 * MAX_TEXT) {
            return Err(BadAsk::Text);
        }
        if self.ttl_s == 0 { Err(BadAsk::Number) } else { Ok(()) }
    }

    /// After that long, silence is a no.
    pub fn ttl(&self) -> Duration {
        SECRET_TTL.min(Duration::from_secs(u64::from(self.ttl_s)))
    }

    /// What the value is for.
    pub const fn context(&self) -> Context {
        Context { session: self.session, kind: self.kind }
    }
}

// === impl SecretAnswer

impl SecretAnswer {
    /// An answer as far as it is lawful: anything else is the work of a broken program.
    #[must_use]
    pub fn judged(self) -> Self {
        match self {
            Self::Given { sealed, count } if sealed.check().is_err() || !(1..=2).contains(&count) => {
                Self::No(NoReason::PromptLost)
            }
            answer => answer,
        }
    }
}

impl Wire for AskSecret {
    const LIMIT: usize = 4 * 1024;
}
impl Wire for SecretAnswer {
    const LIMIT: usize = 2 * 1024;
}
