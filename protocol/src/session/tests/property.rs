//! Any order of any events at both ends: the screen opens only under a yes, never wider, never again after a stop.

use proptest::prelude::*;

use super::pair::Way;
use super::scenario::{Act, Hand, play};

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![Just(Way::ToAgent), Just(Way::ToConsole), Just(Way::Datagram)]
}

fn hand() -> impl Strategy<Value = Hand> {
    prop_oneof![
        Just(Hand::Drop),
        Just(Hand::Double),
        any::<u8>().prop_map(Hand::Cut),
        (any::<u16>(), 0_u8..8).prop_map(|(at, bit)| Hand::Flip(at, bit)),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Exchange),
        4 => (1_u64..5_000).prop_map(Act::Pass),
        1 => (1_000_u64..4_000_000).prop_map(Act::Pass),
        4 => (0_u16..8, 2_000_u32..9_000).prop_map(|(bits, shown)| Act::Answer(bits, shown)),
        1 => Just(Act::Refuse),
        4 => (6_u64..13).prop_map(Act::Banner),
        2 => (0_u64..125).prop_map(Act::Lose),
        3 => (6_u64..13).prop_map(Act::Reunite),
        1 => (any::<bool>(), 0_u32..9_000).prop_map(|(yes, shown)| Act::Extend(yes, shown)),
        1 => Just(Act::Stop),
        1 => Just(Act::End),
        1 => Just(Act::Lost),
        1 => Just(Act::Deaf),
        1 => (way(), prop::collection::vec(any::<u8>(), 0..80)).prop_map(|(way, bytes)| Act::Bytes(way, bytes)),
        1 => (way(), hand()).prop_map(|(way, hand)| Act::Tamper(way, hand)),
        2 => (any::<char>(), prop::option::of(hand())).prop_map(|(char, hand)| Act::Type(char, hand)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_screen_opens_only_under_a_yes(early in any::<bool>(), leaps in any::<bool>(), acts in prop::collection::vec(act(), 1..24)) {
        play(early, &acts, leaps);
    }
}
