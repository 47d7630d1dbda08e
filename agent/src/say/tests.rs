//! The tests of `say.rs`, beside it so that both stay short.

use super::*;

#[test]
fn the_other_language_stands_indented_below() {
    let said = Said { fr: "Non.".into(), en: "No.".into() };
    let more = Said { fr: "Si.".into(), en: "Yes.".into() };
    assert_eq!(said.then(&more).both(Lang::En), "No.\nYes.\n  Non.\n  Si.");
}

#[test]
fn a_damaged_home_says_what_to_do_in_both_languages() {
    let error = StateError::Damaged { path: "/var/lib/aval-agent/agent.toml".into(), why: "why".into() };
    let said = error.said();
    assert!(said.fr.contains("sauvegarde") && said.en.contains("backup"), "{said:?}");
}
