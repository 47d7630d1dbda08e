//! The person locks, sleeps, switches and logs off; and a service, a banner and a clock that may do anything meanwhile.

use aval_protocol::session::HOLD;
use aval_protocol::wire::turn::Hold;

use super::*;
use crate::session::guard::Void;

const NO_MORE: Duration = Duration::from_secs(121);

fn locked(locked: bool) -> Event {
    Event::Os(OsEvent::Locked(locked))
}

fn turn(before: u64, epoch: u64, capabilities: Capabilities) -> Event {
    let word = AtDesk::Turn { epoch: Epoch(epoch), capabilities };
    Event::Order(ToSession::AtDesk { epoch: Epoch(before), word })
}

fn alive() -> Event {
    Event::Banner(BannerEvent::Alive)
}

impl Desk {
    fn later(&mut self, seconds: u64) -> Vec<Act> {
        self.now += Duration::from_secs(seconds);
        self.does(Event::Tick)
    }
}

#[test]
fn locked_it_stops_here_first_and_goes_on_once_the_banner_is_seen_again() {
    let mut desk = Desk::new();
    desk.live(1);
    let acts = desk.does(locked(true));
    let held = FromSession::Held { epoch: Epoch(1), why: Hold::Locked, left: HOLD };
    let [Act::Halt, Act::UpdateBanner(update), Act::Tell(told)] = &acts[..] else { panic!("{acts:?}") };
    assert_eq!((update.notice, told), (Some(BannerNotice::Held(120)), &held));
    assert_eq!(desk.guard.allows(desk.now, Epoch(1), Capabilities::VIEW), Err(Void::Epoch));
    assert!(desk.does(locked(true)).is_empty(), "said twice");
    assert!(desk.later(100).is_empty(), "a banner behind a locked screen is not missed");
    // A service that says it goes on is not believed.
    let acts = desk.does(turn(1, 2, BOTH));
    assert_eq!(acts, [Act::Tell(FromSession::BannerUp { epoch: Epoch(2) })]);
    assert!(!desk.sees(2));
    assert!(desk.does(locked(false)).is_empty(), "not before the banner is seen");
    let acts = desk.does(alive());
    assert!(acts.contains(&Act::Tell(FromSession::PersonBack { epoch: Epoch(2) })), "{acts:?}");
    assert!(!desk.sees(2), "not before the later epoch");
    let acts = desk.does(turn(2, 3, BOTH));
    assert!(matches!(acts[0], Act::Start { epoch: Epoch(3), capabilities: BOTH }), "{acts:?}");
    assert!(desk.sees(3) && !desk.sees(1) && !desk.sees(2));
    // What the person granted ends when it would have ended.
    for _ in 0..3499 {
        desk.does(alive());
        assert!(!desk.later(1).iter().any(|act| matches!(act, Act::Halt)));
    }
    desk.does(alive());
    assert!(desk.later(1).contains(&stopped(Epoch(3), EndReason::GrantExpired, None)));
}

#[test]
fn locked_for_two_minutes_it_is_over() {
    for late in [locked(false), alive(), turn(1, 2, BOTH), Event::Tick] {
        let mut desk = Desk::new();
        desk.live(1);
        desk.does(locked(true));
        desk.now += NO_MORE;
        desk.does(late);
        desk.does(alive());
        desk.does(Event::Tick);
        assert!(desk.conductor.is_idle());
        assert!(!desk.sees(1) && !desk.sees(2));
    }
    // Locked again before it went on, it waits no longer.
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(locked(true));
    desk.later(119);
    desk.does(locked(false));
    desk.does(locked(true));
    assert!(desk.later(2).contains(&stopped(Epoch(1), EndReason::LeftLocked, None)));
}

#[test]
fn sleep_counts_as_long_as_it_was() {
    let slept = |seconds| Event::Os(OsEvent::Woke { slept: Duration::from_secs(seconds) });
    let mut desk = Desk::new();
    desk.live(1);
    let acts = desk.does(Event::Os(OsEvent::Sleeps));
    assert!(matches!(acts[0], Act::Halt));
    // The monotonic clock stood still.
    desk.does(slept(110));
    let acts = desk.does(alive());
    assert!(acts.contains(&Act::Tell(FromSession::PersonBack { epoch: Epoch(1) })));
    desk.does(turn(1, 2, BOTH));
    assert!(desk.sees(2));
    desk.does(Event::Os(OsEvent::Sleeps));
    desk.does(slept(121));
    assert!(desk.does(alive()).contains(&stopped(Epoch(2), EndReason::LeftLocked, None)));
    // Awake behind a locked screen: the others hear what is left.
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(locked(true));
    desk.does(Event::Os(OsEvent::Sleeps));
    let acts = desk.does(slept(100));
    let left = Duration::from_secs(20);
    assert!(
        acts.contains(&Act::Tell(FromSession::Held { epoch: Epoch(1), why: Hold::Locked, left })),
        "{acts:?}"
    );
    assert!(desk.later(20).contains(&stopped(Epoch(1), EndReason::LeftLocked, None)));
}

#[test]
fn who_switches_or_logs_off_ends_it_at_once() {
    let mut desk = Desk::new();
    desk.live(1);
    let acts = desk.does(Event::Os(OsEvent::Left));
    assert!(matches!(acts[0], Act::Halt));
    assert!(acts.contains(&stopped(Epoch(1), EndReason::PersonLeft, None)));
    assert!(!desk.sees(1));
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(locked(true));
    assert!(desk.does(Event::Os(OsEvent::Left)).contains(&stopped(Epoch(1), EndReason::PersonLeft, None)));
}

#[test]
fn a_question_waits_behind_a_locked_screen_and_is_never_answered_there() {
    let mut desk = Desk::new();
    assert!(matches!(desk.ask()[..], [Act::Ask(_)]));
    assert_eq!(desk.does(locked(true)), [Act::CloseAsk]);
    assert!(desk.yes(BOTH).is_empty(), "nobody saw it");
    assert_eq!(desk.begin(SESSION, 1, BOTH, 60), violation(1));
    desk.later(20);
    let acts = desk.does(locked(false));
    let [Act::Ask(ask)] = &acts[..] else { panic!("{acts:?}") };
    assert_eq!(ask.ttl_s, 40, "what is left of its time");
    assert!(matches!(desk.yes(BOTH)[..], [Act::CloseAsk, Act::Tell(FromSession::Answer { .. })]));
    // One that comes while it is locked is put afterwards, or times out.
    let mut desk = Desk::new();
    desk.does(locked(true));
    assert!(desk.ask().is_empty());
    let answer = Answer::No(NoReason::TimedOut);
    let told = Act::Tell(FromSession::Answer { session: SESSION, answer });
    assert!(desk.later(61).contains(&told));
}

#[test]
fn a_yes_just_before_the_lock_shows_nothing_behind_it() {
    let mut desk = Desk::new();
    desk.ask();
    desk.yes(BOTH);
    desk.does(locked(true));
    desk.begin(SESSION, 1, BOTH, 3600);
    let acts = desk.does(Event::Banner(BannerEvent::Up));
    assert!(!acts.iter().any(|act| matches!(act, Act::Start { .. })), "{acts:?}");
    assert!(acts.iter().any(|act| matches!(act, Act::Tell(FromSession::Held { .. }))));
    assert!(!desk.sees(1));
}

#[test]
fn a_protected_screen_pauses_until_the_person_has_answered_there() {
    let secure = |up| Event::Os(OsEvent::Secure(up));
    let mut desk = Desk::new();
    desk.live(1);
    let acts = desk.does(secure(true));
    let held = FromSession::Held { epoch: Epoch(1), why: Hold::Secure, left: HOLD };
    assert!(matches!(acts[0], Act::Halt) && acts.contains(&Act::Tell(held)), "{acts:?}");
    assert!(!desk.sees(1));
    // As long as it may take a person to type a password the banner is not missed; the desktop alone brings nothing back.
    assert!(desk.later(100).is_empty());
    assert!(desk.does(secure(false)).is_empty());
    assert!(desk.later(10).is_empty() && !desk.sees(1));
    let acts = desk.does(alive());
    assert!(acts.contains(&Act::Tell(FromSession::PersonBack { epoch: Epoch(1) })), "{acts:?}");
    desk.does(turn(1, 2, BOTH));
    assert!(desk.sees(2) && !desk.sees(1));
    // And then no longer than that.
    desk.does(secure(true));
    assert!(desk.later(121).contains(&stopped(Epoch(2), EndReason::LeftLocked, None)));
    // A banner that is lost while the person's own desktop is up is no pause.
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(secure(true));
    desk.does(secure(false));
    desk.does(alive());
    desk.does(turn(1, 2, BOTH));
    assert!(desk.later(4).contains(&stopped(Epoch(2), EndReason::BannerLost, None)));
}

#[test]
fn a_lock_is_told_from_the_protected_screen_it_shows() {
    let mut desk = Desk::new();
    desk.live(1);
    desk.does(Event::Os(OsEvent::Secure(true)));
    desk.later(20);
    let left = HOLD - Duration::from_secs(20);
    let held = FromSession::Held { epoch: Epoch(1), why: Hold::Locked, left };
    assert!(desk.does(locked(true)).contains(&Act::Tell(held)), "the same time, another reason");
    assert!(desk.does(Event::Os(OsEvent::Secure(false))).is_empty());
    assert!(desk.does(alive()).is_empty(), "still locked");
    desk.does(locked(false));
    let acts = desk.does(alive());
    assert!(acts.contains(&Act::Tell(FromSession::PersonBack { epoch: Epoch(1) })), "{acts:?}");
}
