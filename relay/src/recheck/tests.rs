//! What cuts a session that runs, and what waits for the next one.

use aval_protocol::id::{ContractId, PersonId, UnixSeconds};

use super::*;
use crate::gate::term::{Day, Months, NoticeDays, Term};
use crate::records::{Author, Contract, Coverage, Notice, Party, Suspension};

fn day(text: &str) -> Day {
    Day::new(text.parse().unwrap()).unwrap()
}

fn facts() -> RecordFacts {
    let contract = Contract {
        id: ContractId::new("C-2026-014").unwrap(),
        client: "Cabinet Leroy".into(),
        signed_on: day("2026-01-05"),
        term: Term::new(day("2026-01-05"), Months::default()),
        postal: None,
        onsite: false,
        holidays: None,
        notices: Vec::new(),
        suspension: None,
    };
    RecordFacts {
        technician_locked: false,
        agent: AgentStanding::Approved,
        quarantined: false,
        coverage: Coverage::Covered,
        contract: Some(contract),
        exceptions: Vec::new(),
    }
}

fn with(change: impl FnOnce(&mut RecordFacts)) -> RecordFacts {
    let mut facts = facts();
    change(&mut facts);
    facts
}

#[test]
fn clause_9_2_security_cuts_a_session_that_runs() {
    assert!(!cuts(&facts()));
    assert!(cuts(&with(|facts| facts.technician_locked = true)));
    assert!(cuts(&with(|facts| facts.quarantined = true)));
    for standing in
        [AgentStanding::Revoked, AgentStanding::Left, AgentStanding::Unknown, AgentStanding::Pending]
    {
        assert!(cuts(&with(|facts| facts.agent = standing)), "{standing:?}");
    }
}

#[test]
fn clause_4_2_what_the_contract_says_anew_is_for_the_next_session() {
    let suspension = Suspension {
        by: Author::Member(PersonId::new("claire.dubois").unwrap()),
        reason: "mise en demeure restée sans effet".into(),
        at: UnixSeconds(1_795_510_800),
    };
    let sent = NoticeDays::new(Some(day("2026-01-06")), None).unwrap();
    let notice = Notice { by: Party::Client, days: sent, proof: "RK 1 FR".into() };
    assert!(!cuts(&with(|facts| facts.contract.as_mut().unwrap().suspension = Some(suspension))));
    assert!(!cuts(&with(|facts| facts.contract.as_mut().unwrap().notices = vec![notice])));
    assert!(!cuts(&with(|facts| facts.contract = None)));
    assert!(!cuts(&with(|facts| facts.coverage = Coverage::NeedsRemediation)));
    assert!(!cuts(&with(|facts| facts.exceptions.clear())));
}
