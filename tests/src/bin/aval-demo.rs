//! The main job from end to end with the real programs: enrol, approve, refuse by the contract, ask, share, type, end, verify.
//!
//! With `--script` nobody's help is needed: the person at the PC is the outer X server's mouse and keyboard, the technician is the
//! console's own steps. Without it the person is you: the question comes up on your display. There is no third way; what a
//! session needs, this needs. It succeeds only if every step was seen.

#![allow(clippy::print_stdout, reason = "a demo says what it sees")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use aval_tests::desk::{Desk, Window};
use aval_tests::stage::{FIRM, Stage, Technician};
use aval_tests::world::{
    CONTRACT, MACHINE, PROMPT, accept_button, answer_yes, banner, contract, desktop_ready, editor,
    except_if_closed, press_end, request, service, session_process,
};
use serde_json::{Value, json};

const SENTENCE: &str = "Télémaintenance : ça marche, l’œuvre d’été à 120 € est prête !";
const LAPSED: &str = "C-2019-003";

/// Says what is seen, and when.
struct Teller {
    begun: Instant,
    last: Instant,
    seen: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut script = false;
    let mut out = PathBuf::from("demo-out");
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match (word.as_str(), words.as_slice().first()) {
            ("--script", _) => script = true,
            ("--out", Some(dir)) => {
                out = PathBuf::from(dir);
                words.next();
            }
            _ => {
                eprintln!("usage: demo [--script] [--out DIR]");
                return ExitCode::from(2);
            }
        }
    }
    match run(script, &out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\ndemo: {error:#}\nThe programs' logs are in {}.", out.display());
            ExitCode::FAILURE
        }
    }
}

fn run(script: bool, out: &Path) -> Result<()> {
    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("{} can't be emptied", out.display()))?;
    }
    let out = std::path::absolute(out)?;
    let mut stage = Stage::new(&out.join("world"))?;
    let mut tell = Teller::new();
    prepare(&mut stage, &mut tell)?;
    match (script, std::env::var_os("DISPLAY")) {
        (false, Some(display)) => by_hand(&mut stage, &mut tell, &display.to_string_lossy())?,
        _ => by_script(&mut stage, &mut tell, &out)?,
    }
    journals(&stage, &mut tell)?;
    quiet(&stage, &mut tell)?;
    println!("\n{} steps seen in {:.1} s.", tell.seen, tell.begun.elapsed().as_secs_f64());
    Ok(())
}

/// The firm, its contracts, the relay, two machines.
fn prepare(stage: &mut Stage, tell: &mut Teller) -> Result<()> {
    stage.found()?;
    tell.saw(&format!("a firm ({FIRM}), its relay, a technician and a manager have keys of their own"));
    contract(stage, CONTRACT, "Cabinet Leroy", "2026-01-05")?;
    contract(stage, LAPSED, "Garage Morel", "2019-03-01")?;
    let letter = ["notice", "--by", "client", "--sent", "2020-10-01", "--received", "2020-10-03"];
    let letter = [&["contract"], &letter[..], &["--proof", "1A 234 567 8901 2"]].concat();
    stage.run("aval-relay", &[&letter[..], &["--data", "relay", "--id", LAPSED]].concat())?;
    tell.saw(&format!("{CONTRACT} is in force; {LAPSED} was ended by a registered letter"));
    stage.start_relay()?;
    tell.saw("the relay serves on one UDP port, with SQLite");
    for (home, contract) in [(MACHINE, CONTRACT), ("old", LAPSED)] {
        let said = stage.enrol(home, contract)?;
        ensure!(
            said.contains("Rattachement à"),
            "the person was not told to whom the PC is attached: {said}"
        );
    }
    tell.saw("two PCs were attached with single-use codes, each after a typed yes");
    Ok(())
}

/// Approves, and shows what the gate refuses on the way.
fn gate(stage: &mut Stage, tell: &mut Teller) -> Result<String> {
    let old = service(stage, "old")?;
    let machine = service(stage, MACHINE)?;
    let codes = refused(stage, &machine)?;
    ensure!(
        codes.contains(&"AGENT_PENDING".to_owned()),
        "a machine nobody approved was not refused: {codes:?}"
    );
    tell.saw("a machine that no manager has approved is refused");
    for agent in [&old, &machine] {
        stage.run("aval-console", &["--home", "manager", "approve", agent])?;
    }
    tell.saw("a manager approved both with a signature");
    let codes = refused(stage, &old)?;
    ensure!(codes.contains(&"LAPSED".to_owned()), "the ended contract was not refused: {codes:?}");
    tell.saw(&format!("the ended contract is refused: {} (article 6.3)", codes.join(", ")));
    // Outside support hours the gate says so, and a manager's exception is the way through; inside, there is nothing to except.
    if except_if_closed(stage, &machine)? {
        tell.saw("outside support hours: refused (article 4.2), then a manager’s exception with its reason");
    } else {
        tell.saw("inside support hours (article 4.2): no exception is needed");
    }
    Ok(machine)
}

/// The codes of a refusal by the gate.
fn refused(stage: &Stage, machine: &str) -> Result<Vec<String>> {
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

/// Nobody helps: Xephyr in Xvfb, the person's hand on the outer server.
fn by_script(stage: &mut Stage, tell: &mut Teller, out: &Path) -> Result<()> {
    let mut desk = Desk::open()?;
    let window = editor(&mut desk, &stage.path(""))?;
    tell.saw("a desk with a window manager and a text editor (Xephyr in Xvfb)");
    session_process(stage, desk.display())?;
    let machine = gate(stage, tell)?;
    desktop_ready(stage)?;

    let mut technician = stage.technician(&request(&machine))?;
    let permitted = technician.wait("permitted")?;
    tell.saw(&format!("the gate permits; the line was measured: {}", permitted["line"]));
    let code = technician.wait("match-code")?;
    let code = digits(&code["code"]);
    technician.wait("asking")?;
    desk.until("the match code on the person's screen", |desk| {
        // Looked for each time: a window manager moves a new window.
        let seen = desk.read(out, desk.window(PROMPT)?, None)?;
        Ok(seen.chars().filter(char::is_ascii_digit).collect::<String>().contains(&code).then_some(()))
    })?;
    desk.picture(&out.join("question.png"))?;
    tell.saw(&format!(
        "both sides show the same match code, {code}; the question is read off the person’s screen"
    ));

    program_in_vain(&desk)?;
    answer_yes(&desk, &mut technician)?;
    tell.saw("a program’s clicks do nothing; the person ticked control and accepted with the mouse");
    banner(&desk)?;

    type_and_read(&desk, window, &mut technician)?;
    desk.picture(&out.join("client.png"))?;
    tell.saw(&format!("the technician typed, and the editor holds: {SENTENCE}"));

    press_end(&desk)?;
    let ended = technician.wait("ended")?;
    ensure!(ended["reason"] == "ENDED_BY_PERSON", "the session ended otherwise: {ended}");
    technician.exit()?;
    tell.saw("the person ended it with the banner’s button");
    Ok(())
}

/// A program clicks and types on the consent window, in vain.
fn program_in_vain(desk: &Desk) -> Result<()> {
    sleep(Duration::from_secs(4));
    let (x, y) = accept_button(desk.window(PROMPT)?);
    desk.program(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"])?;
    desk.program(&["key", "Tab", "Return"])?;
    sleep(Duration::from_millis(800));
    ensure!(desk.find(PROMPT)?.is_some(), "a program answered the question");
    Ok(())
}

fn type_and_read(desk: &Desk, editor: Window, technician: &mut Technician) -> Result<()> {
    let (x, y) = (editor.x + editor.width / 2, editor.y + editor.height / 2);
    technician.step(&json!({ "do": "wait-for-still", "for_ms": 400, "within_ms": 20_000 }))?;
    technician.step(&json!({ "do": "click", "x": x, "y": y }))?;
    technician.step(&json!({ "do": "type", "text": SENTENCE }))?;
    technician.step(&json!({
        "do": "wait-for-change", "x": editor.x.max(0), "y": editor.y.max(0), "width": editor.width, "height": editor.height,
        "within_ms": 10_000
    }))?;
    technician.step(&json!({ "do": "wait-for-still", "for_ms": 400, "within_ms": 20_000 }))?;
    desk.until("the sentence in the editor", |desk| {
        Ok((desk.copy_all()?.trim_end() == SENTENCE).then_some(()))
    })
}

/// You are the person: the question comes up on your display.
fn by_hand(stage: &mut Stage, tell: &mut Teller, display: &str) -> Result<()> {
    session_process(stage, display)?;
    let machine = gate(stage, tell)?;
    desktop_ready(stage)?;
    let mut technician = stage.technician(&request(&machine))?;
    technician.wait("permitted")?;
    let code = technician.wait("match-code")?;
    println!(
        "\nThe technician reads out {}. Compare it with your screen, then answer the question there.",
        digits(&code["code"])
    );
    technician.wait("granted")?;
    tell.saw("you said yes; click into a text editor if you gave control: in 5 s the technician types one sentence");
    sleep(Duration::from_secs(5));
    if let Err(error) = technician.step(&json!({ "do": "type", "text": SENTENCE })) {
        println!("nothing was typed: {error:#}");
    }
    println!("End the session with the banner’s button.");
    let ended = technician.wait("ended")?;
    tell.saw(&format!("the session is over: {}", ended["reason"]));
    Ok(())
}

/// Both journals hold, and each has seen the other's end.
fn journals(stage: &Stage, tell: &mut Teller) -> Result<()> {
    stage.run("aval-agent", &["register", "verify", "--home", MACHINE])?;
    let register = stage.run("aval-agent", &["register", "--home", MACHINE])?;
    ensure!(
        register.contains("Sophie") || register.contains("sophie.martin"),
        "who was there is not in the register"
    );
    let rows = stage.machines()?;
    let ours = rows.iter().find(|row| row["contract"] == CONTRACT).context("the machine is listed")?;
    let agent = ours["agent"].as_str().context("it has a name")?;
    stage.run("aval-console", &["--home", "manager", "journal", "verify", "--machine", agent])?;
    tell.saw("the PC’s register and the relay’s journal verify, hash by hash and signature by signature");
    Ok(())
}

/// A run without trouble logs none.
fn quiet(stage: &Stage, tell: &mut Teller) -> Result<()> {
    for log in ["relay", "agent", "old", "session", "console"] {
        let text = fs::read_to_string(stage.path(&format!("{log}.log"))).unwrap_or_default();
        if let Some(line) = text.lines().find(|line| line.contains(" WARN ") || line.contains(" ERROR ")) {
            bail!("{log} logged trouble: {line}");
        }
    }
    tell.saw("no program logged a warning or an error");
    Ok(())
}

fn digits(code: &Value) -> String {
    let text = code.as_str().map_or_else(|| code.to_string(), str::to_owned);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    format!("{digits:0>6}")
}

// === impl Teller

impl Teller {
    #[allow(clippy::disallowed_methods, reason = "the demo says how long each step took")]
    fn new() -> Self {
        let now = Instant::now();
        Self { begun: now, last: now, seen: 0 }
    }

    #[allow(clippy::disallowed_methods, reason = "the demo says how long each step took")]
    fn saw(&mut self, what: &str) {
        let now = Instant::now();
        self.seen += 1;
        println!("[{:5.1} s] {what}", now.duration_since(self.last).as_secs_f64());
        self.last = now;
    }
}
