//! A firm, its relay with a real record, and clients that speak the bare protocol.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use aval_protocol::firm::authority::{certify, found, request};
use aval_protocol::firm::tls::{RELAY_NAME, RelayTrust, client_config};
use aval_protocol::firm::{FoundedFirm, Grant, Role, Signer, files};
use aval_protocol::id::{AgentId, ContractId, PersonId, UnixSeconds};
use aval_protocol::text::Lang;
use aval_protocol::wire::VERSION;
use aval_protocol::wire::codes::{CloseCode, FaultCode};
use aval_protocol::wire::enrol::{Accepted, Call, Reply};
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::link::{Downlink, Head, Hello};
use aval_protocol::wire::session::{Approval, Capabilities, SessionRequest, WorkCategory};
use aval_relay::gate::Rules;
use aval_relay::records::{Author, Store};
use aval_relay::{Relay, RelayConfig};
use aval_tests::simnet::{Line, SimNet};
use aval_tests::trio::leroy;
use aval_transport::{Clock, FrameReader, FrameWriter, Random, config, socket};
use quinn::{Connection, ConnectionError, Endpoint};

/// Tuesday 24 November 2026, 10 o'clock in Paris.
pub(crate) const NOW: UnixSeconds = UnixSeconds(1_795_510_800);
pub(crate) const CONTRACT: &str = "C-2026-014";

pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) net: SimNet,
    pub(crate) clock: Clock,
    pub(crate) firm: FoundedFirm,
    pub(crate) store: Store,
    pub(crate) relay: Option<Relay>,
    technician: Arc<Signer>,
    manager: Arc<Signer>,
    hosts: AtomicU8,
}

/// A standing link.
pub(crate) struct Link {
    pub(crate) at: Dialled,
    pub(crate) writer: FrameWriter,
    pub(crate) reader: FrameReader,
}

/// A connection and what keeps it alive.
pub(crate) struct Dialled {
    pub(crate) connection: Connection,
    pub(crate) endpoint: Endpoint,
}

pub(crate) fn address() -> SocketAddr {
    ([10, 0, 0, 1], 4433).into()
}

pub(crate) fn good() -> Line {
    Line::kbit(20_000, 5_000, 20)
}

pub(crate) fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

pub(crate) fn asked(agent: AgentId) -> SessionRequest {
    SessionRequest {
        agent,
        capabilities: Capabilities::KNOWN,
        category: WorkCategory::Assistance,
        reference: "appel de Mme Leroy, 10 h 12".into(),
        minutes: 30,
    }
}

impl World {
    pub(crate) fn start() -> Self {
        Self::start_at(NOW)
    }

    /// A relay that starts at that moment; the firm was founded at [`NOW`].
    pub(crate) fn start_at(at: UnixSeconds) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let firm = found("Atelier Beaurepaire Informatique", "+33199001234", NOW, 20, 400).unwrap();
        let store = Store::open(&dir.path().join("record.sqlite")).unwrap();
        store.open_contract(&leroy(), &Author::Host, NOW).unwrap();
        let (net, clock) = (SimNet::new(7), Clock::starting_at(at));
        let relay = Relay::start(RelayConfig {
            store: store.clone(),
            signer: Arc::new(member(&firm, Role::Relay, "relais-1")),
            firm: firm.file.clone(),
            clock: clock.clone(),
            socket: net.host(address(), Line::server()),
            rules: Rules::default(),
            random: Random::system(),
            reset_key: [7; 32],
        })
        .unwrap();
        let technician = Arc::new(member(&firm, Role::Technician, "sophie.martin"));
        let manager = Arc::new(member(&firm, Role::Manager, "paul.beaurepaire"));
        let (relay, hosts) = (Some(relay), AtomicU8::new(1));
        Self { dir, net, clock, firm, store, relay, technician, manager, hosts }
    }

    pub(crate) fn technician(&self) -> Arc<Signer> {
        Arc::clone(&self.technician)
    }

    pub(crate) fn manager(&self) -> Arc<Signer> {
        Arc::clone(&self.manager)
    }

    /// A connection, from a host of its own on this line.
    pub(crate) async fn dial(&self, signer: &Signer, line: Line) -> Dialled {
        let number = self.hosts.fetch_add(1, Ordering::Relaxed);
        let host: SocketAddr = ([10, 0, 1, number], 5000).into();
        let endpoint = socket::endpoint(self.net.host(host, line), None).unwrap();
        let connection = self.connect(&endpoint, signer).await.unwrap();
        Dialled { connection, endpoint }
    }

    /// A further connection of the same host.
    pub(crate) async fn connect(
        &self,
        from: &Endpoint,
        signer: &Signer,
    ) -> Result<Connection, ConnectionError> {
        let trust = RelayTrust::new(self.firm.file.firm().clone());
        let tls = client_config(signer, trust, Arc::new(self.clock.clone())).unwrap();
        from.connect_with(config::client(tls).unwrap(), address(), RELAY_NAME).unwrap().await
    }

    /// A standing link, welcomed.
    pub(crate) async fn link(&self, signer: &Signer, line: Line) -> Link {
        self.link_of(signer, line, hello().boot).await
    }

    /// The same, of one start of a machine.
    pub(crate) async fn link_of(&self, signer: &Signer, line: Line, boot: [u8; 16]) -> Link {
        let at = self.dial(signer, line).await;
        let (mut writer, mut reader) = open(&at.connection).await;
        writer.write(&Head::Link(Hello { boot, ..hello() })).await.unwrap();
        let said: Downlink = reader.read().await.unwrap();
        assert!(matches!(said, Downlink::Welcome { .. }), "{said:?}");
        Link { at, writer, reader }
    }

    /// One call on a connection of its own.
    pub(crate) async fn ask(&self, signer: &Signer, question: Call) -> Reply {
        let at = self.dial(signer, good()).await;
        call(&at.connection, question).await
    }

    /// A code of the manager's.
    pub(crate) async fn code(&self) -> String {
        let issue = Call::IssueCode { contract: contract(), valid_minutes: 60 };
        match self.ask(&self.manager(), issue).await {
            Reply::Code(code) => code.code,
            other => panic!("{other:?}"),
        }
    }

    /// A machine that is attached.
    pub(crate) async fn attached(&self) -> (Signer, AgentId) {
        let key = Signer::generate().unwrap();
        let enrol = enrol(&self.code().await);
        match self.ask(&key, enrol).await {
            Reply::Enrolled { agent } => (key, agent),
            other => panic!("{other:?}"),
        }
    }

    /// A machine that is attached and approved.
    pub(crate) async fn approved(&self) -> (Signer, AgentId) {
        let (key, agent) = self.attached().await;
        assert_eq!(self.ask(&self.manager(), self.approval(&key, &self.manager())).await, Reply::Done);
        (key, agent)
    }

    pub(crate) fn approval(&self, key: &Signer, by: &Signer) -> Call {
        let approval = Approval {
            agent_key: key.key_id(),
            contract: contract(),
            hostname: "COMPTA-1".into(),
            at: self.clock.wall(),
        };
        Call::Approve(Box::new(by.sign(&approval).unwrap()))
    }

    /// The kinds of entries in a machine's journal.
    pub(crate) fn journal(&self, agent: AgentId) -> Vec<&'static str> {
        let (entries, _) = self.store.journal_page(agent, 1, 200).unwrap();
        let told = entries.iter().map(aval_protocol::journal::Entry::told);
        told.map(|told| match told {
            aval_protocol::journal::Told::Known(event) => event.label(),
            aval_protocol::journal::Told::Opaque => "?",
        })
        .collect()
    }
}

impl Link {
    /// The next word of the relay.
    pub(crate) async fn hear(&mut self) -> Downlink {
        tokio::time::timeout(Duration::from_secs(60), self.reader.read()).await.expect("silence").unwrap()
    }

    pub(crate) async fn call(&self, question: Call) -> Reply {
        call(&self.at.connection, question).await
    }
}

pub(crate) fn contract() -> ContractId {
    ContractId::new(CONTRACT).unwrap()
}

/// A machine's question to be attached with that code.
pub(crate) fn enrol(code: &str) -> Call {
    let accepted = Accepted { version: "0.1.0".into(), sha256: [7; 32], lang: Lang::Fr };
    Call::Enrol { code: code.to_owned(), facts: facts(), accepted }
}

pub(crate) fn facts() -> HardwareFacts {
    HardwareFacts { hostname: "COMPTA-1".into(), ..HardwareFacts::default() }
}

pub(crate) fn hello() -> Hello {
    Hello { program: "test 1".into(), oldest: VERSION, boot: [1; 16] }
}

pub(crate) async fn open(connection: &Connection) -> (FrameWriter, FrameReader) {
    let (send, recv) = connection.open_bi().await.unwrap();
    (FrameWriter::new(send), FrameReader::new(recv))
}

pub(crate) async fn call(connection: &Connection, question: Call) -> Reply {
    let (mut writer, mut reader) = open(connection).await;
    writer.write(&Head::Call(Box::new(question))).await.unwrap();
    writer.finish();
    reader.read().await.unwrap()
}

pub(crate) fn code_of(reply: &Reply) -> Option<FaultCode> {
    match reply {
        Reply::Fault { code, .. } => Some(*code),
        _ => None,
    }
}

/// Why the relay closed a connection.
pub(crate) async fn closed(connection: &Connection) -> CloseCode {
    let reason =
        tokio::time::timeout(Duration::from_secs(40), connection.closed()).await.expect("still open");
    match reason {
        ConnectionError::ApplicationClosed(close) => {
            CloseCode::from(u16::try_from(close.error_code.into_inner()).unwrap())
        }
        other => panic!("{other}"),
    }
}

pub(crate) fn member(firm: &FoundedFirm, role: Role, name: &str) -> Signer {
    let key = Signer::generate().unwrap();
    let grant = Grant { role, person: person(name), display_name: "Quelqu’un".into(), valid_days: 365 };
    let csr = request(&key, "request").unwrap();
    let chain = certify(&firm.issuing, &csr, &grant, NOW).unwrap();
    files::signer_from_pem(&files::key_to_pem(&key), Some(&chain)).unwrap()
}
