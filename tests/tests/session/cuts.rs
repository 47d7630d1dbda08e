//! What is cut while a session runs: lines, the relay, the desktop, the technician. The screen is dark in time, and all comes back.

use std::time::Duration;

use aval_console::session::Happened;
use aval_protocol::session::{AWAY, LEASE};
use aval_protocol::wire::codes::{CloseCode, EndReason, FaultCode};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::link::Farewell;
use aval_tests::trio::desk::Does;
use aval_tests::trio::{Setup, Trio, console_address, machine_address, person};
use aval_transport::Clock;

/// A packet's way, and the tick of the simulated network.
const WAY: Duration = Duration::from_millis(30);

#[tokio::test(start_paused = true)]
async fn a_line_that_is_cut_leaves_a_dark_screen_within_the_lease() {
    for cut in [console_address(), machine_address()] {
        let trio = Trio::start(Setup::default()).await;
        let console = trio.console(&trio.technician).await;
        let mut seance = trio.seen(&console).await;
        tokio::time::sleep(Duration::from_millis(1_700)).await;
        assert!(seance.shows(&trio.desk), "with its leases it stays");
        let begun = Clock::system().monotonic();
        trio.net.partition(cut, true);
        let dark = seance.until(|h| *h == Happened::Hidden(true)).await - begun;
        assert!(dark <= LEASE + WAY, "{cut}: {dark:?}");
        assert!(seance.running.hands().view().hash().is_none());
        assert!(seance.running.hands().input(InputEvent::Char('x')).await.is_err());
        let (reason, at) = seance.ended().await;
        assert!(
            reason == EndReason::LinkLost && at - begun <= AWAY + WAY,
            "{cut}: {reason} {:?}",
            at - begun
        );
        trio.until("the desk stops", || !trio.desk.seen().stopped.is_empty()).await;
        let (reason, at) = trio.desk.seen().stopped[0];
        assert!(
            reason == EndReason::LinkLost && at - begun <= AWAY + WAY,
            "{cut}: {reason} {:?}",
            at - begun
        );
        assert!(trio.desk.seen().inputs.is_empty());
        // The line is back: so is the machine.
        trio.net.partition(cut, false);
        tokio::time::sleep(Duration::from_secs(90)).await;
        let again = trio.console(&trio.technician).await;
        trio.seen(&again).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_cut_hides_the_screen_and_shows_it_again() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    trio.net.partition(machine_address(), true);
    seance.until(|h| *h == Happened::Hidden(true)).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    trio.net.partition(machine_address(), false);
    seance.until(|h| *h == Happened::Hidden(false)).await;
    seance.running.hands().input(InputEvent::Char('y')).await.unwrap();
    trio.until("it is typed", || trio.desk.seen().inputs.len() == 1).await;
    assert!(seance.shows(&trio.desk));
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_stops_for_good_ends_the_session_and_another_serves_the_next() {
    let mut trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    trio.stop_relay(Farewell::Closed(CloseCode::Stopping)).await;
    assert_eq!(seance.ended().await.0, EndReason::RelayStopping);
    trio.until("the desk stops", || !trio.desk.seen().stopped.is_empty()).await;
    assert_eq!(trio.desk.seen().stopped[0].0, EndReason::RelayStopping);
    trio.until("the machine knows", || !trio.online()).await;
    trio.start_relay();
    trio.until("the machine is back", || trio.online()).await;
    let again = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&again).await;
    trio.desk.does(Does::End);
    assert_eq!(seance.ended().await.0, EndReason::EndedByPerson);
    seance.over().await;
    assert_eq!(trio.own_journal().iter().filter(|e| **e == "ENDED").count(), 2);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(trio.relay_journal().iter().filter(|e| **e == "ENDED").count(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_logs_off_is_not_watched_any_more() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    let begun = Clock::system().monotonic();
    trio.desk.does(Does::LogOff);
    let (reason, at) = seance.ended().await;
    assert_eq!(reason, EndReason::PersonLeft);
    assert!(at - begun < LEASE, "{:?}", at - begun);
    seance.over().await;
    // Nobody is there to be asked; then somebody is.
    let mut nobody = trio.session(&console).await;
    assert_eq!(nobody.ended().await.0, EndReason::NobodyThere);
    nobody.over().await;
    assert_eq!(trio.desk.seen().asked.len(), 1);
    trio.desk.does(Does::LogOn);
    trio.until("somebody is there", || trio.online()).await;
    trio.seen(&console).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_stops_ends_the_session_and_says_so() {
    let mut trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    trio.stop_service().await;
    assert_eq!(seance.ended().await.0, EndReason::AgentStopping);
}

#[tokio::test(start_paused = true)]
async fn a_technician_who_is_locked_is_cut_within_a_second() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    let manager = trio.console(&trio.manager).await;
    for (who, cut) in [("hugo.lambert", false), ("sophie.martin", true)] {
        let mut seance = trio.seen(&console).await;
        let begun = Clock::system().monotonic();
        let lock = Call::Lock { technician: person(who), locked: true, reason: "départ".into() };
        assert_eq!(manager.call(lock).await.unwrap(), Reply::Done);
        if cut {
            let (reason, at) = seance.ended().await;
            assert_eq!(reason, EndReason::SecurityCut);
            assert!(at - begun < Duration::from_secs(1), "{:?}", at - begun);
            trio.until("the desk stops", || trio.desk.seen().stopped.len() == 2).await;
            let (reason, at) = trio.desk.seen().stopped[1];
            assert_eq!(reason, EndReason::SecurityCut);
            assert!(at - begun < Duration::from_secs(1), "{:?}", at - begun);
        } else {
            tokio::time::sleep(Duration::from_secs(5)).await;
            assert!(seance.shows(&trio.desk), "another one's lock changes nothing");
            trio.desk.does(Does::End);
            seance.ended().await;
            seance.over().await;
        }
    }
    // A technician has no right to lock.
    let other = Call::Lock { technician: person("paul.beaurepaire"), locked: true, reason: "x".into() };
    match console.call(other).await {
        Err(aval_console::link::CallError::Fault { code, .. }) => assert_eq!(code, FaultCode::Forbidden),
        Err(aval_console::link::CallError::Lost(_)) => {}
        other => panic!("{other:?}"),
    }
}
