//! Session after session, each with the person's yes, frames and movements flowing, and the person's stop.

use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use aval_agent::ipc::{Door, FromSession, ToSession};
use aval_agent::service::desktop::{Desktop as _, DesktopEvent, DesktopPort};
use aval_agent::session::{self, SessionConfig};
use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::prompt::{Answer, Ask, Banner};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::input::{InputEvent, InputUp};
use aval_protocol::wire::screen::ScreenDown;
use aval_protocol::wire::session::{Capabilities, WorkCategory};
use aval_tests::desk::Desk;
use aval_tests::figures::{Times, now};
use aval_tests::paint::Paint;
use aval_tests::stage::Stage;
use aval_tests::world::{PROMPT, agree, banner};
use aval_transport::Clock;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::person::{Mouse, Moves};

const TRIALS: u64 = 25;
const BOTH: Capabilities = Capabilities::VIEW.with(Capabilities::CONTROL);
const SOON: Duration = Duration::from_secs(60);
/// Between two changes of the screen, and between two movements.
const BEAT: Duration = Duration::from_millis(4);
const FIRM: &str = "Atelier Beaurepaire Informatique";

/// The service's end of the socket.
struct Service {
    orders: mpsc::Sender<ToSession>,
    inputs: mpsc::Sender<InputUp>,
    events: mpsc::Receiver<DesktopEvent>,
}

/// Busy loops, gone with this.
struct Hogs(Vec<Child>);

/// What one stop took, from the press.
struct Stopped {
    told: Duration,
    frame: Duration,
    moved: Duration,
}

pub(crate) fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let own = std::env::current_exe()?;
    if own.parent().is_some_and(|dir| dir.join(PROMPT).is_file()) && own.ends_with("stop") {
        let hogs = arguments.iter().any(|argument| argument == "--hogs");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        return runtime.block_on(inside(own.parent().context("it is in a folder")?, hogs));
    }
    // The consent program is looked for beside the running program and nowhere else: so this one goes where it is.
    let dir = tempfile::tempdir()?;
    let stage = Stage::new(dir.path())?;
    let prompt = stage.program(PROMPT).get_program().to_owned();
    std::fs::copy(&own, dir.path().join("stop"))?;
    std::fs::copy(prompt, dir.path().join(PROMPT))?;
    let done = Command::new(dir.path().join("stop"))
        .args(arguments)
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("XDG_SESSION_TYPE")
        .status()?;
    ensure!(done.success(), "the measurement failed");
    Ok(())
}

async fn inside(dir: &Path, hogs: bool) -> Result<()> {
    let desk = tokio::task::block_in_place(Desk::open)?;
    let socket = dir.join("agent.sock");
    let mut service = Service::open(&socket)?;
    let config = SessionConfig { socket, display: Some(desk.display().to_owned()) };
    let _process = tokio::spawn(session::run(config, Clock::system(), std::future::pending()));
    let (mouse, moves) = (Mouse::take(desk.outer())?, Moves::watch(desk.display())?);
    let painting = paint(desk.display())?;
    let _hogs = if hogs { Hogs::start()? } else { Hogs(Vec::new()) };
    let DesktopEvent::Here(_) = service.event().await? else { bail!("no desktop") };
    let (mut told, mut frame, mut moved) = (Times::default(), Times::default(), Times::default());
    for epoch in 1..=TRIALS {
        let one = trial(&mut service, &desk, &mouse, &moves, epoch).await;
        let one = one.with_context(|| format!("trial {epoch}"))?;
        told.push(one.told);
        frame.push(one.frame);
        moved.push(one.moved);
    }
    painting.store(false, Ordering::Relaxed);
    let load = if hogs { "a busy loop on each core" } else { "no other load" };
    println!("the person's press, {load}:");
    println!("  to the last piece of the screen: {frame}");
    println!("  to the last movement by a program: {moved}");
    println!("  to the service's hearing of it: {told}");
    Ok(())
}

async fn trial(
    service: &mut Service,
    desk: &Desk,
    mouse: &Mouse,
    moves: &Moves,
    epoch: u64,
) -> Result<Stopped> {
    service.grant(desk, epoch).await?;
    let bar = tokio::task::block_in_place(|| banner(desk))?;
    // "Mettre fin" is the bar's last element. All movements stay on it, so that the press lands wherever they left the pointer.
    let (x, y) = (bar.x + bar.width - 70, bar.y + bar.height / 2);
    let (inputs, place) = (service.inputs.clone(), (u16::try_from(x)?, u16::try_from(y)?));
    let pushing = tokio::spawn(async move {
        for step in 0_u16.. {
            let event = InputEvent::Move { x: place.0 + step % 8, y: place.1 + step % 2 };
            if inputs.send(InputUp { epoch: Epoch(epoch), event }).await.is_err() {
                return;
            }
            sleep(BEAT).await;
        }
    });
    let before = moves.last().1;
    let (frames, _) = service.flow(Duration::from_millis(1000 + 37 * epoch)).await?;
    ensure!(frames > 10 && moves.last().1 > before + 10, "nothing flows: {frames} pieces");
    let pressed = mouse.click(i16::try_from(x)?, i16::try_from(y)?)?;
    let mut last = pressed;
    let told = loop {
        match service.event().await? {
            DesktopEvent::Said(FromSession::Frame { frame, .. }) => {
                last = now();
                service.painted(&frame).await?;
            }
            DesktopEvent::Said(FromSession::Stopped { reason, .. }) => {
                ensure!(reason == EndReason::EndedByPerson, "it ended otherwise: {reason}");
                break now();
            }
            other => bail!("{other:?}"),
        }
    };
    // The movements go on: none may be done any more.
    let (frames, late) = service.flow(Duration::from_millis(700)).await?;
    pushing.abort();
    ensure!(frames == 0, "{frames} pieces came after the end, the last at {late:?}");
    let moved = moves.last().0.context("something moved")?;
    let since = |at: Instant| at.saturating_duration_since(pressed);
    Ok(Stopped { told: since(told), frame: since(last), moved: since(moved) })
}

impl Service {
    fn open(socket: &Path) -> Result<Self> {
        let (orders, orders_end) = mpsc::channel(64);
        let (inputs, inputs_end) = mpsc::channel(256);
        let (events_end, events) = mpsc::channel(16);
        let port = DesktopPort { orders: orders_end, inputs: inputs_end, events: events_end };
        Box::new(Door::bind(socket)?).open(port);
        Ok(Self { orders, inputs, events })
    }

    async fn event(&mut self) -> Result<DesktopEvent> {
        timeout(SOON, self.events.recv()).await.context("silence")?.context("the door is closed")
    }

    async fn painted(&self, frame: &ScreenDown) -> Result<()> {
        if let ScreenDown::Update { seq, epoch, .. } = frame {
            self.orders.send(ToSession::Painted { seq: *seq, epoch: *epoch }).await?;
        }
        Ok(())
    }

    /// Takes pieces for a while; how many, and when the last came.
    async fn flow(&mut self, during: Duration) -> Result<(u32, Option<Instant>)> {
        let until = tokio::time::Instant::from_std(now() + during);
        let (mut count, mut last) = (0, None);
        while let Ok(event) = tokio::time::timeout_at(until, self.events.recv()).await {
            match event.context("the door is closed")? {
                DesktopEvent::Said(FromSession::Frame { frame, .. }) => {
                    (count, last) = (count + 1, Some(now()));
                    self.painted(&frame).await?;
                }
                other => bail!("{other:?}"),
            }
        }
        Ok((count, last))
    }

    async fn grant(&mut self, desk: &Desk, epoch: u64) -> Result<()> {
        let number = u8::try_from(epoch)?;
        let session = SessionId([number; 16]);
        let ask = Box::new(Ask {
            firm: FIRM.into(),
            phone: "+33199001234".into(),
            technician: "Sophie Martin".into(),
            contract: None,
            category: WorkCategory::Assistance,
            reference: "Appel de Mme Leroy".into(),
            capabilities: BOTH,
            minutes: 60,
            match_code: 123_456,
            ttl_s: 60,
            lang: None,
            extending: None,
            widening: None,
            returning: false,
            beside: None,
        });
        self.orders.send(ToSession::Ask { session, ask }).await?;
        tokio::task::block_in_place(|| agree(desk))?;
        match self.event().await? {
            DesktopEvent::Said(FromSession::Answer {
                answer: Answer::Yes { capabilities: BOTH, .. },
                ..
            }) => {}
            other => bail!("not both granted: {other:?}"),
        }
        let banner = Box::new(Banner {
            technicians: vec!["Sophie Martin".into()],
            firm: FIRM.into(),
            phone: "+33199001234".into(),
            capabilities: BOTH,
            remaining_s: 3600,
            lang: None,
        });
        let begin =
            ToSession::Begin { session, epoch: Epoch(epoch), capabilities: BOTH, for_s: 3600, banner };
        self.orders.send(begin).await?;
        match self.event().await? {
            DesktopEvent::Said(FromSession::BannerUp { .. }) => Ok(()),
            other => bail!("no banner: {other:?}"),
        }
    }
}

/// Something on the desk that never rests, until it is told to.
fn paint(display: &str) -> Result<Arc<AtomicBool>> {
    let paint = Paint::show(display, (900, 500), 200)?;
    let going = Arc::new(AtomicBool::new(true));
    let goes = Arc::clone(&going);
    std::thread::spawn(move || {
        for colour in (0_u32..).step_by(4099) {
            if !goes.load(Ordering::Relaxed) || paint.fill(colour & 0x00ff_ffff).is_err() {
                return;
            }
            std::thread::sleep(BEAT);
        }
    });
    Ok(going)
}

impl Hogs {
    fn start() -> Result<Self> {
        let cores = std::thread::available_parallelism()?.get();
        let loops = (0..cores).map(|_| Command::new("sh").args(["-c", "while :; do :; done"]).spawn());
        Ok(Self(loops.collect::<Result<_, _>>()?))
    }
}

impl Drop for Hogs {
    fn drop(&mut self) {
        for hog in &mut self.0 {
            let _ = hog.kill();
            let _ = hog.wait();
        }
    }
}
