//! The question before a PC is attached: what is said, and how it is asked at a terminal. Anything but a typed yes is a no, and then
//! nothing was sent.

use std::io::{self, BufRead, Write};

use aval_protocol::firm::FirmFile;
use aval_protocol::text::{Lang, agent as text};
use aval_protocol::wire::inventory::HardwareFacts;

use super::EnrolError;

/// Longest answer that is read, bytes.
const MAX_ANSWER: u64 = 64;
/// Longest typed code that is read, bytes.
const MAX_TYPED: u64 = 128;

/// What the person reads before answering.
#[derive(Debug)]
pub struct Shown<'a> {
    /// To whom.
    pub(crate) firm: &'a FirmFile,
    /// Through which servers.
    pub(crate) relays: &'a [String],
    /// What would be sent.
    pub(crate) facts: &'a HardwareFacts,
}

/// Whoever is asked.
pub trait Person {
    /// A code, if the invitation has none.
    ///
    /// # Errors
    /// Nobody can be asked.
    fn code(&mut self, lang: Lang) -> Result<String, EnrolError>;

    /// Shows to whom the PC would be attached and what would be sent, and asks.
    ///
    /// # Errors
    /// Nobody can be asked.
    fn agrees(&mut self, lang: Lang, shown: &Shown<'_>) -> Result<bool, EnrolError>;
}

/// Somebody at a terminal.
pub struct AtTerminal<'a> {
    /// What they type.
    pub input: &'a mut dyn BufRead,
    /// What they read.
    pub output: &'a mut dyn Write,
}

impl Shown<'_> {
    /// To whom.
    pub(crate) fn headline(&self, lang: Lang) -> String {
        let profile = self.firm.profile();
        text::attaching(lang, &profile.name, &profile.phone)
    }

    /// Through whom, under which key, and what a yes means, by paragraph.
    pub(crate) fn means(&self, lang: Lang) -> [String; 4] {
        [
            text::through(lang, &self.relays.join(", ")),
            text::firm_key(lang, self.firm.firm().root_key_id()),
            text::attaching_means(lang).to_owned(),
            text::installed_here(lang, crate::version::text()),
        ]
    }

    /// What would be sent, by line.
    pub(crate) fn sent(&self, lang: Lang) -> Vec<String> {
        text::facts(lang, self.facts)
    }
}

impl Person for AtTerminal<'_> {
    fn code(&mut self, lang: Lang) -> Result<String, EnrolError> {
        write!(self.output, "{}", text::code_question(lang))?;
        self.output.flush()?;
        let mut typed = Vec::new();
        io::Read::take(&mut *self.input, MAX_TYPED).read_until(b'\n', &mut typed)?;
        Ok(String::from_utf8_lossy(&typed).into_owned())
    }

    fn agrees(&mut self, lang: Lang, shown: &Shown<'_>) -> Result<bool, EnrolError> {
        let output = &mut *self.output;
        let [through, key, means, installed] = shown.means(lang);
        writeln!(output, "{}\n{through}\n{key}\n\n{means}\n\n{installed}\n", shown.headline(lang))?;
        writeln!(output, "{}", text::will_be_sent(lang))?;
        for line in shown.sent(lang) {
            writeln!(output, "  {line}")?;
        }
        writeln!(output, "\n{}", text::inventory_later(lang))?;
        write!(output, "\n{}", text::attach_question(lang))?;
        output.flush()?;
        Ok(typed_yes(self.input)?)
    }
}

impl std::fmt::Debug for AtTerminal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AtTerminal")
    }
}

/// Whether the next typed line is a clear yes.
///
/// # Errors
/// The terminal's.
pub(crate) fn typed_yes(input: &mut dyn BufRead) -> io::Result<bool> {
    let mut answer = Vec::new();
    io::Read::take(input, MAX_ANSWER).read_until(b'\n', &mut answer)?;
    // A line that does not end is the end of the input, or no answer to this question.
    let whole = answer.ends_with(b"\n");
    Ok(whole && std::str::from_utf8(&answer).is_ok_and(text::is_yes))
}

/// A code as the relay knows it: without separators, upper case. `None` if it cannot be one.
pub(crate) fn plain_code(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' ' | '\u{a0}' | '\u{202f}'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    ((4..=64).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric())).then_some(code)
}

#[cfg(test)]
mod tests {
    use aval_protocol::firm::authority::found;
    use aval_protocol::id::UnixSeconds;

    use super::*;

    fn ask(answer: &[u8]) -> (bool, String) {
        let found =
            found("Atelier Beaurepaire Informatique", "+33199001234", UnixSeconds(1_795_000_000), 20, 400)
                .unwrap();
        let facts = HardwareFacts { hostname: "COMPTA-1".into(), ..HardwareFacts::default() };
        let mut output = Vec::new();
        let relays = ["relais.example:4433".to_owned()];
        let shown = Shown { firm: &found.file, relays: &relays, facts: &facts };
        let yes =
            AtTerminal { input: &mut &answer[..], output: &mut output }.agrees(Lang::Fr, &shown).unwrap();
        (yes, String::from_utf8(output).unwrap())
    }

    #[test]
    fn the_person_reads_to_whom_and_what_before_answering() {
        let (yes, shown) = ask(b"oui\n");
        assert!(yes);
        assert!(shown.contains("Rattachement à Atelier Beaurepaire Informatique, 01"), "{shown}");
        assert!(shown.contains("COMPTA-1"));
        assert!(shown.contains("relais.example:4433") && shown.contains("Empreinte"), "{shown}");
        assert!(shown.contains("4.5") && shown.contains("apt purge"), "{shown}");
        assert!(shown.ends_with("[oui/NON] "));
    }

    #[test]
    fn silence_the_end_of_input_and_everything_unclear_mean_no() {
        let long = [b"oui".repeat(100), b"\n".to_vec()].concat();
        for answer in [&b""[..], b"\n", b"oui", b"non\n", b"peut-\xeatre\n", b"oui oui\n", &long] {
            assert!(!ask(answer).0, "{answer:?}");
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        for typed in ["K7QF-2M9X-RT4W", "k7qf 2m9x rt4w", "K7QF2M9XRT4W"] {
            assert_eq!(plain_code(typed).as_deref(), Some("K7QF2M9XRT4W"));
        }
        for typed in ["", "-", "K7Q", "K7QF/2M9X", "é".repeat(10).as_str(), "A".repeat(65).as_str()] {
            assert_eq!(plain_code(typed), None, "{typed:?}");
        }
    }
}
