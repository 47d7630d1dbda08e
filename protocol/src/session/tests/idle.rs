//! A technician who does nothing for ten minutes sees nothing until they want to go on, and gets no right and no second more by it.

use std::time::Duration;

use super::pair::{BOTH, Pair, World};
use crate::id::Epoch;
use crate::journal::Event;
use crate::session::agent::{Local, Output};
use crate::session::{AtDesk, HOLD, IDLE, console};
use crate::wire::codes::EndReason;
use crate::wire::handover::Wish;
use crate::wire::session::Notice;
use crate::wire::turn::{Hold, Turning};

/// A living session whose technician does nothing from now on.
fn quiet() -> Pair {
    let mut pair = World::new().living();
    pair.rests = true;
    let now = pair.now;
    pair.agent.moved(now);
    pair
}

impl Pair {
    fn held(&self) -> Option<Hold> {
        self.heard.iter().rev().find_map(|output| match output {
            console::Output::Held { why, .. } => Some(*why),
            console::Output::Turned { .. } => None,
            _ => None,
        })
    }

    /// The technician clicks, and the service gives the next epoch.
    fn goes_on(&mut self, epoch: u64) {
        assert!(self.console.wish(Wish::GoOn));
        self.exchange();
        if self.agent.wakes() {
            self.agent(Local::Awake { epoch: Epoch(epoch) });
        }
    }

    fn at_desk(&self, word: &AtDesk) -> bool {
        self.said.iter().any(|output| matches!(output, Output::AtDesk { word: said, .. } if said == word))
    }
}

#[test]
fn after_ten_minutes_of_nothing_nothing_is_shown_and_one_click_goes_on() {
    let mut pair = quiet();
    pair.pass(IDLE - Duration::from_secs(1));
    assert!(pair.lit() && pair.agent.may_move());
    pair.pass_s(2);
    assert!(!pair.lit() && !pair.agent.may_move());
    assert_eq!(pair.held(), Some(Hold::Idle));
    assert!(pair.at_desk(&AtDesk::Idle) && pair.said.contains(&Output::Hold { epoch: Epoch(7) }));
    assert!(pair.agent.channel().is_some(), "the session lives on");
    // As long as the grant does.
    pair.pass_s(1200);
    assert!(!pair.lit());
    pair.goes_on(8);
    assert!(
        pair.at_desk(&AtDesk::Awake) && !pair.lit(),
        "not before the banner was seen under the later epoch"
    );
    pair.agent(Local::BannerUp { epoch: Epoch(8) });
    assert!(pair.lit() && pair.agent.may_move());
    let turned = pair.heard.iter().find_map(|output| match output {
        console::Output::Turned { epoch, capabilities, for_s, why, .. } => {
            Some((*epoch, *capabilities, *for_s, *why))
        }
        _ => None,
    });
    let (epoch, capabilities, for_s, why) = turned.unwrap();
    assert_eq!((epoch, capabilities, why), (Epoch(8), BOTH, Turning::Awake));
    assert!(for_s < 3600 - 1800, "not a second was added: {for_s}");
    let labels: Vec<_> = pair.journal().map(Event::label).collect();
    assert!(labels.ends_with(&["HELD", "AWAKE"]), "{labels:?}");
}

#[test]
fn each_move_counts_and_the_end_of_the_grant_comes_as_ever() {
    let mut pair = quiet();
    for _ in 0..3 {
        pair.pass(IDLE - Duration::from_secs(1));
        let now = pair.now;
        pair.agent.moved(now);
        assert!(pair.lit());
    }
    pair.pass(IDLE + Duration::from_secs(1));
    assert!(!pair.lit());
    pair.pass_s(3600);
    assert_eq!(pair.agent_over(), Some(EndReason::GrantExpired));
}

#[test]
fn who_does_not_rest_wakes_nobody() {
    let mut pair = quiet();
    assert!(pair.console.wish(Wish::GoOn));
    pair.exchange();
    assert!(!pair.agent.wakes());
    pair.agent(Local::Awake { epoch: Epoch(8) });
    assert!(pair.lit(), "still under the first epoch");
}

#[test]
fn a_locked_machine_wakes_for_the_person_and_a_resting_technician_for_themselves() {
    let mut pair = quiet();
    pair.pass(IDLE + Duration::from_secs(1));
    pair.agent(Local::Held { why: Hold::Locked, left: HOLD });
    pair.agent(Local::PersonBack { epoch: Epoch(8) });
    pair.agent(Local::BannerUp { epoch: Epoch(8) });
    pair.pass_s(5);
    assert!(!pair.lit() && !pair.agent.may_move(), "the technician still rests");
    pair.goes_on(9);
    pair.agent(Local::BannerUp { epoch: Epoch(9) });
    assert!(pair.lit());
}

#[test]
fn a_lost_line_brings_nobody_back_who_rested() {
    let mut pair = quiet();
    pair.pass(IDLE + Duration::from_secs(1));
    pair.agent(Local::LineLost { ago: Duration::ZERO });
    pair.console(console::Local::Torn);
    pair.pass_s(20);
    pair.reunite(8);
    pair.agent(Local::BannerUp { epoch: Epoch(8) });
    pair.pass_s(5);
    assert!(!pair.lit() && !pair.agent.may_move());
    pair.goes_on(9);
    pair.agent(Local::BannerUp { epoch: Epoch(9) });
    assert!(pair.lit() && pair.agent.may_move());
}

#[test]
fn the_technician_hears_that_the_persons_hands_come_first() {
    let mut pair = World::new().living();
    for active in [true, false] {
        pair.agent.person_acts(active);
        pair.exchange();
        let notice = console::Output::Notice(Notice::LocalInput { active });
        assert_eq!(pair.heard.last(), Some(&notice));
    }
}
