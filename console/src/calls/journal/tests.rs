//! The tests of `journal.rs`, beside it so that both stay short.

use aval_protocol::firm::Signer;
use aval_protocol::id::{ContractId, PersonId, SessionId, UnixSeconds};
use aval_protocol::wire::codes::EndReason;

use super::*;

fn journal(signer: &Signer) -> JournalPage {
    let session = SessionId([7; 16]);
    let events = [
        Event::Enrolled { agent_key: signer.key_id() },
        Event::Approved {
            by: PersonId::new("anne.leroy").unwrap(),
            contract: ContractId::new("C-2026-014").unwrap(),
        },
        Event::Ended { session, reason: EndReason::EndedByPerson, duration_s: 61 },
    ];
    let mut chain = Chain::new();
    let at = UnixSeconds(1_795_000_000);
    let entries = events.iter().map(|event| chain.append(signer, at, event).unwrap()).collect();
    JournalPage { entries, spki: signer.spki().to_vec(), more: false }
}

fn verdict(page: &JournalPage, key: KeyId) -> (u8, String) {
    let mut reading = Reading::new(key);
    reading.page(page);
    let mut out = Vec::new();
    let exit = reading.verdict(&mut Mouth { out: &mut out, json: false }).unwrap();
    (exit, String::from_utf8(out).unwrap())
}

#[test]
fn an_intact_journal_is_called_so_with_the_key_that_signed_it() {
    let signer = Signer::generate().unwrap();
    let (exit, text) = verdict(&journal(&signer), signer.key_id());
    assert_eq!(exit, EXIT_DONE);
    assert!(text.contains("3 entr") && text.contains(&shown::fingerprint(signer.key_id())), "{text}");
}

#[test]
fn whatever_was_changed_is_found_and_only_what_holds_is_shown() {
    let signer = Signer::generate().unwrap();
    let good = journal(&signer);
    let mut changed = good.clone();
    changed.entries[1].body.push(0);
    let (exit, text) = verdict(&changed, signer.key_id());
    assert_eq!(exit, EXIT_FAILED);
    assert!(text.contains("ALTERED after entry 1"), "{text}");
    let mut reading = Reading::new(signer.key_id());
    assert_eq!(reading.page(&changed).len(), 1);
    let mut dropped = good.clone();
    dropped.entries.remove(0);
    assert_eq!(verdict(&dropped, signer.key_id()).0, EXIT_FAILED);
    let stranger = Signer::generate().unwrap();
    let (exit, text) = verdict(&journal(&stranger), signer.key_id());
    assert_eq!(exit, EXIT_FAILED);
    assert!(text.contains("another key") && text.contains(&stranger.key_id().to_string()), "{text}");
    // A relay that signs with its own key what it says another key signed.
    let forged = JournalPage { spki: signer.spki().to_vec(), ..journal(&stranger) };
    assert_eq!(verdict(&forged, signer.key_id()).0, EXIT_FAILED);
}

#[test]
fn pages_follow_each_other() {
    let signer = Signer::generate().unwrap();
    let whole = journal(&signer);
    let mut reading = Reading::new(signer.key_id());
    for entry in &whole.entries {
        let page = JournalPage { entries: vec![entry.clone()], ..whole.clone() };
        assert_eq!(reading.page(&page).len(), 1);
    }
    assert_eq!((reading.bad, reading.chain.head().seq), (None, 3));
}

#[test]
fn an_entry_is_a_line_or_an_object() {
    let signer = Signer::generate().unwrap();
    let page = journal(&signer);
    let told = |json| {
        let mut out = Vec::new();
        let mut mouth = Mouth { out: &mut out, json };
        page.entries.iter().for_each(|entry| tell(entry, &mut mouth).unwrap());
        String::from_utf8(out).unwrap()
    };
    let text = told(false);
    assert!(
        text.contains("     3  2026-11-18T") && text.contains("ENDED  ") && text.contains("=ENDED_BY_PERSON"),
        "{text}"
    );
    let json = told(true);
    let last: Value = serde_json::from_str(json.lines().nth(2).unwrap()).unwrap();
    assert_eq!(last["entry"], "ENDED");
    assert_eq!(last["fields"]["session"], "07".repeat(16));
    assert_eq!(last["fields"]["duration_s"], 61);
}
