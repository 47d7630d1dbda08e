//! A technician who does nothing: the desktop stops, and goes on only by the service's word of a later epoch, with no right more.

use super::*;

fn word(desk: &mut Desk, epoch: u64, word: AtDesk) -> Vec<Act> {
    desk.does(Event::Order(ToSession::AtDesk { epoch: Epoch(epoch), word }))
}

fn notice(acts: &[Act]) -> Option<BannerNotice> {
    acts.iter().find_map(|act| match act {
        Act::UpdateBanner(update) => update.notice,
        _ => None,
    })
}

#[test]
fn nothing_is_seen_until_the_technician_goes_on_under_a_later_epoch() {
    let mut desk = Desk::new();
    desk.live(1);
    let acts = word(&mut desk, 1, AtDesk::Idle);
    assert!(acts[0] == Act::Halt && notice(&acts) == Some(BannerNotice::Idle), "{acts:?}");
    assert!(!desk.sees(1));
    assert_eq!(word(&mut desk, 1, AtDesk::Idle), [], "said twice, nothing more");
    // As long as it likes: only the end of the grant is due.
    desk.now += Duration::from_secs(1800);
    assert_eq!(desk.does(Event::Tick), []);
    desk.does(Event::Banner(BannerEvent::Alive));
    word(&mut desk, 1, AtDesk::Awake);
    assert!(!desk.sees(1), "not under the old epoch");
    let turn = AtDesk::Turn { epoch: Epoch(2), capabilities: BOTH };
    let acts = word(&mut desk, 1, turn);
    assert!(matches!(acts[0], Act::Start { epoch: Epoch(2), .. }), "{acts:?}");
    assert!(desk.sees(2) && !desk.sees(1));
    desk.now += Duration::from_secs(1800);
    assert!(matches!(desk.does(Event::Tick)[..], [Act::Halt, ..]), "the end stayed where it was");
}

#[test]
fn a_later_epoch_alone_wakes_nobody_and_the_persons_hand_still_counts() {
    let mut desk = Desk::new();
    desk.live(1);
    word(&mut desk, 1, AtDesk::Idle);
    let acts = desk.does(Event::Banner(BannerEvent::TakeBack { at_ms: 3 }));
    assert!(acts.contains(&Act::Tell(FromSession::TakenBack { epoch: Epoch(1), at_ms: 3 })), "{acts:?}");
    word(&mut desk, 1, AtDesk::Turn { epoch: Epoch(2), capabilities: BOTH });
    assert!(!desk.sees(2), "it rests on");
    word(&mut desk, 2, AtDesk::Awake);
    word(&mut desk, 2, AtDesk::Turn { epoch: Epoch(3), capabilities: BOTH });
    assert!(desk.sees(3));
    assert!(desk.guard.allows(desk.now, Epoch(3), Capabilities::CONTROL).is_err(), "hands were taken back");
}

#[test]
fn locked_meanwhile_it_waits_for_both() {
    let mut desk = Desk::new();
    desk.live(1);
    word(&mut desk, 1, AtDesk::Idle);
    desk.does(Event::Os(OsEvent::Locked(true)));
    word(&mut desk, 1, AtDesk::Awake);
    desk.does(Event::Os(OsEvent::Locked(false)));
    let acts = desk.does(Event::Banner(BannerEvent::Alive));
    assert!(acts.contains(&Act::Tell(FromSession::PersonBack { epoch: Epoch(1) })), "{acts:?}");
    word(&mut desk, 1, AtDesk::Turn { epoch: Epoch(2), capabilities: BOTH });
    assert!(desk.sees(2));
    word(&mut desk, 2, AtDesk::Idle);
    desk.does(Event::Os(OsEvent::Locked(true)));
    desk.does(Event::Os(OsEvent::Locked(false)));
    desk.does(Event::Banner(BannerEvent::Alive));
    word(&mut desk, 2, AtDesk::Turn { epoch: Epoch(3), capabilities: BOTH });
    assert!(!desk.sees(3), "the person is back, the technician is not");
}
