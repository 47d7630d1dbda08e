//! What is failing comes in with its mending agreed on, or with a reserve, and not otherwise.

use aval_protocol::id::{AssetId, ContractId, UnixSeconds};
use aval_protocol::wire::equipment::{Entered, EntryState, EquipmentKind};
use aval_protocol::wire::inventory::{Day, Serial, Text};
use serde_json::{Value, json};

use super::*;
use crate::papers::Paper;
use crate::records::Author;

const PC: AgentId = AgentId([1; 16]);
const OTHER: AgentId = AgentId([2; 16]);

fn day(text: &str) -> Day {
    Day::of_iso(text).unwrap()
}

fn line(no: u32, grade: Option<Grade>) -> EquipmentLine {
    EquipmentLine {
        no,
        kind: EquipmentKind::Computer,
        label: Text::new("ACCUEIL").unwrap(),
        serial: Serial::default(),
        asset: Some(AssetId(PC.0)),
        site: None,
        class: Text::new("poste").unwrap(),
        entered: Entered::Agreed,
        from: day("2026-03-11"),
        until: None,
        state: grade.map(|grade| EntryState { grade, on: day("2026-03-11"), checks: None }),
    }
}

fn list(lines: Vec<EquipmentLine>) -> EquipmentList {
    let contract = ContractId::new("C-2026-014").unwrap();
    EquipmentList { contract, version: 1, before: None, from: day("2026-03-11"), lines }
}

fn papers(all: &[(Kind, Option<AgentId>, Value)]) -> Vec<PaperRow> {
    let row = |(n, (kind, agent, body)): (i64, &(Kind, Option<AgentId>, Value))| PaperRow {
        n,
        contract: Some(ContractId::new("C-2026-014").unwrap()),
        kind: *kind,
        agent: *agent,
        paper: Some(Paper::read(*kind, body.to_string().as_bytes()).unwrap()),
        corrects: None,
        why: String::new(),
        by: Author::Host,
        at: UnixSeconds(0),
    };
    (1..).zip(all).map(row).collect()
}

fn quote(agent: AgentId) -> (Kind, Option<AgentId>, Value) {
    let body = json!({ "quote": "D-31", "for": "remediation", "offered_on": "2026-03-11", "what": "disque" });
    (Kind::Quote, Some(agent), body)
}

fn step(step: &str) -> (Kind, Option<AgentId>, Value) {
    (Kind::QuoteStep, None, json!({ "quote": "D-31", "step": step, "at": "2026-03-12T10:00:00+01:00" }))
}

fn reserve(agent: Option<AgentId>) -> (Kind, Option<AgentId>, Value) {
    (Kind::Reserve, agent, json!({ "on": "2026-03-11", "what": "disque à remplacer avant l’été" }))
}

fn stopped(list: &EquipmentList, now: Option<Grade>, papers: &[PaperRow]) -> bool {
    let known = |_: &EquipmentLine| Known { agents: vec![PC], grade: now };
    unmended(list, None, known, papers).is_some()
}

#[test]
fn clause_2_1_a_failing_machine_comes_in_with_its_mending_agreed_on_or_a_reserve() {
    let failing = list(vec![line(1, Some(Grade::Failing))]);
    let table: [(&[_], bool); 8] = [
        (&[], true),
        (&[quote(PC)], true),
        (&[quote(PC), step("refused")], true),
        (&[quote(PC), step("accepted")], false),
        (&[quote(PC), step("accepted"), step("done")], false),
        // Another machine's quote, another machine's reserve, one about the contract as a whole.
        (&[quote(OTHER), step("accepted")], true),
        (&[reserve(Some(OTHER)), reserve(None)], true),
        (&[reserve(Some(PC))], false),
    ];
    for (all, expected) in table {
        assert_eq!(stopped(&failing, None, &papers(all)), expected, "{all:?}");
    }
}

#[test]
fn clause_2_1_what_the_machine_says_now_counts_as_much_as_what_a_person_wrote() {
    let good = list(vec![line(1, Some(Grade::Good))]);
    assert!(!stopped(&good, Some(Grade::Watch), &[]));
    assert!(stopped(&good, Some(Grade::Failing), &[]));
    assert!(stopped(&list(vec![line(1, None)]), Some(Grade::Failing), &[]));
    // It was on the list before it failed, or leaves: that is what the contract is for.
    let known = |_: &EquipmentLine| Known { agents: vec![PC], grade: Some(Grade::Failing) };
    assert_eq!(unmended(&good, Some(&good), known, &[]), None);
    let left = EquipmentLine { until: Some(day("2026-04-01")), ..line(1, Some(Grade::Failing)) };
    assert!(!stopped(&list(vec![left]), Some(Grade::Failing), &[]));
}

#[test]
fn clause_2_1_what_no_machine_stands_for_needs_a_reserve_of_the_contract() {
    let printer = list(vec![EquipmentLine { asset: None, ..line(1, Some(Grade::Failing)) }]);
    let nobody = |_: &EquipmentLine| Known::default();
    assert!(unmended(&printer, None, nobody, &papers(&[reserve(Some(PC))])).is_some());
    assert_eq!(unmended(&printer, None, nobody, &papers(&[reserve(None)])), None);
}
