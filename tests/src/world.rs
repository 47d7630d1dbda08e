//! A session's world put together from real programs: relay, attached and approved machine, a desk with a person, a technician.

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::desk::{Desk, HEIGHT, WIDTH, Window};
use crate::stage::{Stage, Technician};
use crate::wine::Wine;

/// The contract in force.
pub const CONTRACT: &str = "C-2026-014";
/// The machine's folder, and the label of its service.
pub const MACHINE: &str = "agent";
/// The consent window's and the banner's class.
pub const PROMPT: &str = "aval-agent-prompt";
/// From the lower left corner of the consent window to its Accept button.
const ACCEPT: (i32, i32) = (238, -44);
/// The same to the box for control.
const CONTROL: (i32, i32) = (44, -131);

/// And in the window on Windows.
const CONTROL_ON_WINDOWS: (i32, i32) = (28, -112);

/// Some seconds pass between two presses: longer than the product takes for an end.
const LOOKS_PER_PRESS: u32 = 60;

/// Everything up to the moment when a technician asks.
#[derive(Debug)]
pub struct World {
    /// The programs.
    pub stage: Stage,
    /// The person's screen and hands.
    pub desk: Desk,
    /// The machine's identifier.
    pub machine: String,
}

// === impl World

impl World {
    /// Founds, starts, attaches and approves everything in a folder; outside support hours with a manager's exception.
    ///
    /// # Errors
    /// When any of it fails.
    pub fn open(dir: &Path) -> Result<Self> {
        Self::open_on(Stage::new(dir)?)
    }

    /// The same on a stage with settings of its own.
    ///
    /// # Errors
    /// When any of it fails.
    pub fn open_on(stage: Stage) -> Result<Self> {
        Self::sized(stage, (WIDTH, HEIGHT))
    }

    /// The same on a screen of that size.
    ///
    /// # Errors
    /// When any of it fails.
    pub fn sized(stage: Stage, size: (u16, u16)) -> Result<Self> {
        Self::excepted(stage, size, 30, None)
    }

    /// The same, outside support hours with an exception of so many minutes, and with a relay that has these settings.
    ///
    /// # Errors
    /// When any of it fails.
    pub fn excepted(
        stage: Stage,
        (width, height): (u16, u16),
        minutes: u32,
        settings: Option<&str>,
    ) -> Result<Self> {
        Self::with(stage, Desk::sized(width, height)?, minutes, settings)
    }

    /// The same with a client who has Windows.
    ///
    /// # Errors
    /// When any of it fails.
    pub fn windows(dir: &Path) -> Result<Self> {
        Self::windows_with(dir, |_| Ok(()))
    }

    /// The same, with something done to Windows before our programs start.
    ///
    /// # Errors
    /// As [`windows`](Self::windows), or what that says.
    pub fn windows_with(dir: &Path, change: impl FnOnce(&Wine) -> Result<()>) -> Result<Self> {
        let (stage, desk) = windows(dir)?;
        stage.wine.as_ref().map_or(Ok(()), change)?;
        Self::attached(stage, desk, 30)
    }

    fn with(mut stage: Stage, desk: Desk, minutes: u32, settings: Option<&str>) -> Result<Self> {
        served(&mut stage, settings)?;
        Self::attached(stage, desk, minutes)
    }

    fn attached(mut stage: Stage, desk: Desk, minutes: u32) -> Result<Self> {
        stage.enrol(MACHINE, CONTRACT)?;
        let machine = service(&mut stage, MACHINE)?;
        session_process(&mut stage, desk.display())?;
        stage.run("aval-console", &["--home", "manager", "approve", &machine])?;
        except_if_closed(&stage, &machine, minutes)?;
        desktop_ready(&mut stage)?;
        Ok(Self { stage, desk, machine })
    }

    /// A technician asks for view and control, and the person grants both.
    ///
    /// # Errors
    /// When it does not come to that.
    pub fn granted(&self) -> Result<Technician> {
        let mut technician = self.stage.technician(&request(&self.machine))?;
        technician.wait("asking")?;
        answer_yes(&self.desk, &mut technician)?;
        Ok(technician)
    }

    /// The banner, once it is there.
    ///
    /// # Errors
    /// When it does not come.
    pub fn banner(&self) -> Result<Window> {
        banner(&self.desk)
    }
}

/// A firm with a contract and a relay that serves, and a client's Windows before a desk, with nothing of ours on it yet.
///
/// # Errors
/// When any of it fails.
pub fn windows(dir: &Path) -> Result<(Stage, Desk)> {
    let (mut stage, desk) = (Stage::new(dir)?, Desk::open()?);
    stage.wine = Some(Wine::start(stage.programs(), desk.display())?);
    served(&mut stage, None)?;
    Ok((stage, desk))
}

fn served(stage: &mut Stage, settings: Option<&str>) -> Result<()> {
    stage.found()?;
    if let Some(settings) = settings {
        std::fs::write(stage.path("relay").join("relay.toml"), settings)?;
    }
    contract(stage, CONTRACT, "Cabinet Leroy", "2026-01-05")?;
    stage.start_relay()
}

/// A contract of that client in Île-de-France, signed on that day.
///
/// # Errors
/// When the relay's program refuses.
pub fn contract(stage: &Stage, id: &str, client: &str, signed: &str) -> Result<()> {
    let command = ["contract", "new", "--data", "relay", "--id", id, "--client", client, "--signed", signed];
    stage.run("aval-relay", &[&command[..], &["--postal", "94200"]].concat()).map(drop)
}

/// Starts a machine's service and waits until the relay sees it; its identifier.
///
/// # Errors
/// When it does not come on line.
pub fn service(stage: &mut Stage, home: &str) -> Result<String> {
    let before = online(stage)?;
    let mut service = stage.program("aval-agent");
    service.args(["service", "--home", home, "--socket", &stage.socket(home)]);
    stage.start(home, service)?;
    let mut found = None;
    stage.until("the machine to be on line", |stage| {
        found = online(stage)?.into_iter().find(|agent| !before.contains(agent));
        Ok(found.is_some())
    })?;
    found.context("it is there")
}

/// The machines that are on line.
///
/// # Errors
/// When the console fails.
pub fn online(stage: &Stage) -> Result<Vec<String>> {
    let rows = stage.machines()?;
    let online = rows.iter().filter(|row| row["online"] == true);
    Ok(online.filter_map(|row| row["agent"].as_str().map(str::to_owned)).collect())
}

/// A technician types in the place of what an editor holds, and copies all of it, again until it is exactly that: while no sign of life
/// comes from a busy machine the picture is hidden for a moment, and what was on its way is dropped.
///
/// # Errors
/// When it is never there, or a step fails.
pub fn types(desk: &Desk, technician: &mut Technician, editor: Window, text: &str) -> Result<()> {
    desk.until(&format!("{text:?} in the editor"), |desk| {
        replace(technician, editor, text)?;
        for key in ["KeyA", "KeyC"] {
            with_control(technician, key)?;
        }
        Ok((desk.soon_copied(text)? && desk.clipboard()?.trim_end_matches('\n') == text).then_some(()))
    })
}

/// A technician clicks into an editor and types in the place of all that it holds.
///
/// # Errors
/// When a step fails.
pub fn replace(technician: &mut Technician, editor: Window, text: &str) -> Result<()> {
    let (x, y) = (editor.x + editor.width / 2, editor.y + editor.height / 2);
    technician.step(&json!({ "do": "click", "x": x, "y": y }))?;
    with_control(technician, "KeyA")?;
    technician.step(&json!({ "do": "type", "text": text })).map(drop)
}

/// A technician presses a key while Ctrl is held.
///
/// # Errors
/// When the step fails.
pub fn with_control(technician: &mut Technician, key: &str) -> Result<()> {
    technician.step(&json!({ "do": "key", "key": key, "mods": ["ControlLeft"] })).map(drop)
}

/// A technician asks to come back once after a restart, and the person allows it.
///
/// # Errors
/// When it does not come to that.
pub fn allow_return(desk: &Desk, technician: &mut Technician) -> Result<()> {
    technician.begin(&json!({ "do": "ask-return" }))?;
    let (x, y) = accept_button(read_question(desk)?);
    desk.click(x, y)?;
    // Their hand is at work, which is told too.
    let mut notice = technician.wait("notice")?;
    while notice["what"] == "local-input" {
        notice = technician.wait("notice")?;
    }
    ensure!(notice["what"] == "return" && notice["allowed"] == true, "{notice}");
    Ok(())
}

/// The person refuses the question that is there. A window that has just come takes no keys yet.
///
/// # Errors
/// When no question is there, or it stays.
pub fn refuse(desk: &Desk) -> Result<()> {
    question(desk)?;
    desk.until("the question to be answered", |desk| {
        desk.person(&["key", "Escape"])?;
        Ok(desk.find(PROMPT)?.is_none().then_some(()))
    })
}

/// Neither question nor banner is left on the person's screen.
///
/// # Errors
/// When one stays.
pub fn nothing_shown(desk: &Desk) -> Result<()> {
    desk.until("an empty screen", |desk| Ok(desk.find(PROMPT)?.is_none().then_some(())))
}

/// The technician hears of the end, for one of these reasons.
///
/// # Errors
/// When it is another one, or none comes.
pub fn ended(technician: &mut Technician, reasons: &[&str]) -> Result<()> {
    let ended = technician.wait("ended")?;
    let reason = ended["reason"].as_str().context("an end has a reason")?;
    ensure!(reasons.contains(&reason), "not {reasons:?}: {ended}");
    technician.exit().map(drop)
}

/// Starts the person's session process on a display.
///
/// # Errors
/// When it cannot be started.
pub fn session_process(stage: &mut Stage, display: &str) -> Result<()> {
    let mut session = stage.program("aval-agent");
    let socket = stage.socket(MACHINE);
    session.args(["session", "--socket", &socket, "--display", display]).env("DISPLAY", display);
    stage.start("session", session)
}

/// Waits until the session process has told the service what desktop it is in.
///
/// # Errors
/// When it does not.
pub fn desktop_ready(stage: &mut Stage) -> Result<()> {
    stage.until("the desktop", |stage| {
        let said = stage.run("aval-agent", &["status", "--home", MACHINE, "--json"])?;
        Ok(serde_json::from_str::<Value>(&said).is_ok_and(|status| status["desktop"] == true))
    })
}

/// Outside support hours, a manager's exception with its reason; whether it was needed.
///
/// # Errors
/// When the console fails.
pub fn except_if_closed(stage: &Stage, machine: &str, minutes: u32) -> Result<bool> {
    let explain = ["--home", "technician", "explain", "--machine", machine, "--json", "--reference", "appel"];
    let closed = stage.run("aval-console", &explain)?.contains("OUT_OF_HOURS");
    if closed {
        let reason = "démonstration hors des heures, demandée par M. Leroy";
        let except = ["--home", "manager", "exception", "--machine", machine, "--reason", reason];
        stage.run("aval-console", &[&except[..], &["--minutes", &minutes.to_string()]].concat())?;
    }
    Ok(closed)
}

/// What a technician asks for: view and control, at the client's request.
pub fn request(machine: &str) -> [&str; 6] {
    ["--machine", machine, "--capabilities", "view,control", "--reference", "appel de M. Leroy, 10 h 12"]
}

/// The codes of a refusal by the gate.
///
/// # Errors
/// When it is not refused, or not as it should be.
pub fn refused(stage: &Stage, machine: &str) -> Result<Vec<String>> {
    let mut technician = stage.technician(&request(machine))?;
    let event = technician.wait("refused")?;
    for reason in event["reasons"].as_array().context("a refusal has reasons")? {
        ensure!(
            reason["fr"].as_str().is_some_and(|s| !s.is_empty()) && reason["en"].is_string(),
            "a reason without its sentences: {reason}"
        );
    }
    ensure!(technician.exit()? == Some(3), "a refusal by the gate exits with 3");
    let reasons = event["reasons"].as_array().into_iter().flatten();
    Ok(reasons.filter_map(|reason| reason["code"].as_str().map(str::to_owned)).collect())
}

/// The person reads, ticks control and accepts, with the mouse.
///
/// # Errors
/// When no question is there, or the yes does not arrive.
pub fn answer_yes(desk: &Desk, technician: &mut Technician) -> Result<()> {
    agree(desk)?;
    let granted = technician.wait("granted")?;
    ensure!(
        granted["capabilities"].to_string().contains("control"),
        "control was ticked and not granted: {granted}"
    );
    Ok(())
}

/// The person's part of it; whether it counts, the technician hears.
///
/// # Errors
/// When no question is there.
pub fn agree(desk: &Desk) -> Result<()> {
    tick_and_accept(desk, CONTROL)
}

/// The same on a client's Windows.
///
/// # Errors
/// When no question is there.
pub fn agree_on_windows(desk: &Desk) -> Result<()> {
    tick_and_accept(desk, CONTROL_ON_WINDOWS)
}

/// The same where only looking was asked for.
///
/// # Errors
/// When no question is there.
pub fn agree_to_look(desk: &Desk) -> Result<()> {
    let (x, y) = accept_button(read_question(desk)?);
    desk.click(x, y)
}

fn tick_and_accept(desk: &Desk, control: (i32, i32)) -> Result<()> {
    let question = read_question(desk)?;
    desk.click(question.x + control.0, question.y + question.height + control.1)?;
    sleep(Duration::from_millis(500));
    let (x, y) = accept_button(question);
    desk.click(x, y)
}

/// The question once it could be read: before that nothing counts, and again after a program was at work.
fn read_question(desk: &Desk) -> Result<Window> {
    question(desk)?;
    sleep(Duration::from_secs(4));
    // Where the window manager has put it by now.
    question(desk)
}

/// Where the Accept button of a consent window is.
pub fn accept_button(question: Window) -> (i32, i32) {
    (question.x + ACCEPT.0, question.y + question.height + ACCEPT.1)
}

/// Where the match code of a consent window is: large, at the right of its box.
pub fn code_place(question: Window) -> Window {
    Window { x: question.x + question.width - 202, y: question.y + 128, width: 184, height: 74, ..question }
}

/// The banner, once it is there.
///
/// # Errors
/// When it does not come.
pub fn banner(desk: &Desk) -> Result<Window> {
    desk.until("the banner", |desk| Ok(desk.find(PROMPT)?.filter(is_banner)))
}

const fn is_banner(window: &Window) -> bool {
    window.height < 100
}

/// A window of the consent program that is no banner, once it is there.
///
/// # Errors
/// When none comes.
pub fn question(desk: &Desk) -> Result<Window> {
    desk.until("a question", |desk| Ok(desk.find(PROMPT)?.filter(|window| !is_banner(window))))
}

/// The person masks their screen, or shows it again, by the keyboard.
///
/// # Errors
/// When xdotool fails.
pub fn press_mask(desk: &Desk) -> Result<()> {
    desk.person(&["key", "--clearmodifiers", "ctrl+shift+F11"])
}

/// The person ends the session with the banner's button.
///
/// # Errors
/// When there is no banner.
pub fn press_end(desk: &Desk) -> Result<()> {
    let (x, y) = end_button(banner(desk)?);
    desk.click(x, y)
}

/// The same on a client's Windows, and again while the banner stays, as a person would: where the hooks of two programs hear a press, Wine
/// can take an older place of the pointer for the newest, and drops it (`WINEDEBUG=+msg`: "dropping msg 201"). That one press is enough is
/// what the consent program's own tests show.
///
/// # Errors
/// When there is no banner, or it stays.
pub fn press_end_on_windows(desk: &Desk) -> Result<()> {
    banner(desk)?;
    let mut looks = 0_u32;
    desk.until("the banner's end", |desk| {
        let Some(bar) = desk.find(PROMPT)?.filter(is_banner) else {
            return Ok((looks > 0).then_some(()));
        };
        if looks.is_multiple_of(LOOKS_PER_PRESS) {
            let (x, y) = end_button(bar);
            desk.click(x, y)?;
        }
        looks += 1;
        Ok(None)
    })
}

/// "Terminer" is the bar's last element.
const fn end_button(bar: Window) -> (i32, i32) {
    (bar.x + bar.width - 70, bar.y + bar.height / 2)
}

/// A text editor on the desk, empty; its window.
///
/// # Errors
/// When mousepad is not installed.
pub fn editor(desk: &mut Desk, home: &Path) -> Result<Window> {
    let mut editor = Command::new("mousepad");
    // Settings of its own, in memory: nothing of whoever runs this, nothing left behind.
    editor.env("HOME", home).env("GSETTINGS_BACKEND", "memory").arg("--disable-server");
    desk.start(editor)?;
    desk.window("mousepad")
}
