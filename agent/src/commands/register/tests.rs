//! The tests of `register.rs`, beside it so that both stay short.

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
    let settings = Settings::of(vec!["relais.example:4433".into()]);
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
    let third: serde_json::Value = serde_json::from_str(shown(&home, true).lines().nth(2).unwrap()).unwrap();
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
    assert!(failure.said.fr.contains("après l’entrée 2. Ne supprimez rien. Appelez le 01"), "{failure:?}");
    assert_eq!(verify(&home, Lang::Fr, &mut Vec::new()).unwrap_err(), failure);
}

#[test]
fn the_person_takes_the_journal_along_and_anybody_verifies_it() {
    let (dir, home) = attached();
    let file = dir.path().join("journal.json");
    let mut out = Vec::new();
    assert_eq!(export(&home, &file, NOW, Lang::Fr, &mut out).unwrap(), DONE);
    let words = std::fs::read_to_string(dir.path().join("journal.txt")).unwrap();
    assert!(
        words.contains("vous avez refusé") && words.contains("entrée 3") && words.contains("Beaurepaire"),
        "{words}"
    );
    // Elsewhere: no folder of an agent is needed.
    let key = home.signer().unwrap().key_id();
    let elsewhere = |file: &std::path::Path, key| {
        let mut out = Vec::new();
        verify_file(file, key, Lang::Fr, &mut out).map(|_| String::from_utf8(out).unwrap())
    };
    assert!(elsewhere(&file, Some(key)).unwrap().contains("clé attendue"));
    assert!(elsewhere(&file, None).unwrap().contains("Comparez-la"));
    assert_eq!(elsewhere(&file, Some(aval_protocol::id::KeyId([1; 32]))).unwrap_err().exit, BROKEN);
    // Nothing is replaced.
    assert!(export(&home, &file, NOW, Lang::Fr, &mut Vec::new()).is_err());

    // Other words, an entry less at the end, one less in between, another key: none of it holds.
    let good: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let spoilt = |spoil: &dyn Fn(&mut Value)| {
        let mut value = good.clone();
        spoil(&mut value);
        let other = dir.path().join("other.json");
        std::fs::write(&other, value.to_string()).unwrap();
        elsewhere(&other, None).map_err(|failure| failure.said.en)
    };
    assert!(spoilt(&|_| ()).is_ok());
    let cut = |value: &mut Value, at: usize| drop(value["entries"].as_array_mut().unwrap().remove(at));
    for (spoil, why) in [
        (
            &(|value: &mut Value| value["entries"][2]["told"]["fr"] = "Vous avez accepté.".into())
                as &dyn Fn(&mut Value),
            "other words",
        ),
        (&|value: &mut Value| cut(value, 2), "missing after 2"),
        (&|value: &mut Value| cut(value, 1), "entry 2"),
        (&|value: &mut Value| value["seq"] = 2.into(), "missing"),
        (&|value: &mut Value| value["entries"][0]["entry"] = "zz".into(), "entry 1"),
        (&|value: &mut Value| value["machine_spki"] = "00".into(), "signature"),
        (&|value: &mut Value| value["more"] = 1.into(), "unknown field"),
    ] {
        let said = spoilt(spoil).unwrap_err();
        assert!(said.contains(why), "{why}: {said}");
    }
}

#[test]
fn a_pc_that_is_not_attached_has_no_journal_and_says_how_to_attach_it() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::new(dir.path().join("home"));
    let failure = show(&home, false, Lang::Fr, &mut Vec::new()).unwrap_err();
    assert!(failure.said.fr.contains("aval-agent enrol") && failure.said.en.contains("aval-agent enrol"));
}
