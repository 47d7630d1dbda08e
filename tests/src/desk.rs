//! A desk with a person at it: Xephyr inside Xvfb, a window manager, an editor.
//!
//! Events sent to the outer server reach the inner one as its mouse and keyboard (the person's hand); XTEST inside is a program's.
//! So a test can be the person without any door in the product. A missing tool fails the test.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// How long anything may take to appear. Never asserted, only given up after.
const PATIENCE: Duration = Duration::from_secs(45);
/// For the clipboard, before it is filled again.
const SOON: Duration = Duration::from_secs(6);
const STEP: Duration = Duration::from_millis(50);
/// The screen's size.
pub const WIDTH: u16 = 1280;
/// The screen's size.
pub const HEIGHT: u16 = 800;

/// A desk. Its servers and programs end with it.
#[derive(Debug)]
pub struct Desk {
    programs: Vec<Child>,
    outer: String,
    inner: String,
}

/// A window on the desk: its X id and where it is on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// The X id.
    pub id: u32,
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

// === impl Desk

impl Desk {
    /// Starts both servers and a window manager.
    ///
    /// # Errors
    /// When a program is missing or does not come up.
    pub fn open() -> Result<Self> {
        Self::sized(WIDTH, HEIGHT)
    }

    /// The same with a screen of that size.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn sized(width: u16, height: u16) -> Result<Self> {
        let size = format!("{width}x{height}");
        let (outer_server, outer) = server("Xvfb", &["-screen", "0", &format!("{size}x24")], None)?;
        let mut desk = Self { programs: vec![outer_server], outer, inner: String::new() };
        let (inner_server, inner) = server("Xephyr", &["-screen", &size], Some(&desk.outer))?;
        desk.programs.insert(0, inner_server);
        desk.inner = inner;
        desk.start(Command::new("openbox"))?;
        desk.until("a window manager", |desk| {
            Ok(desk
                .tool("xprop", &["-root", "_NET_SUPPORTING_WM_CHECK"])?
                .contains("window id")
                .then_some(()))
        })?;
        // Inside Xephyr's window from here on, where its keyboard and mouse are the person's.
        desk.person(&["mousemove", "5", &(height - 10).to_string()])?;
        Ok(desk)
    }

    /// The display a program of the person's is started on.
    pub fn display(&self) -> &str {
        &self.inner
    }

    /// Starts a program on the desk.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn start(&mut self, mut command: Command) -> Result<()> {
        let name = command.get_program().to_string_lossy().into_owned();
        let quiet = command.env("DISPLAY", &self.inner).env_remove("WAYLAND_DISPLAY");
        let child = quiet.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.programs.insert(0, child.with_context(|| format!("{name} cannot be started"))?);
        Ok(())
    }

    /// The outer server, whose mouse and keyboard are the person's.
    pub fn outer(&self) -> &str {
        &self.outer
    }

    /// Kills the person's X server, as a crash would.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn lose_screen(&mut self) -> Result<()> {
        // The newest program is the first, the outer server the last.
        let at = self.programs.len().checked_sub(2).context("both servers run")?;
        // Forgotten with the others when the desk is closed.
        self.programs[at].kill()?;
        self.programs[at].wait()?;
        Ok(())
    }

    /// The person's hand, as `xdotool` arguments.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn person(&self, action: &[&str]) -> Result<()> {
        xdotool(&self.outer, action)
    }

    /// The person clicks on a point of the screen.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn click(&self, x: i32, y: i32) -> Result<()> {
        self.person(&["mousemove", &x.to_string(), &y.to_string()])?;
        sleep(STEP);
        self.person(&["click", "1"])
    }

    /// A program's hand: XTEST on the desk itself.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn program(&self, action: &[&str]) -> Result<()> {
        xdotool(&self.inner, action)
    }

    /// What an X tool prints.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn tool(&self, name: &str, arguments: &[&str]) -> Result<String> {
        let out = Command::new(name)
            .args(arguments)
            .env("DISPLAY", &self.inner)
            .stderr(Stdio::null())
            .output()
            .with_context(|| format!("{name} cannot be started"))?;
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    }

    /// The title of the window that has the focus.
    ///
    /// # Errors
    /// When a tool is missing.
    pub fn title(&self) -> Result<String> {
        self.tool("xdotool", &["getactivewindow", "getwindowname"])
    }

    /// The newest visible window of that class, once there is one.
    ///
    /// # Errors
    /// When none comes.
    pub fn window(&self, class: &str) -> Result<Window> {
        self.until(&format!("a window of {class}"), |desk| desk.find(class))
    }

    /// The visible window of that class, if there is one now.
    ///
    /// # Errors
    /// When a tool is missing.
    pub fn find(&self, class: &str) -> Result<Option<Window>> {
        let ids = self.tool("xdotool", &["search", "--onlyvisible", "--classname", class])?;
        let Some(id) = ids.lines().last().and_then(|id| id.trim().parse::<u32>().ok()) else {
            return Ok(None);
        };
        let info = self.tool("xwininfo", &["-id", &id.to_string()])?;
        let number = |label: &str| {
            info.lines().find(|line| line.contains(label))?.rsplit(' ').next()?.parse::<i32>().ok()
        };
        let rect = ["upper-left X", "upper-left Y", "Width", "Height"].map(number);
        let [Some(x), Some(y), Some(width), Some(height)] = rect else { return Ok(None) };
        Ok(Some(Window { id, x, y, width, height }))
    }

    /// What the person sees, as a PNG file.
    ///
    /// # Errors
    /// When ImageMagick's `import` fails.
    pub fn picture(&self, to: &Path) -> Result<()> {
        let status =
            Command::new("import").args(["-window", "root"]).arg(to).env("DISPLAY", &self.inner).status();
        ensure!(status.context("import (ImageMagick) cannot be started")?.success(), "import failed");
        Ok(())
    }

    /// One line of text on a part of the person's screen, read as a person would: by its pixels. More than one line confuses the
    /// reader, and large letters beside small ones do.
    ///
    /// # Errors
    /// When a tool fails.
    pub fn read_line(&self, dir: &Path, part: Window) -> Result<String> {
        let (whole, cut) = (dir.join("screen.png"), dir.join("part.png"));
        self.picture(&whole)?;
        let Window { x, y, width, height, .. } = part;
        let crop = format!("{width}x{height}{x:+}{y:+}");
        let made = Command::new("convert")
            .arg(&whole)
            .args(["-crop", &crop, "+repage", "-resize", "200%", "-colorspace", "Gray"])
            .arg(&cut)
            .status();
        ensure!(made.context("convert (ImageMagick) cannot be started")?.success(), "convert failed");
        let mut tesseract = Command::new("tesseract");
        tesseract.arg(&cut).args(["-", "--psm", "7"]);
        let out = tesseract.stderr(Stdio::null()).output().context("tesseract cannot be started")?;
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    }

    /// The person selects all of the window that has the focus and copies it; the text as the clipboard holds it. For what the
    /// person typed: keys of a technician that are still on their way would replace the selection.
    ///
    /// # Errors
    /// When a tool fails.
    pub fn copy_all(&self) -> Result<String> {
        self.person(&["key", "--clearmodifiers", "ctrl+a"])?;
        sleep(STEP * 4);
        self.person(&["key", "--clearmodifiers", "ctrl+c"])?;
        sleep(STEP * 4);
        self.clipboard()
    }

    /// The text in the clipboard; nothing is touched.
    ///
    /// # Errors
    /// When a tool is missing.
    pub fn clipboard(&self) -> Result<String> {
        self.tool("xclip", &["-selection", "clipboard", "-o"])
    }

    /// Waits until the clipboard holds that text, line feeds at its end aside.
    ///
    /// # Errors
    /// That it holds something else, and what.
    pub fn copied(&self, expected: &str) -> Result<()> {
        let mut held = String::new();
        let came = self.until("what was typed, in the clipboard", |desk| {
            held = desk.clipboard()?;
            Ok((held.trim_end_matches('\n') == expected).then_some(()))
        });
        came.with_context(|| format!("expected {expected:?}, held {held:?}"))
    }

    /// Whether the clipboard comes to end in this within some seconds: a program under Wine hands it over at leisure.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn soon_copied(&self, end: &str) -> Result<bool> {
        for _ in 0..SOON.as_millis() / STEP.as_millis() {
            if self.clipboard()?.trim_end_matches('\n').ends_with(end) {
                return Ok(true);
            }
            sleep(STEP);
        }
        Ok(false)
    }

    /// Repeats a question until it is answered.
    ///
    /// # Errors
    /// The question's own, or that no answer came.
    #[allow(
        clippy::disallowed_methods,
        reason = "real programs on a real screen: only the real clock tells when to give up"
    )]
    pub fn until<T>(&self, what: &str, mut question: impl FnMut(&Self) -> Result<Option<T>>) -> Result<T> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(answer) = question(self)? {
                return Ok(answer);
            }
            sleep(STEP);
        }
        bail!("waited in vain for {what}")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for program in &mut self.programs {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

fn xdotool(display: &str, action: &[&str]) -> Result<()> {
    let status = Command::new("xdotool").args(action).env("DISPLAY", display).stdout(Stdio::null()).status();
    ensure!(status.context("xdotool cannot be started")?.success(), "xdotool {action:?} failed");
    Ok(())
}

/// Starts an X server on a display number of its own choice.
fn server(program: &str, arguments: &[&str], on: Option<&str>) -> Result<(Child, String)> {
    let mut command = Command::new(program);
    command.args(["-displayfd", "1", "-noreset", "-nolisten", "tcp"]).args(arguments);
    if let Some(display) = on {
        command.env("DISPLAY", display);
    }
    let started = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.with_context(|| format!("{program} cannot be started"))?;
    let mut number = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut number)?;
    }
    ensure!(!number.trim().is_empty(), "{program} found no free display");
    Ok((child, format!(":{}", number.trim())))
}
