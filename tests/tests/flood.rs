//! A stranger floods the real relay's port: noise, packets with a first byte of QUIC, true first packets with bytes changed, hundreds of
//! handshakes of another firm's technician. The relay logs no panic, its memory stays bounded, and who belongs to the firm is
//! served meanwhile and afterwards.
#![cfg(target_os = "linux")]

use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aval_protocol::firm::authority::{certify, found, request};
use aval_protocol::firm::tls::{RELAY_NAME, RelayTrust, client_config};
use aval_protocol::firm::{Firm, FirmFile, Grant, Role, Signer, files};
use aval_protocol::id::{PersonId, UnixSeconds};
use aval_tests::simnet::pair::configs;
use aval_tests::stage::Stage;
use aval_transport::{Clock, config, socket};

/// Datagrams of each of two hands.
const DATAGRAMS: u64 = 150_000;
const HANDSHAKES: usize = 300;
/// What the relay may grow by, in KiB.
const GROWTH: u64 = 64 * 1024;

#[test]
fn a_stranger_s_flood_stops_nobody() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut stage = Stage::new(dir.path())?;
    stage.found()?;
    stage.start_relay()?;
    let to: SocketAddr = stage.relay_address().parse()?;
    let served = |stage: &Stage| -> Result<bool> {
        Ok(stage.output("aval-console", &["--home", "manager", "machines"])?.status.success())
    };
    let before = resident(stage.pid("relay")?)?;
    let first = first_packet()?;
    let (sent, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let hands: Vec<_> = (0..2_u64)
        .map(|hand| {
            let (first, sent, over) = (first.clone(), Arc::clone(&sent), Arc::clone(&over));
            thread::spawn(move || flood(to, hand + 1, &first, &sent, &over))
        })
        .collect();
    let firm = FirmFile::parse(&fs::read_to_string(stage.path("firm/firm.pub"))?)?.firm().clone();
    let knocking = thread::spawn(move || knock(to, firm));
    let mut answered = 0;
    while sent.load(Ordering::Relaxed) < 2 * DATAGRAMS {
        ensure!(served(&stage)?, "the firm was not served after {} datagrams", sent.load(Ordering::Relaxed));
        answered += 1;
    }
    over.store(true, Ordering::Relaxed);
    for hand in hands {
        hand.join().map_err(|_| anyhow::anyhow!("a hand fell"))??;
    }
    let turned_away = knocking.join().map_err(|_| anyhow::anyhow!("a hand fell"))??;
    ensure!(turned_away == HANDSHAKES, "{turned_away} of {HANDSHAKES} strangers were turned away");
    ensure!(answered > 0 && served(&stage)?, "the firm was not served after the flood");
    let log = stage.log_of("relay");
    for word in ["panicked", " ERROR ", " WARN "] {
        ensure!(!log.contains(word), "the relay’s log has {word:?}:\n{log}");
    }
    let grown = resident(stage.pid("relay")?)?.saturating_sub(before);
    ensure!(grown < GROWTH, "the relay has grown by {grown} KiB");
    Ok(())
}

/// Sends until it is enough.
fn flood(to: SocketAddr, seed: u64, first: &[u8], sent: &AtomicU64, over: &AtomicBool) -> Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut roll = move || {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice
    };
    let mut count = 0_u64;
    while !over.load(Ordering::Relaxed) {
        let mut packet = match count % 3 {
            0 => (0..roll() % 1_400).map(|_| roll().to_le_bytes()[0]).collect::<Vec<_>>(),
            1 => {
                // The long header of version 1 (RFC 9000 §17.2), then noise.
                let mut packet = vec![0xc0 | (roll().to_le_bytes()[0] & 0x3f), 0, 0, 0, 1];
                packet.extend((0..1_195).map(|_| roll().to_le_bytes()[0]));
                packet
            }
            _ => first.to_vec(),
        };
        if count % 3 == 2 {
            // Mostly in the header, where nothing is authenticated yet.
            for _ in 0..=roll() % 3 {
                let at = usize::try_from(roll())? % if roll() % 4 == 0 { packet.len() } else { 60 };
                packet[at] = roll().to_le_bytes()[0];
            }
        }
        // A full buffer of this computer is no news.
        let _ = socket.send_to(&packet, to);
        count += 1;
        sent.fetch_add(1, Ordering::Relaxed);
        if count.is_multiple_of(64) {
            thread::sleep(Duration::from_millis(1));
        }
    }
    Ok(())
}

/// The first packet of a true client, as it is on the wire.
fn first_packet() -> Result<Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = UdpSocket::bind("127.0.0.1:0")?;
        listener.set_read_timeout(Some(Duration::from_secs(5)))?;
        let (client, _) = configs()?;
        let endpoint = socket::endpoint(socket::Socket::Udp(([127, 0, 0, 1], 0).into()), None)?;
        let dialling = endpoint.connect_with(client, listener.local_addr()?, "relay")?;
        let waiting = tokio::spawn(dialling.into_future());
        let packet = tokio::task::spawn_blocking(move || {
            let mut packet = vec![0; 2_000];
            let length = listener.recv(&mut packet)?;
            packet.truncate(length);
            Ok::<_, std::io::Error>(packet)
        });
        let packet = packet.await??;
        waiting.abort();
        Ok(packet)
    })
}

/// Handshakes of another firm's technician, who knows this relay; how many were turned away.
fn knock(to: SocketAddr, firm: Firm) -> Result<usize> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let now = UnixSeconds(Clock::system().wall().0 - 3_600);
        let other = found("Autre Maison", "+33199009999", now, 20, 400)?;
        let grant = Grant {
            role: Role::Technician,
            person: PersonId::new("sophie.martin")?,
            display_name: "Sophie Martin".into(),
            valid_days: 300,
        };
        let key = Signer::generate()?;
        let chain = certify(&other.issuing, &request(&key, "request")?, &grant, now)?;
        let key = files::signer_from_pem(&files::key_to_pem(&key), Some(&chain))?;
        let config = config::client(client_config(&key, RelayTrust::new(firm), Arc::new(Clock::system()))?)?;
        let endpoint = socket::endpoint(socket::Socket::Udp(([127, 0, 0, 1], 0).into()), None)?;
        let mut turned_away = 0;
        for _ in 0..HANDSHAKES {
            let dialling = endpoint.connect_with(config.clone(), to, RELAY_NAME)?;
            // A client is done before the relay has judged its certificate (RFC 8446 §4.4): what counts is that it is closed then.
            let over = async {
                if let Ok(connection) = dialling.await {
                    connection.closed().await;
                }
            };
            turned_away += usize::from(tokio::time::timeout(Duration::from_secs(20), over).await.is_ok());
        }
        Ok(turned_away)
    })
}

/// Resident memory, in KiB.
fn resident(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
