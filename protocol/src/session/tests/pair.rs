//! A firm, a permitted session, and its two machines with a line between them that a test may tamper with.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::consent;
use crate::firm::fixture::{NOW, firm, member, sophie, with_role};
use crate::firm::{FoundedFirm, Role, Signed, Signer};
use crate::id::{AgentId, ContractId, Epoch, PersonId, SessionId, UnixSeconds};
use crate::journal::Event;
use crate::prompt::{Answer, Ask};
use crate::session::{agent, console};
use crate::wire::closing::{Closes, Closing, Overrun};
use crate::wire::codes::EndReason;
use crate::wire::record::LineFacts;
use crate::wire::session::{Approval, Capabilities, Permitted, SessionRequest, Ticket, WorkCategory};

pub(super) const BOTH: Capabilities = Capabilities::KNOWN;

/// Which way something goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    ToAgent,
    ToConsole,
    /// From the agent, as a datagram.
    Datagram,
}

/// What the line makes of each piece: any number of pieces.
pub(super) type Line = Box<dyn FnMut(Way, Vec<u8>) -> Vec<Vec<u8>>>;

/// Everybody's keys.
pub(super) struct World {
    pub(super) firm: FoundedFirm,
    pub(super) relay: Signer,
    pub(super) manager: Signer,
    pub(super) technician: Arc<Signer>,
    pub(super) machine: Arc<Signer>,
    pub(super) start: Instant,
}

/// Two machines and what they did.
pub(super) struct Pair {
    pub(super) agent: agent::Session,
    pub(super) console: console::Session,
    pub(super) start: Instant,
    pub(super) now: Instant,
    pub(super) line: Line,
    /// What the agent said except bytes.
    pub(super) said: Vec<agent::Output>,
    /// What the console said except bytes.
    pub(super) heard: Vec<console::Output>,
    /// When each datagram left, and all of its bytes.
    pub(super) datagrams: Vec<(Instant, Vec<u8>)>,
    /// The technician's hands rest: otherwise they move all the time.
    pub(super) rests: bool,
}

pub(super) fn yes(capabilities: Capabilities) -> Answer {
    Answer::Yes { capabilities, shown_ms: 4_000 }
}

/// Whatever is sent arrives, whole and in order.
pub(super) fn honest() -> Line {
    Box::new(|_, bytes| vec![bytes])
}

#[allow(clippy::disallowed_methods, reason = "any moment will do to start from")]
pub(super) fn moment() -> Instant {
    Instant::now()
}

// === impl World

impl World {
    pub(super) fn new() -> Self {
        let firm = firm();
        let relay = with_role(&firm, Role::Relay);
        let manager = with_role(&firm, Role::Manager);
        let technician = Arc::new(member(&firm, &sophie()));
        Self {
            relay,
            manager,
            technician,
            machine: Arc::new(Signer::generate().unwrap()),
            firm,
            start: moment(),
        }
    }

    pub(super) fn session(&self) -> SessionId {
        SessionId([0x5e; 16])
    }

    pub(super) fn request(&self) -> SessionRequest {
        SessionRequest {
            agent: AgentId::from(self.machine.key_id()),
            capabilities: BOTH,
            category: WorkCategory::Assistance,
            reference: "Appel de Mme Leroy, 10 h 12".into(),
            minutes: 60,
        }
    }

    pub(super) fn ticket(&self) -> Ticket {
        Ticket {
            session: self.session(),
            technician: PersonId::new("sophie.martin").unwrap(),
            technician_key: self.technician.key_id(),
            agent_key: self.machine.key_id(),
            contract: ContractId::new("C-2026-014").unwrap(),
            request: self.request(),
            issued_at: NOW,
            expires_at: UnixSeconds(NOW.0 + 60),
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

    pub(super) fn approval(&self) -> Approval {
        Approval {
            agent_key: self.machine.key_id(),
            contract: ContractId::new("C-2026-014").unwrap(),
            hostname: "accueil".into(),
            at: NOW,
        }
    }

    pub(super) fn permitted(&self, ticket: Signed<Ticket>, approval: Signed<Approval>) -> Permitted {
        let line = LineFacts {
            measured_at: NOW,
            rtt_ms: 20,
            down_kbit: 20_000,
            up_kbit: 5_000,
            loss_permille: 0,
            loss_low_permille: 0,
        };
        let agent_spki = self.machine.spki().to_vec();
        Permitted { ticket, agent_spki, approval, warnings: Vec::new(), line }
    }

    /// What the gate says when all is well.
    pub(super) fn honestly(&self) -> Permitted {
        let ticket = self.relay.sign(&self.ticket()).unwrap();
        self.permitted(ticket, self.manager.sign(&self.approval()).unwrap())
    }

    pub(super) fn agent(&self, ticket: Ticket) -> Result<agent::Session, EndReason> {
        self.agent_with(ticket, &self.machine)
    }

    pub(super) fn agent_with(&self, ticket: Ticket, key: &Arc<Signer>) -> Result<agent::Session, EndReason> {
        let profile = self.firm.file.profile().clone();
        let firm = self.firm.file.firm().clone();
        agent::Session::new(
            ticket,
            Arc::clone(key),
            firm,
            profile,
            Epoch(7),
            (self.start, self.start),
            NOW,
            nonce(),
        )
    }

    pub(super) fn console(&self, permitted: &Permitted) -> Result<console::Session, EndReason> {
        self.console_as(&self.technician, permitted)
    }

    pub(super) fn console_as(
        &self,
        key: &Arc<Signer>,
        permitted: &Permitted,
    ) -> Result<console::Session, EndReason> {
        let firm = self.firm.file.firm();
        console::Session::new(permitted, self.request(), Arc::clone(key), firm, self.start, NOW, nonce())
    }

    pub(super) fn console_asking(
        &self,
        permitted: &Permitted,
        request: SessionRequest,
    ) -> Result<console::Session, EndReason> {
        let firm = self.firm.file.firm();
        let key = Arc::clone(&self.technician);
        console::Session::new(permitted, request, key, firm, self.start, NOW, nonce())
    }

    pub(super) fn pair(&self) -> Pair {
        let agent = self.agent(self.ticket()).unwrap();
        Pair::new(agent, self.console(&self.honestly()).unwrap(), self.start)
    }

    /// A pair whose person said yes and whose banner is up.
    pub(super) fn living(&self) -> Pair {
        let mut pair = self.pair();
        pair.exchange();
        pair.pass_s(5);
        pair.agent(agent::Local::Answer(yes(BOTH)));
        pair.agent(agent::Local::BannerUp { epoch: Epoch(7) });
        assert!(pair.lit());
        pair
    }
}

/// Fresh for each machine.
fn nonce() -> [u8; 32] {
    let mut nonce = [0; 32];
    aws_lc_rs::rand::fill(&mut nonce).unwrap();
    nonce
}

// === impl Pair

impl Pair {
    pub(super) fn new(agent: agent::Session, console: console::Session, start: Instant) -> Self {
        let (said, heard, datagrams) = (Vec::new(), Vec::new(), Vec::new());
        Self { agent, console, start, now: start, line: honest(), said, heard, datagrams, rests: false }
    }

    pub(super) fn wall(&self) -> UnixSeconds {
        let since = (self.now - self.start).as_secs();
        UnixSeconds(NOW.0 + i64::try_from(since).unwrap())
    }

    /// Carries bytes until nobody has any more.
    pub(super) fn exchange(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(output) = self.console.poll_output() {
                quiet = false;
                match output {
                    console::Output::Send(bytes) => self.carry(Way::ToAgent, bytes),
                    output => self.heard.push(output),
                }
            }
            while let Some(output) = self.agent.poll_output() {
                quiet = false;
                match output {
                    agent::Output::Send(bytes) => self.carry(Way::ToConsole, bytes),
                    agent::Output::Datagram(bytes) => {
                        self.datagrams.push((self.now, bytes.clone()));
                        self.carry(Way::Datagram, bytes);
                    }
                    output => self.said.push(output),
                }
            }
            if quiet {
                return;
            }
        }
    }

    fn carry(&mut self, way: Way, bytes: Vec<u8>) {
        for piece in (self.line)(way, bytes) {
            self.deliver(way, &piece);
        }
    }

    /// Brings something to an end, whoever sent it.
    pub(super) fn deliver(&mut self, way: Way, bytes: &[u8]) {
        let (now, wall) = (self.now, self.wall());
        match way {
            Way::ToAgent => self.agent.handle_frame(now, wall, bytes),
            Way::ToConsole => self.console.handle_frame(now, wall, bytes),
            Way::Datagram => self.console.handle_datagram(now, bytes),
        }
    }

    pub(super) fn agent(&mut self, event: agent::Local) {
        self.agent.handle(self.now, self.wall(), event);
        self.exchange();
    }

    pub(super) fn console(&mut self, event: console::Local) {
        self.console.handle(self.now, self.wall(), event);
        self.exchange();
    }

    /// Lets time pass, stopping wherever a machine wants to be called.
    pub(super) fn pass(&mut self, time: Duration) {
        self.exchange();
        let until = self.now + time;
        loop {
            let due = [self.agent.poll_timeout(), self.console.poll_timeout()];
            let next = due.into_iter().flatten().min().map_or(until, |due| due.clamp(self.now, until));
            self.now = next;
            if !self.rests {
                self.agent.moved(next);
            }
            let wall = self.wall();
            self.agent.handle_timeout(next, wall);
            self.console.handle_timeout(next, wall);
            self.exchange();
            if next == until {
                return;
            }
        }
    }

    /// Lets time pass in one leap, as for a PC that slept: whatever was due is late.
    pub(super) fn leap(&mut self, time: Duration) {
        self.exchange();
        self.now += time;
        if !self.rests {
            self.agent.moved(self.now);
        }
        let wall = self.wall();
        self.agent.handle_timeout(self.now, wall);
        self.console.handle_timeout(self.now, wall);
        self.exchange();
    }

    pub(super) fn pass_s(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    /// Both ends have a new control lane.
    pub(super) fn reunite(&mut self, epoch: u64) {
        self.agent(agent::Local::Knock { epoch: Epoch(epoch) });
        self.console(console::Local::Back);
    }

    pub(super) fn ask(&self) -> Option<Ask> {
        self.said.iter().find_map(|output| match output {
            agent::Output::Ask(ask) => Some((**ask).clone()),
            _ => None,
        })
    }

    pub(super) fn start(&self) -> Option<(Epoch, Capabilities, u32)> {
        self.said.iter().find_map(|output| match output {
            agent::Output::Start { epoch, capabilities, for_s, .. } => Some((*epoch, *capabilities, *for_s)),
            _ => None,
        })
    }

    pub(super) fn match_code(&self) -> Option<u32> {
        self.heard.iter().find_map(|output| match output {
            console::Output::MatchCode(code) => Some(*code),
            _ => None,
        })
    }

    pub(super) fn journal(&self) -> impl Iterator<Item = &Event> {
        self.said.iter().filter_map(|output| match output {
            agent::Output::Journal(event) => Some(event),
            _ => None,
        })
    }

    pub(super) fn agent_over(&self) -> Option<EndReason> {
        match self.said.last() {
            Some(agent::Output::Over(reason)) => Some(*reason),
            _ => None,
        }
    }

    pub(super) fn console_over(&self) -> Option<EndReason> {
        match self.heard.last() {
            Some(console::Output::Over(reason)) => Some(*reason),
            _ => None,
        }
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

const _: () = assert!(consent::RAISING.as_secs() < crate::session::SILENCE.as_secs());
