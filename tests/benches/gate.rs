//! Decisions of the gate a second, on one core: the pure function alone, without record, network or clock; by the processor's time, so that
//! other work beside it does not count. `cargo bench --bench gate`.

#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "a table for people")]

use std::hint::black_box;
use std::time::Duration;

use aval_relay::facts::{self, Question};
use aval_relay::gate::{Verdict, decide};
use rustix::time::{ClockId, clock_gettime};

/// For how long each row runs, in processor time.
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
    let begun = used();
    let (mut decisions, mut permits) = (0_u64, 0_u64);
    let took = loop {
        for _ in 0..BATCH {
            let verdict = decide(black_box(request), black_box(facts), black_box(*now));
            permits += u64::from(matches!(black_box(verdict), Verdict::Permit(_)));
        }
        decisions += u64::from(BATCH);
        let took = used().saturating_sub(begun);
        if took >= WITHIN {
            break took;
        }
    };
    let each = took.as_secs_f64() / decisions as f64;
    let said = if permits > 0 { "permits" } else { "refuses" };
    println!("{name:<34} {said}  {:>9.0} a second  {:>7.2} µs each", 1.0 / each, each * 1e6);
}

/// What this thread has used of the processor.
fn used() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
