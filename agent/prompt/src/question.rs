//! The rules of the question, without a window or a clock: what was ticked, when a yes may count, when silence is a no.

use std::time::{Duration, Instant};

use aval_protocol::prompt::list::AskList;
use aval_protocol::prompt::{ARMING, Answer, Ask, NoReason};
use aval_protocol::wire::session::Capabilities;

use crate::hands::Hand;
use crate::pipe::Word;

/// A key meant for another window, pressed as this one appeared, refuses nothing.
const SETTLE: Duration = Duration::from_millis(500);
/// How long the warning about injected input stays.
const WARN: Duration = Duration::from_secs(4);

/// One question to one person, from its arrival to its answer.
#[derive(Debug)]
pub(crate) struct Question {
    asked: Capabilities,
    ticked: Capabilities,
    deadline: Instant,
    /// Since when the question can be read without a break.
    seen_since: Option<Instant>,
    injected: Option<Instant>,
    answer: Option<Answer>,
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    /// Time passed.
    Time,
    /// Whether the question can be read on the screen now.
    Visible(bool),
    /// A program made input.
    Injected,
    /// A box was pressed.
    Toggle(Capabilities, Hand),
    Accept(Hand),
    Refuse(Hand),
    /// The window was closed, by whatever means: that is a no.
    Closed,
    /// The asking side took the question back.
    Withdrawn,
    /// Something failed.
    Failed,
}

/// What there is to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct View {
    pub(crate) ticked: Capabilities,
    /// Whether a yes would count.
    pub(crate) ready: bool,
    /// Seconds until it can, rounded up.
    pub(crate) ready_in_s: u64,
    /// Seconds until silence is a no, rounded up.
    pub(crate) remaining_s: u64,
    /// Whether a program tried to answer lately.
    pub(crate) warn: bool,
}

impl From<Word> for Event {
    fn from(word: Word) -> Self {
        match word {
            Word::Withdrawn => Self::Withdrawn,
            Word::Nonsense => Self::Failed,
        }
    }
}

impl Question {
    /// A question that arrived now. View is ticked, because without it there is nothing to grant; the rest is not, unless the question is
    /// whether what was granted may go on, or whether more may: then it names what, and its yes is to that.
    pub(crate) fn new(ask: &Ask, now: Instant) -> Self {
        Self {
            asked: ask.capabilities,
            ticked: match (ask.extending, ask.widening, ask.returning) {
                (None, None, false) => Capabilities::VIEW.and(ask.capabilities),
                _ => ask.capabilities,
            },
            deadline: now + ask.ttl(),
            seen_since: None,
            injected: None,
            answer: None,
        }
    }

    /// A question about a version of the equipment list: one yes or no, and all the time there is.
    pub(crate) fn of_list(ask: &AskList, now: Instant) -> Self {
        Self::plain(ask.ttl(), now)
    }

    /// A question with one yes or no, and so much time for it.
    pub(crate) fn plain(ttl: Duration, now: Instant) -> Self {
        Self {
            asked: Capabilities::VIEW,
            ticked: Capabilities::VIEW,
            deadline: now + ttl,
            seen_since: None,
            injected: None,
            answer: None,
        }
    }

    /// Takes in what happened; the answer, once there is one, never changes.
    pub(crate) fn handle(&mut self, now: Instant, event: Event) -> Option<Answer> {
        if self.answer.is_none() {
            self.answer = self.react(now, event);
        }
        self.answer
    }

    /// What there is to show now.
    pub(crate) fn view(&self, now: Instant) -> View {
        let waits = self.waits(now);
        View {
            ticked: self.ticked,
            ready: waits.is_zero() && self.ticked.holds(Capabilities::VIEW),
            ready_in_s: whole_seconds(waits),
            remaining_s: whole_seconds(self.deadline.saturating_duration_since(now)),
            warn: self.injected.is_some_and(|at| now - at < WARN),
        }
    }

    fn react(&mut self, now: Instant, event: Event) -> Option<Answer> {
        if now >= self.deadline {
            return Some(Answer::No(NoReason::TimedOut));
        }
        match event {
            Event::Time => None,
            Event::Visible(false) => {
                self.seen_since = None;
                None
            }
            Event::Visible(true) => {
                self.seen_since.get_or_insert(now);
                None
            }
            Event::Injected | Event::Toggle(_, Hand::Program) | Event::Accept(Hand::Program) => {
                self.injected = Some(now);
                None
            }
            Event::Toggle(which, Hand::Person) => {
                self.toggle(which);
                None
            }
            Event::Accept(Hand::Person) => self.accept(now),
            Event::Toggle(_, Hand::Nobody) | Event::Accept(Hand::Nobody) => None,
            // A program may not answer at all; a refusal through the accessibility bus harms nobody.
            Event::Refuse(Hand::Program) => {
                self.injected = Some(now);
                None
            }
            Event::Refuse(Hand::Person | Hand::Nobody) => {
                let settled = self.seen_since.is_some_and(|since| now - since >= SETTLE);
                settled.then_some(Answer::No(NoReason::Refused))
            }
            Event::Closed => Some(Answer::No(NoReason::Refused)),
            Event::Withdrawn => Some(Answer::No(NoReason::Withdrawn)),
            Event::Failed => Some(Answer::No(NoReason::PromptLost)),
        }
    }

    fn toggle(&mut self, which: Capabilities) {
        let next = if self.ticked.holds(which) {
            // Control means nothing without view, so without view nothing is left.
            if which == Capabilities::VIEW { Capabilities::none() } else { Capabilities::VIEW }
        } else {
            self.ticked.with(which).with(Capabilities::VIEW)
        };
        self.ticked = next.and(self.asked);
    }

    fn accept(&self, now: Instant) -> Option<Answer> {
        let since = self.seen_since?;
        if !self.view(now).ready {
            return None;
        }
        let shown_ms = u32::try_from((now - since).as_millis()).unwrap_or(u32::MAX);
        Some(Answer::Yes { capabilities: self.ticked.and(self.asked), shown_ms })
    }

    /// How long until a yes may count: the question must have been readable, and no program at work, for [`ARMING`].
    fn waits(&self, now: Instant) -> Duration {
        let Some(seen) = self.seen_since else { return ARMING };
        let from = self.injected.map_or(seen, |at| at.max(seen));
        (from + ARMING).saturating_duration_since(now)
    }
}

fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests;
