//! The list by its clauses: who approved what, what therefore holds, and what a version changes in what is charged.

use aval_protocol::id::ContractId;
use aval_protocol::wire::equipment::{Entered, EquipmentKind};
use aval_protocol::wire::inventory::values::{Serial, Text};
use jiff::civil::date as civil;
use proptest::prelude::*;

use super::amend::{Amendment, BadAmendment, Description, NewLine, amend};
use super::effect::{LineEffect, Tariff, date, day as to_day, effect};
use super::*;
use crate::money::Cents;

fn day(text: &str) -> Day {
    Day::of_iso(text).unwrap()
}

fn contract() -> ContractId {
    ContractId::new("C-2026-014").unwrap()
}

fn says(label: &str, asset: u8, class: &str) -> Description {
    Description {
        label: Text::new(label).unwrap(),
        serial: Serial::default(),
        asset: (asset > 0).then_some(AssetId([asset; 16])),
        site: None,
        class: Text::new(class).unwrap(),
    }
}

fn add(label: &str, asset: u8, from: &str) -> Amendment {
    Amendment::Add(Box::new(NewLine {
        kind: EquipmentKind::Computer,
        says: says(label, asset, "poste"),
        entered: Entered::Notified(day(from)),
        from: day(from),
        state: None,
    }))
}

fn approval(list: &EquipmentList, party: Party) -> Approval {
    let by = match party {
        Party::Client => Means::Machine { agent: AgentId([7; 16]), signed: Vec::new() },
        Party::Provider => Means::Manager { person: PersonId::new("claire.moreau").unwrap() },
    };
    Approval { party, list: list.hash(), by, at: UnixSeconds(0) }
}

fn approved(lists: &mut Lists, list: &EquipmentList) {
    lists.versions.push(list.clone());
    lists.approvals.extend([approval(list, Party::Client), approval(list, Party::Provider)]);
}

#[test]
fn clause_2_2_a_version_holds_once_both_parties_approved_it() {
    let first = amend(&contract(), None, day("2026-01-01"), &[add("Accueil", 1, "2026-01-01")]).unwrap();
    let mut lists =
        Lists { versions: vec![first.clone()], approvals: vec![approval(&first, Party::Provider)] };
    let today = day("2026-03-01");
    assert_eq!(lists.standing(&first, today), Standing::Proposed { client: false, provider: true });
    assert_eq!(lists.in_force(today), None);
    lists.approvals.push(approval(&first, Party::Client));
    assert_eq!(lists.standing(&first, today), Standing::Approved);
    assert_eq!(lists.in_force(today), Some(&first));
    assert_eq!(lists.in_force(day("2025-12-31")), None);
    // Version 2 with the firm's approval alone: version 1 still holds.
    let second =
        amend(&contract(), Some(&first), day("2026-02-01"), &[add("Atelier", 2, "2026-02-01")]).unwrap();
    lists.versions.push(second.clone());
    lists.approvals.push(approval(&second, Party::Provider));
    assert_eq!(lists.in_force(today), Some(&first));
    lists.approvals.push(approval(&second, Party::Client));
    assert_eq!(lists.in_force(today), Some(&second));
    assert_eq!(lists.standing(&first, today), Standing::Superseded);
    // A version of tomorrow does not hold today.
    assert_eq!(lists.in_force(day("2026-01-15")), Some(&first));
}

#[test]
fn clause_2_2_of_two_proposals_on_one_version_the_second_must_be_made_again() {
    let mut lists = Lists::default();
    let first = amend(&contract(), None, day("2026-01-01"), &[add("Accueil", 1, "2026-01-01")]).unwrap();
    approved(&mut lists, &first);
    let one =
        amend(&contract(), Some(&first), day("2026-02-01"), &[add("Atelier", 2, "2026-02-01")]).unwrap();
    let other =
        amend(&contract(), Some(&first), day("2026-02-01"), &[add("Bureau", 3, "2026-02-01")]).unwrap();
    lists.versions.push(other.clone());
    approved(&mut lists, &one);
    assert_eq!(lists.standing(&other, day("2026-02-02")), Standing::Stale);
    // Approvals of a stale version bring nothing.
    lists.approvals.extend([approval(&other, Party::Client), approval(&other, Party::Provider)]);
    let holds = lists.in_force(day("2026-02-02")).unwrap().hash();
    assert!(holds == one.hash() || holds == other.hash());
    assert_eq!(
        lists.versions.iter().filter(|list| lists.chain().iter().any(|(_, one)| one == list)).count(),
        2
    );
}

#[test]
fn clause_2_4_what_is_on_a_line_or_was_notified_is_covered_until_both_end_it() {
    let mut lists = Lists::default();
    let (known, stranger) = (AssetId([1; 16]), AssetId([9; 16]));
    assert_eq!(lists.covers(known, day("2026-01-01")), Listed::NoList);
    let first = amend(&contract(), None, day("2026-01-01"), &[add("Accueil", 1, "2026-01-01")]).unwrap();
    approved(&mut lists, &first);
    assert!(matches!(lists.covers(known, day("2026-02-01")), Listed::On(line) if line.no == 1));
    assert_eq!(lists.covers(stranger, day("2026-02-01")), Listed::Not);
    let end = Amendment::End { no: 1, on: day("2026-03-01") };
    let second = amend(&contract(), Some(&first), day("2026-02-10"), &[end]).unwrap();
    approved(&mut lists, &second);
    assert!(matches!(lists.covers(known, day("2026-02-28")), Listed::On(_)));
    assert!(matches!(lists.covers(known, day("2026-03-01")), Listed::Ended(line) if line.no == 1));
    // It may come back, on a line of another number.
    let third =
        amend(&contract(), Some(&second), day("2026-04-01"), &[add("Accueil", 1, "2026-04-01")]).unwrap();
    approved(&mut lists, &third);
    assert!(matches!(lists.covers(known, day("2026-04-01")), Listed::On(line) if line.no == 2));
}

#[test]
fn what_makes_no_list_is_said_by_name() {
    let first = amend(&contract(), None, day("2026-01-01"), &[add("Accueil", 1, "2026-01-01")]).unwrap();
    let next =
        |changes: &[Amendment]| amend(&contract(), Some(&first), day("2026-02-01"), changes).unwrap_err();
    assert_eq!(next(&[]), BadAmendment::Nothing);
    assert_eq!(next(&[add("Autre nom", 1, "2026-02-01")]), BadAmendment::Twice("Accueil".into(), 1));
    assert_eq!(next(&[Amendment::End { no: 7, on: day("2026-02-01") }]), BadAmendment::NoLine(7));
    let too_early = Amendment::End { no: 1, on: day("2025-02-01") };
    assert_eq!(next(&[too_early]), BadAmendment::EndsBefore(1, day("2026-01-01")));
    let twice =
        [Amendment::End { no: 1, on: day("2026-02-01") }, Amendment::End { no: 1, on: day("2026-03-01") }];
    assert_eq!(next(&twice), BadAmendment::NoLine(1));
    let early = amend(&contract(), Some(&first), day("2025-02-01"), &[add("X", 2, "2026-02-01")]);
    assert_eq!(early.unwrap_err(), BadAmendment::Earlier(day("2026-01-01")));
    let many: Vec<_> = (0..=2000).map(|n| add(&format!("Poste {n}"), 0, "2026-01-01")).collect();
    assert_eq!(amend(&contract(), None, day("2026-01-01"), &many).unwrap_err(), BadAmendment::TooMany);
}

#[test]
fn clause_10_2_growth_is_charged_by_the_day_and_what_leaves_is_not_given_back() {
    let tariff = Tariff::from([("poste".to_owned(), Cents(2500)), ("serveur".to_owned(), Cents(9000))]);
    let march = (civil(2026, 3, 1), civil(2026, 4, 1));
    let first = amend(&contract(), None, day("2026-01-01"), &[add("Accueil", 1, "2026-01-01")]).unwrap();
    let grown =
        amend(&contract(), Some(&first), day("2026-03-11"), &[add("Atelier", 2, "2026-03-11")]).unwrap();
    let of = effect(Some(&first), &grown, &tariff, march).unwrap();
    // 25.00 € a month, notified on 11 March: 21 of 31 days.
    assert_eq!((of.now, of.later), (Cents(1694), Cents(2500)));
    assert!(
        matches!(of.lines[..], [LineEffect::Comes { no: 2, now: Some(part), .. }] if (part.days, part.of) == (21, 31))
    );
    let shrunk = amend(
        &contract(),
        Some(&first),
        day("2026-03-11"),
        &[Amendment::End { no: 1, on: day("2026-03-11") }],
    )
    .unwrap();
    let of = effect(Some(&first), &shrunk, &tariff, march).unwrap();
    assert_eq!((of.now, of.later), (Cents(0), Cents(-2500)));
    let server = Amendment::Describe { no: 1, new: Box::new(says("Accueil", 1, "serveur")) };
    let other = amend(&contract(), Some(&first), day("2026-03-11"), &[server]).unwrap();
    assert_eq!(effect(Some(&first), &other, &tariff, march).unwrap().later, Cents(6500));
    let unknown = Amendment::Describe { no: 1, new: Box::new(says("Accueil", 1, "fax")) };
    let unpriced = amend(&contract(), Some(&first), day("2026-03-11"), &[unknown]).unwrap();
    let of = effect(Some(&first), &unpriced, &tariff, march).unwrap();
    assert_eq!(of.lines, [LineEffect::Unpriced { no: 1, class: "fax".into() }]);
}

#[test]
fn a_lists_name_is_of_every_word_in_it() {
    let first = amend(&contract(), None, day("2026-01-01"), &[add("Accueil", 1, "2026-01-01")]).unwrap();
    assert_eq!(first.hash(), first.clone().hash());
    let mut others = vec![first.clone(); 5];
    others[0].version = 2;
    others[1].from = day("2026-01-02");
    others[2].lines[0].label = Text::new("Accueil 2").unwrap();
    others[3].lines[0].until = Some(day("2026-01-02"));
    others[4].before = Some(first.hash());
    for other in others {
        assert_ne!(other.hash(), first.hash());
    }
    assert_eq!(to_day(date(day("2026-02-28"))), Some(day("2026-02-28")));
}

proptest! {
    /// Whatever is proposed and approved in whatever order: one line of history, numbers are used once, lines never vanish.
    #[test]
    fn history_is_one_chain(steps in prop::collection::vec((0..4_u8, 0..4_usize, any::<bool>(), any::<bool>()), 1..12)) {
        let mut lists = Lists::default();
        let from = day("2026-01-01");
        for (n, (what, base, client, provider)) in steps.into_iter().enumerate() {
            let base = lists.versions.get(base).cloned();
            let change = match what {
                0 => Amendment::End { no: 1, on: from },
                1 => Amendment::Describe { no: 1, new: Box::new(says("Autre", 0, "poste")) },
                _ => add(&format!("Poste {n}"), 0, "2026-01-01"),
            };
            if let Ok(list) = amend(&contract(), base.as_ref(), from, &[change]) {
                if client { lists.approvals.push(approval(&list, Party::Client)); }
                if provider { lists.approvals.push(approval(&list, Party::Provider)); }
                lists.versions.push(list);
            }
        }
        let chain: Vec<_> = lists.chain().into_iter().map(|(_, list)| list).collect();
        for (at, list) in chain.iter().enumerate() {
            prop_assert_eq!(list.version as usize, at + 1);
            prop_assert_eq!(list.before, at.checked_sub(1).map(|before| chain[before].hash()));
            prop_assert!(list.lines.windows(2).all(|pair| pair[0].no < pair[1].no));
            if let Some(next) = chain.get(at + 1) {
                prop_assert!(list.lines.iter().all(|line| next.lines.iter().any(|other| other.no == line.no)));
            }
        }
        prop_assert_eq!(lists.newest(), chain.last().copied());
    }
}
