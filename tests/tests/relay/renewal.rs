//! A machine's key that is replaced by another one: who counts, who waits, and what stays with the equipment.

use aval_protocol::firm::{SignedRenewal, Signer};
use aval_protocol::id::AgentId;
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::link::{Downlink, Standing};

use crate::world::{World, asked, code_of, good};

fn renew(world: &World, old: &Signer, new: &Signer) -> Call {
    Call::Renew(Box::new(SignedRenewal::sign(old, new, world.clock.wall()).unwrap()))
}

#[tokio::test(start_paused = true)]
async fn a_renewed_key_waits_for_a_manager_on_the_same_equipment_and_the_old_one_is_over() {
    let world = World::start();
    let (old, agent) = world.approved().await;
    let [new, other] = std::array::from_fn(|_| Signer::generate().unwrap());
    // Another's word, and a key that is nobody's here.
    assert_eq!(code_of(&world.ask(&old, renew(&world, &other, &new)).await), Some(FaultCode::Invalid));
    assert_eq!(code_of(&world.ask(&other, renew(&world, &other, &new)).await), Some(FaultCode::NotFound));
    let mut link = world.link(&old, good()).await;
    assert!(matches!(link.hear().await, Downlink::Standing(Standing::Approved(_))));
    let renewed = AgentId::from(new.key_id());
    let call = renew(&world, &old, &new);
    for _ in 0..2 {
        // Twice: the first answer may have been lost.
        assert_eq!(world.ask(&old, call.clone()).await, Reply::Enrolled { agent: renewed });
    }
    assert_eq!(world.journal(renewed), ["KEY_RENEWED"]);
    assert_eq!(world.journal(agent).last().copied(), Some("KEY_RENEWED"));
    assert_eq!(code_of(&world.ask(&old, renew(&world, &old, &other)).await), Some(FaultCode::Conflict));
    assert_eq!(world.store.asset_of(renewed).unwrap(), world.store.asset_of(agent).unwrap());
    // The approval was the old key’s; the new one has its own.
    let mut link = world.link(&new, good()).await;
    assert_eq!(link.hear().await, Downlink::Standing(Standing::Pending));
    let mut gone = world.link(&old, good()).await;
    assert_eq!(gone.hear().await, Downlink::Standing(Standing::Unknown));
    let decided = world.ask(&world.technician(), Call::RequestSession(asked(renewed))).await;
    assert!(!matches!(decided, Reply::Permitted(_)), "{decided:?}");
    let manager = world.manager();
    assert_eq!(world.ask(&manager, world.approval(&new, &manager)).await, Reply::Done);
    assert!(matches!(link.hear().await, Downlink::Standing(Standing::Approved(_))));
    // A machine that is held renews nothing.
    assert!(world.store.twice_alive(renewed, world.clock.wall()).unwrap());
    assert_eq!(code_of(&world.ask(&new, renew(&world, &new, &other)).await), Some(FaultCode::Conflict));
}
