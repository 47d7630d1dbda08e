//! Inventories in the record: history stays, liars are bounded, and a newer agent's section is kept unread.

use aval_protocol::wire::inventory::items::Machine;
use aval_protocol::wire::inventory::section::MAX_BODY;
use aval_protocol::wire::inventory::{
    Content, Packed, Section, SectionKind, SectionRefused, Serial, Status, root,
};

use super::*;
use crate::records::{KeptOr, StoreError};

fn machine(serial: &str) -> Packed {
    let machine = Machine { serial: Serial::new(serial), ..Machine::default() };
    Section::collected(NOW, Content::Machine(machine)).pack()
}

fn later(seconds: i64) -> UnixSeconds {
    UnixSeconds(NOW.0 + seconds)
}

fn kept(desk: &Desk, agent: AgentId, packed: &Packed, at: UnixSeconds) -> bool {
    matches!(desk.store.keep_section(agent, packed, at).unwrap(), KeptOr::Kept(held) if held.digest == packed.digest())
}

fn the_newest_of_each_section_holds_and_every_change_stays_readable(engine: Engine) {
    let desk = Desk::on(engine);
    let agent = desk.attach().id;
    assert_eq!(desk.store.inventory_held(agent).unwrap(), []);
    assert!(kept(&desk, agent, &machine("S-1"), NOW));
    assert!(kept(&desk, agent, &machine("S-1"), later(60)), "said again it is kept, and not written again");
    assert!(kept(&desk, agent, &machine("S-2"), later(120)));
    assert!(kept(&desk, agent, &machine("S-1"), later(180)), "what was there before is a change too");
    let history = desk.store.section_history(agent, SectionKind::Machine).unwrap();
    let moments: Vec<_> = history.iter().map(|(_, at)| at.0 - NOW.0).collect();
    assert_eq!(moments, [0, 120, 180]);
    assert_eq!(history[1].0, machine("S-2"));
    let held = desk.store.inventory_held(agent).unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].digest, machine("S-1").digest());
    assert_eq!(
        root(held.iter().map(|h| (h.kind, h.digest))),
        root([(SectionKind::Machine, machine("S-1").digest())])
    );
}

fn what_could_not_be_read_leaves_the_last_whole_reading_beside_it(engine: Engine) {
    let desk = Desk::on(engine);
    let agent = desk.attach().id;
    let silent = Section::missing(SectionKind::Machine, Status::TimedOut, later(60)).pack();
    assert!(kept(&desk, agent, &machine("S-1"), NOW) && kept(&desk, agent, &silent, later(60)));
    desk.store.inventory_checked(agent, later(61)).unwrap();
    desk.store.inventory_checked(agent, later(5)).unwrap();
    let record = desk.store.inventory(agent).unwrap();
    assert_eq!(record.checked_at, Some(later(61)), "an earlier moment changes nothing");
    let section = &record.sections[0];
    assert_eq!((&section.newest, section.received_at), (&silent, later(60)));
    assert_eq!(section.last_whole, Some(machine("S-1")));
}

fn a_newer_agents_section_is_kept_as_it_is_and_nonsense_is_not(engine: Engine) {
    let desk = Desk::on(engine);
    let agent = desk.attach().id;
    let newer = Packed { kind: SectionKind::Machine, taken_at: NOW, body: vec![2, 1, 0xff, 0xff] };
    let unknown = Packed { kind: SectionKind::Unknown(77), taken_at: NOW, body: vec![2, 1, 3] };
    assert!(kept(&desk, agent, &newer, NOW) && kept(&desk, agent, &unknown, NOW));
    for body in [vec![], vec![1], vec![1, 1, 0xff, 0xff], vec![1; MAX_BODY + 1]] {
        let odd = Packed { kind: SectionKind::Machine, taken_at: NOW, body };
        let refused = KeptOr::Refused(SectionRefused::Malformed);
        assert_eq!(desk.store.keep_section(agent, &odd, NOW).unwrap(), refused);
    }
    let nobody = AgentId([9; 16]);
    assert!(matches!(desk.store.keep_section(nobody, &newer, NOW), Err(StoreError::NotFound(_))));
    assert!(matches!(desk.store.inventory(nobody), Err(StoreError::NotFound(_))));
}

fn a_liar_fills_neither_the_record_nor_the_day(engine: Engine) {
    let desk = Desk::on(engine);
    let agent = desk.attach().id;
    let too_many = KeptOr::Refused(SectionRefused::TooMany);
    let stored = (0..400).filter(|n| kept(&desk, agent, &machine(&format!("S-{n}")), NOW)).count();
    assert_eq!(stored, 320);
    assert_eq!(desk.store.keep_section(agent, &machine("S"), later(86_399)).unwrap(), too_many);
    assert!(kept(&desk, agent, &machine("S"), later(86_401)), "tomorrow is another day");
    let kinds = |n: u16| Packed { kind: SectionKind::Unknown(100 + n), taken_at: NOW, body: vec![2, 1] };
    let stored = (0..60).filter(|n| kept(&desk, agent, &kinds(*n), later(200_000))).count();
    assert_eq!(stored, 31);
}

fn rows_of_an_inventory_are_only_added(engine: Engine) {
    let desk = Desk::on(engine);
    let agent = desk.attach().id;
    assert!(kept(&desk, agent, &machine("S-1"), NOW));
    for sql in ["DELETE FROM inventory", "UPDATE inventory SET at = 0"] {
        assert!(desk.spoil(sql, &[]).is_err(), "{sql}");
    }
}

on_both!(
    the_newest_of_each_section_holds_and_every_change_stays_readable,
    what_could_not_be_read_leaves_the_last_whole_reading_beside_it,
    a_newer_agents_section_is_kept_as_it_is_and_nonsense_is_not,
    a_liar_fills_neither_the_record_nor_the_day,
    rows_of_an_inventory_are_only_added,
);
