//! A relay that is killed (SIGKILL) while it works, and started again: how soon the first machine is back on line, and all of them. The
//! relay is the real program; each machine's line is the agent's own, with its own pauses; a manager asks for the list without end meanwhile.

#![allow(clippy::print_stdout, reason = "figures for people")]

#[path = "idle/attach.rs"]
mod attach;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use aval_agent::link::dial::Dialer;
use aval_agent::link::trust::Relays;
use aval_agent::link::{LinkConfig, LinkEvent, run};
use aval_console::home::Home;
use aval_console::link::{Console, ConsoleConfig};
use aval_protocol::wire::enrol::Call;
use aval_tests::figures::{Times, now};
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, contract};
use aval_transport::{Clock, Random};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use attach::{PER_ADDRESS, attach, source};

const MACHINES: usize = 200;
const KILLS: usize = 5;
/// What systemd waits before it starts the relay again (packaging/systemd).
const PAUSE: Duration = Duration::from_millis(100);
/// Longer than any machine takes.
const PATIENCE: Duration = Duration::from_secs(150);

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(killed())
}

async fn killed() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.found()?;
    contract(&stage, CONTRACT, "Cabinet Leroy", "2026-01-05")?;
    stage.start_relay()?;
    let address = stage.relay_address();
    let manager = Console::connect(config(&stage)?).await?;
    let (ups, mut came) = mpsc::channel(MACHINES * 2);
    let (mut from, firm) = (None, config(&stage)?.firm);
    for number in 0..MACHINES {
        if number % PER_ADDRESS == 0 {
            from = Some(source(number / PER_ADDRESS)?);
        }
        let from = from.as_ref().context("just made")?;
        let signer = attach(&manager, from, address.parse()?, &firm).await?;
        let trust = Relays::new(firm.clone(), Clock::system());
        let dialer = Dialer::new(trust.tls(&signer)?, None)?;
        let (clock, random) = (Clock::system(), Random::system());
        let link = LinkConfig { dialer, trust, relays: vec![address.clone()], boot: [1; 16], clock, random };
        let (tell, mut events) = mpsc::channel(8);
        tokio::spawn(run(link, tell));
        let ups = ups.clone();
        tokio::spawn(async move {
            let mut line = None;
            while let Some(event) = events.recv().await {
                match event {
                    // Held: a line whose other end is dropped ends.
                    LinkEvent::Up(up) => {
                        line = Some(up);
                        let _ = ups.send(now()).await;
                    }
                    LinkEvent::Down { .. } => line = None,
                    _ => {}
                }
            }
            drop(line);
        });
    }
    drop(manager);
    all(&mut came, now()).await?;
    println!("{MACHINES} machines on line");
    let (mut first, mut last) = (Times::default(), Times::default());
    for kill in 1..=KILLS {
        let load = config(&stage)?;
        let asking = tokio::spawn(async move {
            let Ok(manager) = Console::connect(load).await else { return };
            while manager.call(Call::Machines { after: None }).await.is_ok() {}
        });
        // A line that held for ten seconds counts as a good one.
        sleep(Duration::from_secs(12)).await;
        let begun = now();
        stage.kill("relay")?;
        sleep(PAUSE).await;
        let mut relay = stage.program("aval-relay");
        relay.args(["serve", "--data", "relay", "--listen", &address]);
        stage.start("relay", relay)?;
        let each = all(&mut came, begun).await?;
        asking.abort();
        let [one, half, most, every] = [0, 50, 95, 100].map(|percent| each.at(percent));
        println!(
            "kill {kill}: first machine {one:.0} ms, half {half:.0} ms, 95 % {most:.0} ms, all {every:.0} ms"
        );
        first.push(Duration::from_secs_f64(one / 1000.0));
        last.push(Duration::from_secs_f64(every / 1000.0));
    }
    println!("first machine back: p50 {:.0} ms, max {:.0} ms", first.at(50), first.at(100));
    println!("all {MACHINES} machines back: p50 {:.0} ms, max {:.0} ms", last.at(50), last.at(100));
    Ok(())
}

fn config(stage: &Stage) -> Result<ConsoleConfig> {
    let home = Home::open(Some(&stage.path("manager"))).map_err(|e| anyhow!("{e:?}"))?;
    let (signer, firm) = (Arc::new(home.signer), home.firm.firm().clone());
    let (clock, random) = (Clock::system(), Random::system());
    Ok(ConsoleConfig { socket: None, relays: home.relays, signer, firm, clock, random, keep: None })
}

/// Waits for as many lines as there are machines; how long each took.
async fn all(came: &mut mpsc::Receiver<Instant>, begun: Instant) -> Result<Times> {
    let mut times = Times::default();
    for back in 0..MACHINES {
        let at = timeout(PATIENCE, came.recv()).await.with_context(|| format!("only {back} are back"))?;
        times.push(at.context("nobody tells")?.saturating_duration_since(begun));
    }
    Ok(times)
}
