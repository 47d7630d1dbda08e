//! A sentence in both languages, and what a command that failed tells the person at the terminal: what happened, what to do next.

use std::io;

use aval_protocol::text::{Lang, agent as text, renewal};
use aval_transport::random::NoRandomness;

use crate::enrol::EnrolError;
use crate::ipc::IpcError;
use crate::service::ServiceError;
use crate::session::SessionError;
use crate::state::StateError;

/// One sentence, French and English.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// An error that has a sentence for people.
pub trait ForPeople {
    /// The sentence: what happened, and what to do next.
    fn said(&self) -> Said;
}

// === impl Said

impl Said {
    /// The sentence of the catalogue in both languages.
    pub fn of<T: Into<String>>(sentence: impl Fn(Lang) -> T) -> Self {
        Self { fr: sentence(Lang::Fr).into(), en: sentence(Lang::En).into() }
    }

    /// In one language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        lang.pick(&self.fr, &self.en)
    }

    /// One below the other.
    #[must_use]
    pub fn then(mut self, more: &Self) -> Self {
        self.fr = format!("{}\n{}", self.fr, more.fr);
        self.en = format!("{}\n{}", self.en, more.en);
        self
    }

    /// In one language, and below it, indented, in the other: whoever helps may read only that.
    pub fn both(&self, first: Lang) -> String {
        format!("{}\n  {}", self.in_lang(first), self.in_lang(first.other()).replace('\n', "\n  "))
    }
}

// === impl ForPeople

impl ForPeople for StateError {
    fn said(&self) -> Said {
        Said::of(|lang| match self {
            Self::NotEnrolled(dir) => text::not_enrolled(lang, &dir.display().to_string()),
            Self::Enrolled(dir) => text::already_enrolled(lang, &dir.display().to_string()),
            Self::Locked(dir) => text::home_locked(lang, &dir.display().to_string()),
            Self::Io { path, error } => {
                text::file_refused(lang, &path.display().to_string(), &error.to_string())
            }
            Self::Damaged { path, why } => text::file_damaged(lang, &path.display().to_string(), why),
            Self::Exposed(path) => text::key_exposed(lang, &path.display().to_string()),
            Self::Key(error) => text::no_randomness(lang, &error.to_string()),
        })
    }
}

impl ForPeople for io::Error {
    fn said(&self) -> Said {
        Said::of(|lang| text::unexpected(lang, &self.to_string()))
    }
}

impl ForPeople for NoRandomness {
    fn said(&self) -> Said {
        Said::of(|lang| text::no_randomness(lang, &self.to_string()))
    }
}

impl ForPeople for ServiceError {
    fn said(&self) -> Said {
        match self {
            Self::State(error) => error.said(),
            Self::Tls(error) => Said::of(|lang| text::unexpected(lang, &error.to_string())),
            Self::Socket(error) => Said::of(|lang| text::no_socket(lang, &error.to_string())),
            Self::Unfinished => Said::of(renewal::unfinished),
        }
    }
}

impl ForPeople for IpcError {
    fn said(&self) -> Said {
        Said::of(|lang| match self {
            Self::Bind { path, reason } | Self::Unreachable { path, reason } => {
                text::local_socket(lang, path, reason)
            }
            Self::Untrusted { path, why } => text::local_socket_untrusted(lang, path, why),
            Self::NotYet => text::not_this_system(lang).to_owned(),
        })
    }
}

impl ForPeople for SessionError {
    fn said(&self) -> Said {
        match self {
            Self::Prompt(error) => Said::of(|lang| text::nobody_can_be_asked(lang, &error.to_string())),
            Self::Refused(why) => Said::of(|lang| text::session_refused(lang, &why.to_string())),
            Self::Ipc(error) => error.said(),
        }
    }
}

impl ForPeople for EnrolError {
    fn said(&self) -> Said {
        match self {
            Self::State(error) => error.said(),
            Self::FirmFile { path, why } => Said::of(|lang| text::firm_file(lang, path, why)),
            Self::NoInvitation(typed) => Said::of(|lang| text::no_invitation(lang, typed)),
            Self::NoFirm => Said::of(text::no_firm),
            Self::Unmet { tried } => {
                let all: Vec<_> = tried.iter().map(|(relay, _)| relay.as_str()).collect();
                let first = Said::of(|lang| text::unmet(lang, &all.join(", ")));
                tried.iter().fold(first, |said, (relay, why)| {
                    said.then(&Said::of(|lang| text::tried_relay(lang, relay, why)))
                })
            }
            Self::OtherFirm { relay } => Said::of(|lang| text::other_firm(lang, relay)),
            Self::NoCode => Said::of(text::no_code),
            Self::BadRelays(why) => Said::of(|lang| text::no_relay_address(lang, why)),
            Self::Declined => Said::of(text::not_attached),
            Self::Unreachable { tried, firm } => {
                let all: Vec<_> = tried.iter().map(|(relay, _)| relay.as_str()).collect();
                let first =
                    Said::of(|lang| text::unreachable(lang, &all.join(", "), &firm.name, &firm.phone));
                tried.iter().fold(first, |said, (relay, why)| {
                    said.then(&Said::of(|lang| text::tried_relay(lang, relay, why)))
                })
            }
            Self::Refused { code, firm } => {
                Said::of(|lang| text::code_refused(lang, *code, &firm.name, &firm.phone))
            }
            Self::TooOld => Said::of(text::too_old),
            Self::Restarting { in_s } => Said::of(|lang| text::relay_restarts(lang, *in_s)),
            Self::Interrupted { why, firm } => {
                Said::of(|lang| text::enrolment_interrupted(lang, why, &firm.phone))
            }
            Self::Socket(error) => Said::of(|lang| text::no_socket(lang, &error.to_string())),
            Self::Tls(error) => Said::of(|lang| text::unexpected(lang, &error.to_string())),
            Self::Randomness(error) => error.said(),
            Self::Terminal(error) => error.said(),
            Self::Window(error) => Said::of(|lang| text::nobody_can_be_asked(lang, &error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests;
