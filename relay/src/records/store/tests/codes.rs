//! A code attaches one machine, once, in time; the record does not hold it.

use std::sync::Barrier;

use aval_protocol::firm::Signer;

use super::{Desk, Engine, NOW, accepted, after, agent_of, bytes_of, facts, id, manager, on_both, person};
use crate::records::{AgentStanding, RedeemError, StoreError};

fn key() -> Vec<u8> {
    Signer::generate().unwrap().spki().to_vec()
}

fn a_code_attaches_a_machine_that_then_waits_for_a_manager(engine: Engine) {
    let desk = Desk::on(engine);
    let spki = key();
    let row = desk
        .store
        .redeem(&desk.code().to_lowercase(), &spki, &facts("ACCUEIL-01"), &accepted(), NOW)
        .unwrap();
    assert_eq!((row.id, row.standing), (agent_of(&spki), AgentStanding::Pending));
    assert_eq!((row.client.as_str(), row.facts.hostname.as_str()), ("Fleurs Martin SARL", "ACCUEIL-01"));
    assert_eq!((row.enrolled_at, row.last_seen, row.approval.clone()), (NOW, None, None));
    assert_eq!(desk.store.agents().unwrap(), [row]);
}

#[test]
fn the_record_keeps_no_code() {
    let desk = Desk::on(Engine::Sqlite);
    let code = desk.code();
    desk.store.purge().unwrap();
    let file = bytes_of(&desk.path());
    let spellings = [code.clone(), code.replace('-', "")];
    for spelling in spellings {
        assert!(!file.windows(spelling.len()).any(|bytes| bytes == spelling.as_bytes()));
    }
    desk.store.redeem(&code, &key(), &facts("x"), &accepted(), NOW).unwrap();
}

fn each_way_a_code_fails_has_its_name(engine: Engine) {
    let desk = Desk::on(engine);
    let redeem = |code: &str, spki: &[u8], at| desk.store.redeem(code, spki, &facts("x"), &accepted(), at);
    assert!(matches!(redeem("0000-0000-0000", &key(), NOW), Err(RedeemError::Unknown)));
    assert!(matches!(redeem("no code", &key(), NOW), Err(RedeemError::Unknown)));
    // 60 minutes, the end excluded.
    assert!(matches!(redeem(&desk.code(), &key(), after(3600)), Err(RedeemError::Expired)));
    redeem(&desk.code(), &key(), after(3599)).unwrap();

    let (code, spki) = (desk.code(), key());
    let row = redeem(&code, &spki, NOW).unwrap();
    assert!(matches!(redeem(&code, &key(), NOW), Err(RedeemError::Used)));
    assert!(matches!(redeem(&desk.code(), &spki, NOW), Err(RedeemError::AlreadyEnrolled)));
    // The first answer was lost on the way; the code may even have expired since.
    assert_eq!(redeem(&code, &spki, after(9999)).unwrap(), row);
    desk.store.revoke_agent(row.id, "volé", &manager(), NOW).unwrap();
    assert!(matches!(redeem(&code, &spki, NOW), Err(RedeemError::AlreadyEnrolled)));
    assert_eq!(desk.store.agent(row.id).unwrap().unwrap().standing, AgentStanding::Revoked);
}

fn codes_have_a_contract_and_a_bounded_life(engine: Engine) {
    let desk = Desk::on(engine);
    let issue =
        |contract: &str, minutes| desk.store.issue_code(&id(contract), minutes, &manager(), NOW, [9; 8]);
    assert!(matches!(issue("C-0", 60), Err(StoreError::NotFound(_))));
    assert!(matches!(issue("C-2026-001", 0), Err(StoreError::Invalid(_))));
    assert!(matches!(issue("C-2026-001", 10_081), Err(StoreError::Invalid(_))));
    let issued = issue("C-2026-001", 10_080).unwrap();
    assert_eq!((issued.expires_at, issued.by), (after(7 * 86_400), person("claire.dubois")));
    assert!(matches!(issue("C-2026-001", 60), Err(StoreError::Conflict(_))));
}

fn two_programs_that_race_for_a_code_attach_one_machine(engine: Engine) {
    let desk = Desk::on(engine);
    for _ in 0..12 {
        let code = desk.code();
        let before = desk.store.agents().unwrap().len();
        let start = Barrier::new(4);
        let won: usize = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        // A connection of its own, as another program would have.
                        let store = desk.again();
                        start.wait();
                        match store.redeem(&code, &key(), &facts("x"), &accepted(), NOW) {
                            Ok(_) => 1,
                            Err(RedeemError::Used) => 0,
                            Err(e) => panic!("{e:?}"),
                        }
                    })
                })
                .collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).sum()
        });
        assert_eq!((won, desk.store.agents().unwrap().len()), (1, before + 1));
    }
}

on_both!(
    a_code_attaches_a_machine_that_then_waits_for_a_manager,
    each_way_a_code_fails_has_its_name,
    codes_have_a_contract_and_a_bounded_life,
    two_programs_that_race_for_a_code_attach_one_machine,
);
