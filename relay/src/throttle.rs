//! How often somebody may do something: a count within a while that moves along.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Keys remembered before those that are over are forgotten.
const SWEEP: usize = 4096;

/// At most so many within a while, for each key.
#[derive(Debug)]
pub(crate) struct Throttle<K> {
    most: usize,
    within: Duration,
    seen: HashMap<K, VecDeque<Instant>>,
}

impl<K: Hash + Eq> Throttle<K> {
    /// `most` within `within`.
    pub(crate) fn new(most: usize, within: Duration) -> Self {
        Self { most, within, seen: HashMap::new() }
    }

    /// Counts one more.
    ///
    /// # Errors
    /// How long to wait; what is refused is not counted, so that waiting helps.
    pub(crate) fn admit(&mut self, key: K, now: Instant) -> Result<(), Duration> {
        let within = self.within;
        if self.seen.len() >= SWEEP {
            self.seen.retain(|_, times| times.back().is_some_and(|&last| now < last + within));
        }
        let times = self.seen.entry(key).or_default();
        while times.front().is_some_and(|&first| now >= first + within) {
            times.pop_front();
        }
        match times.front() {
            Some(&first) if times.len() >= self.most => Err((first + within).saturating_duration_since(now)),
            _ => {
                times.push_back(now);
                Ok(())
            }
        }
    }
}

/// Whoever is counted together: an IPv4 address, or the /64 of an IPv6 address, of which one subscriber has all (RFC 6177 §2).
pub(crate) fn neighbourhood(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V4(four) => IpAddr::V4(four),
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_subscriber_is_counted_once() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.2"), of("192.0.2.1"));
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "any moment will do to count from")]
    fn the_while_moves_along_for_each_key() {
        let (begin, second) = (Instant::now(), Duration::from_secs(1));
        let mut throttle = Throttle::new(2, 10 * second);
        assert_eq!(throttle.admit("a", begin), Ok(()));
        assert_eq!(throttle.admit("a", begin + 4 * second), Ok(()));
        assert_eq!(throttle.admit("a", begin + 6 * second), Err(4 * second));
        assert_eq!(throttle.admit("b", begin + 6 * second), Ok(()));
        assert_eq!(throttle.admit("a", begin + 10 * second), Ok(()), "the first one is over");
        assert_eq!(throttle.admit("a", begin + 10 * second), Err(4 * second));
    }
}
