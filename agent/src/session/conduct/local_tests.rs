//! The person's own hands come first: what holds for how long, and who hears of it.

use super::*;

/// Both may move.
fn may_move(desk: &Desk) -> bool {
    desk.guard.allows(desk.now, Epoch(1), Capabilities::CONTROL).is_ok()
}

fn told(active: bool) -> Vec<Act> {
    vec![Act::Tell(FromSession::PersonActs { epoch: Epoch(1), active })]
}

/// Passes time with a banner that beats.
fn pass(desk: &mut Desk, ms: u64) -> Vec<Act> {
    let mut acts = Vec::new();
    for _ in 0..ms / 100 {
        desk.now += Duration::from_millis(100);
        acts.extend(desk.does(Event::Banner(BannerEvent::Alive)));
        acts.extend(desk.does(Event::Tick));
    }
    acts
}

#[test]
fn the_technicians_hands_stand_still_for_a_second_after_each_move_of_the_persons() {
    let mut desk = Desk::new();
    desk.live(1);
    assert!(may_move(&desk));
    assert_eq!(desk.does(Event::PersonActs), told(true));
    assert!(!may_move(&desk) && desk.sees(1), "the screen is seen on");
    assert_eq!(pass(&mut desk, 900), []);
    assert_eq!(desk.does(Event::PersonActs), [], "said once");
    assert_eq!(pass(&mut desk, 900), []);
    assert!(!may_move(&desk));
    assert_eq!(pass(&mut desk, 200), told(false));
    assert!(may_move(&desk));
}

#[test]
fn who_only_looks_is_told_nothing() {
    let mut desk = Desk::new();
    desk.ask();
    desk.yes(Capabilities::VIEW);
    desk.begin(SESSION, 1, Capabilities::VIEW, 3600);
    desk.does(Event::Banner(BannerEvent::Up));
    assert_eq!(desk.does(Event::PersonActs), []);
    assert_eq!(pass(&mut desk, 2000), []);
}

#[test]
fn where_a_grant_goes_on_while_the_person_acts_that_is_told_anew() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(Event::PersonActs);
    desk.does(Event::Order(ToSession::AtDesk { epoch: Epoch(1), word: AtDesk::LineLost { for_s: 60 } }));
    let acts = desk
        .does(Event::Order(ToSession::AtDesk { epoch: Epoch(1), word: AtDesk::Back { epoch: Epoch(2) } }));
    let told = Act::Tell(FromSession::PersonActs { epoch: Epoch(2), active: true });
    assert_eq!(acts.last(), Some(&told), "{acts:?}");
}
