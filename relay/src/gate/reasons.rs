//! Each check of the gate, looked at on its own, and the sentences of those that fail.

use aval_protocol::id::UnixSeconds;
use aval_protocol::text::gate::{self as text, Sentence};
use aval_protocol::wire::codes::RefusalCode;
use aval_protocol::wire::record::Reason;
use aval_protocol::wire::session::Capabilities;

use super::hours::{self, Holidays, Hours, shown_day, shown_moment};
use super::link::{self, Insufficient, LinkVerdict};
use super::standing::{self, Against};
use super::term::Ending;
use super::when::{next_opening, opening};
use super::work::{self, Work};
use super::{Facts, Presence, Request, Stage, ends};
use crate::records::{AgentStanding, Contract, Coverage, ExceptionRow, RecordFacts};

/// Every reason against, in the order of disclosure.
pub(super) fn against(request: &Request, facts: &Facts, now: UnixSeconds, stage: Stage) -> Vec<Reason> {
    let mut found = Vec::new();
    let mut object =
        |code: RefusalCode, clause: &str, sentence: Sentence| found.push(reason(code, clause, sentence));

    if !facts.technician_certified {
        object(RefusalCode::TechnicianUnauthorised, "", text::technician_unauthorised());
    }
    if request.asked().reference.trim().is_empty() {
        object(RefusalCode::NoClientRequest, "9.4", text::no_client_request());
    }
    let (work, capabilities) = (work::of(request, facts, now), request.asked().capabilities);
    if work == Work::Excluded {
        object(RefusalCode::ExcludedOperation, "2.6", text::excluded(request.asked().category));
    } else if !work.most().holds(capabilities.and(Capabilities::KNOWN)) {
        object(RefusalCode::ExcludedOperation, "2.1", text::audit_only_views());
    }
    if capabilities.has_unknown() || !capabilities.holds(Capabilities::VIEW) {
        object(RefusalCode::UnknownCapability, "", text::unknown_capability());
    }
    match &facts.record {
        None => object(RefusalCode::EntitlementUnavailable, "", text::entitlement_unavailable()),
        Some(record) => by_record(record, (facts, work), now, &mut object),
    }
    if opening(request, facts, now).is_none() {
        let holiday = matches!(hours::at(now, holidays(facts)), Hours::ClosedHoliday)
            .then(|| hours::public_holiday(hours::day(now)))
            .flatten();
        let next = next_opening(request, facts, now).map(shown_moment);
        object(RefusalCode::OutOfHours, "4.2", text::out_of_hours(next, holiday));
    }
    if stage != Stage::RecordOnly {
        by_the_moment(facts, now, &mut object);
    }
    if stage == Stage::Final && facts.presence != Presence::Offline {
        match facts.line.and_then(|line| Some((line, link::verdict(&line, &facts.rules.thresholds, now)?))) {
            None => object(RefusalCode::LinkUnmeasured, "4.4", text::link_unmeasured()),
            Some((_, LinkVerdict::Insufficient)) if facts.rules.insufficient == Insufficient::Try => {}
            Some((line, LinkVerdict::Insufficient)) => {
                object(RefusalCode::LinkInsufficient, "4.4", text::link_insufficient(&line));
            }
            Some((_, LinkVerdict::Degraded | LinkVerdict::Good)) => {}
        }
    }
    found.sort_by_key(|reason| reason.code);
    found
}

fn by_record(
    record: &RecordFacts,
    (facts, work): (&Facts, Work),
    now: UnixSeconds,
    object: &mut impl FnMut(RefusalCode, &str, Sentence),
) {
    if record.technician_locked {
        object(RefusalCode::TechnicianLocked, "", text::technician_locked());
    }
    match record.agent {
        AgentStanding::Unknown => object(RefusalCode::AgentUnknown, "", text::agent_unknown()),
        AgentStanding::Revoked | AgentStanding::Left => {
            object(RefusalCode::AgentRevoked, "", text::agent_revoked())
        }
        AgentStanding::Pending => object(RefusalCode::AgentPending, "", text::agent_pending()),
        AgentStanding::Approved => {}
    }
    if record.quarantined {
        object(RefusalCode::AgentQuarantined, "", text::agent_quarantined());
    }
    match record.coverage {
        // A look before the contract is there to find what needs mending.
        Coverage::NeedsRemediation if work == Work::BeforeContract => {}
        Coverage::NeedsRemediation => object(RefusalCode::DeviceNotCovered, "2.1", text::not_covered()),
        Coverage::OtherEstablishment => object(RefusalCode::DeviceOutOfScope, "2.3", text::out_of_scope()),
        Coverage::OffTheList => object(RefusalCode::DeviceNotCovered, "2.2", text::off_the_list()),
        Coverage::Covered => {}
    }
    let Some(contract) = &record.contract else {
        object(RefusalCode::NoContract, "1.1", text::no_contract());
        return;
    };
    for against in standing::against(contract, &facts.papers, &facts.rules, now) {
        match against {
            Against::NotYet(_) if work == Work::BeforeContract => {}
            Against::NotYet(day) => {
                object(RefusalCode::NotYetInForce, "6.1", text::not_yet_in_force(shown_day(day)));
            }
            Against::Lapsed(ending) => {
                object(RefusalCode::Lapsed, ending.clause, text::lapsed(shown_day(ending.on)));
            }
            // The general terms know no suspension: a named manager's act decides, so no clause is cited.
            Against::Suspended(since) => {
                object(RefusalCode::Suspended, "", text::suspended(shown_day(hours::day(since))));
            }
        }
    }
}

fn by_the_moment(facts: &Facts, now: UnixSeconds, object: &mut impl FnMut(RefusalCode, &str, Sentence)) {
    match facts.presence {
        Presence::Offline => object(RefusalCode::AgentOffline, "4.4", text::offline()),
        // One viewer at a time: nothing of the client's is shown to anyone else (12.2).
        Presence::Busy => object(RefusalCode::AgentBusy, "12.2", text::busy()),
        Presence::Online => {}
    }
    if !facts.clock_trusted {
        object(RefusalCode::ClockUntrusted, "", text::clock_untrusted());
    }
    if let Some(until) = facts.throttled_until.filter(|&until| now < until) {
        object(RefusalCode::TooManyRequests, "", text::too_many_requests(shown_moment(until)));
    }
}

pub(super) fn contract(facts: &Facts) -> Option<&Contract> {
    facts.record.as_ref()?.contract.as_ref()
}

pub(super) fn ending(contract: &Contract, facts: &Facts) -> Option<Ending> {
    ends::ending(contract, &facts.papers, facts.rules.notice_counts_from)
}

pub(super) fn holidays(facts: &Facts) -> &Holidays {
    contract(facts).and_then(|contract| contract.holidays.as_ref()).unwrap_or(&facts.rules.holidays)
}

/// Those for this machine, whatever the record handed over.
pub(super) fn exceptions<'a>(facts: &'a Facts, request: &Request) -> impl Iterator<Item = &'a ExceptionRow> {
    let agent = request.asked().agent;
    let all = facts.record.iter().flat_map(|record| &record.exceptions);
    all.filter(move |row| row.agent == agent)
}

pub(super) fn reason(code: RefusalCode, clause: &str, sentence: Sentence) -> Reason {
    Reason { code, clause: clause.to_owned(), fr: sentence.fr, en: sentence.en }
}
