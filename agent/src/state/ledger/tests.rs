//! The tests of `ledger.rs`, beside it so that both stay short.

use super::*;

const NOW: UnixSeconds = UnixSeconds(1_800_000_000);
const LATER: UnixSeconds = UnixSeconds(NOW.0 + 120);

fn id(n: u8) -> SessionId {
    SessionId([n; 16])
}

#[test]
fn epochs_only_grow_across_restarts() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.json");
    for want in 1..=3 {
        let (mut ledger, damaged) = Ledger::open(&path, NOW).unwrap();
        assert_eq!(damaged, None);
        assert_eq!(ledger.next_epoch().unwrap(), Epoch(want));
    }
}

#[test]
fn a_ticket_is_good_once_even_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.json");
    let (mut ledger, _) = Ledger::open(&path, NOW).unwrap();
    assert!(ledger.spend(id(1), NOW, LATER, NOW).unwrap());
    assert!(!ledger.spend(id(1), NOW, LATER, NOW).unwrap());
    assert!(ledger.spend(id(2), NOW, LATER, NOW).unwrap());
    let (mut ledger, _) = Ledger::open(&path, NOW).unwrap();
    assert!(!ledger.spend(id(1), NOW, LATER, NOW).unwrap());
}

#[test]
fn tickets_long_over_are_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let (mut ledger, _) = Ledger::open(&dir.path().join("state.json"), NOW).unwrap();
    for n in 0..200 {
        let now = UnixSeconds(NOW.0 + 1000 * i64::from(n));
        assert!(ledger.spend(id(n), now, UnixSeconds(now.0 + 120), now).unwrap());
        assert!(ledger.record.spent.len() <= 1, "{}", ledger.record.spent.len());
    }
}

#[test]
fn a_damaged_memory_is_kept_aside_and_nothing_old_is_good_again() {
    for garbage in [&b""[..], b"{", b"{\"epoch\":\"x\"}", &[0xff; 64]] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.json");
        fs::write(&path, garbage).unwrap();
        let (mut ledger, damaged) = Ledger::open(&path, NOW).unwrap();
        assert_eq!(fs::read(damaged.unwrap()).unwrap(), garbage);
        assert!(ledger.next_epoch().unwrap() > Epoch(1_700_000_000));
        let before = UnixSeconds(NOW.0 - 1);
        assert!(!ledger.spend(id(1), before, LATER, NOW).unwrap(), "issued before the loss");
        assert!(ledger.spend(id(2), NOW, LATER, NOW).unwrap());
        let (mut ledger, damaged) = Ledger::open(&path, NOW).unwrap();
        assert_eq!(damaged, None);
        assert!(ledger.next_epoch().unwrap() > Epoch(1_700_000_001));
    }
}
