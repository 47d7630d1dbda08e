//! The main job from end to end with the real programs: enrol, approve, refuse by the contract, ask, share, type, end, verify.
//!
//! With `--script` nobody's help is needed: the person at the PC is the outer X server's mouse and keyboard, the technician's page
//! is in a headless browser. Without it you are both: the page opens in your browser, the question comes up on your display. There
//! is no third way; what a session needs, this needs. It succeeds only if every step was seen.

#![allow(clippy::print_stdout, reason = "a demo says what it sees")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use aval_tests::desk::Desk;
use aval_tests::stage::{FIRM, Stage};
use aval_tests::world::{
    CONTRACT, MACHINE, contract, desktop_ready, editor, except_if_closed, refused, service, session_process,
};

mod page;

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
    journals(&stage, &mut tell, script)?;
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
    if except_if_closed(stage, &machine, 30)? {
        tell.saw("outside support hours: refused (article 4.2), then a manager’s exception with its reason");
    } else {
        tell.saw("inside support hours (article 4.2): no exception is needed");
    }
    Ok(machine)
}

/// Nobody helps: Xephyr in Xvfb, the person's hand on the outer server, the technician's page in a headless browser.
fn by_script(stage: &mut Stage, tell: &mut Teller, out: &Path) -> Result<()> {
    let mut desk = Desk::open()?;
    let window = editor(&mut desk, &stage.path(""))?;
    tell.saw("a desk with a window manager and a text editor (Xephyr in Xvfb)");
    session_process(stage, desk.display())?;
    let machine = gate(stage, tell)?;
    desktop_ready(stage)?;
    stage.until("the machine's inventory", |stage| {
        let held = stage.run("aval-console", &["--home", "technician", "inventory", &machine, "--json"])?;
        Ok(held.contains("\"cpu\""))
    })?;
    page::session(stage, &desk, window, out, tell)
}

/// You are both: the technician on the page that opens, and the person whose screen it is.
fn by_hand(stage: &mut Stage, tell: &mut Teller, display: &str) -> Result<()> {
    session_process(stage, display)?;
    gate(stage, tell)?;
    desktop_ready(stage)?;
    println!(
        "\nThe technician’s page opens now. You are Sophie Martin, technician: choose the machine of « Cabinet Leroy » and ask for it.\n\
         You are also the person at that PC: the question comes up on this display. Compare the codes, answer it, look at\n\
         the banner, end the session whenever you like. Close the page’s window to finish.\n"
    );
    let mut console = stage.program("aval-console");
    console.args(["--home", "technician", "desk"]).env("DISPLAY", display);
    // The browser is told nothing of the demo's folder: its own profile is thrown away.
    let status = console.status().context("the page cannot be opened")?;
    ensure!(status.success(), "the page ended with {status}");
    tell.saw("you worked with the page, and closed it");
    Ok(())
}

/// Both journals hold, and each has seen the other's end.
fn journals(stage: &Stage, tell: &mut Teller, must: bool) -> Result<()> {
    stage.run("aval-agent", &["register", "verify", "--home", MACHINE])?;
    let register = stage.run("aval-agent", &["register", "--home", MACHINE])?;
    // By hand it is your choice whether a session is held.
    ensure!(
        !must || register.contains("Sophie") || register.contains("sophie.martin"),
        "no session is in the PC’s register"
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
