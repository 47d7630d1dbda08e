//! How good this computer's line to the relay is, in three words: what QUIC has seen on it lately.

use aval_protocol::text::console::desk as text;
use serde_json::{Value, json};

use crate::link::Console;
use crate::say::Said;

/// Round trips up to which working is pleasant, and bearable, in ms.
const GOOD_MS: u128 = 150;
const FAIR_MS: u128 = 400;
/// Packets lost of those sent lately, in 1/1000.
const GOOD_LOSS: u64 = 20;
const FAIR_LOSS: u64 = 80;
/// Packets that a share of losses needs to mean something.
const ENOUGH: u64 = 50;

/// What was seen on the line.
#[derive(Debug)]
pub(super) struct Quality {
    rtt_ms: u128,
    /// Sent and lost, when a share of them was last told.
    counted: (u64, u64),
    loss: u64,
}

// === impl Quality

impl Quality {
    /// As QUIC sees it now.
    pub(super) fn new(console: &Console) -> Self {
        let (rtt_ms, counted) = seen(console);
        Self { rtt_ms, counted, loss: 0 }
    }

    /// Looks again.
    pub(super) fn look(&mut self, console: &Console) {
        let (rtt_ms, (sent, lost)) = seen(console);
        self.rtt_ms = rtt_ms;
        let sent_since = sent.saturating_sub(self.counted.0);
        if sent_since >= ENOUGH {
            self.loss = lost.saturating_sub(self.counted.1) * 1000 / sent_since;
            self.counted = (sent, lost);
        }
    }

    /// For the page.
    pub(super) fn now(&self) -> Value {
        let code = word(self.rtt_ms, self.loss);
        let said = Said::of(|l| text::quality(l, code));
        json!({ "rtt_ms": self.rtt_ms, "quality": { "code": code, "fr": said.fr, "en": said.en } })
    }
}

fn seen(console: &Console) -> (u128, (u64, u64)) {
    let path = console.line.connection.stats().path;
    (path.rtt.as_millis(), (path.sent_packets, path.lost_packets))
}

fn word(rtt_ms: u128, loss: u64) -> &'static str {
    match () {
        () if rtt_ms <= GOOD_MS && loss <= GOOD_LOSS => "good",
        () if rtt_ms <= FAIR_MS && loss <= FAIR_LOSS => "fair",
        () => "poor",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_way_or_losses_make_a_line_worse() {
        assert_eq!([word(20, 0), word(150, 20)], ["good", "good"]);
        assert_eq!([word(151, 0), word(20, 21), word(400, 80)], ["fair", "fair", "fair"]);
        assert_eq!([word(401, 0), word(20, 81)], ["poor", "poor"]);
    }
}
