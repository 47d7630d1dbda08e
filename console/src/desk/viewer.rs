//! The WebSocket of one session: the screen and how things stand go to the page, what the hands do comes from it.
//!
//! The two directions do not wait for each other. What the page has not seen is kept as places, never as a queue, and at most
//! three messages with pixels wait to be painted; a page that takes nothing for a while is let go.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aval_protocol::id::SessionId;
use aval_protocol::wire::input::InputEvent;
use aval_protocol::wire::session::Capabilities;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{Path, State, WebSocketUpgrade};
use axum::response::Response;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::Inner;
use super::fault::Fault;
use super::gesture::Gesture;
use super::quality::Quality;
use super::seat::Seat;
use super::state::state;
use crate::session::paint;
use crate::session::view::{Mark, Viewer};

/// Messages with pixels that may wait to be painted.
const UNPAINTED: usize = 3;
/// How long the page may take nothing before it is let go.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one who found the chair taken may think about it.
const THINKING: Duration = Duration::from_secs(600);
/// Longest message of the page, in bytes.
const MESSAGE: usize = 4 * 1024;
/// How often the line and the clock are told.
const SECOND: Duration = Duration::from_secs(1);

type Out = SplitSink<WebSocket, Message>;
type In = SplitStream<WebSocket>;

/// Opens it for a session of this desk.
pub(super) async fn open(
    State(desk): State<Arc<Inner>>,
    Path(session): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Fault> {
    let session: SessionId = session.parse().map_err(|_| Fault::nothing())?;
    let seat = desk.seats.get(session).ok_or_else(Fault::nothing)?;
    let upgrade =
        upgrade.protocols([super::news::PROTOCOL]).max_message_size(MESSAGE).max_frame_size(MESSAGE);
    Ok(upgrade.on_upgrade(move |socket| async move { sit(&desk, &seat, socket).await }))
}

async fn sit(desk: &Inner, seat: &Seat, socket: WebSocket) {
    let (mut out, mut incoming) = socket.split();
    let chair = match seat.chair.sit() {
        Some(chair) => chair,
        None => {
            if say(&mut out, &json!({ "type": "taken" })).await.is_none() {
                return;
            }
            match timeout(THINKING, wants_it(&mut incoming)).await {
                Ok(true) => seat.chair.take_over(),
                _ => return close(out).await,
            }
        }
    };
    let viewer = seat.hands.view().attach();
    let (painted, acks) = watch::channel(0);
    let (reveal, reveals) = mpsc::channel(1);
    let moved = tokio::select! {
        () = chair.notified() => true,
        () = show(desk, seat, &viewer, &mut out, acks, reveals) => false,
        () = hear(seat, &mut incoming, painted, reveal) => false,
    };
    drop(viewer);
    seat.chair.leave(&chair);
    // Whatever was held down at the client's PC is let go; nothing happens if nothing may be typed any more.
    let _ = seat.hands.input(InputEvent::ReleaseAll).await;
    if moved {
        say(&mut out, &json!({ "type": "moved" })).await;
    }
    close(out).await;
}

/// Whether the page says that it wants the chair.
async fn wants_it(incoming: &mut In) -> bool {
    while let Some(Ok(message)) = incoming.next().await {
        if let Message::Text(text) = message {
            return matches!(Gesture::parse(&text), Some(Gesture::Here));
        }
    }
    false
}

/// Shows what there is to be seen, until the session is over or the page is gone.
async fn show(
    desk: &Inner,
    seat: &Seat,
    viewer: &Viewer,
    out: &mut Out,
    mut acks: watch::Receiver<u32>,
    mut reveals: mpsc::Receiver<()>,
) {
    let mut changes = seat.hands.view().changes();
    let mut shown = seat.watch();
    let mut tick = interval(SECOND);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut quality = Quality::new(&seat.console);
    let mut told = None;
    let mut number = 0_u32;
    // Each message with pixels, and the machine's update that it brings the page to.
    let mut waiting: VecDeque<(u32, Option<Mark>)> = VecDeque::new();
    loop {
        let standing = shown.borrow_and_update().clone();
        let state = state(seat, &standing, quality.now(), desk.clock.monotonic());
        if told.as_ref() != Some(&state) {
            if say(out, &state).await.is_none() {
                return;
            }
            told = Some(state);
        }
        changes.mark_unchanged();
        while waiting.len() < UNPAINTED {
            let (messages, seq) = viewer.take(number.wrapping_add(1));
            if messages.parts.is_empty() {
                break;
            }
            for part in messages.parts {
                if send(out, Message::Binary(part.to_vec().into())).await.is_none() {
                    return;
                }
            }
            if !messages.paints {
                break;
            }
            number = number.wrapping_add(1);
            waiting.push_back((number, seq));
        }
        if standing.ended.is_some() {
            return;
        }
        tokio::select! {
            _ = tick.tick() => quality.look(&seat.console),
            Ok(()) = shown.changed() => {}
            Ok(()) = changes.changed(), if waiting.len() < UNPAINTED => {}
            Some(()) = reveals.recv() => {
                if let Some((secret, left)) = seat.hands.drawer().take(desk.clock.monotonic())
                    && send(out, Message::Binary(Bytes::from_owner(paint::secret(&secret, left)))).await.is_none()
                {
                    return;
                }
            }
            Ok(()) = acks.changed() => {
                let painted = *acks.borrow_and_update();
                while let Some((first, seq)) = waiting.front().copied()
                    && first.wrapping_sub(painted).cast_signed() <= 0
                {
                    waiting.pop_front();
                    if let Some(seq) = seq {
                        viewer.painted(seq);
                    }
                }
            }
        }
    }
}

/// Does what the page says, until it is gone.
async fn hear(seat: &Seat, incoming: &mut In, painted: watch::Sender<u32>, reveal: mpsc::Sender<()>) {
    while let Some(Ok(message)) = incoming.next().await {
        let Message::Text(text) = message else { continue };
        match Gesture::parse(&text) {
            Some(Gesture::Painted(number)) => drop(painted.send_replace(number)),
            // What may not be typed now is not sent, and not remembered.
            Some(Gesture::Input(event)) => drop(seat.hands.input(event).await),
            Some(Gesture::Widen { reason }) => seat.hands.widen(Capabilities::KNOWN, reason).await,
            Some(Gesture::ViewOnly(on)) => seat.hands.view_only(on).await,
            Some(Gesture::End) => seat.hands.end().await,
            Some(Gesture::Wish(wanted)) => seat.hands.wish(wanted).await,
            // One at a time: more is the same.
            Some(Gesture::Reveal) => _ = reveal.try_send(()),
            Some(Gesture::Forget) => seat.hands.drawer().wipe(),
            Some(Gesture::Here) => {}
            None => {
                tracing::debug!("the page says what nobody understands");
                return;
            }
        }
    }
}

/// Says something in JSON; `None` when the page takes nothing any more.
pub(super) async fn say(out: &mut Out, value: &serde_json::Value) -> Option<()> {
    send(out, Message::Text(value.to_string().into())).await
}

async fn send(out: &mut Out, message: Message) -> Option<()> {
    timeout(PATIENCE, out.send(message)).await.ok()?.ok()
}

pub(super) async fn close(mut out: Out) {
    let _ = timeout(Duration::from_secs(1), out.close()).await;
}
