//! The tests of `pace.rs`, beside it so that both stay short.

use super::*;

/// A moment to count from. Moments are arguments here; the first has to come from somewhere.
#[allow(clippy::disallowed_methods, reason = "the tests' only moment; all others are counted from it")]
fn start() -> Instant {
    Instant::now()
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[test]
fn at_most_three_are_on_their_way() {
    let (mut flight, now) = (InFlight::new(), start());
    for seq in 1..=3 {
        assert_eq!(flight.room(), MAX_IN_FLIGHT - (seq as usize - 1));
        flight.sent(now, seq, 100);
    }
    assert_eq!(flight.room(), 0);
    flight.painted(now, 2).unwrap();
    assert_eq!((flight.room(), flight.unpainted()), (2, 1));
    flight.painted(now, 2).unwrap();
    flight.painted(now, 3).unwrap();
    assert_eq!((flight.room(), flight.unpainted()), (3, 0));
}

#[test]
fn a_large_update_fills_the_line_alone() {
    let (mut flight, now) = (InFlight::new(), start());
    flight.sent(now, 1, MAX_BYTES_IN_FLIGHT);
    assert_eq!(flight.room(), 0);
    flight.painted(now, 1).unwrap();
    assert_eq!(flight.room(), MAX_IN_FLIGHT);
}

#[test]
fn a_console_cannot_have_painted_the_future_nor_unpaint() {
    let (mut flight, now) = (InFlight::new(), start());
    assert_eq!(flight.painted(now, 1), Err(BadPainted::NeverSent { painted: 1, sent: 0 }));
    flight.sent(now, 1, 10);
    flight.sent(now, 2, 10);
    flight.painted(now, 2).unwrap();
    assert_eq!(flight.painted(now, 1), Err(BadPainted::Backwards { painted: 1, before: 2 }));
    assert_eq!(flight.room(), MAX_IN_FLIGHT);
}

#[test]
fn a_slow_line_carries_few_bytes_at_once_and_typing_says_nothing_of_it() {
    let (mut flight, start) = (InFlight::new(), start());
    flight.sent(start, 1, 60);
    flight.painted(start + ms(30), 1).unwrap();
    assert_eq!(flight.rate(), None);
    // 250 kB/s and 30 ms there and back.
    flight.sent(start + ms(100), 2, 50_000);
    flight.painted(start + ms(300), 2).unwrap();
    assert_eq!(flight.rate(), Some(250_000));
    flight.sent(start + ms(400), 3, MIN_BYTES_IN_FLIGHT - 1);
    assert_eq!(flight.room(), 2);
    flight.sent(start + ms(400), 4, 1);
    assert_eq!(flight.room(), 0);
}

#[test]
fn updates_that_follow_each_other_tell_what_the_line_carries() {
    let (mut flight, start) = (InFlight::new(), start());
    for seq in 1..=20_u32 {
        let at = start + ms(u64::from(seq) * 20);
        flight.sent(at, seq, 20_000);
        if seq > 2 {
            flight.painted(at + ms(10), seq - 2).unwrap();
        }
    }
    // A million bytes a second, painted 50 ms after it was sent.
    let rate = flight.rate().unwrap();
    assert!((900_000..=1_250_000).contains(&rate), "{rate}");
}

#[test]
fn an_earlier_faster_line_is_forgotten() {
    let (mut flight, mut now) = (InFlight::new(), start());
    for seq in 1..=20_u32 {
        flight.sent(now, seq, 100_000);
        now += ms(if seq < 8 { 10 } else { 1000 });
        flight.painted(now, seq).unwrap();
    }
    assert_eq!(flight.rate(), Some(100_000));
}
