//! A Windows desk with a person at it: one Wine, one at a time, on X servers of its own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aval_protocol::wire::Wire;

use super::shared::{Prompt, server, wait_until};

/// One Wine at a time: its desktop, its hooks and its focus are one.
static TURN: Mutex<()> = Mutex::new(());

/// The servers of one desk; ended when dropped.
pub struct Desk {
    servers: Vec<Child>,
    outer: String,
    inner: String,
    prefix: PathBuf,
    hand: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Desk {
    pub fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let here = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (outer_server, outer) = server("Xvfb", &["-screen", "0", "1024x768x24"], None);
        let (inner_server, inner) = server("Xephyr", &["-screen", "1024x768"], Some(&outer));
        let servers = vec![inner_server, outer_server];
        let (prefix, hand) = (here.join("wine-prompt"), here.join("hand.exe"));
        let desk = Self { servers, outer, inner, prefix, hand, _turn: turn };
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wine/hand.c");
        let mut compile = Command::new("x86_64-w64-mingw32-gcc");
        done(compile.arg("-O1").arg("-o").arg(&desk.hand).arg(source).arg("-lgdi32"));
        if !desk.prefix.join("system.reg").exists() {
            done(desk.wine("wineboot").arg("--init"));
            done(desk.wine("wine").args(["winecfg", "-v", "win10"]));
            // Every program opens its windows on a desktop of Wine's own, whose stacking and focus are as on Windows.
            let explorer = r"HKCU\Software\Wine\Explorer";
            for (key, name, value) in [
                (explorer.to_owned(), "Desktop", "Aval"),
                (format!(r"{explorer}\Desktops"), "Aval", "1024x768"),
            ] {
                done(desk.wine("wine").args(["reg", "add", &key, "/v", name, "/d", value, "/f"]));
            }
            done(desk.wine("wineserver").arg("-k"));
        }
        // The first program waits until the desktop is there.
        desk.hand(&["look"]);
        desk.person(&["mousemove", "5", "760"]);
        desk
    }

    fn wine(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("WINEPREFIX", &self.prefix).env("DISPLAY", &self.inner).env("WINEDEBUG", "-all");
        command.env("WINEDLLOVERRIDES", "mscoree,mshtml=").stderr(Stdio::null());
        command
    }

    /// The person's hand.
    pub fn person(&self, action: &[&str]) {
        done(Command::new("xdotool").args(action).env("DISPLAY", &self.outer));
    }

    /// The person moves the pointer to the middle of a control and clicks.
    pub fn person_clicks(&self, control: u16) {
        let [x, y] = self.middle(control).map(|n| n.to_string());
        // A hand passes over what lies before, and not in no time: of two moves in flight to two processes, Wine may believe the older one,
        // and then it drops the press.
        let moves =
            ["mousemove", "5", "700", "sleep", "0.1", "mousemove", &x, &y, "sleep", "0.1", "click", "1"];
        self.person(&moves);
    }

    /// Another program of this Windows: what it prints.
    pub fn hand(&self, action: &[&str]) -> String {
        let out = self.wine("wine").arg(&self.hand).args(action).output().unwrap();
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    /// Another program of this Windows hears each click too, and lets it go on a second and a half later, for as long as it runs.
    pub fn dawdles(&self) -> Child {
        let mut child =
            self.wine("wine").arg(&self.hand).arg("dawdle").stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said.trim(), "set");
        child
    }

    /// A program clicks on a control.
    pub fn program_clicks(&self, control: u16) {
        let [x, y] = self.middle(control).map(|n| n.to_string());
        self.hand(&["click", &x, &y]);
    }

    fn middle(&self, control: u16) -> [i32; 2] {
        let [x, y, w, h] = self.place(control);
        [x + w / 2, y + h / 2]
    }

    /// Where a control is; the window, if it is 0.
    pub fn place(&self, control: u16) -> [i32; 4] {
        let mut place = None;
        wait_until("the window", || {
            let said = self.hand(&["where", &control.to_string()]);
            let numbers: Vec<i32> = said.split(' ').filter_map(|n| n.trim().parse().ok()).collect();
            place = numbers.try_into().ok();
            place.is_some()
        });
        place.unwrap()
    }

    pub fn text(&self, control: u16) -> String {
        self.hand(&["text", &control.to_string()])
    }

    /// A control's class, and whether it is enabled, focused, checked: what a screen reader says of it.
    pub fn state(&self, control: u16) -> String {
        self.hand(&["state", &control.to_string()])
    }

    /// Starts the program with its first message.
    pub fn start<In: Wire, Out: Wire + Send + 'static>(&self, mode: &str, first: &In) -> Prompt<Out> {
        let mut command = self.wine("wine");
        command.arg(program()).arg(mode);
        Prompt::start(command, first)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.wine("wineserver").arg("-k").status();
        for server in &mut self.servers {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// The consent program for Windows.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(3).unwrap();
    // As `tests/src/wine.rs` has it.
    let kind = std::env::var("AVAL_WINDOWS_PROGRAMS").unwrap_or_else(|_| "debug".to_owned());
    let program = target.join("windows/x86_64-win7-windows-gnu").join(kind).join("aval-agent-prompt.exe");
    assert!(program.is_file(), "{} is missing: packaging/windows/build --quick makes it", program.display());
    program
}

fn done(command: &mut Command) {
    let status = command.stdout(Stdio::null()).status();
    let name = command.get_program().to_string_lossy().into_owned();
    assert!(status.unwrap_or_else(|e| panic!("{name}: {e}")).success(), "{command:?}");
}
