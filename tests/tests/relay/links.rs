//! Who gets in, and what becomes of those who make no sense.

use aval_protocol::firm::authority::found;
use aval_protocol::firm::{Role, Signer};
use aval_protocol::wire::codes::{CloseCode, FaultCode};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::link::{Downlink, Farewell, Head, Hello, Lane, Standing};

use crate::world::{NOW, World, asked, call, closed, code_of, enrol, good, hello, member, open, person};

#[tokio::test(start_paused = true)]
async fn a_code_attaches_one_machine_once() {
    let world = World::start();
    let code = world.code().await;
    let key = Signer::generate().unwrap();
    assert_eq!(code_of(&world.ask(&key, enrol("0000-0000-0000")).await), Some(FaultCode::CodeUnknown));
    let Reply::Enrolled { agent } = world.ask(&key, enrol(&code)).await else { panic!("not attached") };
    assert_eq!(world.journal(agent), ["ENROLLED"]);
    let other = Signer::generate().unwrap();
    assert_eq!(code_of(&world.ask(&other, enrol(&code)).await), Some(FaultCode::CodeUsed));
    let late = world.code().await;
    tokio::time::sleep(std::time::Duration::from_secs(3601)).await;
    assert_eq!(code_of(&world.ask(&other, enrol(&late)).await), Some(FaultCode::CodeExpired));
    assert_eq!(code_of(&world.ask(&world.technician(), enrol(&late)).await), Some(FaultCode::Forbidden));
}

#[tokio::test(start_paused = true)]
async fn clause_4_5_a_machine_that_leaves_is_not_managed_any_more() {
    let world = World::start();
    let (key, agent) = world.approved().await;
    let mut link = world.link(&key, good()).await;
    assert!(matches!(link.hear().await, Downlink::Standing(Standing::Approved(_))));
    assert!(
        matches!(link.hear().await, Downlink::Inventory(_)),
        "an approved machine is asked for its inventory"
    );
    assert_eq!(world.ask(&key, Call::Leave).await, Reply::Done);
    assert_eq!(link.hear().await, Downlink::Standing(Standing::Unknown));
    assert_eq!(world.journal(agent).last().copied(), Some("LEFT"));
    let list = world.ask(&world.manager(), Call::Machines { after: None }).await;
    assert!(matches!(list, Reply::Machines(page) if page.rows.is_empty()));
    // To leave twice is no error; the key does not come back with a new code; strangers can't leave.
    assert_eq!(world.ask(&key, Call::Leave).await, Reply::Done);
    assert_eq!(code_of(&world.ask(&key, enrol(&world.code().await)).await), Some(FaultCode::Conflict));
    assert_eq!(
        code_of(&world.ask(&Signer::generate().unwrap(), Call::Leave).await),
        Some(FaultCode::NotFound)
    );
    assert_eq!(code_of(&world.ask(&world.technician(), Call::Leave).await), Some(FaultCode::Forbidden));
}

#[tokio::test(start_paused = true)]
async fn a_machine_hears_how_it_stands() {
    let world = World::start();
    let (key, _) = world.attached().await;
    let mut link = world.link(&key, good()).await;
    assert_eq!(link.hear().await, Downlink::Standing(Standing::Pending));
    assert_eq!(world.ask(&world.manager(), world.approval(&key, &world.manager())).await, Reply::Done);
    assert!(matches!(link.hear().await, Downlink::Standing(Standing::Approved(_))));
    let mut stranger = world.link(&Signer::generate().unwrap(), good()).await;
    assert_eq!(stranger.hear().await, Downlink::Standing(Standing::Unknown));
}

#[tokio::test(start_paused = true)]
async fn an_approval_counts_only_in_its_own_manager_s_hand() {
    let world = World::start();
    let (key, _) = world.attached().await;
    for (by, from) in [
        (world.technician(), world.manager()),
        (world.manager(), world.technician()),
        (member(&world.firm, Role::Manager, "other.manager").into(), world.manager()),
    ] {
        let reply = world.ask(&from, world.approval(&key, &by)).await;
        assert!(matches!(code_of(&reply), Some(FaultCode::Invalid | FaultCode::Forbidden)), "{reply:?}");
    }
    let manager = world.manager();
    assert_eq!(world.ask(&manager, world.approval(&key, &manager)).await, Reply::Done);
}

#[tokio::test(start_paused = true)]
async fn frames_that_make_no_sense_end_their_connection_and_no_other() {
    let world = World::start();
    let technician = world.technician();
    let standing = world.link(&technician, good()).await;
    let oversized = [&u32::MAX.to_le_bytes()[..], &[1, 0, 0]].concat();
    let garbage = [&6u32.to_le_bytes()[..], &[1, 0xff, 0xff, 0xff, 0xff, 0xff]].concat();
    let lane = aval_protocol::wire::encode(&Head::Lane {
        session: aval_protocol::id::SessionId([0; 16]),
        lane: Lane::Control,
    });
    for (name, bytes) in [("oversized", oversized), ("garbage", garbage), ("a lane first", lane.unwrap())] {
        let at = world.dial(&technician, good()).await;
        let (mut send, _recv) = at.connection.open_bi().await.unwrap();
        send.write_all(&bytes).await.unwrap();
        assert_eq!(closed(&at.connection).await, CloseCode::Violation, "{name}");
    }
    // Cut short, and nothing more: after a while that is silence.
    let at = world.dial(&technician, good()).await;
    let (mut send, _recv) = at.connection.open_bi().await.unwrap();
    send.write_all(&[9, 0, 0]).await.unwrap();
    assert_eq!(closed(&at.connection).await, CloseCode::Silent);
    // On a link, a later stream that makes no sense ends it too.
    let clumsy = world.link(&technician, good()).await;
    let (mut send, _recv) = clumsy.at.connection.open_bi().await.unwrap();
    send.write_all(&[0xff; 32]).await.unwrap();
    assert_eq!(closed(&clumsy.at.connection).await, CloseCode::Violation);
    assert!(matches!(standing.call(Call::Machines { after: None }).await, Reply::Machines(_)));
}

#[tokio::test(start_paused = true)]
async fn another_version_is_told_so_in_a_frame_it_can_read() {
    let world = World::start();
    let technician = world.technician();
    let at = world.dial(&technician, good()).await;
    let (mut send, recv) = at.connection.open_bi().await.unwrap();
    send.write_all(&[3, 0, 0, 0, 0, 1, 2]).await.unwrap();
    let mut reader = aval_transport::FrameReader::new(recv);
    let said: Downlink = reader.read().await.unwrap();
    assert_eq!(said, Downlink::Farewell(Farewell::TooOld { oldest: 1 }));
    assert_eq!(closed(&at.connection).await, CloseCode::TooOld);
    let at = world.dial(&technician, good()).await;
    let (mut writer, mut reader) = open(&at.connection).await;
    writer.write(&Head::Link(Hello { oldest: 2, ..hello() })).await.unwrap();
    let said: Downlink = reader.read().await.unwrap();
    assert_eq!(said, Downlink::Farewell(Farewell::TooOld { oldest: 1 }));
}

#[tokio::test(start_paused = true)]
async fn the_newer_link_of_a_machine_wins_and_a_member_may_have_two() {
    let world = World::start();
    let (key, _) = world.attached().await;
    let mut old = world.link(&key, good()).await;
    assert_eq!(old.hear().await, Downlink::Standing(Standing::Pending));
    let _new = world.link(&key, good()).await;
    assert_eq!(old.hear().await, Downlink::Farewell(Farewell::Closed(CloseCode::Superseded)));
    assert_eq!(closed(&old.at.connection).await, CloseCode::Superseded);
    let technician = world.technician();
    let one = world.link(&technician, good()).await;
    let two = world.link(&technician, good()).await;
    for link in [&one, &two] {
        let Reply::Machines(page) = link.call(Call::Machines { after: None }).await else {
            panic!("no list")
        };
        assert!(page.rows.len() == 1 && page.rows[0].online && !page.more);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stranger_s_certificate_opens_nothing() {
    let world = World::start();
    let other = found("Une autre société", "+33199005678", NOW, 20, 400).unwrap();
    let foreign = member(&other, Role::Technician, "sophie.martin");
    let at = world.dial(&foreign, good()).await;
    // A TLS 1.3 client learns of the verdict after its own handshake.
    let reason = tokio::time::timeout(std::time::Duration::from_secs(5), at.connection.closed()).await;
    assert!(matches!(reason.unwrap(), quinn::ConnectionError::ConnectionClosed(_)));
    // The honest twin.
    assert!(matches!(
        world.ask(&world.technician(), Call::Machines { after: None }).await,
        Reply::Machines(_)
    ));
}

#[tokio::test(start_paused = true)]
async fn each_role_may_do_its_own() {
    let world = World::start();
    let (key, agent) = world.attached().await;
    let lock = || Call::Lock { technician: person("karim"), locked: true, reason: "test".into() };
    let journal = || Call::Journal { agent, from: 1 };
    for (role, allowed) in [
        (Role::Technician, [true, true, false]),
        (Role::Manager, [true, true, true]),
        (Role::Billing, [false; 3]),
    ] {
        let signer = member(&world.firm, role, "some.body");
        let at = world.dial(&signer, good()).await;
        for (question, allowed) in
            [Call::Machines { after: None }, journal(), lock()].into_iter().zip(allowed)
        {
            let reply = call(&at.connection, question).await;
            assert_eq!(code_of(&reply) != Some(FaultCode::Forbidden), allowed, "{role:?} {reply:?}");
        }
    }
    let at = world.dial(&key, good()).await;
    for question in [Call::Machines { after: None }, journal(), lock(), Call::RequestSession(asked(agent))] {
        assert_eq!(code_of(&call(&at.connection, question).await), Some(FaultCode::Forbidden));
    }
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_restarts_says_when_it_is_back() {
    let mut world = World::start();
    let mut link = world.link(&world.technician(), good()).await;
    let farewell = Farewell::Restarting { reconnect_in_s: 5, try_for_s: 60 };
    let stopping = tokio::spawn(world.relay.take().unwrap().stop(farewell.clone()));
    assert_eq!(link.hear().await, Downlink::Farewell(farewell));
    stopping.await.unwrap();
    assert!(world.dir.path().join("record.sqlite").exists());
}

#[tokio::test(start_paused = true)]
async fn calls_without_a_link_are_counted_by_key_and_those_on_a_link_are_not() {
    let world = World::start();
    let (manager, list) = (world.manager(), || Call::Machines { after: None });
    let at = world.dial(&manager, good()).await;
    let mut answered = 0;
    while matches!(call(&at.connection, list()).await, Reply::Machines(_)) {
        answered += 1;
        assert!(answered < 1_000, "never an end");
    }
    assert_eq!(code_of(&call(&at.connection, list()).await), Some(FaultCode::TooManyAttempts));
    // Another connection of the same key changes nothing; another key, and the same one's standing link, are served.
    assert_eq!(code_of(&world.ask(&manager, list()).await), Some(FaultCode::TooManyAttempts));
    assert!(matches!(world.ask(&world.technician(), list()).await, Reply::Machines(_)));
    let link = world.link(&manager, good()).await;
    assert!(matches!(link.call(list()).await, Reply::Machines(_)));
    tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    assert!(matches!(world.ask(&manager, list()).await, Reply::Machines(_)), "waiting helps");
}
