//! The windows as a screen reader has them, on an accessibility bus of the test's own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use aval_protocol::prompt::{Answer, FromBanner, NoReason, ToBanner};
use aval_protocol::wire::Wire;
use rustix::process::{Pid, Signal, kill_process};
use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, Proxy};
use zbus::proxy::CacheProperties;
use zbus::zvariant::OwnedObjectPath;

use super::desk::Desk;
use super::shared::{Prompt, pause, wait_until};
use super::{ask, show};

/// States of the AT-SPI protocol, as bits.
const CHECKED: u64 = 1 << 4;
const FOCUSABLE: u64 = 1 << 11;
const FOCUSED: u64 = 1 << 12;
/// Roles of the AT-SPI protocol.
const CHECK_BOX: u32 = 7;
const LABEL: u32 = 29;
const BUTTON: u32 = 43;

/// A session bus, and the launcher of the accessibility bus on it. Killed when dropped.
struct Bus {
    processes: Vec<Child>,
    address: String,
    session: Option<Connection>,
    reader: Option<Connection>,
    sockets: tempfile::TempDir,
}

/// What a screen reader knows of one thing on the screen.
struct Node {
    name: String,
    role: u32,
    states: u64,
    at: (String, OwnedObjectPath),
}

impl Bus {
    fn new() -> Self {
        let sockets = tempfile::tempdir().unwrap();
        let mut bus =
            Self { processes: Vec::new(), address: String::new(), session: None, reader: None, sockets };
        let daemon = bus.run("dbus-daemon", &["--session", "--nofork", "--nopidfile", "--print-address"]);
        BufReader::new(daemon).read_line(&mut bus.address).unwrap();
        bus.address = bus.address.trim().to_owned();
        // What a desktop starts when its user turns a screen reader on; Debian and others keep it in different places.
        let places = ["/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher"];
        let launcher = places.into_iter().find(|p| Path::new(p).exists()).expect("at-spi2-core is installed");
        bus.run(launcher, &["--launch-immediately", "--a11y=1"]);
        let session = Builder::address(bus.address.as_str()).unwrap().build().unwrap();
        let waiting = Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus").unwrap();
        let readers: String = waiting.call("GetAddress", &()).unwrap();
        bus.reader = Some(Builder::address(readers.as_str()).unwrap().build().unwrap());
        bus.session = Some(session);
        bus
    }

    /// The person switches their screen reader off and on again. About one start in ten of a program is not heard of by a registry
    /// that has just come up itself, and neither side tries again until the reader is switched.
    fn switch_off_and_on(&self) {
        let session = self.session.as_ref().unwrap();
        let status = Proxy::new(session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status").unwrap();
        for on in [false, true] {
            status.set_property("IsEnabled", on).unwrap();
            pause(500);
        }
    }

    fn run(&mut self, program: &str, arguments: &[&str]) -> ChildStdout {
        let mut child = Command::new(program)
            .args(arguments)
            .env_remove("DISPLAY")
            .env("XDG_RUNTIME_DIR", self.sockets.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{program}: {e}"));
        let stdout = child.stdout.take().unwrap();
        self.processes.push(child);
        stdout
    }

    fn reader(&self) -> &Connection {
        self.reader.as_ref().unwrap()
    }

    fn start<In: Wire, Out: Wire + Send + 'static>(
        &self,
        desk: &Desk,
        mode: &str,
        first: &In,
    ) -> Prompt<Out> {
        desk.start_with(mode, first, &[("DBUS_SESSION_BUS_ADDRESS", &self.address)])
    }

    /// Everything on the screen, once there is a thing of that name.
    fn nodes(&self, name: &str) -> Vec<Node> {
        let (mut nodes, mut asked) = (Vec::new(), 0);
        wait_until(name, || {
            nodes.clear();
            let root = OwnedObjectPath::try_from("/org/a11y/atspi/accessible/root").unwrap();
            // Things may go away between two questions: then it is asked again.
            let _ = self.collect(("org.a11y.atspi.Registry".into(), root), &mut nodes);
            asked += 1;
            if asked % 60 == 0 {
                self.switch_off_and_on();
            }
            nodes.iter().any(|n: &Node| n.name.starts_with(name))
        });
        nodes
    }

    fn collect(&self, at: (String, OwnedObjectPath), into: &mut Vec<Node>) -> zbus::Result<()> {
        let proxy: Proxy<'_> = zbus::blocking::proxy::Builder::new(self.reader())
            .destination(at.0.as_str())?
            .path(at.1.as_str())?
            .interface("org.a11y.atspi.Accessible")?
            .cache_properties(CacheProperties::No)
            .build()?;
        let states: Vec<u32> = proxy.call("GetState", &())?;
        let states = states.iter().rev().fold(0, |all, &word| all << 32 | u64::from(word));
        let children: Vec<(String, OwnedObjectPath)> = proxy.call("GetChildren", &())?;
        let (name, role) = (proxy.get_property("Name")?, proxy.call("GetRole", &())?);
        drop(proxy);
        into.push(Node { name, role, states, at });
        children.into_iter().try_for_each(|child| self.collect(child, into))
    }

    /// What a screen reader does when its user activates a thing.
    fn activate(&self, node: &Node) {
        self.act(node).unwrap();
    }

    /// The same with what ends the program, which may be gone before it answers.
    fn activate_last(&self, node: &Node) {
        let _ = self.act(node);
    }

    fn act(&self, node: &Node) -> zbus::Result<bool> {
        let (bus, path) = &node.at;
        Proxy::new(self.reader(), bus.as_str(), path.as_str(), "org.a11y.atspi.Action")?
            .call("DoAction", &(0i32))
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        for process in self.processes.iter_mut().rev() {
            // Asked, not killed: the launcher takes its own bus down with it.
            if let Some(pid) = i32::try_from(process.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process(pid, Signal::TERM);
            }
            let _ = process.wait();
        }
    }
}

fn find<'a>(nodes: &'a [Node], role: u32, name: &str) -> &'a Node {
    let all: Vec<_> = nodes.iter().map(|n| (n.role, &n.name)).collect();
    nodes
        .iter()
        .find(|n| n.role == role && n.name.starts_with(name))
        .unwrap_or_else(|| panic!("no {name:?} of role {role} in {all:#?}"))
}

#[test]
fn a_screen_reader_finds_everything_by_name_and_cannot_accept_by_itself() {
    let (desk, bus) = (Desk::new(), Bus::new());
    let prompt: Prompt<Answer> = bus.start(&desk, "ask", &ask());
    desk.window();
    pause(4000);
    let nodes = bus.nodes("Refuser");
    assert_ne!(find(&nodes, BUTTON, "Refuser").states & FOCUSED, 0, "focus is not on refusing");
    assert_ne!(find(&nodes, CHECK_BOX, "Voir l’écran").states & CHECKED, 0);
    assert_eq!(find(&nodes, CHECK_BOX, "Utiliser la souris").states & CHECKED, 0);
    assert_ne!(find(&nodes, BUTTON, "Accepter").states & FOCUSABLE, 0);
    find(&nodes, LABEL, "Sophie Martin demande l’accès");
    find(&nodes, LABEL, "Avez-vous appelé le 01\u{a0}99\u{a0}00\u{a0}12\u{a0}34");
    find(&nodes, LABEL, "1 2 3 4 5 6");

    bus.activate(find(&nodes, CHECK_BOX, "Utiliser la souris"));
    bus.activate(find(&nodes, BUTTON, "Accepter"));
    pause(700);
    assert_eq!(prompt.heard(), None, "accepted without a person's hand");
    let nodes = bus.nodes("Refuser");
    assert_eq!(find(&nodes, CHECK_BOX, "Utiliser la souris").states & CHECKED, 0);
    bus.activate_last(find(&nodes, BUTTON, "Refuser"));
    assert_eq!(prompt.next(), Answer::No(NoReason::Refused));
}

#[test]
fn a_screen_reader_finds_the_banner() {
    let (desk, bus) = (Desk::new(), Bus::new());
    let prompt: Prompt<FromBanner> = bus.start(&desk, "banner", &ToBanner::Show(show()));
    assert_eq!(prompt.next(), FromBanner::Up);
    let nodes = bus.nodes("Terminer");
    find(&nodes, BUTTON, "Terminer");
    find(&nodes, LABEL, "Sophie Martin voit votre écran et contrôle votre PC");
}
