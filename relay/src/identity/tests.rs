//! Each rule by the cases that merged, split or lost machines in other inventories' trackers.

use proptest::prelude::*;

use super::*;

const NONE: fn() -> Shared = Shared::default;

/// `"S:DELL/7HJ2 D:WWN1"`.
fn evidence(text: &str) -> Evidence {
    let mark = |word: &str| {
        let (of, value) = word.split_once(':').unwrap();
        let of = match of {
            "S" => Trait::System,
            "U" => Trait::Uuid,
            "B" => Trait::Board,
            "C" => Trait::Chassis,
            "D" => Trait::Disk,
            "M" => Trait::Mac,
            "H" => Trait::Host,
            other => panic!("{other}"),
        };
        Mark { of, value: value.to_owned() }
    };
    text.split_whitespace().map(mark).collect()
}

fn rule_of_known(before: &str, now: &str) -> Rule {
    known::<u8>(&evidence(before), &evidence(now), &NONE()).rule()
}

#[test]
fn a_known_key_is_the_same_machine_until_everything_is_another() {
    let whole = "S:DELL/1 U:A B:DELL/B1 C:DELL/C1 D:W1 M:01";
    let table = [
        (whole, whole, Rule::SameKey),
        // A dock, a VPN, a random address: never a reason.
        (whole, "S:DELL/1 U:A B:DELL/B1 C:DELL/C1 D:W1 M:99", Rule::SameKey),
        // New disk: same machine.
        (whole, "S:DELL/1 U:A B:DELL/B1 C:DELL/C1 D:W2 M:01", Rule::SameKey),
        // Renamed, UUID changed by a firmware update, serial kept.
        (whole, "S:DELL/1 U:Z B:DELL/B1 D:W1", Rule::SameKey),
        // Another board in the old case, on the old disk.
        (whole, "S:DELL/2 U:B B:DELL/B2 C:DELL/C1 D:W1 M:02", Rule::OtherBoard),
        (whole, "S:DELL/2 U:B B:DELL/B2 D:W1 D:W9", Rule::OtherBoard),
        // The maker blanked the serial number of the spare board.
        (whole, "B:DELL/B2 D:W1", Rule::OtherBoard),
        // Another machine with a copied folder.
        (whole, "S:DELL/2 U:B B:DELL/B2 C:DELL/C2 D:W2 M:02", Rule::OtherMachine),
        // Only the network card is the same: a dock on another machine.
        (whole, "S:DELL/2 U:B B:DELL/B2 C:DELL/C2 D:W2 M:01", Rule::OtherMachine),
        // Nothing can be compared (no privilege this time): no proof of anything.
        (whole, "M:01", Rule::SameKey),
        (whole, "", Rule::SameKey),
        ("", whole, Rule::SameKey),
        // A machine that never had a number, with a new disk.
        ("D:W1 H:PC1", "D:W2 H:PC1", Rule::SameKey),
    ];
    for (before, now, rule) in table {
        assert_eq!(rule_of_known(before, now), rule, "{before} → {now}");
    }
}

#[test]
fn a_replaced_board_tells_old_and_new_numbers() {
    let before = evidence("S:DELL/1 U:A B:DELL/B1 D:W1 M:01");
    let now = evidence("S:DELL/2 U:B B:DELL/B2 D:W1 M:02");
    let Finding::BoardReplaced { gone, come } = known::<u8>(&before, &now, &NONE()) else {
        panic!("no board was replaced");
    };
    let values = |marks: &[Mark]| marks.iter().map(|mark| mark.value.clone()).collect::<Vec<_>>();
    assert_eq!(values(&gone), ["DELL/1", "A", "DELL/B1"]);
    assert_eq!(values(&come), ["DELL/2", "B", "DELL/B2"]);
}

fn find(now: &str, fleet: &[(u8, &str, bool)], shared: &Shared) -> Finding<u8> {
    let all: Vec<Evidence> = fleet.iter().map(|(_, text, _)| evidence(text)).collect();
    let fleet: Vec<Candidate<'_, u8>> = fleet
        .iter()
        .zip(&all)
        .map(|((asset, _, alive), evidence)| Candidate { asset: *asset, evidence, alive: *alive })
        .collect();
    unknown(&evidence(now), &fleet, shared)
}

#[test]
fn a_reinstalled_machine_is_found_by_its_numbers_and_its_disks() {
    let fleet = [(1, "S:DELL/1 U:A D:W1", false), (2, "S:DELL/2 U:B D:W2", false)];
    let table = [
        ("S:DELL/1 U:A D:W1", Some((1, Rule::BySerial, true))),
        // New disk with the new system: the firm confirms.
        ("S:DELL/1 U:A D:W9", Some((1, Rule::BySerial, false))),
        ("S:DELL/1 D:W1", Some((1, Rule::BySerial, true))),
        // Serial number kept, UUID another: proposed, not done.
        ("S:DELL/1 U:Z D:W1", Some((1, Rule::BySerial, false))),
        // No serial number here.
        ("U:B D:W2", Some((2, Rule::ByUuid, true))),
        ("U:B", Some((2, Rule::ByUuid, false))),
    ];
    for (now, wanted) in table {
        let found = match find(now, &fleet, &NONE()) {
            Finding::Returned { asset, rule, automatic, .. } => Some((asset, rule, automatic)),
            _ => None,
        };
        assert_eq!(found, wanted, "{now}");
    }
    assert_eq!(find("S:HP/1 U:C D:W7", &fleet, &NONE()), Finding::New);
}

#[test]
fn who_is_there_is_never_merged_with_somebody_else_without_a_person() {
    // Its agent talks to us at this moment: two machines, or one key too many.
    let found = find("S:DELL/1 U:A D:W1", &[(1, "S:DELL/1 U:A D:W1", true)], &NONE());
    assert!(matches!(found, Finding::Returned { automatic: false, .. }), "{found:?}");
    // Guests are copied with all their numbers.
    let mut guest = evidence("U:A D:W1");
    guest.guest = true;
    let fleet = [Candidate { asset: 1_u8, evidence: &guest, alive: false }];
    let found = unknown(&guest, &fleet, &NONE());
    assert!(matches!(found, Finding::Returned { rule: Rule::ByUuid, automatic: false, .. }), "{found:?}");
    // Two Dells were shipped with one UUID; their serial numbers tell them apart.
    let found = find("S:DELL/2 U:A D:W2", &[(1, "S:DELL/1 U:A D:W1", false)], &NONE());
    assert_eq!(found.rule(), Rule::ByParts);
    // The first of several is nobody's business to choose.
    let twins = [(1, "S:DELL/1 D:W1", false), (2, "S:DELL/1 D:W2", false)];
    assert!(matches!(find("S:DELL/1 D:W3", &twins, &NONE()), Finding::Conflict(all) if all.len() == 2));
    // A name alone is no hint; a dock's address or a disk that was moved is one.
    assert_eq!(find("H:ACCUEIL", &[(1, "S:DELL/1 H:ACCUEIL", false)], &NONE()), Finding::New);
    let found = find("H:ACCUEIL M:01", &[(1, "S:DELL/1 H:ACCUEIL M:01", false)], &NONE());
    assert!(matches!(&found, Finding::Resembles(all) if all[0].1.len() == 2), "the name is told beside it");
    for hint in ["M:01", "D:W1"] {
        let found = find(hint, &[(1, &format!("S:DELL/1 {hint}"), false)], &NONE());
        assert!(matches!(&found, Finding::Resembles(all) if all[0].0 == 1), "{hint}: {found:?}");
    }
}

#[test]
fn a_number_on_two_machines_is_learnt_to_name_neither() {
    let (one, two) = (evidence("S:DEFAULTSTRING/X D:W1"), evidence("S:DEFAULTSTRING/X D:W2"));
    let shared = Shared::default();
    let learnt = shared.learnt(&[&one, &two]);
    assert_eq!(learnt, evidence("S:DEFAULTSTRING/X").marks().cloned().collect::<Vec<_>>());
    let shared = Shared::known(learnt);
    assert_eq!(shared.learnt(&[&one, &two]), []);
    assert_eq!(
        find("S:DEFAULTSTRING/X D:W3", &[(1, "S:DEFAULTSTRING/X D:W1", false)], &shared),
        Finding::New
    );
    // The same disk, or no disk: it may be one machine under two keys.
    let again = evidence("S:DELL/1 D:W1");
    assert_eq!(Shared::default().learnt(&[&again, &again]), []);
    assert_eq!(Shared::default().learnt(&[&evidence("S:DELL/1"), &again]), []);
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let of = prop::sample::select(vec![
        Trait::System,
        Trait::Uuid,
        Trait::Board,
        Trait::Chassis,
        Trait::Disk,
        Trait::Mac,
        Trait::Host,
    ]);
    let mark = (of, 0..4_u8).prop_map(|(of, n)| Mark { of, value: n.to_string() });
    let marks = prop::collection::vec(mark, 0..8);
    (marks, any::<bool>()).prop_map(|(marks, guest)| {
        let mut evidence: Evidence = marks.into_iter().collect();
        evidence.guest = guest;
        evidence
    })
}

proptest! {
    /// A machine is the same as itself whatever it can't say of itself.
    #[test]
    fn less_evidence_is_never_a_clone(all in any_evidence(), keep in prop::collection::vec(any::<bool>(), 8)) {
        let less: Evidence =
            all.marks().zip(keep.iter().cycle()).filter(|(_, keep)| **keep).map(|(mark, _)| mark.clone()).collect();
        prop_assert_ne!(known::<u8>(&all, &less, &Shared::default()), Finding::Clone);
        prop_assert_ne!(known::<u8>(&less, &all, &Shared::default()), Finding::Clone);
    }

    /// Nothing is linked by itself that is alive, a guest, on other disks, or one of several.
    #[test]
    fn what_happens_by_itself_is_beyond_doubt(
        now in any_evidence(), fleet in prop::collection::vec((any_evidence(), any::<bool>()), 0..4)
    ) {
        let all: Vec<_> = fleet
            .iter()
            .enumerate()
            .map(|(asset, (evidence, alive))| Candidate { asset, evidence, alive: *alive })
            .collect();
        if let Finding::Returned { asset, automatic: true, .. } = unknown(&now, &all, &Shared::default()) {
            prop_assert!(!all[asset].alive && !now.guest);
            prop_assert!(all[asset].evidence.agrees(&now, Trait::Disk));
            let strong = |of: &&Candidate<'_, usize>| of.evidence.agrees(&now, Trait::System);
            prop_assert!(all.iter().filter(strong).count() <= 1);
        }
    }

    /// What was learnt stays out of every judgement.
    #[test]
    fn a_learnt_value_is_no_evidence(now in any_evidence(), then in any_evidence()) {
        let shared = Shared::known(now.marks().cloned());
        let fleet = [Candidate { asset: 0_u8, evidence: &then, alive: false }];
        prop_assert_eq!(unknown(&now, &fleet, &shared), Finding::New);
    }
}
