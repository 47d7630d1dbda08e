//! Who a machine is, as it tells it section by section: found again after a new installation, held when its key turns up elsewhere, asked
//! of a person when nobody else can tell.

use aval_protocol::id::AssetId;
use aval_protocol::wire::inventory::items::{Board, Disk, Machine};
use aval_protocol::wire::inventory::{Bus, Chassis, Content, List, Section, Serial, Text, Uuid};

use super::*;
use crate::identity::Rule;
use crate::records::identity::{Answer, AnswerError, Identified};

/// A machine's numbers.
#[derive(Clone, Copy)]
struct Pc {
    serial: &'static str,
    board: &'static str,
    disk: &'static str,
    uuid: u8,
}

const OURS: Pc = Pc { serial: "7HJ2K33", board: "CN0X1", disk: "S64A1", uuid: 1 };
const OTHER: Pc = Pc { serial: "8KK2L44", board: "CN0X2", disk: "WX9B2", uuid: 2 };

impl Pc {
    fn contents(self) -> Vec<Content> {
        let disk = Disk {
            model: Text::new("Samsung 980"),
            serial: Serial::new(self.disk),
            size: 512 << 30,
            bus: Some(Bus::Nvme),
            ..Disk::default()
        };
        vec![
            Content::Machine(Machine {
                chassis: Some(Chassis::Desktop),
                vendor: Text::new("Dell Inc."),
                serial: Serial::new(self.serial),
                uuid: Some(Uuid([self.uuid, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 9, 8, 7, 6, 5])),
                ..Machine::default()
            }),
            Content::Board(Board {
                vendor: Text::new("Dell Inc."),
                serial: Serial::new(self.board),
                ..Board::default()
            }),
            Content::Disks(List::of([disk])),
            Content::Nics(List::default()),
        ]
    }
}

impl Desk {
    /// It sends its inventory, and is judged after each section, as the relay does it.
    fn tells(&self, agent: AgentId, pc: Pc, online: &[AgentId], at: UnixSeconds) -> Identified {
        let mut found = None;
        for content in pc.contents() {
            self.store.keep_section(agent, &Section::collected(at, content).pack(), at).unwrap();
            let now = self.store.identify(agent, |other| online.contains(&other), at).unwrap();
            found = now.or(found);
        }
        found.unwrap()
    }

    fn open(&self) -> Vec<(AgentId, Rule)> {
        self.store.findings(None).unwrap().into_iter().map(|one| (one.agent, one.rule)).collect()
    }
}

fn a_reinstalled_machine_is_the_same_equipment_and_the_link_can_be_taken_back(engine: Engine) {
    let desk = Desk::on(engine);
    let first = desk.approved().id;
    assert_eq!(
        desk.tells(first, OURS, &[first], NOW),
        Identified { asset: AssetId(first.0), rule: Rule::Nothing }
    );
    let again = desk.approved().id;
    // The old agent is gone; serial number and disk are the same: nobody need be asked.
    let found = desk.tells(again, OURS, &[again], NOW);
    assert_eq!(found.asset, AssetId(first.0));
    assert_eq!(desk.store.asset_of(again).unwrap(), AssetId(first.0));
    desk.store.unlink(again, "c’était un clone", &manager(), NOW).unwrap();
    assert_eq!(desk.store.asset_of(again).unwrap(), AssetId(again.0));
    assert!(matches!(desk.store.unlink(again, "encore", &manager(), NOW), Err(StoreError::Conflict(_))));
    assert_eq!(desk.count("SELECT count(*) FROM asset_links"), 2);
}

fn a_machine_that_is_there_is_not_linked_without_a_person(engine: Engine) {
    let desk = Desk::on(engine);
    let (first, second) = (desk.approved().id, desk.approved().id);
    desk.tells(first, OURS, &[first, second], NOW);
    desk.tells(second, Pc { disk: "WX9B2", ..OURS }, &[first, second], NOW);
    assert_eq!(desk.store.asset_of(second).unwrap(), AssetId(second.0));
    let open = desk.store.findings(Some(&id("C-2026-001"))).unwrap();
    let [finding] = open.as_slice() else { panic!("{open:?}") };
    assert_eq!((finding.agent, finding.rule), (second, Rule::BySerial));
    let answer = |answer, why| desk.store.answer_finding(finding.n, answer, why, &manager(), NOW);
    assert!(matches!(answer(Answer::Same, "non"), Err(AnswerError::Unfit)));
    assert!(matches!(answer(Answer::Is(AssetId([5; 16])), "non"), Err(AnswerError::Unfit)));
    assert!(matches!(
        answer(Answer::Is(AssetId(first.0)), " "),
        Err(AnswerError::Store(StoreError::Invalid(_)))
    ));
    answer(Answer::Is(AssetId(first.0)), "réinstallé avec un disque neuf").unwrap();
    assert_eq!(desk.store.asset_of(second).unwrap(), AssetId(first.0));
    assert!(matches!(answer(Answer::Other, "deux fois"), Err(AnswerError::Gone)));
    assert_eq!(desk.open(), []);
}

fn another_board_waits_for_a_word_and_other_hardware_holds_the_machine(engine: Engine) {
    let desk = Desk::on(engine);
    let agent = desk.approved().id;
    desk.tells(agent, OURS, &[agent], NOW);
    let mended = Pc { serial: "9ZZ9Z99", board: "CN0Y7", uuid: 9, ..OURS };
    assert_eq!(desk.tells(agent, mended, &[agent], NOW).rule, Rule::OtherBoard);
    assert!(!desk.store.quarantined(agent).unwrap(), "a new board keeps nobody from helping");
    let finding = desk.store.findings(None).unwrap().remove(0);
    assert!(
        finding
            .detail
            .gone
            .iter()
            .any(|(of, value)| (of.as_str(), value.as_str()) == ("system", "DELLINC./7HJ2K33"))
    );
    desk.store.answer_finding(finding.n, Answer::Same, "carte mère remplacée", &manager(), NOW).unwrap();
    assert_eq!(desk.tells(agent, mended, &[agent], NOW).rule, Rule::SameKey);
    assert_eq!(desk.open(), []);
    // A copied folder on another machine.
    assert_eq!(desk.tells(agent, OTHER, &[agent], NOW).rule, Rule::OtherMachine);
    assert!(desk.store.quarantined(agent).unwrap());
    let (facts, _) = desk.store.facts_for(&super::person("sophie.martin"), agent, NOW).unwrap();
    assert!(facts.quarantined && facts.agent == crate::records::AgentStanding::Approved);
    // The right machine is back: it was a copy that has gone.
    assert_eq!(desk.tells(agent, mended, &[agent], NOW).rule, Rule::SameKey);
    assert!(!desk.store.quarantined(agent).unwrap());
    assert_eq!(desk.open(), []);
}

fn a_number_of_two_machines_that_are_here_together_is_learnt(engine: Engine) {
    let desk = Desk::on(engine);
    let (first, second, third) = (desk.approved().id, desk.approved().id, desk.approved().id);
    let online = [first, second, third];
    desk.tells(first, OURS, &online, NOW);
    // One serial number and board on different disks: a maker's carelessness.
    desk.tells(second, Pc { disk: "WX9B2", ..OURS }, &online, NOW);
    assert_eq!(desk.count("SELECT count(*) FROM shared_marks"), 3);
    // A third one is no longer mistaken for either: only its name is the same, of which nobody is asked.
    let before = desk.open();
    assert_eq!(desk.tells(third, Pc { disk: "ZZ1", ..OURS }, &online, NOW).rule, Rule::Nothing);
    assert_eq!(desk.open(), before);
}

fn a_machine_of_another_client_is_never_the_same(engine: Engine) {
    let desk = Desk::on(engine);
    let first = desk.approved().id;
    desk.tells(first, OURS, &[], NOW);
    desk.store.open_contract(&contract("C-2"), &manager(), NOW).unwrap();
    let code = desk.store.issue_code(&id("C-2"), 60, &manager(), NOW, [7; 8]).unwrap().code;
    let spki = Signer::generate().unwrap().spki().to_vec();
    let theirs = desk.store.redeem(&code, &spki, &facts("ACCUEIL-01"), &accepted(), NOW).unwrap();
    assert_eq!(
        desk.tells(theirs.id, OURS, &[], NOW),
        Identified { asset: AssetId(theirs.id.0), rule: Rule::Nothing }
    );
}

on_both!(
    a_reinstalled_machine_is_the_same_equipment_and_the_link_can_be_taken_back,
    a_machine_that_is_there_is_not_linked_without_a_person,
    another_board_waits_for_a_word_and_other_hardware_holds_the_machine,
    a_number_of_two_machines_that_are_here_together_is_learnt,
    a_machine_of_another_client_is_never_the_same,
);
