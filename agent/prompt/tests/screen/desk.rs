//! A desk with a person at it: Xephyr inside Xvfb. Events sent to the outer server reach the inner one as its mouse and
//! keyboard (the person's hand); XTEST inside is a program's.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use aval_protocol::wire::{self, Inbox, Wire};

/// Longer than anything here takes on a busy machine; never asserted, only given up after.
const PATIENCE: Duration = Duration::from_secs(30);

/// The servers of one desk; killed when dropped.
pub struct Desk {
    servers: Vec<Child>,
    outer: String,
    inner: String,
}

/// The program under test.
pub struct Prompt<M> {
    child: Child,
    stdin: Option<ChildStdin>,
    said: Receiver<M>,
}

impl Desk {
    /// Starts the servers and a window manager, or fails: a missing tool fails the test.
    pub fn new() -> Self {
        let mut desk = Self::without_manager();
        let manager = Command::new("openbox")
            .env("DISPLAY", &desk.inner)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        desk.servers.push(manager.expect("openbox is installed"));
        desk.wait_until("a window manager", || {
            let out = desk.tool("xprop", &["-root", "_NET_SUPPORTING_WM_CHECK"]);
            out.contains("window id")
        });
        desk
    }

    /// The same without a window manager.
    pub fn without_manager() -> Self {
        let screen = ["-screen", "0", "1024x768x24"];
        let (outer_server, outer) = server("Xvfb", &screen, None);
        let (inner_server, inner) = server("Xephyr", &["-screen", "1024x768"], Some(&outer));
        let desk = Self { servers: vec![inner_server, outer_server], outer, inner };
        // The pointer inside Xephyr's window, and off the window under test.
        desk.person(&["mousemove", "5", "760"]);
        desk
    }

    /// The person's hand.
    pub fn person(&self, action: &[&str]) {
        xdotool(&self.outer, action);
    }

    /// A program's XTEST.
    pub fn program(&self, action: &[&str]) {
        xdotool(&self.inner, action);
    }

    /// What an X tool prints.
    pub fn tool(&self, name: &str, arguments: &[&str]) -> String {
        let out =
            Command::new(name).args(arguments).env("DISPLAY", &self.inner).stderr(Stdio::null()).output();
        String::from_utf8_lossy(&out.unwrap_or_else(|e| panic!("{name}: {e}")).stdout).into_owned()
    }

    /// The visible window of the program under test, once there is one: its name, and its rectangle x, y, w, h.
    pub fn window(&self) -> (String, [i32; 4]) {
        let mut found = None;
        self.wait_until("the window", || {
            let ids = self.tool("xdotool", &["search", "--onlyvisible", "--classname", "aval-agent-prompt"]);
            let Some(id) = ids.lines().last().map(str::to_owned) else { return false };
            let info = self.tool("xwininfo", &["-id", &id]);
            let number = |label: &str| {
                let line = info.lines().find(|l| l.contains(label))?;
                line.rsplit(' ').next()?.parse().ok()
            };
            let rect = ["upper-left X", "upper-left Y", "Width", "Height"].map(number);
            if let [Some(x), Some(y), Some(w), Some(h)] = rect {
                found = Some((id, [x, y, w, h]));
            }
            found.is_some()
        });
        found.unwrap()
    }

    /// Starts the program with its first message.
    pub fn start<In: Wire, Out: Wire + Send + 'static>(&self, mode: &str, first: &In) -> Prompt<Out> {
        self.start_with(mode, first, &[])
    }

    /// The same with more in its environment.
    pub fn start_with<In: Wire, Out: Wire + Send + 'static>(
        &self,
        mode: &str,
        first: &In,
        environment: &[(&str, &str)],
    ) -> Prompt<Out> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aval-agent-prompt"));
        command.arg(mode).env("DISPLAY", &self.inner).envs(environment.iter().copied());
        Prompt::start(command, first)
    }

    /// The inner display's name.
    pub fn display(&self) -> &str {
        &self.inner
    }

    /// Waits for a condition.
    pub fn wait_until(&self, what: &str, mut condition: impl FnMut() -> bool) {
        for _ in 0..PATIENCE.as_millis() / 50 {
            if condition() {
                return;
            }
            pause(50);
        }
        panic!("{what} did not come");
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for server in &mut self.servers {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl<Out: Wire + Send + 'static> Prompt<Out> {
    pub fn start<In: Wire>(mut command: Command, first: &In) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = piped.spawn().unwrap();
        let (tell, said) = channel();
        let mut stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let (mut inbox, mut bytes) = (Inbox::default(), [0; 256]);
            while let Ok(n @ 1..) = stdout.read(&mut bytes) {
                inbox.push(&bytes[..n]);
                while let Some(message) = inbox.next::<Out>().unwrap() {
                    let _ = tell.send(message);
                }
            }
        });
        let mut prompt = Self { stdin: child.stdin.take(), child, said };
        prompt.send(first);
        prompt
    }

    /// One more message to it.
    pub fn send<In: Wire>(&mut self, message: &In) {
        let frame = wire::encode(message).unwrap();
        self.stdin.as_mut().unwrap().write_all(&frame).unwrap();
    }

    /// Closes its input.
    pub fn close(&mut self) {
        self.stdin = None;
    }

    /// The next thing it says.
    pub fn next(&self) -> Out {
        self.said.recv_timeout(PATIENCE).expect("it says something")
    }

    /// What it has said meanwhile, if anything.
    pub fn heard(&self) -> Option<Out> {
        self.said.try_recv().ok()
    }

    /// Its exit code, once it has ended.
    pub fn exit(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl<M> Drop for Prompt<M> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gives the program time to do what it should not.
pub fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

fn xdotool(display: &str, action: &[&str]) {
    let status = Command::new("xdotool").args(action).env("DISPLAY", display).status();
    assert!(status.expect("xdotool is installed").success(), "xdotool {action:?}");
}

/// Starts an X server on a display number of its own choice.
fn server(program: &str, arguments: &[&str], on: Option<&str>) -> (Child, String) {
    let mut command = Command::new(program);
    command.args(["-displayfd", "1", "-noreset", "-nolisten", "tcp"]).args(arguments);
    if let Some(display) = on {
        command.env("DISPLAY", display);
    }
    let started = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.unwrap_or_else(|e| panic!("{program}: {e}"));
    let mut number = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut number).unwrap();
    assert!(!number.trim().is_empty(), "{program} found no free display");
    (child, format!(":{}", number.trim()))
}
