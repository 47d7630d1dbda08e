//! The passphrase of a key, asked of the person at the terminal: never an argument, never a variable, never shown.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Result, anyhow};
use aval_protocol::firm::{Signer, TrustError, files, locked};
use aval_protocol::text::{Lang, keys, passphrase as text};
use zeroize::Zeroizing;

/// Longest passphrase, in bytes.
const LONGEST: u64 = 1024;
/// Times that the person may try before the program ends.
const TRIES: u32 = 3;

/// A signer from its key's text, which may be locked: then the person is asked.
///
/// # Errors
/// A sentence in both languages.
pub fn signer(path: &Path, text_of_key: &str, chain: Option<&str>) -> Result<Signer> {
    let shown = path.display().to_string();
    let unfit = |error: &TrustError| both(|lang| keys::unfit(lang, &shown, error));
    if !locked::is_locked(text_of_key) {
        return files::signer_from_pem(text_of_key, chain).map_err(|e| unfit(&e));
    }
    let mut tries = 0;
    loop {
        tries += 1;
        let words = ask(&|lang| text::ask(lang, &shown))?;
        match files::signer_from_locked_pem(text_of_key, &words, chain) {
            // Somebody who types tries again; a pipe has said all it had to say.
            Err(TrustError::WrongPassphrase) if tries < TRIES && io::stdin().is_terminal() => {
                let _ = writeln!(io::stderr(), "{}", unfit(&TrustError::WrongPassphrase));
            }
            done => return done.map_err(|e| unfit(&e)),
        }
    }
}

/// The text of keys to be written, behind one passphrase that the person makes up now, or in the open because they said so.
///
/// # Errors
/// A sentence in both languages.
pub fn to_store(signers: &[&Signer], in_the_open: bool) -> Result<Vec<Zeroizing<String>>> {
    if in_the_open {
        return Ok(signers.iter().map(|signer| files::key_to_pem(signer)).collect());
    }
    let shortest = locked::SHORTEST;
    let words = ask(&|lang| text::ask_new(lang, shortest))?;
    if words.chars().count() < shortest {
        return Err(both(|lang| text::too_short(lang, shortest)));
    }
    if *ask(&|lang| text::ask_again(lang).to_owned())? != *words {
        return Err(both(|lang| text::differs(lang).to_owned()));
    }
    signers.iter().map(|signer| Ok(locked::lock(signer, &words)?)).collect()
}

/// One line from the terminal, not shown; from a pipe where there is no terminal.
fn ask(question: &dyn Fn(Lang) -> String) -> Result<Zeroizing<String>> {
    let mut err = io::stderr();
    let _ = write!(err, "{} / {}", question(Lang::Fr).trim_end(), question(Lang::En));
    let _ = err.flush();
    let hidden = Hidden::now().map_err(|e| both(|lang| text::no_terminal(lang, &e.to_string())))?;
    // Of its full size from the beginning, so that no shorter copy is left behind.
    let mut line = Zeroizing::new(String::with_capacity(usize::try_from(LONGEST).unwrap_or_default()));
    let read = io::Read::take(io::stdin().lock(), LONGEST).read_line(&mut line);
    drop(hidden);
    let _ = writeln!(err);
    read.map_err(|e| both(|lang| text::no_terminal(lang, &e.to_string())))?;
    while line.ends_with(['\n', '\r']) {
        line.pop();
    }
    Ok(line)
}

/// As long as it lives, what is typed is not shown.
struct Hidden {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
    #[cfg(windows)]
    _quiet: Option<aval_transport::windows::terminal::NoEcho>,
}

impl Hidden {
    #[cfg(unix)]
    fn now() -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        if !io::stdin().is_terminal() {
            return Ok(Self { before: None });
        }
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        Ok(Self { before: Some(before) })
    }

    #[cfg(windows)]
    fn now() -> io::Result<Self> {
        Ok(Self { _quiet: aval_transport::windows::terminal::NoEcho::now()? })
    }

    #[cfg(not(any(unix, windows)))]
    fn now() -> io::Result<Self> {
        if io::stdin().is_terminal() { Err(io::ErrorKind::Unsupported.into()) } else { Ok(Self {}) }
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Flush, before);
        }
    }
}

fn both(sentence: impl Fn(Lang) -> String) -> anyhow::Error {
    anyhow!("{}\n  {}", sentence(Lang::Fr), sentence(Lang::En))
}
