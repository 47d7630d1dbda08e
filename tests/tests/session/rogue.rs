//! A technician's own program instead of the console: a good key, a yes of the person, and then bytes that do not open.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aval_protocol::firm::tls::{RELAY_NAME, RelayTrust, client_config};
use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::seal::Sealer;
use aval_protocol::session::console::{Output, Session};
use aval_protocol::session::{AWAY, AtDesk};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::input::{InputEvent, InputUp};
use aval_protocol::wire::link::{Downlink, Head, Hello, Lane};
use aval_protocol::wire::{VERSION, encode};
use aval_tests::trio::{Setup, Trio, good, relay_address};
use aval_transport::{FrameReader, FrameWriter, config, socket};
use quinn::{Connection, Endpoint, RecvStream, SendStream};
use tokio::task::JoinSet;

/// What it sends when it has its input lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sends {
    /// One honest event.
    Input,
    /// The same with a bit flipped.
    Flipped,
    /// Well sealed bytes that are no event.
    Nonsense,
    /// The end of the lane.
    Finish,
}

struct Rogue {
    endpoint: Endpoint,
    config: quinn::ClientConfig,
    session: SessionId,
    epoch: Epoch,
    sealer: Sealer,
    /// Reads on and on, so that the session lives.
    _reading: JoinSet<()>,
}

async fn open(connection: &Connection, head: Head) -> (SendStream, RecvStream) {
    let (send, recv) = connection.open_bi().await.unwrap();
    let mut writer = FrameWriter::new(send);
    writer.write(&head).await.unwrap();
    (writer.into_inner(), recv)
}

/// As far as the person's yes, with the protocol's own machine.
async fn granted(trio: &Trio) -> Rogue {
    let (firm, signer) = (trio.firm.file.firm().clone(), Arc::clone(&trio.technician));
    let host: SocketAddr = ([10, 0, 2, 1], 5000).into();
    let endpoint = socket::endpoint(trio.net.host(host, good()), None).unwrap();
    let tls = client_config(&signer, RelayTrust::new(firm.clone()), Arc::new(trio.clock.clone())).unwrap();
    let config = config::client(tls).unwrap();
    let dial = endpoint.connect_with(config.clone(), relay_address(), RELAY_NAME).unwrap();
    let line = dial.await.unwrap();
    let hello = Hello { program: "rogue 1".into(), oldest: VERSION, boot: [9; 16] };
    let (link, said) = open(&line, Head::Link(hello)).await;
    let mut said = FrameReader::new(said);
    assert!(matches!(said.read().await.unwrap(), Downlink::Welcome { .. }));
    let (_call, reply) = open(&line, Head::Call(Box::new(Call::RequestSession(trio.request())))).await;
    let Reply::Permitted(permitted) = FrameReader::new(reply).read().await.unwrap() else {
        panic!("refused")
    };
    let now = || (trio.clock.monotonic(), trio.clock.wall());
    let (at, wall) = now();
    let mut machine = Session::new(&permitted, trio.request(), signer, &firm, at, wall, [3; 32]).unwrap();
    let ticket = permitted.ticket.open_by_firm(&firm, aval_protocol::firm::Role::Relay, wall).unwrap().0;
    let session = ticket.session;
    let (mut control, mut words) = open(&line, Head::Lane { session, lane: Lane::Control }).await;
    let epoch = 'granted: loop {
        while let Some(output) = machine.poll_output() {
            match output {
                Output::Send(bytes) => control.write_all(&bytes).await.unwrap(),
                Output::Granted { epoch, .. } => break 'granted epoch,
                Output::Over(reason) => panic!("{reason}"),
                _ => {}
            }
        }
        let chunk = words.read_chunk(4096, true).await.unwrap().unwrap();
        let (at, wall) = now();
        machine.handle_frame(at, wall, &chunk.bytes);
    };
    let (sealer, _) = machine.channel().unwrap().lane(Lane::Input).unwrap();
    let mut reading = JoinSet::new();
    reading.spawn(async move {
        let _kept = (link, said, control, machine, line);
        while let Ok(Some(_)) = words.read_chunk(4096, true).await {}
        std::future::pending::<()>().await;
    });
    Rogue { endpoint, config, session, epoch, sealer, _reading: reading }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_do_not_open_break_the_seal_and_an_end_is_only_an_end() {
    for (sends, reason, inputs) in [
        (Sends::Input, None, 1),
        (Sends::Flipped, Some(EndReason::SealBroken), 0),
        (Sends::Nonsense, Some(EndReason::SealBroken), 0),
        (Sends::Finish, Some(EndReason::LinkLost), 0),
    ] {
        let trio = Trio::start(Setup::default()).await;
        let mut rogue = granted(&trio).await;
        let session = rogue.session;
        let dial = rogue.endpoint.connect_with(rogue.config.clone(), relay_address(), RELAY_NAME).unwrap();
        let media = dial.await.unwrap();
        let _media = open(&media, Head::Media { session }).await;
        let (mut lane, _back) = open(&media, Head::Lane { session, lane: Lane::Input }).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(trio.desk.seen().stopped.is_empty(), "{sends:?}: stopped before it began");
        let event = encode(&InputUp { epoch: rogue.epoch, event: InputEvent::Char('x') }).unwrap();
        let plain = if sends == Sends::Nonsense { vec![0xff; 40] } else { event };
        let mut sealed = rogue.sealer.seal(&plain).unwrap();
        if sends == Sends::Flipped {
            *sealed.last_mut().unwrap() ^= 1;
        }
        if sends == Sends::Finish {
            lane.finish().unwrap();
        } else {
            lane.write_all(&sealed).await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        if sends == Sends::Finish {
            // A lane that ends is a lost line: everything stands still, and is over unless the right one comes back.
            let closing = trio.desk.seen().closing;
            assert!(matches!(closing[..], [AtDesk::LineLost { .. }]), "{closing:?}");
            tokio::time::sleep(AWAY).await;
        }
        let seen = trio.desk.seen();
        assert_eq!(seen.stopped.first().map(|(reason, _)| *reason), reason, "{sends:?}");
        assert_eq!(seen.inputs.len(), inputs, "{sends:?}");
    }
}
