//! Clause 4.2 in a whole session: support closes under it, as the ticket says and whatever the PC's clock shows.

use std::time::Duration;

use aval_console::session::{Happened, Running, StartError, start};
use aval_protocol::id::UnixSeconds;
use aval_protocol::session::AtDesk;
use aval_protocol::wire::codes::{EndReason, RefusalCode};
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::session::{Capabilities, ClosingState, Notice};
use aval_tests::trio::desk::Person;
use aval_tests::trio::{NOW, Seance, Setup, Trio};
use aval_transport::Clock;
use tokio::time::sleep;

/// That evening, 18 o'clock in Paris: [`NOW`] is 10 o'clock.
const CLOSING: i64 = NOW.0 + 8 * 3600;
/// From one end of the world to the other, and a relay's clock that counts whole seconds.
const NEARLY: Duration = Duration::from_secs(3);

async fn before_closing(seconds: i64, off_s: i64) -> Trio {
    let at = UnixSeconds(CLOSING - seconds);
    let pc = Clock::starting_at(UnixSeconds(at.0 + off_s));
    Trio::start(Setup { at, pc, ..Setup::default() }).await
}

fn types(running: &Running) -> impl Future<Output = bool> {
    let hands = running.hands().clone();
    async move { hands.input(InputEvent::Char('x')).await.is_ok() }
}

fn closing(state: ClosingState, hour: u16, minute: u16) -> Happened {
    Happened::Notice(Notice::Closing { state, at: hour * 60 + minute })
}

/// Lets time pass until so many seconds after closing.
async fn until(trio: &Trio, seconds: i64) {
    let left = CLOSING + seconds - trio.clock.wall().0;
    sleep(Duration::from_secs(u64::try_from(left).unwrap())).await;
}

fn kinds(trio: &Trio) -> Vec<&'static str> {
    let of =
        |labels: Vec<&'static str>| labels.into_iter().filter(|l| l.starts_with("EXT")).collect::<Vec<_>>();
    assert_eq!(of(trio.own_journal()), of(trio.relay_journal()), "both sides write down the same");
    of(trio.own_journal())
}

#[tokio::test(start_paused = true)]
async fn clause_4_2_nobody_answers_so_hands_are_off_and_then_it_is_over() {
    // The PC's clock is a week off: it does not matter.
    let trio = before_closing(1200, 7 * 86_400).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    trio.desk.person(Person::Away);
    until(&trio, -900).await;
    seance.until(|h| *h == closing(ClosingState::Soon, 18, 0)).await;
    until(&trio, -600).await;
    // Not for ten minutes at rest.
    assert!(types(&seance.running).await);
    trio.until("it is typed", || trio.desk.seen().inputs.len() == 1).await;
    until(&trio, -300).await;
    seance.until(|h| *h == closing(ClosingState::Soon, 18, 0)).await;
    assert_eq!(trio.desk.seen().closing, [AtDesk::Soon { at: 18 * 60 }]);
    assert!(types(&seance.running).await);
    trio.until("it is typed", || trio.desk.seen().inputs.len() == 2).await;
    until(&trio, -10).await;
    let asked = seance.until(|h| *h == closing(ClosingState::Asked, 18, 30)).await;
    assert!((trio.clock.wall().0 - CLOSING).unsigned_abs() <= NEARLY.as_secs());
    types(&seance.running).await;
    until(&trio, 110).await;
    let off = seance.until(|h| *h == closing(ClosingState::ViewOnly, 18, 5)).await;
    assert!(off - asked <= Duration::from_secs(120) + NEARLY);
    assert!(seance.shows(&trio.desk), "the screen may still be seen");
    types(&seance.running).await;
    until(&trio, 290).await;
    let (reason, at) = seance.ended().await;
    assert_eq!(reason, EndReason::SupportClosed);
    assert!(at - asked <= Duration::from_secs(300) + NEARLY);
    assert_eq!(trio.desk.seen().inputs.len(), 2, "nothing was moved after closing");
    seance.over().await;
    assert_eq!(kinds(&trio), ["EXTENSION_ASKED", "EXTENSION_UNANSWERED"]);
    assert!(trio.own_journal().ends_with(&["ENDED"]));
}

#[tokio::test(start_paused = true)]
async fn clause_4_3_the_persons_yes_goes_on_until_half_past() {
    let trio = before_closing(600, 0).await;
    let console = trio.console(&trio.technician).await;
    let mut request = trio.request();
    request.minutes = 240;
    let running = start(&console, request).await.unwrap();
    let mut seance = Seance::new(running);
    seance.until(|h| *h == Happened::Hidden(false)).await;
    until(&trio, -10).await;
    seance.until(|h| *h == closing(ClosingState::Extended, 18, 30)).await;
    assert!(types(&seance.running).await);
    trio.until("it is typed", || trio.desk.seen().inputs.len() == 1).await;
    // No new one meanwhile.
    until(&trio, 60).await;
    let other = trio.console(&trio.other).await;
    let Err(StartError::Refused(decision)) = start(&other, trio.request()).await else { panic!() };
    assert!(decision.reasons.iter().any(|reason| reason.code == RefusalCode::OutOfHours));
    until(&trio, 1790).await;
    let (reason, _) = seance.ended().await;
    assert_eq!(reason, EndReason::SupportClosed);
    assert!((trio.clock.wall().0 - CLOSING - 1800).unsigned_abs() <= NEARLY.as_secs());
    seance.over().await;
    assert_eq!(kinds(&trio), ["EXTENSION_ASKED", "EXTENSION_GRANTED"]);
}

#[tokio::test(start_paused = true)]
async fn clause_4_3_the_persons_no_ends_it() {
    let trio = before_closing(60, 0).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    trio.desk.person(Person::Refuses);
    assert_eq!(seance.ended().await.0, EndReason::EndedByPerson);
    seance.over().await;
    assert_eq!(kinds(&trio), ["EXTENSION_ASKED", "EXTENSION_REFUSED"]);
}

#[tokio::test(start_paused = true)]
async fn clause_4_2_asked_for_in_the_last_seconds_it_may_be_agreed_to_after_closing() {
    let trio = before_closing(60, 0).await;
    let console = trio.console(&trio.technician).await;
    until(&trio, -4).await;
    let mut seance = trio.seen(&console).await;
    assert!(trio.clock.wall().0 >= CLOSING);
    let (_, granted, for_s) = trio.desk.seen().begun[0];
    assert_eq!(granted, Capabilities::KNOWN);
    assert!((1790..=1800).contains(&for_s), "{for_s}");
    sleep(Duration::from_secs(30)).await;
    assert!(seance.shows(&trio.desk) && kinds(&trio).is_empty(), "one question is enough");
    seance.running.hands().end().await;
    seance.ended().await;
}
