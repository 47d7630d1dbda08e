//! What goes out and comes back: the same list. What comes from elsewhere: told line by line, taken as a whole or not at all.

mod incoming;
mod papers;

use aval_protocol::id::{AssetId, ContractId};
use aval_protocol::text::Lang;
use aval_protocol::wire::equipment::{Entered, EntryState, EquipmentKind, EquipmentLine, EquipmentList};
use aval_protocol::wire::inventory::values::{Serial, Text};
use aval_protocol::wire::inventory::{Day, Grade};
use proptest::prelude::*;

use super::plan::{Blocked, Defaults, Fate, Plan, plan};
use super::*;
use crate::coverage::amend::{BadAmendment, amend};
use aval_protocol::text::equipment::Column;

fn day(text: &str) -> Day {
    Day::of_iso(text).unwrap()
}

fn contract() -> ContractId {
    ContractId::new("C-2026-014").unwrap()
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

/// A line as a person would write it. Synthesised, as every name and number here.
fn line(no: u32, kind: EquipmentKind, label: &str, serial: &str) -> EquipmentLine {
    EquipmentLine {
        no,
        kind,
        label: text(label),
        serial: Serial::new(serial),
        asset: None,
        site: None,
        class: text("poste"),
        entered: Entered::Agreed,
        from: day("2026-01-01"),
        until: None,
        state: None,
    }
}

fn list(lines: Vec<EquipmentLine>) -> EquipmentList {
    EquipmentList { contract: contract(), version: 1, before: None, from: day("2026-01-01"), lines }
}

/// Three lines with everything that a line can say.
fn office() -> EquipmentList {
    let mut server = line(2, EquipmentKind::Server, "Serveur « cœur », 3 500 €", "00123456");
    server.site = Some(text("73282932000074"));
    server.asset = Some(AssetId([0xab; 16]));
    server.entered = Entered::Notified(day("2026-03-11"));
    server.from = day("2026-03-11");
    server.state = Some(EntryState { grade: Grade::Watch, on: day("2026-03-12"), checks: Some([7; 32]) });
    let mut gone = line(3, EquipmentKind::Printer, "=HYPERLINK(\"http://a.test\";\"x\")", "-");
    gone.until = Some(day("2026-02-01"));
    gone.state = Some(EntryState { grade: Grade::Failing, on: day("2026-01-01"), checks: None });
    list(vec![line(1, EquipmentKind::Computer, "Dell OptiPlex 7090, accueil", "PF1X2Y3Z"), server, gone])
}

fn defaults() -> Defaults {
    Defaults { from: day("2026-04-01"), entered: Entered::Agreed, class: Some(text("poste")) }
}

fn planned(before: Option<&EquipmentList>, file: &[u8]) -> Plan {
    plan(&contract(), before, &defaults(), &read(file).unwrap())
}

/// The list again as a first one, its lines numbered anew.
fn again(before: &EquipmentList, lang: Lang) -> Vec<EquipmentLine> {
    let plan = planned(None, out::csv(lang, before).as_bytes());
    let made =
        amend(&contract(), None, day("2026-04-01"), plan.amendments().unwrap_or_else(|_| panic!("{plan:?}")));
    made.unwrap().lines
}

#[test]
fn what_goes_out_as_csv_comes_back_as_the_same_list() {
    let office = office();
    for lang in [Lang::Fr, Lang::En] {
        let plan = planned(Some(&office), out::csv(lang, &office).as_bytes());
        assert_eq!(plan.lines.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [2, 3, 4]);
        assert!(plan.lines.iter().all(|(_, fate)| matches!(fate, Fate::Same(_))), "{plan:?}");
        assert_eq!(plan.amendments(), Err(&Blocked::List(BadAmendment::Nothing)));
        assert_eq!(again(&office, lang), office.lines);
    }
}

#[test]
fn the_csv_is_french_excels() {
    let csv = out::csv(Lang::Fr, &office());
    let lines: Vec<_> = csv.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}\"n°\";\"type\";\"libellé\";"), "{}", lines[0]);
    assert!(
        lines[1].starts_with("\"1\";\"ordinateur\";\"Dell OptiPlex 7090, accueil\";\"PF1X2Y3Z\""),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].contains("\"11/03/2026\"") && lines[2].contains("\"à surveiller\";\"12/03/2026\""),
        "{}",
        lines[2]
    );
    assert!(lines[3].contains("\"'=HYPERLINK(\"\"http://a.test\"\";\"\"x\"\")\""), "{}", lines[3]);
    assert!(!csv.replace("\r\n", "").contains(['\r', '\n']));
}

prop_compose! {
    fn some_line()(
        kind in prop::sample::select(EquipmentKind::ALL),
        label in "'{0,2}[ =+@-]{0,2}[A-Za-zéœ€\";,\u{202f}]{1,12}",
        number in prop::option::of(0..1_000_000_u32),
        asset in prop::option::of(any::<[u8; 16]>()),
        site in prop::option::of(prop::sample::select(&["73282932000074", "35600000000001"][..])),
        class in "[a-z' =]{0,6}[a-z]",
        entered in 0..3_u8,
        days in (1..28_u8, 1..28_u8, prop::option::of(1..28_u8)),
        state in prop::option::of((prop::sample::select(Grade::ALL), prop::option::of(any::<[u8; 32]>()))),
    ) -> EquipmentLine {
        let march = |of: u8| Day::new(2026, 3, of).unwrap();
        let from = march(days.0.min(days.2.unwrap_or(28)));
        EquipmentLine {
            no: 0,
            kind,
            label: text(&label.replace('\u{202f}', "x").replace('-', "=-")),
            serial: Serial::new(&number.map_or_else(String::new, |number| format!("SN{number}X"))),
            asset: asset.map(AssetId),
            site: site.map(text),
            class: text(&class),
            entered: match entered { 0 => Entered::Agreed, 1 => Entered::Notified(march(days.1)), _ => Entered::Seen(march(days.1)) },
            from,
            until: days.2.map(march),
            state: state.map(|(grade, checks)| EntryState { grade, on: march(days.1), checks }),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a list says, its file says the same.
    #[test]
    fn a_list_written_and_read_is_the_same_list(mut lines in prop::collection::vec(some_line(), 1..12), english: bool) {
        let mut seen = std::collections::BTreeSet::new();
        lines.retain(|line| line.serial.norm().is_none_or(|number| seen.insert(number)));
        (1..).zip(&mut lines).for_each(|(no, line)| line.no = no);
        let (list, lang) = (list(lines), if english { Lang::En } else { Lang::Fr });
        let plan = planned(Some(&list), out::csv(lang, &list).as_bytes());
        prop_assert!(plan.lines.iter().zip(&list.lines).all(|((_, fate), line)| *fate == Fate::Same(line.no)), "{:?}", plan);
        prop_assert_eq!(again(&list, lang), list.lines);
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(file) = read(&bytes) {
            let _ = plan(&contract(), Some(&office()), &defaults(), &file);
        }
    }

    /// Nor are bytes that look like a file.
    #[test]
    fn no_file_is_too_strange(rows in "(n°;type;libellé;jusqu’au;état d’entrée;état constaté le\r\n)?([0-9é\";\r\n,='+/-]|bon|pc|12/03/2026){0,80}") {
        if let Ok(file) = read(rows.as_bytes()) {
            let plan = plan(&contract(), Some(&office()), &defaults(), &file);
            let bad = plan.lines.iter().any(|(_, fate)| matches!(fate, Fate::Refused(_)));
            prop_assert!(!bad || plan.amendments().is_err());
        }
    }
}
