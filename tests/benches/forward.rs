//! What the relay adds while it forwards 100 sessions of 2 Mbit/s: how long a piece of screen takes from the machine that writes it to
//! the console that has all of it, through the real relay (a process of its own) and, in the same run, over one QUIC connection
//! between the same two ends without it. Machines and console are this process, so that one clock measures both ends.

#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "figures for people")]

#[path = "idle/attach.rs"]
mod attach;
#[path = "forward/pair.rs"]
mod pair;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use aval_console::home::Home;
use aval_console::link::{Console, ConsoleConfig};
use aval_protocol::firm::tls::relay_server_config;
use aval_protocol::firm::{Firm, Signer, files};
use aval_protocol::id::{AgentId, UnixSeconds};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::record::Exception;
use aval_tests::figures::{Cost, Times, now};
use aval_tests::stage::Stage;
use aval_tests::world::{CONTRACT, contract};
use aval_transport::socket::{Socket, endpoint};
use aval_transport::{Clock, Random, config};
use quinn::{Connection, Endpoint, RecvStream, SendStream};
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

use attach::{PER_ADDRESS, attach, dial, source};
use pair::{Desk, Pair, Screen};

const SESSIONS: [usize; 3] = [1, 25, 100];
/// Sessions on one technician's line: QUIC allows it only so many streams.
const PER_DESK: usize = 10;
/// 2 Mbit/s: 20 pieces a second.
const PIECE: usize = 12_500;
const EVERY: Duration = Duration::from_millis(50);
/// How long each load is watched.
const WATCHED: Duration = Duration::from_secs(15);

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run())
}

async fn run() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.found()?;
    contract(&stage, CONTRACT, "Cabinet Leroy", "2026-01-05")?;
    stage.start_relay()?;
    let address: SocketAddr = stage.relay_address().parse()?;
    let firm = config_of(&stage, "manager")?.firm;
    let manager = Console::connect(config_of(&stage, "manager")?).await?;
    stage.member_in("colleague", "technician", "hugo.lambert", "Hugo Lambert")?;
    let technicians = [config_of(&stage, "technician")?.signer, config_of(&stage, "colleague")?.signer];
    let most = SESSIONS.iter().copied().max().unwrap_or_default();
    let (mut pairs, mut screens, mut machines) = (Vec::new(), Vec::new(), Vec::new());
    let (mut desks, mut from) = (Vec::new(), None);
    for number in 0..most {
        if number % PER_ADDRESS == 0 {
            from = Some(source(number / PER_ADDRESS)?);
        }
        if number % PER_DESK == 0 {
            // Each on a few lines: one person has eight at most.
            let technician = &technicians[desks.len() % technicians.len()];
            desks.push(Desk::open(Arc::clone(technician), address, &firm).await?);
        }
        let (from, desk) = (from.as_ref().context("just made")?, desks.last().context("just made")?);
        let key = attach(&manager, from, address, &firm).await?;
        except(&manager, key.key_id().into()).await?;
        let (pair, screen) = Pair::open(desk, &key, from, address, &firm)
            .await
            .with_context(|| format!("session {number}"))?;
        pairs.push(pair);
        screens.push(screen);
        machines.push((key, from.clone()));
    }
    println!("{most} sessions are granted");

    let direct = Direct::open(&stage, &firm)?;
    let (mut plain, mut kept) = (Vec::new(), Vec::new());
    for (key, from) in &machines {
        let (lane, ends) = direct.lane(key, from, &firm).await?;
        plain.push(lane);
        kept.push(ends);
    }
    let relay = stage.pid("relay")?;
    for many in SESSIONS {
        let without = load(&mut plain, many).await?;
        let before = Cost::of(relay)?;
        let through = load(&mut screens, many).await?;
        let cost = Cost::of(relay)?;
        let share = (cost.cpu - before.cpu).as_secs_f64() / WATCHED.as_secs_f64() * 100.0;
        println!("{many:>3} × 2 Mbit/s, without the relay: {without}");
        println!("{:>3}               through the relay: {through}", "");
        let [half, most] = [50, 99].map(|percent| through.at(percent) - without.at(percent));
        println!(
            "{:>3}               more: p50 {half:.1} ms, p99 {most:.1} ms; relay {share:.0} % of a core, {} kB",
            "", cost.rss_kb
        );
    }
    Ok(())
}

/// The lanes' first so many carry their load at once; how long each piece took.
async fn load(lanes: &mut Vec<Screen>, many: usize) -> Result<Times> {
    let base = now();
    let mut running = JoinSet::new();
    for (number, lane) in lanes.drain(..many).enumerate() {
        running.spawn(carry(lane, base, EVERY.mul_f64((number * 37 % 100) as f64 / 100.0)));
    }
    let mut all = Times::default();
    while let Some(done) = running.join_next().await {
        let (lane, times) = done??;
        lanes.push(lane);
        times.into_iter().for_each(|time| all.push(time));
    }
    Ok(all)
}

/// Writes pieces at their pace from that moment on, and waits for each at the other end.
async fn carry(mut lane: Screen, base: Instant, first: Duration) -> Result<(Screen, Vec<Duration>)> {
    sleep(first).await;
    let Screen { to, from } = &mut lane;
    let write = async {
        let (mut pace, mut piece) = (interval(EVERY), vec![0x5a; PIECE]);
        while now() - base < WATCHED {
            pace.tick().await;
            piece[..8].copy_from_slice(&u64::try_from((now() - base).as_nanos())?.to_be_bytes());
            to.write_all(&piece).await?;
        }
        piece[..8].copy_from_slice(&u64::MAX.to_be_bytes());
        anyhow::Ok(to.write_all(&piece).await?)
    };
    let read = async {
        let (mut times, mut piece) = (Vec::new(), vec![0; PIECE]);
        loop {
            from.read_exact(&mut piece).await?;
            let sent = u64::from_be_bytes(piece[..8].try_into()?);
            if sent == u64::MAX {
                return anyhow::Ok(times);
            }
            times.push((now() - base).saturating_sub(Duration::from_nanos(sent)));
        }
    };
    let ((), times) = tokio::try_join!(write, read)?;
    Ok((lane, times))
}

/// The other end of a connection that no relay is in.
struct Direct {
    endpoint: Endpoint,
    at: SocketAddr,
}

/// What keeps a direct lane open.
struct Kept {
    _ends: [Connection; 2],
    _ways: (RecvStream, SendStream),
}

impl Direct {
    fn open(stage: &Stage, firm: &Firm) -> Result<Self> {
        let read = |name: &str| std::fs::read_to_string(stage.path("relay").join(name));
        let signer = files::signer_from_pem(&read("key.pem")?, Some(&read("chain.pem")?))?;
        let tls = relay_server_config(&signer, firm.clone(), Arc::new(Clock::system()))?;
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let endpoint = endpoint(Socket::Udp(at), Some(config::server(tls)?))?;
        let at = endpoint.local_addr()?;
        Ok(Self { endpoint, at })
    }

    async fn lane(&self, key: &Signer, from: &Endpoint, firm: &Firm) -> Result<(Screen, Kept)> {
        let came = async { anyhow::Ok(self.endpoint.accept().await.context("closed")?.await?) };
        let (near, far) = tokio::try_join!(dial(key, from, self.at, firm), came)?;
        let (mut to, back) = near.open_bi().await?;
        to.write_all(&[1]).await?;
        let (forth, mut from) = far.accept_bi().await?;
        from.read_exact(&mut [0]).await?;
        Ok((Screen { to, from }, Kept { _ends: [near, far], _ways: (back, forth) }))
    }
}

async fn except(manager: &Console, agent: AgentId) -> Result<()> {
    let (from, reason) = (manager.now(), "mesure".to_owned());
    let until = UnixSeconds(from.0 + 2 * 3600);
    match manager.call(Call::GrantException(Exception { agent, reason, from, until })).await? {
        Reply::Done => Ok(()),
        other => bail!("no exception: {other:?}"),
    }
}

fn config_of(stage: &Stage, who: &str) -> Result<ConsoleConfig> {
    let home = Home::open(Some(&stage.path(who))).map_err(|e| anyhow!("{e:?}"))?;
    let (signer, firm) = (Arc::new(home.signer), home.firm.firm().clone());
    let (clock, random) = (Clock::system(), Random::system());
    Ok(ConsoleConfig { socket: None, relays: home.relays, signer, firm, clock, random, keep: None })
}
