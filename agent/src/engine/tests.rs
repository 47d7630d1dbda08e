//! The engine in virtual time, with the protocol's own console at the other end and a scripted desktop at this one.

mod beside;
mod world;

use std::time::Duration;

use aval_protocol::id::Epoch;
use aval_protocol::journal::Event;
use aval_protocol::prompt::{Answer, NoReason};
use aval_protocol::session::{AtDesk, IDLE, console};
use aval_protocol::wire::handover::Wish;
use aval_protocol::wire::session::Capabilities;
use aval_protocol::wire::turn::Hold;
use world::{BOTH, Shop, World, yes};

use super::*;
use crate::ipc::ToSession;
use crate::service::limit::{MAX_PROMPTS, SILENCE};

const SCREEN: Desk = Desk::Screen { width: 1024, height: 768 };

#[test]
fn a_session_from_the_offer_to_the_persons_end() {
    let mut world = World::with_desk(SCREEN);
    world.offer(1);
    let ask = world.asked().expect("the person is asked");
    assert_eq!((ask.technician.as_str(), ask.capabilities), ("Sophie Martin", BOTH));
    assert_eq!(world.heard_code(), Some(ask.match_code));
    assert!(world.did(|command| matches!(command, Command::OpenMedia(_))));
    world.pass(Duration::from_secs(5));
    world.answer(yes(BOTH));
    let banner = world.begun().expect("the desktop is told to begin");
    assert_eq!((banner.technicians, banner.capabilities), (vec!["Sophie Martin".to_owned()], BOTH));
    assert_eq!((banner.firm.as_str(), banner.remaining_s), ("Atelier Beaurepaire Informatique", 3600));
    assert_eq!(world.epoch(), Some(Epoch(1)));
    assert!(!world.lit(), "not before the banner is up");
    world.said(FromSession::BannerUp { epoch: Epoch(1) });
    assert!(world.lit());
    let session = world.engine.session().unwrap();
    assert!(world.engine.lane(session, Lane::Screen).is_some());
    assert!(world.engine.lane(session, Lane::Screen).is_none(), "a lane's keys exist once");
    world.pass(Duration::from_secs(30));
    assert!(world.lit());
    let mark = world.log.len();
    let reason = EndReason::EndedByPerson;
    world.said(FromSession::Stopped { epoch: Epoch(1), reason, at_ms: Some(9) });
    assert_eq!(world.epoch(), None);
    assert!(world.engine.lane(session, Lane::Input).is_none());
    assert!(
        matches!(&world.log[mark..], [Command::Dead(_), Command::Order(ToSession::End { .. }), ..]),
        "here first"
    );
    assert_eq!(world.console_over(), Some(reason));
    world.pass(Duration::from_secs(1));
    assert!(world.did(|command| matches!(command, Command::Close(_))));
    assert_eq!((world.engine.session(), world.engine.poll_timeout()), (None, None));
    assert!(world.recorded(&Event::Ended { session, reason, duration_s: 30 }));
    assert!(world.told(&Step::Ended { reason }));
}

#[test]
fn a_no_is_a_no() {
    let mut world = World::with_desk(SCREEN);
    world.offer(1);
    world.pass(Duration::from_secs(4));
    world.answer(Answer::No(NoReason::Refused));
    assert!(world.begun().is_none());
    assert_eq!(world.console_over(), Some(EndReason::RefusedByPerson));
    assert!(world.told(&Step::Ended { reason: EndReason::RefusedByPerson }));
    assert_eq!(world.engine.session(), None);
    world.offer(2);
    assert!(world.asked().is_some(), "the next technician may ask");
}

#[test]
fn an_answer_to_another_sessions_question_is_none() {
    let mut world = World::with_desk(SCREEN);
    world.offer(1);
    world.pass(Duration::from_secs(4));
    let session = SessionId([99; 16]);
    world.said(FromSession::Answer { session, answer: yes(BOTH) });
    assert!(world.begun().is_none());
    world.answer(yes(Capabilities::VIEW));
    assert_eq!(
        world.begun().unwrap().capabilities,
        Capabilities::VIEW,
        "what was ticked, not what was asked"
    );
}

#[test]
fn one_session_at_a_time() {
    let mut world = World::with_desk(SCREEN);
    world.offer(1);
    let first = world.engine.session();
    let mark = world.log.len();
    world.bare_offer(&world.shop.ticket(2));
    assert_eq!(world.refusal(mark), Some(EndReason::Busy));
    assert_eq!(world.engine.session(), first, "the first is not disturbed");
}

#[test]
fn without_a_screen_that_can_be_shown_nobody_is_asked() {
    for (desk, reason) in [
        (None, EndReason::NobodyThere),
        (Some(Desk::None), EndReason::NoDisplay),
        (Some(Desk::Terminal), EndReason::NoDisplay),
        (Some(Desk::Wayland), EndReason::DisplayUnsupported),
    ] {
        let mut world = World::new();
        if let Some(desk) = desk {
            world.event(DesktopEvent::Here(desk));
        }
        world.bare_offer(&world.shop.ticket(1));
        assert_eq!((world.refusal(0), world.asked().is_some()), (Some(reason), false));
    }
}

#[test]
fn a_fourth_question_is_not_put() {
    let mut world = World::with_desk(SCREEN);
    for n in 1..=MAX_PROMPTS {
        world.offer(u8::try_from(n).unwrap());
        assert!(world.asked().is_some());
        world.pass(Duration::from_secs(61));
        assert_eq!(world.console_over(), Some(EndReason::PromptTimedOut));
    }
    let mark = world.log.len();
    world.bare_offer(&world.shop.ticket(10));
    assert_eq!(world.refusal(mark), Some(EndReason::PromptLimit));
    world.pass(SILENCE);
    world.offer(11);
    assert!(world.asked().is_some(), "after the silence it may");
}

#[test]
fn a_question_for_more_counts_among_the_questions() {
    let mut world = World::with_desk(SCREEN);
    let wish = |world: &mut World| {
        let (capabilities, reason) = (BOTH, "Imprimante".into());
        world.console_event(console::Local::Widen { capabilities, reason });
    };
    world.offer(1);
    world.pass(Duration::from_secs(4));
    world.answer(yes(Capabilities::VIEW));
    world.said(FromSession::BannerUp { epoch: Epoch(1) });
    for epoch in 1..3 {
        wish(&mut world);
        world.pass(Duration::from_secs(4));
        let answer = Answer::No(NoReason::Refused);
        world.said(FromSession::Widen { epoch: Epoch(epoch), answer });
        // A later epoch each time, on the disk before it counts.
        world.said(FromSession::BannerUp { epoch: Epoch(epoch + 1) });
        assert_eq!(world.epoch(), Some(Epoch(epoch + 1)));
        assert!(world.lit());
    }
    let asked = |world: &World| {
        let put =
            |c: &&Command| matches!(c, Command::Order(ToSession::AtDesk { word: AtDesk::Widen { .. }, .. }));
        world.log.iter().filter(put).count()
    };
    wish(&mut world);
    assert_eq!((asked(&world), MAX_PROMPTS), (2, 3), "the first question and two for more");
    for _ in 0..4 {
        world.pass(SILENCE / 4);
        let (now, _) = world.times();
        let session = world.engine.session().unwrap();
        world.engine.moved(now, session);
    }
    wish(&mut world);
    assert_eq!(asked(&world), 3);
}

#[test]
fn a_locked_machine_passes_nothing_until_a_later_epoch() {
    let mut world = World::living();
    let left = aval_protocol::session::HOLD;
    world.said(FromSession::Held { epoch: Epoch(1), why: Hold::Locked, left });
    assert_eq!(world.epoch(), None);
    assert!(world.did(|c| matches!(c, Command::Hold(_))) && !world.lit());
    world.said(FromSession::PersonBack { epoch: Epoch(1) });
    world.said(FromSession::BannerUp { epoch: Epoch(2) });
    assert_eq!(world.epoch(), Some(Epoch(2)));
    assert!(world.lit());
    // A word of another session's epoch is nobody's.
    world.said(FromSession::TakenBack { epoch: Epoch(9), at_ms: 1 });
    assert_eq!(world.epoch(), Some(Epoch(2)));
    world.said(FromSession::TakenBack { epoch: Epoch(2), at_ms: 1 });
    assert_eq!(world.epoch(), Some(Epoch(3)));
}

#[test]
fn a_ticket_works_once_and_a_restart_does_not_forget_it() {
    let mut world = World::with_desk(SCREEN);
    world.offer(1);
    world.pass(Duration::from_secs(4));
    world.answer(Answer::No(NoReason::Refused));
    let mark = world.log.len();
    world.bare_offer(&world.shop.ticket(1));
    assert_eq!(world.refusal(mark), Some(EndReason::TicketInvalid));
    world.restart();
    world.event(DesktopEvent::Here(SCREEN));
    world.bare_offer(&world.shop.ticket(1));
    assert_eq!(world.refusal(0), Some(EndReason::TicketInvalid));
    world.offer(2);
    world.pass(Duration::from_secs(4));
    world.answer(yes(BOTH));
    assert!(world.epoch() > Some(Epoch(1)), "epochs only grow");
}

#[test]
fn an_offer_that_no_relay_of_the_firm_signed_or_whose_time_is_over_is_not_followed() {
    let mut world = World::with_desk(SCREEN);
    let other = Shop::new();
    let ticket = world.shop.ticket(1);
    let offer = |signer: &Signer| Offer { ticket: signer.sign(&ticket).unwrap() };
    let (forged, own, late) = (offer(&other.relay), offer(&world.shop.technician), offer(&world.shop.relay));
    for offer in [forged, own] {
        world.raw_offer(&offer);
        assert!(world.log.is_empty(), "not even an answer");
    }
    world.pass(Duration::from_secs(121));
    world.raw_offer(&late);
    assert!(world.log.is_empty());
}

#[test]
fn a_desktop_that_goes_takes_the_session_along() {
    let mut world = World::living();
    world.event(DesktopEvent::Gone);
    assert_eq!(world.console_over(), Some(EndReason::PersonLeft));
    assert_eq!((world.epoch(), world.engine.has_desktop()), (None, false));
    let mut world = World::living();
    world.said(FromSession::Desk(Desk::None));
    assert_eq!(world.console_over(), Some(EndReason::NoDisplay));
    assert_eq!(world.epoch(), None);
}

#[test]
fn a_stop_of_another_epoch_stops_nothing() {
    let mut world = World::living();
    world.said(FromSession::Stopped { epoch: Epoch(0), reason: EndReason::BannerLost, at_ms: None });
    assert!(world.epoch().is_some() && world.lit());
    world.said(FromSession::Stopped { epoch: Epoch(1), reason: EndReason::BannerLost, at_ms: None });
    assert_eq!((world.epoch(), world.console_over()), (None, Some(EndReason::BannerLost)));
}

#[test]
fn the_relay_can_end_a_session_and_only_this_one() {
    let mut world = World::living();
    let (now, wall) = world.times();
    world.engine.over(now, wall, SessionId([99; 16]), EndReason::SecurityCut);
    world.run();
    assert!(world.lit());
    let session = world.engine.session().unwrap();
    world.engine.over(now, wall, session, EndReason::SecurityCut);
    world.run();
    assert_eq!((world.epoch(), world.console_over()), (None, Some(EndReason::SecurityCut)));
}

#[test]
fn the_technicians_end_and_a_broken_seal_stop_the_desktop() {
    let mut world = World::living();
    world.console_event(console::Local::End);
    assert_eq!(world.epoch(), None);
    assert!(
        world.did(|c| matches!(
            c,
            Command::Order(ToSession::End { reason: EndReason::EndedByTechnician, .. })
        ))
    );
    let mut world = World::living();
    world
        .control(&[0x17, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    assert_eq!(world.epoch(), None);
    assert!(world.did(|c| matches!(c, Command::Order(ToSession::End { reason: EndReason::SealBroken, .. }))));
}

#[test]
fn a_technician_who_rests_goes_on_under_an_epoch_that_is_on_the_disk() {
    let mut world = World::living();
    world.pass(IDLE + Duration::from_secs(1));
    let idle = |c: &Command| matches!(c, Command::Order(ToSession::AtDesk { word: AtDesk::Idle, .. }));
    assert!(world.did(idle) && world.did(|c| matches!(c, Command::Hold(_))));
    assert!(world.epoch().is_none() && !world.lit());
    world.console_wish(Wish::GoOn);
    assert_eq!(world.epoch(), Some(Epoch(2)));
    world.said(FromSession::BannerUp { epoch: Epoch(2) });
    assert!(world.lit());
}
