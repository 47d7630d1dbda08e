//! One cell of a CSV file, for everything that this program hands to a spreadsheet: quoted by RFC 4180, and never a formula, so that a
//! client's name or a label can't run on the reader's computer.
//!
//! A cell that a spreadsheet would take for a formula gets an apostrophe in front. [`unguarded`] takes it off again: what was written
//! is what is read.

use std::borrow::Cow;

/// What begins a formula in some spreadsheet; the wide ones are taken for their narrow sisters by East Asian ones.
const SIGNS: [char; 10] = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'];

/// A cell with its quotes.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", guarded(text).replace('"', "\"\""))
}

/// A text that no spreadsheet takes for a formula.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if needs_guard(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text that [`guarded`] had.
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| needs_guard(rest)).unwrap_or(text)
}

/// Whether some spreadsheet runs it: leading blanks do not hide a formula from all of them.
pub fn is_formula(text: &str) -> bool {
    let blank =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}');
    text.starts_with(['\t', '\r', '\n']) || text.trim_start_matches(blank).starts_with(SIGNS)
}

/// A text that looks like a guarded one needs a guard itself, or it would be read as the other.
fn needs_guard(text: &str) -> bool {
    is_formula(text.trim_start_matches('\''))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for bad in [
            "=1+1",
            "+33 1",
            "-2",
            "@SUM(A1)",
            "  =1",
            "\u{a0}=1",
            "\tx",
            "\rx",
            "\u{feff}=1",
            "＝1",
            "|calc",
            "%0a",
        ] {
            assert_eq!(guarded(bad), format!("'{bad}"), "{bad:?}");
        }
        for good in ["", "Dell 24\"", "l’accueil", "'ancien'", "a=b", "3 - 4"] {
            assert_eq!(guarded(good), good);
        }
        assert_eq!(quoted("=A\"B"), "\"'=A\"\"B\"");
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(text in "'{0,3}[ \t=+@a-]{0,6}\\PC{0,8}") {
            let written = guarded(&text);
            prop_assert_eq!(unguarded(&written), &*text);
            prop_assert!(!is_formula(&written));
        }
    }
}
