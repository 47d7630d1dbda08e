//! The one return on the desktop (clause 4.3): behind a countdown that the person sees and can stop, and never out of nothing.

use aval_protocol::prompt::BannerUpdate;

use super::*;

fn back(epoch: u64) -> Event {
    let banner = Box::new(Banner {
        technicians: vec!["Sophie Martin".into()],
        firm: "Atelier".into(),
        phone: "+33199001234".into(),
        capabilities: BOTH,
        remaining_s: 3600,
        lang: None,
    });
    Event::Order(ToSession::Return {
        session: SESSION,
        epoch: Epoch(epoch),
        capabilities: BOTH,
        for_s: 3600,
        banner,
    })
}

/// Lets the banner beat for so many quarters of a second.
fn beats(desk: &mut Desk, quarters: u32) -> Vec<Act> {
    let mut acts = Vec::new();
    for _ in 0..quarters {
        desk.now += Duration::from_millis(250);
        acts.extend(desk.does(Event::Banner(BannerEvent::Alive)));
        acts.extend(desk.does(Event::Tick));
        assert!(!acts.is_empty() || !desk.sees(5));
    }
    acts
}

#[test]
fn clause_4_3_the_banner_counts_down_before_anything_is_seen() {
    let mut desk = Desk::new();
    assert!(matches!(desk.does(back(5))[..], [Act::ShowBanner(_)]));
    let acts = desk.does(Event::Banner(BannerEvent::Up));
    let [Act::UpdateBanner(BannerUpdate { notice, .. })] = acts[..] else { panic!("{acts:?}") };
    assert_eq!(notice, Some(BannerNotice::ReturnsIn(10)));
    assert_eq!(beats(&mut desk, 39), [], "nothing before ten seconds");
    assert!(!desk.sees(5));
    let acts = beats(&mut desk, 1);
    let told = Act::Tell(FromSession::BannerUp { epoch: Epoch(5) });
    assert!(matches!(acts[0], Act::Start { epoch: Epoch(5), .. }) && acts.contains(&told), "{acts:?}");
    assert!(desk.sees(5));
}

#[test]
fn clause_4_3_the_person_stops_it_and_a_banner_that_goes_quiet_does() {
    let mut desk = Desk::new();
    desk.does(back(5));
    desk.does(Event::Banner(BannerEvent::Up));
    beats(&mut desk, 30);
    let acts = desk.does(Event::Banner(BannerEvent::End { at_ms: 7 }));
    assert_eq!(acts, [Act::CloseBanner, stopped(Epoch(5), EndReason::EndedByPerson, Some(7))]);
    beats(&mut desk, 60);
    assert!(!desk.sees(5));

    desk.does(back(6));
    desk.does(Event::Banner(BannerEvent::Up));
    beats(&mut desk, 30);
    desk.now += Duration::from_secs(3);
    let acts = desk.does(Event::Tick);
    assert_eq!(acts, [Act::CloseBanner, stopped(Epoch(6), EndReason::BannerLost, None)]);
    assert!(!desk.sees(6));
}

#[test]
fn a_return_disturbs_nobody_who_is_there() {
    let mut desk = Desk::new();
    desk.live(1);
    assert_eq!(desk.does(back(5)), violation(5));
    assert!(desk.sees(1) && !desk.sees(5));
}

#[test]
fn the_question_holds_hands_back_and_is_answered_once() {
    let mut desk = Desk::new();
    desk.live(1);
    let Act::Ask(mut ask) = Desk::new().ask().remove(0) else { panic!("no question") };
    ask.returning = true;
    let order = || {
        let word = AtDesk::AskReturn { ask: ask.clone() };
        Event::Order(ToSession::AtDesk { epoch: Epoch(1), word })
    };
    assert!(matches!(desk.does(order())[..], [Act::Ask(_)]));
    assert!(desk.guard.allows(desk.now, Epoch(1), Capabilities::CONTROL).is_err());
    assert!(matches!(desk.does(order())[..], [Act::Tell(FromSession::Return { .. })]), "one at a time");
    let acts = desk.yes(BOTH);
    assert!(matches!(acts[..], [Act::CloseAsk, Act::Tell(FromSession::Return { .. })]), "{acts:?}");
    assert_eq!(desk.guard.allows(desk.now, Epoch(1), Capabilities::CONTROL), Ok(()));
    assert!(desk.yes(BOTH).is_empty());
}

#[test]
fn clause_4_3_nobody_comes_back_to_a_locked_screen() {
    let lock = |locked| Event::Os(OsEvent::Locked(locked));
    let gone = |epoch| {
        Act::Tell(FromSession::Stopped { epoch: Epoch(epoch), reason: EndReason::LeftLocked, at_ms: None })
    };
    let mut desk = Desk::new();
    desk.does(lock(true));
    assert_eq!(desk.does(back(5)), [gone(5)]);
    desk.does(lock(false));
    desk.does(back(6));
    desk.does(Event::Banner(BannerEvent::Up));
    beats(&mut desk, 30);
    assert_eq!(desk.does(lock(true)), [Act::CloseBanner, gone(6)]);
    desk.does(lock(false));
    beats(&mut desk, 60);
    assert!(!desk.sees(6));
}

#[test]
fn the_question_is_gone_when_the_screen_is_locked_or_hands_are_taken_back() {
    let Act::Ask(mut ask) = Desk::new().ask().remove(0) else { panic!("no question") };
    ask.returning = true;
    for ends in [Event::Os(OsEvent::Locked(true)), Event::Banner(BannerEvent::TakeBack { at_ms: 1 })] {
        let mut desk = Desk::new();
        desk.live(1);
        let word = AtDesk::AskReturn { ask: ask.clone() };
        desk.does(Event::Order(ToSession::AtDesk { epoch: Epoch(1), word }));
        let acts = desk.does(ends);
        let answer = Answer::No(NoReason::Withdrawn);
        let told = Act::Tell(FromSession::Return { epoch: Epoch(1), answer });
        assert!(acts.contains(&Act::CloseAsk) && acts.contains(&told), "{acts:?}");
        assert!(desk.yes(BOTH).is_empty());
    }
}
