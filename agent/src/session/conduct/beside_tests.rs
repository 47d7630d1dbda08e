//! A second technician's question on the desktop while a grant stands.

use std::time::Duration;

use aval_protocol::prompt::{Company, Extending};
use aval_protocol::wire::beside::Way;
use aval_protocol::wire::handover::Mask;

use super::super::super::guard::Void;
use super::*;

const SECOND: SessionId = SessionId([8; 16]);

fn question() -> Box<Ask> {
    let beside = Some(Company { technician: "Sophie Martin".into(), way: Way::Follows });
    Box::new(Ask { beside, ..*plain() })
}

fn plain() -> Box<Ask> {
    question_of("Paul Beaurepaire")
}

impl Desk {
    /// A grant stands, and the second's question is on the screen.
    fn two() -> Self {
        let mut desk = Self::new();
        desk.live(1);
        let acts = desk.does(Event::Order(ToSession::Ask { session: SECOND, ask: question() }));
        assert_eq!(acts, [Act::Ask(question())]);
        desk
    }

    fn remote(&self, epoch: u64) -> Result<(), Void> {
        self.guard.allows(self.now, Epoch(epoch), Capabilities::CONTROL)
    }

    fn end_of(&mut self, session: SessionId, reason: EndReason) -> Vec<Act> {
        self.does(Event::Order(ToSession::End { session, reason }))
    }
}

fn told(acts: &[Act]) -> Option<Answer> {
    acts.iter().find_map(|act| match act {
        Act::Tell(FromSession::Answer { session: SECOND, answer }) => Some(*answer),
        _ => None,
    })
}

#[test]
fn hands_stand_still_while_it_is_up_and_a_no_changes_nothing() {
    let mut desk = Desk::two();
    assert!(desk.sees(1));
    assert_eq!(desk.remote(1), Err(Void::Frozen));
    let acts = desk.does(Event::Answered(Answer::No(NoReason::Refused)));
    assert_eq!(acts[0], Act::CloseAsk);
    assert_eq!(told(&acts), Some(Answer::No(NoReason::Refused)));
    assert_eq!((desk.sees(1), desk.remote(1)), (true, Ok(())));
}

#[test]
fn a_yes_to_the_second_begins_nothing_while_the_first_stands() {
    let mut desk = Desk::two();
    desk.yes(BOTH);
    assert_eq!(desk.remote(1), Err(Void::Frozen), "the person has decided");
    assert_eq!(desk.begin(SECOND, 2, BOTH, 3600), violation(2));
    assert!(desk.sees(1));
    let acts = desk.end_of(SESSION, EndReason::HandedOver);
    assert_eq!(acts[0], Act::Halt);
    assert!(!desk.sees(1));
    assert!(matches!(desk.begin(SECOND, 2, BOTH, 3600)[..], [Act::ShowBanner(_)]));
    desk.does(Event::Banner(BannerEvent::Up));
    assert_eq!((desk.sees(2), desk.remote(2), desk.sees(1)), (true, Ok(()), false));
    // The first one's end, told again, ends nothing of the second.
    assert_eq!(desk.end_of(SESSION, EndReason::HandedOver), []);
    assert!(desk.sees(2));
}

#[test]
fn a_yes_that_is_not_made_use_of_is_forgotten_and_hands_go_on() {
    let mut desk = Desk::two();
    desk.yes(BOTH);
    for _ in 0..32 {
        desk.now += Duration::from_millis(500);
        desk.does(Event::Banner(BannerEvent::Alive));
        desk.does(Event::Tick);
    }
    assert_eq!(desk.remote(1), Ok(()));
    desk.end_of(SESSION, EndReason::HandedOver);
    assert_eq!(desk.begin(SECOND, 2, BOTH, 3600), violation(2));
}

#[test]
fn the_persons_end_is_a_no_to_both() {
    let mut desk = Desk::two();
    let acts = desk.does(Event::Banner(BannerEvent::End { at_ms: 1 }));
    assert_eq!(acts[0], Act::Halt);
    assert_eq!(told(&acts), Some(Answer::No(NoReason::Refused)));
    assert!(acts.contains(&Act::CloseAsk) && desk.conductor.is_idle());
}

#[test]
fn when_the_first_goes_by_itself_the_question_is_one_like_any_other() {
    let mut desk = Desk::two();
    desk.now += Duration::from_millis(400);
    let acts = desk.end_of(SESSION, EndReason::EndedByTechnician);
    let again = Box::new(Ask { ttl_s: 59, ..*plain() });
    assert_eq!(acts[acts.len() - 2..], [Act::CloseAsk, Act::Ask(again)]);
    desk.yes(BOTH);
    assert!(matches!(desk.begin(SECOND, 2, BOTH, 3600)[..], [Act::ShowBanner(_)]));
}

#[test]
fn whatever_is_more_urgent_takes_its_place_and_it_comes_back() {
    let mut desk = Desk::two();
    let extending = Some(Extending { closed_at: 1080, until: 1110, unanswered_until: 1085 });
    let ask = Box::new(Ask { extending, ..*plain() });
    let (answer_within, end_within) = (Duration::from_secs(30), Duration::from_secs(60));
    let word = AtDesk::Ask { ask: ask.clone(), answer_within, end_within };
    let acts = desk.does(Event::Order(ToSession::AtDesk { epoch: Epoch(1), word }));
    assert_eq!(acts, [Act::CloseAsk, Act::Ask(ask)]);
    let acts = desk.yes(BOTH);
    assert_eq!(told(&acts), None, "that was another question");
    assert_eq!(acts.last(), Some(&Act::Ask(question())));
    assert_eq!(desk.remote(1), Err(Void::Frozen));
    // Nobody is asked behind a locked screen.
    let acts = desk.does(Event::Os(OsEvent::Locked(true)));
    assert_eq!(acts[..2], [Act::Halt, Act::CloseAsk]);
    assert_eq!(desk.yes(BOTH), []);
    desk.does(Event::Order(ToSession::Withdraw { session: SECOND }));
    assert!(!matches!(desk.does(Event::Os(OsEvent::Locked(false)))[..], [Act::Ask(_)]));
}

/// A grant stands, and the person has said yes to somebody who joins.
fn joining() -> Desk {
    let mut desk = Desk::new();
    desk.live(1);
    let beside = Some(Company { technician: "Sophie Martin".into(), way: Way::Joins });
    let ask = Box::new(Ask { beside, capabilities: Capabilities::VIEW, ..*plain() });
    desk.does(Event::Order(ToSession::Ask { session: SECOND, ask }));
    desk.yes(Capabilities::VIEW);
    desk
}

fn begin_second(desk: &mut Desk, capabilities: Capabilities) -> Vec<Act> {
    let banner = Box::new(Banner {
        technicians: vec!["Sophie Martin".into(), "Paul Beaurepaire".into()],
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        capabilities,
        remaining_s: 600,
        lang: None,
    });
    let (session, epoch, for_s) = (SECOND, Epoch(2), 600);
    desk.does(Event::Order(ToSession::Begin { session, epoch, capabilities, for_s, banner }))
}

/// They see what the first sees.
fn joined() -> Desk {
    let mut desk = joining();
    let named = begin_second(&mut desk, Capabilities::VIEW);
    assert_eq!(named, [Act::Name(vec!["Sophie Martin".into(), "Paul Beaurepaire".into()])]);
    assert_eq!(desk.does(Event::Banner(BannerEvent::Alive)), []);
    assert!(!desk.sees(2), "one sign of life may have been on its way");
    let acts = desk.does(Event::Banner(BannerEvent::Alive));
    assert!(matches!(
        acts[..],
        [Act::StartSecond { .. }, Act::Tell(FromSession::BannerUp { epoch: Epoch(2) })]
    ));
    desk
}

#[test]
fn whoever_joins_sees_once_the_banner_names_them_and_moves_nothing() {
    let desk = joined();
    assert!(desk.sees(1) && desk.sees(2));
    assert_eq!((desk.remote(1), desk.remote(2)), (Ok(()), Err(Void::Capability)));
    // More than to look is not what a second is let in for.
    let mut desk = joining();
    assert_eq!(begin_second(&mut desk, BOTH), violation(2));
    desk.does(Event::Banner(BannerEvent::Alive));
    desk.does(Event::Banner(BannerEvent::Alive));
    assert!(desk.sees(1) && !desk.sees(2));
}

#[test]
fn whoever_joined_goes_with_the_first_and_not_the_other_way_round() {
    let mut desk = joined();
    let acts = desk.end_of(SECOND, EndReason::EndedByTechnician);
    assert_eq!(acts, [Act::HaltSecond, Act::Name(vec!["Sophie Martin".into()])]);
    assert!(desk.sees(1) && !desk.sees(2));
    let over = |reason| Act::Tell(FromSession::Stopped { epoch: Epoch(2), reason, at_ms: None });
    let mut desk = joined();
    let acts = desk.end_of(SESSION, EndReason::EndedByTechnician);
    assert!(acts[0] == Act::Halt && acts.contains(&over(EndReason::FirstLeft)), "{acts:?}");
    let mut desk = joined();
    let acts = desk.does(Event::Banner(BannerEvent::End { at_ms: 1 }));
    assert!(acts[0] == Act::Halt && acts.contains(&over(EndReason::EndedByPerson)), "{acts:?}");
    assert!(!desk.sees(1) && !desk.sees(2));
    let mut desk = joined();
    let acts = desk.does(Event::Os(OsEvent::Locked(true)));
    assert!(acts[0] == Act::Halt && acts.contains(&over(EndReason::FirstLeft)), "{acts:?}");
}

#[test]
fn a_mask_is_before_the_eyes_of_both() {
    let mut desk = joined();
    let acts = desk.does(Event::Banner(BannerEvent::Mask { on: true }));
    for epoch in [Epoch(1), Epoch(2)] {
        assert!(acts.contains(&Act::Tell(FromSession::Masked { epoch, mask: Mask::ByHand })), "{acts:?}");
    }
    assert!(!desk.sees(1) && !desk.sees(2));
    let acts = desk.does(Event::Banner(BannerEvent::Mask { on: false }));
    assert!(acts.iter().any(|act| matches!(act, Act::StartSecond { .. })), "{acts:?}");
    assert!(desk.sees(1) && desk.sees(2));
}
