//! Requests for a session: refused with every reason, or measured and let through.

use aval_protocol::id::AgentId;
use aval_protocol::wire::codes::{FaultCode, RefusalCode};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::record::Decision;
use aval_tests::simnet::Line;

use crate::sessions::{Machine, offered};
use crate::world::{World, asked, code_of, good, person};

fn codes(decision: &Decision) -> Vec<RefusalCode> {
    decision.reasons.iter().map(|reason| reason.code).collect()
}

fn refused(reply: Reply) -> Decision {
    match reply {
        Reply::Decision(decision) => {
            assert!(!decision.permitted);
            *decision
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn who_may_not_be_asked_is_not_even_measured() {
    let world = World::start();
    let console = world.link(&world.technician(), good()).await;
    let ask = |agent| console.call(Call::RequestSession(asked(agent)));
    let unknown = refused(ask(AgentId([9; 16])).await);
    assert!(codes(&unknown).contains(&RefusalCode::AgentUnknown), "{unknown:?}");
    let (key, agent) = world.attached().await;
    let machine = Machine::start(&world, &key, good()).await;
    let pending = refused(ask(agent).await);
    assert_eq!(codes(&pending), [RefusalCode::AgentPending]);
    assert_eq!(machine.measurements(), 0);
    assert_eq!(world.journal(agent), ["ENROLLED", "REQUESTED", "GATE_REFUSED"]);
    let manager = world.manager();
    assert_eq!(world.ask(&manager, world.approval(&key, &manager)).await, Reply::Done);
    assert!(matches!(ask(agent).await, Reply::Permitted(_)));
    assert_eq!(machine.measurements(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_weak_line_is_refused_by_measurement_and_a_good_one_is_not() {
    let world = World::start();
    let (key, agent) = world.approved().await;
    let console = world.link(&world.technician(), good()).await;
    let weak = Machine::start(&world, &key, Line::kbit(300, 300, 40)).await;
    let decision = refused(console.call(Call::RequestSession(asked(agent))).await);
    assert_eq!(codes(&decision), [RefusalCode::LinkInsufficient]);
    assert_eq!(decision.reasons[0].clause, "4.4");
    let line = decision.line.unwrap();
    assert!((250..350).contains(&line.down_kbit), "{line:?}");
    assert!(!decision.offers.is_empty());
    assert_eq!(weak.measurements(), 1);
    let _good = Machine::start(&world, &key, good()).await;
    let Reply::Permitted(permitted) = console.call(Call::RequestSession(asked(agent))).await else {
        panic!("the good line is refused");
    };
    assert!(permitted.line.down_kbit > 10_000, "{:?}", permitted.line);
    let journal = world.journal(agent);
    assert_eq!(journal.iter().filter(|kind| **kind == "LINE_MEASURED").count(), 2, "{journal:?}");
}

#[tokio::test(start_paused = true)]
async fn every_reason_is_told_not_the_first() {
    // A Saturday.
    let world = World::start_at(aval_protocol::id::UnixSeconds(crate::world::NOW.0 + 4 * 86_400));
    let (_, agent) = world.attached().await;
    let console = world.link(&world.technician(), good()).await;
    let mut request = asked(agent);
    request.reference = String::new();
    let decision = refused(console.call(Call::RequestSession(request)).await);
    let mut expected = vec![
        RefusalCode::AgentPending,
        RefusalCode::NoClientRequest,
        RefusalCode::OutOfHours,
        RefusalCode::AgentOffline,
    ];
    expected.sort();
    assert_eq!(codes(&decision), expected);
    for reason in &decision.reasons {
        assert!(!reason.fr.is_empty() && !reason.en.is_empty());
    }
    assert!(decision.retry_at.is_none() || decision.retry_at > Some(decision.at));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_read_refuses() {
    let world = World::start();
    let (key, agent) = world.approved().await;
    let console = world.link(&world.technician(), good()).await;
    let _machine = Machine::start(&world, &key, good()).await;
    let vandal = rusqlite::Connection::open(world.dir.path().join("record.sqlite")).unwrap();
    vandal.execute_batch("ALTER TABLE locks RENAME TO away").unwrap();
    let decision = refused(console.call(Call::RequestSession(asked(agent))).await);
    assert!(codes(&decision).contains(&RefusalCode::EntitlementUnavailable), "{decision:?}");
    let reply = console.call(Call::Machines { after: None }).await;
    assert_eq!(code_of(&reply), Some(FaultCode::StoreUnavailable), "who is locked can't be known");
    vandal.execute_batch("ALTER TABLE away RENAME TO locks").unwrap();
    assert!(matches!(console.call(Call::RequestSession(asked(agent))).await, Reply::Permitted(_)));
}

#[tokio::test(start_paused = true)]
async fn a_busy_machine_a_locked_technician_and_too_many_requests_are_refused() {
    let world = World::start();
    let (key, agent) = world.approved().await;
    let console = world.link(&world.technician(), good()).await;
    let mut machine = Machine::start(&world, &key, good()).await;
    offered(&console, &mut machine, agent).await;
    let busy = refused(console.call(Call::RequestSession(asked(agent))).await);
    assert_eq!(codes(&busy), [RefusalCode::AgentBusy]);
    let lock = |locked| Call::Lock { technician: person("sophie.martin"), locked, reason: "essai".into() };
    assert_eq!(world.ask(&world.manager(), lock(true)).await, Reply::Done);
    let locked = refused(console.call(Call::RequestSession(asked(agent))).await);
    assert!(codes(&locked).contains(&RefusalCode::TechnicianLocked), "{locked:?}");
    assert_eq!(code_of(&console.call(Call::Machines { after: None }).await), Some(FaultCode::Forbidden));
    assert_eq!(world.ask(&world.manager(), lock(false)).await, Reply::Done);
    for _ in 3..10 {
        refused_or_permitted(&console.call(Call::RequestSession(asked(agent))).await);
    }
    let many = refused(console.call(Call::RequestSession(asked(agent))).await);
    assert!(codes(&many).contains(&RefusalCode::TooManyRequests), "{many:?}");
    assert!(many.retry_at.is_some());
}

fn refused_or_permitted(reply: &Reply) {
    assert!(matches!(reply, Reply::Permitted(_) | Reply::Decision(_)), "{reply:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_out_of_bounds_is_a_fault() {
    let world = World::start();
    let (_, agent) = world.approved().await;
    let console = world.link(&world.technician(), good()).await;
    for change in [
        |r: &mut aval_protocol::wire::session::SessionRequest| r.minutes = 0,
        |r: &mut aval_protocol::wire::session::SessionRequest| r.minutes = 241,
        |r: &mut aval_protocol::wire::session::SessionRequest| r.reference = "é".repeat(201),
    ] {
        let mut request = asked(agent);
        change(&mut request);
        assert_eq!(code_of(&console.call(Call::RequestSession(request)).await), Some(FaultCode::Invalid));
    }
    // Without a standing link nobody could be told that the session is over.
    let visit = world.ask(&world.technician(), Call::RequestSession(asked(agent))).await;
    assert_eq!(code_of(&visit), Some(FaultCode::Invalid));
}
