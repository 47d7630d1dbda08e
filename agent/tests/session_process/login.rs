//! The person locks, sleeps and switches: a real system bus with a login service on it that does as it is told, a real X server, and the
//! session process as it is.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aval_agent::ipc::{Desk, FromSession, ToSession};
use aval_agent::service::desktop::DesktopEvent;
use aval_agent::session::{self, SessionConfig};
use aval_protocol::id::Epoch;
use aval_protocol::session::{AtDesk, HOLD};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::screen::ScreenDown;
use aval_protocol::wire::turn::Hold;
use aval_transport::Clock;
use tokio::time::timeout;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, Rectangle};
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};

use super::{BOTH, Killed, SOON, Service, again_inside, pointer, until, xvfb};

const DISPLAY: &str = ":61";
const OWN: &str = "/org/freedesktop/login1/session/_31";
const OTHER: &str = "/org/freedesktop/login1/session/_32";
const SEAT: &str = "/org/freedesktop/login1/seat/seat0";
const MANAGER: &str = "/org/freedesktop/login1";

/// What the login service is told to say.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Facts>>);

#[derive(Default)]
struct Facts {
    locked: bool,
    away: bool,
    /// The class of the other session.
    class: String,
    /// The service's ends of the delays that were asked for.
    delays: Vec<UnixStream>,
}

struct Manager(Told);
struct Session(Told);
struct Other(Told);
struct Seat(Told);

fn path(path: &str) -> OwnedObjectPath {
    path.try_into().unwrap()
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    #[zbus(name = "GetSessionByPID")]
    fn session_by_pid(&self, pid: u32) -> OwnedObjectPath {
        assert_eq!(pid, std::process::id());
        path(OWN)
    }

    fn inhibit(&self, what: &str, _who: &str, _why: &str, mode: &str) -> OwnedFd {
        assert_eq!((what, mode), ("sleep", "delay"));
        let (own, given) = UnixStream::pair().unwrap();
        self.0.0.lock().unwrap().delays.push(own);
        std::os::fd::OwnedFd::from(given).into()
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn session_removed(
        emitter: &SignalEmitter<'_>,
        id: &str,
        path: OwnedObjectPath,
    ) -> zbus::Result<()>;
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn id(&self) -> String {
        "1".into()
    }

    #[zbus(property)]
    fn active(&self) -> bool {
        !self.0.0.lock().unwrap().away
    }

    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        self.0.0.lock().unwrap().locked
    }

    #[zbus(property)]
    fn seat(&self) -> (String, OwnedObjectPath) {
        ("seat0".into(), path(SEAT))
    }
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Other {
    #[zbus(property)]
    fn class(&self) -> String {
        self.0.0.lock().unwrap().class.clone()
    }
}

#[zbus::interface(name = "org.freedesktop.login1.Seat")]
impl Seat {
    #[zbus(property)]
    fn active_session(&self) -> (String, OwnedObjectPath) {
        match self.0.0.lock().unwrap().away {
            true => ("2".into(), path(OTHER)),
            false => ("1".into(), path(OWN)),
        }
    }
}

/// The login service on its bus.
struct Login {
    bus: Connection,
    told: Told,
}

impl Login {
    fn start() -> Self {
        let told = Told::default();
        let bus = Builder::address(std::env::var("DBUS_SYSTEM_BUS_ADDRESS").unwrap().as_str())
            .and_then(|bus| bus.serve_at(MANAGER, Manager(told.clone())))
            .and_then(|bus| bus.serve_at(OWN, Session(told.clone())))
            .and_then(|bus| bus.serve_at(OTHER, Other(told.clone())))
            .and_then(|bus| bus.serve_at(SEAT, Seat(told.clone())))
            .and_then(|bus| bus.name("org.freedesktop.login1"))
            .and_then(Builder::build)
            .unwrap();
        Self { bus, told }
    }

    /// The person's session is like this from now on.
    fn says(&self, change: impl FnOnce(&mut Facts)) {
        change(&mut self.told.0.lock().unwrap());
        let session = self.bus.object_server().interface::<_, Session>(OWN).unwrap();
        let emitter = session.signal_emitter();
        zbus::block_on(async {
            session.get().locked_hint_changed(emitter).await?;
            session.get().active_changed(emitter).await
        })
        .unwrap();
    }

    fn sleeps(&self, start: bool) {
        let manager = self.bus.object_server().interface::<_, Manager>(MANAGER).unwrap();
        zbus::block_on(Manager::prepare_for_sleep(manager.signal_emitter(), start)).unwrap();
    }

    /// Ends when the delay that was asked for last is given back.
    async fn delay_is_over(&self) {
        let mut delay = self.told.0.lock().unwrap().delays.pop().expect("a delay was asked for");
        let over = tokio::task::spawn_blocking(move || delay.read(&mut [0]));
        assert_eq!(timeout(SOON, over).await.unwrap().unwrap().unwrap(), 0);
    }

    /// Somebody else on the bus says that the screen is unlocked, to whomever it may concern.
    fn forged(&self) {
        let stranger = Builder::address(std::env::var("DBUS_SYSTEM_BUS_ADDRESS").unwrap().as_str());
        let stranger = stranger.and_then(Builder::build).unwrap();
        let names = zbus::blocking::fdo::DBusProxy::new(&stranger).unwrap().list_names().unwrap();
        for name in names.iter().filter(|name| name.starts_with(':')) {
            let to = Some(name.as_str());
            let _ = stranger.emit_signal(to, OWN, "org.freedesktop.login1.Session", "Unlock", &());
            let _ = stranger.emit_signal(
                to,
                MANAGER,
                "org.freedesktop.login1.Manager",
                "PrepareForSleep",
                &(false,),
            );
        }
    }
}

#[test]
fn lock_sleep_and_switch_stop_a_session_and_only_the_person_lets_it_go_on() {
    let mut bus = Command::new("dbus-daemon");
    bus.args(["--session", "--nofork", "--nopidfile", "--print-address"]);
    let mut bus = Killed(bus.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut address = String::new();
    BufReader::new(bus.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
    again_inside("login::inside", &[("DISPLAY", DISPLAY), ("DBUS_SYSTEM_BUS_ADDRESS", address.trim())]);
}

/// Runs only in the folder that the test above makes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the test above"]
async fn inside() {
    let _x = xvfb(DISPLAY);
    let login = tokio::task::spawn_blocking(Login::start).await.unwrap();
    let socket = std::env::current_dir().unwrap().join("agent.sock");
    let mut service = Service::open(&socket);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let process = session::run(SessionConfig { socket, display: None }, Clock::system(), async {
        let _ = stopped.await;
    });
    let script = async {
        assert_eq!(service.event().await, DesktopEvent::Here(Desk::Screen { width: 320, height: 240 }));
        until(|| !login.told.0.lock().unwrap().delays.is_empty()).await;
        service.grant(1).await;
        is_seen(&mut service, 1).await;

        login.says(|facts| facts.locked = true);
        held(&mut service, 1, Hold::Locked).await;
        nothing_passes(&mut service, 1).await;
        login.forged();
        nothing_passes(&mut service, 1).await;
        login.says(|facts| facts.locked = false);
        goes_on(&mut service, 1, 2).await;

        // The machine sleeps only after it has stopped here.
        login.sleeps(true);
        login.delay_is_over().await;
        held(&mut service, 2, Hold::Asleep).await;
        nothing_passes(&mut service, 2).await;
        login.sleeps(false);
        goes_on(&mut service, 2, 3).await;
        until(|| !login.told.0.lock().unwrap().delays.is_empty()).await;

        // A greeter before the desktop is a lock, another person's desktop is not.
        login.says(|facts| (facts.away, facts.class) = (true, "greeter".into()));
        held(&mut service, 3, Hold::Locked).await;
        login.says(|facts| facts.away = false);
        goes_on(&mut service, 3, 4).await;
        login.says(|facts| (facts.away, facts.class) = (true, "user".into()));
        let said = service.said_but_frames().await;
        let reason = EndReason::PersonLeft;
        assert_eq!(said, FromSession::Stopped { epoch: Epoch(4), reason, at_ms: None });
        nothing_passes(&mut service, 4).await;
        stop.send(()).unwrap();
    };
    let (done, ()) = tokio::join!(process, script);
    done.unwrap();
}

async fn is_seen(service: &mut Service, epoch: u64) {
    assert!(matches!(service.frame().await, (e, ScreenDown::Geometry { .. }) if e == Epoch(epoch)));
    assert!(matches!(service.frame().await, (e, ScreenDown::Update { seq: 1, .. }) if e == Epoch(epoch)));
    let (x, y) = (10 * u16::try_from(epoch).unwrap(), 20);
    service.point(epoch, x, y).await;
    until(|| pointer() == (x.into(), y.into())).await;
}

async fn held(service: &mut Service, epoch: u64, why: Hold) {
    let said = service.said_but_frames().await;
    assert_eq!(said, FromSession::Held { epoch: Epoch(epoch), why, left: HOLD });
}

/// For a while: no frame comes, no event is done.
async fn nothing_passes(service: &mut Service, epoch: u64) {
    let before = pointer();
    service.point(epoch, 200, 200).await;
    // A change of the screen, which a capture would show.
    paint();
    let said = timeout(Duration::from_millis(700), service.events.recv()).await;
    assert!(said.is_err(), "{said:?}");
    assert_eq!(pointer(), before);
}

/// Something changes on the screen.
fn paint() {
    let (conn, screen) = x11rb::connect(None).unwrap();
    let root = conn.setup().roots[screen].root;
    let (gc, all) = (conn.generate_id().unwrap(), Rectangle { x: 0, y: 0, width: 320, height: 240 });
    conn.create_gc(gc, root, &CreateGCAux::new().foreground(0x33_66_99)).unwrap();
    conn.poly_fill_rectangle(root, gc, &[all]).unwrap().check().unwrap();
}

async fn goes_on(service: &mut Service, before: u64, epoch: u64) {
    assert_eq!(service.said_but_frames().await, FromSession::PersonBack { epoch: Epoch(before) });
    let word = AtDesk::Turn { epoch: Epoch(epoch), capabilities: BOTH };
    service.orders.send(ToSession::AtDesk { epoch: Epoch(before), word }).await.unwrap();
    assert_eq!(service.said_but_frames().await, FromSession::BannerUp { epoch: Epoch(epoch) });
    is_seen(service, epoch).await;
}
