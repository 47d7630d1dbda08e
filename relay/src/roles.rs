//! Who may ask what: the one table of roles and calls. [`may`] is its only reader at work; docs/roles.md is made of it.

use aval_protocol::firm::Role;
use aval_protocol::firm::tls::Peer;
use aval_protocol::wire::enrol::Call;

/// A kind of caller. A client's representative is none: without a certificate they phone, and answer at their own PC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Caller {
    /// A machine, by its key alone.
    Agent,
    /// A member of the firm.
    Member(Role),
}

/// A call, and who may make it.
#[derive(Debug)]
struct Row {
    callers: &'static [Caller],
    /// The call's name.
    #[cfg(test)]
    name: &'static str,
    /// What it does, for the page.
    #[cfg(test)]
    what: &'static str,
}

const AGENT: Caller = Caller::Agent;
const TECHNICIAN: Caller = Caller::Member(Role::Technician);
const MANAGER: Caller = Caller::Member(Role::Manager);
const BILLING: Caller = Caller::Member(Role::Billing);

/// Makes `row`, which finds a call's row and does not compile while a call has none, and the list of all rows.
macro_rules! table {
    ($($call:pat => $name:literal, $what:literal, [$($caller:expr),*];)+) => {
        const fn row(call: &Call) -> &'static Row {
            match call {
                $($call => &Row {
                    callers: &[$($caller),*],
                    #[cfg(test)]
                    name: $name,
                    #[cfg(test)]
                    what: $what,
                },)+
            }
        }

        #[cfg(test)]
        const TABLE: &[Row] = &[$(Row { callers: &[$($caller),*], name: $name, what: $what }),+];
    };
}

// A manager is not a technician: who gives rights does not use them. Billing sees money, technicians do not (12.1: need to know).
table! {
    Call::Enrol { .. } => "Enrol", "attach this machine with a single-use code", [AGENT];
    Call::Machines { .. } => "Machines", "list the machines", [TECHNICIAN, MANAGER];
    Call::RequestSession(_) => "RequestSession", "ask for a session", [TECHNICIAN];
    Call::Join(_) => "Join", "ask for a session beside a colleague's, to look only", [TECHNICIAN];
    Call::Explain { .. } => "Explain", "ask what the gate would say, at any moment", [TECHNICIAN, MANAGER];
    Call::IssueCode { .. } => "IssueCode", "issue a single-use code for a contract", [MANAGER];
    Call::Approve(_) => "Approve", "approve a machine as the client's", [MANAGER];
    Call::GrantException(_) => "GrantException", "let sessions start outside support hours for a while", [MANAGER];
    Call::Lock { .. } => "Lock", "lock or unlock a technician", [MANAGER];
    Call::Journal { .. } => "Journal", "read the relay's journal of a machine", [TECHNICIAN, MANAGER];
    Call::Inventory { .. } => "Inventory", "read what a machine is made of", [TECHNICIAN, MANAGER];
    Call::Firm => "Firm", "ask whose relay this is, before being attached", [AGENT];
    Call::Leave => "Leave", "leave the firm with this machine", [AGENT];
    Call::News { .. } => "News", "hear what changed among the machines", [TECHNICIAN, MANAGER];
    Call::Machine { .. } => "Machine", "see one machine with its sessions and offers", [TECHNICIAN, MANAGER];
    Call::Offer(_) => "Offer", "write down what was proposed to a client", [TECHNICIAN];
    Call::Answer { .. } => "Answer", "write down what the client said to an offer", [TECHNICIAN];
    Call::People => "People", "see who was ever connected and who is locked", [MANAGER];
    Call::Contracts { .. } => "Contracts", "list the contracts", [TECHNICIAN, MANAGER, BILLING];
    Call::Contract { .. } => "Contract", "see one contract with its terms and letters", [TECHNICIAN, MANAGER, BILLING];
    Call::WriteContract(_) => "WriteContract", "open a contract, write down a letter, suspend or resume it", [MANAGER];
    Call::HandOver { .. } => "HandOver", "let a colleague ask for the machine of one's own session", [TECHNICIAN];
    Call::Resume(_) => "Resume", "come back to a session whose line was lost", [TECHNICIAN];
    Call::Papers { .. } => "Papers", "read a contract's papers without amounts", [TECHNICIAN, MANAGER, BILLING];
    Call::Money { .. } => "Money", "read a contract's papers with amounts", [MANAGER, BILLING];
    Call::WritePapers(_) => "WritePapers", "write down what the parties agreed on", [MANAGER];
    Call::WriteWork(_) => "WriteWork", "write down quotes without amounts, visits, acknowledged warnings", [TECHNICIAN, MANAGER];
    Call::WriteMoney(_) => "WriteMoney", "write down amounts", [MANAGER, BILLING];
    Call::Lines { .. } => "Lines", "reckon a contract's invoice lines", [MANAGER, BILLING];
    Call::Equipment { .. } => "Equipment", "read a contract's equipment list and what its machines say beside it", [TECHNICIAN, MANAGER, BILLING];
    Call::WriteEquipment(_) => "WriteEquipment", "propose and approve a list, say which equipment a machine is", [MANAGER];
    Call::EquipmentEffect { .. } => "EquipmentEffect", "reckon what a list changes in what is charged", [MANAGER, BILLING];
    Call::ImportEquipment(_) => "ImportEquipment", "hold a file against a contract's list, and propose it", [MANAGER];
    Call::MachineEquipment { .. } => "MachineEquipment", "see one machine as equipment, with what changed of it", [TECHNICIAN, MANAGER];
    Call::ListAsk => "ListAsk", "as the representative's machine: read the list that waits for them", [AGENT];
    Call::ListWord(_) => "ListWord", "as the representative's machine: say what they answered to a list", [AGENT];
    Call::Renew(_) => "Renew", "put another key in the place of this machine's", [AGENT];
    Call::ReleasePart { .. } => "ReleasePart", "fetch bytes of a released program", [AGENT];
}

/// Whether this kind of caller may make this call.
pub(crate) fn may(caller: Caller, call: &Call) -> bool {
    row(call).callers.contains(&caller)
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
mod tests;
