//! What waiting costs: the relay with 1,000 machines that only keep their line, and service and session process of one machine that
//! nobody helps. By `/proc`, with the real programs.

#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "figures for people")]

#[path = "idle/attach.rs"]
mod attach;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use aval_console::home::Home;
use aval_console::link::{Console, ConsoleConfig};
use aval_protocol::firm::{Firm, Signer};
use aval_protocol::wire::VERSION;
use aval_protocol::wire::link::{Downlink, Head, Hello};
use aval_tests::figures::{Cost, now};
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, MACHINE, World, contract};
use aval_transport::{Clock, FrameReader, FrameWriter, Random};
use quinn::{Connection, Endpoint};
use tokio::time::sleep;

use attach::{PER_ADDRESS, attach, dial, open, source};

const MACHINES: usize = 1_000;
/// How long idleness is watched.
const WATCHED: Duration = Duration::from_secs(30);

/// A machine's standing link.
struct Link {
    connection: Connection,
    _writer: FrameWriter,
    _reader: FrameReader,
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(relay())?;
    runtime.block_on(agent())
}

async fn relay() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.found()?;
    contract(&stage, CONTRACT, "Cabinet Leroy", "2026-01-05")?;
    stage.start_relay()?;
    let pid = stage.pid("relay")?;
    let empty = Cost::of(pid)?;
    println!("relay, nobody connected: {} kB", empty.rss_kb);

    let home = Home::open(Some(&stage.path("manager"))).map_err(|e| anyhow!("{e:?}"))?;
    let (firm, address) = (home.firm.firm().clone(), stage.relay_address().parse()?);
    let manager = Console::connect(ConsoleConfig {
        socket: None,
        relays: home.relays,
        signer: home.signer.into(),
        firm: firm.clone(),
        clock: Clock::system(),
        random: Random::system(),
        keep: None,
    })
    .await?;
    let mut machines = Vec::with_capacity(MACHINES);
    let mut endpoint = None;
    for number in 0..MACHINES {
        if number % PER_ADDRESS == 0 {
            endpoint = Some(source(number / PER_ADDRESS)?);
        }
        let from = endpoint.as_ref().context("just made")?;
        let signer =
            attach(&manager, from, address, &firm).await.with_context(|| format!("machine {number}"))?;
        machines.push((signer, from.clone()));
    }
    manager.close().await;
    sleep(Duration::from_secs(15)).await;
    let enrolled = Cost::of(pid)?;
    println!("relay, {MACHINES} machines attached and approved, none connected: {} kB", enrolled.rss_kb);

    let mut links = Vec::with_capacity(MACHINES);
    for (signer, from) in &machines {
        links.push(link(signer, from, address, &firm).await?);
    }
    sleep(Duration::from_secs(15)).await;
    let (before, begun) = (Cost::of(pid)?, now());
    sleep(WATCHED).await;
    let after = Cost::of(pid)?;
    let up = links.iter().filter(|link| link.connection.close_reason().is_none()).count();
    ensure!(up == MACHINES, "only {up} of {MACHINES} are still connected");
    let each = (after.rss_kb - enrolled.rss_kb) as f64 / MACHINES as f64;
    println!("relay, {MACHINES} idle machines connected: {} kB, {each:.1} kB each", after.rss_kb);
    println!("relay, {MACHINES} idle machines connected: {}", share(before, after, now() - begun));
    Ok(())
}

async fn agent() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let world = tokio::task::block_in_place(|| World::open(dir.path()))?;
    sleep(Duration::from_secs(15)).await;
    let pids = [("service", world.stage.pid(MACHINE)?), ("session process", world.stage.pid("session")?)];
    let begun = now();
    let before = [Cost::of(pids[0].1)?, Cost::of(pids[1].1)?];
    sleep(WATCHED).await;
    for ((name, pid), before) in pids.into_iter().zip(before) {
        let after = Cost::of(pid)?;
        println!("agent's {name}, idle: {} kB, {}", after.rss_kb, share(before, after, now() - begun));
    }
    Ok(())
}

/// How much of one core was used.
fn share(before: Cost, after: Cost, during: Duration) -> String {
    let used = after.cpu.saturating_sub(before.cpu);
    let percent = 100.0 * used.as_secs_f64() / during.as_secs_f64();
    format!("{} ms of CPU in {:.0} s ({percent:.2} % of a core)", used.as_millis(), during.as_secs_f64())
}

async fn link(signer: &Signer, from: &Endpoint, relay: SocketAddr, firm: &Firm) -> Result<Link> {
    let connection = dial(signer, from, relay, firm).await?;
    let (mut writer, mut reader) = open(&connection).await?;
    let hello = Hello { program: "bench".into(), oldest: VERSION, boot: [1; 16] };
    writer.write(&Head::Link(hello)).await?;
    let Downlink::Welcome { .. } = reader.read().await? else { bail!("not welcome") };
    Ok(Link { connection, _writer: writer, _reader: reader })
}
