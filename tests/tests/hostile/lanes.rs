//! What it does to the bytes of a session that two honest ends have through it: flips, drops, doubles, swaps, cuts, puts bytes of
//! another session in. Nobody sees or does anything that the other did not send; the twin without a hand has its session.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aval_console::link::Console;
use aval_console::session::{Happened, start};
use aval_protocol::firm::Signer;
use aval_protocol::id::SessionId;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::link::Lane;
use aval_protocol::wire::screen::Rect;
use aval_protocol::wire::session::{Approval, Permitted};
use aval_tests::trio::desk::Does;
use aval_tests::trio::{Seance, Setup, Trio};
use tokio::time::sleep;

use crate::captor::{Captor, Hand, Way, approval, offer, ticket};

const WORD: &str = "l’œuvre d’été";

/// A session that runs through the captor, seen at the console.
pub(crate) async fn running(trio: &Trio, captor: &mut Captor, console: &Console, number: u8) -> Seance {
    let ticket = ticket(trio, number, trio.request());
    captor.permits(captor.permitted(trio.relay_key().sign(&ticket).unwrap()));
    captor.say(&offer(trio.relay_key(), &ticket)).await;
    let mut seance = Seance::new(start(console, trio.request()).await.unwrap());
    seance.until(|h| *h == Happened::Hidden(false)).await;
    trio.until("the picture is whole", || seance.shows(&trio.desk)).await;
    seance
}

/// What reached the desk's keyboard.
fn typed(trio: &Trio) -> String {
    let inputs = trio.desk.seen().inputs;
    inputs.iter().filter_map(|up| if let InputEvent::Char(c) = up.event { Some(c) } else { None }).collect()
}

/// A hand that leaves everything alone until it is told to work, and then works on that lane and way.
fn later(
    lane: Lane,
    way: Way,
    work: impl Fn(usize, Vec<u8>) -> Vec<Vec<u8>> + Send + Sync + 'static,
) -> (Hand, Arc<AtomicBool>) {
    let begun = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&begun);
    let count = std::sync::atomic::AtomicUsize::new(0);
    let hand: Hand = Arc::new(move |of, towards, _, bytes| {
        if of != lane || towards != way || !told.load(Ordering::SeqCst) {
            return vec![bytes];
        }
        work(count.fetch_add(1, Ordering::SeqCst), bytes)
    });
    (hand, begun)
}

type Work = fn(usize, Vec<u8>) -> Vec<Vec<u8>>;

fn flip(_: usize, mut bytes: Vec<u8>) -> Vec<Vec<u8>> {
    *bytes.last_mut().unwrap() ^= 0x40;
    vec![bytes]
}

fn drop_first(count: usize, bytes: Vec<u8>) -> Vec<Vec<u8>> {
    if count == 0 { vec![] } else { vec![bytes] }
}

fn double(_: usize, bytes: Vec<u8>) -> Vec<Vec<u8>> {
    vec![bytes.clone(), bytes]
}

fn cut(count: usize, bytes: Vec<u8>) -> Vec<Vec<u8>> {
    if count == 0 { vec![bytes[..bytes.len() / 2].to_vec()] } else { vec![bytes] }
}

fn inject(_: usize, bytes: Vec<u8>) -> Vec<Vec<u8>> {
    vec![[&80_u32.to_le_bytes()[..], &[0x5a; 80]].concat(), bytes]
}

const WORKS: [(&str, Work); 5] =
    [("flip", flip), ("drop", drop_first), ("double", double), ("cut", cut), ("inject", inject)];

#[tokio::test(start_paused = true)]
async fn with_hands_in_its_pockets_it_carries_a_session() {
    let mut trio = Trio::start(Setup::default()).await;
    let mut captor = Captor::start(&mut trio).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = running(&trio, &mut captor, &console, 1).await;
    for char in WORD.chars() {
        seance.running.hands().input(InputEvent::Char(char)).await.unwrap();
    }
    trio.until("typed", || typed(&trio) == WORD).await;
    seance.running.hands().end().await;
    assert_eq!(seance.ended().await.0, EndReason::EndedByTechnician);
    // What passed does not hold what was typed.
    let passed: Vec<u8> = captor.tape().into_iter().flat_map(|(_, _, bytes)| bytes).collect();
    assert!(!passed.windows(6).any(|w| w == &WORD.as_bytes()[..6]));
}

#[tokio::test(start_paused = true)]
async fn no_key_stroke_is_put_in_left_out_or_done_twice() {
    for (name, work) in WORKS {
        let mut trio = Trio::start(Setup::default()).await;
        let mut captor = Captor::start(&mut trio).await;
        let console = trio.console(&trio.technician).await;
        let seance = running(&trio, &mut captor, &console, 1).await;
        let (hand, begun) = later(Lane::Input, Way::ToAgent, work);
        captor.hand(hand);
        seance.running.hands().input(InputEvent::Char('a')).await.unwrap();
        trio.until("an honest key", || typed(&trio) == "a").await;
        begun.store(true, Ordering::SeqCst);
        for char in ['b', 'c', 'd', 'e', 'f'] {
            // Once the other side has noticed there is nobody to type to.
            let _ = seance.running.hands().input(InputEvent::Char(char)).await;
            sleep(Duration::from_millis(200)).await;
        }
        sleep(Duration::from_secs(3)).await;
        assert!("abcdef".starts_with(&typed(&trio)), "{name}: {}", typed(&trio));
        assert!(typed(&trio).len() <= 2, "{name}: {}", typed(&trio));
        let stopped = trio.desk.seen().stopped;
        assert_eq!(stopped.first().map(|(reason, _)| *reason), Some(EndReason::SealBroken), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_picture_is_shown_that_the_machine_did_not_send() {
    for (name, work) in WORKS {
        let mut trio = Trio::start(Setup::default()).await;
        let mut captor = Captor::start(&mut trio).await;
        let console = trio.console(&trio.technician).await;
        let mut seance = running(&trio, &mut captor, &console, 1).await;
        let (hand, begun) = later(Lane::Screen, Way::ToConsole, work);
        captor.hand(hand);
        begun.store(true, Ordering::SeqCst);
        for place in 0..4 {
            trio.desk.screen.paint(Rect { x: 8 * place, y: 3, width: 7, height: 7 }, 0x00c0_ffee);
            trio.desk.does(Does::Look);
            sleep(Duration::from_millis(300)).await;
        }
        let (reason, _) = seance.ended().await;
        assert!(matches!(reason, EndReason::SealBroken | EndReason::ProtocolViolation), "{name}: {reason}");
        trio.until("the desk has stopped", || trio.desk.seen().stopped.len() == 1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_control_lane_bears_no_hand_either_way() {
    for way in [Way::ToAgent, Way::ToConsole] {
        for (name, work) in [("flip", flip as Work), ("double", double), ("inject", inject)] {
            let mut trio = Trio::start(Setup::default()).await;
            let mut captor = Captor::start(&mut trio).await;
            let console = trio.console(&trio.technician).await;
            let mut seance = running(&trio, &mut captor, &console, 1).await;
            let (hand, begun) = later(Lane::Control, way, work);
            captor.hand(hand);
            begun.store(true, Ordering::SeqCst);
            // Only an end is said from console to machine; the machine says every half second that it lives.
            seance.running.hands().end().await;
            let (reason, _) = seance.ended().await;
            let told = [EndReason::SealBroken, EndReason::EndedByTechnician, EndReason::LinkLost];
            assert!(told.contains(&reason), "{way:?} {name}: {reason}");
            trio.until("the desk has stopped", || trio.desk.seen().stopped.len() == 1).await;
            assert_eq!(typed(&trio), "");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn yesterdays_session_is_not_played_again() {
    let mut trio = Trio::start(Setup::default()).await;
    let mut captor = Captor::start(&mut trio).await;
    let console = trio.console(&trio.technician).await;
    let mut first = running(&trio, &mut captor, &console, 1).await;
    for char in "virement".chars() {
        first.running.hands().input(InputEvent::Char(char)).await.unwrap();
    }
    trio.until("typed", || typed(&trio) == "virement").await;
    first.running.hands().end().await;
    first.ended().await;
    trio.until("it is over at the machine", || captor.ended(SessionId([1; 16])).is_some()).await;
    let old: Vec<u8> = captor
        .tape()
        .into_iter()
        .filter(|(lane, way, _)| (*lane, *way) == (Lane::Input, Way::ToAgent))
        .flat_map(|(_, _, bytes)| bytes)
        .collect();
    assert!(old.len() > 8 * 64);
    // It says so once more for a moment, and is free after that.
    sleep(Duration::from_secs(1)).await;
    let second = running(&trio, &mut captor, &console, 2).await;
    let replayed = old.clone();
    let (hand, begun) =
        later(
            Lane::Input,
            Way::ToAgent,
            move |count, bytes| {
                if count == 0 { vec![replayed.clone()] } else { vec![bytes] }
            },
        );
    captor.hand(hand);
    begun.store(true, Ordering::SeqCst);
    let _ = second.running.hands().input(InputEvent::Char('!')).await;
    trio.until("the desk has stopped", || trio.desk.seen().stopped.len() == 2).await;
    assert_eq!(typed(&trio), "virement", "not twice");
}

#[tokio::test(start_paused = true)]
async fn a_technician_meets_the_approved_machine_or_none() {
    let mut trio = Trio::start(Setup::default()).await;
    let mut captor = Captor::start(&mut trio).await;
    let console = trio.console(&trio.technician).await;
    let own = Signer::generate().unwrap();
    let ticket = ticket(&trio, 1, trio.request());
    let good = captor.permitted(trio.relay_key().sign(&ticket).unwrap());
    let approved =
        |signer: &Signer, agent_key| signer.sign(&Approval { agent_key, ..approval(&trio) }).unwrap();
    let swapped: [(&str, Permitted); 4] = [
        ("another key", Permitted { agent_spki: own.spki().to_vec(), ..good.clone() }),
        (
            "another key, approved by the relay",
            Permitted {
                agent_spki: own.spki().to_vec(),
                approval: approved(trio.relay_key(), own.key_id()),
                ..good.clone()
            },
        ),
        (
            "no approval of a manager",
            Permitted { approval: approved(&own, approval(&trio).agent_key), ..good.clone() },
        ),
        ("a stranger’s ticket", Permitted { ticket: own.sign(&ticket).unwrap(), ..good.clone() }),
    ];
    for (name, permitted) in swapped {
        captor.permits(permitted);
        captor.say(&offer(trio.relay_key(), &ticket)).await;
        let met = start(&console, trio.request()).await;
        assert!(met.is_err(), "{name}");
        sleep(Duration::from_secs(20)).await;
        assert!(trio.desk.seen().asked.is_empty(), "{name}");
    }
}
