//! What the service and the session process say to each other on one machine, and the local socket they say it through.
//!
//! The service (root) holds keys and the line; the session process (the person's rights) holds screen, hands and consent. Both
//! check who sits at the other end before a word is believed: a local program must not gain a right by talking to either.

use std::time::Duration;

use aval_protocol::id::{Epoch, SessionId};
use aval_protocol::prompt::list::{AskList, ListAnswer};
use aval_protocol::prompt::secret::SecretAnswer;
use aval_protocol::prompt::{Answer, Ask, Banner};
use aval_protocol::session::AtDesk;
use aval_protocol::wire::Wire;
use aval_protocol::wire::codes::EndReason;
use aval_protocol::wire::equipment::ListHash;
use aval_protocol::wire::handover::Mask;
use aval_protocol::wire::input::InputUp;
use aval_protocol::wire::screen::ScreenDown;
use aval_protocol::wire::session::Capabilities;
use aval_protocol::wire::turn::Hold;
use serde::{Deserialize, Serialize};

use crate::receipt::Receipt;

#[cfg(target_os = "linux")]
#[path = "ipc/linux.rs"]
mod system;
#[cfg(windows)]
#[path = "ipc/windows.rs"]
mod system;
#[cfg(not(any(target_os = "linux", windows)))]
#[path = "ipc/other.rs"]
mod system;

#[cfg(any(target_os = "linux", windows))]
mod serve;

#[cfg(windows)]
pub(crate) use system::Helper;
pub use system::{Door, Line, connect};

/// From the service to the session process.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ToSession {
    /// The service takes this session process as its desktop.
    Welcome,
    /// It does not; the socket closes.
    Refused(Refused),
    /// Ask the person.
    Ask {
        /// The session that the answer is for.
        session: SessionId,
        /// The question.
        ask: Box<Ask>,
    },
    /// Nobody needs the answer any more.
    Withdraw {
        /// The question's session.
        session: SessionId,
    },
    /// Show the banner, then yield the screen. Believed only after a yes of the person to this very session.
    Begin {
        /// The session.
        session: SessionId,
        /// The grant's epoch.
        epoch: Epoch,
        /// Rights; never more than the person ticked.
        capabilities: Capabilities,
        /// For how long at most, in seconds.
        for_s: u32,
        /// Who, for whom: what the banner says.
        banner: Box<Banner>,
    },
    /// Show the banner and let it count down, then yield the screen: the person has allowed it in advance, says the service, which keeps
    /// that. The person can stop it.
    Return {
        /// The session.
        session: SessionId,
        /// The grant's epoch.
        epoch: Epoch,
        /// Rights.
        capabilities: Capabilities,
        /// For how long at most, in seconds.
        for_s: u32,
        /// Who, for whom: what the banner says.
        banner: Box<Banner>,
    },
    /// One event of the technician's hands.
    Input(InputUp),
    /// The console has painted everything up to this update.
    Painted {
        /// Number of the update.
        seq: u32,
        /// The grant under which it was captured.
        epoch: Epoch,
    },
    /// Closing time. Lets nobody do more than before.
    AtDesk {
        /// Under which grant.
        epoch: Epoch,
        /// What.
        word: AtDesk,
    },
    /// Stop this session, whatever stands of it.
    End {
        /// Which.
        session: SessionId,
        /// Why.
        reason: EndReason,
    },
    /// What the journal has of a session that is over: for the person to keep.
    Receipt(Box<Receipt>),
    /// Ask the client's representative about a version of the equipment list.
    AskList(Box<AskList>),
}

/// From the session process to the service.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum FromSession {
    /// The first word: what kind of desktop this is.
    Hello(Desk),
    /// The person's answer.
    Answer {
        /// The question's session.
        session: SessionId,
        /// The answer.
        answer: Answer,
    },
    /// The person's answer to whether the session goes on after closing.
    Extend {
        /// Under which grant.
        epoch: Epoch,
        /// The answer.
        answer: Answer,
    },
    /// The machine was locked or goes to sleep: it has stopped here, nothing is seen or moved.
    Held {
        /// Under which grant.
        epoch: Epoch,
        /// Why.
        why: Hold,
        /// For how long the person's yes is kept still.
        left: Duration,
    },
    /// The person is back and sees the banner: it may go on, under a later epoch.
    PersonBack {
        /// The grant that was held.
        epoch: Epoch,
    },
    /// The person took mouse and keyboard back: it has stopped here, and may go on without them under a later epoch.
    TakenBack {
        /// Under which grant.
        epoch: Epoch,
        /// When, by the machine's monotonic clock in ms.
        at_ms: u64,
    },
    /// The person's answer to whether more may.
    Widen {
        /// Under which grant.
        epoch: Epoch,
        /// The answer.
        answer: Answer,
    },
    /// The banner is on the screen: the grant of this epoch lives.
    BannerUp {
        /// The grant's epoch.
        epoch: Epoch,
    },
    /// A piece of the screen.
    Frame {
        /// The grant under which it was captured.
        epoch: Epoch,
        /// The piece.
        frame: ScreenDown,
    },
    /// It has stopped here: nothing is seen or moved any more. The service tells the others.
    Stopped {
        /// The grant's epoch.
        epoch: Epoch,
        /// Why.
        reason: EndReason,
        /// When, by the machine's monotonic clock in ms, if a person's click or key began it.
        at_ms: Option<u64>,
    },
    /// The desktop changed: a display was lost or came back.
    Desk(Desk),
    /// The screen is masked while the person types a password, or shown again. It has stopped here, or begins.
    Masked {
        /// The grant's epoch.
        epoch: Epoch,
        /// How it is now.
        mask: Mask,
    },
    /// The person was asked whether the technician may come back once after a restart.
    Return {
        /// Under which grant.
        epoch: Epoch,
        /// The answer.
        answer: Answer,
    },
    /// The person's own hands come first: the technician's stand still, or no longer.
    PersonActs {
        /// Under which grant.
        epoch: Epoch,
        /// Whether they do.
        active: bool,
    },
    /// The person was asked for a password.
    Secret {
        /// The grant's epoch.
        epoch: Epoch,
        /// Sealed where it was typed, or a no.
        answer: SecretAnswer,
    },
    /// What became of the question about a version of the list.
    ListAnswered {
        /// Which version.
        list: ListHash,
        /// The answer.
        answer: ListAnswer,
    },
}

/// The kind of desktop a session process lives in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Desk {
    /// A screen of that size.
    Screen {
        /// In pixels.
        width: u16,
        /// In pixels.
        height: u16,
    },
    /// A Wayland desktop, which this version cannot show.
    Wayland,
    /// A terminal whose person can be asked, without a screen to show.
    Terminal,
    /// Neither.
    None,
}

/// Why the service does not take a session process.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
pub enum Refused {
    /// Another session process serves the desktop.
    #[error("another session process is connected already; this one waits for its turn")]
    Another,
    /// The user owns no desktop here.
    #[error("this user has no desktop on this machine")]
    NoDesktop,
    /// The program is not the service's own.
    #[error("this is not the program the service runs; after an update, log off and on again")]
    WrongProgram,
}

/// Why the local socket is of no use.
#[derive(Debug, thiserror::Error)]
pub enum IpcError {
    /// The socket cannot be made.
    #[error(
        "the local socket {path} cannot be made ({reason}); is another service running, and may this user write there?"
    )]
    Bind {
        /// Where.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The service cannot be reached.
    #[error("the service does not answer at {path} ({reason}); is “aval-agent service” running?")]
    Unreachable {
        /// Where.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// Somebody else than the service may sit behind the socket.
    #[error("the socket {path} is not to be trusted: {why}")]
    Untrusted {
        /// Where.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// This operating system has no local socket in this version.
    #[error("the agent's two parts cannot talk on this system yet; this version runs on Linux")]
    NotYet,
}

impl Wire for ToSession {
    /// The longest question, and what surrounds it.
    const LIMIT: usize = AskList::LIMIT + 64;
}
impl Wire for FromSession {
    /// A frame and what surrounds it.
    const LIMIT: usize = ScreenDown::LIMIT + 64;
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
