//! `aval-relay serve`: from a folder to a relay at work, and its orderly end.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use aval_protocol::firm::Role;
use aval_protocol::text::relay as text;
use aval_protocol::wire::link::Farewell;
use aval_transport::socket::Socket;
use aval_transport::{Clock, Random};
use tokio::signal::unix::{SignalKind, signal};

use super::{Data, bad, folder, installs, refused, say, trouble};
use crate::server::{Relay, RelayConfig, StartError};
use crate::settings::PORT;

/// What a stopping relay tells its clients: it is usually back in seconds.
const BACK_SOON: Farewell = Farewell::Restarting { reconnect_in_s: 5, try_for_s: 60 };

/// Serves until SIGTERM or SIGINT.
pub(super) fn serve(
    data: &Data,
    listen: Option<SocketAddr>,
    out: &mut dyn Write,
    clock: &Clock,
) -> Result<()> {
    let dir = &data.data;
    let firm = folder::firm(dir)?;
    let newest = dir.join(folder::BULLETIN);
    crate::bulletin::read(&newest, firm.firm()).map_err(bad)?;
    let signer = Arc::new(folder::certified(dir)?);
    let own = firm.firm().verify_chain_as(signer.chain(), &[Role::Relay], clock.wall());
    own.map_err(|e| folder::unfit(&dir.join(folder::CHAIN), &e))?;
    let settings = folder::settings(dir)?;
    let random = Random::system();
    let reset_key = folder::reset_key(dir, &random)?;
    let _alone = alone(dir)?;
    let store = folder::record(data)?;
    store.alone().map_err(refused)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let config = |address| RelayConfig {
            store: store.clone(),
            signer: Arc::clone(&signer),
            firm: firm.clone(),
            clock: clock.clone(),
            socket: Socket::Udp(address),
            rules: settings.rules.clone(),
            random: random.clone(),
            reset_key,
        };
        let mut relay = match listen.or(settings.listen) {
            Some(address) => start(address, config(address))?,
            None => anywhere(config)?,
        };
        relay.follow_bulletin(newest);
        relay.follow_releases(dir.clone());
        let address = relay.local_addr()?.to_string();
        say(out, |lang| text::listening(lang, &address))?;
        if let Some(install) = &settings.install {
            let page = installs::open(&mut relay, dir, install)?.to_string();
            say(out, |lang| text::install_page(lang, &install.address, &page))?;
        }
        out.flush()?;
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let broken = tokio::select! {
            _ = term.recv() => false,
            _ = int.recv() => false,
            () = relay.broken() => true,
        };
        relay.stop(BACK_SOON).await;
        if broken { Err(trouble(|lang| text::endpoint_broken(lang, &address))) } else { Ok(()) }
    })
}

/// Both families, or IPv4 alone where the host has no IPv6.
fn anywhere(config: impl Fn(SocketAddr) -> RelayConfig) -> Result<Relay> {
    let six = SocketAddr::from((Ipv6Addr::UNSPECIFIED, PORT));
    match Relay::start(config(six)) {
        Err(StartError::Socket(error)) if error.kind() != io::ErrorKind::AddrInUse => {
            tracing::info!(%error, "no IPv6 here");
            let four = SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT));
            start(four, config(four))
        }
        started => started.map_err(|error| sentence(six, &error)),
    }
}

fn start(address: SocketAddr, config: RelayConfig) -> Result<Relay> {
    Relay::start(config).map_err(|error| sentence(address, &error))
}

fn sentence(address: SocketAddr, error: &StartError) -> anyhow::Error {
    let address = address.to_string();
    match error {
        StartError::Socket(e) if e.kind() == io::ErrorKind::AddrInUse => {
            trouble(|lang| text::port_in_use(lang, &address))
        }
        StartError::Socket(e) => trouble(|lang| text::no_socket(lang, &address, &e.to_string())),
        StartError::Store(e) => trouble(|lang| text::record_refuses(lang, &e.to_string())),
        other => trouble(|lang| text::no_socket(lang, &address, &other.to_string())),
    }
}

/// Two relays on one record would each think that they know who is in a session.
fn alone(dir: &Path) -> Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(dir.join(folder::LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(trouble(|lang| text::already_runs(lang, &dir.display().to_string())))
        }
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
