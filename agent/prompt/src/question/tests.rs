//! The tests of `question.rs`, beside it so that both stay short.

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
        extending: None,
        widening: None,
        returning: false,
        beside: None,
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
