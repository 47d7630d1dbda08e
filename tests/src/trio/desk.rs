//! The person's desktop by script: answers questions, raises the banner, shows a screen, keeps what the technician's hands did.
//!
//! It stands where the session process stands, behind the same seam, and knows no more than what comes through it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aval_agent::encode::Flow;
use aval_agent::ipc::{self, FromSession, ToSession};
use aval_agent::platform::ScreenSource as _;
use aval_agent::service::desktop::{Desktop, DesktopEvent, DesktopPort};
use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::prompt::{ARMING, Answer, Ask, NoReason};
use aval_protocol::session::{AtDesk, HOLD};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::input::InputUp;
use aval_protocol::wire::screen::ScreenDown;
use aval_protocol::wire::session::Capabilities;
use aval_protocol::wire::turn::Hold;
use aval_transport::Clock;
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::screen::{HEIGHT, Screen, Source, WIDTH};

/// How long the banner takes to come up.
const RAISING: Duration = Duration::from_millis(60);
/// How long the person looks before answering; longer than the buttons take to arm.
const THINKING: Duration = Duration::from_millis(3_400);
const _: () = assert!(THINKING.as_millis() > ARMING.as_millis());

/// What the person does when asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Person {
    /// Says yes to that much of what is asked.
    Grants(Capabilities),
    /// Says no.
    Refuses,
    /// Is not there.
    Away,
}

/// What the desk saw and did.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Every question put.
    pub asked: Vec<Ask>,
    /// Questions taken back.
    pub withdrawn: usize,
    /// Every grant begun: epoch, rights, seconds.
    pub begun: Vec<(Epoch, Capabilities, u32)>,
    /// What the hands did.
    pub inputs: Vec<InputUp>,
    /// Each time it was told to stop while a grant lived there, and when.
    pub stopped: Vec<(EndReason, Instant)>,
    /// Every word of closing time, and of a lost line.
    pub closing: Vec<AtDesk>,
    /// Whom the banner named last, where there was more than one.
    pub named: Vec<String>,
    /// Pieces of the screen handed over.
    pub frames: usize,
}

/// What happens before the screen.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// The person ends the session.
    End,
    /// The person logs off.
    LogOff,
    /// The person logs on.
    LogOn,
    /// The person locks the machine.
    Lock,
    /// The person unlocks it, and sees the banner.
    Unlock,
    /// The person takes mouse and keyboard back.
    TakeBack,
    /// Something on the screen changed.
    Look,
}

/// The test's hand on a desk.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The screen.
    pub screen: Screen,
    seen: Arc<Mutex<Seen>>,
    person: Arc<Mutex<Person>>,
    does: mpsc::UnboundedSender<Does>,
}

/// The end that the service takes.
#[derive(Debug)]
pub struct Scripted {
    desk: Desk,
    done: mpsc::UnboundedReceiver<Does>,
}

struct Running {
    desk: Desk,
    events: mpsc::Sender<DesktopEvent>,
    clock: Clock,
    question: Option<(About, Instant, Answer)>,
    /// Whose grant it is.
    session: Option<SessionId>,
    /// Hands are off: the person is asked whether to go on, or did not agree.
    hands_off: bool,
    raising: Option<(Epoch, Instant)>,
    capture: Option<Capture>,
    /// Whoever joined: their session, and what they are shown.
    joined: Option<(SessionId, Capture)>,
    /// Somebody is to join once the banner names them.
    naming: Option<(SessionId, Epoch, Instant)>,
    /// The line of this grant is lost.
    away: Option<Epoch>,
    /// The machine is locked under this grant.
    locked: Option<Epoch>,
    /// The technician does nothing under this grant.
    rests: Option<Epoch>,
}

/// What is asked.
#[derive(Clone, Copy)]
enum About {
    Session(SessionId),
    GoingOn(Epoch),
    More(Epoch),
}

struct Capture {
    epoch: Epoch,
    source: Source,
    flow: Flow,
}

// === impl Desk

impl Desk {
    /// A desk, and what the service is given of it.
    pub fn new(person: Person) -> (Self, Scripted) {
        let (does, done) = mpsc::unbounded_channel();
        let desk = Self {
            screen: Screen::noise(77),
            seen: Arc::default(),
            person: Arc::new(Mutex::new(person)),
            does,
        };
        (desk.clone(), Scripted { desk, done })
    }

    /// Something happens before the screen.
    pub fn does(&self, what: Does) {
        // Fails only when the service has stopped: then nothing happens there.
        let _ = self.does.send(what);
    }

    /// Another person, or another mood, from the next question on.
    pub fn person(&self, person: Person) {
        *self.person.lock().unwrap_or_else(PoisonError::into_inner) = person;
    }

    /// What was seen so far.
    pub fn seen(&self) -> Seen {
        self.note().clone()
    }

    fn note(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desktop for Scripted {
    fn open(self: Box<Self>, port: DesktopPort) {
        let Self { desk, done } = *self;
        let running = Running {
            desk,
            events: port.events,
            clock: Clock::system(),
            question: None,
            session: None,
            hands_off: false,
            raising: None,
            capture: None,
            joined: None,
            naming: None,
            away: None,
            locked: None,
            rests: None,
        };
        tokio::spawn(running.run(port.orders, port.inputs, done));
    }
}

// === impl Running

impl Running {
    async fn run(
        mut self,
        mut orders: mpsc::Receiver<ToSession>,
        mut inputs: mpsc::Receiver<InputUp>,
        mut done: mpsc::UnboundedReceiver<Does>,
    ) {
        self.say(here()).await;
        loop {
            let now = self.clock.monotonic();
            let asked = self.question.map(|(_, at, _)| at);
            let shown = self.capture.as_ref().and_then(|capture| capture.flow.due(now));
            let second = self.joined.as_ref().and_then(|(_, capture)| capture.flow.due(now));
            let due = asked.into_iter().chain(self.raising.map(|(_, at)| at)).chain(shown);
            let due = due.chain(second).chain(self.naming.map(|(.., at)| at)).min();
            let tick = async {
                match due {
                    Some(at) => sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(order) => self.order(order),
                    None => return,
                },
                Some(input) = inputs.recv() => if !self.hands_off {
                    self.desk.note().inputs.push(input);
                },
                Some(what) = done.recv() => self.happens(what).await,
                () = tick => self.tick().await,
            }
            self.show().await;
        }
    }

    fn order(&mut self, order: ToSession) {
        let now = self.clock.monotonic();
        match order {
            ToSession::Ask { session, ask } => {
                self.question =
                    self.think(&ask).map(|answer| (About::Session(session), now + THINKING, answer));
                self.hands_off = ask.beside.is_some();
                self.desk.note().asked.push(*ask);
            }
            ToSession::AtDesk { epoch, word } => {
                match &word {
                    AtDesk::Ask { ask, .. } => {
                        self.hands_off = true;
                        let answer = self.think(ask);
                        self.question = answer.map(|answer| (About::GoingOn(epoch), now + THINKING, answer));
                    }
                    AtDesk::LineLost { .. } => (self.capture, self.away) = (None, Some(epoch)),
                    AtDesk::Back { epoch } => {
                        if self.away.take().is_some() {
                            self.raising = Some((*epoch, now + RAISING));
                        }
                    }
                    AtDesk::Widen { ask } => {
                        self.hands_off = true;
                        let answer = self.think(ask);
                        self.question = answer.map(|answer| (About::More(epoch), now + THINKING, answer));
                    }
                    AtDesk::Turn { epoch, .. } => {
                        self.rests = None;
                        (self.hands_off, self.capture) = (false, None);
                        self.raising = Some((*epoch, now + RAISING));
                    }
                    AtDesk::ViewOnly { .. } => (self.hands_off, self.question) = (true, None),
                    AtDesk::Idle => {
                        self.hands_off = true;
                        self.rests = self.capture.take().map(|capture| capture.epoch);
                    }
                    AtDesk::Extended { .. } | AtDesk::Soon { .. } | AtDesk::Awake => {}
                    // A person without passwords.
                    AtDesk::Mask | AtDesk::Secret { .. } | AtDesk::AskReturn { .. } => {}
                }
                self.desk.note().closing.push(word);
            }
            ToSession::Withdraw { .. } => {
                (self.question, self.hands_off) = (None, false);
                self.desk.note().withdrawn += 1;
            }
            ToSession::Begin { session, epoch, capabilities, for_s, banner }
                if banner.technicians.len() > 1 =>
            {
                self.naming = Some((session, epoch, now + RAISING));
                self.desk.note().begun.push((epoch, capabilities, for_s));
                self.desk.note().named = banner.technicians;
            }
            ToSession::Begin { session, epoch, capabilities, for_s, .. } => {
                (self.session, self.hands_off) = (Some(session), false);
                self.raising = Some((epoch, now + RAISING));
                self.desk.note().begun.push((epoch, capabilities, for_s));
            }
            ToSession::Painted { seq, epoch } => {
                let all = self.capture.iter_mut().chain(self.joined.iter_mut().map(|(_, capture)| capture));
                for capture in all.filter(|capture| capture.epoch == epoch) {
                    // A mark that makes no sense frees nothing; the picture would never become whole.
                    let _ = capture.flow.painted(now, seq);
                }
            }
            ToSession::End { session, reason } => {
                let own = self.session == Some(session);
                if self.joined.take_if(|(joined, _)| *joined == session).is_some() {
                    self.desk.note().stopped.push((reason, now));
                }
                self.question = self.question.filter(|(about, ..)| match about {
                    About::Session(asked) => *asked != session,
                    About::GoingOn(_) | About::More(_) => !own,
                });
                if !own {
                    return;
                }
                if self.raising.take().is_some()
                    | self.capture.take().is_some()
                    | self.away.take().is_some()
                    | self.locked.take().is_some()
                    | self.rests.take().is_some()
                {
                    self.desk.note().stopped.push((reason, now));
                }
            }
            // A person who answers for nobody.
            ToSession::AskList(_) => {}
            ToSession::Welcome
            | ToSession::Refused(_)
            | ToSession::Input(_)
            | ToSession::Receipt(_)
            | ToSession::Return { .. } => {}
        }
    }

    /// What the person will say.
    fn think(&self, ask: &Ask) -> Option<Answer> {
        match *self.desk.person.lock().unwrap_or_else(PoisonError::into_inner) {
            Person::Grants(ticked) => {
                let shown_ms = u32::try_from(THINKING.as_millis()).unwrap_or(u32::MAX);
                Some(Answer::Yes { capabilities: ask.capabilities.and(ticked), shown_ms })
            }
            Person::Refuses => Some(Answer::No(NoReason::Refused)),
            Person::Away => None,
        }
    }

    async fn happens(&mut self, what: Does) {
        match what {
            Does::End => {
                if let Some(epoch) = self.capture.take().map(|capture| capture.epoch).or(self.away.take()) {
                    let (reason, now) = (EndReason::EndedByPerson, self.clock.monotonic());
                    self.desk.note().stopped.push((reason, now));
                    if let Some((_, Capture { epoch, .. })) = self.joined.take() {
                        self.desk.note().stopped.push((reason, now));
                        self.say(DesktopEvent::Said(FromSession::Stopped { epoch, reason, at_ms: None }))
                            .await;
                    }
                    self.say(DesktopEvent::Said(FromSession::Stopped { epoch, reason, at_ms: Some(1) }))
                        .await;
                }
            }
            Does::LogOff => {
                (self.capture, self.raising, self.question, self.away) = (None, None, None, None);
                self.say(DesktopEvent::Gone).await;
            }
            Does::Lock => {
                if let Some(epoch) = self.capture.take().map(|capture| capture.epoch) {
                    (self.locked, self.question) = (Some(epoch), None);
                    let (why, left) = (Hold::Locked, HOLD);
                    self.say(DesktopEvent::Said(FromSession::Held { epoch, why, left })).await;
                }
            }
            Does::Unlock => {
                if let Some(epoch) = self.locked.take() {
                    self.say(DesktopEvent::Said(FromSession::PersonBack { epoch })).await;
                }
            }
            Does::TakeBack => {
                if let Some(epoch) = self.capture.take().map(|capture| capture.epoch) {
                    self.hands_off = true;
                    self.say(DesktopEvent::Said(FromSession::TakenBack { epoch, at_ms: 1 })).await;
                }
            }
            Does::LogOn => self.say(here()).await,
            Does::Look => {}
        }
    }

    async fn tick(&mut self) {
        let now = self.clock.monotonic();
        if let Some((about, _, answer)) = self.question.filter(|(_, at, _)| now >= *at) {
            self.question = None;
            let said = match about {
                About::Session(session) => {
                    self.hands_off = false;
                    FromSession::Answer { session, answer }
                }
                About::More(epoch) => FromSession::Widen { epoch, answer },
                About::GoingOn(epoch) => {
                    self.hands_off &= !matches!(answer, Answer::Yes { .. });
                    FromSession::Extend { epoch, answer }
                }
            };
            self.say(DesktopEvent::Said(said)).await;
        }
        if let Some((session, epoch, _)) = self.naming.filter(|(.., at)| now >= *at) {
            self.naming = None;
            self.say(DesktopEvent::Said(FromSession::BannerUp { epoch })).await;
            let source = self.desk.screen.source();
            let flow = Flow::new(WIDTH, HEIGHT).ok();
            self.joined = flow.map(|flow| (session, Capture { epoch, source, flow }));
        }
        if let Some((epoch, _)) = self.raising.filter(|(_, at)| now >= *at) {
            self.raising = None;
            self.say(DesktopEvent::Said(FromSession::BannerUp { epoch })).await;
            let source = self.desk.screen.source();
            self.capture = Flow::new(WIDTH, HEIGHT).ok().map(|flow| Capture { epoch, source, flow });
        }
    }

    /// Hands over what changed, as far as may be on its way.
    async fn show(&mut self) {
        let now = self.clock.monotonic();
        let all = self.capture.iter_mut().chain(self.joined.iter_mut().map(|(_, capture)| capture));
        let frames: Vec<_> = all
            .flat_map(|capture| {
                let epoch = capture.epoch;
                capture.look(now).into_iter().map(move |frame| (epoch, frame))
            })
            .collect();
        for (epoch, frame) in frames {
            self.desk.note().frames += 1;
            self.say(DesktopEvent::Said(FromSession::Frame { epoch, frame })).await;
        }
    }

    async fn say(&self, event: DesktopEvent) {
        // Fails only when the service has stopped.
        let _ = self.events.send(event).await;
    }
}

// === impl Capture

impl Capture {
    fn look(&mut self, now: Instant) -> Vec<ScreenDown> {
        let Ok(change) = self.source.wait(Duration::ZERO) else { return Vec::new() };
        self.flow.take(now, change, &mut self.source, self.epoch).unwrap_or_default()
    }
}

fn here() -> DesktopEvent {
    DesktopEvent::Here(ipc::Desk::Screen { width: WIDTH, height: HEIGHT })
}
