//! The tests of `codes.rs`, beside it so that both stay short.

use super::*;

#[test]
fn a_code_of_a_newer_peer_survives() {
    let bytes = postcard::to_stdvec(&4711u16).unwrap();
    let code: RefusalCode = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(code, RefusalCode::Unknown(4711));
    assert_eq!(postcard::to_stdvec(&code).unwrap(), bytes);
}

#[test]
fn numbers_and_labels_are_unique() {
    fn unique<T: Copy>(all: &[T], number: impl Fn(T) -> u16, label: impl Fn(T) -> &'static str) {
        let mut numbers: Vec<u16> = all.iter().map(|&c| number(c)).collect();
        let mut labels: Vec<_> = all.iter().map(|&c| label(c)).collect();
        numbers.sort_unstable();
        labels.sort_unstable();
        numbers.dedup();
        labels.dedup();
        assert_eq!((numbers.len(), labels.len()), (all.len(), all.len()));
    }
    unique(RefusalCode::ALL, RefusalCode::number, RefusalCode::label);
    unique(EndReason::ALL, EndReason::number, EndReason::label);
    unique(CloseCode::ALL, CloseCode::number, CloseCode::label);
    unique(FaultCode::ALL, FaultCode::number, FaultCode::label);
}
