//! Closing time at both ends, in virtual time (clauses 4.2 and 4.3): each step when the ticket says so, and never more than a yes allows.

use std::time::Duration;

use proptest::prelude::*;

use super::pair::{BOTH, Pair, World, yes};
use crate::id::Epoch;
use crate::journal::Event;
use crate::prompt::{Answer, NoReason};
use crate::session::AtDesk;
use crate::session::agent::{Local, Output};
use crate::session::console;
use crate::wire::closing::{Closes, Closing, Extension, Overrun};
use crate::wire::codes::EndReason;
use crate::wire::link::Step;
use crate::wire::session::{Capabilities, ClosingState, Notice};

const MINUTE: u64 = 60;
/// The question is answered so long after the ticket's issue.
const YES_AT: u64 = 5;

/// Two machines whose ticket closes so many seconds after its issue, at 18 o'clock, asked for so many minutes.
fn calling(world: &World, closes_in_s: u32, minutes: u16, overrun: Overrun) -> Pair {
    let mut ticket = world.ticket();
    ticket.closing = Closing::after(closes_in_s, overrun, Closes::SupportHours, 18 * 60, 18 * 60 + 30);
    ticket.request.minutes = minutes;
    let permitted =
        world.permitted(world.relay.sign(&ticket).unwrap(), world.manager.sign(&world.approval()).unwrap());
    let mut request = world.request();
    request.minutes = minutes;
    let console = world.console_asking(&permitted, request).unwrap();
    let mut pair = Pair::new(world.agent(ticket).unwrap(), console, world.start);
    pair.exchange();
    pair
}

fn say_yes(pair: &mut Pair) {
    pair.agent(Local::Answer(yes(BOTH)));
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    assert!(pair.lit());
}

fn living(closes_in_s: u32, minutes: u16) -> Pair {
    let mut pair = calling(&World::new(), closes_in_s, minutes, Overrun::default());
    pair.pass_s(YES_AT);
    say_yes(&mut pair);
    pair
}

/// Lets time pass until so many seconds after the ticket's issue.
fn until(pair: &mut Pair, at_s: u64) {
    let at = pair.start + Duration::from_secs(at_s);
    pair.pass(at.saturating_duration_since(pair.now));
}

fn told(pair: &Pair) -> Vec<(ClosingState, u16)> {
    let closing = |output: &console::Output| match output {
        console::Output::Notice(Notice::Closing { state, at }) => Some((*state, *at)),
        _ => None,
    };
    pair.heard.iter().filter_map(closing).collect()
}

fn at_desk(pair: &Pair) -> Vec<&AtDesk> {
    pair.said
        .iter()
        .filter_map(|output| match output {
            Output::AtDesk { epoch: Epoch(7), word } => Some(word),
            _ => None,
        })
        .collect()
}

fn noted(pair: &Pair) -> Vec<Extension> {
    let what = |event: &Event| match event {
        Event::Extension { what, .. } => Some(*what),
        _ => None,
    };
    let noted: Vec<Extension> = pair.journal().filter_map(what).collect();
    for &what in &noted {
        assert!(pair.said.contains(&Output::Report(Step::Extension(what))), "the relay hears of it too");
    }
    noted
}

fn over(pair: &Pair) -> Option<EndReason> {
    assert_eq!(pair.agent_over(), pair.console_over());
    pair.agent_over()
}

#[test]
fn clause_4_2_the_technician_hears_a_quarter_of_an_hour_before_and_both_five_minutes_before() {
    let mut pair = living(3600, 240);
    until(&mut pair, 45 * MINUTE - 1);
    assert_eq!((told(&pair), at_desk(&pair)), (vec![], vec![]));
    until(&mut pair, 45 * MINUTE);
    let soon = (ClosingState::Soon, 18 * 60);
    assert_eq!((told(&pair), at_desk(&pair)), (vec![soon], vec![]));
    until(&mut pair, 55 * MINUTE);
    assert_eq!((told(&pair), at_desk(&pair)), (vec![soon, soon], vec![&AtDesk::Soon { at: 18 * 60 }]));
    assert_eq!(noted(&pair), []);
}

#[test]
fn clause_4_2_at_closing_the_person_is_asked_and_silence_takes_hands_and_then_the_screen() {
    let mut pair = living(3600, 240);
    until(&mut pair, 60 * MINUTE - 1);
    assert_eq!(noted(&pair), []);
    until(&mut pair, 60 * MINUTE);
    assert_eq!(noted(&pair), [Extension::Asked]);
    let Some(AtDesk::Ask { ask, answer_within, end_within }) = at_desk(&pair).pop().cloned() else {
        panic!()
    };
    assert_eq!((answer_within, end_within), (Duration::from_secs(120), Duration::from_secs(300)));
    assert_eq!((ask.ttl_s, ask.capabilities, ask.technician.as_str()), (120, BOTH, "Sophie Martin"));
    let extending = ask.extending.unwrap();
    assert_eq!((extending.closed_at, extending.until, extending.unanswered_until), (1080, 1110, 1085));
    assert_eq!(told(&pair).pop(), Some((ClosingState::Asked, 18 * 60 + 30)));

    until(&mut pair, 62 * MINUTE - 1);
    assert_eq!(noted(&pair), [Extension::Asked]);
    until(&mut pair, 62 * MINUTE);
    assert_eq!(noted(&pair), [Extension::Asked, Extension::Unanswered]);
    assert_eq!(at_desk(&pair).pop(), Some(&AtDesk::ViewOnly { at: 18 * 60 + 5 }));
    assert_eq!(told(&pair).pop(), Some((ClosingState::ViewOnly, 18 * 60 + 5)));
    assert!(pair.lit(), "the screen may still be seen");

    pair.agent(Local::Extend(yes(BOTH)));
    assert_eq!(noted(&pair).len(), 2, "too late");
    until(&mut pair, 65 * MINUTE - 1);
    assert!(pair.lit());
    until(&mut pair, 65 * MINUTE);
    pair.pass_s(1);
    assert_eq!(over(&pair), Some(EndReason::SupportClosed));
}

#[test]
fn clause_4_3_a_yes_goes_on_until_the_hard_end_and_no_further() {
    let mut pair = living(3600, 240);
    until(&mut pair, 61 * MINUTE);
    pair.agent(Local::Extend(yes(BOTH)));
    assert_eq!(noted(&pair), [Extension::Asked, Extension::Granted]);
    let extended = AtDesk::Extended { at: 18 * 60 + 30, capabilities: BOTH };
    assert_eq!(at_desk(&pair).pop(), Some(&extended));
    assert_eq!(told(&pair).pop(), Some((ClosingState::Extended, 18 * 60 + 30)));
    until(&mut pair, 90 * MINUTE - 1);
    assert!(pair.lit());
    until(&mut pair, 90 * MINUTE);
    pair.pass_s(1);
    assert_eq!(over(&pair), Some(EndReason::SupportClosed));
}

#[test]
fn clause_4_3_a_no_ends_it_at_once() {
    let mut pair = living(3600, 240);
    until(&mut pair, 60 * MINUTE + 10);
    pair.agent(Local::Extend(Answer::No(NoReason::Refused)));
    assert_eq!(noted(&pair), [Extension::Asked, Extension::Refused]);
    assert!(pair.said.contains(&Output::Stop { epoch: Epoch(7), reason: EndReason::EndedByPerson }));
    pair.pass_s(1);
    assert_eq!(over(&pair), Some(EndReason::EndedByPerson));
}

#[test]
fn clause_4_3_a_yes_that_nobody_can_have_meant_is_none() {
    for answer in [
        Answer::Yes { capabilities: BOTH, shown_ms: 2_999 },
        Answer::Yes { capabilities: Capabilities::CONTROL, shown_ms: 4_000 },
        Answer::Yes { capabilities: Capabilities::from_bits(0x8003), shown_ms: 4_000 },
        Answer::No(NoReason::PromptLost),
    ] {
        let mut pair = living(3600, 240);
        until(&mut pair, 60 * MINUTE + 10);
        pair.agent(Local::Extend(answer));
        assert_eq!(noted(&pair), [Extension::Asked, Extension::Unanswered], "{answer:?}");
    }
    // Nor can it have been on the screen before it was asked.
    let mut pair = living(3600, 240);
    until(&mut pair, 60 * MINUTE + 2);
    pair.agent(Local::Extend(yes(BOTH)));
    assert_eq!(noted(&pair), [Extension::Asked, Extension::Unanswered]);
    // An answer to no question is none.
    let mut pair = living(3600, 240);
    pair.agent(Local::Extend(yes(BOTH)));
    until(&mut pair, 60 * MINUTE);
    assert_eq!(noted(&pair), [Extension::Asked]);
}

#[test]
fn clause_4_3_a_yes_to_less_keeps_less() {
    let mut pair = living(3600, 240);
    until(&mut pair, 60 * MINUTE + 10);
    pair.agent(Local::Extend(yes(Capabilities::VIEW)));
    let extended = AtDesk::Extended { at: 18 * 60 + 30, capabilities: Capabilities::VIEW };
    assert_eq!(at_desk(&pair).pop(), Some(&extended));
}

#[test]
fn clause_4_2_asked_for_before_closing_and_agreed_to_after_is_allowed_without_a_second_question() {
    let mut pair = calling(&World::new(), 10, 60, Overrun::default());
    assert_eq!(pair.ask().unwrap().minutes, 31, "what is left until half past, to the minute above");
    pair.pass_s(20);
    say_yes(&mut pair);
    assert_eq!(pair.start(), Some((Epoch(7), BOTH, 1790)), "to the hard end, to the second");
    until(&mut pair, 1809);
    assert!(pair.lit());
    assert_eq!(noted(&pair), []);
    until(&mut pair, 1811);
    assert_eq!(over(&pair), Some(EndReason::SupportClosed));
}

#[test]
fn clause_4_2_agreed_to_just_before_closing_the_question_waits_for_the_banner() {
    let mut pair = calling(&World::new(), 6, 60, Overrun::default());
    pair.pass_s(YES_AT);
    pair.agent(Local::Answer(yes(BOTH)));
    pair.pass_s(4);
    assert_eq!(at_desk(&pair), Vec::<&AtDesk>::new());
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    pair.pass_s(1);
    assert_eq!(noted(&pair), [Extension::Asked]);
}

#[test]
fn clause_4_2_time_asked_for_that_ends_earlier_ends_earlier() {
    let mut pair = living(3600, 30);
    until(&mut pair, 31 * MINUTE);
    assert_eq!((over(&pair), noted(&pair)), (Some(EndReason::GrantExpired), vec![]));
}

#[test]
fn clause_4_2_without_an_overrun_it_is_over_at_closing() {
    let none = Overrun { length_s: 0, answer_s: 0, grace_s: 0 };
    let mut pair = calling(&World::new(), 600, 60, none);
    assert_eq!(pair.ask().unwrap().minutes, 10);
    pair.pass_s(YES_AT);
    say_yes(&mut pair);
    until(&mut pair, 599);
    assert!(pair.lit());
    until(&mut pair, 601);
    assert_eq!((over(&pair), noted(&pair)), (Some(EndReason::SupportClosed), vec![]));
    // Agreed to after the end: nothing begins.
    let mut pair = calling(&World::new(), 10, 60, none);
    pair.pass_s(11);
    pair.agent(Local::Answer(yes(BOTH)));
    assert_eq!((pair.start(), over(&pair)), (None, Some(EndReason::SupportClosed)));
}

#[test]
fn clause_4_2_a_ticket_without_lawful_closing_is_none() {
    let world = World::new();
    for change in [|c: &mut Closing| c.hard_end_s += 7200, |c: &mut Closing| c.ask_s = c.end_s + 1] {
        let mut ticket = world.ticket();
        change(&mut ticket.closing);
        assert_eq!(world.agent(ticket).err(), Some(EndReason::TicketInvalid));
    }
}

#[derive(Clone, Debug)]
enum Act {
    Pass(u64),
    Answer(u16, u32),
    No(NoReason),
    Banner,
    Deaf,
}

fn act() -> impl Strategy<Value = Act> {
    let no = prop_oneof![
        Just(NoReason::Refused),
        Just(NoReason::TimedOut),
        Just(NoReason::PromptLost),
        Just(NoReason::Withdrawn)
    ];
    prop_oneof![
        3 => (1_u64..400_000).prop_map(Act::Pass),
        1 => (1_u64..3_000_000).prop_map(Act::Pass),
        3 => (0_u16..5, 2_500_u32..9_000).prop_map(|(bits, shown)| Act::Answer(bits, shown)),
        1 => no.prop_map(Act::No),
        1 => Just(Act::Banner),
        1 => Just(Act::Deaf),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever happens: nothing lives after the hard end; after closing hands live only by a yes said after it; without one, nothing lives
    /// after the grace.
    #[test]
    fn clause_4_3_no_hand_moves_after_the_hard_end_nor_after_closing_without_a_yes(
        closes_in_s in 0_u32..4000,
        (length, grace, answer) in (0_u32..=3600, 0_u32..=3600, 0_u32..=3600),
        acts in prop::collection::vec(act(), 1..16),
    ) {
        let overrun = Overrun { length_s: length, grace_s: grace, answer_s: answer };
        let closing = Closing::after(closes_in_s, overrun, Closes::Exception, 0, 1439);
        let mut pair = calling(&World::new(), closes_in_s, 240, overrun);
        pair.pass_s(YES_AT);
        pair.agent(Local::Answer(yes(BOTH)));
        pair.agent(Local::BannerUp { epoch: Epoch(7) });
        // A first yes after closing is the yes to going on.
        let mut agreed = pair.now >= pair.start + closing.closes();
        for act in acts {
            let asking = matches!(at_desk(&pair).last(), Some(AtDesk::Ask { .. }));
            match act {
                Act::Pass(ms) => pair.pass(Duration::from_millis(ms)),
                Act::Answer(bits, shown_ms) => {
                    let capabilities = Capabilities::from_bits(bits);
                    let before = at_desk(&pair).len();
                    pair.agent(Local::Extend(Answer::Yes { capabilities, shown_ms }));
                    let extended = at_desk(&pair)[before..].iter().any(|w| matches!(w, AtDesk::Extended { .. }));
                    prop_assert!(!extended || asking, "only a question that was put can be answered");
                    agreed |= extended;
                }
                Act::No(reason) => pair.agent(Local::Extend(Answer::No(reason))),
                Act::Banner => pair.agent(Local::BannerUp { epoch: Epoch(7) }),
                Act::Deaf => pair.line = Box::new(|_, _| Vec::new()),
            }
            let since = pair.now - pair.start;
            let stopped = pair.start().is_none() || pair.said.iter().any(|o| matches!(o, Output::Stop { .. }));
            prop_assert!(stopped || since < closing.hard_end());
            prop_assert!(stopped || agreed || since < closing.end_without_yes());
            if !stopped && !agreed && since >= closing.closes() {
                let last = at_desk(&pair).last().map(|word| (*word).clone());
                let hands_off = matches!(last, Some(AtDesk::Ask { .. } | AtDesk::ViewOnly { .. }));
                prop_assert!(hands_off, "{last:?}");
            }
            let held_back = Duration::from_secs(u64::from(closing.view_only_s));
            if !stopped && !agreed && since >= held_back {
                let last = at_desk(&pair).last().map(|word| (*word).clone());
                prop_assert!(matches!(last, Some(AtDesk::ViewOnly { .. })), "{last:?}");
            }
        }
    }
}
