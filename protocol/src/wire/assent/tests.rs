//! What is put to a person is what is signed: every difference of the two lists, and no list that hides one.

use super::*;
use crate::wire::equipment::{Entered, EquipmentKind};
use crate::wire::inventory::{Serial, Text};

fn day(text: &str) -> Day {
    Day::of_iso(text).unwrap()
}

fn line(no: u32, label: &str) -> EquipmentLine {
    EquipmentLine {
        no,
        kind: EquipmentKind::Computer,
        label: Text::new(label).unwrap(),
        serial: Serial::default(),
        asset: None,
        site: None,
        class: Text::new("poste").unwrap(),
        entered: Entered::Agreed,
        from: day("2026-01-05"),
        until: None,
        state: None,
    }
}

fn list(version: u32, before: Option<&EquipmentList>, lines: Vec<EquipmentLine>) -> EquipmentList {
    let contract = ContractId::new("C-2026-014").unwrap();
    EquipmentList {
        contract,
        version,
        before: before.map(EquipmentList::hash),
        from: day("2026-03-11"),
        lines,
    }
}

fn ask(before: Option<EquipmentList>, list: EquipmentList) -> ListAsk {
    ListAsk { client: "Cabinet Leroy".into(), list, before, effect: None, until: UnixSeconds(0) }
}

#[test]
fn clause_2_2_every_difference_is_put_to_the_person() {
    let first = list(1, None, vec![line(1, "a"), line(2, "b"), line(3, "c")]);
    assert_eq!(ask(None, first.clone()).changes().unwrap().len(), 3);
    let ended = EquipmentLine { until: Some(day("2026-03-11")), ..line(2, "b") };
    // Told otherwise and ended in one version: both are shown.
    let both = EquipmentLine { label: Text::new("c2").unwrap(), until: ended.until, ..line(3, "c") };
    let second = list(2, Some(&first), vec![line(1, "a"), ended.clone(), both.clone(), line(4, "d")]);
    assert_eq!(
        ask(Some(first), second).changes(),
        Ok(vec![
            ListChange::Leaves(Box::new(ended)),
            ListChange::Says(Box::new((line(3, "c"), both))),
            ListChange::Comes(Box::new(line(4, "d"))),
        ])
    );
}

#[test]
fn a_list_that_hides_a_change_is_put_to_nobody() {
    let first = list(1, None, vec![line(1, "a"), line(2, "b")]);
    let second = list(2, Some(&first), vec![line(1, "a"), line(2, "b"), line(3, "c")]);
    // The one before is withheld, or another one is shown in its place.
    assert_eq!(ask(None, second.clone()).changes(), Err(BadListAsk::Chain));
    let other = list(1, None, vec![line(1, "a"), line(2, "b"), line(3, "c")]);
    assert_eq!(ask(Some(other), second).changes(), Err(BadListAsk::Chain));
    // A line is gone without a word.
    let shorter = list(2, Some(&first), vec![line(1, "a")]);
    assert_eq!(ask(Some(first.clone()), shorter).changes(), Err(BadListAsk::Chain));
    let same = list(2, Some(&first), first.lines.clone());
    assert_eq!(ask(Some(first), same).changes(), Err(BadListAsk::Nothing));
    let many = (1..).take(MOST_SHOWN + 1).map(|no| line(no, "a")).collect();
    assert_eq!(ask(None, list(1, None, many)).changes(), Err(BadListAsk::Many));
}
