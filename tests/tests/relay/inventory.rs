//! The relay's side of the conversation about inventories, with a machine by hand.

use aval_protocol::id::{AgentId, UnixSeconds};
use aval_protocol::wire::codes::{CloseCode, FaultCode};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::inventory::section::MAX_BODY;
use aval_protocol::wire::inventory::{
    Held, InventoryDown, InventoryUp, Packed, Section, SectionKind, SectionRefused, Status, root,
};
use aval_protocol::wire::link::{Downlink, Standing, Uplink};

use crate::world::{Link, NOW, World, closed, code_of, good};

async fn say(link: &mut Link, word: InventoryUp) {
    link.writer.write(&Uplink::Inventory(word)).await.unwrap();
}

async fn heard(link: &mut Link) -> InventoryDown {
    match link.hear().await {
        Downlink::Inventory(word) => word,
        other => panic!("{other:?}"),
    }
}

fn silent(kind: SectionKind) -> Packed {
    Section::missing(kind, Status::TimedOut, UnixSeconds(NOW.0 - 5)).pack()
}

fn held(packed: &Packed) -> Held {
    Held { kind: packed.kind, digest: packed.digest() }
}

#[tokio::test(start_paused = true)]
async fn only_an_approved_machine_has_an_inventory_and_only_members_read_it() {
    let world = World::start();
    let (key, agent) = world.attached().await;
    let mut link = world.link(&key, good()).await;
    assert_eq!(link.hear().await, Downlink::Standing(Standing::Pending));
    // What a pending machine says is neither answered nor kept.
    let disks = silent(SectionKind::Disks);
    say(&mut link, InventoryUp::Section(disks.clone())).await;
    say(&mut link, InventoryUp::Check { root: root([]) }).await;
    let manager = world.manager();
    assert_eq!(world.ask(&manager, world.approval(&key, &manager)).await, Reply::Done);
    assert!(matches!(link.hear().await, Downlink::Standing(Standing::Approved(_))));
    assert_eq!(heard(&mut link).await, InventoryDown::Wanted, "and the record is still empty");

    let health = silent(SectionKind::Health);
    for packed in [&disks, &health] {
        say(&mut link, InventoryUp::Section(packed.clone())).await;
        assert_eq!(heard(&mut link).await, InventoryDown::Kept(held(packed)));
    }
    let all = root([(disks.kind, disks.digest())]);
    say(&mut link, InventoryUp::Check { root: all }).await;
    assert_eq!(heard(&mut link).await, InventoryDown::Same { root: all });
    say(&mut link, InventoryUp::Check { root: root([]) }).await;
    assert_eq!(heard(&mut link).await, InventoryDown::Held(vec![held(&disks)]), "health is told apart");

    let call = |agent: AgentId| Call::Inventory { agent };
    let Reply::Inventory(record) = world.ask(&world.technician(), call(agent)).await else { panic!("none") };
    assert!(record.sections.len() == 2 && record.checked_at.is_some());
    assert_eq!(record.sections[0].newest, disks);
    assert_eq!(code_of(&world.ask(&key, call(agent)).await), Some(FaultCode::Forbidden));
    let nobody = AgentId([3; 16]);
    assert_eq!(code_of(&world.ask(&manager, call(nobody)).await), Some(FaultCode::NotFound));
}

#[tokio::test(start_paused = true)]
async fn nonsense_is_refused_and_too_much_of_it_ends_the_link() {
    let world = World::start();
    let (key, _) = world.approved().await;
    let mut link = world.link(&key, good()).await;
    assert!(matches!(link.hear().await, Downlink::Standing(Standing::Approved(_))));
    assert_eq!(heard(&mut link).await, InventoryDown::Wanted);
    let odd = Packed { kind: SectionKind::Os, taken_at: NOW, body: vec![1, 1, 0xff] };
    say(&mut link, InventoryUp::Section(odd)).await;
    let refused = InventoryDown::Refused { kind: SectionKind::Os, why: SectionRefused::Malformed };
    assert_eq!(heard(&mut link).await, refused);
    let endless = Packed { kind: SectionKind::Os, taken_at: NOW, body: vec![2; MAX_BODY + 1] };
    say(&mut link, InventoryUp::Section(endless)).await;
    assert_eq!(closed(&link.at.connection).await, CloseCode::Violation);
}
