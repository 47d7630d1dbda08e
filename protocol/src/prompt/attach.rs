//! The question whether this PC is to be attached to a firm (clause 4.5), in a window, where its installer has no terminal.
//!
//! What is said comes from the agent, line by line and in both languages; the program that draws it decides nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::BadAsk;
use super::list::ListAnswer;
use crate::text::Lang;
use crate::wire::Wire;

/// Whoever installs reads as long as they like within an hour.
pub const ATTACH_TTL: Duration = Duration::from_secs(3600);
/// Paragraphs at most.
const MOST_LINES: usize = 64;
/// Characters of all paragraphs of a language at most.
const MOST_CHARACTERS: usize = 8192;

/// The question, to the program `attach`: its first and only message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AskAttach {
    /// The firm and how to call it.
    pub headline: Both<String>,
    /// What a yes means.
    pub means: Both<Vec<String>>,
    /// What would be sent.
    pub sent: Both<Vec<String>>,
    /// The language to begin with; the person can change it.
    pub lang: Lang,
}

/// The person's answer, from the program `attach`: as for a list, a plain yes or no.
pub type AttachAnswer = ListAnswer;

/// Something in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Both<T> {
    /// French.
    pub fr: T,
    /// English.
    pub en: T,
}

impl<T> Both<T> {
    /// What each language has.
    pub fn of(make: impl Fn(Lang) -> T) -> Self {
        Self { fr: make(Lang::Fr), en: make(Lang::En) }
    }

    /// In one language.
    pub const fn get(&self, lang: Lang) -> &T {
        match lang {
            Lang::Fr => &self.fr,
            Lang::En => &self.en,
        }
    }
}

impl AskAttach {
    /// Whether this may be put to a person.
    ///
    /// # Errors
    /// [`BadAsk`] says what is wrong; such a question is answered no without a window.
    pub fn check(&self) -> Result<(), BadAsk> {
        for lang in [Lang::Fr, Lang::En] {
            let lines = [self.means.get(lang), self.sent.get(lang)];
            let count = lines.iter().map(|some| some.len()).sum::<usize>();
            let length = lines.into_iter().flatten().chain([self.headline.get(lang)]);
            if lines.iter().any(|some| some.is_empty()) || self.headline.get(lang).trim().is_empty() {
                return Err(BadAsk::Text);
            }
            if count > MOST_LINES || length.map(|line| line.chars().count()).sum::<usize>() > MOST_CHARACTERS
            {
                return Err(BadAsk::Text);
            }
        }
        Ok(())
    }
}

impl Wire for AskAttach {
    const LIMIT: usize = 128 * 1024;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask() -> AskAttach {
        AskAttach {
            headline: Both::of(|_| "Atelier Beaurepaire Informatique".to_owned()),
            means: Both::of(|_| vec!["Une réponse".to_owned()]),
            sent: Both::of(|_| vec!["COMPTA-1".to_owned()]),
            lang: Lang::Fr,
        }
    }

    #[test]
    fn only_what_can_be_read_is_put_to_a_person() {
        assert_eq!(ask().check(), Ok(()));
        let bad = [
            AskAttach { headline: Both { fr: " ".to_owned(), en: "x".to_owned() }, ..ask() },
            AskAttach { sent: Both { fr: vec!["x".to_owned()], en: Vec::new() }, ..ask() },
            AskAttach { means: Both::of(|_| vec!["x".to_owned(); MOST_LINES]), ..ask() },
            AskAttach { sent: Both::of(|_| vec!["é".repeat(MOST_CHARACTERS)]), ..ask() },
        ];
        for ask in bad {
            assert_eq!(ask.check(), Err(BadAsk::Text), "{ask:?}");
        }
    }
}
