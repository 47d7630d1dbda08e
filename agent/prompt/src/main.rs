//! The consent window and the banner: a program of its own, one process per question and one per banner, so that its death
//! means no and its toolkit stays out of the agent.
//!
//! It reads one question or banner from standard input, writes the answer to standard output, and ends when its input ends.
//! No argument and no variable answers, skips or shortens a question.
#![cfg_attr(windows, windows_subsystem = "windows")]

use std::io::Write as _;
use std::process::ExitCode;

#[cfg(any(target_os = "linux", windows))]
mod clock;
#[cfg(any(target_os = "linux", windows))]
mod hands;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(target_os = "linux", windows))]
mod look;
#[cfg(any(target_os = "linux", windows))]
mod pipe;
#[cfg(any(target_os = "linux", windows))]
mod question;
#[cfg(any(target_os = "linux", windows))]
mod showing;
#[cfg(any(windows, test))]
#[cfg_attr(not(windows), allow(dead_code, reason = "its rules are tested on every system"))]
mod strokes;
#[cfg(windows)]
mod windows;

const HELP: &str = "\
aval-agent-prompt: asks the person at this PC, or shows who is connected. Started by aval-agent, not by hand.

  aval-agent-prompt ask [--terminal]      one question on standard input, one answer on standard output
  aval-agent-prompt banner [--terminal]   one banner until standard input ends
  aval-agent-prompt list                  one version of the equipment list on standard input, one answer on standard output
  aval-agent-prompt attach                one attachment on standard input, one answer on standard output (Windows)
  aval-agent-prompt secret                one question for a secret on standard input, one sealed answer on standard output
";

#[derive(Clone, Copy)]
#[cfg_attr(not(any(target_os = "linux", windows)), allow(dead_code, reason = "other systems have no body"))]
enum Mode {
    Ask { terminal: bool },
    Banner { terminal: bool },
    List,
    Secret,
    Attach,
}

fn main() -> ExitCode {
    // A thread that panics must not leave a window behind that nobody listens to.
    std::panic::set_hook(Box::new(|panic| {
        complain(&format!("failed: {panic}"));
        std::process::exit(101);
    }));
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mode = match arguments[..] {
        ["ask"] => Mode::Ask { terminal: false },
        ["ask", "--terminal"] => Mode::Ask { terminal: true },
        // Without a display nothing is seen that would have to be masked.
        ["secret"] => Mode::Secret,
        ["list"] => Mode::List,
        ["attach"] => Mode::Attach,
        ["banner"] => Mode::Banner { terminal: false },
        ["banner", "--terminal"] => Mode::Banner { terminal: true },
        ["--help" | "-h"] => {
            return if write!(std::io::stdout(), "{HELP}").is_ok() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
        _ => {
            complain(HELP);
            return ExitCode::from(2);
        }
    };
    match run(mode) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
fn run(mode: Mode) -> anyhow::Result<()> {
    linux::run(mode)
}

#[cfg(windows)]
fn run(mode: Mode) -> anyhow::Result<()> {
    windows::run(mode)
}

/// Ends without an answer, which the session process takes for a no.
#[cfg(not(any(target_os = "linux", windows)))]
fn run(_: Mode) -> anyhow::Result<()> {
    anyhow::bail!("cannot ask on this system yet, so the answer is no")
}

/// Says it on standard error if somebody still listens there.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "aval-agent-prompt: {text}");
}
