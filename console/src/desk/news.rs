//! The WebSocket of news: machines that changed, the line to the relay, the sessions of this desk. Each message holds how things stand; whoever is slow
//! gets the newest, and nothing waits.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use aval_protocol::id::UnixSeconds;
use aval_protocol::text::prompt::plain;
use aval_protocol::wire::link::Handed;
use tokio::sync::watch;

use super::Inner;
use super::roster::Newer;
use super::shape;
use super::viewer::{close, say};

/// The one subprotocol that is spoken; the key is offered beside it.
pub(super) const PROTOCOL: &str = "aval";
/// Longest name of others that is shown.
const NAME: usize = 40;
/// Rows of one message.
const PIECE: usize = 500;
/// Longest message of the page, in bytes: it has nothing to say here.
const MESSAGE: usize = 1024;

/// Opens it.
pub(super) async fn open(State(desk): State<Arc<Inner>>, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(MESSAGE).max_frame_size(MESSAGE);
    upgrade.on_upgrade(move |socket| async move { tell(&desk, socket).await })
}

async fn tell(desk: &Inner, socket: WebSocket) {
    let (mut out, mut incoming) = socket.split();
    let mut line = desk.line.changes();
    let mut seats = desk.seats.changes();
    let mut roster = desk.roster.changes();
    // The page reads the list itself, after it has opened this: what changes from here on is told.
    let mut version = desk.roster.version();
    let (mut relay, mut sessions, mut handed) = (Value::Null, Value::Null, json!(null));
    loop {
        line.mark_unchanged();
        let now = relay_now(desk);
        if now != relay {
            relay = now;
            if say(&mut out, &relay).await.is_none() {
                return;
            }
        }
        seats.mark_unchanged();
        let now = json!({ "type": "sessions", "rows": desk.seats.rows() });
        if now != sessions {
            sessions = now;
            if say(&mut out, &sessions).await.is_none() {
                return;
            }
        }
        let mut offered = desk.line.standing().console.map(|console| console.handed());
        let now = json!({ "type": "handed", "rows": handed_now(desk, offered.as_mut()) });
        if now != handed {
            handed = now;
            if say(&mut out, &handed).await.is_none() {
                return;
            }
        }
        roster.mark_unchanged();
        let newer = desk.roster.since(version);
        version = newer.version;
        for message in machines(&newer) {
            if say(&mut out, &message).await.is_none() {
                return;
            }
        }
        tokio::select! {
            Ok(()) = line.changed() => {}
            () = changed(offered.as_mut()) => {}
            Ok(()) = roster.changed() => {}
            Ok(()) = seats.changed() => {}
            message = incoming.next() => match message {
                // Pings are answered below us.
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return close(out).await,
            },
        }
    }
}

/// In pieces that a page takes without a hitch.
fn machines(newer: &Newer) -> impl Iterator<Item = Value> {
    let rows = newer.rows.chunks(PIECE).map(|rows| {
        let rows: Vec<Value> = rows.iter().map(shape::row).collect();
        json!({ "type": "machines", "version": newer.version, "rows": rows, "gone": [] })
    });
    let gone: Vec<String> = newer.gone.iter().map(ToString::to_string).collect();
    let gone = (!gone.is_empty())
        .then(|| json!({ "type": "machines", "version": newer.version, "rows": [], "gone": gone }));
    rows.chain(gone)
}

/// What colleagues hand over, but where a session of this desk runs already.
fn handed_now(desk: &Inner, offered: Option<&mut watch::Receiver<Vec<(Handed, UnixSeconds)>>>) -> Value {
    let all = offered.map(|all| all.borrow_and_update().clone()).unwrap_or_default();
    let now = desk.clock.wall();
    let rows = all.into_iter().filter(|(it, until)| *until > now && !desk.seats.runs(it.agent)).filter_map(
        |(Handed { agent, by, .. }, until)| {
            let row = desk.roster.get(agent)?;
            Some(json!({
                "agent": agent.to_string(),
                "hostname": plain(&row.facts.hostname, NAME),
                "client": plain(&row.client, NAME),
                "by": plain(&by, NAME),
                "until": until.0,
            }))
        },
    );
    Value::Array(rows.collect())
}

async fn changed(offered: Option<&mut watch::Receiver<Vec<(Handed, UnixSeconds)>>>) {
    if let Some(offered) = offered
        && offered.changed().await.is_ok()
    {
        return;
    }
    // The line itself tells that it is gone.
    std::future::pending().await
}

fn relay_now(desk: &Inner) -> Value {
    let standing = desk.line.standing();
    json!({
        "type": "relay",
        "connected": standing.console.is_some(),
        "since": standing.since.0,
        "trouble": standing.trouble.as_ref().map(shape::said),
    })
}
