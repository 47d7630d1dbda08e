//! A grant that stands still, is made narrower by the person's hand, and wider by their answer: and what nobody can make of it.

use std::time::Duration;

use super::pair::{BOTH, Pair, Way, World, yes};
use crate::id::Epoch;
use crate::journal::Event;
use crate::prompt::{Answer, Ask, NoReason};
use crate::session::agent::{Local, Output};
use crate::session::{AtDesk, HOLD, console};
use crate::wire::codes::EndReason;
use crate::wire::session::{Capabilities, Notice};
use crate::wire::turn::{Hold, More, Turning};

const VIEW: Capabilities = Capabilities::VIEW;

impl Pair {
    fn lock(&mut self) {
        self.agent(Local::Held { why: Hold::Locked, left: HOLD });
    }

    fn more(&mut self, capabilities: Capabilities) {
        self.console(console::Local::Widen { capabilities, reason: "Réglage de l’imprimante".into() });
    }

    fn widened(&mut self, epoch: u64, answer: Answer) {
        self.agent(Local::Widen { answer, epoch: Epoch(epoch) });
    }

    /// The question for more, each time it was put.
    fn wishes(&self) -> Vec<Ask> {
        let asked = self.said.iter().filter_map(|output| match output {
            Output::AtDesk { word: AtDesk::Widen { ask }, .. } => Some((**ask).clone()),
            _ => None,
        });
        asked.collect()
    }

    fn refusal(&self) -> Option<EndReason> {
        self.heard.iter().rev().find_map(|output| match output {
            console::Output::Notice(Notice::More(More::NotAsked { reason })) => Some(*reason),
            _ => None,
        })
    }

    fn turned(&self) -> Option<(Epoch, Capabilities, Turning)> {
        self.heard.iter().rev().find_map(|output| match output {
            console::Output::Turned { epoch, capabilities, why, .. } => Some((*epoch, *capabilities, *why)),
            _ => None,
        })
    }

    fn labels(&self) -> Vec<&'static str> {
        self.journal().map(Event::label).collect()
    }
}

/// The person ticked the view only, of both.
fn looking() -> Pair {
    let mut pair = World::new().pair();
    pair.exchange();
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(VIEW)));
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    assert!(pair.lit() && !pair.agent.may_move());
    pair
}

#[test]
fn locked_nothing_is_shown_and_unlocked_it_goes_on_under_a_later_epoch() {
    let mut pair = World::new().living();
    pair.pass_s(10);
    pair.lock();
    assert!(!pair.lit() && !pair.agent.may_move());
    assert!(pair.said.contains(&Output::Hold { epoch: Epoch(7) }));
    assert!(pair.heard.iter().any(|o| matches!(o, console::Output::Held { why: Hold::Locked, left_s: 120 })));
    pair.pass_s(100);
    assert!(!pair.lit() && pair.console_over().is_none(), "signs of life come all the while");
    pair.agent(Local::PersonBack { epoch: Epoch(8) });
    assert_eq!(pair.turned(), Some((Epoch(8), BOTH, Turning::PersonBack)));
    assert!(!pair.lit(), "not before the banner is seen under it");
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    assert!(!pair.lit());
    pair.agent(Local::BannerUp { epoch: Epoch(8) });
    assert!(pair.lit() && pair.agent.may_move());
    assert_eq!(pair.labels(), ["ASKED", "GRANTED", "STARTED", "HELD", "PERSON_BACK"]);
    pair.pass_s(3600 - 110 - 1);
    assert!(pair.agent_over().is_none());
    pair.pass_s(2);
    assert_eq!(pair.agent_over(), Some(EndReason::GrantExpired), "not a second was added");
}

#[test]
fn locked_for_two_minutes_it_is_over_at_both_ends() {
    let mut pair = World::new().living();
    pair.lock();
    pair.pass(HOLD - Duration::from_secs(1));
    // Said again it waits no longer; told of sleep it waits less.
    pair.lock();
    assert!(pair.agent_over().is_none());
    pair.pass_s(2);
    assert_eq!(pair.agent_over(), Some(EndReason::LeftLocked));
    assert_eq!(pair.console_over(), Some(EndReason::LeftLocked));
    pair.agent(Local::PersonBack { epoch: Epoch(8) });
    assert!(!pair.lit());
    let mut pair = World::new().living();
    pair.agent(Local::Held { why: Hold::Asleep, left: Duration::from_secs(30) });
    pair.pass_s(31);
    assert_eq!(pair.agent_over(), Some(EndReason::LeftLocked), "what it slept is counted by the desktop");
}

#[test]
fn nobody_comes_back_to_what_was_not_held_or_under_an_old_epoch() {
    let mut pair = World::new().living();
    pair.agent(Local::PersonBack { epoch: Epoch(8) });
    assert!(pair.turned().is_none() && pair.lit());
    pair.lock();
    pair.agent(Local::PersonBack { epoch: Epoch(7) });
    assert_eq!(pair.agent_over().or_else(|| pair.console_over()), Some(EndReason::ProtocolViolation));
}

#[test]
fn a_lease_of_before_the_lock_lights_nothing_after_it() {
    let mut pair = World::new().living();
    pair.pass_s(2);
    let late: Vec<Vec<u8>> = pair.datagrams.iter().map(|(_, bytes)| bytes.clone()).collect();
    let kept = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let keeping = std::rc::Rc::clone(&kept);
    pair.line = Box::new(move |way, bytes| {
        if way == Way::Datagram {
            keeping.borrow_mut().push(bytes);
            return Vec::new();
        }
        vec![bytes]
    });
    // A sign of life is under way as the machine is locked, and overtaken by the word of it.
    pair.pass(Duration::from_millis(260));
    pair.lock();
    assert!(!pair.lit());
    let overtaken = kept.borrow().clone();
    for bytes in late.iter().chain(&overtaken) {
        pair.deliver(Way::Datagram, bytes);
        pair.exchange();
        assert!(!pair.lit());
    }
}

#[test]
fn the_person_takes_their_hands_back_and_only_an_answer_gives_them_again() {
    let mut pair = World::new().living();
    pair.agent(Local::TakenBack { epoch: Epoch(8) });
    assert_eq!(pair.turned(), Some((Epoch(8), VIEW, Turning::TakenBack)));
    pair.agent(Local::BannerUp { epoch: Epoch(8) });
    assert!(pair.lit() && !pair.agent.may_move());
    pair.pass_s(1);
    pair.more(BOTH);
    let ask = pair.wishes().pop().unwrap();
    assert_eq!(
        (ask.capabilities, ask.widening, ask.reference.as_str()),
        (BOTH, Some(VIEW), "Réglage de l’imprimante")
    );
    assert_eq!(pair.ask().unwrap().match_code, ask.match_code, "the same channel has the same code");
    pair.pass_s(5);
    pair.widened(9, yes(BOTH));
    assert_eq!(pair.turned().unwrap().1, BOTH);
    pair.agent(Local::BannerUp { epoch: Epoch(9) });
    assert!(pair.lit() && pair.agent.may_move());
    let labels = pair.labels();
    assert_eq!(labels[3..], ["TAKEN_BACK", "WIDENING_ASKED", "WIDENED"]);
}

#[test]
fn while_more_is_asked_for_nothing_is_moved_and_a_no_changes_nothing_else() {
    for (answer, reason) in [
        (Answer::No(NoReason::Refused), EndReason::RefusedByPerson),
        (Answer::No(NoReason::TimedOut), EndReason::PromptTimedOut),
        (yes(VIEW), EndReason::RefusedByPerson),
    ] {
        let mut pair = looking();
        pair.more(BOTH);
        pair.pass_s(5);
        pair.widened(8, answer);
        assert_eq!(pair.turned(), Some((Epoch(8), VIEW, Turning::NotWidened { reason })));
        pair.agent(Local::BannerUp { epoch: Epoch(8) });
        assert!(pair.lit() && !pair.agent.may_move());
    }
    // Granted before, hands stand still while the question is up.
    let mut pair = World::new().living();
    pair.agent(Local::TakenBack { epoch: Epoch(8) });
    pair.agent(Local::BannerUp { epoch: Epoch(8) });
    pair.more(BOTH);
    assert!(!pair.agent.may_move());
    pair.more(BOTH);
    assert_eq!(pair.refusal(), Some(EndReason::Busy), "one question at a time");
    assert_eq!(pair.wishes().len(), 1);
}

#[test]
fn a_yes_too_soon_or_too_late_widens_nothing() {
    let mut pair = looking();
    pair.more(BOTH);
    pair.widened(8, yes(BOTH));
    assert_eq!(pair.turned().unwrap().1, VIEW, "nobody reads that fast");
    let mut pair = looking();
    pair.more(BOTH);
    pair.pass_s(61);
    pair.widened(8, yes(BOTH));
    assert_eq!(pair.turned().unwrap().1, VIEW);
    // And a desktop that says nothing at all is broken.
    let mut pair = looking();
    pair.more(BOTH);
    pair.pass_s(80);
    assert_eq!(pair.agent_over(), Some(EndReason::PromptLost));
}

#[test]
fn never_wider_than_the_ticket_the_machines_policy_or_the_limit_of_questions() {
    let world = World::new();
    let mut ticket = world.ticket();
    ticket.request.capabilities = VIEW;
    let signed = world.relay.sign(&ticket).unwrap();
    let permitted = world.permitted(signed, world.manager.sign(&world.approval()).unwrap());
    let mut pair = Pair::new(world.agent(ticket).unwrap(), world.console(&permitted).unwrap(), world.start);
    pair.exchange();
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(VIEW)));
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    pair.more(BOTH);
    assert_eq!(pair.refusal(), Some(EndReason::BeyondTicket), "a new session must be asked for");
    assert!(pair.wishes().is_empty());
    // The machine's own policy, which no console knows of.
    let mut agent = world.agent(world.ticket()).unwrap();
    agent.allow(VIEW);
    let mut pair = Pair::new(agent, world.console(&world.honestly()).unwrap(), world.start);
    pair.exchange();
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(VIEW)));
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    pair.more(BOTH);
    assert_eq!((pair.refusal(), pair.wishes().len()), (Some(EndReason::BeyondTicket), 0));
    let mut pair = looking();
    pair.agent.may_ask(false);
    pair.more(BOTH);
    assert_eq!((pair.refusal(), pair.wishes().len()), (Some(EndReason::PromptLimit), 0));
}

#[test]
fn a_lock_or_a_lost_line_takes_the_question_back() {
    let mut pair = looking();
    pair.more(BOTH);
    pair.pass_s(5);
    pair.lock();
    pair.widened(8, yes(BOTH));
    assert!(pair.turned().is_none(), "a late yes is to no question");
    pair.agent(Local::PersonBack { epoch: Epoch(8) });
    assert_eq!(pair.turned().unwrap().1, VIEW);
    let mut pair = looking();
    pair.more(BOTH);
    pair.pass_s(5);
    pair.lose();
    pair.widened(8, yes(BOTH));
    pair.reunite(9);
    pair.agent(Local::BannerUp { epoch: Epoch(9) });
    assert!(pair.lit() && !pair.agent.may_move());
}

#[test]
fn locked_without_a_line_it_comes_back_only_with_both() {
    let mut pair = World::new().living();
    pair.lock();
    pair.lose();
    pair.reunite(8);
    pair.agent(Local::BannerUp { epoch: Epoch(8) });
    assert!(!pair.lit() && !pair.agent.may_move(), "the line is back, the person is not");
    pair.pass_s(2);
    assert!(!pair.lit() && pair.console_over().is_none());
    pair.agent(Local::PersonBack { epoch: Epoch(9) });
    pair.agent(Local::BannerUp { epoch: Epoch(9) });
    assert!(pair.lit() && pair.agent.may_move());
    // The other way round.
    let mut pair = World::new().living();
    pair.lose();
    pair.lock();
    pair.agent(Local::PersonBack { epoch: Epoch(8) });
    pair.reunite(9);
    pair.agent(Local::BannerUp { epoch: Epoch(9) });
    assert!(pair.lit() && pair.agent.may_move());
}
