//! The tests of `guard.rs`, beside it so that both stay short.

use super::*;

const BOTH: Capabilities = Capabilities::VIEW.with(Capabilities::CONTROL);
const HOUR: Duration = Duration::from_secs(3600);

fn start() -> Instant {
    aval_transport::Clock::system().monotonic()
}

#[test]
fn a_living_grant_allows_what_it_holds() {
    let t = start();
    let guard = Guard::new(t);
    assert_eq!(guard.allows(t, Epoch(1), Capabilities::VIEW), Err(Void::Epoch));
    assert!(guard.begin(t, Epoch(1), Capabilities::VIEW, HOUR));
    assert_eq!(guard.allows(t, Epoch(1), Capabilities::VIEW), Ok(()));
    assert_eq!(guard.allows(t, Epoch(1), Capabilities::CONTROL), Err(Void::Capability));
    assert_eq!(guard.allows(t, Epoch(2), Capabilities::VIEW), Err(Void::Epoch));
}

#[test]
fn two_beats_missed_are_the_end() {
    let t = start();
    let guard = Guard::new(t);
    guard.begin(t, Epoch(1), BOTH, HOUR);
    let late = t + LEASE;
    assert_eq!(guard.allows(late, Epoch(1), BOTH), Err(Void::Lease));
    guard.beat(t + Duration::from_millis(250));
    assert_eq!(guard.allows(late, Epoch(1), BOTH), Ok(()));
}

#[test]
fn a_stopped_epoch_never_lives_again() {
    let t = start();
    let guard = Guard::new(t);
    guard.begin(t, Epoch(5), BOTH, HOUR);
    assert_eq!(guard.stop(), Some(Epoch(5)));
    assert_eq!(guard.stop(), None);
    guard.beat(t);
    assert_eq!(guard.allows(t, Epoch(5), BOTH), Err(Void::Epoch));
    assert!(!guard.begin(t, Epoch(5), BOTH, HOUR), "a replayed grant");
    assert!(!guard.begin(t, Epoch(4), BOTH, HOUR), "an older grant");
    assert!(guard.begin(t, Epoch(6), BOTH, HOUR));
}

#[test]
fn time_and_prompts_bound_a_grant() {
    let t = start();
    let guard = Guard::new(t);
    guard.begin(t, Epoch(1), BOTH, Duration::from_millis(300));
    guard.freeze(true);
    assert_eq!(guard.allows(t, Epoch(1), Capabilities::CONTROL), Err(Void::Frozen));
    assert_eq!(guard.allows(t, Epoch(1), Capabilities::VIEW), Ok(()));
    guard.freeze(false);
    assert_eq!(guard.allows(t, Epoch(1), Capabilities::CONTROL), Ok(()));
    let over = t + Duration::from_millis(300);
    assert_eq!(guard.allows(over, Epoch(1), Capabilities::VIEW), Err(Void::Expired));
    assert_eq!(guard.deadline(), Some(over));
}

#[test]
fn the_number_that_means_nothing_is_never_alive() {
    let t = start();
    let guard = Guard::new(t);
    assert_eq!(guard.allows(t, Epoch(0), Capabilities::none()), Err(Void::Epoch));
    assert!(!guard.begin(t, Epoch(0), BOTH, HOUR));
}
