//! Both machines over a line in a few lines: the honest case, and what a hostile or broken end can do.

use std::collections::VecDeque;

use super::*;

const WALL: UnixSeconds = UnixSeconds(1_800_000_000);
const MS: Duration = Duration::from_millis(1);

/// A direction: fixed delay, a rate, a queue that is never full.
struct Wire {
    kbit: u64,
    delay: Duration,
    busy: Instant,
    volume: u64,
    on_it: VecDeque<(Instant, Vec<u8>)>,
}

impl Wire {
    fn new(now: Instant, kbit: u64, delay_ms: u64) -> Self {
        let delay = Duration::from_millis(delay_ms);
        Self { kbit, delay, busy: now, volume: 0, on_it: VecDeque::new() }
    }

    fn send(&mut self, now: Instant, bytes: Vec<u8>) {
        let wire = bytes.len() as u64 + 60;
        self.busy = self.busy.max(now) + Duration::from_micros(wire * 8_000 / self.kbit);
        self.on_it.push_back((self.busy + self.delay, bytes));
    }

    fn receive(&mut self, now: Instant) -> Option<(Vec<u8>, u64)> {
        self.on_it.front().filter(|(at, _)| *at <= now)?;
        let (_, bytes) = self.on_it.pop_front()?;
        self.volume += bytes.len() as u64 + 60;
        Some((bytes, self.volume))
    }
}

/// Runs both ends, each packet of the agent's passing through `agent`.
#[allow(clippy::disallowed_methods, reason = "any moment will do to start from")]
fn measure(
    down: u64,
    up: u64,
    rtt_ms: u64,
    mut agent: impl FnMut(Vec<u8>) -> Option<Vec<u8>>,
) -> (Result<LineFacts, LineError>, Duration) {
    let begun = Instant::now();
    let (mut to_agent, mut to_relay) =
        (Wire::new(begun, down, rtt_ms / 2), Wire::new(begun, up, rtt_ms - rtt_ms / 2));
    let (mut relay_end, mut agent_end) = (End::relay(begun), End::agent(begun));
    let mut now = begun;
    loop {
        while let Some((bytes, volume)) = to_agent.receive(now) {
            agent_end.handle_packet(now, &bytes, volume).unwrap();
        }
        while let Some((bytes, volume)) = to_relay.receive(now) {
            let _ = relay_end.handle_packet(now, &bytes, volume);
        }
        while let Some(bytes) = relay_end.poll_transmit(now) {
            to_agent.send(now, bytes);
        }
        while let Some(bytes) = agent_end.poll_transmit(now) {
            if let Some(bytes) = agent(bytes) {
                to_relay.send(now, bytes);
            }
        }
        if let Some(result) = relay_end.poll_result(now, WALL) {
            return (result, now - begun);
        }
        now += MS;
    }
}

fn forged(change: impl Fn(&mut ProbePacket) + Copy) -> impl FnMut(Vec<u8>) -> Option<Vec<u8>> {
    move |bytes| {
        let mut packet = ProbePacket::decode(&bytes).unwrap();
        change(&mut packet);
        packet.encode(bytes.len()).ok()
    }
}

#[test]
fn an_honest_line_is_found() {
    let (facts, took) = measure(5_000, 800, 40, Some);
    let facts = facts.unwrap();
    assert!(facts.down_kbit.abs_diff(5_000) < 300, "{facts:?}");
    assert!(facts.up_kbit.abs_diff(800) < 60, "{facts:?}");
    assert!((40..60).contains(&facts.rtt_ms), "{facts:?}");
    assert_eq!((facts.loss_permille, facts.loss_low_permille), (0, 0));
    assert!(took <= DURATION);
}

#[test]
fn a_fast_line_is_told_from_one_at_the_top() {
    assert_eq!(measure(300_000, 300_000, 8, Some).0.unwrap().down_kbit, TOP_KBIT);
    assert!(measure(10_000, 10_000, 8, Some).0.unwrap().down_kbit.abs_diff(10_000) < 500);
}

#[test]
fn a_claim_above_what_was_sent_is_cut() {
    let (facts, _) = measure(2_000, 2_000, 40, forged(|p| p.seen.rate_kbit = u32::MAX));
    assert_eq!(facts.unwrap().down_kbit, TOP_KBIT);
    // A claim does not help the other direction, which the relay sees for itself.
    let (facts, _) = measure(2_000, 300, 40, forged(|p| p.seen.rate_kbit = u32::MAX));
    assert!(facts.unwrap().up_kbit < 330);
}

#[test]
fn a_pace_that_is_a_lie_makes_nothing_faster() {
    for pace_kbit in [0, 1, u32::MAX] {
        let lie = forged(move |p| {
            if let PacketKind::Load { .. } = p.kind {
                p.kind = PacketKind::Load { pace_kbit };
            }
        });
        assert!(measure(2_000, 300, 40, lie).0.unwrap().up_kbit <= 330);
    }
}

#[test]
fn counts_that_cannot_be_do_not_overflow() {
    let (facts, _) = measure(2_000, 2_000, 40, forged(|p| (p.seen.got, p.seen.of) = (u16::MAX, 0)));
    assert_eq!(facts.unwrap().loss_permille, 0);
    let (facts, _) = measure(2_000, 2_000, 40, forged(|p| (p.seq, p.sent_us) = (u32::MAX, u32::MAX)));
    assert!(facts.is_ok());
}

#[test]
fn a_silent_agent_is_an_error_in_time() {
    let (facts, took) = measure(2_000, 2_000, 40, |_| None);
    assert_eq!((facts, took), (Err(LineError::Silent), DURATION));
}

#[test]
fn garbage_is_refused_and_changes_nothing() {
    let mut n = 0_u8;
    let (facts, _) = measure(5_000, 800, 40, |bytes| {
        n = n.wrapping_add(1);
        Some(if n.is_multiple_of(7) { vec![0xff; usize::from(n)] } else { bytes })
    });
    assert!(facts.unwrap().down_kbit.abs_diff(5_000) < 300);
    assert!(ProbePacket::decode(&[0; PACKET + 1]).is_err());
    assert!(ProbePacket::decode(&[]).is_err());
}

#[test]
fn no_end_sends_more_than_its_budget() {
    let (mut sent, mut packets) = (0, 0);
    measure(300_000, 300_000, 800, |bytes| {
        sent += bytes.len() as u64 + 60;
        packets += 1;
        Some(bytes)
    })
    .0
    .unwrap();
    assert!(sent < BUDGET * 9 / 10 && packets < 1_000, "{sent} in {packets}");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "any moment will do to start from")]
fn an_end_whose_time_is_up_asks_for_nothing_more() {
    let now = Instant::now();
    let mut agent = End::agent(now);
    assert_eq!(agent.poll_timeout(), None);
    let first = End::relay(now).poll_transmit(now).unwrap();
    agent.handle_packet(now, &first, 100).unwrap();
    let later = now + 2 * DURATION;
    assert!(agent.poll_timeout().is_some_and(|at| at < later));
    assert_eq!((agent.poll_transmit(later), agent.poll_timeout()), (None, None));
}
