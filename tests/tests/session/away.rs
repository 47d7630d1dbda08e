//! Clause 4.4 in a whole session: the line is lost, and the session goes on under the same consent within two minutes, or not at all.

use std::time::Duration;

use aval_console::session::Happened;
use aval_protocol::session::{AWAY, AtDesk};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::link::Farewell;
use aval_protocol::wire::session::Capabilities;
use aval_tests::trio::desk::Does;
use aval_tests::trio::{Seance, Setup, Trio, console_address, machine_address, person};
use tokio::time::sleep;

/// Longer than a line may be silent.
const LONG: Duration = Duration::from_secs(40);

async fn gone_on(trio: &Trio, seance: &mut Seance) {
    let is = |h: &Happened| matches!(h, Happened::Resumed { capabilities: Capabilities::KNOWN, .. });
    seance.until(is).await;
    seance.until(|h| *h == Happened::Hidden(false)).await;
    trio.until("the picture is whole again", || seance.shows(&trio.desk)).await;
    let before = trio.desk.seen().inputs.len();
    seance.running.hands().input(InputEvent::Char('z')).await.unwrap();
    trio.until("it is typed", || trio.desk.seen().inputs.len() == before + 1).await;
}

fn waits(trio: &Trio) -> bool {
    trio.desk.seen().closing.iter().any(|word| matches!(word, AtDesk::LineLost { .. }))
}

#[tokio::test(start_paused = true)]
async fn clause_4_4_a_cut_line_is_taken_up_again_under_the_same_consent() {
    for cut in [console_address(), machine_address()] {
        let trio = Trio::start(Setup::default()).await;
        let console = trio.console(&trio.technician).await;
        let mut seance = trio.seen(&console).await;
        trio.net.partition(cut, true);
        seance.until(|h| *h == Happened::Hidden(true)).await;
        assert!(seance.running.hands().input(InputEvent::Char('x')).await.is_err());
        sleep(LONG).await;
        assert!(waits(&trio), "{cut}: the person's banner says so");
        assert!(seance.running.hands().view().size().is_none());
        trio.net.partition(cut, false);
        gone_on(&trio, &mut seance).await;
        let seen = trio.desk.seen();
        assert_eq!((seen.asked.len(), seen.begun.len()), (1, 1), "{cut}: nobody is asked again");
        assert_eq!(seen.inputs.len(), 1, "{cut}: nothing of the time between");
        trio.desk.does(Does::End);
        assert_eq!(seance.ended().await.0, EndReason::EndedByPerson);
        seance.over().await;
        for journal in [trio.own_journal(), trio.relay_journal()] {
            let kept: Vec<_> =
                journal.into_iter().filter(|l| ["LINE_LOST", "RESUMED", "ENDED"].contains(l)).collect();
            assert_eq!(kept, ["LINE_LOST", "RESUMED", "ENDED"], "{cut}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn clause_4_4_after_two_minutes_there_is_a_new_question() {
    for cut in [console_address(), machine_address()] {
        let trio = Trio::start(Setup::default()).await;
        let console = trio.console(&trio.technician).await;
        let mut seance = trio.seen(&console).await;
        trio.net.partition(cut, true);
        sleep(AWAY + Duration::from_secs(2)).await;
        assert_eq!(seance.ended().await.0, EndReason::LinkLost, "{cut}");
        assert_eq!(trio.desk.seen().stopped.len(), 1, "{cut}: in time here, too");
        trio.net.partition(cut, false);
        sleep(Duration::from_secs(60)).await;
        let again = trio.console(&trio.technician).await;
        trio.seen(&again).await;
        assert_eq!(trio.desk.seen().asked.len(), 2, "{cut}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_restarts_loses_no_session() {
    let mut trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    trio.stop_relay(Farewell::Restarting { reconnect_in_s: 2, try_for_s: 60 }).await;
    trio.until("the desk waits", || waits(&trio)).await;
    sleep(Duration::from_secs(20)).await;
    trio.start_relay();
    gone_on(&trio, &mut seance).await;
    seance.running.hands().end().await;
    assert_eq!(seance.ended().await.0, EndReason::EndedByTechnician);
    seance.over().await;
    assert_eq!(trio.desk.seen().asked.len(), 1);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(trio.relay_journal().iter().filter(|l| **l == "ENDED").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_comes_back_after_the_person_has_ended_it() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    trio.net.partition(machine_address(), true);
    sleep(LONG).await;
    assert!(waits(&trio));
    trio.desk.does(Does::End);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(trio.desk.seen().stopped[0].0, EndReason::EndedByPerson);
    trio.net.partition(machine_address(), false);
    let (reason, _) = seance.ended().await;
    assert!([EndReason::EndedByPerson, EndReason::LinkLost].contains(&reason), "{reason}");
    assert!(trio.desk.seen().closing.iter().all(|word| !matches!(word, AtDesk::Back { .. })));
    seance.over().await;
    sleep(Duration::from_secs(30)).await;
    assert_eq!(trio.relay_journal().iter().filter(|l| **l == "RESUMED").count(), 0);
    assert_eq!(trio.relay_journal().iter().filter(|l| **l == "ENDED").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_technician_who_was_locked_meanwhile_does_not_come_back() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let manager = trio.console(&trio.manager).await;
    let mut seance = trio.seen(&console).await;
    trio.net.partition(console_address(), true);
    sleep(LONG).await;
    let lock = Call::Lock { technician: person("sophie.martin"), locked: true, reason: "départ".into() };
    assert_eq!(manager.call(lock).await.unwrap(), Reply::Done);
    trio.until("the desk stops", || !trio.desk.seen().stopped.is_empty()).await;
    assert_eq!(trio.desk.seen().stopped[0].0, EndReason::SecurityCut);
    trio.net.partition(console_address(), false);
    assert_eq!(seance.ended().await.0, EndReason::SecurityCut);
    assert!(!trio.relay_journal().contains(&"RESUMED"));
}

#[tokio::test(start_paused = true)]
async fn a_new_question_takes_the_place_of_a_session_without_a_line() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut lost = trio.seen(&console).await;
    trio.net.partition(console_address(), true);
    sleep(LONG).await;
    let other = trio.console(&trio.other).await;
    let seance = trio.seen(&other).await;
    assert_eq!(trio.desk.seen().asked.len(), 2);
    trio.net.partition(console_address(), false);
    assert_eq!(lost.ended().await.0, EndReason::LinkLost);
    assert!(seance.shows(&trio.desk));
}
