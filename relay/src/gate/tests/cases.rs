//! Every mix of facts that the gate may meet, likely ones more often: what the properties are tried on.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::gate::papers::{ClientClass, Duty, MovedAbroad, Quote, Unlisted, Warranty};
use crate::gate::term::{NoticeDays, last_day_for_notice};
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
                    notices.push(notice(Day::new(last_day_for_notice(echeance)).unwrap()));
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
        1 => select(vec![
            AgentStanding::Unknown,
            AgentStanding::Pending,
            AgentStanding::Revoked,
            AgentStanding::Left,
        ]),
    ];
    let coverage = prop_oneof![
        8 => Just(Coverage::Covered),
        1 => select(vec![Coverage::NeedsRemediation, Coverage::OtherEstablishment, Coverage::OffTheList]),
    ];
    let contract = proptest::option::weighted(0.95, contracts(now));
    let bad = proptest::bool::weighted;
    ((bad(0.1), bad(0.05)), standing, coverage, contract, exceptions(now)).prop_map(
        |((technician_locked, held), agent, coverage, contract, exceptions)| RecordFacts {
            technician_locked,
            agent,
            quarantined: held && agent == AgentStanding::Approved,
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
    let category = prop_oneof![5 => Just(WorkCategory::Maintenance), 1 => (0u16..10).prop_map(WorkCategory::from),
                    1 => (3u16..8).prop_map(WorkCategory::from)];
    let bits = prop_oneof![4 => Just(3u16), 1 => Just(1), 1 => 0u16..9];
    let reference = prop_oneof![6 => Just("ticket 4711"), 1 => Just("  ")];
    (category, bits, reference).prop_map(|(category, bits, reference)| {
        let capabilities = Capabilities::from_bits(bits);
        ask(SessionRequest { category, capabilities, reference: reference.into(), ..asked() })
    })
}

fn papers(now: UnixSeconds) -> impl Strategy<Value = Papers> {
    use proptest::option::weighted;
    let quote =
        weighted(0.5, ((0u16..8).prop_map(WorkCategory::from), -100i64..100)).prop_map(move |quote| {
            quote.map(|(category, off)| {
                let accepted_at = UnixSeconds(now.0 + off);
                Quote { id: "D-2026-031".into(), category, accepted_at }
            })
        });
    let unlisted = weighted(0.2, weighted(0.5, near(now, 100)));
    let warranty = prop_oneof![
        3 => Just(Warranty::NotKept),
        1 => Just(Warranty::Unknown),
        1 => near(now, 2).prop_map(Warranty::Until),
    ];
    let moved = weighted(0.05, (near(now, 100), near(now, 100)));
    let others = prop_oneof![3 => Just(Vec::new()), 1 => proptest::collection::vec(near(now, 500), 1..3)];
    let class = prop_oneof![2 => Just(ClientClass::Professional), 1 => select(&ClientClass::ALL[..])];
    let told = proptest::collection::vec(near(now, 700), 0..4);
    let commune = weighted(0.2, select(vec!["94041", "69123", "2A004", "75056"]));
    (quote, unlisted, warranty, moved, others, (class, told), commune).prop_map(
        |(quote, unlisted, warranty, moved, not_notices, (class, told_on), commune)| Papers {
            quotes: quote.into_iter().collect(),
            unlisted: unlisted.map(|first_seen| Unlisted { first_seen }),
            warranty,
            moved_abroad: moved.map(|(moved_on, letter_on)| MovedAbroad { moved_on, letter_on }),
            not_notices,
            duty: Duty { class, told_on },
            commune: commune.map(|code| code.parse().unwrap()),
        },
    )
}

pub(super) fn cases() -> impl Strategy<Value = (Request, Facts, UnixSeconds)> {
    moments().prop_flat_map(|now| {
        let presence =
            prop_oneof![8 => Just(Presence::Online), 1 => select(vec![Presence::Busy, Presence::Offline])];
        let yes = || proptest::bool::weighted(0.95);
        let throttle =
            proptest::option::weighted(0.15, (-10i64..200_000).prop_map(move |s| UnixSeconds(now.0 + s)));
        let record = proptest::option::weighted(0.95, records(now));
        let from = select(vec![NoticeCountsFrom::Sent, NoticeCountsFrom::Received]);
        let of_the_moment = (presence, lines(now), yes(), throttle, yes());
        let weak = select(vec![Insufficient::Refuse, Insufficient::Try]);
        (requests(), record, of_the_moment, policies(), (from, weak), papers(now)).prop_map(
            move |(request, record, moment, holidays, (from, insufficient), papers)| {
                let (presence, line, clock_trusted, throttled_until, technician_certified) = moment;
                let rules = Rules { holidays, notice_counts_from: from, insufficient, ..Rules::default() };
                let facts = Facts {
                    technician_certified,
                    record,
                    presence,
                    line,
                    clock_trusted,
                    throttled_until,
                    rules,
                    papers,
                    ..facts(now)
                };
                (request, facts, now)
            },
        )
    })
}
