//! The covered-equipment list in the record: proposed by whoever has read what holds, approved once by each party, and asked by the gate.

use aval_protocol::id::AssetId;
use aval_protocol::wire::equipment::{Entered, EquipmentKind, EquipmentList, ListHash};
use aval_protocol::wire::inventory::{Day as ListDay, Serial, Text};

use super::*;
use crate::coverage::amend::{Amendment, BadAmendment, Description, NewLine};
use crate::coverage::{Means, Standing};
use crate::records::{Coverage, ListError, Party};

fn day(text: &str) -> ListDay {
    ListDay::of_iso(text).unwrap()
}

fn line(label: &str, asset: AgentId) -> Amendment {
    Amendment::Add(Box::new(NewLine {
        kind: EquipmentKind::Computer,
        says: Description {
            label: Text::new(label).unwrap(),
            serial: Serial::new("7HJ2K33"),
            asset: Some(AssetId(asset.0)),
            site: None,
            class: Text::new("poste").unwrap(),
        },
        entered: Entered::Agreed,
        from: day("2026-01-05"),
        state: None,
    }))
}

impl Desk {
    fn propose(&self, read: Option<ListHash>, change: Amendment) -> Result<EquipmentList, ListError> {
        self.store.propose_list(&id("C-2026-001"), read, day("2026-01-05"), &[change], &manager(), NOW)
    }

    fn approves(&self, list: &EquipmentList, party: Party) -> Result<(), ListError> {
        let means = match party {
            Party::Provider => Means::Manager { person: super::person("claire.dubois") },
            Party::Client => Means::Paper { sha256: [7; 32], reference: "classeur 3, n° 12".into() },
        };
        self.store.approve_list(&id("C-2026-001"), list.hash(), party, &means, &manager(), NOW)
    }

    fn both_approve(&self, list: &EquipmentList) {
        self.approves(list, Party::Provider).unwrap();
        self.approves(list, Party::Client).unwrap();
    }

    fn coverage(&self, agent: AgentId) -> Coverage {
        self.store.facts_for(&super::person("sophie.martin"), agent, NOW).unwrap().0.coverage
    }
}

fn clause_2_2_a_list_is_proposed_approved_by_each_once_and_read_back(engine: Engine) {
    let desk = Desk::on(engine);
    let agent = desk.attach().id;
    let first = desk.propose(None, line("Accueil", agent)).unwrap();
    let lists = desk.store.lists(&id("C-2026-001")).unwrap();
    assert_eq!((lists.versions.as_slice(), lists.newest()), (std::slice::from_ref(&first), None));
    desk.approves(&first, Party::Provider).unwrap();
    assert!(matches!(desk.approves(&first, Party::Provider), Err(ListError::Approved)));
    desk.approves(&first, Party::Client).unwrap();
    assert!(matches!(desk.approves(&first, Party::Client), Err(ListError::Approved)));
    let lists = desk.store.lists(&id("C-2026-001")).unwrap();
    assert_eq!(lists.newest(), Some(&first));
    assert_eq!(lists.approvals.len(), 2);
    assert!(
        matches!(&lists.approvals[1].by, Means::Paper { reference, .. } if reference == "classeur 3, n° 12")
    );
    // The same list again, and one by somebody who has not read the newest.
    assert!(matches!(desk.propose(None, line("Atelier", agent)), Err(ListError::Changed)));
    let again = desk.propose(Some(first.hash()), line("Accueil bis", agent));
    assert!(matches!(again, Err(ListError::Bad(BadAmendment::Twice(..)))), "{again:?}");
    let foreign = Store::propose_list(&desk.store, &id("C-9"), None, day("2026-01-05"), &[], &manager(), NOW);
    assert!(matches!(foreign, Err(ListError::Store(StoreError::NotFound(_)))));
}

fn clause_2_2_of_two_proposals_the_slower_can_not_be_approved_any_more(engine: Engine) {
    let desk = Desk::on(engine);
    let (one, two) = (desk.attach().id, desk.attach().id);
    let first = desk.propose(None, line("Accueil", one)).unwrap();
    let second = desk.propose(None, line("Atelier", two)).unwrap();
    desk.both_approve(&first);
    assert!(matches!(desk.approves(&second, Party::Client), Err(ListError::Changed)));
    let lists = desk.store.lists(&id("C-2026-001")).unwrap();
    assert_eq!(lists.standing(&second, day("2026-02-01")), Standing::Stale);
}

fn clause_2_4_the_gate_goes_by_the_approved_version_and_a_new_machine_is_covered_at_once(engine: Engine) {
    let desk = Desk::on(engine);
    let (listed, notified) = (desk.attach().id, desk.attach().id);
    let first = desk.propose(None, line("Accueil", listed)).unwrap();
    desk.both_approve(&first);
    assert_eq!((desk.coverage(listed), desk.coverage(notified)), (Coverage::Covered, Coverage::Covered));
    let gone = desk.propose(Some(first.hash()), Amendment::End { no: 1, on: day("2026-02-01") }).unwrap();
    desk.approves(&gone, Party::Provider).unwrap();
    assert_eq!(desk.coverage(listed), Coverage::Covered, "one party alone changes nothing");
    desk.approves(&gone, Party::Client).unwrap();
    assert_eq!((desk.coverage(listed), desk.coverage(notified)), (Coverage::OffTheList, Coverage::Covered));
}

on_both!(
    clause_2_2_a_list_is_proposed_approved_by_each_once_and_read_back,
    clause_2_2_of_two_proposals_the_slower_can_not_be_approved_any_more,
    clause_2_4_the_gate_goes_by_the_approved_version_and_a_new_machine_is_covered_at_once,
);
