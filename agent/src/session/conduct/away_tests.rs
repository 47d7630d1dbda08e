//! A lost line on the desktop (clause 4.4), against a service that may say anything.

use aval_protocol::prompt::BannerUpdate;

use super::*;
use crate::session::guard::Void;

fn lost(epoch: u64, for_s: u16) -> Event {
    Event::Order(ToSession::AtDesk { epoch: Epoch(epoch), word: AtDesk::LineLost { for_s } })
}

fn back(lost: u64, epoch: u64) -> Event {
    let word = AtDesk::Back { epoch: Epoch(epoch) };
    Event::Order(ToSession::AtDesk { epoch: Epoch(lost), word })
}

fn wait(desk: &mut Desk, seconds: u64) -> Vec<Act> {
    let mut acts = Vec::new();
    for _ in 0..4 * seconds {
        desk.now += Duration::from_millis(250);
        acts.extend(desk.does(Event::Banner(BannerEvent::Alive)));
        acts.extend(desk.does(Event::Tick));
    }
    acts
}

#[test]
fn clause_4_4_keys_are_up_the_banner_says_so_and_the_same_rights_come_back() {
    let mut desk = Desk::new();
    desk.live(1);
    let acts = desk.does(lost(1, 110));
    let [Act::Halt, Act::UpdateBanner(BannerUpdate { notice, .. })] = &acts[..] else { panic!("{acts:?}") };
    assert_eq!(*notice, Some(BannerNotice::LineLost(110)));
    assert!(!desk.sees(1));
    assert!(wait(&mut desk, 100).is_empty());
    let acts = desk.does(back(1, 2));
    assert!(matches!(acts[0], Act::Start { epoch: Epoch(2), capabilities: BOTH }), "{acts:?}");
    assert!(acts.contains(&Act::Tell(FromSession::BannerUp { epoch: Epoch(2) })));
    assert!(desk.sees(2) && !desk.sees(1));
    assert_eq!(desk.guard.allows(desk.now, Epoch(2), Capabilities::CONTROL), Ok(()));
    // What the person granted ends when it would have ended.
    let acts = wait(&mut desk, 3600 - 100);
    assert!(acts.contains(&stopped(Epoch(2), EndReason::GrantExpired, None)), "{acts:?}");
}

#[test]
fn it_waits_no_longer_than_two_minutes_whatever_the_service_says() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(lost(1, u16::MAX));
    desk.does(lost(1, u16::MAX));
    assert!(!wait(&mut desk, 119).contains(&stopped(Epoch(1), EndReason::LinkLost, None)));
    assert!(wait(&mut desk, 1).contains(&stopped(Epoch(1), EndReason::LinkLost, None)));
    let acts = desk.does(back(1, 2));
    assert_eq!(acts, [stopped(Epoch(2), EndReason::EndedByPerson, None)], "there is nothing to come back to");
    assert!(!desk.sees(2));
}

#[test]
fn the_person_may_end_it_meanwhile_and_then_nothing_comes_back() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(lost(1, 120));
    let acts = desk.does(Event::Banner(BannerEvent::End { at_ms: 9 }));
    assert!(acts.contains(&stopped(Epoch(1), EndReason::EndedByPerson, Some(9))));
    desk.does(back(1, 2));
    assert!(!desk.sees(1) && !desk.sees(2));
}

#[test]
fn what_was_not_lost_or_is_not_newer_does_not_come_back() {
    let mut desk = Desk::new();
    desk.live(5);
    assert!(desk.does(back(5, 6)).contains(&stopped(Epoch(6), EndReason::LinkLost, None)), "not lost");
    assert!(!desk.sees(5) && !desk.sees(6));
    desk.live(7);
    desk.does(lost(7, 120));
    assert!(desk.does(back(7, 7)).contains(&stopped(Epoch(7), EndReason::LinkLost, None)), "not newer");
    assert!(!desk.sees(7));
}

#[test]
fn a_banner_that_went_quiet_meanwhile_keeps_everything_closed() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(lost(1, 120));
    desk.now += Duration::from_secs(5);
    desk.does(back(1, 2));
    let allowed = desk.guard.allows(desk.now, Epoch(2), Capabilities::VIEW);
    assert_eq!(allowed, Err(Void::Lease));
    assert!(desk.does(Event::Tick).contains(&stopped(Epoch(2), EndReason::BannerLost, None)));
}

#[test]
fn a_dead_banner_ends_the_wait() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(lost(1, 120));
    assert!(desk.does(Event::Banner(BannerEvent::Lost)).contains(&stopped(
        Epoch(1),
        EndReason::BannerLost,
        None
    )));
}
