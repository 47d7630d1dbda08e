//! Over every mix of facts: the gate's reasons are exactly those of a slow second opinion, and what it promises comes true.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::cases::cases;
use super::*;
use crate::gate::papers::{ClientClass, MovedAbroad};
use crate::gate::term::NoticeDays;
use crate::records::Party;

/// The second opinion on time alone: support hours or an exception for this machine.
fn open(facts: &Facts, at: i64) -> bool {
    let contract = facts.record.as_ref().and_then(|record| record.contract.as_ref());
    let policy = contract.and_then(|contract| contract.holidays.as_ref()).unwrap_or(&facts.rules.holidays);
    let closed = |day: oracle::Ymd| match policy {
        Holidays::ContractLiteral => false,
        Holidays::FrMetropole => oracle::holidays(day.0).contains(&day),
        Holidays::Custom(days) => days.iter().any(|&closed| oracle::ymd(closed) == day),
    };
    let mut rows = facts.record.iter().flat_map(|record| &record.exceptions);
    oracle::open(at, &closed)
        || rows.any(|row| row.agent == AGENT && row.window.from.0 <= at && at < row.window.until.0)
}

/// The day the contract ends on, by walking; and whether the clause is a consumer's.
fn end(contract: &Contract, facts: &Facts) -> Option<oracle::Ymd> {
    let (effective, months) =
        (oracle::ymd(contract.term.effective_on()), contract.term.months().get().into());
    let counts = |days: NoticeDays| match facts.rules.notice_counts_from {
        NoticeCountsFrom::Sent => days.sent().or(days.received()),
        NoticeCountsFrom::Received => days.received().or(days.sent()),
    };
    let told: Vec<_> = facts.papers.duty.told_on.iter().map(|day| oracle::ymd(day.date())).collect();
    let duty = facts.papers.duty.class != ClientClass::Professional;
    let ends = contract.notices.iter().filter_map(|notice| {
        let day = oracle::ymd(counts(notice.days)?.date());
        let free = duty && notice.by == Party::Client;
        let freely = free.then(|| oracle::left_freely(day, effective, months, &told)).flatten();
        Some(oracle::ends_on(day, effective, months).min(freely.unwrap_or((9999, 1, 1))))
    });
    let abroad = facts.papers.moved_abroad.map(|move_| {
        let later = oracle::ymd(move_.moved_on.date()).max(oracle::ymd(move_.letter_on.date()));
        later.max(effective)
    });
    ends.chain(abroad).min()
}

/// Every code that should stand against the request at a moment, looked for in another way.
fn expected(request: &Request, facts: &Facts, now: UnixSeconds) -> BTreeSet<RefusalCode> {
    let mut found = expected_by_record(request, facts, now);
    let mut when = |wrong: bool, code| wrong.then(|| found.insert(code));
    when(facts.presence == Presence::Offline, RefusalCode::AgentOffline);
    when(facts.presence == Presence::Busy, RefusalCode::AgentBusy);
    when(!facts.clock_trusted, RefusalCode::ClockUntrusted);
    when(facts.throttled_until.is_some_and(|until| until.0 > now.0), RefusalCode::TooManyRequests);
    if facts.presence != Presence::Offline {
        let fresh =
            facts.line.filter(|line| line.measured_at.0 <= now.0 && now.0 - line.measured_at.0 <= 300);
        when(fresh.is_none(), RefusalCode::LinkUnmeasured);
        let weak = |line: LineFacts| {
            line.down_kbit < 512 || line.up_kbit < 256 || line.rtt_ms > 900 || line.loss_low_permille > 80
        };
        let tried = facts.rules.insufficient == Insufficient::Try;
        when(!tried && fresh.is_some_and(weak), RefusalCode::LinkInsufficient);
    }
    found
}

fn expected_by_record(request: &Request, facts: &Facts, now: UnixSeconds) -> BTreeSet<RefusalCode> {
    let mut found = BTreeSet::new();
    let mut when = |wrong: bool, code| wrong.then(|| found.insert(code));
    let asked = request.asked();
    when(!facts.technician_certified, RefusalCode::TechnicianUnauthorised);
    when(asked.reference.trim().is_empty(), RefusalCode::NoClientRequest);
    let audit = asked.category.number() == 7;
    let quoted =
        (3..=6).contains(&asked.category.number())
            && facts.papers.quotes.iter().any(|quote| {
                quote.category.number() == asked.category.number() && quote.accepted_at.0 <= now.0
            });
    let too_much = audit && asked.capabilities.bits() & 2 != 0;
    let excluded = !audit && !quoted && !matches!(asked.category.number(), 1 | 2);
    when(excluded || too_much, RefusalCode::ExcludedOperation);
    when(!matches!(asked.capabilities.bits(), 1 | 3), RefusalCode::UnknownCapability);
    when(!open(facts, now.0), RefusalCode::OutOfHours);
    when(facts.record.is_none(), RefusalCode::EntitlementUnavailable);
    let Some(record) = &facts.record else { return found };
    when(record.technician_locked, RefusalCode::TechnicianLocked);
    when(record.agent == AgentStanding::Unknown, RefusalCode::AgentUnknown);
    when(record.agent.is_over(), RefusalCode::AgentRevoked);
    when(record.agent == AgentStanding::Pending, RefusalCode::AgentPending);
    when(record.quarantined, RefusalCode::AgentQuarantined);
    when(!audit && record.coverage == Coverage::NeedsRemediation, RefusalCode::DeviceNotCovered);
    when(record.coverage == Coverage::OffTheList, RefusalCode::DeviceNotCovered);
    when(record.coverage == Coverage::OtherEstablishment, RefusalCode::DeviceOutOfScope);
    when(record.contract.is_none(), RefusalCode::NoContract);
    let Some(contract) = &record.contract else { return found };
    let (today, _) = oracle::paris(now.0);
    when(!audit && today < oracle::ymd(contract.term.effective_on()), RefusalCode::NotYetInForce);
    when(end(contract, facts).is_some_and(|end| end <= today), RefusalCode::Lapsed);
    when(contract.suspension.is_some(), RefusalCode::Suspended);
    found
}

fn mended_by_time(code: RefusalCode) -> bool {
    matches!(code, RefusalCode::OutOfHours | RefusalCode::NotYetInForce | RefusalCode::TooManyRequests)
}

/// Each makes one fact worse for the technician.
const WORSE: [fn(&mut Facts, UnixSeconds); 15] = [
    |facts, _| facts.technician_certified = false,
    |facts, _| facts.record = None,
    |facts, _| facts.presence = Presence::Offline,
    |facts, _| facts.line = None,
    |facts, _| facts.clock_trusted = false,
    |facts, now| facts.throttled_until = Some(UnixSeconds(now.0 + 1)),
    |facts, _| facts.papers.quotes.clear(),
    |facts, _| facts.rules.insufficient = Insufficient::Refuse,
    |facts, now| {
        let day = Day::new(hours::day(now)).unwrap();
        facts.papers.moved_abroad = Some(MovedAbroad { moved_on: day, letter_on: day });
    },
    |facts, _| facts.record.iter_mut().for_each(|record| record.technician_locked = true),
    |facts, _| facts.record.iter_mut().for_each(|record| record.agent = AgentStanding::Revoked),
    |facts, _| facts.record.iter_mut().for_each(|record| record.quarantined = true),
    |facts, _| facts.record.iter_mut().for_each(|record| record.coverage = Coverage::OtherEstablishment),
    |facts, _| facts.record.iter_mut().for_each(|record| record.exceptions.clear()),
    |facts, now| {
        let suspension =
            crate::records::Suspension { by: crate::records::Author::Host, reason: "x".into(), at: now };
        let contracts = facts.record.iter_mut().filter_map(|record| record.contract.as_mut());
        contracts.for_each(|contract| contract.suspension = Some(suspension.clone()));
    },
];

fn reasons_of(request: &Request, facts: &Facts, now: UnixSeconds) -> BTreeSet<RefusalCode> {
    match decide(request, facts, now) {
        Verdict::Permit(_) => BTreeSet::new(),
        Verdict::Refuse(decision) => codes(&decision.reasons).into_iter().collect(),
    }
}

/// What only the record can say, or say in another way: gone, or another, once that one fact is.
fn by_the_record(code: RefusalCode) -> bool {
    matches!(code.number(), 2..=5 | 7..=13 | 23)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// So there is never a permit while any reason stands, and never a refusal without one.
    #[test]
    fn the_reasons_are_those_of_the_second_opinion_in_the_order_of_disclosure((request, facts, now) in cases()) {
        let expected: Vec<RefusalCode> = expected(&request, &facts, now).into_iter().collect();
        match decide(&request, &facts, now) {
            Verdict::Permit(permit) => {
                prop_assert_eq!(expected, []);
                prop_assert_eq!(permit.capabilities(), request.asked().capabilities);
                prop_assert_eq!(Some(permit.line()), facts.line);
            }
            Verdict::Refuse(decision) => {
                prop_assert_eq!(codes(&decision.reasons), expected);
                prop_assert!(!decision.permitted && decision.capabilities.is_empty());
                prop_assert_eq!(decision.offers.first().map(|offer| offer.kind.as_str()), Some("phone"));
            }
        }
    }

    #[test]
    fn every_reason_and_warning_has_its_sentences((request, facts, now) in cases()) {
        let decision = explain(&request, &facts, now);
        for reason in decision.reasons.iter().chain(&decision.warnings) {
            prop_assert!(!reason.fr.is_empty() && !reason.en.is_empty());
            prop_assert_eq!(decision.reasons.contains(reason), reason.code.number() < 100);
        }
    }

    #[test]
    fn an_explanation_is_the_decision_when_the_record_alone_decides((request, facts, now) in cases()) {
        let explained = explain(&request, &facts, now);
        let by_record: Vec<_> = expected_by_record(&request, &facts, now).into_iter().collect();
        prop_assert_eq!(codes(&explained.reasons), by_record);
        let fine = Facts {
            presence: Presence::Online,
            line: Some(fibre(now)),
            clock_trusted: true,
            throttled_until: None,
            ..facts
        };
        let decision = match decide(&request, &fine, now) {
            Verdict::Permit(permit) => permit.decision().clone(),
            Verdict::Refuse(decision) => *decision,
        };
        prop_assert_eq!(Decision { line: None, ..decision }, explained);
    }

    #[test]
    fn before_measuring_it_refuses_exactly_what_no_line_could_mend((request, facts, now) in cases()) {
        let line_free: Vec<_> = expected(&request, &facts, now)
            .into_iter()
            .filter(|code| !matches!(code, RefusalCode::LinkInsufficient | RefusalCode::LinkUnmeasured))
            .collect();
        let refused = decide_before_measuring(&request, &facts, now);
        prop_assert_eq!(refused.map_or(Vec::new(), |decision| codes(&decision.reasons)), line_free);
    }

    #[test]
    fn what_time_mends_is_mended_at_retry_at_and_not_a_second_sooner((request, facts, now) in cases()) {
        let Verdict::Refuse(decision) = decide(&request, &facts, now) else { return Ok(()) };
        let waits = decision.reasons.iter().any(|reason| mended_by_time(reason.code));
        let left = |at: i64| expected(&request, &facts, UnixSeconds(at)).into_iter().filter(|&code| mended_by_time(code)).count();
        match decision.retry_at {
            Some(at) => {
                prop_assert!(waits && at > now);
                prop_assert_eq!(left(at.0), 0, "at {:?}", at);
                prop_assert!(left(at.0 - 1) > 0, "sooner than {:?}", at);
                prop_assert!(decision.reasons.iter().all(|reason| reason.code != RefusalCode::Lapsed)
                    || explain(&request, &facts, at).reasons.iter().any(|reason| reason.code == RefusalCode::Lapsed));
            }
            None if waits => {
                // Only because the contract ends before it would open.
                let contract = facts.record.as_ref().and_then(|record| record.contract.as_ref());
                let end = contract.and_then(|contract| end(contract, &facts));
                prop_assert!(end.is_some());
                let last = oracle::number(end.unwrap()) * 86_400;
                let mut hours = (now.0.div_euclid(3600) + 1..).map(|hour| hour * 3600).take_while(|&at| at < last - 7200);
                prop_assert!(hours.all(|at| left(at) > 0));
            }
            None => {}
        }
    }

    /// Whatever one fact makes worse, no reason goes away, and no permit comes of it.
    #[test]
    fn a_worse_fact_never_mends_anything((request, facts, now) in cases(), which in 0usize..WORSE.len()) {
        let before: BTreeSet<_> = reasons_of(&request, &facts, now);
        let mut worse = facts.clone();
        WORSE[which](&mut worse, now);
        let after = reasons_of(&request, &worse, now);
        let unread = worse.record.is_none();
        let kept = before.iter().filter(|code| !unread || !by_the_record(**code));
        let replaced = |code: &RefusalCode| match code {
            // Where a machine that is not connected, not approved in another way, or of another site is said to be so once.
            RefusalCode::AgentBusy | RefusalCode::LinkInsufficient | RefusalCode::LinkUnmeasured => {
                after.contains(&RefusalCode::AgentOffline) || after.contains(&RefusalCode::LinkUnmeasured)
            }
            RefusalCode::AgentUnknown | RefusalCode::AgentPending => after.contains(&RefusalCode::AgentRevoked),
            RefusalCode::DeviceNotCovered => after.contains(&RefusalCode::DeviceOutOfScope),
            _ => false,
        };
        let mut kept = kept.into_iter();
        prop_assert!(kept.all(|code| after.contains(code) || replaced(code)), "{:?} then {:?}", before, after);
        prop_assert!(!before.is_empty() <= !after.is_empty());
    }

    /// Whatever the answer, the same facts without the request's own faults never refuse for less.
    #[test]
    fn a_narrower_request_is_never_refused_for_more((request, facts, now) in cases()) {
        let narrow = ask(SessionRequest { capabilities: Capabilities::VIEW, ..request.asked().clone() });
        let wide: BTreeSet<_> = reasons_of(&request, &facts, now);
        prop_assert!(reasons_of(&narrow, &facts, now).is_subset(&wide));
    }

    #[test]
    fn a_permit_stands_until_its_recheck_and_not_beyond((request, facts, now) in cases()) {
        let Verdict::Permit(permit) = decide(&request, &facts, now) else { return Ok(()) };
        let recheck = permit.recheck_at();
        prop_assert!(recheck > now);
        prop_assert!(explain(&request, &facts, UnixSeconds(recheck.0 - 1)).permitted);
        prop_assert!(!explain(&request, &facts, recheck).permitted);
    }
}

#[test]
fn the_cases_reach_every_code_and_many_permits() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut met, mut permits) = (BTreeSet::new(), 0);
    for _ in 0..3000 {
        let (request, facts, now) = cases().new_tree(&mut runner).unwrap().current();
        match decide(&request, &facts, now) {
            Verdict::Permit(permit) => {
                permits += 1;
                met.extend(codes(permit.warnings()));
            }
            Verdict::Refuse(decision) => {
                met.extend(codes(&decision.reasons));
                met.extend(codes(&decision.warnings));
            }
        }
    }
    let all: BTreeSet<RefusalCode> = RefusalCode::ALL.iter().copied().collect();
    assert_eq!(met, all);
    assert!(permits > 200, "{permits}");
}
