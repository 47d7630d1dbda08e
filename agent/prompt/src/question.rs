//! The rules of the question, without a window or a clock: what was ticked, when a yes may count, when silence is a no.

use std::time::{Duration, Instant};

use aval_protocol::prompt::{ARMING, Answer, Ask, NoReason};
use aval_protocol::wire::session::Capabilities;

use crate::hands::Hand;

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

impl Question {
    /// A question that arrived now. View is ticked, because without it there is nothing to grant; the rest is not.
    pub(crate) fn new(ask: &Ask, now: Instant) -> Self {
        Self {
            asked: ask.capabilities,
            ticked: Capabilities::VIEW.and(ask.capabilities),
            deadline: now + ask.ttl(),
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
mod tests {
    use aval_protocol::wire::session::WorkCategory;
    use proptest::prelude::*;

    use super::*;

    const CONTROL: Capabilities = Capabilities::CONTROL;
    const VIEW: Capabilities = Capabilities::VIEW;

    fn ask(capabilities: Capabilities) -> Ask {
        Ask {
            firm: "Atelier Beaurepaire Informatique".into(),
            phone: "+33199001234".into(),
            technician: "Sophie Martin".into(),
            contract: None,
            category: WorkCategory::Assistance,
            reference: "Appel de Mme Leroy".into(),
            capabilities,
            minutes: 60,
            match_code: 123_456,
            ttl_s: 60,
            lang: None,
        }
    }

    fn seen(capabilities: Capabilities) -> (Question, Instant) {
        let start = crate::clock::now();
        let mut question = Question::new(&ask(capabilities), start);
        question.handle(start, Event::Visible(true));
        (question, start)
    }

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn a_yes_counts_after_reading_time_and_not_before() {
        let (mut question, t) = seen(VIEW);
        assert_eq!(question.handle(t + ms(2999), Event::Accept(Hand::Person)), None);
        let yes = Answer::Yes { capabilities: VIEW, shown_ms: 3000 };
        assert_eq!(question.handle(t + ms(3000), Event::Accept(Hand::Person)), Some(yes));
        assert_eq!(question.handle(t + ms(3001), Event::Closed), Some(yes), "an answer never changes");
    }

    #[test]
    fn being_covered_or_a_program_at_work_starts_reading_time_again() {
        let (mut question, t) = seen(VIEW);
        question.handle(t + ms(2500), Event::Visible(false));
        question.handle(t + ms(2600), Event::Visible(true));
        assert_eq!(question.handle(t + ms(5599), Event::Accept(Hand::Person)), None);
        question.handle(t + ms(5600), Event::Injected);
        assert!(question.view(t + ms(5600)).warn);
        assert_eq!(question.handle(t + ms(8599), Event::Accept(Hand::Person)), None);
        assert!(question.handle(t + ms(8600), Event::Accept(Hand::Person)).is_some());
    }

    #[test]
    fn boxes_follow_each_other_and_never_exceed_what_was_asked() {
        let (mut question, t) = seen(VIEW.with(CONTROL));
        let mut after = |which| {
            question.handle(t, Event::Toggle(which, Hand::Person));
            question.view(t).ticked
        };
        assert_eq!(after(CONTROL), VIEW.with(CONTROL));
        assert_eq!(after(VIEW), Capabilities::none());
        assert_eq!(after(CONTROL), VIEW.with(CONTROL));
        assert_eq!(after(CONTROL), VIEW);
        let (mut question, t) = seen(VIEW);
        question.handle(t, Event::Toggle(CONTROL, Hand::Person));
        assert_eq!(question.view(t).ticked, VIEW);
    }

    #[test]
    fn silence_is_a_no_even_for_a_yes_that_comes_with_it() {
        let (mut question, t) = seen(VIEW);
        assert_eq!(question.handle(t + ms(59_999), Event::Time), None);
        let timed_out = Some(Answer::No(NoReason::TimedOut));
        assert_eq!(question.handle(t + ms(60_000), Event::Accept(Hand::Person)), timed_out);
    }

    #[test]
    fn a_key_meant_for_another_window_refuses_nothing() {
        let (mut question, t) = seen(VIEW);
        assert_eq!(question.handle(t + ms(100), Event::Refuse(Hand::Person)), None);
        assert_eq!(question.handle(t + ms(600), Event::Refuse(Hand::Program)), None);
        let no = Some(Answer::No(NoReason::Refused));
        assert_eq!(question.handle(t + ms(600), Event::Refuse(Hand::Person)), no);
    }

    fn hand() -> impl Strategy<Value = Hand> {
        prop_oneof![3 => Just(Hand::Person), 1 => Just(Hand::Program), 1 => Just(Hand::Nobody)]
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            4 => hand().prop_map(Event::Accept),
            2 => (prop_oneof![Just(VIEW), Just(CONTROL)], hand()).prop_map(|(c, h)| Event::Toggle(c, h)),
            2 => any::<bool>().prop_map(Event::Visible),
            1 => Just(Event::Time),
            1 => Just(Event::Injected),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Whatever happens in whatever order: a yes is a person's own press on a question that could be read for three
        /// seconds without a break, with no program at work meanwhile, and to no more than was asked.
        #[test]
        fn no_history_without_a_persons_informed_press_ends_in_a_yes(
            control: bool,
            history in prop::collection::vec((0u64..4000, event()), 0..40),
        ) {
            let asked = if control { VIEW.with(CONTROL) } else { VIEW };
            let start = crate::clock::now();
            let mut question = Question::new(&ask(asked), start);
            let (mut now, mut calm_since) = (start, None);
            for (wait, event) in history {
                now += ms(wait);
                let answer = question.handle(now, event);
                match event {
                    Event::Visible(true) => { calm_since.get_or_insert(now); }
                    Event::Visible(false) => calm_since = None,
                    Event::Injected | Event::Accept(Hand::Program) | Event::Toggle(_, Hand::Program) => {
                        calm_since = calm_since.map(|_| now);
                    }
                    _ => {}
                }
                if let Some(Answer::Yes { capabilities, .. }) = answer {
                    prop_assert_eq!(event, Event::Accept(Hand::Person));
                    prop_assert!(calm_since.is_some_and(|since| now - since >= ARMING));
                    prop_assert!(asked.holds(capabilities) && capabilities.holds(VIEW));
                    prop_assert!(now - start < Duration::from_secs(60));
                }
                if answer.is_some() {
                    break;
                }
            }
        }
    }
}
