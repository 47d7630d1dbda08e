//! Detaching this PC: after a typed yes its key is gone, and with it every way in.

use std::io::{BufRead, Write};

use aval_protocol::text::{Lang, agent as text};

use super::{DECLINED, DONE, Failure, status};
use crate::enrol::typed_yes;
use crate::say::Said;
use crate::state::{Home, StateError};

pub(super) fn leave(
    home: &Home,
    lang: Lang,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    if !home.is_enrolled() {
        return Err(StateError::NotEnrolled(home.dir().to_owned()).into());
    }
    let _lock = home.lock()?;
    // A damaged firm's file must not keep anybody attached.
    let firm = status::profile(home).map_or_else(|_| "?".to_owned(), |firm| firm.name);
    writeln!(out, "{}", text::leaving_means(lang, &firm))?;
    write!(out, "\n{}", text::leave_question(lang))?;
    out.flush()?;
    if !typed_yes(input)? {
        return Err(Failure { said: Said::of(text::not_left), exit: DECLINED });
    }
    let journal = home.leave()?.map(|path| path.display().to_string());
    writeln!(out, "{}", text::left(lang, journal.as_deref()))?;
    Ok(DONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keep::JOURNAL;
    use crate::state::Settings;

    fn attached() -> (tempfile::TempDir, Home) {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().join("home"));
        home.prepare().unwrap();
        std::fs::write(home.path(JOURNAL), b"entries").unwrap();
        home.finish(b"damaged", &Settings { relays: vec!["relais.example:4433".into()] }).unwrap();
        (dir, home)
    }

    fn left(home: &Home, typed: &str) -> (Result<u8, Failure>, String) {
        let mut out = Vec::new();
        let left = leave(home, Lang::Fr, &mut typed.as_bytes(), &mut out);
        (left, String::from_utf8(out).unwrap())
    }

    #[test]
    fn only_a_typed_yes_detaches() {
        let (_dir, home) = attached();
        for typed in ["", "\n", "non\n", "oui"] {
            assert_eq!(left(&home, typed).0.unwrap_err().exit, DECLINED, "{typed:?}");
            assert!(home.signer().is_ok());
        }
        let (done, said) = left(&home, "oui\n");
        assert_eq!(done, Ok(DONE));
        assert!(said.contains("journal.left-1"), "{said}");
        assert!(!home.is_enrolled());
        assert!(matches!(home.signer(), Err(StateError::NotEnrolled(_))), "the key is still there");
        assert_eq!(std::fs::read(home.path("journal.left-1")).unwrap(), b"entries");
        assert!(left(&home, "oui\n").0.unwrap_err().said.fr.contains("n’est pas rattaché"));
        assert!(home.prepare().is_ok(), "it cannot be attached again");
    }

    #[test]
    fn a_running_service_is_stopped_first() {
        let (_dir, home) = attached();
        let _service = home.lock().unwrap();
        let failure = left(&home, "oui\n").0.unwrap_err();
        assert!(failure.said.fr.contains("systemctl stop"), "{failure:?}");
        assert!(home.signer().is_ok());
    }
}
