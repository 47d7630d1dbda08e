//! Whatever a relay does to the bytes: flipped, cut, dropped, repeated, moved. Nobody is fooled, and an honest line still works.

use std::time::Duration;

use proptest::prelude::*;

use super::pair::{BOTH, Pair, Way, World, honest, yes};
use crate::id::{Epoch, SessionId};
use crate::seal::{DATAGRAM, session_of};
use crate::session::agent::Local;
use crate::session::{LEASE, console};
use crate::wire::codes::EndReason;

type Hand = fn(Vec<u8>) -> Vec<Vec<u8>>;

/// What the line does to the piece with one number of one way.
fn tamper(
    target: Way,
    number: usize,
    mut hand: impl FnMut(Vec<u8>) -> Vec<Vec<u8>> + 'static,
) -> super::pair::Line {
    let mut seen = 0;
    Box::new(move |way, bytes| {
        if way != target {
            return vec![bytes];
        }
        seen += 1;
        if seen == number { hand(bytes) } else { vec![bytes] }
    })
}

/// The session as far as it goes with that line.
fn run(line: super::pair::Line) -> Pair {
    let mut pair = World::new().pair();
    pair.line = line;
    pair.exchange();
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(BOTH)));
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    pair.pass_s(1);
    pair
}

#[test]
fn a_flipped_byte_under_seal_ends_the_session() {
    // To the agent: hello, certificate with its proof, request. To the console: the machine's proof, commitment, reveal…
    for (way, number) in [(Way::ToAgent, 2), (Way::ToAgent, 3), (Way::ToConsole, 2), (Way::ToConsole, 3)] {
        // From the end: the tag and what it seals. (Of a record's header, some bytes only make the other side wait for more.)
        for at in [1, 16, 17, 30] {
            let pair = run(tamper(way, number, move |mut bytes| {
                let at = bytes.len() - at;
                bytes[at] ^= 1;
                vec![bytes]
            }));
            let (over, other) = match way {
                Way::ToAgent => (pair.agent_over(), pair.console_over()),
                _ => (pair.console_over(), pair.agent_over()),
            };
            assert_eq!(over, Some(EndReason::SealBroken), "{way:?} {number} {at}");
            assert!(!pair.lit() && pair.start().is_none_or(|_| other.is_some()), "{way:?} {number} {at}");
        }
    }
}

#[test]
fn dropped_repeated_and_swapped_pieces_end_the_session() {
    let mut kept = Vec::new();
    let hands: [Hand; 3] = [
        |_| Vec::new(),
        |bytes| vec![bytes.clone(), bytes],
        |bytes| vec![bytes[7..].to_vec(), bytes[..7].to_vec()],
    ];
    for hand in hands {
        let mut pair = World::new().living();
        pair.line = tamper(Way::ToConsole, 2, hand);
        pair.pass_s(3);
        kept.push(pair.console_over());
    }
    assert_eq!(kept, [Some(EndReason::SealBroken); 3]);
    let mut twin = World::new().living();
    twin.line = honest();
    twin.pass_s(3);
    assert_eq!(twin.console_over(), None);
}

#[test]
fn a_piece_cut_short_is_waited_for_until_the_time_is_over() {
    let mut pair = World::new().pair();
    pair.line = tamper(Way::ToAgent, 1, |bytes| vec![bytes[..bytes.len() - 1].to_vec()]);
    pair.exchange();
    assert_eq!((pair.agent_over(), pair.ask()), (None, None));
    pair.pass_s(15);
    assert_eq!((pair.agent_over(), pair.ask()), (Some(EndReason::PeerSilent), None));
}

#[test]
fn garbage_instead_of_a_handshake_asks_nobody() {
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0; 64], &[0xff; 64], &[22, 3, 1, 0xff, 0xff, 1]] {
        let mut pair = World::new().pair();
        pair.line = Box::new(move |_, _| vec![garbage.to_vec()]);
        pair.exchange();
        pair.pass_s(20);
        assert_eq!((pair.ask(), pair.match_code()), (None, None));
        assert!(pair.agent_over().is_some() && pair.console_over().is_some());
    }
}

#[test]
fn a_datagram_is_taken_once_in_order_and_unchanged() {
    let mut pair = World::new().living();
    let taken = pair.datagrams.clone();
    // The line goes dead; whatever passes now, a hand brings.
    pair.line = Box::new(|_, _| Vec::new());
    pair.pass(2 * LEASE);
    assert!(!pair.lit());
    let newest = pair.datagrams.last().unwrap().1.clone();
    let older = pair.datagrams[pair.datagrams.len() - 2].1.clone();
    assert!(pair.datagrams.iter().all(|(_, bytes)| bytes.len() == DATAGRAM));
    assert_eq!(session_of(&newest), Some(SessionId([0x5e; 16])));
    for (_, replayed) in &taken {
        pair.deliver(Way::Datagram, replayed);
    }
    for at in 0..newest.len() {
        let mut flipped = newest.clone();
        flipped[at] ^= 0x10;
        pair.deliver(Way::Datagram, &flipped);
        pair.deliver(Way::Datagram, &newest[..at]);
    }
    pair.deliver(Way::Datagram, &[newest.as_slice(), &[0]].concat());
    pair.exchange();
    assert!(!pair.lit(), "nothing of that is a sign of life");
    pair.deliver(Way::Datagram, &newest);
    pair.exchange();
    assert!(pair.lit(), "the honest twin is");
    pair.pass(2 * LEASE);
    assert!(!pair.lit());
    pair.deliver(Way::Datagram, &newest);
    pair.deliver(Way::Datagram, &older);
    pair.exchange();
    assert!(!pair.lit(), "seen already, and older than one seen");
    assert_eq!(pair.console_over(), None, "anybody can throw datagrams: they end nothing");
}

#[test]
fn another_sessions_datagram_is_passed_over() {
    let (mut one, other) = (World::new().living(), World::new().living());
    one.line = Box::new(|_, _| Vec::new());
    one.pass(2 * LEASE);
    one.deliver(Way::Datagram, &other.datagrams[0].1);
    one.exchange();
    assert!(!one.lit());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any one bit changed anywhere before the yes: either nobody is asked and shown anything, or the change was to a byte that
    /// no one authenticates because it says nothing, and both sides agree.
    #[test]
    fn no_flipped_bit_makes_two_different_sessions(
        to_agent in any::<bool>(), number in 1_usize..5, at in any::<prop::sample::Index>(), bit in 0..8,
    ) {
        let way = if to_agent { Way::ToAgent } else { Way::ToConsole };
        let pair = run(tamper(way, number, move |mut bytes| {
            let at = at.index(bytes.len());
            bytes[at] ^= 1_u8 << bit;
            vec![bytes]
        }));
        if let (Some(ask), Some(code)) = (pair.ask(), pair.match_code()) {
            prop_assert_eq!(ask.match_code, code);
        }
        prop_assert!(!pair.lit() || pair.start().is_some());
    }

    #[test]
    fn pieces_of_any_size_make_the_same_session(size in 1_usize..700) {
        let pair = run(Box::new(move |way, bytes| match way {
            Way::Datagram => vec![bytes],
            _ => bytes.chunks(size).map(<[u8]>::to_vec).collect(),
        }));
        prop_assert!(pair.lit());
    }

    #[test]
    fn any_bytes_on_the_control_lane_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 1..2000)) {
        let mut pair = World::new().pair();
        let (now, wall) = (pair.now, pair.wall());
        pair.agent.handle_frame(now, wall, &bytes);
        pair.console.handle_frame(now, wall, &bytes);
        pair.console.handle_datagram(now, &bytes);
        pair.pass(Duration::from_secs(30));
        prop_assert!(pair.ask().is_none() && pair.match_code().is_none());
        prop_assert!(matches!(pair.heard.last(), Some(console::Output::Over(_))));
    }
}
