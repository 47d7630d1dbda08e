//! What is suggested, and what is not: everything that has a line as it is, and what nobody wants to hear of.

use aval_protocol::id::ContractId;
use aval_protocol::wire::inventory::List;

use super::*;
use crate::coverage::amend::amend;

fn day(text: &str) -> Day {
    Day::of_iso(text).unwrap()
}

fn pc(serial: &str, chassis: Chassis) -> Vec<Content> {
    vec![Content::Machine(Machine {
        chassis: Some(chassis),
        vendor: Text::new("Dell"),
        model: Text::new("OptiPlex 7090"),
        serial: Serial::new(serial),
        ..Machine::default()
    })]
}

fn seen<'a>(asset: u8, host: &'a str, says: &'a [Content]) -> Seen<'a> {
    Seen { asset: AssetId([asset; 16]), host, says, attached: day("2026-03-11"), gone: false }
}

fn list(changes: &[Amendment]) -> EquipmentList {
    amend(&ContractId::new("C-1").unwrap(), None, day("2026-03-11"), changes).unwrap()
}

fn changes(all: &[Suggested]) -> Vec<Amendment> {
    all.iter().map(|one| one.change.clone()).collect()
}

#[test]
fn clause_2_4_an_attached_machine_on_no_line_is_suggested_with_the_day_of_its_notification() {
    let says = pc("7HJ2K33", Chassis::Server);
    let all = suggest(None, &[seen(1, "SRV-01", &says)], day("2026-04-01"));
    let [Suggested { change: Amendment::Add(line), why }] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((line.kind, line.entered), (EquipmentKind::Server, Entered::Notified(day("2026-03-11"))));
    assert_eq!(
        (line.says.label.as_str(), line.says.class.as_str()),
        ("Dell OptiPlex 7090 (SRV-01)", "serveur")
    );
    assert_eq!(
        why.fr,
        "SRV-01 est rattaché depuis le 11\u{a0}mars 2026 et ne figure sur aucune ligne de la liste."
    );
    // Once it is on a line as it is, there is nothing to say.
    let listed = list(&changes(&all));
    assert_eq!(suggest(Some(&listed), &[seen(1, "SRV-01", &says)], day("2026-04-01")), []);
}

#[test]
fn a_line_is_corrected_ended_and_not_asked_about_twice() {
    let (before, after) = (pc("7HJ2K33", Chassis::Desktop), pc("9ZZ9Z99", Chassis::Desktop));
    let listed = list(&changes(&suggest(None, &[seen(1, "ACCUEIL", &before)], day("2026-04-01"))));
    let found = suggest(Some(&listed), &[seen(1, "ACCUEIL", &after)], day("2026-04-01"));
    assert!(
        matches!(&found[0].change, Amendment::Describe { no: 1, new } if new.serial.raw() == Some("9ZZ9Z99"))
    );
    let gone = Seen { gone: true, ..seen(1, "ACCUEIL", &before) };
    let found = suggest(Some(&listed), std::slice::from_ref(&gone), day("2026-04-01"));
    assert_eq!(changes(&found), [Amendment::End { no: 1, on: day("2026-04-01") }]);
    // Installed anew, it is the same equipment under another key.
    assert_eq!(suggest(Some(&listed), &[gone, seen(1, "ACCUEIL", &before)], day("2026-04-01")), []);
    // Two agents of one machine are one line.
    let twice = [seen(1, "ACCUEIL", &before), seen(1, "ACCUEIL", &before)];
    assert_eq!(suggest(None, &twice, day("2026-04-01")).len(), 1);
    // A machine that could not be read this time is not described otherwise.
    assert_eq!(suggest(Some(&listed), &[seen(1, "ACCUEIL", &[])], day("2026-04-01")), []);
}

#[test]
fn screens_are_spoken_of_where_screens_are_listed() {
    let screen = |serial: &str, internal| Display {
        vendor: Text::new("DEL").unwrap(),
        product: 1,
        model: Text::new("DELL P2419H"),
        serial: Serial::new(serial),
        number: 0,
        year: None,
        week: None,
        width_cm: 53,
        height_cm: 30,
        internal,
    };
    let mut says = pc("7HJ2K33", Chassis::Desktop);
    let all =
        [screen("8XK3J23", false), screen("8XK3J24", false), screen("LID", true), screen("00000000", false)];
    says.push(Content::Displays(List::of(all)));
    let first = suggest(None, &[seen(1, "ACCUEIL", &says)], day("2026-04-01"));
    assert_eq!(first.len(), 3, "the machine and two screens with a number: {first:?}");
    let machine_only = list(&changes(&first[..1]));
    assert_eq!(suggest(Some(&machine_only), &[seen(1, "ACCUEIL", &says)], day("2026-04-01")), []);
    let one_screen = list(&changes(&first[..2]));
    let rest = suggest(Some(&one_screen), &[seen(1, "ACCUEIL", &says)], day("2026-04-01"));
    assert_eq!(changes(&rest), changes(&first[2..]));
}

#[test]
fn the_worst_check_that_could_be_made_is_the_grade() {
    use aval_protocol::wire::inventory::CheckKind;
    use aval_protocol::wire::inventory::items::{Check, Health};
    let health = |grades: &[Grade]| {
        let check = |grade: &Grade| Check {
            kind: CheckKind::FreeSpace,
            subject: None,
            grade: *grade,
            value: None,
            why: None,
        };
        [Content::Health(Health { checks: List::of(grades.iter().map(check)) })]
    };
    assert_eq!(grade(&health(&[Grade::Good, Grade::Watch, Grade::NotMeasurable])), Some(Grade::Watch));
    assert_eq!(grade(&health(&[Grade::NotMeasurable])), None, "what can't be measured is never good");
    assert_eq!(grade(&[]), None);
}
