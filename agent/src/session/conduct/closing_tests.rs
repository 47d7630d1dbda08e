//! Closing time on the desktop: remote hands and the person's own answer, against a service that may say anything (clause 4.3).

use aval_protocol::prompt::{BannerUpdate, Extending};
use proptest::prelude::*;

use super::*;
use crate::session::guard::Void;

const ANSWER: Duration = Duration::from_secs(120);
const END: Duration = Duration::from_secs(300);

fn go_on() -> ToSession {
    let ask = Box::new(Ask {
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        technician: "Sophie Martin".into(),
        contract: None,
        category: WorkCategory::Assistance,
        reference: "Appel de Mme Leroy".into(),
        capabilities: BOTH,
        minutes: 30,
        match_code: 123_456,
        ttl_s: 120,
        lang: None,
        extending: Some(Extending { closed_at: 1080, until: 1110, unanswered_until: 1085 }),
        widening: None,
        returning: false,
        beside: None,
    });
    let word = AtDesk::Ask { ask, answer_within: ANSWER, end_within: END };
    ToSession::AtDesk { epoch: Epoch(1), word }
}

fn word(word: AtDesk) -> Event {
    Event::Order(ToSession::AtDesk { epoch: Epoch(1), word })
}

impl Desk {
    fn hands(&self) -> Result<(), Void> {
        self.guard.allows(self.now, Epoch(1), Capabilities::CONTROL)
    }

    /// Time passes with a banner that beats.
    fn pass(&mut self, time: Duration) -> Vec<Act> {
        let until = self.now + time;
        let mut acts = Vec::new();
        while self.now < until {
            let due = self.conductor.poll_timeout().unwrap_or(until);
            self.now = due.min(until).min(self.now + Duration::from_millis(250));
            acts.extend(self.does(Event::Banner(BannerEvent::Alive)));
            acts.extend(self.does(Event::Tick));
        }
        acts
    }

    fn asked() -> Self {
        let mut desk = Self::new();
        desk.live(1);
        assert_eq!(desk.hands(), Ok(()));
        assert!(matches!(desk.does(Event::Order(go_on()))[..], [Act::Ask(_)]));
        desk
    }
}

fn said(answer: Answer) -> Act {
    Act::Tell(FromSession::Extend { epoch: Epoch(1), answer })
}

fn updated(acts: &[Act]) -> Option<Capabilities> {
    acts.iter().find_map(|act| match act {
        Act::UpdateBanner(BannerUpdate { capabilities, .. }) => Some(*capabilities),
        _ => None,
    })
}

#[test]
fn clause_4_3_hands_stand_still_while_the_person_is_asked_and_move_again_by_their_yes() {
    let mut desk = Desk::asked();
    assert_eq!(desk.hands(), Err(Void::Frozen));
    assert!(desk.sees(1), "the screen may be seen meanwhile");
    let acts = desk.yes(BOTH);
    assert_eq!(acts[..2], [Act::CloseAsk, said(Answer::Yes { capabilities: BOTH, shown_ms: 4000 })]);
    assert_eq!((desk.hands(), updated(&acts)), (Ok(()), Some(BOTH)));
    // A yes to less keeps less, and a service that says more changes nothing.
    let mut desk = Desk::asked();
    assert_eq!(updated(&desk.yes(Capabilities::VIEW)), Some(Capabilities::VIEW));
    desk.does(word(AtDesk::Extended { at: 1110, capabilities: BOTH }));
    assert_eq!(desk.hands(), Err(Void::Capability));
}

#[test]
fn clause_4_3_silence_takes_the_hands_and_then_the_screen_even_without_the_service() {
    let mut desk = Desk::asked();
    assert!(desk.pass(ANSWER - Duration::from_millis(1)).is_empty());
    assert_eq!(desk.hands(), Err(Void::Frozen));
    let acts = desk.pass(Duration::from_millis(1));
    assert_eq!(acts[..2], [Act::CloseAsk, said(Answer::No(NoReason::TimedOut))]);
    assert_eq!((desk.hands(), updated(&acts)), (Err(Void::Capability), Some(Capabilities::VIEW)));
    assert!(desk.sees(1));
    assert!(desk.yes(BOTH).is_empty(), "too late");
    let acts = desk.pass(END - ANSWER);
    assert_eq!(acts[..2], [Act::Halt, stopped(Epoch(1), EndReason::SupportClosed, None)]);
    assert!(!desk.sees(1));
}

#[test]
fn clause_4_3_a_no_stops_here_before_anybody_is_told() {
    let mut desk = Desk::asked();
    let no = Answer::No(NoReason::Refused);
    let acts = desk.does(Event::Answered(no));
    let ended = stopped(Epoch(1), EndReason::EndedByPerson, None);
    assert_eq!(acts, [Act::Halt, Act::CloseAsk, said(no), ended, Act::CloseBanner]);
    assert!(!desk.sees(1));
}

#[test]
fn clause_4_3_a_question_that_can_not_be_put_is_no_yes() {
    // In no session, in another, or with a question of another kind.
    let lost = || said(Answer::No(NoReason::PromptLost));
    let mut desk = Desk::new();
    assert_eq!(desk.does(Event::Order(go_on())), [lost()]);
    desk.live(1);
    let ToSession::AtDesk { word: ask, .. } = go_on() else { panic!() };
    let other = ToSession::AtDesk { epoch: Epoch(9), word: ask };
    assert!(matches!(desk.does(Event::Order(other))[..], [Act::Tell(FromSession::Extend { .. })]));
    assert_eq!(desk.hands(), Ok(()));
    let ToSession::AtDesk { epoch, word: AtDesk::Ask { mut ask, answer_within, end_within } } = go_on()
    else {
        panic!()
    };
    ask.extending = None;
    let order = ToSession::AtDesk { epoch, word: AtDesk::Ask { ask, answer_within, end_within } };
    assert!(desk.does(Event::Order(order)).contains(&lost()));
    assert_eq!(desk.hands(), Err(Void::Capability));
}

#[test]
fn clause_4_2_the_banner_says_when_it_closes() {
    let mut desk = Desk::new();
    desk.live(1);
    for (said, notice) in [
        (AtDesk::Soon { at: 1080 }, BannerNotice::ClosesAt(1080)),
        (AtDesk::Extended { at: 1110, capabilities: BOTH }, BannerNotice::Extended(1110)),
        (AtDesk::ViewOnly { at: 1085 }, BannerNotice::ViewOnly(1085)),
    ] {
        let acts = desk.does(word(said));
        assert!(
            matches!(acts[..], [Act::UpdateBanner(BannerUpdate { notice: Some(n), .. })] if n == notice),
            "{acts:?}"
        );
    }
}

#[derive(Clone, Debug)]
enum Deed {
    Pass(u64),
    Ask,
    Extended,
    ViewOnly,
    Yes(u16),
    No(NoReason),
    Begin,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (1_u64..150_000).prop_map(Deed::Pass),
        2 => Just(Deed::Ask),
        1 => Just(Deed::Extended),
        1 => Just(Deed::ViewOnly),
        2 => (1_u16..4).prop_map(Deed::Yes),
        1 => prop_oneof![Just(NoReason::Refused), Just(NoReason::TimedOut), Just(NoReason::PromptLost)]
            .prop_map(Deed::No),
        1 => Just(Deed::Begin),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Whatever the service says and the person does: once asked, no hand moves before a yes of the person, none after the answer's time
    /// without one, and nothing lives after the grace without one, nor after the granted time.
    #[test]
    fn clause_4_3_no_hand_moves_after_closing_without_the_persons_yes(deeds in prop::collection::vec(deed(), 1..20)) {
        let mut desk = Desk::new();
        desk.live(1);
        let begun = desk.now;
        // Since when the person is asked; whether they said yes to hands.
        let mut asked: Option<Instant> = None;
        let mut yes = true;
        for deed in deeds {
            match deed {
                Deed::Pass(ms) => drop(desk.pass(Duration::from_millis(ms))),
                Deed::Ask => {
                    let acts = desk.does(Event::Order(go_on()));
                    if acts.iter().any(|act| matches!(act, Act::Ask(_))) {
                        (asked, yes) = (Some(desk.now), false);
                    }
                }
                Deed::Extended => drop(desk.does(word(AtDesk::Extended { at: 1110, capabilities: BOTH }))),
                Deed::ViewOnly => drop(desk.does(word(AtDesk::ViewOnly { at: 1085 }))),
                Deed::Yes(bits) => {
                    let acts = desk.yes(Capabilities::from_bits(bits));
                    yes |= acts.contains(&Act::CloseAsk);
                }
                Deed::No(reason) => drop(desk.does(Event::Answered(Answer::No(reason)))),
                Deed::Begin => drop(desk.begin(SESSION, 2, BOTH, 3600)),
            }
            let unasked = asked.is_none();
            prop_assert!(unasked || yes || desk.hands().is_err());
            if let Some(since) = asked {
                prop_assert!(yes || desk.now < since + END || !desk.sees(1));
            }
            prop_assert!(desk.now < begun + Duration::from_secs(3600) || !desk.sees(1));
        }
    }
}
