//! The standing conversation between one program and the relay: hello, welcome, farewell, offers, calls.
//!
//! Every stream a client opens starts with one [`Head`] that says what the stream is. A control connection's first stream is
//! `Link`; it stays open and carries [`Uplink`] one way and [`Downlink`] the other. Further streams carry one call each, or
//! become a lane of a session, which the relay forwards and cannot read.

use serde::{Deserialize, Serialize};

use super::closing::Extension;
use super::codes::{CloseCode, EndReason};
use super::handover::HandoverKind;
use super::inventory::{HardwareFacts, InventoryDown, InventoryUp};
use super::program::ProgramWord;
use super::session::{Approval, Capabilities, Receipt, Resumption, Ticket};
use super::turn::{Hold, Turn};
use super::{Wire, enrol::Call};
use crate::firm::{Signed, SignedBulletin, SignedSuccession};
use crate::id::{AgentId, SessionId, UnixSeconds};
use crate::release::Manifest;

/// What a stream is: the first frame on each stream a client opens.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Head {
    /// The standing link of a control connection; the answer is [`Downlink::Welcome`] or [`Downlink::Farewell`].
    Link(Hello),
    /// One question; the answer is one [`super::enrol::Reply`].
    Call(Box<Call>),
    /// A lane of a session. The console opens it; the relay opens its twin to the agent with the same head and splices.
    Lane {
        /// The session.
        session: SessionId,
        /// Which of its lanes.
        lane: Lane,
    },
    /// Makes this connection the media connection of a session for this party.
    Media {
        /// The session.
        session: SessionId,
    },
    /// Makes this connection a measurement of the line, asked for by [`Downlink::MeasureLine`].
    Probe {
        /// The number the relay gave.
        token: u64,
    },
}

/// The lanes of a session. `Control` runs on both parties' control connections, the others on their media connections.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Lane {
    /// End-to-end handshake, consent, leases, revocation.
    Control,
    /// Screen updates one way, acknowledgements the other.
    Screen,
    /// Keyboard and mouse.
    Input,
}

/// Who connects. Identity is the TLS certificate; this is what it cannot say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hello {
    /// The program and its version, for people: `aval-agent 0.1.0`. At most 64 bytes.
    pub program: String,
    /// The oldest protocol version this program still speaks.
    pub oldest: u8,
    /// Drawn at each start of the machine: the same key alive under two of these is a clone.
    pub boot: [u8; 16],
}

/// From the relay, on the link.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Downlink {
    /// The first word of the relay.
    Welcome {
        /// The relay's clock: judges certificates when this machine's clock is wrong, never extends a consent.
        relay_time: UnixSeconds,
    },
    /// The last word: the connection ends after it.
    Farewell(Farewell),
    /// To an agent: what it is to the firm.
    Standing(Standing),
    /// To an agent: open a new connection whose first stream is `Head::Probe { token }`.
    MeasureLine {
        /// Names the measurement.
        token: u64,
    },
    /// To an agent: a technician whom the gate let through. Nothing is shown before ticket, certificate and seal hold.
    Offer(Box<Offer>),
    /// To either party: the session is over as far as the relay is concerned.
    Over {
        /// The session.
        session: SessionId,
        /// Why.
        reason: EndReason,
    },
    /// To an approved agent: what the record holds of its inventory.
    Inventory(InventoryDown),
    /// To an agent that said [`Step::Lost`]: the console is back. Proves nothing; the two ends prove themselves to each other.
    Resume {
        /// The session.
        session: SessionId,
    },
    /// The firm's newest bulletin, after the welcome and whenever there is a newer one. Judged by its signature and number alone.
    Bulletin(Box<SignedBulletin>),
    /// To the agent of the client's representative: a version of the equipment list waits for them; what it says is asked for with
    /// [`Call::ListAsk`].
    ListWaits,
    /// All that the firm ever said of its roots, before the bulletin, where one followed another. Judged by its signatures alone.
    Successions(Vec<SignedSuccession>),
    /// To every console of a member: a colleague lets them ask for a machine.
    HandedOver(Box<Handed>),
    /// To an agent: the newest release that this relay was given, after the welcome and whenever there is a newer one. It announces; the
    /// agent judges by the key that is pinned there, and fetches by [`Call::ReleasePart`].
    Release(Box<Manifest>),
}

/// A colleague lets somebody ask for the machine they are in a session with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Handed {
    /// Which.
    pub agent: AgentId,
    /// The colleague's name, from their certificate.
    pub by: String,
    /// For how long, in seconds.
    pub for_s: u16,
}

/// Why the relay hangs up, and where to go. Exists from the first version: programs in the field can't be taught later.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Farewell {
    /// Connect to one of these instead. They must still hold a certificate of the firm.
    Redirect {
        /// `host:port`, nearest first; at most 8.
        to: Vec<String>,
        /// Seconds to wait first, before jitter.
        after_s: u32,
    },
    /// The relay restarts.
    Restarting {
        /// Seconds until it is worth trying again, before jitter.
        reconnect_in_s: u32,
        /// Seconds for which to try this relay before trying another.
        try_for_s: u32,
    },
    /// This program is too old to be served.
    TooOld {
        /// The oldest version the relay serves.
        oldest: u8,
    },
    /// Anything else.
    Closed(CloseCode),
}

/// What an agent is to the firm.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Standing {
    /// Not enrolled here, or revoked: no session will come.
    Unknown,
    /// Enrolled; a manager has not approved it yet.
    Pending,
    /// Approved, with the manager's signed word.
    Approved(Box<Signed<Approval>>),
}

/// A session the gate permits, as the agent hears of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Offer {
    /// The relay's signed, single-use ticket.
    pub ticket: Signed<Ticket>,
}

/// From an agent or a console, on the link.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Uplink {
    /// An agent's hardware facts, after the welcome and when they change.
    Facts(Box<HardwareFacts>),
    /// A session's steps, for the relay's journal.
    Step {
        /// The session.
        session: SessionId,
        /// What happened.
        step: Step,
    },
    /// The newest entry of the agent's own journal, so that each chain witnesses the other.
    JournalHead {
        /// Number of the newest entry.
        seq: u64,
        /// Its hash.
        hash: [u8; 32],
    },
    /// An approved agent's inventory.
    Inventory(InventoryUp),
    /// How an agent's own program stands, after the welcome and when it changes.
    Program(ProgramWord),
}

/// A session's steps as the agent tells them to the relay.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Step {
    /// The person is being asked.
    Asked,
    /// The person said yes.
    Granted(Box<Signed<Receipt>>),
    /// The session is over, or never began.
    Ended {
        /// Why.
        reason: EndReason,
    },
    /// Support closed: what became of the question whether to go on.
    Extension(Extension),
    /// The line between the two ends is lost; the yes is kept for a while, in which the same console may come back.
    Lost,
    /// It came back, and the session goes on.
    Resumed(Box<Signed<Resumption>>),
    /// The person typed a password unseen, or handed one over.
    Handover {
        /// Which kind.
        kind: HandoverKind,
        /// How many values.
        count: u8,
    },
    /// The grant stands still: nothing is seen or moved.
    Held(Hold),
    /// The person is being asked for more than was granted.
    Widening(Capabilities),
    /// It goes on, under a later epoch.
    Turned(Box<Signed<Turn>>),
    /// The person lets the technician come back once after a restart.
    Promised {
        /// With what.
        capabilities: Capabilities,
    },
}

impl Head {
    /// Most bytes of a machine's head: only members of the firm bring files.
    pub const OF_MACHINE: usize = 64 * 1024;
}

impl Wire for Head {
    const LIMIT: usize = Call::LIMIT + 1024;
}
impl Wire for Downlink {
    const LIMIT: usize = 64 * 1024;
}
impl Wire for Uplink {
    const LIMIT: usize = 64 * 1024;
}
