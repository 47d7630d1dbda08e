//! A session's loop: moves bytes between the line, the lanes and the protocol's machine, and does what the machine says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::session::console::{Local, Output, Session};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::link::Lane;
use aval_protocol::wire::session::Capabilities;
use quinn::{RecvStream, SendStream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use super::Happened;
use super::hands::{Grant, State, Typed};
use super::lanes::{self, LaneEvent, Media};
use super::view::View;
use crate::link::{Line, News};

/// How long a lane may be gone before the session is: the word that says why comes on another stream.
const GRACE: Duration = Duration::from_secs(1);
/// How long the last word may take, and how long the relay may take to hear of the end from the machine.
const GOOD_BYE: Duration = Duration::from_secs(1);
/// Words on their way to the control lane.
const WORDS: usize = 32;
/// Bytes of one read of the control lane.
const CHUNK: usize = 16 * 1024;

/// What connects a driver with the world.
pub(super) struct Ends {
    pub(super) news: broadcast::Receiver<News>,
    pub(super) datagrams: broadcast::Receiver<Arc<[u8]>>,
    pub(super) end: mpsc::Receiver<()>,
    pub(super) typed: mpsc::Receiver<Typed>,
    pub(super) happened: mpsc::Sender<Happened>,
    pub(super) state: watch::Sender<State>,
    pub(super) view: View,
}

/// The driver.
pub(super) struct Drive {
    line: Arc<Line>,
    session: SessionId,
    machine: Session,
    control: mpsc::Sender<Vec<u8>>,
    happened: mpsc::Sender<Happened>,
    sight: Sight,
    grant: Option<(Epoch, Capabilities)>,
    media: Option<Media>,
    typed: Option<mpsc::Receiver<Typed>>,
    incoming: Option<Incoming>,
    lanes: JoinSet<LaneEvent>,
    writer: JoinSet<()>,
    /// Since when something is gone, and what the end will be called if nothing better is heard.
    lost: Option<(Instant, EndReason)>,
    /// The relay said so, or what is hung up is to tell it: it need not be waited for.
    relay_knows: bool,
}

/// What may be seen and typed. However the driver ends, it ends blind.
struct Sight {
    state: watch::Sender<State>,
    view: View,
    /// The machine says that the lease is lost.
    leaseless: bool,
    /// A lane is gone, or the technician leaves: the end is near, and says itself why.
    ending: bool,
}

/// What comes from the line.
struct Incoming {
    news: broadcast::Receiver<News>,
    datagrams: broadcast::Receiver<Arc<[u8]>>,
    end: mpsc::Receiver<()>,
}

/// What a turn of the loop brought.
enum Turn {
    End,
    Tick,
    News(News),
    Lane(LaneEvent),
    Control(Vec<u8>),
    ControlGone,
    Datagram(Arc<[u8]>),
}

// === impl Drive

impl Drive {
    pub(super) fn new(
        line: Arc<Line>,
        session: SessionId,
        machine: Session,
        ends: Ends,
        control: SendStream,
    ) -> Self {
        let Ends { news, datagrams, end, typed, happened, state, view } = ends;
        let (words, outgoing) = mpsc::channel(WORDS);
        let mut writer = JoinSet::new();
        writer.spawn(write(control, outgoing));
        let mut lanes = JoinSet::new();
        let by = Arc::clone(&line);
        lanes.spawn(async move { Media::open(&by, session).await.map_or(LaneEvent::Lost, LaneEvent::Media) });
        Self {
            line,
            session,
            machine,
            control: words,
            happened,
            sight: Sight { state, view, leaseless: false, ending: false },
            grant: None,
            media: None,
            typed: Some(typed),
            incoming: Some(Incoming { news, datagrams, end }),
            lanes,
            writer,
            lost: None,
            relay_knows: false,
        }
    }

    /// Runs the session to its end.
    pub(super) async fn run(mut self, mut control: RecvStream) {
        let Some(mut incoming) = self.incoming.take() else { return };
        let mut control = Some(&mut control);
        let reason = loop {
            if let Some(reason) = self.obey() {
                break reason;
            }
            let turn = self.turn(&mut incoming, control.as_deref_mut()).await;
            if matches!(turn, Turn::ControlGone) {
                control = None;
            }
            self.take(turn);
        };
        tracing::info!(session = %self.session, %reason, "the session is over");
        self.sight.over(reason);
        self.tell(Happened::Ended(reason));
        if !self.relay_knows {
            // Hung up on before it hears why, the relay would have to write down a lost line.
            let _ = timeout(GOOD_BYE, said_over(&mut incoming.news, self.session)).await;
        }
        self.lanes.abort_all();
        self.media = None;
        let Self { control, mut writer, .. } = self;
        drop(control);
        // The last word is on its way: it gets a moment.
        let _ = timeout(GOOD_BYE, async { while writer.join_next().await.is_some() {} }).await;
    }

    async fn turn(&mut self, incoming: &mut Incoming, control: Option<&mut RecvStream>) -> Turn {
        let due = self.machine.poll_timeout();
        let due = due.into_iter().chain(self.lost.map(|(since, _)| since + GRACE)).min();
        let tick = async {
            match due {
                Some(at) => sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let words = async {
            match control {
                Some(control) => control.read_chunk(CHUNK, true).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(()) = incoming.end.recv() => Turn::End,
            () = tick => Turn::Tick,
            news = heard(&mut incoming.news) => Turn::News(news.unwrap_or(News::LineLost(EndReason::LinkLost))),
            Some(event) = self.lanes.join_next() => Turn::Lane(event.unwrap_or(LaneEvent::Lost)),
            words = words => match words {
                Ok(Some(chunk)) => Turn::Control(chunk.bytes.to_vec()),
                Ok(None) | Err(_) => Turn::ControlGone,
            },
            Some(datagram) = heard(&mut incoming.datagrams) => Turn::Datagram(datagram),
        }
    }

    fn take(&mut self, turn: Turn) {
        let (now, wall) = (self.line.clock.monotonic(), self.line.now());
        match turn {
            Turn::End => {
                self.sight.ending = true;
                self.cover();
                self.machine.handle(now, wall, Local::End);
            }
            Turn::Tick => {
                self.machine.handle_timeout(now, wall);
                if let Some((since, reason)) = self.lost
                    && now >= since + GRACE
                {
                    self.give_up(reason);
                }
            }
            // The relay may have seen less than the machine is about to say.
            Turn::News(News::Over(session, EndReason::LinkLost)) if session == self.session => {
                self.relay_knows = true;
                self.cut(now);
            }
            Turn::News(News::Over(session, reason)) if session == self.session => self.give_up(reason),
            Turn::News(News::Over(..)) => {}
            Turn::News(News::LineLost(reason)) => self.give_up(reason),
            Turn::Lane(LaneEvent::Media(media)) => {
                self.media = Some(media);
                self.open_lanes();
            }
            Turn::Lane(LaneEvent::Lost) | Turn::ControlGone => self.cut(now),
            Turn::Lane(LaneEvent::Broken) => self.give_up(EndReason::SealBroken),
            Turn::Lane(LaneEvent::Nonsense) => self.give_up(EndReason::ProtocolViolation),
            Turn::Control(bytes) => self.machine.handle_frame(now, wall, &bytes),
            Turn::Datagram(bytes) => self.machine.handle_datagram(now, &bytes),
        }
    }

    /// Does what the machine says; the reason when it is over.
    fn obey(&mut self) -> Option<EndReason> {
        while let Some(output) = self.machine.poll_output() {
            match output {
                Output::Send(bytes) => {
                    if self.control.try_send(bytes).is_err() {
                        tracing::info!("the control lane takes no more words");
                        self.cut(self.line.clock.monotonic());
                    }
                }
                Output::MatchCode(code) => self.tell(Happened::MatchCode(code)),
                Output::Asking { for_s } => self.tell(Happened::Asking { for_s }),
                Output::Granted { epoch, capabilities, for_s, .. } => {
                    self.granted(epoch, capabilities, for_s)
                }
                Output::Blank(blank) => {
                    self.sight.leaseless = blank;
                    self.cover();
                }
                Output::Notice(notice) => self.tell(Happened::Notice(notice)),
                Output::Over(reason) => return Some(reason),
            }
        }
        None
    }

    fn granted(&mut self, epoch: Epoch, capabilities: Capabilities, for_s: u32) {
        if let Err(error) = self.sight.view.begin() {
            tracing::error!(%error, "the screen cannot be shown");
            let (now, wall) = (self.line.clock.monotonic(), self.line.now());
            return self.machine.handle(now, wall, Local::End);
        }
        self.grant = Some((epoch, capabilities));
        // Nothing is shown before the first sign of life says that the banner is up.
        self.sight.leaseless = true;
        self.sight.view.hide(true);
        let grant = Some(Grant { epoch, capabilities, for_s });
        self.sight.state.send_modify(|state| (state.grant, state.blank) = (grant, true));
        self.tell(Happened::Granted { capabilities, for_s });
        self.open_lanes();
    }

    /// As soon as there are a grant and a connection.
    fn open_lanes(&mut self) {
        let (Some((epoch, capabilities)), Some(media)) = (self.grant, &self.media) else { return };
        let Some(channel) = self.machine.channel() else { return };
        let (session, connection) = (self.session, media.connection());
        if let Some(keys) = channel.lane(Lane::Screen) {
            let view = self.sight.view.clone();
            self.lanes.spawn(lanes::screen(connection.clone(), session, keys, epoch, view));
        }
        if capabilities.holds(Capabilities::KNOWN)
            && let Some(keys) = channel.lane(Lane::Input)
            && let Some(typed) = self.typed.take()
        {
            let state = self.sight.state.subscribe();
            self.lanes.spawn(lanes::input(connection, session, keys, typed, state));
        }
    }

    /// It is over at this end, whatever the machine thinks: what is hung up tells it.
    fn give_up(&mut self, reason: EndReason) {
        self.relay_knows = true;
        self.machine.handle(self.line.clock.monotonic(), self.line.now(), Local::Lost(reason));
    }

    /// Something is gone. Nothing is seen or typed from now on; why, may still be heard.
    fn cut(&mut self, now: Instant) {
        self.lost.get_or_insert((now, EndReason::LinkLost));
        self.sight.ending = true;
        self.cover();
    }

    fn cover(&mut self) {
        if let Some(hidden) = self.sight.cover() {
            self.tell(Happened::Hidden(hidden));
        }
    }

    fn tell(&self, happened: Happened) {
        if self.happened.try_send(happened).is_err() {
            tracing::debug!(?happened, "nobody reads what happens");
        }
    }
}

// === impl Sight

impl Sight {
    /// Hides or shows, as things stand. What changed for somebody who saw something and is not about to hear of the end.
    fn cover(&self) -> Option<bool> {
        let hidden = self.leaseless || self.ending;
        self.view.hide(hidden);
        let mut changed = false;
        self.state.send_if_modified(|state| {
            changed = state.blank != hidden;
            state.blank = hidden;
            changed
        });
        let shown = self.state.borrow().grant.is_some();
        (changed && shown && !self.ending).then_some(hidden)
    }

    fn over(&self, reason: EndReason) {
        self.view.wipe();
        self.state.send_if_modified(|state| {
            let first = state.ended.is_none();
            state.ended.get_or_insert(reason);
            first
        });
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.over(EndReason::EndedByTechnician);
    }
}

/// The next word on a channel of which the oldest may be lost; `None` when it is closed.
async fn heard<T: Clone>(channel: &mut broadcast::Receiver<T>) -> Option<T> {
    loop {
        match channel.recv().await {
            Ok(word) => return Some(word),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return None,
        }
    }
}

/// Waits until the relay says that a session is over, or is gone.
async fn said_over(news: &mut broadcast::Receiver<News>, session: SessionId) {
    while let Some(word) = heard(news).await {
        match word {
            News::Over(over, _) if over != session => {}
            News::Over(..) | News::LineLost(_) => return,
        }
    }
}

async fn write(mut to: SendStream, mut words: mpsc::Receiver<Vec<u8>>) {
    while let Some(bytes) = words.recv().await {
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
    // Fails only when the stream is gone already.
    let _ = to.finish();
    let _ = to.stopped().await;
}
