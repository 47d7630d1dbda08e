//! The tests of `trouble.rs`, beside it so that both stay short.

use super::*;

#[test]
fn both_languages_say_what_to_do_and_show_foreign_text_plainly() {
    for lang in [Lang::Fr, Lang::En] {
        assert!(not_enrolled(lang, "/d").contains("aval-agent enrol"));
        assert!(already_enrolled(lang, "/d").contains("aval-agent leave"));
        assert!(home_locked(lang, "/d").contains("systemctl stop"));
        assert!(key_exposed(lang, "/k").contains("chmod 600 /k"));
        assert!(firm_file(lang, "/f", "why").contains("--firm"));
        assert!(no_relay_address(lang, "why").contains(":4433"));
        assert!(local_socket(lang, "/s", "why").contains("--socket"));
        assert!(on_wayland(lang).contains("X11"));
        assert!(no_screen(lang).contains("aval-agent session"));
        assert!(enrolment_interrupted(lang, "why", "+33199001234").contains("01\u{a0}99"));
        assert!(!file_damaged(lang, "/f", "a\u{1b}[31mb\nc").contains(['\u{1b}', '\n']));
    }
}
