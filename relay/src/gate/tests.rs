//! Proof of the gate: by clause, at exact limits, and by properties over every fact that it judges by.

mod cases;
mod clauses;
mod documents;
mod offers;
pub(super) mod oracle;
mod properties;
mod recorded;
pub(super) mod vectors;

use aval_protocol::id::{AgentId, ContractId, PersonId, UnixSeconds};
use aval_protocol::wire::codes::RefusalCode;
use aval_protocol::wire::record::LineFacts;
use aval_protocol::wire::session::{Capabilities, SessionRequest, WorkCategory};

use super::*;
use crate::gate::hours::Window;
use crate::gate::term::{Day, Months, Term};
use crate::records::{AgentStanding, Contract, Coverage, ExceptionRow};

const AGENT: AgentId = AgentId([0xa5; 16]);

/// That moment on a clock in Paris.
fn at(paris: &str) -> UnixSeconds {
    hours::moment(paris.parse().unwrap())
}

/// A Wednesday at ten.
fn wednesday() -> UnixSeconds {
    at("2026-11-18T10:00:00")
}

/// That evening.
fn evening() -> UnixSeconds {
    at("2026-11-18T20:00:00")
}

fn day(text: &str) -> Day {
    Day::new(text.parse().unwrap()).unwrap()
}

fn asked() -> SessionRequest {
    SessionRequest {
        agent: AGENT,
        capabilities: Capabilities::VIEW.with(Capabilities::CONTROL),
        category: WorkCategory::Assistance,
        reference: "appel de Mme Leroy, 10 h 12".into(),
        minutes: 60,
    }
}

fn ask(asked: SessionRequest) -> Request {
    Request::new(PersonId::new("sophie.martin").unwrap(), asked).unwrap()
}

fn request() -> Request {
    ask(asked())
}

fn contract() -> Contract {
    Contract {
        id: ContractId::new("C-2026-014").unwrap(),
        client: "Fleurs Martin SARL".into(),
        signed_on: day("2025-12-20"),
        term: Term::new(day("2026-01-01"), Months::default()),
        postal: Some("94200".parse().unwrap()),
        onsite: false,
        holidays: None,
        notices: Vec::new(),
        suspension: None,
    }
}

fn fibre(now: UnixSeconds) -> LineFacts {
    LineFacts {
        measured_at: now,
        rtt_ms: 12,
        down_kbit: 20_000,
        up_kbit: 20_000,
        loss_permille: 0,
        loss_low_permille: 0,
    }
}

/// Nothing stands against a request at that moment, hours aside.
fn facts(now: UnixSeconds) -> Facts {
    Facts {
        technician_certified: true,
        record: Some(RecordFacts {
            technician_locked: false,
            agent: AgentStanding::Approved,
            quarantined: false,
            coverage: Coverage::Covered,
            contract: Some(contract()),
            exceptions: Vec::new(),
        }),
        presence: Presence::Online,
        line: Some(fibre(now)),
        clock_trusted: true,
        throttled_until: None,
        profile: Profile { name: "Atelier Beaurepaire Informatique".into(), phone: "+33199001234".into() },
        rules: Rules::default(),
        papers: Papers::default(),
    }
}

fn with_record(now: UnixSeconds, change: impl FnOnce(&mut RecordFacts)) -> Facts {
    let mut facts = facts(now);
    change(facts.record.as_mut().unwrap());
    facts
}

fn with_contract(now: UnixSeconds, change: impl FnOnce(&mut Contract)) -> Facts {
    with_record(now, |record| change(record.contract.as_mut().unwrap()))
}

fn exception(from: UnixSeconds, until: UnixSeconds) -> ExceptionRow {
    ExceptionRow {
        agent: AGENT,
        window: Window { from, until },
        by: PersonId::new("claire.dubois").unwrap(),
        reason: "panne de la caisse".into(),
        at: from,
    }
}

fn permit(request: &Request, facts: &Facts, now: UnixSeconds) -> Permit {
    match decide(request, facts, now) {
        Verdict::Permit(permit) => permit,
        Verdict::Refuse(decision) => panic!("{:?}", decision.reasons),
    }
}

fn refusal(request: &Request, facts: &Facts, now: UnixSeconds) -> Decision {
    match decide(request, facts, now) {
        Verdict::Permit(permit) => panic!("permitted: {permit:?}"),
        Verdict::Refuse(decision) => {
            assert!(!decision.permitted && decision.capabilities.is_empty() && !decision.reasons.is_empty());
            *decision
        }
    }
}

fn codes(reasons: &[Reason]) -> Vec<RefusalCode> {
    reasons.iter().map(|reason| reason.code).collect()
}

/// The code and clause of the only reason.
fn only(request: &Request, facts: &Facts, now: UnixSeconds) -> (RefusalCode, String) {
    let decision = refusal(request, facts, now);
    assert_eq!(decision.reasons.len(), 1, "{:?}", decision.reasons);
    (decision.reasons[0].code, decision.reasons[0].clause.clone())
}
