//! What the Windows agent costs while nobody helps, and that nothing grows while the relay is gone or comes and goes: real programs
//! under Wine, memory and processor time by `/proc`, handles and threads as Windows counts them.

#![allow(clippy::print_stdout, reason = "figures for people")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use aval_tests::figures::{Cost, now};
use aval_tests::stage::Stage;
use aval_tests::world::{MACHINE, World, online};

/// How long each state is watched.
const WATCHED: Duration = Duration::from_secs(60);
/// Times that the relay is restarted.
const RESTARTS: usize = 60;

struct Watched {
    world: World,
    counter: PathBuf,
}

fn main() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let counter = counter(dir.path())?;
    let mut watched = Watched { world: World::windows(dir.path())?, counter };
    sleep(Duration::from_secs(20));
    watched.watch("idle")?;
    watched.world.stage.kill("relay")?;
    watched.watch("the relay gone, first minute")?;
    watched.watch("the relay gone, second minute")?;
    watched.world.stage.start_relay()?;
    back(&mut watched.world.stage)?;
    watched.tell("before the restarts")?;
    for number in 1..=RESTARTS {
        terminate(watched.world.stage.pid("relay")?)?;
        watched.world.stage.kill("relay")?;
        watched.world.stage.start_relay()?;
        back(&mut watched.world.stage)?;
        if number % 20 == 0 {
            watched.tell(&format!("after {number} restarts of the relay"))?;
        }
    }
    watched.watch("idle again")
}

impl Watched {
    /// What a minute of it costs.
    fn watch(&self, state: &str) -> Result<()> {
        let before = [Cost::of(self.world.stage.pid(MACHINE)?)?, Cost::of(self.world.stage.pid("session")?)?];
        let begun = now();
        sleep(WATCHED);
        for (label, before) in [MACHINE, "session"].into_iter().zip(before) {
            let after = Cost::of(self.world.stage.pid(label)?)?;
            let used = after.cpu.saturating_sub(before.cpu).as_millis();
            println!(
                "{state}: {label}: {} kB, {used} ms of CPU in {:.0} s",
                after.rss_kb,
                (now() - begun).as_secs_f64()
            );
        }
        self.tell(state)
    }

    /// What Windows says of both processes.
    fn tell(&self, state: &str) -> Result<()> {
        let wine = self.world.stage.wine.as_ref().context("a Windows")?;
        let mut count = wine.own(&self.counter.to_string_lossy());
        let said = count.arg("aval-agent.exe").output()?;
        ensure!(said.status.success(), "nothing was counted");
        for line in String::from_utf8(said.stdout)?.lines() {
            println!("{state}: handles, threads: {line}");
        }
        Ok(())
    }
}

/// The relay says goodbye, as it does when it is updated.
fn terminate(relay: u32) -> Result<()> {
    ensure!(Command::new("kill").arg(relay.to_string()).status()?.success());
    while Path::new(&format!("/proc/{relay}/fd/0")).exists() {
        sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn back(stage: &mut Stage) -> Result<()> {
    stage.until("the machine to be back", |stage| Ok(!online(stage)?.is_empty()))
}

fn counter(dir: &Path) -> Result<PathBuf> {
    let (source, program) =
        (Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/idle_windows/count.c"), dir.join("count.exe"));
    let made =
        Command::new("x86_64-w64-mingw32-gcc").arg(source).arg("-o").arg(&program).arg("-lntdll").status();
    ensure!(made.context("install gcc-mingw-w64-x86-64")?.success(), "the counter does not compile");
    Ok(program)
}
