//! What a journal tells: who, what, when; never content.

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::id::{ContractId, Epoch, KeyId, PersonId, SessionId, UnixSeconds};
use crate::release::Version;
use crate::wire::closing::Extension;
use crate::wire::codes::{EndReason, RefusalCode};
use crate::wire::equipment::ListHash;
use crate::wire::handover::HandoverKind;
use crate::wire::record::LineFacts;
use crate::wire::session::{Capabilities, WorkCategory};
use crate::wire::turn::{Hold, Turning};

/// Something that happened. New kinds are only ever added at the end: the number of a kind is part of what was signed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Event {
    /// The machine was attached.
    Enrolled {
        /// The machine's key.
        agent_key: KeyId,
    },
    /// A manager said that this key is the client's machine.
    Approved {
        /// The manager.
        by: PersonId,
        /// The client's contract.
        contract: ContractId,
    },
    /// A manager had an enrolment code made.
    CodeIssued {
        /// The manager.
        by: PersonId,
        /// For which contract.
        contract: ContractId,
        /// Until when it is valid.
        expires_at: UnixSeconds,
    },
    /// A technician asked for a session.
    Requested {
        /// The session's number, drawn for refused ones too.
        session: SessionId,
        /// Who.
        technician: PersonId,
        /// What for, at most.
        capabilities: Capabilities,
        /// Which kind of work.
        category: WorkCategory,
        /// [`commitment`] to the client's own request; the text and its salt are kept elsewhere and may be erased.
        reference: [u8; 32],
    },
    /// The gate said no.
    GateRefused {
        /// The session.
        session: SessionId,
        /// Every reason.
        codes: Vec<RefusalCode>,
        /// The moment judged.
        at: UnixSeconds,
    },
    /// The gate said yes.
    Permitted {
        /// The session.
        session: SessionId,
        /// The contract.
        contract: ContractId,
    },
    /// The person was asked.
    Asked {
        /// The session.
        session: SessionId,
        /// Who wants in.
        technician: PersonId,
    },
    /// The person said yes.
    Granted {
        /// The session.
        session: SessionId,
        /// To what.
        capabilities: Capabilities,
        /// The grant's epoch.
        epoch: Epoch,
        /// How long the question was on the screen before, in ms.
        shown_ms: u32,
    },
    /// It was a no: by the person, by silence, or by something that failed.
    Refused {
        /// The session.
        session: SessionId,
        /// Why.
        reason: EndReason,
    },
    /// The screen was open from here on.
    Started {
        /// The session.
        session: SessionId,
    },
    /// The session was over.
    Ended {
        /// The session.
        session: SessionId,
        /// Why.
        reason: EndReason,
        /// How long the screen was open, in seconds.
        duration_s: u32,
    },
    /// A manager let sessions start outside support hours.
    ExceptionGranted {
        /// The manager.
        by: PersonId,
        /// Until when.
        until: UnixSeconds,
        /// [`commitment`] to the reason given.
        reason: [u8; 32],
    },
    /// A manager locked or unlocked a technician.
    Locked {
        /// Who was.
        technician: PersonId,
        /// The manager.
        by: PersonId,
        /// `false` for unlocked.
        locked: bool,
    },
    /// The line was measured.
    LineMeasured(LineFacts),
    /// The newest entry of the other side's journal.
    PeerHead {
        /// Its number.
        seq: u64,
        /// Its hash.
        hash: [u8; 32],
    },
    /// The machine left the firm, by the decision of whoever uses it.
    Left,
    /// Support closed under a session: what became of the question whether to go on.
    Extension {
        /// The session.
        session: SessionId,
        /// What.
        what: Extension,
    },
    /// The line between the two ends of a session was lost: nothing was seen or moved from here on.
    LineLost {
        /// The session.
        session: SessionId,
    },
    /// The same console came back in time: the session went on under the yes it had.
    Resumed {
        /// The session.
        session: SessionId,
        /// The epoch from here on.
        epoch: Epoch,
        /// For how long the line was known to be lost, in seconds.
        away_s: u32,
    },
    /// The person typed a password unseen, or handed one over (clause 8.2). No more is ever told of it.
    Handover {
        /// The session.
        session: SessionId,
        /// Which kind.
        kind: HandoverKind,
        /// How many values.
        count: u8,
    },
    /// Texts that named somebody were erased from the relay's record on that person's demand (14.1); which, nobody can tell any more.
    Erased {
        /// How many of this machine's.
        texts: u32,
    },
    /// The machine was locked or went to sleep: nothing was seen or moved from here on.
    Held {
        /// The session.
        session: SessionId,
        /// Why.
        why: Hold,
    },
    /// The person was asked for more than was granted.
    Widening {
        /// The session.
        session: SessionId,
        /// For what, all in all.
        capabilities: Capabilities,
    },
    /// The session went on under a later epoch.
    Turned {
        /// The session.
        session: SessionId,
        /// The epoch from here on.
        epoch: Epoch,
        /// What held from here on.
        capabilities: Capabilities,
        /// Why.
        why: Turning,
    },
    /// The person let the technician come back once after a restart, for ten minutes.
    Promised {
        /// The session.
        session: SessionId,
        /// With what.
        capabilities: Capabilities,
    },
    /// The technician came back as the person had allowed; nothing of it is left.
    Returned {
        /// The session that begins so.
        session: SessionId,
        /// With what.
        capabilities: Capabilities,
        /// The grant's epoch.
        epoch: Epoch,
    },
    /// A version of the contract's equipment list was put to the client's representative, at this machine (2.2).
    ListAsked {
        /// Who had it put.
        by: PersonId,
        /// Which version.
        list: ListHash,
    },
    /// What they said, which the machine's key signed.
    ListAnswered {
        /// Which version.
        list: ListHash,
        /// Approved, or refused.
        yes: bool,
    },
    /// The firm's root was followed by another one, by a word that both of them signed: this machine believes the new one from here on.
    RootSucceeded {
        /// Counts the firm's roots: 1 led from the first to the second.
        number: u32,
        /// The old root's key.
        old: KeyId,
        /// The new root's key.
        new: KeyId,
    },
    /// The machine's own key was replaced, as both signed. In the machine's own journal it is the last entry that the old key signed.
    KeyRenewed {
        /// The old key's `SubjectPublicKeyInfo` (DER).
        old_spki: Vec<u8>,
        /// The new key's.
        new_spki: Vec<u8>,
    },
    /// Another version of the agent's program runs from here on, whoever put it there.
    ProgramChanged {
        /// What ran before.
        from: Version,
        /// What runs.
        to: Version,
    },
    /// A new program did not prove itself: the one before was put back.
    ProgramPutBack {
        /// The one that did not.
        version: Version,
    },
}

/// What an entry's body tells this program.
#[derive(Clone, PartialEq, Debug)]
pub enum Told {
    /// An event it knows.
    Known(Event),
    /// Something of a newer program: verified like all others, only not understood.
    Opaque,
}

/// Stands for a personal text in a journal: SHA-256 of a label, a random salt, and the text. Once the salt is erased nobody can
/// tell what it stood for, and the chain still holds.
pub fn commitment(salt: &[u8; 16], text: &str) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(b"aval/1 commitment");
    context.update(salt);
    context.update(text.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

// === impl Event

impl Event {
    /// The session it belongs to, if it does.
    pub const fn session(&self) -> Option<SessionId> {
        match self {
            Self::Requested { session, .. }
            | Self::GateRefused { session, .. }
            | Self::Permitted { session, .. }
            | Self::Asked { session, .. }
            | Self::Granted { session, .. }
            | Self::Refused { session, .. }
            | Self::Started { session }
            | Self::Extension { session, .. }
            | Self::LineLost { session }
            | Self::Resumed { session, .. }
            | Self::Handover { session, .. }
            | Self::Held { session, .. }
            | Self::Widening { session, .. }
            | Self::Turned { session, .. }
            | Self::Promised { session, .. }
            | Self::Returned { session, .. }
            | Self::Ended { session, .. } => Some(*session),
            Self::Enrolled { .. }
            | Self::Approved { .. }
            | Self::CodeIssued { .. }
            | Self::ExceptionGranted { .. }
            | Self::Locked { .. }
            | Self::LineMeasured(_)
            | Self::PeerHead { .. }
            | Self::Erased { .. }
            | Self::ListAsked { .. }
            | Self::ListAnswered { .. }
            | Self::RootSucceeded { .. }
            | Self::KeyRenewed { .. }
            | Self::ProgramChanged { .. }
            | Self::ProgramPutBack { .. }
            | Self::Left => None,
        }
    }

    /// The kind's name in exports and on terminals.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Enrolled { .. } => "ENROLLED",
            Self::Approved { .. } => "APPROVED",
            Self::CodeIssued { .. } => "CODE_ISSUED",
            Self::Requested { .. } => "REQUESTED",
            Self::GateRefused { .. } => "GATE_REFUSED",
            Self::Permitted { .. } => "PERMITTED",
            Self::Asked { .. } => "ASKED",
            Self::Granted { .. } => "GRANTED",
            Self::Refused { .. } => "REFUSED",
            Self::Started { .. } => "STARTED",
            Self::Ended { .. } => "ENDED",
            Self::ExceptionGranted { .. } => "EXCEPTION_GRANTED",
            Self::Locked { .. } => "LOCKED",
            Self::LineMeasured(_) => "LINE_MEASURED",
            Self::PeerHead { .. } => "PEER_HEAD",
            Self::Left => "LEFT",
            Self::Extension { what: Extension::Asked, .. } => "EXTENSION_ASKED",
            Self::Extension { what: Extension::Granted, .. } => "EXTENSION_GRANTED",
            Self::Extension { what: Extension::Refused, .. } => "EXTENSION_REFUSED",
            Self::Extension { what: Extension::Unanswered, .. } => "EXTENSION_UNANSWERED",
            Self::LineLost { .. } => "LINE_LOST",
            Self::Resumed { .. } => "RESUMED",
            Self::Handover { .. } => "HANDOVER",
            Self::Erased { .. } => "ERASED",
            Self::Held { .. } => "HELD",
            Self::Widening { .. } => "WIDENING_ASKED",
            Self::Turned { why, .. } => why.label(),
            Self::Promised { .. } => "PROMISED",
            Self::Returned { .. } => "RETURNED",
            Self::ListAsked { .. } => "LIST_ASKED",
            Self::ListAnswered { yes: true, .. } => "LIST_APPROVED",
            Self::ListAnswered { yes: false, .. } => "LIST_REFUSED",
            Self::RootSucceeded { .. } => "ROOT_SUCCEEDED",
            Self::KeyRenewed { .. } => "KEY_RENEWED",
            Self::ProgramChanged { .. } => "PROGRAM_CHANGED",
            Self::ProgramPutBack { .. } => "PROGRAM_PUT_BACK",
        }
    }
}

// === impl Told

impl Told {
    pub(super) fn read(body: &[u8]) -> Self {
        match postcard::take_from_bytes(body) {
            Ok((event, [])) if body.len() <= super::MAX_BODY => Self::Known(event),
            _ => Self::Opaque,
        }
    }
}
