//! The honest console against an agent that holds the right key and lies, or that holds a wrong one.

use std::sync::Arc;

use super::pair::{BOTH, Pair, World};
use crate::firm::fixture::{NOW, days, firm, with_role};
use crate::firm::{Role, Signer, TrustError};
use crate::id::{ContractId, Epoch, KeyId, SessionId};
use crate::seal::{Channel, commitment};
use crate::session::console;
use crate::wire::codes::EndReason;
use crate::wire::session::{Capabilities, FromAgent, Notice, Pulse, Receipt, Ticket};

#[test]
fn a_machine_with_another_key_is_not_spoken_to() {
    let world = World::new();
    let other = Arc::new(Signer::generate().unwrap());
    let mut ticket = world.ticket();
    ticket.agent_key = other.key_id();
    let agent = world.agent_with(ticket, &other).unwrap();
    let mut pair = Pair::new(agent, world.console(&world.honestly()).unwrap(), world.start);
    pair.exchange();
    assert_eq!(pair.console_over(), Some(EndReason::AgentUntrusted));
    assert_eq!(pair.agent_over(), Some(EndReason::AgentUntrusted));
    assert_eq!((pair.ask(), pair.match_code()), (None, None));
}

#[test]
fn a_console_begins_only_what_relay_and_manager_signed() {
    let world = World::new();
    let (ticket, approval) = (world.ticket(), world.approval());
    let honest = || (world.relay.sign(&ticket).unwrap(), world.manager.sign(&approval).unwrap());
    let begin = |(ticket, approval)| world.console(&world.permitted(ticket, approval)).map(|_| ());
    assert_eq!(begin(honest()), Ok(()));
    let other_relay = with_role(&firm(), Role::Relay);
    for signer in [&other_relay, &world.manager, &*world.technician] {
        assert_eq!(begin((signer.sign(&ticket).unwrap(), honest().1)), Err(EndReason::TicketInvalid));
    }
    for signer in [&with_role(&firm(), Role::Manager), &world.relay, &*world.technician] {
        assert_eq!(begin((honest().0, signer.sign(&approval).unwrap())), Err(EndReason::AgentUntrusted));
    }
    let ticket_with = |change: &dyn Fn(&mut Ticket)| {
        let mut ticket = ticket.clone();
        change(&mut ticket);
        begin((world.relay.sign(&ticket).unwrap(), honest().1))
    };
    assert_eq!(ticket_with(&|t| t.technician_key = KeyId([1; 32])), Err(EndReason::TicketInvalid));
    assert_eq!(ticket_with(&|t| t.request.reference = "autre".into()), Err(EndReason::TicketInvalid));
    assert_eq!(
        ticket_with(&|t| t.request.capabilities = Capabilities::none()),
        Err(EndReason::TicketInvalid)
    );
    assert_eq!(ticket_with(&|t| t.agent_key = KeyId([1; 32])), Err(EndReason::AgentUntrusted));
    let other = ContractId::new("C-2026-015").unwrap();
    assert_eq!(ticket_with(&|t| t.contract = other.clone()), Err(EndReason::AgentUntrusted));
    let mut permitted = world.honestly();
    permitted.agent_spki = Signer::generate().unwrap().spki().to_vec();
    assert_eq!(world.console(&permitted).map(|_| ()), Err(EndReason::AgentUntrusted));
}

#[test]
fn a_managers_word_outlives_the_managers_certificate() {
    let world = World::new();
    let word = world.manager.sign(&world.approval()).unwrap();
    let firm = world.firm.file.firm();
    assert_eq!(word.open_by_firm(firm, Role::Manager, days(366)), Err(TrustError::Expired));
    assert!(word.open_by_firm_when_said(firm, Role::Manager, |approval| approval.at).is_ok());
    let mut late = world.approval();
    late.at = days(366);
    let late = world.manager.sign(&late).unwrap();
    let opened = late.open_by_firm_when_said(firm, Role::Manager, |approval| approval.at);
    assert_eq!(opened, Err(TrustError::Expired), "and nothing is said with an expired one");
}

/// The honest console against a hand-made machine with the right key.
struct AgainstConsole {
    console: console::Session,
    agent: Channel,
    world: World,
    heard: Vec<console::Output>,
}

impl AgainstConsole {
    fn shake() -> Self {
        let world = World::new();
        let console = world.console(&world.honestly()).unwrap();
        let agent = Channel::agent(&world.machine, world.firm.file.firm().clone(), NOW).unwrap();
        let mut this = Self { console, agent, world, heard: Vec::new() };
        this.carry();
        this
    }

    /// Up to the question.
    fn asking() -> Self {
        let mut this = Self::shake();
        this.say(&FromAgent::Commit(commitment(&[3; 32])));
        this.say(&FromAgent::Reveal([3; 32]));
        this.say(&FromAgent::Asking { for_s: 60 });
        assert_eq!(this.over(), None);
        this
    }

    fn carry(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(output) = self.console.poll_output() {
                quiet = false;
                match output {
                    console::Output::Send(bytes) => self.agent.receive(NOW, &bytes).unwrap(),
                    output => self.heard.push(output),
                }
            }
            while let Some(bytes) = self.agent.outgoing() {
                quiet = false;
                self.console.handle_frame(self.world.start, NOW, &bytes);
            }
            if quiet {
                return;
            }
        }
    }

    fn say(&mut self, word: &FromAgent) {
        self.agent.send(word).unwrap();
        self.carry();
    }

    fn receipt(&self) -> Receipt {
        let ticket = self.world.ticket();
        Receipt {
            session: ticket.session,
            agent_key: ticket.agent_key,
            technician: ticket.technician,
            technician_key: ticket.technician_key,
            contract: ticket.contract,
            capabilities: BOTH,
            epoch: Epoch(7),
            granted_at: NOW,
            for_s: 3600,
            shown_ms: 4_000,
            channel: self.agent.receipt_binding().unwrap(),
        }
    }

    fn grant(&mut self, receipt: &Receipt, signer: &Signer) {
        self.say(&FromAgent::Granted(Box::new(signer.sign(receipt).unwrap())));
    }

    fn granted(&self) -> bool {
        self.heard.iter().any(|output| matches!(output, console::Output::Granted { .. }))
    }

    fn over(&self) -> Option<EndReason> {
        match self.heard.last() {
            Some(console::Output::Over(reason)) => Some(*reason),
            _ => None,
        }
    }
}

#[test]
fn a_nonce_chosen_after_the_consoles_is_found_out() {
    let mut liar = AgainstConsole::shake();
    liar.say(&FromAgent::Commit(commitment(&[3; 32])));
    liar.say(&FromAgent::Reveal([4; 32]));
    assert_eq!(liar.over(), Some(EndReason::MatchCodeDiffers));
    assert!(!liar.heard.iter().any(|output| matches!(output, console::Output::MatchCode(_))));
}

#[test]
fn words_out_of_turn_end_the_session() {
    let commit = || FromAgent::Commit([1; 32]);
    let notice = || FromAgent::Notice(Notice::LocalInput { active: true });
    for word in [FromAgent::Reveal([1; 32]), FromAgent::Asking { for_s: 60 }, notice()] {
        let mut liar = AgainstConsole::shake();
        liar.say(&word);
        assert_eq!(liar.over(), Some(EndReason::ProtocolViolation));
    }
    for word in [commit(), FromAgent::Reveal([3; 32]), FromAgent::Asking { for_s: 60 }, notice()] {
        let mut liar = AgainstConsole::asking();
        liar.say(&word);
        assert_eq!(liar.over(), Some(EndReason::ProtocolViolation));
    }
    let mut early = AgainstConsole::shake();
    let machine = Arc::clone(&early.world.machine);
    let receipt = early.receipt();
    early.grant(&receipt, &machine);
    assert_eq!((early.over(), early.granted()), (Some(EndReason::ProtocolViolation), false));
}

#[test]
fn a_receipt_is_believed_only_for_this_session_channel_key_and_request() {
    let grant_with = |change: fn(&mut Receipt)| {
        let mut machine = AgainstConsole::asking();
        let mut receipt = machine.receipt();
        change(&mut receipt);
        let key = Arc::clone(&machine.world.machine);
        machine.grant(&receipt, &key);
        (machine.over(), machine.granted())
    };
    assert_eq!(grant_with(|_| {}), (None, true));
    assert_eq!(grant_with(|r| r.capabilities = Capabilities::VIEW), (None, true));
    let changes: [fn(&mut Receipt); 8] = [
        |r| r.session = SessionId([1; 16]),
        |r| r.agent_key = KeyId([1; 32]),
        |r| r.technician_key = KeyId([1; 32]),
        |r| r.contract = ContractId::new("C-2026-015").unwrap(),
        |r| r.capabilities = Capabilities::from_bits(7),
        |r| r.capabilities = Capabilities::none(),
        |r| r.for_s = 3601,
        |r| r.channel = [0; 32],
    ];
    for change in changes {
        assert_eq!(grant_with(change), (Some(EndReason::ProtocolViolation), false));
    }
    let mut machine = AgainstConsole::asking();
    let receipt = machine.receipt();
    machine.grant(&receipt, &Signer::generate().unwrap());
    assert_eq!((machine.over(), machine.granted()), (Some(EndReason::AgentUntrusted), false));
}

#[test]
fn leases_without_or_of_another_grant_show_nothing() {
    let mut machine = AgainstConsole::asking();
    machine.say(&FromAgent::Pulse(Pulse::Lease { epoch: Epoch(7), remaining_s: 60 }));
    assert!(!machine.heard.contains(&console::Output::Blank(false)));
    let (receipt, key) = (machine.receipt(), Arc::clone(&machine.world.machine));
    machine.grant(&receipt, &key);
    machine.say(&FromAgent::Pulse(Pulse::Lease { epoch: Epoch(6), remaining_s: 60 }));
    assert!(!machine.heard.contains(&console::Output::Blank(false)));
    machine.say(&FromAgent::Pulse(Pulse::Lease { epoch: Epoch(7), remaining_s: 60 }));
    assert!(machine.heard.contains(&console::Output::Blank(false)));
}

#[test]
fn a_revocation_voids_its_epoch_and_older_ones() {
    let reason = EndReason::EndedByPerson;
    for (epoch, over) in [(6, None), (7, Some(reason)), (8, Some(reason))] {
        let mut machine = AgainstConsole::asking();
        let (receipt, key) = (machine.receipt(), Arc::clone(&machine.world.machine));
        machine.grant(&receipt, &key);
        machine.say(&FromAgent::Pulse(Pulse::Revoked { epoch: Epoch(epoch), reason }));
        assert_eq!(machine.over(), over);
    }
}
