//! A relay in the wrong hands: the firm's own certificate and address, and nothing else as it should be.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aval_protocol::firm::tls::{self, Peer};
use aval_protocol::firm::{Firm, Signed, Signer};
use aval_protocol::id::{ContractId, SessionId, UnixSeconds};
use aval_protocol::wire::closing::{Closes, Closing, Overrun};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::link::{Downlink, Farewell, Head, Lane, Offer, Standing, Step, Uplink};
use aval_protocol::wire::record::LineFacts;
use aval_protocol::wire::session::{Approval, Permitted, SessionRequest, Ticket};
use aval_protocol::wire::{Wire, encode};
use aval_tests::trio::{Trio, person, relay_address};
use aval_transport::{Clock, FrameReader, FrameWriter, config, socket};
use quinn::{Connection, Endpoint, RecvStream, SendStream};
use rustls_pki_types::CertificateDer;
use tokio::sync::{Mutex as Held, watch};
use tokio::task::JoinSet;

/// What a hand in the middle makes of one piece of one lane and direction: any number of pieces. Counts from 0.
pub(crate) type Hand = Arc<dyn Fn(Lane, Way, usize, Vec<u8>) -> Vec<Vec<u8>> + Send + Sync>;

/// What the machine is answered when it asks for bytes of a released file from a place on: silence is none.
pub(crate) type Pieces = Arc<dyn Fn([u8; 32], u64) -> Option<Reply> + Send + Sync>;

/// Which way a piece goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    ToAgent,
    ToConsole,
}

/// What the machine opened.
#[derive(Default)]
struct Doors {
    link: Option<(Connection, Arc<Held<SendStream>>)>,
    media: Option<(SessionId, Connection)>,
}

/// The relay, serving its own ends.
pub(crate) struct Captor {
    doors: watch::Receiver<()>,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

struct Shared {
    /// The machine's key and the manager's word for it, as the relay always knew them.
    agent_spki: Vec<u8>,
    approval: Signed<Approval>,
    /// What a console's request is answered with.
    permits: Mutex<Option<Permitted>>,
    hand: Mutex<Option<Hand>>,
    doors: Mutex<Doors>,
    opened: watch::Sender<()>,
    /// What released files are made of, and how often the machine asked for some.
    pieces: Mutex<Option<Pieces>>,
    fetched: Mutex<usize>,
    /// Everything the machine said on its link.
    heard: Mutex<Vec<Uplink>>,
    /// Every piece that passed, for replaying it.
    tape: Mutex<Vec<(Lane, Way, Vec<u8>)>>,
    firm: Firm,
    clock: Clock,
}

impl Captor {
    /// Takes the relay's place.
    pub(crate) async fn start(trio: &mut Trio) -> Self {
        let approval = trio.manager.sign(&approval(trio)).unwrap();
        trio.stop_relay(Farewell::Restarting { reconnect_in_s: 1, try_for_s: 60 }).await;
        let tls = tls::relay_server_config(
            trio.relay_key(),
            trio.firm.file.firm().clone(),
            Arc::new(trio.clock.clone()),
        );
        let server = config::server(tls.unwrap()).unwrap();
        let endpoint = socket::endpoint(trio.net.socket(relay_address()), Some(server)).unwrap();
        let (opened, doors) = watch::channel(());
        let shared = Arc::new(Shared {
            agent_spki: trio.home.signer().unwrap().spki().to_vec(),
            approval,
            permits: Mutex::default(),
            hand: Mutex::default(),
            pieces: Mutex::default(),
            fetched: Mutex::default(),
            doors: Mutex::default(),
            opened,
            heard: Mutex::default(),
            tape: Mutex::default(),
            firm: trio.firm.file.firm().clone(),
            clock: trio.clock.clone(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(endpoint, Arc::clone(&shared)));
        let mut captor = Self { doors, shared, _tasks: tasks };
        captor.link().await;
        captor
    }

    /// The machine's link, once it is there.
    pub(crate) async fn link(&mut self) -> (Connection, Arc<Held<SendStream>>) {
        loop {
            let there = self.shared.doors.lock().unwrap().link.clone();
            match there {
                Some(link) if link.0.close_reason().is_none() => return link,
                _ => self.doors.changed().await.unwrap(),
            }
        }
    }

    /// The machine's media connection of a session; `None` when none comes.
    pub(crate) async fn media(&mut self, session: SessionId) -> Option<Connection> {
        let wait = async {
            loop {
                let there = self.shared.doors.lock().unwrap().media.clone();
                match there {
                    Some((of, connection)) if of == session => return connection,
                    _ => self.doors.changed().await.unwrap(),
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.ok()
    }

    /// Says something on the machine's link, whatever it is.
    pub(crate) async fn say<M: Wire>(&mut self, word: &M) {
        self.bytes(&encode(word).unwrap()).await;
    }

    /// Writes bytes on the machine's link.
    pub(crate) async fn bytes(&mut self, bytes: &[u8]) {
        let (_, stream) = self.link().await;
        // The machine may have hung up.
        let _ = stream.lock().await.write_all(bytes).await;
    }

    /// Opens a lane towards the machine.
    pub(crate) async fn lane(&mut self, session: SessionId, lane: Lane) -> (SendStream, RecvStream) {
        let connection = match lane {
            Lane::Control => self.link().await.0,
            _ => self.media(session).await.unwrap(),
        };
        twin(&connection, session, lane).await.unwrap()
    }

    /// What the machine has said so far.
    pub(crate) fn heard(&self) -> Vec<Uplink> {
        self.shared.heard.lock().unwrap().clone()
    }

    /// Why the machine says that a session ended, once it did.
    pub(crate) fn ended(&self, session: SessionId) -> Option<EndReason> {
        self.heard().into_iter().find_map(|word| match word {
            Uplink::Step { session: of, step: Step::Ended { reason } } if of == session => Some(reason),
            _ => None,
        })
    }

    /// From now on, what passes between console and machine goes through this hand.
    pub(crate) fn hand(&self, hand: Hand) {
        *self.shared.hand.lock().unwrap() = Some(hand);
    }

    /// What has passed.
    pub(crate) fn tape(&self) -> Vec<(Lane, Way, Vec<u8>)> {
        self.shared.tape.lock().unwrap().clone()
    }

    /// Answers the next console's request with this.
    pub(crate) fn permits(&self, permitted: Permitted) {
        *self.shared.permits.lock().unwrap() = Some(permitted);
    }

    /// From now on, the machine gets these when it asks for a released file.
    pub(crate) fn pieces(&self, pieces: Pieces) {
        *self.shared.pieces.lock().unwrap() = Some(pieces);
    }

    /// How often the machine asked for bytes of a released file.
    pub(crate) fn fetched(&self) -> usize {
        *self.shared.fetched.lock().unwrap()
    }

    /// What an honest relay would answer a technician.
    pub(crate) fn permitted(&self, ticket: Signed<Ticket>) -> Permitted {
        let line = LineFacts {
            measured_at: self.shared.clock.wall(),
            rtt_ms: 20,
            down_kbit: 20_000,
            up_kbit: 5_000,
            loss_permille: 0,
            loss_low_permille: 0,
        };
        let approval = self.shared.approval.clone();
        let agent_spki = self.shared.agent_spki.clone();
        Permitted { ticket, agent_spki, approval, warnings: Vec::new(), line }
    }
}

/// What a manager says of the machine.
pub(crate) fn approval(trio: &Trio) -> Approval {
    Approval {
        agent_key: trio.home.signer().unwrap().key_id(),
        contract: ContractId::new("C-2026-014").unwrap(),
        hostname: "COMPTA-1".into(),
        at: trio.clock.wall(),
    }
}

/// A ticket as an honest relay writes it.
pub(crate) fn ticket(trio: &Trio, number: u8, request: SessionRequest) -> Ticket {
    let now = trio.clock.wall();
    Ticket {
        session: SessionId([number; 16]),
        technician: person("sophie.martin"),
        technician_key: trio.technician.key_id(),
        agent_key: trio.home.signer().unwrap().key_id(),
        contract: ContractId::new("C-2026-014").unwrap(),
        request,
        issued_at: now,
        expires_at: UnixSeconds(now.0 + 120),
        closing: Closing::after(6 * 3600, Overrun::default(), Closes::SupportHours, 18 * 60, 18 * 60 + 30),
        beside: None,
    }
}

/// The word that brings it to the machine.
pub(crate) fn offer(signer: &Signer, ticket: &Ticket) -> Downlink {
    Downlink::Offer(Box::new(Offer { ticket: signer.sign(ticket).unwrap() }))
}

async fn accept(endpoint: Endpoint, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Some(incoming) = endpoint.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let Ok(connection) = incoming.await else { return };
            let mut streams = JoinSet::new();
            while let Ok((send, recv)) = connection.accept_bi().await {
                streams.spawn(Arc::clone(&shared).serve(connection.clone(), send, recv));
            }
        });
    }
}

impl Shared {
    fn is_machine(&self, connection: &Connection) -> bool {
        let certs =
            connection.peer_identity().and_then(|i| i.downcast::<Vec<CertificateDer<'static>>>().ok());
        let peer = Peer::from_certs(&certs.unwrap_or_default(), &self.firm, self.clock.wall());
        matches!(peer, Ok(Peer::Agent { .. }))
    }

    async fn serve(self: Arc<Self>, connection: Connection, send: SendStream, recv: RecvStream) {
        let (mut writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
        match reader.read::<Head>().await {
            Ok(Head::Link(_)) => {
                let welcome = Downlink::Welcome { relay_time: self.clock.wall() };
                let _ = writer.write(&welcome).await;
                if self.is_machine(&connection) {
                    let approval = self.approval.clone();
                    let _ = writer.write(&Downlink::Standing(Standing::Approved(Box::new(approval)))).await;
                    self.doors.lock().unwrap().link =
                        Some((connection, Arc::new(Held::new(writer.into_inner()))));
                    self.opened.send_replace(());
                    while let Ok(word) = reader.read::<Uplink>().await {
                        self.heard.lock().unwrap().push(word);
                    }
                } else {
                    self.datagrams(connection).await;
                }
            }
            Ok(Head::Media { session }) => {
                if self.is_machine(&connection) {
                    self.doors.lock().unwrap().media = Some((session, connection.clone()));
                    self.opened.send_replace(());
                }
                connection.closed().await;
            }
            Ok(Head::Call(call)) => match (self.answer(&call), *call) {
                (Some(reply), _) => {
                    let _ = writer.write(&reply).await;
                    writer.finish_and_wait().await;
                }
                // Until the machine gives up: streams held for longer would keep it from asking again.
                (None, Call::ReleasePart { .. }) => drop(writer.into_inner().stopped().await),
                (None, _) => {}
            },
            Ok(Head::Lane { session, lane }) => self.splice(session, lane, writer, reader).await,
            _ => {}
        }
    }

    fn answer(&self, call: &Call) -> Option<Reply> {
        match *call {
            Call::RequestSession(_) => Some(Reply::Permitted(Box::new(self.permits.lock().unwrap().take()?))),
            Call::ReleasePart { sha256, from } => {
                *self.fetched.lock().unwrap() += 1;
                let pieces = self.pieces.lock().unwrap().clone()?;
                pieces(sha256, from)
            }
            _ => None,
        }
    }

    /// The machine's signs of life go to the console.
    async fn datagrams(&self, console: Connection) {
        let Some((agent, _)) = self.doors.lock().unwrap().link.clone() else { return };
        while let Ok(datagram) = agent.read_datagram().await {
            let _ = console.send_datagram(datagram);
        }
    }

    async fn splice(
        self: Arc<Self>,
        session: SessionId,
        lane: Lane,
        writer: FrameWriter,
        reader: FrameReader,
    ) {
        let target = loop {
            // As with an honest relay, the machine's media connection proves that it has heard the offer.
            let (media, link) = {
                let doors = self.doors.lock().unwrap();
                let media = doors.media.as_ref().filter(|(of, _)| *of == session).map(|(_, c)| c.clone());
                (media, doors.link.as_ref().map(|(c, _)| c.clone()))
            };
            match (lane, media, link) {
                (Lane::Control, Some(_), Some(link)) => break link,
                (Lane::Screen | Lane::Input, Some(media), _) => break media,
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        let Some((to, from)) = twin(&target, session, lane).await else { return };
        let up = self.pump(lane, Way::ToAgent, reader.into_inner(), to);
        let down = self.pump(lane, Way::ToConsole, from, writer.into_inner());
        tokio::join!(up, down);
    }

    async fn pump(&self, lane: Lane, way: Way, mut from: RecvStream, mut to: SendStream) {
        let mut count = 0;
        while let Ok(Some(chunk)) = from.read_chunk(64 * 1024, true).await {
            let bytes = chunk.bytes.to_vec();
            self.tape.lock().unwrap().push((lane, way, bytes.clone()));
            let hand = self.hand.lock().unwrap().clone();
            let pieces =
                hand.map_or_else(|| vec![bytes.clone()], |hand| hand(lane, way, count, bytes.clone()));
            count += 1;
            for piece in pieces {
                if to.write_all(&piece).await.is_err() {
                    return;
                }
            }
        }
        let _ = to.finish();
        let _ = to.stopped().await;
    }
}

async fn twin(connection: &Connection, session: SessionId, lane: Lane) -> Option<(SendStream, RecvStream)> {
    let (send, recv) = connection.open_bi().await.ok()?;
    let mut writer = FrameWriter::new(send);
    writer.write(&Head::Lane { session, lane }).await.ok()?;
    Some((writer.into_inner(), recv))
}
