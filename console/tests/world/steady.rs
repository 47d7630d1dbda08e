//! A computer that stands still for most of a second loses the lease, as it must: the screen goes and keys are dropped. A test of
//! something else, long enough to meet such a moment on a busy machine, is begun again after one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aval_transport::Clock;

/// What a sign of life may come late by and still keep the lease of one second: it is sent every quarter.
const LATE: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(20);
const TRIALS: usize = 5;

/// Runs the scenario until it ran on a computer that did not stand still. Its failure counts unless the computer did.
pub(crate) async fn undisturbed<F>(scenario: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    for _ in 0..TRIALS {
        let worst = Arc::new(AtomicU64::new(0));
        let ticker = tokio::spawn(tick(Arc::clone(&worst)));
        let ended = tokio::spawn(scenario()).await;
        ticker.abort();
        let late = Duration::from_millis(worst.load(Ordering::Relaxed));
        match ended {
            Ok(()) => return,
            Err(failure) if late < LATE => std::panic::resume_unwind(failure.into_panic()),
            Err(_) => eprintln!("the computer stood still for {late:?}: again"),
        }
    }
    panic!("the computer stood still in {TRIALS} trials of {TRIALS}: too busy to test on");
}

async fn tick(worst: Arc<AtomicU64>) {
    let clock = Clock::system();
    loop {
        let before = clock.monotonic();
        tokio::time::sleep(TICK).await;
        let late = clock.monotonic().duration_since(before).saturating_sub(TICK);
        worst.fetch_max(u64::try_from(late.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
