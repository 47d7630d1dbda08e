//! The whole product in one runtime and in virtual time: a real relay with its real record, a real agent's service with a desk by
//! script, real consoles, on a simulated network.
#![allow(clippy::unwrap_used, reason = "a world that cannot be built fails the test")]

pub mod desk;
pub mod screen;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use aval_agent::enrol::{self, AtTerminal, Given, Invitation, Means};
use aval_agent::keep;
use aval_agent::service::{Machine, Service};
use aval_agent::state::Home;
use aval_agent::update::Programs;
use aval_console::calls::{approve_row, machines};
use aval_console::link::{Console, ConsoleConfig};
use aval_console::session::{Happened, Running, start};
use aval_protocol::firm::authority::{certify, found, request};
use aval_protocol::firm::{FoundedFirm, Grant, Role, Signer, files};
use aval_protocol::id::{AgentId, ContractId, PersonId, UnixSeconds};
use aval_protocol::journal::{self, Entry, Event, Told};
use aval_protocol::release::key_to_pem;
use aval_protocol::text::Lang;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::enrol::{Call, Reply};
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::link::Farewell;
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};
use aval_relay::gate::Rules;
use aval_relay::gate::term::{Day, Months, Term};
use aval_relay::records::{Author, NewContract, Store};
use aval_relay::{Relay, RelayConfig};
use aval_transport::{Clock, Random};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::parts::Parts;
use crate::simnet::{Line, SimNet};
use desk::{Desk, Person};

/// Tuesday 24 November 2026, 10 o'clock in Paris: support hours.
pub const NOW: UnixSeconds = UnixSeconds(1_795_510_800);
/// Longer than anything in these worlds takes, in virtual time.
pub const PATIENCE: Duration = Duration::from_secs(120);
const CONTRACT: &str = "C-2026-014";

/// What differs from world to world.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Drives the network's losses.
    pub seed: u64,
    /// The machine's line, once it is attached.
    pub line: Line,
    /// When the firm's clock begins; not before [`NOW`].
    pub at: UnixSeconds,
    /// The PC's clock.
    pub pc: Clock,
    /// What the person does when asked.
    pub person: Person,
    /// The gate's rules.
    pub rules: Rules,
    /// For how many days the technician's certificate is valid, from [`NOW`] on.
    pub technician_days: u32,
    /// Who changes the machine's program, and the release key that is pinned there (DER).
    pub programs: (Programs, Option<Vec<u8>>),
}

/// Relay, machine and members.
#[derive(Debug)]
pub struct Trio {
    /// The network.
    pub net: SimNet,
    /// The firm's clock.
    pub clock: Clock,
    /// The record.
    pub store: Store,
    /// The machine's folder.
    pub home: Home,
    /// The person's desk.
    pub desk: Desk,
    /// What the machine is made of.
    pub parts: Parts,
    /// The machine.
    pub agent: AgentId,
    /// The technician.
    pub technician: Arc<Signer>,
    /// Another technician.
    pub other: Arc<Signer>,
    /// The manager.
    pub manager: Arc<Signer>,
    /// The firm.
    pub firm: FoundedFirm,
    rules: Rules,
    relay_key: Arc<Signer>,
    relay: Option<Relay>,
    service: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    hosts: AtomicU8,
    dir: tempfile::TempDir,
}

/// A session and how far it got.
#[derive(Debug)]
pub struct Seance {
    /// The console's end.
    pub running: Running,
    /// Everything that happened, and when.
    pub happened: Vec<(Happened, Instant)>,
    clock: Clock,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            seed: 7,
            line: good(),
            at: NOW,
            pc: Clock::starting_at(NOW),
            person: Person::Grants(Capabilities::KNOWN),
            rules: Rules::default(),
            technician_days: 365,
            programs: (Programs::Packaged, None),
        }
    }
}

/// A line on which nothing is noticed.
pub fn good() -> Line {
    Line::kbit(20_000, 5_000, 20)
}

/// The relay's address.
pub fn relay_address() -> SocketAddr {
    ([10, 0, 0, 1], 4433).into()
}

/// The machine's address.
pub fn machine_address() -> SocketAddr {
    ([10, 0, 0, 2], 5000).into()
}

/// The address of the console that connects first after the world was built.
pub fn console_address() -> SocketAddr {
    ([10, 0, 1, 2], 5000).into()
}

// === impl Trio

impl Trio {
    /// A firm with a client's machine that is attached, approved and connected.
    ///
    /// # Panics
    /// When the world cannot be built.
    pub async fn start(setup: Setup) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let firm = found("Atelier Beaurepaire Informatique", "+33199001234", NOW, 20, 400).unwrap();
        std::fs::write(dir.path().join("firm.pub"), firm.file.to_pem().unwrap()).unwrap();
        let store = Store::open(&dir.path().join("record.sqlite")).unwrap();
        store.open_contract(&leroy(), &Author::Host, NOW).unwrap();
        let member = |role, name, days| Arc::new(member(&firm, role, name, days));
        let home = Home::new(dir.path().join("agent"));
        let (desk, scripted) = Desk::new(setup.person);
        let net = SimNet::new(setup.seed);
        net.set_line(relay_address(), Line::server());
        net.set_line(machine_address(), good());
        let mut trio = Self {
            net,
            clock: Clock::starting_at(setup.at),
            store,
            desk,
            parts: Parts::office(),
            agent: AgentId([0; 16]),
            technician: member(Role::Technician, "sophie.martin", setup.technician_days),
            other: member(Role::Technician, "hugo.lambert", 365),
            manager: member(Role::Manager, "paul.beaurepaire", 365),
            relay_key: member(Role::Relay, "relais-1", 365),
            firm,
            rules: setup.rules,
            relay: None,
            service: None,
            hosts: AtomicU8::new(1),
            home,
            dir,
        };
        trio.start_relay();
        let manager = trio.console(&trio.manager).await;
        trio.attach(&manager, &setup.pc).await;
        let rows = machines(&manager).await.unwrap();
        approve_row(&manager, &rows[0]).await.unwrap();
        manager.close().await;
        trio.net.set_line(machine_address(), setup.line);
        trio.serve(setup.pc, scripted, setup.programs);
        trio.until("the machine is connected", || trio.online()).await;
        trio
    }

    /// The relay begins, or begins again with the same record.
    ///
    /// # Panics
    /// When it can't.
    pub fn start_relay(&mut self) {
        let config = RelayConfig {
            store: self.store.clone(),
            signer: Arc::clone(&self.relay_key),
            firm: self.firm.file.clone(),
            clock: self.clock.clone(),
            socket: self.net.socket(relay_address()),
            rules: self.rules.clone(),
            random: Random::system(),
            reset_key: [7; 32],
        };
        self.relay = Some(Relay::start(config).unwrap());
    }

    /// The relay's own key, for whoever stole it.
    pub fn relay_key(&self) -> &Signer {
        &self.relay_key
    }

    /// The relay stops with that word.
    ///
    /// # Panics
    /// When it has stopped.
    pub async fn stop_relay(&mut self, farewell: Farewell) {
        self.relay.take().unwrap().stop(farewell).await;
    }

    /// The machine's service stops.
    ///
    /// # Panics
    /// When it has stopped.
    pub async fn stop_service(&mut self) {
        let (stop, running) = self.service.take().unwrap();
        stop.send(()).unwrap();
        running.await.unwrap();
    }

    /// A member's console, on a good line and a host of its own.
    ///
    /// # Panics
    /// When it can't connect.
    pub async fn console(&self, signer: &Arc<Signer>) -> Console {
        let number = self.hosts.fetch_add(1, Ordering::Relaxed);
        let host: SocketAddr = ([10, 0, 1, number], 5000).into();
        let config = ConsoleConfig {
            socket: Some(self.net.host(host, good())),
            relays: vec![relay_address().to_string()],
            signer: Arc::clone(signer),
            firm: self.firm.file.firm().clone(),
            clock: self.clock.clone(),
            random: Random::system(),
            keep: None,
        };
        Console::connect(config).await.unwrap()
    }

    /// What a technician asks for.
    pub fn request(&self) -> SessionRequest {
        SessionRequest {
            agent: self.agent,
            capabilities: Capabilities::KNOWN,
            category: WorkCategory::Assistance,
            reference: "appel de Mme Leroy, 10 h 12".into(),
            minutes: 30,
        }
    }

    /// A session that the gate permits.
    ///
    /// # Panics
    /// When the gate does not.
    pub async fn session(&self, console: &Console) -> Seance {
        Seance::new(start(console, self.request()).await.unwrap())
    }

    /// A session that runs, with the whole screen on the console.
    ///
    /// # Panics
    /// When it does not get that far.
    pub async fn seen(&self, console: &Console) -> Seance {
        let mut seance = self.session(console).await;
        seance.until(|h| *h == Happened::Hidden(false)).await;
        self.until("the picture is whole", || seance.shows(&self.desk)).await;
        seance
    }

    /// Waits, a virtual millisecond at a time.
    ///
    /// # Panics
    /// When it never comes.
    pub async fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let wait = async {
            while !holds() {
                sleep(Duration::from_millis(1)).await;
            }
        };
        assert!(timeout(PATIENCE, wait).await.is_ok(), "never: {what}; the desk saw {:?}", self.desk.seen());
    }

    /// Whether the machine's service says that it is connected and approved.
    pub fn online(&self) -> bool {
        let status = self.home.status();
        let approved = aval_protocol::text::agent::Standing::Approved;
        status.is_some_and(|s| s.relay.is_some() && s.desktop && s.standing == Some(approved))
    }

    /// The kinds of entries in the relay's journal of the machine, which holds.
    ///
    /// # Panics
    /// When it does not.
    pub fn relay_journal(&self) -> Vec<&'static str> {
        let (entries, _) = self.store.journal_page(self.agent, 1, 200).unwrap();
        journal::verify(&entries, self.relay_key.spki(), None).unwrap();
        entries.iter().map(label).collect()
    }

    /// The kinds of entries in the machine's own journal, which holds.
    ///
    /// # Panics
    /// When it does not.
    pub fn own_journal(&self) -> Vec<&'static str> {
        let mut labels = Vec::new();
        let spki = self.home.signer().unwrap();
        let read =
            keep::read(&self.home.path(keep::JOURNAL), spki.spki(), |e| labels.push(label(e))).unwrap();
        assert_eq!(read.trouble, None);
        labels
    }

    /// Whether the newest head that the relay wrote down is the end of the machine's own journal.
    ///
    /// # Panics
    /// When either can't be read.
    pub fn witnessed(&self) -> bool {
        let (entries, _) = self.store.journal_page(self.agent, 1, 200).unwrap();
        let mut heads = entries.iter().filter_map(|entry| match entry.told() {
            Told::Known(Event::PeerHead { seq, hash }) => Some((seq, hash)),
            _ => None,
        });
        let own = self.home.signer().unwrap();
        let read = keep::read(&self.home.path(keep::JOURNAL), own.spki(), |_| {}).unwrap();
        heads.next_back() == Some((read.head.seq, read.head.hash))
    }

    async fn attach(&mut self, manager: &Console, pc: &Clock) {
        let issue = Call::IssueCode { contract: contract_id(), valid_minutes: 60 };
        let Reply::Code(code) = manager.call(issue).await.unwrap() else { panic!("no code") };
        let invitation = Invitation {
            firm: Given::File(self.dir.path().join("firm.pub")),
            code: Some(code.code),
            relays: vec![relay_address().to_string()],
        };
        let (mut yes, mut said) = (&b"oui\n"[..], Vec::new());
        let agreed = {
            let mut person = AtTerminal { input: &mut yes, output: &mut said };
            enrol::agree(&self.home, invitation, facts(), Lang::Fr, &mut person).unwrap()
        };
        let socket = Some(self.net.socket(machine_address()));
        let means = Means { socket, clock: pc.clone(), random: Random::system() };
        self.agent = enrol::attach(&self.home, agreed, means).await.unwrap().agent;
    }

    fn serve(&mut self, pc: Clock, scripted: desk::Scripted, (programs, key): (Programs, Option<Vec<u8>>)) {
        if let Some(key) = key {
            std::fs::write(self.home.path("release.pub"), key_to_pem(&key)).unwrap();
        }
        let service = Service {
            programs,
            home: Home::new(self.home.dir()),
            machine: Machine { facts: facts(), boot: [1; 16] },
            socket: Some(self.net.socket(machine_address())),
            clock: pc,
            random: Random::system(),
            inventory: Arc::new(self.parts.clone()),
            desktop: Box::new(scripted),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            service.run(stopped).await.unwrap();
        });
        self.service = Some((stop, running));
    }
}

// === impl Seance

impl Seance {
    /// Follows a session from its start.
    pub fn new(running: Running) -> Self {
        Self { running, happened: Vec::new(), clock: Clock::system() }
    }

    /// Waits for something to happen; when it did.
    ///
    /// # Panics
    /// When it never does.
    pub async fn until(&mut self, is: impl Fn(&Happened) -> bool) -> Instant {
        let found = self.wait(is).await;
        found.unwrap_or_else(|| panic!("it never came: {:?}", self.happened))
    }

    /// Waits for the end; why, and when. Nothing can be seen any more.
    ///
    /// # Panics
    /// When there is none, or something can be seen after it.
    pub async fn ended(&mut self) -> (EndReason, Instant) {
        let at = self.until(|h| matches!(h, Happened::Ended(_))).await;
        let view = self.running.hands().view();
        assert!(view.hash().is_none() && view.pixel(0, 0).is_none(), "the screen is still there");
        (self.running.hands().state().ended.unwrap(), at)
    }

    /// Waits until all is told.
    pub async fn over(&mut self) {
        let rest = async { while self.running.next().await.is_some() {} };
        let _ = timeout(PATIENCE, rest).await;
    }

    /// The digits shown at the console.
    pub fn match_code(&self) -> Option<u32> {
        self.happened.iter().find_map(|(h, _)| match h {
            Happened::MatchCode(code) => Some(*code),
            _ => None,
        })
    }

    /// Whether the console shows exactly the desk's screen.
    pub fn shows(&self, desk: &Desk) -> bool {
        let pixels = self.running.hands().view().look(|p| p.rows().flatten().copied().collect::<Vec<u32>>());
        pixels.is_some_and(|pixels| pixels == desk.screen.pixels())
    }

    async fn wait(&mut self, is: impl Fn(&Happened) -> bool) -> Option<Instant> {
        loop {
            let happened = timeout(PATIENCE, self.running.next()).await.ok()??;
            let now = self.clock.monotonic();
            self.happened.push((happened, now));
            if is(&happened) {
                return Some(now);
            }
        }
    }
}

/// A name in the firm.
///
/// # Panics
/// When it is none.
pub fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

fn contract_id() -> ContractId {
    ContractId::new(CONTRACT).unwrap()
}

/// The client's contract, signed on 5 January 2026.
///
/// # Panics
/// Never.
pub fn leroy() -> NewContract {
    let day = Day::new(jiff::civil::date(2026, 1, 5)).unwrap();
    NewContract {
        id: contract_id(),
        client: "Cabinet Leroy".into(),
        signed_on: day,
        term: Term::new(day, Months::default()),
        postal: None,
        onsite: false,
        holidays: None,
    }
}

fn facts() -> HardwareFacts {
    HardwareFacts { hostname: "COMPTA-1".into(), ..HardwareFacts::default() }
}

fn label(entry: &Entry) -> &'static str {
    match entry.told() {
        Told::Known(event) => event.label(),
        Told::Opaque => "?",
    }
}

fn member(firm: &FoundedFirm, role: Role, name: &str, days: u32) -> Signer {
    let key = Signer::generate().unwrap();
    // As people write it: hugo.lambert is Hugo Lambert.
    let capital =
        |part: &str| part.get(..1).unwrap_or_default().to_uppercase() + part.get(1..).unwrap_or_default();
    let display_name = name.split('.').map(capital).collect::<Vec<_>>().join(" ");
    let grant = Grant { role, person: person(name), display_name, valid_days: days };
    let chain = certify(&firm.issuing, &request(&key, "request").unwrap(), &grant, NOW).unwrap();
    files::signer_from_pem(&files::key_to_pem(&key), Some(&chain)).unwrap()
}
