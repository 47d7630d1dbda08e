//! Every order of events that a service, a person, a banner and time can bring to the conductor, up to a depth: what may be moved or seen
//! is compared after each with a second, much simpler account of what the person said.
//!
//! It is the real conductor and the real guard, the very one that is asked before each injected event. Two orders that lead to the same
//! state of both are gone on with once.

use std::collections::{HashSet, VecDeque};
use std::sync::OnceLock;

use aval_protocol::prompt::{Company, Extending};
use aval_protocol::seal::secret::{SecretKey, seal_secret};
use aval_protocol::wire::beside::Way;
use aval_protocol::wire::handover::{HandoverKind, SealedSecret, Secret};

use super::*;

/// Events in a row. Deeper in `--long` runs: `cargo test -- --ignored`.
const DEPTH: usize = 8;
const DEEPER: usize = 11;
/// The question whether to go on: silence until then, and the end without a yes.
const ANSWER: Duration = Duration::from_secs(120);
const END: Duration = Duration::from_secs(300);
const OTHER: SessionId = SessionId([8; 16]);
const VIEW: Capabilities = Capabilities::VIEW;

#[path = "explore_account.rs"]
mod account;

use account::Account;

#[derive(Clone, Copy, Debug)]
enum Step {
    Ask(SessionId, Capabilities),
    /// While a grant stands.
    AskBeside(SessionId, Capabilities, Way),
    Withdraw,
    Yes(Capabilities),
    No(NoReason),
    Begin(SessionId, u64, Capabilities, u32),
    Up,
    Alive,
    Press,
    Lost,
    GoOn(u64),
    Extended,
    ViewOnly,
    LineLost(u64),
    Back(u64, u64),
    MaskWished(u64),
    SecretWished(u64),
    Mask(bool),
    Handed(bool),
    Lock(bool),
    Left,
    TakeBack,
    More(u64),
    Turn(u64, u64),
    Return,
    MayReturn(u64),
    Rest(u64),
    Awake(u64),
    PersonActs,
    OrderEnd,
    DisplayLost,
    Pass(u64),
}

const STEPS: [Step; 47] = [
    Step::Ask(SESSION, BOTH),
    Step::Ask(OTHER, VIEW),
    Step::Withdraw,
    Step::Yes(BOTH),
    Step::Yes(VIEW),
    Step::No(NoReason::Refused),
    Step::No(NoReason::TimedOut),
    Step::Begin(SESSION, 1, BOTH, 600),
    Step::Begin(SESSION, 2, BOTH, 7200),
    Step::Begin(OTHER, 2, VIEW, 600),
    Step::Up,
    Step::Alive,
    Step::Press,
    Step::Lost,
    Step::GoOn(1),
    Step::Extended,
    Step::ViewOnly,
    Step::LineLost(1),
    Step::LineLost(2),
    Step::Back(1, 2),
    Step::Back(2, 3),
    Step::MaskWished(1),
    Step::SecretWished(1),
    Step::Mask(true),
    Step::Mask(false),
    Step::Handed(true),
    Step::Handed(false),
    Step::Lock(true),
    Step::Lock(false),
    Step::Left,
    Step::TakeBack,
    Step::More(1),
    Step::More(2),
    Step::Turn(1, 2),
    Step::Turn(2, 3),
    Step::Return,
    Step::MayReturn(1),
    Step::Rest(1),
    Step::Rest(2),
    Step::Awake(1),
    Step::Awake(2),
    Step::PersonActs,
    Step::OrderEnd,
    Step::DisplayLost,
    Step::Pass(600),
    Step::Pass(20_000),
    Step::Pass(121_000),
];

/// How one grant stands.
const LIVING: [Step; 4] =
    [Step::Ask(SESSION, BOTH), Step::Yes(BOTH), Step::Begin(SESSION, 1, BOTH, 600), Step::Up];
/// What a second technician may bring about there.
const BESIDE: [Step; 26] = [
    Step::AskBeside(OTHER, BOTH, Way::Follows),
    Step::AskBeside(OTHER, VIEW, Way::Joins),
    Step::Begin(OTHER, 3, VIEW, 600),
    Step::Withdraw,
    Step::Yes(BOTH),
    Step::Yes(VIEW),
    Step::No(NoReason::Refused),
    Step::Begin(SESSION, 3, BOTH, 600),
    Step::Begin(OTHER, 3, BOTH, 600),
    Step::Up,
    Step::Alive,
    Step::Press,
    Step::GoOn(1),
    Step::LineLost(1),
    Step::Back(1, 2),
    Step::SecretWished(1),
    Step::Handed(false),
    Step::Lock(true),
    Step::Lock(false),
    Step::TakeBack,
    Step::More(1),
    Step::Turn(1, 2),
    Step::OrderEnd,
    Step::Pass(600),
    Step::Pass(20_000),
    Step::Pass(121_000),
];
const BESIDE_DEPTH: usize = 6;
const BESIDE_DEEPER: usize = 8;

impl Step {
    fn event(self) -> Event {
        let word = |epoch: u64, word| Event::Order(ToSession::AtDesk { epoch: Epoch(epoch), word });
        match self {
            Self::Ask(session, capabilities) => {
                Event::Order(ToSession::Ask { session, ask: ask(capabilities, None) })
            }
            Self::AskBeside(session, capabilities, way) => {
                let beside = Some(Company { technician: "Sophie Martin".into(), way });
                let ask = Box::new(Ask { beside, ..*ask(capabilities, None) });
                Event::Order(ToSession::Ask { session, ask })
            }
            Self::Withdraw => Event::Order(ToSession::Withdraw { session: SESSION }),
            Self::Yes(capabilities) => Event::Answered(Answer::Yes { capabilities, shown_ms: 4000 }),
            Self::No(reason) => Event::Answered(Answer::No(reason)),
            Self::Begin(session, epoch, capabilities, for_s) => {
                let mut banner = Box::new(banner(capabilities, for_s));
                if session == OTHER {
                    banner.technicians.push("Paul Petit".into());
                }
                Event::Order(ToSession::Begin { session, epoch: Epoch(epoch), capabilities, for_s, banner })
            }
            Self::Up => Event::Banner(BannerEvent::Up),
            Self::Alive => Event::Banner(BannerEvent::Alive),
            Self::Press => Event::Banner(BannerEvent::End { at_ms: 1 }),
            Self::Lost => Event::Banner(BannerEvent::Lost),
            Self::GoOn(epoch) => {
                let extending = Extending { closed_at: 1080, until: 1110, unanswered_until: 1085 };
                let ask = ask(BOTH, Some(extending));
                word(epoch, AtDesk::Ask { ask, answer_within: ANSWER, end_within: END })
            }
            Self::Extended => word(1, AtDesk::Extended { at: 1110, capabilities: BOTH }),
            Self::ViewOnly => word(1, AtDesk::ViewOnly { at: 1085 }),
            Self::LineLost(epoch) => word(epoch, AtDesk::LineLost { for_s: u16::MAX }),
            Self::Back(lost, epoch) => word(lost, AtDesk::Back { epoch: Epoch(epoch) }),
            Self::MaskWished(epoch) => word(epoch, AtDesk::Mask),
            Self::SecretWished(epoch) => word(epoch, AtDesk::Secret { ask: secret() }),
            Self::Mask(on) => Event::Banner(BannerEvent::Mask { on }),
            Self::Return => Event::Order(ToSession::Return {
                session: SESSION,
                epoch: Epoch(9),
                capabilities: VIEW,
                for_s: 600,
                banner: Box::new(banner(VIEW, 600)),
            }),
            Self::MayReturn(epoch) => {
                let ask = Box::new(Ask { returning: true, ..*ask(BOTH, None) });
                word(epoch, AtDesk::AskReturn { ask })
            }
            Self::Rest(epoch) => word(epoch, AtDesk::Idle),
            Self::Awake(epoch) => word(epoch, AtDesk::Awake),
            Self::PersonActs => Event::PersonActs,
            Self::Handed(given) => Event::Secret(answer(given)),
            Self::Lock(locked) => Event::Os(OsEvent::Locked(locked)),
            Self::Left => Event::Os(OsEvent::Left),
            Self::TakeBack => Event::Banner(BannerEvent::TakeBack { at_ms: 1 }),
            Self::More(epoch) => {
                let ask = Box::new(Ask { widening: Some(VIEW), ..*ask(BOTH, None) });
                word(epoch, AtDesk::Widen { ask })
            }
            Self::Turn(before, epoch) => {
                word(before, AtDesk::Turn { epoch: Epoch(epoch), capabilities: BOTH })
            }
            Self::OrderEnd => Event::Order(ToSession::End { session: SESSION, reason: EndReason::LinkLost }),
            Self::DisplayLost => Event::DisplayLost,
            Self::Pass(_) => Event::Tick,
        }
    }
}

fn ask(capabilities: Capabilities, extending: Option<Extending>) -> Box<Ask> {
    Box::new(Ask {
        firm: "Atelier".into(),
        phone: "+33199001234".into(),
        technician: "Sophie Martin".into(),
        contract: None,
        category: WorkCategory::Assistance,
        reference: "Appel".into(),
        capabilities,
        minutes: 60,
        match_code: 1,
        ttl_s: 60,
        lang: None,
        extending,
        widening: None,
        returning: false,
        beside: None,
    })
}

fn banner(capabilities: Capabilities, remaining_s: u32) -> Banner {
    Banner {
        technicians: vec!["Sophie Martin".into()],
        firm: "Atelier".into(),
        phone: "+33199001234".into(),
        capabilities,
        remaining_s,
        lang: None,
    }
}

fn secret() -> Box<AskSecret> {
    Box::new(AskSecret {
        firm: "Atelier".into(),
        technician: "Sophie Martin".into(),
        kind: HandoverKind::Windows,
        session: SESSION,
        key: [9; 32],
        ttl_s: 60,
        lang: None,
    })
}

fn answer(given: bool) -> SecretAnswer {
    if !given {
        return SecretAnswer::No(NoReason::Refused);
    }
    // Nobody here looks into it.
    let sealed = SEALED.get_or_init(|| {
        let key = SecretKey::new(&[9; 32].into(), secret().context()).unwrap();
        let typed = Secret { identifier: String::new().into(), password: "sésame".to_owned().into() };
        seal_secret(&typed, &key.public(), secret().context()).unwrap()
    });
    SecretAnswer::Given { sealed: sealed.clone(), count: 1 }
}

static SEALED: OnceLock<SealedSecret> = OnceLock::new();

/// Plays an order of events; the state it leads to, after every check on the way.
fn play(start: Instant, path: &[Step]) -> (String, bool) {
    let guard = Arc::new(Guard::new(start));
    let mut conductor = Conductor::new(Arc::clone(&guard));
    let (mut account, mut now, mut moves) = (Account::default(), start, false);
    for &step in path {
        let until = match step {
            Step::Pass(ms) => now + Duration::from_millis(ms),
            _ => now,
        };
        // Called whenever it wants to be, as the process's loop does.
        while let Some(due) = conductor.poll_timeout().filter(|due| *due < until) {
            now = due.max(now + Duration::from_millis(1));
            account.takes(now, Step::Pass(0));
            conductor.handle(now, Event::Tick);
        }
        now = until;
        account.takes(now, step);
        let acts = conductor.handle(now, step.event());
        for act in &acts {
            if let Act::Start { epoch, capabilities } | Act::Again { epoch, capabilities } = act {
                assert_eq!(account.masked, [false; 2], "{path:?}");
                assert!(account.allows(now, epoch.0, VIEW) || account.beat != Some(now), "{path:?}");
                assert!(account.live.is_some_and(|(_, rights, _)| rights.holds(*capabilities)), "{path:?}");
            }
        }
        moves = false;
        for epoch in 0..10 {
            for need in [VIEW, Capabilities::CONTROL] {
                if guard.allows(now, Epoch(epoch), need).is_ok() {
                    moves |= need == Capabilities::CONTROL;
                    assert!(account.allows(now, epoch, need), "{epoch} {need:?} after {path:?}");
                }
            }
        }
    }
    (format!("{conductor:?} {:?}", now - start), moves)
}

/// States found from there up to that depth, those of them in which hands may be moved, and orders tried.
fn explore(from: &[Step], steps: &[Step], depth: usize) -> [usize; 3] {
    let start = aval_transport::Clock::system().monotonic();
    let (first, _) = play(start, from);
    let (mut seen, mut moving, mut tried) = (HashSet::from([first]), 0, 0);
    let mut next = VecDeque::from([from.to_vec()]);
    while let Some(path) = next.pop_front() {
        for &step in steps {
            let longer: Vec<Step> = path.iter().copied().chain([step]).collect();
            tried += 1;
            let (state, moves) = play(start, &longer);
            if seen.insert(state) {
                moving += usize::from(moves);
                if longer.len() < from.len() + depth {
                    next.push_back(longer);
                }
            }
        }
    }
    [seen.len(), moving, tried]
}

#[test]
#[allow(clippy::print_stdout, reason = "what was explored is told")]
fn in_every_order_of_events_nothing_moves_without_the_persons_living_yes() {
    let [states, moving, tried] = explore(&[], &STEPS, DEPTH);
    println!("{states} states, hands may move in {moving}, {tried} orders of up to {DEPTH} events");
    assert!(states > 1000 && moving > 20, "{states} {moving}: nothing was explored");
}

#[test]
#[allow(clippy::print_stdout, reason = "what was explored is told")]
fn in_every_order_of_events_around_a_second_technician_too() {
    let [states, moving, tried] = explore(&LIVING, &BESIDE, BESIDE_DEPTH);
    println!("{states} states, hands may move in {moving}, {tried} orders of up to {BESIDE_DEPTH} events");
    assert!(states > 1000 && moving > 20, "{states} {moving}: nothing was explored");
}

#[test]
#[ignore = "some minutes: for --long"]
#[allow(clippy::print_stdout, reason = "what was explored is told")]
fn long_in_every_longer_order_of_events_too() {
    let [states, moving, tried] = explore(&[], &STEPS, DEEPER);
    println!("{states} states, hands may move in {moving}, {tried} orders of up to {DEEPER} events");
    let [states, moving, tried] = explore(&LIVING, &BESIDE, BESIDE_DEEPER);
    println!("{states} states, hands may move in {moving}, {tried} orders of up to {BESIDE_DEEPER} events");
}
