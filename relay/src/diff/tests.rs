//! Noise makes no change, missing is not removed, and each real change says how sure it is and what the list has to do with it.

use aval_protocol::id::UnixSeconds;
use aval_protocol::wire::inventory::items::{Board, Machine, Memory, Os};
use aval_protocol::wire::inventory::values::{List, Serial, Text};
use aval_protocol::wire::inventory::{Bus, Media};

use super::*;

fn text(of: &str) -> Option<Text> {
    Text::new(of)
}

fn disk(model: &str, serial: &str, firmware: &str) -> Disk {
    Disk {
        model: text(model),
        serial: Serial::new(serial),
        wwn: None,
        size: 512_110_190_592,
        bus: Some(Bus::Nvme),
        media: Some(Media::Ssd),
        firmware: text(firmware),
    }
}

fn module(slot: &str, size_mib: u64, serial: &str) -> Module {
    let (kind, part) = (text("DDR4"), text("HMA82GS6DJR8N"));
    Module { slot: text(slot), size_mib, kind, part, serial: Serial::new(serial), ..Module::default() }
}

fn modules(all: &[Module]) -> Content {
    Content::Memory(Memory { slots: Some(2), max_mib: None, modules: List::of(all.to_vec()) })
}

fn screen(number: u32, serial: &str, internal: bool) -> Display {
    Display {
        vendor: text("DEL").unwrap(),
        product: 0xa0b1,
        model: text("DELL P2419H"),
        serial: Serial::new(serial),
        number,
        year: Some(2021),
        week: Some(7),
        width_cm: 53,
        height_cm: 30,
        internal,
    }
}

fn read(content: Content) -> Section {
    Section::collected(UnixSeconds(0), content)
}

fn between(old: Content, new: Content) -> Vec<Change> {
    section(&read(old), &read(new), true)
}

#[test]
fn noise_is_no_change() {
    let disks = |all: &[Disk]| Content::Disks(List::of(all.to_vec()));
    let quiet = [
        // An update of a drive's firmware, and drives in another order.
        (
            disks(&[disk("Samsung 980", "S64A1", "1B4QFXO7"), disk("WD Blue", "WX1", "1")]),
            disks(&[disk("WD Blue", "WX1", "2"), disk("Samsung 980", "S64A1", "3B4QFXO7")]),
        ),
        // Modules put into each other's socket.
        (
            modules(&[module("DIMM A", 8192, "11AA22"), module("DIMM B", 8192, "33BB44")]),
            modules(&[module("DIMM B", 8192, "11AA22"), module("DIMM A", 8192, "33BB44")]),
        ),
        // Two modules without numbers of their own.
        (
            modules(&[module("DIMM 0", 8192, "00000000"), module("DIMM 0", 8192, "00000000")]),
            modules(&[module("DIMM 0", 8192, "00000000"), module("DIMM 0", 8192, "00000000")]),
        ),
        // Less could be read than before: nothing is known to have changed.
        (
            Content::Machine(Machine { serial: Serial::new("7HJ2K33"), ..Machine::default() }),
            Content::Machine(Machine::default()),
        ),
        (
            Content::Board(Board { serial: Serial::new("Default string"), ..Board::default() }),
            Content::Board(Board { serial: Serial::new("CN0X1"), ..Board::default() }),
        ),
        (
            Content::Os(Os {
                id: text("debian"),
                version: text("12"),
                name: text("Debian 12.5"),
                ..Os::default()
            }),
            Content::Os(Os {
                id: text("debian"),
                version: text("12"),
                name: text("Debian 12.6"),
                ..Os::default()
            }),
        ),
    ];
    for (old, new) in quiet {
        assert_eq!(between(old.clone(), new.clone()), [], "{old:?} → {new:?}");
    }
}

#[test]
fn what_was_not_read_in_full_is_not_compared() {
    let disks = Content::Disks(List::of([disk("Samsung 980", "S64A1", "1")]));
    let part = Section { status: Status::NoPrivilege, ..read(Content::Disks(List::default())) };
    assert_eq!(section(&read(disks.clone()), &part, true), []);
    assert_eq!(section(&part, &read(disks.clone()), true), []);
    let nothing = Section::missing(SectionKind::Disks, Status::TimedOut, UnixSeconds(0));
    assert_eq!(section(&read(disks), &nothing, true), []);
}

#[test]
fn a_disk_in_anothers_place_is_a_replacement() {
    let (old, new) = (disk("Samsung 980", "S64A1", "1"), disk("WD Blue SN580", "23451", "1"));
    let both = |all: &[Disk]| Content::Disks(List::of(all.to_vec()));
    let replaced = between(both(std::slice::from_ref(&old)), both(std::slice::from_ref(&new)));
    let [change] = replaced.as_slice() else { panic!("{replaced:?}") };
    assert_eq!(change.what, What::Replaced { old: Part::Disk(old.clone()), new: Part::Disk(new.clone()) });
    assert_eq!((change.confidence, change.effect), (Confidence::Sure, Effect::Description));
    let added = between(both(std::slice::from_ref(&old)), both(&[old.clone(), new.clone()]));
    assert_eq!(added[0].what, What::Added(Part::Disk(new)));
    let nameless = between(both(&[old]), both(&[disk("QEMU HARDDISK", "", "2.5")]));
    assert_eq!(nameless[0].confidence, Confidence::Likely);
}

#[test]
fn memory_that_went_is_told_as_modules_and_as_a_sum() {
    let whole = modules(&[module("A", 8192, "11AA22"), module("B", 8192, "33BB44")]);
    let half = modules(&[module("A", 8192, "11AA22")]);
    let changes = between(whole.clone(), half.clone());
    assert_eq!(changes[0].what, What::Removed(Part::Module(module("B", 8192, "33BB44"))));
    let sum = What::Altered { field: Field::Memory, old: "16384".into(), new: "8192".into() };
    assert_eq!(changes[1].what, sum);
    // Seen once only: nothing is claimed of the list yet.
    let once = section(&read(whole), &read(half), false);
    assert_eq!((once[0].confidence, once[0].effect), (Confidence::Once, Effect::None));
}

#[test]
fn an_external_screen_is_a_line_and_a_lid_is_not() {
    let screens = |all: &[Display]| Content::Displays(List::of(all.to_vec()));
    let (lid, first, second) =
        (screen(0, "", true), screen(17, "8XK3J23", false), screen(18, "8XK3J24", false));
    let came = between(screens(std::slice::from_ref(&lid)), screens(&[lid.clone(), first.clone()]));
    assert_eq!((&came[0].what, came[0].effect), (&What::Added(Part::Screen(first.clone())), Effect::Line));
    let lid_mended = between(screens(&[lid]), screens(&[screen(1, "LP140", true)]));
    assert!(lid_mended.iter().all(|change| change.effect == Effect::Description), "{lid_mended:?}");
    // One screen for another of the same model is two lines: both are somebody's equipment.
    let swapped = between(screens(&[first]), screens(&[second]));
    assert_eq!(swapped.len(), 2);
    // All of one model ship with one constant: two of them are two.
    let (one, same) = (screen(0, "TBNSA003", false), screen(0, "TBNSA003", false));
    assert_eq!(between(screens(std::slice::from_ref(&one)), screens(&[one.clone(), same])).len(), 1);
}

#[test]
fn another_board_is_for_somebody_to_confirm() {
    let of = |serial: &str| Content::Board(Board { serial: Serial::new(serial), ..Board::default() });
    let changes = between(of("CN0X1"), of("CN0X2"));
    assert_eq!((changes[0].effect, changes[0].section), (Effect::Identity, SectionKind::Board));
    let machine = |chassis| Content::Machine(Machine { chassis: Some(chassis), ..Machine::default() });
    use aval_protocol::wire::inventory::Chassis;
    let changes = between(machine(Chassis::Desktop), machine(Chassis::Server));
    assert_eq!(changes[0].effect, Effect::Line);
}

#[test]
fn a_history_says_when_and_believes_a_loss_once_it_was_seen_twice() {
    let whole = modules(&[module("A", 8192, "11AA22"), module("B", 8192, "33BB44")]);
    let half = modules(&[module("A", 8192, "11AA22")]);
    let at = |seconds| UnixSeconds(seconds);
    let part = Section { status: Status::NoPrivilege, ..read(Content::Memory(Memory::default())) };
    let readings = [(read(whole), at(10)), (part, at(20)), (read(half), at(30))];
    let first = history(&readings, None);
    assert!(first.iter().all(|(when, change)| *when == at(30) && change.confidence == Confidence::Once));
    let later = history(&readings, Some(at(40)));
    assert_eq!(later.iter().map(|(_, change)| change.effect).collect::<Vec<_>>(), [Effect::Description; 2]);
    let said = later[0].1.said();
    assert!(said.fr.starts_with("retiré\u{a0}: 8\u{a0}Gio DDR4"), "{}", said.fr);
    assert_eq!(later[1].1.said().en, "memory, MiB: 16384 → 8192");
}

mod any {
    use proptest::prelude::*;

    use super::*;

    fn disks() -> impl Strategy<Value = Vec<Disk>> {
        let one = (0..4_u8, 0..3_u8).prop_map(|(serial, firmware)| {
            disk("Samsung 980", &format!("S64A{serial}"), &firmware.to_string())
        });
        prop::collection::vec(one, 0..5)
    }

    proptest! {
        /// A reading compared with itself says nothing, and what came one way goes the other.
        #[test]
        fn there_and_back_is_the_same_count(old in disks(), new in disks()) {
            let (old, new) = (Content::Disks(List::of(old)), Content::Disks(List::of(new)));
            prop_assert!(between(old.clone(), old.clone()).is_empty());
            let count = |changes: &[Change], of: fn(&What) -> bool| {
                changes.iter().filter(|change| of(&change.what)).count()
            };
            let (there, back) = (between(old.clone(), new.clone()), between(new, old));
            let added = count(&there, |what| matches!(what, What::Added(_)));
            prop_assert_eq!(added, count(&back, |what| matches!(what, What::Removed(_))));
            prop_assert_eq!(there.len(), back.len());
        }
    }
}
