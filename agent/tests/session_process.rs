//! The session process on a real X server, with a stand-in for the consent program that says yes and beats like a banner.
//!
//! The consent program is looked for beside the running one and nowhere else, so the test copies itself into a folder of its own
//! and runs there. The real consent program has its own tests; there is no way to make *it* say yes.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "session_process/login.rs"]
mod login;
#[path = "shared/placed.rs"]
mod placed;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aval_agent::ipc::{Desk, Door, FromSession, ToSession};
use aval_agent::service::desktop::{Desktop as _, DesktopEvent, DesktopPort};
use aval_agent::session::{self, SessionConfig};
use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::prompt::{Answer, Ask, Banner, FromBanner};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::input::{InputEvent, InputUp};
use aval_protocol::wire::screen::ScreenDown;
use aval_protocol::wire::session::{Capabilities, WorkCategory};
use aval_protocol::wire::{Wire, encode};
use aval_transport::Clock;
use tokio::sync::mpsc;
use tokio::time::timeout;

const BOTH: Capabilities = Capabilities::VIEW.with(Capabilities::CONTROL);
const SESSION: SessionId = SessionId([7; 16]);
const SOON: Duration = Duration::from_secs(20);
const DISPLAY: &str = ":60";

struct Service {
    orders: mpsc::Sender<ToSession>,
    inputs: mpsc::Sender<InputUp>,
    events: mpsc::Receiver<DesktopEvent>,
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_session_process_shows_moves_and_stops_at_the_persons_click() {
    // No login service: what it would tell has a test of its own.
    again_inside("inside", &[("DISPLAY", DISPLAY), ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")]);
}

/// Runs that test of this program in a folder of its own.
fn again_inside(test: &str, environment: &[(&str, &str)]) {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("session_process");
    placed::program(&copy, &std::fs::read(std::env::current_exe().unwrap()).unwrap());
    placed::program(&dir.path().join("aval-agent-prompt"), stand_in(dir.path()).as_bytes());
    let done = Command::new(&copy)
        .args(["--exact", test, "--ignored", "--nocapture"])
        .envs(environment.iter().copied())
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("XDG_SESSION_TYPE")
        .current_dir(dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Runs only in the folder that the test above makes.
#[tokio::test]
#[ignore = "started by the test above"]
async fn inside() {
    let mut x = xvfb(DISPLAY);
    let socket = std::env::current_dir().unwrap().join("agent.sock");
    let mut service = Service::open(&socket);
    let config = SessionConfig { socket, display: None };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let process = session::run(config, Clock::system(), async {
        let _ = stopped.await;
    });
    let script = async {
        assert_eq!(service.event().await, DesktopEvent::Here(Desk::Screen { width: 320, height: 240 }));
        shows_and_moves(&mut service).await;
        the_click_stops_both(&mut service).await;
        a_lost_display_is_told(&mut service, &mut x).await;
        stop.send(()).unwrap();
    };
    let (done, ()) = tokio::join!(process, script);
    done.unwrap();
}

async fn shows_and_moves(service: &mut Service) {
    service.grant(1).await;
    assert!(matches!(service.frame().await, (Epoch(1), ScreenDown::Geometry { width: 320, height: 240 })));
    assert!(matches!(service.frame().await, (Epoch(1), ScreenDown::Update { seq: 1, .. })));
    service.orders.send(ToSession::Painted { seq: 1, epoch: Epoch(1) }).await.unwrap();
    service.point(1, 10, 20).await;
    until(|| pointer() == (10, 20)).await;
    service.point(9, 50, 60).await;
}

async fn the_click_stops_both(service: &mut Service) {
    std::fs::write("end", b"").unwrap();
    let stopped = service.said_but_frames().await;
    assert_eq!(
        stopped,
        FromSession::Stopped { epoch: Epoch(1), reason: EndReason::EndedByPerson, at_ms: Some(42) }
    );
    std::fs::remove_file("end").unwrap();
    service.point(1, 100, 100).await;
    // Something whose answer shows that the event before it was taken in.
    service.ask().await;
    assert!(matches!(service.said_but_frames().await, FromSession::Answer { .. }));
    assert_eq!(pointer(), (10, 20), "an event of a dead grant moved the pointer");
    let begin = service.begin(1);
    service.orders.send(begin).await.unwrap();
    let refused = service.said_but_frames().await;
    assert_eq!(
        refused,
        FromSession::Stopped { epoch: Epoch(1), reason: EndReason::ProtocolViolation, at_ms: None },
        "an old epoch began again"
    );
}

async fn a_lost_display_is_told(service: &mut Service, x: &mut Killed) {
    service.grant(2).await;
    service.frame().await;
    x.0.kill().unwrap();
    x.0.wait().unwrap();
    let mut told = Vec::new();
    while told.len() < 2 {
        told.push(service.said_but_frames().await);
    }
    let stopped = FromSession::Stopped { epoch: Epoch(2), reason: EndReason::DisplayLost, at_ms: None };
    assert!(told.contains(&stopped), "{told:?}");
    assert!(told.contains(&FromSession::Desk(Desk::None)), "{told:?}");
    *x = xvfb(DISPLAY);
    assert_eq!(
        service.said_but_frames().await,
        FromSession::Desk(Desk::Screen { width: 320, height: 240 }),
        "the display came back and nobody noticed"
    );
}

impl Service {
    fn open(socket: &Path) -> Self {
        let (orders, orders_end) = mpsc::channel(16);
        let (inputs, inputs_end) = mpsc::channel(16);
        let (events_end, events) = mpsc::channel(16);
        let port = DesktopPort { orders: orders_end, inputs: inputs_end, events: events_end };
        Box::new(Door::bind(socket).unwrap()).open(port);
        Self { orders, inputs, events }
    }

    async fn event(&mut self) -> DesktopEvent {
        timeout(SOON, self.events.recv()).await.unwrap().unwrap()
    }

    async fn said_but_frames(&mut self) -> FromSession {
        loop {
            match self.event().await {
                DesktopEvent::Said(FromSession::Frame { .. }) => {}
                DesktopEvent::Said(said) => return said,
                other => panic!("{other:?}"),
            }
        }
    }

    async fn frame(&mut self) -> (Epoch, ScreenDown) {
        match self.event().await {
            DesktopEvent::Said(FromSession::Frame { epoch, frame }) => (epoch, frame),
            other => panic!("{other:?}"),
        }
    }

    async fn ask(&mut self) {
        let ask = Box::new(Ask {
            firm: "Atelier Beaurepaire Informatique".into(),
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
        self.orders.send(ToSession::Ask { session: SESSION, ask }).await.unwrap();
    }

    fn begin(&self, epoch: u64) -> ToSession {
        let banner = Box::new(Banner {
            technicians: vec!["Sophie Martin".into()],
            firm: "Atelier Beaurepaire Informatique".into(),
            phone: "+33199001234".into(),
            capabilities: BOTH,
            remaining_s: 3600,
            lang: None,
        });
        let (session, epoch) = (SESSION, Epoch(epoch));
        ToSession::Begin { session, epoch, capabilities: BOTH, for_s: 3600, banner }
    }

    async fn grant(&mut self, epoch: u64) {
        self.ask().await;
        let yes = Answer::Yes { capabilities: BOTH, shown_ms: 4000 };
        assert_eq!(self.said_but_frames().await, FromSession::Answer { session: SESSION, answer: yes });
        let begin = self.begin(epoch);
        self.orders.send(begin).await.unwrap();
        assert_eq!(self.said_but_frames().await, FromSession::BannerUp { epoch: Epoch(epoch) });
    }

    async fn point(&self, epoch: u64, x: u16, y: u16) {
        let event = InputEvent::Move { x, y };
        self.inputs.send(InputUp { epoch: Epoch(epoch), event }).await.unwrap();
    }
}

fn xvfb(display: &str) -> Killed {
    // `-retro`: a pattern; a black screen would be no change to a console whose picture starts black.
    let mut x = Command::new("Xvfb");
    x.args([display, "-screen", "0", "320x240x24", "-nolisten", "tcp", "-noreset", "-retro"]);
    let x = Killed(x.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    for _ in 0..200 {
        if Command::new("xdotool").args(["getmouselocation"]).output().unwrap().status.success() {
            return x;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("Xvfb {display} does not start");
}

fn pointer() -> (u32, u32) {
    let said = Command::new("xdotool").args(["getmouselocation", "--shell"]).output().unwrap().stdout;
    let said = String::from_utf8(said).unwrap();
    let number = |name: &str| said.lines().find_map(|l| l.strip_prefix(name)).unwrap().parse().unwrap();
    (number("X="), number("Y="))
}

async fn until(mut seen: impl FnMut() -> bool) {
    timeout(SOON, async {
        while !seen() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
}

/// A program that answers yes, and beats until the file `end` is there.
fn stand_in(dir: &Path) -> String {
    let yes = printf(&Answer::Yes { capabilities: BOTH, shown_ms: 4000 });
    let (up, alive) = (printf(&FromBanner::Up), printf(&FromBanner::Alive));
    let end = printf(&FromBanner::End { at_ms: 42 });
    format!(
        "#!/bin/sh\ncd '{}'\nif [ \"$1\" = ask ]; then {yes}; exec sleep 600; fi\n{up}\n\
         while sleep 0.2; do {alive}; if [ -e end ]; then {end}; exec sleep 600; fi; done\n",
        dir.display()
    )
}

/// A shell command that writes this message.
fn printf<M: Wire>(message: &M) -> String {
    let octal: String = encode(message).unwrap().iter().map(|b| format!("\\{b:03o}")).collect();
    format!("printf '{octal}'")
}
