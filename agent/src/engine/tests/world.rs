//! A firm with its keys, an engine on a folder of its own, and a console that the gate let through.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aval_protocol::firm::authority::{certify, found, request};
use aval_protocol::firm::{FoundedFirm, Grant, Role, Signer, files};
use aval_protocol::id::{AgentId, ContractId, Epoch, PersonId, SessionId, UnixSeconds};
use aval_protocol::journal::Event;
use aval_protocol::prompt::{Answer, Ask, Banner};
use aval_protocol::session::console;
use aval_protocol::wire::beside::{Beside, Colleague};
use aval_protocol::wire::closing::{Closes, Closing, Overrun};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::handover::Wish;
use aval_protocol::wire::link::{Offer, Step, Uplink};
use aval_protocol::wire::record::LineFacts;
use aval_protocol::wire::session::{
    Approval, Capabilities, Notice, Permitted, SessionRequest, Ticket, WorkCategory,
};
use aval_transport::Random;
use tempfile::TempDir;

use super::super::{Command, Engine, Own};
use crate::ipc::{Desk, FromSession, ToSession};
use crate::service::desktop::DesktopEvent;
use crate::service::judge::Moments;
use crate::state::Ledger;

pub(super) const BOTH: Capabilities = Capabilities::KNOWN;
/// 2026-11-18.
const NOW: UnixSeconds = UnixSeconds(1_795_000_000);

pub(super) fn yes(capabilities: Capabilities) -> Answer {
    Answer::Yes { capabilities, shown_ms: 3_500 }
}

/// Everybody's keys.
pub(super) struct Shop {
    firm: FoundedFirm,
    pub(super) relay: Signer,
    manager: Signer,
    pub(super) technician: Arc<Signer>,
    colleague: Arc<Signer>,
    machine: Arc<Signer>,
}

/// An engine and who surrounds it.
pub(super) struct World {
    pub(super) shop: Shop,
    pub(super) engine: Engine,
    folder: TempDir,
    console: Option<console::Session>,
    /// The colleague's, beside it, and what it heard.
    second: Option<(SessionId, console::Session)>,
    pub(super) second_heard: Vec<console::Output>,
    start: Instant,
    now: Instant,
    /// Commands without bytes.
    pub(super) log: Vec<Command>,
    heard: Vec<console::Output>,
    /// Where the present session's part of the log begins.
    mark: usize,
}

// === impl Shop

impl Shop {
    pub(super) fn new() -> Self {
        let firm = found("Atelier Beaurepaire Informatique", "+33199001234", NOW, 20, 400).unwrap();
        let member = |role, person: &str, name: &str| {
            let key = Signer::generate().unwrap();
            let grant = Grant {
                role,
                person: PersonId::new(person).unwrap(),
                display_name: name.into(),
                valid_days: 365,
            };
            let chain = certify(&firm.issuing, &request(&key, "request").unwrap(), &grant, NOW).unwrap();
            files::signer_from_pem(&files::key_to_pem(&key), Some(&chain)).unwrap()
        };
        Self {
            relay: member(Role::Relay, "relais-1", "Relais 1"),
            manager: member(Role::Manager, "anne.leroy", "Anne Leroy"),
            technician: Arc::new(member(Role::Technician, "sophie.martin", "Sophie Martin")),
            colleague: Arc::new(member(Role::Technician, "paul.beaurepaire", "Paul Beaurepaire")),
            machine: Arc::new(Signer::generate().unwrap()),
            firm,
        }
    }

    fn request(&self) -> SessionRequest {
        SessionRequest {
            agent: AgentId::from(self.machine.key_id()),
            capabilities: BOTH,
            category: WorkCategory::Assistance,
            reference: "Appel de Mme Leroy, 10 h 12".into(),
            minutes: 60,
        }
    }

    /// The relay's ticket for a session of that number, issued now.
    pub(super) fn ticket(&self, session: u8) -> Ticket {
        Ticket {
            session: SessionId([session; 16]),
            technician: PersonId::new("sophie.martin").unwrap(),
            technician_key: self.technician.key_id(),
            agent_key: self.machine.key_id(),
            contract: ContractId::new("C-2026-014").unwrap(),
            request: self.request(),
            issued_at: NOW,
            expires_at: UnixSeconds(NOW.0 + 120),
            closing: Closing::after(
                6 * 3600,
                Overrun::default(),
                Closes::SupportHours,
                18 * 60,
                18 * 60 + 30,
            ),
            beside: None,
        }
    }

    fn permitted(&self, ticket: &Ticket) -> Permitted {
        let approval = Approval {
            agent_key: self.machine.key_id(),
            contract: ticket.contract.clone(),
            hostname: "accueil".into(),
            at: NOW,
        };
        let line = LineFacts {
            measured_at: NOW,
            rtt_ms: 20,
            down_kbit: 20_000,
            up_kbit: 5_000,
            loss_permille: 0,
            loss_low_permille: 0,
        };
        Permitted {
            ticket: self.relay.sign(ticket).unwrap(),
            agent_spki: self.machine.spki().to_vec(),
            approval: self.manager.sign(&approval).unwrap(),
            warnings: Vec::new(),
            line,
        }
    }

    fn engine(&self, folder: &TempDir) -> Engine {
        let (ledger, damaged) = Ledger::open(&folder.path().join("state.json"), NOW).unwrap();
        assert_eq!(damaged, None);
        let own = Own {
            signer: Arc::clone(&self.machine),
            firm: self.firm.file.firm().clone(),
            profile: self.firm.file.profile().clone(),
        };
        Engine::new(own, ledger, Random::system())
    }
}

// === impl World

impl World {
    /// Nobody is logged on.
    pub(super) fn new() -> Self {
        let (shop, folder) = (Shop::new(), tempfile::tempdir().unwrap());
        let engine = shop.engine(&folder);
        let start = aval_transport::Clock::system().monotonic();
        let (log, heard) = (Vec::new(), Vec::new());
        let (second, second_heard) = (None, Vec::new());
        Self {
            shop,
            engine,
            folder,
            console: None,
            second,
            second_heard,
            start,
            now: start,
            log,
            heard,
            mark: 0,
        }
    }

    pub(super) fn with_desk(desk: Desk) -> Self {
        let mut world = Self::new();
        world.event(DesktopEvent::Here(desk));
        world
    }

    /// A session whose banner is up.
    pub(super) fn living() -> Self {
        let mut world = Self::with_desk(super::SCREEN);
        world.offer(1);
        world.pass(Duration::from_secs(4));
        world.answer(yes(BOTH));
        world.said(FromSession::BannerUp { epoch: Epoch(1) });
        assert!(world.lit());
        world
    }

    /// The service starts anew on the same folder.
    pub(super) fn restart(&mut self) {
        self.engine = self.shop.engine(&self.folder);
        (self.console, self.mark) = (None, 0);
        self.log.clear();
        self.heard.clear();
    }

    pub(super) fn times(&self) -> (Instant, UnixSeconds) {
        let since = (self.now - self.start).as_secs();
        (self.now, UnixSeconds(NOW.0 + i64::try_from(since).unwrap()))
    }

    /// The relay offers a session, and its technician calls.
    pub(super) fn offer(&mut self, session: u8) {
        let (now, wall) = self.times();
        let mut ticket = self.shop.ticket(session);
        (ticket.issued_at, ticket.expires_at) = (wall, UnixSeconds(wall.0 + 120));
        let (permitted, firm) = (self.shop.permitted(&ticket), self.shop.firm.file.firm().clone());
        let technician = Arc::clone(&self.shop.technician);
        let nonce = Random::system().bytes().unwrap();
        let console =
            console::Session::new(&permitted, self.shop.request(), technician, &firm, now, wall, nonce);
        self.console = Some(console.unwrap());
        self.heard.clear();
        self.mark = self.log.len();
        self.raw_offer(&Offer { ticket: permitted.ticket });
    }

    /// An offer behind which no technician is heard.
    pub(super) fn bare_offer(&mut self, ticket: &Ticket) {
        let (_, wall) = self.times();
        let mut ticket = ticket.clone();
        (ticket.issued_at, ticket.expires_at) = (wall, UnixSeconds(wall.0 + 120));
        let offer = Offer { ticket: self.shop.relay.sign(&ticket).unwrap() };
        self.raw_offer(&offer);
    }

    pub(super) fn raw_offer(&mut self, offer: &Offer) {
        let (now, wall) = self.times();
        self.engine.offer(now, wall, Moments { certificates: wall, relay: wall }, offer);
        self.run();
    }

    pub(super) fn event(&mut self, event: DesktopEvent) {
        let (now, wall) = self.times();
        self.engine.desktop(now, wall, event);
        self.run();
    }

    pub(super) fn said(&mut self, word: FromSession) {
        self.event(DesktopEvent::Said(word));
    }

    pub(super) fn answer(&mut self, answer: Answer) {
        let session = self.engine.session().unwrap();
        self.said(FromSession::Answer { session, answer });
    }

    pub(super) fn control(&mut self, bytes: &[u8]) {
        let (now, wall) = self.times();
        let session = self.engine.session().unwrap();
        self.engine.control(now, wall, session, bytes);
        self.run();
    }

    pub(super) fn console_event(&mut self, event: console::Local) {
        let (now, wall) = self.times();
        self.console.as_mut().unwrap().handle(now, wall, event);
        self.run();
    }

    pub(super) fn console_wish(&mut self, wish: Wish) {
        assert!(self.console.as_mut().unwrap().wish(wish));
        self.run();
    }

    /// Carries everything until nobody has anything more to say.
    pub(super) fn run(&mut self) {
        let (now, wall) = self.times();
        loop {
            let mut quiet = true;
            while let Some(command) = self.engine.poll() {
                quiet = false;
                let command = match (command, &mut self.second) {
                    (Command::Control(of, bytes), Some((session, console))) if of == *session => {
                        console.handle_frame(now, wall, &bytes);
                        continue;
                    }
                    (Command::Datagram(bytes), Some((session, console))) if bytes.starts_with(&session.0) => {
                        console.handle_datagram(now, &bytes);
                        continue;
                    }
                    (command, _) => command,
                };
                match (command, &mut self.console) {
                    (Command::Control(_, bytes), Some(console)) => console.handle_frame(now, wall, &bytes),
                    (Command::Datagram(bytes), Some(console)) => console.handle_datagram(now, &bytes),
                    (command, _) => self.log.push(command),
                }
            }
            while let Some(output) = self.console.as_mut().and_then(console::Session::poll_output) {
                quiet = false;
                match output {
                    console::Output::Send(bytes) => {
                        if let Some(session) = self.engine.session() {
                            self.engine.control(now, wall, session, &bytes);
                        }
                    }
                    output => self.heard.push(output),
                }
            }
            while let Some((session, output)) =
                self.second.as_mut().and_then(|(session, console)| Some((*session, console.poll_output()?)))
            {
                quiet = false;
                match output {
                    console::Output::Send(bytes) => self.engine.control(now, wall, session, &bytes),
                    output => self.second_heard.push(output),
                }
            }
            if quiet {
                return;
            }
        }
    }

    /// The relay offers the colleague's session, and they call.
    pub(super) fn offer_second(&mut self, session: u8, beside: Option<Beside>) {
        let (now, wall) = self.times();
        let ticket = Ticket {
            technician: PersonId::new("paul.beaurepaire").unwrap(),
            technician_key: self.shop.colleague.key_id(),
            issued_at: wall,
            expires_at: UnixSeconds(wall.0 + 120),
            beside,
            ..self.shop.ticket(session)
        };
        let (permitted, firm) = (self.shop.permitted(&ticket), self.shop.firm.file.firm().clone());
        let colleague = Arc::clone(&self.shop.colleague);
        let nonce = Random::system().bytes().unwrap();
        let console =
            console::Session::new(&permitted, self.shop.request(), colleague, &firm, now, wall, nonce);
        self.second = Some((ticket.session, console.unwrap()));
        self.second_heard.clear();
        self.raw_offer(&Offer { ticket: permitted.ticket });
    }

    /// What the first one heard of the colleague's question.
    pub(super) fn heard_of_colleague(&self) -> Vec<Colleague> {
        let notices = self.heard.iter().filter_map(|output| match output {
            console::Output::Notice(Notice::Colleague(word)) => Some(*word),
            _ => None,
        });
        notices.collect()
    }

    pub(super) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        loop {
            let due =
                [self.engine.poll_timeout(), self.console.as_ref().and_then(console::Session::poll_timeout)];
            let second = self.second.as_ref().and_then(|(_, console)| console.poll_timeout());
            let due = due.into_iter().chain([second]);
            self.now = due.flatten().min().map_or(until, |due| due.clamp(self.now, until));
            let (now, wall) = self.times();
            self.engine.tick(now, wall);
            if let Some(console) = &mut self.console {
                console.handle_timeout(now, wall);
            }
            if let Some((_, console)) = &mut self.second {
                console.handle_timeout(now, wall);
            }
            self.run();
            if self.now == until {
                return;
            }
        }
    }

    /// The present session's question.
    pub(super) fn asked(&self) -> Option<Ask> {
        self.log[self.mark..].iter().find_map(|command| match command {
            Command::Order(ToSession::Ask { ask, .. }) => Some((**ask).clone()),
            _ => None,
        })
    }

    /// The banner of the present session.
    pub(super) fn begun(&self) -> Option<Banner> {
        self.log[self.mark..].iter().find_map(|command| match command {
            Command::Order(ToSession::Begin { banner, .. }) => Some((**banner).clone()),
            _ => None,
        })
    }

    pub(super) fn did(&self, what: impl Fn(&Command) -> bool) -> bool {
        self.log.iter().any(what)
    }

    pub(super) fn recorded(&self, event: &Event) -> bool {
        self.did(|command| matches!(command, Command::Record(recorded) if recorded == event))
    }

    pub(super) fn told(&self, step: &Step) -> bool {
        self.did(
            |command| matches!(command, Command::Uplink(Uplink::Step { step: told, .. }) if told == step),
        )
    }

    /// The one word about an offer that was not followed.
    pub(super) fn refusal(&self, mark: usize) -> Option<EndReason> {
        match &self.log[mark..] {
            [Command::Uplink(Uplink::Step { step: Step::Ended { reason }, .. })] => Some(*reason),
            _ => None,
        }
    }

    pub(super) fn heard_code(&self) -> Option<u32> {
        self.heard.iter().find_map(|output| match output {
            console::Output::MatchCode(code) => Some(*code),
            _ => None,
        })
    }

    pub(super) fn console_over(&self) -> Option<EndReason> {
        match self.heard.last() {
            Some(console::Output::Over(reason)) => Some(*reason),
            _ => None,
        }
    }

    /// The living epoch of the only session.
    pub(super) fn epoch(&self) -> Option<Epoch> {
        self.engine.living(self.engine.session()?)
    }

    /// Whether the console may show anything now.
    pub(super) fn lit(&self) -> bool {
        let last = self.heard.iter().rev().find_map(|output| match output {
            console::Output::Blank(blank) => Some(!blank),
            console::Output::Over(_) => Some(false),
            _ => None,
        });
        last.unwrap_or(false)
    }
}
