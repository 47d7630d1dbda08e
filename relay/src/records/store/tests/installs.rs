//! Who agreed to which installation stays written down, and a machine that left does not come back.

use aval_protocol::text::Lang;

use super::{Desk, Engine, NOW, accepted, after, facts, manager, nobody, on_both, person};
use crate::records::installs::{AcceptError, MOST_PER_CODE, Package, Via};
use crate::records::{AgentStanding, Author, RedeemError, StoreError};

fn package(version: &str) -> Package {
    Package {
        file: format!("aval-agent_{version}_amd64.deb"),
        version: version.to_owned(),
        arch: "amd64".to_owned(),
        size: 9_000_000,
        installed_kib: 26_000,
        sha256: [0xde; 32],
    }
}

fn clause_4_5_an_acceptance_says_when_what_and_by_which_code(engine: Engine) {
    let desk = Desk::on(engine);
    assert_eq!(desk.store.packages().unwrap(), []);
    desk.store.add_package(&package("0.1.0"), &Author::Host, NOW).unwrap();
    desk.store.add_package(&package("0.2.0"), &Author::Host, NOW).unwrap();
    let setup = Package { file: "aval-agent_0.1.9_x64.exe".to_owned(), ..package("0.1.9") };
    desk.store.add_package(&setup, &Author::Host, NOW).unwrap();
    let rolled_out = Package { file: "aval-agent_0.1.9_x64.msi".to_owned(), ..package("0.1.9") };
    desk.store.add_package(&rolled_out, &Author::Host, NOW).unwrap();
    let newest = [setup, package("0.2.0"), rolled_out];
    assert_eq!(desk.store.packages().unwrap(), newest, "the newest of each kind");
    let newest = package("0.2.0");
    let code = desk.code();
    desk.store.accept(&code.to_lowercase(), &newest, Lang::En, [1; 32], after(5)).unwrap();
    let kept = desk.store.acceptance([1; 32]).unwrap().unwrap();
    assert_eq!((kept.at, kept.via, kept.lang), (after(5), Via::Page, Lang::En));
    assert_eq!((kept.version.as_str(), kept.sha256, kept.agent), ("0.2.0", [0xde; 32], None));
    assert_eq!((kept.contract.as_str(), kept.client.as_str()), ("C-2026-001", "Fleurs Martin SARL"));
    assert_eq!(desk.store.acceptance([2; 32]).unwrap(), None);
    // The machine that the code attaches is found from it, and the terminal's yes adds nothing to the page's.
    let row = desk.store.redeem(&code, b"a key", &facts("x"), &accepted(), after(60)).unwrap();
    let all = desk.store.acceptances().unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].agent, Some(row.id));
}

fn clause_4_5_who_agrees_only_in_the_terminal_is_recorded_too(engine: Engine) {
    let desk = Desk::on(engine);
    let row = desk.attach();
    let all = desk.store.acceptances().unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].via, all[0].agent, all[0].sha256), (Via::Terminal, Some(row.id), [7; 32]));
    let bad = aval_protocol::wire::enrol::Accepted { version: "x".repeat(33), ..accepted() };
    let refused = desk.store.redeem(&desk.code(), b"k", &facts("x"), &bad, NOW);
    assert!(matches!(refused, Err(RedeemError::Store(StoreError::Invalid(_)))), "{refused:?}");
    assert_eq!(desk.store.agents().unwrap().len(), 1, "attached without an acceptance");
}

fn only_a_code_that_holds_brings_a_download(engine: Engine) {
    let desk = Desk::on(engine);
    let (store, package) = (&desk.store, package("0.1.0"));
    let accept = |code: &str, id: u8, at| store.accept(code, &package, Lang::Fr, [id; 32], at);
    assert!(matches!(accept("0000-0000-0000", 1, NOW), Err(AcceptError::Code(RedeemError::Unknown))));
    assert!(matches!(accept("no code", 1, NOW), Err(AcceptError::Code(RedeemError::Unknown))));
    let code = desk.code();
    assert!(matches!(accept(&code, 1, after(3600)), Err(AcceptError::Code(RedeemError::Expired))));
    for id in 0..u8::try_from(MOST_PER_CODE).unwrap() {
        accept(&code, id, NOW).unwrap();
    }
    assert!(matches!(accept(&code, 99, NOW), Err(AcceptError::TooOften)));
    store.redeem(&code, b"a key", &facts("x"), &accepted(), NOW).unwrap();
    assert!(matches!(accept(&code, 99, NOW), Err(AcceptError::Code(RedeemError::Used))));
    assert_eq!(store.acceptances().unwrap().len(), MOST_PER_CODE);
}

fn what_was_agreed_to_is_not_changed(engine: Engine) {
    let desk = Desk::on(engine);
    desk.store.add_package(&package("0.1.0"), &manager(), NOW).unwrap();
    let other = Package { sha256: [1; 32], ..package("0.1.0") };
    assert!(matches!(desk.store.add_package(&other, &manager(), NOW), Err(StoreError::Conflict(_))));
    desk.store.accept(&desk.code(), &package("0.1.0"), Lang::Fr, [1; 32], NOW).unwrap();
    for table in ["packages", "acceptances"] {
        for sql in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET at = 0")] {
            assert!(desk.spoil(&sql, &[]).unwrap_err().to_string().contains("only added"), "{sql}");
        }
    }
}

fn clause_4_5_a_machine_that_left_is_not_managed_any_more_and_does_not_come_back(engine: Engine) {
    let desk = Desk::on(engine);
    let row = desk.approved();
    assert!(desk.store.leave(row.id, after(10)).unwrap());
    assert!(!desk.store.leave(row.id, after(20)).unwrap());
    assert!(matches!(desk.store.leave(nobody(), NOW), Err(StoreError::NotFound(_))));
    assert_eq!(desk.store.agent(row.id).unwrap().unwrap().standing, AgentStanding::Left);
    let seen = desk.store.facts_for(&person("sophie.martin"), row.id, NOW).unwrap().0;
    assert_eq!(seen.agent, AgentStanding::Left);
    // Neither a manager's word nor a new code makes the same key the client's again.
    let again = desk.store.approve(row.id, &desk.approval(&row), &person("claire.dubois"), NOW);
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    let again = desk.store.redeem(&desk.code(), &row.spki, &facts("x"), &accepted(), NOW);
    assert!(matches!(again, Err(RedeemError::AlreadyEnrolled)), "{again:?}");
    assert_eq!(desk.count("SELECT count(*) FROM agent_acts WHERE author = '@machine'"), 1);
}

on_both!(
    clause_4_5_an_acceptance_says_when_what_and_by_which_code,
    clause_4_5_who_agrees_only_in_the_terminal_is_recorded_too,
    only_a_code_that_holds_brings_a_download,
    what_was_agreed_to_is_not_changed,
    clause_4_5_a_machine_that_left_is_not_managed_any_more_and_does_not_come_back,
);
