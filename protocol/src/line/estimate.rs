//! From arrivals to a rate, from counts to a loss: pure arithmetic.
//!
//! The load grows from far below any useful line to above the top of the scale. As long as the line is faster than the load, packets
//! come as they were sent; from the moment the load is faster, they come at the line's rate, however deep its queue is and
//! whatever the queue drops. The rate is the slope of the arrivals from that moment on.

use std::time::Duration;

/// The load must exceed what comes through by this much before the line counts as the narrower one.
const CLEARLY_FASTER: f64 = 1.2;
/// Fewest packets, and least time, over which a slope means something.
const FEWEST: u32 = 4;
const SHORTEST: Duration = Duration::from_millis(30);
/// Share of the top pace above which a packet belongs to the top.
const AT_TOP: f64 = 0.9;

/// Below this share the line's own loss does not matter.
const LOSSLESS: f64 = 0.02;
/// With at least this share of arrivals free of loss, these alone give the rate.
const MOSTLY: f64 = 0.5;
/// On lines slow enough to see single packets (this much between arrivals), rates over stretches of this length are compared…
const SLOW_STEP: Duration = Duration::from_millis(4);
const STRETCH: Duration = Duration::from_millis(8);
/// …and taken when this share of at least so many is this close to their median.
const MOST: f64 = 0.6;
const ENOUGH: usize = 8;
const AGREES: f64 = 0.15;

/// A load packet that came.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Arrival {
    /// Its number: gaps are packets that were lost.
    pub seq: u32,
    /// When, on the receiver's clock.
    pub at: Duration,
    /// Bytes that had come over the line by then, IP and UDP headers included: this packet, and whatever shared the line.
    pub volume: u64,
    /// The rate at which it was sent, kbit/s.
    pub pace_kbit: u32,
}

/// What came at one moment, and what had come by then.
#[derive(Clone, Copy)]
struct Step {
    pace_kbit: u32,
    came: Sum,
    /// As `came`, of those steps alone before and in which no packet is missing.
    whole: Sum,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    steps: u32,
    bytes: u64,
    time: Duration,
}

/// The rate of a line in kbit/s of IP, its losses not counted against it: they are reported on their own.
///
/// `arrivals` in order of arrival; `lost` is the share that the line loses unloaded. `None` when too little came.
pub fn rate(arrivals: &[Arrival], lost: f64) -> Option<f64> {
    let steps = steps(arrivals);
    // The first packets of the load travel alone; the search starts at the first and skips all that were not held up.
    let held_up = steps.iter().enumerate().find_map(|(i, from)| {
        let slope = slope(&steps[i..], lost)?;
        (f64::from(from.pace_kbit) >= CLEARLY_FASTER * slope).then_some(slope)
    });
    held_up.or_else(|| {
        let top = f64::from(arrivals.iter().map(|a| a.pace_kbit).max()?);
        let first = steps.iter().position(|s| f64::from(s.pace_kbit) >= AT_TOP * top)?;
        slope(&steps[first..], lost).or_else(|| slope(&steps, lost))
    })
}

fn steps(arrivals: &[Arrival]) -> Vec<Step> {
    let (mut came, mut whole) = (Sum::default(), Sum::default());
    let mut before: Option<Arrival> = None;
    let mut steps = Vec::new();
    for together in arrivals.chunk_by(|a, b| a.at == b.at) {
        let (Some(first), Some(last)) = (together.first(), together.last()) else { continue };
        if let Some(before) = before {
            let bytes = last.volume.saturating_sub(before.volume);
            let time = last.at.saturating_sub(before.at);
            came.add(bytes, time);
            let sent = last.seq.checked_sub(before.seq).map(|sent| sent as usize);
            if sent == Some(together.len()) {
                whole.add(bytes, time);
            }
        }
        before = Some(*last);
        steps.push(Step { pace_kbit: first.pace_kbit, came, whole });
    }
    steps
}

/// kbit/s from the first step to the last; the first one's own bytes are not part of it.
///
/// Where the line itself loses next to nothing, what is missing overflowed and took none of the line's time: all that came
/// counts. Otherwise nobody can see whether a missing packet took its time (lost behind the queue) or not: so those steps count
/// that miss none; or if the queue overflows so much that they are few, the rate at which most of the time is
/// spent; or if there is no such rate, all of them and the line's own loss.
fn slope(steps: &[Step], lost: f64) -> Option<f64> {
    let (from, to) = (steps.first()?, steps.last()?);
    let came = to.came.since(from.came);
    let whole = to.whole.since(from.whole);
    if came.time < SHORTEST || came.steps < FEWEST {
        return None;
    }
    if lost < LOSSLESS {
        return came.kbit();
    }
    if f64::from(whole.steps) >= MOSTLY * f64::from(came.steps) && whole.time >= SHORTEST {
        return whole.kbit();
    }
    steady(steps, came).or_else(|| came.kbit().map(|kbit| kbit / (1.0 - lost.min(0.5))))
}

/// The rate of most stretches of some milliseconds, if most agree: a burst of losses is a stretch that does not.
fn steady(steps: &[Step], came: Sum) -> Option<f64> {
    if came.time < came.steps * SLOW_STEP {
        return None;
    }
    let mut stretches = Vec::new();
    let mut from = steps.first()?.came;
    for step in steps {
        let stretch = step.came.since(from);
        if stretch.time >= STRETCH {
            stretches.push((stretch.kbit()?, stretch));
            from = step.came;
        }
    }
    stretches.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (median, _) = *stretches.get(stretches.len() / 2)?;
    let mut agreeing = Sum::default();
    for (_, stretch) in stretches.iter().filter(|(rate, _)| (rate / median - 1.0).abs() <= AGREES) {
        agreeing.add(stretch.bytes, stretch.time);
    }
    let most = f64::from(agreeing.steps) >= MOST * f64::from(u32::try_from(stretches.len()).ok()?);
    if most && stretches.len() >= ENOUGH { agreeing.kbit() } else { None }
}

impl Sum {
    fn add(&mut self, bytes: u64, time: Duration) {
        self.steps += 1;
        self.bytes += bytes;
        self.time += time;
    }

    fn since(self, earlier: Self) -> Self {
        Self {
            steps: self.steps - earlier.steps,
            bytes: self.bytes - earlier.bytes,
            time: self.time - earlier.time,
        }
    }

    fn kbit(self) -> Option<f64> {
        let bytes = u32::try_from(self.bytes).ok()?;
        (self.time > Duration::ZERO).then(|| f64::from(bytes) * 0.008 / self.time.as_secs_f64())
    }
}

/// Lower bound of the 95 % confidence interval of a share (Wilson 1927).
pub fn wilson_low(lost: u32, of: u32) -> f64 {
    if of == 0 {
        return 0.0;
    }
    let (z, n) = (1.96_f64, f64::from(of));
    let p = f64::from(lost) / n;
    let centre = p + z * z / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    ((centre - spread) / (1.0 + z * z / n)).max(0.0)
}

/// The loss to report from what each direction lost: (share, lower bound), from `(lost, of)`.
///
/// Both directions together, unless one of them is surely worse than that: then it speaks for the line.
pub fn loss(down: (u32, u32), up: (u32, u32)) -> (f64, f64) {
    let share = |(lost, of): (u32, u32)| if of == 0 { 0.0 } else { f64::from(lost) / f64::from(of) };
    let both = (down.0 + up.0, down.1 + up.1);
    let worse = if share(down) > share(up) { down } else { up };
    let speaks = if wilson_low(worse.0, worse.1) > share(both) { worse } else { both };
    (share(speaks), wilson_low(speaks.0, speaks.1))
}

#[cfg(test)]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "small numbers"
)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A load growing from 400 to 28 000 kbit/s over a line, with a queue of `queue` bytes, by the millisecond.
    fn synthetic(line_kbit: f64, queue: f64) -> Vec<Arrival> {
        const BYTES: f64 = 1160.0;
        let (mut t, mut pace, mut busy, mut volume, mut seq) = (0.0_f64, 400.0_f64, 0.0_f64, 0_u64, 0);
        let mut arrivals = Vec::new();
        while seq < 345 {
            let start = busy.max(t);
            if (start - t) * line_kbit * 125.0 + BYTES <= queue {
                busy = start + BYTES / (line_kbit * 125.0);
                volume += 1160;
                let at = Duration::from_secs_f64((busy * 1000.0).ceil() / 1000.0);
                arrivals.push(Arrival { seq, at, volume, pace_kbit: pace as u32 });
            }
            seq += 1;
            let gap = BYTES / (pace * 125.0);
            t += gap;
            pace = (pace * (gap / 0.03).exp2()).min(28_000.0);
        }
        arrivals
    }

    #[test]
    fn known_lines() {
        for queue in [16_384.0, 65_536.0, 1_000_000.0] {
            for line in [256.0, 300.0, 500.0, 1_000.0, 4_000.0, 10_000.0, 20_000.0] {
                let found = rate(&synthetic(line, queue), 0.0).unwrap();
                assert!((found / line - 1.0).abs() < 0.05, "{line} with {queue}: {found}");
            }
            assert!(rate(&synthetic(300_000.0, queue), 0.0).unwrap() > 25_000.0);
        }
    }

    #[test]
    fn too_little_is_no_rate() {
        let one = Arrival { seq: 0, at: Duration::ZERO, volume: 1160, pace_kbit: 400 };
        assert_eq!(rate(&[], 0.0), None);
        assert_eq!(rate(&[one], 0.0), None);
        assert_eq!(rate(&[one, one, one, one, one, one], 0.0), None);
    }

    #[test]
    fn wilson_by_hand() {
        assert_eq!(wilson_low(0, 100), 0.0);
        assert_eq!(wilson_low(0, 0), 0.0);
        // By hand: (0.1 + z²/200 − 1.96·√(0.09/100 + z²/40000)) / (1 + z²/100).
        assert!((wilson_low(10, 100) - 0.05523).abs() < 1e-4);
        assert!(wilson_low(25, 100) > 0.16);
    }

    #[test]
    fn one_bad_direction_speaks_for_the_line() {
        assert_eq!(loss((0, 100), (20, 100)).0, 0.2);
        assert_eq!(loss((2, 100), (3, 100)).0, 0.025);
        assert_eq!(loss((0, 0), (0, 0)), (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn never_more_than_came(
            steps in proptest::collection::vec((0_u64..50, 1_u64..2_000, 0_u32..30_000, 0_u32..400), 0..60),
            lost in 0.0..1.0_f64,
        ) {
            let (mut at, mut volume) = (Duration::ZERO, 0);
            let arrivals: Vec<_> = steps.iter().map(|&(ms, bytes, pace_kbit, seq)| {
                at += Duration::from_millis(ms);
                volume += bytes;
                Arrival { seq, at, volume, pace_kbit }
            }).collect();
            if let Some(found) = rate(&arrivals, lost) {
                // No slope covers less than 30 ms, and loss at most doubles it.
                prop_assert!(found >= 0.0 && found <= 2.0 * volume as f64 * 0.008 / 0.03);
            }
        }

        #[test]
        fn the_bound_is_below_the_share(of in 1_u32..2_000, share in 0.0..=1.0_f64) {
            let lost = (f64::from(of) * share) as u32;
            prop_assert!(wilson_low(lost, of) <= f64::from(lost) / f64::from(of) + 1e-9);
        }
    }
}
