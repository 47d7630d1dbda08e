//! Sessions through the relay: lanes, datagrams, steps, and how they end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aval_protocol::firm::Signer;
use aval_protocol::id::{AgentId, Epoch, SessionId};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::link::{Downlink, Head, Lane, Offer, Standing, Step, Uplink};
use aval_protocol::wire::session::{Capabilities, Permitted, Receipt, Ticket};
use aval_tests::simnet::Line;
use aval_transport::{FrameReader, FrameWriter};
use quinn::{Connection, RecvStream, SendStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::world::{Link, World, asked, good, open, person};

/// A machine's link that lets itself be measured and tells what else it hears.
pub(crate) struct Machine {
    pub(crate) connection: Connection,
    writer: FrameWriter,
    heard: mpsc::UnboundedReceiver<Downlink>,
    measured: Arc<AtomicUsize>,
    endpoint: quinn::Endpoint,
    _tasks: JoinSet<()>,
}

impl Machine {
    pub(crate) async fn start(world: &World, key: &Signer, line: Line) -> Self {
        let Link { at, writer, mut reader } = world.link(key, line).await;
        let (tell, heard) = mpsc::unbounded_channel();
        let measured = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        let (endpoint, clock, counter) = (at.endpoint.clone(), world.clock.clone(), Arc::clone(&measured));
        let tls = aval_protocol::firm::tls::client_config(
            key,
            aval_protocol::firm::tls::RelayTrust::new(world.firm.file.firm().clone()),
            Arc::new(world.clock.clone()),
        );
        let config = aval_transport::config::client(tls.unwrap()).unwrap();
        tasks.spawn(async move {
            while let Ok(word) = reader.read::<Downlink>().await {
                match word {
                    Downlink::MeasureLine { token } => {
                        counter.fetch_add(1, Ordering::Relaxed);
                        let name = aval_protocol::firm::tls::RELAY_NAME;
                        let dialled = endpoint.connect_with(config.clone(), crate::world::address(), name);
                        let connection = dialled.unwrap().await.unwrap();
                        let _ = aval_agent::measure::run(connection, token, clock.clone()).await;
                    }
                    Downlink::Inventory(_) => {}
                    Downlink::Standing(Standing::Unknown | Standing::Pending | Standing::Approved(_)) => {}
                    word => drop(tell.send(word)),
                }
            }
        });
        Self { connection: at.connection, writer, heard, measured, endpoint: at.endpoint, _tasks: tasks }
    }

    pub(crate) fn endpoint(&self) -> &quinn::Endpoint {
        &self.endpoint
    }

    pub(crate) fn measurements(&self) -> usize {
        self.measured.load(Ordering::Relaxed)
    }

    async fn hear(&mut self) -> Downlink {
        tokio::time::timeout(Duration::from_secs(60), self.heard.recv()).await.expect("silence").unwrap()
    }

    async fn step(&mut self, session: SessionId, step: Step) {
        self.writer.write(&Uplink::Step { session, step }).await.unwrap();
    }
}

/// A request that passes: what console and machine hear of it.
pub(crate) async fn offered(console: &Link, machine: &mut Machine, agent: AgentId) -> (Permitted, Offer) {
    let Reply::Permitted(permitted) = console.call(Call::RequestSession(asked(agent))).await else {
        panic!("refused");
    };
    let Downlink::Offer(offer) = machine.hear().await else { panic!("no offer") };
    assert_eq!(permitted.ticket, offer.ticket);
    (*permitted, *offer)
}

/// A session with its control lane open.
struct Running {
    world: World,
    key: Signer,
    agent: AgentId,
    console: Link,
    technician: Arc<Signer>,
    machine: Machine,
    ticket: Ticket,
    media: Connection,
    _media_stream: (FrameWriter, FrameReader),
    at_console: (SendStream, RecvStream),
    at_machine: (SendStream, RecvStream),
}

async fn running() -> Running {
    let world = World::start();
    let (key, agent) = world.approved().await;
    let technician = world.technician();
    let mut console = world.link(&technician, good()).await;
    let mut machine = Machine::start(&world, &key, good()).await;
    let (permitted, _) = offered(&console, &mut machine, agent).await;
    let ticket: Ticket = permitted
        .ticket
        .open_by_firm(world.firm.file.firm(), aval_protocol::firm::Role::Relay, world.clock.wall())
        .unwrap()
        .0;
    assert_eq!((ticket.agent_key, ticket.technician_key), (key.key_id(), technician.key_id()));
    let session = ticket.session;
    let media = world.connect(&machine.endpoint, &key).await.unwrap();
    let mut media_stream = open(&media).await;
    media_stream.0.write(&Head::Media { session }).await.unwrap();
    let at_console = lane(&console.at.connection, session, Lane::Control).await;
    let at_machine = twin(&machine.connection, session, Lane::Control).await;
    // Nothing is said on the link while all is well.
    assert!(
        tokio::time::timeout(Duration::from_millis(200), console.reader.read::<Downlink>()).await.is_err()
    );
    let console = Link { reader: console.reader, ..console };
    Running {
        world,
        key,
        agent,
        console,
        technician,
        machine,
        ticket,
        media,
        _media_stream: media_stream,
        at_console,
        at_machine,
    }
}

pub(crate) async fn lane(
    connection: &Connection,
    session: SessionId,
    lane: Lane,
) -> (SendStream, RecvStream) {
    let (mut writer, reader) = open(connection).await;
    writer.write(&Head::Lane { session, lane }).await.unwrap();
    (writer.into_inner(), reader.into_inner())
}

pub(crate) async fn twin(
    connection: &Connection,
    session: SessionId,
    lane: Lane,
) -> (SendStream, RecvStream) {
    let (send, recv) = connection.accept_bi().await.unwrap();
    let mut reader = FrameReader::new(recv);
    let head: Head = reader.read().await.unwrap();
    assert_eq!(head, Head::Lane { session, lane });
    (send, reader.into_inner())
}

async fn both_ways(one: &mut (SendStream, RecvStream), other: &mut (SendStream, RecvStream)) {
    let there: Vec<u8> = (0..200_000u32).map(|n| n.to_le_bytes()[0]).collect();
    let mut got = vec![0; there.len()];
    let (sent, read) = tokio::join!(one.0.write_all(&there), other.1.read_exact(&mut got));
    sent.unwrap();
    read.unwrap();
    assert!(got == there);
    let (sent, read) = tokio::join!(other.0.write_all(&there[..999]), one.1.read_exact(&mut got[..999]));
    sent.unwrap();
    read.unwrap();
    assert!(got[..999] == there[..999]);
}

fn receipt(ticket: &Ticket, capabilities: Capabilities) -> Receipt {
    Receipt {
        session: ticket.session,
        agent_key: ticket.agent_key,
        technician: ticket.technician.clone(),
        technician_key: ticket.technician_key,
        contract: ticket.contract.clone(),
        capabilities,
        epoch: Epoch(1),
        granted_at: ticket.issued_at,
        for_s: 600,
        shown_ms: 4000,
        channel: [1; 32],
    }
}

async fn hear(console: &mut Link) -> Downlink {
    console.hear().await
}

#[tokio::test(start_paused = true)]
async fn lanes_and_datagrams_pass_both_ways() {
    let mut it = running().await;
    let session = it.ticket.session;
    both_ways(&mut it.at_console, &mut it.at_machine).await;
    let media = it.world.connect(&it.console.at.endpoint, &it.technician).await.unwrap();
    let mut head = open(&media).await;
    head.0.write(&Head::Media { session }).await.unwrap();
    for which in [Lane::Screen, Lane::Input] {
        let mut console = lane(&media, session, which).await;
        let mut machine = twin(&it.media, session, which).await;
        both_ways(&mut console, &mut machine).await;
    }
    let pulse = [&session.0[..], b"pulse"].concat();
    it.machine.connection.send_datagram(pulse.clone().into()).unwrap();
    assert_eq!(it.console.at.connection.read_datagram().await.unwrap(), pulse);
    it.console.at.connection.send_datagram(pulse.clone().into()).unwrap();
    assert_eq!(it.machine.connection.read_datagram().await.unwrap(), pulse);
    // Somebody else's does not pass.
    let other = it.world.link(&it.world.manager(), good()).await;
    other.at.connection.send_datagram(pulse.into()).unwrap();
    let nothing =
        tokio::time::timeout(Duration::from_secs(1), it.console.at.connection.read_datagram()).await;
    assert!(nothing.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_session_is_written_down_step_by_step() {
    let mut it = running().await;
    let session = it.ticket.session;
    it.machine.step(session, Step::Asked).await;
    let signed = it.key.sign(&receipt(&it.ticket, Capabilities::VIEW)).unwrap();
    it.machine.step(session, Step::Granted(Box::new(signed.clone()))).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    it.machine.step(session, Step::Ended { reason: EndReason::EndedByPerson }).await;
    let over = Downlink::Over { session, reason: EndReason::EndedByPerson };
    assert_eq!(hear(&mut it.console).await, over);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let journal = it.world.journal(it.agent);
    let expected = [
        "ENROLLED",
        "APPROVED",
        "REQUESTED",
        "LINE_MEASURED",
        "PERMITTED",
        "ASKED",
        "GRANTED",
        "STARTED",
        "ENDED",
    ];
    assert_eq!(journal, expected);
    let kept = it.world.store.receipt_of(session).unwrap().unwrap();
    assert_eq!(kept, postcard::to_stdvec(&signed).unwrap());
    let again = it.console.call(Call::RequestSession(asked(it.agent))).await;
    assert!(matches!(again, Reply::Permitted(_)), "the machine is free again");
}

#[tokio::test(start_paused = true)]
async fn a_yes_that_nobody_signed_or_that_says_more_ends_the_session() {
    for forged in [true, false] {
        let mut it = running().await;
        let session = it.ticket.session;
        let other = Signer::generate().unwrap();
        let mut words = receipt(&it.ticket, Capabilities::KNOWN);
        if !forged {
            words.for_s = 31 * 60;
        }
        let signed = if forged { &other } else { &it.key }.sign(&words).unwrap();
        it.machine.step(session, Step::Granted(Box::new(signed))).await;
        let over = Downlink::Over { session, reason: EndReason::ProtocolViolation };
        assert_eq!(hear(&mut it.console).await, over);
        assert_eq!(it.machine.hear().await, over);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!it.world.journal(it.agent).contains(&"GRANTED"));
        assert_eq!(it.world.store.receipt_of(session).unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lock_cuts_within_a_second() {
    let mut it = running().await;
    let session = it.ticket.session;
    both_ways(&mut it.at_console, &mut it.at_machine).await;
    let manager = it.world.link(&it.world.manager(), good()).await;
    let begun = it.world.clock.monotonic();
    let lock = Call::Lock { technician: person("sophie.martin"), locked: true, reason: "départ".into() };
    let cut = async {
        let over = Downlink::Over { session, reason: EndReason::SecurityCut };
        assert_eq!(hear(&mut it.console).await, over);
        assert_eq!(it.machine.hear().await, over);
        let torn = it.at_machine.1.read_chunk(1, true).await;
        assert!(matches!(torn, Err(quinn::ReadError::Reset(_))), "{torn:?}");
        assert!(it.at_console.0.stopped().await.is_ok());
    };
    let (reply, ()) = tokio::join!(manager.call(lock), cut);
    assert_eq!(reply, Reply::Done);
    assert!(it.world.clock.monotonic() - begun < Duration::from_secs(1));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(it.world.journal(it.agent).contains(&"LOCKED"));
}

#[tokio::test(start_paused = true)]
async fn a_machine_revoked_on_the_host_is_cut_within_two_seconds() {
    let mut it = running().await;
    let session = it.ticket.session;
    let host = aval_relay::records::Author::Host;
    it.world.store.revoke_agent(it.agent, "vol", &host, it.world.clock.wall()).unwrap();
    let begun = it.world.clock.monotonic();
    assert_eq!(it.machine.hear().await, Downlink::Over { session, reason: EndReason::SecurityCut });
    assert!(it.world.clock.monotonic() - begun < Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn who_leaves_ends_the_session_for_the_other() {
    let mut it = running().await;
    let session = it.ticket.session;
    it.machine.connection.close(0u32.into(), b"");
    let over = Downlink::Over { session, reason: EndReason::LinkLost };
    assert_eq!(hear(&mut it.console).await, over);
    let mut it = running().await;
    let session = it.ticket.session;
    it.console.at.connection.close(0u32.into(), b"");
    let over = Downlink::Over { session, reason: EndReason::LinkLost };
    assert_eq!(it.machine.hear().await, over);
    let mut it = running().await;
    let session = it.ticket.session;
    it.at_console.0.reset(0u32.into()).unwrap();
    let over = Downlink::Over { session, reason: EndReason::LinkLost };
    assert_eq!(it.machine.hear().await, over);
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_nobody_takes_up_is_void_after_its_time() {
    let world = World::start();
    let (key, agent) = world.approved().await;
    let mut console = world.link(&world.technician(), good()).await;
    let mut machine = Machine::start(&world, &key, good()).await;
    let (_, _) = offered(&console, &mut machine, agent).await;
    let begun = world.clock.monotonic();
    let word = tokio::time::timeout(Duration::from_secs(130), console.reader.read::<Downlink>()).await;
    assert!(matches!(word, Ok(Ok(Downlink::Over { reason: EndReason::PeerSilent, .. }))), "{word:?}");
    assert!(world.clock.monotonic() - begun > Duration::from_secs(119));
}
