//! The line is lost under a yes, and comes back in time, too late, or as somebody else's.

use std::time::Duration;

use super::pair::{BOTH, Pair, Way, World, honest, yes};
use crate::id::Epoch;
use crate::journal::Event;
use crate::session::agent::{Local, Output};
use crate::session::{AWAY, console};
use crate::wire::codes::EndReason;
use crate::wire::link::{Lane, Step};
use crate::wire::session::Capabilities;

fn at_once() -> Local {
    Local::LineLost { ago: Duration::ZERO }
}

impl Pair {
    /// Both ends learn that the line is gone.
    pub(super) fn lose(&mut self) {
        self.agent(at_once());
        self.console(console::Local::Torn);
    }

    pub(super) fn came_back(&self) -> Option<(Epoch, Epoch)> {
        self.said.iter().rev().find_map(|output| match output {
            Output::Back { lost, epoch } => Some((*lost, *epoch)),
            _ => None,
        })
    }

    fn reports(&self, is: impl Fn(&Step) -> bool) -> usize {
        self.said.iter().filter(|o| matches!(o, Output::Report(step) if is(step))).count()
    }
}

#[test]
fn clause_4_4_the_same_two_go_on_under_the_same_yes_and_a_new_epoch() {
    let mut pair = World::new().living();
    let keys = pair.agent.channel().unwrap().lane(Lane::Screen).unwrap();
    pair.lose();
    assert!(!pair.lit() && pair.agent.channel().is_none() && pair.console.channel().is_none());
    assert!(!pair.agent.may_move());
    pair.pass_s(100);
    assert!(!pair.lit(), "no sign of life without a line");
    pair.reunite(8);
    assert_eq!(pair.came_back(), Some((Epoch(7), Epoch(8))));
    assert!(!pair.lit(), "not before the desktop says that the banner is up");
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    assert!(!pair.lit(), "of this epoch");
    pair.agent(Local::BannerUp { epoch: Epoch(8) });
    assert!(pair.lit() && pair.agent.may_move());
    let resumed = pair.heard.iter().find_map(|output| match output {
        console::Output::Resumed { epoch, capabilities, for_s, .. } => Some((*epoch, *capabilities, *for_s)),
        _ => None,
    });
    let (epoch, capabilities, for_s) = resumed.unwrap();
    assert_eq!((epoch, capabilities), (Epoch(8), BOTH));
    assert_eq!(for_s, 3500, "nothing is added");
    assert_eq!(pair.reports(|step| matches!(step, Step::Lost)), 1);
    assert_eq!(pair.reports(|step| matches!(step, Step::Resumed(_))), 1);
    let labels: Vec<_> = pair.journal().map(Event::label).collect();
    assert_eq!(labels, ["ASKED", "GRANTED", "STARTED", "LINE_LOST", "RESUMED"]);
    // The lanes have keys of their own again, and none of them is an old one.
    let (mut sealer, _) = pair.agent.channel().unwrap().lane(Lane::Screen).unwrap();
    let (_, mut opener) = pair.console.channel().unwrap().lane(Lane::Screen).unwrap();
    let (mut old, _) = keys;
    opener.push(
        &sealer
            .seal(
                &crate::wire::encode(&crate::wire::screen::ScreenDown::Geometry { width: 1, height: 1 })
                    .unwrap(),
            )
            .unwrap(),
    );
    assert!(opener.next().unwrap().is_some());
    opener.push(
        &old.seal(
            &crate::wire::encode(&crate::wire::screen::ScreenDown::Geometry { width: 1, height: 1 }).unwrap(),
        )
        .unwrap(),
    );
    assert!(opener.next().is_err(), "what was sealed before the loss is worth nothing");
    // And once more.
    pair.lose();
    pair.reunite(9);
    pair.agent(Local::BannerUp { epoch: Epoch(9) });
    assert!(pair.lit());
    pair.pass_s(3600);
    assert_eq!(pair.agent_over(), Some(EndReason::GrantExpired), "the time granted is what it was");
}

#[test]
fn clause_4_4_after_two_minutes_it_is_over_at_both_ends() {
    let mut pair = World::new().living();
    pair.lose();
    pair.pass(AWAY - Duration::from_secs(1));
    assert_eq!((pair.agent_over(), pair.console_over()), (None, None));
    pair.pass_s(2);
    assert_eq!(pair.agent_over(), Some(EndReason::LinkLost));
    assert_eq!(pair.console_over(), Some(EndReason::LinkLost));
    let before = pair.said.len();
    pair.reunite(8);
    assert_eq!(pair.said.len(), before, "nothing follows the end");
    // What was not noticed at once counts from when it was.
    let mut pair = World::new().living();
    pair.agent(Local::LineLost { ago: Duration::from_secs(30) });
    pair.pass(AWAY - Duration::from_secs(30));
    assert_eq!(pair.agent_over(), Some(EndReason::LinkLost));
}

#[test]
fn nothing_comes_back_after_the_person_ended_it_or_left() {
    for reason in [EndReason::EndedByPerson, EndReason::PersonLeft, EndReason::SecurityCut] {
        let mut pair = World::new().living();
        pair.lose();
        pair.agent(Local::Stop(reason));
        assert_eq!(pair.agent_over(), Some(reason));
        pair.reunite(8);
        pair.pass_s(10);
        assert_eq!(pair.came_back(), None);
        assert!(!pair.lit());
        assert!(pair.journal().any(|event| matches!(event, Event::Ended { .. })));
    }
}

#[test]
fn a_yes_without_a_banner_waits_for_nobody() {
    let mut pair = World::new().pair();
    pair.exchange();
    pair.agent(at_once());
    assert_eq!(pair.agent_over(), Some(EndReason::LinkLost), "asked, not answered");
    let mut pair = World::new().pair();
    pair.exchange();
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(BOTH)));
    pair.agent(at_once());
    pair.pass_s(1);
    assert_eq!(pair.agent_over(), Some(EndReason::LinkLost), "answered, no banner yet");
}

#[test]
fn another_process_of_the_same_technician_is_not_the_one_who_was_let_in() {
    let world = World::new();
    let mut pair = world.living();
    pair.lose();
    // Same key, same ticket, and a secret of another channel.
    let mut other = world.living();
    other.lose();
    std::mem::swap(&mut pair.console, &mut other.console);
    pair.reunite(8);
    assert_eq!(pair.came_back(), None);
    // The right one still may.
    std::mem::swap(&mut pair.console, &mut other.console);
    pair.reunite(9);
    assert_eq!(pair.came_back(), Some((Epoch(7), Epoch(9))));
}

#[test]
fn a_relay_that_replays_changes_or_drops_resumes_nothing_and_ends_nothing() {
    let world = World::new();
    // Everything the console said when it came back, replayed to a machine that lost its line again.
    let mut pair = world.living();
    pair.lose();
    let record = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let kept = std::rc::Rc::clone(&record);
    pair.line = Box::new(move |way, bytes| {
        if way == Way::ToAgent {
            kept.borrow_mut().push(bytes.clone());
        }
        vec![bytes]
    });
    pair.reunite(8);
    assert!(pair.came_back().is_some());
    pair.agent(Local::BannerUp { epoch: Epoch(8) });
    pair.lose();
    pair.line = honest();
    pair.agent(Local::Knock { epoch: Epoch(9) });
    for bytes in record.borrow().iter() {
        pair.deliver(Way::ToAgent, bytes);
        pair.exchange();
    }
    assert_eq!(pair.came_back(), Some((Epoch(7), Epoch(8))), "only the first time");
    // Changed bytes and silence.
    pair.line = Box::new(|_, mut bytes| {
        if let Some(byte) = bytes.last_mut() {
            *byte ^= 1;
        }
        vec![bytes]
    });
    pair.reunite(10);
    pair.line = Box::new(|_, _| Vec::new());
    pair.reunite(11);
    pair.pass_s(20);
    assert_eq!((pair.agent_over(), pair.console_over()), (None, None));
    assert_eq!(pair.came_back(), Some((Epoch(7), Epoch(8))));
    pair.line = honest();
    pair.reunite(12);
    assert_eq!(pair.came_back(), Some((Epoch(8), Epoch(12))));
}

#[test]
fn an_epoch_that_is_not_newer_is_none() {
    let mut pair = World::new().living();
    pair.lose();
    for epoch in [0, 6, 7] {
        pair.reunite(epoch);
        assert_eq!(pair.came_back(), None);
    }
    pair.reunite(8);
    assert!(pair.came_back().is_some());
}

#[test]
fn clause_4_2_what_the_person_said_at_closing_time_holds_without_a_line() {
    // Closes in a minute; the question comes, then the line goes.
    let world = World::new();
    let mut ticket = world.ticket();
    ticket.closing.ask_s = 60;
    ticket.closing.warn_technician_s = 10;
    ticket.closing.warn_both_s = 20;
    ticket.closing.view_only_s = 120;
    ticket.closing.end_s = 300;
    ticket.closing.hard_end_s = 1800;
    let agent = world.agent(ticket.clone()).unwrap();
    let permitted =
        world.permitted(world.relay.sign(&ticket).unwrap(), world.manager.sign(&world.approval()).unwrap());
    let mut pair = Pair::new(agent, world.console(&permitted).unwrap(), world.start);
    pair.exchange();
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(BOTH)));
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    pair.pass_s(60);
    pair.lose();
    pair.agent(Local::Extend(crate::prompt::Answer::No(crate::prompt::NoReason::TimedOut)));
    pair.reunite(8);
    pair.agent(Local::BannerUp { epoch: Epoch(8) });
    assert!(pair.lit() && !pair.agent.may_move(), "view only, as nobody agreed");
    let resumed = pair.heard.iter().rev().find_map(|output| match output {
        console::Output::Resumed { capabilities, .. } => Some(*capabilities),
        _ => None,
    });
    assert_eq!(resumed, Some(Capabilities::VIEW));
    pair.lose();
    pair.pass_s(300);
    assert!(pair.agent_over().is_some());
}
