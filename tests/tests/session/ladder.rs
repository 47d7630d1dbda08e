//! A whole session over every line of the ladder: asked, matched, granted, seen to the pixel, typed in order, ended by the person.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aval_console::session::{StartError, start};
use aval_protocol::wire::codes::{EndReason, RefusalCode};
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::screen::Rect;
use aval_relay::gate::Rules;
use aval_relay::gate::link::Thresholds;
use aval_tests::ladder::LADDER;
use aval_tests::trio::desk::{Desk, Does};
use aval_tests::trio::{Setup, Trio};

/// What is typed; no packet may hold it.
const TYPED: &str = "Mot de passe : œuvre-n°42";

/// Characters of these worlds' inputs, in the order in which the desk got them.
fn typed(desk: &Desk) -> String {
    let chars = |event: &InputEvent| if let InputEvent::Char(c) = event { Some(*c) } else { None };
    desk.seen().inputs.iter().filter_map(|input| chars(&input.event)).collect()
}

async fn whole_session(setup: Setup, name: &str) {
    let trio = Trio::start(setup).await;
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    let seen = trio.desk.seen();
    let asked = seen.asked.first().unwrap();
    assert_eq!(Some(asked.match_code), seance.match_code(), "{name}: two people see two codes");
    assert_eq!((asked.technician.as_str(), seen.asked.len()), ("Sophie Martin", 1));

    let hands = seance.running.hands().clone();
    for c in TYPED.chars() {
        hands.input(InputEvent::Char(c)).await.unwrap();
    }
    trio.until("all is typed", || typed(&trio.desk) == TYPED).await;
    trio.desk.screen.paint(Rect { x: 3, y: 5, width: 90, height: 40 }, 0x12_34_56);
    trio.desk.does(Does::Look);
    assert!(!seance.shows(&trio.desk), "{name}: seen before it can have come");
    trio.until("the change is seen", || seance.shows(&trio.desk)).await;

    trio.desk.does(Does::End);
    assert_eq!(seance.ended().await.0, EndReason::EndedByPerson, "{name}");
    assert!(hands.input(InputEvent::Char('x')).await.is_err());
    seance.over().await;
    trio.until("the machine is free", || trio.home.status().is_some_and(|s| !s.in_session)).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(typed(&trio.desk), TYPED);
    let (relay, own) = (trio.relay_journal(), trio.own_journal());
    for entry in ["REQUESTED", "LINE_MEASURED", "PERMITTED", "ASKED", "GRANTED", "STARTED", "ENDED"] {
        assert!(relay.contains(&entry), "{name}: {entry} is missing at the relay: {relay:?}");
    }
    assert!(own.ends_with(&["ASKED", "GRANTED", "STARTED", "ENDED"]), "{name}: {own:?}");
    assert!(trio.witnessed(), "{name}: the relay does not know the end of the machine's journal");
}

#[tokio::test(start_paused = true)]
async fn a_whole_session_over_every_line_the_contract_serves() {
    for rung in &LADDER[..5] {
        whole_session(Setup { line: rung.line(), ..Setup::default() }, rung.name).await;
    }
    whole_session(Setup { line: LADDER[6].line(), ..Setup::default() }, LADDER[6].name).await;
}

/// Lines below the contract's least are refused before anybody is asked; a firm that serves them anyway has its session.
#[tokio::test(start_paused = true)]
async fn lines_below_the_least_are_refused_unless_the_firm_says_otherwise() {
    for rung in [LADDER[5], LADDER[7]] {
        let trio = Trio::start(Setup { line: rung.line(), ..Setup::default() }).await;
        let console = trio.console(&trio.technician).await;
        match start(&console, trio.request()).await {
            Err(StartError::Refused(decision)) => {
                let line = [RefusalCode::LinkInsufficient, RefusalCode::LinkUnmeasured];
                assert!(decision.reasons.iter().all(|r| line.contains(&r.code)), "{decision:?}");
            }
            other => panic!("{}: {other:?}", rung.name),
        }
        assert_eq!(trio.desk.seen().asked.len(), 0);
    }
    let thresholds = Thresholds { least_down_kbit: 100, least_up_kbit: 100, ..Thresholds::default() };
    let rules = Rules { thresholds, ..Rules::default() };
    whole_session(Setup { line: LADDER[5].line(), rules, ..Setup::default() }, LADDER[5].name).await;
}

/// Nothing that is typed or seen is in any packet as it is. The tap's own ears are tried on a packet that says it openly.
#[tokio::test(start_paused = true)]
async fn no_packet_holds_what_is_typed_or_seen() {
    let trio = Trio::start(Setup::default()).await;
    let needles = [TYPED.as_bytes().to_vec(), trio.desk.screen.sample(), b"Mme Leroy".to_vec()];
    let packets: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let kept = Arc::clone(&packets);
    trio.net.tap(move |_, _, packet| kept.lock().unwrap().push(packet.to_vec()));
    let console = trio.console(&trio.technician).await;
    let mut seance = trio.seen(&console).await;
    for c in TYPED.chars() {
        seance.running.hands().input(InputEvent::Char(c)).await.unwrap();
    }
    trio.until("all is typed", || typed(&trio.desk) == TYPED).await;
    trio.desk.does(Does::End);
    seance.ended().await;
    let found = |packets: &[Vec<u8>]| {
        packets.iter().filter(|p| needles.iter().any(|n| p.windows(n.len()).any(|w| w == n))).count()
    };
    let mut packets = packets.lock().unwrap();
    assert!(packets.len() > 100, "the tap heard little: {}", packets.len());
    assert_eq!(found(&packets), 0);
    packets.push([&b"..."[..], &needles[1]].concat());
    assert_eq!(found(&packets), 1);
}
