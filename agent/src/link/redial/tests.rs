//! The tests of `redial.rs`, beside it so that both stay short.

use super::*;

fn start() -> Instant {
    aval_transport::Clock::system().monotonic()
}

fn relays() -> Redial {
    Redial::new(vec!["a:1".into(), "b:1".into()])
}

#[test]
fn pauses_grow_to_a_minute_and_no_further_and_both_relays_get_their_turn() {
    let now = start();
    let mut redial = relays();
    let mut bounds = Vec::new();
    let mut tried = Vec::new();
    for _ in 0..12 {
        tried.push(redial.target().to_owned());
        // The largest of the drawn pauses is the bound itself.
        let mut probe = redial.clone();
        let bound = (0..61_000).step_by(500).map(|r| probe.clone().after(now, Outcome::Unreachable, r)).max();
        bounds.push(bound.unwrap());
        probe.after(now, Outcome::Unreachable, 0);
        redial = probe;
    }
    assert_eq!(bounds[..4], [500, 1000, 2000, 4000].map(Duration::from_millis));
    assert_eq!(bounds[11], LONGEST);
    assert_eq!(tried[..4], ["a:1", "b:1", "a:1", "b:1"]);
}

#[test]
fn a_thousand_agents_do_not_come_back_at_once() {
    let now = start();
    let pause = |n: u64| relays().after(now, Outcome::Lost(GOOD), n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut pauses: Vec<_> = (0..1000).map(pause).collect();
    pauses.sort();
    assert!(pauses[250] < FIRST / 3 && pauses[750] > FIRST / 2, "{:?}", (pauses[250], pauses[750]));
    assert!(pauses[999] <= FIRST);
}

#[test]
fn a_good_link_forgets_earlier_trouble_and_a_flapping_one_does_not() {
    let now = start();
    let mut redial = relays();
    for _ in 0..8 {
        redial.after(now, Outcome::Lost(Duration::from_secs(1)), 0);
    }
    assert_eq!(redial.bound(), LONGEST);
    redial.after(now, Outcome::Lost(GOOD), 0);
    assert_eq!(redial.bound(), FIRST);
}

#[test]
fn a_redirect_is_followed_and_ones_own_list_is_not_forgotten() {
    let now = start();
    let mut redial = relays();
    let away = Farewell::Redirect { to: vec!["c:1".into(), "rubbish".into()], after_s: 5 };
    let pause = redial.after(now, Outcome::Sent(away, GOOD), 0);
    assert_eq!((pause, redial.target()), (Duration::from_secs(5), "c:1"));
    redial.after(now, Outcome::Unreachable, 0);
    assert_eq!(redial.target(), "a:1");
}

#[test]
fn relays_that_send_each_other_agents_do_not_keep_them_for_ever() {
    let now = start();
    let mut redial = relays();
    for _ in 0..=MAX_HOPS {
        let away = Farewell::Redirect { to: vec!["c:1".into()], after_s: u32::MAX };
        let pause = redial.after(now, Outcome::Sent(away, Duration::ZERO), 0);
        assert!(pause <= MAX_WAIT);
    }
    assert_eq!(redial.target(), "a:1");
}

#[test]
fn a_restarting_relay_is_waited_for_and_then_given_up() {
    let now = start();
    let mut redial = relays();
    let restart = Farewell::Restarting { reconnect_in_s: 2, try_for_s: 30 };
    assert_eq!(redial.after(now, Outcome::Sent(restart, GOOD), 0), Duration::from_secs(2));
    redial.after(now + Duration::from_secs(10), Outcome::Unreachable, 0);
    assert_eq!(redial.target(), "a:1");
    redial.after(now + Duration::from_secs(33), Outcome::Unreachable, 0);
    assert_eq!(redial.target(), "b:1");
}

#[test]
fn too_old_asks_once_an_hour() {
    let mut redial = relays();
    let old = Farewell::TooOld { oldest: 9 };
    let pause = redial.after(start(), Outcome::Sent(old, Duration::ZERO), u64::MAX);
    assert!(pause >= HOURLY && pause <= HOURLY + HOURLY / 12);
}

#[test]
fn a_relay_that_does_not_want_us_is_not_pestered() {
    let now = start();
    let mut redial = relays();
    redial.after(now, Outcome::Sent(Farewell::Closed(CloseCode::Unauthorised), GOOD), 0);
    assert!(redial.bound() >= Duration::from_secs(16));
}
