//! A sentence in both languages, and what a command that failed leaves behind.

use std::io::{self, Write};

use aval_protocol::text::{Lang, console as text};
use serde::Serialize;
use serde_json::{Value, json};

/// All went well.
pub const EXIT_DONE: u8 = 0;
/// Something failed: no key, no relay, a fault.
pub const EXIT_FAILED: u8 = 1;
/// The command line makes no sense (also clap's code).
pub const EXIT_USAGE: u8 = 2;
/// The gate refused the session.
pub const EXIT_REFUSED_BY_GATE: u8 = 3;
/// The person refused it, or could not be asked.
pub const EXIT_REFUSED_BY_PERSON: u8 = 4;
/// The session was lost, or its seal broken.
pub const EXIT_LOST: u8 = 5;
/// A step failed.
pub const EXIT_STEP: u8 = 6;

/// One sentence, French and English.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Said {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// A command that did not do its work: what to tell the person, and the program's exit code.
#[derive(Debug)]
pub struct Failure {
    /// What to tell.
    pub said: Said,
    /// One of the `EXIT_` numbers.
    pub exit: u8,
}

/// How a command speaks: for people, or one JSON object per line.
pub struct Mouth<'a> {
    /// Where to.
    pub out: &'a mut dyn Write,
    /// JSON lines instead of sentences.
    pub json: bool,
}

// === impl Said

impl Said {
    /// The sentence of the catalogue in both languages.
    pub fn of<T: Into<String>>(sentence: impl Fn(Lang) -> T) -> Self {
        Self { fr: sentence(Lang::Fr).into(), en: sentence(Lang::En).into() }
    }

    /// One below the other.
    #[must_use]
    pub fn then(mut self, more: &Self) -> Self {
        self.fr = format!("{}\n{}", self.fr, more.fr);
        self.en = format!("{}\n{}", self.en, more.en);
        self
    }
}

// === impl Failure

impl Failure {
    /// With exit code 1.
    pub fn of<T: Into<String>>(sentence: impl Fn(Lang) -> T) -> Self {
        Self { said: Said::of(sentence), exit: EXIT_FAILED }
    }

    /// Says it: to people on standard error, to programs as the event `failed` too. What can't be written is lost.
    pub fn tell(&self, mouth: &mut Mouth<'_>, err: &mut dyn Write) {
        if mouth.json {
            drop(mouth.tell("failed", &self.said, json!({ "exit": self.exit })));
        }
        drop(Mouth { out: err, json: false }.say("failed", &self.said));
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let why = error.to_string();
        Self::of(|lang| text::output_failed(lang, &why))
    }
}

// === impl Mouth

impl Mouth<'_> {
    /// A sentence: French, then English below it, indented; as JSON an event of that name with both.
    ///
    /// # Errors
    /// The system's.
    pub fn say(&mut self, event: &str, said: &Said) -> io::Result<()> {
        self.tell(event, said, json!({}))
    }

    /// A sentence for people, or the event with these fields for programs.
    ///
    /// # Errors
    /// The system's.
    pub fn tell(&mut self, event: &str, said: &Said, mut fields: Value) -> io::Result<()> {
        if self.json {
            if let Some(map) = fields.as_object_mut() {
                map.insert("event".into(), event.into());
                map.insert("fr".into(), said.fr.clone().into());
                map.insert("en".into(), said.en.clone().into());
            }
            writeln!(self.out, "{fields}")?;
        } else {
            writeln!(self.out, "{}\n  {}", said.fr, said.en.replace('\n', "\n  "))?;
        }
        self.out.flush()
    }

    /// An event for programs only.
    ///
    /// # Errors
    /// The system's.
    pub fn event(&mut self, value: &Value) -> io::Result<()> {
        if self.json {
            writeln!(self.out, "{value}")?;
            self.out.flush()?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Mouth<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mouth").field("json", &self.json).finish_non_exhaustive()
    }
}
