//! The tests of `hands.rs`, beside it so that both stay short.

use super::*;

#[test]
fn nothing_is_typed_without_grant_lease_and_session() {
    let grant = |capabilities| Some(Grant { epoch: Epoch(7), capabilities, for_s: 60 });
    let all = State { grant: grant(Capabilities::KNOWN), ..State::default() };
    assert_eq!(all.may_type(), Ok(Epoch(7)));
    assert_eq!(State::default().may_type(), Err(InputError::NotGranted));
    let view = State { grant: grant(Capabilities::VIEW), ..all };
    assert_eq!(view.may_type(), Err(InputError::NotGranted));
    assert_eq!(State { blank: true, ..all }.may_type(), Err(InputError::Hidden));
    assert_eq!(State { asked: true, ..all }.may_type(), Err(InputError::Asked));
    assert_eq!(State { view_only: true, ..all }.may_type(), Err(InputError::ViewOnly));
    let over = State { ended: Some(EndReason::EndedByPerson), ..all };
    assert_eq!(over.may_type(), Err(InputError::Over(EndReason::EndedByPerson)));
}
