//! How a contract stands on a day (clauses 6.1 to 6.3): the gate's reasons and the list of machines come from this one judgement.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::record::{ContractStanding, ContractState};
use jiff::civil::{Date, Time};

use super::papers::Papers;
use super::term::Ending;
use super::{Rules, ends, hours};
use crate::records::Contract;

/// What stands against a session by the contract itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Against {
    /// It begins on this day.
    NotYet(Date),
    /// It has ended.
    Lapsed(Ending),
    /// A manager suspended it, at this moment.
    Suspended(UnixSeconds),
}

/// Everything against, in the order of the reasons.
pub(super) fn against(contract: &Contract, papers: &Papers, rules: &Rules, now: UnixSeconds) -> Vec<Against> {
    let today = hours::day(now);
    let mut found = Vec::new();
    if today < contract.term.effective_on() {
        found.push(Against::NotYet(contract.term.effective_on()));
    }
    found.extend(
        ends::ending(contract, papers, rules.notice_counts_from)
            .filter(|ending| ending.on <= today)
            .map(Against::Lapsed),
    );
    found.extend(contract.suspension.as_ref().map(|suspension| Against::Suspended(suspension.at)));
    found
}

/// In one word, for lists: what is over for good weighs most.
pub fn of(contract: &Contract, papers: &Papers, rules: &Rules, now: UnixSeconds) -> ContractStanding {
    let against = against(contract, papers, rules, now);
    let find = |state: fn(&Against) -> Option<ContractStanding>| against.iter().find_map(state);
    find(|a| match a {
        Against::Lapsed(ending) => Some(standing(ContractState::Lapsed, Some(start_of(ending.on)))),
        _ => None,
    })
    .or_else(|| {
        find(|a| match a {
            Against::Suspended(at) => Some(standing(ContractState::Suspended, Some(*at))),
            _ => None,
        })
    })
    .or_else(|| {
        find(|a| match a {
            Against::NotYet(day) => Some(standing(ContractState::NotYetInForce, Some(start_of(*day)))),
            _ => None,
        })
    })
    .unwrap_or_else(|| {
        let ends = ends::ending(contract, papers, rules.notice_counts_from).map(|ending| start_of(ending.on));
        standing(ContractState::InForce, ends)
    })
}

const fn standing(state: ContractState, on: Option<UnixSeconds>) -> ContractStanding {
    ContractStanding { state, on }
}

/// The first moment of a day in Paris.
fn start_of(day: Date) -> UnixSeconds {
    hours::moment(day.to_datetime(Time::midnight()))
}
