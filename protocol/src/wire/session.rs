//! A session's papers (request, ticket, approval, receipt) and what the two ends say to each other under seal.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::beside::{Beside, Colleague};
use super::closing::Closing;
use super::codes::EndReason;
use super::handover::Wish;
use super::record::{LineFacts, Reason};
use super::turn::{Hold, More, Turn, Widening};
use super::{Wire, codes};
use crate::firm::{Signed, Statement};
use crate::id::{AgentId, ContractId, Epoch, KeyId, PersonId, SessionId, UnixSeconds};
use crate::prompt::secret::SecretAnswer;

/// Longest free text in a request, in characters.
pub const MAX_TEXT: usize = 200;

/// What a session may do, as a set. Bits this program does not know refuse the whole request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Capabilities(u16);

codes::codes! {
    /// What kind of work the client asked for (clause 2.6).
    WorkCategory {
        /// Help in use.
        Assistance = 1 "assistance",
        /// Putting right what works badly, patches and drivers included.
        Maintenance = 2 "maintenance",
        /// New hardware: excluded without a quote.
        AddHardware = 3 "add_hardware",
        /// New software: excluded without a quote.
        AddSoftware = 4 "add_software",
        /// Transfer or recovery of data: excluded without a quote.
        DataHandling = 5 "data_handling",
        /// Another way of working: excluded without a quote.
        Change = 6 "change",
        /// A look at the equipment before the contract (clause 2.1): the screen may be seen, nothing is moved.
        PreContractAudit = 7 "pre_contract_audit",
    }
}

/// What a technician asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionRequest {
    /// Which machine.
    pub agent: AgentId,
    /// What for, at most.
    pub capabilities: Capabilities,
    /// Which kind of work.
    pub category: WorkCategory,
    /// Who at the client asked, how and when (9.4): ticket number, "appel de Mme Leroy, 10 h 12". At most [`MAX_TEXT`] characters.
    pub reference: String,
    /// For how long at most, in minutes; 1 to 240.
    pub minutes: u16,
}

/// The relay's single-use word to an agent: this technician passed the gate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ticket {
    /// The session.
    pub session: SessionId,
    /// The technician's name in the firm.
    pub technician: PersonId,
    /// The technician's key: the end-to-end handshake must be made with it.
    pub technician_key: KeyId,
    /// The machine's key.
    pub agent_key: KeyId,
    /// The contract.
    pub contract: ContractId,
    /// The request it answers; its capabilities are the gate's maximum.
    pub request: SessionRequest,
    /// When, relay's clock.
    pub issued_at: UnixSeconds,
    /// Void from then on, if no handshake began; at most 120 s after `issued_at`.
    pub expires_at: UnixSeconds,
    /// When support closes, counted from `issued_at`: the agent keeps to it by its own monotonic clock.
    pub closing: Closing,
    /// The session that runs on the machine already, if one does.
    pub beside: Option<Beside>,
}

/// A manager's word that a key is a machine of a client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approval {
    /// The machine's key.
    pub agent_key: KeyId,
    /// The client's contract.
    pub contract: ContractId,
    /// What the manager saw as its name.
    pub hostname: String,
    /// When, manager's clock.
    pub at: UnixSeconds,
}

/// The gate's yes, as the console hears of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Permitted {
    /// The same ticket the agent holds.
    pub ticket: Signed<Ticket>,
    /// `SubjectPublicKeyInfo` (DER) of the machine's key.
    pub agent_spki: Vec<u8>,
    /// A manager's word that this key is the machine.
    pub approval: Signed<Approval>,
    /// Things to know that forbid nothing.
    pub warnings: Vec<Reason>,
    /// The line as measured.
    pub line: LineFacts,
}

/// The agent's signed word of what the person granted: the client's and the firm's proof.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// The session.
    pub session: SessionId,
    /// The machine's key.
    pub agent_key: KeyId,
    /// Who was let in.
    pub technician: PersonId,
    /// With which key.
    pub technician_key: KeyId,
    /// The contract.
    pub contract: ContractId,
    /// What was granted.
    pub capabilities: Capabilities,
    /// The grant's epoch.
    pub epoch: Epoch,
    /// When, machine's clock.
    pub granted_at: UnixSeconds,
    /// For how long at most, in seconds, by the machine's monotonic clock.
    pub for_s: u32,
    /// How long the question was on the screen before the yes, in ms.
    pub shown_ms: u32,
    /// Binds the receipt to this end-to-end channel: its exporter under the label for receipts.
    pub channel: [u8; 32],
}

/// The agent's signed word that a session goes on under the yes it already has, after the line between the two ends was lost.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resumption {
    /// The session.
    pub session: SessionId,
    /// The machine's key.
    pub agent_key: KeyId,
    /// The technician's key: the same as before.
    pub technician_key: KeyId,
    /// The epoch that was lost with the line.
    pub lost: Epoch,
    /// The epoch from now on; always a later one.
    pub epoch: Epoch,
    /// What still holds; never more than before.
    pub capabilities: Capabilities,
    /// What is left of the grant, in seconds; not a second was added.
    pub for_s: u32,
    /// For how long the line was known to be lost, in seconds.
    pub away_s: u32,
    /// Binds the word to the new end-to-end channel: its exporter under the label for receipts.
    pub channel: [u8; 32],
}

/// On the control lane, sealed, from console to agent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum FromConsole {
    /// The request, signed inside the seal, so that no relay can prompt at will; and the console's nonce for the match code.
    Request {
        /// What is asked, by the technician's own key.
        request: Box<Signed<SessionRequest>>,
        /// The console's share of the match code.
        nonce: [u8; 32],
    },
    /// The technician ends the session.
    End,
    /// The first word of a new channel after the line was lost: the one who was let in is back.
    Resume {
        /// The epoch that was lost.
        epoch: Epoch,
        /// Made with a secret of the lost channel over this one, which nobody else can do.
        proof: [u8; 32],
    },
    /// About a password; the person decides (clause 8.2).
    Wish(Wish),
    /// The technician asks for more than was granted, signed inside the seal as the first request was. No match code is compared again:
    /// it would come out of the same handshake with the same two keys, and the person has heard that one.
    Widen(Box<Signed<Widening>>),
}

/// On the control lane, sealed, from agent to console.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum FromAgent {
    /// SHA-256 of the agent's nonce, before it sees the console's: nobody can grind the match code.
    Commit([u8; 32]),
    /// The agent's nonce. Both sides now show the same six digits.
    Reveal([u8; 32]),
    /// The person is being asked.
    Asking {
        /// Seconds until silence is a no.
        for_s: u16,
    },
    /// The person said yes.
    Granted(Box<Signed<Receipt>>),
    /// The session goes on: nothing may be shown once this is older than its validity.
    Pulse(Pulse),
    /// Something the technician should know.
    Notice(Notice),
    /// The session goes on, in this new channel.
    Resumed(Box<Signed<Resumption>>),
    /// What the person was asked for, sealed to the technician's program, or not.
    Secret(SecretAnswer),
    /// The grant goes on under a later epoch, in this channel.
    Turned(Box<Signed<Turn>>),
}

/// The agent's sign of life, every 250 ms on the control connection as datagram and now and then on the control lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Pulse {
    /// The grant of this epoch stands.
    Lease {
        /// The grant's epoch.
        epoch: Epoch,
        /// What is left of it, in seconds.
        remaining_s: u32,
    },
    /// No grant up to and including this epoch stands any more.
    Revoked {
        /// The last void epoch.
        epoch: Epoch,
        /// Why.
        reason: EndReason,
    },
    /// The grant of this epoch stands still and is void: nothing is seen or moved. It may go on under a later epoch.
    Held {
        /// The void epoch.
        epoch: Epoch,
        /// Why.
        why: Hold,
        /// For how long at most still, in seconds; then it is over.
        left_s: u16,
    },
}

/// Something the technician should know while the session runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Notice {
    /// Remote input is held back: the person moves the mouse or types (local input always wins).
    LocalInput {
        /// `false` when it is over.
        active: bool,
    },
    /// The screen can't be captured now.
    ScreenPaused {
        /// `false` when it is over.
        active: bool,
    },
    /// Support closes, or has closed (clause 4.2).
    Closing {
        /// Where that stands.
        state: ClosingState,
        /// When what it says is due, on a Paris clock: minutes after midnight.
        at: u16,
    },
    /// The person types a password: nothing of their screen is sent, and nothing is moved.
    Masked {
        /// `false` when it is over.
        active: bool,
    },
    /// What becomes of the technician's wish for more.
    More(More),
    /// Whether the person lets the technician come back once after a restart.
    Return {
        /// Their answer.
        allowed: bool,
    },
    /// What becomes of a colleague's question.
    Colleague(Colleague),
}

/// Where a session stands at closing time. The moment beside it is meant by each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ClosingState {
    /// It closes at that moment.
    Soon,
    /// It has closed; the person is asked whether to go on until that moment. Input is held back meanwhile.
    Asked,
    /// The person said yes: the end comes at that moment.
    Extended,
    /// Nobody answered: the screen may only be seen, until that moment.
    ViewOnly,
}

impl Capabilities {
    /// See the screen.
    pub const VIEW: Self = Self(1);
    /// Use keyboard and mouse. Means nothing without `VIEW`.
    pub const CONTROL: Self = Self(2);
    /// All this program knows.
    pub const KNOWN: Self = Self(3);

    /// Nothing.
    pub const fn none() -> Self {
        Self(0)
    }

    /// Both sets together.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What both sets hold: rights only ever narrow.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of `other` is in it.
    pub const fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it holds bits this program does not know.
    pub const fn has_unknown(self) -> bool {
        self.0 & !Self::KNOWN.0 != 0
    }

    /// From the bits of the wire.
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// As bits of the wire.
    pub const fn bits(self) -> u16 {
        self.0
    }
}

impl fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = Vec::new();
        if self.holds(Self::VIEW) {
            names.push("view");
        }
        if self.holds(Self::CONTROL) {
            names.push("control");
        }
        if self.has_unknown() {
            names.push("unknown");
        }
        f.write_str(&names.join("+"))
    }
}

impl Wire for SessionRequest {
    const LIMIT: usize = 2 * 1024;
}
impl Wire for Ticket {
    const LIMIT: usize = 4 * 1024;
}
impl Wire for Approval {
    const LIMIT: usize = 1024;
}
impl Wire for Receipt {
    const LIMIT: usize = 1024;
}
impl Wire for Resumption {
    const LIMIT: usize = 1024;
}
impl Wire for FromConsole {
    const LIMIT: usize = 16 * 1024;
}
impl Wire for FromAgent {
    const LIMIT: usize = 16 * 1024;
}
impl Wire for Pulse {
    const LIMIT: usize = 64;
}
impl Statement for SessionRequest {
    const LABEL: &'static str = "aval/1 session request";
}
impl Statement for Ticket {
    const LABEL: &'static str = "aval/1 ticket";
}
impl Statement for Approval {
    const LABEL: &'static str = "aval/1 approval";
}
impl Statement for Receipt {
    const LABEL: &'static str = "aval/1 receipt";
}
impl Statement for Resumption {
    const LABEL: &'static str = "aval/1 resumption";
}
