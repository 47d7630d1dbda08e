//! The conductor against orders nobody agreed to, banners that die, and their honest twins.

#[path = "conduct/away_tests.rs"]
mod away;
#[path = "conduct/beside_tests.rs"]
mod beside;
#[path = "conduct/closing_tests.rs"]
mod closing;
#[path = "conduct/explore_tests.rs"]
mod explore;
#[path = "conduct/hold_tests.rs"]
mod hold;
#[path = "conduct/idle_tests.rs"]
mod idle;
#[path = "conduct/local_tests.rs"]
mod local;
#[path = "conduct/mask_tests.rs"]
mod mask;
#[path = "conduct/promise_tests.rs"]
mod promise;
#[path = "conduct/turn_tests.rs"]
mod turn;

use super::*;
use aval_protocol::wire::session::WorkCategory;

const BOTH: Capabilities = Capabilities::VIEW.with(Capabilities::CONTROL);
const SESSION: SessionId = SessionId([7; 16]);

struct Desk {
    guard: Arc<Guard>,
    conductor: Conductor,
    now: Instant,
}

/// A technician's question for both rights.
fn question_of(technician: &str) -> Box<Ask> {
    Box::new(Ask {
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        technician: technician.into(),
        contract: None,
        category: WorkCategory::Assistance,
        reference: "Appel de Mme Leroy".into(),
        capabilities: BOTH,
        minutes: 60,
        match_code: 123_456,
        ttl_s: 60,
        lang: None,
        extending: None,
        widening: None,
        returning: false,
        beside: None,
    })
}

impl Desk {
    fn new() -> Self {
        let now = aval_transport::Clock::system().monotonic();
        let guard = Arc::new(Guard::new(now));
        Self { conductor: Conductor::new(Arc::clone(&guard)), guard, now }
    }

    fn does(&mut self, event: Event) -> Vec<Act> {
        self.conductor.handle(self.now, event)
    }

    fn ask(&mut self) -> Vec<Act> {
        let ask = question_of("Sophie Martin");
        self.does(Event::Order(ToSession::Ask { session: SESSION, ask }))
    }

    fn yes(&mut self, capabilities: Capabilities) -> Vec<Act> {
        self.does(Event::Answered(Answer::Yes { capabilities, shown_ms: 4000 }))
    }

    fn begin(&mut self, session: SessionId, epoch: u64, capabilities: Capabilities, for_s: u32) -> Vec<Act> {
        let banner = Box::new(Banner {
            technicians: vec!["Sophie Martin".into()],
            firm: "Atelier Beaurepaire Informatique".into(),
            phone: "+33199001234".into(),
            capabilities: BOTH,
            remaining_s: for_s,
            lang: None,
        });
        let epoch = Epoch(epoch);
        self.does(Event::Order(ToSession::Begin { session, epoch, capabilities, for_s, banner }))
    }

    fn live(&mut self, epoch: u64) {
        self.ask();
        self.yes(BOTH);
        assert!(matches!(self.begin(SESSION, epoch, BOTH, 3600)[..], [Act::ShowBanner(_)]));
        let acts = self.does(Event::Banner(BannerEvent::Up));
        assert!(matches!(acts[..], [Act::Start { .. }, Act::Tell(FromSession::BannerUp { .. })]), "{acts:?}");
    }

    fn sees(&self, epoch: u64) -> bool {
        self.guard.allows(self.now, Epoch(epoch), Capabilities::VIEW).is_ok()
    }
}

fn violation(epoch: u64) -> Vec<Act> {
    vec![stopped(Epoch(epoch), EndReason::ProtocolViolation, None)]
}

#[test]
fn a_yes_a_banner_then_the_screen() {
    let mut desk = Desk::new();
    assert!(matches!(desk.ask()[..], [Act::Ask(_)]));
    assert!(matches!(desk.yes(BOTH)[..], [Act::CloseAsk, Act::Tell(FromSession::Answer { .. })]));
    desk.begin(SESSION, 1, BOTH, 3600);
    assert!(!desk.sees(1), "the banner is not up yet");
    desk.does(Event::Banner(BannerEvent::Up));
    assert!(desk.sees(1));
}

#[test]
fn nothing_begins_that_nobody_agreed_to() {
    let mut desk = Desk::new();
    assert_eq!(desk.begin(SESSION, 1, BOTH, 60), violation(1), "never asked");
    desk.ask();
    assert_eq!(desk.begin(SESSION, 1, BOTH, 60), violation(1), "not answered");
    desk.does(Event::Answered(Answer::No(NoReason::Refused)));
    assert_eq!(desk.begin(SESSION, 1, BOTH, 60), violation(1), "refused");
    desk.ask();
    desk.yes(Capabilities::VIEW);
    assert_eq!(desk.begin(SESSION, 1, BOTH, 60), violation(1), "more than ticked");
    desk.ask();
    desk.yes(BOTH);
    assert_eq!(desk.begin(SessionId([8; 16]), 1, BOTH, 60), violation(1), "another session");
    desk.ask();
    desk.yes(BOTH);
    assert_eq!(desk.begin(SESSION, 1, BOTH, 3601), violation(1), "longer than asked");
    desk.ask();
    desk.yes(BOTH);
    desk.now += YES_KEEPS;
    assert_eq!(desk.begin(SESSION, 1, BOTH, 60), violation(1), "an old yes");
    desk.live(2);
    assert!(desk.sees(2));
}

#[test]
fn one_yes_is_good_for_one_session() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(Event::Banner(BannerEvent::End { at_ms: 5 }));
    assert_eq!(desk.begin(SESSION, 2, BOTH, 60), violation(2));
}

#[test]
fn the_click_stops_here_before_anybody_is_told() {
    let mut desk = Desk::new();
    desk.live(1);
    let acts = desk.does(Event::Banner(BannerEvent::End { at_ms: 42 }));
    assert!(!desk.sees(1));
    assert_eq!(acts[0], Act::Halt);
    assert_eq!(acts[1], stopped(Epoch(1), EndReason::EndedByPerson, Some(42)));
}

#[test]
fn a_banner_that_dies_hangs_or_never_comes_ends_the_session() {
    let mut desk = Desk::new();
    desk.live(1);
    assert!(desk.does(Event::Banner(BannerEvent::Lost)).contains(&stopped(
        Epoch(1),
        EndReason::BannerLost,
        None
    )));
    assert!(!desk.sees(1));

    desk.live(2);
    desk.now += super::super::guard::LEASE;
    assert!(!desk.sees(2), "even before the tick");
    assert!(desk.does(Event::Tick).is_empty(), "a busy PC's banner may come back");
    desk.does(Event::Banner(BannerEvent::Alive));
    assert!(desk.sees(2), "it came back");
    desk.now += super::super::guard::LEASE;
    assert!(!desk.sees(2));
    desk.now += super::super::guard::GRACE;
    assert_eq!(desk.conductor.poll_timeout(), Some(desk.now));
    assert!(desk.does(Event::Tick).contains(&stopped(Epoch(2), EndReason::BannerLost, None)));

    desk.ask();
    desk.yes(BOTH);
    desk.begin(SESSION, 3, BOTH, 60);
    desk.now += RAISING;
    assert!(desk.does(Event::Tick).contains(&stopped(Epoch(3), EndReason::BannerLost, None)));
    assert!(desk.does(Event::Banner(BannerEvent::Up)).is_empty(), "too late");
    assert!(!desk.sees(3));
}

#[test]
fn a_beating_banner_keeps_the_session_until_its_time_is_over() {
    let mut desk = Desk::new();
    desk.ask();
    desk.yes(BOTH);
    desk.begin(SESSION, 1, BOTH, 2);
    desk.does(Event::Banner(BannerEvent::Up));
    for _ in 0..7 {
        desk.now += Duration::from_millis(250);
        assert!(desk.does(Event::Banner(BannerEvent::Alive)).is_empty());
        assert!(desk.does(Event::Tick).is_empty());
        assert!(desk.sees(1));
    }
    desk.now += Duration::from_millis(250);
    assert!(!desk.sees(1));
    assert!(desk.does(Event::Tick).contains(&stopped(Epoch(1), EndReason::GrantExpired, None)));
}

#[test]
fn an_old_epoch_begins_nothing() {
    let mut desk = Desk::new();
    desk.live(5);
    desk.does(Event::Order(ToSession::End { session: SESSION, reason: EndReason::EndedByTechnician }));
    desk.ask();
    desk.yes(BOTH);
    desk.begin(SESSION, 5, BOTH, 60);
    let acts = desk.does(Event::Banner(BannerEvent::Up));
    assert!(acts.contains(&stopped(Epoch(5), EndReason::ProtocolViolation, None)), "{acts:?}");
    assert!(!desk.sees(5));
}

#[test]
fn hands_are_frozen_while_a_question_is_up() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(Event::Order(ToSession::End { session: SESSION, reason: EndReason::EndedByTechnician }));
    desk.ask();
    desk.guard.begin(desk.now, Epoch(9), BOTH, Duration::from_secs(9));
    let control = |desk: &Desk| desk.guard.allows(desk.now, Epoch(9), Capabilities::CONTROL);
    assert_eq!(control(&desk), Err(super::super::guard::Void::Frozen));
    desk.does(Event::Order(ToSession::Withdraw { session: SESSION }));
    assert_eq!(control(&desk), Ok(()));
}

#[test]
fn a_second_question_in_a_session_is_answered_no_and_disturbs_nothing() {
    let mut desk = Desk::new();
    desk.live(1);
    let acts = desk.ask();
    assert!(matches!(
        acts[..],
        [Act::Tell(FromSession::Answer { answer: Answer::No(NoReason::PromptLost), .. })]
    ));
    assert!(desk.sees(1));
}

#[test]
fn without_the_service_nothing_goes_on() {
    let mut desk = Desk::new();
    desk.live(1);
    let acts = desk.does(Event::LineLost);
    assert_eq!(acts[0], Act::Halt);
    assert!(!desk.sees(1));
    desk.ask();
    assert_eq!(desk.does(Event::LineLost), vec![Act::CloseAsk]);
}
