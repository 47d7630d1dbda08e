//! A relay that says what a test wants, and hands a session's streams to the machine at the far end.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aval_protocol::firm::tls;
use aval_protocol::journal::{Chain, Event};
use aval_protocol::wire::codes::{EndReason, FaultCode, RefusalCode};
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::link::{Downlink, Head};
use aval_protocol::wire::record::{Decision, JournalPage, MachineNews, MachinePage, Mark, OfferLine, Reason};
use aval_protocol::wire::session::Capabilities;
use aval_transport::socket::{Socket, endpoint};
use aval_transport::{Clock, FrameReader, FrameWriter, config};
use quinn::{Connection, Endpoint, RecvStream, SendStream};
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;

use crate::agent::{Agent, At, Person, Seen};
use crate::firm::{Firm, SESSION, now};

/// How this relay behaves.
#[derive(Clone)]
pub(crate) struct Manner {
    /// What the gate says: no.
    pub(crate) refuses: bool,
    /// Who sits before the machine.
    pub(crate) person: Person,
    /// The journal it shows.
    pub(crate) journal: Journal,
    /// What the machine calls itself.
    pub(crate) hostname: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Journal {
    Good,
    Altered,
}

/// A relay, with the machine behind it.
pub(crate) struct World {
    pub(crate) firm: Arc<Firm>,
    pub(crate) address: SocketAddr,
    /// What happens at the machine.
    pub(crate) machine: mpsc::UnboundedSender<At>,
    /// What the machine saw.
    pub(crate) seen: Arc<Mutex<Seen>>,
    over: broadcast::Sender<Downlink>,
    endpoint: Endpoint,
    _tasks: JoinSet<()>,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            refuses: false,
            person: Person::Grants(Capabilities::KNOWN),
            journal: Journal::Good,
            hostname: "COMPTA-1",
        }
    }
}

impl World {
    pub(crate) fn new(firm: Firm, manner: Manner) -> Self {
        let firm = Arc::new(firm);
        let tls = tls::relay_server_config(
            &firm.relay,
            firm.founded.file.firm().clone(),
            Arc::new(Clock::system()),
        );
        let server = config::server(tls.unwrap()).unwrap();
        let endpoint = endpoint(Socket::Udp(([127, 0, 0, 1], 0).into()), Some(server)).unwrap();
        let address = endpoint.local_addr().unwrap();
        let (machine, at) = mpsc::unbounded_channel();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (over, _) = broadcast::channel(8);
        let mut tasks = JoinSet::new();
        let agent = Agent::new(Arc::clone(&firm), manner.person, Arc::clone(&seen), over.clone());
        tasks.spawn(agent.run(at));
        let end = End { firm: Arc::clone(&firm), manner, machine: machine.clone(), over: over.clone() };
        let incoming = endpoint.clone();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Some(connecting) = incoming.accept().await {
                let end = end.clone();
                connections.spawn(async move {
                    if let Ok(connection) = connecting.await {
                        end.serve(connection).await;
                    }
                });
            }
        });
        Self { firm, address, machine, seen, over, endpoint, _tasks: tasks }
    }

    /// The relay says that the session is over.
    pub(crate) fn say_over(&self, reason: EndReason) {
        self.over.send(Downlink::Over { session: SESSION, reason }).unwrap();
    }

    /// The relay vanishes with a word to nobody but QUIC.
    pub(crate) fn vanish(&self) {
        self.endpoint.close(0_u32.into(), b"");
    }

    /// Waits until the machine has seen something.
    pub(crate) async fn until(&self, holds: impl Fn(&Seen) -> bool) {
        let wait = async {
            while !holds(&self.seen.lock().unwrap()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(10), wait).await;
        assert!(waited.is_ok(), "the machine saw only {:?}", self.seen.lock().unwrap());
    }
}

/// The relay's end of every connection.
#[derive(Clone)]
struct End {
    firm: Arc<Firm>,
    manner: Manner,
    machine: mpsc::UnboundedSender<At>,
    over: broadcast::Sender<Downlink>,
}

impl End {
    async fn serve(self, connection: Connection) {
        let mut streams = JoinSet::new();
        while let Ok((send, recv)) = connection.accept_bi().await {
            streams.spawn(self.clone().stream(connection.clone(), send, recv));
        }
    }

    async fn stream(self, connection: Connection, send: SendStream, recv: RecvStream) {
        let (mut writer, mut reader) = (FrameWriter::new(send), FrameReader::new(recv));
        let Ok(head) = reader.read::<Head>().await else { return };
        match head {
            Head::Link(_) => {
                let mut over = self.over.subscribe();
                writer.write(&Downlink::Welcome { relay_time: now() }).await.unwrap();
                while let Ok(word) = over.recv().await {
                    writer.write(&word).await.unwrap();
                }
            }
            Head::Call(call) => {
                if let Call::News { .. } = *call {
                    // Nothing changes here.
                    tokio::time::sleep(Duration::from_secs(20)).await;
                }
                let reply = self.answer(*call);
                writer.write(&reply).await.unwrap();
                writer.finish_and_wait().await;
            }
            Head::Media { session } => {
                assert_eq!(session, SESSION);
                connection.closed().await;
            }
            Head::Lane { session, lane } => {
                assert_eq!(session, SESSION);
                let _ =
                    self.machine.send(At::Lane(lane, connection, writer.into_inner(), reader.into_inner()));
            }
            Head::Probe { .. } => panic!("a console measures nothing"),
        }
    }

    fn answer(&self, call: Call) -> Reply {
        match call {
            Call::Machines { .. } => Reply::Machines(self.machines()),
            Call::RequestSession(_) if self.manner.refuses => Reply::Decision(Box::new(refusal())),
            Call::RequestSession(request) => {
                let (ticket, permitted) = self.firm.permitted(request);
                let _ = self.machine.send(At::Offer(Box::new(ticket)));
                Reply::Permitted(Box::new(permitted))
            }
            Call::Journal { from, .. } => Reply::Journal(self.page(from)),
            Call::News { since, .. } => {
                Reply::News(MachineNews { mark: since, all: false, rows: vec![], gone: vec![] })
            }
            Call::Approve(_) | Call::Lock { .. } => Reply::Done,
            _ => Reply::Fault { code: FaultCode::Forbidden, fr: "Interdit.".into(), en: "Forbidden.".into() },
        }
    }

    fn machines(&self) -> MachinePage {
        let mut row = self.firm.row();
        row.facts.hostname = self.manner.hostname.into();
        MachinePage { rows: vec![row], more: false, mark: Mark::default() }
    }

    /// Pages of two entries.
    fn page(&self, from: u64) -> JournalPage {
        let signer = &self.firm.relay;
        let mut chain = Chain::new();
        let events = (0..5).map(|_| Event::Enrolled { agent_key: self.firm.machine.key_id() });
        let mut entries: Vec<_> = events.map(|event| chain.append(signer, now(), &event).unwrap()).collect();
        if self.manner.journal == Journal::Altered {
            entries[3].at.0 -= 1;
        }
        let start = usize::try_from(from - 1).unwrap();
        let more = start + 2 < entries.len();
        let entries = entries.into_iter().skip(start).take(2).collect();
        JournalPage { entries, spki: signer.spki().to_vec(), more }
    }
}

fn refusal() -> Decision {
    let reason = |code, clause: &str, fr: &str, en: &str| Reason {
        code,
        clause: clause.into(),
        fr: fr.into(),
        en: en.into(),
    };
    Decision {
        permitted: false,
        at: now(),
        contract: Some(Firm::contract()),
        capabilities: Capabilities::none(),
        reasons: vec![
            reason(RefusalCode::Lapsed, "6.3", "Le contrat est terminé.", "The contract has ended."),
            reason(RefusalCode::OutOfHours, "4.2", "Hors des heures d’assistance.", "Outside support hours."),
        ],
        warnings: vec![],
        retry_at: Some(now()),
        offers: vec![OfferLine {
            kind: "quote".into(),
            included: false,
            clause: "2.6".into(),
            fr: "Un devis.".into(),
            en: "A quote.".into(),
        }],
        line: None,
    }
}
