//! Machines, exceptions, locks, and what the gate reads of them.

use std::collections::BTreeMap;

use aval_protocol::id::{AgentId, KeyId};
use aval_protocol::wire::session::Approval;
use proptest::prelude::*;

use super::{Desk, Engine, NOW, after, facts, id, manager, nobody, on_both, person};
use crate::gate::hours::Window;
use crate::records::{AgentStanding, Author, Coverage, ExceptionRow, StoreError};

fn only_a_word_about_this_machine_approves_it_and_only_once(engine: Engine) {
    let desk = Desk::on(engine);
    let (row, other) = (desk.attach(), desk.attach());
    let by = person("claire.dubois");
    let approve = |agent: AgentId, word: &_| desk.store.approve(agent, word, &by, NOW);
    assert!(matches!(approve(row.id, &desk.approval(&other)), Err(StoreError::Invalid(_))));
    let elsewhere =
        Approval { agent_key: KeyId::of_spki(&row.spki), contract: id("C-0"), hostname: "x".into(), at: NOW };
    assert!(matches!(approve(row.id, &desk.firm.sign(&elsewhere).unwrap()), Err(StoreError::Invalid(_))));
    assert!(matches!(approve(nobody(), &desk.approval(&row)), Err(StoreError::NotFound(_))));

    let word = desk.approval(&row);
    approve(row.id, &word).unwrap();
    let kept = desk.store.agent(row.id).unwrap().unwrap();
    assert_eq!((kept.standing, kept.approval), (AgentStanding::Approved, Some(word.clone())));
    assert!(matches!(approve(row.id, &word), Err(StoreError::Conflict(_))));
    desk.store.revoke_agent(row.id, "vendu", &manager(), NOW).unwrap();
    assert!(matches!(approve(row.id, &word), Err(StoreError::Conflict(_))));
    assert_eq!(desk.store.agent(other.id).unwrap().unwrap().standing, AgentStanding::Pending);
}

fn facts_and_last_sight_are_the_newest(engine: Engine) {
    let desk = Desk::on(engine);
    let row = desk.attach();
    desk.store.update_facts(row.id, &facts("ACCUEIL-01"), after(1)).unwrap();
    desk.store.update_facts(row.id, &facts("ACCUEIL-02"), after(2)).unwrap();
    for at in [20, 30, 10] {
        desk.store.seen(row.id, after(at)).unwrap();
    }
    let kept = desk.store.agent(row.id).unwrap().unwrap();
    assert_eq!((kept.facts, kept.last_seen), (facts("ACCUEIL-02"), Some(after(30))));
    let rows = desk.count("SELECT count(*) FROM agent_facts");
    assert_eq!(rows, 2, "what is nothing new is no new row");
    assert!(matches!(desk.store.update_facts(nobody(), &facts("x"), NOW), Err(StoreError::NotFound(_))));
    assert!(matches!(desk.store.seen(nobody(), NOW), Err(StoreError::NotFound(_))));
    let long = facts(&"x".repeat(20_000));
    assert!(matches!(desk.store.update_facts(row.id, &long, NOW), Err(StoreError::Invalid(_))));
}

fn the_gate_reads_everything_about_one_request_at_once(engine: Engine) {
    let desk = Desk::on(engine);
    let row = desk.approved();
    let (sophie, claire) = (person("sophie.martin"), person("claire.dubois"));
    let read = |now| desk.store.facts_for(&sophie, row.id, now).unwrap().0;
    let seen = read(NOW);
    assert_eq!((seen.technician_locked, seen.agent), (false, AgentStanding::Approved));
    assert_eq!((seen.coverage, seen.exceptions.len()), (Coverage::Covered, 0));
    assert_eq!(seen.contract, desk.store.contract(&id("C-2026-001")).unwrap());

    let window = Window { from: after(100), until: after(200) };
    let exception =
        ExceptionRow { agent: row.id, window, by: claire.clone(), reason: "panne".into(), at: NOW };
    desk.store.grant_exception(&exception).unwrap();
    desk.store.set_coverage(row.id, Coverage::OtherEstablishment, &manager(), NOW).unwrap();
    desk.store.set_lock(&sophie, true, "départ", &claire, NOW).unwrap();
    let seen = read(after(199));
    assert_eq!((seen.technician_locked, seen.coverage), (true, Coverage::OtherEstablishment));
    assert_eq!(seen.exceptions, [exception]);
    assert_eq!(read(after(200)).exceptions, []);

    let unknown = desk.store.facts_for(&sophie, nobody(), NOW).unwrap().0;
    assert_eq!((unknown.agent, unknown.contract), (AgentStanding::Unknown, None));
}

fn exceptions_are_short_and_have_a_reason(engine: Engine) {
    let desk = Desk::on(engine);
    let row = desk.attach();
    let grant = |agent, from, until, reason: &str| {
        let window = Window { from: after(from), until: after(until) };
        desk.store.grant_exception(&ExceptionRow {
            agent,
            window,
            by: person("claire.dubois"),
            reason: reason.into(),
            at: NOW,
        })
    };
    let noon = 12 * 3600;
    for (from, until, reason) in [
        (0, 0, "panne"),
        (10, 5, "panne"),
        (0, noon + 1, "panne"),
        (-10, 0, "panne"),
        (i64::MIN - NOW.0.min(0), 1, "panne"),
        (0, 60, "  "),
        (0, 60, "deux\nlignes"),
        (0, 60, &"x".repeat(201)),
    ] {
        assert!(matches!(grant(row.id, from, until, reason), Err(StoreError::Invalid(_))), "{from} {until}");
    }
    assert!(matches!(grant(nobody(), 0, 60, "panne"), Err(StoreError::NotFound(_))));
    grant(row.id, 0, noon, &"é".repeat(200)).unwrap();
}

fn the_newest_word_on_a_technician_counts(engine: Engine) {
    let desk = Desk::on(engine);
    let (sophie, paul) = (person("sophie.martin"), person("paul"));
    let lock =
        |who: &_, locked| desk.store.set_lock(who, locked, "r", &person("claire.dubois"), NOW).unwrap();
    assert_eq!(desk.store.locked_all().unwrap(), []);
    lock(&sophie, true);
    lock(&paul, true);
    lock(&sophie, true);
    assert_eq!(desk.store.locked_all().unwrap(), [paul.clone(), sophie.clone()]);
    lock(&sophie, false);
    assert_eq!(desk.store.locked_all().unwrap(), std::slice::from_ref(&paul));
    assert_eq!((desk.store.locked(&sophie).unwrap(), desk.store.locked(&paul).unwrap()), (false, true));
    let nameless = desk.store.set_lock(&paul, true, "", &sophie, NOW);
    assert!(matches!(nameless, Err(StoreError::Invalid(_))));
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Attach,
    Approve(usize),
    Revoke(usize),
    Cover(usize),
    Reopen,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        2 => Just(Act::Attach),
        3 => (0usize..6).prop_map(Act::Approve),
        2 => (0usize..6).prop_map(Act::Revoke),
        1 => (0usize..6).prop_map(Act::Cover),
        1 => Just(Act::Reopen),
    ];
    proptest::collection::vec(act, 1..25)
}

/// Against a model: only a manager's word makes a machine approved, and nothing makes a revoked one so again.
fn nobody_is_approved_without_a_word_or_after_being_revoked(engine: Engine) {
    proptest!(ProptestConfig::with_cases(24), |(acts in acts())| {
        let mut desk = Desk::on(engine);
        let mut rows = Vec::new();
        let mut model: BTreeMap<AgentId, AgentStanding> = BTreeMap::new();
        for act in acts {
            match act {
                Act::Attach => {
                    let row = desk.attach();
                    model.insert(row.id, AgentStanding::Pending);
                    rows.push(row);
                }
                Act::Reopen => desk.store = desk.again(),
                Act::Approve(n) | Act::Revoke(n) | Act::Cover(n) => {
                    let Some(row) = rows.get(n) else { continue };
                    let standing = model.get_mut(&row.id).unwrap();
                    let (done, allowed) = match act {
                        Act::Approve(_) => (
                            desk.store.approve(row.id, &desk.approval(row), &person("claire.dubois"), NOW),
                            (*standing == AgentStanding::Pending).then_some(AgentStanding::Approved),
                        ),
                        Act::Revoke(_) => (
                            desk.store.revoke_agent(row.id, "r", &Author::Host, NOW),
                            (*standing != AgentStanding::Revoked).then_some(AgentStanding::Revoked),
                        ),
                        _ => (
                            desk.store.set_coverage(row.id, Coverage::Covered, &Author::Host, NOW),
                            Some(*standing),
                        ),
                    };
                    prop_assert_eq!(done.is_ok(), allowed.is_some());
                    *standing = allowed.unwrap_or(*standing);
                }
            }
            for (agent, standing) in &model {
                let read = desk.store.facts_for(&person("sophie.martin"), *agent, NOW).unwrap().0;
                prop_assert_eq!(read.agent, *standing);
            }
        }
    });
}

on_both!(
    nobody_is_approved_without_a_word_or_after_being_revoked,
    only_a_word_about_this_machine_approves_it_and_only_once,
    facts_and_last_sight_are_the_newest,
    the_gate_reads_everything_about_one_request_at_once,
    exceptions_are_short_and_have_a_reason,
    the_newest_word_on_a_technician_counts,
);
