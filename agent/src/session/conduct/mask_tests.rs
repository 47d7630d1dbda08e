//! Passwords on the desktop (clause 8.2): the curtain stops everything here first, and only the person opens it.

use aval_protocol::prompt::BannerUpdate;
use aval_protocol::prompt::secret::AskSecret;
use aval_protocol::wire::handover::{HandoverKind, Mask};

use super::*;
use crate::session::guard::Void;

fn wished() -> Event {
    Event::Order(ToSession::AtDesk { epoch: Epoch(1), word: AtDesk::Mask })
}

fn asked(kind: HandoverKind) -> Event {
    let ask = Box::new(AskSecret {
        firm: "Atelier Beaurepaire Informatique".into(),
        technician: "Sophie Martin".into(),
        kind,
        session: SESSION,
        key: [9; 32],
        ttl_s: 180,
        lang: None,
    });
    Event::Order(ToSession::AtDesk { epoch: Epoch(1), word: AtDesk::Secret { ask } })
}

fn told(mask: Mask) -> Act {
    Act::Tell(FromSession::Masked { epoch: Epoch(1), mask })
}

fn press(on: bool) -> Event {
    Event::Banner(BannerEvent::Mask { on })
}

#[test]
fn clause_8_2_a_press_masks_at_once_and_only_a_press_shows_again() {
    let mut desk = Desk::new();
    desk.live(1);
    let curtain = desk.guard.curtain();
    let acts = desk.does(press(true));
    assert_eq!(desk.guard.allows(desk.now, Epoch(1), Capabilities::VIEW), Err(Void::Masked));
    assert_eq!(desk.guard.allows(desk.now, Epoch(1), Capabilities::CONTROL), Err(Void::Masked));
    let [Act::Halt, said, Act::UpdateBanner(BannerUpdate { mask, .. })] = &acts[..] else {
        panic!("{acts:?}")
    };
    assert_eq!((said, *mask), (&told(Mask::ByHand), Mask::ByHand));
    assert!(desk.does(press(true)).is_empty(), "said once");
    assert!(desk.does(wished()).is_empty(), "the technician's wish changes nothing more");
    let acts = desk.does(press(false));
    assert!(matches!(acts[..], [_, Act::UpdateBanner(_), Act::Again { epoch: Epoch(1), .. }]), "{acts:?}");
    assert!(desk.sees(1));
    // What was captured, or typed, before the mask never counts again.
    let void = desk.guard.allows_since(desk.now, Epoch(1), Capabilities::VIEW, curtain);
    assert_eq!(void, Err(Void::Masked));
}

#[test]
fn clause_8_2_the_technician_may_wish_for_the_mask_and_never_takes_it_off() {
    let mut desk = Desk::new();
    assert!(desk.does(wished()).is_empty(), "nothing lives");
    desk.live(1);
    assert_eq!(desk.does(wished())[..2], [Act::Halt, told(Mask::ByHand)]);
    // The window for a password opens and closes behind it.
    assert!(matches!(desk.does(asked(HandoverKind::Wifi))[..], [Act::AskSecret(_)]));
    let acts = desk.does(Event::Secret(SecretAnswer::No(NoReason::Refused)));
    assert!(matches!(acts[..], [Act::CloseSecret, Act::Tell(FromSession::Secret { .. })]), "{acts:?}");
    assert!(!desk.sees(1), "the person has not shown the screen again");
    assert!(desk.does(press(false)).contains(&told(Mask::Off)));
}

#[test]
fn clause_8_2_nothing_is_seen_while_the_window_is_open() {
    let mut desk = Desk::new();
    desk.live(1);
    let acts = desk.does(asked(HandoverKind::Windows));
    assert!(matches!(acts[..], [Act::Halt, _, Act::UpdateBanner(_), Act::AskSecret(_)]), "{acts:?}");
    assert!(!desk.sees(1));
    let busy = desk.does(asked(HandoverKind::Other));
    assert_eq!(
        busy,
        [Act::Tell(FromSession::Secret { epoch: Epoch(1), answer: SecretAnswer::No(NoReason::PromptLost) })],
        "one at a time"
    );
    let acts = desk.does(Event::Secret(SecretAnswer::No(NoReason::TimedOut)));
    let at = |act: &Act| acts.iter().position(|a| a == act);
    assert!(at(&Act::CloseSecret) < at(&told(Mask::Off)), "only when its window is gone: {acts:?}");
    assert!(desk.sees(1));
    assert!(desk.does(Event::Secret(SecretAnswer::No(NoReason::Refused))).is_empty(), "nobody asked");
}

#[test]
fn what_is_no_kind_to_be_asked_for_is_not_asked() {
    let mut desk = Desk::new();
    desk.live(1);
    for kind in [HandoverKind::Masked, HandoverKind::Unknown(77)] {
        assert!(matches!(desk.does(asked(kind))[..], [Act::Tell(FromSession::Secret { .. })]));
    }
    assert!(desk.sees(1));
}

#[test]
fn an_end_closes_the_window_and_the_next_session_begins_unmasked() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(asked(HandoverKind::Windows));
    let acts = desk.does(Event::Banner(BannerEvent::End { at_ms: 5 }));
    assert!(acts.contains(&Act::CloseSecret), "{acts:?}");
    desk.live(2);
    assert!(desk.sees(2));
}

#[test]
fn a_line_that_comes_back_finds_the_mask_as_the_person_left_it() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(press(true));
    desk.does(Event::Order(ToSession::AtDesk { epoch: Epoch(1), word: AtDesk::LineLost { for_s: 100 } }));
    let back = AtDesk::Back { epoch: Epoch(2) };
    let acts = desk.does(Event::Order(ToSession::AtDesk { epoch: Epoch(1), word: back }));
    assert!(!acts.iter().any(|act| matches!(act, Act::Start { .. } | Act::Again { .. })), "{acts:?}");
    assert!(acts.contains(&Act::Tell(FromSession::Masked { epoch: Epoch(2), mask: Mask::ByHand })));
    assert!(!desk.sees(2));
    desk.does(press(false));
    assert!(desk.sees(2));
}
