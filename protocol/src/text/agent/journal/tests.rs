//! The tests of `journal.rs`, beside it so that both stay short.

use super::*;
use crate::id::{Epoch, KeyId, PersonId, SessionId};

const SESSION: SessionId = SessionId([1; 16]);

fn fr(event: Event) -> String {
    journal_entry(Lang::Fr, &Told::Known(event))
}

#[test]
fn a_session_reads_as_its_person_lived_it() {
    let technician = PersonId::new("sophie.martin").unwrap();
    assert_eq!(fr(Event::Enrolled { agent_key: KeyId([0; 32]) }), "Ce PC a été rattaché.");
    assert!(fr(Event::Asked { session: SESSION, technician }).starts_with("sophie.martin a demandé"));
    let capabilities = Capabilities::VIEW.with(Capabilities::CONTROL);
    let granted = Event::Granted { session: SESSION, capabilities, epoch: Epoch(1), shown_ms: 4200 };
    assert!(fr(granted).contains("souris et clavier (question affichée 4\u{a0}s)"));
    let ended = Event::Ended { session: SESSION, reason: EndReason::EndedByPerson, duration_s: 61 };
    assert_eq!(fr(ended), "Fin de la session après 1\u{a0}min\u{a0}01\u{a0}s\u{a0}: vous y avez mis fin.");
}

#[test]
fn every_reason_has_a_sentence_in_both_languages() {
    for reason in EndReason::ALL {
        for lang in [Lang::Fr, Lang::En] {
            assert!(why(lang, *reason).ends_with('.'), "{reason}");
        }
    }
    assert_eq!(why(Lang::Fr, EndReason::Unknown(77)), "UNKNOWN_77");
    assert!(!journal_entry(Lang::En, &Told::Opaque).is_empty());
}
