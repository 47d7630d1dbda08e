//! Hands taken back, and more asked for: against a service that says whatever it likes, and the honest twins.

use super::*;
use crate::session::guard::Void;

const VIEW: Capabilities = Capabilities::VIEW;
const CONTROL: Capabilities = Capabilities::CONTROL;

fn turn(before: u64, epoch: u64, capabilities: Capabilities) -> Event {
    let word = AtDesk::Turn { epoch: Epoch(epoch), capabilities };
    Event::Order(ToSession::AtDesk { epoch: Epoch(before), word })
}

fn more(ask: Ask) -> AtDesk {
    AtDesk::Widen { ask: Box::new(ask) }
}

fn ask() -> Ask {
    Ask {
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        technician: "Sophie Martin".into(),
        contract: None,
        category: WorkCategory::Assistance,
        reference: "Réglage de l’imprimante".into(),
        capabilities: BOTH,
        minutes: 30,
        match_code: 123_456,
        ttl_s: 60,
        lang: None,
        extending: None,
        returning: false,
        beside: None,
        widening: Some(VIEW),
    }
}

impl Desk {
    /// View only, of both.
    fn looked_at(&mut self) {
        self.ask();
        self.yes(VIEW);
        self.begin(SESSION, 1, VIEW, 3600);
        self.does(Event::Banner(BannerEvent::Up));
    }

    fn widen(&mut self, word: AtDesk) -> Vec<Act> {
        self.does(Event::Order(ToSession::AtDesk { epoch: Epoch(1), word }))
    }

    fn moves(&self, epoch: u64) -> Result<(), Void> {
        self.guard.allows(self.now, Epoch(epoch), CONTROL)
    }
}

fn take_back() -> Event {
    Event::Banner(BannerEvent::TakeBack { at_ms: 7 })
}

#[test]
fn hands_are_taken_back_here_first_and_do_not_come_back_by_themselves() {
    let mut desk = Desk::new();
    desk.live(1);
    assert_eq!(desk.moves(1), Ok(()));
    let acts = desk.does(take_back());
    let [Act::Halt, Act::UpdateBanner(update), Act::Tell(told)] = &acts[..] else { panic!("{acts:?}") };
    assert_eq!((update.capabilities, update.notice), (VIEW, Some(BannerNotice::TakenBack)));
    assert_eq!(*told, FromSession::TakenBack { epoch: Epoch(1), at_ms: 7 });
    assert_eq!(desk.moves(1), Err(Void::Epoch), "what was on its way is void");
    // A service that would give them again.
    let acts = desk.does(turn(1, 2, BOTH));
    assert!(matches!(acts[0], Act::Start { epoch: Epoch(2), capabilities: VIEW }), "{acts:?}");
    assert_eq!(desk.moves(2), Err(Void::Capability));
    assert!(desk.sees(2));
    assert!(desk.does(take_back()).is_empty(), "there is nothing to take");
    // A service that says nothing ends it.
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(take_back());
    desk.now += RAISING;
    assert!(desk.does(Event::Tick).contains(&stopped(Epoch(1), EndReason::AgentStopping, None)));
}

#[test]
fn more_comes_only_by_the_persons_own_answer_and_never_more_than_it() {
    let mut desk = Desk::new();
    desk.looked_at();
    desk.does(turn(1, 2, BOTH));
    assert_eq!(desk.moves(2), Err(Void::Capability), "nobody was asked");
    let mut desk = Desk::new();
    desk.looked_at();
    assert!(matches!(desk.widen(more(ask()))[..], [Act::Ask(_)]));
    desk.does(turn(1, 2, BOTH));
    assert_eq!(desk.moves(2), Err(Void::Capability), "nobody answered yet");
    let mut desk = Desk::new();
    desk.looked_at();
    desk.widen(more(ask()));
    let acts = desk.yes(BOTH);
    assert!(matches!(acts[..], [Act::CloseAsk, Act::Tell(FromSession::Widen { epoch: Epoch(1), .. })]));
    assert_eq!(desk.moves(1), Err(Void::Capability), "not under the old epoch");
    desk.does(turn(1, 2, BOTH));
    assert_eq!((desk.moves(1), desk.moves(2)), (Err(Void::Epoch), Ok(())));
    // A yes counts once.
    desk.does(take_back());
    desk.does(turn(2, 3, BOTH));
    assert_eq!(desk.moves(3), Err(Void::Capability));
    for answer in [Answer::No(NoReason::Refused), Answer::Yes { capabilities: VIEW, shown_ms: 4000 }] {
        let mut desk = Desk::new();
        desk.looked_at();
        desk.widen(more(ask()));
        desk.does(Event::Answered(answer));
        desk.does(turn(1, 2, BOTH));
        assert_eq!(desk.moves(2), Err(Void::Capability));
        assert!(desk.sees(2), "the old grant goes on");
    }
}

#[test]
fn remote_hands_stand_still_from_the_question_to_the_later_epoch() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.widen(more(Ask { widening: Some(BOTH), ..ask() }));
    assert_eq!(desk.moves(1), Err(Void::Frozen));
    desk.does(Event::Answered(Answer::No(NoReason::Refused)));
    assert_eq!(desk.moves(1), Err(Void::Frozen), "until what was typed meanwhile is void");
    desk.does(turn(1, 2, BOTH));
    assert_eq!((desk.moves(1), desk.moves(2)), (Err(Void::Epoch), Ok(())));
}

#[test]
fn a_question_that_makes_no_sense_or_comes_at_a_wrong_time_is_not_put() {
    let refused = |acts: &[Act]| {
        matches!(acts, [Act::Tell(FromSession::Widen { answer: Answer::No(NoReason::PromptLost), .. })])
    };
    let mut desk = Desk::new();
    desk.looked_at();
    assert!(refused(&desk.widen(more(Ask { widening: None, ..ask() }))));
    assert!(refused(&desk.widen(more(Ask { match_code: 1_000_000, ..ask() }))));
    desk.widen(more(ask()));
    assert!(refused(&desk.widen(more(ask()))), "one at a time");
    desk.does(Event::Os(OsEvent::Locked(true)));
    assert!(refused(&desk.widen(more(ask()))), "on a locked screen");
    let mut desk = Desk::new();
    assert!(refused(&desk.widen(more(ask()))), "of no session");
}

#[test]
fn lock_and_hands_taken_back_close_the_question_and_a_late_yes_gives_nothing() {
    for event in [Event::Os(OsEvent::Locked(true)), take_back()] {
        let mut desk = Desk::new();
        desk.looked_at();
        desk.widen(more(ask()));
        assert!(desk.does(event).contains(&Act::CloseAsk));
        assert!(desk.yes(BOTH).is_empty());
        desk.does(Event::Os(OsEvent::Locked(false)));
        desk.does(Event::Banner(BannerEvent::Alive));
        desk.does(turn(1, 2, BOTH));
        assert_eq!(desk.moves(2), Err(Void::Capability));
    }
}
