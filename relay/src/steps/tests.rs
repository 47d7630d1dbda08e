//! The tests of `steps.rs`, beside it so that both stay short.

use aval_protocol::id::{ContractId, Epoch, KeyId, PersonId};
use aval_protocol::wire::closing::{Closes, Closing, Overrun};
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};

use super::*;

fn ticket() -> Ticket {
    let request = SessionRequest {
        agent: AgentId([1; 16]),
        capabilities: Capabilities::VIEW,
        category: WorkCategory::Assistance,
        reference: "appel".into(),
        minutes: 30,
    };
    Ticket {
        session: SessionId([2; 16]),
        technician: PersonId::new("sophie.martin").unwrap(),
        technician_key: KeyId([3; 32]),
        agent_key: KeyId([1; 32]),
        contract: ContractId::new("C-2026-014").unwrap(),
        request,
        issued_at: UnixSeconds(0),
        expires_at: UnixSeconds(120),
        closing: Closing::after(6 * 3600, Overrun::default(), Closes::SupportHours, 18 * 60, 18 * 60 + 30),
        beside: None,
    }
}

fn receipt() -> Receipt {
    let ticket = ticket();
    Receipt {
        session: ticket.session,
        agent_key: ticket.agent_key,
        technician: ticket.technician,
        technician_key: ticket.technician_key,
        contract: ticket.contract,
        capabilities: Capabilities::VIEW,
        epoch: Epoch(1),
        granted_at: UnixSeconds(60),
        for_s: 1800,
        shown_ms: 4000,
        channel: [0; 32],
    }
}

#[test]
fn a_yes_fits_its_own_ticket_and_no_other() {
    assert_eq!(fits(&receipt(), &ticket()), Ok(()));
    let other = |change: fn(&mut Receipt)| {
        let mut receipt = receipt();
        change(&mut receipt);
        fits(&receipt, &ticket())
    };
    assert_eq!(other(|r| r.session = SessionId([9; 16])), Err(BadReceipt::OtherTicket));
    assert_eq!(other(|r| r.agent_key = KeyId([9; 32])), Err(BadReceipt::OtherTicket));
    assert_eq!(other(|r| r.technician_key = KeyId([9; 32])), Err(BadReceipt::OtherTicket));
    assert_eq!(other(|r| r.technician = PersonId::new("karim").unwrap()), Err(BadReceipt::OtherTicket));
    assert_eq!(other(|r| r.contract = ContractId::new("C-2").unwrap()), Err(BadReceipt::OtherTicket));
    assert_eq!(other(|r| r.capabilities = Capabilities::KNOWN), Err(BadReceipt::TooMuch));
    assert_eq!(other(|r| r.capabilities = Capabilities::none()), Err(BadReceipt::TooMuch));
    assert_eq!(other(|r| r.for_s = 1801), Err(BadReceipt::TooMuch));
}
