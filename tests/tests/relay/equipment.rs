//! A contract's equipment over the wire: from what a machine says of itself to the list both approve, to the gate; and a copied key.

use aval_protocol::firm::Role;
use aval_protocol::id::AgentId;
use aval_protocol::wire::codes::{FaultCode, RefusalCode};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::equipment::{Amendment, ListHash};
use aval_protocol::wire::fleet::{EquipmentPage, EquipmentWrite, FindingAnswer, ListStanding};
use aval_protocol::wire::inventory::items::{Board, Disk, Machine};
use aval_protocol::wire::inventory::{
    Bus, Chassis, Content, Day, InventoryDown, InventoryUp, List, Section, Serial, Text,
};
use aval_protocol::wire::link::{Downlink, Standing, Uplink};

use crate::world::{Link, NOW, World, asked, code_of, contract, good, member};

/// What a machine says that tells which it is.
fn contents(serial: &str, board: &str, disk: &str) -> Vec<Content> {
    let vendor = Text::new("Dell");
    vec![
        Content::Machine(Machine {
            chassis: Some(Chassis::Desktop),
            vendor: vendor.clone(),
            model: Text::new("OptiPlex 7090"),
            serial: Serial::new(serial),
            ..Machine::default()
        }),
        Content::Board(Board { vendor, serial: Serial::new(board), ..Board::default() }),
        Content::Disks(List::of([Disk {
            serial: Serial::new(disk),
            size: 1 << 39,
            bus: Some(Bus::Nvme),
            ..Disk::default()
        }])),
        Content::Nics(List::default()),
    ]
}

async fn tells(link: &mut Link, all: Vec<Content>) {
    for content in all {
        let section = Section::collected(NOW, content).pack();
        link.writer.write(&Uplink::Inventory(InventoryUp::Section(section))).await.unwrap();
        assert!(matches!(link.hear().await, Downlink::Inventory(InventoryDown::Kept(_))));
    }
}

/// An approved machine that has said which it is.
async fn known(world: &World) -> (AgentId, Link) {
    let (key, agent) = world.approved().await;
    let mut machine = world.link(&key, good()).await;
    assert!(matches!(machine.hear().await, Downlink::Standing(Standing::Approved(_))));
    assert_eq!(machine.hear().await, Downlink::Inventory(InventoryDown::Wanted));
    tells(&mut machine, contents("7HJ2K33", "CN0X1", "S64A1")).await;
    (agent, machine)
}

async fn page(link: &Link, call: Call) -> EquipmentPage {
    match link.call(call).await {
        Reply::Equipment(page) => *page,
        other => panic!("{other:?}"),
    }
}

fn write(write: EquipmentWrite) -> Call {
    Call::WriteEquipment(Box::new(write))
}

fn propose(read: Option<ListHash>, changes: Vec<Amendment>) -> Call {
    let from = Day::of_iso("2026-11-24").unwrap();
    write(EquipmentWrite::Propose { contract: contract(), read, from, changes })
}

fn approve(list: ListHash, paper: bool) -> Call {
    let paper = paper.then(|| ([7; 32], "classeur 3".to_owned()));
    write(EquipmentWrite::Approve { contract: contract(), list, paper })
}

async fn reasons(desk: &Link, agent: AgentId) -> Vec<RefusalCode> {
    let Reply::Decision(said) = desk.call(Call::Explain { request: asked(agent), at: None }).await else {
        panic!()
    };
    said.reasons.iter().map(|reason| reason.code).collect()
}

#[tokio::test(start_paused = true)]
async fn clause_2_2_from_what_a_machine_says_to_the_list_that_the_gate_goes_by() {
    let world = World::start();
    let (agent, _machine) = known(&world).await;

    let desk = world.link(&world.technician(), good()).await;
    let manager = world.link(&world.manager(), good()).await;
    let seen = page(&desk, Call::Equipment { contract: contract() }).await;
    assert_eq!((seen.machines.len(), seen.newest.as_ref(), seen.suggestions.len()), (1, None, 1));
    assert_eq!(seen.machines[0].serial.as_ref().map(Text::as_str), Some("7HJ2K33"));
    let add = seen.suggestions[0].change.clone();
    // Reading is everybody's of the firm, writing a manager's, amounts billing's.
    assert_eq!(code_of(&desk.call(propose(None, vec![add.clone()])).await), Some(FaultCode::Forbidden));
    let proposed = page(&manager, propose(None, vec![add.clone()])).await;
    let list = proposed.proposed[0].hash();
    let effect = Call::EquipmentEffect { contract: contract(), list };
    assert_eq!(code_of(&desk.call(effect.clone()).await), Some(FaultCode::Forbidden));
    let billing = world.link(&member(&world.firm, Role::Billing, "b.billing"), good()).await;
    // Nobody wrote down how the contract is invoiced.
    assert_eq!(code_of(&billing.call(effect).await), Some(FaultCode::Invalid));

    assert_eq!(page(&manager, approve(list, false)).await.newest, None, "one party alone");
    assert_eq!(code_of(&manager.call(approve(list, false)).await), Some(FaultCode::Conflict));
    let approved = page(&manager, approve(list, true)).await;
    assert_eq!(approved.newest.as_ref().map(|list| list.hash()), Some(list));
    assert_eq!((approved.machines[0].line, approved.suggestions.len()), (Some(1), 0));
    assert_eq!(approved.versions[0].standing, ListStanding::Approved);
    assert_eq!(
        code_of(&manager.call(propose(None, vec![add])).await),
        Some(FaultCode::Conflict),
        "read it again"
    );
    assert_eq!(reasons(&desk, agent).await, []);

    // Both agree that it leaves: it is not covered any more.
    let end = Amendment::End { no: 1, on: Day::of_iso("2026-11-24").unwrap() };
    let shorter = page(&manager, propose(Some(list), vec![end])).await.proposed[0].hash();
    page(&manager, approve(shorter, false)).await;
    assert_eq!(reasons(&desk, agent).await, []);
    page(&manager, approve(shorter, true)).await;
    assert_eq!(reasons(&desk, agent).await, [RefusalCode::DeviceNotCovered]);
}

#[tokio::test(start_paused = true)]
async fn a_copied_key_is_held_until_a_manager_has_said_what_it_is() {
    let world = World::start();
    let (agent, mut machine) = known(&world).await;
    let desk = world.link(&world.technician(), good()).await;
    let manager = world.link(&world.manager(), good()).await;
    assert_eq!(reasons(&desk, agent).await, []);

    tells(&mut machine, contents("8KK2L44", "CN0X2", "WX9B2")).await;
    assert_eq!(reasons(&desk, agent).await, [RefusalCode::AgentQuarantined]);
    let seen = page(&manager, Call::Equipment { contract: contract() }).await;
    assert!(seen.machines[0].held && seen.findings.len() == 1 && seen.findings[0].may_be_same);
    let finding = seen.findings[0].finding;
    let answer =
        |answer| write(EquipmentWrite::Answer { finding, answer, why: "tout a été remplacé".into() });
    assert_eq!(code_of(&desk.call(answer(FindingAnswer::Same)).await), Some(FaultCode::Forbidden));
    assert_eq!(code_of(&manager.call(answer(FindingAnswer::Other)).await), Some(FaultCode::Conflict));
    let after = page(&manager, answer(FindingAnswer::Same)).await;
    assert!(!after.machines[0].held && after.findings.is_empty());
    assert_eq!(reasons(&desk, agent).await, []);
    assert_eq!(code_of(&manager.call(answer(FindingAnswer::Same)).await), Some(FaultCode::Conflict));
}
