//! A desk with a person at it: Xephyr inside Xvfb. Events sent to the outer server reach the inner one as its mouse and
//! keyboard (the person's hand); XTEST inside is a program's.

use std::process::{Child, Command, Stdio};

use aval_protocol::wire::Wire;

use super::shared::{Prompt, server, wait_until};

/// The servers of one desk; killed when dropped.
pub struct Desk {
    servers: Vec<Child>,
    outer: String,
    inner: String,
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
        wait_until("a window manager", || {
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
        wait_until("the window", || {
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
}

impl Drop for Desk {
    fn drop(&mut self) {
        for server in &mut self.servers {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

fn xdotool(display: &str, action: &[&str]) {
    let status = Command::new("xdotool").args(action).env("DISPLAY", display).status();
    assert!(status.expect("xdotool is installed").success(), "xdotool {action:?}");
}
