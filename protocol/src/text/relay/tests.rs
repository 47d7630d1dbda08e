//! The tests of `relay.rs`, beside it so that both stay short.

use super::*;

#[test]
fn every_fault_has_its_own_sentence_in_both_languages() {
    let mut seen = std::collections::BTreeSet::new();
    for &code in FaultCode::ALL {
        let Sentence { fr, en } = fault(code);
        assert!(fr.ends_with('.') && en.ends_with('.') && fr != en, "{code}");
        assert!(!fr.contains('\'') && !en.contains('\''), "{code}: the apostrophe is ’");
        assert!(seen.insert(fr), "{code}: a sentence used twice");
    }
}

#[test]
fn details_can_t_forge_lines() {
    let Sentence { fr, en } = fault_detail(FaultCode::Invalid, "x\nOK\u{202e}");
    assert!(!fr.contains('\n') && !en.contains('\n') && !fr.contains('\u{202e}'));
}
