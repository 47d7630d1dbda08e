//! A session's loop: moves bytes between the line, the lanes and the protocol's machine, and does what the machine says.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aval_protocol::firm::Signed;
use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::seal::secret::{Context, SecretKey};
use aval_protocol::session::console::{Local, Output, Session};
use aval_protocol::wire::beside::Colleague;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::handover::Wish;
use aval_protocol::wire::link::Lane;
use aval_protocol::wire::session::{Capabilities, Notice, Ticket};
use aval_protocol::wire::turn::More;
use quinn::{RecvStream, SendStream};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};
use zeroize::Zeroizing;

use super::Happened;
use super::away::{self, Met, Way};
use super::hands::{Grant, Order, State, Typed, Wanted};
use super::hear::{heard, said_over, write};
use super::lanes::{self, LaneEvent, Media};
use super::secret::Secrets;
use super::sight::Sight;
use super::view::View;
use crate::link::{Console, Line, News};

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
    pub(super) wishes: mpsc::Receiver<Wanted>,
    pub(super) secrets: Secrets,
    pub(super) orders: mpsc::Receiver<Order>,
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
    ticket: Signed<Ticket>,
    /// While there is a line.
    control: Option<mpsc::Sender<Vec<u8>>>,
    /// A line of the session's own, made after the first was lost.
    own: Option<Console>,
    /// Looks for a way back.
    way: JoinSet<Way>,
    happened: mpsc::Sender<Happened>,
    sight: Sight,
    grant: Option<(Epoch, Capabilities)>,
    media: Option<Media>,
    typed: lanes::Keys,
    secrets: Secrets,
    incoming: Option<Incoming>,
    lanes: JoinSet<LaneEvent>,
    writer: JoinSet<()>,
    /// Since when something is gone, and what the end will be called if nothing better is heard; without a name it is the line, which
    /// may come back.
    lost: Option<(Instant, Option<EndReason>)>,
    /// The relay said so, or what is hung up is to tell it: it need not be waited for.
    relay_knows: bool,
}

/// What comes from the line.
struct Incoming {
    news: broadcast::Receiver<News>,
    datagrams: broadcast::Receiver<Arc<[u8]>>,
    wishes: mpsc::Receiver<Wanted>,
    orders: mpsc::Receiver<Order>,
    control: Option<RecvStream>,
}

/// What a turn of the loop brought.
enum Turn {
    Wish(Wanted),
    Order(Order),
    Tick,
    News(News),
    Lane(LaneEvent),
    Control(Vec<u8>),
    ControlGone,
    Datagram(Arc<[u8]>),
    Way(Way),
}

// === impl Drive

impl Drive {
    pub(super) fn new(
        line: Arc<Line>,
        (session, ticket): (SessionId, Signed<Ticket>),
        machine: Session,
        ends: Ends,
        control: SendStream,
    ) -> Self {
        let Ends { news, datagrams, orders, wishes, secrets, typed, happened, state, view } = ends;
        let mut drive = Self {
            line,
            session,
            machine,
            ticket,
            control: None,
            own: None,
            way: JoinSet::new(),
            happened,
            sight: Sight { state, view, leaseless: false, ending: false, away: false, masked: false },
            grant: None,
            media: None,
            typed: lanes::Keys::new(typed),
            secrets,
            incoming: Some(Incoming { news, datagrams, orders, wishes, control: None }),
            lanes: JoinSet::new(),
            writer: JoinSet::new(),
            lost: None,
            relay_knows: false,
        };
        drive.connect(control);
        drive
    }

    /// Takes a control lane, and opens the media connection beside it.
    fn connect(&mut self, control: SendStream) {
        let (words, outgoing) = mpsc::channel(WORDS);
        self.control = Some(words);
        self.writer.spawn(write(control, outgoing));
        let (by, session) = (Arc::clone(&self.line), self.session);
        self.lanes
            .spawn(async move { Media::open(&by, session).await.map_or(LaneEvent::Lost, LaneEvent::Media) });
    }

    /// Runs the session to its end.
    pub(super) async fn run(mut self, control: RecvStream) {
        let Some(mut incoming) = self.incoming.take() else { return };
        incoming.control = Some(control);
        let reason = loop {
            if let Some(reason) = self.obey() {
                break reason;
            }
            let turn = match self.turn(&mut incoming).await {
                Turn::Way(Way::Back(met)) => {
                    let Met { console, line, news, datagrams, control: (send, recv) } = *met;
                    let Incoming { orders, wishes, .. } = incoming;
                    incoming = Incoming { news, datagrams, orders, wishes, control: Some(recv) };
                    self.back(console, line, send);
                    continue;
                }
                Turn::ControlGone => {
                    incoming.control = None;
                    Turn::ControlGone
                }
                turn => turn,
            };
            self.take(turn);
            if self.sight.away && self.control.is_none() {
                incoming.control = None;
            }
        };
        tracing::info!(session = %self.session, %reason, "the session is over");
        self.sight.over(reason);
        self.tell(Happened::Ended(reason));
        if !self.relay_knows {
            // Hung up on before it hears why, the relay would have to write down a lost line.
            let _ = timeout(GOOD_BYE, said_over(&mut incoming.news, self.session)).await;
        }
        self.lanes.abort_all();
        self.way.abort_all();
        self.media = None;
        let Self { control, mut writer, own, .. } = self;
        drop(control);
        // The last word is on its way: it gets a moment.
        let _ = timeout(GOOD_BYE, async { while writer.join_next().await.is_some() {} }).await;
        drop(own);
    }

    async fn turn(&mut self, incoming: &mut Incoming) -> Turn {
        let due = self.machine.poll_timeout();
        let due = due.into_iter().chain(self.lost.map(|(since, _)| since + GRACE)).min();
        let tick = async {
            match due {
                Some(at) => sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let words = async {
            match &mut incoming.control {
                Some(control) => control.read_chunk(CHUNK, true).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(order) = incoming.orders.recv() => Turn::Order(order),
            Some(wanted) = incoming.wishes.recv() => Turn::Wish(wanted),
            () = tick => Turn::Tick,
            news = heard(&mut incoming.news) => Turn::News(news.unwrap_or(News::LineLost(EndReason::LinkLost))),
            Some(way) = self.way.join_next() => Turn::Way(way.unwrap_or(Way::Never(EndReason::LinkLost))),
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
            Turn::Order(Order::Widen { capabilities, reason }) => {
                self.machine.handle(now, wall, Local::Widen { capabilities, reason });
            }
            Turn::Order(Order::ViewOnly(on)) => {
                self.sight.state.send_modify(|state| state.view_only = on);
            }
            Turn::Order(Order::End) => {
                self.sight.ending = true;
                self.cover();
                self.machine.handle(now, wall, Local::End);
            }
            Turn::Wish(wanted) => self.wish(wanted),
            Turn::Tick => {
                self.machine.handle_timeout(now, wall);
                if let Some((since, reason)) = self.lost
                    && now >= since + GRACE
                {
                    match reason {
                        Some(reason) => self.give_up(reason),
                        None => self.torn(now),
                    }
                }
            }
            // The relay may have seen less than the machine is about to say.
            Turn::News(News::Over(session, EndReason::LinkLost)) if session == self.session => {
                self.relay_knows = true;
                self.lost = None;
                self.cut(now, Some(EndReason::LinkLost));
            }
            Turn::News(News::Over(session, reason)) if session == self.session => self.give_up(reason),
            Turn::News(News::Over(..)) => {}
            Turn::News(News::LineLost(EndReason::SecurityCut)) => self.give_up(EndReason::SecurityCut),
            Turn::News(News::LineLost(_)) if self.sight.away => {}
            Turn::News(News::LineLost(_)) => self.torn(now),
            Turn::Way(Way::Never(reason)) => self.give_up(reason),
            Turn::Way(Way::Back(_)) => {}
            Turn::Lane(LaneEvent::Media(media)) => {
                self.media = Some(media);
                self.open_lanes();
            }
            Turn::Lane(LaneEvent::Lost) | Turn::ControlGone => self.cut(now, None),
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
                    if self.control.as_ref().is_some_and(|control| control.try_send(bytes).is_err()) {
                        tracing::info!("the control lane takes no more words");
                        self.cut(self.line.clock.monotonic(), None);
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
                Output::Notice(notice) => {
                    if let Notice::Masked { active } = notice {
                        self.sight.masked = active;
                        if active {
                            self.sight.view.outdate();
                        }
                        self.sight.cover();
                    }
                    if let Notice::More(more) = notice {
                        let asked = matches!(more, More::Asked { .. });
                        self.sight.state.send_modify(|state| state.asked = asked);
                    }
                    if let Notice::Colleague(word) = notice {
                        let asked = matches!(word, Colleague::Asked { .. });
                        self.sight.state.send_modify(|state| state.asked = asked);
                    }
                    if let Notice::LocalInput { active } = notice {
                        self.sight.state.send_modify(|state| state.yields = active);
                    }
                    self.tell(Happened::Notice(notice));
                }
                Output::Secret(answer) => {
                    let handed = self.secrets.answered(self.line.clock.monotonic(), &answer);
                    handed.into_iter().for_each(|handed| self.tell(Happened::Secret(handed)));
                }
                Output::Held { why, left_s } => {
                    // What comes is of a later epoch, if anything does.
                    let least = self.grant.map_or(Epoch(0), |(epoch, _)| Epoch(epoch.0.saturating_add(1)));
                    self.sight.state.send_modify(|state| (state.asked, state.yields) = (false, false));
                    if self.restart(least) {
                        self.tell(Happened::Held { why, left_s });
                    }
                }
                Output::Turned { epoch, capabilities, for_s, why, .. } => {
                    if self.restart(epoch) {
                        self.grant = Some((epoch, capabilities));
                        let grant = Some(Grant { epoch, capabilities, for_s });
                        self.sight.state.send_modify(|state| {
                            (state.grant, state.asked, state.yields) = (grant, false, false);
                        });
                        self.tell(Happened::Turned { capabilities, for_s, why });
                        self.open_lanes();
                    }
                }
                Output::Away { for_s } => self.away(for_s),
                Output::Resumed { epoch, capabilities, for_s, .. } => {
                    self.sight.away = false;
                    if self.may_be_seen(epoch, capabilities, for_s) {
                        self.tell(Happened::Resumed { capabilities, for_s });
                        self.open_lanes();
                    }
                }
                Output::Over(reason) => return Some(reason),
            }
        }
        None
    }

    fn granted(&mut self, epoch: Epoch, capabilities: Capabilities, for_s: u32) {
        if self.may_be_seen(epoch, capabilities, for_s) {
            self.tell(Happened::Granted { capabilities, for_s });
            self.open_lanes();
        }
    }

    /// Nothing of before this epoch is shown any more. `false`: it can't be, and the session ends.
    fn restart(&mut self, least: Epoch) -> bool {
        let restarted = self.sight.view.restart(least).is_ok();
        if !restarted {
            self.machine.handle(self.line.clock.monotonic(), self.line.now(), Local::End);
        }
        restarted
    }

    /// Makes place for a picture. `false`: there is none, and the session ends.
    fn may_be_seen(&mut self, epoch: Epoch, capabilities: Capabilities, for_s: u32) -> bool {
        if let Err(error) = self.sight.view.begin(epoch) {
            tracing::error!(%error, "the screen cannot be shown");
            let (now, wall) = (self.line.clock.monotonic(), self.line.now());
            self.machine.handle(now, wall, Local::End);
            return false;
        }
        self.grant = Some((epoch, capabilities));
        // Nothing is shown before the first sign of life says that the banner is up.
        self.sight.leaseless = true;
        self.sight.view.hide(true);
        let grant = Some(Grant { epoch, capabilities, for_s });
        self.sight.state.send_modify(|state| {
            (state.grant, state.blank, state.asked, state.yields) = (grant, true, false, false);
        });
        true
    }

    /// As soon as there are a grant and a connection.
    fn open_lanes(&mut self) {
        let (Some((_, capabilities)), Some(media)) = (self.grant, &self.media) else { return };
        let Some(channel) = self.machine.channel() else { return };
        let (session, connection) = (self.session, media.connection());
        if let Some(keys) = channel.lane(Lane::Screen) {
            let (state, view) = (self.sight.state.subscribe(), self.sight.view.clone());
            self.lanes.spawn(lanes::screen(connection.clone(), session, keys, state, view));
        }
        if capabilities.holds(Capabilities::KNOWN)
            && let Some(keys) = channel.lane(Lane::Input)
        {
            let (state, typed) = (self.sight.state.subscribe(), self.typed.clone());
            self.lanes.spawn(lanes::input(connection, session, keys, typed, state));
        }
    }

    /// It is over at this end, whatever the machine thinks: what is hung up tells it.
    fn give_up(&mut self, reason: EndReason) {
        self.relay_knows = true;
        self.machine.handle(self.line.clock.monotonic(), self.line.now(), Local::Lost(reason));
    }

    /// The line is gone: with a grant it may come back.
    fn torn(&mut self, now: Instant) {
        self.lost = None;
        self.machine.handle(now, self.line.now(), Local::Torn);
    }

    /// What was shown is wiped, what is open is hung up, and a way back is looked for.
    fn away(&mut self, for_s: u16) {
        (self.lost, self.control, self.media) = (None, None, None);
        (self.lanes, self.way) = (JoinSet::new(), JoinSet::new());
        (self.sight.away, self.sight.ending, self.sight.leaseless) = (true, false, true);
        self.sight.masked = false;
        if let Some(handed) = self.secrets.forget() {
            self.tell(Happened::Secret(handed));
        }
        self.sight.view.wipe();
        self.cover();
        self.way.spawn(away::look(Arc::clone(&self.line), self.session, self.ticket.clone()));
        self.tell(Happened::Away { for_s });
    }

    /// Asks the machine to ask the person.
    fn wish(&mut self, wanted: Wanted) {
        let wish = match wanted {
            Wanted::Mask => Wish::Mask,
            Wanted::Return => Wish::Return,
            Wanted::GoOn => Wish::GoOn,
            Wanted::Secret(kind) => {
                let context = Context { session: self.session, kind };
                let random = self.line.random.bytes().map(Zeroizing::new);
                let key = random.ok().and_then(|random| SecretKey::new(&random, context).ok());
                let Some(key) = key else { return tracing::error!("there is no randomness to ask with") };
                let (wish, handed) = self.secrets.ask(key);
                self.tell(Happened::Secret(handed));
                wish
            }
        };
        if !self.machine.wish(wish)
            && let Some(handed) = self.secrets.forget()
        {
            self.tell(Happened::Secret(handed));
        }
    }

    /// There is a way back: the machine is called on it.
    fn back(&mut self, console: Option<Console>, line: Arc<Line>, control: SendStream) {
        self.line = line;
        if console.is_some() {
            self.own = console;
        }
        self.connect(control);
        self.machine.handle(self.line.clock.monotonic(), self.line.now(), Local::Back);
    }

    /// Something is gone. Nothing is seen or typed from now on; why, may still be heard.
    fn cut(&mut self, now: Instant, reason: Option<EndReason>) {
        self.lost.get_or_insert((now, reason));
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
