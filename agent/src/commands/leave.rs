//! Detaching this PC: its key is gone, and with it every way in. The provider is told if it can be reached; nothing waits for it.

use std::fs;
use std::io::{self, BufRead, Write};
use std::time::Duration;

use aval_protocol::text::{Lang, agent as text};
use aval_protocol::wire::enrol::Call;
use aval_protocol::wire::machine::MachineReply;
use aval_transport::{Clock, Random};
use tokio::time::timeout;

use super::{DECLINED, DONE, Failure, runtime, status};
use crate::enrol::ask::Line;
use crate::enrol::typed_yes;
use crate::link::dial::Dialer;
use crate::link::trust::Relays;
use crate::say::Said;
use crate::state::{Home, StateError};

/// How long the provider is looked for. Whoever is offline leaves all the same.
const PATIENCE: Duration = Duration::from_secs(10);

/// After a typed yes.
pub(super) fn leave(
    home: &Home,
    lang: Lang,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
    tell: impl FnOnce(&Home) -> bool,
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
    forget(home, lang, out, tell)
}

/// The package is being removed, which was decided by whoever does it. Works beside a service that still runs, too.
pub(super) fn uninstalled(
    home: &Home,
    lang: Lang,
    out: &mut dyn Write,
    tell: impl FnOnce(&Home) -> bool,
) -> Result<u8, Failure> {
    if home.is_enrolled() { forget(home, lang, out, tell) } else { Ok(DONE) }
}

/// Nothing is left of the agent's folder, nor of the one around it if it holds nothing else.
pub(super) fn clear(home: &Home) -> io::Result<()> {
    match fs::remove_dir_all(home.dir()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    if let Some(around) = home.dir().parent() {
        // Whoever else has something there keeps it.
        let _ = fs::remove_dir(around);
    }
    Ok(())
}

fn forget(
    home: &Home,
    lang: Lang,
    out: &mut dyn Write,
    tell: impl FnOnce(&Home) -> bool,
) -> Result<u8, Failure> {
    let told = tell(home);
    let journal = home.leave()?.map(|path| path.display().to_string());
    writeln!(out, "{}", text::left(lang, journal.as_deref(), told))?;
    Ok(DONE)
}

/// Tells the first relay that proves to be the firm's. Whether it answered that it is so.
pub(super) fn tell_the_firm(home: &Home) -> bool {
    let (Ok(runtime), Ok(signer), Ok(firm), Ok(settings)) =
        (runtime(), home.signer(), home.firm_file(), home.settings())
    else {
        return false;
    };
    if home.recall(firm.firm()).is_err() {
        return false;
    }
    let (clock, random) = (Clock::system(), Random::system());
    runtime.block_on(async {
        let trust = Relays::new(firm.firm().clone(), clock.clone());
        let (Ok(tls), Ok(boot)) = (trust.tls(&signer), random.bytes()) else { return false };
        let Ok(dialer) = Dialer::new(tls, None) else { return false };
        let line = Line { dialer: &dialer, trust: &trust, clock: &clock, boot };
        let asked = timeout(PATIENCE, line.ask(&settings.relays, firm.profile(), Call::Leave)).await;
        dialer.settle().await;
        match asked {
            Ok(Ok((MachineReply::Done, _))) => true,
            Ok(Ok(_)) => false,
            Ok(Err(error)) => {
                tracing::debug!(%error, "the provider was not told");
                false
            }
            Err(_) => false,
        }
    })
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
        home.finish(b"damaged", &Settings::of(vec!["relais.example:4433".into()])).unwrap();
        (dir, home)
    }

    fn left(home: &Home, typed: &str) -> (Result<u8, Failure>, String) {
        let mut out = Vec::new();
        let left = leave(home, Lang::Fr, &mut typed.as_bytes(), &mut out, tell_the_firm);
        (left, String::from_utf8(out).unwrap())
    }

    #[test]
    fn after_a_removal_nothing_is_left_but_what_is_others() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().join("Aval/Agent"));
        home.prepare().unwrap();
        clear(&home).unwrap();
        assert!(!dir.path().join("Aval").exists());
        clear(&home).unwrap();
        home.prepare().unwrap();
        std::fs::write(dir.path().join("Aval/notes"), b"somebody's").unwrap();
        clear(&home).unwrap();
        assert!(!home.dir().exists() && dir.path().join("Aval/notes").exists());
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
        assert!(said.contains("journal.left-1") && said.contains("Prévenez"), "{said}");
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

    #[test]
    fn clause_4_5_removal_is_never_blocked() {
        let (_dir, home) = attached();
        // A service that does not stop, a firm's file that makes no sense, nobody to be reached: gone all the same.
        let _service = home.lock().unwrap();
        let mut out = Vec::new();
        assert_eq!(uninstalled(&home, Lang::Fr, &mut out, tell_the_firm), Ok(DONE));
        assert!(!home.is_enrolled());
        // Where nothing was attached there is nothing to do.
        assert_eq!(uninstalled(&home, Lang::Fr, &mut out, |_| panic!("nobody to tell")), Ok(DONE));
    }

    #[test]
    fn whether_the_provider_knows_is_said() {
        let (_dir, home) = attached();
        let mut out = Vec::new();
        uninstalled(&home, Lang::Fr, &mut out, |_| true).unwrap();
        let said = String::from_utf8(out).unwrap();
        assert!(said.contains("en est informé") && !said.contains("Prévenez"), "{said}");
    }
}
