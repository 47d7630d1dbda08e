//! Calls: one question on a stream of its own, one answer. Enrolment, the list of machines, requests, a manager's acts.

use serde::{Deserialize, Serialize};

use super::Wire;
use super::assent::{ListAsk, ListWord};
use super::codes::FaultCode;
use super::contract::{ContractDetail, ContractWrite, IsoDay};
use super::equipment::ListHash;
use super::fleet::{
    EffectPage, EquipmentImport, EquipmentPage, EquipmentWrite, ImportPlan, MAX_BROUGHT, MachineEquipment,
};
use super::inventory::{HardwareFacts, InventoryRecord};
use super::papers::{LinesPage, PaperPage, PapersWrite};
use super::record::{
    CodeIssued, ContractPage, Decision, Exception, JournalPage, MachineDetail, MachineNews, MachinePage,
    Mark, OfferAnswer, OfferMade, OfferRow, PersonLine,
};
use super::session::{Approval, Permitted, SessionRequest, Ticket};
use crate::firm::{Signed, SignedRenewal};
use crate::id::{AgentId, ContractId, PersonId, UnixSeconds};
use crate::text::Lang;

/// Bytes of a released file that one answer brings at most.
pub const MAX_PART: usize = 256 * 1024;

/// A question to the relay. Who may ask what, the relay's table of roles says.
#[allow(
    clippy::large_enum_variant,
    reason = "one call is alive per stream; a box would only hide the facts of an enrolment"
)]
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Call {
    /// Agent: attach this machine with a single-use code. The key is the one of the TLS handshake.
    Enrol {
        /// The code as typed, without separators, upper case.
        code: String,
        /// The machine in a few lines.
        facts: HardwareFacts,
        /// What the person at the machine read and agreed to.
        accepted: Accepted,
    },
    /// Technician: the machines and how they stand, a page of at most 500.
    Machines {
        /// The last one of the page before.
        after: Option<AgentId>,
    },
    /// Technician: ask for a session.
    RequestSession(SessionRequest),
    /// Technician: what would the gate say at a moment? Changes nothing.
    Explain {
        /// What would be asked.
        request: SessionRequest,
        /// When; `None` means now.
        at: Option<UnixSeconds>,
    },
    /// Manager: a single-use enrolment code for a client's contract.
    IssueCode {
        /// The contract the machine will belong to.
        contract: ContractId,
        /// Minutes until it expires; 1 to 10 080 (a week).
        valid_minutes: u32,
    },
    /// Manager: this machine is the client's. Signed, so that a console can tell an approved key from one a relay made up.
    Approve(Box<Signed<Approval>>),
    /// Manager: lets sessions start outside support hours, with a reason, for a while. The person at the PC is still asked.
    GrantException(Exception),
    /// Manager: locks or unlocks a technician; live sessions are cut.
    Lock {
        /// Who.
        technician: PersonId,
        /// `false` unlocks.
        locked: bool,
        /// Why, for the journal; 1 to 200 characters.
        reason: String,
    },
    /// Technician: the relay's journal of one agent, from an entry on.
    Journal {
        /// Whose.
        agent: AgentId,
        /// Number of the first entry wanted.
        from: u64,
    },
    /// Technician: the inventory of one machine.
    Inventory {
        /// Whose.
        agent: AgentId,
    },
    /// Agent, not attached yet: whose relay is this? The answer proves nothing; whoever asks knows the fingerprint of the firm's key.
    Firm,
    /// Agent: this machine leaves the firm, by the decision of whoever uses it. Nothing brings its key back.
    Leave,
    /// Technician: what changed among the machines. The answer waits until something has, or for a while.
    News {
        /// Since when.
        since: Mark,
        /// Seconds to wait at most; a relay waits no longer than 25.
        wait_s: u8,
    },
    /// Technician: one machine with its sessions and offers.
    Machine {
        /// Which.
        agent: AgentId,
    },
    /// Technician: writes down what was proposed to a client (3.5, 3.6, 4.7, 4.8).
    Offer(Box<OfferMade>),
    /// Technician: writes down what the client said to an offer.
    Answer {
        /// Which offer.
        offer: u64,
        /// What the client said.
        answer: OfferAnswer,
    },
    /// Manager: who has ever been connected, and who is locked.
    People,
    /// Technician: the contracts, a page of at most 500.
    Contracts {
        /// The last one of the page before.
        after: Option<ContractId>,
    },
    /// Technician: one contract with its terms and letters.
    Contract {
        /// Which.
        contract: ContractId,
    },
    /// Manager: a new contract, a letter, a suspension. The answer is the contract as it stands then.
    WriteContract(Box<ContractWrite>),
    /// Technician: the line of a session was lost; bring its two ends together again. The ticket is the session's own. The gate is not
    /// asked again, the person neither: whether the session goes on is the machine's to say.
    Resume(Box<Signed<Ticket>>),
    /// Technician: a contract's papers without amounts, and what was proposed to the client.
    Papers {
        /// Whose.
        contract: ContractId,
    },
    /// Billing: a contract's papers with amounts.
    Money {
        /// Whose.
        contract: ContractId,
    },
    /// Manager: what the parties agreed on. The answer is the papers as they stand then.
    WritePapers(Box<PapersWrite>),
    /// Technician: what the work brings: quotes without amounts, visits, warnings that were acknowledged.
    WriteWork(Box<PapersWrite>),
    /// Billing: amounts. The answer is the papers with amounts.
    WriteMoney(Box<PapersWrite>),
    /// Billing: the invoice lines that the papers make of some days. Proposals; changes nothing.
    Lines {
        /// Whose.
        contract: ContractId,
        /// The first day.
        from: IsoDay,
        /// The first day not looked at.
        to: IsoDay,
    },
    /// Technician: a contract's equipment: the list both approved, proposals, what the machines say beside it, and what waits for a
    /// person.
    Equipment {
        /// Whose.
        contract: ContractId,
    },
    /// Manager: proposes a version of the list, writes an approval down, answers who a machine is. The answer is the equipment as it
    /// stands then.
    WriteEquipment(Box<EquipmentWrite>),
    /// Billing: what a version of the list changes in what is charged.
    EquipmentEffect {
        /// Whose.
        contract: ContractId,
        /// Which version.
        list: ListHash,
    },
    /// Technician: lets a colleague ask for a session on the machine one is in a session with. One's own goes on, and ends at the person's yes
    /// to the colleague, who is asked about as ever, by their own name.
    HandOver {
        /// Which machine.
        agent: AgentId,
        /// The colleague.
        to: PersonId,
    },
    /// Manager: what a file would change of a contract's equipment list; with `apply` it is proposed as the next version.
    ImportEquipment(Box<EquipmentImport>),
    /// Technician: one machine as equipment, with what changed of it.
    MachineEquipment {
        /// Which.
        agent: AgentId,
    },
    /// Agent of the client's representative: the version of the list that waits for them.
    ListAsk,
    /// Agent of the client's representative: what they said to it, signed by this machine's key.
    ListWord(Box<Signed<ListWord>>),
    /// Agent: another key takes the place of this one, on the same machine. The answer is [`Reply::Enrolled`] with the new one.
    Renew(Box<SignedRenewal>),
    /// Technician: as [`Call::RequestSession`], beside the session that a colleague is in, to look only. The gate judges as ever; where nobody
    /// is in one it is a session like any other.
    Join(SessionRequest),
    /// Agent: the bytes of a released file from a place on; at most [`MAX_PART`] come.
    ReleasePart {
        /// Which file.
        sha256: [u8; 32],
        /// From which byte on.
        from: u64,
    },
}

/// The installation that the person at the machine agreed to in the terminal (clause 4.5 of the general terms).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Accepted {
    /// The program's version: `0.1.0`. At most 32 bytes.
    pub version: String,
    /// SHA-256 of the program's file.
    pub sha256: [u8; 32],
    /// The language it was read in.
    pub lang: Lang,
}

/// The relay's answer to a [`Call`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Reply {
    /// Not done.
    Fault {
        /// Why.
        code: FaultCode,
        /// A sentence for the person, French.
        fr: String,
        /// The same in English.
        en: String,
    },
    /// Done; nothing to say.
    Done,
    /// The machine is attached and waits for a manager's approval.
    Enrolled {
        /// Its name from now on.
        agent: AgentId,
    },
    /// The machines.
    Machines(MachinePage),
    /// The gate says yes: the agent has been offered the session.
    Permitted(Box<Permitted>),
    /// What the gate says: always for [`Call::Explain`], only a refusal for [`Call::RequestSession`].
    Decision(Box<Decision>),
    /// The code.
    Code(CodeIssued),
    /// A page of a journal.
    Journal(JournalPage),
    /// What the record holds of a machine's inventory.
    Inventory(Box<InventoryRecord>),
    /// The firm's file, as text.
    Firm(String),
    /// What changed.
    News(MachineNews),
    /// One machine.
    Machine(Box<MachineDetail>),
    /// An offer as it is recorded now.
    Offer(Box<OfferRow>),
    /// The people of the firm.
    People(Vec<PersonLine>),
    /// Contracts.
    Contracts(ContractPage),
    /// One contract.
    Contract(Box<ContractDetail>),
    /// Papers of a contract.
    Papers(Box<PaperPage>),
    /// Proposed lines.
    Lines(Box<LinesPage>),
    /// A contract's equipment.
    Equipment(Box<EquipmentPage>),
    /// What a version changes in what is charged.
    EquipmentEffect(Box<EffectPage>),
    /// What a file would change, or changed.
    ImportPlan(Box<ImportPlan>),
    /// One machine as equipment.
    MachineEquipment(Box<MachineEquipment>),
    /// The version of the list that waits for this machine, if one does.
    ListAsk(Option<Box<ListAsk>>),
    /// Bytes of a released file; none behind its end.
    ReleasePart(Vec<u8>),
}

impl Wire for Call {
    /// A file of equipment fits; of a machine less is read, see [`super::link::Head::OF_MACHINE`].
    const LIMIT: usize = 32 * 1024 + MAX_BROUGHT;
}
impl Wire for Reply {
    /// A page of machines, each with the most it may say of itself, fits.
    const LIMIT: usize = 4 * 1024 * 1024;
}
