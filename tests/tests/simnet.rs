//! The simulated network itself: what it says of a line is true, and the same seed tells the same story.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "a failed step fails the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aval_tests::simnet::pair::{client_address, pair};
use aval_tests::simnet::{Line, Loss, SimNet};
use aval_transport::{Clock, steer};

/// Sends `bytes` up, and returns for how long that took.
async fn upload(net: &SimNet, line: Line, bytes: usize) -> Duration {
    let clock = Clock::system();
    let pair = pair(net, line).await.unwrap();
    let begun = clock.monotonic();
    let (mut send, _recv) = pair.client.open_bi().await.unwrap();
    let reading = async {
        let (_send, mut recv) = pair.server.accept_bi().await.unwrap();
        recv.read_to_end(bytes).await.unwrap().len()
    };
    let writing = async {
        send.write_all(&vec![7; bytes]).await.unwrap();
        send.finish().unwrap();
    };
    let (got, ()) = tokio::join!(reading, writing);
    assert_eq!(got, bytes);
    clock.monotonic() - begun
}

#[tokio::test(start_paused = true)]
async fn same_seed_same_story() {
    let line = || Line::kbit(4_000, 1_000, 40).both(|l| l.loss(Loss::bursts(0.02, 3.0)).jitter(5));
    let mut traces = Vec::new();
    for seed in [1, 1, 1, 2] {
        let net = SimNet::new(seed);
        let took = upload(&net, line(), 100_000).await;
        traces.push((net.trace(), took));
    }
    assert_eq!(traces[0], traces[1]);
    assert_eq!(traces[0], traces[2]);
    assert_ne!(traces[0].0, traces[3].0);
}

#[tokio::test(start_paused = true)]
async fn a_rate_is_kept() {
    let net = SimNet::new(3);
    let took = upload(&net, Line::kbit(20_000, 1_000, 20), 500_000).await;
    // 500 kB at 1 Mbit/s are 4 s, plus QUIC's and IP's share and the start.
    assert!((4.0..5.0).contains(&took.as_secs_f64()), "{took:?}");
    let (up, down) = net.counters(client_address());
    assert!(up.bytes > 500_000 && down.bytes < 50_000, "{up:?} {down:?}");
}

#[tokio::test(start_paused = true)]
async fn a_partition_silences_and_heals() {
    let net = SimNet::new(4);
    let pair = pair(&net, Line::kbit(4_000, 1_000, 40)).await.unwrap();
    net.partition(client_address(), true);
    pair.client.send_datagram("lost".into()).unwrap();
    assert!(tokio::time::timeout(Duration::from_secs(3), pair.server.read_datagram()).await.is_err());
    net.partition(client_address(), false);
    pair.client.send_datagram("heard".into()).unwrap();
    assert_eq!(&pair.server.read_datagram().await.unwrap()[..], b"heard");
}

#[tokio::test(start_paused = true)]
async fn a_connection_survives_a_rebinding() {
    let net = SimNet::new(5);
    let pair = pair(&net, Line::kbit(4_000, 1_000, 40)).await.unwrap();
    let new = ([10, 0, 0, 9], 6000).into();
    net.rebind(client_address(), new);
    pair.client.send_datagram("here now".into()).unwrap();
    assert_eq!(&pair.server.read_datagram().await.unwrap()[..], b"here now");
    pair.server.send_datagram("seen".into()).unwrap();
    assert_eq!(&pair.client.read_datagram().await.unwrap()[..], b"seen");
    assert_eq!(pair.server.remote_address(), new);
}

#[tokio::test(start_paused = true)]
async fn loss_is_as_announced_and_a_tap_sees_all() {
    let net = SimNet::new(6);
    let seen = Arc::new(AtomicUsize::new(0));
    let tapped = Arc::clone(&seen);
    net.tap(move |_, _, bytes| {
        tapped.fetch_add(bytes.len(), Ordering::Relaxed);
    });
    let line = Line::kbit(20_000, 20_000, 20);
    let pair = pair(&net, line).await.unwrap();
    net.set_line(client_address(), line.both(|l| l.loss(Loss::bursts(0.10, 4.0))));
    assert!(steer::unbound(&pair.client));
    let (before, _) = net.counters(client_address());
    for _ in 0..5_000 {
        pair.client.send_datagram(vec![1; 100].into()).unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let (up, _) = net.counters(client_address());
    let share = (up.lost - before.lost) as f64 / (up.packets - before.packets) as f64;
    assert!((0.07..0.13).contains(&share), "{share}");
    assert!(seen.load(Ordering::Relaxed) > 500_000);
}

#[tokio::test(start_paused = true)]
async fn a_lifted_window_fills_the_line_at_once() {
    let net = SimNet::new(7);
    let pair = pair(&net, Line::kbit(20_000, 20_000, 600).both(|l| l.queue(200_000))).await.unwrap();
    let clock = Clock::system();
    for lift in [false, true] {
        let begun = clock.monotonic();
        if lift {
            assert!(steer::unbound(&pair.client));
        }
        for _ in 0..100 {
            pair.client.send_datagram(vec![1; 1000].into()).unwrap();
        }
        for _ in 0..100 {
            pair.server.read_datagram().await.unwrap();
        }
        let took = clock.monotonic() - begun;
        // 100 kB take 0.3 s + 0.04 s of this line; quinn's own window needs several round trips.
        assert_eq!(took < Duration::from_millis(400), lift, "{took:?}");
    }
    assert!(steer::fix_window(&pair.client, None));
}
