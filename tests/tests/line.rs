//! The measurement of a line on the ladder: truth against result, bytes and virtual time, over several seeds.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "a failed step fails the test")]

use aval_protocol::line::{BUDGET, DURATION, LineError, TOP_KBIT};
use aval_relay::measure::MeasureError;
use aval_tests::ladder::{LADDER, Measured, Rung, measure};
use aval_tests::simnet::pair::{client_address, configs, pair};
use aval_tests::simnet::{Line, Loss, SimNet};
use aval_transport::Clock;
use aval_transport::socket::{Socket, endpoint};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=6;

/// Whether a result may stand for the truth: 10 % up to 4 Mbit/s, 25 % up to 20, "at least" above; radio with jitter and loss
/// gets half as much again.
fn close(found: u32, truth: u64, radio: bool) -> bool {
    let truth = truth as f64;
    let found = f64::from(found);
    let width = if truth <= 4_000.0 { 0.10 } else { 0.25 } * if radio { 1.5 } else { 1.0 };
    if truth > f64::from(TOP_KBIT) {
        return found >= 0.75 * f64::from(TOP_KBIT);
    }
    (found / truth - 1.0).abs() <= width
}

async fn check(rung: &Rung, seed: u64, radio: bool) -> Measured {
    let measured = measure(seed, rung.line()).await.unwrap();
    let facts = measured.facts;
    assert!(close(facts.down_kbit, rung.down, radio), "{} seed {seed}: {facts:?}", rung.name);
    assert!(close(facts.up_kbit, rung.up, radio), "{} seed {seed}: {facts:?}", rung.name);
    assert!(measured.took <= DURATION, "{} seed {seed}: {:?}", rung.name, measured.took);
    assert!(
        measured.bytes.0 <= BUDGET && measured.bytes.1 <= BUDGET,
        "{} seed {seed}: {:?}",
        rung.name,
        measured.bytes
    );
    let rtt = u64::from(facts.rtt_ms) + 2 * rung.jitter_ms;
    assert!(
        (rung.rtt_ms..rung.rtt_ms + 30 + 3 * rung.jitter_ms).contains(&rtt),
        "{} seed {seed}: {facts:?}",
        rung.name
    );
    measured
}

#[tokio::test(start_paused = true)]
async fn each_rung_is_found() {
    for rung in &LADDER[..7] {
        for seed in SEEDS {
            let facts = check(rung, seed, rung.jitter_ms > 5).await.facts;
            // What the load made overflow is not the line's loss.
            if rung.loss.share() == 0.0 {
                assert_eq!(facts.loss_permille, 0, "{} seed {seed}: {facts:?}", rung.name);
            }
            assert!(facts.loss_low_permille <= 40, "{} seed {seed}: {facts:?}", rung.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_absurd_line_is_known_as_such() {
    for seed in SEEDS {
        let measured = measure(seed, LADDER[7].line()).await.unwrap();
        let facts = measured.facts;
        assert!(facts.down_kbit < 512 && facts.loss_low_permille > 80, "seed {seed}: {facts:?}");
        assert!(facts.rtt_ms >= 800 && measured.took <= DURATION, "seed {seed}: {measured:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn rates_over_round_trips_and_queues() {
    for kbit in [300, 500, 1_000, 4_000, 20_000] {
        for (rtt_ms, queue_ms) in [(10, 0), (40, 100), (300, 100), (900, 500)] {
            for seed in SEEDS {
                let rung = Rung { queue_ms, ..Rung::plain(kbit, kbit, rtt_ms) };
                let facts = check(&rung, seed, false).await.facts;
                assert_eq!(facts.loss_permille, 0, "{kbit} kbit/s {rtt_ms} ms seed {seed}: {facts:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lost_packets_are_told_from_a_narrow_line() {
    let mut above = 0;
    for kbit in [300, 1_000, 4_000, 20_000] {
        for seed in SEEDS {
            let rung = Rung { loss: Loss::Random(0.15), ..Rung::plain(kbit, kbit, 40) };
            let facts = check(&rung, seed, true).await.facts;
            assert!((90..=210).contains(&facts.loss_permille), "{kbit} kbit/s seed {seed}: {facts:?}");
            above += u32::from(facts.loss_low_permille > 150);
        }
    }
    // A 95 % bound may be on the wrong side now and then: here of 24 times.
    assert!(above <= 2, "the bound was above the truth {above} times");
}

#[tokio::test(start_paused = true)]
async fn a_bloated_queue_does_not_hide_the_result() {
    for seed in SEEDS {
        let rung = Rung { queue_ms: 2_000, ..Rung::plain(5_000, 800, 40) };
        check(&rung, seed, false).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_result() {
    let first = measure(9, LADDER[4].line()).await.unwrap();
    let again = measure(9, LADDER[4].line()).await.unwrap();
    assert_eq!((first.facts, first.took, first.bytes), (again.facts, again.took, again.bytes));
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_cut_off_is_not_measured() {
    for silent in [true, false] {
        let net = SimNet::new(1);
        let clock = Clock::system();
        let pair = pair(&net, Line::kbit(5_000, 800, 40)).await.unwrap();
        let agent = tokio::spawn(aval_agent::measure::run(pair.client.clone(), 7, clock.clone()));
        let (send, recv) = pair.server.accept_bi().await.unwrap();
        net.partition(client_address(), silent);
        let result = aval_relay::measure::run(pair.server, send, recv, clock).await;
        if silent {
            assert!(matches!(result, Err(MeasureError::Line(LineError::Silent))), "{result:?}");
            assert!(agent.await.unwrap().is_err());
        } else {
            // The honest twin hears what the relay found.
            assert_eq!(agent.await.unwrap().unwrap(), Some(result.unwrap()));
        }
    }
}

#[tokio::test]
async fn real_sockets_carry_a_measurement() {
    let (client_config, server_config) = configs().unwrap();
    let anywhere = || Socket::Udp(([127, 0, 0, 1], 0).into());
    let server = endpoint(anywhere(), Some(server_config)).unwrap();
    let client = endpoint(anywhere(), None).unwrap();
    let connecting = client.connect_with(client_config, server.local_addr().unwrap(), "relay").unwrap();
    let (at_client, at_server) =
        tokio::join!(connecting, async { server.accept().await.unwrap().await.unwrap() });
    let agent = tokio::spawn(aval_agent::measure::run(at_client.unwrap(), 7, Clock::system()));
    let (send, recv) = at_server.accept_bi().await.unwrap();
    let facts = aval_relay::measure::run(at_server, send, recv, Clock::system()).await.unwrap();
    assert!(facts.down_kbit > 0 && facts.up_kbit > 0, "{facts:?}");
    assert_eq!(agent.await.unwrap().unwrap(), Some(facts));
    println!("loopback: {facts:?}");
}
