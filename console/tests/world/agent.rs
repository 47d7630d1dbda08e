//! The client's machine: the protocol's own agent machine over the lanes that the console opened, a person who answers, and a
//! screen of a few pixels that shows each key stroke.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aval_protocol::id::Epoch;
use aval_protocol::prompt::{ARMING, Answer, Ask, NoReason};
use aval_protocol::seal::{Opener, Sealer};
use aval_protocol::session::agent::{Local, Output, Session};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::input::{InputEvent, InputUp};
use aval_protocol::wire::link::{Downlink, Lane, Step};
use aval_protocol::wire::screen::{ROWS, Rect, ScreenDown, ScreenUp, WINDOW_LOG};
use aval_protocol::wire::session::{Capabilities, Ticket};
use aval_protocol::wire::{decode_content, encode};
use aval_transport::Clock;
use quinn::{Connection, RecvStream, SendStream, VarInt};
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;
use zstd::stream::raw::{CParameter, Encoder, InBuffer, Operation, OutBuffer};

use crate::firm::{Firm, SESSION, now};

pub(crate) const SIZE: (u16, u16) = (64, 48);
/// The colour of the whole screen at first: a pattern that must not turn up anywhere else.
pub(crate) const CANARY: [u8; 3] = [0x1e, 0x90, 0xff];

/// What happens at the machine.
pub(crate) enum At {
    Offer(Box<Ticket>),
    Lane(Lane, Connection, SendStream, RecvStream),
    Control(Vec<u8>),
    Input(InputUp),
    Painted(u32),
    /// It is over, at the machine.
    Stop(EndReason),
    /// Nothing leaves the machine any more, or again.
    Mute(bool),
    /// A piece of the screen as a liar would make it.
    Show(ScreenDown),
    /// A bit of the sealed screen is flipped on the way.
    Flip,
}

/// Who sits before it.
#[derive(Clone, Copy)]
pub(crate) enum Person {
    Grants(Capabilities),
    Refuses,
    Away,
}

/// What the machine saw.
#[derive(Default, Debug)]
pub(crate) struct Seen {
    pub(crate) asked: Option<Ask>,
    pub(crate) started: Option<Epoch>,
    pub(crate) typed: String,
    pub(crate) events: usize,
    pub(crate) released: usize,
    pub(crate) painted: u32,
    pub(crate) over: Option<EndReason>,
    /// Whether the console was still there when the relay said that it is over.
    pub(crate) heard_out: Option<bool>,
}

pub(crate) struct Agent {
    firm: Arc<Firm>,
    person: Person,
    seen: Arc<Mutex<Seen>>,
    relay: broadcast::Sender<Downlink>,
    machine: Option<Session>,
    control: Option<(Connection, SendStream)>,
    lanes: Vec<(Lane, SendStream, RecvStream)>,
    screen: Option<(SendStream, Sealer)>,
    painter: Painter,
    answer_at: Option<(std::time::Instant, Answer)>,
    banner: Option<Epoch>,
    mute: bool,
    /// Sealed words for the control lane; a mute line loses none of them.
    words: Vec<u8>,
    flip: bool,
}

struct Painter {
    encoder: Encoder<'static>,
    seq: u32,
}

impl Agent {
    pub(crate) fn new(
        firm: Arc<Firm>,
        person: Person,
        seen: Arc<Mutex<Seen>>,
        relay: broadcast::Sender<Downlink>,
    ) -> Self {
        Self {
            firm,
            person,
            seen,
            relay,
            machine: None,
            control: None,
            lanes: vec![],
            screen: None,
            painter: Painter::new(),
            answer_at: None,
            banner: None,
            mute: false,
            words: vec![],
            flip: false,
        }
    }

    pub(crate) async fn run(mut self, mut at: mpsc::UnboundedReceiver<At>) {
        let (own, mut of_lanes) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        let clock = Clock::system();
        loop {
            let due = self.machine.as_ref().and_then(Session::poll_timeout);
            let due = due.into_iter().chain(self.answer_at.map(|(at, _)| at)).min();
            let tick = async {
                match due {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            let event = tokio::select! {
                Some(event) = of_lanes.recv() => Some(event),
                event = at.recv() => match event {
                    Some(event) => Some(event),
                    None => return,
                },
                () = tick => None,
            };
            match event {
                Some(event) => self.take(event, &own, &mut tasks, &clock).await,
                None => self.tick(&clock),
            }
            self.obey(&own, &mut tasks, &clock).await;
        }
    }

    async fn take(
        &mut self,
        event: At,
        own: &mpsc::UnboundedSender<At>,
        tasks: &mut JoinSet<()>,
        clock: &Clock,
    ) {
        let now_ = clock.monotonic();
        match event {
            At::Offer(ticket) => {
                let file = &self.firm.founded.file;
                let (signer, firm, profile) =
                    (Arc::clone(&self.firm.machine), file.firm().clone(), file.profile());
                let machine = Session::new(
                    *ticket,
                    signer,
                    firm,
                    profile.clone(),
                    Epoch(7),
                    (now_, now_),
                    now(),
                    [9; 32],
                );
                self.machine = Some(machine.unwrap());
            }
            At::Lane(Lane::Control, connection, send, mut recv) => {
                self.control = Some((connection, send));
                let own = own.clone();
                tasks.spawn(async move {
                    while let Ok(Some(chunk)) = recv.read_chunk(4096, true).await {
                        let _ = own.send(At::Control(chunk.bytes.to_vec()));
                    }
                    let _ = own.send(At::Stop(EndReason::LinkLost));
                });
            }
            At::Lane(lane, _, send, recv) => self.lanes.push((lane, send, recv)),
            At::Control(bytes) => self.with(|m| m.handle_frame(now_, now(), &bytes)),
            At::Input(input) => self.input(input).await,
            At::Painted(seq) => self.seen.lock().unwrap().painted = seq,
            At::Stop(reason) => self.with(|m| m.handle(now_, now(), Local::Stop(reason))),
            At::Mute(mute) => {
                self.mute = mute;
                self.speak().await;
            }
            At::Show(piece) => self.show(&piece).await,
            At::Flip => self.flip = true,
        }
    }

    fn tick(&mut self, clock: &Clock) {
        let now_ = clock.monotonic();
        if let Some((at, answer)) = self.answer_at
            && now_ >= at
        {
            self.answer_at = None;
            self.with(|m| m.handle(now_, now(), Local::Answer(answer)));
        }
        self.with(|m| m.handle_timeout(now_, now()));
    }

    fn with(&mut self, turn: impl FnOnce(&mut Session)) {
        if let Some(machine) = &mut self.machine {
            turn(machine);
        }
    }

    async fn obey(&mut self, own: &mpsc::UnboundedSender<At>, tasks: &mut JoinSet<()>, clock: &Clock) {
        loop {
            if let Some(epoch) = self.banner.take() {
                self.with(|m| m.handle(clock.monotonic(), now(), Local::BannerUp { epoch }));
            }
            let Some(output) = self.machine.as_mut().and_then(Session::poll_output) else { break };
            match output {
                Output::Send(bytes) => {
                    self.words.extend(bytes);
                    self.speak().await;
                }
                Output::Datagram(bytes) => {
                    if let Some((connection, _)) = &self.control
                        && !self.mute
                    {
                        let _ = connection.send_datagram(bytes.into());
                    }
                }
                Output::Ask(ask) => {
                    let (wait, answer) = match self.person {
                        Person::Grants(capabilities) => {
                            let capabilities = capabilities.and(ask.capabilities);
                            (
                                ARMING + Duration::from_millis(50),
                                Answer::Yes { capabilities, shown_ms: 3_050 },
                            )
                        }
                        Person::Refuses => (Duration::from_millis(50), Answer::No(NoReason::Refused)),
                        Person::Away => (Duration::from_secs(3_600), Answer::No(NoReason::TimedOut)),
                    };
                    self.answer_at = Some((clock.monotonic() + wait, answer));
                    self.seen.lock().unwrap().asked = Some(*ask);
                }
                Output::Start { epoch, .. } => {
                    self.seen.lock().unwrap().started = Some(epoch);
                    self.banner = Some(epoch);
                }
                Output::Stop { .. } => {
                    if let Some((mut send, _)) = self.screen.take() {
                        let _ = send.reset(VarInt::from_u32(0));
                    }
                }
                Output::Turn { epoch, .. } => self.banner = Some(epoch),
                Output::Hold { .. }
                | Output::Away { .. }
                | Output::Back { .. }
                | Output::Return { .. }
                | Output::Promise { .. } => {}
                Output::Over(reason) => self.seen.lock().unwrap().over = Some(reason),
                Output::Report(Step::Ended { reason }) => {
                    // A relay writes it down before it says so.
                    let (relay, seen) = (self.relay.clone(), Arc::clone(&self.seen));
                    let connection = self.control.as_ref().map(|(connection, _)| connection.clone());
                    tasks.spawn(async move {
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        let there = connection.is_some_and(|c| c.close_reason().is_none());
                        seen.lock().unwrap().heard_out = Some(there);
                        let _ = relay.send(Downlink::Over { session: SESSION, reason });
                    });
                }
                Output::Withdraw | Output::AtDesk { .. } | Output::Report(_) | Output::Journal(_) => {}
            }
        }
        self.start_lanes(own, tasks).await;
    }

    async fn speak(&mut self) {
        if let Some((_, send)) = &mut self.control
            && !self.mute
        {
            let _ = send.write_all(&std::mem::take(&mut self.words)).await;
        }
    }

    async fn start_lanes(&mut self, own: &mpsc::UnboundedSender<At>, tasks: &mut JoinSet<()>) {
        for (lane, send, mut recv) in std::mem::take(&mut self.lanes) {
            let keys = self.machine.as_mut().and_then(Session::channel).and_then(|c| c.lane(lane));
            let Some((sealer, mut opener)) = keys else {
                self.lanes.push((lane, send, recv));
                continue;
            };
            let own = own.clone();
            let mut send = Some(send);
            if lane == Lane::Screen {
                self.screen = send.take().map(|send| (send, sealer));
                self.show(&ScreenDown::Geometry { width: SIZE.0, height: SIZE.1 }).await;
                let whole = Rect { x: 0, y: 0, width: SIZE.0, height: SIZE.1 };
                let piece = self.painter.paint(whole, CANARY);
                self.show(&piece).await;
            }
            tasks.spawn(async move {
                let _send = send;
                while let Some(content) = read(&mut recv, &mut opener).await {
                    let event = match lane {
                        Lane::Screen => {
                            let ScreenUp::Painted { seq, .. } = decode_content(&content).unwrap();
                            At::Painted(seq)
                        }
                        _ => At::Input(decode_content(&content).unwrap()),
                    };
                    let _ = own.send(event);
                }
            });
        }
    }

    /// Each event under the living grant is seen, and shown as a square of another colour.
    async fn input(&mut self, input: InputUp) {
        let count = {
            let mut seen = self.seen.lock().unwrap();
            if seen.started != Some(input.epoch) {
                return;
            }
            if input.event == InputEvent::ReleaseAll {
                seen.released += 1;
                return;
            }
            seen.events += 1;
            if let InputEvent::Char(c) = input.event {
                seen.typed.push(c);
            }
            seen.events
        };
        let square = Rect { x: 8, y: 8, width: 4, height: 4 };
        let piece = self.painter.paint(square, [u8::try_from(count % 256).unwrap(), 0, 0]);
        self.show(&piece).await;
    }

    async fn show(&mut self, piece: &ScreenDown) {
        let Some((send, sealer)) = &mut self.screen else { return };
        let mut sealed = sealer.seal(&encode(piece).unwrap()).unwrap();
        if std::mem::take(&mut self.flip) {
            let last = sealed.len() - 1;
            sealed[last] ^= 1;
        }
        let _ = send.write_all(&sealed).await;
    }
}

impl Painter {
    fn new() -> Self {
        let mut encoder = Encoder::new(1).unwrap();
        encoder.set_parameter(CParameter::WindowLog(WINDOW_LOG)).unwrap();
        Self { encoder, seq: 0 }
    }

    /// A rectangle of one colour (R G B).
    pub(crate) fn paint(&mut self, rect: Rect, [r, g, b]: [u8; 3]) -> ScreenDown {
        let mut plain = vec![ROWS];
        plain.extend([b, g, r].repeat(usize::try_from(rect.area()).unwrap()));
        let mut packed = vec![0; plain.len() + 1024];
        let (mut input, mut output) = (InBuffer::around(&plain), OutBuffer::around(&mut packed[..]));
        while input.pos() < plain.len() {
            self.encoder.run(&mut input, &mut output).unwrap();
        }
        assert_eq!(self.encoder.flush(&mut output).unwrap(), 0);
        let length = output.pos();
        packed.truncate(length);
        self.seq += 1;
        ScreenDown::Update {
            seq: self.seq,
            epoch: Epoch(7),
            copies: vec![],
            rects: vec![rect],
            pixels: packed,
            photos: vec![],
        }
    }
}

async fn read(from: &mut RecvStream, opener: &mut Opener) -> Option<Vec<u8>> {
    loop {
        if let Some(content) = opener.next().unwrap() {
            return Some(content.to_vec());
        }
        let chunk = from.read_chunk(4096, true).await.ok()??;
        opener.push(&chunk.bytes);
    }
}
