//! The service's loop: moves words between desktop, relay and lanes, and does what the engine says.

mod asked;
mod assent;
mod tell;
pub(super) mod update;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aval_protocol::firm::Signer;
use aval_protocol::id::{SessionId, UnixSeconds};
use aval_protocol::text::agent as text;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::handover::Mask;
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::link::{Downlink, Head, Standing, Step, Uplink};
use aval_transport::config::IDLE;
use aval_transport::{Clock, FrameWriter, Random};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::desktop::{DesktopEnds, DesktopEvent};
use super::inventory::{self, Stands};
use super::lanes::{Desk, LaneEvent, Lanes};
use super::relay_clock::RelayClock;
use crate::engine::{Command, Engine};
use crate::inventory::Collect;
use crate::ipc::{FromSession, ToSession};
use crate::keep::Keep;
use crate::link::dial::Dialer;
use crate::link::trust::{Relays, same_peer};
use crate::link::{self, LinkConfig, LinkEvent, Up};
use crate::receipt::Receipts;
use crate::state::{CHANGES, Home, Status};
use update::{Update, Worked};

/// Events of the line and of lanes that may wait.
const EVENTS: usize = 32;
/// Measurements at once; the relay asks for one at a time.
const MEASUREMENTS: usize = 2;
/// How long a lane may be gone before the session is: why, the relay says on another stream.
const GRACE: Duration = Duration::from_millis(500);
/// How long ago a line was lost that is found silent, at most: until the relay, or this end, gives up hearing of it, and the word of it
/// comes round.
const NOTICE: Duration = Duration::from_secs(IDLE.as_secs() + 5);
/// Words of moved hands that may wait: all they are for is to tell that somebody does something.
const MOVES: usize = 4;
/// Ends of sessions that wait for a line to be told over.
const UNSAID: usize = 8;
/// How long a stopping service takes to tell the others.
const GOOD_BYE: Duration = Duration::from_secs(1);

/// Everything that lives in the service.
pub(super) struct Driver {
    pub(super) engine: Engine,
    pub(super) keep: Keep,
    pub(super) signer: Arc<Signer>,
    pub(super) home: Home,
    pub(super) ends: DesktopEnds,
    pub(super) dialer: Dialer,
    pub(super) trust: Relays,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) facts: HardwareFacts,
    pub(super) boot: [u8; 16],
    pub(super) inventory: Arc<dyn Collect>,
    pub(super) update: Update,
}

/// What exists only while the loop runs.
pub(super) struct Run {
    pub(super) driver: Driver,
    receipts: Receipts,
    pub(super) status: Status,
    up: Option<Up>,
    /// Ends that the relay has not heard of.
    unsaid: Vec<Uplink>,
    relay_clock: RelayClock,
    /// Of each session.
    lanes: BTreeMap<SessionId, Lanes>,
    /// On whose input lane something came, however much of it.
    moved: (mpsc::Sender<SessionId>, mpsc::Receiver<SessionId>),
    /// Sets of lanes so far.
    sets: u32,
    link_events: mpsc::Sender<LinkEvent>,
    lane_events: mpsc::Sender<LaneEvent>,
    measurements: JoinSet<()>,
    assent: assent::Assent,
    /// The relay does not know this key any more, and the one that took its place is not in use here yet.
    unfinished: bool,
    inventory: mpsc::Sender<inventory::Line>,
}

/// What a turn of the loop brought.
enum Turn {
    Stop,
    Desktop(DesktopEvent),
    Lane(LaneEvent),
    Link(LinkEvent),
    /// The technician's hands moved in this session.
    Moved(SessionId),
    Tick,
    /// Something came of work on an update.
    Worked(Worked),
}

impl Driver {
    /// Serves until told to stop.
    pub(super) async fn run(self, link: LinkConfig, mut stopped: oneshot::Receiver<()>) {
        let (link_events, mut of_link) = mpsc::channel(EVENTS);
        let (lane_events, mut of_lanes) = mpsc::channel(EVENTS);
        let mut line = JoinSet::new();
        line.spawn(link::run(link, link_events.clone()));
        let (inventory, of_line) = mpsc::channel(EVENTS);
        let (clock, random) = (self.clock.clone(), self.random.clone());
        let changes = self.home.path(CHANGES);
        line.spawn(inventory::run(Arc::clone(&self.inventory), clock, random, changes, of_line));
        let mut run = Run {
            driver: self,
            receipts: Receipts::default(),
            status: Status::default(),
            up: None,
            unsaid: Vec::new(),
            relay_clock: RelayClock::default(),
            lanes: BTreeMap::new(),
            moved: mpsc::channel(MOVES),
            sets: 0,
            link_events,
            lane_events,
            measurements: JoinSet::new(),
            assent: assent::Assent::default(),
            unfinished: false,
            inventory,
        };
        run.tell_roots();
        run.update_begins();
        run.say();
        let mut leaving = false;
        loop {
            let turn = run.turn(&mut stopped, leaving, &mut of_lanes, &mut of_link);
            let turn = if leaving {
                match timeout(GOOD_BYE, turn).await {
                    Ok(turn) => turn,
                    Err(_) => break,
                }
            } else {
                turn.await
            };
            match turn {
                Turn::Stop => {
                    leaving = true;
                    run.stop_all(EndReason::AgentStopping);
                }
                Turn::Desktop(event) => run.desktop(event),
                Turn::Lane(event) => run.lane(event),
                Turn::Link(event) => run.link(event),
                Turn::Moved(session) => {
                    run.driver.engine.moved(run.driver.clock.monotonic(), session);
                }
                Turn::Tick => run.tick(),
                Turn::Worked(worked) => run.update_worked(&worked),
            }
            run.obey();
            run.put_list();
            run.update();
            leaving |= run.driver.update.gives_way();
            if run.unfinished || leaving && run.driver.engine.session().is_none() {
                break;
            }
        }
        let Run { driver, lanes, inventory, .. } = run;
        drop((lanes, of_link, inventory));
        let _ = timeout(GOOD_BYE, async { while line.join_next().await.is_some() {} }).await;
        driver.dialer.settle().await;
    }
}

impl Run {
    async fn turn(
        &mut self,
        stopped: &mut oneshot::Receiver<()>,
        leaving: bool,
        of_lanes: &mut mpsc::Receiver<LaneEvent>,
        of_link: &mut mpsc::Receiver<LinkEvent>,
    ) -> Turn {
        let due = self.driver.engine.poll_timeout();
        let lost = self.lanes.values().filter_map(Lanes::lost).map(|since| since + GRACE);
        let (now, wall) = self.times();
        let update = self.driver.update.poll_timeout(now, wall);
        let due = due.into_iter().chain(lost).chain(update).min();
        let due = due.map(|at| at.saturating_duration_since(now));
        loop {
            tokio::select! {
                biased;
                _ = &mut *stopped, if !leaving => return Turn::Stop,
                () = sleep(due.unwrap_or_default()), if due.is_some() => return Turn::Tick,
                Some(event) = self.driver.ends.events.recv() => return Turn::Desktop(event),
                Some(event) = of_lanes.recv() => return Turn::Lane(event),
                Some(event) = of_link.recv() => return Turn::Link(event),
                Some(session) = self.moved.1.recv() => return Turn::Moved(session),
                Some(worked) = self.driver.update.worked() => return Turn::Worked(worked),
                Some(_) = self.measurements.join_next() => {}
            }
        }
    }

    fn tick(&mut self) {
        let (now, wall) = self.times();
        let over = |lanes: &&mut Lanes| lanes.lost().is_some_and(|since| now >= since + GRACE);
        let over: Vec<_> = self.lanes.values_mut().filter(over).map(Lanes::give_up).collect();
        for (session, _) in over {
            self.driver.engine.lost(now, wall, session, NOTICE);
        }
        self.driver.engine.tick(now, wall);
    }

    fn desktop(&mut self, event: DesktopEvent) {
        if let DesktopEvent::Said(FromSession::Frame { epoch, frame }) = event {
            // A frame of a grant that is over may be on its way still; it ends here.
            if let Some(session) = self.driver.engine.lives(epoch)
                && let Some(lanes) = self.lanes.get_mut(&session).filter(|lanes| lanes.lost().is_none())
                && !lanes.show(frame)
            {
                tracing::info!("the session process sends more than may be on its way");
                self.stop(session, EndReason::ProtocolViolation);
            }
            return;
        }
        if let DesktopEvent::Said(FromSession::Masked { epoch, mask }) = event
            && let Some(session) = self.driver.engine.owner(epoch)
            && let Some(lanes) = self.lanes.get_mut(&session)
        {
            lanes.curtain(mask != Mask::Off);
        }
        match event {
            DesktopEvent::Said(FromSession::ListAnswered { list, answer }) => {
                return self.list_answered(list, answer);
            }
            DesktopEvent::Gone => self.list_back(),
            _ => {}
        }
        let (now, wall) = self.times();
        self.driver.engine.desktop(now, wall, event);
        self.say();
    }

    fn lane(&mut self, event: LaneEvent) {
        let (now, wall) = self.times();
        let line @ (session, _) = match &event {
            LaneEvent::Control(line, _) | LaneEvent::Lost(line) | LaneEvent::Broken(line) => *line,
        };
        let Some(lanes) = self.lanes.get_mut(&session).filter(|lanes| lanes.line() == line) else { return };
        match event {
            LaneEvent::Control(_, bytes) => self.driver.engine.control(now, wall, session, &bytes),
            LaneEvent::Lost(_) => lanes.lose(now),
            LaneEvent::Broken(_) if self.driver.engine.living(session).is_some() => {
                self.stop(session, EndReason::SealBroken);
            }
            LaneEvent::Broken(_) => {}
        }
    }

    fn link(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Up(up) => self.up(up),
            LinkEvent::Down { trouble, too_old, silent } => {
                self.up = None;
                self.inventory(inventory::Line::Down);
                self.update_line(false);
                let (now, wall) = self.times();
                let ago = if silent { NOTICE } else { Duration::ZERO };
                self.driver.engine.lost_all(now, wall, ago);
                (self.status.relay, self.status.trouble) = (None, Some(trouble));
                self.status.too_old = too_old;
                self.say();
            }
            LinkEvent::Lane { session, lane, send, recv } => {
                if self.driver.engine.has(session)
                    && let Some(lanes) = self.lanes.get_mut(&session)
                {
                    lanes.opened(lane, send, recv);
                    self.start_lanes(session);
                }
            }
            LinkEvent::Said(word) => self.said(word),
            LinkEvent::Answered(reply) => self.answered(*reply),
            LinkEvent::Successions(all) => self.successions(&all),
        }
    }

    fn up(&mut self, up: Up) {
        let off = self.relay_clock.welcome(&self.driver.clock, up.relay_time, up.clock_doubt);
        self.status.clock_off_s = off;
        if let Some(off) = off {
            tracing::info!(off_s = off, judged_by_relay = up.clock_doubt, "this PC's clock is wrong");
        }
        self.status.relay = Some(up.relay.clone());
        (self.status.trouble, self.status.too_old) = (None, false);
        let facts = Box::new(self.driver.facts.clone());
        let _ = up.uplink.try_send(Uplink::Facts(facts));
        self.inventory(inventory::Line::Up(up.uplink.clone()));
        self.up = Some(up);
        self.update_line(true);
        self.tell_head();
        self.fetch_list(false);
        for word in std::mem::take(&mut self.unsaid) {
            self.uplink(word);
        }
        if let Some(session) = self.driver.engine.waiting() {
            self.uplink(Uplink::Step { session, step: Step::Lost });
        }
        self.say();
    }

    fn said(&mut self, word: Downlink) {
        let (now, wall) = self.times();
        match word {
            Downlink::Standing(standing) => {
                let (standing, stands) = match standing {
                    Standing::Unknown => (text::Standing::Unknown, Stands::Unknown),
                    Standing::Pending => (text::Standing::Pending, Stands::Pending),
                    Standing::Approved(_) => (text::Standing::Approved, Stands::Approved),
                };
                self.inventory(inventory::Line::Standing(stands));
                tracing::info!(?standing, "how this machine stands with the firm");
                self.status.standing = Some(standing);
                self.unfinished = standing == text::Standing::Unknown && self.driver.home.renewal_begun();
                self.say();
            }
            Downlink::MeasureLine { token } => self.measure(token),
            Downlink::Offer(offer) => {
                let at = self.relay_clock.moments(&self.driver.clock);
                let most = self.driver.home.policy();
                self.driver.engine.allow(most);
                self.driver.engine.bar(self.driver.update.is_below_floor());
                let kept = self.kept();
                self.driver.engine.kept(kept);
                self.driver.engine.offer(now, wall, at, &offer);
                self.say();
            }
            Downlink::Over { session, reason } => self.driver.engine.over(now, wall, session, reason),
            Downlink::Resume { session } => {
                if !self.driver.engine.back(now, wall, session) {
                    tracing::info!(%session, "no session waits for its console");
                }
            }
            Downlink::Inventory(word) => self.inventory(inventory::Line::Heard(word)),
            Downlink::ListWaits => self.fetch_list(true),
            Downlink::Successions(all) => self.successions(&all),
            Downlink::Bulletin(signed) => self.bulletin(now, wall, &signed),
            Downlink::Release(manifest) => self.release(manifest),
            Downlink::Welcome { .. } | Downlink::Farewell(_) | Downlink::HandedOver(_) => {}
        }
    }

    /// Does what the engine says, until it says no more.
    fn obey(&mut self) {
        while let Some(command) = self.driver.engine.poll() {
            match command {
                Command::Uplink(word) => self.uplink(word),
                Command::Order(order) => self.order(order),
                Command::Control(session, bytes) => {
                    if !self.lanes.get(&session).is_some_and(|lanes| lanes.control(bytes)) {
                        let (now, wall) = self.times();
                        self.driver.engine.lost(now, wall, session, NOTICE);
                    }
                }
                Command::Datagram(bytes) => {
                    if let Some(up) = &self.up {
                        // A datagram may get lost anyway; the control lane says the same.
                        let _ = up.connection.send_datagram(bytes.into());
                    }
                }
                Command::Record(event) => {
                    let (_, wall) = self.times();
                    match self.driver.keep.append(&self.driver.signer, wall, &event) {
                        Ok(()) => {
                            self.tell_head();
                            if let Some(receipt) = self.receipts.note(wall, &event, self.driver.keep.head()) {
                                self.order(ToSession::Receipt(Box::new(receipt)));
                            }
                        }
                        Err(error) => {
                            tracing::error!(%error, "the journal cannot be written; no session without it");
                            self.stop_all(EndReason::AgentStopping);
                        }
                    }
                }
                Command::KeepPromise { ticket, capabilities } => self.keep_promise(&ticket, capabilities),
                Command::ForgetPromise => {
                    if !self.driver.home.forget_promise() {
                        tracing::error!(
                            "a person's yes to a return cannot be removed; no session follows from it"
                        );
                        self.stop_all(EndReason::AgentStopping);
                    }
                }
                Command::OpenMedia(session) => self.open_media(session),
                Command::Live(session) => self.start_lanes(session),
                Command::Hold(session) => {
                    if let Some(lanes) = self.lanes.get_mut(&session) {
                        lanes.hold();
                    }
                }
                Command::Dead(session) => {
                    if let Some(lanes) = self.lanes.get_mut(&session) {
                        lanes.dead();
                    }
                }
                Command::Hang(session) | Command::Close(session) => {
                    if let Some(lanes) = self.lanes.remove(&session) {
                        lanes.close();
                    }
                    self.say();
                }
            }
        }
    }

    fn order(&mut self, order: ToSession) {
        if self.driver.ends.orders.try_send(order).is_err() {
            tracing::info!("the desktop takes no more orders");
            let (now, wall) = self.times();
            self.driver.engine.desktop(now, wall, DesktopEvent::Gone);
        }
    }

    fn open_media(&mut self, session: SessionId) {
        let Some(up) = &self.up else { return };
        self.sets = self.sets.wrapping_add(1);
        let line = (session, self.sets);
        let mut lanes = Lanes::new(line, self.lane_events.clone());
        let (dialer, known) = (self.driver.dialer.clone(), up.connection.clone());
        let (to_link, to_lanes) = (self.link_events.clone(), self.lane_events.clone());
        lanes.own(async move {
            let opened = async {
                let connection = dialer.dial_address(known.remote_address()).await.ok()?;
                if !same_peer(&known, &connection) {
                    return None;
                }
                let (send, recv) = connection.open_bi().await.ok()?;
                let mut head = FrameWriter::new(send);
                head.write(&Head::Media { session }).await.ok()?;
                Some((connection, head, recv))
            };
            if let Some((connection, _head, _recv)) = opened.await {
                link::accept_lanes(connection, to_link).await;
            }
            let _ = to_lanes.send(LaneEvent::Lost(line)).await;
        });
        if let Some(before) = self.lanes.insert(session, lanes) {
            before.close();
        }
    }

    fn start_lanes(&mut self, session: SessionId) {
        let Driver { engine, ends, .. } = &mut self.driver;
        if let (Some(epoch), Some(lanes)) = (engine.living(session), self.lanes.get_mut(&session))
            && lanes.lost().is_none()
        {
            let (orders, inputs) = (ends.orders.clone(), ends.inputs.clone());
            let desk = Desk { orders, inputs, session, moved: self.moved.0.clone() };
            lanes.start(epoch, &desk, |lane| engine.lane(session, lane));
        }
    }

    fn stop(&mut self, session: SessionId, reason: EndReason) {
        let (now, wall) = self.times();
        self.driver.engine.stop(now, wall, session, reason);
    }

    fn stop_all(&mut self, reason: EndReason) {
        let (now, wall) = self.times();
        self.driver.engine.stop_all(now, wall, reason);
    }

    /// Monotonic time, and the wall time certificates are judged at.
    fn times(&self) -> (Instant, UnixSeconds) {
        let clock = &self.driver.clock;
        (clock.monotonic(), self.relay_clock.moments(clock).certificates)
    }
}
