//! The tests of `id.rs`, beside it so that both stay short.

use super::*;

#[test]
fn people_have_plain_names() {
    assert!(PersonId::new("sophie.martin").is_ok());
    for bad in ["", "Sophie", "so phie", "s\u{202e}x", "é", &"a".repeat(65)] {
        assert!(PersonId::new(bad).is_err(), "{bad:?} passed");
    }
}

#[test]
fn hex_names_survive_a_round_trip_and_refuse_the_rest() {
    let id = AgentId([0xa5; 16]);
    assert_eq!(id.to_string().parse::<AgentId>(), Ok(id));
    for bad in ["", "a5", "+5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5", "é5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"] {
        assert!(bad.parse::<AgentId>().is_err(), "{bad:?} passed");
    }
}
