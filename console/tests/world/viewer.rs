//! A session as a page has it: through the WebSocket of the desk, against the protocol's own machine at the far end.

use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::session::Capabilities;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::agent::{At, CANARY, Person, SIZE};
use crate::firm::Firm;
use crate::page::{Page, Socket};
use crate::relay::{Manner, World};
use crate::steady::undisturbed;

fn asked(world: &World) -> Value {
    json!({
        "agent": world.firm.agent().to_string(),
        "capabilities": ["view", "control"],
        "category": "assistance",
        "reference": "appel de Mme Leroy, 10 h 12",
        "minutes": 60,
    })
}

async fn begin(world: &World, page: &Page) -> String {
    let answer = page.post("/api/sessions", &asked(world)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["session"].as_str().unwrap().to_owned()
}

/// A session that lives, and a page that has its first picture and has painted it.
async fn seen(world: &World, page: &Page) -> (String, Socket) {
    let session = begin(world, page).await;
    let mut socket = page.socket(&format!("/ws/sessions/{session}")).await;
    let first = painted(&mut socket).await;
    assert_eq!(pixels(&first), [CANARY[0], CANARY[1], CANARY[2], 0xff].repeat(64 * 48));
    (session, socket)
}

/// The next update, painted.
async fn painted(socket: &mut Socket) -> Vec<u8> {
    let update = socket.binary(2).await;
    let seq = u32::from_le_bytes(update[1..5].try_into().unwrap());
    socket.say(&json!({ "type": "painted", "seq": seq })).await;
    update
}

/// The pixels of an update of one rectangle.
fn pixels(update: &[u8]) -> &[u8] {
    assert_eq!(&update[5..9], [0, 0, 1, 0], "no copy, one rectangle");
    &update[17..]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_asked_for_seen_worked_in_and_ended_by_the_page() {
    undisturbed(a_whole_session).await;
}

async fn a_whole_session() {
    let world = World::new(Firm::new(), Manner::default());
    let page = Page::open(&world).await;
    let session = begin(&world, &page).await;
    let mut socket = page.socket(&format!("/ws/sessions/{session}")).await;
    let state = socket.until(|state| state["phase"] == "asking").await;
    assert_eq!(state["match_code"].as_str().unwrap().chars().filter(char::is_ascii_digit).count(), 6);
    assert_eq!((&state["technician"], &state["hostname"]), (&json!("Sophie Martin"), &json!("COMPTA-1")));
    assert!(state["asking_for_s"].as_u64().unwrap() <= 60);

    let live = socket.until(|state| state["phase"] == "live").await;
    assert_eq!(live["capabilities"], json!(["view", "control"]));
    assert!((3_500..=3_600).contains(&live["remaining_s"].as_u64().unwrap()), "{live}");
    assert!(live["line"]["quality"]["fr"].is_string() && live["line"]["rtt_ms"].is_u64());
    let rows = page.get("/api/sessions").await.json();
    assert_eq!((&rows["rows"][0]["session"], &rows["rows"][0]["state"]), (&json!(session), &json!("live")));

    assert_eq!(world.seen.lock().unwrap().painted, 0, "nobody has painted anything yet");
    let first = painted(&mut socket).await;
    assert_eq!(pixels(&first)[..4], [CANARY[0], CANARY[1], CANARY[2], 0xff]);
    world.until(|seen| seen.painted == 1).await;
    for c in ["œ", "u"] {
        socket.say(&json!({ "type": "char", "char": c })).await;
    }
    world.until(|seen| seen.typed == "œu").await;
    let square = painted(&mut socket).await;
    assert_eq!(&square[9..17], [8, 0, 8, 0, 4, 0, 4, 0], "only what changed");

    socket.say(&json!({ "type": "end" })).await;
    let (mut over, mut cleared) = (Value::Null, false);
    while let Some(message) = socket.next().await {
        match message {
            Message::Text(text) => over = serde_json::from_str(&text).unwrap(),
            message => cleared = message.into_data()[0] == 4,
        }
    }
    assert_eq!((&over["phase"], &over["ended"]["code"]), (&json!("ended"), &json!("ENDED_BY_TECHNICIAN")));
    assert!(cleared, "nothing may be shown any more");
    world.until(|seen| seen.over == Some(EndReason::EndedByTechnician)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_comes_with_every_reason_and_offer() {
    let world = World::new(Firm::new(), Manner { refuses: true, ..Manner::default() });
    let page = Page::open(&world).await;
    let answer = page.post("/api/sessions", &asked(&world)).await;
    assert_eq!(answer.status, 409);
    let decision = &answer.json()["decision"];
    assert_eq!(decision["reasons"][0]["code"], "LAPSED");
    assert_eq!(
        (&decision["reasons"][1]["clause"], &decision["offers"][0]["kind"]),
        (&json!("4.2"), &json!("quote"))
    );
    assert_eq!(page.get("/api/sessions").await.json()["rows"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_page_waits_until_it_takes_over() {
    let world = World::new(Firm::new(), Manner::default());
    let page = Page::open(&world).await;
    let (session, mut first) = seen(&world, &page).await;
    let mut second = page.socket(&format!("/ws/sessions/{session}")).await;
    assert_eq!(second.until(|_| true).await, json!({ "type": "taken" }));
    // It sees nothing meanwhile, and does nothing.
    first.say(&json!({ "type": "char", "char": "a" })).await;
    world.until(|seen| seen.typed == "a").await;
    second.say(&json!({ "type": "here" })).await;
    first.until(|text| text["type"] == "moved").await;
    assert!(first.next().await.is_none(), "closed");
    let whole = painted(&mut second).await;
    assert_eq!(&whole[9..17], [0, 0, 0, 0, 64, 0, 48, 0], "the whole screen");
    second.say(&json!({ "type": "char", "char": "b" })).await;
    world.until(|seen| seen.typed == "ab").await;
    let mut third = page.socket(&format!("/ws/sessions/{session}")).await;
    third.until(|text| text["type"] == "taken").await;
    third.say(&json!({ "type": "char", "char": "c" })).await;
    assert!(third.next().await.is_none(), "whoever types without the chair is closed");
    assert_eq!(world.seen.lock().unwrap().typed, "ab");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_paints_nothing_holds_the_machine_back_and_gets_the_newest_then() {
    undisturbed(forty_changes_unpainted).await;
}

async fn forty_changes_unpainted() {
    let world = World::new(Firm::new(), Manner::default());
    let page = Page::open(&world).await;
    let (session, mut socket) = seen(&world, &page).await;
    world.until(|seen| seen.painted == 1).await;
    for count in 1..=40 {
        socket.say(&json!({ "type": "char", "char": "x" })).await;
        world.until(|seen| seen.events == count).await;
    }
    assert_eq!(world.seen.lock().unwrap().painted, 1, "the machine hears of nothing that is not painted");
    // At most three wait; the last one brings everything up to date.
    let mut waiting = 0;
    loop {
        let update = painted(&mut socket).await;
        waiting += 1;
        if pixels(&update)[0] == 40 {
            break;
        }
    }
    assert!(waiting <= 5, "{waiting} messages for forty changes");
    world.until(|seen| seen.painted == 41).await;
    // A page that leaves without a word holds nobody back.
    drop(socket);
    let mut again = page.socket(&format!("/ws/sessions/{session}")).await;
    painted(&mut again).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_leaves_lets_go_of_every_key() {
    let world = World::new(Firm::new(), Manner::default());
    let page = Page::open(&world).await;
    let (_, mut socket) = seen(&world, &page).await;
    socket.say(&json!({ "type": "key", "key": "ControlLeft", "down": true })).await;
    world.until(|seen| seen.events == 1).await;
    drop(socket);
    world.until(|seen| seen.released == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_gesture_ends_the_page_s_turn_and_not_the_session() {
    let world = World::new(Firm::new(), Manner::default());
    let page = Page::open(&world).await;
    let (session, mut socket) = seen(&world, &page).await;
    for nonsense in ["{", "{\"type\":\"format\"}", &"x".repeat(10_000)] {
        socket.raw(nonsense).await;
        while socket.next().await.is_some() {}
        socket = page.socket(&format!("/ws/sessions/{session}")).await;
        painted(&mut socket).await;
    }
    assert_eq!(world.seen.lock().unwrap().over, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_lease_clears_the_page_until_it_is_back() {
    let world = World::new(Firm::new(), Manner::default());
    let page = Page::open(&world).await;
    let (_, mut socket) = seen(&world, &page).await;
    world.machine.send(At::Mute(true)).unwrap_or_default();
    // The picture goes at once; the word that says why may come after it.
    let (mut hidden, mut cleared) = (false, false);
    while !(hidden && cleared) {
        match socket.next().await.unwrap() {
            Message::Text(text) => hidden |= text.contains("\"phase\":\"hidden\""),
            message => cleared |= message.into_data()[0] == 4,
        }
    }
    world.machine.send(At::Mute(false)).unwrap_or_default();
    assert_eq!(socket.binary(1).await, [&[1][..], &SIZE.0.to_le_bytes(), &SIZE.1.to_le_bytes()].concat());
    painted(&mut socket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_end_is_a_sentence_and_a_lock_ends_the_page() {
    for (person, at, code) in [
        (Person::Grants(Capabilities::VIEW), Some(EndReason::EndedByPerson), "ENDED_BY_PERSON"),
        (Person::Refuses, None, "REFUSED_BY_PERSON"),
    ] {
        let world = World::new(Firm::new(), Manner { person, ..Manner::default() });
        let page = Page::open(&world).await;
        let session = begin(&world, &page).await;
        let mut socket = page.socket(&format!("/ws/sessions/{session}")).await;
        if let Some(reason) = at {
            socket.until(|state| state["phase"] == "live").await;
            world.machine.send(At::Stop(reason)).unwrap_or_default();
        }
        let over = socket.until(|state| state["phase"] == "ended").await;
        assert_eq!(over["ended"]["code"], code);
        assert!(over["ended"]["fr"].as_str().unwrap().ends_with('.'));
    }
    let world = World::new(Firm::new(), Manner::default());
    let page = Page::open(&world).await;
    let (_, mut socket) = seen(&world, &page).await;
    world.say_over(EndReason::SecurityCut);
    // How soon is the machines' own matter, tested in virtual time; here the page hears which of two possible ends it was.
    let over = socket.until(|state| state["phase"] == "ended").await;
    assert_eq!(over["ended"]["code"], "SECURITY_CUT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_closes_ends_its_sessions_first() {
    let world = World::new(Firm::new(), Manner::default());
    let page = Page::open(&world).await;
    let (_, _socket) = seen(&world, &page).await;
    page.desk.stop().await;
    world.until(|seen| seen.over == Some(EndReason::EndedByTechnician)).await;
}
