//! A technician's session as a library user drives it: seen, typed, hidden, ended, and what a liar at either end achieves.

use std::sync::Arc;
use std::time::Duration;

use aval_console::link::{ConnectError, Console, ConsoleConfig};
use aval_console::session::hands::{Hands, InputError};
use aval_console::session::{Happened, Running, StartError, start};
use aval_protocol::firm::Signer;
use aval_protocol::id::Epoch;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::screen::{Cursor, Rect, ScreenDown};
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};
use aval_transport::Clock;
use aval_transport::random::Random;
use tokio::time::timeout;

use crate::agent::{At, CANARY, Person, SIZE};
use crate::firm::Firm;
use crate::relay::{Manner, World};

const BLUE: u32 = u32::from_be_bytes([0, CANARY[0], CANARY[1], CANARY[2]]);

pub(crate) fn request(firm: &Firm) -> SessionRequest {
    SessionRequest {
        agent: firm.agent(),
        capabilities: Capabilities::KNOWN,
        category: WorkCategory::Assistance,
        reference: "appel de Mme Leroy, 10 h 12".into(),
        minutes: 60,
    }
}

async fn console(world: &World) -> Console {
    Console::connect(config(world)).await.unwrap()
}

fn config(world: &World) -> ConsoleConfig {
    ConsoleConfig {
        socket: None,
        relays: vec![world.address.to_string()],
        signer: Arc::clone(&world.firm.technician),
        firm: world.firm.founded.file.firm().clone(),
        clock: Clock::system(),
        random: Random::system(),
        keep: None,
    }
}

async fn next(running: &mut Running) -> Happened {
    timeout(Duration::from_secs(10), running.next()).await.unwrap().unwrap()
}

/// A session whose screen can be seen.
async fn seen(world: &World, console: &Console) -> Running {
    let mut running = start(console, request(&world.firm)).await.unwrap();
    loop {
        match next(&mut running).await {
            Happened::Hidden(false) => break,
            Happened::Ended(reason) => panic!("{reason}"),
            _ => {}
        }
    }
    let view = running.hands().view().clone();
    let mut changes = view.changes();
    while view.pixel(0, 0) != Some(BLUE) {
        timeout(Duration::from_secs(10), changes.changed()).await.unwrap().unwrap();
    }
    running
}

/// A character, typed again while the picture is hidden for want of a sign of life: tests beside this one keep the machine busy.
async fn strike(hands: &Hands, character: char) {
    let struck = async {
        while let Err(why) = hands.input(InputEvent::Char(character)).await {
            assert_eq!(why, InputError::Hidden);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), struck).await.expect("it stays hidden");
}

async fn ended(running: &mut Running) -> EndReason {
    loop {
        if let Happened::Ended(reason) = next(running).await {
            assert_eq!(running.hands().state().ended, Some(reason));
            assert_eq!(running.hands().view().pixel(0, 0), None, "the screen is gone");
            assert!(running.hands().view().hash().is_none());
            return reason;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_seen_typed_in_and_ended_by_the_technician() {
    let world = World::new(Firm::new(), Manner::default());
    let console = console(&world).await;
    let mut running = start(&console, request(&world.firm)).await.unwrap();
    let Happened::MatchCode(code) = next(&mut running).await else { panic!("no match code") };
    assert_eq!(next(&mut running).await, Happened::Asking { for_s: 60 });
    world.until(|seen| seen.asked.is_some()).await;
    assert_eq!(
        world.seen.lock().unwrap().asked.as_ref().unwrap().match_code,
        code,
        "both show the same digits"
    );
    let hands = running.hands().clone();
    assert_eq!(hands.input(InputEvent::Char('x')).await, Err(InputError::NotGranted));
    assert_eq!(hands.view().pixel(0, 0), None);

    let granted = Happened::Granted { capabilities: Capabilities::KNOWN, for_s: 3_600 };
    assert_eq!(next(&mut running).await, granted);
    assert_eq!(next(&mut running).await, Happened::Hidden(false));
    world.until(|seen| seen.painted == 1).await;
    assert_eq!((hands.view().size(), hands.view().pixel(63, 47)), (Some(SIZE), Some(BLUE)));

    for c in "œuvre".chars() {
        strike(&hands, c).await;
    }
    world.until(|seen| seen.typed == "œuvre" && seen.painted == 6).await;
    assert_eq!(hands.view().pixel(9, 9), Some(0x05_0000), "the fifth stroke is on the screen");

    hands.end().await;
    assert_eq!(ended(&mut running).await, EndReason::EndedByTechnician);
    assert_eq!(hands.input(InputEvent::Char('x')).await, Err(InputError::Over(EndReason::EndedByTechnician)));
    world.until(|seen| seen.over == Some(EndReason::EndedByTechnician)).await;
    assert_eq!(world.seen.lock().unwrap().typed, "œuvre");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_ends_it_and_is_told_as_the_reason() {
    let world = World::new(Firm::new(), Manner::default());
    let console = console(&world).await;
    let mut running = seen(&world, &console).await;
    world.machine.send(At::Stop(EndReason::EndedByPerson)).unwrap_or_default();
    // The screen lane is cut first; the reason still comes through.
    assert_eq!(ended(&mut running).await, EndReason::EndedByPerson);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_lease_hides_the_screen_and_refuses_input_until_it_is_back() {
    let world = World::new(Firm::new(), Manner::default());
    let console = console(&world).await;
    let mut running = seen(&world, &console).await;
    let hands = running.hands().clone();
    world.machine.send(At::Mute(true)).unwrap_or_default();
    assert_eq!(next(&mut running).await, Happened::Hidden(true));
    assert_eq!((hands.view().pixel(0, 0), hands.view().hash().is_none()), (None, true));
    assert_eq!(hands.input(InputEvent::Char('x')).await, Err(InputError::Hidden));
    world.machine.send(At::Mute(false)).unwrap_or_default();
    assert_eq!(next(&mut running).await, Happened::Hidden(false));
    assert_eq!(hands.view().pixel(0, 0), Some(BLUE));
    strike(&hands, 'y').await;
    world.until(|seen| seen.typed == "y").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_granted_is_not_typed() {
    let manner = Manner { person: Person::Grants(Capabilities::VIEW), ..Manner::default() };
    let world = World::new(Firm::new(), manner);
    let console = console(&world).await;
    let running = seen(&world, &console).await;
    let hands = running.hands();
    assert_eq!(hands.input(InputEvent::Char('x')).await, Err(InputError::NotGranted));
    assert_eq!(world.seen.lock().unwrap().events, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_and_an_empty_chair_are_no_sessions() {
    let manner = Manner { person: Person::Refuses, ..Manner::default() };
    let world = World::new(Firm::new(), manner);
    let line = console(&world).await;
    let mut running = start(&line, request(&world.firm)).await.unwrap();
    assert_eq!(ended(&mut running).await, EndReason::RefusedByPerson);
    assert_eq!(running.hands().state().grant, None);

    let manner = Manner { person: Person::Away, ..Manner::default() };
    let world = World::new(Firm::new(), manner);
    let line = console(&world).await;
    let mut running = start(&line, request(&world.firm)).await.unwrap();
    world.until(|seen| seen.asked.is_some()).await;
    world.say_over(EndReason::SecurityCut);
    assert_eq!(ended(&mut running).await, EndReason::SecurityCut);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_refuses_with_every_reason() {
    let world = World::new(Firm::new(), Manner { refuses: true, ..Manner::default() });
    let console = console(&world).await;
    match start(&console, request(&world.firm)).await {
        Err(StartError::Refused(decision)) => assert_eq!(decision.reasons.len(), 2),
        other => panic!("{other:?}"),
    }
    assert!(world.seen.lock().unwrap().asked.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_makes_tickets_up_reaches_nobody() {
    let mut firm = Firm::new();
    // Certified by the firm, but not as a relay.
    let manager = Signer::from_pkcs8(firm.manager.pkcs8().to_vec(), firm.manager.chain().to_vec());
    firm.ticketer = Some(manager.unwrap());
    let world = World::new(firm, Manner::default());
    let console = console(&world).await;
    let started = start(&console, request(&world.firm)).await;
    assert!(matches!(started, Err(StartError::Untrusted(EndReason::TicketInvalid))), "{started:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_of_the_screen_ends_the_session() {
    let world = World::new(Firm::new(), Manner::default());
    let console = console(&world).await;
    let mut running = seen(&world, &console).await;
    world.machine.send(At::Flip).unwrap_or_default();
    // Whatever comes of it: the bit may have been seen already.
    let _ = running.hands().input(InputEvent::Char('x')).await;
    assert_eq!(ended(&mut running).await, EndReason::SealBroken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_shows_nonsense_or_another_grant_is_left() {
    let outside = Rect { x: 60, y: 0, width: 10, height: 1 };
    let update = |epoch, rect| ScreenDown::Update {
        seq: 2,
        epoch: Epoch(epoch),
        copies: vec![],
        rects: vec![rect],
        pixels: vec![],
        photos: vec![],
    };
    let cursor = |epoch| ScreenDown::Cursor { epoch: Epoch(epoch), shape: Cursor::default() };
    for piece in [
        ScreenDown::Geometry { width: 0, height: 7 },
        update(7, outside),
        update(6, Rect { width: 1, ..outside }),
        cursor(6),
    ] {
        let world = World::new(Firm::new(), Manner::default());
        let console = console(&world).await;
        let mut running = seen(&world, &console).await;
        world.machine.send(At::Show(piece)).unwrap_or_default();
        assert_eq!(ended(&mut running).await, EndReason::ProtocolViolation);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_vanishes_leaves_a_dark_screen() {
    let world = World::new(Firm::new(), Manner::default());
    let console = console(&world).await;
    let mut running = seen(&world, &console).await;
    world.vanish();
    while !matches!(next(&mut running).await, Happened::Away { .. }) {}
    assert_eq!(running.hands().view().size(), None, "what was shown is wiped");
    running.hands().end().await;
    assert_eq!(ended(&mut running).await, EndReason::EndedByTechnician);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_dropped_is_over_at_both_ends() {
    let world = World::new(Firm::new(), Manner::default());
    let console = console(&world).await;
    let running = seen(&world, &console).await;
    let hands = running.hands().clone();
    drop(running);
    let state = timeout(Duration::from_secs(2), hands.until(|_| false)).await.unwrap();
    assert!(state.ended.is_some());
    assert_eq!(hands.view().pixel(0, 0), None);
    world.until(|seen| seen.over == Some(EndReason::LinkLost)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_relay_of_the_firm_is_spoken_to() {
    let world = World::new(Firm::new(), Manner::default());
    let other = Firm::new();
    let config = ConsoleConfig {
        signer: Arc::clone(&other.technician),
        firm: other.founded.file.firm().clone(),
        ..config(&world)
    };
    let refused = Console::connect(config).await.unwrap_err();
    assert!(matches!(refused, ConnectError::Foreign { .. }), "{refused:?}");
}
