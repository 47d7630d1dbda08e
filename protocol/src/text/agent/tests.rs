//! The tests of `agent.rs`, beside it so that both stay short.

use super::*;

#[test]
fn only_a_clear_yes_is_one() {
    for yes in ["oui", "OUI\n", " o ", "yes", "Y"] {
        assert!(is_yes(yes), "{yes:?}");
    }
    for no in ["", "\n", "non", "ouii", "n", "oui mais", "1", "true"] {
        assert!(!is_yes(no), "{no:?}");
    }
}

#[test]
fn facts_show_what_is_there_and_nothing_else() {
    let known =
        HardwareFacts { hostname: "COMPTA-1".into(), memory_mib: Some(8192), ..HardwareFacts::default() };
    assert_eq!(facts(Lang::Fr, &known), ["Nom\u{a0}: COMPTA-1", "Mémoire\u{a0}: 8,0\u{a0}Gio"]);
    assert!(facts(Lang::En, &HardwareFacts::default()).is_empty());
}

#[test]
fn a_refused_code_says_whom_to_call() {
    for code in FaultCode::ALL {
        for lang in [Lang::Fr, Lang::En] {
            let text = code_refused(lang, *code, "Atelier Beaurepaire Informatique", "+33199001234");
            assert!(text.contains("Beaurepaire") && text.contains("01"), "{text}");
        }
    }
}

#[test]
fn a_clock_a_year_slow_is_said_so() {
    assert!(clock_wrong(Lang::Fr, 31_536_000).contains("retarde de 365\u{a0}jours"));
    assert!(clock_wrong(Lang::En, -7200).contains("2\u{a0}h fast"));
}
