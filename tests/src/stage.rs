//! The whole product as its users run it: real programs, real files, a fictional firm, on this machine.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use serde_json::Value;

use crate::wine::Wine;

/// The fictional firm.
pub const FIRM: &str = "Atelier Beaurepaire Informatique";
/// Its telephone number, of the range that the French regulator keeps for fiction (ARCEP decision 2018-0881: 01 99 00 xx xx).
pub const PHONE: &str = "+33199001234";
/// How long anything may take; never asserted, only given up after.
const PATIENCE: Duration = Duration::from_secs(90);

/// Programs and files of one world. Everything in it ends with it.
#[derive(Debug)]
pub struct Stage {
    dir: PathBuf,
    bin: PathBuf,
    port: u16,
    running: Vec<(String, Child)>,
    /// What the programs log, as `AVAL_LOG` has it.
    pub log: &'static str,
    /// Where the relay keeps its record, if not in its folder.
    pub store: Option<String>,
    /// The client's Windows: the agent then runs there.
    pub wine: Option<Wine>,
}

/// A technician at the console: events come as JSON, steps go as JSON.
#[derive(Debug)]
pub struct Technician {
    child: Child,
    steps: Option<ChildStdin>,
    events: Receiver<Value>,
    /// Every event so far.
    pub heard: Vec<Value>,
}

// === impl Stage

impl Stage {
    /// An empty world in this folder, for the programs beside the running one.
    ///
    /// # Errors
    /// When the programs were not built, or no port is free.
    pub fn new(dir: &Path) -> Result<Self> {
        let bin = programs()?;
        fs::create_dir_all(dir)?;
        let port = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
        let (running, store, wine) = (Vec::new(), None, None);
        Ok(Self { dir: dir.to_owned(), bin, port, running, log: "info", store, wine })
    }

    /// A file or folder of the world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Where the relay listens.
    pub fn relay_address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// One of the programs, not started yet, in the world's folder and with its own home.
    pub fn program(&self, name: &str) -> Command {
        let client = self.wine.as_ref().filter(|_| name == "aval-agent");
        let mut command = client.map_or_else(|| Command::new(self.bin.join(name)), |wine| wine.program(name));
        command
            .current_dir(&self.dir)
            .env("HOME", &self.dir)
            .env("AVAL_LOG", self.log)
            .env("XDG_RUNTIME_DIR", &self.dir)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("XDG_SESSION_TYPE");
        if let Some(wine) = client {
            wine.dress(&mut command);
        }
        command
    }

    /// Where the two parts of a machine's agent meet.
    pub fn socket(&self, home: &str) -> String {
        match self.wine {
            Some(_) => format!(r"\\.\pipe\aval-{home}-{}", self.port),
            None => format!("{home}/agent.sock"),
        }
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn output(&self, name: &str, arguments: &[&str]) -> Result<Output> {
        self.program(name)
            .args(arguments)
            .args(self.place(name, arguments))
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("{name} cannot be started"))
    }

    fn place(&self, name: &str, arguments: &[&str]) -> Vec<String> {
        let opens = name == "aval-relay" && arguments.contains(&"--data") && !arguments.contains(&"--store");
        self.store.iter().filter(|_| opens).flat_map(|place| ["--store".to_owned(), place.clone()]).collect()
    }

    /// Runs a program that must succeed; what it printed.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(&self, name: &str, arguments: &[&str]) -> Result<String> {
        let out = self.output(name, arguments)?;
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        if out.status.success() {
            return Ok(said);
        }
        bail!("{name} {arguments:?} failed ({}):\n{said}{}", out.status, String::from_utf8_lossy(&out.stderr))
    }

    /// Runs a program to its end with a person at its terminal who types this.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn output_with(&self, name: &str, arguments: &[&str], typed: &str) -> Result<Output> {
        let pipes = || Stdio::piped();
        let mut program = self.program(name);
        let program = program.args(arguments).stdin(pipes()).stdout(pipes()).stderr(pipes());
        let mut child = program.spawn().with_context(|| format!("{name} cannot be started"))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that asks nothing may have ended already.
            let _ = stdin.write_all(typed.as_bytes());
        }
        Ok(child.wait_with_output()?)
    }

    /// The same for a program that must succeed; what it printed.
    ///
    /// # Errors
    /// When it fails.
    pub fn run_with(&self, name: &str, arguments: &[&str], typed: &str) -> Result<String> {
        let out = self.output_with(name, arguments, typed)?;
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        ensure!(out.status.success(), "{name} failed:\n{said}{}", String::from_utf8_lossy(&out.stderr));
        Ok(said)
    }

    /// The folder of the product's programs.
    pub fn programs(&self) -> &Path {
        &self.bin
    }

    /// What a program that stays has logged so far.
    pub fn log_of(&self, label: &str) -> String {
        fs::read_to_string(self.dir.join(format!("{label}.log"))).unwrap_or_default()
    }

    /// Founds the firm and certifies relay, technician and manager, each with a key of its own.
    ///
    /// # Errors
    /// When a program fails.
    pub fn found(&self) -> Result<()> {
        self.run(
            "aval-console",
            &["firm", "init", "--name", FIRM, "--phone", PHONE, "--dir", "firm", "--no-passphrase"],
        )?;
        let firm = "firm/firm.pub";
        self.run("aval-relay", &["init", "--data", "relay", "--firm", firm, "--name", "relais-1"])?;
        self.certify("relay/request.pem", "relay", "relais-1", "Relais 1", "relay.crt")?;
        self.run("aval-relay", &["install", "--data", "relay", "relay.crt"])?;
        self.member("technician", "sophie.martin", "Sophie Martin")?;
        self.member("manager", "paul.beaurepaire", "Paul Beaurepaire")
    }

    /// A member of the firm with a folder of that role's name.
    ///
    /// # Errors
    /// When a program fails.
    pub fn member(&self, role: &str, person: &str, name: &str) -> Result<()> {
        self.member_in(role, role, person, name)
    }

    /// The same in a folder of that name.
    ///
    /// # Errors
    /// When a program fails.
    pub fn member_in(&self, folder: &str, role: &str, person: &str, name: &str) -> Result<()> {
        self.run("aval-console", &["key", "new", "--dir", folder, "--name", name, "--no-passphrase"])?;
        let certificate = format!("{folder}.crt");
        self.certify(&format!("{folder}/request.pem"), role, person, name, &certificate)?;
        self.run(
            "aval-console",
            &["key", "install", "--dir", folder, "--firm", "firm/firm.pub", &certificate],
        )?;
        fs::write(
            self.path(folder).join("console.toml"),
            format!("relay = [\"{}\"]\n", self.relay_address()),
        )?;
        Ok(())
    }

    fn certify(&self, request: &str, role: &str, person: &str, name: &str, out: &str) -> Result<()> {
        let command = ["firm", "certify", "--dir", "firm", "--request", request, "--role", role];
        self.run(
            "aval-console",
            &[&command[..], &["--person", person, "--name", name, "--out", out]].concat(),
        )
        .map(drop)
    }

    /// Starts a program that stays; its standard error goes to `NAME.log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&mut self, label: &str, mut command: Command) -> Result<()> {
        let log = File::options().create(true).append(true).open(self.path(&format!("{label}.log")))?;
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn();
        self.running.push((label.to_owned(), child.with_context(|| format!("{label} cannot be started"))?));
        Ok(())
    }

    /// Starts the relay and waits until it serves.
    ///
    /// # Errors
    /// When it ends at once.
    pub fn start_relay(&mut self) -> Result<()> {
        let mut relay = self.program("aval-relay");
        let serve = ["serve", "--data", "relay"];
        relay.args(serve).args(["--listen", &self.relay_address()]).args(self.place("aval-relay", &serve));
        self.start("relay", relay)?;
        // Served is what answers: ask for the machines.
        self.until("the relay", |stage| {
            Ok(stage.output("aval-console", &["--home", "manager", "machines"])?.status.success())
        })
    }

    /// The process of a program that stays.
    ///
    /// # Errors
    /// When none of that name runs.
    pub fn pid(&self, label: &str) -> Result<u32> {
        let found = self.running.iter().find(|(name, _)| name == label);
        found.map(|(_, child)| child.id()).ok_or_else(|| anyhow!("no {label} runs"))
    }

    /// Kills a program at once, as a crash would.
    ///
    /// # Errors
    /// When none of that name runs.
    pub fn kill(&mut self, label: &str) -> Result<()> {
        let at = self.running.iter().position(|(name, _)| name == label);
        let (_, mut child) = self.running.remove(at.ok_or_else(|| anyhow!("no {label} runs"))?);
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Attaches a machine with a fresh code, answering its question at the terminal as a person does.
    ///
    /// # Errors
    /// When a program fails.
    pub fn enrol(&self, home: &str, contract: &str) -> Result<String> {
        let issued =
            self.run("aval-console", &["--home", "manager", "code", "new", "--contract", contract])?;
        let code = issued
            .split_whitespace()
            .map(|word| word.trim_end_matches(['.', ',']))
            .find(|word| word.len() == 14 && word.matches('-').count() == 2)
            .with_context(|| format!("no code in: {issued}"))?
            .to_owned();
        let mut enrol = self.program("aval-agent");
        enrol.args([
            "enrol",
            &code,
            "--relay",
            &self.relay_address(),
            "--firm",
            "firm/firm.pub",
            "--home",
            home,
        ]);
        let mut child = enrol.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all("oui\n".as_bytes())?;
        }
        let out = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        ensure!(out.status.success(), "enrol failed:\n{said}{}", String::from_utf8_lossy(&out.stderr));
        Ok(said)
    }

    /// The machines as the relay lists them.
    ///
    /// # Errors
    /// When the console fails.
    pub fn machines(&self) -> Result<Vec<Value>> {
        let said = self.run("aval-console", &["--home", "manager", "machines", "--json"])?;
        said.lines().map(|line| serde_json::from_str(line).context("a machine is one JSON object")).collect()
    }

    /// A technician's session with that machine.
    ///
    /// # Errors
    /// When the console cannot be started.
    pub fn technician(&self, arguments: &[&str]) -> Result<Technician> {
        let mut console = self.program("aval-console");
        console.args(["--home", "technician", "session", "--json"]).args(arguments);
        let log = File::options().create(true).append(true).open(self.path("console.log"))?;
        let mut child = console.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let (tell, events) = channel();
        let stdout = child.stdout.take().context("a pipe was asked for")?;
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if tell.send(event).is_err() {
                    return;
                }
            }
        });
        Ok(Technician { steps: child.stdin.take(), child, events, heard: Vec::new() })
    }

    /// The end of every log, on standard error: what a failed test leaves behind.
    pub fn show_logs(&self) {
        for label in ["relay", "agent", "old", "session", "console"] {
            let log = fs::read_to_string(self.dir.join(format!("{label}.log"))).unwrap_or_default();
            let lines: Vec<&str> = log.lines().filter(|line| !line.contains("TRACE")).collect();
            let last = lines[lines.len().saturating_sub(15)..].join("\n");
            eprintln!("== {label}.log\n{last}");
        }
    }

    /// Repeats a question until it is answered with yes.
    ///
    /// # Errors
    /// The question's own, or that it never was.
    pub fn until(&mut self, what: &str, mut question: impl FnMut(&Self) -> Result<bool>) -> Result<()> {
        for _ in 0..PATIENCE.as_millis() / 200 {
            if question(self)? {
                return Ok(());
            }
            for (label, child) in &mut self.running {
                if let Some(status) = child.try_wait()? {
                    let log = fs::read_to_string(self.dir.join(format!("{label}.log"))).unwrap_or_default();
                    bail!("{label} ended ({status}) while waiting for {what}:\n{log}");
                }
            }
            thread::sleep(Duration::from_millis(200));
        }
        bail!("waited in vain for {what}")
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if thread::panicking() {
            self.show_logs();
        }
        for (_, child) in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

// === impl Technician

impl Technician {
    /// The next event of that name; others before it are remembered.
    ///
    /// # Errors
    /// When the session ends or stays silent without it.
    pub fn wait(&mut self, event: &str) -> Result<Value> {
        loop {
            let next = match self.events.recv_timeout(PATIENCE) {
                Ok(next) => next,
                Err(RecvTimeoutError::Timeout) => bail!("no {event} came; heard: {:#?}", self.heard),
                Err(RecvTimeoutError::Disconnected) => {
                    bail!("the console ended without {event}; heard: {:#?}", self.heard)
                }
            };
            self.heard.push(next.clone());
            if next["event"] == event {
                return Ok(next);
            }
        }
    }

    /// Gives a step and does not wait for it.
    ///
    /// # Errors
    /// When the console takes no more.
    pub fn begin(&mut self, step: &Value) -> Result<()> {
        let steps = self.steps.as_mut().context("no more steps can be given")?;
        writeln!(steps, "{step}")?;
        Ok(steps.flush()?)
    }

    /// Does one step and waits until it is done; what it found.
    ///
    /// # Errors
    /// When the step fails.
    pub fn step(&mut self, step: &Value) -> Result<Value> {
        self.begin(step)?;
        let done = self.wait("step")?;
        ensure!(done["ok"] == true, "{step} failed: {done}");
        Ok(done)
    }

    /// The console's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The console's exit code, once it has ended.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn exit(&mut self) -> Result<Option<i32>> {
        Ok(self.child.wait()?.code())
    }
}

impl Drop for Technician {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The folder with the product's programs: where this test's own program was built.
///
/// # Errors
/// When they are not built.
pub fn programs() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let found = own.ancestors().skip(1).find(|dir| dir.join("aval-relay").is_file());
    let dir = found.context("aval-relay is not built: run cargo build --workspace")?.to_owned();
    for name in ["aval-agent", "aval-agent-prompt", "aval-console"] {
        ensure!(dir.join(name).is_file(), "{name} is not built: run cargo build --workspace");
    }
    Ok(dir)
}
