//! Whether a relay's offer is one this agent may follow: a pure verdict on the signed ticket, before anything is shown.

use aval_protocol::firm::{Firm, Role};
use aval_protocol::id::{AgentId, KeyId, UnixSeconds};
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::link::Offer;
use aval_protocol::wire::session::{Capabilities, MAX_TEXT, Ticket};

/// A ticket lives for that long at most, in seconds.
pub(crate) const LIFETIME_S: u64 = 120;
/// How far the two ends' idea of the relay's clock may differ, in seconds: one round trip and rounding.
const SKEW_S: i64 = 10;

/// The moments an offer is judged at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Moments {
    /// For certificates: this PC's clock, or the relay's where this PC's is wrong.
    pub(crate) certificates: UnixSeconds,
    /// The relay's clock now: it dated the ticket.
    pub(crate) relay: UnixSeconds,
}

/// The ticket, if it holds for the machine with this key.
pub(crate) fn judge(offer: &Offer, firm: &Firm, own: KeyId, at: Moments) -> Result<Ticket, EndReason> {
    let (ticket, _relay) =
        offer.ticket.open_by_firm(firm, Role::Relay, at.certificates).map_err(|error| {
            tracing::info!(%error, "a ticket was refused");
            EndReason::TicketInvalid
        })?;
    if firm.revoked(ticket.technician_key).is_some() {
        tracing::warn!(technician = %ticket.technician, "a ticket for a key that the firm revoked was refused");
        return Err(EndReason::TicketInvalid);
    }
    holds(&ticket, own, at.relay).then_some(ticket).ok_or(EndReason::TicketInvalid)
}

fn holds(ticket: &Ticket, own: KeyId, relay_now: UnixSeconds) -> bool {
    let request = &ticket.request;
    let life = ticket.expires_at.0.saturating_sub(ticket.issued_at.0);
    ticket.agent_key == own
        && request.agent == AgentId::from(own)
        && (1..=LIFETIME_S.cast_signed()).contains(&life)
        && ticket.issued_at.0 <= relay_now.0.saturating_add(SKEW_S)
        && relay_now.0 < ticket.expires_at.0
        && !request.capabilities.has_unknown()
        && request.capabilities.holds(Capabilities::VIEW)
        && ticket.closing.is_lawful()
        && (1..=240).contains(&request.minutes)
        && !request.reference.trim().is_empty()
        && request.reference.chars().count() <= MAX_TEXT
}

#[cfg(test)]
mod tests {
    use aval_protocol::id::{ContractId, PersonId, SessionId};
    use aval_protocol::wire::closing::{Closes, Closing, Overrun};
    use aval_protocol::wire::session::{SessionRequest, WorkCategory};

    use super::*;

    const NOW: UnixSeconds = UnixSeconds(1_800_000_000);
    const OWN: KeyId = KeyId([3; 32]);

    fn ticket() -> Ticket {
        Ticket {
            session: SessionId([1; 16]),
            technician: PersonId::new("sophie.martin").unwrap(),
            technician_key: KeyId([4; 32]),
            agent_key: OWN,
            contract: ContractId::new("C-2026-014").unwrap(),
            request: SessionRequest {
                agent: AgentId::from(OWN),
                capabilities: Capabilities::VIEW,
                category: WorkCategory::Assistance,
                reference: "Appel de Mme Leroy".into(),
                minutes: 60,
            },
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

    #[test]
    fn a_ticket_holds_for_its_machine_its_time_and_what_a_person_can_understand() {
        let with = |change: fn(&mut Ticket)| {
            let mut ticket = ticket();
            change(&mut ticket);
            holds(&ticket, OWN, NOW)
        };
        assert!(with(|_| {}));
        assert!(!with(|t| t.agent_key = KeyId([9; 32])));
        assert!(!with(|t| t.request.agent = AgentId([9; 16])));
        assert!(!with(|t| t.expires_at = NOW));
        assert!(!with(|t| t.expires_at = UnixSeconds(NOW.0 + 121)), "too long a life");
        assert!(!with(|t| t.expires_at = UnixSeconds(i64::MIN)));
        assert!(!with(|t| t.issued_at = UnixSeconds(NOW.0 + 60)), "from the future");
        assert!(!with(|t| t.request.capabilities = Capabilities::CONTROL));
        assert!(!with(|t| t.request.capabilities = Capabilities::from_bits(0x8001)));
        assert!(!with(|t| t.closing.hard_end_s += 3600), "an overrun of more than an hour");
        assert!(!with(|t| t.request.minutes = 0));
        assert!(!with(|t| t.request.minutes = 241));
        assert!(!with(|t| t.request.reference = "\u{a0}".into()));
        assert!(!with(|t| t.request.reference = "é".repeat(MAX_TEXT + 1)));
        assert!(with(|t| t.request.reference = "é".repeat(MAX_TEXT)));
    }
}
