//! The parent's side of the consent program: starts it, asks or shows, and takes whatever is not a timely, lawful yes for a no.
//!
//! One process per question and one per banner. Dropping a handle kills its process; a process that dies means no, or the end.

mod attach;
pub mod list;
pub mod secret;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use aval_protocol::prompt::{Answer, Ask, Banner, BannerUpdate, FromBanner, NoReason, ToBanner};
use aval_protocol::wire::{self, Inbox, Wire};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// What the program is called, in the directory of the agent itself.
const PROGRAM: &str = if cfg!(windows) { "aval-agent-prompt.exe" } else { "aval-agent-prompt" };
/// The program answers by itself when its time is over; after that much more it is taken for dead.
const GRACE: Duration = Duration::from_secs(5);
/// Events of a banner that may wait. A beat that finds no room is dropped; the lease runs out then, as it should.
const EVENTS: usize = 16;
/// Updates of a banner that may wait; the program reads 40 times a second.
const UPDATES: usize = 16;
/// What the program may know of the environment: its display, the accessibility bus, where fonts are. Nothing that changes
/// how its toolkit draws.
const ENVIRONMENT: &[&str] = &[
    "DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "AT_SPI_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
    "HOME",
    "LANG",
    "LC_ALL",
    "TERM",
    "SystemRoot",
];

/// Starts consent windows and banners.
#[derive(Clone, Debug)]
pub struct Prompter {
    program: PathBuf,
    on: PromptOn,
    display: Option<String>,
}

/// Where people are asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PromptOn {
    /// In a window on the display.
    Display,
    /// On the controlling terminal, where there is no display.
    Terminal,
}

/// Nobody can be asked on this machine.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The agent cannot tell where it is installed.
    #[error("cannot tell where aval-agent is installed: {0}")]
    OwnPath(io::Error),
    /// The program is not where the agent is.
    #[error("{} is missing: reinstall aval-agent, nobody can be asked without it", .0.display())]
    Missing(PathBuf),
    /// What would be asked can't be shown.
    #[error("the question can't be shown: {0}")]
    Unfit(String),
    /// The program does not start.
    #[error("{} does not start ({error}): nobody can be asked", .program.display())]
    Start {
        /// Which program.
        program: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// A question that is on its way to the person. Dropped, the window closes.
#[derive(Debug)]
pub struct AskHandle {
    answer: oneshot::Receiver<Answer>,
    withdraw: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// A banner on the screen. Dropped, it goes away.
#[derive(Debug)]
pub struct BannerHandle {
    events: mpsc::Receiver<BannerEvent>,
    updates: mpsc::Sender<ToBanner>,
    task: JoinHandle<()>,
}

/// What happens to a banner.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BannerEvent {
    /// It is on the screen for the first time: from now on something may be shown.
    Up,
    /// It still is. Every [`aval_protocol::prompt::BEAT`].
    Alive,
    /// The person ends the session.
    End {
        /// When the click or key was seen: the machine's monotonic clock, in ms.
        at_ms: u64,
    },
    /// The person masks the screen, or shows it again.
    Mask {
        /// Which of the two.
        on: bool,
    },
    /// The person takes mouse and keyboard back.
    TakeBack {
        /// When the click or key was seen: the machine's monotonic clock, in ms.
        at_ms: u64,
    },
    /// The banner is gone or talks nonsense. Nothing follows.
    Lost,
}

impl Prompter {
    /// The consent program beside the running one. No search path and no variable can put another in its place. A `display` that
    /// is named is the one to ask on: whoever sits before the screen that is shown decides, not somebody elsewhere.
    ///
    /// # Errors
    /// [`PromptError::OwnPath`] or [`PromptError::Missing`].
    pub fn beside_own_program(on: PromptOn, display: Option<String>) -> Result<Self, PromptError> {
        let own = std::env::current_exe().map_err(PromptError::OwnPath)?;
        let program = own.parent().unwrap_or(Path::new("/")).join(PROGRAM);
        if !program.is_file() {
            return Err(PromptError::Missing(program));
        }
        Ok(Self { program, on, display })
    }

    /// Puts a question. The answer comes from [`AskHandle::answer`].
    ///
    /// # Errors
    /// [`PromptError::Start`]: that is a no as well. Must be called inside a tokio runtime.
    pub fn ask(&self, ask: Ask) -> Result<AskHandle, PromptError> {
        let (child, stdin, stdout) = self.start("ask")?;
        let (tell, answer) = oneshot::channel();
        let (withdraw, withdrawn) = oneshot::channel();
        let task = tokio::spawn(async move {
            // The child lives until here: whatever it does after its answer, it is killed.
            let _child = child;
            let limit = ask.ttl() + GRACE;
            let verdict = tokio::select! {
                biased;
                Ok(()) = withdrawn => Answer::No(NoReason::Withdrawn),
                () = sleep(limit) => Answer::No(NoReason::PromptLost),
                answer = converse(&ask, stdin, stdout) => answer,
            };
            // Nobody listens any more: then it does not matter.
            let _ = tell.send(verdict);
        });
        Ok(AskHandle { answer, withdraw: Some(withdraw), task })
    }

    /// Shows a banner.
    ///
    /// # Errors
    /// [`PromptError::Start`]: without a banner there is no session. Must be called inside a tokio runtime.
    pub fn banner(&self, banner: Banner) -> Result<BannerHandle, PromptError> {
        let (child, stdin, stdout) = self.start("banner")?;
        let (tell, events) = mpsc::channel(EVENTS);
        let (updates, updated) = mpsc::channel(UPDATES);
        let task = tokio::spawn(async move {
            let _child = child;
            // Both end only when the program is of no use any more.
            tokio::select! {
                () = feed(banner, stdin, updated) => {}
                () = follow(stdout, &tell) => {}
            }
            let _ = tell.send(BannerEvent::Lost).await;
        });
        Ok(BannerHandle { events, updates, task })
    }

    fn start(&self, mode: &str) -> Result<(Child, ChildStdin, ChildStdout), PromptError> {
        let mut command = Command::new(&self.program);
        command.arg(mode).env_clear();
        if self.on == PromptOn::Terminal {
            command.arg("--terminal");
        }
        for name in ENVIRONMENT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        if let Some(display) = &self.display {
            command.env("DISPLAY", display);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let failed = |error| PromptError::Start { program: self.program.clone(), error };
        let mut child = command.spawn().map_err(failed)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(stdin), Some(stdout)) => Ok((child, stdin, stdout)),
            _ => Err(failed(io::Error::other("it has no pipes"))),
        }
    }
}

impl AskHandle {
    /// The person's answer. Cancel-safe; after the first return it is a no.
    pub async fn answer(&mut self) -> Answer {
        (&mut self.answer).await.unwrap_or(Answer::No(NoReason::PromptLost))
    }

    /// Takes the question back: the window closes, and the answer is a no unless it is there already.
    pub fn withdraw(&mut self) {
        if let Some(withdraw) = self.withdraw.take() {
            let _ = withdraw.send(());
        }
    }
}

impl Drop for AskHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl BannerHandle {
    /// What happens next. Cancel-safe; [`BannerEvent::Lost`] for ever after the end.
    pub async fn event(&mut self) -> BannerEvent {
        self.events.recv().await.unwrap_or(BannerEvent::Lost)
    }

    /// Changes what it says. `false` if the banner takes no updates, now or ever: its next event tells which.
    pub fn update(&self, update: BannerUpdate) -> bool {
        self.updates.try_send(ToBanner::Update(update)).is_ok()
    }

    /// Names everybody who is in the session. `false` as for [`update`](Self::update).
    pub fn name(&self, technicians: Vec<String>) -> bool {
        self.updates.try_send(ToBanner::Technicians(technicians)).is_ok()
    }
}

impl Drop for BannerHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One question, one answer. The writing half stays open until the answer: its end would withdraw the question.
async fn converse(ask: &Ask, mut stdin: ChildStdin, mut stdout: ChildStdout) -> Answer {
    let asked = async {
        stdin.write_all(&wire::encode(ask).ok()?).await.ok()?;
        read_one::<Answer>(&mut stdout, &mut Inbox::default()).await
    };
    asked.await.map_or(Answer::No(NoReason::PromptLost), |answer| ask.judge(answer))
}

/// Writes the banner and its updates; returns when the program takes no more or nobody has any.
async fn feed(banner: Banner, mut stdin: ChildStdin, mut updates: mpsc::Receiver<ToBanner>) {
    let mut next = Some(ToBanner::Show(banner));
    while let Some(message) = next {
        let Ok(frame) = wire::encode(&message) else { return };
        // A program that does not read its few bytes hangs, and its beat has stopped.
        let Ok(Ok(())) = timeout(GRACE, stdin.write_all(&frame)).await else { return };
        next = updates.recv().await;
    }
}

/// Passes on what the banner says; returns when it says nothing more or nonsense.
async fn follow(mut stdout: ChildStdout, tell: &mpsc::Sender<BannerEvent>) {
    let mut inbox = Inbox::default();
    while let Some(message) = read_one::<FromBanner>(&mut stdout, &mut inbox).await {
        let told = match message {
            FromBanner::Up => tell.send(BannerEvent::Up).await.is_ok(),
            FromBanner::End { at_ms } => tell.send(BannerEvent::End { at_ms }).await.is_ok(),
            FromBanner::Mask { on } => tell.send(BannerEvent::Mask { on }).await.is_ok(),
            FromBanner::TakeBack { at_ms } => tell.send(BannerEvent::TakeBack { at_ms }).await.is_ok(),
            FromBanner::Alive => {
                !matches!(tell.try_send(BannerEvent::Alive), Err(mpsc::error::TrySendError::Closed(_)))
            }
        };
        if !told {
            return;
        }
    }
}

/// The next message of the program; `None` for its end and for nonsense alike.
async fn read_one<M: Wire>(from: &mut ChildStdout, inbox: &mut Inbox) -> Option<M> {
    let mut bytes = [0; 256];
    loop {
        if let Some(message) = inbox.next().ok()? {
            return Some(message);
        }
        match from.read(&mut bytes).await {
            Ok(n) if n > 0 => inbox.push(&bytes[..n]),
            _ => return None,
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use aval_protocol::wire::session::{Capabilities, WorkCategory};

    use super::*;

    /// A stand-in for the program: a shell script that waits for its first message and then does this.
    fn stand_in(body: &str) -> (tempfile::TempDir, Prompter) {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join(PROGRAM);
        let script = format!("#!/bin/sh\nhead -c 1 >/dev/null\n{body}\n");
        crate::placed::program(&program, script.as_bytes());
        (dir, Prompter { program, on: PromptOn::Display, display: None })
    }

    fn ask() -> Ask {
        Ask {
            firm: "Atelier Beaurepaire Informatique".into(),
            phone: "+33199001234".into(),
            technician: "Sophie Martin".into(),
            contract: None,
            category: WorkCategory::Assistance,
            reference: "Appel de Mme Leroy".into(),
            capabilities: Capabilities::VIEW,
            minutes: 60,
            match_code: 123_456,
            ttl_s: 60,
            lang: None,
            extending: None,
            widening: None,
            returning: false,
            beside: None,
        }
    }

    fn banner() -> Banner {
        Banner {
            technicians: vec!["Sophie Martin".into()],
            firm: "Atelier Beaurepaire Informatique".into(),
            phone: "+33199001234".into(),
            capabilities: Capabilities::VIEW,
            remaining_s: 60,
            lang: None,
        }
    }

    /// A shell command that writes these messages.
    fn prints<M: Wire>(messages: &[M]) -> String {
        let bytes: Vec<u8> = messages.iter().flat_map(|m| wire::encode(m).unwrap()).collect();
        let octal: String = bytes.iter().map(|b| format!("\\{b:03o}")).collect();
        format!("printf '{octal}'")
    }

    async fn answer_of(body: &str) -> Answer {
        let (_dir, prompter) = stand_in(body);
        started(|| prompter.ask(ask())).answer().await
    }

    /// Starts it, again while another test's fork still holds the script open for writing (ETXTBSY).
    fn started<T>(start: impl Fn() -> Result<T, PromptError>) -> T {
        loop {
            match start() {
                Err(PromptError::Start { error, .. })
                    if error.kind() == io::ErrorKind::ExecutableFileBusy => {}
                other => return other.unwrap(),
            }
        }
    }

    const LOST: Answer = Answer::No(NoReason::PromptLost);

    #[tokio::test]
    async fn a_lawful_yes_is_a_yes() {
        let yes = Answer::Yes { capabilities: Capabilities::VIEW, shown_ms: 4000 };
        assert_eq!(answer_of(&prints(&[yes])).await, yes);
    }

    #[tokio::test]
    async fn whatever_else_the_program_does_is_a_no() {
        let both = Capabilities::VIEW.with(Capabilities::CONTROL);
        let more = Answer::Yes { capabilities: both, shown_ms: 4000 };
        let soon = Answer::Yes { capabilities: Capabilities::VIEW, shown_ms: 10 };
        for body in [
            "exit 0".to_owned(),
            "kill -9 $$".to_owned(),
            "echo oui".to_owned(),
            "head -c 100000 /dev/zero".to_owned(),
            "printf '\\377\\377\\377\\377\\001'".to_owned(),
            prints(&[more]),
            prints(&[soon]),
        ] {
            assert_eq!(answer_of(&body).await, LOST, "{body}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_program_that_never_answers_is_a_no() {
        assert_eq!(answer_of("exec sleep 600").await, LOST);
    }

    #[tokio::test]
    async fn a_question_taken_back_is_a_no() {
        let (_dir, prompter) = stand_in("exec sleep 600");
        let mut asked = started(|| prompter.ask(ask()));
        asked.withdraw();
        assert_eq!(asked.answer().await, Answer::No(NoReason::Withdrawn));
    }

    #[tokio::test]
    async fn the_question_is_put_on_the_display_that_is_shown() {
        let yes = Answer::Yes { capabilities: Capabilities::VIEW, shown_ms: 4000 };
        let (_dir, mut prompter) =
            stand_in(&format!("if [ \"$DISPLAY\" = :77 ]; then {}; fi", prints(&[yes])));
        assert_eq!(started(|| prompter.ask(ask())).answer().await, LOST);
        prompter.display = Some(":77".into());
        assert_eq!(started(|| prompter.ask(ask())).answer().await, yes);
    }

    #[tokio::test]
    async fn a_missing_program_is_an_error_that_says_what_to_do() {
        let program = "/nowhere/aval-agent-prompt".into();
        let prompter = Prompter { program, on: PromptOn::Display, display: None };
        assert!(matches!(prompter.ask(ask()), Err(PromptError::Start { .. })));
    }

    #[tokio::test]
    async fn a_banner_tells_of_its_life_and_of_its_end() {
        let said = [FromBanner::Up, FromBanner::Alive, FromBanner::End { at_ms: 77 }];
        let (_dir, prompter) = stand_in(&prints(&said));
        let mut banner = started(|| prompter.banner(banner()));
        assert_eq!(banner.event().await, BannerEvent::Up);
        assert_eq!(banner.event().await, BannerEvent::Alive);
        assert_eq!(banner.event().await, BannerEvent::End { at_ms: 77 });
        assert_eq!(banner.event().await, BannerEvent::Lost);
        assert_eq!(banner.event().await, BannerEvent::Lost);
    }

    #[tokio::test]
    async fn a_banner_that_talks_nonsense_is_lost() {
        let (_dir, prompter) = stand_in("echo bonjour; exec sleep 600");
        let mut banner = started(|| prompter.banner(banner()));
        assert_eq!(banner.event().await, BannerEvent::Lost);
    }
}
