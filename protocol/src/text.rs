//! What people read, French first and English beside it, in one catalogue: no sentence for people lives inside a code path.
//!
//! One file per topic. A function per sentence, so that a missing argument does not compile.

pub mod agent;
pub mod assent;
pub mod beside;
pub mod bulletin;
pub mod closing;
pub mod console;
pub mod contracts;
pub mod copies;
pub mod equipment;
pub mod fleet;
pub mod gate;
pub mod handover;
pub mod install;
pub mod inventory;
pub mod keys;
pub mod line;
pub mod lines;
pub mod papers;
pub mod passphrase;
pub mod person;
pub mod promise;
pub mod prompt;
pub mod relay;
pub mod release;
pub mod renewal;
pub mod succession;
pub mod turn;

use serde::{Deserialize, Serialize};

/// A language of the catalogue. French is the first and the fallback.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Français.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// The language of a POSIX locale name such as `en_GB.UTF-8`; French unless it is clearly English.
    pub fn of_locale(locale: &str) -> Self {
        if locale.starts_with("en") { Self::En } else { Self::Fr }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Fr => Self::En,
            Self::En => Self::Fr,
        }
    }

    /// The sentence of this language out of the two.
    pub const fn pick<T: Copy>(self, fr: T, en: T) -> T {
        match self {
            Self::Fr => fr,
            Self::En => en,
        }
    }
}
