//! What the agent's machine is told about its PC, and what it says is to be done.

use std::time::Duration;

use crate::id::Epoch;
use crate::journal::Event;
use crate::prompt::{Answer, Ask};
use crate::session::AtDesk;
use crate::wire::codes::EndReason;
use crate::wire::link::Step;
use crate::wire::session::Capabilities;
use crate::wire::turn::Hold;

/// What happens on the machine itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Local {
    /// The person answered, or will not.
    Answer(Answer),
    /// The person answered whether to go on after closing, or nobody will.
    Extend(Answer),
    /// The person answered whether the technician may come back once, or nobody will.
    Return(Answer),
    /// The banner is on the screen.
    BannerUp {
        /// Of which grant.
        epoch: Epoch,
    },
    /// Whatever stands is over.
    Stop(EndReason),
    /// The machine was locked or goes to sleep: the desktop has stopped.
    Held {
        /// Why.
        why: Hold,
        /// For how long it keeps the person's yes still.
        left: Duration,
    },
    /// The person is back and sees the banner.
    PersonBack {
        /// The epoch to go on under: later than any before.
        epoch: Epoch,
    },
    /// The person took mouse and keyboard back: the desktop has stopped.
    TakenBack {
        /// The epoch to go on under: later than any before.
        epoch: Epoch,
    },
    /// The person answered whether more may, or will not.
    Widen {
        /// The answer.
        answer: Answer,
        /// The epoch to go on under, whatever the answer: later than any before.
        epoch: Epoch,
    },
    /// The line to the console is gone.
    LineLost {
        /// Since when, at most.
        ago: Duration,
    },
    /// The technician wants to go on after doing nothing for long.
    Awake {
        /// The epoch to go on under: later than any before.
        epoch: Epoch,
    },
    /// The relay says that the console is back, and opens a new control lane.
    Knock {
        /// The epoch of a grant that goes on: later than any before.
        epoch: Epoch,
    },
}

/// What is to be done, in this order.
#[derive(Clone, PartialEq, Debug)]
pub enum Output {
    /// Bytes for the control lane.
    Send(Vec<u8>),
    /// A datagram on the control connection.
    Datagram(Vec<u8>),
    /// Put this question to the person.
    Ask(Box<Ask>),
    /// Nobody needs the answer any more.
    Withdraw,
    /// Show the banner; once it is up, the screen may be seen, and hands moved if that was granted.
    Start {
        /// The grant's epoch.
        epoch: Epoch,
        /// What was granted.
        capabilities: Capabilities,
        /// For how long at most, in seconds.
        for_s: u32,
        /// Who comes, by the certificate.
        technician: String,
    },
    /// As [`Output::Start`], for a session that the person has allowed in advance: behind a banner that counts down first.
    Return {
        /// The grant's epoch.
        epoch: Epoch,
        /// What was allowed.
        capabilities: Capabilities,
        /// For how long at most, in seconds.
        for_s: u32,
        /// Who comes, by the certificate.
        technician: String,
    },
    /// The person lets the technician come back once after a restart: to be kept.
    Promise {
        /// With what, at most.
        capabilities: Capabilities,
    },
    /// Closing time: to be done on the desktop.
    AtDesk {
        /// Under which grant.
        epoch: Epoch,
        /// What.
        word: AtDesk,
    },
    /// Nothing may be seen or moved for now. [`Output::Turn`] or [`Output::Stop`] follows.
    Hold {
        /// The void epoch.
        epoch: Epoch,
    },
    /// The grant goes on under a new epoch, once the desktop says that the banner is up.
    Turn {
        /// The void epoch.
        before: Epoch,
        /// The epoch from now on.
        epoch: Epoch,
        /// What holds.
        capabilities: Capabilities,
    },
    /// The line is lost: nothing may be seen or moved. [`Output::Back`] or [`Output::Stop`] follows, [`Output::Send`] after a
    /// [`Local::Knock`] is for the new control lane.
    Away {
        /// The grant's epoch.
        epoch: Epoch,
        /// How long it may come back, in seconds.
        for_s: u16,
    },
    /// The same console is back: the grant goes on under a new epoch, once the desktop says that the banner is up.
    Back {
        /// The epoch that was lost.
        lost: Epoch,
        /// The epoch from now on.
        epoch: Epoch,
    },
    /// Nothing may be seen or moved any more.
    Stop {
        /// The grant's epoch.
        epoch: Epoch,
        /// Why.
        reason: EndReason,
    },
    /// Tell the relay.
    Report(Step),
    /// Write it into the journal.
    Journal(Event),
    /// The session is over. Nothing follows.
    Over(EndReason),
}
