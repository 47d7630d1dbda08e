//! What technicians' desks ask: the list and what changes in it, offers to clients and their answers, people and contracts.

use std::time::Duration;

use aval_protocol::firm::Role;
use aval_protocol::id::SessionId;
use aval_protocol::wire::codes::FaultCode;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::record::{
    ContractState, CoverageState, MachineDetail, MachineNews, MachinePage, Mark, OfferAnswer, OfferKind,
    OfferMade, OfferRow,
};
use aval_protocol::wire::session::WorkCategory;
use aval_relay::records::{Author, Coverage, Store};
use tokio::time::timeout;

use crate::world::{Link, NOW, World, asked, code_of, contract, good, member, person};

async fn list(link: &Link) -> MachinePage {
    match link.call(Call::Machines { after: None }).await {
        Reply::Machines(page) => page,
        other => panic!("{other:?}"),
    }
}

async fn news(link: &Link, since: Mark) -> MachineNews {
    match link.call(Call::News { since, wait_s: 20 }).await {
        Reply::News(news) => news,
        other => panic!("{other:?}"),
    }
}

async fn detail(link: &Link, agent: aval_protocol::id::AgentId) -> MachineDetail {
    match link.call(Call::Machine { agent }).await {
        Reply::Machine(detail) => *detail,
        other => panic!("{other:?}"),
    }
}

fn made(agent: aval_protocol::id::AgentId, kind: OfferKind) -> OfferMade {
    OfferMade { agent, session: None, kind, category: WorkCategory::Maintenance, note: "alimentation".into() }
}

async fn offer(link: &Link, made: OfferMade) -> OfferRow {
    match link.call(Call::Offer(Box::new(made))).await {
        Reply::Offer(row) => *row,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_is_heard_of_within_a_second_and_told_once() {
    let world = World::start();
    let (key, agent) = world.approved().await;
    let desk = world.link(&world.technician(), good()).await;
    let page = list(&desk).await;
    let row = &page.rows[0];
    assert_eq!((page.rows.len(), page.more, row.online, row.approved), (1, false, false, true));
    assert_eq!((row.standing.state, row.coverage), (ContractState::InForce, CoverageState::Covered));

    let (machine, heard) = tokio::join!(world.link(&key, good()), async {
        timeout(Duration::from_secs(2), news(&desk, page.mark)).await.unwrap()
    });
    assert!(!heard.all && heard.rows.len() == 1 && heard.rows[0].online);
    let quiet = news(&desk, heard.mark).await;
    assert!(!quiet.all && quiet.rows.is_empty() && quiet.gone.is_empty(), "{quiet:?}");
    drop(machine);
    let gone = timeout(Duration::from_secs(60), async {
        let mut mark = quiet.mark;
        loop {
            let news = news(&desk, mark).await;
            if news.rows.iter().any(|row| !row.online) {
                return news;
            }
            mark = news.mark;
        }
    });
    let gone = gone.await.unwrap();
    assert_eq!(gone.rows[0].agent, agent);
    // A mark of another relay, or of this one before it restarted.
    let foreign = news(&desk, Mark { boot: gone.mark.boot ^ 1, version: 1 }).await;
    assert!(foreign.all && foreign.mark == gone.mark);
}

#[tokio::test(start_paused = true)]
async fn what_the_command_line_writes_past_the_relay_is_noticed() {
    let world = World::start();
    let (_, agent) = world.approved().await;
    let desk = world.link(&world.technician(), good()).await;
    let mark = list(&desk).await.mark;
    // One look of the relay's own, to compare with.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let beside = Store::open_existing(&world.dir.path().join("record.sqlite")).unwrap();
    beside.suspend(&contract(), "impayé", &Author::Host, NOW).unwrap();
    beside.set_coverage(agent, Coverage::NeedsRemediation, &Author::Host, NOW).unwrap();
    let heard = timeout(Duration::from_secs(3), news(&desk, mark)).await.unwrap();
    assert!(heard.all);
    let row = &list(&desk).await.rows[0];
    assert_eq!((row.standing.state, row.standing.on), (ContractState::Suspended, Some(NOW)));
    assert_eq!(row.coverage, CoverageState::NeedsRemediation);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_locked_while_waiting_hears_nothing_more() {
    let world = World::start();
    world.approved().await;
    let desk = world.link(&world.technician(), good()).await;
    let mark = list(&desk).await.mark;
    let lock = Call::Lock { technician: person("sophie.martin"), locked: true, reason: "essai".into() };
    let (answer, locked) = tokio::join!(desk.call(Call::News { since: mark, wait_s: 20 }), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        world.ask(&world.manager(), lock).await
    });
    assert_eq!((code_of(&answer), locked), (Some(FaultCode::Forbidden), Reply::Done));
}

#[tokio::test(start_paused = true)]
async fn clause_3_5_an_offer_to_replace_fulfils_what_is_owed_whatever_the_client_says() {
    let world = World::start();
    let (_, agent) = world.approved().await;
    let desk = world.link(&world.technician(), good()).await;
    let before = desk.call(Call::Explain { request: asked(agent), at: None }).await;
    let row = offer(&desk, made(agent, OfferKind::ReplacePart)).await;
    assert_eq!((row.clause.as_str(), row.included, row.answer), ("3.5", false, None));
    assert_eq!(
        (&row.by, row.at, row.note.as_str()),
        (&person("sophie.martin"), world.clock.wall(), "alimentation")
    );

    let answer = Call::Answer { offer: row.offer, answer: OfferAnswer::Refused };
    let Reply::Offer(answered) = desk.call(answer.clone()).await else { panic!() };
    assert_eq!(
        (answered.answer, &answered.answered_by),
        (Some(OfferAnswer::Refused), &Some(person("sophie.martin")))
    );
    assert_eq!(code_of(&desk.call(answer).await), Some(FaultCode::Conflict), "answered once");
    assert_eq!(detail(&desk, agent).await.offers, [*answered]);
    // Nothing follows for the client: the gate says what it said.
    let (Reply::Decision(before), Reply::Decision(after)) =
        (before, desk.call(Call::Explain { request: asked(agent), at: None }).await)
    else {
        panic!()
    };
    assert!(before.permitted && after.permitted);
    assert_eq!((before.reasons, before.warnings), (after.reasons, after.warnings));
}

#[tokio::test(start_paused = true)]
async fn clause_3_6_an_offer_without_an_answer_stays_open() {
    let world = World::start();
    let (_, agent) = world.approved().await;
    let desk = world.link(&world.technician(), good()).await;
    let row = offer(&desk, made(agent, OfferKind::Workshop)).await;
    assert_eq!((row.clause.as_str(), row.included), ("3.6", false));
    tokio::time::sleep(Duration::from_secs(3 * 86_400)).await;
    let desk = world.link(&world.technician(), good()).await;
    assert_eq!(detail(&desk, agent).await.offers, std::slice::from_ref(&row), "open, and as it was");
    let answer = Call::Answer { offer: row.offer, answer: OfferAnswer::Accepted };
    let Reply::Offer(answered) = desk.call(answer).await else { panic!() };
    assert_eq!(
        (answered.answer, answered.answered_at),
        (Some(OfferAnswer::Accepted), Some(world.clock.wall()))
    );
}

#[tokio::test(start_paused = true)]
async fn clause_4_8_a_visit_is_proposed_only_where_technicians_travel() {
    let world = World::start();
    let (_, agent) = world.approved().await;
    let desk = world.link(&world.technician(), good()).await;
    // The contract has no postal code: nobody can say.
    let reply = desk.call(Call::Offer(Box::new(made(agent, OfferKind::Onsite)))).await;
    assert_eq!(code_of(&reply), Some(FaultCode::Invalid));
    assert!(matches!(&reply, Reply::Fault { fr, .. } if fr.contains("4.8")), "{reply:?}");
    assert_eq!(detail(&desk, agent).await.offers, []);
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_makes_no_sense_is_not_recorded() {
    let world = World::start();
    let (_, agent) = world.approved().await;
    let desk = world.link(&world.technician(), good()).await;
    let strange = OfferMade { session: Some(SessionId([3; 16])), ..made(agent, OfferKind::Workshop) };
    let long = OfferMade { note: "x".repeat(201), ..made(agent, OfferKind::Workshop) };
    let newer = made(agent, OfferKind::Unknown(99));
    let nobody = made(aval_protocol::id::AgentId([9; 16]), OfferKind::Workshop);
    for (made, code) in [
        (strange, FaultCode::NotFound),
        (long, FaultCode::Invalid),
        (newer, FaultCode::Invalid),
        (nobody, FaultCode::NotFound),
    ] {
        assert_eq!(code_of(&desk.call(Call::Offer(Box::new(made))).await), Some(code));
    }
    let answer = Call::Answer { offer: 1, answer: OfferAnswer::Accepted };
    assert_eq!(code_of(&desk.call(answer).await), Some(FaultCode::NotFound));
    let by_manager =
        world.ask(&world.manager(), Call::Offer(Box::new(made(agent, OfferKind::Workshop)))).await;
    assert_eq!(code_of(&by_manager), Some(FaultCode::Forbidden));
}

#[tokio::test(start_paused = true)]
async fn managers_see_who_was_ever_connected_and_the_contracts() {
    let world = World::start();
    world.approved().await;
    let _desk = world.link(&world.technician(), good()).await;
    let manager = world.link(&world.manager(), good()).await;
    let lock = Call::Lock { technician: person("karim.benali"), locked: true, reason: "parti".into() };
    assert_eq!(manager.call(lock).await, Reply::Done);
    let Reply::People(people) = manager.call(Call::People).await else { panic!() };
    let told: Vec<_> =
        people.iter().map(|p| (p.person.as_str(), p.roles.join(","), p.locked, p.online)).collect();
    assert_eq!(
        told,
        [
            ("karim.benali", String::new(), true, false),
            ("paul.beaurepaire", "manager".to_owned(), false, true),
            ("sophie.martin", "technician".to_owned(), false, true),
        ]
    );
    let Reply::Contracts(page) = manager.call(Call::Contracts { after: None }).await else { panic!() };
    assert_eq!((page.rows.len(), page.rows[0].machines, page.more), (1, 1, false));
    assert_eq!(page.rows[0].standing.state, ContractState::InForce);
    let billing = member(&world.firm, Role::Billing, "b.billing");
    assert_eq!(code_of(&world.ask(&billing, Call::People).await), Some(FaultCode::Forbidden));
}
