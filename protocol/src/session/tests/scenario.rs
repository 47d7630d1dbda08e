//! Any order of any events at both ends, over a line that may do anything: what happens, and what must hold all along. Property
//! tests draw the events; a fuzzer's bytes are read as events.

use std::cell::RefCell;
use std::time::Duration;

use arbitrary::{Result, Unstructured};

use super::pair::{Pair, Way, World};
use crate::id::Epoch;
use crate::journal::Event;
use crate::prompt::{ARMING, Answer, NoReason};
use crate::seal::{Opener, Sealer};
use crate::session::agent::{Local, Output};
use crate::session::{AWAY, AtDesk, console};
use crate::wire::codes::EndReason;
use crate::wire::input::{InputEvent, InputUp};
use crate::wire::link::Lane;
use crate::wire::session::Capabilities;
use crate::wire::turn::{Hold, Turning};
use crate::wire::{HEADER, encode};

/// Events of one scenario at most.
const MOST: usize = 64;

/// Something that happens.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Exchange,
    /// Milliseconds.
    Pass(u64),
    /// What was ticked, and for how long the question was to be seen (ms).
    Answer(u16, u32),
    Refuse,
    Banner(u64),
    Extend(bool, u32),
    /// Locked, and for how many seconds it waits.
    Hold(u16),
    /// The person is back, under that epoch.
    Back(u64),
    /// Hands are taken back, under that epoch.
    TakeBack(u64),
    /// The technician wants more.
    Wish,
    /// Yes or no to that, for how long the question was to be seen (ms), and the epoch to go on under.
    Widen(bool, u32, u64),
    Stop,
    End,
    Lost,
    Deaf,
    /// The line is lost, and has been for so many seconds.
    Lose(u64),
    /// Both ends meet again, under that epoch.
    Reunite(u64),
    /// A stranger's bytes, to one of the two.
    Bytes(Way, Vec<u8>),
    /// The next piece on that way does not pass as it was sent.
    Tamper(Way, Hand),
    /// The technician's hand does something: sealed, and maybe not passed on as it is.
    Type(char, Option<Hand>),
}

/// What a line does to one piece.
#[derive(Clone, Copy, Debug)]
pub(super) enum Hand {
    Drop,
    Double,
    /// Only so much of it, in 256ths.
    Cut(u8),
    /// One bit of it, at so many 65,536ths.
    Flip(u16, u8),
}

/// The input lane, once there is one.
#[derive(Default)]
struct Typing {
    ends: Option<(Sealer, Opener)>,
    sent: Vec<Vec<u8>>,
    arrived: usize,
    tampered: bool,
}

thread_local! {
    /// Keys are made once for all scenarios of a thread.
    static WORLD: World = World::new();
}

/// A fuzzer's scenario.
pub(crate) fn run(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let early = bytes.arbitrary().unwrap_or_default();
    let mut acts = Vec::new();
    while !bytes.is_empty() && acts.len() < MOST {
        let Ok(act) = Act::read(&mut bytes) else { break };
        acts.push(act);
    }
    // A leap is a thousand times cheaper than each sign of life of an hour.
    play(early, &acts, true);
}

/// Plays it to its end, where time passes step by step or in one leap. Panics when something happens that must not.
pub(super) fn play(early: bool, acts: &[Act], leaps: bool) {
    let mut pair = WORLD.with(World::pair);
    if !early {
        pair.exchange();
    }
    let mut witness = Witness::default();
    let mut typing = Typing::default();
    let (mut said, mut heard, mut datagrams) = (0, 0, 0);
    for act in acts {
        let before = pair.now - pair.start;
        if let Act::Answer(bits, shown_ms) = act
            && let Some((asked, at)) = witness.asked
            && witness.yes.is_none()
            && before < at + Duration::from_secs(60)
            && before >= at + ARMING
            && Duration::from_millis(u64::from(*shown_ms)) >= ARMING
        {
            let ticked = Capabilities::from_bits(*bits);
            if asked.holds(ticked) {
                witness.yes = Some(ticked);
            }
        }
        if let Act::Widen(true, shown_ms, _) = act
            && let Some((asked, at)) = witness.more.take()
            && (at + ARMING..at + Duration::from_secs(60)).contains(&before)
            && Duration::from_millis(u64::from(*shown_ms)) >= ARMING
        {
            witness.wide = asked;
        }
        let (lit, banner) = (pair.lit(), witness.banner);
        if let Act::Banner(epoch) = act {
            let waits = witness.away.is_some() || witness.stopped;
            witness.banner |= witness.started.is_some() && !waits && witness.epoch == Some(Epoch(*epoch));
        }
        perform(&mut pair, &mut typing, act);
        for output in &pair.said[said..] {
            witness.sees(output, before);
        }
        for output in &pair.heard[heard..] {
            witness.hears(output);
        }
        (said, heard) = (pair.said.len(), pair.heard.len());
        assert!(
            pair.datagrams.len() == datagrams || witness.started.is_some(),
            "no sign of life without a grant"
        );
        assert!(pair.datagrams.len() == datagrams || witness.banner || witness.stopped || banner);
        datagrams = pair.datagrams.len();
        let seen = witness.banner && !witness.dark;
        assert!(!pair.lit() || lit || seen, "nothing is shown without a banner, or on a locked machine");
        assert!(!pair.lit() || lit || !witness.stopped, "nothing is shown again after a stop");
        let may = witness.rights.holds(Capabilities::CONTROL) && witness.more.is_none();
        let lives = !witness.stopped && witness.away.is_none() && !witness.dark;
        assert!(!pair.agent.may_move() || (may && lives), "no hands without a live grant that has them");
    }
    if leaps {
        pair.leap(Duration::from_secs(5 * 3600));
    }
    pair.pass(Duration::from_secs(5 * 3600));
    for output in &pair.said[said..] {
        witness.sees(output, Duration::MAX);
    }
    for output in &pair.heard[heard..] {
        witness.hears(output);
    }
    assert!(witness.over, "every session ends by itself");
    assert_eq!(pair.agent.poll_timeout(), None);
    assert_eq!(pair.console.poll_timeout(), None);
}

fn perform(pair: &mut Pair, typing: &mut Typing, act: &Act) {
    match act {
        Act::Exchange => pair.exchange(),
        Act::Pass(ms) => pair.pass(Duration::from_millis(*ms)),
        Act::Answer(bits, shown_ms) => {
            let capabilities = Capabilities::from_bits(*bits);
            pair.agent(Local::Answer(Answer::Yes { capabilities, shown_ms: *shown_ms }));
        }
        Act::Refuse => pair.agent(Local::Answer(Answer::No(NoReason::Refused))),
        Act::Banner(epoch) => pair.agent(Local::BannerUp { epoch: Epoch(*epoch) }),
        Act::Extend(yes, shown_ms) => {
            let answer = match yes {
                true => Answer::Yes { capabilities: Capabilities::KNOWN, shown_ms: *shown_ms },
                false => Answer::No(NoReason::Refused),
            };
            pair.agent(Local::Extend(answer));
        }
        Act::Hold(left_s) => {
            let left = Duration::from_secs((*left_s).into());
            pair.agent(Local::Held { why: Hold::Locked, left });
        }
        Act::Back(epoch) => pair.agent(Local::PersonBack { epoch: Epoch(*epoch) }),
        Act::TakeBack(epoch) => pair.agent(Local::TakenBack { epoch: Epoch(*epoch) }),
        Act::Wish => {
            let (capabilities, reason) = (Capabilities::KNOWN, "Imprimante".into());
            pair.console(console::Local::Widen { capabilities, reason });
        }
        Act::Widen(yes, shown_ms, epoch) => {
            let answer = match yes {
                true => Answer::Yes { capabilities: Capabilities::KNOWN, shown_ms: *shown_ms },
                false => Answer::No(NoReason::Refused),
            };
            pair.agent(Local::Widen { answer, epoch: Epoch(*epoch) });
        }
        Act::Stop => pair.agent(Local::Stop(EndReason::EndedByPerson)),
        Act::End => pair.console(console::Local::End),
        Act::Lost => pair.console(console::Local::Lost(EndReason::LinkLost)),
        Act::Deaf => pair.line = Box::new(|_, _| Vec::new()),
        Act::Lose(ago_s) => {
            pair.agent(Local::LineLost { ago: Duration::from_secs(*ago_s) });
            pair.console(console::Local::Torn);
        }
        Act::Reunite(epoch) => {
            pair.reunite(*epoch);
            *typing = Typing::default();
        }
        Act::Bytes(way, bytes) => {
            pair.deliver(*way, bytes);
            pair.exchange();
        }
        Act::Tamper(way, hand) => {
            let (way, hand) = (*way, *hand);
            let waiting = RefCell::new(Some(hand));
            pair.line = Box::new(move |of, piece| {
                if of != way {
                    return vec![piece];
                }
                waiting.take().map_or_else(|| vec![piece.clone()], |hand| hand.treat(&piece))
            });
        }
        Act::Type(char, hand) => typing.strike(pair, *char, *hand),
    }
}

// === impl Act, Hand

impl Act {
    fn read(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(match bytes.int_in_range(0..=40)? {
            0..=2 => Self::Exchange,
            3..=6 => Self::Pass(bytes.int_in_range(1..=5_000)?),
            7 => Self::Pass(bytes.int_in_range(1_000..=36_000_000)?),
            8..=11 => Self::Answer(bytes.int_in_range(0..=7)?, bytes.int_in_range(2_000..=9_000)?),
            12 => Self::Refuse,
            13..=15 => Self::Banner(bytes.int_in_range(6..=12)?),
            16 => Self::Extend(bytes.arbitrary()?, bytes.int_in_range(0..=9_000)?),
            17 => Self::Stop,
            18 => Self::End,
            19 => Self::Lost,
            20 => Self::Deaf,
            21 | 22 => {
                let length = bytes.int_in_range(0..=300)?;
                Self::Bytes(way(bytes)?, bytes.bytes(length)?.to_vec())
            }
            23 | 24 => Self::Tamper(way(bytes)?, Hand::read(bytes)?),
            25 | 26 => Self::Type(bytes.arbitrary()?, None),
            27 | 28 => Self::Lose(bytes.int_in_range(0..=125)?),
            29..=31 => Self::Reunite(bytes.int_in_range(6..=12)?),
            33 => Self::Hold(bytes.int_in_range(0..=125)?),
            34 | 35 => Self::Back(bytes.int_in_range(6..=12)?),
            36 => Self::TakeBack(bytes.int_in_range(6..=12)?),
            37 | 38 => Self::Wish,
            39 | 40 => Self::Widen(
                bytes.arbitrary()?,
                bytes.int_in_range(2_000..=9_000)?,
                bytes.int_in_range(6..=12)?,
            ),
            _ => Self::Type(bytes.arbitrary()?, Some(Hand::read(bytes)?)),
        })
    }
}

fn way(bytes: &mut Unstructured<'_>) -> Result<Way> {
    Ok(*bytes.choose(&[Way::ToAgent, Way::ToConsole, Way::Datagram])?)
}

impl Hand {
    fn read(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(match bytes.int_in_range(0..=3)? {
            0 => Self::Drop,
            1 => Self::Double,
            2 => Self::Cut(bytes.arbitrary()?),
            _ => Self::Flip(bytes.arbitrary()?, bytes.int_in_range(0..=7)?),
        })
    }

    fn treat(self, piece: &[u8]) -> Vec<Vec<u8>> {
        match self {
            Self::Drop => Vec::new(),
            Self::Double => vec![piece.to_vec(), piece.to_vec()],
            Self::Cut(part) => vec![piece[..piece.len() * usize::from(part) / 256].to_vec()],
            Self::Flip(at, bit) => {
                let mut piece = piece.to_vec();
                let place = piece.len() * usize::from(at) / 65_536;
                if let Some(byte) = piece.get_mut(place) {
                    *byte ^= 1 << bit;
                }
                vec![piece]
            }
        }
    }
}

// === impl Typing

impl Typing {
    /// Whatever is done on the way, what opens is what was sealed, in its order, from the first on.
    fn strike(&mut self, pair: &mut Pair, char: char, hand: Option<Hand>) {
        if self.ends.is_none() {
            let lane =
                |of: Option<&mut crate::seal::Channel>| of.and_then(|channel| channel.lane(Lane::Input));
            let console = lane(pair.console.channel());
            let agent = lane(pair.agent.channel());
            self.ends = console.zip(agent).map(|((sealer, _), (_, opener))| (sealer, opener));
        }
        let Some((sealer, opener)) = &mut self.ends else { return };
        let frame = encode(&InputUp { epoch: Epoch(7), event: InputEvent::Char(char) }).unwrap();
        let sealed = sealer.seal(&frame).unwrap();
        self.sent.push(frame[HEADER..].to_vec());
        for piece in hand.map_or_else(|| vec![sealed.clone()], |hand| hand.treat(&sealed)) {
            opener.push(&piece);
            while let Ok(Some(content)) = opener.next() {
                assert_eq!(self.sent.get(self.arrived), Some(&*content), "an event that nobody sent there");
                self.arrived += 1;
            }
        }
        self.tampered |= hand.is_some();
        assert!(self.tampered || self.arrived == self.sent.len(), "an honest line carries everything");
    }
}

/// What was true when the machine said something.
#[derive(Default)]
struct Witness {
    asked: Option<(Capabilities, Duration)>,
    yes: Option<Capabilities>,
    started: Option<Capabilities>,
    banner: bool,
    stopped: bool,
    over: bool,
    /// Of the grant.
    epoch: Option<Epoch>,
    /// Since when its line is lost.
    away: Option<Duration>,
    /// What holds now, what the person said yes to since, and all that they ever did.
    rights: Capabilities,
    wide: Capabilities,
    ever: Capabilities,
    /// What more is asked for, since when.
    more: Option<(Capabilities, Duration)>,
    /// Locked.
    dark: bool,
    /// At the console.
    over_there: bool,
}

impl Witness {
    fn sees(&mut self, output: &Output, at: Duration) {
        assert!(!self.over, "nothing follows the end");
        match output {
            Output::Ask(ask) => {
                assert!(self.asked.is_none(), "one question");
                self.asked = Some((ask.capabilities, at));
            }
            Output::Away { epoch, for_s } => {
                assert!(
                    self.banner && !self.stopped && self.away.is_none(),
                    "only a grant that is seen waits"
                );
                assert!(Some(*epoch) == self.epoch && *for_s <= 120);
                self.away = Some(at);
            }
            Output::Back { lost, epoch } => {
                let since = self.away.take().expect("lost first");
                assert!(!self.stopped && at <= since + AWAY && Some(*lost) == self.epoch && epoch > lost);
                (self.epoch, self.banner) = (Some(*epoch), false);
            }
            Output::Start { capabilities, epoch, .. } => {
                self.epoch = Some(*epoch);
                let (asked, _) = self.asked.expect("asked first");
                let ticked = self.yes.expect("a yes first");
                assert!(self.started.is_none() && !self.stopped, "once, and never after a stop");
                assert!(asked.holds(*capabilities) && ticked.holds(*capabilities));
                assert!(capabilities.holds(Capabilities::VIEW));
                self.started = Some(*capabilities);
                (self.rights, self.ever) = (*capabilities, *capabilities);
            }
            Output::AtDesk { word: AtDesk::Widen { ask }, .. } => {
                assert!(self.more.is_none() && !self.dark, "one question, and on a screen that is seen");
                self.more = Some((ask.capabilities, at));
            }
            Output::Hold { .. } => (self.dark, self.more) = (true, None),
            Output::Turn { before, epoch, capabilities } => {
                assert!(Some(*before) == self.epoch && epoch > before && !self.stopped);
                assert!(self.rights.with(self.wide).holds(*capabilities), "no more than the person said");
                (self.epoch, self.banner, self.dark) = (Some(*epoch), false, false);
                (self.rights, self.ever) = (*capabilities, self.ever.with(*capabilities));
                (self.more, self.wide) = (None, Capabilities::none());
            }
            Output::Journal(Event::Turned { why: Turning::PersonBack, .. }) => self.dark = false,
            Output::Journal(Event::Turned { why: Turning::NotWidened { .. }, .. }) => self.more = None,
            Output::Stop { .. } => {
                assert!(self.started.is_some() && !self.stopped);
                (self.stopped, self.away) = (true, None);
            }
            Output::Over(_) => {
                assert_eq!(self.started.is_some(), self.stopped, "what started was stopped");
                self.over = true;
            }
            _ => {}
        }
    }

    fn hears(&mut self, output: &console::Output) {
        assert!(!self.over_there, "nothing follows the end");
        match output {
            console::Output::Granted { capabilities, .. } => {
                assert_eq!(
                    Some(*capabilities),
                    self.started,
                    "what the technician may do is what the person gave"
                );
            }
            console::Output::Resumed { capabilities, .. } => {
                assert!(self.ever.holds(*capabilities), "never more than was given");
            }
            console::Output::Turned { capabilities, .. } => {
                assert!(self.ever.holds(*capabilities), "never more than was given");
            }
            console::Output::Over(_) => self.over_there = true,
            _ => {}
        }
    }
}
