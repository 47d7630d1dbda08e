//! One session at either end, as machines without a socket, a clock or a window: bytes and moments in, bytes and commands out.
//!
//! ```text
//! console                                   agent
//!    │  TLS 1.3, technician's certificate ⇄ machine's key
//!    │ ◀──────────────── Commit(SHA-256(n)) │  its nonce, before it knows the other
//!    │ Request{signed request, nonce} ────▶ │  signed by the very key of the handshake, no wider than the ticket
//!    │ ◀───────────────────────── Reveal(n) │  both show the same six digits from here on
//!    │ ◀──────────────────────── Asking{60} │  only now is the person asked
//!    │ ◀────────────────── Granted{receipt} │  the yes, signed; then the banner
//!    │ ◀ ─ ─ ─ Lease, every 250 ms ─ ─ ─ ─  │  while the banner is on the screen; without one the console goes blank
//!    │ Widen{signed} ─────────────────────▶ │  more is asked for: input stands still, the person is asked again
//!    │ ◀ ─ ─ ─ Held ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─  │  instead of Lease while the machine is locked
//!    │ ◀──────────────────── Turned{signed} │  a later epoch: back, wider, narrower; never longer
//!    │ ◀ ─ Revoked, eight times in 80 ms ─  │  whatever ends it: locally first, then told
//! ```

pub mod agent;
pub mod console;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::Epoch;
use crate::prompt::Ask;
use crate::prompt::secret::AskSecret;
use crate::seal::SealError;
use crate::wire::codes::EndReason;
use crate::wire::session::{Capabilities, SessionRequest};

/// The handshake and everything before the question must be done by then; always within the ticket's own life.
pub const HANDSHAKE: Duration = Duration::from_secs(15);
/// How often the agent says that the grant stands: as a datagram.
pub const BEAT: Duration = Duration::from_millis(250);
/// How often it says so on the control lane too, where no datagram may pass.
pub const WORD: Duration = Duration::from_millis(500);
/// A sign of life holds for that long at the console; then the screen goes blank.
pub const LEASE: Duration = Duration::from_secs(1);
/// Without any sign of life for that long the console gives up.
pub const SILENCE: Duration = Duration::from_secs(30);
/// So long after the line between the two ends was lost the session may go on under the same yes (clause 4.4); later there is a new
/// question.
pub const AWAY: Duration = Duration::from_secs(120);
/// So long a locked or sleeping machine keeps the person's yes, by a clock that also counts sleep; later there is a new question.
pub const HOLD: Duration = Duration::from_secs(120);
/// Datagrams that tell of a revocation.
pub const BURST: u8 = 8;
/// Between two of them: 80 ms for all.
pub const BURST_GAP: Duration = Duration::from_millis(11);
/// A technician who does nothing for that long sees nothing until they want to go on.
pub const IDLE: Duration = Duration::from_secs(600);
/// For that long a leaving console waits for the agent's last word.
const GOOD_BYE: Duration = Duration::from_secs(2);
/// How much longer the console waits than the agent, so that it hears the agent's own reason.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the desktop does in a living session. None of it opens or lengthens anything: the person's own answer is all that gives hands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum AtDesk {
    /// Say on the banner that support closes at this minute after midnight in Paris.
    Soon {
        /// Minutes after midnight.
        at: u16,
    },
    /// Ask whether to go on. Remote input stands still from now on.
    Ask {
        /// The question.
        ask: Box<Ask>,
        /// Without an answer within that time the screen may only be seen.
        answer_within: Duration,
        /// Without a yes within that time it is over.
        end_within: Duration,
    },
    /// Say on the banner that the person agreed, until this minute.
    Extended {
        /// Minutes after midnight.
        at: u16,
        /// What still holds.
        capabilities: Capabilities,
    },
    /// The screen may only be seen, until this minute.
    ViewOnly {
        /// Minutes after midnight.
        at: u16,
    },
    /// The line is lost: keys up, nothing is seen or moved, and the banner says so.
    LineLost {
        /// It may come back for that many seconds; then it is over.
        for_s: u16,
    },
    /// Ask for more than was granted. Remote input stands still until [`AtDesk::Turn`] follows.
    Widen {
        /// The question.
        ask: Box<Ask>,
    },
    /// It goes on under a later epoch, as far as the desktop agrees: no more than before, but for what the person just agreed to.
    Turn {
        /// Later than any before.
        epoch: Epoch,
        /// What holds.
        capabilities: Capabilities,
    },
    /// The technician did nothing for long: nothing is seen or moved until [`AtDesk::Awake`] and [`AtDesk::Turn`] follow.
    Idle,
    /// They want to go on.
    Awake,
    /// The line is back: what was granted holds again, under this epoch, as far as the desktop agrees that it still does.
    Back {
        /// Later than any before.
        epoch: Epoch,
    },
    /// The technician wishes that the person types a password unseen: the screen is masked until the person says otherwise.
    Mask,
    /// Ask whether the technician may come back once after a restart. Remote input stands still meanwhile.
    AskReturn {
        /// The question.
        ask: Box<Ask>,
    },
    /// The technician wishes that the person hands over a password. The screen is masked meanwhile.
    Secret {
        /// The question.
        ask: Box<AskSecret>,
    },
}

/// Whether a request asks for no more than another: rights only ever narrow, and what it is about stays the same.
pub(crate) fn narrows(request: &SessionRequest, most: &SessionRequest) -> bool {
    !request.capabilities.has_unknown()
        && request.capabilities.holds(Capabilities::VIEW)
        && most.capabilities.holds(request.capabilities)
        && (1..=most.minutes).contains(&request.minutes)
        && (request.agent, request.category) == (most.agent, most.category)
        && request.reference == most.reference
}

/// What a broken seal means, seen from a side whose peer or whose own certificate may be at fault.
fn reason(error: SealError, peer: EndReason, own: EndReason) -> EndReason {
    match error {
        SealError::PeerUntrusted => peer,
        SealError::Rejected => own,
        SealError::Nonsense(_) => EndReason::ProtocolViolation,
        SealError::Broken | SealError::NoKeys => EndReason::SealBroken,
    }
}

#[cfg(any(test, fuzzing))]
pub(crate) mod tests;
