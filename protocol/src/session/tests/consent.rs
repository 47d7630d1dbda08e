//! Yes, no, silence and the end: what each means at both ends, and how soon.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::pair::{BOTH, Pair, Way, World, honest, yes};
use crate::id::Epoch;
use crate::journal::Event;
use crate::prompt::{Answer, NoReason};
use crate::session::agent::{Local, Output};
use crate::session::console;
use crate::wire::codes::EndReason;
use crate::wire::link::Step;
use crate::wire::session::Capabilities;

const MS: Duration = Duration::from_millis(1);

#[test]
fn every_no_is_a_no_with_its_reason_on_both_sides() {
    for (no, reason) in [
        (NoReason::Refused, EndReason::RefusedByPerson),
        (NoReason::TimedOut, EndReason::PromptTimedOut),
        (NoReason::PromptLost, EndReason::PromptLost),
    ] {
        let world = World::new();
        let mut pair = world.pair();
        pair.exchange();
        pair.pass_s(4);
        pair.agent(Local::Answer(Answer::No(no)));
        assert_eq!((pair.agent_over(), pair.console_over()), (Some(reason), Some(reason)));
        assert_eq!(pair.start(), None);
        assert_eq!(pair.journal().last(), Some(&Event::Refused { session: world.session(), reason }));
        assert!(pair.said.contains(&Output::Report(Step::Ended { reason })));
        assert!(!pair.said.contains(&Output::Withdraw), "there is no question left");
        pair.agent(Local::Answer(yes(BOTH)));
        assert_eq!(pair.start(), None, "a no is final");
    }
}

#[test]
fn silence_is_a_no_after_a_minute() {
    let mut pair = World::new().pair();
    pair.exchange();
    pair.pass(Duration::from_secs(60) - MS);
    assert_eq!(pair.agent_over(), None);
    pair.pass(MS);
    assert!(pair.said.contains(&Output::Withdraw));
    assert_eq!(pair.agent_over(), Some(EndReason::PromptTimedOut));
    assert_eq!(pair.console_over(), Some(EndReason::PromptTimedOut));
    pair.agent(Local::Answer(yes(BOTH)));
    assert_eq!(pair.start(), None, "too late");
}

#[test]
fn a_yes_that_nobody_can_have_meant_is_a_no() {
    let too_much = Capabilities::from_bits(0x8003);
    for (after_s, capabilities, shown_ms) in
        [(2, BOTH, 4_000), (5, BOTH, 2_999), (5, too_much, 4_000), (5, Capabilities::CONTROL, 4_000)]
    {
        let mut pair = World::new().pair();
        pair.exchange();
        pair.pass_s(after_s);
        pair.agent(Local::Answer(Answer::Yes { capabilities, shown_ms }));
        assert_eq!(pair.start(), None);
        assert_eq!(pair.console_over(), Some(EndReason::PromptLost));
    }
}

#[test]
fn an_answer_wider_than_what_was_asked_is_a_no() {
    let world = World::new();
    let mut ticket = world.ticket();
    ticket.request.capabilities = Capabilities::VIEW;
    let permitted =
        world.permitted(world.relay.sign(&ticket).unwrap(), world.manager.sign(&world.approval()).unwrap());
    let mut pair = Pair::new(world.agent(ticket).unwrap(), world.console(&permitted).unwrap(), world.start);
    pair.exchange();
    assert_eq!(pair.ask().unwrap().capabilities, Capabilities::VIEW, "the gate's narrower word holds");
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(BOTH)));
    assert_eq!((pair.start(), pair.agent_over()), (None, Some(EndReason::PromptLost)));
}

#[test]
fn without_a_banner_nothing_is_ever_shown() {
    let mut pair = World::new().pair();
    pair.exchange();
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(BOTH)));
    pair.agent(Local::BannerUp { epoch: Epoch(6) });
    pair.pass_s(9);
    assert!(pair.datagrams.is_empty() && !pair.lit(), "another grant's banner is none");
    pair.pass_s(2);
    assert_eq!(
        (pair.agent_over(), pair.console_over()),
        (Some(EndReason::BannerLost), Some(EndReason::BannerLost))
    );
    assert_eq!(pair.said.iter().filter(|o| matches!(o, Output::Stop { .. })).count(), 1);
}

#[test]
fn the_granted_time_ends_by_itself_whatever_the_wall_clock_says() {
    let world = World::new();
    let mut pair = world.living();
    // A relay that says it is yesterday prolongs nothing: the machine has no ear for it.
    pair.pass_s(3599);
    assert!(pair.lit());
    pair.pass_s(2);
    assert_eq!(pair.agent_over(), Some(EndReason::GrantExpired));
    assert_eq!(pair.console_over(), Some(EndReason::GrantExpired));
    let session = world.session();
    let ended = Event::Ended { session, reason: EndReason::GrantExpired, duration_s: 3600 };
    assert_eq!(pair.journal().last(), Some(&ended));
}

#[test]
fn the_local_stop_comes_before_every_word_about_it() {
    let mut pair = World::new().living();
    let mark = pair.said.len();
    pair.agent.handle(pair.now, pair.wall(), Local::Stop(EndReason::EndedByPerson));
    let first = pair.agent.poll_output();
    assert_eq!(first, Some(Output::Stop { epoch: Epoch(7), reason: EndReason::EndedByPerson }));
    pair.exchange();
    assert_eq!(pair.console_over(), Some(EndReason::EndedByPerson), "told in the same breath");
    pair.pass_s(1);
    assert!(!pair.said[mark..].iter().any(|o| matches!(o, Output::Start { .. })));
}

#[test]
fn a_revocation_is_told_eight_times_within_80_ms_and_needs_no_control_lane() {
    let mut pair = World::new().living();
    let before = pair.datagrams.len();
    let revoked_at = pair.now;
    let mut left = 7;
    pair.line = Box::new(move |way, bytes| match way {
        // The control lane is stuck, and all but the last datagram are lost.
        Way::ToConsole => Vec::new(),
        Way::Datagram if left > 0 => {
            left -= 1;
            Vec::new()
        }
        _ => vec![bytes],
    });
    pair.agent(Local::Stop(EndReason::SecurityCut));
    assert_eq!(pair.console_over(), None);
    pair.pass_s(1);
    let burst: Vec<_> = pair.datagrams[before..].iter().map(|(at, _)| *at - revoked_at).collect();
    assert_eq!(burst.len(), 8);
    assert!(burst.iter().all(|after| *after <= 80 * MS) && burst[7] >= 70 * MS, "{burst:?}");
    assert_eq!(pair.console_over(), Some(EndReason::SecurityCut));
    assert_eq!(pair.agent_over(), Some(EndReason::SecurityCut));
}

#[test]
fn without_leases_the_console_goes_blank_within_a_second_and_comes_back() {
    let mut pair = World::new().living();
    // The line stalls: datagrams are lost, the control lane's bytes come later.
    let held = Rc::new(RefCell::new(Vec::new()));
    let keep = Rc::clone(&held);
    pair.line = Box::new(move |way, bytes| {
        if way == Way::ToConsole {
            keep.borrow_mut().push(bytes);
        }
        Vec::new()
    });
    pair.pass(999 * MS);
    assert!(pair.lit());
    pair.pass(MS);
    assert!(!pair.lit());
    pair.pass_s(3);
    for bytes in held.take() {
        pair.deliver(Way::ToConsole, &bytes);
    }
    pair.line = honest();
    pair.exchange();
    assert!(pair.lit());
    assert_eq!(pair.console_over(), None);
}

#[test]
fn datagrams_or_the_control_lane_alone_keep_it_lit() {
    for way_that_works in [Way::Datagram, Way::ToConsole] {
        let mut pair = World::new().living();
        let blanks = pair.heard.iter().filter(|o| **o == console::Output::Blank(true)).count();
        pair.line = Box::new(move |way, bytes| if way == way_that_works { vec![bytes] } else { Vec::new() });
        pair.pass_s(10);
        assert!(pair.lit());
        assert_eq!(pair.heard.iter().filter(|o| **o == console::Output::Blank(true)).count(), blanks);
    }
}

#[test]
fn clause_4_4_an_agent_that_is_silent_for_long_is_called_anew_and_then_given_up() {
    let mut pair = World::new().living();
    pair.line = Box::new(|_, _| Vec::new());
    let away = |pair: &Pair| pair.heard.iter().any(|o| matches!(o, console::Output::Away { .. }));
    pair.pass_s(29);
    assert!(!away(&pair));
    pair.pass_s(1);
    assert!(away(&pair));
    pair.pass_s(89);
    assert_eq!(pair.console_over(), None);
    pair.pass_s(1);
    assert_eq!(pair.console_over(), Some(EndReason::LinkLost));
}

#[test]
fn a_console_that_never_comes_is_given_up_before_anybody_is_asked() {
    let world = World::new();
    let mut pair = world.pair();
    pair.line = Box::new(|_, _| Vec::new());
    pair.pass_s(14);
    assert_eq!(pair.agent_over(), None);
    pair.pass_s(1);
    assert_eq!((pair.ask(), pair.agent_over()), (None, Some(EndReason::PeerSilent)));
    pair.pass_s(5);
    assert_eq!(pair.console_over(), Some(EndReason::PeerSilent));
}

#[test]
fn a_stop_while_the_person_is_asked_takes_the_question_away() {
    let mut pair = World::new().pair();
    pair.exchange();
    pair.console(console::Local::End);
    assert!(pair.said.contains(&Output::Withdraw));
    assert_eq!(pair.agent_over(), Some(EndReason::EndedByTechnician));
    pair.agent(Local::Answer(yes(BOTH)));
    assert_eq!(pair.start(), None);
}

#[test]
fn a_leaving_technician_sees_nothing_more_and_waits_for_the_last_word() {
    let mut pair = World::new().living();
    let ended = EndReason::EndedByTechnician;
    let held = Rc::new(RefCell::new(Vec::new()));
    let keep = Rc::clone(&held);
    pair.line = Box::new(move |way, bytes| {
        keep.borrow_mut().push((way, bytes));
        Vec::new()
    });
    pair.console(console::Local::End);
    assert!(!pair.lit() && pair.console.channel().is_none());
    assert_eq!(pair.console_over(), None, "the lanes stay until the machine has heard it");
    pair.pass(300 * MS);
    assert!(!pair.lit(), "no lease brings it back");
    pair.line = honest();
    for (way, bytes) in held.take() {
        pair.deliver(way, &bytes);
    }
    pair.exchange();
    assert_eq!((pair.agent_over(), pair.console_over()), (None, Some(ended)));
    pair.pass_s(1);
    assert_eq!(pair.agent_over(), Some(ended));
    // A machine that does not answer is not waited for.
    let mut deaf = World::new().living();
    deaf.line = Box::new(|_, _| Vec::new());
    deaf.console(console::Local::End);
    deaf.pass_s(2);
    assert_eq!(deaf.console_over(), Some(ended));
}

#[test]
fn clause_4_3_what_the_machines_owner_does_not_allow_is_not_even_asked_for() {
    let world = World::new();
    let mut pair = world.pair();
    pair.agent.allow(Capabilities::VIEW);
    pair.agent.allow(BOTH);
    pair.exchange();
    assert_eq!(pair.ask().unwrap().capabilities, Capabilities::VIEW, "what is narrow stays narrow");
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(BOTH)));
    assert_eq!(pair.start(), None, "a yes to more than was asked is none");
    let mut pair = world.pair();
    pair.agent.allow(Capabilities::VIEW);
    pair.exchange();
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(Capabilities::VIEW)));
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    assert!(pair.lit() && !pair.agent.may_move());
}
