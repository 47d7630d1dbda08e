//! Numbers for the benches: distributions as they are reported, and what a process costs by `/proc`. Nothing here is asserted.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use aval_transport::Clock;

/// Kernel ticks a second in `/proc/PID/stat`: fixed for programs on Linux (`USER_HZ`, proc(5)).
const TICKS_PER_S: u64 = 100;

/// What a process costs right now.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Resident memory.
    pub rss_kb: u64,
    /// CPU time since its start, user and system.
    pub cpu: Duration,
}

/// Measured times, to be told in milliseconds.
#[derive(Clone, Default, Debug)]
pub struct Times(Vec<Duration>);

/// This moment, by the same clock as the product's.
pub fn now() -> Instant {
    Clock::system().monotonic()
}

// === impl Cost

impl Cost {
    /// Of a process.
    ///
    /// # Errors
    /// When it is gone.
    pub fn of(pid: u32) -> Result<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let rss = rss.and_then(|rss| rss.split_whitespace().next()).context("no VmRSS")?;
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // After `pid (name)`: utime and stime are fields 14 and 15 of the line, 12 and 13 of the rest.
        let rest = stat.rsplit_once(") ").context("no name")?.1;
        let ticks: u64 = rest.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Ok(Self { rss_kb: rss.parse()?, cpu: Duration::from_millis(ticks * 1000 / TICKS_PER_S) })
    }
}

// === impl Times

impl Times {
    /// One more.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The value below which that share (in percent) lies, by the nearest rank; nothing measured is 0.
    pub fn at(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
        sorted.get(rank).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [p50, p95, p99, max] = [50, 95, 99, 100].map(|percent| self.at(percent));
        let n = self.0.len();
        write!(f, "p50 {p50:.1} ms, p95 {p95:.1} ms, p99 {p99:.1} ms, max {max:.1} ms (n = {n})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_of_what_was_measured() {
        let mut times = Times::default();
        for ms in (1..=200).rev() {
            times.push(Duration::from_millis(ms));
        }
        assert_eq!([50, 95, 99, 100].map(|percent| times.at(percent)), [100.0, 190.0, 198.0, 200.0]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_costs_something() {
        assert!(Cost::of(std::process::id()).unwrap().rss_kb > 1000);
    }
}
