//! The degradation ladder: the lines French clients have, as the simulated network sees them, and one measurement of a line.

use std::time::Duration;

use anyhow::Context;
use aval_protocol::wire::link::Head;
use aval_protocol::wire::record::LineFacts;
use aval_transport::{Clock, FrameReader};

use crate::simnet::pair::{client_address, pair};
use crate::simnet::{Line, Loss, SimNet};

/// A kind of line.
#[derive(Clone, Copy, Debug)]
pub struct Rung {
    /// What people call it.
    pub name: &'static str,
    /// Down, kbit/s of IP.
    pub down: u64,
    /// Up, kbit/s of IP.
    pub up: u64,
    /// Round trip without queues, ms.
    pub rtt_ms: u64,
    /// Variation of each packet's delay, ms either way.
    pub jitter_ms: u64,
    /// Each way.
    pub loss: Loss,
    /// Each way, ms of the line's rate; never less than 16 KiB.
    pub queue_ms: u64,
}

/// One measurement and what it cost.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// The result.
    pub facts: LineFacts,
    /// From the relay's first packet to its result.
    pub took: Duration,
    /// Bytes each way (down, up), IP and UDP headers included, as handed to the line.
    pub bytes: (u64, u64),
}

/// From the best line to one that is of no use.
pub const LADDER: [Rung; 8] = [
    Rung { jitter_ms: 0, ..rung("FTTH 300/300", 300_000, 300_000, 8) },
    Rung { queue_ms: 50, ..rung("VDSL 50/10", 50_000, 10_000, 22) },
    rung("ADSL 5/0.8", 5_000, 800, 40),
    Rung { jitter_ms: 20, loss: Loss::Random(0.003), ..rung("4G 20/5", 20_000, 5_000, 60) },
    Rung { jitter_ms: 20, loss: Loss::Random(0.02), queue_ms: 300, ..rung("weak 4G 2/0.5", 2_000, 500, 120) },
    rung("300 kbit/s", 300, 300, 80),
    Rung { loss: Loss::Random(0.005), ..rung("satellite 20/3", 20_000, 3_000, 600) },
    Rung {
        // A quarter lost in bursts of 4 packets: enter = leave · 0.25 / 0.75.
        loss: Loss::Bursts { enter: 0.25 / 3.0, leave: 0.25, bad: 1.0 },
        queue_ms: 500,
        ..rung("absurd 0.256/0.256", 256, 256, 800)
    },
];

const fn rung(name: &'static str, down: u64, up: u64, rtt_ms: u64) -> Rung {
    Rung { name, down, up, rtt_ms, jitter_ms: 1, loss: Loss::None, queue_ms: 100 }
}

impl Rung {
    /// The same rate both ways.
    pub const fn plain(down: u64, up: u64, rtt_ms: u64) -> Self {
        rung("plain", down, up, rtt_ms)
    }

    /// As the simulated network's line.
    pub fn line(&self) -> Line {
        Line::kbit(self.down, self.up, self.rtt_ms)
            .both(|l| l.queue_ms(self.queue_ms).jitter(self.jitter_ms).loss(self.loss))
    }
}

/// Measures a line with the product's own two ends over a new connection.
///
/// # Errors
/// When the line can't be measured.
pub async fn measure(seed: u64, line: Line) -> anyhow::Result<Measured> {
    let net = SimNet::new(seed);
    let clock = Clock::starting_at(aval_protocol::id::UnixSeconds(1_800_000_000));
    // The handshake is not what is measured here: at a quarter of packets lost it takes what it takes.
    let pair = pair(&net, line).await.context("handshake")?;
    let agent = tokio::spawn(aval_agent::measure::run(pair.client.clone(), 7, clock.clone()));
    let (send, recv) = pair.server.accept_bi().await.context("stream")?;
    let mut reader = FrameReader::new(recv);
    let head: Head = reader.read().await.context("head")?;
    anyhow::ensure!(head == Head::Probe { token: 7 }, "{head:?}");
    let (up_before, down_before) = net.counters(client_address());
    let begun = clock.monotonic();
    let facts = aval_relay::measure::run(pair.server, send, reader.into_inner(), clock.clone())
        .await
        .context("measurement")?;
    let took = clock.monotonic() - begun;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (up, down) = net.counters(client_address());
    agent.abort();
    Ok(Measured { facts, took, bytes: (down.bytes - down_before.bytes, up.bytes - up_before.bytes) })
}
