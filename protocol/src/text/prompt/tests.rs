//! The tests of `prompt.rs`, beside it so that both stay short.

use super::*;

#[test]
fn a_name_cannot_make_the_window_lie() {
    assert_eq!(plain("Sophie  Martin\n", 64), "Sophie Martin");
    assert_eq!(plain("Martin\u{202e}eihpoS\u{2066}", 64), "MartineihpoS");
    assert_eq!(plain("a\u{1b}[2Jb\u{200b}c", 64), "a[2Jbc");
    assert_eq!(plain(&format!("e{}", "\u{301}".repeat(50)), 64), "e\u{301}\u{301}");
    assert_eq!(plain("\u{a0}\u{3000}", 64), "");
}

#[test]
fn a_long_name_ends_in_an_ellipsis_and_a_fitting_one_stays() {
    assert_eq!(plain(&"é".repeat(64), 64), "é".repeat(64));
    let cut = plain(&"é".repeat(500), 64);
    assert_eq!(cut.chars().count(), 64);
    assert!(cut.ends_with("é…"));
}

#[test]
fn a_right_to_left_name_is_kept_to_itself() {
    assert!(headline(Lang::Fr, "שרה לוי").starts_with("\u{2068}שרה לוי\u{2069} demande"));
    assert!(!headline(Lang::Fr, "Sophie").contains('\u{2068}'));
}

#[test]
fn numbers_read_as_people_say_them() {
    assert_eq!(phone("+33199001234"), "01\u{a0}99\u{a0}00\u{a0}12\u{a0}34");
    assert_eq!(phone("+4930901820"), "+4930901820");
    assert_eq!(code(7), "000\u{a0}007");
    assert_eq!(code(123_456), "123\u{a0}456");
    assert_eq!(code_spelled(1234), "0 0 1 2 3 4");
    assert_eq!(clock(299), "04:59");
    assert_eq!(clock(3661), "1:01:01");
}

#[test]
fn every_name_is_on_the_banner_before_anything_that_a_short_line_cuts() {
    let long = ["Marie-Antoinette de la Rochefoucauld-Liancourt", "Maximilien-Alexandre Deschamps-Fontaine"]
        .map(str::to_owned);
    let view = Capabilities::VIEW;
    for (capabilities, lang) in [(view, Lang::Fr), (view.with(Capabilities::CONTROL), Lang::En)] {
        let said = banner(lang, &long, capabilities);
        let second = said.find("Maximilien-Alexandre").unwrap();
        assert!(said.contains("Marie-Antoinette de"), "{said}");
        assert!(said[..second].chars().count() + 22 <= 70, "{said}");
    }
    let both = ["Sophie Martin", "Hugo Lambert"].map(str::to_owned);
    let controlled = banner(Lang::Fr, &both, view.with(Capabilities::CONTROL));
    assert_eq!(controlled, "Sophie Martin contrôle votre PC, Hugo Lambert regarde");
}
