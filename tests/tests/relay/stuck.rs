//! A console that reads nothing: its own machine waits, nobody else does, and what the relay holds for it has a bound.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aval_protocol::firm::{Role, Signer};
use aval_protocol::wire::link::{Head, Lane};
use aval_protocol::wire::session::Ticket;
use aval_transport::{FrameReader, FrameWriter};
use quinn::{Connection, RecvStream, SendStream};
use tokio::time::{sleep, timeout};

use crate::sessions::{Machine, lane, offered, twin};
use crate::world::{Link, World, good, open};

/// Words of one measurement.
const WORDS: usize = 200;
/// What QUIC's windows may hold of one lane on its way: two streams' worth, with room.
const BOUND: usize = 16 << 20;

/// A session whose screen lane is open.
struct Screen {
    from_machine: SendStream,
    at_console: RecvStream,
    _kept: Kept,
}

struct Kept {
    _console: Link,
    _machine: Machine,
    _media: [(Connection, FrameWriter, FrameReader); 2],
    _ways: (RecvStream, SendStream),
    _control: [(SendStream, RecvStream); 2],
}

async fn screen(world: &World, technician: &Arc<Signer>) -> Screen {
    let (key, agent) = world.approved().await;
    let console = world.link(technician, good()).await;
    let mut machine = Machine::start(world, &key, good()).await;
    let (permitted, _) = offered(&console, &mut machine, agent).await;
    let (firm, now) = (world.firm.file.firm(), world.clock.wall());
    let ticket: Ticket = permitted.ticket.open_by_firm(firm, Role::Relay, now).unwrap().0;
    let session = ticket.session;
    let own = media(world, machine.endpoint(), &key, &Head::Media { session }).await;
    let control = lane(&console.at.connection, session, Lane::Control).await;
    let control_there = twin(&machine.connection, session, Lane::Control).await;
    let theirs = media(world, &console.at.endpoint, technician, &Head::Media { session }).await;
    let (to_machine, at_console) = lane(&theirs.0, session, Lane::Screen).await;
    let (from_machine, at_machine) = twin(&own.0, session, Lane::Screen).await;
    let kept = Kept {
        _console: console,
        _machine: machine,
        _media: [own, theirs],
        _ways: (at_machine, to_machine),
        _control: [control, control_there],
    };
    Screen { from_machine, at_console, _kept: kept }
}

async fn media(
    world: &World,
    from: &quinn::Endpoint,
    key: &Signer,
    head: &Head,
) -> (Connection, FrameWriter, FrameReader) {
    let connection = world.connect(from, key).await.unwrap();
    let (mut writer, reader) = open(&connection).await;
    writer.write(head).await.unwrap();
    (connection, writer, reader)
}

/// How long small words take from machine to console: the slowest of a hundredth, in virtual time.
async fn p99(world: &World, screen: &mut Screen) -> Duration {
    let mut took = Vec::new();
    for _ in 0..WORDS {
        let begun = world.clock.monotonic();
        screen.from_machine.write_all(&[7; 300]).await.unwrap();
        timeout(Duration::from_secs(20), screen.at_console.read_exact(&mut [0; 300])).await.unwrap().unwrap();
        took.push(world.clock.monotonic().duration_since(begun));
        sleep(Duration::from_millis(15)).await;
    }
    took.sort();
    took[WORDS * 99 / 100]
}

#[tokio::test(start_paused = true)]
async fn a_console_that_reads_nothing_holds_up_nobody_else() {
    let world = World::start();
    let technician = world.technician();
    let mut other = screen(&world, &technician).await;
    let alone = p99(&world, &mut other).await;
    let stuck = screen(&world, &technician).await;
    let written = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&written);
    let Screen { mut from_machine, at_console, _kept } = stuck;
    let flood = tokio::spawn(async move {
        while from_machine.write_all(&[9; 64 * 1024]).await.is_ok() {
            count.fetch_add(64 * 1024, Ordering::Relaxed);
        }
    });
    sleep(Duration::from_secs(30)).await;
    let full = written.load(Ordering::Relaxed);
    let beside = p99(&world, &mut other).await;
    // The same line's own jitter is in both; a tenth is what a person could notice at most.
    assert!(beside <= alone + alone / 10, "{alone:?} alone, {beside:?} beside a console that reads nothing");
    assert!(full > 0 && full < BOUND, "{full} bytes were taken for a console that reads nothing");
    assert_eq!(written.load(Ordering::Relaxed), full, "and no more after that");
    // The twin: the same console reads, and its machine goes on.
    let mut at_console = at_console;
    let reading =
        tokio::spawn(async move { while let Ok(Some(_)) = at_console.read_chunk(64 * 1024, true).await {} });
    sleep(Duration::from_secs(30)).await;
    assert!(written.load(Ordering::Relaxed) > 2 * full, "it goes on when the console reads");
    flood.abort();
    reading.abort();
}
