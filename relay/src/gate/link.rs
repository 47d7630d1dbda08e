//! Whether a line is broadband in the sense of clause 4.4: good, degraded or insufficient, by measured facts and thresholds.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::record::LineFacts;

/// Oldest sample that still says something, in seconds.
pub const FRESH_S: i64 = 300;

/// What a line is good for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LinkVerdict {
    /// No session: the clause releases the firm, other help is offered.
    Insufficient,
    /// A session with a reduced picture, and a warning.
    Degraded,
    /// A session.
    Good,
}

/// Where the verdicts part. Rates in kbit/s, round trip in ms, loss in 1/1000.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Thresholds {
    /// Below this towards the client a line is degraded.
    pub good_down_kbit: u32,
    /// Below this from the client a line is degraded.
    pub good_up_kbit: u32,
    /// Above this a line is degraded.
    pub good_rtt_ms: u32,
    /// Above this a line is degraded.
    pub good_loss_permille: u16,
    /// Below this towards the client a line is insufficient.
    pub least_down_kbit: u32,
    /// Below this from the client a line is insufficient.
    pub least_up_kbit: u32,
    /// Above this a line is insufficient.
    pub most_rtt_ms: u32,
    /// Above this, judged on the lower confidence bound, a line is insufficient.
    pub most_loss_permille: u16,
}

/// What an insufficient line does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Insufficient {
    /// Refuses, with other help.
    #[default]
    Refuse,
    /// Warns: the person at the PC says whether it is tried.
    Try,
}

impl Default for Thresholds {
    /// 4 Mbit/s down and 1 up within 150 ms carry a screen well; under 512 and 256 kbit/s typing already feels broken.
    fn default() -> Self {
        Self {
            good_down_kbit: 4000,
            good_up_kbit: 1000,
            good_rtt_ms: 150,
            good_loss_permille: 20,
            least_down_kbit: 512,
            least_up_kbit: 256,
            most_rtt_ms: 900,
            most_loss_permille: 80,
        }
    }
}

impl Thresholds {
    /// Whether a good line is at least as good as the least one.
    pub const fn are_ordered(&self) -> bool {
        self.least_down_kbit <= self.good_down_kbit
            && self.least_up_kbit <= self.good_up_kbit
            && self.most_rtt_ms >= self.good_rtt_ms
            && self.most_loss_permille >= self.good_loss_permille
    }
}

/// What a sample says, if it is one: `None` when it is older than [`FRESH_S`], or from the future by the same clock.
pub fn verdict(line: &LineFacts, thresholds: &Thresholds, now: UnixSeconds) -> Option<LinkVerdict> {
    let age = now.0.checked_sub(line.measured_at.0)?;
    (0..=FRESH_S).contains(&age).then(|| judge(line, thresholds))
}

fn judge(line: &LineFacts, t: &Thresholds) -> LinkVerdict {
    let insufficient = line.down_kbit < t.least_down_kbit
        || line.up_kbit < t.least_up_kbit
        || line.rtt_ms > t.most_rtt_ms
        || line.loss_low_permille > t.most_loss_permille;
    let good = line.down_kbit >= t.good_down_kbit
        && line.up_kbit >= t.good_up_kbit
        && line.rtt_ms <= t.good_rtt_ms
        && line.loss_permille <= t.good_loss_permille;
    match (insufficient, good) {
        (true, _) => LinkVerdict::Insufficient,
        (false, true) => LinkVerdict::Good,
        (false, false) => LinkVerdict::Degraded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_800_000_000);

    fn fibre() -> LineFacts {
        LineFacts {
            measured_at: NOW,
            rtt_ms: 12,
            down_kbit: 20_000,
            up_kbit: 20_000,
            loss_permille: 0,
            loss_low_permille: 0,
        }
    }

    fn of(line: LineFacts) -> Option<LinkVerdict> {
        verdict(&line, &Thresholds::default(), NOW)
    }

    #[test]
    fn clause_4_4_each_threshold_parts_the_verdicts_exactly() {
        use LinkVerdict::{Degraded, Good, Insufficient};
        let cases = [
            (LineFacts { down_kbit: 4000, ..fibre() }, Good),
            (LineFacts { down_kbit: 3999, ..fibre() }, Degraded),
            (LineFacts { down_kbit: 512, ..fibre() }, Degraded),
            (LineFacts { down_kbit: 511, ..fibre() }, Insufficient),
            (LineFacts { up_kbit: 1000, ..fibre() }, Good),
            (LineFacts { up_kbit: 999, ..fibre() }, Degraded),
            (LineFacts { up_kbit: 256, ..fibre() }, Degraded),
            (LineFacts { up_kbit: 255, ..fibre() }, Insufficient),
            (LineFacts { rtt_ms: 150, ..fibre() }, Good),
            (LineFacts { rtt_ms: 151, ..fibre() }, Degraded),
            (LineFacts { rtt_ms: 900, ..fibre() }, Degraded),
            (LineFacts { rtt_ms: 901, ..fibre() }, Insufficient),
            (LineFacts { loss_permille: 20, ..fibre() }, Good),
            (LineFacts { loss_permille: 21, ..fibre() }, Degraded),
            // Three packets of ten lost by chance: the bound, not the share, decides.
            (LineFacts { loss_permille: 300, loss_low_permille: 80, ..fibre() }, Degraded),
            (LineFacts { loss_permille: 300, loss_low_permille: 81, ..fibre() }, Insufficient),
            (LineFacts { down_kbit: 300, up_kbit: 300, ..fibre() }, Insufficient),
        ];
        for (line, expected) in cases {
            assert_eq!(of(line), Some(expected), "{line:?}");
        }
    }

    #[test]
    fn clause_4_4_a_sample_older_than_five_minutes_is_no_sample() {
        let aged = |s| LineFacts { measured_at: UnixSeconds(NOW.0 - s), ..fibre() };
        assert_eq!(of(aged(0)), Some(LinkVerdict::Good));
        assert_eq!(of(aged(300)), Some(LinkVerdict::Good));
        assert_eq!(of(aged(301)), None);
        assert_eq!(of(aged(-1)), None);
        assert_eq!(of(LineFacts { measured_at: UnixSeconds(i64::MIN), ..fibre() }), None);
    }
}
