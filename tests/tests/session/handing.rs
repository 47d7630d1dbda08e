//! A session that changes hands, and one whose technician rests: whole sessions, as both people see them.

use std::time::Duration;

use aval_console::session::{Happened, StartError, join, start};
use aval_protocol::prompt::Ask;
use aval_protocol::session::IDLE;
use aval_protocol::wire::beside::Colleague;
use aval_protocol::wire::codes::{EndReason, RefusalCode};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::screen::Rect;
use aval_protocol::wire::session::{Capabilities, Notice, SessionRequest};
use aval_protocol::wire::turn::{Hold, Turning};
use aval_tests::trio::desk::{Does, Person};
use aval_tests::trio::{Seance, Setup, Trio, person};
use tokio::time::sleep;

/// What the gate says to the colleague now.
async fn refused(trio: &Trio, colleague: &aval_console::link::Console) -> Vec<RefusalCode> {
    match start(colleague, trio.request()).await {
        Err(StartError::Refused(decision)) => decision.reasons.iter().map(|reason| reason.code).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_colleague_takes_over_only_where_it_was_handed_to_them_and_the_person_is_asked_by_their_name() {
    let trio = Trio::start(Setup::default()).await;
    let (console, colleague) = (trio.console(&trio.technician).await, trio.console(&trio.other).await);
    let hand = |to: &str| Call::HandOver { agent: trio.agent, to: person(to) };
    // Nobody hands over what is not theirs.
    assert!(console.call(hand("hugo.lambert")).await.is_err());
    let mut seance = trio.seen(&console).await;
    assert!(colleague.call(hand("hugo.lambert")).await.is_err());
    assert_eq!(refused(&trio, &colleague).await, [RefusalCode::AgentBusy]);
    assert!(matches!(console.call(hand("anne.petit")).await, Ok(Reply::Done)));
    assert_eq!(refused(&trio, &colleague).await, [RefusalCode::AgentBusy], "to somebody else");
    assert!(matches!(console.call(hand("hugo.lambert")).await, Ok(Reply::Done)));
    // It goes on until the person's yes to the colleague.
    seance.running.hands().input(InputEvent::Char('a')).await.unwrap();
    trio.desk.person(Person::Away);
    let mut theirs = Seance::new(start(&colleague, trio.request()).await.unwrap());
    assert!(theirs.running.beside().is_some());
    theirs.until(|h| matches!(h, Happened::Asking { .. })).await;
    seance.until(|h| matches!(h, Happened::Notice(Notice::Colleague(Colleague::Asked { .. })))).await;
    let frames = trio.desk.seen().frames;
    trio.desk.screen.paint(Rect { x: 0, y: 0, width: 8, height: 8 }, 0x00ff_8800);
    trio.desk.does(Does::Look);
    trio.until("the first still sees", || trio.desk.seen().frames > frames && seance.shows(&trio.desk)).await;
    assert!(seance.running.hands().input(InputEvent::Char('b')).await.is_err(), "hands stand still");
    // Silence is a no, and changes nothing.
    assert_eq!(theirs.ended().await.0, EndReason::PromptTimedOut);
    seance
        .until(|h| {
            matches!(
                h,
                Happened::Notice(Notice::Colleague(Colleague::Not { reason: EndReason::PromptTimedOut, .. }))
            )
        })
        .await;
    seance.running.hands().input(InputEvent::Char('c')).await.unwrap();

    trio.desk.person(Person::Grants(Capabilities::KNOWN));
    let mut theirs = Seance::new(start(&colleague, trio.request()).await.unwrap());
    assert_eq!(seance.ended().await.0, EndReason::HandedOver);
    theirs.until(|h| *h == Happened::Hidden(false)).await;
    let seen = trio.desk.seen();
    let beside = |ask: &Ask| ask.beside.as_ref().map(|company| company.technician.clone());
    let names: Vec<_> = seen.asked.iter().map(|ask| (ask.technician.clone(), beside(ask))).collect();
    let (sophie, hugo) = ("Sophie Martin".to_owned(), "Hugo Lambert".to_owned());
    assert_eq!(names, [(sophie.clone(), None), (hugo.clone(), Some(sophie.clone())), (hugo, Some(sophie))]);
    assert_eq!(seen.begun.len(), 2);
    for journal in [trio.own_journal(), trio.relay_journal()] {
        let kept: Vec<_> =
            journal.into_iter().filter(|l| ["GRANTED", "ENDED", "REFUSED"].contains(l)).collect();
        assert_eq!(kept, ["GRANTED", "REFUSED", "ENDED", "GRANTED"], "it ends before the other begins");
    }
    theirs.running.hands().end().await;
    theirs.ended().await;
    seance.over().await;
    theirs.over().await;
}

#[tokio::test(start_paused = true)]
async fn the_persons_no_to_the_colleague_leaves_the_first_where_they_were() {
    let trio = Trio::start(Setup::default()).await;
    let (console, colleague) = (trio.console(&trio.technician).await, trio.console(&trio.other).await);
    let mut seance = trio.seen(&console).await;
    let hand = Call::HandOver { agent: trio.agent, to: person("hugo.lambert") };
    assert!(matches!(console.call(hand).await, Ok(Reply::Done)));
    trio.desk.person(Person::Refuses);
    let mut theirs = Seance::new(start(&colleague, trio.request()).await.unwrap());
    assert_eq!(theirs.ended().await.0, EndReason::RefusedByPerson);
    theirs.over().await;
    seance
        .until(|h| {
            matches!(
                h,
                Happened::Notice(Notice::Colleague(Colleague::Not {
                    reason: EndReason::RefusedByPerson,
                    ..
                }))
            )
        })
        .await;
    seance.running.hands().input(InputEvent::Char('a')).await.unwrap();
    assert!(seance.running.hands().view().size().is_some());
    assert_eq!(trio.desk.seen().stopped, []);
    // The first goes while the colleague is asked about: the question stands.
    trio.desk.person(Person::Grants(Capabilities::KNOWN));
    let mut theirs = Seance::new(start(&colleague, trio.request()).await.unwrap());
    theirs.until(|h| matches!(h, Happened::Asking { .. })).await;
    seance.running.hands().end().await;
    assert_eq!(seance.ended().await.0, EndReason::EndedByTechnician);
    theirs.until(|h| *h == Happened::Hidden(false)).await;
    theirs.running.hands().end().await;
    theirs.ended().await;
    theirs.over().await;
    seance.over().await;
}

#[tokio::test(start_paused = true)]
async fn a_second_technician_sees_under_a_yes_of_their_own_and_the_persons_end_ends_both() {
    let trio = Trio::start(Setup::default()).await;
    let (console, colleague) = (trio.console(&trio.technician).await, trio.console(&trio.other).await);
    let mut seance = trio.seen(&console).await;
    let look = SessionRequest { capabilities: Capabilities::VIEW, ..trio.request() };
    // The gate judges as ever, and hands are nobody's but the first's.
    assert!(matches!(join(&colleague, trio.request()).await, Err(StartError::Call(_))));
    assert_eq!(refused(&trio, &colleague).await, [RefusalCode::AgentBusy]);
    let mut theirs = Seance::new(join(&colleague, look.clone()).await.unwrap());
    seance.until(|h| matches!(h, Happened::Notice(Notice::Colleague(Colleague::Joined)))).await;
    theirs.until(|h| *h == Happened::Hidden(false)).await;
    trio.until("both see", || seance.shows(&trio.desk) && theirs.shows(&trio.desk)).await;
    assert_eq!(trio.desk.seen().named, ["Sophie Martin", "Hugo Lambert"]);
    seance.running.hands().input(InputEvent::Char('a')).await.unwrap();
    assert!(theirs.running.hands().input(InputEvent::Char('b')).await.is_err());
    // Never a third.
    match join(&console, look).await {
        Err(StartError::Refused(decision)) => assert_eq!(decision.reasons[0].code, RefusalCode::AgentBusy),
        other => panic!("{other:?}"),
    }
    trio.desk.does(Does::End);
    assert_eq!(seance.ended().await.0, EndReason::EndedByPerson);
    assert_eq!(theirs.ended().await.0, EndReason::EndedByPerson);
    seance.over().await;
    theirs.over().await;
    for journal in [trio.own_journal(), trio.relay_journal()] {
        let of = |what: &str| journal.iter().filter(|label| **label == what).count();
        assert_eq!((of("GRANTED"), of("ENDED")), (2, 2), "each is a session of its own");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_done_for_ten_minutes_and_the_screen_is_gone_until_one_goes_on() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    sleep(IDLE / 2).await;
    seance.running.hands().input(InputEvent::Char('a')).await.unwrap();
    sleep(IDLE - Duration::from_secs(20)).await;
    assert!(seance.running.hands().view().size().is_some(), "each move counts");
    seance.until(|h| matches!(h, Happened::Held { why: Hold::Idle, .. })).await;
    assert_eq!(seance.running.hands().view().size(), None);
    let frames = trio.desk.seen().frames;
    sleep(Duration::from_secs(300)).await;
    assert_eq!(trio.desk.seen().frames, frames);
    seance.running.hands().wish(aval_console::session::hands::Wanted::GoOn).await;
    seance.until(|h| matches!(h, Happened::Turned { why: Turning::Awake, .. })).await;
    seance.until(|h| *h == Happened::Hidden(false)).await;
    trio.until("the picture is whole again", || seance.shows(&trio.desk)).await;
    seance.running.hands().end().await;
    seance.ended().await;
    seance.over().await;
    assert_eq!(trio.desk.seen().asked.len(), 1, "asked once");
    for journal in [trio.own_journal(), trio.relay_journal()] {
        let kept: Vec<_> = journal.into_iter().filter(|l| ["HELD", "AWAKE"].contains(l)).collect();
        assert_eq!(kept, ["HELD", "AWAKE"]);
    }
}
