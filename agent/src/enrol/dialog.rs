//! The question at the terminal before a PC is attached. Anything but a typed yes is a no, and then nothing was sent.

use std::io::{self, BufRead, Write};

use aval_protocol::firm::FirmFile;
use aval_protocol::text::{Lang, agent as text};
use aval_protocol::wire::inventory::HardwareFacts;

/// Longest answer that is read, bytes.
const MAX_ANSWER: u64 = 64;

/// What the person reads before answering.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    /// To whom.
    pub(crate) firm: &'a FirmFile,
    /// Through which servers.
    pub(crate) relays: &'a [String],
    /// What would be sent.
    pub(crate) facts: &'a HardwareFacts,
}

/// Shows to whom the PC would be attached and what would be sent, and asks.
///
/// # Errors
/// The terminal's.
pub(crate) fn agrees(
    lang: Lang,
    shown: &Shown<'_>,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> io::Result<bool> {
    let Shown { firm, relays, facts } = shown;
    let profile = firm.profile();
    writeln!(output, "{}", text::attaching(lang, &profile.name, &profile.phone))?;
    writeln!(output, "{}", text::through(lang, &relays.join(", ")))?;
    writeln!(output, "{}\n", text::firm_key(lang, firm.firm().root_key_id()))?;
    writeln!(output, "{}\n", text::attaching_means(lang))?;
    writeln!(output, "{}\n", text::installed_here(lang, env!("CARGO_PKG_VERSION")))?;
    writeln!(output, "{}", text::will_be_sent(lang))?;
    for line in text::facts(lang, facts) {
        writeln!(output, "  {line}")?;
    }
    writeln!(output, "\n{}", text::inventory_later(lang))?;
    write!(output, "\n{}", text::attach_question(lang))?;
    output.flush()?;
    typed_yes(input)
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
        let yes = agrees(Lang::Fr, &shown, &mut &answer[..], &mut output).unwrap();
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
