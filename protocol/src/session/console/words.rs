//! What the console's machine is told about its end, and what it says is to be done.

use crate::firm::Signed;
use crate::id::Epoch;
use crate::prompt::secret::SecretAnswer;
use crate::wire::codes::EndReason;
use crate::wire::session::{Capabilities, Notice, Receipt, Resumption};
use crate::wire::turn::{Hold, Turn, Turning};

/// What happens at the console itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Local {
    /// The technician ends the session. [`Output::Over`] follows when the machine has heard it, or after a moment.
    End,
    /// It is over: the relay says so, or nothing can come of it any more.
    Lost(EndReason),
    /// The line is gone. [`Output::Away`] or [`Output::Over`] follows.
    Torn,
    /// There is a new control lane to the machine, after [`Output::Away`].
    Back,
    /// The technician wants more than was granted.
    Widen {
        /// Everything that would hold.
        capabilities: Capabilities,
        /// What for.
        reason: String,
    },
}

/// What is to be done, in this order.
#[derive(Clone, PartialEq, Debug)]
pub enum Output {
    /// Bytes for the control lane.
    Send(Vec<u8>),
    /// Show these six digits: the person sees the same.
    MatchCode(u32),
    /// The person is being asked.
    Asking {
        /// Seconds until silence is a no.
        for_s: u16,
    },
    /// The person said yes. [`Output::Blank`] follows until the banner is up there.
    Granted {
        /// The grant's epoch.
        epoch: Epoch,
        /// What was granted.
        capabilities: Capabilities,
        /// For how long at most, in seconds.
        for_s: u32,
        /// The machine's signed word of it.
        receipt: Box<Signed<Receipt>>,
    },
    /// Whether nothing may be shown or sent because no sign of life holds.
    Blank(bool),
    /// Something the technician should know.
    Notice(Notice),
    /// What the person was asked for, sealed to whoever asked, or not.
    Secret(SecretAnswer),
    /// The machine is locked or sleeps: nothing is shown or sent, and what was shown is wiped. [`Output::Turned`] or [`Output::Over`]
    /// follows. Said again when there is notably less time.
    Held {
        /// Why.
        why: Hold,
        /// For how long at most still, in seconds.
        left_s: u16,
    },
    /// The grant goes on under a later epoch. [`Output::Blank`] follows when the banner is seen to be up.
    Turned {
        /// The epoch from now on.
        epoch: Epoch,
        /// What holds.
        capabilities: Capabilities,
        /// What is left of the grant, in seconds.
        for_s: u32,
        /// Why.
        why: Turning,
        /// The machine's signed word of it.
        word: Box<Signed<Turn>>,
    },
    /// The line is lost, or an attempt to come back came to nothing: nothing is shown, what was shown is wiped, and a new control
    /// lane is looked for. [`Local::Back`] says that there is one.
    Away {
        /// For how long, in seconds.
        for_s: u16,
    },
    /// The session goes on. [`Output::Blank`] follows until the banner is seen to be up.
    Resumed {
        /// The epoch from now on.
        epoch: Epoch,
        /// What still holds.
        capabilities: Capabilities,
        /// What is left of the grant, in seconds.
        for_s: u32,
        /// The machine's signed word of it.
        word: Box<Signed<Resumption>>,
    },
    /// The session is over. Nothing follows, and nothing of it may be shown any more.
    Over(EndReason),
}
