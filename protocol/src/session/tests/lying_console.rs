//! The honest agent against a console that holds the right key and lies, or that holds a wrong one.

use std::sync::Arc;

use super::pair::World;
use crate::firm::fixture::{NOW, days, firm, member, sophie, with_role};
use crate::firm::{Grant, Role, Signer};
use crate::id::{AgentId, Epoch, KeyId, PersonId, UnixSeconds};
use crate::journal::Event;
use crate::seal::{Channel, SealError};
use crate::session::agent;
use crate::wire::codes::EndReason;
use crate::wire::session::{
    Capabilities, FromAgent, FromConsole, Pulse, SessionRequest, Ticket, WorkCategory,
};

/// The honest agent, and what a hand-made console has of it.
struct AgainstAgent {
    agent: agent::Session,
    console: Channel,
    world: Arc<World>,
    said: Vec<agent::Output>,
    /// The seal as the console sees it.
    seal: Result<(), SealError>,
}

impl AgainstAgent {
    /// Shakes hands as somebody.
    fn shake(world: Arc<World>, who: &Signer, at: UnixSeconds) -> Self {
        let agent = world.agent(world.ticket()).unwrap();
        let console = Channel::console(who, world.machine.spki(), at).unwrap();
        let mut this = Self { agent, console, world, said: Vec::new(), seal: Ok(()) };
        this.carry(at);
        this
    }

    fn carry(&mut self, wall: UnixSeconds) {
        loop {
            let mut quiet = true;
            while let Some(bytes) = self.console.outgoing() {
                quiet = false;
                self.agent.handle_frame(self.world.start, wall, &bytes);
            }
            while let Some(output) = self.agent.poll_output() {
                quiet = false;
                match output {
                    agent::Output::Send(bytes) => {
                        self.seal = self.seal.and_then(|()| self.console.receive(wall, &bytes));
                    }
                    output => self.said.push(output),
                }
            }
            if quiet {
                return;
            }
        }
    }

    fn say(&mut self, word: &FromConsole) {
        self.console.send(word).unwrap();
        self.carry(NOW);
    }

    fn request(&mut self, request: &SessionRequest, signer: &Signer) {
        let request = Box::new(signer.sign(request).unwrap());
        self.say(&FromConsole::Request { request, nonce: [9; 32] });
    }

    fn asked(&self) -> bool {
        self.said.iter().any(|output| matches!(output, agent::Output::Ask(_)))
    }

    fn over(&self) -> Option<EndReason> {
        match self.said.last() {
            Some(agent::Output::Over(reason)) => Some(*reason),
            _ => None,
        }
    }
}

#[test]
fn only_the_technician_of_the_ticket_gets_as_far_as_the_question() {
    let world = Arc::new(World::new());
    let sophie_herself = Arc::clone(&world.technician);
    let mut honest = AgainstAgent::shake(world, &sophie_herself, NOW);
    let request = honest.world.request();
    honest.request(&request, &sophie_herself);
    assert!(honest.asked());

    let world = Arc::new(World::new());
    let colleague = Grant { person: PersonId::new("marc.petit").unwrap(), ..sophie() };
    let colleague = member(&world.firm, &colleague);
    let same_name = member(&world.firm, &sophie());
    let manager = with_role(&world.firm, Role::Manager);
    let stranger = member(&firm(), &sophie());
    for (who, told) in [(&colleague, true), (&same_name, true), (&manager, false), (&stranger, false)] {
        let mut liar = AgainstAgent::shake(Arc::clone(&world), who, NOW);
        assert_eq!(liar.over(), Some(EndReason::TechnicianUntrusted));
        assert!(!liar.asked());
        let session = liar.world.session();
        let refused = Event::Refused { session, reason: EndReason::TechnicianUntrusted };
        assert!(liar.said.contains(&agent::Output::Journal(refused)), "the attempt is on record");
        if told {
            // Inside the seal, after the handshake.
            let word = liar.console.next::<FromAgent>().unwrap();
            let reason = EndReason::TechnicianUntrusted;
            assert_eq!(word, Some(FromAgent::Pulse(Pulse::Revoked { epoch: Epoch(7), reason })));
        } else {
            assert_eq!(liar.seal, Err(SealError::Rejected));
        }
    }
}

#[test]
fn an_expired_certificate_gets_nowhere() {
    let world = Arc::new(World::new());
    let technician = Arc::clone(&world.technician);
    let late = AgainstAgent::shake(world, &technician, days(366));
    assert_eq!((late.over(), late.asked()), (Some(EndReason::TechnicianUntrusted), false));
    assert_eq!(late.seal, Err(SealError::Rejected));
}

#[test]
fn a_request_may_be_narrower_than_the_ticket_and_nothing_else() {
    let try_with = |change: fn(&mut SessionRequest)| {
        let world = Arc::new(World::new());
        let technician = Arc::clone(&world.technician);
        let mut console = AgainstAgent::shake(world, &technician, NOW);
        let mut request = console.world.request();
        change(&mut request);
        console.request(&request, &technician);
        console
    };
    let narrower = try_with(|r| (r.capabilities, r.minutes) = (Capabilities::VIEW, 10));
    assert!(narrower.asked());
    let changes: [fn(&mut SessionRequest); 8] = [
        |r| r.capabilities = Capabilities::from_bits(0x8003),
        |r| r.capabilities = Capabilities::CONTROL,
        |r| r.capabilities = Capabilities::none(),
        |r| r.minutes = 61,
        |r| r.minutes = 0,
        |r| r.reference = "Votre banque".into(),
        |r| r.category = WorkCategory::Change,
        |r| r.agent = AgentId([1; 16]),
    ];
    for change in changes {
        let wider = try_with(change);
        assert_eq!((wider.over(), wider.asked()), (Some(EndReason::ProtocolViolation), false));
    }
}

#[test]
fn a_request_signed_by_another_key_is_nobodys() {
    let world = Arc::new(World::new());
    let technician = Arc::clone(&world.technician);
    let colleague = member(&world.firm, &sophie());
    let mut console = AgainstAgent::shake(world, &technician, NOW);
    let request = console.world.request();
    console.request(&request, &colleague);
    assert_eq!((console.over(), console.asked()), (Some(EndReason::TechnicianUntrusted), false));
}

#[test]
fn a_second_request_ends_the_session_and_takes_the_question_away() {
    let world = Arc::new(World::new());
    let technician = Arc::clone(&world.technician);
    let mut console = AgainstAgent::shake(world, &technician, NOW);
    let request = console.world.request();
    console.request(&request, &technician);
    assert!(console.asked());
    console.request(&request, &technician);
    assert!(console.said.contains(&agent::Output::Withdraw));
    assert_eq!(console.over(), Some(EndReason::ProtocolViolation));
}

#[test]
fn a_sealed_word_that_makes_no_sense_ends_the_session() {
    let world = Arc::new(World::new());
    let technician = Arc::clone(&world.technician);
    let mut console = AgainstAgent::shake(world, &technician, NOW);
    // An agent's word from a console.
    console.console.send(&FromAgent::Asking { for_s: 60 }).unwrap();
    console.carry(NOW);
    assert_eq!(console.over(), Some(EndReason::ProtocolViolation));
}

#[test]
fn a_ticket_for_another_machine_or_for_nothing_begins_no_session() {
    let world = World::new();
    let with = |change: fn(&mut Ticket)| {
        let mut ticket = world.ticket();
        change(&mut ticket);
        world.agent(ticket).map(|_| ())
    };
    assert_eq!(with(|_| {}), Ok(()));
    let changes: [fn(&mut Ticket); 5] = [
        |t| t.agent_key = KeyId([1; 32]),
        |t| t.expires_at = t.issued_at,
        |t| t.expires_at = UnixSeconds(i64::MIN),
        |t| t.request.capabilities = Capabilities::from_bits(4),
        |t| t.request.minutes = 0,
    ];
    for change in changes {
        assert_eq!(with(change), Err(EndReason::TicketInvalid));
    }
}
