//! Changes in words.

use aval_protocol::text::Lang;
use aval_protocol::text::fleet as text;
use aval_protocol::text::gate::Sentence;
use aval_protocol::text::inventory::{battery, cpu, disk, module, screen};

use super::{Change, Confidence, Effect, Field, Part, What};

impl Change {
    /// What changed, for people.
    pub fn said(&self) -> Sentence {
        let said = match &self.what {
            What::Added(part) => text::added(&part.said()),
            What::Removed(part) => text::removed(&part.said()),
            What::Replaced { old, new } => text::replaced(&old.said(), &new.said()),
            What::Altered { field, old, new } => text::altered(field.label(), old, new),
        };
        if self.confidence == Confidence::Once { text::seen_once(&said) } else { said }
    }
}

impl Part {
    /// The part in a line.
    pub fn said(&self) -> Sentence {
        let by = |lang| match self {
            Self::Disk(one) => disk(lang, one),
            Self::Module(one) => module(lang, one),
            Self::Screen(one) => screen(lang, one),
            Self::Battery(one) => battery(lang, one),
            Self::Cpu(one) => cpu(lang, one),
        };
        Sentence { fr: by(Lang::Fr), en: by(Lang::En) }
    }
}

impl Field {
    /// Its name for programs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Chassis => "chassis",
            Self::Model => "model",
            Self::SystemSerial => "system_serial",
            Self::BoardSerial => "board_serial",
            Self::Memory => "memory",
            Self::Os => "os",
            Self::Encryption => "encryption",
            Self::SecureBoot => "secure_boot",
            Self::Tpm => "tpm",
        }
    }
}

impl Effect {
    /// Its name for programs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Description => "description",
            Self::Line => "line",
            Self::Identity => "identity",
        }
    }
}
