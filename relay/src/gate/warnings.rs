//! Things to know that forbid nothing, each with its clause.

use aval_protocol::id::UnixSeconds;
use aval_protocol::text::gate::{self as text, Sentence};
use aval_protocol::wire::codes::RefusalCode;
use aval_protocol::wire::record::Reason;

use super::fallback::within_reach;
use super::hours::{self, Hours, shown_day, shown_moment};
use super::link::{self, Insufficient, LinkVerdict};
use super::papers::Warranty;
use super::reasons::{contract, ending, exceptions, holidays, reason};
use super::{Facts, Request, Stage, ends};
use crate::records::Contract;

/// Every warning, in the order of their codes.
pub(super) fn of(
    request: &Request,
    facts: &Facts,
    now: UnixSeconds,
    (stage, permitted): (Stage, bool),
) -> Vec<Reason> {
    let mut found = Vec::new();
    let mut warn =
        |code: RefusalCode, clause: &str, sentence: Sentence| found.push(reason(code, clause, sentence));
    if let Some(line) = facts.line.filter(|_| stage == Stage::Final) {
        match link::verdict(&line, &facts.rules.thresholds, now) {
            Some(LinkVerdict::Degraded) => warn(RefusalCode::LinkDegraded, "4.4", text::link_degraded(&line)),
            Some(LinkVerdict::Insufficient) if facts.rules.insufficient == Insufficient::Try => {
                warn(RefusalCode::LinkTried, "4.4", text::link_tried(&line));
            }
            _ => {}
        }
    }
    if let Some(contract) = contract(facts) {
        by_contract(contract, facts, now, &mut warn);
        by_hours(request, facts, now, &mut warn);
        if let Some(unlisted) = facts.papers.unlisted {
            let since = unlisted.first_seen.map(|day| shown_day(day.date()));
            warn(RefusalCode::BillableUnlisted, "2.4", text::billable_unlisted(since));
        }
    }
    // The help offered instead of a session, in the workshop or on site, may open the machine.
    let today = hours::day(now);
    match facts.papers.warranty {
        Warranty::Unknown if !permitted => {
            warn(RefusalCode::WarrantyAtRisk, "9.3", text::warranty_at_risk(None));
        }
        Warranty::Until(last) if !permitted && today <= last.date() => {
            let last = shown_day(last.date());
            warn(RefusalCode::WarrantyAtRisk, "9.3", text::warranty_at_risk(Some(last)));
        }
        _ => {}
    }
    found.sort_by_key(|reason| reason.code);
    found
}

fn by_contract(
    contract: &Contract,
    facts: &Facts,
    now: UnixSeconds,
    warn: &mut impl FnMut(RefusalCode, &str, Sentence),
) {
    match within_reach(contract, &facts.papers) {
        None => warn(RefusalCode::PostalCodeMissing, "4.8", text::postal_code_missing()),
        Some(false) if contract.onsite => {
            warn(RefusalCode::OnsiteOutsideArea, "4.8", text::onsite_outside_area());
        }
        Some(_) => {}
    }
    let ending = ending(contract, facts);
    if let Some(ending) = ending.filter(|ending| ending.edge) {
        warn(RefusalCode::EndNeedsReview, ending.clause, text::end_needs_review(shown_day(ending.on)));
    }
    if ending.is_none()
        && let Some(day) = facts.papers.not_notices.iter().max()
    {
        warn(RefusalCode::NotANotice, "6.3", text::not_a_notice(shown_day(day.date())));
    }
    let today = hours::day(now);
    if contract.term.in_force(today, ending)
        && let Some(renewed) = ends::renewed_untold(contract.term, &facts.papers.duty, today)
    {
        warn(RefusalCode::RenewalNoticeMissing, "15.2", text::renewal_notice_missing(shown_day(renewed)));
    }
}

fn by_hours(
    request: &Request,
    facts: &Facts,
    now: UnixSeconds,
    warn: &mut impl FnMut(RefusalCode, &str, Sentence),
) {
    if let Hours::Open { .. } = hours::at(now, holidays(facts)) {
        if let Some(name) = hours::public_holiday(hours::day(now)) {
            warn(RefusalCode::PublicHoliday, "4.2", text::open_on_holiday(name));
        }
    } else if let Some(exception) = exceptions(facts, request).find(|row| row.window.contains(now)) {
        let until = shown_moment(exception.window.until);
        warn(RefusalCode::ByException, "4.2", text::by_exception(exception.by.as_str(), until));
    }
}
