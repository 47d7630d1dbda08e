//! The measurement of a line against the truth: `cargo bench -p aval-tests --bench line`. Simulated network, virtual time.

#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "a table for people")]

use aval_tests::ladder::{LADDER, Rung, measure};
use aval_tests::simnet::Loss;

const SEEDS: u64 = 10;

fn main() -> anyhow::Result<()> {
    println!(
        "{:<20} {:>7} {:>7}  {:>17}  {:>17}  {:>9}  {:>13}  {:>6}  {:>11}",
        "line", "down", "up", "down found", "up found", "rtt ms", "loss ‰ (low)", "s", "kB down/up"
    );
    for kbit in [300, 500, 1_000, 4_000, 20_000] {
        for (rtt_ms, queue_ms) in [(10, 0), (40, 100), (300, 100), (900, 500)] {
            let name = format!("{} Mbit/s, {rtt_ms} ms", kbit as f64 / 1000.0);
            report(&name, &Rung { queue_ms, ..Rung::plain(kbit, kbit, rtt_ms) })?;
        }
    }
    for rung in LADDER {
        report(rung.name, &rung)?;
    }
    let hard = Rung { queue_ms: 0, ..Rung::plain(1_000, 1_000, 40) };
    for (name, down, up, loss) in [
        ("15 % random", 300, 300, Loss::Random(0.15)),
        ("15 % random", 1_000, 1_000, Loss::Random(0.15)),
        ("15 % random", 4_000, 4_000, Loss::Random(0.15)),
        ("15 % random", 20_000, 20_000, Loss::Random(0.15)),
        ("10 % in bursts", 1_000, 1_000, Loss::bursts(0.10, 4.0)),
        ("10 % in bursts", 4_000, 4_000, Loss::bursts(0.10, 4.0)),
        ("10 % in bursts", 20_000, 20_000, Loss::bursts(0.10, 4.0)),
    ] {
        report(name, &Rung { down, up, loss, ..hard })?;
        report("… and 900 ms", &Rung { down, up, loss, rtt_ms: 900, ..hard })?;
    }
    for kbit in [300, 1_000, 4_000, 20_000] {
        report("jitter ±20 ms", &Rung { jitter_ms: 20, ..Rung::plain(kbit, kbit, 60) })?;
    }
    report("5/0.8, 16 KiB", &Rung { down: 5_000, up: 800, ..hard })?;
    report("5/0.8, 2 s queue", &Rung { down: 5_000, up: 800, queue_ms: 2_000, ..hard })?;
    report("1, 500 ms queue", &Rung { queue_ms: 500, ..hard })?;
    Ok(())
}

/// One row: the least and the most over all seeds.
fn report(name: &str, rung: &Rung) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for seed in 1..=SEEDS {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
        match runtime.block_on(measure(seed, rung.line())) {
            Ok(row) => rows.push(row),
            Err(error) => println!("{name}: seed {seed}: {error:#}"),
        }
    }
    let range = |of: &dyn Fn(&aval_tests::ladder::Measured) -> u64| {
        let values = rows.iter().map(of);
        format!("{}–{}", values.clone().min().unwrap_or(0), values.max().unwrap_or(0))
    };
    println!(
        "{name:<20} {:>7} {:>7}  {:>17}  {:>17}  {:>9}  {:>13}  {:>6}  {:>11}",
        rung.down,
        rung.up,
        range(&|m| m.facts.down_kbit.into()),
        range(&|m| m.facts.up_kbit.into()),
        range(&|m| m.facts.rtt_ms.into()),
        format!(
            "{} ({})",
            range(&|m| m.facts.loss_permille.into()),
            range(&|m| m.facts.loss_low_permille.into())
        ),
        rows.iter().map(|m| m.took.as_millis()).max().unwrap_or(0) as f64 / 1000.0,
        format!(
            "{}/{}",
            rows.iter().map(|m| m.bytes.0).max().unwrap_or(0) / 1000,
            rows.iter().map(|m| m.bytes.1).max().unwrap_or(0) / 1000
        ),
    );
    Ok(())
}
