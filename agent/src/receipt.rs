//! What the person is left with at the end of a session: a short text in their own folder, made from what the journal holds.
//!
//! The service, which keeps the journal, tells the session process; that one writes with the person's rights, in the person's folder.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aval_protocol::id::UnixSeconds;
use aval_protocol::journal::{Event, Head, Told};
use aval_protocol::prompt::Banner;
use aval_protocol::text::{Lang, agent as text};
use serde::{Deserialize, Serialize};

use crate::when;

/// The folder within the person's documents.
const FOLDER: &str = "Aval";
/// How often another name is tried.
const TRIES: u32 = 100;

/// What the journal says of a session that is over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// When the person said yes.
    pub granted_at: UnixSeconds,
    /// Their yes, as it was written down.
    pub granted: Event,
    /// When it was over.
    pub ended_at: UnixSeconds,
    /// Its end.
    pub ended: Event,
    /// Where the journal ended then: whoever has this text notices a journal that was changed.
    pub head: Head,
}

/// Follows what is written down, until a session that began is over.
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    granted: Vec<(UnixSeconds, Event)>,
}

// === impl Receipts

impl Receipts {
    /// This was written down, and the journal ends there: the receipt, if it ended a session.
    pub(crate) fn note(
        &mut self,
        at: UnixSeconds,
        event: &Event,
        head: Option<(u64, [u8; 32])>,
    ) -> Option<Receipt> {
        match event {
            Event::Granted { .. } => self.granted.push((at, event.clone())),
            Event::Ended { .. } => {
                let of = |(_, yes): &(_, Event)| yes.session() == event.session();
                let (granted_at, granted) = self.granted.remove(self.granted.iter().position(of)?);
                let (seq, hash) = head?;
                return Some(Receipt {
                    granted_at,
                    granted,
                    ended_at: at,
                    ended: event.clone(),
                    head: Head { seq, hash },
                });
            }
            _ => {}
        }
        None
    }
}

// === impl Receipt

impl Receipt {
    /// Writes it into a new file of the person whose home this is; where.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn give(&self, home: &Path, banner: &Banner) -> io::Result<PathBuf> {
        let folder = documents(home).join(FOLDER);
        fs::create_dir_all(&folder)?;
        let day = when::rfc3339(self.ended_at).replace(':', "-");
        for n in 1..TRIES {
            let more = if n == 1 { String::new() } else { format!("-{n}") };
            let path = folder.join(format!("session-{day}{more}.txt"));
            match fs::File::options().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    file.write_all(self.words(banner).as_bytes())?;
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// What it says: in the person's language, French first.
    fn words(&self, banner: &Banner) -> String {
        let langs: &[Lang] =
            if banner.lang == Some(Lang::En) { &[Lang::En, Lang::Fr] } else { &[Lang::Fr, Lang::En] };
        let told = |lang, event: &Event| text::journal_entry(lang, &Told::Known(event.clone()));
        let hash: String = aval_protocol::hex::encode(&self.head.hash);
        let one = |&lang: &Lang| {
            let lines = [
                format!("{}  {}", when::shown(lang, self.granted_at), told(lang, &self.granted)),
                format!("{}  {}", when::shown(lang, self.ended_at), told(lang, &self.ended)),
            ];
            text::receipt(
                lang,
                &banner.firm,
                &banner.technicians,
                &lines,
                (self.head.seq, &hash),
                &banner.phone,
            )
        };
        langs.iter().map(one).collect::<Vec<_>>().join("\n\n") + "\n"
    }
}

/// The person's documents, as the desktop names them (xdg-user-dirs), or their home.
fn documents(home: &Path) -> PathBuf {
    let said = fs::read_to_string(home.join(".config/user-dirs.dirs")).unwrap_or_default();
    let named =
        said.lines().find_map(|line| line.trim().strip_prefix("XDG_DOCUMENTS_DIR=\"")?.strip_suffix('"'));
    let named = named.map(|path| match path.strip_prefix("$HOME/") {
        Some(below) => home.join(below),
        None => PathBuf::from(path),
    });
    named.filter(|path| path.is_absolute() && path.is_dir()).unwrap_or_else(|| home.to_owned())
}

#[cfg(test)]
mod tests {
    use aval_protocol::id::{Epoch, SessionId};
    use aval_protocol::wire::codes::EndReason;
    use aval_protocol::wire::session::Capabilities;

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_795_507_200);

    fn receipt() -> Receipt {
        let session = SessionId([7; 16]);
        let mut receipts = Receipts::default();
        let yes =
            Event::Granted { session, capabilities: Capabilities::KNOWN, epoch: Epoch(3), shown_ms: 7_312 };
        assert_eq!(receipts.note(NOW, &yes, Some((1, [1; 32]))), None);
        let other = Event::Ended { session: SessionId([8; 16]), reason: EndReason::LinkLost, duration_s: 1 };
        assert_eq!(receipts.note(NOW, &other, Some((2, [2; 32]))), None, "another session's end");
        let end = Event::Ended { session, reason: EndReason::EndedByPerson, duration_s: 754 };
        let receipt = receipts.note(UnixSeconds(NOW.0 + 754), &end, Some((3, [0xab; 32]))).unwrap();
        assert_eq!(receipts.note(NOW, &end, Some((4, [4; 32]))), None, "once");
        receipt
    }

    fn banner() -> Banner {
        Banner {
            technicians: vec!["Sophie Martin".into()],
            firm: "Atelier Beaurepaire Informatique".into(),
            phone: "+33199001234".into(),
            capabilities: Capabilities::KNOWN,
            remaining_s: 60,
            lang: None,
        }
    }

    #[test]
    fn the_person_finds_it_in_their_documents_in_their_language() {
        let home = tempfile::tempdir().unwrap();
        let path = receipt().give(home.path(), &banner()).unwrap();
        assert_eq!(path, home.path().join("Aval/session-2026-11-24T08-12-34Z.txt"));
        let words = fs::read_to_string(&path).unwrap();
        let (fr, en) = words.split_once("\n\n").unwrap();
        for part in [
            "Sophie Martin",
            "Atelier Beaurepaire",
            "12\u{a0}min\u{a0}34\u{a0}s",
            "vous y avez mis fin",
            "entrée 3",
            "01\u{a0}99",
            &"ab".repeat(32),
        ] {
            assert!(fr.contains(part), "{part}: {fr}");
        }
        assert!(en.contains("you ended it"), "{en}");
        // A second one replaces nothing.
        assert_ne!(receipt().give(home.path(), &banner()).unwrap(), path);
        assert_eq!(fs::read_to_string(&path).unwrap(), words);

        fs::create_dir_all(home.path().join(".config")).unwrap();
        fs::create_dir(home.path().join("Papiers")).unwrap();
        fs::write(home.path().join(".config/user-dirs.dirs"), "XDG_DOCUMENTS_DIR=\"$HOME/Papiers\"\n")
            .unwrap();
        let english = Banner { lang: Some(Lang::En), ..banner() };
        let path = receipt().give(home.path(), &english).unwrap();
        assert!(path.starts_with(home.path().join("Papiers/Aval")));
        assert!(fs::read_to_string(path).unwrap().starts_with("Receipt"));
    }
}
