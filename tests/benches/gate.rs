//! Decisions of the gate a second, on one core: the pure function alone, without record, network or clock. `cargo bench --bench gate`.

#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "a table for people")]

use std::hint::black_box;
use std::time::Duration;

use aval_relay::facts::{self, Question};
use aval_relay::gate::{Verdict, decide};
use aval_transport::Clock;

/// For how long each row runs.
const WITHIN: Duration = Duration::from_secs(3);
/// Decisions between two looks at the clock.
const BATCH: u32 = 200;

fn main() -> anyhow::Result<()> {
    let armistice = include_str!("../../docs/examples/explain-armistice.json");
    let every_key = include_str!("../../docs/examples/explain-every-key.json");
    // The same facts a day later: a working day on which nothing stands against the request.
    let permitted = armistice.replace("2026-11-11T", "2026-11-12T");
    for (name, document) in [
        ("a permit", &*permitted),
        ("out of hours, with help offered", armistice),
        ("every fact there is", every_key),
    ] {
        let question = facts::read(document.as_bytes())?;
        report(name, &question);
    }
    Ok(())
}

fn report(name: &str, Question { request, facts, now }: &Question) {
    let clock = Clock::system();
    let begun = clock.monotonic();
    let (mut decisions, mut permits) = (0_u64, 0_u64);
    let took = loop {
        for _ in 0..BATCH {
            let verdict = decide(black_box(request), black_box(facts), black_box(*now));
            permits += u64::from(matches!(black_box(verdict), Verdict::Permit(_)));
        }
        decisions += u64::from(BATCH);
        let took = clock.monotonic().saturating_duration_since(begun);
        if took >= WITHIN {
            break took;
        }
    };
    let each = took.as_secs_f64() / decisions as f64;
    let said = if permits > 0 { "permits" } else { "refuses" };
    println!("{name:<34} {said}  {:>9.0} a second  {:>7.2} µs each", 1.0 / each, each * 1e6);
}
