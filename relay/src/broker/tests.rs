//! Who gets into a session, and who may open what in it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use aval_protocol::firm::Profile;
use aval_protocol::id::{ContractId, UnixSeconds};
use aval_protocol::wire::record::LineFacts;
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};

use super::*;
use crate::gate::term::{Day, Months, Term};
use crate::gate::{Facts, Presence, Request, Rules, Verdict, decide};
use crate::records::{AgentStanding, Contract, Coverage, RecordFacts};

pub(crate) mod scenario;

/// Tuesday 24 November 2026, 10 o'clock in Paris.
const NOW: UnixSeconds = UnixSeconds(1_795_510_800);
const PC: AgentId = AgentId([1; 16]);
const CONSOLE: KeyId = KeyId([2; 32]);
const AGENT: KeyId = KeyId([1; 32]);
const SESSION: SessionId = SessionId([9; 16]);

fn permit() -> Permit {
    permit_for(PC)
}

fn permit_for(agent: AgentId) -> Permit {
    let asked = SessionRequest {
        agent,
        capabilities: Capabilities::KNOWN,
        category: WorkCategory::Assistance,
        reference: "appel de Mme Leroy".into(),
        minutes: 30,
    };
    let request = Request::new(PersonId::new("sophie.martin").unwrap(), asked).unwrap();
    let day = |text: &str| Day::new(text.parse().unwrap()).unwrap();
    let contract = Contract {
        id: ContractId::new("C-2026-014").unwrap(),
        client: "Cabinet Leroy".into(),
        signed_on: day("2026-01-05"),
        term: Term::new(day("2026-01-05"), Months::new(12).unwrap()),
        postal: None,
        onsite: false,
        holidays: None,
        notices: Vec::new(),
        suspension: None,
    };
    let record = RecordFacts {
        technician_locked: false,
        agent: AgentStanding::Approved,
        quarantined: false,
        coverage: Coverage::Covered,
        contract: Some(contract),
        exceptions: Vec::new(),
    };
    let line = LineFacts {
        measured_at: NOW,
        rtt_ms: 20,
        down_kbit: 20_000,
        up_kbit: 5_000,
        loss_permille: 0,
        loss_low_permille: 0,
    };
    let facts = Facts {
        technician_certified: true,
        record: Some(record),
        presence: Presence::Online,
        line: Some(line),
        clock_trusted: true,
        throttled_until: None,
        profile: Profile { name: "Atelier".into(), phone: "+33199001234".into() },
        rules: Rules::default(),
        papers: crate::gate::papers::Papers::default(),
    };
    match decide(&request, &facts, NOW) {
        Verdict::Permit(permit) => permit,
        Verdict::Refuse(decision) => panic!("{:?}", decision.reasons),
    }
}

#[allow(clippy::disallowed_methods, reason = "any moment will do")]
fn introduce(
    broker: &mut Broker<&'static str, &'static str>,
    session: SessionId,
) -> Result<Ticket, NotIntroduced> {
    let signer = Signer::generate().unwrap();
    let console = Party { serial: 1, link: "console", key: CONSOLE };
    let agent = Party { serial: 2, link: "agent", key: AGENT };
    let now = Instant::now();
    let times = (NOW, now, now + Duration::from_secs(60), false);
    let signed = broker.introduce(permit(), session, console, agent, &signer, times)?;
    Ok(signed.open_by_key(signer.spki()).unwrap())
}

#[test]
fn a_permit_becomes_one_ticket_that_says_what_was_asked() {
    let mut broker = Broker::default();
    let ticket = introduce(&mut broker, SESSION).unwrap();
    assert_eq!((ticket.session, ticket.technician_key, ticket.agent_key), (SESSION, CONSOLE, AGENT));
    assert_eq!(ticket.expires_at.0 - ticket.issued_at.0, TICKET_S);
    assert_eq!(ticket.request.minutes, 30);
    assert!(broker.busy(PC) && !broker.busy(AgentId([7; 16])));
}

#[test]
fn clause_4_2_the_relay_ends_what_the_agent_should_have_ended_and_lengthens_nothing() {
    let start = |extended: bool, granted_s: Option<i64>| {
        let mut broker = Broker::default();
        let ticket = introduce(&mut broker, SESSION).unwrap();
        broker.claim(SESSION, Lane::Control, Origin::Link(1)).unwrap();
        let mut running = broker.remove(SESSION).unwrap();
        running.until += Duration::from_secs(86_400);
        running.extended = extended;
        if let Some(seconds) = granted_s {
            running.granted(UnixSeconds(NOW.0 + seconds));
        }
        (ticket.closing, running)
    };
    // It is ten o'clock: support closes in eight hours.
    let closing = start(false, None).0;
    assert_eq!((closing.ask_s, closing.hard_end_s), (8 * 3600, 8 * 3600 + 1800));
    for (extended, granted_s, end_s) in [
        (false, Some(60), closing.end_s),
        (true, Some(60), closing.hard_end_s),
        (false, Some(8 * 3600 - 1), closing.end_s),
        (false, Some(8 * 3600), closing.hard_end_s),
    ] {
        let (_, running) = start(extended, granted_s);
        let began = running.closes[1] - closing.hard_end() - SLACK;
        let at = |seconds: u32| began + Duration::from_secs(u64::from(seconds)) + SLACK;
        assert_eq!(running.overdue(at(end_s) - Duration::from_millis(1), NOW), None);
        assert_eq!(
            running.overdue(at(end_s), NOW),
            Some(EndReason::SupportClosed),
            "{extended} {granted_s:?}"
        );
    }
}

#[test]
fn a_machine_is_in_one_session_at_a_time() {
    let mut broker = Broker::default();
    introduce(&mut broker, SESSION).unwrap();
    let again = introduce(&mut broker, SessionId([8; 16]));
    assert!(matches!(again, Err(NotIntroduced::Busy)));
    assert!(broker.remove(SESSION).is_some() && broker.remove(SESSION).is_none());
    assert!(introduce(&mut broker, SessionId([8; 16])).is_ok());
}

#[test]
fn each_lane_exists_once_and_where_it_belongs() {
    let mut broker = Broker::default();
    introduce(&mut broker, SESSION).unwrap();
    let (link, media) = (Origin::Link(1), Origin::Media(CONSOLE));
    for (lane, wrong) in [
        (Lane::Control, media),
        (Lane::Control, Origin::Link(2)),
        (Lane::Control, Origin::Link(3)),
        (Lane::Screen, link),
        (Lane::Screen, Origin::Media(AGENT)),
        (Lane::Input, Origin::Media(KeyId([7; 32]))),
    ] {
        assert!(broker.claim(SESSION, lane, wrong).is_none(), "{lane:?} {wrong:?}");
    }
    assert!(!broker.get(SESSION).unwrap().begun());
    for (lane, origin) in [(Lane::Control, link), (Lane::Screen, media), (Lane::Input, media)] {
        assert_eq!(broker.claim(SESSION, lane, origin).unwrap().0, "agent", "{lane:?}");
        assert!(broker.claim(SESSION, lane, origin).is_none(), "{lane:?} twice");
    }
    assert!(broker.get(SESSION).unwrap().begun());
    assert!(broker.claim(SessionId([8; 16]), Lane::Control, link).is_none());
}

#[test]
fn media_connections_are_told_apart_by_their_keys() {
    let mut broker = Broker::default();
    introduce(&mut broker, SESSION).unwrap();
    let (_, agent_media) = broker.claim(SESSION, Lane::Control, Origin::Link(1)).unwrap();
    assert_eq!(*agent_media.borrow(), None);
    assert_eq!(broker.media(SESSION, KeyId([7; 32]), "stranger"), None);
    assert_eq!(broker.media(SESSION, AGENT, "agent's"), Some(Side::Agent));
    assert_eq!(broker.media(SESSION, AGENT, "second"), None);
    assert_eq!(*agent_media.borrow(), Some("agent's"));
    assert_eq!(broker.media(SESSION, CONSOLE, "console's"), Some(Side::Console));
    assert_eq!(broker.media(SessionId([8; 16]), CONSOLE, "other"), None);
}

#[test]
fn datagrams_find_the_other_party_only() {
    let mut broker = Broker::default();
    introduce(&mut broker, SESSION).unwrap();
    assert_eq!(broker.other(SESSION, 1), Some("agent"));
    assert_eq!(broker.other(SESSION, 2), Some("console"));
    assert_eq!(broker.other(SESSION, 3), None);
    assert_eq!(broker.other(SessionId([8; 16]), 1), None);
    assert_eq!(broker.which(|running| running.side(2).is_some()), vec![SESSION]);
}

mod lost {
    //! The second door into a session.

    use aval_protocol::firm::{Member, Role};

    use super::*;
    use crate::broker::resume::{Never, Proven};
    use crate::records::{SessionRow, SessionStep};

    fn member() -> Member {
        Member {
            role: Role::Technician,
            person: PersonId::new("sophie.martin").unwrap(),
            display_name: "Sophie Martin".into(),
            key: CONSOLE,
            not_after: UnixSeconds(NOW.0 + 86_400),
        }
    }

    fn facts() -> RecordFacts {
        RecordFacts {
            technician_locked: false,
            agent: AgentStanding::Approved,
            quarantined: false,
            coverage: Coverage::Covered,
            contract: None,
            exceptions: Vec::new(),
        }
    }

    fn row(ticket: &Ticket, steps: &[SessionStep]) -> SessionRow {
        SessionRow {
            id: ticket.session,
            technician: ticket.technician.clone(),
            contract: ticket.contract.clone(),
            request: ticket.request.clone(),
            at: NOW,
            steps: steps.iter().map(|step| (NOW, *step)).collect(),
        }
    }

    const YES: SessionStep = SessionStep::Granted(Capabilities::KNOWN);

    #[test]
    fn clause_4_4_only_the_one_who_was_let_in_comes_back_to_what_is_not_over() {
        let ticket = introduce(&mut Broker::default(), SESSION).unwrap();
        let prove = |change: fn(&mut Member, &mut RecordFacts), steps: &[SessionStep], after_s: i64| {
            let (mut member, mut facts) = (member(), facts());
            change(&mut member, &mut facts);
            let row = row(&ticket, steps);
            Proven::new(ticket.clone(), &member, &facts, Some(&row), UnixSeconds(NOW.0 + after_s)).map(drop)
        };
        let as_it_was = |_: &mut Member, _: &mut RecordFacts| {};
        assert_eq!(prove(as_it_was, &[SessionStep::Asked, YES], 60), Ok(()));
        assert_eq!(prove(as_it_was, &[SessionStep::Asked], 60), Err(Never::Over), "nobody said yes");
        let ended = [YES, SessionStep::Ended(EndReason::EndedByPerson)];
        assert_eq!(prove(as_it_was, &ended, 60), Err(Never::Over));
        assert_eq!(prove(as_it_was, &[YES], 30 * 60), Err(Never::Over), "its time is over");
        assert_eq!(prove(|m, _| m.key = AGENT, &[YES], 60), Err(Never::Over), "another key");
        let hugo = |m: &mut Member, _: &mut RecordFacts| m.person = PersonId::new("hugo.lambert").unwrap();
        assert_eq!(prove(hugo, &[YES], 60), Err(Never::Over));
        assert_eq!(prove(|_, f| f.technician_locked = true, &[YES], 60), Err(Never::Security));
        assert_eq!(prove(|_, f| f.agent = AgentStanding::Revoked, &[YES], 60), Err(Never::Security));
        let (member, facts) = (member(), facts());
        assert_eq!(Proven::new(ticket, &member, &facts, None, NOW).map(drop), Err(Never::Over), "unknown");
    }

    #[test]
    fn a_lost_line_is_one_until_both_are_back_and_what_was_before_concerns_nobody() {
        let mut broker = Broker::default();
        let ticket = introduce(&mut broker, SESSION).unwrap();
        let now = broker.get(SESSION).unwrap().until;
        assert!(broker.lose(SESSION, 0, now).is_none(), "nobody has said yes");
        broker.get(SESSION).unwrap().granted(NOW);
        broker.media(SESSION, AGENT, "agent's").unwrap();
        assert_eq!(broker.lose(SESSION, 0, now).unwrap().media, ["agent's"]);
        assert!(broker.lose(SESSION, 0, now).is_none(), "twice");
        assert!(!broker.busy(PC), "others may ask");
        broker.holds(PC, SESSION, 12);
        assert!(broker.is_held(PC, SESSION, 12) && !broker.is_held(PC, SESSION, 2));
        let row = row(&ticket, &[YES]);
        let proven = Proven::new(ticket, &member(), &facts(), Some(&row), NOW).unwrap();
        let console = Party { serial: 11, link: "console again", key: CONSOLE };
        let agent = Party { serial: 12, link: "agent again", key: AGENT };
        broker.resume(proven, console, agent, (NOW, now));
        assert!(broker.busy(PC) && !broker.is_held(PC, SESSION, 12));
        assert_eq!(broker.turn(SESSION), Some(1));
        assert!(broker.lose(SESSION, 0, now).is_none(), "of the line before");
        assert!(broker.claim(SESSION, Lane::Control, Origin::Link(1)).is_none(), "the link before");
        assert_eq!(broker.claim(SESSION, Lane::Control, Origin::Link(11)).unwrap().0, "agent again");
        // Nobody comes: it is over, in time.
        broker.lose(SESSION, 1, now).unwrap();
        let running = broker.get(SESSION).unwrap();
        running.until = now + Duration::from_secs(86_400);
        let after = |seconds| running.overdue(now + Duration::from_secs(seconds), NOW);
        assert_eq!((after(124), after(125)), (None, Some(EndReason::LinkLost)));
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test needs some instant")]
fn a_session_that_is_handed_over_makes_room_for_that_one_colleague_and_not_for_long() {
    let mut broker = Broker::default();
    introduce(&mut broker, SESSION).unwrap();
    let [paul, anne] = ["paul.beaurepaire", "anne.petit"].map(|name| PersonId::new(name).unwrap());
    let now = Instant::now();
    let until = now + Duration::from_secs(600);
    let handed = || HandedTo { to: paul.clone(), by: "Sophie Martin".into(), until };
    assert!(!broker.hand_over(PC, CONSOLE, handed()), "nobody said yes to it yet");
    broker.get(SESSION).unwrap().granted(NOW);
    assert!(!broker.hand_over(PC, AGENT, handed()), "it is not theirs");
    assert!(broker.busy_for(PC, &paul, now));
    assert!(broker.hand_over(PC, CONSOLE, handed()));
    assert!(!broker.busy_for(PC, &paul, now) && broker.busy_for(PC, &anne, now) && broker.busy(PC));
    assert!(broker.busy_for(PC, &paul, until));
    let told = Handed { agent: PC, by: "Sophie Martin".into(), for_s: 600 };
    assert_eq!((broker.handed_to(&paul, now), broker.handed_to(&anne, now)), (vec![told], vec![]));
    assert_eq!(broker.handed_to(&paul, until), []);
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test needs some instant")]
fn one_more_may_join_a_granted_session_and_nobody_their_own_or_a_lost_one() {
    let mut broker = Broker::default();
    let ticket = introduce(&mut broker, SESSION).unwrap();
    let anne = PersonId::new("anne.petit").unwrap();
    let now = Instant::now();
    assert!(broker.closed_to(PC, &anne, now), "nobody said yes to it yet");
    broker.get(SESSION).unwrap().granted(NOW);
    assert!(!broker.closed_to(PC, &anne, now) && broker.busy_for(PC, &anne, now));
    assert!(broker.closed_to(PC, &ticket.technician, now), "it is their own");
    broker.lose(SESSION, 0, now).unwrap();
    assert!(broker.closed_to(PC, &anne, now), "there is nothing to be seen");
    assert!(
        !broker.closed_to(AgentId([7; 16]), &anne, now),
        "where nobody is, it is a session like any other"
    );
}
