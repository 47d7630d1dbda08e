//! Both machines against each other in virtual time, over a line that may do anything to what passes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

#[cfg(test)]
mod away;
#[cfg(test)]
mod bytes;
#[cfg(test)]
mod closing;
#[cfg(test)]
mod consent;
#[cfg(test)]
mod handover;
#[cfg(test)]
mod idle;
#[cfg(test)]
mod lying_agent;
#[cfg(test)]
mod lying_console;
mod pair;
#[cfg(test)]
mod property;
pub(crate) mod scenario;
#[cfg(test)]
mod turning;

use pair::{BOTH, Pair, World, yes};

use super::agent::{Local, Output};
use super::console;
use crate::id::Epoch;
use crate::journal::Event;
use crate::wire::codes::EndReason;
use crate::wire::input::{InputEvent, InputUp};
use crate::wire::link::{Lane, Step};
use crate::wire::screen::{ScreenDown, ScreenUp};
use crate::wire::session::Capabilities;
use crate::wire::{Wire, decode_content, encode};

#[test]
fn the_person_is_asked_by_name_and_both_sides_show_the_same_code() {
    let world = World::new();
    let mut pair = world.pair();
    pair.exchange();
    let ask = pair.ask().expect("the person is asked");
    assert_eq!(ask.technician, "Sophie Martin");
    assert_eq!((ask.firm.as_str(), ask.phone.as_str()), ("Atelier Beaurepaire Informatique", "+33199001234"));
    assert_eq!((ask.capabilities, ask.minutes, ask.ttl_s), (BOTH, 60, 60));
    assert_eq!(pair.match_code(), Some(ask.match_code));
    assert!(pair.heard.contains(&console::Output::Asking { for_s: 60 }));
    assert!(pair.said.contains(&Output::Report(Step::Asked)));
    assert!(pair.agent.channel().is_none() && pair.console.channel().is_none(), "no keys before a yes");
}

#[test]
fn two_sessions_have_different_codes() {
    let world = World::new();
    let code = || {
        let mut pair = world.pair();
        pair.exchange();
        pair.match_code().unwrap()
    };
    assert!((0..4).map(|_| code()).any(|c| c != code()));
}

#[test]
fn a_yes_opens_the_lanes_and_an_end_closes_everything() {
    let world = World::new();
    let mut pair = world.pair();
    pair.exchange();
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(BOTH)));
    let start = pair.start().expect("the session starts");
    assert_eq!(start, (Epoch(7), BOTH, 3600));
    assert!(!pair.lit(), "nothing is shown before the banner is up");
    pair.pass_s(1);
    pair.agent(Local::BannerUp { epoch: Epoch(7) });
    assert!(pair.lit());
    lanes_carry(&mut pair);
    pair.pass_s(10);
    assert!(pair.lit());
    pair.console(console::Local::End);
    pair.pass_s(1);
    let ended = EndReason::EndedByTechnician;
    assert_eq!((pair.agent_over(), pair.console_over()), (Some(ended), Some(ended)));
    assert!(pair.agent.channel().is_none() && pair.console.channel().is_none());
    let session = world.session();
    let journal: Vec<_> = pair.journal().collect();
    let technician = world.ticket().technician;
    assert_eq!(
        journal,
        [
            &Event::Asked { session, technician },
            &Event::Granted { session, capabilities: BOTH, epoch: Epoch(7), shown_ms: 4_000 },
            &Event::Started { session },
            &Event::Ended { session, reason: ended, duration_s: 10 },
        ]
    );
}

/// A frame each way on each lane; a lane's keys exist once.
fn lanes_carry(pair: &mut Pair) {
    let (mut screen_out, mut marks_in) = pair.agent.channel().unwrap().lane(Lane::Screen).unwrap();
    let (mut marks_out, mut screen_in) = pair.console.channel().unwrap().lane(Lane::Screen).unwrap();
    let (_, mut input_in) = pair.agent.channel().unwrap().lane(Lane::Input).unwrap();
    let (mut input_out, _) = pair.console.channel().unwrap().lane(Lane::Input).unwrap();
    for n in 0..3 {
        let sealed =
            screen_out.seal(&encode(&ScreenDown::Geometry { width: n, height: 9 }).unwrap()).unwrap();
        screen_in.push(&sealed);
        assert_eq!(opened::<ScreenDown>(&mut screen_in), ScreenDown::Geometry { width: n, height: 9 });
        marks_in
            .push(&marks_out.seal(&encode(&ScreenUp::Painted { seq: 3, epoch: Epoch(1) }).unwrap()).unwrap());
        assert_eq!(opened::<ScreenUp>(&mut marks_in), ScreenUp::Painted { seq: 3, epoch: Epoch(1) });
        let typed = InputUp { epoch: Epoch(7), event: InputEvent::Char('é') };
        input_in.push(&input_out.seal(&encode(&typed).unwrap()).unwrap());
        assert_eq!(opened::<InputUp>(&mut input_in), typed);
    }
    assert!(pair.agent.channel().unwrap().lane(Lane::Screen).is_none(), "a second copy would repeat counts");
    assert!(pair.console.channel().unwrap().lane(Lane::Input).is_none());
}

fn opened<M: Wire>(opener: &mut console::Opener) -> M {
    decode_content(&opener.next().unwrap().expect("a whole frame")).unwrap()
}

#[test]
fn bytes_may_come_one_by_one() {
    let world = World::new();
    let mut pair = world.pair();
    pair.line = Box::new(|_, bytes| bytes.iter().map(|&byte| vec![byte]).collect());
    pair.exchange();
    pair.pass_s(5);
    pair.agent(Local::Answer(yes(Capabilities::VIEW)));
    assert_eq!(pair.start(), Some((Epoch(7), Capabilities::VIEW, 3600)));
    assert!(pair.heard.iter().any(|output| matches!(
        output,
        console::Output::Granted { epoch: Epoch(7), capabilities: Capabilities::VIEW, for_s: 3600, .. }
    )));
}
