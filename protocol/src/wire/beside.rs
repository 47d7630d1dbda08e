//! A second technician where one is in a session already: in their place once the person agrees, or at their side.
//!
//! The first one's yes is theirs alone: nothing of it passes to the second, who is asked about by their own name under a ticket of their own.

use serde::{Deserialize, Serialize};

use super::codes::EndReason;
use crate::id::SessionId;

/// What a second session is to the one that runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Way {
    /// It takes its place: the first ends at the person's yes to the second, and not before.
    Follows,
    /// Both are in it, each under a yes of their own. The second may only look.
    Joins,
}

/// The session that runs already, in the ticket of the second.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Beside {
    /// Which. Where it is over by then, the second is a session like any other.
    pub session: SessionId,
    /// What the second is to it.
    pub way: Way,
}

/// What becomes of a colleague's question, as the one who is in a session hears of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Colleague {
    /// The person is asked; input is held back meanwhile.
    Asked {
        /// What for.
        way: Way,
        /// Seconds until silence is a no.
        for_s: u16,
    },
    /// It came to nothing: what was granted goes on.
    Not {
        /// What for.
        way: Way,
        /// Why.
        reason: EndReason,
    },
    /// The colleague is in it too.
    Joined,
    /// The colleague is not in it any more.
    Left,
}
