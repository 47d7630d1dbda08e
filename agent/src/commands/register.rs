//! This PC's own journal, for its person: no account and no provider needed.

use std::io::Write;

use aval_protocol::journal::{Entry, Told};
use aval_protocol::text::{Lang, agent as text};
use serde_json::json;

use super::{BROKEN, DONE, Failure, status};
use crate::keep::{self, JOURNAL, Read};
use crate::say::Said;
use crate::state::Home;
use crate::when;

/// Shows every entry that holds, and says if one does not.
pub(super) fn show(home: &Home, json: bool, lang: Lang, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut entries = Vec::new();
    let read = read(home, |entry| entries.push(entry.clone()))?;
    if !json {
        writeln!(out, "{}", text::journal_heading(lang))?;
        if entries.is_empty() {
            writeln!(out, "{}", text::journal_empty(lang))?;
        }
    }
    for entry in &entries {
        let line = if json { for_programs(entry) } else { for_people(lang, entry) };
        writeln!(out, "{line}")?;
    }
    judge(home, &read)?;
    Ok(DONE)
}

/// Checks every hash and signature.
pub(super) fn verify(home: &Home, lang: Lang, out: &mut dyn Write) -> Result<u8, Failure> {
    let read = read(home, |_| ())?;
    judge(home, &read)?;
    writeln!(out, "{}", text::journal_good(lang, read.head.seq))?;
    Ok(DONE)
}

fn read(home: &Home, each: impl FnMut(&Entry)) -> Result<Read, Failure> {
    let signer = home.signer()?;
    Ok(keep::read(&home.path(JOURNAL), signer.spki(), each)?)
}

fn judge(home: &Home, read: &Read) -> Result<(), Failure> {
    if read.trouble.is_none() {
        return Ok(());
    }
    // A firm's file that cannot be read takes nothing from the warning.
    let phone = status::profile(home).ok().map(|firm| firm.phone);
    let said = Said::of(|lang| text::journal_bad(lang, read.head.seq, phone.as_deref()));
    Err(Failure { said, exit: BROKEN })
}

fn for_people(lang: Lang, entry: &Entry) -> String {
    format!("{:>5}  {}  {}", entry.seq, when::shown(lang, entry.at), text::journal_entry(lang, &entry.told()))
}

fn for_programs(entry: &Entry) -> String {
    let told = entry.told();
    let (kind, session) = match &told {
        Told::Known(event) => (event.label(), event.session().map(|session| session.to_string())),
        Told::Opaque => ("OPAQUE", None),
    };
    json!({
        "seq": entry.seq,
        "at": when::rfc3339(entry.at),
        "kind": kind,
        "session": session,
        "fr": text::journal_entry(Lang::Fr, &told),
        "en": text::journal_entry(Lang::En, &told),
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use aval_protocol::firm::authority::found;
    use aval_protocol::id::{PersonId, SessionId, UnixSeconds};
    use aval_protocol::journal::Event;
    use aval_protocol::wire::codes::EndReason;

    use super::*;
    use crate::keep::Keep;
    use crate::state::Settings;

    const NOW: UnixSeconds = UnixSeconds(1_795_507_200);

    fn attached() -> (tempfile::TempDir, Home) {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().join("home"));
        let signer = home.prepare().unwrap();
        let firm = found("Atelier Beaurepaire Informatique", "+33199001234", NOW, 20, 400).unwrap();
        let settings = Settings { relays: vec!["relais.example:4433".into()] };
        home.finish(firm.file.to_pem().unwrap().as_bytes(), &settings).unwrap();
        let mut keep = Keep::open(&home.path(JOURNAL), signer.spki()).unwrap();
        let (session, technician) = (SessionId([7; 16]), PersonId::new("sophie.martin").unwrap());
        for event in [
            Event::Enrolled { agent_key: signer.key_id() },
            Event::Asked { session, technician },
            Event::Refused { session, reason: EndReason::RefusedByPerson },
        ] {
            keep.append(&signer, NOW, &event).unwrap();
        }
        (dir, home)
    }

    fn shown(home: &Home, json: bool) -> String {
        let mut out = Vec::new();
        assert_eq!(show(home, json, Lang::Fr, &mut out).unwrap(), DONE);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_person_reads_what_happened_and_programs_too() {
        let (_dir, home) = attached();
        let text = shown(&home, false);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!(lines[1], "    1  24/11/2026 à 09\u{a0}h\u{a0}00  Ce PC a été rattaché.");
        assert!(lines[3].ends_with("Pas de session\u{a0}: vous avez refusé."), "{text}");
        let third: serde_json::Value =
            serde_json::from_str(shown(&home, true).lines().nth(2).unwrap()).unwrap();
        assert_eq!(
            (&third["seq"], &third["kind"], &third["at"]),
            (&json!(3), &json!("REFUSED"), &json!("2026-11-24T08:00:00Z"))
        );
        assert_eq!(third["session"], json!(SessionId([7; 16]).to_string()));
        let mut out = Vec::new();
        assert_eq!(verify(&home, Lang::Fr, &mut out).unwrap(), DONE);
        assert!(String::from_utf8(out).unwrap().contains("3 entrées"));
    }

    #[test]
    fn a_changed_entry_is_said_with_whom_to_call_and_what_holds_is_shown() {
        let (_dir, home) = attached();
        let path = home.path(JOURNAL);
        let mut bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - 3;
        bytes[last] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let mut out = Vec::new();
        let failure = show(&home, false, Lang::Fr, &mut out).unwrap_err();
        assert_eq!((String::from_utf8(out).unwrap().lines().count(), failure.exit), (3, BROKEN));
        assert!(
            failure.said.fr.contains("après l’entrée 2. Ne supprimez rien. Appelez le 01"),
            "{failure:?}"
        );
        assert_eq!(verify(&home, Lang::Fr, &mut Vec::new()).unwrap_err(), failure);
    }

    #[test]
    fn a_pc_that_is_not_attached_has_no_journal_and_says_how_to_attach_it() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path().join("home"));
        let failure = show(&home, false, Lang::Fr, &mut Vec::new()).unwrap_err();
        assert!(failure.said.fr.contains("aval-agent enrol") && failure.said.en.contains("aval-agent enrol"));
    }
}
