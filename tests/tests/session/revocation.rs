//! How long after the person's click the technician's screen is dark, on lines that lose packets.

use std::time::Duration;

use aval_protocol::session::LEASE;
use aval_protocol::wire::codes::EndReason;
use aval_tests::simnet::Loss;
use aval_tests::trio::desk::Does;
use aval_tests::trio::{Setup, Trio, good, machine_address};
use aval_transport::Clock;

const SEEDS: u64 = 100;
/// Of the machine's packets, each way.
const LOSSES: [f64; 2] = [0.05, 0.20];

/// From the click to the dark screen at the console, and to the word that says why; one session for each loss.
async fn learned(seed: u64) -> [[Duration; 2]; 2] {
    let trio = Trio::start(Setup { seed, ..Setup::default() }).await;
    let console = trio.console(&trio.technician).await;
    let mut all = [[Duration::ZERO; 2]; 2];
    for (loss, took) in LOSSES.into_iter().zip(&mut all) {
        trio.net.set_line(machine_address(), good());
        let mut seance = trio.seen(&console).await;
        trio.net.set_line(machine_address(), good().both(|l| l.loss(Loss::Random(loss))));
        // Another phase of the beat with each seed.
        tokio::time::sleep(Duration::from_millis(1_000 + seed * 37 % 500)).await;
        let hands = seance.running.hands().clone();
        trio.until("the screen is seen", || hands.view().hash().is_some()).await;
        let begun = Clock::system().monotonic();
        trio.desk.does(Does::End);
        trio.until("the screen is dark", || hands.view().hash().is_none()).await;
        let dark = Clock::system().monotonic() - begun;
        let (reason, at) = seance.ended().await;
        assert_eq!(reason, EndReason::EndedByPerson);
        *took = [dark, at - begun];
        seance.over().await;
        trio.until("the machine is free", || trio.home.status().is_some_and(|s| !s.in_session)).await;
    }
    all
}

#[test]
fn the_far_side_learns_of_the_end_within_the_lease() {
    let all: Vec<_> = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            scope.spawn(move || {
                let seeds = (0..SEEDS).filter(move |seed| seed % 2 == half);
                seeds.map(|seed| in_virtual_time(learned(seed))).collect::<Vec<_>>()
            })
        });
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    for (i, loss) in LOSSES.into_iter().enumerate() {
        for (j, what) in ["dark", "told why"].into_iter().enumerate() {
            let mut took: Vec<Duration> = all.iter().map(|of_seed| of_seed[i][j]).collect();
            took.sort();
            let (p50, p99, most) = (took[49], took[98], took[99]);
            println!("loss {loss}: {what} after p50 {p50:?}, p99 {p99:?}, at most {most:?}");
            assert!(most <= LEASE, "{took:?}");
            assert!(took[0] >= Duration::from_millis(10), "faster than the line: {took:?}");
        }
    }
}

fn in_virtual_time<T>(world: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.unwrap().block_on(world)
}
