//! The same question on a terminal (made by util-linux' `script`).

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

use aval_protocol::prompt::{Answer, NoReason};
use aval_protocol::wire::session::Capabilities;
use aval_protocol::wire::{self, Inbox};

use super::ask;
use super::shared::{Prompt, both, pause};

/// A terminal with the question on it.
struct Terminal {
    dir: tempfile::TempDir,
    script: Child,
    keyboard: ChildStdin,
    pipe: Option<File>,
    screen: Arc<Mutex<String>>,
}

impl Terminal {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (fifo, out) = (dir.path().join("in"), dir.path().join("out"));
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let program = env!("CARGO_BIN_EXE_aval-agent-prompt");
        let run = format!("exec {program} ask --terminal <{} >{}", fifo.display(), out.display());
        let mut script = Command::new("script")
            .args(["-qfec", &run, "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script (bsdutils) is installed");
        let screen = Arc::new(Mutex::new(String::new()));
        let (mut stdout, shown) = (script.stdout.take().unwrap(), Arc::clone(&screen));
        std::thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(n @ 1..) = stdout.read(&mut bytes) {
                shown.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..n]));
            }
        });
        let mut pipe = File::options().write(true).open(&fifo).unwrap();
        pipe.write_all(&wire::encode(&ask()).unwrap()).unwrap();
        let keyboard = script.stdin.take().unwrap();
        let terminal = Self { dir, script, keyboard, pipe: Some(pipe), screen };
        terminal.shows("2 [ ] Utiliser la souris");
        terminal
    }

    fn type_line(&mut self, line: &str) {
        self.keyboard.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    fn shows(&self, text: &str) {
        for _ in 0..600 {
            if self.screen.lock().unwrap().contains(text) {
                return;
            }
            pause(50);
        }
        panic!("{text:?} is not in {}", self.screen.lock().unwrap());
    }

    /// The answer, once the program has ended.
    fn answer(&mut self) -> Option<Answer> {
        self.script.wait().unwrap();
        let out: PathBuf = self.dir.path().join("out");
        let mut inbox = Inbox::default();
        inbox.push(&std::fs::read(out).unwrap());
        inbox.next().unwrap()
    }
}

#[test]
fn a_typed_oui_accepts_after_reading_time() {
    let mut terminal = Terminal::new();
    terminal.shows("01\u{a0}99\u{a0}00\u{a0}12\u{a0}34");
    terminal.shows("123\u{a0}456");
    terminal.type_line("oui");
    terminal.shows("Pas encore");
    terminal.type_line("2");
    terminal.shows("2 [x] Utiliser la souris");
    pause(4000);
    terminal.type_line("oui");
    let answer = terminal.answer();
    assert!(
        matches!(answer, Some(Answer::Yes { capabilities, shown_ms: 3000.. }) if capabilities == both()),
        "{answer:?}"
    );
}

#[test]
fn unticking_everything_leaves_nothing_to_accept() {
    let mut terminal = Terminal::new();
    terminal.type_line("1");
    terminal.shows("1 [ ] Voir l’écran");
    pause(4000);
    terminal.type_line("oui");
    terminal.shows("Pas encore");
    terminal.type_line("1");
    pause(300);
    terminal.type_line("oui");
    let answer = terminal.answer();
    assert!(matches!(answer, Some(Answer::Yes { capabilities: Capabilities::VIEW, .. })), "{answer:?}");
}

#[test]
fn enter_and_any_other_word_refuse() {
    for line in ["", "yes", "o", "OUI", "non"] {
        let mut terminal = Terminal::new();
        pause(3500);
        terminal.type_line(line);
        assert_eq!(terminal.answer(), Some(Answer::No(NoReason::Refused)), "{line:?}");
    }
}

#[test]
fn withdrawal_and_hang_up_are_a_no() {
    let mut terminal = Terminal::new();
    terminal.pipe = None;
    assert_eq!(terminal.answer(), Some(Answer::No(NoReason::Withdrawn)));

    let mut terminal = Terminal::new();
    terminal.script.kill().unwrap();
    assert!(!matches!(terminal.answer(), Some(Answer::Yes { .. })));
}

#[test]
fn no_terminal_is_a_no_with_an_error() {
    let mut command = Command::new("setsid");
    command.args(["--wait", env!("CARGO_BIN_EXE_aval-agent-prompt"), "ask", "--terminal"]);
    let mut prompt = Prompt::<Answer>::start(command, &ask());
    assert_eq!(prompt.next(), Answer::No(NoReason::PromptLost));
    assert_eq!(prompt.exit(), Some(1));
}
