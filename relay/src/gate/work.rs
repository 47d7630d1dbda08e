//! What kind of work the contract lets be done, and what a session for it may do at most (clauses 2.1, 2.6).

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::session::{Capabilities, WorkCategory};

use super::{Facts, Request};

/// What the contract makes of the work asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Work {
    /// Assistance and maintenance: what the contract is for.
    Included,
    /// Excluded, and the client accepted a quote for it before.
    ByQuote,
    /// A look before the contract (2.1).
    BeforeContract,
    /// Excluded (2.6), or not known here.
    Excluded,
}

/// What this request's work is, at a moment.
pub(super) fn of(request: &Request, facts: &Facts, now: UnixSeconds) -> Work {
    let category = request.asked().category;
    match category {
        _ if is_included(category) => Work::Included,
        WorkCategory::PreContractAudit => Work::BeforeContract,
        WorkCategory::Unknown(_) => Work::Excluded,
        _ => {
            let mut accepted = facts.papers.quotes.iter().filter(|quote| quote.category == category);
            if accepted.any(|quote| quote.accepted_at <= now) { Work::ByQuote } else { Work::Excluded }
        }
    }
}

/// Whether the contract's price covers this kind of work (2.6, 5.3).
pub const fn is_included(category: WorkCategory) -> bool {
    matches!(category, WorkCategory::Assistance | WorkCategory::Maintenance)
}

impl Work {
    /// What a session for it may do at most, of what this program knows at all.
    pub(super) const fn most(self) -> Capabilities {
        match self {
            Self::Included | Self::ByQuote => Capabilities::KNOWN,
            Self::BeforeContract => Capabilities::VIEW,
            Self::Excluded => Capabilities::none(),
        }
    }
}
