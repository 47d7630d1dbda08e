//! The session process's loop: moves words between service, question, banner and threads, and does what the conductor says.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::prompt::list::{AskList, ListAnswer};
use aval_protocol::prompt::secret::SecretAnswer;
use aval_protocol::prompt::{Answer, Banner, NoReason};
use aval_protocol::wire::equipment::ListHash;
use aval_protocol::wire::{self, Inbox};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::Parted;
use super::capture::{BLIND, Capture, Eyes, Numbers, PIECES, Piece, Under};
use super::conduct::{Act, Conductor, Event};
use super::desk::DeskWatch;
use super::guard::Void;
use super::inject::Hands;
use super::lookout::LookOut;
use super::os::OsWord;
use crate::ipc::{Desk, FromSession, Line, ToSession};
use crate::prompt::list::ListHandle;
use crate::prompt::secret::SecretHandle;
use crate::prompt::{AskHandle, BannerEvent, BannerHandle, Prompter};
use crate::receipt::Receipt;
use aval_protocol::wire::session::Capabilities;

/// Words to the service that may wait; more, and it is stuck.
const WORDS: usize = 32;
/// The service takes each word within that time, or is stuck.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a lost display is looked for.
const LOOK_AGAIN: Duration = Duration::from_secs(3);
/// How long the end of the program waits for keys to be released and lent ones to be given back, which takes a second.
const RELEASE: Duration = Duration::from_millis(1500);

/// Everything that lives in this process.
pub(super) struct Driver {
    eyes: Eyes,
    prompter: Prompter,
    watch: DeskWatch,
    conductor: Conductor,
    asked: Option<AskHandle>,
    secret: Option<SecretHandle>,
    list: Option<(ListHash, ListHandle)>,
    banner: Option<BannerHandle>,
    /// What the last banner said.
    shown: Option<Banner>,
    capture: Option<Capture>,
    numbers: Numbers,
    /// For whoever joined: whose, what their receipt says, and what they are shown.
    second: Option<(SessionId, Banner)>,
    second_capture: Option<Capture>,
    second_numbers: (Epoch, Numbers),
    hands: Option<Hands>,
    /// While hands may move.
    lookout: Option<LookOut>,
    person: (mpsc::Sender<()>, mpsc::Receiver<()>),
    releasing: Vec<JoinHandle<()>>,
    os: mpsc::Receiver<OsWord>,
}

/// The ends of the channels of one conversation.
struct Wires {
    words: mpsc::Sender<FromSession>,
    pieces: mpsc::Sender<Piece>,
    lost: mpsc::Sender<Epoch>,
}

/// What a turn of the loop brought.
enum Turn {
    Read(usize),
    Happened(Event),
    Os(OsWord),
    List(ListHash, ListAnswer),
    Lost(Epoch),
    Look,
    Stuck,
}

impl Driver {
    pub(super) fn new(eyes: Eyes, prompter: Prompter, watch: DeskWatch, os: mpsc::Receiver<OsWord>) -> Self {
        let conductor = Conductor::new(Arc::clone(&eyes.guard));
        Self {
            eyes,
            prompter,
            watch,
            conductor,
            asked: None,
            secret: None,
            list: None,
            banner: None,
            shown: None,
            capture: None,
            numbers: Numbers::default(),
            second: None,
            second_capture: None,
            second_numbers: (Epoch(0), Numbers::default()),
            hands: None,
            lookout: None,
            person: mpsc::channel(1),
            releasing: Vec::new(),
            os,
        }
    }

    /// Speaks with one service until it goes.
    pub(super) async fn converse(&mut self, line: Line) -> Parted {
        let (words, words_end) = mpsc::channel(WORDS);
        let (pieces, pieces_end) = mpsc::channel(PIECES);
        let (lost, mut lost_end) = mpsc::channel(2);
        let wires = Wires { words, pieces, lost };
        let mut desk = self.watch.look().await;
        let mut reader = line.reader;
        let mut writer = tokio::spawn(write(line.writer, words_end, pieces_end, self.eyes.clone()));
        let _ = wires.words.try_send(FromSession::Hello(desk));
        let mut inbox = Inbox::default();
        let mut bytes = vec![0; 16 * 1024];
        let parted = loop {
            let turn = self.turn(&mut reader, &mut bytes, &mut lost_end, &mut writer, desk).await;
            let event = match turn {
                Turn::Read(0) | Turn::Stuck => break Parted::Gone,
                Turn::Read(n) => {
                    inbox.push(&bytes[..n]);
                    match self.orders(&mut inbox, &wires, &mut desk).await {
                        Some(parted) => break parted,
                        None => continue,
                    }
                }
                Turn::Lost(epoch) if self.eyes.guard.living() == Some(epoch) => {
                    desk = self.watch.without_screen();
                    let told = self.does(Event::DisplayLost, &wires);
                    if !told || wires.words.try_send(FromSession::Desk(desk)).is_err() {
                        break Parted::Gone;
                    }
                    continue;
                }
                Turn::List(list, answer) => {
                    self.list = None;
                    if wires.words.try_send(FromSession::ListAnswered { list, answer }).is_err() {
                        break Parted::Gone;
                    }
                    continue;
                }
                Turn::Lost(_) => continue,
                Turn::Look => {
                    let seen = self.watch.look().await;
                    if seen != desk && wires.words.try_send(FromSession::Desk(seen)).is_err() {
                        break Parted::Gone;
                    }
                    desk = seen;
                    continue;
                }
                Turn::Happened(Event::Banner(BannerEvent::Lost)) if self.eyes.guard.living().is_some() => {
                    if !self.banner_lost(&wires, &mut desk).await {
                        break Parted::Gone;
                    }
                    continue;
                }
                Turn::Os(OsWord { event, done }) => {
                    tracing::info!(?event, "the person's session");
                    let told = self.does(Event::Os(event), &wires);
                    // By now nothing is seen or moved: the machine may sleep.
                    drop(done);
                    if told {
                        continue;
                    }
                    break Parted::Gone;
                }
                Turn::Happened(event) => event,
            };
            if !self.does(event, &wires) {
                break Parted::Gone;
            }
        };
        writer.abort();
        parted
    }

    /// A screen that is lost takes the banner along, and its loss is what people should hear of. Everything has stopped before it is
    /// looked for. `false`: the service takes no more words.
    async fn banner_lost(&mut self, wires: &Wires, desk: &mut Desk) -> bool {
        self.eyes.guard.stop();
        self.put_down();
        let seen = self.watch.look().await;
        let screen = matches!(seen, Desk::Screen { .. });
        let event = if screen { Event::Banner(BannerEvent::Lost) } else { Event::DisplayLost };
        let told = self.does(event, wires);
        let news = std::mem::replace(desk, seen) != seen;
        told && (!news || wires.words.try_send(FromSession::Desk(seen)).is_ok())
    }

    /// Whatever happens next. The banner comes first: the person's click waits for nothing.
    async fn turn(
        &mut self,
        reader: &mut (dyn AsyncRead + Send + Unpin),
        bytes: &mut [u8],
        lost: &mut mpsc::Receiver<Epoch>,
        writer: &mut tokio::task::JoinHandle<()>,
        desk: Desk,
    ) -> Turn {
        let due = self.conductor.poll_timeout();
        let due = due.map(|at| at.saturating_duration_since(self.eyes.clock.monotonic()));
        let screenless = matches!(desk, Desk::None | Desk::Terminal);
        tokio::select! {
            biased;
            event = of_banner(&mut self.banner) => Turn::Happened(Event::Banner(event)),
            Some(word) = self.os.recv() => Turn::Os(word),
            Some(()) = self.person.1.recv() => Turn::Happened(Event::PersonActs),
            () = sleep(due.unwrap_or_default()), if due.is_some() => Turn::Happened(Event::Tick),
            answer = of_ask(&mut self.asked) => Turn::Happened(Event::Answered(answer)),
            answer = of_secret(&mut self.secret) => Turn::Happened(Event::Secret(answer)),
            (list, answer) = of_list(&mut self.list) => Turn::List(list, answer),
            Some(epoch) = lost.recv() => Turn::Lost(epoch),
            read = reader.read(bytes) => Turn::Read(read.unwrap_or(0)),
            _ = writer => Turn::Stuck,
            () = sleep(LOOK_AGAIN), if screenless => Turn::Look,
        }
    }

    /// Leaves the receipt of the session whose banner was shown in the person's documents. Without a banner there was no session.
    async fn leave(&mut self, receipt: Receipt) {
        let joined = self.second.take_if(|(session, _)| receipt.granted.session() == Some(*session));
        let banner = joined.map(|(_, banner)| banner).or_else(|| self.shown.take());
        let (Some(banner), Some(home)) = (banner, std::env::home_dir()) else { return };
        match tokio::task::spawn_blocking(move || receipt.give(&home, &banner)).await {
            Ok(Ok(path)) => tracing::debug!(path = %path.display(), "the person's receipt"),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the person's receipt could not be written; the journal has all of it")
            }
            Err(error) => tracing::error!(%error, "the person's receipt could not be written"),
        }
    }

    async fn orders(&mut self, inbox: &mut Inbox, wires: &Wires, desk: &mut Desk) -> Option<Parted> {
        loop {
            let event = match inbox.next::<ToSession>() {
                Ok(None) => return None,
                Err(error) => {
                    tracing::info!(%error, "the service said what makes no sense");
                    return Some(Parted::Gone);
                }
                Ok(Some(ToSession::Refused(why))) => return Some(Parted::Refused(why)),
                Ok(Some(ToSession::Input(input))) => {
                    if let Some(hands) = &mut self.hands {
                        hands.act(input);
                    }
                    continue;
                }
                Ok(Some(ToSession::Receipt(receipt))) => {
                    self.leave(*receipt).await;
                    continue;
                }
                Ok(Some(ToSession::Painted { seq, epoch })) => {
                    for capture in [&self.capture, &self.second_capture].into_iter().flatten() {
                        capture.painted(epoch, seq);
                    }
                    continue;
                }
                Ok(Some(ToSession::AskList(ask))) => {
                    let list = ask.list;
                    if let Err(why) = self.put_list(*ask, desk) {
                        let answer = ListAnswer::No(why);
                        wires.words.try_send(FromSession::ListAnswered { list, answer }).ok()?;
                    }
                    continue;
                }
                Ok(Some(ToSession::Ask { session, ask })) if self.conductor.is_idle() => {
                    // A session comes first; the list is put again after it.
                    if let Some((list, _)) = self.list.take() {
                        let answer = ListAnswer::No(NoReason::Withdrawn);
                        wires.words.try_send(FromSession::ListAnswered { list, answer }).ok()?;
                    }
                    // A question whose yes could not be kept is not put.
                    let seen = self.watch.look().await;
                    if seen != *desk {
                        *desk = seen;
                        wires.words.try_send(FromSession::Desk(seen)).ok()?;
                    }
                    if !matches!(seen, Desk::Screen { .. }) {
                        let answer = Answer::No(NoReason::PromptLost);
                        wires.words.try_send(FromSession::Answer { session, answer }).ok()?;
                        continue;
                    }
                    Event::Order(ToSession::Ask { session, ask })
                }
                Ok(Some(order)) => Event::Order(order),
            };
            if !self.does(event, wires) {
                return Some(Parted::Gone);
            }
        }
    }

    /// Puts a version of the equipment list, where a person can read it and is asked nothing else.
    fn put_list(&mut self, ask: AskList, desk: &Desk) -> Result<(), NoReason> {
        if !self.conductor.is_idle() || self.list.is_some() {
            return Err(NoReason::Withdrawn);
        }
        if !matches!(desk, Desk::Screen { .. }) {
            return Err(NoReason::PromptLost);
        }
        let list = ask.list;
        let asked = self.prompter.list(ask).map_err(|error| {
            tracing::error!(%error, "nobody can be asked");
            NoReason::PromptLost
        })?;
        self.list = Some((list, asked));
        Ok(())
    }

    /// Lets the conductor judge and does what it says. `false`: the service takes no more words.
    fn does(&mut self, event: Event, wires: &Wires) -> bool {
        let mut queue = VecDeque::from(self.conductor.handle(self.eyes.clock.monotonic(), event));
        while let Some(act) = queue.pop_front() {
            match act {
                Act::Ask(ask) => match self.prompter.ask(*ask) {
                    Ok(asked) => self.asked = Some(asked),
                    Err(error) => {
                        tracing::error!(%error, "nobody can be asked");
                        let answered = Event::Answered(Answer::No(NoReason::PromptLost));
                        queue.extend(self.conductor.handle(self.eyes.clock.monotonic(), answered));
                    }
                },
                Act::CloseAsk => self.asked = None,
                Act::ShowBanner(banner) => {
                    self.shown = Some((*banner).clone());
                    match self.prompter.banner(*banner) {
                        Ok(banner) => self.banner = Some(banner),
                        Err(error) => {
                            tracing::error!(%error, "the banner cannot be shown");
                            let lost = Event::Banner(BannerEvent::Lost);
                            queue.extend(self.conductor.handle(self.eyes.clock.monotonic(), lost));
                        }
                    }
                }
                Act::UpdateBanner(update) => {
                    if let Some(banner) = &self.banner
                        && !banner.update(update)
                    {
                        tracing::debug!("the banner takes no update; its beat will tell");
                    }
                }
                Act::CloseBanner => self.banner = None,
                Act::Name(names) => {
                    if let Some(banner) = &self.banner
                        && !banner.name(names)
                    {
                        tracing::debug!("the banner takes no names; its beat will tell");
                    }
                }
                Act::StartSecond { session, epoch, banner } => {
                    self.second = Some((session, *banner));
                    if self.second_numbers.0 != epoch {
                        self.second_numbers = (epoch, Numbers::default());
                    }
                    let (pieces, lost) = (wires.pieces.clone(), wires.lost.clone());
                    let under = Under { epoch, curtain: self.eyes.guard.curtain() };
                    let numbers = Arc::clone(&self.second_numbers.1);
                    self.second_capture =
                        Some(Capture::start(self.eyes.clone(), under, numbers, pieces, lost));
                }
                Act::HaltSecond => self.second_capture = None,
                Act::Start { epoch, capabilities } => self.start(epoch, capabilities, true, wires),
                Act::Again { epoch, capabilities } => self.start(epoch, capabilities, false, wires),
                Act::AskSecret(ask) => match self.prompter.secret(*ask) {
                    Ok(asked) => self.secret = Some(asked),
                    Err(error) => {
                        tracing::error!(%error, "nobody can be asked");
                        let answered = Event::Secret(SecretAnswer::No(NoReason::PromptLost));
                        queue.extend(self.conductor.handle(self.eyes.clock.monotonic(), answered));
                    }
                },
                Act::CloseSecret => self.secret = None,
                Act::Halt => self.put_down(),
                Act::Tell(word) => {
                    if wires.words.try_send(word).is_err() {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Begins to look, and to move if that was granted. `first`: nothing of this grant's epoch was ever seen.
    fn start(&mut self, epoch: Epoch, capabilities: Capabilities, first: bool, wires: &Wires) {
        self.put_down();
        if first {
            self.numbers = Numbers::default();
        }
        let (pieces, lost) = (wires.pieces.clone(), wires.lost.clone());
        let (under, numbers) =
            (Under { epoch, curtain: self.eyes.guard.curtain() }, Arc::clone(&self.numbers));
        self.capture = Some(Capture::start(self.eyes.clone(), under, numbers, pieces, lost));
        self.hands = capabilities
            .holds(Capabilities::CONTROL)
            .then(|| Hands::start(self.eyes.clone(), under, wires.lost.clone()));
        self.lookout = self.hands.is_some().then(|| LookOut::start(self.eyes.clone(), self.person.0.clone()));
    }

    fn put_down(&mut self) {
        (self.capture, self.lookout) = (None, None);
        self.releasing.retain(|thread| !thread.is_finished());
        self.releasing.extend(self.hands.take().map(Hands::stop));
    }

    /// Stops whatever still lives, when the service is gone or the program ends.
    pub(super) async fn halt(&mut self) {
        let _ = self.conductor.handle(self.eyes.clock.monotonic(), Event::LineLost);
        self.put_down();
        self.second_capture = None;
        (self.asked, self.secret, self.list, self.banner) = (None, None, None, None);
        let released = async {
            while self.releasing.iter().any(|thread| !thread.is_finished()) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let _ = timeout(RELEASE, released).await;
    }
}

async fn of_list(list: &mut Option<(ListHash, ListHandle)>) -> (ListHash, ListAnswer) {
    match list {
        Some((hash, handle)) => (*hash, handle.answer().await),
        None => std::future::pending().await,
    }
}

async fn of_banner(banner: &mut Option<BannerHandle>) -> BannerEvent {
    match banner {
        Some(banner) => banner.event().await,
        None => std::future::pending().await,
    }
}

async fn of_ask(asked: &mut Option<AskHandle>) -> Answer {
    match asked {
        Some(asked) => asked.answer().await,
        None => std::future::pending().await,
    }
}

async fn of_secret(asked: &mut Option<SecretHandle>) -> SecretAnswer {
    match asked {
        Some(asked) => asked.answer().await,
        None => std::future::pending().await,
    }
}

/// Writes words before pieces, and no piece whose grant is dead by now.
async fn write(
    mut to: Box<dyn AsyncWrite + Send + Unpin>,
    mut words: mpsc::Receiver<FromSession>,
    mut pieces: mpsc::Receiver<Piece>,
    eyes: Eyes,
) {
    let mut held = None;
    loop {
        let word = tokio::select! {
            biased;
            word = words.recv() => match word {
                Some(word) => word,
                None => return,
            },
            Some((under, frame)) = allowed(&mut held, &mut pieces, &eyes) => {
                FromSession::Frame { epoch: under.epoch, frame }
            }
        };
        let Ok(bytes) = wire::encode(&word) else { return };
        if !matches!(timeout(PATIENCE, to.write_all(&bytes)).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// The next piece that may go right now. While its banner's lease is out it is held; a piece of a dead grant is dropped.
async fn allowed(held: &mut Option<Piece>, pieces: &mut mpsc::Receiver<Piece>, eyes: &Eyes) -> Option<Piece> {
    loop {
        let Under { epoch, curtain } = match held {
            Some((under, _)) => *under,
            None => held.insert(pieces.recv().await?).0,
        };
        match eyes.guard.allows_since(eyes.clock.monotonic(), epoch, Capabilities::VIEW, curtain) {
            Ok(()) => return held.take(),
            Err(Void::Lease) => sleep(BLIND).await,
            Err(_) => *held = None,
        }
    }
}
