//! Who may ask what: the one table of roles and calls.

use aval_protocol::firm::Role;
use aval_protocol::firm::tls::Peer;
use aval_protocol::wire::enrol::Call;

/// A kind of caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Caller {
    /// A machine, by its key alone.
    Agent,
    /// A member of the firm.
    Member(Role),
}

/// Whether this kind of caller may make this call. A manager is not a technician: who gives rights does not use them.
pub(crate) const fn may(caller: Caller, call: &Call) -> bool {
    use Caller::{Agent, Member};
    match (call, caller) {
        (Call::Enrol { .. }, Agent) => true,
        (Call::Enrol { .. }, Member(_)) => false,
        (_, Agent | Member(Role::Billing | Role::Relay | Role::Release)) => false,
        (
            Call::Machines | Call::Explain { .. } | Call::Journal { .. },
            Member(Role::Technician | Role::Manager),
        ) => true,
        (Call::RequestSession(_), Member(role)) => matches!(role, Role::Technician),
        (
            Call::IssueCode { .. } | Call::Approve(_) | Call::GrantException(_) | Call::Lock { .. },
            Member(role),
        ) => matches!(role, Role::Manager),
    }
}

impl Caller {
    /// What a peer is.
    pub(crate) const fn of(peer: &Peer) -> Self {
        match peer {
            Peer::Agent { .. } => Self::Agent,
            Peer::Member(member, _) => Self::Member(member.role),
        }
    }
}

#[cfg(test)]
mod tests {
    use aval_protocol::id::{AgentId, ContractId, PersonId, UnixSeconds};
    use aval_protocol::wire::inventory::HardwareFacts;
    use aval_protocol::wire::record::Exception;
    use aval_protocol::wire::session::{Approval, Capabilities, SessionRequest, WorkCategory};

    use super::*;

    fn calls() -> Vec<(&'static str, Call)> {
        let agent = AgentId([1; 16]);
        let request = SessionRequest {
            agent,
            capabilities: Capabilities::VIEW,
            category: WorkCategory::Assistance,
            reference: String::new(),
            minutes: 1,
        };
        let (contract, nobody) = (ContractId::new("C-1").unwrap(), PersonId::new("nobody").unwrap());
        let key = aval_protocol::firm::Signer::generate().unwrap();
        let approval = Approval {
            agent_key: key.key_id(),
            contract: contract.clone(),
            hostname: String::new(),
            at: UnixSeconds(0),
        };
        let exception =
            Exception { agent, reason: String::new(), from: UnixSeconds(0), until: UnixSeconds(1) };
        vec![
            ("enrol", Call::Enrol { code: String::new(), facts: HardwareFacts::default() }),
            ("machines", Call::Machines),
            ("request", Call::RequestSession(request.clone())),
            ("explain", Call::Explain { request, at: None }),
            ("code", Call::IssueCode { contract, valid_minutes: 1 }),
            ("approve", Call::Approve(Box::new(key.sign(&approval).unwrap()))),
            ("exception", Call::GrantException(exception)),
            ("lock", Call::Lock { technician: nobody, locked: true, reason: String::new() }),
            ("journal", Call::Journal { agent, from: 1 }),
        ]
    }

    #[test]
    fn the_whole_table() {
        let table: [(Caller, &[&str]); 6] = [
            (Caller::Agent, &["enrol"]),
            (Caller::Member(Role::Technician), &["machines", "request", "explain", "journal"]),
            (
                Caller::Member(Role::Manager),
                &["machines", "explain", "code", "approve", "exception", "lock", "journal"],
            ),
            (Caller::Member(Role::Billing), &[]),
            (Caller::Member(Role::Relay), &[]),
            (Caller::Member(Role::Release), &[]),
        ];
        for (caller, allowed) in table {
            let found: Vec<_> =
                calls().into_iter().filter(|(_, call)| may(caller, call)).map(|(name, _)| name).collect();
            assert_eq!(found, allowed, "{caller:?}");
        }
    }
}
