//! The capturing and the injecting thread on a screen made of a counter and hands that write down what they do.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aval_protocol::id::Epoch;
use aval_protocol::pace::MAX_IN_FLIGHT;
use aval_protocol::wire::input::{Button, InputEvent, InputUp};
use aval_protocol::wire::screen::{Rect, ScreenDown};
use aval_protocol::wire::session::Capabilities;
use aval_transport::Clock;
use tokio::sync::mpsc;

use super::capture::{Capture, Eyes, Numbers, Piece, Under};
use super::guard::Guard;
use super::inject::Hands;
use crate::platform::{
    Change, Display, InputError, InputSink, OpenError, Pixels, Platform, ScreenLost, ScreenSource,
};

const BOTH: Capabilities = Capabilities::VIEW.with(Capabilities::CONTROL);
const HOUR: Duration = Duration::from_secs(3600);
const SOON: Duration = Duration::from_secs(10);

/// A screen that changes at every look, and hands that tell what they did.
#[derive(Debug)]
struct Scripted {
    done: Mutex<Sender<Done>>,
    screen_dies_at: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Done {
    Event(InputEvent),
    Released,
}

struct Picture {
    frame: u8,
    dies_at: u8,
    bytes: Vec<u8>,
}

struct Writing(Sender<Done>);

impl Platform for Scripted {
    fn open_screen(&self, _: Option<&str>) -> Result<Box<dyn ScreenSource>, OpenError> {
        Ok(Box::new(Picture { frame: 0, dies_at: self.screen_dies_at, bytes: vec![0; 64 * 64 * 4] }))
    }

    fn open_input(&self, _: Option<&str>) -> Result<Box<dyn InputSink>, OpenError> {
        Ok(Box::new(Writing(self.done.lock().unwrap().clone())))
    }

    fn display_state(&self) -> Display {
        Display::Screen
    }
}

impl ScreenSource for Picture {
    fn size(&self) -> (u16, u16) {
        (64, 64)
    }

    fn wait(&mut self, _: Duration) -> Result<Change, ScreenLost> {
        self.frame = self.frame.wrapping_add(1);
        if self.frame == self.dies_at {
            return Err(ScreenLost::DisplayGone);
        }
        self.bytes.fill(self.frame);
        Ok(Change { damage: vec![Rect { x: 0, y: 0, width: 64, height: 64 }], ..Change::default() })
    }

    fn grab(&mut self, _: Rect) -> Result<Pixels<'_>, ScreenLost> {
        Ok(Pixels { stride: 64 * 4, bytes: &self.bytes })
    }
}

impl InputSink for Writing {
    fn inject(&mut self, event: InputEvent) -> Result<(), InputError> {
        let _ = self.0.send(Done::Event(event));
        if event == InputEvent::Char('\u{0}') { Err(InputError::DisplayGone) } else { Ok(()) }
    }

    fn release_all(&mut self) {
        let _ = self.0.send(Done::Released);
    }
}

fn eyes(screen_dies_at: u8) -> (Eyes, Receiver<Done>) {
    let (done, heard) = channel();
    let platform: &'static Scripted =
        Box::leak(Box::new(Scripted { done: Mutex::new(done), screen_dies_at }));
    let clock = Clock::system();
    let guard = Arc::new(Guard::new(clock.monotonic()));
    (Eyes { platform, display: None, guard, clock }, heard)
}

fn live(eyes: &Eyes, epoch: u64, capabilities: Capabilities) {
    assert!(eyes.guard.begin(eyes.clock.monotonic(), Epoch(epoch), capabilities, HOUR));
    let (guard, clock) = (Arc::clone(&eyes.guard), eyes.clock.clone());
    // A banner that beats as long as the grant lives.
    std::thread::spawn(move || {
        while guard.living() == Some(Epoch(epoch)) {
            guard.beat(clock.monotonic());
            std::thread::sleep(Duration::from_millis(50));
        }
    });
}

#[allow(clippy::needless_pass_by_value, reason = "maps owned pieces")]
fn seq(piece: Piece) -> Option<u32> {
    match piece {
        (_, ScreenDown::Update { seq, .. }) => Some(seq),
        (_, ScreenDown::Geometry { .. } | ScreenDown::Cursor { .. } | ScreenDown::Anew { .. }) => None,
    }
}

fn under(epoch: u64, curtain: u64) -> Under {
    Under { epoch: Epoch(epoch), curtain }
}

fn press(epoch: u64) -> InputUp {
    InputUp { epoch: Epoch(epoch), event: InputEvent::Button { button: Button::Left, down: true } }
}

#[test]
fn no_more_than_three_updates_are_on_their_way_unseen() {
    let (eyes, _) = eyes(255);
    live(&eyes, 1, BOTH);
    let (pieces, mut seen) = mpsc::channel(64);
    let (lost, _lost) = mpsc::channel(1);
    let capture = Capture::start(eyes.clone(), under(1, 0), Numbers::default(), pieces, lost);
    assert_eq!(seen.blocking_recv(), Some((under(1, 0), ScreenDown::Geometry { width: 64, height: 64 })));
    for want in 1..=3 {
        assert_eq!(seen.blocking_recv().and_then(seq), Some(want));
    }
    assert_eq!(MAX_IN_FLIGHT, 3);
    std::thread::sleep(Duration::from_millis(300));
    assert!(seen.try_recv().is_err(), "a fourth left before one was painted");
    capture.painted(Epoch(2), 3);
    std::thread::sleep(Duration::from_millis(50));
    assert!(seen.try_recv().is_err(), "a mark of another epoch counts other updates");
    capture.painted(Epoch(1), 2);
    assert_eq!(seen.blocking_recv().and_then(seq), Some(4));
    assert_eq!(seen.blocking_recv().and_then(seq), Some(5));
    eyes.guard.stop();
    drop(capture);
    assert_eq!(seen.blocking_recv().and_then(seq), None, "the thread ends with its grant");
}

#[test]
fn a_capture_of_a_dead_grant_shows_nothing() {
    let (eyes, _) = eyes(255);
    let (pieces, mut seen) = mpsc::channel(64);
    let (lost, _lost) = mpsc::channel(1);
    live(&eyes, 1, BOTH);
    let _capture = Capture::start(eyes.clone(), under(2, 0), Numbers::default(), pieces, lost);
    assert_eq!(seen.blocking_recv(), None);
    eyes.guard.stop();
}

#[test]
fn a_lost_screen_is_reported() {
    let (eyes, _) = eyes(2);
    live(&eyes, 1, BOTH);
    let (pieces, _seen) = mpsc::channel(64);
    let (lost, mut reported) = mpsc::channel(1);
    let _capture = Capture::start(eyes.clone(), under(1, 0), Numbers::default(), pieces, lost);
    assert_eq!(reported.blocking_recv(), Some(Epoch(1)));
    eyes.guard.stop();
}

#[test]
fn only_events_of_the_living_grant_are_done_and_nothing_stays_pressed() {
    let (eyes, done) = eyes(255);
    live(&eyes, 2, BOTH);
    let (lost, _lost) = mpsc::channel(1);
    let mut hands = Hands::start(eyes.clone(), under(2, 0), lost);
    hands.act(press(1));
    hands.act(press(3));
    hands.act(press(2));
    assert_eq!(done.recv_timeout(SOON), Ok(Done::Event(press(2).event)));
    eyes.guard.stop();
    hands.act(press(2));
    assert_eq!(done.recv_timeout(SOON), Ok(Done::Released), "pressed keys go up with the grant");
    hands.stop().join().unwrap();
    assert!(done.try_iter().all(|d| d == Done::Released));
}

#[test]
fn a_grant_to_see_moves_nothing() {
    let (eyes, done) = eyes(255);
    live(&eyes, 1, Capabilities::VIEW);
    let (lost, _lost) = mpsc::channel(1);
    let mut hands = Hands::start(eyes.clone(), under(1, 0), lost);
    hands.act(press(1));
    hands.stop().join().unwrap();
    assert!(done.try_iter().all(|d| d == Done::Released));
    eyes.guard.stop();
}

#[test]
fn hands_whose_display_is_gone_are_reported() {
    let (eyes, _done) = eyes(255);
    live(&eyes, 1, BOTH);
    let (lost, mut reported) = mpsc::channel(1);
    let mut hands = Hands::start(eyes.clone(), under(1, 0), lost);
    hands.act(InputUp { epoch: Epoch(1), event: InputEvent::Char('\u{0}') });
    assert_eq!(reported.blocking_recv(), Some(Epoch(1)));
    eyes.guard.stop();
}

#[test]
fn clause_8_2_behind_the_mask_the_screen_is_captured_anew_and_nothing_older_leaves() {
    let (eyes, _) = eyes(255);
    live(&eyes, 1, BOTH);
    let numbers = Numbers::default();
    // Nobody takes anything: pieces of before the mask are still on their way when it falls.
    let (pieces, mut seen) = mpsc::channel(1);
    let (lost, _lost) = mpsc::channel(1);
    let first = Capture::start(eyes.clone(), under(1, 0), Arc::clone(&numbers), pieces.clone(), lost.clone());
    assert_eq!(seen.blocking_recv(), Some((under(1, 0), ScreenDown::Geometry { width: 64, height: 64 })));
    std::thread::sleep(Duration::from_millis(100));
    eyes.guard.mask(true);
    drop(first);
    std::thread::sleep(Duration::from_millis(100));
    while let Ok((under, _)) = seen.try_recv() {
        let void =
            eyes.guard.allows_since(eyes.clock.monotonic(), under.epoch, Capabilities::VIEW, under.curtain);
        assert!(void.is_err(), "a piece of before would leave");
    }
    eyes.guard.mask(false);
    assert_eq!(eyes.guard.curtain(), 1);
    let second = Capture::start(eyes.clone(), under(1, 1), numbers, pieces, lost);
    let mut heard = Vec::new();
    while heard.len() < 3 {
        let (from, piece) = seen.blocking_recv().unwrap();
        if from.curtain == 1 {
            heard.push(piece);
        }
    }
    let ScreenDown::Anew { seq, .. } = heard[0] else { panic!("{heard:?}") };
    assert!(seq > 0 && matches!(heard[1], ScreenDown::Geometry { .. }));
    assert!(matches!(heard[2], ScreenDown::Update { seq: next, .. } if next == seq + 1), "numbers go on");
    // A mark of before the mask is no fault.
    second.painted(Epoch(1), 1);
    second.painted(Epoch(1), seq + 1);
    assert!(seen.blocking_recv().is_some());
    eyes.guard.stop();
}

#[test]
fn clause_8_2_what_was_typed_before_the_mask_is_not_done_behind_it() {
    let (eyes, done) = eyes(255);
    live(&eyes, 1, BOTH);
    let (lost, _lost) = mpsc::channel(1);
    eyes.guard.mask(true);
    let mut hands = Hands::start(eyes.clone(), under(1, 0), lost);
    hands.act(press(1));
    eyes.guard.mask(false);
    hands.act(press(1));
    hands.stop().join().unwrap();
    assert!(done.try_iter().all(|d| d == Done::Released));
    eyes.guard.stop();
}

#[test]
fn what_comes_while_the_persons_hands_move_is_refused_and_what_was_pressed_goes_up() {
    let (eyes, done) = eyes(255);
    live(&eyes, 1, BOTH);
    let (lost, _lost) = mpsc::channel(1);
    let mut hands = Hands::start(eyes.clone(), under(1, 0), lost);
    hands.act(press(1));
    assert_eq!(done.recv_timeout(SOON), Ok(Done::Event(press(1).event)));
    eyes.guard.person_acts(eyes.clock.monotonic());
    assert_eq!(done.recv_timeout(SOON), Ok(Done::Released));
    let typed = |c| InputUp { epoch: Epoch(1), event: InputEvent::Char(c) };
    hands.act(typed('a'));
    while eyes.clock.monotonic() < eyes.guard.person_until() {
        std::thread::sleep(Duration::from_millis(20));
    }
    hands.act(typed('b'));
    assert_eq!(done.recv_timeout(SOON), Ok(Done::Event(typed('b').event)), "never done later");
    eyes.guard.stop();
    hands.stop().join().unwrap();
}
