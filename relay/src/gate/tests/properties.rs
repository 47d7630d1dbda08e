//! Over every mix of facts: the gate's reasons are exactly those of a slow second opinion, and what it promises comes true.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::gate::term::NoticeDays;
use crate::records::{Author, Notice, Party, PostalCode, Suspension};

/// A year of moments around the fixture's Wednesday, the edges of the hours more often.
fn moments() -> impl Strategy<Value = UnixSeconds> {
    let days = 0i64..365;
    let seconds = prop_oneof![
        3 => 9i64 * 3600..18 * 3600,
        1 => 0i64..86_400,
        1 => select(vec![0, 9 * 3600 - 1, 9 * 3600, 18 * 3600 - 1, 18 * 3600]),
    ];
    (days, seconds).prop_map(|(day, second)| {
        let (date, _) = oracle::paris(1_780_000_000 + day * 86_400);
        let noon = oracle::number(date) * 86_400 + 43_200;
        UnixSeconds(noon - oracle::paris(noon).1 + second)
    })
}

fn policies() -> impl Strategy<Value = Holidays> {
    let custom = select(vec!["custom:2026-11-18,2026-11-19", "custom:2026-07-14", "custom:2027-01-04"]);
    prop_oneof![
        3 => Just(Holidays::ContractLiteral),
        1 => Just(Holidays::FrMetropole),
        1 => custom.prop_map(|text| text.parse().unwrap()),
    ]
}

fn near(now: UnixSeconds, days: i64) -> impl Strategy<Value = Day> {
    (-days..=days)
        .prop_map(move |off| Day::new(hours::day(UnixSeconds(now.0.saturating_add(off * 86_400)))).unwrap())
}

fn notices(now: UnixSeconds) -> impl Strategy<Value = Vec<Notice>> {
    let one =
        (near(now, 500), proptest::option::of(0i64..6), any::<bool>()).prop_map(|(sent, arrives, client)| {
            let received = arrives
                .map(|days| Day::new(sent.date().saturating_add(jiff::Span::new().days(days))).unwrap());
            Notice {
                by: if client { Party::Client } else { Party::Provider },
                days: NoticeDays::new(Some(sent), received).unwrap(),
                proof: "RK".into(),
            }
        });
    prop_oneof![3 => Just(Vec::new()), 1 => proptest::collection::vec(one, 1..3)]
}

fn notice(sent: Day) -> Notice {
    Notice { by: Party::Client, days: NoticeDays::new(Some(sent), None).unwrap(), proof: "RK".into() }
}

fn contracts(now: UnixSeconds) -> impl Strategy<Value = Contract> {
    let past = near(UnixSeconds(now.0 - 901 * 86_400), 900);
    let begins = prop_oneof![6 => past, 1 => near(now, 900), 1 => near(now, 1)];
    let postal = proptest::option::of(select(vec!["94200", "69001", "75008", "97400"]));
    let suspended = proptest::bool::weighted(0.05);
    let on_the_limit = proptest::bool::weighted(0.1);
    let holidays = proptest::option::weighted(0.3, policies());
    (
        begins,
        select(vec![1u32, 3, 12, 36]),
        postal,
        any::<bool>(),
        holidays,
        notices(now),
        (suspended, on_the_limit),
    )
        .prop_map(
            move |(begins, months, postal, onsite, holidays, mut notices, (suspended, on_the_limit))| {
                let term = Term::new(begins, Months::new(months).unwrap());
                if on_the_limit {
                    let (_, echeance) = term.next_echeance(hours::day(now));
                    notices.push(notice(Day::new(crate::gate::term::last_day_for_notice(echeance)).unwrap()));
                }
                Contract {
                    term,
                    postal: postal.map(|code| code.parse::<PostalCode>().unwrap()),
                    onsite,
                    holidays,
                    notices,
                    suspension: suspended.then(|| Suspension {
                        by: Author::Host,
                        reason: "x".into(),
                        at: now,
                    }),
                    ..contract()
                }
            },
        )
}

fn exceptions(now: UnixSeconds) -> impl Strategy<Value = Vec<ExceptionRow>> {
    let one = (-3i64 * 3600..100 * 3600, 1i64..12 * 3600, proptest::bool::weighted(0.7)).prop_map(
        move |(from, length, mine)| {
            let from = UnixSeconds(now.0 + from);
            let row = exception(from, UnixSeconds(from.0 + length));
            ExceptionRow { agent: if mine { AGENT } else { AgentId([1; 16]) }, ..row }
        },
    );
    prop_oneof![2 => Just(Vec::new()), 1 => proptest::collection::vec(one, 1..4)]
}

fn records(now: UnixSeconds) -> impl Strategy<Value = RecordFacts> {
    let standing = prop_oneof![
        8 => Just(AgentStanding::Approved),
        1 => select(vec![AgentStanding::Unknown, AgentStanding::Pending, AgentStanding::Revoked]),
    ];
    let coverage = prop_oneof![
        8 => Just(Coverage::Covered),
        1 => select(vec![Coverage::NeedsRemediation, Coverage::OtherEstablishment]),
    ];
    let contract = proptest::option::weighted(0.95, contracts(now));
    (proptest::bool::weighted(0.1), standing, coverage, contract, exceptions(now)).prop_map(
        |(technician_locked, agent, coverage, contract, exceptions)| RecordFacts {
            technician_locked,
            agent,
            coverage,
            contract,
            exceptions,
        },
    )
}

fn lines(now: UnixSeconds) -> impl Strategy<Value = Option<LineFacts>> {
    let age = prop_oneof![5 => 0i64..=300, 1 => -2i64..400];
    let line = (age, 0u32..1200, 0u32..6000, 0u32..3000, 0u16..200, 0u16..100).prop_map(
        move |(age, rtt_ms, down_kbit, up_kbit, loss_permille, loss_low_permille)| LineFacts {
            measured_at: UnixSeconds(now.0 - age),
            rtt_ms,
            down_kbit,
            up_kbit,
            loss_permille,
            loss_low_permille,
        },
    );
    proptest::option::weighted(0.95, prop_oneof![2 => Just(fibre(now)), 1 => line])
}

fn requests() -> impl Strategy<Value = Request> {
    let category =
        prop_oneof![6 => Just(WorkCategory::Maintenance), 1 => (0u16..10).prop_map(WorkCategory::from)];
    let bits = prop_oneof![4 => Just(3u16), 1 => Just(1), 1 => 0u16..9];
    let reference = prop_oneof![6 => Just("ticket 4711"), 1 => Just("  ")];
    (category, bits, reference).prop_map(|(category, bits, reference)| {
        let capabilities = Capabilities::from_bits(bits);
        ask(SessionRequest { category, capabilities, reference: reference.into(), ..asked() })
    })
}

fn cases() -> impl Strategy<Value = (Request, Facts, UnixSeconds)> {
    moments().prop_flat_map(|now| {
        let presence =
            prop_oneof![8 => Just(Presence::Online), 1 => select(vec![Presence::Busy, Presence::Offline])];
        let yes = || proptest::bool::weighted(0.95);
        let throttle =
            proptest::option::weighted(0.15, (-10i64..200_000).prop_map(move |s| UnixSeconds(now.0 + s)));
        let record = proptest::option::weighted(0.95, records(now));
        let from = select(vec![NoticeCountsFrom::Sent, NoticeCountsFrom::Received]);
        let of_the_moment = (presence, lines(now), yes(), throttle, yes());
        (requests(), record, of_the_moment, policies(), from).prop_map(
            move |(request, record, moment, holidays, from)| {
                let (presence, line, clock_trusted, throttled_until, technician_certified) = moment;
                let rules = Rules { holidays, notice_counts_from: from, ..Rules::default() };
                let facts = Facts {
                    technician_certified,
                    record,
                    presence,
                    line,
                    clock_trusted,
                    throttled_until,
                    rules,
                    ..facts(now)
                };
                (request, facts, now)
            },
        )
    })
}

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

/// The day the contract ends on, by walking.
fn end(contract: &Contract, rules: &Rules) -> Option<oracle::Ymd> {
    let (effective, months) =
        (oracle::ymd(contract.term.effective_on()), contract.term.months().get().into());
    let counts = |days: NoticeDays| match rules.notice_counts_from {
        NoticeCountsFrom::Sent => days.sent().or(days.received()),
        NoticeCountsFrom::Received => days.received().or(days.sent()),
    };
    let ends = contract.notices.iter().filter_map(|notice| counts(notice.days));
    ends.map(|day| oracle::ends_on(oracle::ymd(day.date()), effective, months)).min()
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
        when(fresh.is_some_and(weak), RefusalCode::LinkInsufficient);
    }
    found
}

fn expected_by_record(request: &Request, facts: &Facts, now: UnixSeconds) -> BTreeSet<RefusalCode> {
    let mut found = BTreeSet::new();
    let mut when = |wrong: bool, code| wrong.then(|| found.insert(code));
    let asked = request.asked();
    when(!facts.technician_certified, RefusalCode::TechnicianUnauthorised);
    when(asked.reference.trim().is_empty(), RefusalCode::NoClientRequest);
    when(!matches!(asked.category.number(), 1 | 2), RefusalCode::ExcludedOperation);
    when(!matches!(asked.capabilities.bits(), 1 | 3), RefusalCode::UnknownCapability);
    when(!open(facts, now.0), RefusalCode::OutOfHours);
    when(facts.record.is_none(), RefusalCode::EntitlementUnavailable);
    let Some(record) = &facts.record else { return found };
    when(record.technician_locked, RefusalCode::TechnicianLocked);
    when(record.agent == AgentStanding::Unknown, RefusalCode::AgentUnknown);
    when(record.agent == AgentStanding::Revoked, RefusalCode::AgentRevoked);
    when(record.agent == AgentStanding::Pending, RefusalCode::AgentPending);
    when(record.coverage == Coverage::NeedsRemediation, RefusalCode::DeviceNotCovered);
    when(record.coverage == Coverage::OtherEstablishment, RefusalCode::DeviceOutOfScope);
    when(record.contract.is_none(), RefusalCode::NoContract);
    let Some(contract) = &record.contract else { return found };
    let (today, _) = oracle::paris(now.0);
    when(today < oracle::ymd(contract.term.effective_on()), RefusalCode::NotYetInForce);
    when(end(contract, &facts.rules).is_some_and(|end| end <= today), RefusalCode::Lapsed);
    when(contract.suspension.is_some(), RefusalCode::Suspended);
    found
}

fn mended_by_time(code: RefusalCode) -> bool {
    matches!(code, RefusalCode::OutOfHours | RefusalCode::NotYetInForce | RefusalCode::TooManyRequests)
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
                let end = contract.and_then(|contract| end(contract, &facts.rules));
                prop_assert!(end.is_some());
                let last = oracle::number(end.unwrap()) * 86_400;
                let mut hours = (now.0.div_euclid(3600) + 1..).map(|hour| hour * 3600).take_while(|&at| at < last - 7200);
                prop_assert!(hours.all(|at| left(at) > 0));
            }
            None => {}
        }
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
            Verdict::Refuse(decision) => met.extend(codes(&decision.reasons)),
        }
    }
    let all: BTreeSet<RefusalCode> = RefusalCode::ALL.iter().copied().collect();
    assert_eq!(met, all);
    assert!(permits > 200, "{permits}");
}
