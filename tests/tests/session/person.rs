//! The person decides: no, silence, view only, the time that was granted, and who may be asked at once.

use std::time::Duration;

use aval_console::session::hands::InputError;
use aval_console::session::{Happened, StartError, start};
use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::codes::{EndReason, RefusalCode};
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::session::Capabilities;
use aval_tests::trio::desk::{Does, Person};
use aval_tests::trio::{NOW, Setup, Trio};
use aval_transport::Clock;

#[tokio::test(start_paused = true)]
async fn clause_4_3_the_machines_own_policy_narrows_what_is_asked_and_may_allow_nothing() {
    let trio = Trio::start(Setup::default()).await;
    let console = trio.console(&trio.technician).await;
    std::fs::write(trio.home.path("policy.toml"), "allow = \"view\"\n").unwrap();
    let mut seance = trio.seen(&console).await;
    assert_eq!(trio.desk.seen().asked[0].capabilities, Capabilities::VIEW);
    assert!(seance.running.hands().input(InputEvent::Char('x')).await.is_err());
    seance.running.hands().end().await;
    seance.ended().await;
    seance.over().await;
    std::fs::write(trio.home.path("policy.toml"), "allow = \"nothing\"\n").unwrap();
    let mut seance = trio.session(&console).await;
    assert_eq!(seance.ended().await.0, EndReason::DevicePolicy);
    assert_eq!(trio.desk.seen().asked.len(), 1, "nobody is asked");
}

#[tokio::test(start_paused = true)]
async fn a_no_is_a_no_and_the_next_yes_is_a_yes() {
    let trio = Trio::start(Setup { person: Person::Refuses, ..Setup::default() }).await;
    let console = trio.console(&trio.technician).await;
    let mut refused = trio.session(&console).await;
    assert_eq!(refused.ended().await.0, EndReason::RefusedByPerson);
    refused.over().await;
    assert_eq!((trio.desk.seen().begun.len(), trio.desk.seen().frames), (0, 0));
    assert!(trio.own_journal().ends_with(&["ASKED", "REFUSED"]), "{:?}", trio.own_journal());
    trio.desk.person(Person::Grants(Capabilities::KNOWN));
    let mut granted = trio.seen(&console).await;
    granted.running.hands().end().await;
    assert_eq!(granted.ended().await.0, EndReason::EndedByTechnician);
    trio.until("the desk hears who ended it", || trio.desk.seen().stopped.len() == 1).await;
    assert_eq!(trio.desk.seen().stopped[0].0, EndReason::EndedByTechnician);
    granted.over().await;
    assert!(trio.own_journal().ends_with(&["ASKED", "GRANTED", "STARTED", "ENDED"]));
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_no_after_a_minute() {
    let trio = Trio::start(Setup { person: Person::Away, ..Setup::default() }).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.session(&console).await;
    let asked = seance.until(|h| matches!(h, Happened::Asking { .. })).await;
    let (reason, at) = seance.ended().await;
    assert_eq!(reason, EndReason::PromptTimedOut);
    let took = at - asked;
    assert!(took > Duration::from_secs(59) && took < Duration::from_secs(62), "{took:?}");
    trio.until("the question is taken back", || trio.desk.seen().withdrawn == 1).await;
    assert_eq!(trio.desk.seen().begun.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn control_that_was_not_ticked_is_not_had() {
    for (ticked, events) in [(Capabilities::VIEW, 0), (Capabilities::KNOWN, 1)] {
        let trio = Trio::start(Setup { person: Person::Grants(ticked), ..Setup::default() }).await;
        let console = trio.console(&trio.technician).await;
        let seance = trio.seen(&console).await;
        let typed = seance.running.hands().input(InputEvent::Char('x')).await;
        assert_eq!(typed, if events == 0 { Err(InputError::NotGranted) } else { Ok(()) });
        tokio::time::sleep(Duration::from_secs(2)).await;
        let seen = trio.desk.seen();
        assert_eq!((seen.inputs.len(), seen.begun[0].1), (events, ticked));
    }
}

/// The granted half hour is counted by the monotonic clock: a wall clock that jumps neither prolongs nor shortens it.
#[tokio::test(start_paused = true)]
async fn a_grant_ends_with_its_time_whatever_the_wall_clock_says() {
    for jump in [0_i64, -3 * 3600, 3 * 3600] {
        let shown = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(0));
        let (steady, moved) = (Clock::starting_at(NOW), std::sync::Arc::clone(&shown));
        let pc = Clock::showing(move || {
            let moved = moved.load(std::sync::atomic::Ordering::Relaxed);
            let off = Duration::from_secs(moved.unsigned_abs());
            if moved < 0 { steady.wall_precise() - off } else { steady.wall_precise() + off }
        });
        assert_eq!(pc.wall(), UnixSeconds(NOW.0));
        let trio = Trio::start(Setup { pc: pc.clone(), ..Setup::default() }).await;
        let console = trio.console(&trio.technician).await;
        let mut seance = trio.session(&console).await;
        let granted = seance.until(|h| matches!(h, Happened::Granted { .. })).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        shown.store(jump, std::sync::atomic::Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(1_700)).await;
        assert!(seance.running.hands().state().ended.is_none(), "{jump}: too soon");
        let (reason, at) = seance.ended().await;
        let took = at - granted;
        assert_eq!(reason, EndReason::GrantExpired, "{jump}");
        assert!(took.abs_diff(Duration::from_secs(1_800)) < Duration::from_secs(2), "{jump}: {took:?}");
        trio.until("the desk stops", || !trio.desk.seen().stopped.is_empty()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_session_at_a_time() {
    let trio = Trio::start(Setup::default()).await;
    let (first, second) = (trio.console(&trio.technician).await, trio.console(&trio.other).await);
    let mut seance = trio.seen(&first).await;
    match start(&second, trio.request()).await {
        Err(StartError::Refused(decision)) => {
            let codes: Vec<RefusalCode> = decision.reasons.iter().map(|r| r.code).collect();
            assert_eq!(codes, [RefusalCode::AgentBusy]);
        }
        other => panic!("{other:?}"),
    }
    assert!(seance.shows(&trio.desk), "the first is not disturbed");
    trio.desk.does(Does::End);
    seance.ended().await;
    seance.over().await;
    trio.until("the machine is free", || trio.home.status().is_some_and(|s| !s.in_session)).await;
    trio.seen(&second).await;
    assert_eq!(trio.desk.seen().asked.len(), 2);
}
